//! Changes to a file's list of images: taken out, named, made to boot.

use super::error::{WwError, borrow, clear_optional, guard, null};
use super::image::WwWim;
use super::numbers::choice;
use super::options::{self, Options};
use super::progress::{Reports, WwProgress};
use super::text::{give_json, optional_path, optional_text};
use super::threads::{self, numbers};
use crate::Result;
use crate::wim::commit::{CommitOptions, ImageEdits, ImageProperties, edit_images};
use crate::wim::xml::FileTime;
use std::ffi::c_char;

/// How changes are written. NULL in its place means all defaults: in place.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct WwCommitOptions {
    /// `sizeof` this struct.
    pub struct_size: usize,
    /// Path of the file to write; what is there is replaced at the end. NULL changes the file in place.
    pub output: *const c_char,
    /// The time of modification that changed images get, in 100 ns since 1601; 0 for now.
    pub timestamp: u64,
    /// The compressor's level for new contents; 0 takes a fast one.
    pub compression_level: u32,
    /// Threads to use, at most 1024; 0 for one for each core.
    pub threads: u32,
    /// Whether there is an integrity table afterwards, a `WW_CHOICE_...` number; 0 as it is.
    pub integrity: u32,
    /// 0.
    pub reserved: u32,
}

// SAFETY: `repr(C)`, the size first, no padding; every pattern of bytes is a valid number and pointer.
unsafe impl Options for WwCommitOptions {}

/// What `ww_wim_set` sets. NULL and 0 leave a value as it is.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct WwImageProperties {
    /// `sizeof` this struct.
    pub struct_size: usize,
    /// The image's name, which no other image of the file may have.
    pub name: *const c_char,
    /// Its description.
    pub description: *const c_char,
    /// Its edition, for example `Professional`.
    pub edition: *const c_char,
    /// Its name for people, where it differs.
    pub display_name: *const c_char,
    /// Its description for people, where it differs.
    pub display_description: *const c_char,
    /// `WW_CHOICE_YES`: it is the image that boots. `WW_CHOICE_NO`: it is not, and no other takes its place.
    pub boot: u32,
    /// 0.
    pub reserved: u32,
}

// SAFETY: `repr(C)`, the size first, no padding; every pattern of bytes is a valid number and pointer.
unsafe impl Options for WwImageProperties {}

/// # Safety
///
/// `options` is NULL or valid.
pub(super) unsafe fn commit_options(options: *const WwCommitOptions) -> Result<CommitOptions> {
    let mut chosen = CommitOptions::new();
    // SAFETY: the caller's promise.
    if let Some(options) = unsafe { options::read(options, "options") }? {
        // SAFETY: the caller's promise.
        chosen.output = unsafe { optional_path(options.output, "options.output") }?;
        chosen.level = (options.compression_level != 0).then_some(options.compression_level);
        chosen.threads = threads::count(options.threads)?;
        chosen.integrity = choice(options.integrity, "options.integrity")?;
        chosen.timestamp = (options.timestamp != 0).then_some(FileTime(options.timestamp));
    }
    Ok(chosen)
}

/// # Safety
///
/// The strings of `asked` are NULL or NUL-terminated.
pub(super) unsafe fn image_properties(asked: &WwImageProperties) -> Result<ImageProperties> {
    let owned = |value, what| {
        // SAFETY: the caller's promise.
        Ok::<_, crate::Error>(unsafe { optional_text(value, what) }?.map(str::to_owned))
    };
    Ok(ImageProperties {
        name: owned(asked.name, "properties.name")?,
        description: owned(asked.description, "properties.description")?,
        edition: owned(asked.edition, "properties.edition")?,
        display_name: owned(asked.display_name, "properties.display_name")?,
        display_description: owned(asked.display_description, "properties.display_description")?,
    })
}

/// Takes images out of the file of `wim`: `index_count` numbers from 1 at `indexes`, as `wim` numbers them. Those behind
/// them move up. The file does not become smaller by this; `ww_wim_optimize` does that.
///
/// `wim` keeps showing the old images: close it and open the file again. `*json` (`json` may be NULL) receives the
/// report of `wright delete --json`; free it with `ww_string_free`. It is NULL on failure, and the file is then as it was.
/// Thread-safe; of two at once, one is refused with `WW_STATUS_BUSY`.
///
/// # Safety
///
/// `wim` is NULL or a live handle; `indexes` is NULL or points to `index_count` numbers; `options`, `progress`, `json`
/// and `error` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_wim_delete(
    wim: *const WwWim,
    indexes: *const u32,
    index_count: usize,
    options: *const WwCommitOptions,
    progress: *const WwProgress,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear_optional(json);
            let wim = borrow(wim, "wim")?;
            let mut edits = ImageEdits::default();
            let chosen = numbers(indexes, index_count, "indexes")?.ok_or_else(|| null("indexes"))?;
            edits.delete = chosen.to_vec();
            let (options, reports) = (commit_options(options)?, Reports::to(progress)?);
            give_json(
                json,
                "delete",
                &reports.run(|progress| edit_images(&wim.file, &edits, &options, progress))?,
            )
        })
    }
}

/// Sets what image `index` (from 1) is called, and whether it boots.
///
/// `wim` keeps showing what was: close it and open the file again. `*json` (`json` may be NULL) receives the report of
/// `wright set --json`; free it with `ww_string_free`. It is NULL on failure, and the file is then as it was.
/// Thread-safe; of two at once, one is refused with `WW_STATUS_BUSY`.
///
/// # Safety
///
/// `wim` is NULL or a live handle; `properties`, `options`, `progress`, `json` and `error` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_wim_set(
    wim: *const WwWim,
    index: u32,
    properties: *const WwImageProperties,
    options: *const WwCommitOptions,
    progress: *const WwProgress,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear_optional(json);
            let wim = borrow(wim, "wim")?;
            let asked = options::read(properties, "properties")?.ok_or_else(|| null("properties"))?;
            let properties = image_properties(&asked)?;
            let boots = wim.file.header().boot_index == index;
            let boot = choice(asked.boot, "properties.boot")?;
            let edits = ImageEdits {
                properties: vec![(index, properties)],
                boot: boot.filter(|&yes| yes || boots).map(|yes| if yes { index } else { 0 }),
                ..ImageEdits::default()
            };
            let (options, reports) = (commit_options(options)?, Reports::to(progress)?);
            give_json(
                json,
                "set",
                &reports.run(|progress| edit_images(&wim.file, &edits, &options, progress))?,
            )
        })
    }
}
