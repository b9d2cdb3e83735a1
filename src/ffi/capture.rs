//! Folders as images.

use super::error::{WwError, borrow, clear_optional, guard};
use super::image::WwWim;
use super::images::{WwImageProperties, image_properties};
use super::numbers::choice;
use super::options::{self, Options};
use super::progress::{Reports, WwProgress};
use super::text::{give_json, optional_path, path};
use super::write::{WwExportOptions, export_options};
use crate::wim::capture::{CaptureOptions, Exclusions, append, capture};
use crate::wim::xml::FileTime;
use crate::{Error, Result};
use std::ffi::c_char;

/// What `ww_capture` and `ww_wim_append` take from a folder, and how it is written. NULL in its place means all defaults.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct WwCaptureOptions {
    /// `sizeof` this struct.
    pub struct_size: usize,
    /// What the image is called, and whether it boots; NULL for the folder's name.
    pub properties: *const WwImageProperties,
    /// How contents are stored, and whether a file that exists is replaced; NULL for the defaults.
    pub packing: *const WwExportOptions,
    /// Path of a configuration (exclusion list) in the format of DISM and wimlib; NULL for Windows' own list.
    pub config: *const c_char,
    /// Path of the metadata file that an extraction made of the folder; NULL for none.
    pub metadata: *const c_char,
    /// When it is captured, in 100 ns since 1601; 0 for now.
    pub timestamp: u64,
    /// Not 0: leave nothing out. `config` is not looked at then.
    pub no_exclusions: u32,
    /// Whether absolute links into the folder count from the image's root, a `WW_CHOICE_...` number.
    pub fix_links: u32,
    /// Not 0: the same folder gives the same bytes.
    pub reproducible: u32,
    /// Not 0: look at the folder and write nothing.
    pub dry_run: u32,
    /// Not 0: take Linux' extended attributes along. On Linux only.
    pub xattrs: u32,
    /// 0.
    pub reserved: u32,
}

// SAFETY: `repr(C)`, the size first, no padding; every pattern of bytes is a valid number and pointer.
unsafe impl Options for WwCaptureOptions {}

/// # Safety
///
/// `options` is NULL or valid, and so is what it points to.
unsafe fn capture_options(options: *const WwCaptureOptions) -> Result<CaptureOptions> {
    let mut chosen = CaptureOptions::new();
    // SAFETY: the caller's promise, here and below.
    let Some(asked) = (unsafe { options::read(options, "options") })? else { return Ok(chosen) };
    // SAFETY: as above.
    let (properties, packing, config, metadata) = unsafe {
        (
            options::read(asked.properties, "options.properties")?,
            export_options(asked.packing)?,
            optional_path(asked.config, "options.config")?,
            optional_path(asked.metadata, "options.metadata")?,
        )
    };
    if let Some(properties) = properties {
        chosen.boot = choice(properties.boot, "options.properties.boot")? == Some(true);
        // SAFETY: as above.
        chosen.properties = unsafe { image_properties(&properties) }?;
    }
    chosen.packing = packing;
    chosen.exclusions = match config {
        _ if asked.no_exclusions != 0 => Exclusions::none(),
        None => Exclusions::windows(),
        Some(path) => {
            let config = std::fs::read(&path).map_err(|e| Error::io("read the configuration", &path, e))?;
            Exclusions::parse(&config).map_err(|e| e.with_path(path.display()))?
        }
    };
    chosen.metadata = metadata;
    chosen.timestamp = (asked.timestamp != 0).then_some(FileTime(asked.timestamp));
    chosen.fix_links = choice(asked.fix_links, "options.fix_links")?;
    chosen.reproducible = asked.reproducible != 0;
    chosen.dry_run = asked.dry_run != 0;
    chosen.xattrs = asked.xattrs != 0;
    Ok(chosen)
}

/// Makes the folder at `source` an image of the new file `destination`.
///
/// `*json` (`json` may be NULL) receives the report of `wright capture --json`; free it with `ww_string_free`. It is NULL
/// on failure, and then nothing was written. Thread-safe, on destinations of their own.
///
/// # Safety
///
/// `source` and `destination` are NULL or NUL-terminated strings; `options`, `progress`, `json` and `error` are NULL or
/// valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_capture(
    source: *const c_char,
    destination: *const c_char,
    options: *const WwCaptureOptions,
    progress: *const WwProgress,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear_optional(json);
            let (source, destination) = (path(source, "source")?, path(destination, "destination")?);
            let (chosen, reports) = (capture_options(options)?, Reports::to(progress)?);
            give_json(
                json,
                "capture",
                &reports.run(|progress| capture(&source, &destination, &chosen, progress))?,
            )
        })
    }
}

/// Adds the folder at `source` as an image to the file of `wim`.
///
/// `wim` keeps showing the old images: close it and open the file again. `*json` (`json` may be NULL) receives the report
/// of `wright append --json`; free it with `ww_string_free`. It is NULL on failure, and the file is then as it was.
/// Thread-safe; of two at once, one is refused with `WW_STATUS_BUSY`.
///
/// # Safety
///
/// `wim` is NULL or a live handle; `source` is NULL or a NUL-terminated string; `options`, `progress`, `json` and `error`
/// are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_wim_append(
    wim: *const WwWim,
    source: *const c_char,
    options: *const WwCaptureOptions,
    progress: *const WwProgress,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear_optional(json);
            let (wim, source) = (borrow(wim, "wim")?, path(source, "source")?);
            let (chosen, reports) = (capture_options(options)?, Reports::to(progress)?);
            give_json(json, "append", &reports.run(|progress| append(&source, &wim.file, &chosen, progress))?)
        })
    }
}
