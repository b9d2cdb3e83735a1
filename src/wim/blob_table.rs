//! The blob (lookup) table: where each blob lies, how often it is used, and its SHA-1.

use super::header::ResourceHeader;
use crate::base::{Bytes, Limits, Sha1Digest};
use crate::error::{Error, Result};

/// One entry of the table, as on disk.
///
/// Where the resource header has the [`SOLID`](ResourceHeader::SOLID) bit the entry is either a solid resource
/// (see [`is_solid_resource`](Self::is_solid_resource)) or a blob inside one; then `offset` counts from the
/// beginning of the first solid resource of the run, decompressed, and `stored_size` is the blob's own size.
///
/// ```
/// use wimwright::wim::blob_table::BlobEntry;
/// use wimwright::wim::{OpenOptions, WimFile};
///
#[doc = include_str!("../../docs/doctest/image.md")]
/// # let dir = tempfile::tempdir()?;
/// let wim = WimFile::open(sample_image(dir.path())?, &OpenOptions::new())?;
/// let entries: &[BlobEntry] = &wim.blob_table().entries;
/// assert_eq!(entries.iter().filter(|e| e.is_metadata()).count(), 1);
/// assert!(entries.iter().all(|e| e.size() > 0 && !e.is_solid() && !e.is_solid_resource()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BlobEntry {
    /// Where it lies and how it is stored.
    pub resource: ResourceHeader,
    /// The part of a split set that holds it.
    pub part_number: u16,
    /// How often all images together use it.
    pub ref_count: u32,
    /// SHA-1 of the bytes, decompressed.
    pub sha1: Sha1Digest,
}

impl BlobEntry {
    /// Length on disk.
    pub const LEN: usize = 50;
    /// The original size that marks an entry as a solid resource instead of a blob inside one.
    pub const SOLID_MARK: u64 = 0x1_0000_0000;

    /// Reads the 50 bytes at the cursor.
    pub(crate) fn read(from: &mut Bytes<'_>) -> Result<Self> {
        Ok(Self {
            resource: ResourceHeader::read(from)?,
            part_number: from.u16()?,
            ref_count: from.u32()?,
            sha1: Sha1Digest(from.array()?),
        })
    }

    /// The 50 bytes on disk.
    pub(crate) fn to_bytes(self) -> [u8; Self::LEN] {
        let mut out = [0; Self::LEN];
        out[..24].copy_from_slice(&self.resource.to_bytes());
        out[24..26].copy_from_slice(&self.part_number.to_le_bytes());
        out[26..30].copy_from_slice(&self.ref_count.to_le_bytes());
        out[30..].copy_from_slice(&self.sha1.0);
        out
    }

    /// Whether it is an image's metadata.
    pub fn is_metadata(&self) -> bool {
        self.resource.has(ResourceHeader::METADATA)
    }

    /// Whether it is a solid resource, or a blob inside one.
    pub fn is_solid(&self) -> bool {
        self.resource.has(ResourceHeader::SOLID)
    }

    /// Whether it is a solid resource itself, which has no digest of its own.
    pub fn is_solid_resource(&self) -> bool {
        self.is_solid() && self.resource.original_size == Self::SOLID_MARK
    }

    /// The size of the blob once decompressed.
    pub fn size(&self) -> u64 {
        if self.is_solid() { self.resource.stored_size } else { self.resource.original_size }
    }
}

/// All entries in the order of the disk. The metadata entries among them are the images, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlobTable {
    /// The entries.
    pub entries: Vec<BlobEntry>,
}

impl BlobTable {
    /// Parses a table; a rest shorter than an entry is ignored, as other tools do.
    pub(crate) fn parse(data: &[u8], limits: &Limits) -> Result<Self> {
        let count = data.len() / BlobEntry::LEN;
        Limits::check("the number of entries of the blob table", count as u64, limits.max_entries)?;
        let mut from = Bytes::new(data);
        let entries = (0..count).map(|_| BlobEntry::read(&mut from)).collect::<Result<_>>();
        Ok(Self {
            entries: entries.map_err(|e| Error::malformed("the blob table is cut off").with_source(e))?,
        })
    }

    /// The table on disk.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        self.entries.iter().flat_map(|entry| entry.to_bytes()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_comes_back_byte_for_byte() {
        let data: Vec<u8> = (0..150u32).map(|i| (i * 7) as u8).collect();
        let table = BlobTable::parse(&data, &Limits::default()).unwrap();
        assert_eq!(table.entries.len(), 3);
        assert_eq!(table.to_bytes(), data);
        assert_eq!(BlobTable::parse(&data[..149], &Limits::default()).unwrap().entries.len(), 2);
        let limits = Limits { max_entries: 2, ..Limits::default() };
        assert!(BlobTable::parse(&data, &limits).is_err());
    }
}
