//! The image handle: open, ask, verify.

use super::error::{WwError, borrow, clear, clear_optional, guard, hand_out, null, release};
use super::options::{self, Options};
use super::progress::{Reports, WwProgress};
use super::text::{give_json, give_text, text};
use super::threads;
use crate::wim::{OpenOptions, VerifyOptions, WimFile};
use crate::{Error, ErrorKind, Result};
use std::ffi::c_char;
use std::path::PathBuf;

/// An image file that is open for reading. Any number of threads may use it at once.
pub struct WwWim {
    pub(super) file: WimFile,
}

/// How `ww_wim_verify` works. NULL in its place means all defaults.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct WwVerifyOptions {
    /// `sizeof` this struct.
    pub struct_size: usize,
    /// Threads to use, at most 1024; 0 for one for each core.
    pub threads: u32,
    /// Not 0: do not check the integrity table.
    pub skip_integrity: u32,
}

// SAFETY: `repr(C)`, the size first, no padding; every pattern of bytes is a valid number.
unsafe impl Options for WwVerifyOptions {}

/// Opens the image file at `path` (a WIM, an ESD or the first part of a split set) for reading.
///
/// `*wim` receives the handle; close it with `ww_wim_close`. It is NULL on failure. Thread-safe.
///
/// # Safety
///
/// `path` is NULL or a NUL-terminated string; `wim` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_wim_open(
    path: *const c_char,
    wim: *mut *mut WwWim,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear(wim, "wim")?;
            let file = WimFile::open(super::text::path(path, "path")?, &OpenOptions::default())?;
            hand_out(wim, WwWim { file });
            Ok(())
        })
    }
}

/// How `ww_wim_open_with` opens a file. NULL in its place means all defaults.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct WwOpenOptions {
    /// `sizeof` this struct.
    pub struct_size: usize,
    /// Paths of image files that contents are taken from which the file does not hold, as a delta WIM leaves them out. `*`
    /// and `?` in a file's name stand for all files that match. NULL for none.
    pub references: *const *const c_char,
    /// How many strings `references` points to.
    pub reference_count: usize,
    /// Paths of the other parts of a split set; NULL to find them beside the first by its name.
    pub parts: *const *const c_char,
    /// How many strings `parts` points to.
    pub part_count: usize,
}

// SAFETY: `repr(C)`, the size first, no padding; every pattern of bytes is a valid number and pointer.
unsafe impl Options for WwOpenOptions {}

/// A caller's list of files.
///
/// # Safety
///
/// `list` is NULL or points to `count` strings, NULL or NUL-terminated.
pub(super) unsafe fn paths(list: *const *const c_char, count: usize, what: &str) -> Result<Vec<PathBuf>> {
    if count > 0 && list.is_null() {
        return Err(null(what));
    }
    // SAFETY: not NULL where there are any, and the caller promises `count` strings there.
    (0..count).map(|at| unsafe { super::text::path(*list.add(at), what) }).collect()
}

/// A caller's list of files to take contents from.
///
/// # Safety
///
/// As for [`paths`].
pub(super) unsafe fn references(list: *const *const c_char, count: usize) -> Result<Vec<PathBuf>> {
    // SAFETY: the caller's promise.
    unsafe { paths(list, count, "options.references") }
}

/// How a caller wants a file to be opened.
///
/// # Safety
///
/// `options` is NULL or valid.
pub(super) unsafe fn open_options(options: *const WwOpenOptions) -> Result<OpenOptions> {
    let mut chosen = OpenOptions::default();
    // SAFETY: the caller's promise, here and below.
    if let Some(options) = unsafe { options::read(options, "options") }? {
        // SAFETY: as above.
        chosen.references = unsafe { references(options.references, options.reference_count) }?;
        // SAFETY: as above.
        chosen.parts = unsafe { paths(options.parts, options.part_count, "options.parts") }?;
    }
    Ok(chosen)
}

/// As `ww_wim_open`, with options. Thread-safe.
///
/// # Safety
///
/// `path` is NULL or a NUL-terminated string; `options` is NULL or valid; `wim` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_wim_open_with(
    path: *const c_char,
    options: *const WwOpenOptions,
    wim: *mut *mut WwWim,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear(wim, "wim")?;
            let path = super::text::path(path, "path")?;
            let file = WimFile::open(path, &open_options(options)?)?;
            hand_out(wim, WwWim { file });
            Ok(())
        })
    }
}

/// Closes an image file. NULL is allowed. Any thread may do it, once, when no other uses the handle.
///
/// # Safety
///
/// `wim` is NULL or a handle that was not closed and that no other thread is using.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_wim_close(wim: *mut WwWim) {
    // SAFETY: handles come from `Box::into_raw` in `hand_out`, and the caller closes each once.
    unsafe { release(wim) };
}

/// How many images the file holds; they are numbered from 1. 0 for NULL. Thread-safe.
///
/// # Safety
///
/// `wim` is NULL or a live handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_wim_image_count(wim: *const WwWim) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { wim.as_ref() }.map_or(0, |w| w.file.image_count())
}

/// What the file and its images are, as the JSON document of `wright info --json`. Sizes are bytes.
///
/// `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
///
/// # Safety
///
/// `wim` is NULL or a live handle; `json` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_wim_info(
    wim: *const WwWim,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear(json, "json")?;
            give_json(json, "info", &borrow(wim, "wim")?.file.info()?)
        })
    }
}

/// One property of image `index` (from 1) by its path in the XML data, for example `NAME` or
/// `WINDOWS/VERSION/BUILD`. `WW_STATUS_NOT_FOUND` when there is no such image or property.
///
/// `*value` receives the text; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
///
/// # Safety
///
/// `wim` is NULL or a live handle; `name` is NULL or a NUL-terminated string; `value` and `error` are NULL or can be
/// written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_wim_property(
    wim: *const WwWim,
    index: u32,
    name: *const c_char,
    value: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear(value, "value")?;
            let (wim, name) = (borrow(wim, "wim")?, text(name, "name")?);
            wim.file.image_blob(index)?;
            let found = wim.file.xml()?.property(index, name);
            let missing = || {
                let message = format!("image {index} has no property '{name}'");
                Error::new(ErrorKind::NotFound, message).with_path(wim.file.name())
            };
            give_text(value, &found.ok_or_else(missing)?);
            Ok(())
        })
    }
}

/// Decodes and hashes every blob and parses every image, on all cores.
///
/// The result is 0 when the file is sound, else the status of the first problem. `*json` (`json` may be NULL) receives
/// the report of `wright verify --json` in both cases; free it with `ww_string_free`. It is NULL when the work did not
/// come to its end. Thread-safe.
///
/// # Safety
///
/// `wim` is NULL or a live handle; `options`, `progress`, `json` and `error` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_wim_verify(
    wim: *const WwWim,
    options: *const WwVerifyOptions,
    progress: *const WwProgress,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear_optional(json);
            let wim = borrow(wim, "wim")?;
            let mut chosen = VerifyOptions::default();
            if let Some(options) = options::read(options, "options")? {
                chosen.threads = threads::count(options.threads)?;
                chosen.integrity = options.skip_integrity == 0;
            }
            let reports = Reports::to(progress)?;
            let report = reports.run(|progress| wim.file.verify(&chosen, progress))?;
            give_json(json, "verify", &report)?;
            report.outcome()
        })
    }
}
