//! Opening what lies below a folder: never through a symbolic link, and never outside of it.

use crate::error::{Error, Result};
use rustix::fd::OwnedFd;
use rustix::fs::{CWD, Mode, OFlags};
use rustix::io::Errno;
use std::path::{Component, Path};

/// Paths longer than this are opened in several steps: the system takes 4096 bytes at once.
const LONGEST: usize = 4000;

const DIR: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC).union(OFlags::NOFOLLOW);

/// A folder.
#[derive(Debug)]
pub(super) struct Below {
    root: OwnedFd,
    /// Whether the system resolves whole paths without following links (Linux from 5.6 on).
    whole_paths: bool,
}

impl Below {
    /// Opens the folder. A link to it may be named; nothing below it is followed.
    pub fn open(path: &Path) -> Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let root = rustix::fs::openat(CWD, path, flags, Mode::empty())
            .map_err(|e| Error::io("open the folder", path, e.into()))?;
        let whole_paths = whole(&root, Path::new("."), DIR).is_ok();
        Ok(Self { root, whole_paths })
    }

    /// Opens a directory by its path below the folder.
    pub fn dir(&self, path: &Path) -> rustix::io::Result<OwnedFd> {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        if self.whole_paths && path.as_os_str().len() <= LONGEST {
            return whole(&self.root, path, DIR);
        }
        let mut at = rustix::fs::openat(&self.root, ".", DIR, Mode::empty())?;
        for part in path.components() {
            if let Component::Normal(name) = part {
                at = rustix::fs::openat(&at, name, DIR, Mode::empty())?;
            }
        }
        Ok(at)
    }

    /// Opens or makes what is no directory, with these flags and `NOFOLLOW`.
    pub fn file(&self, path: &Path, flags: OFlags) -> rustix::io::Result<OwnedFd> {
        let flags = flags | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        if self.whole_paths && path.as_os_str().len() < LONGEST {
            return whole(&self.root, path, flags);
        }
        let (Some(dir), Some(name)) = (path.parent(), path.file_name()) else { return Err(Errno::INVAL) };
        self.dir(dir).and_then(|dir| rustix::fs::openat(&dir, name, flags, mode(flags)))
    }
}

fn mode(flags: OFlags) -> Mode {
    if flags.contains(OFlags::CREATE) { Mode::from_raw_mode(0o666) } else { Mode::empty() }
}

#[cfg(target_os = "linux")]
fn whole(root: &OwnedFd, path: &Path, flags: OFlags) -> rustix::io::Result<OwnedFd> {
    use rustix::fs::{ResolveFlags, openat2};
    openat2(root, path, flags, mode(flags), ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS)
}

#[cfg(not(target_os = "linux"))]
fn whole(_: &OwnedFd, _: &Path, _: OFlags) -> rustix::io::Result<OwnedFd> {
    Err(Errno::NOSYS)
}
