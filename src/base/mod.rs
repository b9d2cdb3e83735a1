//! What every layer stands on: limits, digests, progress and cancel, in-image paths, positioned reads,
//! blob sources, the view of an image tree.

mod abandon;
mod base64;
mod blob;
mod bytes;
mod digest;
mod file_hash;
mod json;
mod limits;
mod outpath;
mod path;
mod progress;
mod read_at;
mod replace;
mod sddl;
mod space;
mod tree;
mod upcase;
mod xml;

pub(crate) use abandon::run_all;
pub(crate) use base64::{decode as base64_decode, encode as base64_encode};
pub(crate) use blob::FileBlob;
pub use blob::{Blob, BlobSource, read_all};
pub(crate) use bytes::Bytes;
pub use bytes::utf16le_to_string;
pub use digest::{Sha1Digest, Sha256Digest, sha1, sha256};
pub(crate) use digest::{Sha1Hasher, TeeHasher, md5};
pub use file_hash::FileHash;
pub(crate) use json::{as_object, path as path_text, unless_empty};
pub use json::{document, write_document};
pub use limits::Limits;
pub(crate) use outpath::safe_relative;
pub use path::{ImagePath, Name};
pub use progress::{Cancel, Event, Meter, Phase, Progress, Sink};
pub use read_at::{FileAt, ReadAt, Source};
pub(crate) use read_at::{pread, pwrite, reader};
pub(crate) use replace::{Replacement, place};
pub(crate) use sddl::{Secured, hex_text, security_text, words as sddl_words};
pub(crate) use space::{check_space, free_space};
pub use tree::{ImageTree, TreeEntry};
pub(crate) use upcase::upcase;
pub(crate) use xml::{xml_child, xml_children, xml_text, xml_tree};
