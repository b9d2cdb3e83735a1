//! SHA-1 and SHA-256 values, and a writer or reader that hashes what passes through it.

use crate::error::{Error, Result};
use sha1::Digest as _;
use std::fmt;
use std::io::{self, Read, Write};

macro_rules! digest_type {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// Length in bytes.
            pub const LEN: usize = $len;

            /// All zero: in a WIM, "no blob".
            pub fn is_zero(&self) -> bool {
                self.0 == [0; $len]
            }

            /// The digest from its hexadecimal text, in either case.
            pub fn from_hex(text: &str) -> Result<Self> {
                let mut out = [0; $len];
                let bytes = text.trim().as_bytes();
                if bytes.len() != 2 * $len {
                    return Err(Error::malformed(format!("'{text}' is not a {}-byte digest", $len)));
                }
                for (o, pair) in out.iter_mut().zip(bytes.chunks_exact(2)) {
                    let digit = |b: u8| (b as char).to_digit(16);
                    match (digit(pair[0]), digit(pair[1])) {
                        (Some(hi), Some(lo)) => *o = (hi << 4 | lo) as u8,
                        _ => return Err(Error::malformed(format!("'{text}' is not hexadecimal"))),
                    }
                }
                Ok(Self(out))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }
    };
}

digest_type!(
    /// A SHA-1 value: what a WIM names blobs by.
    Sha1Digest,
    20
);
digest_type!(
    /// A SHA-256 value: what manifests, receipts and the content library name files by.
    Sha256Digest,
    32
);

/// The SHA-1 of `data`.
///
/// ```
/// use wimwright::base::{Sha1Digest, sha1, sha256};
///
/// let digest = Sha1Digest::from_hex("A9993E364706816ABA3E25717850C26C9CD0D89D")?;
/// assert!(digest == sha1(b"abc") && !digest.is_zero());
/// assert!(sha256(b"abc").to_string().starts_with("ba7816bf"));
/// # Ok::<(), wimwright::Error>(())
/// ```
pub fn sha1(data: &[u8]) -> Sha1Digest {
    Sha1Digest(sha1::Sha1::digest(data).into())
}

/// A SHA-1 taken in pieces.
#[derive(Clone, Debug, Default)]
pub struct Sha1Hasher(sha1::Sha1);

impl Sha1Hasher {
    /// Takes the next bytes.
    pub fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }

    /// The digest of all bytes taken.
    pub fn finish(self) -> Sha1Digest {
        Sha1Digest(self.0.finalize().into())
    }
}

/// The SHA-256 of `data`.
pub fn sha256(data: &[u8]) -> Sha256Digest {
    Sha256Digest(sha2::Sha256::digest(data).into())
}

/// The MD5 of `data`: only where a delta's header carries one.
pub fn md5(data: &[u8]) -> [u8; 16] {
    md5::Md5::digest(data).into()
}

/// Passes bytes through and hashes them, SHA-1 and SHA-256 at once, while they are hot.
pub struct TeeHasher<T> {
    inner: T,
    sha1: sha1::Sha1,
    sha256: sha2::Sha256,
    len: u64,
}

impl<T> TeeHasher<T> {
    /// Hashes what is written to or read from `inner`.
    pub fn new(inner: T) -> Self {
        Self { inner, sha1: sha1::Sha1::new(), sha256: sha2::Sha256::new(), len: 0 }
    }

    /// The inner stream, the digests and the number of bytes that passed.
    pub fn finish(self) -> (T, Sha1Digest, Sha256Digest, u64) {
        (
            self.inner,
            Sha1Digest(self.sha1.finalize().into()),
            Sha256Digest(self.sha256.finalize().into()),
            self.len,
        )
    }

    fn take(&mut self, data: &[u8]) {
        self.sha1.update(data);
        self.sha256.update(data);
        self.len += data.len() as u64;
    }
}

impl<W: Write> Write for TeeHasher<W> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let n = self.inner.write(buf)?;
        self.take(&buf[..n]);
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<R: Read> Read for TeeHasher<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.take(&buf[..n]);
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tee_hashes_what_passes() {
        let mut tee = TeeHasher::new(Vec::new());
        tee.write_all(b"abc").unwrap();
        let (data, sha1, sha256, len) = tee.finish();
        assert_eq!((data.as_slice(), len), (&b"abc"[..], 3));
        assert_eq!(sha1.to_string(), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(sha1, super::sha1(b"abc"));
        assert_eq!(sha256, super::sha256(b"abc"));
        assert_eq!(Sha1Digest::from_hex(&sha1.to_string().to_uppercase()).unwrap(), sha1);
        assert!(Sha1Digest::from_hex("zz").is_err());
    }
}
