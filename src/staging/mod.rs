//! From an update file to verified blobs: decode, rebuild, hash, verify, keep once.
