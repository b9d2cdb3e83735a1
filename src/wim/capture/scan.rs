//! What is in the folder: looked at directory by directory, a level of the tree at a time on all cores.

use super::exclude::Exclusions;
use super::folder::{Folder, name_of};
use crate::base::{Limits, Name, Phase, Progress};
use crate::error::{Error, ErrorKind, Result};
use crate::wim::xml::FileTime;
use rayon::prelude::*;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What the system says of a file.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stat {
    pub device: u64,
    pub inode: u64,
    /// How many names the file has.
    pub names: u64,
    pub size: u64,
    /// It takes less room than it is long.
    pub sparse: bool,
    pub access: FileTime,
    pub write: FileTime,
    /// Nanoseconds of the time of the last write, as the system has them.
    pub nanos: u32,
    /// When it was created, where the system says so.
    pub creation: Option<FileTime>,
    /// Windows' attributes, where the system has them.
    pub attributes: u32,
}

impl Stat {
    /// Whether both are of one file.
    pub fn same_file(&self, other: &Self) -> bool {
        (self.device, self.inode) == (other.device, other.inode)
    }
}

/// What an entry is.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Directory,
    File,
    Link {
        target: Vec<u8>,
        /// It leads to a directory.
        directory: bool,
    },
    /// What an image cannot hold, in words.
    Special(&'static str),
}

/// An entry of a directory, as it was read.
pub(super) struct Found {
    pub name: OsString,
    pub stat: Stat,
    pub kind: Kind,
}

/// An entry of the tree.
#[derive(Debug)]
pub(super) struct Entry {
    /// The directory it lies in, as an index of [`Scan::entries`].
    pub parent: usize,
    pub name: Name,
    pub os_name: OsString,
    pub stat: Stat,
    pub kind: Kind,
}

/// The tree.
#[derive(Debug)]
pub(super) struct Scan {
    /// The root first, parents before children, the entries of a directory together and in order.
    pub entries: Vec<Entry>,
    /// How many were left out because the list says so.
    pub excluded: u64,
    /// What an image cannot hold, and what it is.
    pub special: Vec<(PathBuf, &'static str)>,
    /// Names that Windows cannot have.
    pub forbidden: Vec<PathBuf>,
}

/// What one directory gave.
#[derive(Default)]
struct Listed {
    entries: Vec<Entry>,
    excluded: u64,
    special: Vec<(PathBuf, &'static str)>,
    forbidden: Vec<PathBuf>,
}

impl Scan {
    /// Looks at all of the folder. A file for which `own` is true is the WIM that is written.
    pub fn new(
        folder: &Folder,
        exclusions: &Exclusions,
        own: &(dyn Fn(&Stat) -> bool + Sync),
        limits: &Limits,
        progress: &Progress,
    ) -> Result<Self> {
        let root = Entry {
            parent: 0,
            name: Name::default(),
            os_name: OsString::new(),
            stat: folder.stat(),
            kind: Kind::Directory,
        };
        let (excluded, special, forbidden) = (0, Vec::new(), Vec::new());
        let mut scan = Self { entries: vec![root], excluded, special, forbidden };
        let meter = progress.begin(Phase::Open, 0, 0);
        let (mut level, mut depth) = (vec![0], 0);
        while !level.is_empty() {
            let list = |&dir: &usize| {
                let path = scan.path(dir);
                let look = Look { folder, exclusions, own, dir, path: &path, names: &scan.names(dir) };
                let listed = look.run(&scan.entries[dir].stat);
                let listed =
                    listed.map_err(|e| e.within(format!("{}", Path::new("/").join(&path).display())))?;
                listed.entries.iter().try_for_each(|entry| meter.done_with(|| entry.name.to_string(), 0))?;
                Ok(listed)
            };
            let found: Vec<Listed> = level.par_iter().map(list).collect::<Result<_>>()?;
            let first = scan.entries.len();
            for listed in found {
                scan.entries.extend(listed.entries);
                scan.excluded += listed.excluded;
                scan.special.extend(listed.special);
                scan.forbidden.extend(listed.forbidden);
            }
            let count = scan.entries.len() as u64;
            Limits::check("the number of the folder's entries", count, limits.max_entries)?;
            depth += 1;
            Limits::check("the depth of the folder", depth, limits.max_depth.into())?;
            let is_dir = |&at: &usize| matches!(scan.entries[at].kind, Kind::Directory);
            level = (first..scan.entries.len()).filter(is_dir).collect();
        }
        Ok(scan)
    }

    /// The path of an entry below the folder.
    pub fn path(&self, entry: usize) -> PathBuf {
        self.above(entry).into_iter().map(|at| &self.entries[at].os_name).collect()
    }

    /// Its path in the image.
    pub fn names(&self, entry: usize) -> Vec<Name> {
        self.above(entry).into_iter().map(|at| self.entries[at].name.clone()).collect()
    }

    /// The entries on the way to one, itself last, without the root.
    fn above(&self, entry: usize) -> Vec<usize> {
        let (mut out, mut at) = (Vec::new(), entry);
        while at != 0 {
            out.push(at);
            at = self.entries[at].parent;
        }
        out.reverse();
        out
    }
}

/// One directory that is looked at.
struct Look<'a> {
    folder: &'a Folder,
    exclusions: &'a Exclusions,
    own: &'a (dyn Fn(&Stat) -> bool + Sync),
    dir: usize,
    path: &'a Path,
    names: &'a [Name],
}

impl Look<'_> {
    fn run(&self, known: &Stat) -> Result<Listed> {
        let mut out = Listed::default();
        let mut path = self.names.to_vec();
        for Found { name: os_name, stat, kind } in self.folder.list(self.path, known)? {
            let Some(name) = name_of(&os_name) else {
                let message = "the name is not UTF-8, so an image cannot hold it; rename or exclude it";
                let e = Error::new(ErrorKind::UnsafePath, message);
                return Err(e.with_path(Path::new(&os_name).display()));
            };
            path.push(name);
            let excluded = self.exclusions.excludes(&path);
            let Some(name) = path.pop() else { continue };
            if excluded || (self.own)(&stat) {
                out.excluded += 1;
            } else if let Kind::Special(what) = kind {
                out.special.push((self.path.join(&os_name), what));
            } else {
                if forbidden(&name) {
                    out.forbidden.push(self.path.join(&os_name));
                }
                out.entries.push(Entry { parent: self.dir, name, os_name, stat, kind });
            }
        }
        out.entries.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.name.units().cmp(b.name.units())));
        out.special.sort();
        out.forbidden.sort();
        Ok(out)
    }
}

/// Whether Windows cannot have a file of this name.
fn forbidden(name: &Name) -> bool {
    let text = name.to_string();
    crate::base::safe_relative(&text).is_err() || text.contains('\\') || name.units().len() > 255
}
