//! Writing an image's files to a folder, on all cores: each blob decoded once, in the order of the disk, and
//! nothing outside the folder whatever the image says.

#[cfg(not(unix))]
#[path = "dest_std.rs"]
mod dest;
#[cfg(unix)]
#[path = "dest_unix.rs"]
mod dest;
mod links;
mod new_file;
mod plan;
mod reparse;
mod report;
mod write;
mod xattr;

use super::file::WimFile;
#[cfg(all(target_os = "linux", feature = "mount"))]
use super::metadata::{DentryId, Metadata};
use super::sidecar;
use super::sweep::sweep;
use crate::base::{ImagePath, Phase, Progress};
use crate::error::{Error, ErrorKind, Result};
use dest::Dest;
use plan::Plan;
pub(in crate::wim) use plan::is_link;
use report::Log;
pub use report::{ExtractFailure, ExtractReport, LeftOut};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use write::Writer;

/// Whether a reparse tag is one of those that stand for links: a symbolic link's or a junction's.
#[cfg(all(target_os = "linux", feature = "mount"))]
pub(crate) fn is_link_tag(tag: u32) -> bool {
    matches!(tag, super::reparse::SYMLINK | super::reparse::MOUNT_POINT)
}

/// Where the link at `link` leads, as text that counts from its folder; as it is stored where it leads to another volume
/// or the network. `data` is the reparse data without tag and length.
#[cfg(all(target_os = "linux", feature = "mount"))]
pub(crate) fn link_text(metadata: &Metadata, link: DentryId, tag: u32, data: &[u8]) -> Result<OsString> {
    Ok(match reparse::target(metadata, link, tag, data)? {
        reparse::Target::Path { up, down, .. } => dest::link_target(up, &down),
        reparse::Target::Foreign => dest::link_target(0, &[reparse::stored_name(tag, data)?]),
    })
}

/// What is extracted, and how.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ExtractOptions {
    /// Threads to use; `None` for one per core.
    pub threads: Option<usize>,
    /// Files and directories (with what is below them) to extract; empty for the whole image. They keep their
    /// place: `\a\b` is written to `DEST/a/b`.
    pub paths: Vec<ImagePath>,
    /// Whether files that exist in the destination are replaced, each when the new one is whole. Otherwise each is a
    /// failure in the report.
    pub overwrite: bool,
    /// Where to write what a folder cannot hold (attributes, security descriptors, short names, exact times, reparse
    /// data, streams, ...), for a capture to take it back; see `docs/metadata.md`. A file that exists is replaced
    /// where `overwrite` is set, else it is an error.
    pub metadata: Option<PathBuf>,
    /// Whether Linux' extended attributes that the image has are set. Those that give rights (`security.capability`) are
    /// among them.
    pub xattrs: bool,
    /// Whether nothing is written: the report then counts what would be.
    pub dry_run: bool,
}

/// A name for a file until it replaces another.
fn aside() -> OsString {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!(".{:x}-{:x}.wright.tmp", std::process::id(), COUNT.fetch_add(1, Relaxed)).into()
}

impl WimFile {
    /// Writes image `index` (from 1), or the chosen parts of it, to the folder `dest`, which is made where it is
    /// missing. One that exists is added to; no link in it is followed.
    ///
    /// Damaged blobs, names that cannot be written and files in the way are in the report, and everything else is
    /// written. An error means that the work stopped (no space, cancelled, a path of `options` that is not in the
    /// image); the files that were whole by then stay, and no other.
    pub fn extract(
        &self,
        index: u32,
        dest: impl AsRef<Path>,
        options: &ExtractOptions,
        progress: &Progress,
    ) -> Result<ExtractReport> {
        let metadata = self.image(index)?;
        let log = Log::new(&metadata);
        let plan = Plan::new(self, &metadata, &options.paths, &log).map_err(|e| e.within(self.name()))?;
        if options.dry_run {
            return Ok(ExtractReport { path: self.name(), index, ..log.into_report(plan.report()) });
        }
        if let Some(path) = options.metadata.as_deref().filter(|p| p.symlink_metadata().is_ok())
            && !options.overwrite
        {
            return Err(Error::new(ErrorKind::AlreadyExists, "exists already").with_path(path.display()));
        }
        let dest = Dest::open(dest.as_ref())?;
        let threads = options.threads.unwrap_or_else(rayon::current_num_threads).max(1);
        let meter = progress.begin(Phase::Extract, plan.names() + plan.dirs.len() as u64, plan.bytes);
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .map_err(|e| Error::new(ErrorKind::Io, "cannot start threads").with_source(e))?;
        let mut writer = Writer::new(&plan, &metadata, &dest, &log, options.overwrite, &meter);
        writer.xattrs = options.xattrs;
        let blobs = plan.blobs();
        let write = || {
            pool.install(|| writer.directories())?;
            pool.install(|| writer.empty_files())?;
            sweep(self, &blobs, &writer, &progress.quiet().begin(Phase::Extract, 0, 0), threads)?;
            // Links come last, so that no path that is written through can have become one.
            pool.install(|| writer.hard_links())?;
            writer.symlinks()
        };
        write().map_err(|e| match e.kind() {
            ErrorKind::Cancelled => Error::new(e.kind(), "cancelled; the files that were whole by then stay"),
            _ => e,
        })?;
        writer.directory_xattrs();
        pool.install(|| writer.directory_times());
        let mut report = writer.report();
        if let Some(path) = &options.metadata {
            let chosen = plan.chosen(&metadata);
            let links = writer.link_texts();
            let missing = log.missing(&chosen);
            let (chosen, missing, links) = (&chosen, &missing, &links);
            let kept =
                sidecar::Kept { wim: self, index, metadata: &metadata, chosen, missing, links, threads };
            for (sha1, e) in sidecar::write(&kept, path, &progress.quiet().begin(Phase::Extract, 0, 0))? {
                let contents = format!("(contents {sha1} for the metadata file)");
                log.refused(metadata.root(), &contents, &e);
            }
            report.metadata = Some(path.display().to_string());
        }
        Ok(ExtractReport { path: self.name(), index, ..log.into_report(report) })
    }
}
