//! The digest that a manifest or container index declares for a file, with its algorithm.

use super::{Sha1Digest, Sha256Digest, md5, sha1, sha256};
use crate::error::{Error, ErrorKind, Result};
use std::fmt;

/// A declared digest.
///
/// ```
/// use wimwright::ErrorKind;
/// use wimwright::base::{FileHash, sha256};
///
/// let hash = FileHash::from_hex("SHA1", "a9993e364706816aba3e25717850c26c9cd0d89d")?;
/// assert!(hash.matches(b"abc") && hash.verify(b"abc").is_ok());
/// assert_eq!(hash.verify(b"abd").unwrap_err().kind(), ErrorKind::HashMismatch);
/// // A manifest names the algorithm by a URI and gives the digest in Base64; these are its bytes.
/// let hash = FileHash::new("http://www.w3.org/2000/09/xmldsig#sha256", &sha256(b"abc").0)?;
/// assert_eq!(hash.algorithm(), "SHA-256");
/// # Ok::<(), wimwright::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase", tag = "alg", content = "value")]
pub enum FileHash {
    /// MD5, in the oldest indexes only.
    #[serde(serialize_with = "as_text")]
    Md5([u8; 16]),
    /// SHA-1.
    Sha1(Sha1Digest),
    /// SHA-256.
    Sha256(Sha256Digest),
}

fn as_text<S: serde::Serializer>(value: &[u8; 16], s: S) -> Result<S::Ok, S::Error> {
    s.collect_str(&FileHash::Md5(*value))
}

impl FileHash {
    /// A digest of `value` bytes by the algorithm of this name (`SHA1`, `sha256`, `…#sha256`, ...).
    pub fn new(algorithm: &str, value: &[u8]) -> Result<Self> {
        let name = algorithm.rsplit('#').next().unwrap_or(algorithm);
        let plain: String = name.chars().filter(|c| *c != '-').map(|c| c.to_ascii_lowercase()).collect();
        let wrong = |_| {
            Error::malformed(format!("a {algorithm} digest of {} bytes has the wrong length", value.len()))
        };
        match plain.as_str() {
            "md5" => value.try_into().map(Self::Md5).map_err(wrong),
            "sha1" => value.try_into().map(|v| Self::Sha1(Sha1Digest(v))).map_err(wrong),
            "sha256" => value.try_into().map(|v| Self::Sha256(Sha256Digest(v))).map_err(wrong),
            _ => Err(Error::unsupported(format!("the digest algorithm '{algorithm}' is not known"))),
        }
    }

    /// As [`new`](Self::new), from hexadecimal text.
    pub fn from_hex(algorithm: &str, hex: &str) -> Result<Self> {
        let digits = hex.trim().as_bytes();
        let digit = |b: u8| (b as char).to_digit(16).map(|d| d as u8);
        let pair = |p: &[u8]| Some(digit(p[0])? << 4 | digit(*p.get(1)?)?);
        let bytes: Option<Vec<u8>> = digits.chunks(2).map(pair).collect();
        Self::new(algorithm, &bytes.ok_or_else(|| Error::malformed(format!("'{hex}' is not hexadecimal")))?)
    }

    /// Whether `data` has this digest.
    pub fn matches(&self, data: &[u8]) -> bool {
        match self {
            Self::Md5(v) => md5(data) == *v,
            Self::Sha1(v) => sha1(data) == *v,
            Self::Sha256(v) => sha256(data) == *v,
        }
    }

    /// An error of kind [`ErrorKind::HashMismatch`] unless `data` has this digest.
    pub fn verify(&self, data: &[u8]) -> Result<()> {
        if self.matches(data) {
            return Ok(());
        }
        let message = format!("{} bytes do not have the declared {self:?}", data.len());
        Err(Error::new(ErrorKind::HashMismatch, message))
    }

    /// The algorithm's usual name.
    pub fn algorithm(&self) -> &'static str {
        match self {
            Self::Md5(_) => "MD5",
            Self::Sha1(_) => "SHA-1",
            Self::Sha256(_) => "SHA-256",
        }
    }
}

impl fmt::Display for FileHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Md5(v) => v.iter().try_for_each(|b| write!(f, "{b:02x}")),
            Self::Sha1(v) => v.fmt(f),
            Self::Sha256(v) => v.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_parse_match_and_print() {
        let text = "a9993e364706816aba3e25717850c26c9cd0d89d";
        let hash = FileHash::from_hex("SHA1", &text.to_uppercase()).unwrap();
        assert_eq!((hash.to_string().as_str(), hash.algorithm()), (text, "SHA-1"));
        assert!(hash.matches(b"abc") && !hash.matches(b"abd"));
        assert_eq!(hash.verify(b"x").unwrap_err().kind(), ErrorKind::HashMismatch);
        let uri = "http://www.w3.org/2000/09/xmldsig#sha256";
        assert!(FileHash::new(uri, &sha256(b"abc").0).unwrap().matches(b"abc"));
        assert!(FileHash::from_hex("md5", "900150983cd24fb0d6963f7d28e17f72").unwrap().matches(b"abc"));
        assert_eq!(FileHash::from_hex("SHA1", "ab").unwrap_err().kind(), ErrorKind::Malformed);
        assert_eq!(FileHash::from_hex("SHA1", "abc").unwrap_err().kind(), ErrorKind::Malformed);
        assert_eq!(FileHash::from_hex("CRC", "ab").unwrap_err().kind(), ErrorKind::Unsupported);
    }

    #[test]
    fn json_names_the_algorithm() {
        let json = serde_json::to_string(&FileHash::Md5([0xAB; 16])).unwrap();
        assert_eq!(json, format!("{{\"alg\":\"md5\",\"value\":\"{}\"}}", "ab".repeat(16)));
    }
}
