//! Which mounts there are: a folder for each, with what it is, a lock that its owner holds, and its changes.

use super::{Mode, MountInfo, MountState, fs, system};
use crate::base::{Sha1Digest, place};
use crate::error::{Error, ErrorKind, Result};
use crate::wim::OpenOptions;
use crate::wim::xml::FileTime;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What is written down about a mount.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Note {
    wim: PathBuf,
    index: u32,
    /// SHA-1 of the image's metadata when it was mounted.
    image: String,
    dir: PathBuf,
    mode: Mode,
    pid: u32,
    committing: bool,
    /// WIMs that a delta WIM takes its other blobs from.
    #[serde(default)]
    references: Vec<PathBuf>,
}

/// A mount's folder.
#[derive(Debug)]
pub(super) struct Entry {
    /// In the registry; a link where the user chose the folder.
    link: PathBuf,
    /// The folder itself.
    pub folder: PathBuf,
    note: Note,
}

/// An entry whose lock is ours: it says that we own the mount.
#[derive(Debug)]
pub(super) struct Owned {
    pub entry: Entry,
    _lock: File,
}

/// What came of waiting for the owner of a mount to go.
#[derive(Debug)]
pub(super) enum Succession {
    /// The mount is ours.
    Ours(Box<Owned>),
    /// Its owner forgot it when it went: there was nothing to keep.
    Forgotten,
    /// Its owner does not go.
    Alive,
}

/// The folder of all mounts of this user.
fn registry() -> Result<PathBuf> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = absolute("XDG_STATE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/state")));
    state.map(|state| state.join("wimwright/mounts")).ok_or_else(|| {
        let message = "neither HOME nor XDG_STATE_HOME names a folder for what is known about mounts";
        Error::new(ErrorKind::InvalidArgument, message)
    })
}

impl Entry {
    /// Makes the folder of a new mount and owns it.
    pub fn create(
        wim: &Path,
        (index, image): (u32, &Sha1Digest),
        dir: &Path,
        mode: Mode,
        folder: Option<&Path>,
        references: &[PathBuf],
    ) -> Result<Owned> {
        let registry = registry()?;
        private_dir(&registry)?;
        let pid = std::process::id();
        let link = registry.join(format!("{:016x}-{pid}", FileTime::now().0));
        let folder = match folder {
            None => {
                private_dir(&link)?;
                link.clone()
            }
            Some(folder) => {
                private_dir(folder)?;
                let folder = folder.canonicalize().map_err(|e| Error::io("find the folder", folder, e))?;
                let taken =
                    std::fs::read_dir(&folder).map_err(|e| Error::io("list the folder", &folder, e))?;
                if taken.count() > 0 {
                    let e = Error::new(ErrorKind::AlreadyExists, "the folder for the changes is not empty");
                    return Err(e.with_path(folder.display()));
                }
                std::os::unix::fs::symlink(&folder, &link)
                    .map_err(|e| Error::io("note the mount", &link, e))?;
                folder
            }
        };
        let (image, dir) = (image.to_string(), dir.to_owned());
        // Whoever commits may do so from another folder.
        let references =
            references.iter().map(|path| std::path::absolute(path).unwrap_or_else(|_| path.clone()));
        let references = references.collect();
        let note = Note { wim: wim.to_owned(), index, image, dir, mode, pid, committing: false, references };
        let entry = Self { link, folder, note };
        let path = entry.folder.join("lock");
        let lock = File::options().read(true).write(true).create_new(true).open(&path);
        let lock = lock.map_err(|e| Error::io("make the mount's lock", &path, e))?;
        lock.try_lock().map_err(|e| Error::new(ErrorKind::Busy, "the new mount is locked").with_source(e))?;
        entry.write()?;
        Ok(Owned { entry, _lock: lock })
    }

    /// The file that the owner has locked; `None` where the mount was forgotten meanwhile.
    fn lock_file(&self) -> Result<Option<File>> {
        let path = self.folder.join("lock");
        match File::options().read(true).write(true).open(&path) {
            Ok(file) => Ok(Some(file)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(Error::io("open the mount's lock", &path, e)),
        }
    }

    fn write(&self) -> Result<()> {
        let (path, new) = (self.folder.join("mount.json"), self.folder.join("mount.json.new"));
        let text = serde_json::to_vec_pretty(&self.note).map_err(|e| Error::malformed(e.to_string()))?;
        let written = std::fs::write(&new, text).and_then(|()| std::fs::rename(&new, &path));
        written.map_err(|e| Error::io("note the mount", &path, e))
    }

    fn load(link: PathBuf) -> Option<Self> {
        let folder = link.canonicalize().ok()?;
        let text = std::fs::read(folder.join("mount.json")).ok()?;
        Some(Self { note: serde_json::from_slice(&text).ok()?, link, folder })
    }

    /// Waits for the owner to go, for so long, and takes its place.
    pub fn own(self, patience: Duration) -> Result<Succession> {
        let Some(lock) = self.lock_file()? else { return Ok(Succession::Forgotten) };
        let end = Instant::now() + patience;
        while lock.try_lock().is_err() {
            if Instant::now() >= end {
                return Ok(Succession::Alive);
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        // The one before us may have removed all of it before it let go of the lock.
        Ok(match Self::load(self.link) {
            Some(entry) => Succession::Ours(Box::new(Owned { entry, _lock: lock })),
            None => Succession::Forgotten,
        })
    }

    /// What is told about it; `None` where it was forgotten meanwhile.
    pub fn info(&self) -> Result<Option<MountInfo>> {
        // Two who look at once both have the lock, an owner does not share it.
        let Some(lock) = self.lock_file()? else { return Ok(None) };
        let state = match (lock.try_lock_shared().is_err(), self.note.committing) {
            (true, true) => MountState::Committing,
            (true, false) => MountState::Mounted,
            _ if self.note.mode == Mode::ReadWrite && fs::has_changes(&self.folder)? => {
                MountState::Recoverable
            }
            _ => MountState::Stale,
        };
        Ok(Some(self.info_in(state)))
    }

    fn info_in(&self, state: MountState) -> MountInfo {
        let Note { wim, index, dir, mode, pid, .. } = self.note.clone();
        MountInfo { wim, index, dir, mode, state, pid, overlay: self.folder.clone() }
    }

    /// The SHA-1 of the image's metadata when it was mounted.
    pub fn image(&self) -> &str {
        &self.note.image
    }

    /// How its WIM is opened.
    pub fn open_options(&self) -> OpenOptions {
        let mut options = OpenOptions::new();
        options.references.clone_from(&self.note.references);
        options
    }

    /// Takes the dead mount away that its process left behind, if it did.
    pub fn clear_mount(&self) -> Result<()> {
        if system::is_mounted(&self.note.dir) && !all()?.iter().any(|e| e.serves(&self.note.dir)) {
            system::unmount(&self.note.dir, true)?;
        }
        Ok(())
    }

    /// Whether its owner is alive and has this folder.
    fn serves(&self, dir: &Path) -> bool {
        self.note.dir == dir && matches!(self.info(), Ok(Some(info)) if info.state == MountState::Mounted)
    }
}

impl Owned {
    /// What is told about it while it is owned.
    pub fn info(&self) -> MountInfo {
        self.entry.info_in(if self.entry.note.committing {
            MountState::Committing
        } else {
            MountState::Mounted
        })
    }

    /// Notes that its changes are being committed by this process, or that this has ended.
    pub fn set_committing(&mut self, committing: bool) -> Result<()> {
        self.entry.note.committing = committing;
        self.entry.note.pid = std::process::id();
        self.entry.write()
    }

    /// Removes all that is kept about the mount, its changes too.
    pub fn remove(self) -> Result<()> {
        let Entry { link, folder, .. } = &self.entry;
        // The note and the lock last: as long as they are there, the rest can be removed again.
        for name in ["journal", "mount.json.new", "mount.json", "lock"] {
            if name == "mount.json" {
                let data = folder.join("data");
                gone(std::fs::remove_dir_all(&data))
                    .map_err(|e| Error::io("remove the changes", &data, e))?;
            }
            let path = folder.join(name);
            gone(std::fs::remove_file(&path)).map_err(|e| Error::io("remove the changes", &path, e))?;
        }
        // A folder that was the user's own may hold something else by now.
        let _ = std::fs::remove_dir(folder);
        if link != folder {
            gone(std::fs::remove_file(link))
                .map_err(|e| Error::io("remove the note of the mount", link, e))?;
        }
        Ok(())
    }
}

fn gone(result: std::io::Result<()>) -> std::io::Result<()> {
    result.or_else(|e| if e.kind() == std::io::ErrorKind::NotFound { Ok(()) } else { Err(e) })
}

/// Makes a folder that only its owner can look into.
fn private_dir(path: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|e| Error::io("make the folder", path, e))
}

/// Every mount that is written down, the oldest first.
pub(super) fn all() -> Result<Vec<Entry>> {
    let registry = registry()?;
    let found = match std::fs::read_dir(&registry) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(|e| Error::io("list the mounts", &registry, e))?,
    };
    let mut links: Vec<PathBuf> = found.flatten().map(|entry| entry.path()).collect();
    links.sort();
    Ok(links.into_iter().filter_map(Entry::load).collect())
}

/// The mount on the folder `dir`, or with the folder `dir` for its changes. One that is alive comes before what others
/// left behind.
pub(super) fn find(dir: &Path) -> Result<Entry> {
    let wanted = place(dir);
    let wanted = if wanted.is_absolute() { wanted } else { std::path::absolute(dir).unwrap_or(wanted) };
    let mut found: Vec<_> =
        all()?.into_iter().filter(|e| e.note.dir == wanted || e.folder == wanted).collect();
    let alive = found.iter().position(|e| e.folder == wanted || e.serves(&wanted));
    match alive {
        Some(at) => Ok(found.swap_remove(at)),
        None if found.len() > 1 => {
            let folders: Vec<_> = found.iter().map(|e| e.folder.display().to_string()).collect();
            let message = format!(
                "several mounts on this folder left changes behind; name one by its own folder instead: {}",
                folders.join(", ")
            );
            Err(Error::new(ErrorKind::InvalidArgument, message).with_path(dir.display()))
        }
        None => found.pop().ok_or_else(|| not_there(dir)),
    }
}

pub(super) fn not_there(dir: &Path) -> Error {
    let message = "no image is mounted there by this user, and no changes of one are kept";
    Error::new(ErrorKind::NotFound, message).with_path(dir.display())
}

/// The mounts of this user, and what dead ones left, the oldest first.
pub fn list() -> Result<Vec<MountInfo>> {
    all()?.iter().filter_map(|entry| entry.info().transpose()).collect()
}

/// Cleans up after mounts whose process died: their folders are unmounted, and what changed nothing is forgotten. Changes
/// are kept until they are committed or discarded. Gives what [`list`] gave before.
pub fn recover() -> Result<Vec<MountInfo>> {
    let mut before = Vec::new();
    for entry in all()? {
        let Some(info) = entry.info()? else { continue };
        if matches!(info.state, MountState::Stale | MountState::Recoverable) {
            entry.clear_mount()?;
        }
        if info.state == MountState::Stale
            && let Succession::Ours(owned) = entry.own(Duration::ZERO)?
        {
            owned.remove()?;
        }
        before.push(info);
    }
    Ok(before)
}
