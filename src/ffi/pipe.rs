//! Image files that come through a pipe: a caller's function that gives contents, piece by piece.

use super::error::{WwError, clear, guard, hand_out, null};
use super::image::{WwOpenOptions, WwWim, open_options};
use crate::wim::WimFile;
use crate::{Error, ErrorKind};
use std::ffi::{c_char, c_void};
use std::io;

/// Gives a piece of contents: writes at most `size` bytes (never 0) to `data` and returns how many it wrote; 0 at the end,
/// a negative number to give up. `user` is what was given with it. It must not throw or jump out.
pub type WwRead = Option<unsafe extern "C" fn(data: *mut c_void, size: usize, user: *mut c_void) -> i64>;

/// The caller's function as a reader.
struct Giver {
    read: unsafe extern "C" fn(data: *mut c_void, size: usize, user: *mut c_void) -> i64,
    user: *mut c_void,
    gave_up: bool,
}

impl io::Read for Giver {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        // SAFETY: the caller promises a function that writes no more than it is told; the bytes are there to be written.
        let given = unsafe { (self.read)(buffer.as_mut_ptr().cast(), buffer.len(), self.user) };
        match usize::try_from(given) {
            Ok(given) if given <= buffer.len() => Ok(given),
            Ok(_) => Err(io::Error::new(io::ErrorKind::InvalidData, "more was given than was asked for")),
            Err(_) => {
                self.gave_up = true;
                Err(io::Error::other("the giver of the contents gave up"))
            }
        }
    }
}

/// Opens the image file that `read` gives from its first byte to its last, as one that comes through a pipe. `user` is
/// passed to `read` as it is; `name` is what messages call the file. `read` is called on this thread, before the function
/// returns; when it gives up the result is `WW_STATUS_CANCELLED`.
///
/// What comes is kept in a file of the system's temporary folder that goes with the handle. A part of a split set is
/// refused. `*wim` receives the handle; close it with `ww_wim_close`. It is NULL on failure. Thread-safe.
///
/// # Safety
///
/// `read` is NULL or may be called with `user` until this returns; `name` is NULL or a NUL-terminated string; `options` is
/// NULL or valid; `wim` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_wim_open_pipe(
    read: WwRead,
    user: *mut c_void,
    name: *const c_char,
    options: *const WwOpenOptions,
    wim: *mut *mut WwWim,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        guard(error, || {
            clear(wim, "wim")?;
            let mut giver = Giver { read: read.ok_or_else(|| null("read"))?, user, gave_up: false };
            let (name, chosen) = (super::text::path(name, "name")?, open_options(options)?);
            let opened = WimFile::open_pipe(&mut giver, &name, &chosen);
            let gave_up = || Error::new(ErrorKind::Cancelled, "the giver of the contents gave up");
            let file = opened.map_err(|e| if giver.gave_up { gave_up() } else { e })?;
            hand_out(wim, WwWim { file });
            Ok(())
        })
    }
}
