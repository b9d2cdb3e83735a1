//! The image handle: open, ask, verify, extract.

use super::WwError;
use super::error::{borrow, give, guard};
use super::options::{self, Options};
use super::progress::WwProgress;
use super::text::{give_json, give_text, path, text};
use crate::base::ImagePath;
use crate::wim::{ExtractOptions, OpenOptions, WimFile};
use crate::{Error, ErrorKind, Result};
use std::ffi::c_char;

/// An open image file. Any number of threads may use it at once. Free it with `ww_wim_free`.
pub struct WwWim {
    pub(super) file: WimFile,
}

/// How `ww_wim_extract` works. NULL means all defaults.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct WwExtractOptions {
    /// `sizeof` this struct.
    pub struct_size: usize,
    /// Paths in the image to extract; NULL for the whole image.
    pub paths: *const *const c_char,
    /// How many.
    pub path_count: usize,
}

// SAFETY: `repr(C)`, the size first, and zero is a valid pointer and number.
unsafe impl Options for WwExtractOptions {}

/// Opens the image file at `path` (a WIM, an ESD or the first part of a split set) for reading.
///
/// # Safety
///
/// `path` is a NUL-terminated string; `wim` can be written; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_wim_open(
    path: *const c_char,
    wim: *mut *mut WwWim,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            give(wim, std::ptr::null_mut(), "wim")?;
            let file = WimFile::open(super::text::path(path, "path")?, &OpenOptions::default())?;
            give(wim, Box::into_raw(Box::new(WwWim { file })), "wim")
        })
    }
}

/// Closes an image file. NULL is allowed.
///
/// # Safety
///
/// `wim` is NULL or a handle that was not freed and that no other thread is using.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_wim_free(wim: *mut WwWim) {
    if !wim.is_null() {
        // SAFETY: it came from `Box::into_raw` in `ww_wim_open` and is freed once, by the caller's promise.
        drop(unsafe { Box::from_raw(wim) });
    }
}

/// How many images the file holds; 0 for NULL.
///
/// # Safety
///
/// `wim` is NULL or a live handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_wim_image_count(wim: *const WwWim) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { wim.as_ref() }.map_or(0, |w| w.file.image_count())
}

/// What the file and its images are, as the JSON document of `wright info --json`.
///
/// # Safety
///
/// `wim` is a live handle; `json` can be written; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_wim_info(
    wim: *const WwWim,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            let wim = borrow(wim, "wim")?;
            give_json(json, &wim.file.info())
        })
    }
}

/// One property of one image by its path in the XML data, for example `NAME` or `WINDOWS/VERSION/BUILD`.
/// `WW_STATUS_NOT_FOUND` when the image has no such property.
///
/// # Safety
///
/// `wim` is a live handle; `name` is a NUL-terminated string; `value` can be written; `error` is NULL or can be
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
            let (wim, name) = (borrow(wim, "wim")?, text(name, "name")?);
            let found = wim.file.xml().property(index, name)?;
            let missing = || Error::new(ErrorKind::NotFound, format!("image {index} has no property '{name}'"));
            give_text(value, &found.ok_or_else(missing)?, "value")
        })
    }
}

/// Re-hashes every blob on all cores. The result is 0 when the file is sound; otherwise the first problem's
/// status. `json` (NULL if not wanted) receives the report of `wright verify --json` in both cases.
///
/// # Safety
///
/// `wim` is a live handle; `progress`, `json` and `error` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_wim_verify(
    wim: *const WwWim,
    progress: *const WwProgress,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            let progress = super::progress::progress(progress)?;
            let report = borrow(wim, "wim")?.file.verify(&progress)?;
            give_json(json, &report)?;
            report.outcome()
        })
    }
}

/// Writes the files of image `index` below the folder `dest` on all cores. `json` (NULL if not wanted) receives
/// the report of `wright extract --json`.
///
/// # Safety
///
/// `wim` is a live handle; `dest` is a NUL-terminated string; `options`, `progress`, `json` and `error` are NULL or
/// valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_wim_extract(
    wim: *const WwWim,
    index: u32,
    dest: *const c_char,
    options: *const WwExtractOptions,
    progress: *const WwProgress,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            let wim = borrow(wim, "wim")?;
            let dest = path(dest, "dest")?;
            let mut chosen = ExtractOptions::default();
            if let Some(options) = options::read(options, "options")? {
                chosen.paths = image_paths(&options)?;
            }
            let report = wim.file.extract(index, &dest, &chosen, &super::progress::progress(progress)?)?;
            give_json(json, &report)?;
            report.outcome()
        })
    }
}

unsafe fn image_paths(options: &WwExtractOptions) -> Result<Vec<ImagePath>> {
    if options.path_count > 0 && options.paths.is_null() {
        return Err(super::error::null("options.paths"));
    }
    // SAFETY: the caller promises `path_count` strings at `paths`.
    (0..options.path_count).map(|i| unsafe { ImagePath::parse(text(*options.paths.add(i), "options.paths")?) }).collect()
}
