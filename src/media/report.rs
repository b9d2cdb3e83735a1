//! What a refresh did: every image, every file that is not as it was, what was passed over and why.

use crate::base::{Sha1Digest, Sha256Digest};
use crate::error::{Error, ErrorKind};
use crate::package::SignatureState;
use crate::service::{Decision, Level, Receipt};
use serde::Serialize;

/// What a refresh did, or in a dry run would do.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct RefreshReport {
    /// The medium that was read.
    pub media: String,
    /// The new tree.
    pub out: String,
    /// Whether it is there: `false` in a dry run.
    pub written: bool,
    /// The level of service.
    pub level: Level,
    /// The cumulative update.
    pub cumulative: Option<CumulativeRecord>,
    /// The Safe OS Dynamic Update.
    pub safe_os: Option<UpdateFile>,
    /// The Setup Dynamic Update.
    pub setup: Option<UpdateFile>,
    /// .NET's cumulative update.
    pub dotnet: Option<UpdateFile>,
    /// The images, in the order of work: Windows RE, the install image, the boot image.
    pub images: Vec<ImageRecord>,
    /// What became of Windows RE in the install image; `null` where nothing is for it.
    pub winre: Option<WinreRecord>,
    /// What was kept of the boot image for the medium.
    pub kept: Vec<KeptFile>,
    /// Files of the new tree that were written, in the order of work; a later one of the same path is the one there.
    pub changed: Vec<ChangedFile>,
    /// Files that are as they were.
    pub unchanged: Unchanged,
    /// The ISO image.
    pub iso: Option<IsoRecord>,
    /// The folder of the receipts; `null` where nothing was written.
    pub receipts: Option<String>,
    /// What else is to be known, a sentence each.
    pub notes: Vec<String>,
}

impl RefreshReport {
    /// The first thing that failed and was left out under continue on error.
    pub fn failure(&self) -> Option<Error> {
        self.images.iter().find_map(|image| match &image.receipt_data {
            Some(receipt) if receipt.failure().is_some() => receipt.failure(),
            _ => image.failure.clone().map(|(kind, why)| Error::new(kind, why).with_path(&image.path)),
        })
    }
}

/// An update file.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct UpdateFile {
    /// The file as it was named.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the file.
    pub sha256: Sha256Digest,
    /// The knowledge-base article.
    pub kb: Option<String>,
    /// How its signature stands.
    pub signature: SignatureState,
    /// The identities of its packages.
    pub identities: Vec<String>,
}

/// The cumulative update with what belongs to it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct CumulativeRecord {
    /// The newest one: the target.
    pub target: UpdateFile,
    /// Older ones of the folder, oldest first.
    pub checkpoints: Vec<UpdateFile>,
    /// Servicing stacks that are files of their own.
    pub servicing_stacks: Vec<UpdateFile>,
}

/// What an image is on the medium.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Windows RE, inside the install image.
    Winre,
    /// `sources\install.wim`, `.esd` or `.swm`.
    Install,
    /// `sources\boot.wim`.
    Boot,
}

impl Role {
    /// As in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Winre => "winre",
            Self::Install => "install",
            Self::Boot => "boot",
        }
    }
}

/// How the servicing of an image ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Something was laid in.
    Serviced,
    /// The image has all of it already, or something newer.
    Present,
    /// None of the updates is for it.
    NothingGiven,
    /// It could not be serviced and is as it was; only under continue on error.
    Refused,
}

/// One image of the medium.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ImageRecord {
    /// What it is.
    pub role: Role,
    /// Where it lies on the medium, or in the install image.
    pub path: String,
    /// The indexes that were serviced.
    pub indexes: Vec<u32>,
    /// How it ended.
    pub outcome: Outcome,
    /// Why, where nothing was laid in.
    pub reason: Option<String>,
    /// What was decided for each index and package.
    pub decisions: Vec<Decision>,
    /// Bytes before.
    pub size_before: u64,
    /// Bytes in the new tree; `null` in a dry run.
    pub size_after: Option<u64>,
    /// SHA-256 of it in the new tree; of a split set of its first part. `null` where it is as it was, and in a dry run.
    pub sha256: Option<Sha256Digest>,
    /// The receipt's file.
    pub receipt: Option<String>,
    /// The receipt.
    #[serde(skip)]
    pub receipt_data: Option<Receipt>,
    /// Why it was refused.
    #[serde(skip)]
    pub failure: Option<(ErrorKind, String)>,
}

/// What became of Windows RE.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct WinreRecord {
    /// Where it lies in an index.
    pub path: String,
    /// The index it was taken from.
    pub index: u32,
    /// SHA-1 of it there.
    pub before: Sha1Digest,
    /// SHA-1 of the serviced one; `null` in a dry run and where nothing was laid in.
    pub after: Option<Sha1Digest>,
    /// The indexes that have the serviced one now, as one blob.
    pub indexes: Vec<u32>,
    /// Those of them that had another Windows RE than the one that was serviced.
    pub differed: Vec<u32>,
    /// Serviced indexes that have none.
    pub without: Vec<u32>,
}

/// A file of the boot image that the medium needs the same.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct KeptFile {
    /// Its name on the medium.
    pub name: String,
    /// The index of the boot image.
    pub index: u32,
    /// Where it lies there.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of it.
    pub sha256: Sha256Digest,
    /// Where the component store holds another one that the updates brought, which is not in use; `null` where there is none.
    pub staged: Option<String>,
    /// Files of the medium that are this one now.
    pub copied_to: Vec<String>,
}

/// Where a file of the new tree comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A serviced image.
    Servicing,
    /// The Setup Dynamic Update.
    SetupUpdate,
    /// The boot image.
    BootImage,
}

/// How a file of the new tree differs from the medium.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FileChange {
    /// The medium has none.
    Added,
    /// It has other contents.
    Replaced,
    /// The contents were the same, so nothing was written.
    Same,
}

/// A file of the new tree that work was done on.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ChangedFile {
    /// Below the tree, with `/`.
    pub path: String,
    /// Where it comes from.
    pub source: Source,
    /// What changed.
    pub change: FileChange,
    /// Bytes; `null` of an image in a dry run.
    pub size: Option<u64>,
    /// SHA-256; `null` of an image in a dry run.
    pub sha256: Option<Sha256Digest>,
}

/// How the files that stay as they are came into the new tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Unchanged {
    /// Files, and their bytes.
    pub files: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// Those that share their blocks with the medium's until one of them is written.
    pub cloned: u64,
    /// Those that are further names of the medium's files: to write into one is to write into the medium.
    pub hard_linked: u64,
    /// Those that were copied.
    pub copied: u64,
}

/// The ISO image.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct IsoRecord {
    /// The file.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// The volume label.
    pub label: String,
    /// `udf`, beside ISO 9660 and Joliet, or `iso9660` without it.
    pub format: &'static str,
    /// Whether it starts on BIOS, and on UEFI.
    pub bios: bool,
    /// Whether it starts on UEFI.
    pub uefi: bool,
    /// Files of 4 GiB and more: UDF holds them whole, ISO 9660 in several extents.
    pub large_files: Vec<String>,
}
