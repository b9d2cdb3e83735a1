//! A site's distribution points.

use super::error::{WwError, null};
use super::options::{self, Options};
use super::progress::WwProgress;
use super::site::{WwSite, act, ask, texts};
use super::text::{optional_path, optional_text, text};
use crate::Result;
use crate::base::Progress;
use crate::site::{Delivery, DistributionList, PointOptions, Site};
use std::ffi::c_char;

/// A distribution point for `ww_site_point_add`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct WwPointOptions {
    /// `sizeof` this struct.
    pub struct_size: usize,
    /// Its name. Not NULL.
    pub name: *const c_char,
    /// Where it is: a folder, `s3://`, `az://`, `gs://`; `http://` and `https://` for validating. Not NULL.
    pub url: *const c_char,
    /// The server, where it is not the provider's own; NULL for that.
    pub endpoint: *const c_char,
    /// The region; NULL for none.
    pub region: *const c_char,
    /// Path of a file with credentials, lines of `name = value`; NULL takes them from the environment.
    pub credentials: *const c_char,
    /// Not 0: accept plain HTTP to the endpoint.
    pub allow_http: u32,
    /// 0.
    pub reserved: u32,
}

// SAFETY: `repr(C)`, the size first, no padding; every pattern of bytes is a valid number and pointer.
unsafe impl Options for WwPointOptions {}

/// # Safety
///
/// `options` is NULL or valid.
unsafe fn point_options(options: *const WwPointOptions) -> Result<PointOptions> {
    // SAFETY: the caller's promise.
    unsafe {
        let given = options::read(options, "options")?.ok_or_else(|| null("options"))?;
        let owned = |value, what| optional_text(value, what).map(|t| t.map(str::to_owned));
        Ok(PointOptions {
            name: text(given.name, "options.name")?.to_owned(),
            url: text(given.url, "options.url")?.to_owned(),
            endpoint: owned(given.endpoint, "options.endpoint")?,
            region: owned(given.region, "options.region")?,
            credentials: optional_path(given.credentials, "options.credentials")?,
            allow_http: given.allow_http != 0,
        })
    }
}

/// A package and the points that a call concerns.
///
/// # Safety
///
/// `package` is NULL or NUL-terminated; `points` is NULL or points to `count` strings.
unsafe fn target<'a>(
    package: *const c_char,
    points: *const *const c_char,
    count: usize,
) -> Result<(&'a str, Vec<String>)> {
    // SAFETY: the caller's promise.
    unsafe { Ok((text(package, "package")?, texts(points, count, "points")?)) }
}

fn deliver(
    site: &Site,
    what: Delivery,
    package: &str,
    points: &[String],
    progress: &Progress,
) -> Result<(DistributionList, Result<()>)> {
    let package = site.package(package)?;
    site.deliver(what, &package, &site.points_of(&package, points)?, progress)
}

/// Adds a distribution point, which `options` describes; it may not be NULL. The document is that of `wright site dp
/// add --json`.
///
/// `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `options`, `json` and `error` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_point_add(
    site: *const WwSite,
    options: *const WwPointOptions,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        ask(
            site,
            json,
            error,
            "site-dp-add",
            || point_options(options),
            |site, options| {
                site.add_point(&options)?;
                site.point_list()
            },
        )
    }
}

/// Every distribution point. The document is that of `wright site dp list --json`.
///
/// `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `json` and `error` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_point_list(
    site: *const WwSite,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe { ask(site, json, error, "site-dp-list", || Ok(()), |site, ()| site.point_list()) }
}

/// How packages stand on the distribution points; with `package` not NULL only that one. The document is that of
/// `wright site dp status --json`.
///
/// `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `package` is NULL or a NUL-terminated string; `json` and `error` are NULL or
/// valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_point_status(
    site: *const WwSite,
    package: *const c_char,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        ask(
            site,
            json,
            error,
            "site-dp-status",
            || optional_text(package, "package"),
            |site, package| {
                let package = package.map(|p| site.package(p)).transpose()?;
                site.distribution_list(package.as_ref())
            },
        )
    }
}

/// Removes a distribution point's record; with `abandon` not 0 also while packages are there, which stay there as
/// they are. The document is that of `wright site dp remove --json`.
///
/// `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `name` is NULL or a NUL-terminated string; `json` and `error` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_point_remove(
    site: *const WwSite,
    name: *const c_char,
    abandon: u32,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        ask(
            site,
            json,
            error,
            "site-dp-remove",
            || text(name, "name"),
            |site, name| {
                site.remove_point(&site.point(name)?, abandon != 0)?;
                site.point_list()
            },
        )
    }
}

/// Sends a package's published version to distribution points: what they lack. `points` names them; with none it
/// concerns those that have the package. Every one is tried; the result is the status of the first that failed. The
/// document is that of `wright site distribute --json`.
///
/// `*json` (`json` may be NULL) receives the document; free it with `ww_string_free`. It is NULL when the work did
/// not come to its end. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `package` is NULL or a NUL-terminated string; `points` is NULL or points to as
/// many strings as its count says; `progress`, `json` and `error` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_distribute(
    site: *const WwSite,
    package: *const c_char,
    points: *const *const c_char,
    point_count: usize,
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
            "site-distribute",
            || target(package, points, point_count),
            |site, progress, (package, points)| {
                deliver(site, Delivery::Distribute, package, &points, progress)
            },
        )
    }
}

/// Sends all of a package again. `points` names them; with none it concerns those that have the package. Every one is
/// tried; the result is the status of the first that failed. The document is that of `wright site redistribute
/// --json`.
///
/// `*json` (`json` may be NULL) receives the document; free it with `ww_string_free`. It is NULL when the work did
/// not come to its end. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `package` is NULL or a NUL-terminated string; `points` is NULL or points to as
/// many strings as its count says; `progress`, `json` and `error` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_redistribute(
    site: *const WwSite,
    package: *const c_char,
    points: *const *const c_char,
    point_count: usize,
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
            "site-redistribute",
            || target(package, points, point_count),
            |site, progress, (package, points)| {
                deliver(site, Delivery::Redistribute, package, &points, progress)
            },
        )
    }
}

/// Takes a package away from distribution points. `points` names them; with none it concerns those that have the
/// package. Every one is tried; the result is the status of the first that failed. The document is that of `wright
/// site withdraw --json`.
///
/// `*json` (`json` may be NULL) receives the document; free it with `ww_string_free`. It is NULL when the work did
/// not come to its end. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `package` is NULL or a NUL-terminated string; `points` is NULL or points to as
/// many strings as its count says; `progress`, `json` and `error` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_withdraw(
    site: *const WwSite,
    package: *const c_char,
    points: *const *const c_char,
    point_count: usize,
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
            "site-withdraw",
            || target(package, points, point_count),
            |site, progress, (package, points)| deliver(site, Delivery::Withdraw, package, &points, progress),
        )
    }
}

/// Hashes a package's content on distribution points again. `points` names them; with none it concerns those that
/// have the package. The result is the status of the first content that is not whole. The document is that of `wright
/// site validate --json`.
///
/// `*json` (`json` may be NULL) receives the document; free it with `ww_string_free`. It is NULL when the work did
/// not come to its end. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `package` is NULL or a NUL-terminated string; `points` is NULL or points to as
/// many strings as its count says; `progress`, `json` and `error` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_validate(
    site: *const WwSite,
    package: *const c_char,
    points: *const *const c_char,
    point_count: usize,
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
            "site-validate",
            || target(package, points, point_count),
            |site, progress, (package, points)| {
                let package = site.package(package)?;
                let list = site.validate_all(&package, &site.points_of(&package, &points)?, progress)?;
                let outcome = list.outcome();
                Ok((list, outcome))
            },
        )
    }
}
