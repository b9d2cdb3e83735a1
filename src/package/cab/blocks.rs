//! The data blocks of a folder: read ahead, joined where a block is split between two parts, checksums verified.

use super::Segment;
use super::header::Part;
use crate::error::{Error, ErrorKind, Result};

/// Decoded bytes of a block at most.
pub(super) const MAX_BLOCK: usize = 32 * 1024;
/// Stored bytes of a block at most: what LZX may grow to.
const MAX_STORED: usize = MAX_BLOCK + 6144;
const BLOCK_HEADER: usize = 8;
const READ_AHEAD: u64 = 256 << 10;

/// Walks the blocks of one folder.
pub(super) struct Blocks<'a> {
    parts: &'a [Part],
    segments: &'a [Segment],
    segment: usize,
    /// Blocks of the segment read so far, and where the next begins.
    taken: u32,
    offset: u64,
    /// Blocks of the folder read so far.
    count: u32,
    ahead: Ahead,
    /// The pieces of a block that is split between parts.
    joined: Vec<u8>,
    data: Data,
    skipped: bool,
}

/// Where the block that was read last lies.
enum Data {
    Ahead(std::ops::Range<usize>),
    Joined,
}

/// The head of a block.
struct Head {
    checksum: u32,
    sizes: [u8; 4],
    stored: usize,
    decoded: usize,
}

impl<'a> Blocks<'a> {
    pub(super) fn new(parts: &'a [Part], segments: &'a [Segment]) -> Self {
        Self {
            parts,
            segments,
            segment: 0,
            taken: 0,
            offset: segments.first().map_or(0, |s| s.offset),
            count: 0,
            ahead: Ahead::default(),
            joined: Vec::new(),
            data: Data::Ahead(0..0),
            skipped: false,
        }
    }

    /// Blocks read so far, whole ones.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// The stored bytes of the block that [`next`](Self::next) read.
    pub(super) fn data(&self) -> &[u8] {
        match &self.data {
            Data::Ahead(range) => self.ahead.buffer.get(range.clone()).unwrap_or_default(),
            Data::Joined => &self.joined,
        }
    }

    /// Whether the block that [`next`](Self::next) gave was passed over.
    pub(super) fn skipped(&self) -> bool {
        self.skipped
    }

    /// Reads the next block and gives its decoded size; `None` after the last. Where `skip`, given that size,
    /// says so, the block's data is neither read nor verified (for stored folders only).
    pub(super) fn next(&mut self, skip: impl Fn(usize) -> bool) -> Result<Option<usize>> {
        // After a block that was passed over the next one probably is, too: then only its head is wanted.
        let step = if self.skipped { 0 } else { READ_AHEAD };
        self.skipped = false;
        let mut pieces = 0;
        loop {
            let Some(segment) = self.segments.get(self.segment) else { return Ok(None) };
            if self.taken == segment.blocks {
                if pieces > 0 && self.segment + 1 == self.segments.len() {
                    return Err(Error::new(ErrorKind::Truncated, "the last block goes on in no other part"));
                }
                self.segment += 1;
                self.taken = 0;
                self.offset = self.segments.get(self.segment).map_or(0, |s| s.offset);
                continue;
            }
            let part = &self.parts[segment.part];
            let head_size = BLOCK_HEADER + usize::from(part.data_reserve);
            let head = self.ahead.get(part, segment.part, self.offset, head_size, step)?;
            let (fixed, reserve) = self.ahead.buffer[head].split_at(BLOCK_HEADER);
            let (head, reserve) = (Head::parse(fixed), reserve.to_vec());
            head.check()?;
            let data_offset = self.offset + head_size as u64;
            self.taken += 1;
            self.offset = data_offset + head.stored as u64;
            if pieces == 0 && head.decoded > 0 && skip(head.decoded) {
                self.count += 1;
                self.skipped = true;
                return Ok(Some(head.decoded));
            }
            let range = self.ahead.get(part, segment.part, data_offset, head.stored, READ_AHEAD)?;
            let data = &self.ahead.buffer[range.clone()];
            head.verify(data, &reserve)?;
            if pieces == 0 && head.decoded > 0 {
                self.count += 1;
                self.data = Data::Ahead(range);
                return Ok(Some(head.decoded));
            }
            // A piece: the sizes of decoded bytes are 0 but in the last.
            if pieces == 0 {
                self.joined.clear();
            }
            self.joined.extend_from_slice(data);
            if self.joined.len() > MAX_STORED {
                return Err(oversized(self.joined.len(), head.decoded));
            }
            pieces += 1;
            if head.decoded > 0 {
                self.count += 1;
                self.data = Data::Joined;
                return Ok(Some(head.decoded));
            }
            if self.taken < segment.blocks {
                return Err(Error::malformed("a block of 0 bytes that no other part continues"));
            }
        }
    }
}

impl Head {
    fn parse(raw: &[u8]) -> Self {
        let u16_at = |i: usize| usize::from(u16::from_le_bytes([raw[i], raw[i + 1]]));
        Self {
            checksum: u32::from_le_bytes([raw[0], raw[1], raw[2], raw[3]]),
            sizes: [raw[4], raw[5], raw[6], raw[7]],
            stored: u16_at(4),
            decoded: u16_at(6),
        }
    }

    fn check(&self) -> Result<()> {
        if self.stored > MAX_STORED || self.decoded > MAX_BLOCK {
            return Err(oversized(self.stored, self.decoded));
        }
        Ok(())
    }

    /// The checksum covers data and sizes, and by the letter also what is reserved between them, which other
    /// readers leave out; either is taken.
    fn verify(&self, data: &[u8], reserve: &[u8]) -> Result<()> {
        if self.checksum == 0 {
            return Ok(());
        }
        let plain = checksum(data) ^ u32::from_le_bytes(self.sizes);
        if plain == self.checksum {
            return Ok(());
        }
        let whole = [&self.sizes[..], reserve, data].concat();
        if !reserve.is_empty() && checksum(&whole) == self.checksum {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::ChecksumMismatch,
            format!("a block has checksum {plain:08x} instead of {:08x}", self.checksum),
        ))
    }
}

fn oversized(stored: usize, decoded: usize) -> Error {
    Error::malformed(format!(
        "a block of {stored} bytes for {decoded} decoded ones (at most {MAX_STORED} and {MAX_BLOCK})"
    ))
}

/// Exclusive or of the data's little-endian words; the last one to three bytes count in reverse.
fn checksum(data: &[u8]) -> u32 {
    let (words, rest) = data.split_at(data.len() & !3);
    let sum = words.chunks_exact(4).fold(0, |sum, w| sum ^ u32::from_le_bytes([w[0], w[1], w[2], w[3]]));
    sum ^ rest.iter().fold(0, |tail, &b| tail << 8 | u32::from(b))
}

/// A piece of one part, read in steps of the size that the caller expects to go on with.
#[derive(Default)]
struct Ahead {
    buffer: Vec<u8>,
    /// The part and offset that the buffer begins at.
    part: usize,
    offset: u64,
}

impl Ahead {
    /// Where in the buffer `len` bytes from `offset` of a part are, after reading on if need be.
    fn get(
        &mut self,
        part: &Part,
        number: usize,
        offset: u64,
        len: usize,
        step: u64,
    ) -> Result<std::ops::Range<usize>> {
        let held = self.buffer.len() as u64;
        let inside = number == self.part
            && offset.checked_sub(self.offset).is_some_and(|at| at <= held && len as u64 <= held - at);
        if !inside {
            let left = part.source.size().saturating_sub(offset);
            if (len as u64) > left {
                return Err(Error::new(ErrorKind::Truncated, "the cabinet ends inside a block"));
            }
            let want = step.max(len as u64);
            self.buffer.clear();
            self.buffer.resize(want.min(left) as usize, 0);
            part.source.read_exact_at(&mut self.buffer, offset)?;
            (self.part, self.offset) = (number, offset);
        }
        let at = (offset - self.offset) as usize;
        Ok(at..at + len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_counts_the_tail_in_reverse() {
        assert_eq!(checksum(&[]), 0);
        assert_eq!(checksum(&[1, 0, 0, 0x80, 3, 0, 0, 0]), 0x8000_0002);
        assert_eq!(checksum(&[1, 0, 0, 0, 0x11, 0x22, 0x33]), 0x0011_2233 ^ 1);
        assert_eq!(checksum(&[0xAB]), 0xAB);
    }
}
