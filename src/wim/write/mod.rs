//! Writing WIM files: what commits and whole new files have in common, and the makers of new files.
//!
//! A new file is written beside its place, synced, and put there by one rename, so that under its name there is the
//! old file or the new one, never a part. Blobs that are stored as the new file wants them are copied as they are,
//! without being decoded; the others go through all cores.

pub(in crate::wim) mod blobs;
mod copy;
pub(in crate::wim) mod disk;
pub(in crate::wim) mod export;
pub(in crate::wim) mod form;
pub(in crate::wim) mod images;
pub(in crate::wim) mod name_lock;
pub(in crate::wim) mod new_file;
pub(in crate::wim) mod resource;
mod selected;
mod solid;
mod split;

pub use crate::codec::wimlib::Compression;
use crate::error::{Error, ErrorKind, Result};
pub(in crate::wim) use export::random_guid;
pub use export::{ExportReport, export, optimize};
pub use form::ExportOptions;
pub use split::{SplitOptions, SplitPart, SplitReport, split};

/// Runs `work` on a pool of this many threads; `None` on the one there is.
pub(in crate::wim) fn on_threads<T: Send>(
    threads: Option<usize>,
    work: impl FnOnce() -> Result<T> + Send,
) -> Result<T> {
    let Some(threads) = threads else { return work() };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.max(1)).build();
    let pool =
        pool.map_err(|e| Error::new(ErrorKind::Io, "cannot start the threads asked for").with_source(e))?;
    pool.install(work)
}
