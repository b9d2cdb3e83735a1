//! Numbers that a C caller asks for: of threads, of images.

use super::error::null;
use crate::{Error, ErrorKind, Result};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::slice;

/// More than any machine has, and as many as the command line takes.
const MOST: u32 = 1024;

/// `None` for 0, which means one for each core.
pub(super) fn count(threads: u32) -> Result<Option<usize>> {
    if threads > MOST {
        let message = format!("'options.threads' is {threads}; at most {MOST} can be asked for");
        return Err(Error::new(ErrorKind::InvalidArgument, message));
    }
    Ok((threads > 0).then_some(threads as usize))
}

/// A pool of that many threads; `None` for 0.
pub(super) fn pool(threads: u32) -> Result<Option<ThreadPool>> {
    let failed = |e| Error::new(ErrorKind::Io, format!("cannot start {threads} threads")).with_source(e);
    let build = |n| ThreadPoolBuilder::new().num_threads(n).build().map_err(failed);
    count(threads)?.map(build).transpose()
}

/// Does the work in `pool`, or in the one for each core.
pub(super) fn run<T: Send>(pool: Option<&ThreadPool>, work: impl FnOnce() -> T + Send) -> T {
    match pool {
        Some(pool) => pool.install(work),
        None => work(),
    }
}

/// No file has more images.
pub(super) const MOST_IMAGES: usize = u16::MAX as usize;

/// A caller's list of images; `None` for NULL and 0.
///
/// # Safety
///
/// `pointer` is NULL or points to `count` numbers that live through `'a`.
pub(super) unsafe fn numbers<'a>(pointer: *const u32, count: usize, what: &str) -> Result<Option<&'a [u32]>> {
    match (pointer.is_null(), count) {
        (true, 0) => Ok(None),
        (true, _) => Err(null(what)),
        (false, 1..=MOST_IMAGES) => {
            // SAFETY: not NULL, and the caller promises `count` numbers there.
            Ok(Some(unsafe { slice::from_raw_parts(pointer, count) }))
        }
        (false, _) => {
            let message = format!("the count of '{what}' is {count}; no image has so many");
            Err(Error::new(ErrorKind::InvalidArgument, message))
        }
    }
}
