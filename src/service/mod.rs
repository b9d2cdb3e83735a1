//! Sessions: plan, stage into overlays of one or many indexes, commit once, write a receipt.
//!
//! A run from its plan to its undoing:
//!
//! ```
//! use wimwright::base::Progress;
//! use wimwright::service::{Decision, ImagePackages, Plan, Receipt, Session, SessionOptions, Status};
//! use wimwright::service::{UnstageOptions, unstage};
//! use wimwright::wim::{OpenOptions, WimFile};
//!
#![doc = include_str!("../../docs/doctest/image.md")]
#![doc = include_str!("../../docs/doctest/update.md")]
//! # let dir = tempfile::tempdir()?;
//! # let (image, update, progress) = (sample_image(dir.path())?, sample_update(dir.path())?, Progress::none());
//! let serviced = dir.path().join("serviced.wim");
//! let options = SessionOptions { output: Some(serviced.clone()), ..SessionOptions::default() };
//! let mut session = Session::open(&image, options)?;
//! session.select(&[1])?;
//! session.add_update(&update, &progress)?;
//! assert_eq!(session.image().image_count(), 1);
//!
//! // Nothing is written before this says what would be.
//! let plan: Plan = session.plan()?;
//! let decision: &Decision = &plan.decisions[0];
//! assert_eq!(decision.status, Status::Applicable, "{}", decision.reason);
//! assert!(decision.applies());
//! assert!(plan.applies() && plan.refusal().is_none() && plan.failure().is_none());
//!
//! let receipt: &Receipt = session.commit(&progress)?;
//! assert!(receipt.written && receipt.applied() && receipt.failure().is_none());
//! let receipt = session.receipt().expect("there is one after a commit").to_json();
//!
//! let packages = ImagePackages::read(&WimFile::open(&serviced, &OpenOptions::new())?, 1, false)?;
//! assert!(packages.packages.iter().any(|p| p.identity.name == "Package_for_KB9999999"));
//!
//! let report = unstage(&serviced, receipt.as_bytes(), &UnstageOptions::default(), &progress)?;
//! assert!(report.written && report.indexes[0].files > 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod deliver;
mod dictionary;
pub mod diff;
mod hashing;
mod install;
mod lay;
mod load;
mod packages;
mod passed;
mod places;
mod plan;
mod receipt;
mod register;
mod session;
mod stage;
mod staged;
mod units;
mod unstage;

pub use deliver::{Delivery, DeliveryRecord};
pub use install::{
    ComponentOutcome, ComponentRecord, InstallRecord, InstalledKey, InstalledValue, LinkChange, LinkRecord,
    PackageOutcome,
};
pub(crate) use load::updates_in;
pub use packages::ImagePackages;
pub use plan::{Decision, IndexInfo, Plan, Status};
pub use receipt::{
    Change, CommitRecord, Durations, FailureRecord, FileDigest, FileRecord, HiveChange, HiveRecord,
    ImageRecord, IndexRecord, IndexRegistration, Receipt, Registration, SCHEMA, SkipRecord, Tool,
    UnregisteredPackage, UpdateRecord,
};
pub use session::{Session, SessionOptions};
pub use unstage::{UnstageOptions, UnstageReport, UnstagedIndex, unstage};

/// How far a package is serviced into an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The update itself is placed in the image, with what makes Windows install it.
    Deliver,
    /// Payload, manifests, packages and catalogs are laid into the component store and registered as Staged.
    #[default]
    Stage,
    /// Best effort: also winners, hard links, registry keys and descriptors; a package is installed whole or stays staged.
    Install,
}
