//! One update file staged: every package in it decoded, rebuilt and verified.

use super::decode::{Decoded, decode};
use super::rebuild::{Rebuilt, rebuild};
use super::signature::{CatalogCheck, CatalogCounts, check_files};
use super::verify::verify;
use super::{Staged, StagingArea, name_key};
use crate::base::{BlobSource as _, Limits, Phase, Progress};
use crate::error::{Error, ErrorKind, Result};
use crate::package::cab::Cabinet;
use crate::package::cix::Cix;
use crate::package::{PackageCab, Update};
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use std::time::SystemTime;

/// The index of a cabinet whose members are stored streams.
pub(super) const INDEX: &str = "_manifest_.cix.xml";

/// How a file came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A member of the cabinet, as it is.
    Stored,
    /// Rebuilt from a delta.
    Rebuilt,
    /// A byte-identical copy of another file of the package.
    Copied,
}

/// A file that a package delivers.
#[derive(Clone)]
pub struct StagedFile {
    /// Its name in the package, separated by `\`; not checked for safety.
    pub name: String,
    /// Its contents.
    pub content: Staged,
    /// How it came to be.
    pub origin: Origin,
    /// Last write time, where the container gives one.
    pub modified: Option<SystemTime>,
    /// Whether it matched at least one digest that the package declares; a mismatch makes it a [`Failure`].
    pub verified: bool,
}

/// A file that could not be rebuilt or does not match what the package declares.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Failure {
    /// The file's name in its package.
    pub name: String,
    /// The kind of the error.
    pub kind: ErrorKind,
    /// The error's sentence.
    pub reason: String,
}

impl Failure {
    pub(super) fn new(name: &str, error: &Error) -> Self {
        let text = error.to_string();
        let reason = text.strip_prefix(&format!("{name}: ")).unwrap_or(&text).to_owned();
        Self { name: name.to_owned(), kind: error.kind(), reason }
    }
}

/// One package of an update.
pub struct StagedPackage {
    /// The cabinet's name.
    pub name: String,
    /// What it delivers: the files its index names, then the cabinet's other members.
    pub files: Vec<StagedFile>,
    /// Members that only served to make those: deltas and streams stored under another name.
    pub intermediate: Vec<StagedFile>,
    /// What could not be made.
    pub failures: Vec<Failure>,
    /// Whether some component manifests could not be read for their digests because they are compressed
    /// against a dictionary that was not at hand.
    pub undecoded_manifests: u64,
    /// Its catalogs, checked against its manifests.
    pub(crate) catalogs: CatalogCheck,
}

impl StagedPackage {
    /// The delivered file of this name, without regard to case.
    pub fn file(&self, name: &str) -> Option<&StagedFile> {
        let key = name_key(name);
        self.files.iter().find(|f| name_key(&f.name) == key)
    }

    /// Its catalogs and the manifests that they name.
    pub fn catalogs(&self) -> &CatalogCounts {
        self.catalogs.counts()
    }

    /// Files rebuilt from deltas.
    pub fn rebuilt(&self) -> u64 {
        self.files.iter().filter(|f| f.origin == Origin::Rebuilt).count() as u64
    }

    /// Files that matched a declared digest.
    pub fn verified(&self) -> u64 {
        self.files.iter().filter(|f| f.verified).count() as u64
    }

    /// Bytes of all delivered files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|f| f.content.size()).sum()
    }
}

/// An update, staged.
pub struct StagedUpdate {
    /// Its packages, in the container's order.
    pub packages: Vec<StagedPackage>,
}

impl StagedUpdate {
    /// All failures, with the package's name in front where there are several packages.
    pub fn failures(&self) -> impl Iterator<Item = (&StagedPackage, &Failure)> {
        self.packages.iter().flat_map(|p| p.failures.iter().map(move |f| (p, f)))
    }
}

/// Decodes, rebuilds and verifies everything in `update` on all cores of the current rayon pool.
///
/// `dictionary` is the manifest dictionary of a servicing stack, for component manifests compressed against
/// it; a package that delivers a servicing stack brings its own.
pub fn stage(
    update: &Update,
    area: &StagingArea,
    dictionary: Option<&[u8]>,
    limits: &Limits,
    progress: &Progress,
) -> Result<StagedUpdate> {
    stage_with(update, area, dictionary, limits, progress, &|_, _| {})
}

/// As [`stage`], and shows `ready` each file whose contents are final, with its package's number, while others are
/// still being decoded. What it was shown may yet fail against a component manifest.
pub(super) fn stage_with(
    update: &Update,
    area: &StagingArea,
    dictionary: Option<&[u8]>,
    limits: &Limits,
    progress: &Progress,
    ready: &(dyn Fn(usize, &StagedFile) + Sync),
) -> Result<StagedUpdate> {
    let packages = update.packages.iter().enumerate();
    let packages = packages
        .map(|(number, package)| {
            let ready = |file: &StagedFile| ready(number, file);
            stage_package(package, area, dictionary, limits, progress, &ready)
                .map_err(|e| if update.packages.len() > 1 { e.within(&package.name) } else { e })
        })
        .collect::<Result<_>>()?;
    Ok(StagedUpdate { packages })
}

fn stage_package(
    package: &PackageCab,
    area: &StagingArea,
    dictionary: Option<&[u8]>,
    limits: &Limits,
    progress: &Progress,
    ready: &(dyn Fn(&StagedFile) + Sync),
) -> Result<StagedPackage> {
    let cabinet = &package.cabinet;
    let total = cabinet.members().iter().map(|m| m.size).fold(0, u64::saturating_add);
    Limits::check("the cabinet's unpacked size", total, limits.max_unpacked)?;
    let meter = progress.begin(Phase::Unpack, cabinet.members().len() as u64, total);
    let alone = alone(cabinet);
    let ready = |order: usize, member: &Decoded| {
        if alone.get(order) == Some(&true) {
            ready(&plain(member.clone()));
        }
    };
    let members = decode(cabinet, area, &meter, &ready)?;

    let index = members.iter().find(|m| name_key(&m.name) == INDEX);
    let Rebuilt { mut files, mut failures, consumed } = match index {
        Some(index) => {
            let cix = Cix::parse(&index.content.bytes(limits.max_document)?, limits)
                .map_err(|e| e.within(&index.name))?;
            let total = cix.files.iter().map(|f| f.length).fold(0, u64::saturating_add);
            Limits::check("the package's rebuilt size", total, limits.max_unpacked)?;
            let meter = progress.begin(Phase::Rebuild, cix.files.len() as u64, total);
            rebuild(&cix, &members, area, limits, &meter)?
        }
        None => Rebuilt::default(),
    };
    let named: HashSet<_> =
        files.iter().map(|f| name_key(&f.name)).chain(failures.iter().map(|f| name_key(&f.name))).collect();
    let (mut intermediate, indexed) = (Vec::new(), index.is_some());
    for member in members {
        let key = name_key(&member.name);
        if named.contains(&key) {
            continue;
        }
        let unused = indexed && is_unused_delta(&member, limits)?;
        let list = if unused || consumed.contains(&key) { &mut intermediate } else { &mut files };
        list.push(plain(member));
    }
    drop_twins(&mut files, &mut failures);
    let undecoded_manifests = verify(&mut files, &mut failures, dictionary, limits)?;
    let catalogs = check_files(&files, dictionary, limits)?;
    Ok(StagedPackage {
        name: package.name.clone(),
        files,
        intermediate,
        failures,
        undecoded_manifests,
        catalogs,
    })
}

/// Whether a member is a delta that the index has no use for: some packages carry them beside the copies that
/// took their place.
fn is_unused_delta(member: &Decoded, limits: &Limits) -> Result<bool> {
    if !member.name.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(false);
    }
    let content = member.content.bytes(limits.max_buffer)?;
    Ok([b"PA19", b"PA30", b"PA31"].iter().any(|magic| content.starts_with(*magic)))
}

/// Which members are delivered as they are: none where an index decides, else those that share their name with
/// no other.
fn alone(cabinet: &Cabinet) -> Vec<bool> {
    let keys: Vec<_> = cabinet.members().iter().map(|m| name_key(&m.name)).collect();
    let mut counts: HashMap<&str, u32> = HashMap::new();
    for key in &keys {
        *counts.entry(key).or_default() += 1;
    }
    let indexed = counts.contains_key(INDEX);
    keys.iter().map(|key| !indexed && counts[key.as_str()] == 1).collect()
}

fn plain(member: Decoded) -> StagedFile {
    let Decoded { name, content, modified } = member;
    StagedFile { name: name.replace('/', "\\"), content, origin: Origin::Stored, modified, verified: false }
}

/// Keeps one of each name; a second one with other contents is a failure, not a matter of luck.
fn drop_twins(files: &mut Vec<StagedFile>, failures: &mut Vec<Failure>) {
    let mut seen = HashMap::new();
    files.retain(|file| match seen.insert(name_key(&file.name), file.content.sha256()) {
        None => true,
        Some(earlier) => {
            if earlier != file.content.sha256() {
                let error = Error::malformed("the package holds two different files of this name");
                failures.push(Failure::new(&file.name, &error));
            }
            false
        }
    });
}
