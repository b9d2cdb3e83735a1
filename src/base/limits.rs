//! Bounds that every size, count and depth from a file is checked against before it is used.

use crate::error::{Error, ErrorKind, Result};

/// The most that a parser takes from a file. The defaults fit every image and update that Microsoft ships and
/// keep a hostile file from exhausting memory.
///
/// ```
/// use wimwright::ErrorKind;
/// use wimwright::base::Limits;
///
/// let mut limits = Limits::default();
/// limits.max_document = 1000;
/// assert_eq!(Limits::check("the size of the index", 10, limits.max_document)?, 10);
/// let error = Limits::check("the size of the index", 1001, limits.max_document).unwrap_err();
/// assert_eq!(error.to_string(), "the size of the index is 1001, over the limit of 1000");
/// assert_eq!(error.kind(), ErrorKind::LimitExceeded);
/// # Ok::<(), wimwright::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of one XML document, manifest, index or catalog held in memory.
    pub max_document: u64,
    /// Bytes of one image's metadata resource.
    pub max_metadata: u64,
    /// Entries of one blob table, one image or one container.
    pub max_entries: u64,
    /// Bytes of one file that must be held in memory whole (a delta's source or target).
    pub max_buffer: u64,
    /// Uncompressed bytes that one update may hold in all.
    pub max_unpacked: u64,
    /// Depth of a directory tree or of nested containers.
    pub max_depth: u32,
    /// Bytes of one chunk of a compressed resource.
    pub max_chunk: u64,
    /// Bytes of decoded payload kept in memory before it is spilled to a temporary file.
    pub memory: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_document: 64 << 20,
            max_metadata: 1 << 30,
            max_entries: 10_000_000,
            max_buffer: 512 << 20,
            max_unpacked: 64 << 30,
            max_depth: 1024,
            max_chunk: 128 << 20,
            memory: 128 << 20,
        }
    }
}

impl Limits {
    /// `value` if it is at most `limit`, else an error that names `what`.
    pub fn check(what: &str, value: u64, limit: u64) -> Result<usize> {
        match usize::try_from(value) {
            Ok(size) if value <= limit => Ok(size),
            _ => Err(Error::new(
                ErrorKind::LimitExceeded,
                format!("{what} is {value}, over the limit of {limit}"),
            )),
        }
    }
}
