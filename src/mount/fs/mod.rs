//! An image as a file system, without the kernel: numbers, names, attributes, contents and changes to them.
//!
//! Names are found without regard to case, an exact spelling first. What is read comes from the WIM through its cache of
//! decoded chunks, or from the data files that hold what was written. Any number of threads may call at once.

mod data;
mod handles;
mod journal;
mod look;
mod names;
mod properties;
mod recover;
mod state;
#[cfg(test)]
mod tests;
mod xattr;

use crate::error::{Error, ErrorKind, Result};
use crate::wim::WimFile;
use crate::wim::metadata::attributes::DIRECTORY;
use crate::wim::metadata::{DentryId, Inode, InodeId, Times};
use crate::wim::xml::FileTime;
use handles::Handles;
use journal::Stream;
use journal::{Journal, Record};
pub(super) use look::MAX_NAME_BYTES;
pub(super) use names::{Replace, Spellings};
pub(super) use recover::{has_changes, overlay};
use rustix::io::Errno;
use state::State;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

pub(super) type FsResult<T> = std::result::Result<T, Errno>;

/// What an entry is to a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Directory,
    /// A symbolic link or junction.
    Link,
}

impl Kind {
    /// Of an inode. Reparse points that are no links are shown as what they would be without their filter.
    fn of(inode: &Inode) -> Self {
        if inode.reparse_tag().is_some_and(crate::wim::is_link_tag) {
            Self::Link
        } else if inode.attributes() & DIRECTORY != 0 {
            Self::Directory
        } else {
            Self::File
        }
    }
}

/// What `stat` tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Attr {
    /// The number of the inode; 1 for the root.
    pub ino: u64,
    pub kind: Kind,
    pub size: u64,
    /// Permission bits.
    pub mode: u16,
    pub links: u32,
    pub times: Times,
}

/// One image, mounted.
pub(super) struct ImageFs {
    wim: WimFile,
    state: RwLock<State>,
    root: InodeId,
    /// Where changes go; `None` where there are to be none.
    edits: Option<Edits>,
    handles: Handles,
}

struct Edits {
    journal: Mutex<Journal>,
    data: PathBuf,
    next: AtomicU64,
    /// Held while contents are copied out of the WIM, so that it is done once.
    copying: Mutex<()>,
    /// How many handles are open on an inode, so that the data file of a removed one goes with the last.
    open: Mutex<HashMap<InodeId, u32>>,
}

impl ImageFs {
    /// Image `index` (from 1), with changes noted in the folder `edits`, which holds none yet; `None` allows none.
    pub fn new(wim: &WimFile, index: u32, edits: Option<&Path>) -> Result<Self> {
        let metadata = wim.image(index)?;
        // Names are looked for from many threads at once: the index is made before.
        let _ = metadata.child(metadata.root(), &crate::base::Name::from("x"));
        let edits = edits.map(Edits::new).transpose()?;
        let root = metadata.dentry(metadata.root()).inode();
        let state = RwLock::new(State::new((*metadata).clone()));
        Ok(Self { wim: wim.clone(), state, root, edits, handles: Handles::default() })
    }

    /// Whether it takes changes.
    pub fn is_writable(&self) -> bool {
        self.edits.is_some()
    }

    fn read_state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_state(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn edits(&self) -> FsResult<&Edits> {
        self.edits.as_ref().ok_or(Errno::ROFS)
    }

    /// Notes the change, then makes it.
    fn change(&self, state: &mut State, record: &Record) -> FsResult<()> {
        lock(&self.edits()?.journal).append(record)?;
        state.apply(record).map_err(|e| errno(&e))
    }

    /// The number under which the kernel knows an inode.
    fn ino(&self, id: InodeId) -> u64 {
        if id == self.root { 1 } else { u64::from(id.0) + 2 }
    }

    fn inode(&self, state: &State, ino: u64) -> FsResult<InodeId> {
        let id = match ino {
            1 => return Ok(self.root),
            _ => ino.checked_sub(2).and_then(|id| u32::try_from(id).ok()).ok_or(Errno::STALE)?,
        };
        ((id as usize) < state.metadata.inodes.len()).then_some(InodeId(id)).ok_or(Errno::STALE)
    }

    /// The dentry of a directory.
    fn dir(&self, state: &State, ino: u64) -> FsResult<DentryId> {
        let id = self.inode(state, ino)?;
        match Kind::of(state.metadata.inode(id)) {
            Kind::Directory => Ok(state.home[id.0 as usize]),
            _ => Err(Errno::NOTDIR),
        }
    }
}

impl Edits {
    fn new(folder: &Path) -> Result<Self> {
        let data = folder.join("data");
        std::fs::create_dir(&data).map_err(|e| Error::io("make the folder for new contents", &data, e))?;
        Ok(Self {
            journal: Mutex::new(Journal::create(&folder.join("journal"))?),
            data,
            next: AtomicU64::new(1),
            copying: Mutex::default(),
            open: Mutex::default(),
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn now() -> u64 {
    FileTime::now().0
}

/// An error of the library as the kernel names it.
fn errno(error: &Error) -> Errno {
    match error.kind() {
        ErrorKind::NoSpace => Errno::NOSPC,
        ErrorKind::PermissionDenied => Errno::ACCESS,
        ErrorKind::InvalidArgument | ErrorKind::UnsafePath => Errno::INVAL,
        ErrorKind::Unsupported => Errno::OPNOTSUPP,
        _ => Errno::IO,
    }
}

fn io(error: &std::io::Error) -> Errno {
    Errno::from_io_error(error).unwrap_or(Errno::IO)
}

/// New contents of an inode's stream, where there are any.
type Written = Option<Arc<state::Upper>>;
