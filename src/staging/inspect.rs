//! `inspect`: what an update is, from its containers and manifests, without rebuilding its payload.

use super::name_key;
use super::signature::{CatalogCheck, Collected, Role, UpdateSignature, role};
use crate::base::{
    FileAt, Limits, Phase, Progress, ReadAt as _, Sha1Digest, Sha256Digest, TeeHasher, as_object, reader,
    unless_empty,
};
use crate::cbs::mum::Capability;
use crate::cbs::{Identity, Mum, PackageSet};
use crate::error::{Error, Result};
use crate::package::cix::{Cix, CixSource};
use crate::package::{Kind, OuterMember, PackageCab, Update};
use serde::Serialize;
use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// What an update is.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Inspection {
    /// The file.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-1 of the file.
    pub sha1: Sha1Digest,
    /// SHA-256 of the file.
    pub sha256: Sha256Digest,
    /// What kind of container it is.
    pub kind: Kind,
    /// Whether it carries an Authenticode signature.
    pub signed: bool,
    /// How its signatures stand. Manifests that must be rebuilt first are not compared with the catalogs here.
    pub signature: UpdateSignature,
    /// The knowledge-base article, `KB...`, where a package names one.
    pub kb: Option<String>,
    /// The members of an MSU.
    pub members: Vec<OuterMember>,
    /// The lines of an MSU's properties file.
    #[serde(serialize_with = "as_object")]
    pub properties: Vec<(String, String)>,
    /// The packages.
    pub packages: Vec<PackageInspection>,
}

/// What one package is.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct PackageInspection {
    /// The cabinet's name.
    pub name: String,
    /// The package's identity, `name~token~architecture~language~version`.
    pub identity: Option<String>,
    /// Processor architecture.
    pub architecture: Option<String>,
    /// Version.
    pub version: Option<String>,
    /// Description.
    #[serde(serialize_with = "unless_empty")]
    pub description: String,
    /// Name for people.
    #[serde(serialize_with = "unless_empty")]
    pub display_name: String,
    /// Support page.
    #[serde(serialize_with = "unless_empty")]
    pub support_url: String,
    /// `Update`, `Security Update`, `Feature Pack`, ...
    #[serde(serialize_with = "unless_empty")]
    pub release_type: String,
    /// `possible`, `required`, ...
    #[serde(serialize_with = "unless_empty")]
    pub restart: String,
    /// `permanent` where it cannot be removed.
    #[serde(serialize_with = "unless_empty")]
    pub permanence: String,
    /// Who made it.
    #[serde(serialize_with = "unless_empty")]
    pub company: String,
    /// When it was made, in ISO 8601.
    #[serde(serialize_with = "unless_empty")]
    pub created: String,
    /// How its payload is packed, as in `PSFX`, where it says so.
    pub package_format: Option<String>,
    /// The capabilities that it is offered as.
    pub capabilities: Vec<Capability>,
    /// Identities of other roots beside it (`update-bf.mum`).
    pub variants: Vec<String>,
    /// The identities that the image must hold one of, for each parent element.
    pub parents: Vec<Vec<String>>,
    /// The lowest servicing stack that may install it.
    pub installer_stack: Option<String>,
    /// Whether the package says that it can be installed offline completely; `null` where it says nothing.
    pub offline_capable: Option<bool>,
    /// Identities of the packages nested in it.
    pub nested: Vec<String>,
    /// What is in the cabinet.
    pub counts: Counts,
}

/// Files of a package by what they are: how many, and their bytes once rebuilt (of deltas: as stored).
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Counts {
    /// Component payload.
    pub payload: Count,
    /// Deltas that payload is rebuilt from.
    pub deltas: Count,
    /// Files that are byte-identical copies of another file of the package.
    pub copies: Count,
    /// Component manifests.
    pub manifests: Count,
    /// Package manifests.
    pub package_manifests: Count,
    /// Catalogs.
    pub catalogs: Count,
    /// Everything else.
    pub other: Count,
}

/// How many files and how many bytes.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Count {
    /// Files.
    pub files: u64,
    /// Bytes.
    pub bytes: u64,
}

impl Count {
    fn add(&mut self, bytes: u64) {
        self.files += 1;
        self.bytes = self.bytes.saturating_add(bytes);
    }
}

/// Tells what the update at `path` is.
///
/// ```no_run
/// use std::path::Path;
/// use wimwright::base::{Limits, Progress};
/// use wimwright::staging::{UnpackOptions, inspect, unpack};
///
/// let update = Path::new("windows10.0-kb5015684-x64.msu");
/// println!("{:?}", inspect(update, &Limits::default(), &Progress::none())?.kb);
/// unpack(update, Path::new("payload"), &UnpackOptions::default(), &Progress::none())?.outcome()?;
/// # Ok::<(), wimwright::Error>(())
/// ```
pub fn inspect(path: &Path, limits: &Limits, progress: &Progress) -> Result<Inspection> {
    let update = Update::open(path, limits, progress)?;
    let (sha1, sha256, size) = digests(path, progress)?;
    let packages: Vec<_> = update
        .packages
        .iter()
        .map(|p| package(p, limits, progress).map_err(|e| e.within(&p.name).within(path.display())))
        .collect::<Result<_>>()?;
    let check = update.check_signature(&progress.quiet())?;
    let signature = UpdateSignature::new(check, packages.iter().map(|(_, _, catalogs)| catalogs));
    Ok(Inspection {
        path: path.display().to_string(),
        size,
        sha1,
        sha256,
        kind: update.kind,
        signed: update.signature.is_some(),
        signature,
        kb: packages.iter().find_map(|(kb, ..)| kb.clone()),
        members: update.outer,
        properties: update.properties,
        packages: packages.into_iter().map(|(_, p, _)| p).collect(),
    })
}

fn digests(path: &Path, progress: &Progress) -> Result<(Sha1Digest, Sha256Digest, u64)> {
    let file = FileAt::open(path)?;
    let meter = progress.begin(Phase::Hash, 1, file.size());
    let mut hashed = TeeHasher::new(reader(Arc::new(file)));
    io::copy(&mut hashed, &mut io::sink()).map_err(|e| Error::from_io("read the file", e))?;
    let (_, sha1, sha256, size) = hashed.finish();
    meter.done("the file", size)?;
    Ok((sha1, sha256, size))
}

/// The package's KB, what it is, and its catalogs.
fn package(
    package: &PackageCab,
    limits: &Limits,
    progress: &Progress,
) -> Result<(Option<String>, PackageInspection, CatalogCheck)> {
    let cabinet = &package.cabinet;
    let mut mums = Vec::new();
    let (mut index, mut total) = (None, 0_u64);
    let mut collected = Collected::default();
    for folder in 0..cabinet.folders().len() {
        cabinet.read_folder(folder, |member, content| {
            progress.check()?;
            let key = name_key(&member.name);
            let role = role(&member.name);
            let is_mum = role == Some(Role::Manifest) && key.ends_with(".mum");
            if role.is_some() || key == super::update::INDEX {
                // Catalogs and component manifests are looked at one by one and let go.
                let held = is_mum || role.is_none();
                total = if held { total.saturating_add(member.size) } else { total };
                Limits::check("the manifest's size", member.size, limits.max_document)
                    .map_err(|e| e.with_path(&member.name))?;
                Limits::check("the size of the package's manifests", total, limits.max_document)
                    .map_err(|e| e.with_path(&member.name))?;
                let mut data = Vec::new();
                content
                    .read_to_end(&mut data)
                    .map_err(|e| Error::from_io("decode it", e).with_path(&member.name))?;
                if let Some(role) = role {
                    collected.take(&member.name, role, &data, limits)?;
                }
                if is_mum {
                    mums.push((member.name.clone(), data));
                } else if role.is_none() {
                    index = Some(Cix::parse(&data, limits).map_err(|e| e.within(&member.name))?);
                }
            }
            Ok(())
        })?;
    }
    let named = mums.iter().map(|(name, data)| (name.as_str(), data.clone()));
    let set = if mums.is_empty() { None } else { Some(PackageSet::parse(named, limits)?) };
    let root = set.as_ref().map(PackageSet::root);
    let text = |field: fn(&Mum) -> &String| root.map(field).cloned().unwrap_or_default();
    let names = |list: &[Identity]| list.iter().map(ToString::to_string).collect();
    let inspection = PackageInspection {
        name: package.name.clone(),
        identity: root.map(|m| m.identity.to_string()),
        architecture: root.map(|m| m.identity.architecture.clone()),
        version: root.map(|m| m.identity.version.to_string()),
        description: text(|m| &m.description),
        display_name: text(|m| &m.display_name),
        support_url: text(|m| &m.support_url),
        release_type: text(|m| &m.release_type),
        restart: text(|m| &m.restart),
        permanence: text(|m| &m.permanence),
        company: text(|m| &m.company),
        created: text(|m| &m.created),
        package_format: root.and_then(|m| m.custom("PackageFormat")).map(str::to_owned),
        capabilities: root.map(|m| m.capabilities.clone()).unwrap_or_default(),
        variants: set.iter().flat_map(PackageSet::variants).map(Mum::full_name).collect(),
        parents: root.map(|m| m.parents.iter().map(|p| names(&p.identities)).collect()).unwrap_or_default(),
        installer_stack: root.and_then(|m| m.installer.as_ref()).map(|i| i.version.to_string()),
        offline_capable: root.and_then(Mum::offline_capable),
        nested: root.map(|m| m.nested().map(|n| n.identity.to_string()).collect()).unwrap_or_default(),
        counts: counts(package, index.as_ref()),
    };
    // What an index makes of other streams is not here to be looked at.
    let plain = |s: &CixSource| !s.kind.is_delta();
    let rebuilt: Vec<&str> = index
        .iter()
        .flat_map(|i| &i.files)
        .filter(|f| f.source.as_ref().is_none_or(|s| !plain(s) || s.name.as_deref() != Some(&*f.name)))
        .map(|f| f.name.as_str())
        .collect();
    Ok((root.and_then(Mum::kb), inspection, collected.check(rebuilt)))
}

fn counts(package: &PackageCab, index: Option<&Cix>) -> Counts {
    let mut counts = Counts::default();
    let mut sizes: HashMap<String, u64> =
        package.cabinet.members().iter().map(|m| (name_key(&m.name), m.size)).collect();
    for file in index.into_iter().flat_map(|i| &i.files) {
        if let Some(source) = &file.source {
            let stored = source.name.as_deref().and_then(|n| sizes.remove(&name_key(n)));
            if source.kind.is_delta() {
                counts.deltas.add(stored.unwrap_or(0));
            }
        } else {
            counts.copies.add(file.length);
        }
        sizes.insert(name_key(&file.name), file.length);
    }
    for (name, size) in sizes {
        let count = if name.ends_with(".manifest") && !name.contains('\\') {
            &mut counts.manifests
        } else if name.ends_with(".mum") {
            &mut counts.package_manifests
        } else if name.ends_with(".cat") && !name.contains('\\') {
            &mut counts.catalogs
        } else if name.contains('\\') {
            &mut counts.payload
        } else {
            &mut counts.other
        };
        count.add(size);
    }
    counts
}
