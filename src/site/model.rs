//! The records of a site, as callers and JSON documents see them.

use crate::base::Sha256Digest;
use serde::{Deserialize, Serialize};

pub use super::numbers::{Action, DistributionState, RunStatus, ScheduleState, UpdateState};

/// An upgrade package.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Package {
    /// Its number in the site.
    pub id: i64,
    /// Its name, unique without regard to case.
    pub name: String,
    /// Its version, free text.
    pub version: String,
    /// A comment.
    pub comment: String,
    /// The folder it was added from.
    pub source: String,
    /// The index that was taken out of the source's image, where one was.
    pub source_index: Option<u32>,
    /// How many versions of its content are kept.
    pub keep: u32,
    /// When it was added.
    pub added: String,
    /// The number of the published version of its content.
    pub published: u32,
    /// The processor architecture of its images.
    pub architecture: String,
    /// The images' file in the package.
    pub image: String,
    /// Files of the published version.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// One version of a package's content.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct PackageVersion {
    #[serde(skip)]
    pub(super) id: i64,
    /// Its number, from 1.
    pub number: u32,
    /// When it was made.
    pub created: String,
    /// How: `added`, `reloaded`, `serviced`.
    pub origin: String,
    /// The servicing run that made it.
    pub run: Option<i64>,
    /// The images' file in it.
    pub image: String,
    /// Files in it.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Whether it is the published one.
    pub published: bool,
    /// Whether its content is in the library still.
    pub kept: bool,
}

/// One index of a package's image.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct PackageIndex {
    /// The index, from 1.
    pub index: u32,
    /// The image's name.
    pub name: String,
    /// Edition.
    pub edition: String,
    /// `Client`, `Server`, ...
    pub installation_type: String,
    /// Processor architecture.
    pub architecture: String,
    /// Version of Windows.
    pub version: String,
    /// Languages.
    pub languages: Vec<String>,
    /// Why the index may not be serviced; `None` where it may.
    pub refusal: Option<String>,
    /// How many packages it has installed.
    pub installed: u64,
}

/// A package that an index had when its version was made.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Found {
    /// The index, from 1.
    pub index: u32,
    /// `name~token~architecture~language~version`.
    pub identity: String,
    /// The number of its state; `None` where only its files are there.
    pub state: Option<u32>,
}

/// An update in the library.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Update {
    /// Its number in the site.
    pub id: i64,
    /// The file's name.
    pub file: String,
    /// Bytes.
    pub size: u64,
    /// Digest of the file.
    pub sha256: Sha256Digest,
    /// The knowledge-base article, where a package names one.
    pub kb: Option<String>,
    /// One line for people.
    pub title: String,
    /// What kind of container it is.
    pub kind: String,
    /// Processor architecture.
    pub architecture: String,
    /// `Update`, `Security Update`, ...
    pub release_type: String,
    /// `servicing_stack`, `cumulative`, `dotnet` or `update`.
    pub class: String,
    /// Version of its first package.
    pub version: Option<String>,
    /// When the package was made, as it says.
    pub created: String,
    /// How its signature stood at import: `microsoft`, `valid` (signed by somebody who is not known here), `unknown` (in a way
    /// that cannot be checked here), `unsigned`, `broken` (imported all the same); `not checked` of an earlier version.
    pub signature: String,
    /// Why, in a sentence.
    pub signature_reason: String,
    /// When it was imported.
    pub imported: String,
    /// The identities of its packages.
    pub identities: Vec<String>,
    /// Numbers of imported updates that this one supersedes.
    pub supersedes: Vec<i64>,
    /// Numbers of imported updates that supersede this one.
    pub superseded_by: Vec<i64>,
}

/// What is known of one update and one index of a package's published version.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct UpdateStatus {
    /// The index, from 1.
    pub index: u32,
    /// The update's number.
    pub update: i64,
    /// Its file.
    pub file: String,
    /// Its article.
    pub kb: Option<String>,
    /// The documented number, 0 to 5.
    pub status: UpdateState,
    /// The decision in a word, as `wright plan` names it.
    pub decision: String,
    /// Why, in a sentence.
    pub reason: String,
    /// The HRESULT of a refusal or failure, `0x...`; `None` where there was none.
    pub hresult: Option<String>,
    /// Whether the index had it when the package was added.
    pub found_at_import: bool,
    /// When a servicing run laid it in.
    pub applied: Option<String>,
    /// That run.
    pub run: Option<i64>,
}

/// When and how a package is to be serviced.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Schedule {
    /// Its number in the site.
    pub id: i64,
    /// The package's number.
    pub package: i64,
    /// The package's name.
    pub package_name: String,
    /// When it was made.
    pub created: String,
    /// `updates`, `all_applicable` or `latest_cumulative`.
    pub selection: String,
    /// The updates that were chosen by number.
    pub updates: Vec<i64>,
    /// `now`, `at TIME` or `cron EXPRESSION`.
    pub rule: String,
    /// The time zone that the rule is in.
    pub zone: String,
    /// When it is due next, UTC.
    pub next: Option<String>,
    /// What it is to do.
    pub action: Action,
    /// Whether an update that fails is left out and the others go on.
    pub continue_on_error: bool,
    /// Whether the distribution points that have the package get the new version.
    pub update_distribution_points: bool,
    /// Whether updates that a newer one supersedes are taken out of the image.
    pub remove_superseded: bool,
    /// The level of service.
    pub level: String,
    /// Whether packages are installed also where not all that they ask for can be carried out.
    pub accept_partial: bool,
    /// Whether updates are laid in also where it cannot be told whether they apply.
    pub force_undecided: bool,
    /// How far it is.
    pub state: ScheduleState,
    /// When its last run began.
    pub last_run: Option<String>,
}

/// One servicing run.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Run {
    /// Its number in the site.
    pub id: i64,
    /// The package's number.
    pub package: i64,
    /// The package's name at that time.
    pub package_name: String,
    /// The schedule that it was for.
    pub schedule: Option<i64>,
    /// When it began.
    pub started: String,
    /// When it ended.
    pub finished: Option<String>,
    /// How it stands.
    pub status: RunStatus,
    /// What it was doing last.
    pub phase: String,
    /// How often it was begun: 1, and one more each time it was resumed.
    pub attempts: u32,
    /// The version that it began with.
    pub from_version: u32,
    /// The version that it published.
    pub to_version: Option<u32>,
    /// The update that failed first.
    pub failed_update: Option<String>,
    /// The HRESULT that it ended with, `0x...`; 0 for success.
    pub error_code: String,
    /// What it ended with, in a sentence.
    pub message: Option<String>,
    /// The process that ran it last, `host:id`.
    pub owner: String,
    /// The level of service.
    pub level: String,
    /// The receipt's file in the site.
    pub receipt: Option<String>,
    /// What was done with each update and index.
    pub updates: Vec<RunUpdate>,
    /// Updates in the image that newer ones supersede, where the schedule asks to take such out.
    pub superseded: Vec<Superseded>,
    /// Earlier runs whose work was taken back for that; what of it is not superseded was laid in again.
    pub taken_back: Vec<i64>,
    #[serde(skip)]
    pub(super) selected: Vec<i64>,
}

/// What a run did with one package of an update and one index.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct RunUpdate {
    /// The index, from 1.
    pub index: u32,
    /// The update's number.
    pub update: i64,
    /// Its file.
    pub file: String,
    /// Its article.
    pub kb: Option<String>,
    /// The package's identity.
    pub identity: String,
    /// The documented number, 0 to 5.
    pub status: UpdateState,
    /// The decision in a word.
    pub decision: String,
    /// Why, in a sentence.
    pub reason: String,
    /// The HRESULT of a refusal or failure, `0x...`.
    pub hresult: Option<String>,
}

/// An update in the image that a newer one supersedes, and what became of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Superseded {
    /// The update's number.
    pub update: i64,
    /// Its file.
    pub file: String,
    /// Its article.
    pub kb: Option<String>,
    /// The indexes that it was in.
    pub indexes: Vec<u32>,
    /// The updates in the image that supersede it, by number.
    pub superseded_by: Vec<i64>,
    /// Whether it was taken out.
    pub removed: bool,
    /// How, or why not, in a sentence.
    pub reason: String,
}

/// A distribution point.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Point {
    /// Its number in the site.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// A folder, or `s3://`, `az://`, `gs://`, `http://`, `https://`.
    pub url: String,
    /// The server, where it is not the provider's own.
    pub endpoint: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The file with the credentials; what is in it is in no record.
    pub credentials: Option<String>,
    /// Whether plain HTTP to an endpoint is accepted.
    pub allow_http: bool,
    /// When it was added.
    pub added: String,
}

/// How a package stands on a distribution point.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Distribution {
    /// The point's name.
    pub point: String,
    /// The package's number.
    pub package: i64,
    /// The package's name.
    pub package_name: String,
    /// The version that is there.
    pub version: Option<u32>,
    /// The version that is published in the site.
    pub published: u32,
    /// The documented number, 0 to 8.
    pub state: DistributionState,
    /// When the state changed last.
    pub changed: String,
    /// What went wrong last.
    pub error: Option<String>,
    /// When its content was last validated and found whole.
    pub validated: Option<String>,
}

/// An HRESULT as documents have it; `None` for 0.
pub(super) fn hresult(number: u32) -> Option<String> {
    (number != 0).then(|| format!("0x{number:08X}"))
}
