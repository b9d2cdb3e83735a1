//! A site's updates and offers.

use super::error::WwError;
use super::progress::WwProgress;
use super::site::{WwSite, act, ask, texts};
use super::text::{optional_text, text};
use crate::site::ImportOptions;
use crate::{Error, ErrorKind, Result};
use std::ffi::c_char;
use std::path::PathBuf;

/// # Safety
///
/// `paths` is NULL or points to `count` strings, NULL or NUL-terminated.
unsafe fn paths_of(paths: *const *const c_char, count: usize) -> Result<Vec<PathBuf>> {
    if count == 0 {
        return Err(Error::new(ErrorKind::InvalidArgument, "no update was named"));
    }
    // SAFETY: the caller's promise.
    let texts = unsafe { texts(paths, count, "paths") }?;
    Ok(texts.into_iter().map(PathBuf::from).collect())
}

/// Takes updates (`.msu`, `.cab`) into the library; of a folder, every one below it. The result is 0 when each could
/// be read, else the status of the first that could not; the others are imported all the same. One whose signature is
/// broken is not imported unless `allow_broken_signature` is not 0. The document is that of `wright site update import
/// --json`.
///
/// `*json` (`json` may be NULL) receives the document; free it with `ww_string_free`. It is NULL when the work did
/// not come to its end. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `paths` is NULL or points to as many strings as its count says; `progress`,
/// `json` and `error` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_update_import(
    site: *const WwSite,
    paths: *const *const c_char,
    path_count: usize,
    allow_broken_signature: u32,
    progress: *const WwProgress,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        act(
            site,
            progress,
            json,
            error,
            "site-update-import",
            || paths_of(paths, path_count),
            |site, progress, paths| {
                let options = ImportOptions { allow_broken_signature: allow_broken_signature != 0 };
                let report = site.import_updates(&paths, &options, progress)?;
                let outcome = report.outcome();
                Ok((report, outcome))
            },
        )
    }
}

/// Every update of the library; with `package` not NULL those that are offered to it. The document is that of `wright
/// site update list --json`.
///
/// `*json` (`json` may be NULL) receives the document; free it with `ww_string_free`. It is NULL when the work did
/// not come to its end. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `package` is NULL or a NUL-terminated string; `progress`, `json` and `error` are
/// NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_update_list(
    site: *const WwSite,
    package: *const c_char,
    progress: *const WwProgress,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        act(
            site,
            progress,
            json,
            error,
            "site-update-list",
            || optional_text(package, "package"),
            |site, progress, package| {
                let list = match package {
                    Some(package) => site.offered_updates(&site.package(package)?, progress)?,
                    None => site.update_list()?,
                };
                Ok((list, Ok(())))
            },
        )
    }
}

/// What an update of the library is, named by number, KB, file name or SHA-256: the document of `wright inspect --json`
/// that was made of it when it was imported.
///
/// `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `update` is NULL or a NUL-terminated string; `json` and `error` are NULL or
/// valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_update_inspection(
    site: *const WwSite,
    update: *const c_char,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        ask(
            site,
            json,
            error,
            "inspect",
            || text(update, "update"),
            |site, update| {
                let document = site.inspection(&site.update(update)?)?;
                serde_json::from_str::<serde_json::Value>(&document).map_err(|e| {
                    Error::new(ErrorKind::Malformed, "the record of the inspection is no JSON").with_source(e)
                })
            },
        )
    }
}

/// Removes an update, named by number, KB, file name or SHA-256, that no schedule names. The document is that of
/// `wright site update remove --json`.
///
/// `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `update` is NULL or a NUL-terminated string; `json` and `error` are NULL or
/// valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_update_remove(
    site: *const WwSite,
    update: *const c_char,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        ask(
            site,
            json,
            error,
            "site-update-remove",
            || text(update, "update"),
            |site, update| site.remove_update(&site.update(update)?),
        )
    }
}

/// Which imported updates a package can use, index by index, and why not the others. That none is offered is no
/// failure here. The document is that of `wright site offer --json`.
///
/// `*json` (`json` may be NULL) receives the document; free it with `ww_string_free`. It is NULL when the work did
/// not come to its end. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `package` is NULL or a NUL-terminated string; `progress`, `json` and `error` are
/// NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_offer(
    site: *const WwSite,
    package: *const c_char,
    progress: *const WwProgress,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        act(
            site,
            progress,
            json,
            error,
            "site-offer",
            || text(package, "package"),
            |site, progress, package| Ok((site.offer(&site.package(package)?, progress)?, Ok(()))),
        )
    }
}

/// What is known of updates and a package's published version: of index `index`, or with 0 of all. Updates that
/// nobody has asked about yet are not in it; `ww_site_offer` asks. The document is that of `wright site status
/// --json`.
///
/// `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `package` is NULL or a NUL-terminated string; `json` and `error` are NULL or
/// valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_status(
    site: *const WwSite,
    package: *const c_char,
    index: u32,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        ask(
            site,
            json,
            error,
            "site-status",
            || text(package, "package"),
            |site, package| site.status_list(&site.package(package)?, (index != 0).then_some(index)),
        )
    }
}
