//! What taking out reads of a receipt.

use crate::cbs::registration::HiveUndo;
use crate::error::{Error, ErrorKind, Result};
use crate::service::{DeliveryRecord, SCHEMA};
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Kept {
    schema: String,
    level: String,
    written: bool,
    pub indexes: Vec<KeptIndex>,
    #[serde(default)]
    hives: Vec<KeptChange>,
}

#[derive(Deserialize)]
pub(super) struct KeptIndex {
    pub index: u32,
    pub name: String,
    files: Vec<KeptFile>,
    #[serde(default)]
    pub folders: Vec<String>,
    #[serde(default)]
    pub registration: KeptRegistration,
    #[serde(default)]
    pub deliveries: Vec<DeliveryRecord>,
}

#[derive(Deserialize)]
pub(super) struct KeptFile {
    pub path: String,
    change: String,
    pub size: u64,
    pub sha1: String,
}

#[derive(Default, Deserialize)]
pub(super) struct KeptRegistration {
    pub packages: Vec<KeptPackage>,
    pub hives: Vec<KeptHive>,
}

#[derive(Deserialize)]
pub(super) struct KeptPackage {
    pub package: String,
    pub registered: bool,
}

#[derive(Deserialize)]
pub(super) struct KeptHive {
    pub hive: String,
    pub sha1_before: String,
    pub sha1_after: String,
}

#[derive(Deserialize)]
struct KeptChange {
    #[serde(flatten)]
    hive: KeptHive,
    undo: HiveUndo,
}

impl Kept {
    /// Reads a receipt of a run that staged something.
    pub fn parse(text: &[u8]) -> Result<Self> {
        let kept: Self = serde_json::from_slice(text)
            .map_err(|e| Error::malformed("the file is no receipt of a servicing run").with_source(e))?;
        if kept.schema != SCHEMA {
            return Err(Error::unsupported(format!(
                "receipts of the schema {} are not handled",
                kept.schema
            )));
        }
        if !kept.written {
            let message = "the receipt says that nothing was written, so there is nothing to take out";
            return Err(Error::new(ErrorKind::NotApplicable, message));
        }
        if !matches!(kept.level.as_str(), "stage" | "deliver") {
            let message = format!(
                "the run was one of level '{}', and only 'stage' and 'deliver' can be taken back",
                kept.level
            );
            return Err(Error::unsupported(message));
        }
        Ok(kept)
    }

    /// What turns a hive back.
    pub fn undo(&self, hive: &KeptHive) -> Result<&HiveUndo> {
        let same = |c: &&KeptChange| {
            (&c.hive.hive, &c.hive.sha1_before, &c.hive.sha1_after)
                == (&hive.hive, &hive.sha1_before, &hive.sha1_after)
        };
        let found = self.hives.iter().find(same).map(|c| &c.undo);
        found.ok_or_else(|| Error::malformed(format!("the receipt does not say how {} changed", hive.hive)))
    }
}

impl KeptIndex {
    /// Whether anything was staged into it.
    pub fn has_anything(&self) -> bool {
        self.files.iter().any(|f| f.change != "present") || !self.registration.hives.is_empty()
    }

    /// The files that were not there before.
    pub fn added(&self) -> impl Iterator<Item = &KeptFile> {
        self.files.iter().filter(|f| f.change == "added")
    }
}
