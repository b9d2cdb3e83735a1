//! From an update file to verified blobs: decode, rebuild, hash, verify, keep once.

mod area;

pub use area::{Content, Staged, StagingArea};
