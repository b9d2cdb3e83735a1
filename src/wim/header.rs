//! The 208-byte header of a WIM file and the 24-byte resource header that it and the blob table use.
//!
//! ```
//! use wimwright::wim::header::{HEADER_LEN, Header, ResourceHeader, flags};
//! use wimwright::wim::write::Compression;
//!
#![doc = include_str!("../../docs/doctest/image.md")]
//! # let dir = tempfile::tempdir()?;
//! let bytes = std::fs::read(sample_image(dir.path())?)?;
//! let header = Header::parse(&bytes)?;
//! assert!(header.flags & flags::COMPRESS_LZX != 0 && header.compression()? == Compression::Lzx);
//! let table: &ResourceHeader = &header.blob_table;
//! assert!(!table.is_empty() && table.end()? <= bytes.len() as u64 && !table.has(ResourceHeader::SOLID));
//! assert_eq!(header.to_bytes(), bytes[..HEADER_LEN]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::base::Bytes;
use crate::codec::wimlib::Compression;
use crate::error::{Error, Result};

/// Length of the header on disk.
pub const HEADER_LEN: usize = 208;
/// Version of an ordinary WIM.
pub const VERSION_DEFAULT: u32 = 0x10d00;
/// Version of a WIM with solid resources or LZMS (an ESD).
pub const VERSION_SOLID: u32 = 0xe00;

const MAGIC: [u8; 8] = *b"MSWIM\0\0\0";
const MAGIC_PIPABLE: [u8; 8] = *b"WLPWM\0\0\0";

/// Bits of [`Header::flags`].
pub mod flags {
    /// Resources may be compressed; one of the `COMPRESS_` bits says how.
    pub const COMPRESSION: u32 = 0x2;
    /// The file asks not to be changed.
    pub const READ_ONLY: u32 = 0x4;
    /// One part of a split set.
    pub const SPANNED: u32 = 0x8;
    /// No metadata resources: only blobs.
    pub const RESOURCE_ONLY: u32 = 0x10;
    /// Only metadata resources: the blobs are elsewhere.
    pub const METADATA_ONLY: u32 = 0x20;
    /// Someone is writing, or was cut off while writing.
    pub const WRITE_IN_PROGRESS: u32 = 0x40;
    /// Absolute reparse targets are relative to the image's root.
    pub const RP_FIX: u32 = 0x80;
    /// Compressed with XPRESS.
    pub const COMPRESS_XPRESS: u32 = 0x2_0000;
    /// Compressed with LZX.
    pub const COMPRESS_LZX: u32 = 0x4_0000;
    /// Compressed with LZMS.
    pub const COMPRESS_LZMS: u32 = 0x8_0000;
    /// Compressed with XPRESS; the other number that Microsoft's tools write.
    pub const COMPRESS_XPRESS_2: u32 = 0x20_0000;
}

/// Where a resource lies and how it is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ResourceHeader {
    /// Bytes it takes in the file (56 bits on disk).
    pub stored_size: u64,
    /// Bits of this type's `FREE`, `METADATA`, ... constants.
    pub flags: u8,
    /// Where it begins in the file.
    pub offset: u64,
    /// Bytes once decompressed.
    pub original_size: u64,
}

impl ResourceHeader {
    /// Length on disk.
    pub const LEN: usize = 24;
    /// The space is free.
    pub const FREE: u8 = 0x1;
    /// An image's metadata.
    pub const METADATA: u8 = 0x2;
    /// Stored in chunks with the file's compression.
    pub const COMPRESSED: u8 = 0x4;
    /// Continues in another part (never seen in use).
    pub const SPANNED: u8 = 0x8;
    /// A solid resource, or a blob inside one.
    pub const SOLID: u8 = 0x10;

    /// Reads the 24 bytes at the cursor.
    pub(crate) fn read(from: &mut Bytes<'_>) -> Result<Self> {
        let packed = from.u64()?;
        let (offset, original_size) = (from.u64()?, from.u64()?);
        Ok(Self {
            stored_size: packed & 0x00FF_FFFF_FFFF_FFFF,
            flags: (packed >> 56) as u8,
            offset,
            original_size,
        })
    }

    /// The 24 bytes on disk.
    pub(crate) fn to_bytes(self) -> [u8; Self::LEN] {
        let mut out = [0; Self::LEN];
        let packed = self.stored_size & 0x00FF_FFFF_FFFF_FFFF | u64::from(self.flags) << 56;
        out[..8].copy_from_slice(&packed.to_le_bytes());
        out[8..16].copy_from_slice(&self.offset.to_le_bytes());
        out[16..].copy_from_slice(&self.original_size.to_le_bytes());
        out
    }

    /// Whether a bit is set.
    pub fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// Whether it names nothing: no bytes at all.
    pub fn is_empty(&self) -> bool {
        self.stored_size == 0
    }

    /// The offset behind its last byte.
    pub fn end(&self) -> Result<u64> {
        self.offset.checked_add(self.stored_size).ok_or_else(|| {
            Error::malformed(format!("a resource at offset {} runs past any file", self.offset))
        })
    }
}

/// The header of a WIM file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Whether it is wimlib's pipable layout.
    pub pipable: bool,
    /// [`VERSION_DEFAULT`] or [`VERSION_SOLID`].
    pub version: u32,
    /// Bits of [`flags`].
    pub flags: u32,
    /// Bytes of each chunk of a compressed resource that is not solid.
    pub chunk_size: u32,
    /// Names the WIM; the parts of a split set share it.
    pub guid: [u8; 16],
    /// Number of this part, from 1.
    pub part_number: u16,
    /// Number of parts.
    pub total_parts: u16,
    /// Number of images.
    pub image_count: u32,
    /// The blob (lookup) table.
    pub blob_table: ResourceHeader,
    /// The XML data.
    pub xml: ResourceHeader,
    /// Metadata of the bootable image, or nothing.
    pub boot_metadata: ResourceHeader,
    /// Index of the bootable image, or 0.
    pub boot_index: u32,
    /// The integrity table, or nothing.
    pub integrity: ResourceHeader,
    /// The rest, which has no meaning yet and is kept.
    pub unused: Vec<u8>,
}

impl Header {
    /// Parses the header at the front of `data`.
    ///
    /// Fails with [`Unsupported`](crate::ErrorKind::Unsupported) for a version that is not known and with
    /// [`Malformed`](crate::ErrorKind::Malformed) for what is not a WIM.
    pub fn parse(data: &[u8]) -> Result<Self> {
        let mut from = Bytes::new(data);
        let pipable = match from.array::<8>() {
            Ok(MAGIC) => false,
            Ok(MAGIC_PIPABLE) => true,
            _ => return Err(Error::malformed("is not a WIM file (it does not begin with MSWIM)")),
        };
        let len = from.u32()?;
        if len as usize != HEADER_LEN {
            return Err(Error::malformed(format!(
                "the header says it has {len} bytes instead of {HEADER_LEN}"
            )));
        }
        let version = from.u32()?;
        if version != VERSION_DEFAULT && version != VERSION_SOLID {
            return Err(Error::unsupported(format!("WIM version {version:#x} is not known")));
        }
        let header = Self {
            pipable,
            version,
            flags: from.u32()?,
            chunk_size: from.u32()?,
            guid: from.array()?,
            part_number: from.u16()?,
            total_parts: from.u16()?,
            image_count: from.u32()?,
            blob_table: ResourceHeader::read(&mut from)?,
            xml: ResourceHeader::read(&mut from)?,
            boot_metadata: ResourceHeader::read(&mut from)?,
            boot_index: from.u32()?,
            integrity: ResourceHeader::read(&mut from)?,
            unused: from.take(60)?.to_vec(),
        };
        if header.part_number == 0 || header.part_number > header.total_parts {
            return Err(Error::malformed(format!(
                "the header calls itself part {} of {}",
                header.part_number, header.total_parts
            )));
        }
        Ok(header)
    }

    /// The 208 bytes on disk.
    pub fn to_bytes(&self) -> [u8; HEADER_LEN] {
        let mut out = Vec::with_capacity(HEADER_LEN);
        out.extend(if self.pipable { MAGIC_PIPABLE } else { MAGIC });
        for number in [HEADER_LEN as u32, self.version, self.flags, self.chunk_size] {
            out.extend(number.to_le_bytes());
        }
        out.extend(self.guid);
        out.extend(self.part_number.to_le_bytes());
        out.extend(self.total_parts.to_le_bytes());
        out.extend(self.image_count.to_le_bytes());
        for resource in [self.blob_table, self.xml, self.boot_metadata] {
            out.extend(resource.to_bytes());
        }
        out.extend(self.boot_index.to_le_bytes());
        out.extend(self.integrity.to_bytes());
        out.extend(self.unused.iter().take(60));
        out.resize(HEADER_LEN, 0);
        let mut fixed = [0; HEADER_LEN];
        fixed.copy_from_slice(&out);
        fixed
    }

    /// How resources with the compressed bit are compressed (solid resources say so themselves).
    pub fn compression(&self) -> Result<Compression> {
        if self.flags & flags::COMPRESSION == 0 {
            return Ok(Compression::None);
        }
        for (bits, kind) in [
            (flags::COMPRESS_LZX, Compression::Lzx),
            (flags::COMPRESS_XPRESS | flags::COMPRESS_XPRESS_2, Compression::Xpress),
            (flags::COMPRESS_LZMS, Compression::Lzms),
        ] {
            if self.flags & bits != 0 {
                return Ok(kind);
            }
        }
        Err(Error::unsupported(format!("the compression of a WIM with flags {:#x} is not known", self.flags)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    fn sample() -> Header {
        let resource =
            |n: u64| ResourceHeader { stored_size: n, flags: 6, offset: 2 * n, original_size: 3 * n };
        Header {
            version: VERSION_DEFAULT,
            flags: flags::COMPRESSION | flags::COMPRESS_LZX,
            chunk_size: 32768,
            guid: *b"0123456789abcdef",
            part_number: 1,
            total_parts: 2,
            image_count: 3,
            blob_table: resource(0x00AB_CDEF_0123_4567),
            xml: resource(5),
            boot_metadata: resource(7),
            boot_index: 2,
            integrity: resource(9),
            unused: (0..60).collect(),
            ..Header::default()
        }
    }

    #[test]
    fn a_header_comes_back_byte_for_byte() {
        let mut header = sample();
        for pipable in [false, true] {
            header.pipable = pipable;
            assert_eq!(Header::parse(&header.to_bytes()).unwrap(), header);
        }
        assert_eq!(header.compression().unwrap(), Compression::Lzx);
    }

    #[test]
    fn what_is_no_wim_is_refused() {
        let good = sample().to_bytes();
        let kind = |change: &dyn Fn(&mut Vec<u8>)| {
            let mut bytes = good.to_vec();
            change(&mut bytes);
            Header::parse(&bytes).unwrap_err().kind()
        };
        assert_eq!(kind(&|b| b[0] = b'X'), ErrorKind::Malformed);
        assert_eq!(kind(&|b| b[8] = 1), ErrorKind::Malformed);
        assert_eq!(kind(&|b| b[12] = 1), ErrorKind::Unsupported);
        assert_eq!(kind(&|b| b[40] = 9), ErrorKind::Malformed);
        assert_eq!(kind(&|b| b.truncate(207)), ErrorKind::Truncated);
        assert_eq!(kind(&|b| b.clear()), ErrorKind::Malformed);
    }
}
