//! The destination where there is no Unix: paths below the folder, each parent checked not to be a link.

use crate::error::{Error, ErrorKind, Result};
use std::ffi::{OsStr, OsString};
use std::fs::{File, FileTimes, OpenOptions};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

pub(super) struct Dest {
    root: PathBuf,
}

/// A directory of the destination.
pub(super) struct OpenDir(PathBuf);

impl Dest {
    /// Opens the folder, made where it is missing.
    pub fn open(path: &Path) -> Result<Self> {
        std::fs::create_dir_all(path).map_err(|e| Error::io("make the folder", path, e))?;
        // The canonical form has no limit of 260 units on Windows.
        let root = path.canonicalize().map_err(|e| Error::io("open the folder", path, e))?;
        Ok(Self { root })
    }

    /// A directory of the tree; no part of the way may be a link.
    pub fn dir(&self, path: &Path) -> Result<OpenDir> {
        let mut at = self.root.clone();
        for part in path.components() {
            if let Component::Normal(name) = part {
                at.push(name);
                let found =
                    std::fs::symlink_metadata(&at).map_err(|e| Error::from_io("open the directory", e))?;
                if !found.is_dir() || found.file_type().is_symlink() {
                    return Err(Error::new(
                        ErrorKind::UnsafePath,
                        "cannot open the directory: a link or file is in the way and is not followed",
                    ));
                }
            }
        }
        Ok(OpenDir(at))
    }

    /// Makes an empty file for reading and writing. What exists is in the way, unless `overwrite`: then the file is
    /// made beside it, under the name given with it, to be put there by [`replace`](Self::replace).
    pub fn create(&self, dir: &Path, name: &OsStr, overwrite: bool) -> Result<(File, Option<OsString>)> {
        let dir = self.dir(dir)?.0;
        let make =
            |name: &OsStr| OpenOptions::new().read(true).write(true).create_new(true).open(dir.join(name));
        let made = match make(name) {
            Err(e) if overwrite && e.kind() == io::ErrorKind::AlreadyExists => {
                let aside = super::aside();
                make(&aside).map(|file| (file, Some(aside)))
            }
            other => other.map(|file| (file, None)),
        };
        made.map_err(|e| Error::from_io("create the file", e))
    }

    /// Puts the whole file `aside` into the place of the file `name`.
    pub fn replace(&self, dir: &Path, aside: &OsStr, name: &OsStr) -> Result<()> {
        let dir = self.dir(dir)?.0;
        std::fs::rename(dir.join(aside), dir.join(name))
            .map_err(|e| Error::from_io("replace the old file", e))
    }

    /// Takes a file or link away.
    pub fn remove(&self, dir: &Path, name: &OsStr) -> Result<()> {
        let path = self.dir(dir)?.0.join(name);
        std::fs::remove_file(path).map_err(|e| Error::from_io("remove the file", e))
    }
}

impl OpenDir {
    /// Makes a directory; one that is there already does as well.
    pub fn make_dir(&self, name: &OsStr) -> Result<()> {
        let path = self.0.join(name);
        match std::fs::create_dir(&path) {
            Err(e) if std::fs::symlink_metadata(&path).is_ok_and(|m| m.is_dir()) => {
                let _ = e;
                Ok(())
            }
            other => other.map_err(|e| Error::from_io("make the directory", e)),
        }
    }

    /// Makes `name` a hard link to `old` of `from`.
    pub fn hard_link(&self, from: &Self, old: &OsStr, name: &OsStr, overwrite: bool) -> Result<()> {
        let link = |name: &OsStr| std::fs::hard_link(from.0.join(old), self.0.join(name));
        let made = match link(name) {
            Err(e) if overwrite && e.kind() == io::ErrorKind::AlreadyExists => {
                let aside = super::aside();
                link(&aside).and_then(|()| {
                    let replaced = std::fs::rename(self.0.join(&aside), self.0.join(name));
                    // Still there where that failed, and where both names were links to one file already.
                    let _ = std::fs::remove_file(self.0.join(&aside));
                    replaced
                })
            }
            other => other,
        };
        made.map_err(|e| Error::from_io("make the hard link", e))
    }

    /// Links need rights and a kind that are Windows' own business.
    pub fn symlink(&self, _: &OsStr, _: &OsStr, _: bool, _: (SystemTime, SystemTime)) -> Result<()> {
        Err(Error::unsupported("links are not written on this system"))
    }

    /// Sets the times of a directory in this one.
    pub fn set_child_times(&self, name: &OsStr, times: (SystemTime, SystemTime)) -> Result<()> {
        Self(self.0.join(name)).set_times(times)
    }

    /// There are none of Linux here.
    #[expect(clippy::unused_self, reason = "the form that Unix has")]
    pub fn set_xattr(&self, _: &[u8], _: &[u8]) -> bool {
        false
    }

    /// Sets the directory's own times, where the system lets it be opened for that.
    pub fn set_times(&self, (access, write): (SystemTime, SystemTime)) -> Result<()> {
        let times = FileTimes::new().set_accessed(access).set_modified(write);
        if let Ok(dir) = File::open(&self.0) {
            let _ = dir.set_times(times);
        }
        Ok(())
    }
}

/// There are none of Linux here.
pub(super) fn set_xattr(_: &File, _: &[u8], _: &[u8]) -> bool {
    false
}

/// A link's target made of steps up and names down.
pub(super) fn link_target(up: usize, down: &[crate::base::Name]) -> OsString {
    let mut out = PathBuf::new();
    (0..up).for_each(|_| out.push(".."));
    down.iter().for_each(|name| out.push(name.to_string()));
    out.into_os_string()
}
