//! What is open: files with the data file they read and write, and directories with their list as it was.

use super::{FsResult, io, lock};
use crate::wim::metadata::{DentryId, InodeId};
use rustix::io::Errno;
use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

#[derive(Default)]
pub(super) struct Handles {
    open: Mutex<HashMap<u64, Arc<Handle>>>,
    last: AtomicU64,
}

pub(super) enum Handle {
    File(OpenFile),
    Dir(Vec<DentryId>),
}

pub(super) struct OpenFile {
    pub inode: InodeId,
    pub writes: bool,
    /// The data file, once it was needed, and its number.
    file: Mutex<Option<(u64, Arc<File>)>>,
}

impl OpenFile {
    pub fn new(inode: InodeId, writes: bool) -> Self {
        Self { inode, writes, file: Mutex::default() }
    }

    /// Data file `number`, at `path`.
    pub fn file(&self, number: u64, path: &Path) -> FsResult<Arc<File>> {
        let mut slot = lock(&self.file);
        if let Some((open, file)) = &*slot
            && *open == number
        {
            return Ok(file.clone());
        }
        let file = Arc::new(open(path)?);
        *slot = Some((number, file.clone()));
        Ok(file)
    }

    /// Keeps a data file that is open already.
    pub fn keep(&self, number: u64, file: Arc<File>) {
        *lock(&self.file) = Some((number, file));
    }

    /// The data file if one was needed so far.
    pub fn opened(&self) -> Option<Arc<File>> {
        lock(&self.file).as_ref().map(|(_, file)| file.clone())
    }
}

/// Opens a data file.
pub(super) fn open(path: &Path) -> FsResult<File> {
    OpenOptions::new().read(true).write(true).open(path).map_err(|e| io(&e))
}

impl Handles {
    /// A number for what is open from now on; never 0.
    pub fn add(&self, handle: Handle) -> u64 {
        let number = self.last.fetch_add(1, Relaxed) + 1;
        lock(&self.open).insert(number, Arc::new(handle));
        number
    }

    pub fn get(&self, number: u64) -> FsResult<Arc<Handle>> {
        lock(&self.open).get(&number).cloned().ok_or(Errno::BADF)
    }

    pub fn remove(&self, number: u64) -> Option<Arc<Handle>> {
        lock(&self.open).remove(&number)
    }
}
