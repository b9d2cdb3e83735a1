//! Looking into an image: list, read, packages.

use super::error::{WwError, borrow, clear, guard};
use super::image::WwWim;
use super::text::{give_json, image_path, optional_name};
use super::write_to::{WwWrite, consumer};
use crate::service::ImagePackages;
use std::ffi::{c_char, c_void};

/// What lies in the folder at `path` of image `index` (from 1), as the JSON document of `wright ls --json`; of a file, the
/// file itself. `path` is from the root, with `\` or `/` between names; `""` is the root. With `recursive` not 0,
/// everything below it.
///
/// `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
///
/// # Safety
///
/// `wim` is NULL or a live handle; `path` is NULL or a NUL-terminated string; `json` and `error` are NULL or can be
/// written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_wim_list(
    wim: *const WwWim,
    index: u32,
    path: *const c_char,
    recursive: u32,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear(json, "json")?;
            let (wim, path) = (borrow(wim, "wim")?, image_path(path, "path")?);
            give_json(json, "ls", &wim.file.listing(index, &path, recursive != 0)?)
        })
    }
}

/// Hands the contents of the file at `path` of image `index` (from 1) to `write`, in order and in pieces, on the calling
/// thread. `stream` names a named data stream; NULL for the contents proper.
///
/// Any result of `write` but 0 ends the call with `WW_STATUS_CANCELLED`. The digest is checked at the end: when the
/// result is `WW_STATUS_HASH_MISMATCH`, what was handed out is wrong. Thread-safe.
///
/// # Safety
///
/// `wim` is NULL or a live handle; `path` and `stream` are NULL or NUL-terminated strings; `write` may be called with
/// `user`; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_wim_read(
    wim: *const WwWim,
    index: u32,
    path: *const c_char,
    stream: *const c_char,
    write: WwWrite,
    user: *mut c_void,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            let (wim, path) = (borrow(wim, "wim")?, image_path(path, "path")?);
            let stream = optional_name(stream, "stream")?;
            let mut consume = consumer(write, user)?;
            let read = wim.file.view(index)?.read_to(&path, stream.as_ref(), &mut consume);
            read.map_err(|e| e.within(format!("{}: image {index}", wim.file.name())))
        })
    }
}

/// The packages of image `index` (from 1), how far each is installed, and whether the image may be serviced, as the JSON
/// document of `wright packages --json`. With `all` not 0, superseded and absent packages too.
///
/// `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
///
/// # Safety
///
/// `wim` is NULL or a live handle; `json` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_wim_packages(
    wim: *const WwWim,
    index: u32,
    all: u32,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear(json, "json")?;
            give_json(json, "packages", &ImagePackages::read(&borrow(wim, "wim")?.file, index, all != 0)?)
        })
    }
}
