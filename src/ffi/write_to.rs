//! A caller's function that takes contents, piece by piece.

use super::error::null;
use crate::{Error, ErrorKind, Result};
use std::ffi::{c_int, c_void};

/// Takes a piece of contents: `size` bytes at `data`, valid during the callback, and the `user` that was given with it.
/// Any result but 0 ends the work. It must not throw or jump out.
pub type WwWrite = Option<unsafe extern "C" fn(data: *const c_void, size: usize, user: *mut c_void) -> c_int>;

/// The caller's function as one of ours.
///
/// # Safety
///
/// `write` may be called with `user` for as long as the result is used.
pub(super) unsafe fn consumer(write: WwWrite, user: *mut c_void) -> Result<impl FnMut(&[u8]) -> Result<()>> {
    let write = write.ok_or_else(|| null("write"))?;
    Ok(move |data: &[u8]| {
        // SAFETY: the caller's promise; the bytes live through the call.
        match unsafe { write(data.as_ptr().cast(), data.len(), user) } {
            0 => Ok(()),
            _ => Err(Error::new(ErrorKind::Cancelled, "the receiver of the contents asked to stop")),
        }
    })
}
