//! Update files: inspect and unpack.

use super::error::{WwError, clear, clear_optional, guard};
use super::options::{self, Options};
use super::progress::{Reports, WwProgress};
use super::text::{give_json, optional_path, path};
use crate::base::{Limits, Progress};
use crate::staging::{UnpackOptions, inspect, read_dictionary, unpack};
use std::ffi::c_char;

/// How `ww_update_unpack` works. NULL in its place means all defaults.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct WwUnpackOptions {
    /// `sizeof` this struct.
    pub struct_size: usize,
    /// Not 0: write deltas and other intermediate members too.
    pub keep_deltas: u32,
    /// Not 0: write compressed component manifests as plain XML. Needs `dictionary`.
    pub decode_manifests: u32,
    /// Path of a `wcp.dll`, or of the manifest dictionary taken from one; NULL for none.
    pub dictionary: *const c_char,
    /// Not 0: rebuild and check everything, and write nothing.
    pub dry_run: u32,
    /// 0.
    pub reserved: u32,
}

// SAFETY: `repr(C)`, the size first, no padding; every pattern of bytes is a valid number and pointer.
unsafe impl Options for WwUnpackOptions {}

/// What the update at `path` (an `.msu` or `.cab`) is, as the JSON document of `wright inspect --json`: kind, KB,
/// digests, and for each package its identity, architecture, parents and counts. Nothing is rebuilt or written.
///
/// `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
///
/// # Safety
///
/// `path` is NULL or a NUL-terminated string; `json` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_update_inspect(
    path: *const c_char,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear(json, "json")?;
            let path = super::text::path(path, "path")?;
            give_json(json, "inspect", &inspect(&path, &Limits::default(), &Progress::none())?)
        })
    }
}

/// Writes every file that the update at `source` delivers below the folder `dest`, rebuilt and checked against the
/// digests that the package declares. Nothing is written outside `dest`, whatever the package says.
///
/// The result is 0 when no file failed, else the status of the first that did; the others are written all the same.
/// `*json` (`json` may be NULL) receives the report of `wright unpack --json` in both cases; free it with
/// `ww_string_free`. It is NULL when the work did not come to its end. Thread-safe, on folders of their own.
///
/// # Safety
///
/// `source` and `dest` are NULL or NUL-terminated strings; `options`, `progress`, `json` and `error` are NULL or
/// valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_update_unpack(
    source: *const c_char,
    dest: *const c_char,
    options: *const WwUnpackOptions,
    progress: *const WwProgress,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear_optional(json);
            let (source, dest) = (path(source, "source")?, path(dest, "dest")?);
            let mut chosen = UnpackOptions::default();
            if let Some(options) = options::read(options, "options")? {
                chosen.keep_deltas = options.keep_deltas != 0;
                chosen.decode_manifests = options.decode_manifests != 0;
                chosen.dry_run = options.dry_run != 0;
                if let Some(file) = optional_path(options.dictionary, "options.dictionary")? {
                    chosen.dictionary = Some(read_dictionary(&file, &chosen.limits)?);
                }
            }
            let reports = Reports::to(progress)?;
            let report = reports.run(|progress| unpack(&source, &dest, &chosen, progress))?;
            give_json(json, "unpack", &report)?;
            report.outcome()
        })
    }
}
