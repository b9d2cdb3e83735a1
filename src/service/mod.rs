//! Sessions: plan, stage into overlays of one or many indexes, commit once, write a receipt.

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
