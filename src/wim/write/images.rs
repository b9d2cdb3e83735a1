//! Images on their way into a WIM file, a new one or one that is there: the one road for captures and exports.

use super::blobs::Appender;
use super::disk::Disk;
use super::resource::Format;
use crate::base::{Limits, Progress, Sha1Digest, sha1};
use crate::codec::wimlib::Compression;
use crate::error::{Error, ErrorKind, Result};
use crate::wim::blob_table::{BlobEntry, BlobTable};
use crate::wim::file::WimFile;
use crate::wim::header::{HEADER_LEN, Header, ResourceHeader, VERSION_DEFAULT, VERSION_SOLID, flags};
use crate::wim::integrity::IntegrityTable;
use crate::wim::xml::WimXml;
use std::collections::HashMap;

/// Images that are to be written to a WIM file.
pub(in crate::wim) trait NewImages: Send {
    /// What they are called, in order. Known before anything is written, so that a name taken is no work lost.
    fn names(&self) -> Vec<String>;

    /// Appends the contents that `exists` does not know, then the metadata, and gives the images in order. The
    /// entries of the contents stay in `out`.
    fn write(
        &mut self,
        out: &mut Appender<'_>,
        exists: &dyn Fn(&Sha1Digest) -> bool,
        progress: &Progress,
    ) -> Result<Vec<NewImage>>;
}

/// An image whose contents and metadata are written.
pub(in crate::wim) struct NewImage {
    /// Its metadata, as the blob table has it.
    pub(in crate::wim) entry: BlobEntry,
    /// Its `IMAGE` element; the index in it is set anew.
    pub(in crate::wim) element: String,
    /// How often it refers to each blob.
    pub(in crate::wim) references: HashMap<Sha1Digest, i64>,
    /// Whether it is the one that boots from now on.
    pub(in crate::wim) boot: bool,
}

/// References to each blob over all of `images`.
pub(in crate::wim) fn references(images: &[NewImage]) -> HashMap<Sha1Digest, i64> {
    let mut counts = HashMap::new();
    for (sha1, n) in images.iter().flat_map(|image| &image.references) {
        *counts.entry(*sha1).or_default() += n;
    }
    counts
}

/// A count as the blob table holds it.
pub(in crate::wim) fn ref_count(references: i64) -> u32 {
    u32::try_from(references.max(0)).unwrap_or(u32::MAX)
}

/// An error where two images would have one name. `there` has the names that the WIM has already, from image 1 on.
pub(in crate::wim) fn check_names(there: &[String], new: &[String]) -> Result<()> {
    for (at, name) in new.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        let before = there.iter().chain(&new[..at]).position(|other| other == name);
        if let Some(before) = before {
            let message = format!("image {} is called '{name}' already", before + 1);
            return Err(Error::new(ErrorKind::AlreadyExists, message));
        }
    }
    Ok(())
}

/// What a whole new WIM is like, its images apart.
pub(in crate::wim) struct Whole {
    /// How metadata, and contents where they are not solid, are stored.
    pub(in crate::wim) plain: Format,
    /// `None` for one that is made of what the images hold.
    pub(in crate::wim) guid: Option<[u8; 16]>,
    pub(in crate::wim) integrity: bool,
    /// Whether absolute reparse targets in it count from the image's root.
    pub(in crate::wim) rp_fix: bool,
    /// The bytes of the header that have no meaning yet.
    pub(in crate::wim) unused: Vec<u8>,
    /// The XML data to begin with, without images.
    pub(in crate::wim) xml: WimXml,
    /// What these have is left out.
    pub(in crate::wim) elsewhere: Vec<WimFile>,
}

/// What was written.
pub(in crate::wim) struct Written {
    pub(in crate::wim) size: u64,
    pub(in crate::wim) guid: [u8; 16],
    /// The entries of the contents.
    pub(in crate::wim) contents: Vec<BlobEntry>,
    /// Their bytes as stored.
    pub(in crate::wim) stored: u64,
    /// Contents that were given more than once.
    pub(in crate::wim) deduplicated: u64,
}

impl Whole {
    /// Writes a WIM of these images to an empty file.
    pub(in crate::wim) fn write(
        self,
        disk: &dyn Disk,
        images: &mut dyn NewImages,
        limits: &Limits,
        progress: &Progress,
    ) -> Result<Written> {
        check_names(&[], &images.names())?;
        let mut out = Appender::new(disk, self.plain, HEADER_LEN as u64, 1);
        let added = images.write(
            &mut out,
            &|sha1| self.elsewhere.iter().any(|wim| wim.blob(sha1).is_some()),
            progress,
        )?;
        let metadata: u64 = added.iter().map(|image| image.entry.resource.stored_size).sum();
        let stored = (out.at - HEADER_LEN as u64).saturating_sub(metadata);
        let guid = self.guid.unwrap_or_else(|| {
            let all: Vec<u8> = added.iter().flat_map(|image| image.entry.sha1.0).collect();
            let mut guid = [0; 16];
            guid.copy_from_slice(&sha1(&all).0[..16]);
            guid
        });
        let counts = references(&added);
        let mut contents = std::mem::take(&mut out.entries);
        for entry in contents.iter_mut().filter(|e| !e.is_solid_resource()) {
            entry.ref_count = ref_count(counts.get(&entry.sha1).copied().unwrap_or(0));
        }
        let boot = added.iter().rposition(|image| image.boot);
        let mut entries: Vec<_> = added.iter().map(|image| image.entry).collect();
        entries.extend(&contents);
        let blob_table = out.add_raw(&BlobTable { entries }.to_bytes(), ResourceHeader::METADATA)?;
        let covered = out.at;
        let elements: Vec<_> = added.iter().map(|image| image.element.as_str()).collect();
        let xml = self.xml.with_added(&elements, 0, limits)?.sized(covered, limits)?;
        let xml = out.add_raw(&xml.to_bytes(), ResourceHeader::METADATA)?;
        let mut integrity = ResourceHeader::default();
        if self.integrity {
            let table = IntegrityTable::compute(out.disk, covered, None, progress)?;
            integrity = out.add_raw(&table.to_bytes(), ResourceHeader::METADATA)?;
        }
        let kind = match self.plain.compression {
            Compression::None => 0,
            Compression::Xpress => flags::COMPRESSION | flags::COMPRESS_XPRESS,
            Compression::Lzx => flags::COMPRESSION | flags::COMPRESS_LZX,
            Compression::Lzms => flags::COMPRESSION | flags::COMPRESS_LZMS,
        };
        let solid = contents.iter().any(BlobEntry::is_solid);
        let header = Header {
            pipable: false,
            version: if solid { VERSION_SOLID } else { VERSION_DEFAULT },
            flags: kind | if self.rp_fix { flags::RP_FIX } else { 0 },
            chunk_size: self.plain.chunk_size as u32,
            guid,
            part_number: 1,
            total_parts: 1,
            image_count: added.len() as u32,
            blob_table,
            xml,
            boot_metadata: boot.and_then(|at| added.get(at)).map(|i| i.entry.resource).unwrap_or_default(),
            boot_index: boot.map_or(0, |at| at as u32 + 1),
            integrity,
            unused: self.unused,
        };
        // What has been written over and cut back does not stay behind the end.
        if disk.len()? > out.at {
            disk.set_len(out.at)?;
        }
        disk.write_at(&header.to_bytes(), 0)?;
        disk.sync()?;
        progress.check()?;
        let (size, deduplicated) = (out.at, out.deduplicated);
        Ok(Written { size, guid, contents, stored, deduplicated })
    }
}
