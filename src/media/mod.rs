//! Windows Setup's media, brought up to date as a whole: Dynamic Update. The medium is only read; what comes out is a tree
//! of its own beside it.
//!
//! ```no_run
//! use std::path::Path;
//! use wimwright::base::Progress;
//! use wimwright::media::{RefreshOptions, RefreshReport, Role, refresh};
//!
//! let options = RefreshOptions {
//!     cumulative: Some("lcu".into()),
//!     safe_os: Some("safeos.cab".into()),
//!     setup: Some("setup.cab".into()),
//!     continue_on_error: true,
//!     ..RefreshOptions::default()
//! };
//! let (media, out) = (Path::new("/mnt/win11"), Path::new("/srv/win11-new"));
//! let report: RefreshReport = refresh(media, out, &options, &Progress::none())?;
//! for image in &report.images {
//!     let role: Role = image.role;
//!     println!("{}: {} of {}", role.name(), image.indexes.len(), image.path);
//! }
//! if let Some(left_out) = report.failure() {
//!     eprintln!("{left_out}");
//! }
//! # Ok::<(), wimwright::Error>(())
//! ```

mod boot;
mod disk;
mod finish;
mod images;
mod inputs;
mod iso;
mod medium;
mod refresh;
mod report;
mod setup;
mod tree;
mod winre;
mod workplace;

pub use refresh::refresh;
pub use report::{
    ChangedFile, CumulativeRecord, FileChange, ImageRecord, IsoRecord, KeptFile, Outcome, RefreshReport,
    Role, Source, Unchanged, UpdateFile, WinreRecord,
};

use crate::base::Limits;
use crate::service::Level;
use std::path::PathBuf;

/// What a medium is brought up to date with, and how.
#[derive(Clone, Debug, Default)]
pub struct RefreshOptions {
    /// The cumulative update, or a folder that holds it with its checkpoints (and a servicing stack of its own) and nothing
    /// else.
    pub cumulative: Option<PathBuf>,
    /// The Safe OS Dynamic Update, for Windows RE.
    pub safe_os: Option<PathBuf>,
    /// The Setup Dynamic Update, for the medium's `sources`.
    pub setup: Option<PathBuf>,
    /// .NET's cumulative update.
    pub dotnet: Option<PathBuf>,
    /// The indexes of the install image to service, from 1; `None` for all. The others stay as they are.
    pub indexes: Option<Vec<u32>>,
    /// How far packages are serviced: [`Level::Stage`] or [`Level::Install`].
    pub level: Level,
    /// Leave out what fails and go on with the rest.
    pub continue_on_error: bool,
    /// As in [`SessionOptions`](crate::service::SessionOptions).
    pub accept_partial: bool,
    /// As in [`SessionOptions`](crate::service::SessionOptions).
    pub force_undecided: bool,
    /// As in [`SessionOptions`](crate::service::SessionOptions).
    pub allow_broken_signature: bool,
    /// Find out what would be done and write nothing.
    pub dry_run: bool,
    /// Give the new tree files of its own where the file system cannot share their blocks. Otherwise files that stay as they
    /// are may be further names (hard links) of the medium's own.
    pub no_hard_links: bool,
    /// Where the receipts are put; `None` is a folder beside the new tree, with `.receipts` behind its name.
    pub receipts: Option<PathBuf>,
    /// Also make an ISO image of the new tree, with `xorriso`.
    pub iso: Option<PathBuf>,
    /// The ISO image's volume label.
    pub label: Option<String>,
    /// Bounds for what is read.
    pub limits: Limits,
}
