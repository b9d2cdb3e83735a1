//! The folder beside the new tree that a refresh works in. It goes when the work ends; what a killed one leaves is taken
//! away by the next.

use crate::base::place;
use crate::error::{Error, ErrorKind, Result};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

const LOCK: &str = "lock";

/// The folder, locked while this lives.
pub(super) struct Workplace {
    root: PathBuf,
    lock: Option<File>,
}

/// Refuses a place for the new tree where something is, or that the medium is or lies in, or that lies in the medium.
pub(super) fn check(out: &Path, medium: &Path) -> Result<PathBuf> {
    let refuse = |kind, why: &str| Err(Error::new(kind, why).with_path(out.display()));
    let place = place(out);
    if place.symlink_metadata().is_ok() {
        return refuse(ErrorKind::AlreadyExists, "exists already; the new tree is a folder of its own");
    }
    if place.file_name().is_none() || !place.parent().is_some_and(Path::is_dir) {
        return refuse(ErrorKind::NotFound, "its folder does not exist");
    }
    if place.starts_with(medium) || medium.starts_with(&place) {
        return refuse(ErrorKind::InvalidArgument, "lies in the medium, which is not written");
    }
    Ok(place)
}

impl Workplace {
    /// Makes the folder for the tree that will be at `out`; [`Busy`](ErrorKind::Busy) where another makes the same.
    pub fn begin(out: &Path) -> Result<Self> {
        let name = out.file_name().unwrap_or_default().to_string_lossy();
        let root = out.with_file_name(format!(".{name}.refresh"));
        let failed = |e| Error::io("make the work folder", &root, e);
        for _ in 0..3 {
            std::fs::create_dir_all(&root).map_err(failed)?;
            let path = root.join(LOCK);
            let lock = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
            let lock = lock.map_err(failed)?;
            match lock.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    let why = "another process makes this tree; try again when it is done";
                    return Err(Error::new(ErrorKind::Busy, why).with_path(out.display()));
                }
                Err(TryLockError::Error(e)) => return Err(failed(e)),
            }
            // The one before may have taken the folder away between the two steps.
            if path.exists() {
                let place = Self { root, lock: Some(lock) };
                place.clean()?;
                return Ok(place);
            }
        }
        Err(Error::new(ErrorKind::Busy, "another process works here").with_path(root.display()))
    }

    fn clean(&self) -> Result<()> {
        let failed = |e| Error::io("clean the work folder", &self.root, e);
        for entry in std::fs::read_dir(&self.root).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if entry.file_name() == LOCK {
                continue;
            }
            let path = entry.path();
            let is_dir = entry.file_type().map_err(failed)?.is_dir();
            if is_dir { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) }
                .map_err(failed)?;
        }
        Ok(())
    }

    /// A place in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }
}

impl Drop for Workplace {
    fn drop(&mut self) {
        // Windows keeps a folder for as long as a file in it is open.
        if cfg!(windows) {
            drop(self.lock.take());
        }
        // What cannot be taken away now is taken away by the next refresh to the same place.
        let _ = std::fs::remove_dir_all(&self.root);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_refresh_left_goes_and_a_living_one_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("out");
        let first = Workplace::begin(&out).unwrap();
        assert_eq!(Workplace::begin(&out).err().map(|e| e.kind()), Some(ErrorKind::Busy));
        std::fs::create_dir_all(first.path("tree/sources")).unwrap();
        // As a killed process leaves it: the lock is gone, the folder is not.
        let Workplace { root, .. } = &first;
        let root = root.clone();
        std::fs::create_dir_all(dir.path().join("copy/tree")).unwrap();
        drop(first);
        assert!(!root.exists());
        std::fs::rename(dir.path().join("copy"), &root).unwrap();
        let second = Workplace::begin(&out).unwrap();
        assert!(!second.path("tree").exists());
    }

    #[test]
    fn a_tree_has_a_place_of_its_own() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        let medium = root.join("medium");
        std::fs::create_dir(&medium).unwrap();
        let kind = |out: &str| check(&root.join(out), &medium).err().map(|e| e.kind());
        assert_eq!(kind("out"), None);
        assert_eq!(kind("medium"), Some(ErrorKind::AlreadyExists));
        assert_eq!(kind("medium/out"), Some(ErrorKind::InvalidArgument));
        assert_eq!(kind("none/out"), Some(ErrorKind::NotFound));
    }
}
