//! What differs between two images.

use super::error::{WwError, borrow, clear_optional, guard};
use super::extract::paths;
use super::image::WwWim;
use super::options::{self, Options};
use super::progress::{Reports, WwProgress};
use crate::service::diff::{DiffDocument, DiffOptions, ImageDiff};
use std::ffi::c_char;

/// What `ww_wim_diff` compares. NULL in its place means all defaults.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct WwDiffOptions {
    /// `sizeof` this struct.
    pub struct_size: usize,
    /// Only what lies at or below these paths of the images; NULL for everything.
    pub paths: *const *const c_char,
    /// How many strings `paths` points to.
    pub path_count: usize,
    /// Not 0: times of files and keys count too.
    pub times: u32,
    /// Not 0: compare hives as files, without looking into them.
    pub skip_registry: u32,
}

// SAFETY: `repr(C)`, the size first, no padding; every pattern of bytes is a valid number and pointer.
unsafe impl Options for WwDiffOptions {}

/// Compares image `before_index` of `before` with image `after_index` of `after` (from 1; the handles may be one): files,
/// links, descriptors, registry keys and values.
///
/// The result is 0 when the comparison came to its end, whether or not the images differ: the document's `equal` says
/// that. A hive that could not be compared is the status; the document names it. `*json` receives the document of
/// `wright diff --json`; free it with `ww_string_free`. It is NULL when the work did not come to its end. Thread-safe.
///
/// # Safety
///
/// `before` and `after` are NULL or live handles; `options`, `progress`, `json` and `error` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_wim_diff(
    before: *const WwWim,
    before_index: u32,
    after: *const WwWim,
    after_index: u32,
    options: *const WwDiffOptions,
    progress: *const WwProgress,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear_optional(json);
            let (before, after) = (borrow(before, "before")?, borrow(after, "after")?);
            let mut chosen = DiffOptions::default();
            if let Some(options) = options::read(options, "options")? {
                chosen.paths = paths(options.paths, options.path_count)?;
                chosen.times = options.times != 0;
                chosen.registry = options.skip_registry == 0;
            }
            let reports = Reports::to(progress)?;
            let (text, summary) = reports.run(|progress| {
                let views = (before.file.view(before_index)?, after.file.view(after_index)?);
                let diff = ImageDiff::new(&views.0, &views.1, chosen)?;
                let document = DiffDocument::new(&diff, progress);
                let text = crate::base::document("diff", &document, false)?;
                Ok((text, document.outcome()?))
            })?;
            super::text::give_text(json, &text);
            summary.failure().map_or(Ok(()), Err)
        })
    }
}
