//! The order in which a commit writes, and what undoes it.

use super::seal::{Sealed, seal};
use super::table::{NewContents, is_image, merge};
use super::{Change, CommitOptions, CommitReport, add, compression, default_level, images};
use crate::base::{Phase, Progress, Sha1Digest};
use crate::error::{Error, ErrorKind, Result};
use crate::wim::blob_table::{BlobEntry, BlobTable};
use crate::wim::file::WimFile;
use crate::wim::header::{HEADER_LEN, Header, ResourceHeader, flags};
use crate::wim::integrity::IntegrityTable;
use crate::wim::overlay::{Edited, Overlay};
use crate::wim::write::blobs::Appender;
use crate::wim::write::disk::{Disk, busy};
use crate::wim::write::resource::Format;
use crate::wim::xml::{FileTime, WimXml};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// Cuts the file off where it ended before, unless told that the new end is the right one.
struct Undo<'a> {
    disk: &'a dyn Disk,
    len: u64,
    armed: bool,
}

impl Drop for Undo<'_> {
    fn drop(&mut self) {
        if self.armed {
            // What failed before is what the caller hears of; garbage at the end harms nobody.
            let _ = self.disk.set_len(self.len);
        }
    }
}

/// Appends to `disk`, which holds the bytes that `wim` was opened from, and makes its header point there.
pub(super) fn append(
    disk: &dyn Disk,
    wim: &WimFile,
    mut change: Change<'_>,
    options: &CommitOptions,
    progress: &Progress,
) -> Result<CommitReport> {
    let before = unchanged(disk, wim)?;
    let len = disk.len()?;
    let mut report = CommitReport { size_before: len, size_after: len, ..CommitReport::default() };
    if let Change::Overlays(overlays) = &mut change {
        overlays.retain(Overlay::is_changed);
        if overlays.is_empty() {
            return Ok(report);
        }
    }
    let (kind, chunk_size) = compression(wim.header(), wim.limits())?;
    let level = options.level.unwrap_or_else(|| default_level(kind));
    let format = Format { compression: kind, chunk_size, level };
    let mut out = Appender::new(disk, format, len, wim.header().part_number);
    let mut undo = Undo { disk, len, armed: true };
    let header = match change {
        Change::Overlays(overlays) => write_data(&mut out, wim, overlays, options, progress, &mut report)?,
        Change::Images(edits) => images::write(&mut out, wim, &edits, options, progress, &mut report)?,
        Change::Add(images) => add::write(&mut out, wim, images, options, progress, &mut report)?,
    };
    let end = out.at;
    if disk.len()? > end {
        disk.set_len(end)?;
    }
    disk.sync()?;
    progress.check()?;
    undo.armed = false;
    if let Err(e) = disk.write_at(&header.to_bytes(), 0).and_then(|()| disk.sync()) {
        // Old header or new, what it points to is whole; the old one is put back so that "failed" means "as before".
        undo.armed = disk.write_at(&before, 0).and_then(|()| disk.sync()).is_ok();
        return Err(e);
    }
    report.size_after = end;
    report.appended_bytes = end - len;
    Ok(report)
}

/// The header on the disk, which must be the one that was opened.
pub(super) fn unchanged(disk: &dyn Disk, wim: &WimFile) -> Result<Vec<u8>> {
    let now = disk.read_vec(0, HEADER_LEN)?;
    if Header::parse(&now)? != *wim.header() {
        let e = busy().with_source("it was changed since it was opened; open it again");
        return Err(e);
    }
    Ok(now)
}

/// Everything behind the old end. Gives the header that makes it count.
fn write_data(
    out: &mut Appender<'_>,
    wim: &WimFile,
    overlays: Vec<Overlay>,
    options: &CommitOptions,
    progress: &Progress,
    report: &mut CommitReport,
) -> Result<Header> {
    let old = wim.header();
    let xml = wim.xml()?;
    let changed = write_blobs(out, wim, overlays, progress, report)?;
    let mut header = next_header(old);
    let added = std::mem::take(&mut out.entries);
    let (mut entries, dropped) = merge(wim, &changed, added);
    report.dropped_blobs = dropped;
    let mut counts = Vec::new();
    for image in changed {
        let (index, image_counts) = (image.index, image.counts);
        let resource = write_metadata(out, &mut entries, old, &image)?;
        if header.boot_index == index {
            header.boot_metadata = resource;
        }
        counts.push((index, image_counts));
        report.images.push(index);
    }
    let time = options.timestamp.unwrap_or_else(FileTime::now);
    let xml = |covered| xml.updated(&counts, time, covered, wim.limits());
    finish(out, wim, &mut header, Some(entries), xml, options, progress)?;
    Ok(header)
}

/// The header of the changed WIM, to begin with.
pub(super) fn next_header(old: &Header) -> Header {
    let mut header = old.clone();
    header.flags &= !(flags::WRITE_IN_PROGRESS | flags::READ_ONLY);
    header
}

/// The tables at the end: the blob table where it changed, the XML data, and the integrity table where it is wanted.
/// `xml` is told where the blob table ends.
pub(super) fn finish(
    out: &mut Appender<'_>,
    wim: &WimFile,
    header: &mut Header,
    entries: Option<Vec<BlobEntry>>,
    xml: impl FnOnce(u64) -> Result<WimXml>,
    options: &CommitOptions,
    progress: &Progress,
) -> Result<()> {
    let old = wim.header();
    let keep = |resource: &ResourceHeader| resource.flags & !ResourceHeader::COMPRESSED;
    let moved = entries.is_some();
    if let Some(entries) = entries {
        header.blob_table = out.add_raw(&BlobTable { entries }.to_bytes(), keep(&old.blob_table))?;
    }
    let covered = header.blob_table.end()?;
    header.xml = out.add_raw(&xml(covered)?.to_bytes(), keep(&old.xml))?;
    let wanted = options.integrity.unwrap_or(!old.integrity.is_empty());
    if !wanted {
        header.integrity = ResourceHeader::default();
    } else if moved || old.integrity.is_empty() {
        // A table that does not fit its file is made anew rather than carried on.
        let table = wim.integrity_table().ok().flatten();
        let known = match &table {
            Some(table) => Some((table, old.blob_table.end()?)),
            None => None,
        };
        let table = IntegrityTable::compute(out.disk, covered, known, progress)?;
        header.integrity = out.add_raw(&table.to_bytes(), keep(&old.integrity))?;
    }
    Ok(())
}

/// Appends the new contents, and gives the changed images with every digest in place.
fn write_blobs(
    out: &mut Appender<'_>,
    wim: &WimFile,
    overlays: Vec<Overlay>,
    progress: &Progress,
    report: &mut CommitReport,
) -> Result<Vec<Sealed>> {
    let new = NewContents::collect(wim, &overlays);
    let total = new.blobs.iter().map(|b| b.blob.size()).sum();
    let sizes: HashMap<Sha1Digest, u64> =
        new.blobs.iter().filter_map(|b| Some((b.sha1?, b.blob.size()))).collect();
    let size_of =
        |sha1: &Sha1Digest| sizes.get(sha1).copied().or_else(|| wim.blob(sha1).map(|b| b.size)).unwrap_or(0);
    let images: Vec<Edited> = overlays.into_iter().map(Overlay::into_edited).collect();
    // An image whose digests are all known is sealed before anything is written, so that its tree is no longer in memory.
    let waits: HashSet<usize> = new.waiting.iter().flatten().map(|(image, ..)| *image).collect();
    let (waiting, ready): (Vec<_>, Vec<_>) =
        images.into_iter().enumerate().partition(|(n, _)| waits.contains(n));
    let ready = ready.into_iter().map(|(_, image)| image).collect();
    let mut sealed = seal(ready, out, &size_of, progress)?;

    let meter = progress.begin(Phase::Write, new.blobs.len() as u64, total);
    let start = out.at;
    let digests = out.add_all(&new.blobs, &|sha1| wim.blob(sha1).is_some(), &meter)?;
    report.new_blobs = out.entries.len() as u64;
    report.new_bytes = out.entries.iter().map(|e| e.resource.original_size).sum();
    report.stored_bytes = out.at - start;
    report.deduplicated = new.deduplicated + out.deduplicated;

    let mut waiting: BTreeMap<usize, Edited> = waiting.into_iter().collect();
    for (fields, digest) in new.waiting.iter().zip(&digests) {
        for &(image, inode, slot) in fields {
            if let Some(image) = waiting.get_mut(&image) {
                Arc::make_mut(&mut image.metadata).inode_mut(inode).set_sha1_at(slot, *digest);
            }
        }
    }
    let written: HashMap<Sha1Digest, u64> =
        new.blobs.iter().zip(digests).map(|(blob, digest)| (digest, blob.blob.size())).collect();
    let size_of = |sha1: &Sha1Digest| written.get(sha1).copied().unwrap_or_else(|| size_of(sha1));
    sealed.extend(seal(waiting.into_values().collect(), out, &size_of, progress)?);
    sealed.sort_by_key(|image| image.index);
    Ok(sealed)
}

/// Appends the metadata of one image and puts it into the place of the old one in the table.
fn write_metadata(
    out: &mut Appender<'_>,
    entries: &mut [BlobEntry],
    header: &Header,
    image: &Sealed,
) -> Result<ResourceHeader> {
    let mut images = entries.iter_mut().filter(|e| is_image(e, header));
    let entry = images.nth(image.index as usize - 1).ok_or_else(|| {
        Error::new(ErrorKind::Internal, format!("the blob table has no place for image {}", image.index))
    })?;
    if image.sha1 != entry.sha1 {
        entry.resource = out.add_stored(image.resource, &image.data)?;
        entry.sha1 = image.sha1;
    }
    Ok(entry.resource)
}
