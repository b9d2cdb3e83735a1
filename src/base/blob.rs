//! Contents that can be read more than once and from several threads: memory, a file, a part of one.

use crate::error::{Error, ErrorKind, Result};
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

/// The bytes of one file, wherever they lie.
///
/// ```
/// use std::io::Read;
/// use wimwright::base::{BlobSource, read_all};
///
/// struct Zeros(u64);
///
/// impl BlobSource for Zeros {
///     fn size(&self) -> u64 {
///         self.0
///     }
///
///     fn open(&self) -> wimwright::Result<Box<dyn Read + Send + '_>> {
///         Ok(Box::new(std::io::repeat(0).take(self.0)))
///     }
/// }
///
/// let memory = b"contents".to_vec();
/// assert_eq!((memory.size(), memory.as_bytes()), (8, Some(&b"contents"[..])));
/// let mut begin = [0; 4];
/// memory.open()?.read_exact(&mut begin)?;
/// assert!(&begin == b"cont" && Zeros(3).as_bytes().is_none());
/// assert_eq!(read_all(&Zeros(3))?, [0, 0, 0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait BlobSource: Send + Sync {
    /// Length in bytes.
    fn size(&self) -> u64;

    /// A reader from the first byte. Each call gives an independent one.
    fn open(&self) -> Result<Box<dyn Read + Send + '_>>;

    /// The bytes themselves, where they are in memory already.
    fn as_bytes(&self) -> Option<&[u8]> {
        None
    }
}

/// A shared blob.
pub type Blob = Arc<dyn BlobSource>;

impl BlobSource for Vec<u8> {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn open(&self) -> Result<Box<dyn Read + Send + '_>> {
        Ok(Box::new(self.as_slice()))
    }

    fn as_bytes(&self) -> Option<&[u8]> {
        Some(self)
    }
}

/// A whole file on disk.
#[derive(Clone, Debug)]
pub struct FileBlob {
    path: PathBuf,
    len: u64,
}

impl FileBlob {
    /// The file at `path`, with the length it has now.
    pub fn new(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        let stat = std::fs::metadata(&path).map_err(|e| Error::io("read the file's size", &path, e))?;
        if stat.is_dir() {
            return Err(
                Error::new(ErrorKind::InvalidArgument, "is a folder, not a file").with_path(path.display())
            );
        }
        Ok(Self { path, len: stat.len() })
    }
}

impl BlobSource for FileBlob {
    fn size(&self) -> u64 {
        self.len
    }

    fn open(&self) -> Result<Box<dyn Read + Send + '_>> {
        let file = std::fs::File::open(&self.path).map_err(|e| Error::io("open the file", &self.path, e))?;
        Ok(Box::new(file))
    }
}

/// All of a blob in memory. The caller has checked `size()` against its limits.
pub fn read_all(blob: &dyn BlobSource) -> Result<Vec<u8>> {
    if let Some(bytes) = blob.as_bytes() {
        return Ok(bytes.to_vec());
    }
    let mut out = Vec::with_capacity(blob.size() as usize);
    blob.open()?.take(blob.size()).read_to_end(&mut out).map_err(|e| Error::from_io("read a blob", e))?;
    if out.len() as u64 != blob.size() {
        return Err(Error::new(
            ErrorKind::Truncated,
            format!("a blob of {} bytes ended after {}", blob.size(), out.len()),
        ));
    }
    Ok(out)
}
