//! From an update file to verified blobs: decode, rebuild, hash, verify, keep once.
//!
//! The contents of an update, file by file:
//!
//! ```
//! use wimwright::base::{Limits, Progress, sha1};
//! use wimwright::package::Update;
//! use wimwright::staging::{Content, StagedPackage, StagedUpdate, StagingArea, stage};
//!
#![doc = include_str!("../../docs/doctest/update.md")]
//! # let dir = tempfile::tempdir()?;
//! let (limits, progress) = (Limits::default(), Progress::none());
//! let update = Update::open(&sample_update(dir.path())?, &limits, &progress)?;
//! let area = StagingArea::new(&limits, None);
//! let staged: StagedUpdate = stage(&update, &area, None, &limits, &progress)?;
//! assert_eq!(staged.failures().count(), 0);
//! let package: &StagedPackage = &staged.packages[0];
//! assert!(package.files.len() == 4 && package.rebuilt() == 0 && package.bytes() > 0);
//! assert!(package.verified() <= package.files.len() as u64);
//! // A catalog that is none says nothing of the manifests.
//! assert!(package.catalogs().files == 1 && package.catalogs().named == 0);
//! let content: &Content = &package.file("UPDATE.cat").unwrap().content;
//! assert_eq!(content.bytes(limits.max_buffer)?, &b"signed by nobody"[..]);
//! assert_eq!(content.sha1(), sha1(b"signed by nobody"));
//! // The same bytes are kept once.
//! assert_eq!(area.put(b"signed by nobody".to_vec())?.sha256(), content.sha256());
//! let (in_memory, spilled) = area.usage();
//! assert!(in_memory > 0 && spilled == 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod area;
mod decode;
mod dictionary;
mod inspect;
mod rebuild;
mod signature;
mod stacks;
mod unpack;
mod update;
mod verify;

pub(crate) use signature::demand;
pub(crate) use stacks::stacks_first;
pub(crate) use verify::manifest_text;

pub use area::{Content, Staged, StagingArea};
pub use dictionary::read_dictionary;
pub use inspect::{Count, Counts, Inspection, PackageInspection, inspect};
pub use signature::{CatalogCounts, UpdateSignature};
pub use unpack::{UnpackOptions, UnpackReport, unpack};
pub use update::{Failure, Origin, StagedFile, StagedPackage, StagedUpdate, stage};

/// The form in which names inside a container are compared: `\` for every separator, lower case.
fn name_key(name: &str) -> String {
    name.replace('/', "\\").to_lowercase()
}
