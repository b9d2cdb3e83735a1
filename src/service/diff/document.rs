//! A comparison as one document, written while it is made.

use super::{Count, EntryDifference, HiveComparison, HiveState, ImageDiff, KeyDifference};
use crate::base::Progress;
use crate::error::{Error, ErrorKind, Result};
use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};
use std::cell::{Cell, RefCell};

/// What came of a comparison, beside the differences themselves.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct DiffSummary {
    /// Entries.
    pub entries: Count,
    /// Keys of all hives.
    pub keys: Count,
    /// Values of all hives.
    pub values: Count,
    /// Every hive that either image has.
    pub hives: Vec<HiveComparison>,
    /// Whether nothing differs, and everything could be compared.
    pub equal: bool,
}

impl DiffSummary {
    /// Counts an entry.
    pub fn entry(&mut self, difference: &EntryDifference) {
        self.entries.add(difference.change);
    }

    /// Counts a key and its values.
    pub fn key(&mut self, difference: &KeyDifference) {
        self.keys.add(difference.change);
        difference.values.iter().for_each(|v| self.values.add(v.change));
    }

    /// Takes the hives, with which the comparison ends.
    pub fn finish(&mut self, hives: Vec<HiveComparison>) {
        let same = |hive: &HiveComparison| hive.state == HiveState::Equal;
        self.equal = self.entries.total() + self.keys.total() == 0 && hives.iter().all(same);
        self.hives = hives;
    }

    /// The first hive that could not be compared, as an error.
    pub fn failure(&self) -> Option<Error> {
        let hive = self.hives.iter().find(|h| h.state == HiveState::Failed)?;
        let reason = hive.reason.clone().unwrap_or_default();
        Some(Error::new(hive.kind.unwrap_or(ErrorKind::Malformed), reason))
    }
}

/// A comparison that runs while it is serialized, so that the differences are never all in memory.
pub struct DiffDocument<'a> {
    diff: &'a ImageDiff,
    progress: &'a Progress,
    summary: RefCell<DiffSummary>,
    error: Cell<Option<Error>>,
}

impl<'a> DiffDocument<'a> {
    /// A comparison that is made when this is serialized, once.
    pub fn new(diff: &'a ImageDiff, progress: &'a Progress) -> Self {
        Self { diff, progress, summary: RefCell::default(), error: Cell::default() }
    }

    /// What came of it, once it was serialized.
    ///
    /// An error where it was stopped; the document is whole JSON then, and its `complete` is false.
    pub fn outcome(self) -> Result<DiffSummary> {
        self.error.take().map_or(Ok(self.summary.into_inner()), Err)
    }

    /// Keeps what ended the comparison, and says whether it goes on.
    fn keep<T>(&self, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.error.set(Some(error))).ok()
    }

    fn stopped(&self) -> bool {
        let error = self.error.take();
        let stopped = error.is_some();
        self.error.set(error);
        stopped
    }
}

#[derive(Serialize)]
struct Image {
    image: String,
    index: u32,
}

#[derive(Serialize)]
struct Document<'d, 'a> {
    before: Image,
    after: Image,
    entries: Entries<'d, 'a>,
    keys: Keys<'d, 'a>,
    hives: Later<'d, 'a, Vec<HiveComparison>>,
    counts: Later<'d, 'a, Counts>,
    equal: Later<'d, 'a, bool>,
    complete: Later<'d, 'a, bool>,
}

#[derive(Serialize)]
struct Counts {
    entries: Count,
    keys: Count,
    values: Count,
}

impl Serialize for DiffDocument<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let (before, after) = self.diff.images();
        let image = |view: &crate::wim::ImageView| Image { image: view.wim().name(), index: view.index() };
        Document {
            before: image(before),
            after: image(after),
            entries: Entries(self),
            keys: Keys(self),
            hives: Later(self, |d| d.summary.borrow().hives.clone()),
            counts: Later(self, |d| {
                let summary = d.summary.borrow();
                Counts { entries: summary.entries, keys: summary.keys, values: summary.values }
            }),
            equal: Later(self, |d| d.summary.borrow().equal && !d.stopped()),
            complete: Later(self, |d| !d.stopped() && d.summary.borrow().failure().is_none()),
        }
        .serialize(serializer)
    }
}

/// What is known when its turn comes.
struct Later<'d, 'a, T>(&'d DiffDocument<'a>, fn(&DiffDocument<'a>) -> T);

impl<T: Serialize> Serialize for Later<'_, '_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        (self.1)(self.0).serialize(serializer)
    }
}

struct Entries<'d, 'a>(&'d DiffDocument<'a>);

impl Serialize for Entries<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let document = self.0;
        let mut list = serializer.serialize_seq(None)?;
        let mut trouble = None;
        let result = document.diff.entries(document.progress, &mut |difference| {
            document.summary.borrow_mut().entry(&difference);
            list.serialize_element(&difference).map_err(|e| unwritten(&mut trouble, e))
        });
        if let Some(error) = trouble {
            return Err(error);
        }
        document.keep(result);
        list.end()
    }
}

struct Keys<'d, 'a>(&'d DiffDocument<'a>);

impl Serialize for Keys<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let document = self.0;
        let mut list = serializer.serialize_seq(None)?;
        let mut trouble = None;
        if !document.stopped() {
            let result = document.diff.registry(document.progress, &mut |difference| {
                document.summary.borrow_mut().key(&difference);
                list.serialize_element(&difference).map_err(|e| unwritten(&mut trouble, e))
            });
            if let Some(error) = trouble {
                return Err(error);
            }
            if let Some(hives) = document.keep(result) {
                document.summary.borrow_mut().finish(hives);
            }
        }
        list.end()
    }
}

/// Keeps the serializer's error and gives the comparison one of its own kind to stop by.
fn unwritten<E>(place: &mut Option<E>, error: E) -> Error {
    *place = Some(error);
    Error::new(ErrorKind::Io, "the document could not be written")
}
