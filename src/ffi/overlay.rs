//! Editing images without mounting them: the overlay handle, what it shows, and the commit of many.

use super::error::{WwError, borrow, clear, clear_optional, guard, hand_out, null, release};
use super::image::WwWim;
use super::images::{WwCommitOptions, commit_options};
use super::progress::{Reports, WwProgress};
use super::text::{give_json, image_path, optional_name};
use super::threads::MOST_IMAGES;
use super::write_to::{WwWrite, consumer};
use crate::wim::commit::commit;
use crate::wim::overlay::Overlay;
use crate::wim::xml::FileTime;
use crate::{Error, ErrorKind, Result};
use std::ffi::{c_char, c_void};
use std::io::Read as _;
use std::sync::{Mutex, MutexGuard, TryLockError};

/// One image and the changes made to it, kept in memory until `ww_overlay_commit`. It holds the image file that it came
/// from, which may be closed first. Any thread may use it, one at a time: a call that comes while another is at work on
/// it is refused with `WW_STATUS_BUSY`.
pub struct WwOverlay {
    overlay: Mutex<Overlay>,
}

impl WwOverlay {
    pub(super) fn lock(&self) -> Result<MutexGuard<'_, Overlay>> {
        self.overlay.try_lock().map_err(|e| match e {
            TryLockError::WouldBlock => {
                Error::new(ErrorKind::Busy, "another call is at work on this overlay")
            }
            TryLockError::Poisoned(_) => Error::new(
                ErrorKind::Internal,
                "an earlier call on this overlay met a defect of the library; it can only be closed",
            ),
        })
    }
}

/// Opens image `index` (from 1) of `wim` for changes. Nothing is written before `ww_overlay_commit`.
///
/// `*overlay` receives the handle; close it with `ww_overlay_close`. It is NULL on failure. Thread-safe.
///
/// # Safety
///
/// `wim` is NULL or a live handle; `overlay` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_overlay_open(
    wim: *const WwWim,
    index: u32,
    overlay: *mut *mut WwOverlay,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear(overlay, "overlay")?;
            let opened = Overlay::new(&borrow(wim, "wim")?.file, index)?;
            hand_out(overlay, WwOverlay { overlay: Mutex::new(opened) });
            Ok(())
        })
    }
}

/// Closes an overlay; what was not committed was never written. NULL is allowed. Any thread may do it, once, when no
/// other uses the handle.
///
/// # Safety
///
/// `overlay` is NULL or a handle that was not closed and that no other thread is using.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_overlay_close(overlay: *mut WwOverlay) {
    // SAFETY: handles come from `Box::into_raw` in `hand_out`, and the caller closes each once.
    unsafe { release(overlay) };
}

/// What lies in the folder at `path` as the changes make it, as the JSON document of `wright ls --json`. As
/// `ww_wim_list`; the digest of contents that the commit has yet to hash is `null`. One call at a time.
///
/// # Safety
///
/// `overlay` is NULL or a live handle; `path` is NULL or a NUL-terminated string; `json` and `error` are NULL or can be
/// written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_overlay_list(
    overlay: *const WwOverlay,
    path: *const c_char,
    recursive: u32,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear(json, "json")?;
            let (overlay, path) = (borrow(overlay, "overlay")?, image_path(path, "path")?);
            let listing = overlay.lock()?.listing(&path, recursive != 0)?;
            give_json(json, "ls", &listing)
        })
    }
}

/// Hands the contents of the file at `path`, as the changes make it, to `write`. As `ww_wim_read`. One call at a time.
///
/// # Safety
///
/// `overlay` is NULL or a live handle; `path` and `stream` are NULL or NUL-terminated strings; `write` may be called
/// with `user`; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_overlay_read(
    overlay: *const WwOverlay,
    path: *const c_char,
    stream: *const c_char,
    write: WwWrite,
    user: *mut c_void,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            let (overlay, path) = (borrow(overlay, "overlay")?, image_path(path, "path")?);
            let stream = optional_name(stream, "stream")?;
            let mut consume = consumer(write, user)?;
            let overlay = overlay.lock()?;
            let blob = match &stream {
                Some(name) => overlay.stream(&path, name)?,
                None => overlay.blob(&path)?,
            };
            let (mut reader, mut buffer) = (blob.open()?, vec![0; 1 << 20]);
            loop {
                let read = reader.read(&mut buffer).map_err(|e| Error::from_io("read the contents", e));
                match read.map_err(|e| e.with_path(&path))? {
                    0 => return Ok(()),
                    n => consume(&buffer[..n])?,
                }
            }
        })
    }
}

/// Hands the security descriptor of the entry at `path`, in its binary form (self-relative), to `write`; of an entry that
/// has none, nothing. Any result of `write` but 0 ends the call with `WW_STATUS_CANCELLED`. One call at a time.
///
/// # Safety
///
/// `overlay` is NULL or a live handle; `path` is NULL or a NUL-terminated string; `write` may be called with `user`;
/// `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_overlay_security(
    overlay: *const WwOverlay,
    path: *const c_char,
    write: WwWrite,
    user: *mut c_void,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            let (overlay, path) = (borrow(overlay, "overlay")?, image_path(path, "path")?);
            let mut consume = consumer(write, user)?;
            match overlay.lock()?.security(&path)? {
                Some(descriptor) => consume(descriptor),
                None => Ok(()),
            }
        })
    }
}

/// How many things were changed so far, as a JSON document: `added`, `replaced`, `removed`, `renamed`, `linked`,
/// `directories`, `properties`.
///
/// `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. One call at a time.
///
/// # Safety
///
/// `overlay` is NULL or a live handle; `json` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_overlay_changes(
    overlay: *const WwOverlay,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear(json, "json")?;
            give_json(json, "changes", &borrow(overlay, "overlay")?.lock()?.changes())
        })
    }
}

/// Sets the time that new and replaced files get from now on, in 100 ns since 1601; 0 for the time of each call. One
/// call at a time.
///
/// # Safety
///
/// `overlay` is NULL or a live handle; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_overlay_set_clock(
    overlay: *const WwOverlay,
    time: u64,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            borrow(overlay, "overlay")?.lock()?.set_clock((time != 0).then_some(FileTime(time)));
            Ok(())
        })
    }
}

/// Writes the changes of `count` overlays of one image file at once: new contents once each, compressed on all cores.
///
/// Whatever fails, and when the callback cancels, the file is as it was before, and the overlays can be committed again.
/// After a success close them and open the file again; another commit in place is refused with `WW_STATUS_BUSY`,
/// because the file has changed under the handles. `*json` (`json` may be NULL) receives the report, with the fields of
/// `wright delete --json`; free it with `ww_string_free`. It is NULL on failure. One call at a time on each of the
/// overlays.
///
/// # Safety
///
/// `overlays` is NULL or points to `count` pointers, each NULL or a live handle; `options`, `progress`, `json` and
/// `error` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_overlay_commit(
    overlays: *const *const WwOverlay,
    count: usize,
    options: *const WwCommitOptions,
    progress: *const WwProgress,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear_optional(json);
            let wrong = |message: String| Err(Error::new(ErrorKind::InvalidArgument, message));
            if overlays.is_null() {
                return Err(null("overlays"));
            }
            if count == 0 || count > MOST_IMAGES {
                return wrong(format!("'count' is {count}; no image has so many"));
            }
            let mut locked = Vec::with_capacity(count);
            for at in 0..count {
                let pointer = *overlays.add(at);
                if (0..at).any(|before| *overlays.add(before) == pointer) {
                    return wrong("'overlays' holds one overlay twice".to_owned());
                }
                locked.push(borrow(pointer, "overlays")?.lock()?);
            }
            let (options, reports) = (commit_options(options)?, Reports::to(progress)?);
            let wim = locked[0].wim().clone();
            let views = locked.iter().map(|overlay| (**overlay).clone()).collect();
            give_json(json, "commit", &reports.run(|progress| commit(&wim, views, &options, progress))?)
        })
    }
}
