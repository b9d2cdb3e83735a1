//! The XML data of a WIM: what each image is called and holds; read into structs, edited in place.

#[allow(dead_code, reason = "the overlay that uses it follows")]
mod edit;
mod info;
#[cfg(test)]
mod tests;

use crate::base::{Limits, xml_child, xml_children, xml_text, xml_tree};
use crate::error::{Error, Result};
#[allow(unused_imports, reason = "the commit that uses it follows")]
pub(crate) use edit::ImageCounts;
pub use info::{FileTime, ImageInfo, WindowsVersion};

/// The XML data. The text is kept as it was read, so that what is not understood survives.
#[derive(Clone, Debug)]
pub struct WimXml {
    text: String,
    images: Vec<ImageInfo>,
    total_bytes: Option<u64>,
}

impl WimXml {
    /// Parses the XML resource: UTF-16LE with a byte-order mark as the format has it (other encodings are
    /// understood too).
    pub fn parse(data: &[u8], limits: &Limits) -> Result<Self> {
        let text = xml_text(data, limits)?;
        Self::from_text(text.trim_end_matches('\0').to_owned(), limits)
    }

    fn from_text(text: String, limits: &Limits) -> Result<Self> {
        let tree = xml_tree(&text, limits)?;
        let root = tree.root_element();
        if !root.has_tag_name("WIM") {
            return Err(Error::malformed("the WIM's XML data does not begin with a WIM element"));
        }
        let images = xml_children(root, "IMAGE").enumerate();
        let mut images: Vec<_> = images.map(|(i, node)| ImageInfo::read(node, i as u32 + 1)).collect();
        images.sort_by_key(|image| image.index);
        let total_bytes = xml_child(root, "TOTALBYTES").and_then(info::number);
        Ok(Self { text, images, total_bytes })
    }

    /// The images in the order of their index.
    pub fn images(&self) -> &[ImageInfo] {
        &self.images
    }

    /// The image with this index, from 1.
    pub fn image(&self, index: u32) -> Option<&ImageInfo> {
        self.images.iter().find(|image| image.index == index)
    }

    /// Bytes of the file up to the XML data, as its writer counted them.
    pub fn total_bytes(&self) -> Option<u64> {
        self.total_bytes
    }

    /// The document.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The XML resource: UTF-16LE with a byte-order mark.
    pub fn to_bytes(&self) -> Vec<u8> {
        [0xFEFF].into_iter().chain(self.text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    }
}
