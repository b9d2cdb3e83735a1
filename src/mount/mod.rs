//! Images as folders: mounted read-only or read-write through FUSE, on Linux.
//!
//! A read-write mount notes every change in a folder of its own, the overlay, and leaves the WIM as it is. Unmounting with
//! [`Ending::Commit`] makes the same changes in an [`Overlay`](crate::wim::overlay::Overlay) and commits that; a mount
//! whose process died is committed or discarded in the same way.
//!
//! Needs the feature `mount`. Elsewhere than on Linux every call fails with
//! [`NotAvailable`](crate::ErrorKind::NotAvailable); what does without a mount is an
//! [`Overlay`](crate::wim::overlay::Overlay), or extracting.
//!
//! ```no_run
//! use wimwright::base::Progress;
//! use wimwright::mount::{Ending, MountOptions, Mounted, list, mount, recover, unmount};
//! use wimwright::wim::commit::CommitOptions;
//!
//! let mut options = MountOptions::new();
//! options.read_write = true;
//! let mut mounted: Mounted = mount("install.wim", 1, "/mnt/image", &options)?;
//! println!("{}", mounted.info().dir.display());
//! std::fs::write("/mnt/image/new.txt", "text").expect("a mount is a folder");
//! assert!(mounted.is_mounted());
//! mounted.unmount(&Ending::Commit(CommitOptions::new()), &Progress::none())?;
//!
//! // One that another process serves; `wait` returns when somebody unmounts it.
//! for other in list()? {
//!     unmount(&other.dir, &Ending::Keep, &Progress::none())?;
//! }
//! mount("install.wim", 2, "/mnt/image", &MountOptions::new())?.wait()?;
//! // Mounts whose process died, to be committed or discarded.
//! println!("{}", recover()?.len());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(all(target_os = "linux", feature = "mount"))]
mod adapter;
#[cfg(not(all(target_os = "linux", feature = "mount")))]
mod elsewhere;
#[cfg(all(target_os = "linux", feature = "mount"))]
mod ending;
#[cfg(all(target_os = "linux", feature = "mount"))]
mod fs;
#[cfg(all(target_os = "linux", feature = "mount"))]
mod registry;
#[cfg(all(target_os = "linux", feature = "mount"))]
mod requests;
#[cfg(all(target_os = "linux", feature = "mount"))]
mod session;
#[cfg(all(target_os = "linux", feature = "mount"))]
mod system;

use crate::wim::OpenOptions;
use crate::wim::commit::{CommitOptions, CommitReport};
#[cfg(not(all(target_os = "linux", feature = "mount")))]
pub use elsewhere::{Mounted, list, mount, recover, unmount};
#[cfg(all(target_os = "linux", feature = "mount"))]
pub use ending::unmount;
#[cfg(all(target_os = "linux", feature = "mount"))]
pub use registry::{list, recover};
#[cfg(all(target_os = "linux", feature = "mount"))]
pub use session::{Mounted, mount};
use std::path::PathBuf;

/// How an image is mounted.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct MountOptions {
    /// Whether it can be changed.
    pub read_write: bool,
    /// The folder that takes the changes: a new or empty one. `None` for one below `$XDG_STATE_HOME/wimwright`.
    pub overlay: Option<PathBuf>,
    /// Whether other users may look into it too. Unless root mounts it, `/etc/fuse.conf` has to allow that.
    pub allow_other: bool,
    /// Threads that answer the kernel; `None` for one more than there are cores.
    pub threads: Option<usize>,
    /// How the WIM is opened. Its limit `memory` bounds the decoded chunks that are kept.
    pub open: OpenOptions,
}

impl MountOptions {
    /// The defaults: read-only, for the caller alone.
    pub fn new() -> Self {
        Self::default()
    }
}

/// What becomes of the changes of a mount.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Ending {
    /// They stay in their folder, to be committed or discarded later. What read-only mounts end with.
    Keep,
    /// They are committed to the WIM, and then removed from their folder.
    Commit(CommitOptions),
    /// They are thrown away. The WIM is as it was.
    Discard,
}

/// Whether a mount takes changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Mode {
    /// It does not.
    #[serde(rename = "ro")]
    ReadOnly,
    /// It does.
    #[serde(rename = "rw")]
    ReadWrite,
}

/// How a mount is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MountState {
    /// Its process is alive.
    Mounted,
    /// Its changes are being committed.
    Committing,
    /// Its process is gone, its changes are there: they can be committed or discarded.
    Recoverable,
    /// Its process is gone, and it changed nothing.
    Stale,
}

/// A mount of this user.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct MountInfo {
    /// The WIM.
    #[serde(serialize_with = "crate::base::path_text")]
    pub wim: PathBuf,
    /// The image, from 1.
    pub index: u32,
    /// Where it is mounted.
    #[serde(serialize_with = "crate::base::path_text")]
    pub dir: PathBuf,
    /// Whether it takes changes.
    pub mode: Mode,
    /// How it is doing.
    pub state: MountState,
    /// The process that serves it or did.
    pub pid: u32,
    /// The folder that holds its changes; of a read-only mount one that holds none.
    #[serde(serialize_with = "crate::base::path_text")]
    pub overlay: PathBuf,
}

/// What unmounting did.
#[derive(Clone, Debug, serde::Serialize)]
#[non_exhaustive]
pub struct UnmountReport {
    /// The mount, as it was before.
    #[serde(flatten)]
    pub mount: MountInfo,
    /// What was committed; `None` where nothing was to be.
    pub committed: Option<CommitReport>,
    /// Whether changes stay in the folder of the mount.
    pub kept: bool,
}
