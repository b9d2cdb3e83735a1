//! Reading one resource: its chunk table in each of the four layouts, and its chunks, decoded on demand.

use super::header::{Header, ResourceHeader};
use crate::base::{Bytes, Limits, ReadAt};
use crate::codec::wimlib::{Compression, with_decompressor};
use crate::error::{Error, ErrorKind, Result};
use std::ops::Range;

/// How the bytes of a resource lie in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// As they are.
    Raw,
    /// Chunk offsets, then chunks.
    Chunked,
    /// Chunks, each behind its size, then chunk offsets as if the sizes were not there (wimlib's pipable WIMs).
    Pipable,
    /// A 16-byte header, chunk sizes, then chunks; holds many blobs.
    Solid,
}

/// Pieces that a resource without chunks is read in.
const RAW_PIECE: u64 = 1 << 20;
/// Length of the header that begins a solid resource.
const SOLID_HEADER: usize = 16;
/// Length of the size in front of each chunk of a pipable resource.
const PIPE_HEADER: u64 = 4;

/// One resource of one part.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Resource {
    /// Index of the part that holds it.
    pub part: usize,
    /// Where it begins in the part.
    pub offset: u64,
    /// Bytes it takes there.
    pub stored_size: u64,
    /// Bytes once decompressed.
    pub size: u64,
    /// How its chunks are compressed.
    pub compression: Compression,
    /// Bytes of each chunk but the last, decompressed; never 0.
    pub chunk_size: u64,
    /// How it lies in the file.
    pub layout: Layout,
}

impl Resource {
    /// The resource that a resource header of part `part` describes; not for solid ones.
    pub fn new(header: &Header, at: &ResourceHeader, part: usize, limits: &Limits) -> Result<Self> {
        let compressed = at.has(ResourceHeader::COMPRESSED);
        if !compressed && at.stored_size != at.original_size {
            return Err(Error::malformed(format!(
                "the uncompressed resource at offset {} has two sizes, {} and {}",
                at.offset, at.stored_size, at.original_size
            )));
        }
        let compression = if compressed { header.compression()? } else { Compression::None };
        let layout = match (compression, header.pipable) {
            (Compression::None, _) if !compressed => Layout::Raw,
            (Compression::None, _) => {
                return Err(Error::malformed(format!(
                    "the resource at offset {} is compressed in a file without compression",
                    at.offset
                )));
            }
            (_, false) => Layout::Chunked,
            (_, true) => Layout::Pipable,
        };
        let chunk_size = match layout {
            Layout::Raw => RAW_PIECE,
            _ => checked_chunk(compression, header.chunk_size, limits)?,
        };
        at.end()?;
        Ok(Self {
            part,
            offset: at.offset,
            stored_size: at.stored_size,
            size: at.original_size,
            compression,
            chunk_size,
            layout,
        })
    }

    /// The solid resource that `at` describes; its header is read from `source`.
    pub fn solid(at: &ResourceHeader, part: usize, source: &dyn ReadAt, limits: &Limits) -> Result<Self> {
        at.end()?;
        let head = source.read_vec(at.offset, SOLID_HEADER)?;
        let mut from = Bytes::new(&head);
        let (size, chunk_size) = (from.u64()?, from.u32()?);
        let compression = Compression::from_number(from.u32()?)?;
        if compression == Compression::None {
            return Err(Error::unsupported(format!(
                "the solid resource at offset {} has no compression",
                at.offset
            )));
        }
        Ok(Self {
            part,
            offset: at.offset,
            stored_size: at.stored_size,
            size,
            compression,
            chunk_size: checked_chunk(compression, chunk_size, limits)?,
            layout: Layout::Solid,
        })
    }

    /// How many chunks there are.
    pub fn chunks(&self) -> u64 {
        self.size.div_ceil(self.chunk_size)
    }

    /// The bytes of the resource that chunks `range` decode to.
    pub fn span(&self, range: &Range<u64>) -> Range<u64> {
        range.start * self.chunk_size..(range.end.saturating_mul(self.chunk_size)).min(self.size)
    }

    fn chunk_len(&self, chunk: u64) -> usize {
        let span = self.span(&(chunk..chunk + 1));
        (span.end - span.start) as usize
    }

    /// Bytes of the chunk table and of the header before it.
    fn table_len(&self) -> Result<(u64, u64)> {
        let chunks = self.chunks();
        let (entries, width, head) = match self.layout {
            Layout::Raw => return Ok((0, 0)),
            Layout::Solid => (chunks, 4, SOLID_HEADER as u64),
            _ if u32::try_from(self.size).is_ok() => (chunks.saturating_sub(1), 4, 0),
            _ => (chunks.saturating_sub(1), 8, 0),
        };
        let len = entries.checked_mul(width).filter(|len| head + len <= self.stored_size);
        len.map(|len| (head, len)).ok_or_else(|| self.bad("is too short for its chunk table"))
    }

    /// Reads the chunk table.
    pub fn table(&self, source: &dyn ReadAt, limits: &Limits) -> Result<ChunkTable> {
        let (head, len) = self.table_len()?;
        if self.layout == Layout::Raw {
            return Ok(ChunkTable { ends: Vec::new(), first: 0 });
        }
        Limits::check("the number of chunks of a resource", self.chunks(), limits.max_entries)?;
        let at = match self.layout {
            Layout::Pipable => self.stored_size - len,
            _ => head,
        };
        let raw = source.read_vec(self.offset + at, len as usize)?;
        self.parse_table(&raw, head + len)
    }

    fn parse_table(&self, raw: &[u8], table_len: u64) -> Result<ChunkTable> {
        let chunks = self.chunks();
        let mut from = Bytes::new(raw);
        let mut ends = Vec::with_capacity(chunks as usize);
        let total = self.stored_size - table_len;
        let total = match self.layout {
            Layout::Pipable => total
                .checked_sub(chunks * PIPE_HEADER)
                .ok_or_else(|| self.bad("is too short for the sizes of its chunks"))?,
            _ => total,
        };
        let mut last = 0;
        for chunk in 0..chunks {
            let end = match self.layout {
                Layout::Solid => last + u64::from(from.u32()?),
                _ if chunk + 1 == chunks => total,
                _ if u32::try_from(self.size).is_ok() => from.u32()?.into(),
                _ => from.u64()?,
            };
            let fits = end.checked_sub(last).is_some_and(|n| n > 0 && n <= self.chunk_len(chunk) as u64);
            if !fits || end > total {
                return Err(self.bad("has a chunk table that makes no sense"));
            }
            ends.push(end);
            last = end;
        }
        let first = if self.layout == Layout::Pipable { 0 } else { table_len };
        Ok(ChunkTable { ends, first })
    }

    /// Where the stored bytes of chunks `range` lie, relative to the resource.
    pub fn stored(&self, table: &ChunkTable, range: &Range<u64>) -> Range<u64> {
        if self.layout == Layout::Raw {
            return self.span(range);
        }
        let at = |chunk: u64| {
            let end = match chunk {
                0 => 0,
                n => table.ends.get(n as usize - 1).copied().unwrap_or_default(),
            };
            let sizes = if self.layout == Layout::Pipable { chunk * PIPE_HEADER } else { 0 };
            table.first + sizes + end
        };
        at(range.start)..at(range.end)
    }

    /// Decodes chunks `range` to the end of `out`. `packed` is a buffer to use again.
    pub fn decode(
        &self,
        source: &dyn ReadAt,
        table: &ChunkTable,
        range: Range<u64>,
        packed: &mut Vec<u8>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let stored = self.stored(table, &range);
        let len = (stored.end - stored.start) as usize;
        self.within(source)?;
        let span = self.span(&range);
        let (at, more) = (out.len(), (span.end - span.start) as usize);
        if self.layout == Layout::Raw {
            out.resize(at + more, 0);
            return source.read_exact_at(&mut out[at..], self.offset + stored.start);
        }
        packed.resize(len, 0);
        source.read_exact_at(packed, self.offset + stored.start)?;
        out.resize(at + more, 0);
        self.decode_from(table, range, packed, stored.start, &mut out[at..])
    }

    /// Decodes the whole resource into `out`, with one read: for small ones.
    pub fn decode_whole(&self, source: &dyn ReadAt, packed: &mut Vec<u8>, out: &mut Vec<u8>) -> Result<()> {
        self.within(source)?;
        if self.layout == Layout::Raw {
            out.resize(self.size as usize, 0);
            return source.read_exact_at(out, self.offset);
        }
        self.check_stored()?;
        packed.resize(self.stored_size as usize, 0);
        source.read_exact_at(packed, self.offset)?;
        self.decode_stored(packed, out)
    }

    /// Decodes the whole resource, all of whose stored bytes are in `stored`, into `out`.
    pub fn decode_stored(&self, stored: &[u8], out: &mut Vec<u8>) -> Result<()> {
        if self.layout == Layout::Raw {
            out.clear();
            out.extend_from_slice(stored);
            return Ok(());
        }
        self.check_stored()?;
        let (head, len) = self.table_len()?;
        let at = if self.layout == Layout::Pipable { self.stored_size - len } else { head } as usize;
        let table = self.parse_table(&stored[at..at + len as usize], head + len)?;
        // What is left of the one before is written over.
        out.resize(self.size as usize, 0);
        self.decode_from(&table, 0..self.chunks(), stored, 0, out)
    }

    /// An error where the stored bytes are more than chunks of this size can take.
    fn check_stored(&self) -> Result<()> {
        let (head, len) = self.table_len()?;
        if self.stored_size > head + len + self.chunks() * PIPE_HEADER + self.size {
            return Err(self.bad("takes more bytes than it holds"));
        }
        Ok(())
    }

    /// Decodes chunks whose stored bytes are in `packed`, which begins `base` bytes into the resource.
    fn decode_from(
        &self,
        table: &ChunkTable,
        range: Range<u64>,
        packed: &[u8],
        base: u64,
        mut out: &mut [u8],
    ) -> Result<()> {
        with_decompressor(self.compression, self.chunk_size as usize, |decompressor| {
            for chunk in range {
                let stored = self.stored(table, &(chunk..chunk + 1));
                let skip = if self.layout == Layout::Pipable { PIPE_HEADER } else { 0 };
                let data = &packed[(stored.start + skip - base) as usize..(stored.end - base) as usize];
                let (now, rest) = std::mem::take(&mut out).split_at_mut(self.chunk_len(chunk));
                decompressor.decompress(data, now).map_err(|e| {
                    Error::malformed(format!(
                        "chunk {chunk} of the resource at offset {} is damaged",
                        self.offset
                    ))
                    .with_source(e)
                })?;
                out = rest;
            }
            Ok(())
        })
    }

    /// An error unless the resource lies inside its part.
    fn within(&self, source: &dyn ReadAt) -> Result<()> {
        match self.offset.checked_add(self.stored_size) {
            Some(end) if end <= source.size() => Ok(()),
            _ => Err(Error::new(
                ErrorKind::Truncated,
                format!(
                    "the resource at offset {} ({} bytes) lies past the end of the file ({} bytes)",
                    self.offset,
                    self.stored_size,
                    source.size()
                ),
            )),
        }
    }

    fn bad(&self, what: &str) -> Error {
        Error::malformed(format!("the resource at offset {} {what}", self.offset))
    }
}

/// Where the chunks of a resource end: offsets without what lies before the first chunk.
#[derive(Debug)]
pub(crate) struct ChunkTable {
    ends: Vec<u64>,
    first: u64,
}

fn checked_chunk(compression: Compression, size: u32, limits: &Limits) -> Result<u64> {
    compression.check_chunk_size(size.into())?;
    Limits::check("the chunk size of a resource", size.into(), limits.max_chunk)?;
    Ok(size.into())
}
