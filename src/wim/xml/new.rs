//! XML data made here: the empty document, and elements of images.

use super::edit::{Edits, ImageCounts, numbered};
use super::{FileTime, WimXml, image_node};
use crate::base::{Limits, xml_tree};
use crate::error::{Error, Result};

impl WimXml {
    /// The XML data of a WIM without images.
    pub(crate) fn empty() -> Self {
        let text = "<WIM><TOTALBYTES>0</TOTALBYTES></WIM>".to_owned();
        Self { text, images: Vec::new(), total_bytes: Some(0) }
    }

    /// The element of an image that nothing is known of, with its parts in the order that Microsoft's tools use.
    pub(crate) fn blank_image() -> String {
        let time = "<HIGHPART>0x00000000</HIGHPART><LOWPART>0x00000000</LOWPART>";
        let counts = "<DIRCOUNT>0</DIRCOUNT><FILECOUNT>0</FILECOUNT><TOTALBYTES>0</TOTALBYTES>";
        let times =
            format!("<CREATIONTIME>{time}</CREATIONTIME><LASTMODIFICATIONTIME>{time}</LASTMODIFICATIONTIME>");
        format!("<IMAGE>{counts}<HARDLINKBYTES>0</HARDLINKBYTES>{times}</IMAGE>")
    }

    /// The document without its images.
    pub(crate) fn without_images(&self, limits: &Limits) -> Result<Self> {
        self.with_images(&[], limits)
    }

    /// The `IMAGE` element of an image, as it stands.
    pub(crate) fn element(&self, index: u32, limits: &Limits) -> Result<String> {
        let tree = xml_tree(&self.text, limits)?;
        let node = image_node(tree.root_element(), index).ok_or_else(|| super::edit::missing(index))?;
        Ok(self.text[node.range()].to_owned())
    }

    /// The document with these `IMAGE` elements behind its own, as images `after + 1`, `after + 2`, ...
    pub(crate) fn with_added(&self, elements: &[&str], after: u32, limits: &Limits) -> Result<Self> {
        let mut new = String::new();
        for (element, number) in elements.iter().zip(after + 1..) {
            let tree = xml_tree(element, limits)?;
            let node = tree.root_element();
            if !node.has_tag_name("IMAGE") {
                return Err(Error::malformed("the description of an image is no IMAGE element"));
            }
            new += &numbered(element, node, number);
        }
        let tree = xml_tree(&self.text, limits)?;
        let mut edits = Edits { text: &self.text, list: Vec::new() };
        edits.append(tree.root_element(), &new);
        Self::from_text(edits.apply(), limits)
    }
}

/// What is known of an image beforehand.
#[derive(Clone, Copy)]
pub(crate) enum Known<'a> {
    /// All: its `IMAGE` element.
    Image(&'a str),
    /// Its `WINDOWS` element, or nothing.
    Windows(&'a str),
}

/// An `IMAGE` element with its counts, times and values set.
pub(crate) fn image_element(
    known: Known<'_>,
    counts: ImageCounts,
    created: FileTime,
    values: &[(&str, &str)],
    limits: &Limits,
) -> Result<String> {
    let (element, new) = match known {
        Known::Image(element) => (element.to_owned(), false),
        Known::Windows(windows) => {
            (WimXml::blank_image().replace("</IMAGE>", &format!("{windows}</IMAGE>")), true)
        }
    };
    let xml = WimXml::empty().with_added(&[&element], 0, limits)?;
    let xml = xml.updated(&[(1, counts)], created, 0, limits)?;
    let xml = if new { xml.with_creation(1, created, limits)? } else { xml };
    xml.with_values(1, values, limits)?.element(1, limits)
}
