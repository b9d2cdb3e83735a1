//! Taking back what a run staged.

use super::error::{WwError, clear_optional, guard};
use super::image::references;
use super::options::{self, Options};
use super::progress::{Reports, WwProgress};
use super::text::{give_json, optional_path, path, text};
use super::threads::numbers;
use crate::service::{UnstageOptions, unstage};
use std::ffi::c_char;

/// How `ww_unstage` works. NULL in its place means all defaults: in place, all indexes of the receipt.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct WwUnstageOptions {
    /// `sizeof` this struct.
    pub struct_size: usize,
    /// Path of the file to write; NULL changes the image in place.
    pub output: *const c_char,
    /// Path of the folder for contents that do not fit in memory; NULL for the system's own.
    pub temporary: *const c_char,
    /// The indexes, from 1; NULL for all that the receipt says something was staged into.
    pub indexes: *const u32,
    /// How many numbers `indexes` points to.
    pub index_count: usize,
    /// Not 0: check everything and write nothing.
    pub dry_run: u32,
    /// 0.
    pub reserved: u32,
    /// Paths of image files that a delta WIM takes its other contents from, as in `ww_open_options`. NULL for none.
    pub references: *const *const c_char,
    /// How many strings `references` points to.
    pub reference_count: usize,
}

// SAFETY: `repr(C)`, the size first, no padding; every pattern of bytes is a valid number and pointer.
unsafe impl Options for WwUnstageOptions {}

/// Takes out of the image file at `path` what the run staged whose receipt is `receipt` (the JSON document itself).
///
/// `*json` (`json` may be NULL) receives the report of `wright unstage --json`; free it with `ww_string_free`. It is NULL
/// on failure, and the file is then as it was. Thread-safe; of two at once, one is refused with `WW_STATUS_BUSY`.
///
/// # Safety
///
/// `path` and `receipt` are NULL or NUL-terminated strings; `options`, `progress`, `json` and `error` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_unstage(
    path: *const c_char,
    receipt: *const c_char,
    options: *const WwUnstageOptions,
    progress: *const WwProgress,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear_optional(json);
            let (path, receipt) = (self::path(path, "path")?, text(receipt, "receipt")?);
            let mut chosen = UnstageOptions::default();
            if let Some(options) = options::read(options, "options")? {
                chosen.output = optional_path(options.output, "options.output")?;
                chosen.temporary = optional_path(options.temporary, "options.temporary")?;
                let indexes = numbers(options.indexes, options.index_count, "options.indexes")?;
                chosen.indexes = indexes.map(<[u32]>::to_vec);
                chosen.dry_run = options.dry_run != 0;
                chosen.references = references(options.references, options.reference_count)?;
            }
            let reports = Reports::to(progress)?;
            give_json(
                json,
                "unstage",
                &reports.run(|progress| unstage(path, receipt.as_bytes(), &chosen, progress))?,
            )
        })
    }
}
