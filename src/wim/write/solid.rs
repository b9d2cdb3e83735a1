//! A new solid resource: many blobs behind each other, cut into large chunks that are compressed at once.

use super::blobs::{Appender, NewBlob, read_piece};
use super::resource::Format;
use crate::base::{Meter, Sha1Digest, run_all};
use crate::codec::wimlib::compressor_memory;
use crate::error::{Error, ErrorKind, Result};
use crate::wim::blob_table::BlobEntry;
use crate::wim::header::ResourceHeader;
use std::io::Read;

/// Memory for compressors and their chunks, where one alone does not take more.
const MEMORY: u64 = 2 << 30;
/// Read at a time.
const PIECE: u64 = 8 << 20;

impl Appender<'_> {
    /// Appends one solid resource of all `blobs`, whose digests are known and checked by their readers, and enters
    /// them. `base` is where it begins in its run.
    pub(in crate::wim) fn add_solid(
        &mut self,
        format: Format,
        blobs: &[NewBlob],
        base: u64,
        meter: &Meter,
    ) -> Result<()> {
        let total: u64 = blobs.iter().map(|b| b.blob.size()).sum();
        if total == 0 {
            return Ok(());
        }
        // No larger than it needs to be: a reader takes as much memory as a chunk says.
        let smallest = *format.compression.chunk_sizes().start() as u64;
        let chunk = (format.chunk_size as u64).min(total.next_power_of_two().max(smallest));
        let format = Format { chunk_size: chunk as usize, ..format };
        let each = compressor_memory(format.compression, format.chunk_size, Some(format.level)) + 2 * chunk;
        let at_once = (MEMORY / each).clamp(1, rayon::current_num_threads() as u64) as usize;
        let start = self.at;
        let mut head = Vec::new();
        head.extend(total.to_le_bytes());
        head.extend((chunk as u32).to_le_bytes());
        head.extend((format.compression as u32).to_le_bytes());
        self.at += head.len() as u64 + 4 * total.div_ceil(chunk);
        let mut from = Chain { blobs, open: None, left: total, meter };
        while from.left > 0 {
            let mut group = Vec::new();
            while group.len() < at_once && from.left > 0 {
                group.push(from.next(chunk)?);
            }
            // A chunk takes up to a minute, and who cancels does not wait for it.
            let pack = |raw: Vec<u8>| move || Ok(format.pack(&raw)?.unwrap_or(raw));
            let packed = run_all(group.into_iter().map(pack), &|| meter.add_bytes(0))?;
            for data in packed {
                head.extend((data.len() as u32).to_le_bytes());
                self.write(&data)?;
            }
            meter.add_bytes(0)?;
        }
        self.disk.write_at(&head, start)?;
        let resource = ResourceHeader {
            stored_size: self.at - start,
            flags: ResourceHeader::SOLID,
            offset: start,
            original_size: BlobEntry::SOLID_MARK,
        };
        let (part_number, sha1) = (self.part_number, Sha1Digest::default());
        self.entries.push(BlobEntry { resource, part_number, ref_count: 1, sha1 });
        let mut offset = base;
        for new in blobs {
            let sha1 = new.sha1.ok_or_else(|| {
                Error::new(ErrorKind::Internal, "the digest of what is to be packed is not known")
            })?;
            let size = new.blob.size();
            self.enter_in_solid(sha1, offset, size);
            offset += size;
        }
        Ok(())
    }

    /// Enters a blob that lies `offset` bytes into its run of solid resources.
    pub(super) fn enter_in_solid(&mut self, sha1: Sha1Digest, offset: u64, size: u64) {
        let resource =
            ResourceHeader { stored_size: size, flags: ResourceHeader::SOLID, offset, original_size: 0 };
        let part_number = self.part_number;
        self.entries.push(BlobEntry { resource, part_number, ref_count: 0, sha1 });
    }
}

/// The bytes of all blobs, one after the other.
struct Chain<'a> {
    blobs: &'a [NewBlob],
    open: Option<(Box<dyn Read + Send + 'a>, u64)>,
    left: u64,
    meter: &'a Meter,
}

impl Chain<'_> {
    /// The next chunk, or the rest.
    fn next(&mut self, chunk: u64) -> Result<Vec<u8>> {
        let len = chunk.min(self.left);
        let mut out = Vec::with_capacity(len as usize);
        while (out.len() as u64) < len {
            let Some(first) = self.blobs.first() else { break };
            let (reader, left) = match &mut self.open {
                Some(open) => open,
                closed => closed.insert((first.blob.open()?, first.blob.size())),
            };
            let n = PIECE.min(*left).min(len - out.len() as u64);
            out.extend(read_piece(&mut **reader, n).map_err(|e| e.with_path(&first.name))?);
            *left -= n;
            self.meter.add_bytes(n)?;
            if *left == 0 {
                self.meter.done(&first.name, 0)?;
                self.open = None;
                self.blobs = &self.blobs[1..];
            }
        }
        self.left -= len;
        Ok(out)
    }
}
