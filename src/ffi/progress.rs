//! Progress and cancel as one callback.

use super::error::c_string;
use crate::base::{Cancel, Event, Progress, Sink};
use std::ffi::{c_char, c_int, c_void};
use std::ptr;
use std::sync::{Arc, Mutex, PoisonError};

/// One report of progress. Totals are 0 while unknown.
#[repr(C)]
pub struct WwEvent {
    /// What is being done: a `WW_PHASE_...` number.
    pub phase: u32,
    /// The file or entry it is being done to, or NULL. Valid during the call.
    pub item: *const c_char,
    /// Files done.
    pub files_done: u64,
    /// Files in all.
    pub files_total: u64,
    /// Bytes done, uncompressed.
    pub bytes_done: u64,
    /// Bytes in all.
    pub bytes_total: u64,
}

/// Where long work reports to. NULL in its place means no reports.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct WwProgress {
    /// `sizeof` this struct.
    pub struct_size: usize,
    /// Called on whichever thread made the progress, never on two at once, and never after the function that
    /// took it has returned. A result other than 0 cancels the work.
    pub report: Option<unsafe extern "C" fn(event: *const WwEvent, user: *mut c_void) -> c_int>,
    /// Passed to `report` as it is.
    pub user: *mut c_void,
}

// SAFETY: `repr(C)`, the size first, and zero is a valid pointer and function option.
unsafe impl super::options::Options for WwProgress {}

struct Reporter {
    report: unsafe extern "C" fn(event: *const WwEvent, user: *mut c_void) -> c_int,
    user: Mutex<UserData>,
    cancel: Cancel,
}

struct UserData(*mut c_void);

// SAFETY: the header says that reports come from worker threads; the mutex around it lets one through at a time.
unsafe impl Send for UserData {}

impl Sink for Reporter {
    fn report(&self, event: &Event<'_>) {
        let user = self.user.lock().unwrap_or_else(PoisonError::into_inner);
        if self.cancel.is_cancelled() {
            return;
        }
        let item = event.item.map(c_string);
        let event = WwEvent {
            phase: event.phase as u32,
            item: item.as_ref().map_or(ptr::null(), |i| i.as_ptr()),
            files_done: event.files.0,
            files_total: event.files.1,
            bytes_done: event.bytes.0,
            bytes_total: event.bytes.1,
        };
        // SAFETY: the function and its data are the caller's, valid until the call that took them returns.
        if unsafe { (self.report)(&raw const event, user.0) } != 0 {
            self.cancel.cancel();
        }
    }
}

/// The caller's callback as the library's progress.
///
/// # Safety
///
/// `progress` is NULL or points to a `WwProgress` whose function may be called until the current call returns.
pub(super) unsafe fn progress(progress: *const WwProgress) -> crate::Result<Progress> {
    // SAFETY: the caller's promise.
    let Some(progress) = (unsafe { super::options::read(progress, "progress") })? else {
        return Ok(Progress::none());
    };
    let Some(report) = progress.report else { return Ok(Progress::none()) };
    let cancel = Cancel::default();
    let reporter = Reporter { report, user: Mutex::new(UserData(progress.user)), cancel: cancel.clone() };
    Ok(Progress::new(Arc::new(reporter), cancel))
}
