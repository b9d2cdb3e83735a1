//! Writing overlays back: new data is appended, then the header is replaced in one write.
//!
//! Until that write the file holds the old images untouched, with something behind them that nothing refers to;
//! a failure cuts that off again. After it the new images are whole, since all they consist of was synced before.

mod append;
mod blobs;
mod disk;
mod output;
mod resource;
mod table;
#[cfg(test)]
pub(super) mod tests;

use super::file::WimFile;
use super::header::{Header, flags};
use super::overlay::Overlay;
use super::xml::FileTime;
use crate::base::{Limits, Progress};
use crate::codec::wimlib::Compression;
use crate::error::{Error, ErrorKind, Result};
use disk::FileDisk;
use std::path::{Path, PathBuf};

/// How overlays are committed.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct CommitOptions {
    /// Where the changed WIM is written; what is there already is replaced at once when all is done. `None` changes
    /// the WIM in place.
    pub output: Option<PathBuf>,
    /// Compression level on wimlib's scale (30 fast, 50 wimlib's default, 100 thorough). `None`: see
    /// [`default_level`].
    pub level: Option<u32>,
    /// Threads that compress; `None` for all cores.
    pub threads: Option<usize>,
    /// The modification time that changed images get; `None` for now.
    pub timestamp: Option<FileTime>,
}

impl CommitOptions {
    /// The defaults: in place, fast, on all cores.
    pub fn new() -> Self {
        Self::default()
    }
}

/// What a commit did.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct CommitReport {
    /// The file that holds the result.
    pub path: PathBuf,
    /// Indexes of the images that changed.
    pub images: Vec<u32>,
    /// Blobs that were appended, without metadata.
    pub new_blobs: u64,
    /// Their bytes, uncompressed.
    pub new_bytes: u64,
    /// Their bytes as stored.
    pub stored_bytes: u64,
    /// Contents given that the WIM had already, or that were given twice.
    pub deduplicated: u64,
    /// Blobs that nothing uses any more. Their bytes stay in the file until it is optimised.
    pub dropped_blobs: u64,
    /// Bytes appended in all.
    pub appended_bytes: u64,
    /// Size of the file before.
    pub size_before: u64,
    /// Size of the file after.
    pub size_after: u64,
}

/// The level used where none is asked for: the last one before size is bought dearly. Measured on 200 MB of programs
/// and data: LZX at 30 takes a sixth of the time of wimlib's default, 50, for 2.4 % more bytes (20 is no faster), LZMS
/// half for 1.8 %; for XPRESS the default itself is as fast as anything.
pub fn default_level(compression: Compression) -> u32 {
    match compression {
        Compression::Lzx | Compression::Lzms => 30,
        Compression::Xpress | Compression::None => 50,
    }
}

/// Writes what `overlays`, views of images of `wim`, changed.
///
/// In place the file is locked against other writers, [`Busy`](ErrorKind::Busy) at once if there is one or if the
/// file changed since it was opened. On any failure or cancel the file is as it was before. `wim` keeps showing
/// the old images; open the file again for the new ones.
///
/// Refused by name: split sets, pipable WIMs, and in place such as are marked read-only.
pub fn commit(
    wim: &WimFile,
    overlays: Vec<Overlay>,
    options: &CommitOptions,
    progress: &Progress,
) -> Result<CommitReport> {
    let path = wim.path().ok_or_else(|| {
        Error::new(ErrorKind::InvalidArgument, "a WIM that was not opened by a path cannot be committed to")
    })?;
    check(wim, &overlays, options).map_err(|e| e.with_path(path.display()))?;
    let work = || match &options.output {
        Some(output) => output::to_output(wim, path, output, overlays, options, progress),
        None => in_place(wim, path, overlays, options, progress),
    };
    let mut report = match options.threads {
        None => work(),
        Some(threads) => {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.max(1)).build();
            let pool = pool.map_err(|e| {
                Error::new(ErrorKind::Io, "cannot start the threads asked for").with_source(e)
            })?;
            pool.install(work)
        }
    }?;
    options.output.as_deref().unwrap_or(path).clone_into(&mut report.path);
    Ok(report)
}

fn in_place(
    wim: &WimFile,
    path: &Path,
    overlays: Vec<Overlay>,
    options: &CommitOptions,
    progress: &Progress,
) -> Result<CommitReport> {
    if !overlays.iter().any(Overlay::is_changed) {
        let size = wim.sources().first().map_or(0, |s| s.size());
        return Ok(CommitReport { size_before: size, size_after: size, ..CommitReport::default() });
    }
    let disk = FileDisk::open_exclusive(path)?;
    append::append(&disk, wim, overlays, options, progress).map_err(|e| e.with_path(path.display()))
}

fn check(wim: &WimFile, overlays: &[Overlay], options: &CommitOptions) -> Result<()> {
    let header = wim.header();
    if header.total_parts != 1 || header.flags & flags::SPANNED != 0 {
        return Err(Error::unsupported("a split set cannot be changed; join its parts first"));
    }
    if header.pipable {
        return Err(Error::unsupported(
            "a pipable WIM cannot be changed; export it to an ordinary one first",
        ));
    }
    if header.flags & (flags::RESOURCE_ONLY | flags::METADATA_ONLY) != 0 {
        return Err(Error::unsupported("a WIM that holds only metadata or only resources cannot be changed"));
    }
    if header.flags & flags::READ_ONLY != 0 && options.output.is_none() {
        let message = "the WIM is marked read-only; write the result to another file";
        return Err(Error::new(ErrorKind::PermissionDenied, message));
    }
    let mut seen = std::collections::HashSet::new();
    for overlay in overlays {
        let index = overlay.index();
        if overlay.wim().header() != header || overlay.wim().path() != wim.path() {
            return Err(Error::new(ErrorKind::InvalidArgument, "an overlay is a view of another WIM"));
        }
        if !seen.insert(index) {
            let message = format!("image {index} was given twice; make all changes in one overlay");
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
    }
    compression(header, wim.limits()).map(|_| ())
}

/// How new resources are compressed: as the WIM's header says.
fn compression(header: &Header, limits: &Limits) -> Result<(Compression, usize)> {
    let kind = header.compression()?;
    if kind == Compression::None {
        return Ok((kind, 0));
    }
    let size = u64::from(header.chunk_size);
    Limits::check("the WIM's chunk size", size, limits.max_chunk)?;
    Ok((kind, kind.check_chunk_size(size)?))
}
