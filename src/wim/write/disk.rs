//! The file that is written to, behind a trait so that a test can cut the power at every step.

use crate::base::{ReadAt, pread, pwrite};
use crate::error::{Error, ErrorKind, Result};
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

/// What a commit does to a file.
pub(in crate::wim) trait Disk: ReadAt {
    /// Writes `data` at `offset`, beyond the end too.
    fn write_at(&self, data: &[u8], offset: u64) -> Result<()>;

    /// Cuts the file off, or extends it.
    fn set_len(&self, len: u64) -> Result<()>;

    /// Returns when all that was written would survive a loss of power.
    fn sync(&self) -> Result<()>;

    /// The length now.
    fn len(&self) -> Result<u64>;
}

/// A file on disk.
#[derive(Debug)]
pub(in crate::wim) struct FileDisk {
    file: File,
    path: PathBuf,
}

impl FileDisk {
    /// Opens `path` for writing, with a lock against other writers (wimlib's too) that lasts as long as this.
    #[cfg(not(windows))]
    pub(in crate::wim) fn open_exclusive(path: &Path) -> Result<Self> {
        let file = OpenOptions::new().read(true).write(true).open(path);
        let file = file.map_err(|e| Error::io("open the WIM for writing", path, e))?;
        match file.try_lock() {
            Ok(()) => {
                let disk = Self::from_file(file, path);
                disk.still_there()?;
                Ok(disk)
            }
            Err(std::fs::TryLockError::WouldBlock) => Err(busy().with_path(path.display())),
            // A file system without locks is no reason to refuse the work.
            Err(std::fs::TryLockError::Error(e)) if e.kind() == std::io::ErrorKind::Unsupported => {
                Ok(Self::from_file(file, path))
            }
            Err(std::fs::TryLockError::Error(e)) => Err(Error::io("lock the WIM", path, e)),
        }
    }

    /// Opens `path` for writing and shares it with readers only: a lock on it would shut out our own reader.
    #[cfg(windows)]
    pub(in crate::wim) fn open_exclusive(path: &Path) -> Result<Self> {
        use std::os::windows::fs::OpenOptionsExt;
        const FILE_SHARE_READ: u32 = 1;
        const SHARING_VIOLATION: i32 = 32;
        let file = OpenOptions::new().read(true).write(true).share_mode(FILE_SHARE_READ).open(path);
        match file {
            Ok(file) => Ok(Self::from_file(file, path)),
            Err(e) if e.raw_os_error() == Some(SHARING_VIOLATION) => Err(busy().with_path(path.display())),
            Err(e) => Err(Error::io("open the WIM for writing", path, e)),
        }
    }

    /// An error where the path leads to another file by now: one put into its place before the lock was ours.
    #[cfg(not(windows))]
    fn still_there(&self) -> Result<()> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let own = self.named("look at the WIM", self.file.metadata())?;
            let there = std::fs::metadata(&self.path).ok().map(|m| (m.dev(), m.ino()));
            if there != Some((own.dev(), own.ino())) {
                let e = busy().with_source("it was replaced just now; open it again");
                return Err(e.with_path(self.path.display()));
            }
        }
        Ok(())
    }

    pub(in crate::wim) fn from_file(file: File, path: &Path) -> Self {
        Self { file, path: path.to_owned() }
    }

    fn named<T>(&self, action: &str, result: std::io::Result<T>) -> Result<T> {
        result.map_err(|e| Error::io(action, &self.path, e))
    }
}

pub(in crate::wim) fn busy() -> Error {
    Error::new(ErrorKind::Busy, "another process is writing to the WIM")
}

impl ReadAt for FileDisk {
    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> Result<()> {
        self.named("read the WIM", pread(&self.file, buf, offset))
    }

    fn size(&self) -> u64 {
        self.file.metadata().map_or(0, |m| m.len())
    }

    fn name(&self) -> String {
        self.path.display().to_string()
    }
}

impl Disk for FileDisk {
    fn write_at(&self, data: &[u8], offset: u64) -> Result<()> {
        self.named("write the WIM", pwrite(&self.file, data, offset))
    }

    fn set_len(&self, len: u64) -> Result<()> {
        self.named("set the length of the WIM", self.file.set_len(len))
    }

    fn sync(&self) -> Result<()> {
        self.named("write the WIM through to the disk", self.file.sync_all())
    }

    fn len(&self) -> Result<u64> {
        Ok(self.named("read the length of the WIM", self.file.metadata())?.len())
    }
}
