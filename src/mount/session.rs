//! Mounting, and the handle of what is mounted.

use super::adapter::Adapter;
use super::ending::{Ready, finish, only_one};
use super::fs::ImageFs;
use super::registry::{Entry, Owned};
use super::system::{ImageLock, SUBTYPE, check_fuse, is_mounted, unmount as unmount_folder};
use super::{Ending, Mode, MountInfo, MountOptions, UnmountReport};
use crate::base::Progress;
use crate::error::{Error, ErrorKind, Result};
use crate::wim::WimFile;
use fuser::{BackgroundSession, Config, MountOption, SessionACL};
use std::path::Path;

/// A mounted image. Dropped, it is unmounted, and what was changed is kept in the folder of the mount.
#[derive(Debug)]
pub struct Mounted {
    session: Option<BackgroundSession>,
    owned: Option<Owned>,
    info: MountInfo,
    lock: Option<ImageLock>,
}

/// Mounts image `index` (from 1) of the WIM at `wim` on the folder `dir`, and serves it from threads of this process.
///
/// Any number of read-only mounts of an image may be there at once; a second read-write mount is
/// [`Busy`](ErrorKind::Busy) at once.
pub fn mount(
    wim: impl AsRef<Path>,
    index: u32,
    dir: impl AsRef<Path>,
    options: &MountOptions,
) -> Result<Mounted> {
    let dir = dir.as_ref().canonicalize().map_err(|e| Error::io("find the folder", dir.as_ref(), e))?;
    let named = |kind, message: &str| Error::new(kind, message).with_path(dir.display());
    if !dir.is_dir() {
        return Err(named(ErrorKind::InvalidArgument, "is no folder"));
    }
    if is_mounted(&dir) {
        return Err(named(ErrorKind::Busy, "something is mounted there already"));
    }
    let path = wim.as_ref().canonicalize().map_err(|e| Error::io("open the WIM", wim.as_ref(), e))?;
    if options.read_write && path.starts_with(&dir) {
        return Err(named(ErrorKind::InvalidArgument, "holds the WIM itself"));
    }
    let wim = WimFile::open(&path, &options.open)?;
    let image = wim.image_blob(index)?.sha1;
    let mode = if options.read_write { Mode::ReadWrite } else { Mode::ReadOnly };
    let mut lock = None;
    if options.read_write {
        crate::wim::commit::can_change(&wim)?;
        lock = Some(only_one(&path, index, &image.to_string())?);
    }
    check_fuse()?;
    let owned = {
        let (folder, references) = (options.overlay.as_deref(), &options.open.references);
        Entry::create(&path, (index, &image), &dir, mode, folder, references)?
    };
    match start(&wim, index, &dir, options, &owned) {
        Ok(session) => {
            let info = owned.info();
            Ok(Mounted { session: Some(session), owned: Some(owned), info, lock })
        }
        Err(e) => {
            // The first error is the one to tell.
            let _ = owned.remove();
            Err(e)
        }
    }
}

fn start(
    wim: &WimFile,
    index: u32,
    dir: &Path,
    options: &MountOptions,
    owned: &Owned,
) -> Result<BackgroundSession> {
    let folder = options.read_write.then_some(owned.entry.folder.as_path());
    let fs = ImageFs::new(wim, index, folder)?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut config = Config::default();
    config.n_threads = Some(options.threads.unwrap_or(cores + 1).clamp(1, 64));
    config.clone_fd = true;
    config.acl = if options.allow_other { SessionACL::All } else { SessionACL::Owner };
    // A comma would end the option.
    let source = wim.name().replace(['\\', ','], "_");
    config.mount_options = vec![
        MountOption::FSName(source),
        MountOption::Subtype(SUBTYPE.to_owned()),
        MountOption::NoDev,
        MountOption::NoSuid,
        MountOption::NoAtime,
        if options.read_write { MountOption::RW } else { MountOption::RO },
    ];
    // The kernel asks for a folder's attributes after each change in it, to check them. Where only the user who mounts gets
    // in, that is for nothing.
    let checked = options.allow_other || !options.read_write;
    if checked {
        config.mount_options.push(MountOption::DefaultPermissions);
    }
    let adapter = Adapter::new(fs, checked);
    let spellings = adapter.spellings();
    let session = fuser::spawn_mount(adapter, dir, &config).map_err(|e| mount_error(dir, e))?;
    if let Some(spellings) = spellings {
        spellings.serve(session.notifier());
    }
    Ok(session)
}

fn mount_error(dir: &Path, e: std::io::Error) -> Error {
    match e.kind() {
        std::io::ErrorKind::NotFound => {
            let message = "mounting needs fusermount3: install the package fuse3";
            Error::new(ErrorKind::Unsupported, message).with_source(e).with_path(dir.display())
        }
        // What fusermount3 said ends with a line's end.
        kind => {
            let said = e.to_string();
            Error::io("mount the image", dir, std::io::Error::new(kind, said.trim_end()))
        }
    }
}

impl Mounted {
    /// Which mount it is.
    pub fn info(&self) -> &MountInfo {
        &self.info
    }

    /// Whether it is mounted still; someone else may have unmounted it.
    pub fn is_mounted(&self) -> bool {
        self.session.as_ref().is_some_and(|session| !session.guard.is_finished())
    }

    /// Waits until someone else unmounts it. What was changed is kept.
    pub fn wait(&mut self) -> Result<()> {
        self.join()?;
        self.close(&Ending::Keep, &Progress::none()).map(|_| ())
    }

    /// Unmounts it, and ends it so. One that is in use stays as it is: [`Busy`](ErrorKind::Busy).
    pub fn unmount(&mut self, ending: &Ending, progress: &Progress) -> Result<UnmountReport> {
        let owned = self.owned.as_ref().ok_or_else(ended)?;
        let ready = Ready::new(&self.info, &owned.entry, ending)?;
        if self.is_mounted() {
            unmount_folder(&self.info.dir, false)?;
        }
        self.join()?;
        self.close_with(ending, ready, progress)?.ok_or_else(ended)
    }

    fn join(&mut self) -> Result<()> {
        let Some(session) = self.session.take() else { return Ok(()) };
        session.join().map_err(|e| Error::io("serve the mount", &self.info.dir, e))
    }

    fn close(&mut self, ending: &Ending, progress: &Progress) -> Result<Option<UnmountReport>> {
        self.close_with(ending, None, progress)
    }

    fn close_with(
        &mut self,
        ending: &Ending,
        ready: Option<Ready>,
        progress: &Progress,
    ) -> Result<Option<UnmountReport>> {
        let owned = self.owned.take();
        let report = owned.map(|owned| finish(owned, self.info.clone(), ending, ready, progress));
        self.lock = None;
        report.transpose()
    }
}

fn ended() -> Error {
    Error::new(ErrorKind::InvalidArgument, "the mount has ended already")
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let Some(session) = self.session.take() else {
            // Whoever wants to know how it ended calls `unmount`.
            let _ = self.close(&Ending::Keep, &Progress::none());
            return;
        };
        let mut rest = Self {
            session: Some(session),
            owned: self.owned.take(),
            info: self.info.clone(),
            lock: self.lock.take(),
        };
        let in_use = rest.is_mounted() && unmount_folder(&rest.info.dir, false).is_err();
        let mut end = move || {
            let _ = rest.join();
            let _ = rest.close(&Ending::Keep, &Progress::none());
        };
        if in_use {
            // It goes when its last user does, and until then is served.
            let _ = unmount_folder(&self.info.dir, true);
            std::thread::spawn(end);
        } else {
            end();
        }
    }
}
