//! The servicing session: add updates, plan, commit, receipt.

use super::error::{WwError, borrow, clear, guard, hand_out, release};
use super::image::references;
use super::numbers::level;
use super::options::{self, Options};
use super::progress::{Reports, WwProgress};
use super::text::{give_json, give_text, optional_path};
use super::threads;
use crate::service::{Delivery, Session, SessionOptions};
use crate::{Error, ErrorKind, Result};
use rayon::ThreadPool;
use std::ffi::c_char;
use std::sync::{Mutex, MutexGuard, TryLockError};

/// A servicing run over one image file. Any thread may use it, one at a time: a call that comes while another is at
/// work on it is refused with `WW_STATUS_BUSY`.
pub struct WwSession {
    session: Mutex<Session>,
    pool: Option<ThreadPool>,
}

/// How a session services an image. NULL in its place means all defaults.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct WwSessionOptions {
    /// `sizeof` this struct.
    pub struct_size: usize,
    /// How far packages are serviced: `WW_LEVEL_STAGE` (0, the default), `WW_LEVEL_DELIVER` or `WW_LEVEL_INSTALL`.
    pub level: u32,
    /// Not 0: leave out an update that fails and go on with the others.
    pub continue_on_error: u32,
    /// Path of the file to write; NULL changes the image in place.
    pub output: *const c_char,
    /// Path of the folder for contents that do not fit in memory; NULL for the system's own.
    pub temporary: *const c_char,
    /// The indexes to service, from 1, in any order; NULL for all.
    pub indexes: *const u32,
    /// How many numbers `indexes` points to.
    pub index_count: usize,
    /// The compressor's level for new blobs; 0 takes a fast one.
    pub compression_level: u32,
    /// Not 0: decode, verify and plan, but write nothing.
    pub dry_run: u32,
    /// Threads to use, at most 1024; 0 for one for each core.
    pub threads: u32,
    /// Not 0: lay in what cannot be decided to apply or not, instead of leaving it out.
    pub force_undecided: u32,
    /// Not 0: at level install, carry out what can be also of a package that asks for more.
    pub accept_partial: u32,
    /// At level deliver, what makes Windows install it: a `WW_DELIVERY_...` number, 0 as the update's form asks.
    pub delivery: u32,
    /// Paths of image files that a delta WIM takes its other contents from, as in `ww_open_options`. NULL for none.
    pub references: *const *const c_char,
    /// How many strings `references` points to.
    pub reference_count: usize,
    /// Path of a file that the commit writes the receipt to, whole or not at all; NULL for none.
    pub receipt: *const c_char,
    /// Not 0: take updates also whose signature is broken.
    pub allow_broken_signature: u32,
    /// 0.
    pub reserved: u32,
}

// SAFETY: `repr(C)`, the size first, no padding; every pattern of bytes is a valid number and pointer.
unsafe impl Options for WwSessionOptions {}

impl WwSession {
    /// Does the work on the session, unless another thread is at it.
    fn run<T: Send>(&self, work: impl FnOnce(&mut Session) -> Result<T> + Send) -> Result<T> {
        let mut guard = self.lock()?;
        let session = &mut *guard;
        threads::run(self.pool.as_ref(), || work(session))
    }

    fn lock(&self) -> Result<MutexGuard<'_, Session>> {
        self.session.try_lock().map_err(|e| match e {
            TryLockError::WouldBlock => {
                Error::new(ErrorKind::Busy, "another call is at work on this session")
            }
            TryLockError::Poisoned(_) => Error::new(
                ErrorKind::Internal,
                "an earlier call on this session met a defect of the library; it can only be closed",
            ),
        })
    }
}

/// Opens the image file at `path` for servicing. Nothing is written before `ww_session_commit`.
///
/// `*session` receives the handle; close it with `ww_session_close`. It is NULL on failure. What `options` points to is
/// read during the call only. Thread-safe.
///
/// # Safety
///
/// `path` is NULL or a NUL-terminated string; `options` is NULL or valid; `session` and `error` are NULL or can be
/// written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_session_open(
    path: *const c_char,
    options: *const WwSessionOptions,
    session: *mut *mut WwSession,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear(session, "session")?;
            let path = super::text::path(path, "path")?;
            let (chosen, indexes, pool) = match options::read(options, "options")? {
                Some(options) => {
                    let indexes = threads::numbers(options.indexes, options.index_count, "options.indexes")?;
                    (session_options(&options)?, indexes, threads::pool(options.threads)?)
                }
                None => (SessionOptions::default(), None, None),
            };
            let mut opened = Session::open(path, chosen)?;
            indexes.map_or(Ok(()), |indexes| opened.select(indexes))?;
            hand_out(session, WwSession { session: Mutex::new(opened), pool });
            Ok(())
        })
    }
}

/// # Safety
///
/// The strings of `options` are NULL or NUL-terminated.
unsafe fn session_options(options: &WwSessionOptions) -> Result<SessionOptions> {
    let delivery = match options.delivery {
        0 => Delivery::ByForm,
        1 => Delivery::AnswerFile,
        2 => Delivery::SetupComplete,
        3 => Delivery::Both,
        other => {
            let message = format!("'options.delivery' is {other}, which is no WW_DELIVERY_... number");
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
    };
    Ok(SessionOptions {
        level: level(options.level)?,
        delivery,
        // SAFETY: the caller's promise.
        references: unsafe { references(options.references, options.reference_count) }?,
        // SAFETY: the caller's promise.
        receipt: unsafe { optional_path(options.receipt, "options.receipt") }?,
        // SAFETY: the caller's promise.
        output: unsafe { optional_path(options.output, "options.output") }?,
        continue_on_error: options.continue_on_error != 0,
        compression_level: (options.compression_level != 0).then_some(options.compression_level),
        dry_run: options.dry_run != 0,
        force_undecided: options.force_undecided != 0,
        accept_partial: options.accept_partial != 0,
        allow_broken_signature: options.allow_broken_signature != 0,
        // SAFETY: the caller's promise.
        temporary: unsafe { optional_path(options.temporary, "options.temporary") }?,
        ..SessionOptions::default()
    })
}

/// Closes a session; what was not committed was never written. NULL is allowed. Any thread may do it, once, when no
/// other uses the handle.
///
/// # Safety
///
/// `session` is NULL or a handle that was not closed and that no other thread is using.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_session_close(session: *mut WwSession) {
    // SAFETY: handles come from `Box::into_raw` in `hand_out`, and the caller closes each once.
    unsafe { release(session) };
}

/// Decodes, rebuilds and verifies the update at `path` (an `.msu` or `.cab`); of a folder, every `.msu` and `.cab` in it
/// by name. Updates are applied in the order in which they were added; one that was added before is passed over.
///
/// An update that fails is not added; with `continue_on_error` it is, the plan and the receipt name the failure, and
/// the result is 0. One call at a time.
///
/// # Safety
///
/// `session` is NULL or a live handle; `path` is NULL or a NUL-terminated string; `progress` and `error` are NULL or
/// valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_session_add_update(
    session: *const WwSession,
    path: *const c_char,
    progress: *const WwProgress,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            let session = borrow(session, "session")?;
            let path = super::text::path(path, "path")?;
            let reports = Reports::to(progress)?;
            reports.run(|progress| session.run(|session| session.add_update(path, progress)))
        })
    }
}

/// What would be done to each index, as the JSON document of `wright plan --json`. Writes nothing.
///
/// `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. One call at a time.
///
/// # Safety
///
/// `session` is NULL or a live handle; `json` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_session_plan(
    session: *const WwSession,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear(json, "json")?;
            give_json(json, "plan", &borrow(session, "session")?.run(|session| session.plan())?)
        })
    }
}

/// Lays everything that applies into every chosen index and writes the image once.
///
/// When nothing applies the result is the status of the first refusal (`WW_STATUS_NOT_APPLICABLE`,
/// `WW_STATUS_ARCHITECTURE_MISMATCH`, ...), nothing is written, and the receipt says why. Whatever else fails, and when
/// the callback cancels, the image is as it was before. A session writes an image once: after a commit in place
/// another is refused with `WW_STATUS_BUSY`, because the file has changed under the handle. One call at a time.
///
/// # Safety
///
/// `session` is NULL or a live handle; `progress` and `error` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_session_commit(
    session: *const WwSession,
    progress: *const WwProgress,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            let session = borrow(session, "session")?;
            let reports = Reports::to(progress)?;
            reports.run(|progress| session.run(|session| session.commit(progress).map(|_| ())))
        })
    }
}

/// The receipt of the last commit, as the JSON document that `docs/receipt.md` describes. `WW_STATUS_NOT_FOUND` before
/// the first commit.
///
/// `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. One call at a time.
///
/// # Safety
///
/// `session` is NULL or a live handle; `json` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_session_receipt(
    session: *const WwSession,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear(json, "json")?;
            let session = borrow(session, "session")?.lock()?;
            let missing = || Error::new(ErrorKind::NotFound, "there is no receipt before the first commit");
            give_text(json, &session.receipt().ok_or_else(missing)?.to_json());
            Ok(())
        })
    }
}
