//! What differs between two images: entries, hard links, attributes, descriptors, streams, and the keys and values of
//! their hives. Differences are handed out as they are found; nothing grows with their number.
//!
//! ```
//! use std::collections::BTreeSet;
//! use wimwright::base::{ImagePath, Progress, document};
//! use wimwright::service::diff::{Change, Count, DiffDocument, DiffOptions, DiffSummary, ImageDiff, value_name};
//! use wimwright::wim::commit::{CommitOptions, commit};
//! use wimwright::wim::overlay::Overlay;
//! use wimwright::wim::{OpenOptions, WimFile};
//!
#![doc = include_str!("../../../docs/doctest/image.md")]
//! # let dir = tempfile::tempdir()?;
//! # let progress = Progress::none();
//! let wim = WimFile::open(sample_image(dir.path())?, &OpenOptions::new())?;
//! let mut overlay = Overlay::new(&wim, 1)?;
//! overlay.put(&ImagePath::parse("new.txt")?, b"text".to_vec())?;
//! let mut options = CommitOptions::new();
//! options.output = Some(dir.path().join("new.wim"));
//! let new = commit(&wim, vec![overlay], &options, &progress)?.path;
//! let new = WimFile::open(new, &OpenOptions::new())?;
//!
//! let diff = ImageDiff::new(&wim.view(1)?, &new.view(1)?, DiffOptions::default())?;
//! assert!(diff.images().0.wim().name() != diff.images().1.wim().name());
//! let (mut summary, mut added) = (DiffSummary::default(), BTreeSet::new());
//! diff.entries(&progress, &mut |difference| {
//!     summary.entry(&difference);
//!     if difference.change == Change::Added {
//!         added.insert(difference.path.to_string());
//!     }
//!     Ok(())
//! })?;
//! let hives = diff.registry(&progress, &mut |difference| {
//!     println!("{}", difference.values.iter().map(|v| value_name(&v.name)).collect::<Vec<_>>().join(" "));
//!     summary.key(&difference);
//!     Ok(())
//! })?;
//! summary.finish(hives);
//! assert!(added.contains(r"\new.txt") && summary.entries.total() >= 1 && summary.failure().is_none());
//! // The same as a JSON document, which is written while it is made.
//! let json = DiffDocument::new(&diff, &progress);
//! assert!(document("diff", &json, false)?.contains("new.txt"));
//! assert_eq!(json.outcome()?.entries, summary.entries);
//! // Counts of one's own.
//! let mut count = Count::default();
//! count.add(Change::Removed);
//! assert_eq!(count.total(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod document;
mod entries;
mod hives;
mod keys;
mod pairs;

pub use document::{DiffDocument, DiffSummary};
pub use entries::{Contents, EntryDifference, EntryKind, Links, NamedStream, Reparse, TimesText};
pub use hives::{HiveComparison, HiveState};
pub use keys::{KeyDifference, ValueData, ValueDifference, value_name};

use crate::base::{ImagePath, Limits, Phase, Progress};
use crate::error::{Error, ErrorKind, Result};
use crate::wim::ImageView;
use entries::Groups;
use pairs::Pair;
use serde::Serialize;

/// What is compared.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DiffOptions {
    /// Whether times of entries and keys count. They differ in nearly everything that is copied or serviced.
    pub times: bool,
    /// Whether hives are opened and their keys compared; else they are files like others.
    pub registry: bool,
    /// Only what lies at or below one of these; empty for everything.
    pub paths: Vec<ImagePath>,
    /// Bounds for what is read.
    pub limits: Limits,
}

impl Default for DiffOptions {
    fn default() -> Self {
        Self { times: false, registry: true, paths: Vec::new(), limits: Limits::default() }
    }
}

/// What became of an entry, key or value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Change {
    /// Only the second image has it.
    Added,
    /// Only the first image has it.
    Removed,
    /// Both have it, and not the same.
    Changed,
}

/// Something on both sides, where it is not the same. A side that has none is `None`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sides<T> {
    /// In the first image.
    pub before: Option<T>,
    /// In the second image.
    pub after: Option<T>,
}

impl<T: PartialEq> Sides<T> {
    /// `None` where both are the same.
    fn of(before: Option<T>, after: Option<T>) -> Option<Self> {
        (before != after).then_some(Self { before, after })
    }
}

/// How many of what differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Count {
    /// In the second image only.
    pub added: u64,
    /// In the first image only.
    pub removed: u64,
    /// In both, and not the same.
    pub changed: u64,
}

impl Count {
    /// Counts one more.
    pub fn add(&mut self, change: Change) {
        match change {
            Change::Added => self.added += 1,
            Change::Removed => self.removed += 1,
            Change::Changed => self.changed += 1,
        }
    }

    /// All of them.
    pub fn total(&self) -> u64 {
        self.added + self.removed + self.changed
    }
}

/// Two images that are compared.
#[derive(Debug)]
pub struct ImageDiff {
    before: ImageView,
    after: ImageView,
    options: DiffOptions,
    pairs: Vec<Pair>,
    groups: (Groups, Groups),
}

impl ImageDiff {
    /// Pairs the entries of both images by their paths, without regard to case.
    ///
    /// [`ErrorKind::NotFound`] for a path of the options that neither image has.
    pub fn new(before: &ImageView, after: &ImageView, options: DiffOptions) -> Result<Self> {
        for path in &options.paths {
            if before.metadata().lookup(path).is_none() && after.metadata().lookup(path).is_none() {
                return Err(Error::new(ErrorKind::NotFound, "is in neither image").with_path(path));
            }
        }
        let (one, other) = (before.metadata(), after.metadata());
        let (pairs, partner) = pairs::pairs(one, other);
        let groups = (Groups::with_partners(one, other, &partner), Groups::new(other));
        Ok(Self { before: before.clone(), after: after.clone(), options, pairs, groups })
    }

    /// Both images.
    pub fn images(&self) -> (&ImageView, &ImageView) {
        (&self.before, &self.after)
    }

    /// Hands every entry that differs to `each`, a directory before what lies in it.
    pub fn entries(
        &self,
        progress: &Progress,
        each: &mut dyn FnMut(EntryDifference) -> Result<()>,
    ) -> Result<()> {
        let meter = progress.begin(Phase::Compare, self.pairs.len() as u64, 0);
        let wanted = self.wanted();
        for pair in &self.pairs {
            if wanted.as_ref().is_none_or(|w| w.contains(pair))
                && let Some(difference) = entries::compare(self, *pair)
            {
                each(difference)?;
            }
            meter.done_with(|| self.path(*pair).to_string(), 0)?;
        }
        Ok(())
    }

    /// Hands every key that differs to `each`, hive by hive, and says how the comparison of each hive ended. One that
    /// cannot be read is told there, and the others go on.
    pub fn registry(
        &self,
        progress: &Progress,
        each: &mut dyn FnMut(KeyDifference) -> Result<()>,
    ) -> Result<Vec<HiveComparison>> {
        if self.options.registry { hives::compare(self, progress, each) } else { Ok(Vec::new()) }
    }

    /// What the options leave, where they do not leave all.
    fn wanted(&self) -> Option<pairs::Wanted> {
        let paths = &self.options.paths;
        (!paths.is_empty()).then(|| pairs::Wanted::new(self.before.metadata(), self.after.metadata(), paths))
    }

    /// The path of a pair, as the second image spells it where it has it.
    fn path(&self, pair: Pair) -> ImagePath {
        match (pair.after, pair.before) {
            (Some(id), _) => self.after.metadata().path(id),
            (None, Some(id)) => self.before.metadata().path(id),
            (None, None) => ImagePath::root(),
        }
    }

    /// Whether a path is among those that were asked for.
    fn covers(&self, path: &ImagePath) -> bool {
        let paths = &self.options.paths;
        paths.is_empty() || paths.iter().any(|p| path.starts_with(p))
    }
}
