//! Wimwright keeps Windows installation images up to date on any operating system, without Windows.
//!
//! An image file (`install.wim`, an ESD, a split set) holds images, numbered from 1, one for each edition. An update (`.msu`,
//! `.cab`) holds packages. A [`Session`](service::Session) brings the two together: open, add updates, look at the plan, commit,
//! keep the receipt.
//!
//! ```
//! use wimwright::base::Progress;
//! use wimwright::service::{Session, SessionOptions};
//!
#![doc = include_str!("../docs/doctest/image.md")]
#![doc = include_str!("../docs/doctest/update.md")]
//! # let dir = tempfile::tempdir()?;
//! # let (image, update) = (sample_image(dir.path())?, sample_update(dir.path())?);
//! # let (new, receipt) = (dir.path().join("new.wim"), dir.path().join("receipt.json"));
//! let progress = Progress::none();
//! // Without an output the image is changed in place: by appending, so until the end it is the old one.
//! let options = SessionOptions { output: Some(new), receipt: Some(receipt), ..SessionOptions::default() };
//! let mut session = Session::open(&image, options)?;
//! session.select(&[1])?; // all images, unless some are chosen
//! session.add_update(&update, &progress)?; // a file or a folder; all of it is rebuilt and verified here
//! for decision in session.plan()?.decisions {
//!     println!("{}: {}: {:?}: {}", decision.index, decision.package, decision.status, decision.reason);
//! }
//! let receipt = session.commit(&progress)?; // one write for all images and updates
//! assert!(receipt.written);
//! println!("{}", receipt.to_json()); // what was done, what was not, what is left to Windows
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! How far an update is installed is a [`Level`](service::Level): its files staged in the component store, which Windows
//! finishes when it starts; installed as far as that can be done from outside; or delivered, with a script that installs it.
//!
//! # Looking inside, and changing an image by hand
//!
//! A [`WimFile`](wim::WimFile) is cheap to clone and may be used by any number of threads at once. Changes are kept in an
//! [`Overlay`](wim::overlay::Overlay) over an image until they are committed; nothing is mounted.
//!
//! ```
//! use wimwright::base::{ImagePath, ImageTree, Progress};
//! use wimwright::service::ImagePackages;
//! use wimwright::wim::commit::{CommitOptions, commit};
//! use wimwright::wim::overlay::Overlay;
//! use wimwright::wim::{OpenOptions, WimFile};
//!
#![doc = include_str!("../docs/doctest/image.md")]
//! # let dir = tempfile::tempdir()?;
//! # let image = sample_image(dir.path())?;
//! let wim = WimFile::open(&image, &OpenOptions::new())?;
//! for image in wim.info()?.images {
//!     println!("{} {}: {} packages", image.index, image.name, ImagePackages::read(&wim, image.index, false)?.packages.len());
//! }
//! let notepad = wim.view(1)?.read(&ImagePath::parse(r"Windows\System32\notepad.exe")?, 1 << 20)?;
//!
//! let mut overlay = Overlay::new(&wim, 1)?;
//! overlay.put(&ImagePath::parse(r"Windows\Setup\Scripts\SetupComplete.cmd")?, b"rem done\r\n".to_vec())?;
//! let report = commit(&wim, vec![overlay], &CommitOptions::new(), &Progress::none())?;
//! assert_eq!(report.images, [1]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Progress, cancel, errors
//!
//! Long work takes a [`Progress`](base::Progress): it reports phase, file and bytes to a function of yours, on the threads
//! that do the work, and stops at the next step once its [`Cancel`](base::Cancel) is set; what it was writing is then undone.
//! Every function fails with the one [`Error`]: a [kind](ErrorKind) to branch on, which has the number that Windows' own tools
//! give, and one line that names the file.
//!
//! ```
//! use std::sync::Arc;
//! use wimwright::ErrorKind;
//! use wimwright::base::{Cancel, Event, Progress};
//! use wimwright::wim::{OpenOptions, WimFile};
//!
//! let cancel = Cancel::default(); // keep a clone: a signal handler or another thread calls `cancel()`
//! let show = |event: &Event<'_>| eprintln!("{:?}: {} of {} bytes", event.phase, event.bytes.0, event.bytes.1);
//! let progress = Progress::new(Arc::new(show), cancel.clone());
//!
//! let error = WimFile::open("none.wim", &OpenOptions::new()).unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::NotFound);
//! assert!(error.to_string().starts_with("none.wim: cannot open the file"));
//! ```
//!
//! # Where what is
//!
//! | to | look at |
//! |---|---|
//! | service images, plan, take out again by the receipt, compare two images | [`service`] |
//! | read, verify, extract, capture, export, split, change WIMs | [`wim`] |
//! | look into update files and rebuild what they deliver | [`staging::inspect()`], [`staging::unpack()`], [`package`] |
//! | know what is installed, and whether a package applies | [`service::ImagePackages`], [`cbs::state`], [`cbs::target`] |
//! | read and edit hives | [`registry`] |
//! | mount an image as a folder (feature `mount`, Linux) | [`mount`] |
//! | refresh Windows Setup's media | [`media`] |
//! | keep upgrade packages: updates, schedules, runs, distribution points (feature `site`) | `site` |
//! | bound what a hostile file may ask for | [`base::Limits`], in the options of all that reads |
//!
//! Features: `cli` (the command, on by default; turn it off in a library), `mount`, `site`.
//!
//! `examples/` holds whole programs: `service_image`, `plan_folder`, `edit_image`, `read_esd`. C, C++, C# and PowerShell callers
//! find theirs in the README.
//!
//! The layers, from the bottom: [`error`], [`base`], [`codec`], [`registry`], [`wim`], [`mount`], [`package`], [`cbs`],
//! [`staging`], [`service`], [`media`], `site`. A module imports only from those before it; `tests/layering.rs` enforces the
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
