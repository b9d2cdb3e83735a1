//! A number of threads that a C caller asks for.

use crate::{Error, ErrorKind, Result};
use rayon::{ThreadPool, ThreadPoolBuilder};

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
