//! A WIM that is written beside its place and put there whole.

use super::disk::FileDisk;
use super::name_lock::NameLock;
use crate::base::Replacement;
use crate::error::{Error, ErrorKind, Result};
use std::fs::{File, Permissions};
use std::path::Path;

/// The new file; it vanishes unless it is put into its place.
pub(in crate::wim) struct NewFile {
    new: Replacement,
    /// Keeps writers away from the file that is to be replaced.
    lock: Option<FileDisk>,
    /// Keeps others from making the same new file; goes when that is in its place.
    _name: Option<NameLock>,
}

impl NewFile {
    /// A file beside `output`, to be used by those who may use a file with these permissions. Where there is one
    /// already and `lock` is set, it is locked, otherwise its name: [`Busy`](ErrorKind::Busy) when somebody writes there.
    pub(in crate::wim) fn beside(output: &Path, lock: bool, like: Option<Permissions>) -> Result<Self> {
        let new = Replacement::begin(output)?;
        like.map_or(Ok(()), |permissions| new.set_permissions(permissions))?;
        let is_new = lock && new.path().symlink_metadata().is_err();
        let name = is_new.then(|| NameLock::new(new.path())).transpose()?;
        let lock = match (lock && !is_new).then(|| FileDisk::open_exclusive(new.path())) {
            Some(Err(e)) if e.kind() == ErrorKind::Busy => return Err(e),
            // One that may not be written to can be replaced all the same.
            Some(result) => result.ok(),
            None => None,
        };
        Ok(Self { new, lock, _name: name })
    }

    /// The file.
    pub(in crate::wim) fn file(&self) -> &File {
        self.new.file()
    }

    /// The file, to be written to under the name that it will have.
    pub(in crate::wim) fn disk(&self) -> Result<FileDisk> {
        let file = self.file().try_clone().map_err(|e| Error::io("open the output", self.new.path(), e))?;
        Ok(FileDisk::from_file(file, self.new.path()))
    }

    /// Puts it into its place.
    pub(in crate::wim) fn put(self) -> Result<()> {
        // Windows replaces no file that is open for writing.
        #[cfg(windows)]
        drop(self.lock);
        #[cfg(not(windows))]
        let _lock = self.lock;
        self.new.finish()
    }
}
