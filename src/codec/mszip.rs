//! MSZIP: deflate blocks of up to 32 KiB, each a stream of its own behind `CK`, which share a history of 32 KiB.
//! Source of the facts: \[MS-MCI\].

use crate::error::{Error, ErrorKind, Result};
use flate2::{Decompress, FlushDecompress, Status};

/// Bytes of output of a block at most, and of history.
const BLOCK: usize = 32 * 1024;

/// Decodes the blocks of one folder in their order.
///
/// ```
/// use wimwright::codec::mszip::Decoder;
///
/// let mut decoder = Decoder::new();
/// // `CK`, then a deflate stream: here one stored block.
/// assert_eq!(decoder.decode(b"CK\x01\x03\x00\xFC\xFFabc", 3)?, b"abc");
/// assert_eq!(decoder.output(), b"abc");
/// # Ok::<(), wimwright::Error>(())
/// ```
pub struct Decoder {
    inflate: Decompress,
    /// What the last block gave, and what the next will.
    last: Vec<u8>,
    next: Vec<u8>,
    len: usize,
}

impl Default for Decoder {
    fn default() -> Self {
        Self {
            inflate: Decompress::new(false),
            last: Vec::with_capacity(BLOCK),
            next: Vec::with_capacity(BLOCK),
            len: 0,
        }
    }
}

impl Decoder {
    /// A decoder at the start of a folder.
    pub fn new() -> Self {
        Self::default()
    }

    /// Decodes one block, the data of one CFDATA block, into `len` bytes.
    /// [`output`](Self::output) gives the same bytes until the next call.
    pub fn decode(&mut self, input: &[u8], len: usize) -> Result<&[u8]> {
        if len > BLOCK {
            return Err(Error::malformed(format!("an MSZIP block of {len} bytes (32768 at most)")));
        }
        let Some(stream) = input.strip_prefix(b"CK") else {
            return Err(Error::malformed("an MSZIP block that does not begin with CK"));
        };
        self.inflate.reset(false);
        if !self.last.is_empty() {
            self.inflate.set_dictionary(&self.last).map_err(broken)?;
        }
        self.next.resize(len.max(1), 0);
        let status =
            self.inflate.decompress(stream, &mut self.next, FlushDecompress::Finish).map_err(broken)?;
        let got = self.inflate.total_out();
        if status != Status::StreamEnd && self.inflate.total_in() < stream.len() as u64 || got > len as u64 {
            return Err(Error::malformed(format!("an MSZIP block holds more than its {len} bytes")));
        }
        if status != Status::StreamEnd || got != len as u64 {
            return Err(Error::new(
                ErrorKind::Truncated,
                format!("an MSZIP block ends after {got} of {len} bytes"),
            ));
        }
        self.next.truncate(len);
        if len < BLOCK {
            // A short block leaves some of the older history in reach.
            let keep = self.last.len().min(BLOCK - len);
            self.last.drain(..self.last.len() - keep);
            self.last.extend_from_slice(&self.next);
        } else {
            std::mem::swap(&mut self.last, &mut self.next);
        }
        self.len = len;
        Ok(self.output())
    }

    /// The block that was decoded last.
    pub fn output(&self) -> &[u8] {
        &self.last[self.last.len() - self.len..]
    }
}

fn broken(e: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::malformed("the MSZIP data is damaged").with_source(e)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compress, Compression, FlushCompress};
    use proptest::prelude::*;

    /// What an encoder writes: every block under the dictionary of what went before.
    fn encode(blocks: &[Vec<u8>]) -> Vec<Vec<u8>> {
        let mut history: Vec<u8> = Vec::new();
        let mut out = Vec::new();
        for block in blocks {
            let mut deflate = Compress::new(Compression::default(), false);
            let window = history.len().saturating_sub(BLOCK);
            if !history.is_empty() {
                deflate.set_dictionary(&history[window..]).unwrap();
            }
            let mut data = vec![0; block.len() + 1024];
            assert_eq!(deflate.compress(block, &mut data, FlushCompress::Finish).unwrap(), Status::StreamEnd);
            data.truncate(deflate.total_out() as usize);
            out.push([b"CK".as_slice(), &data].concat());
            history.extend_from_slice(block);
        }
        out
    }

    fn sample(len: usize, seed: u32) -> Vec<u8> {
        let mut x = seed | 1;
        (0..len)
            .map(|i| {
                x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                if i % 97 < 60 { (i % 61) as u8 } else { (x >> 24) as u8 }
            })
            .collect()
    }

    #[test]
    fn history_reaches_across_blocks_full_and_short() {
        let blocks = [sample(BLOCK, 1), sample(BLOCK, 1), sample(1000, 1), sample(30000, 1), sample(1, 2)];
        let mut decoder = Decoder::new();
        for (block, data) in blocks.iter().zip(encode(&blocks)) {
            assert!(decoder.decode(&data, block.len()).unwrap() == block);
        }
    }

    #[test]
    fn damage_is_an_error() {
        let block = sample(BLOCK, 7);
        let data = encode(std::slice::from_ref(&block)).remove(0);
        assert_eq!(Decoder::new().decode(&data, BLOCK - 1).unwrap_err().kind(), ErrorKind::Malformed);
        assert_eq!(Decoder::new().decode(&data[..900], BLOCK).unwrap_err().kind(), ErrorKind::Truncated);
        assert_eq!(Decoder::new().decode(&data[1..], BLOCK).unwrap_err().kind(), ErrorKind::Malformed);
        let small = encode(&[sample(10, 1)]).remove(0);
        assert_eq!(Decoder::new().decode(&small, 11).unwrap_err().kind(), ErrorKind::Truncated);
        assert!(Decoder::new().decode(&small, BLOCK + 1).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(data: Vec<u8>, len in 0..BLOCK) {
            let mut decoder = Decoder::new();
            let _ = decoder.decode(&[b"CK".as_slice(), &data].concat(), len);
            let _ = decoder.decode(&data, len);
        }
    }
}
