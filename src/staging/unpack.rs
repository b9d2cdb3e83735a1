//! `unpack`: everything an update delivers, as files below a folder.

use super::update::stage_with;
use super::verify::manifest_text;
use super::{Failure, StagedFile, StagedPackage, StagingArea, name_key};
use crate::base::{BlobSource as _, Limits, Phase, Progress, safe_relative};
use crate::error::{Error, Result};
use crate::package::{PackageCab, Update};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

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
#[non_exhaustive]
pub struct UnpackReport {
    /// The update file.
    pub path: String,
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
#[non_exhaustive]
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
///
/// ```
/// use wimwright::base::{Limits, Progress};
/// use wimwright::staging::{UnpackOptions, UnpackReport, inspect, unpack};
///
#[doc = include_str!("../../docs/doctest/update.md")]
/// # let dir = tempfile::tempdir()?;
/// let (update, dest) = (sample_update(dir.path())?, dir.path().join("payload"));
/// let inspection = inspect(&update, &Limits::default(), &Progress::none())?;
/// assert!(inspection.kb.as_deref() == Some("KB9999999") && !inspection.signed);
/// let report: UnpackReport = unpack(&update, &dest, &UnpackOptions::default(), &Progress::none())?;
/// report.outcome()?;
/// assert!(report.files == 4 && dest.join("update.mum").is_file());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn unpack(
    source: &Path,
    dest: &Path,
    options: &UnpackOptions,
    progress: &Progress,
) -> Result<UnpackReport> {
    let limits = &options.limits;
    let update = Update::open(source, limits, progress)?;
    let area = StagingArea::new(limits, None);
    let mut report = UnpackReport { path: source.display().to_string(), ..UnpackReport::default() };
    let folders = folders(&update);
    let early = Early::new(folders.iter().map(|folder| dest.join(folder)).collect(), options);
    let staged =
        stage_with(&update, &area, options.dictionary.as_deref(), limits, progress, &|number, file| {
            early.write(number, file);
        });
    let staged = match staged {
        Ok(staged) => staged,
        Err(error) => {
            early.remove_all();
            return Err(error.within(source.display()));
        }
    };
    if !options.dry_run {
        fs::create_dir_all(dest).map_err(|e| Error::io("make the folder", dest, e))?;
    }
    for (number, (package, folder)) in staged.packages.iter().zip(folders).enumerate() {
        let before = report.files;
        write_package(package, &dest.join(&folder), early.take(number), options, progress, &mut report)?;
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
fn folders(update: &Update) -> Vec<PathBuf> {
    if update.packages.len() == 1 {
        return vec![PathBuf::new()];
    }
    let mut taken = BTreeSet::new();
    let name = |package: &PackageCab| {
        let file = package.name.rsplit(['\\', '/']).next().unwrap_or_default();
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        safe_relative(stem).map_or_else(|_| "package".to_owned(), |_| stem.to_owned())
    };
    let unique = |base: String| {
        let numbered = std::iter::once(base.clone()).chain((2..).map(|n| format!("{base}-{n}")));
        let free = numbered.into_iter().find(|n| taken.insert(n.to_lowercase()));
        PathBuf::from(free.unwrap_or(base))
    };
    update.packages.iter().map(name).map(unique).collect()
}

fn write_package(
    package: &StagedPackage,
    dest: &Path,
    mut early: Written,
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
            Ok(path) => targets.push((file, dest.join(path), early.remove(&file.name))),
            Err(error) => report.failed.push(Failure::new(&file.name, &error)),
        }
    }
    // What has failed since it was written is not left.
    remove_all(dest, &early);
    let total = targets.iter().map(|(file, ..)| file.content.size()).sum();
    let meter = progress.begin(Phase::Extract, targets.len() as u64, total);
    let written: Vec<_> = targets
        .into_par_iter()
        .map(|(file, path, wrote)| {
            progress.check()?;
            let wrote = wrote.unwrap_or_else(|| write_file(file, &path, options));
            meter.done(&file.name, file.content.size())?;
            Ok((file, wrote))
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

/// Writes one file under its name. What was there before stays where that fails.
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
    let failed = |e| Error::io("write the file", path, e);
    let bytes = plain.as_deref().or_else(|| file.content.as_bytes());
    let write = |mut out: &File| {
        match bytes {
            Some(bytes) => out.write_all(bytes).map_err(failed)?,
            None => _ = io::copy(&mut file.content.open()?, &mut out).map_err(failed)?,
        }
        file.modified.map_or(Ok(()), |time| out.set_modified(time)).map_err(failed)
    };
    match new_file(path) {
        Ok(out) => write(&out).inspect_err(|_| _ = fs::remove_file(path))?,
        // What is there already stays until the new contents are whole.
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
            let folder = path.parent().unwrap_or(Path::new("."));
            let mut builder = tempfile::Builder::new();
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                builder.permissions(fs::Permissions::from_mode(0o666));
            }
            let temp = builder.prefix(".wright-").tempfile_in(folder).map_err(failed)?;
            write(temp.as_file())?;
            temp.persist(path).map_err(|e| failed(e.error))?;
        }
        Err(e) => return Err(failed(e)),
    }
    Ok(size)
}

/// Makes a file that is not there yet, and its folder if need be.
fn new_file(path: &Path) -> io::Result<File> {
    let mut how = File::options();
    how.write(true).create_new(true);
    match (how.open(path), path.parent()) {
        (Err(e), Some(folder)) if e.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(folder)?;
            how.open(path)
        }
        (made, _) => made,
    }
}

/// The outcome of each file that was written, by its name in the package.
type Written = HashMap<String, Result<u64>>;

fn remove_all(dest: &Path, written: &Written) {
    for (name, _) in written.iter().filter(|(_, wrote)| wrote.is_ok()) {
        if let Ok(path) = safe_relative(name) {
            let _ = fs::remove_file(dest.join(path));
        }
    }
}

/// Writes files while others are still being decoded.
struct Early<'a> {
    folders: Vec<PathBuf>,
    options: &'a UnpackOptions,
    written: Vec<Mutex<Written>>,
}

impl<'a> Early<'a> {
    /// `folders` holds that of each package.
    fn new(folders: Vec<PathBuf>, options: &'a UnpackOptions) -> Self {
        Self { written: folders.iter().map(|_| Mutex::default()).collect(), folders, options }
    }

    fn write(&self, number: usize, file: &StagedFile) {
        // Names that are refused are reported when the package is complete.
        let Ok(path) = safe_relative(&file.name) else { return };
        if self.options.dry_run {
            return;
        }
        let wrote = write_file(file, &self.folders[number].join(path), self.options);
        self.written[number].lock().unwrap_or_else(PoisonError::into_inner).insert(file.name.clone(), wrote);
    }

    fn take(&self, number: usize) -> Written {
        std::mem::take(&mut self.written[number].lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn remove_all(&self) {
        for (number, folder) in self.folders.iter().enumerate() {
            remove_all(folder, &self.take(number));
        }
    }
}
