//! Locks between processes, and the folders that work is done in. A lock goes with its process, however that ends.

use crate::error::{Error, ErrorKind, Result};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// A lock that is held; dropped, it is free.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "held, not read")] File);

fn open(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    options.open(path).map_err(|e| Error::io("open the lock", path, e))
}

impl Lock {
    /// Waits for the lock, which nobody else holds then.
    pub fn wait(path: &Path) -> Result<Self> {
        let file = open(path)?;
        file.lock().map_err(|e| Error::io("lock", path, e))?;
        Ok(Self(file))
    }

    /// Waits for the lock together with others who share it.
    pub fn share(path: &Path) -> Result<Self> {
        let file = open(path)?;
        file.lock_shared().map_err(|e| Error::io("lock", path, e))?;
        Ok(Self(file))
    }

    /// Takes the lock if it is free.
    pub fn try_now(path: &Path) -> Result<Option<Self>> {
        let file = open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(e)) => Err(Error::io("lock", path, e)),
        }
    }

    /// Takes the lock, or says that `what` is in use.
    pub fn now(path: &Path, what: &str) -> Result<Self> {
        Self::try_now(path)?.ok_or_else(|| {
            Error::new(
                ErrorKind::Busy,
                format!("{what} is in use by another process; try again when it is done"),
            )
        })
    }
}

/// The folders that work is done in: `work/NAME`, locked while it goes on.
pub(super) struct WorkFolders {
    root: PathBuf,
    gate: PathBuf,
}

/// One such folder. It is taken away when this is dropped, unless it was asked to stay; what a killed process leaves
/// is taken away by [`WorkFolders::clean`].
pub(super) struct WorkFolder {
    path: PathBuf,
    gate: PathBuf,
    lock: Option<Lock>,
    stays: bool,
}

/// The lock's name in a work folder.
pub(super) const LOCK: &str = ".lock";

impl WorkFolders {
    pub fn new(root: PathBuf, gate: PathBuf) -> Self {
        Self { root, gate }
    }

    /// Makes the folder `name`, or takes over what an interrupted process left of it.
    pub fn begin(&self, name: &str) -> Result<WorkFolder> {
        let _gate = Lock::wait(&self.gate)?;
        let path = self.root.join(name);
        std::fs::create_dir_all(&path).map_err(|e| Error::io("make the work folder", &path, e))?;
        let lock = Lock::now(&path.join(LOCK), "the work folder")?;
        Ok(WorkFolder { path, gate: self.gate.clone(), lock: Some(lock), stays: false })
    }

    /// Takes away every folder that no process works in, but those that `keep` names. How many.
    pub fn clean(&self, keep: impl Fn(&str) -> bool) -> Result<usize> {
        let _gate = Lock::wait(&self.gate)?;
        let failed = |e| Error::io("list the work folder", &self.root, e);
        let mut gone = 0;
        for entry in std::fs::read_dir(&self.root).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if !path.is_dir() || keep(&name) {
                continue;
            }
            if let Some(lock) = Lock::try_now(&path.join(LOCK))? {
                drop(lock);
                std::fs::remove_dir_all(&path).map_err(|e| Error::io("clean the work folder", &path, e))?;
                gone += 1;
            }
        }
        Ok(gone)
    }
}

impl WorkFolder {
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Leaves the folder for who resumes the work.
    pub fn keep(mut self) {
        self.stays = true;
    }
}

impl Drop for WorkFolder {
    fn drop(&mut self) {
        // Nobody looks through the folders, or takes this one over, while it goes.
        let _gate = Lock::wait(&self.gate);
        drop(self.lock.take());
        if !self.stays {
            // What cannot be taken away now, the next run takes away.
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_come_and_go_while_others_clean() {
        let dir = tempfile::tempdir().unwrap();
        let (root, gate) = (dir.path().join("work"), dir.path().join("gate"));
        std::fs::create_dir(&root).unwrap();
        let folders = || WorkFolders::new(root.clone(), gate.clone());
        std::thread::scope(|scope| {
            for thread in 0..3 {
                let folders = folders();
                scope.spawn(move || {
                    for turn in 0..200 {
                        let folder = folders.begin(&format!("run-{thread}-{}", turn % 3)).unwrap();
                        std::fs::write(folder.path().join("file"), "x").unwrap();
                    }
                });
            }
            let folders = folders();
            scope.spawn(move || (0..400).for_each(|_| assert_eq!(folders.clean(|_| false).unwrap(), 0)));
        });
        assert_eq!(std::fs::read_dir(&root).unwrap().count(), 0);
        // What a killed process left is cleaned, what is to be kept stays.
        folders().begin("run-1").unwrap().keep();
        folders().begin("run-2").unwrap().keep();
        assert_eq!(folders().clean(|name| name == "run-2").unwrap(), 1);
        let running = folders().begin("run-2").unwrap();
        assert_eq!(folders().clean(|_| false).unwrap(), 0);
        assert_eq!(folders().begin("run-2").err().map(|e| e.kind()), Some(ErrorKind::Busy));
        drop(running);
        assert_eq!(std::fs::read_dir(&root).unwrap().count(), 0);
    }
}
