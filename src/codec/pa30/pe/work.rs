//! The source image while it is transformed: its bytes, the marks of bytes that are spoken for, the address map.

use super::image::Headers;
use crate::codec::pa30::rift::Rift;
use crate::error::{Error, Result};

/// What every transform works on. Reads and writes outside the file do nothing: a damaged table ends its
/// transform, the hash of the target decides.
pub(super) struct Work<'a> {
    pub(super) bytes: Vec<u8>,
    /// One for each byte, not zero where a structure owns it; empty where no transform asks.
    marks: Vec<u8>,
    /// The headers as they were before any transform.
    pub(super) headers: Headers,
    /// Source address to target address.
    pub(super) rift: &'a Rift,
    /// The target's preferred base.
    pub(super) target_base: u64,
    /// Steps left for loops whose length a hostile file could multiply.
    budget: u64,
}

impl<'a> Work<'a> {
    /// The work on a copy of `source`; with `marked`, marks are kept.
    pub(super) fn new(source: &[u8], headers: Headers, rift: &'a Rift, base: u64, marked: bool) -> Self {
        Self {
            bytes: source.to_vec(),
            marks: if marked { vec![0; source.len()] } else { Vec::new() },
            headers,
            rift,
            target_base: base,
            budget: source.len() as u64 * 64 + (1 << 20),
        }
    }

    /// Counts `n` steps; an image that needs absurdly many is refused.
    pub(super) fn spend(&mut self, n: usize) -> Result<()> {
        self.budget = self
            .budget
            .checked_sub(n as u64)
            .ok_or_else(|| Error::malformed("source of the delta has tables that overlap without end"))?;
        Ok(())
    }

    /// Length of the file.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    fn array<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        self.bytes.get(at..)?.first_chunk().copied()
    }

    pub(super) fn u8(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    pub(super) fn u16(&self, at: usize) -> Option<u16> {
        self.array(at).map(u16::from_le_bytes)
    }

    pub(super) fn u32(&self, at: usize) -> Option<u32> {
        self.array(at).map(u32::from_le_bytes)
    }

    pub(super) fn u64(&self, at: usize) -> Option<u64> {
        self.array(at).map(u64::from_le_bytes)
    }

    /// A pointer of the image's own size.
    pub(super) fn pointer(&self, at: usize) -> Option<u64> {
        if self.headers.wide { self.u64(at) } else { self.u32(at).map(u64::from) }
    }

    pub(super) fn put(&mut self, at: usize, value: &[u8]) {
        if let Some(place) = self.bytes.get_mut(at..).and_then(|rest| rest.get_mut(..value.len())) {
            place.copy_from_slice(value);
        }
    }

    pub(super) fn put16(&mut self, at: usize, value: u16) {
        self.put(at, &value.to_le_bytes());
    }

    pub(super) fn put32(&mut self, at: usize, value: u32) {
        self.put(at, &value.to_le_bytes());
    }

    pub(super) fn put64(&mut self, at: usize, value: u64) {
        self.put(at, &value.to_le_bytes());
    }

    /// Maps the address at `at`, unless it is 0, and marks it.
    pub(super) fn field(&mut self, at: usize) {
        if let Some(rva) = self.u32(at) {
            if rva != 0 {
                self.put32(at, self.rift.map32(rva));
            }
            self.mark(at, 4);
        }
    }

    /// Marks `n` bytes as owned.
    pub(super) fn mark(&mut self, at: usize, n: usize) {
        self.set_marks(at..at.saturating_add(n), 1);
    }

    /// Sets the marks of a range, clipped to the file.
    pub(super) fn set_marks(&mut self, range: std::ops::Range<usize>, value: u8) {
        let end = range.end.min(self.marks.len());
        if let Some(marks) = self.marks.get_mut(range.start..end) {
            marks.fill(value);
        }
    }

    /// Whether a byte is owned; past the file none is.
    pub(super) fn marked(&self, at: usize) -> bool {
        self.marks.get(at).is_some_and(|m| *m != 0)
    }

    /// Whether any of `n` bytes is owned.
    pub(super) fn any_marked(&self, at: usize, n: usize) -> bool {
        self.marks.get(at..at + n).is_some_and(|marks| marks.iter().any(|m| *m != 0))
    }

    /// File offset of an address, where it lies inside the file.
    pub(super) fn offset(&self, rva: u32) -> Option<usize> {
        self.headers.offset(rva).filter(|o| *o < self.bytes.len())
    }

    /// File offset, address and size of a data directory.
    pub(super) fn directory(&self, index: usize) -> Option<(usize, u32, u32)> {
        let (rva, size) = self.headers.directory(index)?;
        Some((self.offset(rva)?, rva, size))
    }

    /// File ranges and first addresses of the code sections.
    pub(super) fn code(&self) -> Vec<(std::ops::Range<usize>, u32)> {
        let code = self.headers.sections.iter().filter(|s| s.executable());
        code.map(|s| (s.loaded(self.bytes.len()), s.va)).collect()
    }
}
