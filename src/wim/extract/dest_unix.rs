//! The destination on Unix: every path is opened below one descriptor, and a symbolic link on the way is an error.

use crate::error::{Error, ErrorKind, Result};
use crate::wim::below::Below;
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{AtFlags, Mode, OFlags, Timespec, Timestamps};
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

const DIR: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC).union(OFlags::NOFOLLOW);
const NEW: OFlags = OFlags::RDWR.union(OFlags::CREATE).union(OFlags::EXCL);

pub(super) struct Dest(Below);

/// An open directory of the destination.
pub(super) struct OpenDir(OwnedFd);

fn failed(action: &str, e: Errno) -> Error {
    match e {
        Errno::LOOP | Errno::NOTDIR => Error::new(
            ErrorKind::UnsafePath,
            format!("cannot {action}: a link or file is in the way and is not followed"),
        ),
        Errno::NAMETOOLONG => Error::new(
            ErrorKind::UnsafePath,
            format!("cannot {action}: the name is too long for this file system"),
        ),
        _ => Error::from_io(action, e.into()),
    }
}

impl Dest {
    /// Opens the folder, made where it is missing. A link to a folder may be named; nothing below it is followed.
    pub fn open(path: &Path) -> Result<Self> {
        std::fs::create_dir_all(path).map_err(|e| Error::io("make the folder", path, e))?;
        Below::open(path).map(Self)
    }

    /// Opens a directory of the tree.
    pub fn dir(&self, path: &Path) -> Result<OpenDir> {
        self.0.dir(path).map(OpenDir).map_err(|e| failed("open the directory", e))
    }

    /// Makes an empty file for reading and writing. What exists is in the way, unless `overwrite`: then the file is
    /// made beside it, under the name given with it, to be put there by [`replace`](Self::replace).
    pub fn create(&self, dir: &Path, name: &OsStr, overwrite: bool) -> Result<(File, Option<OsString>)> {
        let make = |name: &OsStr| self.0.file(&dir.join(name), NEW);
        let made = match make(name) {
            Err(Errno::EXIST) if overwrite => {
                let aside = super::aside();
                make(&aside).map(|fd| (fd.into(), Some(aside)))
            }
            other => other.map(|fd| (fd.into(), None)),
        };
        made.map_err(|e| failed("create the file", e))
    }

    /// Puts the whole file `aside` into the place of the file or link `name`.
    pub fn replace(&self, dir: &Path, aside: &OsStr, name: &OsStr) -> Result<()> {
        let dir = self.dir(dir)?;
        rustix::fs::renameat(&dir.0, aside, &dir.0, name).map_err(|e| failed("replace the old file", e))
    }

    /// Takes a file or link away.
    pub fn remove(&self, dir: &Path, name: &OsStr) -> Result<()> {
        let dir = self.dir(dir)?;
        rustix::fs::unlinkat(&dir.0, name, AtFlags::empty()).map_err(|e| failed("remove the file", e))
    }
}

impl OpenDir {
    /// Makes a directory; one that is there already does as well.
    pub fn make_dir(&self, name: &OsStr) -> Result<()> {
        match rustix::fs::mkdirat(&self.0, name, Mode::from_raw_mode(0o777)) {
            Ok(()) => Ok(()),
            Err(Errno::EXIST) => {
                let there = rustix::fs::openat(&self.0, name, DIR, Mode::empty());
                there.map(drop).map_err(|e| failed("make the directory", e))
            }
            Err(e) => Err(failed("make the directory", e)),
        }
    }

    /// Makes `name` a hard link to `old` of `from`.
    pub fn hard_link(&self, from: &Self, old: &OsStr, name: &OsStr, overwrite: bool) -> Result<()> {
        let link = |name: &OsStr| rustix::fs::linkat(&from.0, old, &self.0, name, AtFlags::empty());
        self.replacing(name, overwrite, link).map_err(|e| failed("make the hard link", e))
    }

    /// Makes a symbolic link and gives it its times.
    pub fn symlink(
        &self,
        target: &OsStr,
        name: &OsStr,
        overwrite: bool,
        (access, write): (SystemTime, SystemTime),
    ) -> Result<()> {
        self.replacing(name, overwrite, |name| rustix::fs::symlinkat(target, &self.0, name))
            .map_err(|e| failed("make the link", e))?;
        let times = Timestamps { last_access: timespec(access), last_modification: timespec(write) };
        // A file system without times for links is no reason to fail.
        let _ = rustix::fs::utimensat(&self.0, name, &times, AtFlags::SYMLINK_NOFOLLOW);
        Ok(())
    }

    fn replacing(
        &self,
        name: &OsStr,
        overwrite: bool,
        make: impl Fn(&OsStr) -> rustix::io::Result<()>,
    ) -> rustix::io::Result<()> {
        match make(name) {
            Err(Errno::EXIST) if overwrite => {
                let aside = super::aside();
                make(&aside)?;
                let replaced = rustix::fs::renameat(&self.0, &aside, &self.0, name);
                // Still there where that failed, and where both names were links to one file already.
                let _ = rustix::fs::unlinkat(&self.0, &aside, AtFlags::empty());
                replaced
            }
            other => other,
        }
    }

    /// Sets the times of a directory in this one.
    pub fn set_child_times(&self, name: &OsStr, (access, write): (SystemTime, SystemTime)) -> Result<()> {
        let times = Timestamps { last_access: timespec(access), last_modification: timespec(write) };
        rustix::fs::utimensat(&self.0, name, &times, AtFlags::SYMLINK_NOFOLLOW)
            .map_err(|e| failed("set the directory's times", e))
    }

    /// Sets an extended attribute of the directory. Tells whether it is set.
    pub fn set_xattr(&self, name: &[u8], value: &[u8]) -> bool {
        set_xattr(&self.0, name, value)
    }

    /// Sets the directory's own times.
    pub fn set_times(&self, (access, write): (SystemTime, SystemTime)) -> Result<()> {
        let times = Timestamps { last_access: timespec(access), last_modification: timespec(write) };
        rustix::fs::futimens(&self.0, &times).map_err(|e| failed("set the directory's times", e))
    }
}

/// Sets an extended attribute of what is open. Tells whether it is set.
#[cfg(target_os = "linux")]
pub(super) fn set_xattr(fd: impl AsFd, name: &[u8], value: &[u8]) -> bool {
    rustix::fs::fsetxattr(fd, name, value, rustix::fs::XattrFlags::empty()).is_ok()
}

#[cfg(not(target_os = "linux"))]
pub(super) fn set_xattr(_: impl AsFd, _: &[u8], _: &[u8]) -> bool {
    false
}

/// A link's target made of steps up and names down.
pub(super) fn link_target(up: usize, down: &[crate::base::Name]) -> OsString {
    let mut out = vec![b"..".to_vec(); up];
    out.extend(down.iter().map(crate::base::Name::to_wtf8));
    if out.is_empty() {
        out.push(b".".to_vec());
    }
    OsStr::from_bytes(&out.join(&b'/')).to_owned()
}

fn timespec(time: SystemTime) -> Timespec {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => Timespec { tv_sec: after.as_secs() as _, tv_nsec: after.subsec_nanos().into() },
        Err(before) => {
            // Nanoseconds count forward from a second that lies before.
            let (seconds, nanos) = (before.duration().as_secs() as i64, before.duration().subsec_nanos());
            let borrowed = i64::from(nanos > 0);
            let forward = if nanos > 0 { 1_000_000_000 - nanos } else { 0 };
            Timespec { tv_sec: -seconds - borrowed, tv_nsec: forward.into() }
        }
    }
}
