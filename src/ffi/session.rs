//! The servicing session: add updates, plan, commit, receipt.

use super::WwError;
use super::error::{borrow, give, guard, null};
use super::options::{self, Options};
use super::progress::WwProgress;
use super::text::{give_json, give_text, optional_path};
use crate::service::{Level, Session, SessionOptions};
use crate::{Error, ErrorKind, Result};
use std::ffi::c_char;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A servicing run over one image file. One thread at a time does work on it; others wait. Free it with
/// `ww_session_free`.
pub struct WwSession {
    session: Mutex<Session>,
}

/// How a session services an image. NULL means all defaults.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct WwSessionOptions {
    /// `sizeof` this struct.
    pub struct_size: usize,
    /// `WW_LEVEL_STAGE` (0, the default), `WW_LEVEL_DELIVER` or `WW_LEVEL_INSTALL`.
    pub level: u32,
    /// Not 0: leave out an update that fails and go on with the others.
    pub continue_on_error: u32,
    /// Where to write the result; NULL changes the image in place.
    pub output: *const c_char,
    /// The indexes to service, from 1; NULL for all.
    pub indexes: *const u32,
    /// How many.
    pub index_count: usize,
    /// The compressor's level for new blobs; 0 takes a fast one.
    pub compression_level: u32,
    /// Not 0: decode, verify and plan, but write nothing.
    pub dry_run: u32,
}

// SAFETY: `repr(C)`, the size first, and zero is a valid number and pointer.
unsafe impl Options for WwSessionOptions {}

impl WwSession {
    fn lock(&self) -> MutexGuard<'_, Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opens the image file at `path` for servicing.
///
/// # Safety
///
/// `path` is a NUL-terminated string; `options` is NULL or valid; `session` can be written; `error` is NULL or can
/// be written.
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
            give(session, std::ptr::null_mut(), "session")?;
            let path = super::text::path(path, "path")?;
            let (chosen, indexes) = match options::read(options, "options")? {
                Some(options) => (session_options(&options)?, indexes(&options)?),
                None => (SessionOptions::default(), None),
            };
            let mut opened = Session::open(path, chosen)?;
            if let Some(indexes) = indexes {
                opened.select(indexes)?;
            }
            give(session, Box::into_raw(Box::new(WwSession { session: Mutex::new(opened) })), "session")
        })
    }
}

unsafe fn session_options(options: &WwSessionOptions) -> Result<SessionOptions> {
    let level = match options.level {
        0 => Level::Stage,
        1 => Level::Deliver,
        2 => Level::Install,
        other => {
            return Err(Error::new(ErrorKind::InvalidArgument, format!("'options.level' is {other}, which is no level")));
        }
    };
    Ok(SessionOptions {
        level,
        // SAFETY: the caller's promise for the options' strings.
        output: unsafe { optional_path(options.output, "options.output") }?,
        continue_on_error: options.continue_on_error != 0,
        compression_level: (options.compression_level != 0).then_some(options.compression_level),
        dry_run: options.dry_run != 0,
        ..SessionOptions::default()
    })
}

unsafe fn indexes<'a>(options: &WwSessionOptions) -> Result<Option<&'a [u32]>> {
    if options.index_count == 0 {
        return Ok(None);
    }
    if options.indexes.is_null() {
        return Err(null("options.indexes"));
    }
    if options.index_count > u16::MAX.into() {
        let message = format!("'options.index_count' is {}, more than any image has", options.index_count);
        return Err(Error::new(ErrorKind::InvalidArgument, message));
    }
    // SAFETY: not NULL, and the caller promises `index_count` numbers there.
    Ok(Some(unsafe { std::slice::from_raw_parts(options.indexes, options.index_count) }))
}

/// Closes a session; what was not committed was never written. NULL is allowed.
///
/// # Safety
///
/// `session` is NULL or a handle that was not freed and that no other thread is using.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_session_free(session: *mut WwSession) {
    if !session.is_null() {
        // SAFETY: it came from `Box::into_raw` in `ww_session_open` and is freed once, by the caller's promise.
        drop(unsafe { Box::from_raw(session) });
    }
}

/// Decodes, rebuilds and verifies the update at `path`; of a folder, every `.msu` and `.cab` in it.
///
/// # Safety
///
/// `session` is a live handle; `path` is a NUL-terminated string; `progress` and `error` are NULL or valid.
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
            session.lock().add_update(path, &super::progress::progress(progress)?)
        })
    }
}

/// What would be done to each index, as the JSON document of `wright plan --json`. Writes nothing.
///
/// # Safety
///
/// `session` is a live handle; `json` can be written; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_session_plan(
    session: *const WwSession,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            let plan = borrow(session, "session")?.lock().plan()?;
            give_json(json, &plan)
        })
    }
}

/// Lays everything that applies into every chosen index and writes the image once. When nothing applies the
/// result is the first refusal's status (`WW_STATUS_NOT_APPLICABLE`, `WW_STATUS_ARCHITECTURE_MISMATCH`, ...), nothing is
/// written, and the receipt says why.
///
/// # Safety
///
/// `session` is a live handle; `progress` and `error` are NULL or valid.
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
            session.lock().commit(&super::progress::progress(progress)?).map(|_| ())
        })
    }
}

/// The receipt of the last commit, as JSON (`docs/receipt.md`). `WW_STATUS_NOT_FOUND` before the first commit.
///
/// # Safety
///
/// `session` is a live handle; `json` can be written; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_session_receipt(
    session: *const WwSession,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            let session = borrow(session, "session")?.lock();
            let missing = || Error::new(ErrorKind::NotFound, "there is no receipt before the first commit");
            give_text(json, &session.receipt().ok_or_else(missing)?.to_json(), "json")
        })
    }
}
