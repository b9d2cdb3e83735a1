//! Rifts: tables that say by how much positions move, and the code they are stored in.

use super::bits::Bits;
use super::huffman::Huffman;
use crate::error::{Error, ErrorKind, Result};
use std::cell::Cell;

/// The most entries of one table: a thousand times what real deltas hold.
const MAX_ENTRIES: u64 = 1 << 22;
const SYMBOLS: usize = 252;

/// From `at` on, positions move by `shift`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) at: i64,
    pub(super) shift: i64,
}

impl Entry {
    /// The entry that maps `at` to `to`.
    pub(super) fn pair(at: i64, to: i64) -> Self {
        Self { at, shift: to.wrapping_sub(at) }
    }
}

/// A total function on positions: a position moves as the last entry at or before it says; before the first
/// entry, as the last of all says; without entries, not at all.
#[derive(Debug)]
pub(super) struct Rift {
    entries: Vec<Entry>,
    /// The stretch of the last answer: first position, last position, shift.
    cache: Cell<(i64, i64, i64)>,
}

impl Rift {
    /// A rift of these entries, which are sorted here; of equal positions the last given one counts.
    pub(super) fn new(mut entries: Vec<Entry>) -> Self {
        entries.sort_by_key(|e| e.at);
        let none = (1, 0, 0);
        Self { entries, cache: Cell::new(none) }
    }

    /// A stored rift: a bit, then if it is set two integer codes, a count and the entries as differences.
    pub(super) fn read(bits: &mut Bits<'_>) -> Result<Self> {
        if !bits.flag()? {
            return Ok(Self::new(Vec::new()));
        }
        let at = IntCode::read(bits)?;
        let shift = IntCode::read(bits)?;
        Self::read_entries(bits, &at, &shift)
    }

    /// A count and that many entries in codes read before.
    pub(super) fn read_entries(bits: &mut Bits<'_>, at: &IntCode, shift: &IntCode) -> Result<Self> {
        let count = bits.number()?;
        if count > bits.left() / 2 {
            return Err(Error::new(ErrorKind::Truncated, "delta's rift table is longer than its stream"));
        }
        Self::check_len(count)?;
        let mut entries = Vec::with_capacity(count as usize);
        let mut last = Entry { at: 0, shift: 0 };
        for _ in 0..count {
            last.at = last.at.wrapping_add(at.decode(bits)?);
            last.shift = last.shift.wrapping_add(shift.decode(bits)?);
            entries.push(last);
        }
        Ok(Self::new(entries))
    }

    /// Refuses tables that no real delta needs.
    pub(super) fn check_len(entries: u64) -> Result<()> {
        if entries > MAX_ENTRIES {
            let what = format!("delta's rift table has {entries} entries, over the limit of {MAX_ENTRIES}");
            return Err(Error::new(ErrorKind::LimitExceeded, what));
        }
        Ok(())
    }

    /// The entries, sorted.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Whether the rift moves nothing for want of entries.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Where `x` moves.
    #[inline]
    pub(super) fn map(&self, x: i64) -> i64 {
        let (first, last, shift) = self.cache.get();
        if first <= x && x <= last { x.wrapping_add(shift) } else { self.look_up(x) }
    }

    /// Where an address moves, in 32 bits.
    #[inline]
    pub(super) fn map32(&self, rva: u32) -> u32 {
        self.map(i64::from(rva)) as u32
    }

    fn look_up(&self, x: i64) -> i64 {
        let next = self.entries.partition_point(|e| e.at <= x);
        let first = if next == 0 { i64::MIN } else { self.entries[next - 1].at };
        let last = self.entries.get(next).map_or(i64::MAX, |e| e.at - 1);
        let shift = match next {
            0 => self.entries.last(),
            _ => self.entries.get(next - 1),
        }
        .map_or(0, |e| e.shift);
        self.cache.set((first, last, shift));
        x.wrapping_add(shift)
    }
}

/// The code of signed integers in rift tables: a Huffman symbol gives sign and magnitude, raw bits the rest.
pub(super) struct IntCode(Huffman);

impl IntCode {
    /// A stored code: how many lengths are given, for the positive and for the negative symbols, and what the
    /// remaining symbols get.
    pub(super) fn read(bits: &mut Bits<'_>) -> Result<Self> {
        let positive = bits.bits(8)? as usize;
        let negative = bits.bits(8)? as usize;
        let defaults = bits.bits(8)? as usize;
        if positive > SYMBOLS / 2 || negative > SYMBOLS / 2 {
            return Err(Error::malformed("delta's integer code names more symbols than there are"));
        }
        let mut lengths = [0u8; SYMBOLS];
        for symbol in (0..positive).chain(SYMBOLS / 2..SYMBOLS / 2 + negative) {
            lengths[symbol] = bits.bits(4)? as u8 + 1;
        }
        let default = bits.bits(4)? as u8 + 1;
        let rest = (positive..SYMBOLS / 2).chain(SYMBOLS / 2 + negative..SYMBOLS);
        for (i, symbol) in rest.enumerate() {
            lengths[symbol] = if i < defaults { default } else { default - 1 };
        }
        Ok(Self(Huffman::with_lengths(9, &lengths)?))
    }

    fn decode(&self, bits: &mut Bits<'_>) -> Result<i64> {
        let symbol = self.0.decode(bits)?;
        let negative = symbol >= SYMBOLS / 2;
        let m = (if negative { symbol - SYMBOLS / 2 } else { symbol }) as u64;
        let value = if m <= 3 {
            m
        } else {
            let low = (m >> 1) as u32 - 1;
            (2 + (m & 1)) << low | bits.wide_bits(low)?
        } as i64;
        Ok(if negative { !value } else { value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_moves_as_the_entry_before_it_says() {
        let rift = Rift::new(vec![Entry::pair(0x5000, 0x5300), Entry::pair(0x1000, 0x1200)]);
        for (x, y) in [(0x1000, 0x1200), (0x4FFF, 0x51FF), (0x5000, 0x5300), (0x9000, 0x9300)] {
            assert_eq!(rift.map(x), y);
        }
        assert_eq!(rift.map(0), 0x300); // before the first: as the last
        assert_eq!(rift.map(-1), 0x2FF);
        assert_eq!(Rift::new(Vec::new()).map(i64::MAX), i64::MAX);
        let twice = Rift::new(vec![Entry::pair(5, 6), Entry::pair(5, 9)]);
        assert_eq!(twice.map(5), 9);
    }
}
