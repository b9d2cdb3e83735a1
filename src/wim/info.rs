//! What a WIM file is, for people and programs: the header and the XML data in one value.

use super::WimFile;
use super::xml::ImageInfo;
use crate::codec::wimlib::Compression;
use crate::error::Result;
use serde::Serialize;

/// What a WIM file is.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct WimInfo {
    /// The file, as it was opened.
    pub path: String,
    /// Bytes of all its parts.
    pub size: u64,
    /// Hexadecimal.
    pub guid: String,
    /// The format's version: 0x10d00, or 0xe00 with solid resources.
    pub format_version: u32,
    /// How non-solid resources are compressed.
    pub compression: Compression,
    /// Bytes of a chunk.
    pub chunk_size: u32,
    /// Whether it holds solid resources.
    pub solid: bool,
    /// Whether it can be read from a pipe.
    pub pipable: bool,
    /// Parts of the split set.
    pub parts: u16,
    /// The index that boots, 0 for none.
    pub boot_index: u32,
    /// Whether it has an integrity table.
    pub integrity: bool,
    /// Distinct blobs.
    pub blobs: u64,
    /// The images.
    pub images: Vec<ImageInfo>,
}

impl WimFile {
    /// The header and the XML data in one value.
    pub fn info(&self) -> Result<WimInfo> {
        let header = self.header();
        let xml = self.xml()?;
        Ok(WimInfo {
            path: self.name(),
            size: self.sources().iter().map(|s| s.size()).sum(),
            guid: format!("{:032x}", u128::from_be_bytes(header.guid)),
            format_version: header.version,
            compression: header.compression()?,
            chunk_size: header.chunk_size,
            solid: self.is_solid(),
            pipable: header.pipable,
            parts: header.total_parts,
            boot_index: header.boot_index,
            integrity: !header.integrity.is_empty(),
            blobs: self.blobs().len() as u64,
            images: xml.images().to_vec(),
        })
    }
}
