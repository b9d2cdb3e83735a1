//! How mounts end: unmounted, then committed, discarded or kept. The changes are read from the mount's folder, so it is
//! the same whether its process ended well, was killed, or the machine went down.

use super::registry::{self, Entry, Owned, Succession};
use super::system::{self, ImageLock};
use super::{Ending, Mode, MountInfo, MountState, UnmountReport, fs};
use crate::base::Progress;
use crate::error::{Error, ErrorKind, Result};
use crate::wim::WimFile;
use crate::wim::commit::{CommitOptions, CommitReport, WriteLock, commit};
use std::path::Path;
use std::time::Duration;

/// How long the process of a mount may take to end once it is unmounted.
const PATIENCE: Duration = Duration::from_secs(60);

/// Unmounts the image that is mounted on `dir`, by this process or another, and ends it so. `dir` may also be where a
/// mount was whose process died, or the folder of its changes.
///
/// A read-write mount that has changes and is told neither to commit nor to discard them keeps them. With
/// [`Ending::Commit`] a WIM that another process writes to is [`Busy`](ErrorKind::Busy) before anything is unmounted; if
/// the commit fails later, the changes are kept.
pub fn unmount(dir: impl AsRef<Path>, ending: &Ending, progress: &Progress) -> Result<UnmountReport> {
    let entry = registry::find(dir.as_ref())?;
    let info = entry.info()?.ok_or_else(|| registry::not_there(dir.as_ref()))?;
    if info.state == MountState::Committing {
        let message = format!("process {} is committing its changes", info.pid);
        return Err(Error::new(ErrorKind::Busy, message).with_path(info.dir.display()));
    }
    let ready = Ready::new(&info, &entry, ending)?;
    let succession = std::thread::scope(|scope| {
        if let Some(ready) = &ready {
            // Decoded while the mount ends. What is wrong with it is said when it is needed.
            scope.spawn(|| ready.wim.image(ready.index));
        }
        if info.state == MountState::Mounted {
            system::unmount(&info.dir, false)?;
        } else {
            entry.clear_mount()?;
        }
        entry.own(PATIENCE)
    })?;
    match succession {
        Succession::Ours(owned) => finish(*owned, info, ending, ready, progress),
        Succession::Forgotten => Ok(UnmountReport { mount: info, committed: None, kept: false }),
        Succession::Alive => {
            let message = format!("process {} does not end; its changes are kept", info.pid);
            Err(Error::new(ErrorKind::Busy, message).with_path(info.dir.display()))
        }
    }
}

/// What a commit needs, made before anything is unmounted.
pub(super) struct Ready {
    wim: WimFile,
    index: u32,
    options: CommitOptions,
}

impl Ready {
    /// `None` where nothing is to be committed.
    pub fn new(info: &MountInfo, entry: &Entry, ending: &Ending) -> Result<Option<Self>> {
        match ending {
            Ending::Commit(options) if info.mode == Mode::ReadWrite => {
                Self::for_commit(info, entry, options).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn for_commit(info: &MountInfo, entry: &Entry, options: &CommitOptions) -> Result<Self> {
        let wim = WimFile::open(&info.wim, &entry.open_options())?;
        let index = find_image(&wim, info.index, entry.image())?;
        let mut options = options.clone();
        if options.output.is_none() && options.lock.is_none() {
            options.lock = Some(WriteLock::new(&wim)?);
        }
        Ok(Self { wim, index, options })
    }
}

/// The image that was mounted. Other images may have been changed, added or taken out since.
fn find_image(wim: &WimFile, index: u32, image: &str) -> Result<u32> {
    let same = |i: &u32| wim.image_blob(*i).is_ok_and(|blob| blob.sha1.to_string() == image);
    if same(&index) {
        return Ok(index);
    }
    let mut others = (1..=wim.image_count()).filter(same);
    if let (Some(found), None) = (others.next(), others.next()) {
        return Ok(found);
    }
    let message =
        format!("image {index} was changed since it was mounted, so changes to it cannot be committed");
    Err(Error::new(ErrorKind::Busy, message).with_path(wim.name()))
}

/// Ends a mount that is no longer mounted.
pub(super) fn finish(
    mut owned: Owned,
    mount: MountInfo,
    ending: &Ending,
    ready: Option<Ready>,
    progress: &Progress,
) -> Result<UnmountReport> {
    let changed = mount.mode == Mode::ReadWrite && fs::has_changes(&owned.entry.folder)?;
    let mut committed = None;
    let kept = changed && matches!(ending, Ending::Keep);
    if let (true, Some(ready)) = (changed, ready) {
        owned.set_committing(true)?;
        match write(&ready, &owned, progress) {
            Ok(report) => committed = Some(report),
            Err(e) => {
                owned.set_committing(false)?;
                return Err(e);
            }
        }
    }
    if !kept {
        owned.remove()?;
    }
    Ok(UnmountReport { mount, committed, kept })
}

fn write(ready: &Ready, owned: &Owned, progress: &Progress) -> Result<CommitReport> {
    let Ready { wim, index, options } = ready;
    let overlay = fs::overlay(wim, *index, &owned.entry.folder)?;
    commit(wim, vec![overlay], options, progress)
}

/// An error where another mount of the image may write to it, or left changes that wait.
pub(super) fn only_one(wim: &Path, index: u32, image: &str) -> Result<ImageLock> {
    let busy = |message: String| Error::new(ErrorKind::Busy, message).with_path(wim.display());
    let lock = ImageLock::new(wim, index)?
        .ok_or_else(|| busy(format!("image {index} is mounted read-write already")))?;
    for entry in registry::all()? {
        let Some(info) = entry.info()? else { continue };
        if info.wim == wim && info.mode == Mode::ReadWrite && entry.image() == image {
            match info.state {
                MountState::Recoverable => {
                    return Err(busy(format!(
                        "changes that an earlier mount of image {index} made are kept in {}; commit or discard them first",
                        info.overlay.display()
                    )));
                }
                MountState::Committing => {
                    return Err(busy(format!("process {} is committing changes of image {index}", info.pid)));
                }
                _ => {}
            }
        }
    }
    Ok(lock)
}
