//! Canonical Huffman codes of up to 16 bits, decoded with a primary table and one level of subtables.

use super::bits::BitReader;
use crate::error::{Error, Result};

/// The longest code.
const MAX_BITS: usize = 16;
/// Marks a primary entry whose rest is the start of a subtable.
const LINK: u16 = 0x8000;
/// What an empty tree decodes to.
const NO_SYMBOL: u16 = 2047;

/// A decoding table whose primary part is looked up with the next `P` bits.
///
/// An entry holds the symbol in its upper bits and the code's length (below the primary bits in a subtable) in
/// the low four. Every table is complete, so any bits decode to some symbol.
pub(super) struct Table<const P: usize> {
    entries: Vec<u16>,
    sub_bits: u32,
}

impl<const P: usize> Default for Table<P> {
    fn default() -> Self {
        Self { entries: vec![0; 1 << P], sub_bits: 0 }
    }
}

impl<const P: usize> Table<P> {
    /// The next symbol.
    #[inline(always)]
    pub(super) fn decode(&self, bits: &mut BitReader<'_>) -> usize {
        let peek = bits.peek();
        let mut entry = self.entries[(peek >> (64 - P)) as usize];
        if entry & LINK != 0 {
            let low = (peek << P >> 1 >> (63 - self.sub_bits)) as usize;
            bits.skip(P as u32);
            // A link always points at a whole subtable; 0 is never reached.
            entry = self.entries.get((entry & !LINK) as usize + low).copied().unwrap_or(0);
        }
        bits.skip(u32::from(entry & 15));
        usize::from(entry >> 4)
    }

    /// Builds the table, or refuses lengths that are no complete code.
    pub(super) fn build(&mut self, lengths: &[u8], what: &str) -> Result<()> {
        self.fill(lengths).ok_or_else(|| Error::malformed(format!("the LZX {what} tree is no complete code")))
    }

    /// As [`build`](Self::build), and a tree without any code is let pass: it is an error only once used, when it
    /// decodes to a symbol that does not exist.
    pub(super) fn build_or_empty(&mut self, lengths: &[u8], what: &str) -> Result<()> {
        if lengths.iter().all(|&l| l == 0) {
            self.entries.truncate(1 << P);
            self.entries.fill(NO_SYMBOL << 4);
            return Ok(());
        }
        self.build(lengths, what)
    }

    fn fill(&mut self, lengths: &[u8]) -> Option<()> {
        let mut counts = [0u32; MAX_BITS + 1];
        for &length in lengths {
            counts[usize::from(length)] += 1;
        }
        counts[0] = 0;
        // Kraft's sum over 2^-16: 1 for a complete code.
        let sum: u32 = (1..=MAX_BITS).map(|l| counts[l] << (MAX_BITS - l)).sum();
        if sum != 1 << MAX_BITS {
            return None;
        }
        let longest = (1..=MAX_BITS).rev().find(|&l| counts[l] > 0)?;
        self.sub_bits = longest.saturating_sub(P) as u32;
        // Symbols in the order of their codes.
        let mut next = [0u32; MAX_BITS + 2];
        for l in 1..=MAX_BITS {
            next[l + 1] = next[l] + counts[l];
        }
        let mut sorted = [0u16; 1024];
        for (symbol, &length) in lengths.iter().enumerate() {
            if length > 0 {
                let at = &mut next[usize::from(length)];
                sorted[*at as usize] = symbol as u16;
                *at += 1;
            }
        }
        self.entries.clear();
        let mut used = 0;
        let mut symbols = sorted.iter();
        for (length, &count) in counts.iter().enumerate().take(P + 1) {
            for &symbol in symbols.by_ref().take(count as usize) {
                let span = 1 << (P - length);
                self.entries.resize(self.entries.len() + span, symbol << 4 | length as u16);
                used += 1;
            }
        }
        let direct = self.entries.len();
        if direct == 1 << P {
            return Some(());
        }
        let sub_size = 1usize << self.sub_bits;
        let links = (1 << P) - direct;
        for link in 0..links {
            self.entries.push(LINK | u16::try_from((1 << P) + link * sub_size).ok().filter(|&s| s < LINK)?);
        }
        for (length, &count) in counts.iter().enumerate().skip(P + 1) {
            for &symbol in &sorted[used..used + count as usize] {
                let span = sub_size >> (length - P);
                self.entries.resize(self.entries.len() + span, symbol << 4 | (length - P) as u16);
            }
            used += count as usize;
        }
        Some(())
    }
}

/// Reads code lengths that are sent as differences to the tree before (`lengths`), under a small code of their own.
pub(super) fn read_lengths(bits: &mut BitReader<'_>, lengths: &mut [u8]) -> Result<()> {
    let mut pre_lengths = [0; 20];
    for length in &mut pre_lengths {
        bits.refill();
        *length = bits.take(4) as u8;
    }
    let mut pre = Table::<8>::default();
    pre.build(&pre_lengths, "code length")?;
    let mut i = 0;
    while i < lengths.len() {
        bits.refill();
        let symbol = pre.decode(bits);
        let (run, value) = match symbol {
            0..=16 => (1, less(lengths[i], symbol)),
            17 => (4 + bits.take(4) as usize, 0),
            18 => (20 + bits.take(5) as usize, 0),
            _ => {
                let run = 4 + bits.take(1) as usize;
                match pre.decode(bits) {
                    symbol @ 0..=16 => (run, less(lengths[i], symbol)),
                    _ => return Err(Error::malformed("a run of LZX code lengths inside a run")),
                }
            }
        };
        let part = lengths[i..].get_mut(..run);
        part.ok_or_else(|| Error::malformed("a run of LZX code lengths past the tree's end"))?.fill(value);
        i += run;
    }
    Ok(())
}

/// Lengths are 0 to 16 and differences count modulo 17.
fn less(old: u8, difference: usize) -> u8 {
    (old + 17 - difference as u8) % 17
}
