//! `unpack`: everything an update delivers, as files below a folder.

use super::verify::manifest_text;
use super::{Failure, StagedFile, StagedPackage, StagedUpdate, StagingArea, name_key, stage};
use crate::base::{BlobSource as _, Limits, Phase, Progress, safe_relative};
use crate::error::{Error, Result};
use crate::package::Update;
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What [`unpack`] writes and how far it goes.
#[derive(Clone, Debug, Default)]
pub struct UnpackOptions {
    /// Write the deltas and other intermediate members too.
    pub keep_deltas: bool,
    /// Write compressed component manifests as plain XML.
    pub decode_manifests: bool,
    /// The manifest dictionary of a servicing stack (see `codec::winsxs::dictionary_from_wcp`).
    pub dictionary: Option<Vec<u8>>,
    /// Decode, rebuild and verify, but write nothing.
    pub dry_run: bool,
    /// Bounds for what is read.
    pub limits: Limits,
}

/// What [`unpack`] did.
#[derive(Clone, Debug, Default, Serialize)]
pub struct UnpackReport {
    /// Files written.
    pub files: u64,
    /// Those of them that were rebuilt from deltas.
    pub rebuilt: u64,
    /// Those of them that matched a digest which the package declares.
    pub verified: u64,
    /// What could not be rebuilt, verified or written, by name.
    pub failed: Vec<Failure>,
    /// Bytes written.
    pub bytes: u64,
    /// Compressed component manifests whose declarations were not checked for want of a dictionary.
    pub undecoded_manifests: u64,
    /// The packages, each with the folder that holds it.
    pub packages: Vec<UnpackedPackage>,
}

impl UnpackReport {
    /// An error of the first failure's kind, unless everything was rebuilt, verified and written.
    pub fn outcome(&self) -> Result<()> {
        let Some(first) = self.failed.first() else { return Ok(()) };
        let more = self.failed.len() - 1;
        let and = if more > 0 { format!(" (and {more} more failed)") } else { String::new() };
        Err(Error::new(first.kind, format!("{}{and}", first.reason)).with_path(&first.name))
    }
}

/// One package of an [`UnpackReport`].
#[derive(Clone, Debug, Serialize)]
pub struct UnpackedPackage {
    /// The cabinet's name.
    pub name: String,
    /// The folder below the destination; empty when the package lies directly in it.
    pub folder: String,
    /// Files written.
    pub files: u64,
}

/// Writes every file that the update at `source` delivers below `dest`, rebuilt and verified.
///
/// One package lies directly below `dest`; where the update holds several, each has a folder named after its
/// cabinet. A file that fails is named in the report and the others are written all the same.
pub fn unpack(
    source: &Path,
    dest: &Path,
    options: &UnpackOptions,
    progress: &Progress,
) -> Result<UnpackReport> {
    let limits = &options.limits;
    let update = Update::open(source, limits, progress)?;
    let area = StagingArea::new(limits, None);
    let staged = stage(&update, &area, options.dictionary.as_deref(), limits, progress)
        .map_err(|e| e.within(source.display()))?;
    let mut report = UnpackReport::default();
    if !options.dry_run {
        fs::create_dir_all(dest).map_err(|e| Error::io("make the folder", dest, e))?;
    }
    let folders = folders(&staged);
    for (package, folder) in staged.packages.iter().zip(folders) {
        let before = report.files;
        write_package(package, &dest.join(&folder), options, progress, &mut report)?;
        let folder = folder.to_string_lossy().into_owned();
        report.packages.push(UnpackedPackage {
            name: package.name.clone(),
            folder,
            files: report.files - before,
        });
    }
    Ok(report)
}

/// The folder of each package: none for a single one, else the cabinet's name without its ending.
fn folders(staged: &StagedUpdate) -> Vec<PathBuf> {
    if staged.packages.len() == 1 {
        return vec![PathBuf::new()];
    }
    let mut taken = BTreeSet::new();
    let name = |package: &StagedPackage| {
        let file = package.name.rsplit(['\\', '/']).next().unwrap_or_default();
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        safe_relative(stem).map_or_else(|_| "package".to_owned(), |_| stem.to_owned())
    };
    let unique = |base: String| {
        let numbered = std::iter::once(base.clone()).chain((2..).map(|n| format!("{base}-{n}")));
        let free = numbered.into_iter().find(|n| taken.insert(n.to_lowercase()));
        PathBuf::from(free.unwrap_or(base))
    };
    staged.packages.iter().map(name).map(unique).collect()
}

fn write_package(
    package: &StagedPackage,
    dest: &Path,
    options: &UnpackOptions,
    progress: &Progress,
    report: &mut UnpackReport,
) -> Result<()> {
    report.failed.extend(package.failures.iter().cloned());
    report.undecoded_manifests += package.undecoded_manifests;
    let kept = options.keep_deltas.then_some(&package.intermediate).into_iter().flatten();
    let mut targets = Vec::new();
    for file in package.files.iter().chain(kept) {
        match safe_relative(&file.name) {
            Ok(path) => targets.push((file, dest.join(path))),
            Err(error) => report.failed.push(Failure::new(&file.name, &error)),
        }
    }
    if !options.dry_run {
        let folders: BTreeSet<_> = targets.iter().filter_map(|(_, path)| path.parent()).collect();
        for folder in folders {
            fs::create_dir_all(folder).map_err(|e| Error::io("make the folder", folder, e))?;
        }
    }
    let total = targets.iter().map(|(file, _)| file.content.size()).sum();
    let meter = progress.begin(Phase::Extract, targets.len() as u64, total);
    let written: Vec<_> = targets
        .par_iter()
        .map(|(file, path)| {
            progress.check()?;
            let wrote = write_file(file, path, options);
            meter.done(&file.name, file.content.size())?;
            Ok((*file, wrote))
        })
        .collect::<Result<_>>()?;
    for (file, wrote) in written {
        match wrote {
            Ok(bytes) => {
                report.files += 1;
                report.bytes += bytes;
                report.rebuilt += u64::from(file.origin == super::Origin::Rebuilt);
                report.verified += u64::from(file.verified);
            }
            Err(error) => report.failed.push(Failure::new(&file.name, &error)),
        }
    }
    Ok(())
}

/// Writes one file whole under its name, or not at all.
fn write_file(file: &StagedFile, path: &Path, options: &UnpackOptions) -> Result<u64> {
    let limits = &options.limits;
    let plain = if options.decode_manifests && name_key(&file.name).ends_with(".manifest") {
        match manifest_text(&file.content, options.dictionary.as_deref(), limits)? {
            Some(text) => Some(text),
            None => {
                return Err(Error::unsupported(
                    "it is compressed against a manifest dictionary; give one with --dictionary",
                ));
            }
        }
    } else {
        None
    };
    let size = plain.as_ref().map_or(file.content.size(), |p| p.len() as u64);
    if options.dry_run {
        return Ok(size);
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    let failed = |e| Error::io("write the file", path, e);
    let mut temp = tempfile::Builder::new().prefix(".wright-").tempfile_in(folder).map_err(failed)?;
    match &plain {
        Some(text) => temp.write_all(text).map_err(failed)?,
        None => {
            std::io::copy(&mut file.content.open()?, &mut temp).map_err(failed)?;
        }
    }
    if let Some(time) = file.modified {
        temp.as_file().set_modified(time).map_err(failed)?;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        temp.as_file().set_permissions(fs::Permissions::from_mode(0o644)).map_err(failed)?;
    }
    temp.persist(path).map_err(|e| failed(e.error))?;
    Ok(size)
}
