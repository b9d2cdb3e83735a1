//! Strings both ways, and the versions.

use super::error::{c_string, null};
use super::numbers::WW_ABI_VERSION;
use crate::base::{ImagePath, Name, document};
use crate::{Error, ErrorKind, Result};
use serde::Serialize;
use std::ffi::{CStr, CString, c_char};
use std::path::PathBuf;

/// The version of the C ABI that this library has; compare it with `WW_ABI_VERSION` of the header. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn ww_abi_version() -> u32 {
    WW_ABI_VERSION
}

/// The library's version, for example `0.1.0`. Belongs to the library and lives as long. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn ww_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// Frees a string that the library gave through a `char **`. NULL is allowed. Any thread may do it, once.
///
/// # Safety
///
/// `text` is NULL or a string from this library that was not freed and whose first NUL was not moved.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_string_free(text: *mut c_char) {
    if !text.is_null() {
        // SAFETY: it came from `CString::into_raw` and is freed once, by the caller's promise.
        drop(unsafe { CString::from_raw(text) });
    }
}

/// A caller's string.
///
/// # Safety
///
/// `text` is NULL or a NUL-terminated string that lives through `'a`.
pub(super) unsafe fn text<'a>(text: *const c_char, what: &str) -> Result<&'a str> {
    if text.is_null() {
        return Err(null(what));
    }
    // SAFETY: not NULL and NUL-terminated by the caller's promise.
    unsafe { CStr::from_ptr(text) }.to_str().map_err(|e| {
        Error::new(ErrorKind::InvalidArgument, format!("the argument '{what}' is not UTF-8")).with_source(e)
    })
}

/// A caller's path.
///
/// # Safety
///
/// As for [`text`].
pub(super) unsafe fn path(value: *const c_char, what: &str) -> Result<PathBuf> {
    // SAFETY: the caller's promise.
    match unsafe { text(value, what) }? {
        "" => Err(Error::new(ErrorKind::InvalidArgument, format!("the argument '{what}' is empty"))),
        path => Ok(PathBuf::from(path)),
    }
}

/// A caller's path that may be NULL.
///
/// # Safety
///
/// As for [`text`].
pub(super) unsafe fn optional_path(value: *const c_char, what: &str) -> Result<Option<PathBuf>> {
    if value.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller's promise.
    unsafe { path(value, what) }.map(Some)
}

/// Gives a string to the caller; a NULL `out` means that the caller does not want it.
///
/// # Safety
///
/// `out` is NULL or points to writable memory for one pointer.
pub(super) unsafe fn give_text(out: *mut *mut c_char, value: &str) {
    if !out.is_null() {
        // SAFETY: not NULL, and the caller promises that it may be written.
        unsafe { out.write(c_string(value).into_raw()) };
    }
}

/// Gives `value` to the caller as the document of that name; a NULL `out` means that the caller does not want it.
///
/// # Safety
///
/// `out` is NULL or points to writable memory for one pointer.
pub(super) unsafe fn give_json<T: Serialize>(out: *mut *mut c_char, name: &str, value: &T) -> Result<()> {
    let json = document(name, value, false)?;
    // SAFETY: the caller's promise.
    unsafe { give_text(out, &json) };
    Ok(())
}

/// A caller's text that may be NULL.
///
/// # Safety
///
/// As for [`text`].
pub(super) unsafe fn optional_text<'a>(value: *const c_char, what: &str) -> Result<Option<&'a str>> {
    // SAFETY: the caller's promise.
    if value.is_null() { Ok(None) } else { unsafe { text(value, what) }.map(Some) }
}

/// A caller's path in an image; WTF-8, so that every name that an image can hold can be said.
///
/// # Safety
///
/// As for [`text`].
pub(super) unsafe fn image_path(value: *const c_char, what: &str) -> Result<ImagePath> {
    if value.is_null() {
        return Err(null(what));
    }
    // SAFETY: not NULL and NUL-terminated by the caller's promise.
    ImagePath::parse_wtf8(unsafe { CStr::from_ptr(value) }.to_bytes())
}

/// A caller's name in an image that may be NULL or empty.
///
/// # Safety
///
/// As for [`text`].
pub(super) unsafe fn optional_name(value: *const c_char, what: &str) -> Result<Option<Name>> {
    if value.is_null() {
        return Ok(None);
    }
    // SAFETY: not NULL and NUL-terminated by the caller's promise.
    let bytes = unsafe { CStr::from_ptr(value) }.to_bytes();
    let name = Name::from_wtf8(bytes).ok_or_else(|| {
        Error::new(ErrorKind::InvalidArgument, format!("the argument '{what}' is not UTF-8"))
    })?;
    Ok(Some(name).filter(|name| !name.is_empty()))
}
