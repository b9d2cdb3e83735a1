//! What a commit does to the blob table: which contents are new, how often each blob is used now, and the counts
//! that the XML data gives.

use super::seal::Sealed;
use crate::base::{Blob, Sha1Digest};
use crate::wim::blob_table::BlobEntry;
use crate::wim::file::WimFile;
use crate::wim::header::{Header, ResourceHeader, VERSION_SOLID};
use crate::wim::metadata::{Inode, InodeId, Metadata, StreamSlot};
use crate::wim::overlay::Overlay;
use crate::wim::write::blobs::NewBlob;
use crate::wim::xml::ImageCounts;
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The fields that wait for the digest of a new blob.
pub(super) type Waiting = (usize, InodeId, StreamSlot);

/// The contents to append, each once, and the fields that wait for the digests not known yet.
#[derive(Default)]
pub(super) struct NewContents {
    pub(super) blobs: Vec<NewBlob>,
    /// For each of `blobs`.
    pub(super) waiting: Vec<Vec<Waiting>>,
    /// Contents given that turned out to be there before anything was read.
    pub(super) deduplicated: u64,
}

impl NewContents {
    pub(super) fn collect(wim: &WimFile, overlays: &[Overlay]) -> Self {
        let mut out = Self::default();
        let mut by_sha1 = HashSet::new();
        // One blob given to several images is read once, even while its digest is not known.
        let mut by_address: HashMap<*const (), usize> = HashMap::new();
        for (at, overlay) in overlays.iter().enumerate() {
            let metadata = overlay.metadata();
            let mut counted = HashSet::new();
            for &(inode_id, slot, id) in overlay.touched() {
                let inode = metadata.inode(inode_id);
                if inode.links() == 0 {
                    continue;
                }
                let name = || metadata.path(id).to_string();
                if let Some(pending) = overlay.pending().get(&(inode_id, slot)) {
                    let address = Arc::as_ptr(&pending.blob).cast::<()>();
                    let known = pending.known_sha1();
                    let index = *by_address
                        .entry(address)
                        .or_insert_with(|| out.add(pending.blob.clone(), known, name()));
                    out.waiting[index].push((at, inode_id, slot));
                    continue;
                }
                let sha1 = inode.sha1_at(slot);
                let Some(content) = overlay.known().get(&sha1) else { continue };
                if !counted.insert(sha1) {
                    continue;
                }
                if wim.blob(&sha1).is_some() || !by_sha1.insert(sha1) {
                    out.deduplicated += 1;
                } else {
                    out.add(content.blob().clone(), Some(sha1), name());
                }
            }
        }
        out
    }

    fn add(&mut self, blob: Blob, sha1: Option<Sha1Digest>, name: String) -> usize {
        self.blobs.push(NewBlob { blob, sha1, name });
        self.waiting.push(Vec::new());
        self.blobs.len() - 1
    }
}

/// How often an image refers to each blob: once for each name of each stream.
pub(in crate::wim) fn count_into<'a>(
    inodes: impl IntoIterator<Item = &'a Inode>,
    by: i64,
    counts: &mut HashMap<Sha1Digest, i64>,
) {
    for inode in inodes.into_iter().filter(|inode| inode.links() > 0) {
        for sha1 in inode.digests() {
            *counts.entry(sha1).or_default() += by * i64::from(inode.links());
        }
    }
}

/// The entries of the new table: old ones with new counts, then `added`. Also gives how many were dropped.
pub(super) fn merge(wim: &WimFile, changed: &[Sealed], added: Vec<BlobEntry>) -> (Vec<BlobEntry>, u64) {
    let mut delta: HashMap<Sha1Digest, i64> = HashMap::new();
    for (sha1, by) in changed.iter().flat_map(|image| &image.uses) {
        *delta.entry(*sha1).or_default() += by;
    }
    let old = &wim.blob_table().entries;
    let count = |entry: &BlobEntry| {
        let change = delta.get(&entry.sha1).copied().filter(|_| !entry.is_metadata()).unwrap_or(0);
        (change, i64::from(entry.ref_count) + change)
    };
    let gone = |entry: &BlobEntry| count(entry).0 < 0 && count(entry).1 <= 0;
    // Counts in the field are wrong often enough that nothing is dropped on their word.
    let exact = if old.iter().any(gone) { exact_counts(wim, &delta) } else { None };
    let mut dropped = 0;
    let mut kept = |mut entry: BlobEntry| {
        let (change, mut refs) = count(&entry);
        if change != 0 {
            if gone(&entry) {
                // Where another image cannot be read, what it may use is kept.
                refs = exact.as_ref().map_or(1, |counts| counts.get(&entry.sha1).copied().unwrap_or(0));
            }
            entry.ref_count = u32::try_from(refs.max(0)).unwrap_or(u32::MAX);
            dropped += u64::from(refs <= 0);
            return (entry, refs > 0);
        }
        (entry, true)
    };
    let mut out = apart(wim.header(), old.iter().map(|entry| kept(*entry)));
    out.extend(added.into_iter().map(|entry| {
        let refs = delta.get(&entry.sha1).copied().unwrap_or(0);
        BlobEntry { ref_count: u32::try_from(refs.max(1)).unwrap_or(u32::MAX), ..entry }
    }));
    (out, dropped)
}

/// The entries that stay. Between two runs of solid ones one of those dropped stays with them, unless there is another:
/// without it the runs would become one.
pub(super) fn apart(header: &Header, entries: impl IntoIterator<Item = (BlobEntry, bool)>) -> Vec<BlobEntry> {
    let solid = |entry: &BlobEntry| header.version == VERSION_SOLID && entry.is_solid();
    let (mut out, mut divider) = (Vec::<BlobEntry>::new(), None);
    for (entry, stays) in entries {
        if stays {
            let between = divider.take().filter(|_| solid(&entry) && out.last().is_some_and(solid));
            out.extend(between);
            out.push(entry);
        } else if !solid(&entry) {
            divider = divider.or(Some(entry));
        }
    }
    out
}

/// References counted over all images as they will be; `None` where one of them cannot be read.
fn exact_counts(wim: &WimFile, delta: &HashMap<Sha1Digest, i64>) -> Option<HashMap<Sha1Digest, i64>> {
    let mut counts = delta.clone();
    for index in 1..=wim.image_count() {
        let metadata = wim.load_image(index, wim.image_blob(index).ok()?).ok()?;
        count_into(&metadata.inodes, 1, &mut counts);
    }
    Some(counts)
}

/// Whether an entry is the metadata of an image, by the rule that the reader goes by.
pub(super) fn is_image(entry: &BlobEntry, header: &Header) -> bool {
    entry.is_metadata()
        && !(header.version == VERSION_SOLID && entry.resource.has(ResourceHeader::SOLID))
        && !entry.sha1.is_zero()
        && entry.resource.original_size != 0
        && entry.part_number == header.part_number
        && entry.ref_count != 0
}

/// Counts as wimlib makes them. The root is a directory, a reparse point is a file. Each name adds the bytes of all
/// streams to the total, each name but the first to the hard-link bytes.
pub(in crate::wim) fn image_counts(
    metadata: &Metadata,
    size_of: &(dyn Fn(&Sha1Digest) -> u64 + Sync),
) -> ImageCounts {
    let one = |inode: &Inode| {
        let links = u64::from(inode.links());
        let (dirs, files) = if inode.is_dir() { (links, 0) } else { (0, links) };
        let bytes = inode.digests().fold(0u64, |sum, sha1| sum.saturating_add(size_of(&sha1)));
        ImageCounts {
            dirs,
            files,
            total_bytes: bytes.saturating_mul(links),
            hard_link_bytes: bytes.saturating_mul(links.saturating_sub(1)),
        }
    };
    let sum = |a: ImageCounts, b: ImageCounts| ImageCounts {
        dirs: a.dirs + b.dirs,
        files: a.files + b.files,
        total_bytes: a.total_bytes.saturating_add(b.total_bytes),
        hard_link_bytes: a.hard_link_bytes.saturating_add(b.hard_link_bytes),
    };
    metadata.inodes.par_iter().map(one).reduce(ImageCounts::default, sum)
}
