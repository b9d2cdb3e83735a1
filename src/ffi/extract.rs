//! Extracting an image's files.

use super::error::{WwError, borrow, clear_optional, guard, null};
use super::image::WwWim;
use super::options::{self, Options};
use super::progress::{Reports, WwProgress};
use super::text::{give_json, image_path, optional_path, path};
use super::threads;
use crate::Result;
use crate::base::ImagePath;
use crate::wim::ExtractOptions;
use std::ffi::c_char;

/// How `ww_wim_extract` works. NULL in its place means all defaults.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct WwExtractOptions {
    /// `sizeof` this struct.
    pub struct_size: usize,
    /// Paths in the image of files and folders (with what is below them) to extract; NULL for the whole image. They
    /// keep their place: `\a\b` is written to `DEST/a/b`. Both `\` and `/` separate, upper and lower case are one.
    pub paths: *const *const c_char,
    /// How many strings `paths` points to.
    pub path_count: usize,
    /// Threads to use, at most 1024; 0 for one for each core.
    pub threads: u32,
    /// Not 0: replace files that exist in the destination. Otherwise each is a failure in the report.
    pub overwrite: u32,
    /// Path of a file that keeps what a folder cannot hold, for a capture to take it back; NULL for none.
    pub metadata: *const c_char,
    /// Not 0: give files and directories Linux' extended attributes that the image holds. On Linux only.
    pub xattrs: u32,
    /// Not 0: check everything and write nothing.
    pub dry_run: u32,
}

// SAFETY: `repr(C)`, the size first, no padding; every pattern of bytes is a valid number and pointer.
unsafe impl Options for WwExtractOptions {}

/// Writes the files of image `index` (from 1) below the folder `dest`, which is made where it is missing, on all cores.
/// Nothing is written outside `dest`, whatever the image says.
///
/// The result is 0 when every entry was written, else the status of the first that was not; the others are written
/// all the same. `*json` (`json` may be NULL) receives the report of `wright extract --json` in both cases; free it
/// with `ww_string_free`. It is NULL when the work did not come to its end; what was written by then stays.
/// Thread-safe, on folders of their own.
///
/// # Safety
///
/// `wim` is NULL or a live handle; `dest` is NULL or a NUL-terminated string; `options`, `progress`, `json` and `error`
/// are NULL or valid.
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
            clear_optional(json);
            let (wim, dest) = (borrow(wim, "wim")?, path(dest, "dest")?);
            let mut chosen = ExtractOptions::default();
            if let Some(options) = options::read(options, "options")? {
                chosen.paths = paths(options.paths, options.path_count)?;
                chosen.threads = threads::count(options.threads)?;
                chosen.overwrite = options.overwrite != 0;
                chosen.metadata = optional_path(options.metadata, "options.metadata")?;
                chosen.xattrs = options.xattrs != 0;
                chosen.dry_run = options.dry_run != 0;
            }
            let reports = Reports::to(progress)?;
            let report = reports.run(|progress| wim.file.extract(index, &dest, &chosen, progress))?;
            give_json(json, "extract", &report)?;
            report.outcome()
        })
    }
}

/// # Safety
///
/// `paths` is NULL or points to `count` strings.
pub(super) unsafe fn paths(paths: *const *const c_char, count: usize) -> Result<Vec<ImagePath>> {
    if count > 0 && paths.is_null() {
        return Err(null("options.paths"));
    }
    // SAFETY: not NULL where there are any, and the caller promises `count` strings there.
    (0..count).map(|i| unsafe { image_path(*paths.add(i), "options.paths") }).collect()
}
