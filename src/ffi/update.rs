//! Update files: inspect and unpack.

use super::WwError;
use super::error::guard;
use super::options::{self, Options};
use super::progress::WwProgress;
use super::text::{give_json, optional_path, path};
use crate::base::{Limits, Progress};
use crate::staging::{UnpackOptions, inspect, read_dictionary, unpack};
use std::ffi::c_char;

/// How `ww_update_unpack` works. NULL means all defaults.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct WwUnpackOptions {
    /// `sizeof` this struct.
    pub struct_size: usize,
    /// Not 0: write deltas and other intermediate members too.
    pub keep_deltas: u32,
    /// Not 0: write compressed component manifests as plain XML.
    pub decode_manifests: u32,
    /// A `wcp.dll`, or the manifest dictionary itself, as a file; NULL for none.
    pub dictionary: *const c_char,
}

// SAFETY: `repr(C)`, the size first, and zero is a valid number and pointer.
unsafe impl Options for WwUnpackOptions {}

/// What the update at `path` is, as the JSON document of `wright inspect --json`.
///
/// # Safety
///
/// `path` is a NUL-terminated string; `json` can be written; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_update_inspect(
    path: *const c_char,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            let path = super::text::path(path, "path")?;
            give_json(json, &inspect(&path, &Limits::default(), &Progress::none())?)
        })
    }
}

/// Writes every file that the update at `source` delivers below `dest`, rebuilt and verified. The result is 0
/// when none failed, else the first failure's status; the others are written all the same. `json` (NULL if
/// not wanted) receives the report of `wright unpack --json` in both cases.
///
/// # Safety
///
/// `source` and `dest` are NUL-terminated strings; `options`, `progress`, `json` and `error` are NULL or valid.
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
            let (source, dest) = (path(source, "source")?, path(dest, "dest")?);
            let mut chosen = UnpackOptions::default();
            if let Some(options) = options::read(options, "options")? {
                chosen.keep_deltas = options.keep_deltas != 0;
                chosen.decode_manifests = options.decode_manifests != 0;
                if let Some(file) = optional_path(options.dictionary, "options.dictionary")? {
                    chosen.dictionary = Some(read_dictionary(&file, &chosen.limits)?);
                }
            }
            let report = unpack(&source, &dest, &chosen, &super::progress::progress(progress)?)?;
            give_json(json, &report)?;
            report.outcome()
        })
    }
}
