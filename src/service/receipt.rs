//! The receipt: what was read, what was done to which index, what is left to Windows. JSON, versioned.

mod registration;

use super::Level;
use super::deliver::DeliveryRecord;
use super::install::InstallRecord;
use super::plan::Decision;
use crate::base::{Sha1Digest, Sha256Digest};
use crate::error::Error;
use crate::staging::UpdateSignature;
pub use registration::{HiveChange, HiveRecord, IndexRegistration, Registration, UnregisteredPackage};
use serde::Serialize;

/// The schema's name and version; it changes when a field changes its meaning or goes away.
pub const SCHEMA: &str = "wimwright.receipt.v1";

/// What a servicing run did. `docs/receipt.md` describes every field and `docs/schema/receipt.v1.json` is its
/// JSON Schema.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Receipt {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// What wrote the receipt.
    pub tool: Tool,
    /// When the run began, UTC, RFC 3339.
    pub started: String,
    /// When the run ended, UTC, RFC 3339.
    pub finished: String,
    /// The level of service that was asked for.
    pub level: Level,
    /// Whether an image was written: `false` when nothing applied, when all of it was in the image that was to be
    /// changed in place, and in a rehearsal.
    pub written: bool,
    /// The image.
    pub image: ImageRecord,
    /// The updates, in the order they were applied.
    pub updates: Vec<UpdateRecord>,
    /// The indexes, in their order.
    pub indexes: Vec<IndexRecord>,
    /// What the commit appended; `null` when nothing was written.
    pub commit: Option<CommitRecord>,
    /// Whether the packages were registered in the image's hives, and if not why.
    pub registration: Registration,
    /// What changed in which hive, each change once, and what brings the hive back.
    pub hives: Vec<HiveChange>,
    /// What is left to Windows, a sentence each.
    pub left_to_windows: Vec<String>,
    /// How long each phase took, in milliseconds.
    pub durations_ms: Durations,
}

/// The program that wrote a receipt.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Tool {
    /// `wimwright`.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

/// The image before and after.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ImageRecord {
    /// The image that was read.
    pub path: String,
    /// The image that was written: the same path when it was changed in place.
    pub output: String,
    /// Whether the input itself was changed.
    pub in_place: bool,
    /// The input as it was.
    pub before: FileDigest,
    /// The output as it is; `null` when nothing was written.
    pub after: Option<FileDigest>,
}

/// A file's size and SHA-256.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct FileDigest {
    /// Bytes.
    pub size: u64,
    /// SHA-256 of all bytes.
    pub sha256: Sha256Digest,
}

/// One update file.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct UpdateRecord {
    /// The file as it was named.
    pub path: String,
    /// Its size in bytes; `null` where it could not be read.
    pub size: Option<u64>,
    /// SHA-256 of it; `null` where it could not be read.
    pub sha256: Option<Sha256Digest>,
    /// The knowledge-base article, `KB...`, where the package names one.
    pub kb: Option<String>,
    /// Who signed it, and whether it is what was signed; `null` where it could not be read.
    pub signature: Option<UpdateSignature>,
    /// The identity of each package in it.
    pub packages: Vec<String>,
    /// Files decoded or rebuilt from it.
    pub files: u64,
    /// Those of them that were rebuilt from deltas.
    pub rebuilt: u64,
    /// Those of them that matched a digest which the package declares.
    pub verified: u64,
    /// Why no file of it was laid into an index: what could not be read, rebuilt, verified, laid or registered.
    pub failed: Vec<FailureRecord>,
}

/// What an update failed by.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct FailureRecord {
    /// The file concerned: its name in its package, or its path.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// What was done to one index.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct IndexRecord {
    /// The index, from 1.
    pub index: u32,
    /// The image's name.
    pub name: String,
    /// What was decided about each package, with the reason.
    pub actions: Vec<Decision>,
    /// Every file laid into this index.
    pub files: Vec<FileRecord>,
    /// What was not laid into this index, and why.
    pub skipped: Vec<SkipRecord>,
    /// Folders that were made for the files.
    pub folders: Vec<String>,
    /// What the index's hives were told.
    pub registration: IndexRegistration,
    /// What was installed; `null` at other levels, and where nothing was laid into the index.
    pub install: Option<InstallRecord>,
    /// The updates that were placed in the index for Windows to install, at level `deliver`.
    pub deliveries: Vec<DeliveryRecord>,
}

/// One file laid into an index.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct FileRecord {
    /// Path in the image.
    pub path: String,
    /// What the file is: `payload`, `manifest`, `package`, `catalog`; delivered, `update`, `script`, `answer_file`; ...
    pub role: &'static str,
    /// Whether it is new in the image or was there already with this content.
    pub change: Change,
    /// Bytes.
    pub size: u64,
    /// SHA-1, the name of the blob in the image.
    pub sha1: Sha1Digest,
    /// SHA-256.
    pub sha256: Sha256Digest,
}

/// How a staged file met the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// There was no such file.
    Added,
    /// The same content was there already.
    Present,
    /// It was there, by an earlier run, and more was written into it.
    Extended,
}

/// A file of a package that was not laid into the image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SkipRecord {
    /// The file's name in its package.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// What the commit wrote.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct CommitRecord {
    /// Bytes appended behind the old end.
    pub appended_bytes: u64,
    /// Blobs written.
    pub new_blobs: u64,
    /// Blobs that the image, or another index of this run, had already.
    pub deduplicated_blobs: u64,
}

/// Milliseconds of each phase; phases overlap, so they do not add up to the total.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Durations {
    /// Decoding, rebuilding and verifying the updates.
    pub unpack: u64,
    /// Hashing the image before it was serviced.
    pub hash_before: u64,
    /// Deciding and laying files into the indexes.
    pub stage: u64,
    /// Compressing and writing.
    pub write: u64,
    /// Hashing the image after it was serviced.
    pub hash_after: u64,
    /// The whole run.
    pub total: u64,
}

impl Receipt {
    /// Whether any package was laid into any index.
    pub fn applied(&self) -> bool {
        self.indexes.iter().any(|i| i.actions.iter().any(Decision::applies))
    }

    /// The first update that failed, or index that may not be written, left out under continue on error.
    pub fn failure(&self) -> Option<Error> {
        self.indexes.iter().flat_map(|i| &i.actions).find_map(Decision::failure)
    }

    /// The receipt as indented JSON text.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_else(|e| format!("{{\"error\":\"{e}\"}}"))
    }
}
