//! The bit stream of PA30: least significant bit first, its own padding count in front, numbers in nibbles.

use crate::error::{Error, ErrorKind, Result};

/// A reader with a 64-bit buffer. Past the end it yields zeros and remembers how far it went, so that hot
/// loops check once per symbol instead of once per bit.
pub(super) struct Bits<'a> {
    data: &'a [u8],
    /// The next byte to load; counts on past the end of `data`.
    next: usize,
    /// Loaded bits, lowest first. Those above `have` are either zero or what a refill would put there.
    buf: u64,
    have: u32,
    /// Bits of the stream before the padding.
    end: u64,
}

impl<'a> Bits<'a> {
    /// A stream over all of `data`; its first three bits say how many bits pad the last byte.
    pub(super) fn new(data: &'a [u8]) -> Result<Self> {
        let mut bits = Self { data, next: 0, buf: 0, have: 0, end: data.len() as u64 * 8 };
        let pad = bits.bits(3)?;
        bits.end -= pad;
        bits.check()?;
        Ok(bits)
    }

    /// Fills the buffer to at least 56 bits.
    #[inline]
    pub(super) fn refill(&mut self) {
        if let Some(chunk) = self.data.get(self.next..).and_then(|rest| rest.first_chunk::<8>()) {
            self.buf |= u64::from_le_bytes(*chunk) << self.have;
            self.next += ((63 - self.have) >> 3) as usize;
            self.have |= 0x38;
        } else {
            self.refill_at_end();
        }
    }

    #[cold]
    fn refill_at_end(&mut self) {
        while self.have < 56 {
            let byte = self.data.get(self.next).copied().unwrap_or(0);
            self.buf |= u64::from(byte) << self.have;
            self.next += 1;
            self.have += 8;
        }
    }

    /// The loaded bits; as many as the last refill left are valid.
    #[inline]
    pub(super) fn peek(&self) -> u64 {
        self.buf
    }

    /// Drops `n` loaded bits.
    #[inline]
    pub(super) fn consume(&mut self, n: u32) {
        self.buf >>= n;
        self.have -= n;
    }

    /// The next `n` loaded bits, without refill or end check: `n` < 32.
    #[inline]
    pub(super) fn take_loaded(&mut self, n: u32) -> u64 {
        let value = self.buf & ((1 << n) - 1);
        self.consume(n);
        value
    }

    /// Whether the stream may have been overrun; cheap enough for each symbol, [`check`](Self::check) decides.
    #[inline]
    pub(super) fn near_end(&self) -> bool {
        self.next > self.data.len()
    }

    fn consumed(&self) -> u64 {
        self.next as u64 * 8 - u64::from(self.have)
    }

    /// Bits left before the padding.
    pub(super) fn left(&self) -> u64 {
        self.end.saturating_sub(self.consumed())
    }

    /// An error if more was read than there is.
    pub(super) fn check(&self) -> Result<()> {
        if self.consumed() > self.end {
            return Err(Error::new(ErrorKind::Truncated, "delta ends inside its bit stream"));
        }
        Ok(())
    }

    /// The next `n` bits, at most 56.
    pub(super) fn bits(&mut self, n: u32) -> Result<u64> {
        self.refill();
        let value = self.buf & ((1 << n) - 1);
        self.consume(n);
        self.check()?;
        Ok(value)
    }

    /// The next `n` bits, at most 64.
    pub(super) fn wide_bits(&mut self, n: u32) -> Result<u64> {
        let low = self.bits(n.min(32))?;
        Ok(if n > 32 { low | self.bits(n - 32)? << 32 } else { low })
    }

    /// One bit.
    pub(super) fn flag(&mut self) -> Result<bool> {
        Ok(self.bits(1)? != 0)
    }

    /// A fixed 32-bit field.
    pub(super) fn u32(&mut self) -> Result<u32> {
        Ok(self.bits(32)? as u32)
    }

    /// A number: z zero bits, a one, then z + 1 nibbles.
    pub(super) fn number(&mut self) -> Result<u64> {
        self.refill();
        let zeros = (self.buf | 1 << 16).trailing_zeros();
        if zeros > 15 {
            return Err(Error::malformed("delta holds a number of more than 64 bits"));
        }
        self.consume(zeros + 1);
        self.wide_bits(4 * (zeros + 1))
    }

    /// A buffer: its length as a number, then, from the next whole byte, its bytes.
    pub(super) fn buffer(&mut self) -> Result<&'a [u8]> {
        let len = self.number()?;
        let start = self.consumed().div_ceil(8) as usize;
        let rest = self.data.get(start..).unwrap_or_default();
        let Some(bytes) = usize::try_from(len).ok().and_then(|len| rest.get(..len)) else {
            return Err(Error::new(ErrorKind::Truncated, "delta ends inside one of its buffers"));
        };
        (self.next, self.buf, self.have) = (start + bytes.len(), 0, 0);
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_the_published_example() {
        // pad 0, 14 in one nibble, 17 in two
        let mut bits = Bits::new(&[0xE8, 0x46, 0x00]).unwrap();
        assert_eq!(bits.number().unwrap(), 14);
        assert_eq!(bits.number().unwrap(), 17);
    }

    #[test]
    fn the_end_is_an_error_not_zeros() {
        assert_eq!(Bits::new(&[]).err().unwrap().kind(), ErrorKind::Truncated);
        let mut bits = Bits::new(&[0b0000_0111]).err();
        assert_eq!(bits.take().unwrap().kind(), ErrorKind::Truncated); // 7 bits of padding in 5
        let mut bits = Bits::new(&[0, 0, 0, 0]).unwrap();
        assert_eq!(bits.left(), 29);
        assert!(bits.bits(29).is_ok() && bits.bits(1).is_err());
        assert!(Bits::new(&[0; 40]).unwrap().number().is_err()); // no end to the zeros
        assert!(Bits::new(&[0xE8, 0x46]).unwrap().buffer().is_err());
    }

    #[test]
    fn wide_fields_cross_refills() {
        let data: Vec<u8> = (0..64u8).map(|i| i.wrapping_mul(37)).collect();
        let mut bits = Bits::new(&data).unwrap();
        let value = u128::from_le_bytes(data[..16].try_into().unwrap());
        assert_eq!(u128::from(bits.wide_bits(64).unwrap()), (value >> 3) & u128::from(u64::MAX));
        assert_eq!(u128::from(bits.bits(56).unwrap()), (value >> 67) & ((1 << 56) - 1));
    }
}
