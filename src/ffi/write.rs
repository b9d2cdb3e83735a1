//! New image files: export, optimize, split.

use super::error::{WwError, borrow, clear_optional, guard};
use super::image::{WwWim, paths};
use super::numbers::choice;
use super::options::{self, Options};
use super::progress::{Reports, WwProgress};
use super::text::{give_json, optional_text, path};
use super::threads::{self, numbers};
use crate::wim::write::{Compression, ExportOptions, SplitOptions, export, optimize, split};
use crate::wim::{OpenOptions, WimFile};
use crate::{Error, ErrorKind, Result};
use std::ffi::c_char;

/// How `ww_wim_export` and `ww_wim_optimize` write a file. NULL in its place means all defaults: everything as it is in
/// the source.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct WwExportOptions {
    /// `sizeof` this struct.
    pub struct_size: usize,
    /// How contents are compressed, a `WW_COMPRESSION_...` number; 0 as in the source.
    pub compression: u32,
    /// The compressor's level on wimlib's scale (20 fast, 50 wimlib's default, 100 thorough); 0 for the default.
    pub compression_level: u32,
    /// Bytes of a chunk, of a solid resource's where `solid` is set; 0 for the default.
    pub chunk_size: u32,
    /// Not 0: pack the contents together, as in an ESD.
    pub solid: u32,
    /// Whether there is an integrity table, a `WW_CHOICE_...` number; 0 as in the source.
    pub integrity: u32,
    /// Not 0: compress even what is stored the same way already.
    pub recompress: u32,
    /// Not 0: replace the destination where it exists; otherwise that is `WW_STATUS_ALREADY_EXISTS`. `ww_wim_optimize`
    /// always replaces its own file.
    pub replace: u32,
    /// Threads to use, at most 1024; 0 for one for each core.
    pub threads: u32,
    /// The 16 bytes that name the new file; NULL for random ones (of `ww_wim_optimize`: for the old ones).
    pub guid: *const u8,
    /// What the image is called in the destination, where it is one alone; NULL as in the source.
    pub name: *const c_char,
    /// Its description there; NULL as in the source.
    pub description: *const c_char,
    /// Not 0: a destination that exists gets the images behind its own, in place.
    pub append: u32,
    /// 0.
    pub reserved: u32,
    /// Paths of image files whose contents are left out: the new file is a delta WIM, which is opened with them as its
    /// references. `*` and `?` in a file's name stand for all files that match. NULL for none.
    pub delta_from: *const *const c_char,
    /// How many strings `delta_from` points to.
    pub delta_count: usize,
}

// SAFETY: `repr(C)`, the size first, no padding; every pattern of bytes is a valid number and pointer.
unsafe impl Options for WwExportOptions {}

/// How `ww_wim_split` works. NULL in its place means all defaults.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct WwSplitOptions {
    /// `sizeof` this struct.
    pub struct_size: usize,
    /// Whether the parts have integrity tables, a `WW_CHOICE_...` number; 0 as in the source.
    pub integrity: u32,
    /// Not 0: replace parts that exist; otherwise that is `WW_STATUS_ALREADY_EXISTS`.
    pub replace: u32,
    /// The 16 bytes that name the set; NULL for random ones.
    pub guid: *const u8,
}

// SAFETY: `repr(C)`, the size first, no padding; every pattern of bytes is a valid number and pointer.
unsafe impl Options for WwSplitOptions {}

/// # Safety
///
/// `guid` is NULL or points to 16 bytes.
unsafe fn guid(guid: *const u8) -> Option<[u8; 16]> {
    // SAFETY: the caller's promise; an array of bytes has no alignment.
    unsafe { guid.cast::<[u8; 16]>().as_ref() }.copied()
}

fn compression(number: u32) -> Result<Option<Compression>> {
    Ok(Some(match number {
        0 => return Ok(None),
        1 => Compression::None,
        2 => Compression::Xpress,
        3 => Compression::Lzx,
        4 => Compression::Lzms,
        other => {
            let message = format!("'options.compression' is {other}, which is no compression");
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
    }))
}

/// # Safety
///
/// `options` is NULL or valid.
pub(super) unsafe fn export_options(options: *const WwExportOptions) -> Result<ExportOptions> {
    let mut chosen = ExportOptions::new();
    // SAFETY: the caller's promise.
    if let Some(options) = unsafe { options::read(options, "options") }? {
        chosen.compression = compression(options.compression)?;
        chosen.level = (options.compression_level != 0).then_some(options.compression_level);
        chosen.chunk_size = (options.chunk_size != 0).then_some(options.chunk_size);
        chosen.solid = options.solid != 0;
        chosen.integrity = choice(options.integrity, "options.integrity")?;
        chosen.recompress = options.recompress != 0;
        chosen.replace = options.replace != 0;
        chosen.threads = threads::count(options.threads)?;
        // SAFETY: the caller's promise.
        chosen.guid = unsafe { guid(options.guid) };
        chosen.append = options.append != 0;
        // SAFETY: the caller's promise.
        let bases = unsafe { paths(options.delta_from, options.delta_count, "options.delta_from") }?;
        chosen.delta_from = WimFile::open_all(&bases, &OpenOptions::new())?;
        // SAFETY: the caller's promise.
        chosen.name = unsafe { optional_text(options.name, "options.name") }?.map(str::to_owned);
        // SAFETY: the caller's promise.
        let description = unsafe { optional_text(options.description, "options.description") }?;
        chosen.description = description.map(str::to_owned);
    }
    Ok(chosen)
}

/// Writes images of `wim` as a new file at `destination`, in the order of `indexes` (`index_count` numbers from 1; NULL
/// and 0 for all). Split sets, ESDs and pipable files are sources like any other, so this also joins and converts.
///
/// The new file is written beside its place and put there whole. `*json` (`json` may be NULL) receives the report of
/// `wright export --json`; free it with `ww_string_free`. It is NULL on failure. Thread-safe, on destinations of their
/// own.
///
/// # Safety
///
/// `wim` is NULL or a live handle; `indexes` is NULL or points to `index_count` numbers; `destination` is NULL or a
/// NUL-terminated string; `options`, `progress`, `json` and `error` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_wim_export(
    wim: *const WwWim,
    indexes: *const u32,
    index_count: usize,
    destination: *const c_char,
    options: *const WwExportOptions,
    progress: *const WwProgress,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear_optional(json);
            let (wim, destination) = (borrow(wim, "wim")?, path(destination, "destination")?);
            let all: Vec<u32> = (1..=wim.file.image_count()).collect();
            let indexes = numbers(indexes, index_count, "indexes")?.unwrap_or(&all);
            let (chosen, reports) = (export_options(options)?, Reports::to(progress)?);
            let report =
                reports.run(|progress| export(&wim.file, indexes, &destination, &chosen, progress))?;
            give_json(json, "export", &report)
        })
    }
}

/// Makes the file of `wim` anew without what no image uses, and puts it in the place of the old one.
///
/// `wim` keeps showing the old file: close it and open the file again. (On Windows a file that is open cannot be
/// replaced: close all other handles on it first.) `*json` (`json` may be NULL) receives the report of
/// `wright optimize --json`; free it with `ww_string_free`. It is NULL on failure. Thread-safe; of two at once, one is
/// refused with `WW_STATUS_BUSY`.
///
/// # Safety
///
/// `wim` is NULL or a live handle; `options`, `progress`, `json` and `error` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_wim_optimize(
    wim: *const WwWim,
    options: *const WwExportOptions,
    progress: *const WwProgress,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear_optional(json);
            let wim = borrow(wim, "wim")?;
            let (chosen, reports) = (export_options(options)?, Reports::to(progress)?);
            give_json(json, "optimize", &reports.run(|progress| optimize(&wim.file, &chosen, progress))?)
        })
    }
}

/// Splits `wim` into files of at most `part_size` bytes: `first`, and beside it its name with 2, 3, ... added. One
/// resource that is larger makes a part of its own. `ww_wim_export` of the first part joins them.
///
/// `*json` (`json` may be NULL) receives the report of `wright split --json`; free it with `ww_string_free`. It is NULL
/// on failure. Thread-safe, on destinations of their own.
///
/// # Safety
///
/// `wim` is NULL or a live handle; `first` is NULL or a NUL-terminated string; `options`, `progress`, `json` and `error`
/// are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_wim_split(
    wim: *const WwWim,
    first: *const c_char,
    part_size: u64,
    options: *const WwSplitOptions,
    progress: *const WwProgress,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear_optional(json);
            let (wim, first) = (borrow(wim, "wim")?, path(first, "first")?);
            let mut chosen = SplitOptions::new();
            if let Some(options) = options::read(options, "options")? {
                chosen.integrity = choice(options.integrity, "options.integrity")?;
                chosen.replace = options.replace != 0;
                chosen.guid = guid(options.guid);
            }
            let reports = Reports::to(progress)?;
            let report = reports.run(|progress| split(&wim.file, &first, part_size, &chosen, progress))?;
            give_json(json, "split", &report)
        })
    }
}
