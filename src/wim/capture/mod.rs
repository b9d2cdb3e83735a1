//! Folders as images: a tree is scanned, its files are read, hashed and compressed on all cores, and the image is
//! written as a new WIM or behind the images of one that is there.

mod exclude;
mod file;
#[cfg(not(unix))]
#[path = "folder_std.rs"]
mod folder;
#[cfg(unix)]
#[path = "folder_unix.rs"]
mod folder;
pub(in crate::wim) mod image;
mod languages;
mod report;
mod scan;
mod tree;
mod windows;
#[cfg(target_os = "linux")]
mod xattrs;

use super::commit::{self, CommitOptions, ImageProperties, WriteLock};
use super::file::WimFile;
use super::header::flags;
use super::sidecar::Sidecar;
use super::write::form::{ExportOptions, Form};
use super::write::images::Whole;
use super::write::new_file::NewFile;
use super::write::{on_threads, random_guid};
use super::xml::{FileTime, WimXml};
use crate::base::{Limits, Progress};
use crate::error::{Error, ErrorKind, Result};
pub use exclude::Exclusions;
use folder::Folder;
use image::TreeImage;
pub use report::{CaptureReport, Passed};
use scan::{Scan, Stat};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tree::{Build, Clock, Tree};

/// What is captured, and how it is written.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct CaptureOptions {
    /// What the image is called; without a name it has that of the metadata file, or of the folder.
    pub properties: ImageProperties,
    /// How contents are stored. An image added to a WIM is stored as that one is, or packed together.
    pub packing: ExportOptions,
    /// What is left out; Windows' own list by default.
    pub exclusions: Exclusions,
    /// A metadata file that an extraction made of the folder.
    pub metadata: Option<PathBuf>,
    /// Make it the image that boots.
    pub boot: bool,
    /// Whether absolute links into the folder count from the image's root. `None`: in a new WIM, and in one whose
    /// images do so already.
    pub fix_links: Option<bool>,
    /// When it is captured; `None` for now.
    pub timestamp: Option<FileTime>,
    /// The same folder gives the same bytes: times after [`timestamp`](Self::timestamp) become that one (without one:
    /// the latest time in the folder is when it is captured), the last access is that of the last write, and the WIM's
    /// GUID is made of what is in it unless it is given.
    pub reproducible: bool,
    /// Take Linux' extended attributes of files and directories along; those of a metadata file give way to them. On Linux
    /// only.
    pub xattrs: bool,
    /// Look at the folder and write nothing.
    pub dry_run: bool,
    /// Bounds for the metadata file and the folder.
    pub limits: Limits,
}

impl CaptureOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }
}

/// Captures the folder `source` as the first image of a new WIM file.
///
/// The file appears under its name when it is whole. A file that is written to meanwhile makes the capture fail, with
/// its name; so does one that cannot be read. Pipes, sockets and devices are left out and reported.
///
/// ```
/// use wimwright::base::Progress;
/// use wimwright::wim::capture::{CaptureOptions, append, capture};
/// use wimwright::wim::{OpenOptions, WimFile};
///
/// # let dir = tempfile::tempdir().unwrap();
/// # let (folder, file) = (dir.path().join("folder"), dir.path().join("a.wim"));
/// # std::fs::create_dir(&folder).unwrap();
/// # std::fs::write(folder.join("a.txt"), "contents").unwrap();
/// let mut options = CaptureOptions::new();
/// options.properties.name = Some("First".into());
/// let report = capture(&folder, &file, &options, &Progress::none())?;
/// assert_eq!(report.index, 1);
/// options.properties.name = Some("Second".into());
/// append(&folder, &WimFile::open(&file, &OpenOptions::new())?, &options, &Progress::none())?;
/// assert_eq!(WimFile::open(&file, &OpenOptions::new())?.image_count(), 2);
/// # Ok::<(), wimwright::Error>(())
/// ```
pub fn capture(
    source: &Path,
    wim: &Path,
    options: &CaptureOptions,
    progress: &Progress,
) -> Result<CaptureReport> {
    if !options.packing.replace && !options.dry_run && wim.symlink_metadata().is_ok() {
        return Err(Error::new(ErrorKind::AlreadyExists, "exists already").with_path(wim.display()));
    }
    let form = Form::fresh(&options.packing)?;
    on_threads(options.packing.threads, || {
        let fix_links = options.fix_links.unwrap_or(true);
        let mut work = Work::new(source, wim, fix_links, options, progress)?;
        work.image.solid = form.solid;
        if options.dry_run {
            return Ok(CaptureReport { index: 1, ..work.report });
        }
        let new = NewFile::beside(wim, true, None)?;
        let guid = options.packing.guid.or_else(|| (!options.reproducible).then(random_guid));
        let whole = Whole {
            plain: form.plain,
            guid,
            integrity: options.packing.integrity.unwrap_or(false),
            rp_fix: fix_links,
            unused: Vec::new(),
            xml: WimXml::empty(),
            elsewhere: options.packing.delta_from.clone(),
        };
        let written = whole.write(&new.disk()?, &mut work.image, &options.limits, progress)?;
        new.put()?;
        let contents = || written.contents.iter().filter(|e| !e.is_solid_resource());
        Ok(CaptureReport {
            index: 1,
            guid: Some(guid_text(&written.guid)),
            new_blobs: contents().count() as u64,
            new_bytes: contents().map(super::blob_table::BlobEntry::size).sum(),
            stored_bytes: written.stored,
            deduplicated: written.deduplicated,
            size_after: written.size,
            ..work.report
        })
    })
}

/// Captures the folder `source` as one more image of `wim`, in place; other writers are kept away meanwhile.
///
/// What makes [`capture`] fail makes this fail, and the WIM is as it was before. Contents that the WIM has already are
/// not written again.
pub fn append(
    source: &Path,
    wim: &WimFile,
    options: &CaptureOptions,
    progress: &Progress,
) -> Result<CaptureReport> {
    let path = wim.path().ok_or_else(|| {
        Error::new(ErrorKind::InvalidArgument, "a WIM that was not opened by a path cannot be changed")
    })?;
    commit::can_change(wim)?;
    let packing = &options.packing;
    if !packing.solid && (packing.compression.is_some() || packing.chunk_size.is_some()) {
        let message = "an image that is added is stored as the WIM is; only --solid stores it otherwise";
        return Err(Error::new(ErrorKind::InvalidArgument, message));
    }
    let lock = if options.dry_run { None } else { Some(WriteLock::new(wim)?) };
    on_threads(packing.threads, || {
        let marked = wim.header().flags & flags::RP_FIX != 0;
        let fix_links = options.fix_links.unwrap_or(marked);
        let mut work = Work::new(source, path, fix_links, options, progress)?;
        work.image.solid = if packing.solid { Form::fresh(packing)?.solid } else { None };
        let size = wim.sources().first().map_or(0, |s| s.size());
        let (index, guid) = (wim.image_count() + 1, Some(guid_text(&wim.header().guid)));
        if options.dry_run {
            return Ok(CaptureReport { index, guid, size_before: size, size_after: size, ..work.report });
        }
        let mut changes = CommitOptions::new();
        changes.level = packing.level;
        changes.integrity = packing.integrity;
        changes.lock = lock;
        let done = commit::add_images(wim, &mut work.image, &changes, progress)?;
        Ok(CaptureReport {
            index,
            guid,
            new_blobs: done.new_blobs,
            new_bytes: done.new_bytes,
            stored_bytes: done.stored_bytes,
            deduplicated: done.deduplicated,
            size_before: done.size_before,
            size_after: done.size_after,
            ..work.report
        })
    })
}

fn guid_text(guid: &[u8; 16]) -> String {
    format!("{:032x}", u128::from_be_bytes(*guid))
}

/// The image that is to be written, and what is known before.
struct Work {
    image: TreeImage,
    report: CaptureReport,
}

impl Work {
    fn new(
        source: &Path,
        wim: &Path,
        fix_links: bool,
        options: &CaptureOptions,
        progress: &Progress,
    ) -> Result<Self> {
        let limits = &options.limits;
        let sidecar = options.metadata.as_deref().map(|path| Sidecar::open(path, limits)).transpose()?;
        let folder = Arc::new(Folder::open(source)?);
        let own = own_file(wim);
        let within = |e: Error| e.within(source.display());
        let scan = Scan::new(&folder, &options.exclusions, &own, limits, progress).map_err(within)?;
        let latest = || scan.entries.iter().map(|entry| entry.stat.write).max().unwrap_or_default();
        let time = options
            .timestamp
            .unwrap_or_else(|| if options.reproducible { latest() } else { FileTime::now() });
        let clock = Clock {
            latest: options.timestamp.filter(|_| options.reproducible).map(|t| t.0),
            steady: options.reproducible,
        };
        let (sidecar_of, xattrs) = (sidecar.as_ref(), options.xattrs);
        let build = Build { folder: &folder, scan: &scan, sidecar: sidecar_of, clock, fix_links, xattrs };
        let tree = build.run().map_err(within)?;
        let mut properties = options.properties.clone();
        let element = sidecar.and_then(|sidecar| sidecar.element);
        let known = element.as_deref().map(|element| WimXml::empty().with_added(&[element], 0, limits));
        let known = known.transpose()?.and_then(|xml| xml.image(1).map(|image| image.name.clone()));
        let windows = if element.is_some() || options.dry_run {
            None
        } else {
            windows::describe(&tree, &mut properties, limits)
        };
        let name = properties.name.get_or_insert_with(|| {
            known.filter(|name| !name.is_empty()).unwrap_or_else(|| folder_name(source))
        });
        let mut report = CaptureReport {
            path: wim.to_owned(),
            source: source.to_owned(),
            name: name.clone(),
            warnings: options.exclusions.warnings().to_vec(),
            ..CaptureReport::default()
        };
        report.of_scan(&scan);
        of_tree(&mut report, &tree);
        let Tree { metadata, contents, waiting, .. } = tree;
        let (solid, boot, limits) = (None, options.boot, limits.clone());
        let image = TreeImage {
            metadata,
            contents,
            waiting,
            solid,
            element,
            windows,
            properties,
            time,
            boot,
            limits,
        };
        Ok(Self { image, report })
    }
}

fn of_tree(report: &mut CaptureReport, tree: &Tree) {
    for inode in tree.metadata.inodes.iter().filter(|inode| inode.links() > 0) {
        if inode.is_dir() {
            report.directories += 1;
        } else if inode.is_reparse_point() {
            report.links += 1;
        } else {
            report.files += 1;
            report.hard_links += u64::from(inode.links()) - 1;
        }
    }
    report.bytes = tree.contents.iter().map(|new| new.blob.size()).sum();
    report.fixed_links = tree.fixed_links;
    report.outward_links = tree.outward_links;
    report.known = tree.known;
    report.only_known = tree.only_there;
}

/// The last component of the folder's path.
fn folder_name(source: &Path) -> String {
    let whole = source.canonicalize().unwrap_or_else(|_| source.to_owned());
    whole.file_name().map_or_else(|| "image".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// Whether a file is the WIM that is written, which is no part of what it holds.
fn own_file(wim: &Path) -> impl Fn(&Stat) -> bool + Sync {
    #[cfg(unix)]
    let own = std::fs::metadata(wim).ok().map(|m| {
        use std::os::unix::fs::MetadataExt;
        (m.dev(), m.ino())
    });
    #[cfg(not(unix))]
    let own = {
        let _ = wim;
        None
    };
    move |stat| own == Some((stat.device, stat.inode))
}
