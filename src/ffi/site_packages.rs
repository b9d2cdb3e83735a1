//! A site's upgrade packages.

use super::error::{WwError, null};
use super::options::{self, Options};
use super::progress::WwProgress;
use super::site::{WwSite, act, ask};
use super::text::{optional_path, optional_text, path, text};
use crate::Result;
use crate::site::{AddOptions, SetOptions};
use std::ffi::c_char;

/// How `ww_site_package_add` names a package.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct WwSiteAddOptions {
    /// `sizeof` this struct.
    pub struct_size: usize,
    /// Its name, at most 50 characters. Not NULL.
    pub name: *const c_char,
    /// Its version, free text of at most 32 characters; NULL for none.
    pub version: *const c_char,
    /// A comment of at most 127 characters; NULL for none.
    pub comment: *const c_char,
    /// The only index of its image to take, from 1; 0 for all.
    pub index: u32,
    /// 0.
    pub reserved: u32,
}

// SAFETY: `repr(C)`, the size first, no padding; every pattern of bytes is a valid number and pointer.
unsafe impl Options for WwSiteAddOptions {}

/// What `ww_site_package_set` changes. NULL and 0 leave a thing as it is.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct WwSiteSetOptions {
    /// `sizeof` this struct.
    pub struct_size: usize,
    /// A new name.
    pub name: *const c_char,
    /// A new version.
    pub version: *const c_char,
    /// A new comment.
    pub comment: *const c_char,
    /// Another source folder.
    pub source: *const c_char,
    /// How many versions of its content are kept.
    pub keep: u32,
    /// 0.
    pub reserved: u32,
}

// SAFETY: `repr(C)`, the size first, no padding; every pattern of bytes is a valid number and pointer.
unsafe impl Options for WwSiteSetOptions {}

/// # Safety
///
/// `options` is NULL or valid.
unsafe fn add_options(options: *const WwSiteAddOptions) -> Result<AddOptions> {
    // SAFETY: the caller's promise.
    unsafe {
        let given = options::read(options, "options")?.ok_or_else(|| null("options"))?;
        let or_empty = |value, what| optional_text(value, what).map(|t| t.unwrap_or_default().to_owned());
        Ok(AddOptions {
            name: text(given.name, "options.name")?.to_owned(),
            version: or_empty(given.version, "options.version")?,
            comment: or_empty(given.comment, "options.comment")?,
            index: (given.index != 0).then_some(given.index),
        })
    }
}

/// # Safety
///
/// `options` is NULL or valid.
unsafe fn set_options(options: *const WwSiteSetOptions) -> Result<SetOptions> {
    // SAFETY: the caller's promise.
    unsafe {
        let Some(given) = options::read(options, "options")? else { return Ok(SetOptions::default()) };
        let owned = |value, what| optional_text(value, what).map(|t| t.map(str::to_owned));
        Ok(SetOptions {
            name: owned(given.name, "options.name")?,
            version: owned(given.version, "options.version")?,
            comment: owned(given.comment, "options.comment")?,
            source: optional_path(given.source, "options.source")?,
            keep: (given.keep != 0).then_some(given.keep),
        })
    }
}

/// Adds the folder `source` of Windows Setup's files as an upgrade package; the folder is only read. Its name stands
/// in `options`, which therefore may not be NULL. The document is that of `wright site package add --json`.
///
/// `*json` (`json` may be NULL) receives the document; free it with `ww_string_free`. It is NULL when the work did
/// not come to its end. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `source` is NULL or a NUL-terminated string; `options`, `progress`, `json` and
/// `error` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_package_add(
    site: *const WwSite,
    source: *const c_char,
    options: *const WwSiteAddOptions,
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
            "site-package-add",
            || Ok((path(source, "source")?, add_options(options)?)),
            |site, progress, (source, options)| {
                let package = site.add_package(source, &options, progress)?;
                Ok((site.package_details(&package, false)?, Ok(())))
            },
        )
    }
}

/// Every upgrade package. The document is that of `wright site package list --json`.
///
/// `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `json` and `error` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_package_list(
    site: *const WwSite,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe { ask(site, json, error, "site-package-list", || Ok(()), |site, ()| site.package_list()) }
}

/// The package of this name or number: images, versions; with `installed` not 0 also what its images had installed at
/// import. The document is that of `wright site package show --json`.
///
/// `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `package` is NULL or a NUL-terminated string; `json` and `error` are NULL or
/// valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_package_show(
    site: *const WwSite,
    package: *const c_char,
    installed: u32,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        ask(
            site,
            json,
            error,
            "site-package-show",
            || text(package, "package"),
            |site, package| site.package_details(&site.package(package)?, installed != 0),
        )
    }
}

/// Reads the source of a package again after it was changed from outside: a new version of its content. The document
/// is that of `wright site package reload --json`.
///
/// `*json` (`json` may be NULL) receives the document; free it with `ww_string_free`. It is NULL when the work did
/// not come to its end. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `package` is NULL or a NUL-terminated string; `progress`, `json` and `error` are
/// NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_package_reload(
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
            "site-package-reload",
            || text(package, "package"),
            |site, progress, package| {
                let package = site.reload_package(&site.package(package)?, progress)?;
                Ok((site.package_details(&package, false)?, Ok(())))
            },
        )
    }
}

/// Changes what `options` gives of a package: name, version, comment, source, how many versions are kept. The
/// document is that of `wright site package set --json`.
///
/// `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `package` is NULL or a NUL-terminated string; `options`, `json` and `error` are
/// NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_package_set(
    site: *const WwSite,
    package: *const c_char,
    options: *const WwSiteSetOptions,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        ask(
            site,
            json,
            error,
            "site-package-set",
            || Ok((text(package, "package")?, set_options(options)?)),
            |site, (package, options)| {
                let package = site.set_package(&site.package(package)?, &options)?;
                site.package_details(&package, false)
            },
        )
    }
}

/// Publishes an older version of a package's content again: `version`, or with 0 the one before the published one.
/// The document is that of `wright site package rollback --json`.
///
/// `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `package` is NULL or a NUL-terminated string; `json` and `error` are NULL or
/// valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_package_rollback(
    site: *const WwSite,
    package: *const c_char,
    version: u32,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        ask(
            site,
            json,
            error,
            "site-package-rollback",
            || text(package, "package"),
            |site, package| {
                let to = (version != 0).then_some(version);
                let package = site.rollback_package(&site.package(package)?, to)?;
                site.package_details(&package, false)
            },
        )
    }
}

/// Compares the source of a package with what was added, and the library's copies with their digests. The result is 0
/// when all is as it was, else the status of the first difference. The document is that of `wright site package check
/// --json`.
///
/// `*json` (`json` may be NULL) receives the document; free it with `ww_string_free`. It is NULL when the work did
/// not come to its end. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `package` is NULL or a NUL-terminated string; `progress`, `json` and `error` are
/// NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_package_check(
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
            "site-package-check",
            || text(package, "package"),
            |site, progress, package| {
                let check = site.check_package(&site.package(package)?, progress)?;
                let outcome = check.outcome();
                Ok((check, outcome))
            },
        )
    }
}

/// Removes a package and what only it uses. The document is that of `wright site package remove --json`.
///
/// `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `package` is NULL or a NUL-terminated string; `json` and `error` are NULL or
/// valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_package_remove(
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
            "site-package-remove",
            || text(package, "package"),
            |site, package| site.remove_package(&site.package(package)?),
        )
    }
}
