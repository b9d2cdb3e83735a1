//! What keeps a site in order: contents that nothing uses, lists that a killed process left behind, the whole library
//! hashed again.

use super::Site;
use super::library::{DataList, PackageList, digest_file};
use super::locks::Lock;
use super::model::Package;
use crate::base::{Phase, Progress, Sha256Digest};
use crate::error::{ErrorKind, Result};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::HashSet;

/// What a site is and holds.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct SiteInfo {
    /// The folder.
    pub path: String,
    /// The site's id.
    pub id: String,
    /// When it was made.
    pub created: String,
    /// Versions of a package's content that are kept.
    pub keep: u32,
    /// Packages.
    pub packages: u64,
    /// Updates.
    pub updates: u64,
    /// Distinct contents in the library.
    pub blobs: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The bytes of all files of all kept versions and all updates, each counted.
    pub bytes_of_files: u64,
}

/// What validating a site's library found.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct SiteVerify {
    /// Contents that were hashed.
    pub blobs: u64,
    /// Their bytes.
    pub bytes: u64,
    /// What is wrong.
    pub problems: Vec<SiteProblem>,
}

/// One content that is not as it is to be.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct SiteProblem {
    /// Its digest.
    pub sha256: Sha256Digest,
    /// The kind of the error.
    pub kind: ErrorKind,
    /// What is wrong, in a sentence.
    pub reason: String,
}

///
/// ```
/// use wimwright::base::Progress;
/// use wimwright::site::{Site, SiteVerify};
///
/// # let dir = tempfile::tempdir()?;
/// let site = Site::init(dir.path().join("site"))?;
/// assert_eq!(site.info()?.packages, 0);
/// let verify: SiteVerify = site.verify(&Progress::none())?;
/// assert!(verify.outcome().is_ok());
/// let html = dir.path().join("report.html");
/// site.write_report(&html)?;
/// assert!(site.report()?.len() > 100 && site.report_file(&html)?.bytes > 100);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl Site {
    /// What the site is and holds.
    pub fn info(&self) -> Result<SiteInfo> {
        self.db.read(|tx| {
            let (blobs, bytes, bytes_of_files) = tx.library_size()?;
            Ok(SiteInfo {
                path: self.root.display().to_string(),
                id: self.id.clone(),
                created: self.created.clone(),
                keep: self.keep,
                packages: tx.packages()?.len() as u64,
                updates: tx.count_updates()?,
                blobs,
                bytes,
                bytes_of_files,
            })
        })
    }

    /// Hashes every content of the library again.
    pub fn verify(&self, progress: &Progress) -> Result<SiteVerify> {
        let blobs = self.db.read(|tx| tx.stored_blobs())?;
        let bytes = blobs.iter().map(|(_, size)| size).sum();
        let meter = progress.begin(Phase::Verify, blobs.len() as u64, bytes);
        let problems = blobs.par_iter().map(|(sha256, _)| {
            let problem = self.check_blob(sha256, &meter)?;
            meter.done_with(|| sha256.to_string(), 0)?;
            Ok(problem.map(|(kind, reason)| SiteProblem { sha256: *sha256, kind, reason }))
        });
        let problems = problems.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
        Ok(SiteVerify { blobs: blobs.len() as u64, bytes, problems })
    }

    /// What is wrong with contents of the library, if anything.
    pub(super) fn check_blob(
        &self,
        sha256: &Sha256Digest,
        meter: &crate::base::Meter,
    ) -> Result<Option<(ErrorKind, String)>> {
        Ok(match digest_file(&self.library.blob(sha256), meter) {
            Ok((found, _)) if found == *sha256 => None,
            Ok((found, _)) => Some((
                ErrorKind::HashMismatch,
                format!("the library's copy was changed; its digest is {found}"),
            )),
            Err(e) if e.kind() == ErrorKind::Cancelled => return Err(e),
            Err(e) => Some((e.kind(), e.to_string())),
        })
    }

    /// Takes away what nothing uses any more: contents, lists, folders of work that was killed. Returns at once where
    /// another process is taking contents in; the next time will do.
    pub(super) fn tidy(&self) -> Result<()> {
        let open = self.db.read(|tx| tx.open_runs())?;
        let names: HashSet<String> = open.iter().map(|run| Self::run_folder(run.id)).collect();
        let cleaned = self.work.clean(|name| names.contains(name))?;
        if cleaned > 0 {
            self.log.info(
                "tidy",
                &[("folders", &cleaned.to_string())],
                "work that was interrupted was cleaned up",
            );
        }
        let Some(_lock) = Lock::try_now(&self.root.join("locks/library"))? else { return Ok(()) };
        let mut gone: HashSet<Sha256Digest> = self
            .db
            .write(|tx| {
                let unused = tx.unused_blobs()?;
                unused.iter().try_for_each(|sha256| tx.forget_blob(sha256))?;
                Ok(unused)
            })?
            .into_iter()
            .collect();
        // What a killed process stored and did not record.
        let known: HashSet<Sha256Digest> =
            self.db.read(|tx| tx.stored_blobs())?.into_iter().map(|(sha256, _)| sha256).collect();
        gone.extend(self.library.present()?.into_iter().filter(|sha256| !known.contains(sha256)));
        for sha256 in &gone {
            self.library.remove(sha256)?;
        }
        self.write_lists()?;
        if !gone.is_empty() {
            self.log.info(
                "tidy",
                &[("blobs", &gone.len().to_string())],
                "contents that nothing uses were removed",
            );
        }
        Ok(())
    }

    /// The folder of a run's work.
    pub(super) fn run_folder(run: i64) -> String {
        format!("run-{run}")
    }

    /// Makes the library's lists say what the database says.
    fn write_lists(&self) -> Result<()> {
        let mut wanted = HashSet::new();
        for package in self.db.read(|tx| tx.packages())? {
            let versions = self.db.read(|tx| tx.versions(package.id))?;
            for version in versions.iter().filter(|v| v.kept) {
                let key = DataList::key(package.id, version.number);
                let stale = version.published && !self.is_listed(&package, version.number);
                if stale || !self.library.list(&key).is_file() {
                    self.write_version_lists(package.id, version.id)?;
                }
                wanted.insert(key);
            }
            wanted.insert(PackageList::key(package.id));
        }
        for kind in ["data", "packages"] {
            for name in self.library.lists(kind)? {
                let key = format!("{kind}/{name}");
                if !wanted.contains(&key) {
                    super::library::remove_file(&self.library.list(&key))?;
                }
            }
        }
        Ok(())
    }

    /// Whether the package's list says what the database says.
    fn is_listed(&self, package: &Package, version: u32) -> bool {
        let key = PackageList::key(package.id);
        let list = self.library.read_list(&key).and_then(|data| PackageList::parse(&data, &key));
        list.is_ok_and(|l| {
            l.content_version == version && l.name == package.name && l.version == package.version
        })
    }

    /// Writes the data list of a version and, where it is the published one, the package's list.
    pub(super) fn write_version_lists(&self, package: i64, version: i64) -> Result<()> {
        let found =
            self.db.read(|tx| Ok((tx.package(package)?, tx.version(version)?, tx.contents(version)?)))?;
        let (Some(package), Some(version), files) = found else { return Ok(()) };
        let data = DataList::new(&self.id, package.id, version.number, &files);
        self.library.write_list(&DataList::key(package.id, version.number), &data)?;
        if version.published {
            let list = PackageList::new(&self.id, package.id, &package.name, &package.version, &data);
            self.library.write_list(&PackageList::key(package.id), &list)?;
        }
        Ok(())
    }
}
