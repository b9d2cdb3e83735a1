//! Progress and cancel as one callback.

use super::error::c_string;
use super::options::{self, Options};
use crate::base::{Cancel, Event, Progress, Sink};
use crate::{Error, ErrorKind, Result};
use std::ffi::{CString, c_char, c_int, c_void};
use std::mem::size_of;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::{ptr, thread};

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
    /// Called on the thread that called the function which took it, before that function returns. Any result but 0
    /// cancels the work: no further report comes, and that function returns `WW_STATUS_CANCELLED` as soon as it can.
    /// The work waits for it, so it should return quickly; it must not throw or jump out, and may call no function of
    /// this library but `ww_version`.
    pub report: Option<unsafe extern "C" fn(event: *const WwEvent, user: *mut c_void) -> c_int>,
    /// Passed to `report` as it is; the library never looks at it.
    pub user: *mut c_void,
}

// SAFETY: `repr(C)`, the size first, three words without padding; zero is a valid pointer and no function, and other
// words are what the caller's compiler took for a function and a pointer.
unsafe impl Options for WwProgress {}

type Report = unsafe extern "C" fn(event: *const WwEvent, user: *mut c_void) -> c_int;

/// One report on its way to the caller's thread.
struct Letter {
    item: Option<CString>,
    files: (u64, u64),
    bytes: (u64, u64),
    phase: u32,
}

enum Message {
    Report(Letter),
    /// The work is over; what comes after finds nobody.
    Over,
}

/// The library's end: it sends a report and waits for the answer, so that one report is under way at a time.
struct Reporter {
    wire: Mutex<(Sender<Message>, Receiver<()>)>,
    cancel: Cancel,
}

impl Sink for Reporter {
    fn report(&self, event: &Event<'_>) {
        let wire = self.wire.lock().unwrap_or_else(PoisonError::into_inner);
        if self.cancel.is_cancelled() {
            return;
        }
        let letter = Letter {
            item: event.item.map(c_string),
            files: event.files,
            bytes: event.bytes,
            phase: event.phase as u32,
        };
        if wire.0.send(Message::Report(letter)).is_ok() {
            // No answer comes where the caller has gone: that is an end too.
            let _gone = wire.1.recv();
        }
    }
}

/// Says that the work is over when it is dropped, on a panic's way too.
struct Ending(Sender<Message>);

impl Drop for Ending {
    fn drop(&mut self) {
        // A caller that has gone needs no word.
        let _gone = self.0.send(Message::Over);
    }
}

/// The caller's callback, for the time of one call.
pub(super) struct Reports(Option<(Report, *mut c_void)>);

impl Reports {
    /// # Safety
    ///
    /// `progress` is NULL or points to a `WwProgress` whose function may be called until this is dropped.
    pub unsafe fn to(progress: *const WwProgress) -> Result<Self> {
        // SAFETY: the caller's promise.
        let asked = unsafe { options::read(progress, "progress") }?;
        Ok(Self(asked.and_then(|p| Some((p.report?, p.user)))))
    }

    /// Does `work` on another thread while this one, the caller's, hands its reports to the callback; on this one where
    /// there is no callback. Runtimes that are told of each thread that calls them back (mono, .NET) so never meet the
    /// library's own threads, which would keep a program of mono's from ending.
    pub fn run<T: Send>(&self, work: impl FnOnce(&Progress) -> Result<T> + Send) -> Result<T> {
        let Some((report, user)) = self.0 else { return work(&Progress::none()) };
        let cancel = Cancel::default();
        let (sender, reports) = channel();
        let (answers, receiver) = channel();
        let ending = Ending(sender.clone());
        let reporter = Arc::new(Reporter { wire: Mutex::new((sender, receiver)), cancel: cancel.clone() });
        let progress = Progress::new(reporter, cancel.clone());
        thread::scope(|scope| {
            let worker = thread::Builder::new()
                .name("wimwright-call".to_owned())
                .stack_size(STACK)
                .spawn_scoped(scope, move || {
                    let _ending = ending;
                    work(&progress)
                })
                .map_err(|e| Error::new(ErrorKind::Io, "no thread could be started").with_source(e))?;
            while let Ok(Message::Report(letter)) = reports.recv() {
                // SAFETY: the function and its data are the caller's, valid until the call that took them returns.
                if unsafe { letter.hand(report, user) } != 0 {
                    cancel.cancel();
                }
                // Who reported may have given up waiting only by a panic, which `join` tells of.
                let _gone = answers.send(());
            }
            drop((reports, answers));
            worker.join().unwrap_or_else(|panic| resume_unwind(panic))
        })
    }
}

/// Bytes of the working thread's stack: as much as a main thread has.
const STACK: usize = 8 << 20;

impl Letter {
    /// # Safety
    ///
    /// `report` may be called with `user`.
    unsafe fn hand(&self, report: Report, user: *mut c_void) -> c_int {
        let event = WwEvent {
            struct_size: size_of::<WwEvent>(),
            item: self.item.as_ref().map_or(ptr::null(), |i| i.as_ptr()),
            files_done: self.files.0,
            files_total: self.files.1,
            bytes_done: self.bytes.0,
            bytes_total: self.bytes.1,
            phase: self.phase,
            reserved: 0,
        };
        // SAFETY: the caller's promise; the event lives through the call.
        unsafe { report(&raw const event, user) }
    }
}
