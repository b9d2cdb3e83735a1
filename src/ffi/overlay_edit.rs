//! The changes that an overlay takes.

use super::error::{WwError, borrow, guard, null};
use super::overlay::WwOverlay;
use super::text::{image_path, optional_name, path};
use crate::Result;
use crate::base::{ImagePath, Name};
use crate::wim::metadata::Times;
use crate::wim::overlay::{Content, Overlay};
use std::ffi::{c_char, c_void};
use std::slice;

/// Makes one change.
///
/// # Safety
///
/// `overlay` is NULL or a live handle; `at` is NULL or a NUL-terminated string.
unsafe fn change(
    overlay: *const WwOverlay,
    at: *const c_char,
    make: impl FnOnce(&mut Overlay, &ImagePath) -> Result<()>,
) -> Result<()> {
    // SAFETY: the caller's promises.
    let (overlay, at) = unsafe { (borrow(overlay, "overlay")?, image_path(at, "path")?) };
    make(&mut *overlay.lock()?, &at)
}

fn put(overlay: &mut Overlay, at: &ImagePath, stream: Option<&Name>, content: Content) -> Result<()> {
    match stream {
        Some(name) => overlay.put_stream(at, name, content),
        None => overlay.put(at, content),
    }
}

/// # Safety
///
/// `data` is NULL or points to `size` bytes that live through `'a`.
unsafe fn bytes<'a>(data: *const c_void, size: usize) -> Result<&'a [u8]> {
    match (data.is_null(), size) {
        (_, 0) => Ok(&[]),
        (true, _) => Err(null("data")),
        // SAFETY: not NULL, and the caller promises `size` bytes there.
        (false, _) => Ok(unsafe { slice::from_raw_parts(data.cast(), size) }),
    }
}

/// Adds the file at `path` of the image, or replaces its contents, with those of the file at `file`; folders on the way are
/// made. `stream` names a named data stream of what is there; NULL for the contents proper.
///
/// A replaced file keeps its attributes, security descriptor, short name, creation time and streams; its other names (hard
/// links) keep the old contents. `file` is read when the overlay is committed, and must stay as it is until then. One call
/// at a time.
///
/// # Safety
///
/// `overlay` is NULL or a live handle; `path`, `stream` and `file` are NULL or
/// NUL-terminated strings; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_overlay_put_file(
    overlay: *const WwOverlay,
    path: *const c_char,
    stream: *const c_char,
    file: *const c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            let (stream, file) = (optional_name(stream, "stream")?, self::path(file, "file")?);
            change(overlay, path, |o, at| put(o, at, stream.as_ref(), Content::file(file)?))
        })
    }
}

/// As `ww_overlay_put_file`, with `size` bytes at `data`, which are copied. One call at a time.
///
/// # Safety
///
/// `overlay` is NULL or a live handle; `path` and `stream` are NULL or NUL-terminated strings; `data` is
/// NULL or points to `size` bytes; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_overlay_put_bytes(
    overlay: *const WwOverlay,
    path: *const c_char,
    stream: *const c_char,
    data: *const c_void,
    size: usize,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            let (stream, data) = (optional_name(stream, "stream")?, bytes(data, size)?);
            change(overlay, path, |o, at| put(o, at, stream.as_ref(), Content::from(data.to_vec())))
        })
    }
}

/// Takes the file or folder at `path` away, with everything below it. One call at a time.
///
/// # Safety
///
/// `overlay` is NULL or a live handle; `path` is NULL or a NUL-terminated string; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_overlay_remove(
    overlay: *const WwOverlay,
    path: *const c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe { guard(error, || change(overlay, path, Overlay::remove)) }
}

/// Moves what is at `path` to `new_path`, where nothing may be; folders on the way are made. One call at a time.
///
/// # Safety
///
/// `overlay` is NULL or a live handle; `path` and `new_path` are NULL or NUL-terminated strings; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_overlay_rename(
    overlay: *const WwOverlay,
    path: *const c_char,
    new_path: *const c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            let new_path = image_path(new_path, "new_path")?;
            change(overlay, path, |o, at| o.rename(at, &new_path))
        })
    }
}

/// Gives the file at `path` another name, `new_path`; folders on the way are made. One call at a time.
///
/// # Safety
///
/// `overlay` is NULL or a live handle; `path` and `new_path` are NULL or NUL-terminated strings; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_overlay_hard_link(
    overlay: *const WwOverlay,
    path: *const c_char,
    new_path: *const c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            let new_path = image_path(new_path, "new_path")?;
            change(overlay, path, |o, at| o.hard_link(at, &new_path))
        })
    }
}

/// Makes the folder at `path`, and those on the way; one that is there already does as well. One call at a time.
///
/// # Safety
///
/// `overlay` is NULL or a live handle; `path` is NULL or a NUL-terminated string; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_overlay_mkdir(
    overlay: *const WwOverlay,
    path: *const c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe { guard(error, || change(overlay, path, Overlay::mkdir)) }
}

/// Sets the `FILE_ATTRIBUTE_...` bits of what is at `path`. Whether it is a folder or a reparse point does not change by this.
/// One call at a time.
///
/// # Safety
///
/// `overlay` is NULL or a live handle; `path` is NULL or a NUL-terminated string; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_overlay_set_attributes(
    overlay: *const WwOverlay,
    path: *const c_char,
    attributes: u32,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe { guard(error, || change(overlay, path, |o, at| o.set_attributes(at, attributes))) }
}

/// Sets the times of what is at `path`, in 100 ns since 1601; 0 leaves one as it is. One call at a time.
///
/// # Safety
///
/// `overlay` is NULL or a live handle; `path` is NULL or a NUL-terminated string; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_overlay_set_times(
    overlay: *const WwOverlay,
    path: *const c_char,
    created: u64,
    accessed: u64,
    written: u64,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            change(overlay, path, |o, at| {
                let old = o.times(at)?;
                let new = |time: u64, old: u64| if time == 0 { old } else { time };
                o.set_times(
                    at,
                    Times {
                        creation: new(created, old.creation),
                        access: new(accessed, old.access),
                        write: new(written, old.write),
                    },
                )
            })
        })
    }
}

/// Sets the security descriptor of what is at `path`: `size` bytes at `descriptor`, self-relative. NULL and 0 take it away,
/// so that one is inherited where the image is applied. One call at a time.
///
/// # Safety
///
/// `overlay` is NULL or a live handle; `path` is NULL or a NUL-terminated string; `descriptor` is NULL or
/// points to `size` bytes; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_overlay_set_security(
    overlay: *const WwOverlay,
    path: *const c_char,
    descriptor: *const c_void,
    size: usize,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            let descriptor = bytes(descriptor, size)?;
            let descriptor = Some(descriptor).filter(|bytes| !bytes.is_empty());
            change(overlay, path, |o, at| o.set_security(at, descriptor))
        })
    }
}

/// Sets the 8.3 name of what is at `path`; NULL takes it away. One call at a time.
///
/// # Safety
///
/// `overlay` is NULL or a live handle; `path` and `short_name` are NULL or NUL-terminated strings; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_overlay_set_short_name(
    overlay: *const WwOverlay,
    path: *const c_char,
    short_name: *const c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            let short_name = optional_name(short_name, "short_name")?.unwrap_or_default();
            change(overlay, path, |o, at| o.set_short_name(at, &short_name))
        })
    }
}
