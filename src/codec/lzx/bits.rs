//! The LZX bit stream: 16-bit little-endian words, most significant bit first.

/// Reads bits through a 64-bit buffer. Past the end it delivers zeros and remembers that it did.
#[derive(Clone)]
pub(super) struct BitReader<'a> {
    data: &'a [u8],
    /// Bytes taken into the buffer; past `data.len()` once zeros were taken.
    pos: usize,
    /// The next bits, left-aligned. What lies below `count` is either zero or right, never wrong.
    buffer: u64,
    count: u32,
}

impl<'a> BitReader<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self { data, pos: 0, buffer: 0, count: 0 }
    }

    /// Makes at least 48 bits available.
    #[inline(always)]
    pub(super) fn refill(&mut self) {
        let words = match self.data.get(self.pos..self.pos + 8) {
            Some(raw) => u64::from_le_bytes([raw[0], raw[1], raw[2], raw[3], raw[4], raw[5], raw[6], raw[7]]),
            None => self.tail(),
        };
        let swapped = words.swap_bytes();
        let next = (swapped & 0x00FF_00FF_00FF_00FF) << 8 | (swapped >> 8) & 0x00FF_00FF_00FF_00FF;
        self.buffer |= next >> self.count;
        let taken = (63 - self.count) >> 4;
        self.pos += 2 * taken as usize;
        self.count += 16 * taken;
    }

    #[cold]
    #[inline(never)]
    fn tail(&self) -> u64 {
        let mut raw = [0; 8];
        let rest = self.data.get(self.pos..).unwrap_or_default();
        raw[..rest.len()].copy_from_slice(rest);
        u64::from_le_bytes(raw)
    }

    /// The next `n` bits (at most 32), which a refill has made available.
    #[inline(always)]
    pub(super) fn take(&mut self, n: u32) -> u32 {
        // Two shifts, so that `n` may be 0.
        let value = (self.buffer >> 1 >> (63 - n)) as u32;
        self.skip(n);
        value
    }

    /// The buffer, its next bit at the top.
    #[inline(always)]
    pub(super) fn peek(&self) -> u64 {
        self.buffer
    }

    #[inline(always)]
    pub(super) fn skip(&mut self, n: u32) {
        self.buffer <<= n;
        self.count -= n;
    }

    /// Whether more bits were taken than there are.
    pub(super) fn overrun(&self) -> bool {
        8 * self.pos - self.count as usize > 8 * self.data.len()
    }

    /// Skips to the next word boundary: 1 to 16 bits, for a whole word is skipped where none was begun.
    pub(super) fn align(&mut self) {
        self.refill();
        let partial = self.count % 16;
        self.skip(if partial == 0 { 16 } else { partial });
        self.pos -= self.count as usize / 8;
        self.restart();
    }

    /// Forgets the buffer; bits go on at the byte position.
    pub(super) fn restart(&mut self) {
        (self.buffer, self.count) = (0, 0);
    }

    /// The next `n` bytes; only after [`align`](Self::align) or at the start of the data.
    pub(super) fn take_bytes(&mut self, n: usize) -> Option<&'a [u8]> {
        let bytes = self.data.get(self.pos..)?.get(..n)?;
        self.pos += n;
        Some(bytes)
    }

    /// Bytes not taken yet.
    pub(super) fn bytes_left(&self) -> usize {
        self.data.len().saturating_sub(self.pos)
    }
}
