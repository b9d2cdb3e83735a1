//! One resource in its stored form: chunk table and chunks where that is smaller, else the bytes as they are.

use crate::codec::wimlib::{Compression, with_compressor};
use crate::error::Result;
use crate::wim::header::ResourceHeader;

/// How resources are compressed.
#[derive(Clone, Copy, Debug)]
pub(in crate::wim) struct Format {
    pub(in crate::wim) compression: Compression,
    pub(in crate::wim) chunk_size: usize,
    pub(in crate::wim) level: u32,
}

impl Format {
    /// The compressed chunk, or `None` where it is stored as it is.
    pub(in crate::wim) fn pack(&self, chunk: &[u8]) -> Result<Option<Vec<u8>>> {
        let mut out = vec![0; chunk.len()];
        let len = with_compressor(self.compression, self.chunk_size, Some(self.level), |c| {
            c.compress(chunk, &mut out)
        })?;
        Ok(len.map(|len| {
            out.truncate(len);
            out.shrink_to_fit();
            out
        }))
    }

    /// The chunks of `data`; none where the WIM has no compression.
    pub(in crate::wim) fn chunks<'a>(&self, data: &'a [u8]) -> std::slice::Chunks<'a, u8> {
        if self.compression == Compression::None { [].chunks(1) } else { data.chunks(self.chunk_size) }
    }

    /// Bytes of the chunk table of a resource of `size` bytes.
    pub(in crate::wim) fn table_len(&self, size: u64) -> u64 {
        (size.div_ceil(self.chunk_size as u64).max(1) - 1) * entry_width(size) as u64
    }
}

fn entry_width(size: u64) -> usize {
    if u32::try_from(size).is_ok() { 4 } else { 8 }
}

/// The chunk table of a resource of `size` bytes with chunks of these stored lengths: where each but the first
/// begins.
pub(in crate::wim) fn chunk_table(size: u64, lengths: impl IntoIterator<Item = u64>) -> Vec<u8> {
    let (mut out, mut at, width) = (Vec::new(), 0u64, entry_width(size));
    for (i, len) in lengths.into_iter().enumerate() {
        if i > 0 {
            out.extend_from_slice(&at.to_le_bytes()[..width]);
        }
        at += len;
    }
    out
}

/// Appends the stored form of a whole resource to `out` and describes it. `packed` are its chunks in order, as
/// [`Format::pack`] gave them; empty where there is no compression.
pub(in crate::wim) fn assemble(
    format: &Format,
    data: &[u8],
    packed: &[Option<Vec<u8>>],
    flags: u8,
    offset: u64,
    out: &mut Vec<u8>,
) -> ResourceHeader {
    let size = data.len() as u64;
    let chunk_len = |(raw, packed): (&[u8], &Option<Vec<u8>>)| packed.as_ref().map_or(raw.len(), Vec::len);
    let lengths = || format.chunks(data).zip(packed).map(chunk_len).map(|n| n as u64);
    let header = ResourceHeader { stored_size: size, flags, offset, original_size: size };
    if packed.is_empty() || format.table_len(size) + lengths().sum::<u64>() >= size {
        out.extend_from_slice(data);
        return header;
    }
    let start = out.len();
    out.extend(chunk_table(size, lengths()));
    for (raw, packed) in format.chunks(data).zip(packed) {
        out.extend_from_slice(packed.as_deref().unwrap_or(raw));
    }
    let stored_size = (out.len() - start) as u64;
    ResourceHeader { stored_size, flags: flags | ResourceHeader::COMPRESSED, ..header }
}
