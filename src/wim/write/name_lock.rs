//! A lock on a name that no file has yet, so that two that would make the same new file hear of each other at once.

use super::disk::busy;
use crate::error::{Error, Result};
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

/// Held on `.NAME.lock` beside the file to be; that file goes with it. What a crash leaves is empty and locks nothing.
#[derive(Debug)]
pub(in crate::wim) struct NameLock {
    path: PathBuf,
    _file: File,
}

impl NameLock {
    /// Locks the name; [`Busy`](crate::ErrorKind::Busy) where somebody has it.
    pub(in crate::wim) fn new(output: &Path) -> Result<Self> {
        let mut name = std::ffi::OsString::from(".");
        name.push(output.file_name().unwrap_or_default());
        name.push(".lock");
        let path = output.with_file_name(name);
        loop {
            let file = Self::open(&path, output)?;
            if is_there(&file, &path) {
                return Ok(Self { path, _file: file });
            }
            // Its last owner took it away in between.
        }
    }

    #[cfg(not(windows))]
    fn open(path: &Path, output: &Path) -> Result<File> {
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path);
        let file = file.map_err(|e| Error::io("make the lock file", path, e))?;
        match file.try_lock() {
            Err(std::fs::TryLockError::WouldBlock) => Err(busy().with_path(output.display())),
            // A file system without locks is no reason to refuse the work.
            Err(std::fs::TryLockError::Error(e)) if e.kind() != std::io::ErrorKind::Unsupported => {
                Err(Error::io("lock the lock file", path, e))
            }
            _ => Ok(file),
        }
    }

    #[cfg(windows)]
    fn open(path: &Path, output: &Path) -> Result<File> {
        use std::os::windows::fs::OpenOptionsExt;
        const SHARING_VIOLATION: i32 = 32;
        match OpenOptions::new().create(true).truncate(false).write(true).share_mode(0).open(path) {
            Err(e) if e.raw_os_error() == Some(SHARING_VIOLATION) => Err(busy().with_path(output.display())),
            result => result.map_err(|e| Error::io("make the lock file", path, e)),
        }
    }
}

/// Whether the path still leads to this file.
#[cfg(unix)]
fn is_there(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |m: std::fs::Metadata| (m.dev(), m.ino());
    matches!((file.metadata().map(id), std::fs::symlink_metadata(path).map(id)), (Ok(a), Ok(b)) if a == b)
}

#[cfg(not(unix))]
fn is_there(_: &File, _: &Path) -> bool {
    true
}

impl Drop for NameLock {
    fn drop(&mut self) {
        // Not removed it would lock nothing either. (Windows removes no file that is open; it stays there.)
        let _ = std::fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn a_name_has_one_owner_and_nothing_stays() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("new.wim");
        let first = NameLock::new(&path).unwrap();
        assert_eq!(NameLock::new(&path).unwrap_err().kind(), ErrorKind::Busy);
        NameLock::new(&dir.path().join("other.wim")).unwrap();
        drop(first);
        std::fs::write(dir.path().join(".new.wim.lock"), b"left by a crash").unwrap();
        drop(NameLock::new(&path).unwrap());
        #[cfg(unix)]
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
