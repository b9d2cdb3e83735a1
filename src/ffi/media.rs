//! Media of Windows Setup, brought up to date as a whole.

use super::error::{WwError, clear_optional, guard};
use super::numbers::level;
use super::options::{self, Options};
use super::progress::{Reports, WwProgress};
use super::text::{give_json, optional_path, optional_text, path};
use super::threads::numbers;
use crate::Result;
use crate::media::{RefreshOptions, refresh};
use std::ffi::c_char;

/// What `ww_media_refresh` brings a medium up to date with, and how. An update that is NULL is not given; one of them has to
/// be.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct WwRefreshOptions {
    /// `sizeof` this struct.
    pub struct_size: usize,
    /// Path of the cumulative update, or of a folder that holds it with its checkpoints (and a servicing stack of its own)
    /// and nothing else.
    pub cumulative: *const c_char,
    /// Path of the Safe OS Dynamic Update, for Windows RE.
    pub safe_os: *const c_char,
    /// Path of the Setup Dynamic Update, for the medium's `sources`.
    pub setup: *const c_char,
    /// Path of the cumulative update of .NET.
    pub dotnet: *const c_char,
    /// The indexes of the install image to service, from 1; NULL for all. The others stay as they are.
    pub indexes: *const u32,
    /// How many numbers `indexes` points to.
    pub index_count: usize,
    /// Path of the folder that receives the receipts; NULL for one beside the new tree, with `.receipts` behind its name.
    pub receipts: *const c_char,
    /// Path of an ISO image to make of the new tree, with the program `xorriso`; NULL for none.
    pub iso: *const c_char,
    /// The ISO image's volume label; NULL for a general one.
    pub label: *const c_char,
    /// `WW_LEVEL_STAGE` (0, the default) or `WW_LEVEL_INSTALL`.
    pub level: u32,
    /// Not 0: leave out what fails and go on with the rest.
    pub continue_on_error: u32,
    /// Not 0: at level install, carry out what can be also of a package that asks for more.
    pub accept_partial: u32,
    /// Not 0: lay in what cannot be decided to apply or not, instead of leaving it out.
    pub force_undecided: u32,
    /// Not 0: find out what would be done and write nothing.
    pub dry_run: u32,
    /// Not 0: copy files that stay as they are where the file system cannot share their blocks. Otherwise they may be
    /// further names (hard links) of the medium's own.
    pub no_hard_links: u32,
    /// Not 0: take updates also whose signature is broken.
    pub allow_broken_signature: u32,
    /// 0.
    pub reserved: u32,
}

// SAFETY: `repr(C)`, the size first, no padding; every pattern of bytes is a valid number and pointer.
unsafe impl Options for WwRefreshOptions {}

/// # Safety
///
/// `options` is NULL or valid, and so is what it points to.
unsafe fn refresh_options(options: *const WwRefreshOptions) -> Result<RefreshOptions> {
    // SAFETY: the caller's promise, here and below.
    let Some(asked) = (unsafe { options::read(options, "options") })? else {
        return Ok(RefreshOptions::default());
    };
    // SAFETY: as above.
    unsafe {
        Ok(RefreshOptions {
            cumulative: optional_path(asked.cumulative, "options.cumulative")?,
            safe_os: optional_path(asked.safe_os, "options.safe_os")?,
            setup: optional_path(asked.setup, "options.setup")?,
            dotnet: optional_path(asked.dotnet, "options.dotnet")?,
            indexes: numbers(asked.indexes, asked.index_count, "options.indexes")?.map(<[u32]>::to_vec),
            level: level(asked.level)?,
            continue_on_error: asked.continue_on_error != 0,
            accept_partial: asked.accept_partial != 0,
            allow_broken_signature: asked.allow_broken_signature != 0,
            force_undecided: asked.force_undecided != 0,
            dry_run: asked.dry_run != 0,
            no_hard_links: asked.no_hard_links != 0,
            receipts: optional_path(asked.receipts, "options.receipts")?,
            iso: optional_path(asked.iso, "options.iso")?,
            label: optional_text(asked.label, "options.label")?.map(str::to_owned),
            ..RefreshOptions::default()
        })
    }
}

/// Brings the medium in the folder `media` (that which `setup.exe` lies in) up to date, as Microsoft's procedure for Dynamic
/// Update does, into the new folder `out`. The medium is only read; nothing is at `out` before all of it is there.
///
/// The result is `WW_STATUS_NOT_APPLICABLE` where nothing would change; with `continue_on_error` the status of the first
/// thing that was left out, and then the tree is there all the same. `*json` (`json` may be NULL) receives the report of
/// `wright media refresh --json`; free it with `ww_string_free`. It is NULL when the work did not come to its end, and then
/// nothing was written. Thread-safe, on new folders of their own.
///
/// # Safety
///
/// `media` and `out` are NULL or NUL-terminated strings; `options`, `progress`, `json` and `error` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_media_refresh(
    media: *const c_char,
    out: *const c_char,
    options: *const WwRefreshOptions,
    progress: *const WwProgress,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear_optional(json);
            let (media, out) = (path(media, "media")?, path(out, "out")?);
            let (chosen, reports) = (refresh_options(options)?, Reports::to(progress)?);
            let report = reports.run(|progress| refresh(&media, &out, &chosen, progress))?;
            give_json(json, "media-refresh", &report)?;
            report.failure().map_or(Ok(()), Err)
        })
    }
}
