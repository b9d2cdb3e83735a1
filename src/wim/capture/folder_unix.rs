//! The folder that is captured, on Unix: everything is opened below one descriptor and no link is followed.

use super::scan::{Found, Kind, Stat};
use crate::error::{Error, ErrorKind, Result};
use crate::wim::below::Below;
use crate::wim::xattr::Xattr;
use crate::wim::xml::FileTime;
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{AtFlags, Dir, FileType, OFlags};
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

/// The folder.
#[derive(Debug)]
pub(super) struct Folder {
    below: Below,
    root: Stat,
}

#[allow(clippy::unnecessary_cast, reason = "the fields' types differ between systems")]
fn stat_of(stat: &rustix::fs::Stat) -> Stat {
    let time = |seconds: i64, nanos: i64| FileTime::from_unix_parts(seconds, nanos as u32);
    let size = stat.st_size as u64;
    Stat {
        device: stat.st_dev as u64,
        inode: stat.st_ino as u64,
        names: stat.st_nlink as u64,
        size,
        sparse: (stat.st_blocks as u64) < size.div_ceil(512),
        access: time(stat.st_atime as i64, stat.st_atime_nsec as i64),
        write: time(stat.st_mtime as i64, stat.st_mtime_nsec as i64),
        nanos: stat.st_mtime_nsec as u32,
        attributes: 0,
        creation: None,
    }
}

fn failed(action: &str, e: Errno) -> Error {
    match e {
        Errno::LOOP | Errno::NOTDIR => changed(),
        _ => Error::from_io(action, e.into()),
    }
}

fn changed() -> Error {
    Error::new(ErrorKind::Busy, "was changed while it was captured; capture it when nothing writes to it")
}

impl Folder {
    /// Opens the folder.
    pub fn open(path: &Path) -> Result<Self> {
        let below = Below::open(path)?;
        let root = below.dir(Path::new("")).and_then(rustix::fs::fstat);
        let root = root.map_err(|e| Error::io("look at the folder", path, e.into()))?;
        Ok(Self { below, root: stat_of(&root) })
    }

    /// The folder itself.
    pub fn stat(&self) -> Stat {
        self.root
    }

    /// What is in the directory, in any order.
    pub fn list(&self, path: &Path, known: &Stat) -> Result<Vec<Found>> {
        let fd = self.below.dir(path).map_err(|e| failed("open the folder", e))?;
        let now = rustix::fs::fstat(&fd).map_err(|e| failed("look at the folder", e))?;
        if !stat_of(&now).same_file(known) {
            return Err(changed());
        }
        let mut out = Vec::new();
        for entry in Dir::read_from(&fd).map_err(|e| failed("read the folder", e))? {
            let entry = entry.map_err(|e| failed("read the folder", e))?;
            let name = entry.file_name().to_bytes();
            if name != b"." && name != b".." {
                out.push(one(&fd, OsStr::from_bytes(name))?);
            }
        }
        Ok(out)
    }

    /// Opens a file that was found, unless another one is in its place by now.
    pub fn file(&self, path: &Path, known: &Stat) -> Result<File> {
        // A pipe put in the file's place must not hold the work up.
        let fd = self.below.file(path, OFlags::RDONLY | OFlags::NONBLOCK);
        let file = File::from(fd.map_err(|e| failed("open the file", e))?);
        unchanged(&file, known).map(|()| file)
    }

    /// The extended attributes of a file or directory that was found.
    #[cfg(target_os = "linux")]
    pub fn xattrs(&self, path: &Path, known: &Stat, directory: bool) -> Result<Vec<Xattr>> {
        let open = if directory {
            self.below.dir(path)
        } else {
            self.below.file(path, OFlags::RDONLY | OFlags::NONBLOCK)
        };
        let fd = open.map_err(|e| failed("open the file", e))?;
        let now = rustix::fs::fstat(&fd).map_err(|e| failed("look at the file", e))?;
        if !stat_of(&now).same_file(known) {
            return Err(changed());
        }
        super::xattrs::read(&fd).map_err(|e| failed("read the extended attributes", e))
    }

    /// There are none of Linux here.
    #[cfg(not(target_os = "linux"))]
    pub fn xattrs(&self, _: &Path, _: &Stat, _: bool) -> Result<Vec<Xattr>> {
        Err(Error::unsupported("extended attributes are captured on Linux only"))
    }

    /// The part of an absolute link's target that lies in the folder; `None` where it leads elsewhere.
    pub fn within(&self, target: &[u8]) -> Option<Vec<u8>> {
        let mut at = 0;
        while at < target.len() {
            at += target[at..].iter().take_while(|&&b| b == b'/').count();
            if at == target.len() {
                return None;
            }
            at += target[at..].iter().take_while(|&&b| b != b'/').count();
            let stat = rustix::fs::stat(OsStr::from_bytes(&target[..at])).ok()?;
            if stat_of(&stat).same_file(&self.root) {
                return Some(target[at..].to_vec());
            }
        }
        None
    }
}

/// An error where the open file is not the one that was found, or has other contents.
pub(super) fn unchanged(file: &File, known: &Stat) -> Result<()> {
    let now = rustix::fs::fstat(file).map_err(|e| failed("look at the file", e))?;
    let (now, regular) = (stat_of(&now), FileType::from_raw_mode(now.st_mode).is_file());
    let same = regular && now.same_file(known) && now.size == known.size && now.write == known.write;
    if same { Ok(()) } else { Err(changed()) }
}

fn one(dir: &OwnedFd, name: &OsStr) -> Result<Found> {
    let named = |e: Error| e.with_path(Path::new(name).display());
    let stat = rustix::fs::statat(dir, name, AtFlags::SYMLINK_NOFOLLOW)
        .map_err(|e| named(failed("look at the file", e)))?;
    let kind = match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => Kind::File,
        FileType::Directory => Kind::Directory,
        FileType::Symlink => {
            let target = rustix::fs::readlinkat(dir, name, Vec::new());
            let target = target.map_err(|e| named(failed("read the link", e)))?.into_bytes();
            let leads = rustix::fs::statat(dir, name, AtFlags::empty());
            let directory = leads.is_ok_and(|s| FileType::from_raw_mode(s.st_mode).is_dir());
            Kind::Link { target, directory }
        }
        FileType::Fifo => Kind::Special("a pipe"),
        FileType::Socket => Kind::Special("a socket"),
        FileType::CharacterDevice | FileType::BlockDevice => Kind::Special("a device"),
        FileType::Unknown => Kind::Special("of an unknown kind"),
    };
    Ok(Found { name: OsString::from_vec(name.as_bytes().to_vec()), stat: stat_of(&stat), kind })
}

/// The first byte from `at` on that is stored, and the hole behind it; all of `size` where the system cannot tell.
pub(super) fn extent(file: &File, at: u64, size: u64) -> (u64, u64) {
    use rustix::fs::{SeekFrom, seek};
    match seek(file.as_fd(), SeekFrom::Data(at)) {
        Ok(data) => (data, seek(file.as_fd(), SeekFrom::Hole(data)).unwrap_or(size)),
        Err(Errno::NXIO) => (size, size),
        Err(_) => (at, size),
    }
}

/// A name as the image has it.
pub(super) fn name_of(name: &OsStr) -> Option<crate::base::Name> {
    crate::base::Name::from_wtf8(name.as_bytes())
}
