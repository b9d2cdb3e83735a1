//! Options structs that begin with their own size and may grow.

use crate::{Error, ErrorKind, Result};
use std::mem::{MaybeUninit, size_of};
use std::ptr;

/// A struct that begins with `size_t struct_size` and means its defaults when it is all zero.
///
/// # Safety
///
/// The type is `repr(C)`, begins with a `usize`, and every bit pattern of zeroes is a valid value of it.
pub(super) unsafe trait Options: Copy {}

/// The caller's options as far as the caller's header knew them; what it did not know is zero. `None` for NULL.
///
/// # Safety
///
/// `pointer` is NULL or points to `struct_size` readable bytes.
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
    if given > 4096 {
        return wrong("which no version of this struct has");
    }
    let mut value = MaybeUninit::<T>::zeroed();
    let known = given.min(size_of::<T>());
    // SAFETY: `known` bytes are readable by the caller's promise and fit into `value`; what is beyond them is
    // zero, which is valid for every `Options`.
    let value = unsafe {
        ptr::copy_nonoverlapping(pointer.cast::<u8>(), value.as_mut_ptr().cast::<u8>(), known);
        value.assume_init()
    };
    // SAFETY: the bytes between are the caller's, `given` of them.
    let newer = (known..given).any(|i| unsafe { pointer.cast::<u8>().add(i).read() } != 0);
    if newer {
        return wrong("from a newer header, and asks for something that this library does not know");
    }
    Ok(Some(value))
}
