//! A cursor over little-endian fields of a byte slice that fails instead of panicking.

use crate::error::{Error, ErrorKind, Result};

/// Reads fields from the front of a slice and remembers where it is, for messages.
#[derive(Clone, Debug)]
pub struct Bytes<'a> {
    data: &'a [u8],
    pos: usize,
}

impl<'a> Bytes<'a> {
    /// A cursor at the start of `data`.
    pub fn new(data: &'a [u8]) -> Self {
        Self { data, pos: 0 }
    }

    /// A cursor at `pos`, which may be the end but not past it.
    pub fn at(data: &'a [u8], pos: usize) -> Result<Self> {
        if pos > data.len() {
            return Err(short(pos, 0, data.len()));
        }
        Ok(Self { data, pos })
    }

    /// Bytes read so far.
    pub fn pos(&self) -> usize {
        self.pos
    }

    /// Bytes left.
    pub fn left(&self) -> usize {
        self.data.len() - self.pos
    }

    /// The next `n` bytes.
    pub fn take(&mut self, n: usize) -> Result<&'a [u8]> {
        let rest = &self.data[self.pos..];
        match rest.get(..n) {
            Some(part) => {
                self.pos += n;
                Ok(part)
            }
            None => Err(short(self.pos, n, self.data.len())),
        }
    }

    /// The next `N` bytes as an array.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(N)?);
        Ok(out)
    }

    /// One byte.
    pub fn u8(&mut self) -> Result<u8> {
        Ok(self.array::<1>()?[0])
    }

    /// A little-endian 16-bit number.
    pub fn u16(&mut self) -> Result<u16> {
        self.array().map(u16::from_le_bytes)
    }

    /// A little-endian 32-bit number.
    pub fn u32(&mut self) -> Result<u32> {
        self.array().map(u32::from_le_bytes)
    }

    /// A little-endian 64-bit number.
    pub fn u64(&mut self) -> Result<u64> {
        self.array().map(u64::from_le_bytes)
    }
}

fn short(pos: usize, n: usize, len: usize) -> Error {
    Error::new(ErrorKind::Truncated, format!("needs {n} bytes at offset {pos} of {len}"))
}

/// Text from UTF-16LE bytes, with a byte-order mark dropped and broken surrogates replaced.
///
/// ```
/// use wimwright::base::utf16le_to_string;
///
/// assert_eq!(utf16le_to_string(b"\xFF\xFEK\0B\0"), "KB");
/// ```
pub fn utf16le_to_string(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|c| u16::from_le_bytes([c[0], c[1]])).collect();
    String::from_utf16_lossy(units.strip_prefix(&[0xFEFF]).unwrap_or(&units))
}
