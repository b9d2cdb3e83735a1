//! The patch body: literals and matches over source and output as one window, steered by a rift.

use super::bits::Bits;
use super::huffman::{Huffman, default_lengths};
use super::rift::{Entry, Rift};
use crate::base::Limits;
use crate::error::{Error, ErrorKind, Result};

const MAIN: usize = 600;
const LENGTH: usize = 256;
const ALIGNED: usize = 16;
const LENGTHS: usize = MAIN + LENGTH + ALIGNED;

/// Rebuilds `target` bytes from the patch body. `rift` holds the entries the transforms yield, in positions
/// of source and output together; the body's own table goes before them.
pub(super) fn decode(
    source: &[u8],
    patch: &[u8],
    rift: &[Entry],
    target: usize,
    limits: &Limits,
) -> Result<Vec<u8>> {
    let mut bits = Bits::new(patch)?;
    let mut entries = Rift::read(&mut bits)?.entries().to_vec();
    entries.extend_from_slice(rift);
    entries.push(Entry::pair(source.len() as i64, 0));
    let segments = Segments::read(&mut bits, limits)?;
    let mut window = Window { source, out: vec![0; target], len: 0 };
    let mut matches = Matches { cursor: Cursor::new(entries), recent: [0; 3] };
    let mut codes = Codes::new();
    let mut segment = 0;
    while window.len < target {
        let at = window.position() as u64;
        while segments.start(segment + 1).is_some_and(|start| start <= at) {
            segment += 1;
        }
        codes.set(segments.lengths(segment))?;
        let until = segments.start(segment + 1).map_or(target as u64, |s| s - source.len() as u64);
        decode_segment(&mut bits, &codes, &mut window, &mut matches, (target as u64).min(until) as usize)?;
        bits.check()?;
    }
    Ok(window.out)
}

/// Symbols up to output length `until`, which the last match may pass.
fn decode_segment(
    bits: &mut Bits<'_>,
    codes: &Codes,
    window: &mut Window<'_>,
    matches: &mut Matches,
    until: usize,
) -> Result<()> {
    while window.len < until {
        bits.refill();
        if bits.near_end() {
            bits.check()?;
        }
        let mut symbol = codes.main.decode_loaded(bits)?;
        // A refill holds three codes: two literals may go before any third symbol.
        for _ in 0..2 {
            if symbol >= 256 {
                break;
            }
            window.out[window.len] = symbol as u8;
            window.len += 1;
            if window.len >= until {
                return Ok(());
            }
            symbol = codes.main.decode_loaded(bits)?;
        }
        if symbol < 256 {
            window.out[window.len] = symbol as u8;
            window.len += 1;
            continue;
        }
        matches.copy(bits, codes, window, symbol - 256)?;
    }
    Ok(())
}

#[inline]
fn read_length(bits: &mut Bits<'_>, codes: &Codes, short: usize) -> Result<u64> {
    if short > 0 {
        return Ok(short as u64 + 1);
    }
    bits.refill();
    let symbol = codes.length.decode_loaded(bits)?;
    if symbol > 0 {
        return Ok(symbol as u64 + 8);
    }
    bits.refill();
    let extra = bits.peek().trailing_zeros() + 8;
    if extra > 40 {
        return Err(Error::malformed("delta has a match of absurd length"));
    }
    bits.consume(extra - 7);
    Ok((1 << extra | bits.bits(extra)?) + 8)
}

/// Source and output as one window; positions count from the source's start.
struct Window<'a> {
    source: &'a [u8],
    out: Vec<u8>,
    /// Bytes of `out` that are written.
    len: usize,
}

impl Window<'_> {
    #[inline]
    fn position(&self) -> i64 {
        (self.source.len() + self.len) as i64
    }

    /// Appends `n` bytes from window position `from`; the caller has checked that they fit.
    #[inline]
    fn copy(&mut self, from: i64, n: usize) -> Result<()> {
        if from < 0 || from >= self.position() {
            return Err(Error::malformed("delta copies from outside its window"));
        }
        let from = from as usize;
        let mut left = n;
        let mut back = from.wrapping_sub(self.source.len());
        if from < self.source.len() {
            let n = left.min(self.source.len() - from);
            self.out[self.len..self.len + n].copy_from_slice(&self.source[from..from + n]);
            self.len += n;
            left -= n;
            back = 0;
        }
        if left > 0 {
            self.copy_back(back, left);
        }
        Ok(())
    }

    #[inline]
    fn copy_back(&mut self, from: usize, n: usize) {
        let distance = self.len - from;
        if distance >= 8 && n <= 64 && self.len + 64 <= self.out.len() {
            // Short matches in words: up to seven bytes too many, which later output overwrites.
            for i in (0..n).step_by(8) {
                self.out.copy_within(from + i..from + i + 8, self.len + i);
            }
        } else if distance == 1 {
            let byte = self.out[from];
            self.out[self.len..self.len + n].fill(byte);
        } else {
            let mut done = 0;
            while done < n {
                let part = (distance + done).min(n - done);
                self.out.copy_within(from..from + part, self.len + done);
                done += part;
            }
        }
        self.len += n;
    }
}

/// The rift where the output stands: positions only grow, so a cursor replaces the search.
struct Cursor {
    entries: Vec<Entry>,
    next: usize,
    shift: i64,
    /// Where `shift` ends to hold.
    until: i64,
}

impl Cursor {
    fn new(mut entries: Vec<Entry>) -> Self {
        entries.sort_by_key(|e| e.at);
        let shift = entries.last().map_or(0, |e| e.shift);
        let until = entries.first().map_or(i64::MAX, |e| e.at);
        Self { entries, next: 0, shift, until }
    }

    /// The shift at window position `at`.
    #[inline]
    fn shift(&mut self, at: i64) -> i64 {
        if at >= self.until {
            self.advance(at);
        }
        self.shift
    }

    fn advance(&mut self, at: i64) {
        while let Some(entry) = self.entries.get(self.next).filter(|e| e.at <= at) {
            self.shift = entry.shift;
            self.next += 1;
        }
        self.until = self.entries.get(self.next).map_or(i64::MAX, |e| e.at);
    }
}

/// What matches need beside the codes: the rift and the last three distances.
struct Matches {
    cursor: Cursor,
    recent: [i64; 3],
}

impl Matches {
    #[inline]
    fn copy(
        &mut self,
        bits: &mut Bits<'_>,
        codes: &Codes,
        window: &mut Window<'_>,
        symbol: usize,
    ) -> Result<()> {
        let slot = symbol >> 3;
        let at = window.position();
        bits.refill();
        let distance = match slot {
            0 => signed(bits, 14, 0).wrapping_sub(self.cursor.shift(at)),
            1 => signed(bits, 16, 0x2000).wrapping_sub(self.cursor.shift(at)),
            2 => signed(bits, 18, 0xA000).wrapping_sub(self.cursor.shift(at)),
            3 => self.cursor.shift(at).wrapping_neg(),
            4..=6 => self.recent[slot - 4],
            _ => read_distance(bits, codes, slot - 7)?,
        };
        let length = read_length(bits, codes, symbol & 7)?;
        if length > (window.out.len() - window.len) as u64 {
            return Err(Error::malformed("delta writes past its target's length"));
        }
        let length = length as usize;
        if slot == 3 {
            self.copy_along_rift(window, length)?;
        } else {
            window.copy(at.wrapping_sub(distance), length)?;
        }
        if self.recent[0] != distance {
            let second = self.recent[1];
            self.recent[1] = self.recent[0];
            self.recent[0] = distance;
            if second != distance {
                self.recent[2] = second;
            }
        }
        Ok(())
    }

    /// A match that follows the rift: its distance changes at every entry it passes.
    fn copy_along_rift(&mut self, window: &mut Window<'_>, length: usize) -> Result<()> {
        let end = window.len + length;
        while window.len < end {
            let at = window.position();
            let shift = self.cursor.shift(at);
            let stretch = self.cursor.until.saturating_sub(at).max(1) as u64;
            let part = stretch.min((end - window.len) as u64) as usize;
            window.copy(at.wrapping_add(shift), part)?;
        }
        Ok(())
    }
}

/// A signed difference of `n` bits that leaves out the values below `gap`, which a shorter form holds.
#[inline]
fn signed(bits: &mut Bits<'_>, n: u32, gap: i64) -> i64 {
    let value = bits.take_loaded(n) as i64 - (1 << (n - 1));
    if value < 0 { value - gap } else { value + gap }
}

#[inline]
fn read_distance(bits: &mut Bits<'_>, codes: &Codes, slot: usize) -> Result<i64> {
    let mut e = slot as u64;
    if e == 0 {
        let ones = bits.peek().trailing_ones().min(2);
        bits.consume((ones + 1).min(2));
        e = [36, 40, 48][ones as usize] + bits.take_loaded(2 + ones);
    }
    if e <= 3 {
        return Ok(e as i64);
    }
    let (top, low) = ((2 + (e & 1)) as i64, (e >> 1) as u32 - 1);
    if low < 4 {
        return Ok(top << low | bits.take_loaded(low) as i64);
    }
    let middle = top << (low - 4) | bits.take_loaded(low - 4) as i64;
    Ok(middle << 4 | codes.aligned.decode_loaded(bits)? as i64)
}

/// The three codes of a segment.
struct Codes {
    main: Huffman,
    length: Huffman,
    aligned: Huffman,
}

impl Codes {
    fn new() -> Self {
        Self { main: Huffman::new(11), length: Huffman::new(9), aligned: Huffman::new(7) }
    }

    fn set(&mut self, lengths: &[u8]) -> Result<()> {
        let (main, rest) = lengths.split_at(MAIN);
        let (length, aligned) = rest.split_at(LENGTH);
        self.main.set_lengths(main)?;
        self.length.set_lengths(length)?;
        self.aligned.set_lengths(aligned)
    }
}

/// The code lengths of each stretch of the window.
struct Segments {
    starts: Vec<u64>,
    /// [`LENGTHS`] for each segment.
    lengths: Vec<u8>,
}

impl Segments {
    fn start(&self, segment: usize) -> Option<u64> {
        self.starts.get(segment).copied()
    }

    fn lengths(&self, segment: usize) -> &[u8] {
        &self.lengths[segment * LENGTHS..(segment + 1) * LENGTHS]
    }

    fn read(bits: &mut Bits<'_>, limits: &Limits) -> Result<Self> {
        if bits.flag()? {
            let lengths = [MAIN, LENGTH, ALIGNED].into_iter().flat_map(default_lengths).collect();
            return Ok(Self { starts: vec![0], lengths });
        }
        let count = bits.number()?;
        if count == 0 {
            return Err(Error::malformed("delta has no code segments"));
        }
        // A start takes 5 bits at least, a segment's lengths no less.
        if count > bits.left() / 10 {
            return Err(Error::new(ErrorKind::Truncated, "delta has more code segments than bits"));
        }
        let bytes = count.saturating_mul(LENGTHS as u64);
        let bytes = Limits::check("the code table of a delta", bytes, limits.max_buffer)?;
        let mut starts = Vec::with_capacity(count as usize);
        let mut start = 0u64;
        for _ in 0..count {
            start = start.saturating_add(bits.number()?);
            starts.push(start);
        }
        let mut pretree = [0; 39];
        for len in &mut pretree {
            *len = bits.bits(4)? as u8;
        }
        let pretree = Huffman::with_lengths(10, &pretree)?;
        let mut previous = [0; LENGTHS];
        let mut lengths = Vec::new();
        for _ in 0..count {
            previous = read_lengths(bits, &pretree, &previous)?;
            if lengths.len() == lengths.capacity() {
                // Doubling, but never past what was checked.
                lengths.reserve_exact((lengths.len().max(64 * LENGTHS)).min(bytes - lengths.len()));
            }
            lengths.extend_from_slice(&previous);
        }
        Ok(Self { starts, lengths })
    }
}

/// One segment's lengths, coded against the segment before.
fn read_lengths(bits: &mut Bits<'_>, pretree: &Huffman, previous: &[u8; LENGTHS]) -> Result<[u8; LENGTHS]> {
    let mut lengths = [0; LENGTHS];
    let mut i = 0;
    let bad = || Error::malformed("delta has a code length out of range");
    while i < LENGTHS {
        let symbol = pretree.decode(bits)?;
        match symbol {
            0..=16 => lengths[i] = symbol as u8,
            17..=19 => lengths[i] = previous[i] + (symbol as u8 - 16),
            20..=22 => lengths[i] = previous[i].checked_sub(symbol as u8 - 19).ok_or_else(bad)?,
            _ => {
                let k = ((symbol - 23) & 7) as u32;
                let run = if k < 3 { k as usize + 1 } else { 1 << (k - 1) | bits.bits(k - 1)? as usize };
                let end = i + run;
                if end > LENGTHS {
                    return Err(Error::malformed("delta repeats a code length past the end"));
                }
                if symbol < 31 {
                    let last = if i == 0 { 0 } else { lengths[i - 1] };
                    lengths[i..end].fill(last);
                } else {
                    lengths[i..end].copy_from_slice(&previous[i..end]);
                }
                i = end;
                continue;
            }
        }
        if lengths[i] > 16 {
            return Err(bad());
        }
        i += 1;
    }
    Ok(lengths)
}
