//! The receipt's account of registration: which packages which hives list, and what brings the hives back.

use crate::base::Sha1Digest;
use crate::cbs::registration::{HiveUndo, RegisteredPackage};
use serde::Serialize;

/// Registration in COMPONENTS and SOFTWARE, of all indexes together.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Registration {
    /// Whether all that was laid into an index is registered there, as Staged and no more.
    pub done: bool,
    /// Why not.
    pub reason: Option<String>,
}

/// Registration in the hives of one index.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct IndexRegistration {
    /// Whether all that was laid into the index is registered.
    pub done: bool,
    /// Why not; `null` also where nothing was laid into it.
    pub reason: Option<String>,
    /// Every package of what was registered, with its state in the hive.
    pub packages: Vec<RegisteredPackage>,
    /// What was laid into the index and could not be registered.
    pub left_out: Vec<UnregisteredPackage>,
    /// The hives that changed.
    pub hives: Vec<HiveRecord>,
}

/// A package that was staged without being registered.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct UnregisteredPackage {
    /// Its identity, or its cabinet's name.
    pub package: String,
    /// Why.
    pub reason: String,
}

/// A hive of an index that changed; which change it was is told once for all indexes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct HiveRecord {
    /// `COMPONENTS`, `SOFTWARE`, ...; a hive that does not lie in `config` by its path.
    pub hive: String,
    /// SHA-1 of the file before, the name of the blob in the image.
    pub sha1_before: Sha1Digest,
    /// SHA-1 of the file after.
    pub sha1_after: Sha1Digest,
}

/// How a hive changed.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct HiveChange {
    /// `COMPONENTS` or `SOFTWARE`.
    pub hive: String,
    /// SHA-1 of the file before.
    pub sha1_before: Sha1Digest,
    /// SHA-1 of the file after.
    pub sha1_after: Sha1Digest,
    /// Whether it had not been closed cleanly and was brought to its end from its logs first. The logs are empty now.
    pub replayed: bool,
    /// What turns it back.
    pub undo: HiveUndo,
}

impl Registration {
    /// The account of all indexes, of which only those count that something was laid into.
    pub(in crate::service) fn of<'a>(
        indexes: impl Iterator<Item = (&'a str, &'a IndexRegistration)>,
    ) -> Self {
        let mut all = Self { done: true, reason: None };
        let mut any = false;
        for (name, index) in indexes {
            any = true;
            if !index.done {
                all.done = false;
                all.reason = all.reason.or_else(|| index.reason.as_ref().map(|why| format!("{name}: {why}")));
            }
        }
        if any { all } else { Self { done: false, reason: Some("nothing was laid into an index".into()) } }
    }
}

impl HiveChange {
    /// Whether it is the change of the hive of this name between these two contents.
    pub(in crate::service) fn is(&self, hive: &str, before: Sha1Digest, after: Sha1Digest) -> bool {
        (self.hive.as_str(), self.sha1_before, self.sha1_after) == (hive, before, after)
    }
}
