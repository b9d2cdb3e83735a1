//! Prestaged content of a site: packages in one file.

use super::error::{WwError, clear_optional, guard};
use super::progress::{Reports, WwProgress};
use super::site::{WwSite, act, texts};
use super::text::{give_json, path, text};
use crate::Result;
use crate::site::{SigningKey, VerifyingKey, import_prestaged, import_prestaged_signed};
use std::ffi::c_char;

/// Writes the published versions of packages into the one file `out`, for a distribution point at the end of a thin
/// line. The document is that of `wright site prestage export --json`.
///
/// `*json` (`json` may be NULL) receives the document; free it with `ww_string_free`. It is NULL when the work did
/// not come to its end. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `out` is NULL or a NUL-terminated string; `packages` is NULL or points to as many
/// strings as its count says; `progress`, `json` and `error` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_prestage_export(
    site: *const WwSite,
    packages: *const *const c_char,
    package_count: usize,
    out: *const c_char,
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
            "site-prestage-export",
            || Ok((texts(packages, package_count, "packages")?, path(out, "out")?)),
            |site, progress, (packages, out)| {
                let packages = packages.iter().map(|p| site.package(p)).collect::<Result<Vec<_>>>()?;
                Ok((site.export_prestaged(&packages, &out, progress)?, Ok(())))
            },
        )
    }
}

/// As `ww_site_prestage_export`, signed with the private key in the file `sign_key` (Ed25519, PEM, as `openssl genpkey
/// -algorithm ed25519` writes it): who has its public half can tell that nothing was changed. Thread-safe.
///
/// # Safety
///
/// As of `ww_site_prestage_export`; `sign_key` is NULL or a NUL-terminated string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_prestage_export_signed(
    site: *const WwSite,
    packages: *const *const c_char,
    package_count: usize,
    out: *const c_char,
    sign_key: *const c_char,
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
            "site-prestage-export",
            || {
                let packages = texts(packages, package_count, "packages")?;
                Ok((packages, path(out, "out")?, SigningKey::read(path(sign_key, "sign_key")?)?))
            },
            |site, progress, (packages, out, key)| {
                let packages = packages.iter().map(|p| site.package(p)).collect::<Result<Vec<_>>>()?;
                Ok((site.export_prestaged_signed(&packages, &out, &key, progress)?, Ok(())))
            },
        )
    }
}

/// Puts what the prestaged file `file` holds on a distribution point. The document is that of `wright site prestage
/// import --json`.
///
/// `*json` (`json` may be NULL) receives the document; free it with `ww_string_free`. It is NULL when the work did
/// not come to its end. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `file` and `point` are NULL or NUL-terminated strings; `progress`, `json` and
/// `error` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_prestage_import(
    site: *const WwSite,
    file: *const c_char,
    point: *const c_char,
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
            "site-prestage-import",
            || Ok((path(file, "file")?, text(point, "point")?)),
            |site, progress, (file, point)| {
                Ok((site.import_prestaged(&file, &site.point(point)?, progress)?, Ok(())))
            },
        )
    }
}

/// As `ww_site_prestage_import`; refused with `WW_STATUS_HASH_MISMATCH` unless the file was signed with the
/// private half of the public key in the file `verify_key` (`openssl pkey -pubout`). Thread-safe.
///
/// # Safety
///
/// As of `ww_site_prestage_import`; `verify_key` is NULL or a NUL-terminated string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_prestage_import_signed(
    site: *const WwSite,
    file: *const c_char,
    point: *const c_char,
    verify_key: *const c_char,
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
            "site-prestage-import",
            || {
                let (file, point) = (path(file, "file")?, text(point, "point")?);
                Ok((file, point, VerifyingKey::read(path(verify_key, "verify_key")?)?))
            },
            |site, progress, (file, point, key)| {
                let point = site.point(point)?;
                Ok((site.import_prestaged_signed(&file, &point, &key, progress)?, Ok(())))
            },
        )
    }
}

/// Puts what the prestaged file `file` holds into the folder of a distribution point, where no site is at hand. The
/// document is that of `wright site prestage import --json`.
///
/// `*json` (`json` may be NULL) receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
///
/// # Safety
///
/// `file` and `folder` are NULL or NUL-terminated strings; `progress`, `json` and `error` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_prestage_unpack(
    file: *const c_char,
    folder: *const c_char,
    progress: *const WwProgress,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear_optional(json);
            let (file, folder) = (path(file, "file")?, path(folder, "folder")?);
            let reports = Reports::to(progress)?;
            let done = reports.run(|progress| import_prestaged(&file, &folder, progress))?;
            give_json(json, "site-prestage-import", &done)
        })
    }
}

/// As `ww_site_prestage_unpack`; refused, as by `ww_site_prestage_import_signed`, unless the file was signed with the
/// private half of the public key in the file `verify_key`. Thread-safe.
///
/// # Safety
///
/// As of `ww_site_prestage_unpack`; `verify_key` is NULL or a NUL-terminated string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_prestage_unpack_signed(
    file: *const c_char,
    folder: *const c_char,
    verify_key: *const c_char,
    progress: *const WwProgress,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear_optional(json);
            let (file, folder) = (path(file, "file")?, path(folder, "folder")?);
            let key = VerifyingKey::read(path(verify_key, "verify_key")?)?;
            let reports = Reports::to(progress)?;
            let done = reports.run(|progress| import_prestaged_signed(&file, &folder, &key, progress))?;
            give_json(json, "site-prestage-import", &done)
        })
    }
}
