//! The XML data of a WIM: what each image is called and holds; read into structs, edited in place.

#[allow(dead_code, reason = "the overlay that uses it follows")]
mod edit;
mod info;
mod new;
#[cfg(test)]
mod tests;

use crate::base::{Limits, xml_child, xml_children, xml_text, xml_tree};
use crate::error::{Error, Result};
#[allow(unused_imports, reason = "the commit that uses it follows")]
pub(crate) use edit::ImageCounts;
pub use info::{FileTime, ImageInfo, WindowsVersion};
pub(crate) use new::{Known, image_element};
use roxmltree::Node;

/// The XML data. The text is kept as it was read, so that what is not understood survives.
///
/// ```
/// use wimwright::base::Limits;
/// use wimwright::wim::xml::{ImageInfo, WimXml};
/// use wimwright::wim::{OpenOptions, WimFile};
///
#[doc = include_str!("../../../docs/doctest/image.md")]
/// # let dir = tempfile::tempdir()?;
/// let wim = WimFile::open(sample_image(dir.path())?, &OpenOptions::new())?;
/// let xml = WimXml::parse(wim.xml_bytes(), &Limits::default())?;
/// let image: &ImageInfo = xml.image(1).unwrap();
/// assert_eq!((xml.images().len(), image.arch_name()), (1, Some("amd64")));
/// assert_eq!(xml.property(1, "WINDOWS/VERSION/BUILD").as_deref(), Some("19041"));
/// assert!(xml.total_bytes().is_some() && xml.text().starts_with("<WIM>"));
/// assert_eq!(xml.to_bytes(), wim.xml_bytes());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
        let mut images: Vec<_> = image_nodes(root).map(|(i, node)| ImageInfo::read(node, i)).collect();
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

    /// The text of an element of image `index`, by its path below `IMAGE`: `DISPLAYNAME`,
    /// `WINDOWS/VERSION/BUILD`, `WINDOWS/LANGUAGES/LANGUAGE[2]` for the second of several. Elements of unknown
    /// meaning can be asked for too; of one that holds other elements only its own text is given.
    pub fn property(&self, index: u32, path: &str) -> Option<String> {
        // It was held against the limits when it was parsed.
        let tree = roxmltree::Document::parse(&self.text).ok()?;
        let mut node = image_node(tree.root_element(), index)?;
        for step in path.split('/') {
            let (name, number) = match step.strip_suffix(']').and_then(|s| s.split_once('[')) {
                Some((name, number)) => (name, number.parse().ok()?),
                None => (step, 1usize),
            };
            node = xml_children(node, name).nth(number.checked_sub(1)?)?;
        }
        Some(info::inner(node))
    }

    /// The XML resource: UTF-16LE with a byte-order mark.
    pub fn to_bytes(&self) -> Vec<u8> {
        [0xFEFF].into_iter().chain(self.text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    }
}

/// The `IMAGE` elements with their indexes; one that has none counts by its place.
fn image_nodes<'a, 'i: 'a>(root: Node<'a, 'i>) -> impl Iterator<Item = (u32, Node<'a, 'i>)> {
    xml_children(root, "IMAGE").zip(1..).map(|(node, place)| {
        let stored = node.attribute("INDEX").and_then(|v| v.trim().parse().ok());
        (stored.unwrap_or(place), node)
    })
}

fn image_node<'a, 'i: 'a>(root: Node<'a, 'i>, index: u32) -> Option<Node<'a, 'i>> {
    image_nodes(root).find(|(i, _)| *i == index).map(|(_, node)| node)
}
