//! Positioned reads: one source, many threads, no shared cursor.

use crate::error::{Error, ErrorKind, Result};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes that any number of threads read at any offset.
///
/// ```
/// use std::sync::Arc;
/// use wimwright::ErrorKind;
/// use wimwright::base::{FileAt, ReadAt, Source};
///
/// let source: Source = Arc::new(b"0123456789".to_vec());
/// let mut two = [0; 2];
/// source.read_exact_at(&mut two, 3)?;
/// assert_eq!((&two, source.size(), source.name()), (b"34", 10, "memory".to_owned()));
/// assert_eq!(source.read_vec(8, 2)?, b"89");
/// assert_eq!(source.read_vec(9, 2).unwrap_err().kind(), ErrorKind::Truncated);
///
/// let dir = tempfile::tempdir()?;
/// let path = dir.path().join("file");
/// std::fs::write(&path, b"0123")?;
/// let file = FileAt::open(&path)?;
/// assert!(file.path() == path && file.read_vec(1, 2)? == b"12");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait ReadAt: Send + Sync {
    /// Fills `buf` from `offset`, or fails.
    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> Result<()>;

    /// How many bytes there are.
    fn size(&self) -> u64;

    /// What the source is called in errors.
    fn name(&self) -> String {
        "memory".into()
    }

    /// `len` bytes from `offset`. The caller has checked `len` against its limits.
    fn read_vec(&self, offset: u64, len: usize) -> Result<Vec<u8>> {
        check_range(self.size(), offset, len as u64).map_err(|e| e.with_path(self.name()))?;
        let mut buf = vec![0; len];
        self.read_exact_at(&mut buf, offset)?;
        Ok(buf)
    }
}

/// A shared source.
pub type Source = Arc<dyn ReadAt>;

fn check_range(total: u64, offset: u64, len: u64) -> Result<()> {
    match offset.checked_add(len) {
        Some(end) if end <= total => Ok(()),
        _ => Err(Error::new(
            ErrorKind::Truncated,
            format!("{len} bytes at offset {offset} lie past the end ({total} bytes)"),
        )),
    }
}

/// Fills `buf` from `offset` of `file`, leaving its cursor to nobody.
#[cfg(unix)]
pub(crate) fn pread(file: &File, buf: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buf, offset)
}

/// Writes all of `buf` at `offset` of `file`.
#[cfg(unix)]
pub(crate) fn pwrite(file: &File, buf: &[u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, buf, offset)
}

#[cfg(windows)]
pub(crate) fn pread(file: &File, mut buf: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !buf.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, buf, offset) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(n) => {
                buf = &mut buf[n..];
                offset += n as u64;
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

#[cfg(windows)]
pub(crate) fn pwrite(file: &File, mut buf: &[u8], mut offset: u64) -> io::Result<()> {
    while !buf.is_empty() {
        match std::os::windows::fs::FileExt::seek_write(file, buf, offset) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(n) => {
                buf = &buf[n..];
                offset += n as u64;
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

/// A file for positioned reads.
#[derive(Debug)]
pub struct FileAt {
    file: File,
    len: u64,
    path: PathBuf,
}

impl FileAt {
    /// Opens `path` for reading.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|e| Error::io("open the file", path, e))?;
        Self::from_file(file, path)
    }

    /// Takes an open file; `path` is for messages.
    pub(crate) fn from_file(file: File, path: &Path) -> Result<Self> {
        let meta = file.metadata().map_err(|e| Error::io("read the file's size", path, e))?;
        if meta.is_dir() {
            let e = Error::new(ErrorKind::InvalidArgument, "is a folder, not a file");
            return Err(e.with_path(path.display()));
        }
        Ok(Self { file, len: meta.len(), path: path.to_owned() })
    }

    /// The path it was opened by.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl ReadAt for FileAt {
    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> Result<()> {
        pread(&self.file, buf, offset).map_err(|e| Error::io("read the file", &self.path, e))
    }

    fn size(&self) -> u64 {
        self.len
    }

    fn name(&self) -> String {
        self.path.display().to_string()
    }
}

impl<T: AsRef<[u8]> + Send + Sync> ReadAt for T {
    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> Result<()> {
        let data: &[u8] = self.as_ref();
        check_range(data.len() as u64, offset, buf.len() as u64)?;
        buf.copy_from_slice(&data[offset as usize..][..buf.len()]);
        Ok(())
    }

    fn size(&self) -> u64 {
        self.as_ref().len() as u64
    }
}

/// A sequential reader over a source, from its beginning.
pub fn reader(source: Source) -> impl Read + Send {
    struct Sequential(Source, u64);
    impl Read for Sequential {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            let n = (self.0.size() - self.1).min(buf.len() as u64) as usize;
            self.0.read_exact_at(&mut buf[..n], self.1)?;
            self.1 += n as u64;
            Ok(n)
        }
    }
    Sequential(source, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_checked() {
        let source: Source = Arc::new(b"0123456789".to_vec());
        assert_eq!(source.read_vec(8, 2).unwrap(), b"89");
        assert_eq!(source.read_vec(9, 2).unwrap_err().kind(), ErrorKind::Truncated);
        assert_eq!(source.read_vec(u64::MAX, 2).unwrap_err().kind(), ErrorKind::Truncated);
        let mut all = Vec::new();
        reader(source).read_to_end(&mut all).unwrap();
        assert_eq!(all, b"0123456789");
    }
}
