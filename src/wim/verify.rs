//! Verification: every blob decoded and hashed on all cores, every image parsed, references compared.

use super::file::WimFile;
use super::integrity::IntegrityTable;
use super::metadata::Metadata;
use super::reference;
use super::solid::StoredBlob;
use super::sweep::{Visitor, sweep};
use crate::base::{Phase, Progress, Sha1Digest};
use crate::error::{Error, ErrorKind, Result};
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

/// What is verified.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct VerifyOptions {
    /// Threads to use; `None` for one per core.
    pub threads: Option<usize>,
    /// Whether the integrity table is checked too, where there is one.
    pub integrity: bool,
}

impl Default for VerifyOptions {
    fn default() -> Self {
        Self { threads: None, integrity: true }
    }
}

/// What verification found. The file is sound when `problems` is empty.
///
/// ```
/// use wimwright::base::Progress;
/// use wimwright::wim::{OpenOptions, VerifyOptions, VerifyReport, WimFile};
///
#[doc = include_str!("../../docs/doctest/image.md")]
/// # let dir = tempfile::tempdir()?;
/// let wim = WimFile::open(sample_image(dir.path())?, &OpenOptions::new())?;
/// let report: VerifyReport = wim.verify(&VerifyOptions::default(), &Progress::none())?;
/// assert!(report.outcome().is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, serde::Serialize)]
#[non_exhaustive]
pub struct VerifyReport {
    /// The file, as it was opened.
    pub path: String,
    /// Images whose metadata was parsed.
    pub images: u32,
    /// Blobs that were hashed.
    pub blobs: u64,
    /// Their bytes, decompressed.
    pub bytes: u64,
    /// Whether there is an integrity table that was checked.
    pub integrity_checked: bool,
    /// What is wrong, in the order of the disk.
    pub problems: Vec<Problem>,
    /// What is odd and does no harm.
    pub notes: Vec<String>,
}

impl VerifyReport {
    /// An error that names the first problem, unless the file is sound.
    pub fn outcome(&self) -> Result<()> {
        let Some(first) = self.problems.first() else { return Ok(()) };
        let more = self.problems.len() - 1;
        let and = if more > 0 { format!(" (and {more} more problems)") } else { String::new() };
        let concerned = first.file.as_ref().unwrap_or(&first.item);
        Err(Error::new(first.kind, format!("{}{and}", first.reason)).with_path(concerned))
    }
}

/// Something that is wrong.
#[derive(Clone, Debug, serde::Serialize)]
#[non_exhaustive]
pub struct Problem {
    /// What it concerns: a blob's SHA-1, `image 2`, `integrity table`.
    pub item: String,
    /// Where in the file it lies.
    pub offset: Option<u64>,
    /// What is wrong, for a program.
    pub kind: ErrorKind,
    /// What is wrong, for a person.
    pub reason: String,
    /// A file that it concerns, as `IMAGE:PATH`.
    pub file: Option<String>,
}

/// Most notes and files of one sort that are named.
const NAMED: usize = 10;

impl WimFile {
    /// Decodes and hashes every blob, of its own and what the images take from references, parses every image, compares references and counts, and checks the
    /// integrity table. What is wrong with the data is in the report; an error means that it could not be read at
    /// all or was cancelled.
    pub fn verify(&self, options: &VerifyOptions, progress: &Progress) -> Result<VerifyReport> {
        let threads = options.threads.unwrap_or_else(rayon::current_num_threads).max(1);
        let mut report = VerifyReport { path: self.name(), ..VerifyReport::default() };
        if options.integrity {
            self.verify_integrity(&mut report, progress)?;
        }
        let check = Check(Mutex::default());
        let uses = if threads > 1 && self.lent_blobs().next().is_none() {
            // One image's metadata keeps one thread busy; the others hash meanwhile.
            let mut images = VerifyReport::default();
            let uses = std::thread::scope(|scope| {
                let images = scope.spawn(|| self.verify_images(&mut images, &progress.quiet()));
                let swept = self.verify_blobs(self.blobs(), &mut report, &check, progress, threads);
                let panicked = |_| Err(Error::new(ErrorKind::Internal, "a reading thread panicked"));
                let uses = images.join().unwrap_or_else(panicked);
                swept.and(uses)
            })?;
            report.images = images.images;
            report.problems.append(&mut images.problems);
            report.notes.append(&mut images.notes);
            uses
        } else {
            let uses = self.verify_images(&mut report, progress)?;
            let lent = self.lent_blobs().filter(|blob| uses.contains_key(&blob.sha1));
            let blobs: Vec<_> = self.blobs().iter().chain(lent).copied().collect();
            self.verify_blobs(&blobs, &mut report, &check, progress, threads)?;
            uses
        };
        let mut damaged = check.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        damaged.sort_by_key(|(blob, _)| self.disk_order(blob));
        let offset = |blob: &StoredBlob| self.place(blob).map(|(r, _)| r.offset).ok();
        report.problems.extend(damaged.iter().map(|(blob, e)| Problem {
            item: blob.sha1.to_string(),
            offset: offset(blob),
            kind: e.kind(),
            reason: sentence(e),
            file: None,
        }));
        let bad: HashSet<_> = damaged.iter().map(|(blob, _)| blob.sha1).collect();
        self.name_files(&mut report, &bad);
        self.compare_counts(&mut report, &uses);
        Ok(report)
    }

    fn verify_blobs(
        &self,
        blobs: &[StoredBlob],
        report: &mut VerifyReport,
        check: &Check,
        progress: &Progress,
        threads: usize,
    ) -> Result<()> {
        report.blobs = blobs.len() as u64;
        report.bytes = blobs.iter().fold(0, |sum, blob| sum.saturating_add(blob.size));
        let meter = progress.begin(Phase::Verify, report.blobs, report.bytes);
        sweep(self, blobs, check, &meter, threads)
    }

    fn disk_order(&self, blob: &StoredBlob) -> (usize, u64, u64) {
        self.place(blob).map(|(r, _)| (r.part, r.offset, blob.offset)).unwrap_or_default()
    }

    fn verify_integrity(&self, report: &mut VerifyReport, progress: &Progress) -> Result<()> {
        for source in self.sources() {
            let header = super::file::read_header(&**source)?;
            let bad = |e: Error| Problem {
                item: "integrity table".into(),
                offset: Some(header.integrity.offset),
                kind: e.kind(),
                reason: sentence(&e),
                file: None,
            };
            let table = match IntegrityTable::read(&**source, &header, self.limits()) {
                Ok(Some(table)) => table,
                Ok(None) => continue,
                Err(e) => {
                    report.problems.push(bad(e));
                    continue;
                }
            };
            let end = header.blob_table.end()?;
            let meter = progress.begin(Phase::Hash, 0, end);
            report.integrity_checked = true;
            for span in table.check(&**source, end, &meter).map_err(|e| e.with_path(source.name()))? {
                let message =
                    format!("bytes {} to {} do not match the integrity table", span.start, span.end);
                let mut problem = bad(Error::new(ErrorKind::ChecksumMismatch, message));
                problem.offset = Some(span.start);
                report.problems.push(problem);
            }
        }
        Ok(())
    }

    /// Parses every image; gives how often each blob is used.
    fn verify_images(
        &self,
        report: &mut VerifyReport,
        progress: &Progress,
    ) -> Result<HashMap<Sha1Digest, u64>> {
        let meter = progress.begin(Phase::Open, self.image_count().into(), 0);
        let parsed: Vec<_> = (1..=self.image_count())
            .into_par_iter()
            .map(|index| -> Result<_> {
                let blob = self.image_blob(index)?;
                let uses = self.load_image(index, blob).map(|m| (self.uses(&m), m.ignored().len()));
                meter.done(&format!("image {index}"), blob.size)?;
                Ok((index, blob, uses))
            })
            .collect::<Result<_>>()?;
        let mut all: HashMap<Sha1Digest, u64> = HashMap::new();
        for (index, blob, uses) in parsed {
            let item = format!("image {index}");
            match uses {
                Ok(((uses, missing), ignored)) => {
                    report.images += 1;
                    if ignored > 0 {
                        report.notes.push(format!(
                            "{item}: {ignored} names that are `.` or `..`, empty or given twice are passed over"
                        ));
                    }
                    for (sha1, n) in uses {
                        *all.entry(sha1).or_default() += n;
                    }
                    report.problems.extend(missing.into_iter().map(|(sha1, path)| Problem {
                        item: sha1.to_string(),
                        offset: None,
                        kind: ErrorKind::NotFound,
                        reason: reference::missing(&sha1).message().to_owned(),
                        file: Some(format!("{index}:{path}")),
                    }));
                }
                Err(e) => report.problems.push(Problem {
                    item,
                    offset: self.place(blob).map(|(r, _)| r.offset).ok(),
                    kind: e.kind(),
                    reason: sentence(&e),
                    file: None,
                }),
            }
        }
        Ok(all)
    }

    /// How often an image uses each blob, and blobs that are not there, with a file that needs them.
    fn uses(&self, metadata: &Metadata) -> (HashMap<Sha1Digest, u64>, Vec<(Sha1Digest, String)>) {
        let mut uses: HashMap<Sha1Digest, u64> = HashMap::new();
        let mut missing = Vec::new();
        for id in metadata.walk(metadata.root()) {
            for sha1 in metadata.inode_of(id).digests() {
                let count = uses.entry(sha1).or_default();
                *count += 1;
                if *count == 1 && self.blob(&sha1).is_none() {
                    missing.push((sha1, metadata.path(id).to_string()));
                }
            }
        }
        (uses, missing)
    }

    /// Finds a file for each damaged blob.
    fn name_files(&self, report: &mut VerifyReport, bad: &HashSet<Sha1Digest>) {
        if bad.is_empty() {
            return;
        }
        let mut names: HashMap<String, String> = HashMap::new();
        for index in 1..=self.image_count() {
            let Ok(metadata) = self.image_blob(index).and_then(|blob| self.load_image(index, blob)) else {
                continue;
            };
            for id in metadata.walk(metadata.root()) {
                for sha1 in metadata.inode_of(id).digests().filter(|d| bad.contains(d)) {
                    names.entry(sha1.to_string()).or_insert_with(|| format!("{index}:{}", metadata.path(id)));
                }
            }
        }
        for problem in &mut report.problems {
            if problem.file.is_none() {
                problem.file = names.get(&problem.item).cloned();
            }
        }
    }

    fn compare_counts(&self, report: &mut VerifyReport, uses: &HashMap<Sha1Digest, u64>) {
        let ignored = self.ignored_entries();
        for (count, what) in [
            (ignored.duplicates, "list a blob a second time"),
            (ignored.empty, "have no bytes or no digest"),
            (ignored.other_part, "are for another part of the set"),
            (ignored.unused_metadata, "are metadata that belongs to no image"),
        ] {
            if count > 0 {
                report.notes.push(format!("{count} entries of the blob table {what}"));
            }
        }
        if report.images < self.header().image_count {
            let (there, said) = (self.image_count(), self.header().image_count);
            if there < said {
                report.notes.push(format!("the header counts {said} images, {there} have metadata"));
            }
            return;
        }
        let actual = |blob: &&StoredBlob| uses.get(&blob.sha1).copied().unwrap_or_default();
        let (unused, used): (Vec<&StoredBlob>, Vec<&StoredBlob>) =
            self.blobs().iter().partition(|b| actual(b) == 0);
        if !unused.is_empty() {
            let bytes = unused.iter().fold(0u64, |sum, blob| sum.saturating_add(blob.size));
            report.notes.push(format!("{} blobs ({bytes} bytes) are used by no image", unused.len()));
        }
        let wrong: Vec<_> = used.iter().filter(|b| actual(b) != u64::from(b.ref_count)).collect();
        for blob in wrong.iter().take(NAMED) {
            report.notes.push(format!(
                "blob {} is used {} times, the blob table says {}",
                blob.sha1,
                actual(blob),
                blob.ref_count
            ));
        }
        if wrong.len() > NAMED {
            report.notes.push(format!("{} more blobs have a wrong reference count", wrong.len() - NAMED));
        }
    }
}

fn sentence(e: &Error) -> String {
    match std::error::Error::source(e) {
        Some(source) => format!("{}: {source}", e.message()),
        None => e.message().to_owned(),
    }
}

/// Collects what fails; the sweep itself does the hashing.
struct Check(Mutex<Vec<(StoredBlob, Error)>>);

impl Visitor for Check {
    type State = ();

    fn whole(&self, _: &StoredBlob, _: &[u8]) -> Result<()> {
        Ok(())
    }

    fn begin(&self, _: &StoredBlob) -> Result<()> {
        Ok(())
    }

    fn data(&self, (): &mut (), _: &[u8]) -> Result<()> {
        Ok(())
    }

    fn end(&self, _: &StoredBlob, (): ()) -> Result<()> {
        Ok(())
    }

    fn failed(&self, blob: &StoredBlob, _: Option<()>, error: Error) -> Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((*blob, error));
        Ok(())
    }
}
