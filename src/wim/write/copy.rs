//! Resources taken over from another WIM as they are stored.

use super::blobs::Appender;
use crate::base::{Meter, ReadAt};
use crate::error::Result;
use crate::wim::blob_table::BlobEntry;
use crate::wim::file::WimFile;
use crate::wim::header::ResourceHeader;
use crate::wim::resource::{Layout, Resource};
use crate::wim::solid::StoredBlob;

/// Copied at a time.
const PIECE: u64 = 8 << 20;

impl Resource {
    /// The header of this resource where its bytes lie at `offset` of a file.
    pub(super) fn header_at(&self, offset: u64, flags: u8) -> ResourceHeader {
        let compressed = if self.layout == Layout::Raw { 0 } else { ResourceHeader::COMPRESSED };
        let (stored_size, original_size) = (self.stored_size, self.size);
        ResourceHeader { stored_size, flags: flags | compressed, offset, original_size }
    }
}

impl Appender<'_> {
    /// Takes over the resources of `blobs`, which are in the order of the disk; of a solid resource all blobs are
    /// among them. Gives the length of the run that the solid ones make.
    pub(super) fn copy_resources(
        &mut self,
        wim: &WimFile,
        blobs: &[StoredBlob],
        meter: &Meter,
    ) -> Result<u64> {
        let mut run = 0;
        // Resources that follow each other are copied together.
        let mut rest = blobs;
        while let Some(first) = rest.first() {
            let (resource, source) = wim.place(first)?;
            let (part, start) = (resource.part, resource.offset);
            let mut end = start;
            let mut at = 0;
            while let Some(blob) = rest.get(at) {
                let next = wim.place(blob)?.0;
                if next.part != part || next.offset != end || end - start >= PIECE {
                    break;
                }
                end += next.stored_size;
                let here = self.at + next.offset - start;
                let own = rest[at..].iter().take_while(|b| b.resource == blob.resource).count();
                let own = &rest[at..at + own];
                at += own.len();
                if next.layout == Layout::Solid {
                    self.enter_solid(next, here, run, own);
                    run += next.size;
                } else {
                    for blob in own {
                        self.enter(blob.sha1, next.header_at(here, 0));
                    }
                }
            }
            self.copy(&**source, start, end - start).map_err(|e| e.with_path(source.name()))?;
            for blob in &rest[..at] {
                meter.done_with(|| blob.sha1.to_string(), blob.size)?;
            }
            rest = &rest[at..];
        }
        Ok(run)
    }

    fn enter_solid(&mut self, resource: &Resource, here: u64, run: u64, blobs: &[StoredBlob]) {
        // As others write it; with the bit for "compressed" 7z refuses the file.
        let flags = ResourceHeader::SOLID;
        let header = ResourceHeader {
            stored_size: resource.stored_size,
            flags,
            offset: here,
            original_size: BlobEntry::SOLID_MARK,
        };
        let part_number = self.part_number;
        self.entries.push(BlobEntry { resource: header, part_number, ref_count: 1, ..BlobEntry::default() });
        for blob in blobs {
            self.enter_in_solid(blob.sha1, run + blob.offset, blob.size);
        }
    }

    /// Appends bytes of a file.
    pub(super) fn copy(&mut self, source: &dyn ReadAt, offset: u64, len: u64) -> Result<()> {
        let mut done = 0;
        while done < len {
            let n = PIECE.min(len - done);
            self.write(&source.read_vec(offset + done, n as usize)?)?;
            done += n;
        }
        Ok(())
    }
}
