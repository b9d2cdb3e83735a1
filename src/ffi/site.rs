//! Upgrade packages: the site, and what every call of it shares. The calls by what they concern are in the files beside.

use super::error::{WwError, borrow, clear, clear_optional, guard, hand_out, null, release};
use super::progress::{Reports, WwProgress};
use super::text::{give_json, give_text, path, text};
use crate::base::Progress;
use crate::site::Site;
use crate::{Error, ErrorKind, Result};
use serde::Serialize;
use std::ffi::c_char;

/// An open site: upgrade packages, updates, schedules, runs, distribution points. Any number of threads may use it at
/// once, and any number of processes the folder. Calls that change the same package or point take turns or say
/// `WW_STATUS_BUSY`.
pub struct WwSite {
    site: Site,
}

/// A call that only looks or changes a record: its arguments are read, it is done, its document is given.
///
/// # Safety
///
/// `site` is NULL or a live handle; `json` and `error` are NULL or can be written.
pub(super) unsafe fn ask<A, T: Serialize>(
    site: *const WwSite,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
    name: &str,
    read: impl FnOnce() -> Result<A>,
    work: impl FnOnce(&Site, A) -> Result<T>,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear(json, "json")?;
            let site = borrow(site, "site")?;
            give_json(json, name, &work(&site.site, read()?)?)
        })
    }
}

/// A call that takes its time: it reports, and comes to a document and to what that says went wrong.
///
/// # Safety
///
/// `site` is NULL or a live handle; `progress`, `json` and `error` are NULL or valid.
pub(super) unsafe fn act<A: Send, T: Serialize + Send>(
    site: *const WwSite,
    progress: *const WwProgress,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
    name: &str,
    read: impl FnOnce() -> Result<A>,
    work: impl FnOnce(&Site, &Progress, A) -> Result<(T, Result<()>)> + Send,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear_optional(json);
            let site = &borrow(site, "site")?.site;
            let arguments = read()?;
            let reports = Reports::to(progress)?;
            let (document, outcome) = reports.run(|progress| work(site, progress, arguments))?;
            give_json(json, name, &document)?;
            outcome
        })
    }
}

/// A caller's list of texts; empty for NULL and 0.
///
/// # Safety
///
/// `list` is NULL or points to `count` strings, NULL or NUL-terminated.
pub(super) unsafe fn texts(list: *const *const c_char, count: usize, what: &str) -> Result<Vec<String>> {
    if count > 0 && list.is_null() {
        return Err(null(what));
    }
    // SAFETY: not NULL where there are any, and the caller promises `count` strings there.
    (0..count).map(|at| unsafe { text(*list.add(at), what) }.map(str::to_owned)).collect()
}

/// The number of a record as the site has it.
pub(super) fn number(value: u64, what: &str) -> Result<i64> {
    let none = |e| Error::new(ErrorKind::NotFound, format!("there is no {what} {value}")).with_source(e);
    i64::try_from(value).map_err(none)
}

/// Makes a site in the folder `path`, which must be empty or not be there yet, and opens it.
///
/// `*site` receives the handle; close it with `ww_site_close`. It is NULL on failure. Thread-safe.
///
/// # Safety
///
/// `path` is NULL or a NUL-terminated string; `site` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_init(
    path: *const c_char,
    site: *mut *mut WwSite,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear(site, "site")?;
            let made = Site::init(super::text::path(path, "path")?)?;
            hand_out(site, WwSite { site: made });
            Ok(())
        })
    }
}

/// Opens the site in the folder `path`.
///
/// `*site` receives the handle; close it with `ww_site_close`. It is NULL on failure. Thread-safe.
///
/// # Safety
///
/// `path` is NULL or a NUL-terminated string; `site` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_open(
    path: *const c_char,
    site: *mut *mut WwSite,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear(site, "site")?;
            let opened = Site::open(super::text::path(path, "path")?)?;
            hand_out(site, WwSite { site: opened });
            Ok(())
        })
    }
}

/// Closes a site. NULL is allowed. Any thread may do it, once, when no other uses the handle.
///
/// # Safety
///
/// `site` is NULL or a handle that was not closed and that no other thread is using.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_close(site: *mut WwSite) {
    // SAFETY: handles come from `Box::into_raw` in `hand_out`, and the caller closes each once.
    unsafe { release(site) };
}

/// The receipt of run `run`, as it was written: the JSON document that `docs/receipt.md` describes.
///
/// `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `json` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_receipt(
    site: *const WwSite,
    run: u64,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear(json, "json")?;
            let receipt = borrow(site, "site")?.site.receipt(number(run, "run")?)?;
            give_text(json, &receipt);
            Ok(())
        })
    }
}

/// What the site is and holds. The document is that of `wright site info --json`.
///
/// `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `json` and `error` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_info(
    site: *const WwSite,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe { ask(site, json, error, "site-info", || Ok(()), |site, ()| site.info()) }
}

/// Hashes every content of the site's library again. The result is 0 when all are whole, else the status of the first
/// that is not. The document is that of `wright site verify --json`.
///
/// `*json` (`json` may be NULL) receives the document; free it with `ww_string_free`. It is NULL when the work did
/// not come to its end. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `progress`, `json` and `error` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_verify(
    site: *const WwSite,
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
            "site-verify",
            || Ok(()),
            |site, progress, ()| {
                let report = site.verify(progress)?;
                let outcome = report.outcome();
                Ok((report, outcome))
            },
        )
    }
}

/// Writes a page for the browser to the file `out`: packages, indexes and updates, runs, distribution points. The
/// document is that of `wright site report --json`.
///
/// `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `out` is NULL or a NUL-terminated string; `json` and `error` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_report(
    site: *const WwSite,
    out: *const c_char,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe { ask(site, json, error, "site-report", || path(out, "out"), |site, out| site.report_file(&out)) }
}
