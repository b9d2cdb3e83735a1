//! What an extraction answers: counts, what the destination cannot hold, and what went wrong.

use super::plan::is_link;
use crate::error::{Error, ErrorKind, Result};
use crate::wim::metadata::{DentryId, Metadata};
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

/// What was written, what was left out and what went wrong. Nothing went wrong when `failed_count` is 0.
///
/// ```
/// use wimwright::base::{ImagePath, Progress};
/// use wimwright::wim::{ExtractOptions, ExtractReport, OpenOptions, WimFile};
///
#[doc = include_str!("../../../docs/doctest/image.md")]
/// # let dir = tempfile::tempdir()?;
/// let wim = WimFile::open(sample_image(dir.path())?, &OpenOptions::new())?;
/// let mut options = ExtractOptions::default();
/// options.paths = vec![ImagePath::parse(r"Windows\System32")?];
/// let out = dir.path().join("out");
/// let report: ExtractReport = wim.extract(1, &out, &options, &Progress::none())?;
/// // An entry that could not be written does not stop the others: this says whether there was one.
/// report.outcome()?;
/// assert_eq!(std::fs::read(out.join("Windows/System32/notepad.exe"))?, b"MZ: a program");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct ExtractReport {
    /// The image file, as it was opened.
    pub path: String,
    /// The image, from 1.
    pub index: u32,
    /// Directories made or found in place, the destination counted where it is the image's root.
    pub directories: u64,
    /// Files written, hard links to them not counted.
    pub files: u64,
    /// Names made as hard links to a file written.
    pub hard_links: u64,
    /// Symbolic links and junctions made.
    pub symlinks: u64,
    /// Those of them that lead out of the destination. They are made as the image has them and never followed.
    pub outward_links: u64,
    /// Names that differ from another one of their directory in case only. All are written where the file system
    /// tells them apart.
    pub case_variants: u64,
    /// Bytes written.
    pub bytes: u64,
    /// What the destination cannot hold, so it was left out.
    pub left_out: LeftOut,
    /// The metadata file that was written, with what was left out.
    pub metadata: Option<String>,
    /// How many entries could not be written.
    pub failed_count: u64,
    /// The first of them, by path.
    pub failed: Vec<ExtractFailure>,
}

impl ExtractReport {
    /// An error that names the first problem, unless everything was written.
    pub fn outcome(&self) -> Result<()> {
        let Some(first) = self.failed.first() else { return Ok(()) };
        let more = self.failed_count.saturating_sub(1);
        let and = if more > 0 { format!(" (and {more} more failed)") } else { String::new() };
        Err(Error::new(first.kind, format!("{}{and}", first.reason)).with_path(&first.path))
    }
}

/// Parts of entries that are not carried out, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct LeftOut {
    /// Named data streams.
    pub streams: u64,
    /// Entries with a security descriptor.
    pub security_descriptors: u64,
    /// Entries with a short (8.3) name.
    pub short_names: u64,
    /// Entries with attributes that matter (hidden, system, read-only, ...).
    pub attributes: u64,
    /// Entries with object ids, extended attributes or other items of their own.
    pub tagged_items: u64,
    /// Reparse data other than links; the file or directory itself was written.
    pub reparse_data: u64,
    /// Links to other volumes or to the network; nothing was written in their place.
    pub foreign_links: u64,
}

/// An entry that could not be written.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct ExtractFailure {
    /// Its path in the image.
    pub path: String,
    /// What is wrong, for a program.
    pub kind: ErrorKind,
    /// What is wrong, for a person.
    pub reason: String,
}

/// Most failures that a report names, and most bytes of their paths; the rest is counted.
const NAMED: usize = 1000;
const NAMED_BYTES: usize = 4 << 20;

/// Collects failures from all threads.
pub(super) struct Log<'a> {
    metadata: &'a Metadata,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    count: u64,
    bytes: usize,
    failed: Vec<ExtractFailure>,
    /// Entries that the folder does not have.
    missing: HashSet<DentryId>,
}

impl<'a> Log<'a> {
    pub fn new(metadata: &'a Metadata) -> Self {
        Self { metadata, state: Mutex::default() }
    }

    /// Records what concerns one entry; gives back what concerns the whole work.
    pub fn entry(&self, id: DentryId, error: Error) -> Result<()> {
        match error.kind() {
            ErrorKind::NoSpace | ErrorKind::Cancelled | ErrorKind::Internal => {
                Err(error.with_path(self.metadata.path(id)))
            }
            _ => {
                self.absent(id);
                self.add(&error, || self.metadata.path(id).to_string());
                Ok(())
            }
        }
    }

    /// Notes that the folder does not have the entry.
    pub fn absent(&self, id: DentryId) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).missing.insert(id);
    }

    /// Those of `chosen` that the folder does not have: they were refused, or lie in something that is no directory
    /// there. Directories come before what is in them.
    pub fn missing(&self, chosen: &[DentryId]) -> HashSet<DentryId> {
        let mut out = self.state.lock().unwrap_or_else(PoisonError::into_inner).missing.clone();
        for &id in chosen.iter().filter(|&&id| id != self.metadata.root()) {
            let parent = self.metadata.dentry(id).parent();
            if out.contains(&parent) || is_link(self.metadata.inode_of(parent)) {
                out.insert(id);
            }
        }
        out
    }

    /// Records a name in `parent` that is no entry of the tree.
    pub fn refused(&self, parent: DentryId, name: &str, error: &Error) {
        self.add(error, || {
            let parent = self.metadata.path(parent);
            if parent.is_root() { format!("\\{name}") } else { format!("{parent}\\{name}") }
        });
    }

    fn add(&self, error: &Error, path: impl FnOnce() -> String) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.count += 1;
        if state.failed.len() < NAMED && state.bytes < NAMED_BYTES {
            let path = path();
            state.bytes += path.len();
            state.failed.push(ExtractFailure { path, kind: error.kind(), reason: sentence(error) });
        }
    }

    pub fn into_report(self, mut report: ExtractReport) -> ExtractReport {
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        report.failed_count = state.count;
        report.failed = state.failed;
        report.failed.sort_by(|a, b| a.path.cmp(&b.path));
        report
    }
}

/// Sentence and cause without the path, which the report has of its own.
pub(super) fn sentence(e: &Error) -> String {
    match std::error::Error::source(e) {
        Some(source) => format!("{}: {source}", e.message()),
        None => e.message().to_owned(),
    }
}
