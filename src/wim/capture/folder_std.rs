//! The folder that is captured, where there is no Unix: paths below it, each looked at without following links.

use super::scan::{Found, Kind, Stat};
use crate::base::Name;
use crate::error::{Error, ErrorKind, Result};
use crate::wim::xml::FileTime;
use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The folder.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    root: Stat,
}

fn stat_of(stat: &Metadata) -> Stat {
    let time = |time: std::io::Result<SystemTime>| time.map(FileTime::from).unwrap_or_default();
    let write = time(stat.modified());
    #[cfg(windows)]
    let attributes = std::os::windows::fs::MetadataExt::file_attributes(stat);
    #[cfg(not(windows))]
    let attributes = 0;
    Stat {
        size: stat.len(),
        names: 1,
        access: time(stat.accessed()),
        write,
        nanos: (write.0 % 10_000_000) as u32 * 100,
        creation: stat.created().ok().map(FileTime::from),
        attributes,
        ..Stat::default()
    }
}

fn changed() -> Error {
    Error::new(ErrorKind::Busy, "was changed while it was captured; capture it when nothing writes to it")
}

impl Folder {
    /// Opens the folder.
    pub fn open(path: &Path) -> Result<Self> {
        let path = path.canonicalize().map_err(|e| Error::io("open the folder", path, e))?;
        let stat = std::fs::metadata(&path).map_err(|e| Error::io("look at the folder", &path, e))?;
        if !stat.is_dir() {
            return Err(Error::new(ErrorKind::InvalidArgument, "is no folder").with_path(path.display()));
        }
        Ok(Self { path, root: stat_of(&stat) })
    }

    /// The folder itself.
    pub fn stat(&self) -> Stat {
        self.root
    }

    /// What is in the directory, in any order.
    pub fn list(&self, path: &Path, _: &Stat) -> Result<Vec<Found>> {
        let read =
            std::fs::read_dir(self.path.join(path)).map_err(|e| Error::from_io("read the folder", e))?;
        read.map(|entry| {
            let entry = entry.map_err(|e| Error::from_io("read the folder", e))?;
            let stat = entry.metadata().map_err(|e| Error::from_io("look at the file", e))?;
            let kind = match stat.file_type() {
                kind if kind.is_symlink() => Kind::Special("a link, which is not read on this system"),
                kind if kind.is_dir() => Kind::Directory,
                kind if kind.is_file() => Kind::File,
                _ => Kind::Special("of an unknown kind"),
            };
            Ok(Found { name: entry.file_name(), stat: stat_of(&stat), kind })
        })
        .collect()
    }

    /// Opens a file that was found, unless another one is in its place by now.
    pub fn file(&self, path: &Path, known: &Stat) -> Result<File> {
        let file = File::open(self.path.join(path)).map_err(|e| Error::from_io("open the file", e))?;
        unchanged(&file, known).map(|()| file)
    }

    /// There are none of Linux here.
    #[expect(clippy::unused_self, reason = "the form that Unix has")]
    pub fn xattrs(&self, _: &Path, _: &Stat, _: bool) -> Result<Vec<crate::wim::xattr::Xattr>> {
        Err(Error::unsupported("extended attributes are captured on Linux only"))
    }

    /// Links are not read here.
    #[expect(clippy::unused_self, reason = "the form that Unix has")]
    pub fn within(&self, _: &[u8]) -> Option<Vec<u8>> {
        None
    }
}

/// An error where the open file has other contents than the one that was found.
pub(super) fn unchanged(file: &File, known: &Stat) -> Result<()> {
    let now = file.metadata().map_err(|e| Error::from_io("look at the file", e))?;
    let (now, regular) = (stat_of(&now), now.is_file());
    let same = regular && now.size == known.size && now.write == known.write;
    if same { Ok(()) } else { Err(changed()) }
}

/// All of a file is stored.
pub(super) fn extent(_: &File, at: u64, size: u64) -> (u64, u64) {
    (at, size)
}

/// A name as the image has it.
pub(super) fn name_of(name: &OsStr) -> Option<Name> {
    #[cfg(windows)]
    return Some(Name::from_units(std::os::windows::ffi::OsStrExt::encode_wide(name).collect::<Vec<_>>()));
    #[cfg(not(windows))]
    name.to_str().map(Name::from)
}
