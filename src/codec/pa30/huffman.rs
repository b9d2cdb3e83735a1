//! Canonical Huffman codes of PA30: the longest codes have the lowest values, at most 16 bits.

use super::bits::Bits;
use crate::error::{Error, Result};

const MAX: usize = 16;

/// A decoder: one table look-up for codes of up to `primary` bits, a search over lengths for longer ones.
pub(super) struct Huffman {
    primary: u32,
    /// By the next `primary` bits: symbol << 5 | length, or 0 where the code is longer or unused.
    table: Vec<u16>,
    /// Symbols by length, then value.
    sorted: Vec<u16>,
    base: [u32; MAX + 1],
    count: [u32; MAX + 1],
    first: [u32; MAX + 1],
}

impl Huffman {
    /// An empty code whose quick table is 2^`primary` entries.
    pub(super) fn new(primary: u32) -> Self {
        let zero = [0; MAX + 1];
        Self {
            primary,
            table: vec![0; 1 << primary],
            sorted: Vec::new(),
            base: zero,
            count: zero,
            first: zero,
        }
    }

    /// The code with these lengths, 0 for a symbol that does not occur.
    pub(super) fn with_lengths(primary: u32, lengths: &[u8]) -> Result<Self> {
        let mut code = Self::new(primary);
        code.set_lengths(lengths)?;
        Ok(code)
    }

    /// Replaces the code, reusing the tables.
    pub(super) fn set_lengths(&mut self, lengths: &[u8]) -> Result<()> {
        self.count = [0; MAX + 1];
        for &len in lengths {
            *self
                .count
                .get_mut(usize::from(len))
                .ok_or_else(|| Error::malformed("delta has a code of over 16 bits"))? += 1;
        }
        self.count[0] = 0;
        let mut code = 0;
        let mut used = 0;
        for len in (1..=MAX).rev() {
            self.base[len] = code;
            if code + self.count[len] > 1 << len {
                return Err(Error::malformed("delta has an oversubscribed Huffman code"));
            }
            code = (code + self.count[len]) >> 1;
        }
        for len in 1..=MAX {
            self.first[len] = used;
            used += self.count[len];
        }
        self.table.fill(0);
        self.sorted.clear();
        self.sorted.resize(used as usize, 0);
        let mut next = [0; MAX + 1];
        for (symbol, &len) in lengths.iter().enumerate().filter(|(_, len)| **len != 0) {
            let (symbol, bits) = (symbol as u16, u32::from(len));
            let len = usize::from(len);
            self.sorted[(self.first[len] + next[len]) as usize] = symbol;
            let code = self.base[len] + next[len];
            next[len] += 1;
            if bits <= self.primary {
                let start = (code.reverse_bits() >> (32 - bits)) as usize;
                for entry in self.table.iter_mut().skip(start).step_by(1 << bits) {
                    *entry = symbol << 5 | bits as u16;
                }
            }
        }
        Ok(())
    }

    /// The next symbol; the caller has refilled and at least 16 loaded bits are left.
    #[inline]
    pub(super) fn decode_loaded(&self, bits: &mut Bits<'_>) -> Result<usize> {
        let peek = bits.peek();
        let entry = self.table[(peek & ((1 << self.primary) - 1)) as usize];
        if entry == 0 {
            return self.decode_long(bits);
        }
        bits.consume(u32::from(entry & 31));
        Ok(usize::from(entry >> 5))
    }

    #[cold]
    fn decode_long(&self, bits: &mut Bits<'_>) -> Result<usize> {
        let code = u32::from((bits.peek() as u16).reverse_bits());
        for len in self.primary as usize + 1..=MAX {
            let index = (code >> (MAX - len)).wrapping_sub(self.base[len]);
            if index < self.count[len] {
                bits.consume(len as u32);
                return Ok(usize::from(self.sorted[(self.first[len] + index) as usize]));
            }
        }
        Err(Error::malformed("delta has an unassigned Huffman code"))
    }

    /// The next symbol, with refill and end check.
    pub(super) fn decode(&self, bits: &mut Bits<'_>) -> Result<usize> {
        bits.refill();
        let symbol = self.decode_loaded(bits)?;
        bits.check()?;
        Ok(symbol)
    }
}

/// The lengths that a code of `n` symbols has when the stream gives none.
pub(super) fn default_lengths(n: usize) -> Vec<u8> {
    let bits = n.next_power_of_two().trailing_zeros() as u8;
    let short = (1 << bits) - n;
    (0..n).map(|i| if i < short { bits - 1 } else { bits }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_codes_are_complete() {
        assert_eq!(default_lengths(16), [4; 16]);
        assert_eq!(default_lengths(256), [8; 256]);
        let main = default_lengths(600);
        assert_eq!((main[0], main[423], main[424], main[599]), (9, 9, 10, 10));
        for n in [2, 3, 16, 39, 252, 256, 600] {
            let kraft: u32 = default_lengths(n).iter().map(|&l| 1 << (16 - l)).sum();
            assert_eq!(kraft, 1 << 16, "{n} symbols");
        }
    }

    #[test]
    fn short_and_long_codes_agree_with_a_bitwise_decoder() {
        // lengths 1..16 and one more of 16: a complete, skewed code
        let lengths: Vec<u8> = (1..=16).chain([16]).collect();
        let code = Huffman::with_lengths(5, &lengths).unwrap();
        let wide = Huffman::with_lengths(16, &lengths).unwrap();
        let data: Vec<u8> =
            (0..4096u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 23) as u8 & 0x5B).collect();
        let (mut a, mut b) = (Bits::new(&data).unwrap(), Bits::new(&data).unwrap());
        let mut decoded = 0;
        while let (Ok(x), Ok(y)) = (code.decode(&mut a), wide.decode(&mut b)) {
            assert_eq!((x, a.left()), (y, b.left()));
            decoded += 1;
        }
        assert!(decoded > 1000);
    }

    #[test]
    fn bad_lengths_are_refused() {
        assert!(Huffman::with_lengths(8, &[1, 1, 1]).is_err());
        assert!(Huffman::with_lengths(8, &[17]).is_err());
        let none = Huffman::with_lengths(8, &[0; 4]).unwrap();
        assert!(none.decode(&mut Bits::new(&[0; 8]).unwrap()).is_err());
    }
}
