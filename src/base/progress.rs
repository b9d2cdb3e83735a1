//! Progress and cancel: the core counts, a [`Sink`] shows, a [`Cancel`] flag stops.

use crate::error::{Error, ErrorKind, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// What long work is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
#[repr(u32)]
pub enum Phase {
    /// Reading headers and metadata.
    Open = 1,
    /// Re-hashing blobs.
    Verify = 2,
    /// Writing files of an image to a folder.
    Extract = 3,
    /// Decoding cabinets.
    Unpack = 4,
    /// Working out what applies.
    Plan = 5,
    /// Laying payload into overlays.
    Stage = 6,
    /// Compressing and appending blobs.
    Write = 7,
    /// Hashing whole inputs and outputs for the receipt.
    Hash = 8,
    /// Copying the image to its output.
    Copy = 9,
    /// Rebuilding files from deltas.
    Rebuild = 10,
    /// Comparing two images.
    Compare = 11,
}

/// One report. Totals are 0 while unknown.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Event<'a> {
    /// What is being done.
    pub phase: Phase,
    /// The file or entry it is being done to.
    pub item: Option<&'a str>,
    /// Files or entries done and in all.
    pub files: (u64, u64),
    /// Bytes done and in all, uncompressed.
    pub bytes: (u64, u64),
}

/// Receives reports, on whichever worker thread made the progress; calls may overlap.
///
/// ```
/// use std::sync::Mutex;
/// use wimwright::base::{Event, Phase, Sink};
///
/// #[derive(Default)]
/// struct Seen(Mutex<Vec<Phase>>);
///
/// impl Sink for Seen {
///     fn report(&self, event: &Event<'_>) {
///         self.0.lock().unwrap().push(event.phase);
///     }
/// }
///
/// # use std::sync::Arc;
/// # use wimwright::base::{Cancel, Progress};
/// let seen = Arc::new(Seen::default());
/// let progress = Progress::new(seen.clone(), Cancel::default());
/// progress.begin(Phase::Verify, 0, 0);
/// assert_eq!(*seen.0.lock().unwrap(), [Phase::Verify]);
/// ```
pub trait Sink: Send + Sync {
    /// Called often; must return quickly.
    fn report(&self, event: &Event<'_>);
}

impl<F: Fn(&Event<'_>) + Send + Sync> Sink for F {
    fn report(&self, event: &Event<'_>) {
        self(event);
    }
}

/// A flag that stops the work which watches it. Clones share the flag.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks the work to stop at its next check; what it was writing is undone.
    pub fn cancel(&self) {
        self.0.store(true, Relaxed);
    }

    /// Whether stopping was asked for.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Relaxed)
    }
}

/// Where long work reports to and how it is stopped. Cheap to clone; the default reports nowhere.
///
/// ```
/// use std::sync::Arc;
/// use wimwright::base::{Cancel, Event, Phase, Progress};
///
/// let cancel = Cancel::default();
/// let stop = cancel.clone();
/// let sink = move |event: &Event<'_>| {
///     if event.bytes.0 > 100 {
///         stop.cancel();
///     }
/// };
/// let progress = Progress::new(Arc::new(sink), cancel);
/// let meter = progress.begin(Phase::Copy, 2, 300);
/// assert!(meter.done("one", 50).is_ok() && progress.check().is_ok());
/// let _ = meter.done("two", 200);
/// assert!(progress.cancel().is_cancelled() && progress.check().is_err());
/// assert!(progress.uncancelled().check().is_ok() && Progress::none().check().is_ok());
/// assert!(progress.with_cancel(Cancel::default()).check().is_ok());
/// ```
#[derive(Clone, Default)]
pub struct Progress {
    sink: Option<Arc<dyn Sink>>,
    cancel: Cancel,
}

impl Progress {
    /// Reports nowhere and is never cancelled.
    pub fn none() -> Self {
        Self::default()
    }

    /// Reports to `sink` and stops when `cancel` is set.
    pub fn new(sink: Arc<dyn Sink>, cancel: Cancel) -> Self {
        Self { sink: Some(sink), cancel }
    }

    /// Reports nowhere and is stopped by the same flag: for work that counts for itself.
    #[must_use]
    pub(crate) fn quiet(&self) -> Self {
        Self { sink: None, cancel: self.cancel.clone() }
    }

    /// Reports to the same and is not stopped: for what must follow on work that cannot be undone.
    #[must_use]
    pub fn uncancelled(&self) -> Self {
        Self { sink: self.sink.clone(), cancel: Cancel::default() }
    }

    /// Reports to the same and is stopped by another flag: for a part of the work that can be stopped alone.
    #[must_use]
    pub fn with_cancel(&self, cancel: Cancel) -> Self {
        Self { sink: self.sink.clone(), cancel }
    }

    /// The flag that stops this work.
    pub fn cancel(&self) -> &Cancel {
        &self.cancel
    }

    /// An error of kind [`ErrorKind::Cancelled`] once stopping was asked for.
    pub fn check(&self) -> Result<()> {
        if self.cancel.is_cancelled() {
            return Err(Error::new(ErrorKind::Cancelled, "cancelled; nothing was changed"));
        }
        Ok(())
    }

    /// Starts counting a phase of `files` entries and `bytes` bytes (0 where unknown).
    pub fn begin(&self, phase: Phase, files: u64, bytes: u64) -> Meter {
        let meter = Meter {
            progress: self.clone(),
            phase,
            totals: (files, bytes),
            files: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        };
        meter.report(None);
        meter
    }
}

/// The counter of one phase; shared by reference between the threads that work on it.
///
/// ```
/// use wimwright::base::{Meter, Phase, Progress};
///
/// let progress = Progress::none();
/// let meter: Meter = progress.begin(Phase::Extract, 1, 3 << 20);
/// for _piece in 0..3 {
///     meter.add_bytes(1 << 20)?; // fails once the work is cancelled
/// }
/// meter.done("Windows/explorer.exe", 0)?;
/// # Ok::<(), wimwright::Error>(())
/// ```
pub struct Meter {
    progress: Progress,
    phase: Phase,
    totals: (u64, u64),
    files: AtomicU64,
    bytes: AtomicU64,
}

impl Meter {
    /// Adds bytes within an entry, and fails once cancelled.
    pub fn add_bytes(&self, bytes: u64) -> Result<()> {
        self.bytes.fetch_add(bytes, Relaxed);
        self.report(None);
        self.progress.check()
    }

    /// Fails once cancelled.
    pub(crate) fn check(&self) -> Result<()> {
        self.progress.check()
    }

    /// Adds one finished entry with `bytes` bytes not counted yet, and fails once cancelled.
    pub fn done(&self, item: &str, bytes: u64) -> Result<()> {
        self.done_with(|| item, bytes)
    }

    /// As [`done`](Self::done), with a name that is made only where somebody listens.
    pub(crate) fn done_with<T: AsRef<str>>(&self, item: impl FnOnce() -> T, bytes: u64) -> Result<()> {
        self.files.fetch_add(1, Relaxed);
        self.bytes.fetch_add(bytes, Relaxed);
        if self.progress.sink.is_some() {
            self.report(Some(item().as_ref()));
        }
        self.progress.check()
    }

    fn report(&self, item: Option<&str>) {
        if let Some(sink) = &self.progress.sink {
            sink.report(&Event {
                phase: self.phase,
                item,
                files: (self.files.load(Relaxed), self.totals.0),
                bytes: (self.bytes.load(Relaxed), self.totals.1),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[test]
    fn a_meter_counts_reports_and_stops() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let cancel = Cancel::default();
        let log = seen.clone();
        let sink =
            move |e: &Event<'_>| log.lock().unwrap().push((e.files, e.bytes, e.item.map(str::to_owned)));
        let progress = Progress::new(Arc::new(sink), cancel.clone());
        let meter = progress.begin(Phase::Verify, 2, 30);
        meter.done("a", 10).unwrap();
        cancel.cancel();
        assert_eq!(meter.done("b", 20).unwrap_err().kind(), ErrorKind::Cancelled);
        let seen = seen.lock().unwrap();
        assert_eq!(seen.len(), 3);
        assert_eq!(seen[2], ((2, 2), (30, 30), Some("b".into())));
    }
}
