//! Options structs that begin with their own size and may grow.

use crate::{Error, ErrorKind, Result};
use std::mem::{MaybeUninit, size_of};
use std::ptr;

/// No version of any options struct is larger.
const MOST: usize = 4096;

/// A struct that begins with `size_t struct_size` and means its defaults when it is all zero.
///
/// # Safety
///
/// The type is `repr(C)`, begins with a `usize`, has no padding, and is valid for every pattern of bytes that a C
/// caller may put there, zero included.
pub(super) unsafe trait Options: Copy {}

/// The caller's options as far as the caller's header knew them; what it did not know is zero. `None` for NULL.
///
/// # Safety
///
/// `pointer` is NULL or points to a `usize` and as many readable bytes as that says.
pub(super) unsafe fn read<T: Options>(pointer: *const T, what: &str) -> Result<Option<T>> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: every options struct begins with its size, which the caller promises can be read.
    let given = unsafe { pointer.cast::<usize>().read() };
    let wrong = |why: &str| {
        let message = format!("'{what}.struct_size' is {given}, {why} (sizeof is {})", size_of::<T>());
        Err(Error::new(ErrorKind::InvalidArgument, message))
    };
    if given < size_of::<usize>() {
        return wrong("smaller than the field itself");
    }
    if given > MOST {
        return wrong("which no version of this struct has");
    }
    let known = given.min(size_of::<T>());
    // SAFETY: `given` bytes are readable by the caller's promise.
    if (known..given).any(|i| unsafe { pointer.cast::<u8>().add(i).read() } != 0) {
        return wrong("from a newer header, and asks for something that this library does not know");
    }
    let mut value = MaybeUninit::<T>::zeroed();
    // SAFETY: `known` bytes are readable and fit into `value`; what is beyond them is zero, and both are valid for
    // an `Options`.
    Ok(Some(unsafe {
        ptr::copy_nonoverlapping(pointer.cast::<u8>(), value.as_mut_ptr().cast::<u8>(), known);
        value.assume_init()
    }))
}
