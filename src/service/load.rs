//! Updates into a session: decoded and verified, their packages laid out, what the hives are told of them.

use super::Level;
use super::deliver::Original;
use super::lay::{LaidOut, lay_out};
use super::receipt::FileDigest;
use super::session::Session;
use crate::base::{Limits, Progress};
use crate::cbs::PackageSet;
use crate::cbs::layout::Layout;
use crate::cbs::registration::Facts;
use crate::error::{Error, ErrorKind, Result};
use crate::package::Update;
use crate::staging::{self, StagedPackage, StagedUpdate, UpdateSignature};
use rayon::prelude::*;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Why a package is not registered whose component manifests cannot be read: their digests are what the hive keeps.
const UNDECODED: &str = "its component manifests are compressed against the dictionary of a servicing stack, which neither \
                         the image nor the update holds";

/// How much of an update is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    All,
    /// Its servicing stack alone.
    Stack,
}

/// An update of the session.
pub(super) struct Loaded {
    pub path: String,
    pub part: Part,
    /// `None` where it could not be read.
    pub file: Option<FileDigest>,
    pub content: Result<Content>,
}

/// A decoded update with what its packages are.
pub(super) struct Content {
    pub kb: Option<String>,
    /// Who signed it.
    pub signature: UpdateSignature,
    pub staged: StagedUpdate,
    pub sets: Vec<Option<PackageSet>>,
    pub layouts: Vec<Layout>,
    /// What the hives are told of each package, or why they cannot be.
    pub facts: Vec<Result<Facts, String>>,
    /// The update's file, at level `deliver`.
    pub original: Option<Original>,
}

impl Session {
    /// Decodes and verifies the update at `path`, and reads what its packages are.
    /// `None` where a part was asked for that it does not have.
    pub(super) fn load(
        &self,
        path: &Path,
        file: &FileDigest,
        part: Part,
        progress: &Progress,
    ) -> Result<Option<Content>> {
        let limits = self.options.limits.clone();
        let mut update = Update::open(path, &limits, progress)?;
        let allow = self.options.allow_broken_signature;
        let check = update.check_signature(&progress.quiet())?;
        // What somebody tampered with is not even decoded.
        staging::demand(&check, allow).map_err(|e| e.with_path(path.display()))?;
        staging::stacks_first(&mut update, part == Part::Stack, &limits)
            .map_err(|e| e.within(path.display()))?;
        if part == Part::Stack && update.packages.is_empty() {
            return Ok(None);
        }
        let dictionary = self.dictionary();
        let staged = staging::stage(&update, &self.area, dictionary, &limits, progress)
            .map_err(|e| e.within(path.display()))?;
        if let Some((package, failure)) = staged.failures().next() {
            let count = staged.failures().count();
            let more =
                if count > 1 { format!(" (and {} more files failed)", count - 1) } else { String::new() };
            let name = format!("{}: {}: {}", path.display(), package.name, failure.name);
            return Err(Error::new(failure.kind, format!("{}{more}", failure.reason)).with_path(name));
        }
        let signature = UpdateSignature::new(check, staged.packages.iter().map(|p| &p.catalogs));
        signature.demand(allow).map_err(|e| e.with_path(path.display()))?;
        // Images name contents by SHA-1, which is taken when first asked for: here, on all cores.
        staged.packages.par_iter().flat_map(|p| &p.files).for_each(|file| _ = file.content.sha1());
        let sets: Vec<Option<PackageSet>> =
            staged.packages.iter().map(|p| package_set(p, &limits)).collect::<Result<_>>()?;
        let (mut layouts, mut facts, mut with_components) = (Vec::new(), Vec::new(), Vec::new());
        for (package, set) in staged.packages.iter().zip(sets) {
            let LaidOut { layout, components, manifests, catalogs } =
                lay_out(package, dictionary, &limits)
                    .map_err(|e| e.within(&package.name).within(path.display()))?;
            facts.push(match (&set, &manifests) {
                (None, _) => Err("the cabinet holds no package manifest".to_owned()),
                (_, None) => Err(UNDECODED.to_owned()),
                (Some(set), Some(manifests)) => {
                    Facts::new(set, manifests, &catalogs).map_err(|e| e.to_string())
                }
            });
            layouts.push(layout);
            with_components.push(set.map(|s| s.with_components(components)));
        }
        let sets = with_components;
        let kb = sets.iter().flatten().find_map(|s| s.root().kb());
        let original = (self.options.level == Level::Deliver)
            .then(|| Original::new(path, &update, file.sha256))
            .transpose()?;
        Ok(Some(Content { kb, signature, staged, sets, layouts, facts, original }))
    }
}

/// The package's name for people: its identity, or its cabinet's name.
pub(super) fn label(package: &StagedPackage, set: Option<&PackageSet>) -> String {
    set.map_or_else(|| package.name.clone(), |s| s.root().identity.to_string())
}

/// The package manifests of one cabinet; `None` where it has none.
fn package_set(package: &StagedPackage, limits: &Limits) -> Result<Option<PackageSet>> {
    let mut mums = Vec::new();
    for file in &package.files {
        if !file.name.contains('\\') && file.name.to_lowercase().ends_with(".mum") {
            mums.push((file.name.as_str(), file.content.bytes(limits.max_document)?.into_owned()));
        }
    }
    if mums.is_empty() {
        return Ok(None);
    }
    PackageSet::parse(mums, limits).map(Some).map_err(|e| e.within(&package.name))
}

/// The update files in a folder, by name.
pub(crate) fn updates_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |e| Error::io("list the folder", folder, e);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let ending = path.extension().map(OsStr::to_ascii_lowercase);
        if path.is_file() && ending.is_some_and(|e| e == "msu" || e == "cab") {
            files.push(path);
        }
    }
    if files.is_empty() {
        let error = Error::new(ErrorKind::NotFound, "the folder holds no .msu or .cab file");
        return Err(error.with_path(folder.display()));
    }
    files.sort();
    Ok(files)
}
