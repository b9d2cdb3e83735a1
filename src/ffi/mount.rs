//! Mounted images.

use super::error::{WwError, borrow, clear, clear_optional, guard, hand_out, release};
use super::image::references;
use super::images::{WwCommitOptions, commit_options};
use super::options::{self, Options};
use super::progress::{Reports, WwProgress};
use super::text::{give_json, optional_path, path};
use super::threads;
use crate::mount::{Ending, MountInfo, MountOptions, Mounted, list, mount, recover, unmount};
use crate::{Error, ErrorKind, Result};
use serde::Serialize;
use std::ffi::c_char;
use std::sync::{Mutex, MutexGuard, TryLockError};

/// An image that this process has mounted and serves. Any thread may use it, one at a time: a call that comes while
/// another is at work on it is refused with `WW_STATUS_BUSY`.
pub struct WwMount {
    mounted: Mutex<Mounted>,
}

impl WwMount {
    fn lock(&self) -> Result<MutexGuard<'_, Mounted>> {
        self.mounted.try_lock().map_err(|e| match e {
            TryLockError::WouldBlock => Error::new(ErrorKind::Busy, "another call is at work on this mount"),
            TryLockError::Poisoned(_) => {
                Error::new(ErrorKind::Internal, "an earlier call on this mount met a defect of the library")
            }
        })
    }
}

/// How `ww_mount_open` mounts. NULL in its place means all defaults: read-only, for the caller alone.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct WwMountOptions {
    /// `sizeof` this struct.
    pub struct_size: usize,
    /// Path of the folder that takes the changes, a new or empty one; NULL for one below `$XDG_STATE_HOME/wimwright`.
    pub overlay: *const c_char,
    /// Not 0: the image can be changed.
    pub read_write: u32,
    /// Not 0: other users may look into it too.
    pub allow_other: u32,
    /// Threads to use, at most 1024; 0 for one more than there are cores.
    pub threads: u32,
    /// 0.
    pub reserved: u32,
    /// Paths of image files that a delta WIM takes its other contents from, as in `ww_open_options`. NULL for none.
    pub references: *const *const c_char,
    /// How many strings `references` points to.
    pub reference_count: usize,
}

// SAFETY: `repr(C)`, the size first, no padding; every pattern of bytes is a valid number and pointer.
unsafe impl Options for WwMountOptions {}

#[derive(Serialize)]
struct Mounts {
    mounts: Vec<MountInfo>,
}

/// # Safety
///
/// `options` is NULL or valid.
unsafe fn ending(number: u32, options: *const WwCommitOptions) -> Result<Ending> {
    match number {
        0 => Ok(Ending::Keep),
        // SAFETY: the caller's promise.
        1 => Ok(Ending::Commit(unsafe { commit_options(options) }?)),
        2 => Ok(Ending::Discard),
        other => {
            let message = format!("'ending' is {other}, which is no WW_ENDING_... number");
            Err(Error::new(ErrorKind::InvalidArgument, message))
        }
    }
}

/// Mounts image `index` (from 1) of the file at `path` on the folder `dir`, served by threads of this process. Linux only:
/// elsewhere the result is `WW_STATUS_NOT_AVAILABLE`; overlays and `ww_wim_extract` do without a mount.
///
/// `*mount` receives the handle; end it with `ww_mount_end`, close it with `ww_mount_close`. It is NULL on failure.
/// Thread-safe.
///
/// # Safety
///
/// `path` and `dir` are NULL or NUL-terminated strings; `options` is NULL or valid; `mount` and `error` are NULL or can be
/// written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_mount_open(
    path: *const c_char,
    index: u32,
    dir: *const c_char,
    options: *const WwMountOptions,
    mount: *mut *mut WwMount,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear(mount, "mount")?;
            let (wim, dir) = (super::text::path(path, "path")?, super::text::path(dir, "dir")?);
            let mut chosen = MountOptions::new();
            if let Some(options) = options::read(options, "options")? {
                chosen.overlay = optional_path(options.overlay, "options.overlay")?;
                chosen.read_write = options.read_write != 0;
                chosen.allow_other = options.allow_other != 0;
                chosen.threads = threads::count(options.threads)?;
                chosen.open.references = references(options.references, options.reference_count)?;
            }
            let mounted = self::mount(wim, index, dir, &chosen)?;
            hand_out(mount, WwMount { mounted: Mutex::new(mounted) });
            Ok(())
        })
    }
}

/// Unmounts what `ww_mount_open` mounted. `ending` says what becomes of the changes, a `WW_ENDING_...` number; `options` are
/// for a commit. One that is in use stays as it is: `WW_STATUS_BUSY`.
///
/// `*json` (`json` may be NULL) receives the report of `wright unmount --json`; free it with `ww_string_free`. It is NULL
/// on failure. One call at a time.
///
/// # Safety
///
/// `mount` is NULL or a live handle; `options`, `progress`, `json` and `error` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_mount_end(
    mount: *const WwMount,
    ending: u32,
    options: *const WwCommitOptions,
    progress: *const WwProgress,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear_optional(json);
            let mount = borrow(mount, "mount")?;
            let ending = self::ending(ending, options)?;
            let reports = Reports::to(progress)?;
            let mut mounted = mount.lock()?;
            let mounted = &mut *mounted;
            give_json(json, "unmount", &reports.run(|progress| mounted.unmount(&ending, progress))?)
        })
    }
}

/// Not 0 while the image is mounted: 0 once someone else has unmounted it (`wright unmount`, `ww_unmount`, the system's own
/// command), after `ww_mount_end`, and for NULL. While another call is at work on the handle it counts as mounted.
/// Thread-safe.
///
/// # Safety
///
/// `mount` is NULL or a live handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_mount_is_mounted(mount: *const WwMount) -> u32 {
    // SAFETY: the caller's promise.
    let Some(mount) = (unsafe { mount.as_ref() }) else { return 0 };
    // Never unwinds: a defect while it was unmounted leaves it as it is.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| match mount.mounted.try_lock() {
        Ok(mounted) => u32::from(mounted.is_mounted()),
        Err(TryLockError::WouldBlock) => 1,
        Err(TryLockError::Poisoned(_)) => 0,
    }))
    .unwrap_or(0)
}

/// Waits until someone else unmounts what `ww_mount_open` mounted; what was changed is kept in its folder. Other calls with
/// this handle are refused with `WW_STATUS_BUSY` until then. One call at a time.
///
/// # Safety
///
/// `mount` is NULL or a live handle; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_mount_wait(mount: *const WwMount, error: *mut *mut WwError) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe { guard(error, || borrow(mount, "mount")?.lock()?.wait()) }
}

/// Closes a mount; one that was not ended is unmounted, and its changes are kept in their folder. NULL is allowed. Any
/// thread may do it, once, when no other uses the handle.
///
/// # Safety
///
/// `mount` is NULL or a handle that was not closed and that no other thread is using.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_mount_close(mount: *mut WwMount) {
    // SAFETY: handles come from `Box::into_raw` in `hand_out`, and the caller closes each once.
    unsafe { release(mount) };
}

/// Unmounts what any process of this user has mounted on the folder `dir`, or ends what a crash left of it. Otherwise as
/// `ww_mount_end`. Thread-safe.
///
/// # Safety
///
/// `dir` is NULL or a NUL-terminated string; `options`, `progress`, `json` and `error` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_unmount(
    dir: *const c_char,
    ending: u32,
    options: *const WwCommitOptions,
    progress: *const WwProgress,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear_optional(json);
            let (dir, ending) = (path(dir, "dir")?, self::ending(ending, options)?);
            let reports = Reports::to(progress)?;
            give_json(json, "unmount", &reports.run(|progress| unmount(dir, &ending, progress))?)
        })
    }
}

/// The mounts of this user, as the JSON document of `wright mounts --json`. With `clean_up` not 0 what crashes left is
/// cleaned up first; changes stay in their folders.
///
/// `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
///
/// # Safety
///
/// `json` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_mounts(clean_up: u32, json: *mut *mut c_char, error: *mut *mut WwError) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear(json, "json")?;
            let mounts = if clean_up == 0 { list()? } else { recover()? };
            give_json(json, "mounts", &Mounts { mounts })
        })
    }
}
