//! From the blob table to places: which resource holds each blob, solid runs resolved, images in order.

use super::blob_table::BlobEntry;
use super::header::{Header, VERSION_SOLID};
use super::resource::Resource;
use crate::base::{Limits, ReadAt, Sha1Digest};
use crate::error::{Error, Result};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// A blob that the file holds: its name, size and use.
#[derive(Clone, Copy, Debug)]
pub struct StoredBlob {
    /// SHA-1 of its bytes.
    pub sha1: Sha1Digest,
    /// Its size, decompressed.
    pub size: u64,
    /// How often the blob table says it is used.
    pub ref_count: u32,
    /// Index into [`Places::resources`].
    pub(crate) resource: u32,
    /// Where it begins in the resource, decompressed.
    pub(crate) offset: u64,
}

/// Entries of a blob table that mean nothing and were passed over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct IgnoredEntries {
    /// Blobs listed twice; the first one counts.
    pub duplicates: u64,
    /// Entries without bytes or without a digest.
    pub empty: u64,
    /// Entries for a part other than the one they are in.
    pub other_part: u64,
    /// Metadata entries that no image uses, or more of them than images.
    pub unused_metadata: u64,
}

/// Where everything in a WIM lies.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// Resources that hold blobs or metadata.
    pub resources: Vec<Resource>,
    /// Blobs in the order of the tables.
    pub blobs: Vec<StoredBlob>,
    /// Index of each blob.
    pub by_sha1: HashMap<Sha1Digest, u32>,
    /// The metadata of each image.
    pub images: Vec<StoredBlob>,
    /// What was passed over.
    pub ignored: IgnoredEntries,
}

impl Places {
    /// Adds the entries of the table of part `part`.
    pub fn add_part(
        &mut self,
        header: &Header,
        entries: &[BlobEntry],
        part: usize,
        source: &dyn ReadAt,
        limits: &Limits,
    ) -> Result<()> {
        let solid_allowed = header.version == VERSION_SOLID;
        let solid = |entry: &BlobEntry| solid_allowed && entry.is_solid();
        let mut rest = entries;
        while let Some(entry) = rest.first() {
            if solid(entry) {
                let len = rest.iter().position(|e| !solid(e)).unwrap_or(rest.len());
                self.add_run(header, &rest[..len], part, source, limits)?;
                rest = &rest[len..];
            } else {
                rest = &rest[1..];
                self.add_single(header, entry, part, limits)?;
            }
        }
        Ok(())
    }

    fn add_single(&mut self, header: &Header, entry: &BlobEntry, part: usize, limits: &Limits) -> Result<()> {
        if entry.sha1.is_zero() || entry.resource.original_size == 0 {
            self.ignored.empty += 1;
        } else if entry.part_number != header.part_number {
            self.ignored.other_part += 1;
        } else if entry.is_metadata() && entry.ref_count == 0 {
            self.ignored.unused_metadata += 1;
        } else {
            let resource = Resource::new(header, &entry.resource, part, limits)?;
            self.add(header, entry, resource.size, 0, || resource);
        }
        Ok(())
    }

    /// A run of solid entries: its resources follow each other as one space in which the blobs lie.
    fn add_run(
        &mut self,
        header: &Header,
        run: &[BlobEntry],
        part: usize,
        source: &dyn ReadAt,
        limits: &Limits,
    ) -> Result<()> {
        // Where each solid resource begins in that space, and its index.
        let mut starts = Vec::new();
        let mut total = 0u64;
        for entry in run.iter().filter(|e| e.is_solid_resource()) {
            let resource = Resource::solid(&entry.resource, part, source, limits)?;
            starts.push((total, self.resources.len() as u32, resource.size));
            total = total
                .checked_add(resource.size)
                .ok_or_else(|| Error::malformed("the solid resources claim to be larger than any file"))?;
            self.resources.push(resource);
        }
        let first = self.blobs.len();
        for entry in run.iter().filter(|e| !e.is_solid_resource()) {
            let (offset, size) = (entry.resource.offset, entry.size());
            if entry.is_metadata() {
                return Err(Error::unsupported("an image's metadata lies in a solid resource"));
            }
            if entry.sha1.is_zero() || size == 0 {
                self.ignored.empty += 1;
                continue;
            }
            if entry.part_number != header.part_number {
                self.ignored.other_part += 1;
                continue;
            }
            let after = starts.partition_point(|&(start, ..)| start <= offset);
            let home = after.checked_sub(1).and_then(|i| starts.get(i));
            let Some(&(start, index, len)) = home
                .filter(|&&(start, _, len)| (offset - start).checked_add(size).is_some_and(|end| end <= len))
            else {
                return Err(Error::malformed(format!(
                    "blob {} lies in none of the solid resources",
                    entry.sha1
                )));
            };
            debug_assert!(offset - start < len);
            self.insert(StoredBlob {
                sha1: entry.sha1,
                size,
                ref_count: entry.ref_count,
                resource: index,
                offset: offset - start,
            });
        }
        self.refuse_overlaps(first)
    }

    /// One pass over a solid resource feeds each of its blobs in turn, so no two may share bytes.
    fn refuse_overlaps(&self, first: usize) -> Result<()> {
        let mut spans: Vec<_> =
            self.blobs[first..].iter().map(|b| (b.resource, b.offset, b.offset + b.size)).collect();
        spans.sort_unstable();
        match spans.windows(2).find(|w| w[0].0 == w[1].0 && w[0].2 > w[1].1) {
            Some(w) => Err(Error::malformed(format!("two blobs of a solid resource overlap at {}", w[1].1))),
            None => Ok(()),
        }
    }

    fn add(
        &mut self,
        header: &Header,
        entry: &BlobEntry,
        size: u64,
        offset: u64,
        resource: impl FnOnce() -> Resource,
    ) {
        let blob = StoredBlob {
            sha1: entry.sha1,
            size,
            ref_count: entry.ref_count,
            resource: self.resources.len() as u32,
            offset,
        };
        if !entry.is_metadata() {
            if self.insert(blob) {
                self.resources.push(resource());
            }
        } else if header.part_number != 1 || self.images.len() as u64 >= u64::from(header.image_count) {
            self.ignored.unused_metadata += 1;
        } else {
            self.images.push(blob);
            self.resources.push(resource());
        }
    }

    fn insert(&mut self, blob: StoredBlob) -> bool {
        match self.by_sha1.entry(blob.sha1) {
            Entry::Occupied(_) => {
                self.ignored.duplicates += 1;
                false
            }
            Entry::Vacant(place) => {
                place.insert(self.blobs.len() as u32);
                self.blobs.push(blob);
                true
            }
        }
    }
}
