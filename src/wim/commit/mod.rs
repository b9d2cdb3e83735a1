//! Writing overlays back: new data is appended, then the header is replaced in one write.
//!
//! Until that write the file holds the old images untouched, with something behind them that nothing refers to;
//! a failure cuts that off again. After it the new images are whole, since all they consist of was synced before.

mod add;
mod append;
mod images;
mod output;
mod seal;
pub(in crate::wim) mod table;
#[cfg(test)]
pub(crate) mod tests;

use super::file::WimFile;
use super::header::{Header, flags};
use super::overlay::Overlay;
use super::write::disk::FileDisk;
use super::write::images::NewImages;
use super::write::name_lock::NameLock;
use super::xml::FileTime;
use crate::base::{Limits, Progress, place};
use crate::codec::wimlib::Compression;
use crate::error::{Error, ErrorKind, Result};
pub(in crate::wim) use add::add_images;
pub use images::{ImageEdits, ImageProperties, edit_images};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How overlays are committed.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct CommitOptions {
    /// Where the changed WIM is written; what is there already is replaced at once when all is done. `None` changes
    /// the WIM in place.
    pub output: Option<PathBuf>,
    /// Compression level on wimlib's scale (30 fast, 50 wimlib's default, 100 thorough). `None`: 30 for
    /// LZX and LZMS, 50 for the others.
    pub level: Option<u32>,
    /// Threads that compress; `None` for all cores.
    pub threads: Option<usize>,
    /// The modification time that changed images get; `None` for now.
    pub timestamp: Option<FileTime>,
    /// Whether the WIM has an integrity table afterwards; `None` as it had before.
    pub integrity: Option<bool>,
    /// The lock that keeps other writers away, where it was taken before; `None` takes it for the commit only.
    pub lock: Option<WriteLock>,
}

/// A lock on a WIM against other writers, wimlib's too, for work that ends in a change in place. It goes with its last
/// clone, or with its process. Readers need none.
///
/// ```
/// use std::sync::Arc;
/// use wimwright::ErrorKind;
/// use wimwright::wim::commit::WriteLock;
/// use wimwright::wim::{OpenOptions, WimFile};
///
#[doc = include_str!("../../../docs/doctest/image.md")]
/// # let dir = tempfile::tempdir()?;
/// let wim = WimFile::open(sample_image(dir.path())?, &OpenOptions::new())?;
/// let lock = WriteLock::new(&wim)?;
/// assert_eq!(WriteLock::new(&wim).unwrap_err().kind(), ErrorKind::Busy);
/// drop(lock);
/// let output = WriteLock::for_output(&dir.path().join("new.wim"))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct WriteLock {
    held: Held,
    /// The place, links resolved.
    path: PathBuf,
}

#[derive(Clone, Debug)]
enum Held {
    File(Arc<FileDisk>),
    /// Of a file that is not there yet.
    Name(#[allow(dead_code, reason = "it is there to be dropped")] Arc<NameLock>),
}

impl WriteLock {
    /// Locks the file that `wim` was opened from; [`Busy`](ErrorKind::Busy) at once where another has the lock or the
    /// file was changed since.
    pub fn new(wim: &WimFile) -> Result<Self> {
        let path = wim.path().ok_or_else(no_path)?;
        let disk = FileDisk::open_exclusive(path)?;
        append::unchanged(&disk, wim).map_err(|e| e.with_path(path.display()))?;
        Ok(Self { held: Held::File(Arc::new(disk)), path: place(path) })
    }

    /// Locks the place that a commit is to be written to, for [`CommitOptions::output`], whether there is a file or not.
    pub fn for_output(output: &Path) -> Result<Self> {
        let path = place(output);
        // Windows replaces no file that is open for writing, so there the name is locked always.
        let held = if cfg!(not(windows)) && path.exists() {
            Held::File(Arc::new(FileDisk::open_exclusive(&path)?))
        } else {
            Held::Name(Arc::new(NameLock::new(&path)?))
        };
        Ok(Self { held, path })
    }

    /// Whether it is one on this place.
    fn is_on(&self, path: &Path) -> bool {
        self.path == place(path)
    }
}

/// What a commit changes.
enum Change<'a> {
    Overlays(Vec<Overlay>),
    Images(ImageEdits),
    Add(&'a mut dyn NewImages),
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
    #[serde(serialize_with = "crate::base::path_text")]
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
pub(crate) fn default_level(compression: Compression) -> u32 {
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
///
/// ```
/// use wimwright::base::{ImagePath, Progress};
/// use wimwright::wim::commit::{CommitOptions, commit};
/// use wimwright::wim::overlay::Overlay;
/// use wimwright::wim::{OpenOptions, WimFile};
///
/// # let dir = tempfile::tempdir().unwrap();
/// # let (folder, file) = (dir.path().join("folder"), dir.path().join("a.wim"));
/// # std::fs::create_dir_all(folder.join("Windows/System32")).unwrap();
/// # std::fs::write(folder.join("Windows/System32/a.txt"), "contents").unwrap();
/// # use wimwright::wim::capture::{CaptureOptions, capture};
/// # capture(&folder, &file, &CaptureOptions::new(), &wimwright::base::Progress::none())?;
/// let wim = WimFile::open(&file, &OpenOptions::new())?;
/// let mut overlay = Overlay::new(&wim, 1)?;
/// overlay.put(&ImagePath::parse("a")?, b"a".to_vec())?;
/// let mut options = CommitOptions::new();
/// options.output = Some(dir.path().join("new.wim"));
/// let report = commit(&wim, vec![overlay], &options, &Progress::none())?;
/// assert!(report.images == [1] && report.new_blobs == 1 && report.path.is_file());
/// # Ok::<(), wimwright::Error>(())
/// ```
pub fn commit(
    wim: &WimFile,
    overlays: Vec<Overlay>,
    options: &CommitOptions,
    progress: &Progress,
) -> Result<CommitReport> {
    let changed = overlays.iter().any(Overlay::is_changed);
    let change = (changed || options.output.is_some()).then_some(());
    check_overlays(wim, &overlays)?;
    run(wim, change.map(|()| Change::Overlays(overlays)), options, progress)
}

/// Makes the change; `None` changes nothing.
fn run(
    wim: &WimFile,
    change: Option<Change<'_>>,
    options: &CommitOptions,
    progress: &Progress,
) -> Result<CommitReport> {
    let path = wim.path().ok_or_else(no_path)?;
    check(wim, options).map_err(|e| e.with_path(path.display()))?;
    let Some(change) = change else {
        let size = wim.sources().first().map_or(0, |s| s.size());
        let path = path.to_owned();
        return Ok(CommitReport { path, size_before: size, size_after: size, ..CommitReport::default() });
    };
    let work = || match &options.output {
        Some(output) => output::to_output(wim, path, output, change, options, progress),
        None => in_place(wim, path, change, options, progress),
    };
    let mut report = super::write::on_threads(options.threads, work)?;
    options.output.as_deref().unwrap_or(path).clone_into(&mut report.path);
    Ok(report)
}

fn no_path() -> Error {
    Error::new(ErrorKind::InvalidArgument, "a WIM that was not opened by a path cannot be committed to")
}

fn in_place(
    wim: &WimFile,
    path: &Path,
    change: Change<'_>,
    options: &CommitOptions,
    progress: &Progress,
) -> Result<CommitReport> {
    let lock = match &options.lock {
        Some(WriteLock { held: Held::File(disk), path: locked }) if *locked == place(path) => disk.clone(),
        Some(_) => return Err(Error::new(ErrorKind::InvalidArgument, "the lock is one on another WIM")),
        None => Arc::new(FileDisk::open_exclusive(path)?),
    };
    append::append(&*lock, wim, change, options, progress).map_err(|e| e.with_path(path.display()))
}

/// An error unless the WIM is one that can be changed in place: no split set, not pipable, not marked read-only.
pub(crate) fn can_change(wim: &WimFile) -> Result<()> {
    check(wim, &CommitOptions::new()).map_err(|e| e.with_path(wim.name()))
}

/// An error unless the WIM is one that can be changed.
pub(in crate::wim) fn check(wim: &WimFile, options: &CommitOptions) -> Result<()> {
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
    compression(header, wim.limits()).map(|_| ())
}

fn check_overlays(wim: &WimFile, overlays: &[Overlay]) -> Result<()> {
    let mut seen = std::collections::HashSet::new();
    for overlay in overlays {
        let index = overlay.index();
        if overlay.wim().header() != wim.header() || overlay.wim().path() != wim.path() {
            return Err(Error::new(ErrorKind::InvalidArgument, "an overlay is a view of another WIM"));
        }
        if !seen.insert(index) {
            let message = format!("image {index} was given twice; make all changes in one overlay");
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
    }
    Ok(())
}

/// How new resources are compressed: as the WIM's header says.
pub(in crate::wim) fn compression(header: &Header, limits: &Limits) -> Result<(Compression, usize)> {
    let kind = header.compression()?;
    if kind == Compression::None {
        return Ok((kind, 0));
    }
    let size = u64::from(header.chunk_size);
    Limits::check("the WIM's chunk size", size, limits.max_chunk)?;
    Ok((kind, kind.check_chunk_size(size)?))
}
