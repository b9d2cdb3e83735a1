//! The wrappers that WinSxS keeps files in: `DC?\x01`, then a delta or LZMS blocks.
//!
//! Component manifests are deltas against one dictionary, which lies in the servicing stack's `wcp.dll` and is
//! the same file since 2016. Plain files pass through, as Windows accepts them too.
//!
//! ```
//! use wimwright::ErrorKind;
//! use wimwright::base::Limits;
//! use wimwright::codec::winsxs::{Wrapper, decode, decoded_len, dictionary_from_wcp, wrapper};
//!
//! let limits = Limits::default();
//! let file = b"DCN\x01PA30\0\0\0\0\0\0\0\0\x18#\xBC\x10\0\x01\x13\xD4\x94^]f\r\x1A1\x03";
//! assert_eq!((wrapper(file), decoded_len(file)?), (Some(Wrapper::Dcn), 7));
//! assert_eq!(decode(file, None, None, &limits)?, &b"rebuilt"[..]);
//! // A manifest needs the dictionary out of the servicing stack's wcp.dll.
//! let missing = decode(b"DCM\x01PA30", None, None, &limits).unwrap_err();
//! assert_eq!(missing.kind(), ErrorKind::MissingPayload);
//! assert!(dictionary_from_wcp(b"no program").is_err());
//! # Ok::<(), wimwright::Error>(())
//! ```

use super::pa30::{self, Delta};
use super::wimlib::{Compression, with_decompressor};
use crate::base::{Bytes, Limits};
use crate::error::{Error, ErrorKind, Result};
use std::borrow::Cow;

/// How a file of the component store is wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wrapper {
    /// A delta against the manifest dictionary.
    Dcm,
    /// A delta against nothing.
    Dcn,
    /// A delta against another file.
    Dcd,
    /// LZMS blocks.
    Dcs,
}

/// The wrapper of `data`, by its first four bytes; `None` for a plain file.
pub fn wrapper(data: &[u8]) -> Option<Wrapper> {
    match data.first_chunk()? {
        b"DCM\x01" => Some(Wrapper::Dcm),
        b"DCN\x01" => Some(Wrapper::Dcn),
        b"DCD\x01" => Some(Wrapper::Dcd),
        b"DCS\x01" => Some(Wrapper::Dcs),
        _ => None,
    }
}

/// The file that `data` holds; plain data comes back as it is.
///
/// `dictionary` is what [`dictionary_from_wcp`] gives, needed for [`Wrapper::Dcm`]; `basis` is the other file
/// of [`Wrapper::Dcd`]. Where the one that is needed is missing, the error is [`ErrorKind::MissingPayload`].
/// Manifest deltas carry no hash: the caller checks the COMPONENTS hive's.
pub fn decode<'a>(
    data: &'a [u8],
    dictionary: Option<&[u8]>,
    basis: Option<&[u8]>,
    limits: &Limits,
) -> Result<Cow<'a, [u8]>> {
    let missing = |what| Error::new(ErrorKind::MissingPayload, what);
    let delta = |from| Bytes::at(data, from).and_then(|mut rest| rest.take(rest.left()));
    let decoded = match wrapper(data) {
        None => return Ok(Cow::Borrowed(data)),
        Some(Wrapper::Dcm) => {
            let dictionary = dictionary.ok_or_else(|| missing("the manifest dictionary is missing"))?;
            pa30::apply(dictionary, delta(4)?, limits)
        }
        Some(Wrapper::Dcn) => pa30::apply(&[], delta(4)?, limits),
        Some(Wrapper::Dcd) => {
            let basis = basis.ok_or_else(|| missing("the basis of a wrapped delta is missing"))?;
            pa30::apply(basis, delta(12)?, limits)
        }
        Some(Wrapper::Dcs) => decode_blocks(data, limits),
    };
    decoded.map(Cow::Owned)
}

/// The length of the file that `data` holds, without decoding it.
pub fn decoded_len(data: &[u8]) -> Result<u64> {
    let delta = |from| Ok(Delta::parse(data.get(from..).unwrap_or_default())?.target_size);
    match wrapper(data) {
        None => Ok(data.len() as u64),
        Some(Wrapper::Dcm | Wrapper::Dcn) => delta(4),
        Some(Wrapper::Dcd) => delta(12),
        Some(Wrapper::Dcs) => Ok(u64::from(Bytes::at(data, 8.min(data.len()))?.u32()?)),
    }
}

/// LZMS blocks: a count and the length in all, then each block's size (its second field counted), length and
/// data.
fn decode_blocks(data: &[u8], limits: &Limits) -> Result<Vec<u8>> {
    let mut input = Bytes::at(data, 4)?;
    let blocks = input.u32()?;
    let total = Limits::check("a wrapped file", u64::from(input.u32()?), limits.max_buffer)?;
    let mut out = Vec::new();
    for _ in 0..blocks {
        let size = input.u32()? as usize;
        let len = input.u32()? as usize;
        let packed = input.take(size.saturating_sub(4))?;
        let start = out.len();
        if len > total - start {
            return Err(Error::malformed("wrapped blocks hold more than their declared length"));
        }
        out.resize(start + len, 0);
        let chunk = len.next_power_of_two().max(*Compression::Lzms.chunk_sizes().start());
        with_decompressor(Compression::Lzms, chunk, |lzms| lzms.decompress(packed, &mut out[start..]))?;
    }
    if out.len() != total {
        return Err(Error::malformed("wrapped blocks hold less than their declared length"));
    }
    Ok(out)
}

/// The manifest dictionary out of the servicing stack's `wcp.dll`: its resource of type 614, id 1.
pub fn dictionary_from_wcp(pe: &[u8]) -> Result<Vec<u8>> {
    pa30::resource(pe, 614, 1)?
        .map(<[u8]>::to_vec)
        .ok_or_else(|| Error::new(ErrorKind::NotFound, "wcp.dll holds no manifest dictionary"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::wimlib::with_compressor;

    #[test]
    fn a_plain_file_passes() {
        let limits = Limits::default();
        assert!(matches!(decode(b"<xml/>", None, None, &limits), Ok(Cow::Borrowed(b"<xml/>"))));
        assert_eq!(decode(b"", None, None, &limits).unwrap(), &b""[..]);
        assert_eq!(wrapper(b"DCX\x01PA30"), None);
    }

    #[test]
    fn what_is_missing_is_named() {
        let limits = Limits::default();
        for data in [&b"DCM\x01PA30"[..], b"DCD\x01\0\0\0\0\0\0\0\0PA30"] {
            assert_eq!(decode(data, None, None, &limits).unwrap_err().kind(), ErrorKind::MissingPayload);
        }
        assert!(decode(b"DCD\x01", None, Some(b""), &limits).is_err());
        assert!(decode(b"DCN\x01", None, None, &limits).is_err());
        assert!(decoded_len(b"DCS\x01").is_err());
    }

    #[test]
    fn lzms_blocks_come_back() {
        let text: Vec<u8> = (0u32..40_000).flat_map(|i| (i / 9).to_le_bytes()).collect();
        let mut data = b"DCS\x01\x02\0\0\0".to_vec();
        data.extend_from_slice(&(text.len() as u32).to_le_bytes());
        for part in [&text[..131_072], &text[131_072..]] {
            let mut packed = vec![0; part.len()];
            let len = with_compressor(Compression::Lzms, 1 << 17, None, |c| c.compress(part, &mut packed));
            let len = len.unwrap().unwrap();
            data.extend_from_slice(&(len as u32 + 4).to_le_bytes());
            data.extend_from_slice(&(part.len() as u32).to_le_bytes());
            data.extend_from_slice(&packed[..len]);
        }
        let limits = Limits::default();
        assert_eq!(decoded_len(&data).unwrap(), text.len() as u64);
        assert_eq!(decode(&data, None, None, &limits).unwrap(), text);
        data[8] ^= 1;
        assert_eq!(decode(&data, None, None, &limits).unwrap_err().kind(), ErrorKind::Malformed);
        data[11] = 0x7F;
        assert_eq!(decode(&data, None, None, &limits).unwrap_err().kind(), ErrorKind::LimitExceeded);
    }
}
