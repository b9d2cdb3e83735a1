//! Progress and cancel as one callback.

use super::error::c_string;
use super::options::{self, Options};
use crate::Result;
use crate::base::{Cancel, Event, Progress, Sink};
use std::ffi::{c_char, c_int, c_void};
use std::mem::size_of;
use std::ptr;
use std::sync::{Arc, Mutex, PoisonError};

/// One report of progress. Totals are 0 while unknown. It belongs to the library and is valid during the callback.
#[repr(C)]
pub struct WwEvent {
    /// `sizeof` this struct as the library knows it; later versions append fields.
    pub struct_size: usize,
    /// The file or entry that was worked on, or NULL. Valid during the callback.
    pub item: *const c_char,
    /// Files or entries done.
    pub files_done: u64,
    /// Files or entries in all.
    pub files_total: u64,
    /// Bytes done, uncompressed.
    pub bytes_done: u64,
    /// Bytes in all, uncompressed.
    pub bytes_total: u64,
    /// What is being done, a `WW_PHASE_...` number. Later versions may add some.
    pub phase: u32,
    /// 0.
    pub reserved: u32,
}

/// Where long work reports to, and how it is cancelled. NULL in its place means no reports.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct WwProgress {
    /// `sizeof` this struct.
    pub struct_size: usize,
    /// Called on whichever thread made the progress (the caller's own or a worker of the library), never on two at
    /// once, and never after the function that took it has returned. Any result but 0 cancels the work: no further
    /// report comes, and that function returns `WW_STATUS_CANCELLED` as soon as it can. It should return quickly,
    /// must not throw or jump out, and may call no function of this library but `ww_version`.
    pub report: Option<unsafe extern "C" fn(event: *const WwEvent, user: *mut c_void) -> c_int>,
    /// Passed to `report` as it is; the library never looks at it.
    pub user: *mut c_void,
}

// SAFETY: `repr(C)`, the size first, three words without padding; zero is a valid pointer and no function, and other
// words are what the caller's compiler took for a function and a pointer.
unsafe impl Options for WwProgress {}

type Report = unsafe extern "C" fn(event: *const WwEvent, user: *mut c_void) -> c_int;

/// The caller's function and its data.
struct Callback(Report, *mut c_void);

// SAFETY: the header says that reports come from worker threads; the mutex around it lets one through at a time.
unsafe impl Send for Callback {}

struct Reporter {
    /// `None` once the caller's function has returned: whatever still runs then finds nobody to call.
    callback: Mutex<Option<Callback>>,
    cancel: Cancel,
}

impl Sink for Reporter {
    fn report(&self, event: &Event<'_>) {
        let callback = self.callback.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(Callback(report, user)) = callback.as_ref().filter(|_| !self.cancel.is_cancelled()) else {
            return;
        };
        let item = event.item.map(c_string);
        let event = WwEvent {
            struct_size: size_of::<WwEvent>(),
            item: item.as_ref().map_or(ptr::null(), |i| i.as_ptr()),
            files_done: event.files.0,
            files_total: event.files.1,
            bytes_done: event.bytes.0,
            bytes_total: event.bytes.1,
            phase: event.phase as u32,
            reserved: 0,
        };
        // SAFETY: the function and its data are the caller's, valid until the call that took them returns; that
        // call waits for the lock held here before it does.
        if unsafe { report(&raw const event, *user) } != 0 {
            self.cancel.cancel();
        }
    }
}

/// The caller's callback as the library's progress, for the time of one call.
pub(super) struct Reports {
    progress: Progress,
    reporter: Option<Arc<Reporter>>,
}

impl Reports {
    /// # Safety
    ///
    /// `progress` is NULL or points to a `WwProgress` whose function may be called until this is dropped.
    pub unsafe fn to(progress: *const WwProgress) -> Result<Self> {
        // SAFETY: the caller's promise.
        let asked = unsafe { options::read(progress, "progress") }?;
        let Some((report, user)) = asked.and_then(|p| Some((p.report?, p.user))) else {
            return Ok(Self { progress: Progress::none(), reporter: None });
        };
        let cancel = Cancel::default();
        let callback = Mutex::new(Some(Callback(report, user)));
        let reporter = Arc::new(Reporter { callback, cancel: cancel.clone() });
        Ok(Self { progress: Progress::new(reporter.clone(), cancel), reporter: Some(reporter) })
    }

    /// What the library reports to.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }
}

impl Drop for Reports {
    fn drop(&mut self) {
        if let Some(reporter) = &self.reporter {
            reporter.callback.lock().unwrap_or_else(PoisonError::into_inner).take();
        }
    }
}
