//! Updates into the library: stored once, inspected once.

use super::classify::classify;
use crate::base::{Phase, Progress};
use crate::error::{Error, ErrorKind, Result};
use crate::site::db::{NewUpdate, StoredContent};
use crate::site::library::{Taken, take_files};
use crate::site::locks::WorkFolder;
use crate::site::model::Update;
use crate::site::{Site, clock};
use crate::staging::{self, Inspection};
use rayon::prelude::*;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Updates that are recorded with one transaction.
const BATCH: usize = 200;

/// What an import did.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct ImportReport {
    /// The updates that are new in the site.
    pub imported: Vec<Update>,
    /// The updates that were there already.
    pub present: Vec<Update>,
    /// Files that are no updates, or none that can be read.
    pub failed: Vec<ImportFailure>,
}

/// What an import takes.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// Take updates also whose signature is broken; their state is recorded, and runs take them as well.
    pub allow_broken_signature: bool,
}

/// A file that was not imported.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ImportFailure {
    /// The file.
    pub path: String,
    /// The kind of the error.
    pub kind: ErrorKind,
    /// Why, in a sentence.
    pub reason: String,
}

impl Site {
    /// Imports update files, and of folders every `.msu` and `.cab` at any depth. A file that cannot be read as an update, or
    /// was changed since it was signed, is reported and does not keep the others out.
    pub fn import_updates(
        &self,
        paths: &[PathBuf],
        options: &ImportOptions,
        progress: &Progress,
    ) -> Result<ImportReport> {
        let mut files = Vec::new();
        for path in paths {
            find_updates(path, &mut files)?;
        }
        let mut report = ImportReport::default();
        for batch in files.chunks(BATCH) {
            self.import_batch(batch, options, &mut report, progress)?;
        }
        Ok(report)
    }

    fn import_batch(
        &self,
        batch: &[Taken],
        options: &ImportOptions,
        report: &mut ImportReport,
        progress: &Progress,
    ) -> Result<()> {
        let taking_in = self.taking_in()?;
        let work = self.work.begin(&Self::work_name("import"))?;
        let stored = take_files(&self.library, &self.db, work.path(), batch, progress)?;
        let meter = progress.begin(Phase::Open, stored.len() as u64, 0);
        let inspected: Vec<Option<Result<Inspection>>> = stored
            .par_iter()
            .enumerate()
            .map(|(i, file)| {
                let there = self.db.read(|tx| tx.update_with(&file.sha256))?;
                let inspection = match there {
                    Some(_) => None,
                    None => Some(self.inspect(file, &work, i, progress).and_then(|inspection| {
                        inspection.signature.demand(options.allow_broken_signature)?;
                        Ok(inspection)
                    })),
                };
                meter.done(&file.path, 0)?;
                Ok(inspection)
            })
            .collect::<Result<_>>()?;
        let now = clock::now();
        let (mut new, mut old) = (Vec::new(), Vec::new());
        self.db.write(|tx| {
            for (file, inspection) in stored.iter().zip(&inspected) {
                // The same file may have come twice, or another process may have been faster.
                if let Some(id) = tx.update_with(&file.sha256)? {
                    old.push(id);
                    continue;
                }
                match inspection {
                    Some(Ok(inspection)) => new.push(add(tx, file, inspection, &now)?),
                    Some(Err(e)) if e.kind() != ErrorKind::Cancelled => report.failed.push(ImportFailure {
                        path: file.path.clone(),
                        kind: e.kind(),
                        reason: e.message().to_owned(),
                    }),
                    _ => {}
                }
            }
            Ok(())
        })?;
        progress.check()?;
        for (ids, list) in [(new, &mut report.imported), (old, &mut report.present)] {
            for id in ids {
                list.extend(self.db.read(|tx| tx.update(id))?);
            }
        }
        for update in &report.imported {
            let fields = [("update", update.file.as_str()), ("signature", &update.signature)];
            self.log.info("update", &fields, "imported");
        }
        for failure in &report.failed {
            self.log.error("update", &[("file", &failure.path)], &failure.reason);
        }
        let failed = !report.failed.is_empty();
        drop((work, taking_in));
        if failed {
            self.tidy()?;
        }
        Ok(())
    }

    /// Inspects the library's copy, under the name that the file came with.
    fn inspect(
        &self,
        file: &StoredContent,
        work: &WorkFolder,
        number: usize,
        progress: &Progress,
    ) -> Result<Inspection> {
        let name = Path::new(&file.path).file_name().unwrap_or_default();
        let link =
            self.materialise(&file.sha256, &work.path().join(format!("inspect-{number}")), name.as_ref())?;
        let mut inspection = staging::inspect(&link, &self.limits, &progress.quiet())?;
        if inspection.packages.is_empty() {
            return Err(Error::new(ErrorKind::Unsupported, "holds no package, so it is no update"));
        }
        inspection.path = name.to_string_lossy().into_owned();
        Ok(inspection)
    }
}

fn add(
    tx: &crate::site::db::Tx<'_>,
    file: &StoredContent,
    inspection: &Inspection,
    now: &str,
) -> Result<i64> {
    let class = classify(inspection);
    let identities: Vec<String> = inspection.packages.iter().filter_map(|p| p.identity.clone()).collect();
    let kind = serde_json::to_value(inspection.kind).ok();
    let document = serde_json::to_string(inspection)
        .map_err(|e| Error::new(ErrorKind::Internal, "the inspection is no JSON").with_source(e))?;
    tx.add_update(&NewUpdate {
        sha256: file.sha256,
        size: file.size,
        file: &inspection.path,
        kind: kind.as_ref().and_then(|k| k.as_str()).unwrap_or_default(),
        kb: inspection.kb.as_deref(),
        title: &class.title,
        architecture: &class.architecture,
        release_type: &class.release_type,
        class: class.class,
        family: class.family.as_deref(),
        version: class.version.as_deref(),
        created: &class.created,
        signature: inspection.signature.check.state.name(),
        signature_reason: &inspection.signature.check.reason,
        imported: now,
        inspection: &document,
        identities: &identities,
    })
}

/// Adds the update file at `path`, or those below the folder `path`, by name.
fn find_updates(path: &Path, found: &mut Vec<Taken>) -> Result<()> {
    let meta = path.metadata().map_err(|e| Error::io("open the update", path, e))?;
    if meta.is_file() {
        let name = path.display().to_string();
        found.push(Taken { file: path.to_owned(), path: name, size: meta.len(), modified: 0 });
        return Ok(());
    }
    let failed = |e| Error::io("list the folder", path, e);
    let entries = std::fs::read_dir(path).map_err(failed)?;
    let mut entries: Vec<PathBuf> =
        entries.map(|e| e.map(|e| e.path())).collect::<Result<_, _>>().map_err(failed)?;
    entries.sort();
    for entry in entries {
        let extension = entry.extension().map(|e| e.to_ascii_lowercase());
        if entry.is_dir() || extension.is_some_and(|e| e == "msu" || e == "cab") {
            find_updates(&entry, found)?;
        }
    }
    Ok(())
}
