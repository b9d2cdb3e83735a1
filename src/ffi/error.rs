//! The error object, and the guard that every function runs in.

use crate::{Error, ErrorKind, Result};
use std::ffi::{CString, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

/// What went wrong in a call: it never changes, and it depends on no other object.
pub struct WwError {
    status: u32,
    hresult: u32,
    message: CString,
    path: Option<CString>,
}

impl WwError {
    fn new(error: &Error) -> Self {
        Self {
            status: error.kind().code(),
            hresult: error.kind().hresult(),
            message: c_string(&error.to_string()),
            path: error.path().map(c_string),
        }
    }
}

/// `text` for C; a NUL inside it, which no C caller could see past, becomes U+FFFD.
pub(super) fn c_string(text: &str) -> CString {
    CString::new(text).unwrap_or_else(|_| CString::new(text.replace('\0', "\u{FFFD}")).unwrap_or_default())
}

/// Runs a function's body: a panic becomes `WW_STATUS_INTERNAL`, an error goes to `*error` and its status is returned.
///
/// # Safety
///
/// `error` is NULL or points to writable memory for one pointer.
pub(super) unsafe fn guard(error: *mut *mut WwError, body: impl FnOnce() -> Result<()>) -> u32 {
    if !error.is_null() {
        // SAFETY: not NULL, and the caller promises that it may be written.
        unsafe { error.write(ptr::null_mut()) };
    }
    let outcome = catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
        Err(Error::new(ErrorKind::Internal, format!("a defect of the library was caught: {text}")))
    });
    let Err(failure) = outcome else { return 0 };
    if !error.is_null() {
        // SAFETY: as above.
        unsafe { error.write(Box::into_raw(Box::new(WwError::new(&failure)))) };
    }
    failure.kind().code()
}

/// Frees what `hand_out` gave; a panic on the way ends here. NULL is allowed.
///
/// # Safety
///
/// `pointer` is NULL, or came from `Box::into_raw` and is freed once.
pub(super) unsafe fn release<T>(pointer: *mut T) {
    if !pointer.is_null() {
        // SAFETY: the caller's promise.
        let owned = unsafe { Box::from_raw(pointer) };
        let _ = catch_unwind(AssertUnwindSafe(|| drop(owned)));
    }
}

/// A borrowed handle, or an error that names the argument when it is NULL.
///
/// # Safety
///
/// `pointer` is NULL or points to a live `T` that nobody changes during `'a`.
pub(super) unsafe fn borrow<'a, T>(pointer: *const T, what: &str) -> Result<&'a T> {
    // SAFETY: the caller's promise.
    unsafe { pointer.as_ref() }.ok_or_else(|| null(what))
}

/// Clears a place for a result that the caller has to give, so that a failure leaves NULL there.
///
/// # Safety
///
/// `out` is NULL or points to writable memory for one pointer.
pub(super) unsafe fn clear<T>(out: *mut *mut T, what: &str) -> Result<()> {
    if out.is_null() {
        return Err(null(what));
    }
    // SAFETY: not NULL, and the caller promises that it may be written.
    unsafe { out.write(ptr::null_mut()) };
    Ok(())
}

/// As [`clear`] for a result that the caller may not want.
///
/// # Safety
///
/// As for [`clear`].
pub(super) unsafe fn clear_optional<T>(out: *mut *mut T) {
    if !out.is_null() {
        // SAFETY: not NULL, and the caller promises that it may be written.
        unsafe { out.write(ptr::null_mut()) };
    }
}

/// Gives a handle to the caller, who frees it.
///
/// # Safety
///
/// `out` points to writable memory for one pointer.
pub(super) unsafe fn hand_out<T>(out: *mut *mut T, value: T) {
    // SAFETY: the caller's promise.
    unsafe { out.write(Box::into_raw(Box::new(value))) };
}

pub(super) fn null(what: &str) -> Error {
    Error::new(ErrorKind::InvalidArgument, format!("the argument '{what}' is NULL"))
}

/// The status of the call that failed, a `WW_STATUS_...` number; 0 for NULL. Thread-safe.
///
/// # Safety
///
/// `error` is NULL or an error object that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_error_status(error: *const WwError) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { error.as_ref() }.map_or(0, |e| e.status)
}

/// The CBS or Win32 HRESULT that Windows' own tools give for the same condition; 0 for NULL. Thread-safe.
///
/// # Safety
///
/// `error` is NULL or an error object that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_error_hresult(error: *const WwError) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { error.as_ref() }.map_or(0, |e| e.hresult)
}

/// One line in English: the file or entry, what is wrong, the cause. Belongs to `error` and lives as long; NULL
/// for NULL. Thread-safe.
///
/// # Safety
///
/// `error` is NULL or an error object that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_error_message(error: *const WwError) -> *const c_char {
    // SAFETY: the caller's promise.
    unsafe { error.as_ref() }.map_or(ptr::null(), |e| e.message.as_ptr())
}

/// The file or entry concerned, for example `a.msu: b.cab`. Belongs to `error` and lives as long; NULL when none is
/// known. Thread-safe.
///
/// # Safety
///
/// `error` is NULL or an error object that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_error_path(error: *const WwError) -> *const c_char {
    // SAFETY: the caller's promise.
    unsafe { error.as_ref() }.and_then(|e| e.path.as_ref()).map_or(ptr::null(), |p| p.as_ptr())
}

/// Frees an error object. NULL is allowed. Any thread may do it, once, when no other uses the object.
///
/// # Safety
///
/// `error` is NULL or an error object that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_error_free(error: *mut WwError) {
    // SAFETY: errors come from `Box::into_raw` in `guard`, and the caller frees each once.
    unsafe { release(error) };
}
