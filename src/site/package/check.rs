//! A package compared: its source with what was taken in, the library's copies with their digests.

use super::source::{find, image_of, is_set_part};
use crate::base::{Phase, Progress};
use crate::error::{ErrorKind, Result};
use crate::site::Site;
use crate::site::library::{digest_file, scan};
use crate::site::model::Package;
use rayon::prelude::*;
use serde::Serialize;
use std::path::Path;

/// How a package's source and its content compare.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Check {
    /// The package.
    pub package: String,
    /// The folder it was added from.
    pub source: String,
    /// The version that the source was compared with: the last that came from it.
    pub compared_version: u32,
    /// Files of the source that were hashed.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// What is different in the source, file by file. Nobody of this site changes a source.
    pub differences: Vec<Difference>,
    /// Files of the published version whose copies in the library are damaged.
    pub damaged: Vec<Difference>,
}

/// One file that is not as it was.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// Path in the package.
    pub path: String,
    /// `added`, `changed`, `missing` or `damaged`.
    pub change: &'static str,
    /// What exactly, in a sentence.
    pub reason: String,
}

impl Site {
    /// Hashes a package's source and the library's copies, and names every file that is not as it was.
    pub fn check_package(&self, package: &Package, progress: &Progress) -> Result<Check> {
        let (base, stored, published) = self.db.read(|tx| {
            let versions = tx.versions(package.id)?;
            let base = versions.iter().find(|v| v.origin != "serviced").or(versions.last());
            let base = base.map_or((0, 0), |v| (v.id, v.number));
            let published = tx.published(package.id)?.map_or(0, |v| v.id);
            Ok((base, tx.contents(base.0)?, tx.contents(published)?))
        })?;
        let mut check = Check {
            package: package.name.clone(),
            source: package.source.clone(),
            compared_version: base.1,
            files: 0,
            bytes: 0,
            differences: Vec::new(),
            damaged: self.damaged(&published, progress)?,
        };
        let difference =
            |path: &str, change, reason: String| Difference { path: path.to_owned(), change, reason };
        let root = Path::new(&package.source);
        if !root.is_dir() {
            check.differences.push(difference("", "missing", "the source folder is not there".into()));
            return Ok(check);
        }
        let mut files = scan(root)?;
        if package.source_index.is_some()
            && let Some(image) = image_of(&files, |f| &f.path).map(|f| f.path.clone())
        {
            // One index was taken out of it: the image in the package never was the source's.
            files.retain(|f| !is_set_part(&f.path, &image));
        }
        let meter = progress.begin(Phase::Hash, files.len() as u64, files.iter().map(|f| f.size).sum());
        let found = files.par_iter().map(|file| {
            let (sha256, size) = digest_file(&file.file, &meter)?;
            meter.done(&file.path, 0)?;
            Ok(match find(&stored, &file.path, |s| &s.path) {
                None => {
                    Some(difference(&file.path, "added", "was not there when the package was added".into()))
                }
                Some(old) if old.sha256 != sha256 => {
                    let why = format!(
                        "had {} bytes with SHA-256 {}; has {size} with {sha256}",
                        old.size, old.sha256
                    );
                    Some(difference(&file.path, "changed", why))
                }
                Some(_) => None,
            })
        });
        check.differences = found.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
        check.files = files.len() as u64;
        check.bytes = files.iter().map(|f| f.size).sum();
        for old in &stored {
            let replaced =
                package.source_index.is_some() && old.path.to_ascii_lowercase().ends_with("/install.wim");
            if !replaced && find(&files, &old.path, |f| &f.path).is_none() {
                check.differences.push(difference(
                    &old.path,
                    "missing",
                    "is not in the source any more".into(),
                ));
            }
        }
        Ok(check)
    }

    /// The files whose copies in the library do not have their digests.
    pub(in crate::site) fn damaged(
        &self,
        files: &[crate::site::db::StoredContent],
        progress: &Progress,
    ) -> Result<Vec<Difference>> {
        let meter = progress.begin(Phase::Verify, files.len() as u64, files.iter().map(|f| f.size).sum());
        let damaged = files.par_iter().map(|file| {
            let problem: Option<(ErrorKind, String)> = self.check_blob(&file.sha256, &meter)?;
            meter.done(&file.path, 0)?;
            Ok(problem.map(|(_, reason)| Difference { path: file.path.clone(), change: "damaged", reason }))
        });
        Ok(damaged.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
    }
}
