//! PA30 and PA31 deltas (MSDelta): a target file from a source file, or from nothing, and the delta.
//!
//! Handled are the plain LZ body and the transforms of i386, amd64 and classic managed images. What is not
//! publicly known (CLI4, ARM, ARM64, IA64, header transforms) or not used by updates (LZMS and bsdiff bodies)
//! is refused by name. A target that does not have the hash its delta declares is never returned.
//!
//! ```
//! use wimwright::base::Limits;
//! use wimwright::codec::pa30::{Delta, Format, TargetHash, apply, apply_sized, strip_record_crc};
//!
//! // A delta that needs no source.
//! let bytes = b"PA30\0\0\0\0\0\0\0\0\x18#\xBC\x10\0\x01\x13\xD4\x94^]f\r\x1A1\x03";
//! assert!(Delta::is_delta(bytes));
//! assert_eq!(apply(b"", bytes, &Limits::default())?, b"rebuilt");
//! assert!(apply_sized(b"", bytes, &Limits::default(), Some(8)).is_err());
//! let delta = Delta::parse(bytes)?;
//! assert_eq!((delta.format, delta.file_type_name(), delta.target_size), (Format::Pa30, "raw", 7));
//! assert_eq!(delta.apply_sized(b"", &Limits::default(), Some(7))?, delta.apply(b"", &Limits::default())?);
//! assert!(delta.hash == TargetHash::None && delta.hash.verify(b"anything").is_ok());
//! // In the component store a checksum stands in front; this one is wrong.
//! assert!(strip_record_crc(&[&[0; 4], &bytes[..]].concat()).is_err());
//! # Ok::<(), wimwright::Error>(())
//! ```

mod bits;
mod header;
mod huffman;
mod lz;
mod pe;
mod rift;

pub use header::{Delta, Format, TargetHash};
pub(crate) use pe::resource;

use crate::base::Limits;
use crate::error::{Error, ErrorKind, Result};

/// The target of `delta` over `source`, checked against the hash that the delta carries.
///
/// An empty `source` is right for a delta without a basis. The target's length must be at most
/// `limits.max_buffer`. A wrong source shows as [`ErrorKind::HashMismatch`] or [`ErrorKind::Malformed`].
pub fn apply(source: &[u8], delta: &[u8], limits: &Limits) -> Result<Vec<u8>> {
    apply_sized(source, delta, limits, None)
}

/// As [`apply`], where the container says how long the target is: another length is refused before anything
/// is allocated.
pub fn apply_sized(
    source: &[u8],
    delta: &[u8],
    limits: &Limits,
    expected_len: Option<u64>,
) -> Result<Vec<u8>> {
    Delta::parse(delta)?.apply_sized(source, limits, expected_len)
}

/// What a delta makes, right or not.
pub(crate) struct Target {
    /// The bytes.
    pub(crate) data: Vec<u8>,
    /// Why they are not what the delta declares, if they are not.
    pub(crate) mismatch: Option<Error>,
}

/// As [`apply_sized`], but a target of the wrong hash comes back with its error beside it: a container may use
/// an inexact file as the basis of others, whose own hashes then decide.
#[allow(dead_code, reason = "the staging of delta containers uses it")]
pub(crate) fn apply_unchecked(
    source: &[u8],
    delta: &[u8],
    limits: &Limits,
    expected_len: Option<u64>,
) -> Result<Target> {
    Delta::parse(delta)?.apply_unchecked(source, limits, expected_len)
}

/// The delta of a forward, reverse or null record: its CRC-32, which stands in front, checked and dropped.
pub fn strip_record_crc(record: &[u8]) -> Result<&[u8]> {
    let Some((crc, delta)) = record.split_first_chunk() else {
        return Err(Error::new(ErrorKind::Truncated, "delta record is shorter than its checksum"));
    };
    if crc32fast::hash(delta) != u32::from_le_bytes(*crc) {
        return Err(Error::new(ErrorKind::ChecksumMismatch, "delta record does not have its checksum"));
    }
    Ok(delta)
}

impl Delta<'_> {
    /// As [`apply`] for a delta that is parsed already.
    pub fn apply(&self, source: &[u8], limits: &Limits) -> Result<Vec<u8>> {
        self.apply_sized(source, limits, None)
    }

    /// As [`apply_sized`] for a delta that is parsed already.
    pub fn apply_sized(&self, source: &[u8], limits: &Limits, expected_len: Option<u64>) -> Result<Vec<u8>> {
        let target = self.apply_unchecked(source, limits, expected_len)?;
        target.mismatch.map_or(Ok(target.data), Err)
    }

    fn apply_unchecked(&self, source: &[u8], limits: &Limits, expected_len: Option<u64>) -> Result<Target> {
        if let Some(len) = expected_len.filter(|len| *len != self.target_size) {
            let what = format!("delta makes {} bytes where {len} are declared", self.target_size);
            return Err(Error::malformed(what));
        }
        Limits::check("source of a delta", source.len() as u64, limits.max_buffer)?;
        let target = Limits::check("target of a delta", self.target_size, limits.max_buffer)?;
        self.check_supported()?;
        let mut out = if self.preprocess.is_empty() {
            lz::decode(source, self.patch, &[], target, limits)?
        } else {
            let (image, rift) = pe::prepare(source, self)?;
            lz::decode(&image, self.patch, &rift, target, limits)?
        };
        if self.flags & header::FLAG_E8 != 0 {
            undo_e8(&mut out);
        }
        let mismatch = self.hash.verify(&out).err();
        Ok(Target { data: out, mismatch })
    }
}

/// Turns the absolute targets of x86 calls back into relative ones, over the whole output.
fn undo_e8(out: &mut [u8]) {
    let n = out.len();
    let mut i = 0;
    while i + 10 < n {
        if out[i] != 0xE8 {
            i += 1;
            continue;
        }
        if let Some(field) = out[i + 1..].first_chunk_mut::<4>() {
            let value = i64::from(i32::from_le_bytes(*field));
            let (at, len) = (i as i64, n as i64);
            if -at <= value && value < len {
                let value = if value >= 0 { value - at } else { value + len };
                *field = (value as i32).to_le_bytes();
            }
        }
        i += 5;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_its_checksum_and_a_delta() {
        let mut record = crc32fast::hash(b"PA30 and so on").to_le_bytes().to_vec();
        record.extend_from_slice(b"PA30 and so on");
        assert_eq!(strip_record_crc(&record).unwrap(), b"PA30 and so on");
        record[9] ^= 1;
        assert_eq!(strip_record_crc(&record).unwrap_err().kind(), ErrorKind::ChecksumMismatch);
        assert_eq!(strip_record_crc(&[1, 2]).unwrap_err().kind(), ErrorKind::Truncated);
    }

    #[test]
    fn e8_leaves_the_last_ten_bytes() {
        let mut data = [0u8; 32];
        data[4] = 0xE8;
        data[5] = 14;
        data[22] = 0xE8;
        data[23] = 9;
        undo_e8(&mut data);
        assert_eq!((data[5], data[23]), (10, 9));
        undo_e8(&mut []);
    }
}
