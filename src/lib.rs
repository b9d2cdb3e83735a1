//! Wimwright keeps Windows installation images up to date on any operating system, without Windows.
//!
//! A tour, from the job to its parts:
//!
//! * [`service::Session`] services the images of a file: add updates, [`plan`](service::Session::plan), commit once, keep the
//!   receipt.
//! * [`wim::WimFile`] reads a WIM, an ESD or a split set from any number of threads; [`wim::ImageView`] is one of its images as
//!   a tree.
//! * [`wim::overlay::Overlay`] takes changes to an image without a mount, and [`wim::commit::commit`] writes those of many
//!   images at once; the file is the old one or the new one wherever that is cut off.
//! * [`wim::write`] makes whole new files: chosen images, another compression, split sets.
//! * [`staging::inspect()`] and [`staging::unpack()`] look into update files and rebuild what they deliver.
//! * [`service::ImagePackages`] and [`cbs::state`] say what is installed; [`registry`] reads and edits hives.
//! * `site::Site` (feature `site`) keeps upgrade packages: updates, schedules, servicing runs, distribution points.
//! * [`base::Progress`] carries progress and cancel through all of it, [`Error`] says what went wrong, [`base::Limits`] bounds
//!   what hostile files may ask for.
//!
//! ```no_run
//! use wimwright::base::{ImagePath, Progress};
//! use wimwright::wim::commit::{CommitOptions, commit};
//! use wimwright::wim::overlay::Overlay;
//! use wimwright::wim::{OpenOptions, WimFile};
//!
//! # fn main() -> wimwright::Result<()> {
//! let wim = WimFile::open("install.wim", &OpenOptions::new())?;
//! let mut overlay = Overlay::new(&wim, 1)?;
//! overlay.put(&ImagePath::parse(r"Windows\Setup\Scripts\SetupComplete.cmd")?, b"rem done\r\n".to_vec())?;
//! commit(&wim, vec![overlay], &CommitOptions::new(), &Progress::none())?;
//! # Ok(())
//! # }
//! ```
//!
//! `examples/` holds whole programs: `service_image`, `plan_folder`, `edit_image`, `read_esd`. C, C++, C# and PowerShell callers
//! find theirs in the README.
//!
//! The layers, from the bottom: [`error`], [`base`], `codec`, [`registry`], [`wim`], [`mount`], [`package`], [`cbs`],
//! [`staging`], [`service`], [`media`]. A module imports only from those before it; `tests/layering.rs` enforces the
//! table that `ARCHITECTURE.md` explains.

pub mod base;
pub mod cbs;
pub mod codec;
pub mod error;
#[doc(hidden)]
pub mod ffi;
pub mod media;
pub mod mount;
pub mod package;
pub mod registry;
pub mod service;
#[cfg(feature = "site")]
pub mod site;
pub mod staging;
pub mod wim;

pub use error::{Error, ErrorKind, Result};

/// The examples of the README, compiled by the doc tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
