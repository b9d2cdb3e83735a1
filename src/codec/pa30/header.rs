//! The outer format: file time, header fields, the hash of the target, the two buffers.

use super::bits::Bits;
use crate::base::{Bytes, Sha1Digest, Sha256Digest, md5, sha1, sha256};
use crate::error::{Error, ErrorKind, Result};
use std::fmt;

/// Flag: calls in the target are absolute.
pub(super) const FLAG_E8: u64 = 0x1;
/// Flags that name transforms nobody outside knows: IA64, headers, ARM, CLI4, ARM64 and what may follow.
const UNKNOWN_TRANSFORMS: [(u64, &str); 6] = [
    (0x800 | 0x1000, "IA64"),
    (0x1_0000, "header"),
    (0x8_0000 | 0x10_0000, "ARM"),
    (0x20_0000 | 0x40_0000, "CLI4"),
    (0x80_0000 | 0x100_0000, "ARM64"),
    (0xFFFF_FFFF_FE00_0000, "unknown"),
];
/// What an LZMS body of the Compression API starts with.
const LZMS_MAGIC: [u8; 4] = 0xC0E5_510Au32.to_le_bytes();

/// The signature of a delta.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// `PA30`: Windows Vista and later.
    Pa30,
    /// `PA31`: Windows 11 24H2 and later; another header, the same body.
    Pa31,
}

/// The hash of the target that a delta carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TargetHash {
    /// None: component manifests leave it to the COMPONENTS hive.
    None,
    /// `CALG_MD5`, the usual one.
    Md5([u8; 16]),
    /// `CALG_SHA1`.
    Sha1(Sha1Digest),
    /// `CALG_SHA_256`.
    Sha256(Sha256Digest),
}

/// A delta's header, for inspection, with what is needed to [`apply`](Self::apply) it.
#[derive(Clone)]
#[non_exhaustive]
pub struct Delta<'a> {
    /// The signature.
    pub format: Format,
    /// The target's time stamp, in 100 ns since 1601.
    pub file_time: u64,
    /// Which file types the maker allowed, one bit each.
    pub file_type_set: u64,
    /// What the source was taken for: 1 raw, 2 i386, 4 IA64, 8 amd64, 0x10 and up CLI4 and ARM.
    pub file_type: u64,
    /// The transforms, as in `msdelta.h`.
    pub flags: u64,
    /// Bytes of the target.
    pub target_size: u64,
    /// The target's hash.
    pub hash: TargetHash,
    /// The source's hash, which only PA31 may carry; empty where there is none.
    pub source_hash: &'a [u8],
    pub(super) preprocess: &'a [u8],
    pub(super) patch: &'a [u8],
}

impl<'a> Delta<'a> {
    /// Whether `data` starts with the signature of a delta.
    pub fn is_delta(data: &[u8]) -> bool {
        data.starts_with(b"PA30") || data.starts_with(b"PA31")
    }

    /// Reads the header.
    pub fn parse(data: &'a [u8]) -> Result<Self> {
        let mut fixed = Bytes::new(data);
        let format = match &fixed.array()? {
            b"PA30" => Format::Pa30,
            b"PA31" => Format::Pa31,
            b"PA19" => return Err(Error::unsupported("PA19 deltas (PatchAPI) are not supported")),
            _ => return Err(Error::malformed("not a PA30 or PA31 delta")),
        };
        let file_time = fixed.u64()?;
        let mut outer = Bits::new(fixed.take(fixed.left())?)?;
        let mut delta = match format {
            Format::Pa30 => Self::fields(&mut outer, format, file_time)?,
            Format::Pa31 => {
                let mut inner = Bits::new(outer.buffer()?)?;
                let mut delta = Self::fields(&mut inner, format, file_time)?;
                for _ in 0..3 {
                    inner.number()?; // header size, revision, lowest client version
                }
                delta.source_hash = inner.buffer()?;
                delta
            }
        };
        delta.preprocess = outer.buffer()?;
        delta.patch = outer.buffer()?;
        Ok(delta)
    }

    fn fields(bits: &mut Bits<'a>, format: Format, file_time: u64) -> Result<Self> {
        Ok(Self {
            format,
            file_time,
            file_type_set: bits.number()?,
            file_type: bits.number()?,
            flags: bits.number()?,
            target_size: bits.number()?,
            hash: TargetHash::new(bits.number()?, bits.buffer()?)?,
            source_hash: &[],
            preprocess: &[],
            patch: &[],
        })
    }

    /// The architecture or kind of the source as the delta's maker took it.
    pub fn file_type_name(&self) -> &'static str {
        match self.file_type {
            1 => "raw",
            2 => "i386",
            4 => "IA64",
            8 => "amd64",
            0x10 => "CLI4 i386",
            0x20 => "CLI4 amd64",
            0x40 => "CLI4 ARM",
            0x80 => "CLI4 ARM64",
            _ => "unknown",
        }
    }

    /// Refuses by name the bodies and transforms that are not handled.
    pub(super) fn check_supported(&self) -> Result<()> {
        if self.patch.starts_with(&LZMS_MAGIC) {
            return Err(Error::unsupported("deltas with an LZMS or bsdiff body are not supported"));
        }
        if self.file_type_set & 0x100 != 0 {
            return Err(Error::unsupported("deltas with a bsdiff or reversal body are not supported"));
        }
        if self.preprocess.is_empty() {
            return Ok(());
        }
        if !matches!(self.file_type, 2 | 8) {
            let name = self.file_type_name();
            return Err(Error::unsupported(format!("transform of {name} deltas is not supported")));
        }
        match UNKNOWN_TRANSFORMS.iter().find(|(mask, _)| self.flags & mask != 0) {
            Some((mask, name)) => Err(Error::unsupported(format!(
                "unsupported transform in a delta: {name} ({:#x})",
                self.flags & mask
            ))),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Delta<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delta")
            .field("format", &self.format)
            .field("file_type_set", &format_args!("{:#x}", self.file_type_set))
            .field("file_type", &self.file_type_name())
            .field("flags", &format_args!("{:#x}", self.flags))
            .field("target_size", &self.target_size)
            .field("hash", &self.hash)
            .field("preprocess", &self.preprocess.len())
            .field("patch", &self.patch.len())
            .finish_non_exhaustive()
    }
}

impl TargetHash {
    fn new(algorithm: u64, value: &[u8]) -> Result<Self> {
        let bad = || Error::malformed(format!("delta has a hash of {} bytes", value.len()));
        match algorithm {
            0 => Ok(Self::None),
            0x8003 => value.try_into().map(Self::Md5).map_err(|_| bad()),
            0x8004 => value.try_into().map(|v| Self::Sha1(Sha1Digest(v))).map_err(|_| bad()),
            0x800C => value.try_into().map(|v| Self::Sha256(Sha256Digest(v))).map_err(|_| bad()),
            _ => {
                Err(Error::unsupported(format!("hash algorithm {algorithm:#x} of a delta is not supported")))
            }
        }
    }

    /// An error unless `data` has this hash.
    pub fn verify(&self, data: &[u8]) -> Result<()> {
        let same = match self {
            Self::None => true,
            Self::Md5(value) => md5(data) == *value,
            Self::Sha1(value) => sha1(data) == *value,
            Self::Sha256(value) => sha256(data) == *value,
        };
        if same {
            return Ok(());
        }
        let what = "target rebuilt from a delta does not have the hash the delta declares";
        Err(Error::new(ErrorKind::HashMismatch, what))
    }
}
