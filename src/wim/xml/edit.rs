//! Changing counts, sizes and times in the XML data by replacing just their bytes.

use super::{FileTime, WimXml, image_node, image_nodes};
use crate::base::{Limits, xml_child, xml_tree};
use crate::error::{Error, ErrorKind, Result};
use roxmltree::Node;
use std::ops::Range;

/// What a commit counts anew in an image it changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ImageCounts {
    pub(crate) dirs: u64,
    pub(crate) files: u64,
    pub(crate) total_bytes: u64,
    pub(crate) hard_link_bytes: u64,
}

impl WimXml {
    /// The document with new counts and time for some images, and the WIM's own size.
    pub(crate) fn updated(
        &self,
        images: &[(u32, ImageCounts)],
        modified: FileTime,
        total_bytes: u64,
        limits: &Limits,
    ) -> Result<Self> {
        let tree = xml_tree(&self.text, limits)?;
        let root = tree.root_element();
        let mut edits = Edits { text: &self.text, list: Vec::new() };
        edits.set(root, &[("TOTALBYTES", total_bytes.to_string())]);
        for (index, counts) in images {
            let node = image_node(root, *index).ok_or_else(|| missing(*index))?;
            edits.set_image(node, *counts, modified);
        }
        let text = edits.apply();
        Self::from_text(text, limits)
    }

    /// The document with the time that an image was captured.
    pub(crate) fn with_creation(&self, index: u32, time: FileTime, limits: &Limits) -> Result<Self> {
        let tree = xml_tree(&self.text, limits)?;
        let mut edits = Edits { text: &self.text, list: Vec::new() };
        let node = image_node(tree.root_element(), index).ok_or_else(|| missing(index))?;
        edits.set_time(node, "CREATIONTIME", time);
        Self::from_text(edits.apply(), limits)
    }

    /// The document with the WIM's own size set.
    pub(crate) fn sized(&self, total_bytes: u64, limits: &Limits) -> Result<Self> {
        self.updated(&[], FileTime::default(), total_bytes, limits)
    }

    /// The document with these images, in this order, as images 1, 2, ...; none may be named twice.
    pub(crate) fn with_images(&self, order: &[u32], limits: &Limits) -> Result<Self> {
        let tree = xml_tree(&self.text, limits)?;
        let root = tree.root_element();
        let mut edits = Edits { text: &self.text, list: Vec::new() };
        let mut new = Vec::new();
        for (&index, number) in order.iter().zip(1u32..) {
            let node = image_node(root, index).ok_or_else(|| missing(index))?;
            new.push(numbered(&self.text, node, number));
        }
        let mut new = new.into_iter();
        for (_, node) in image_nodes(root) {
            edits.list.push((node.range(), new.next().unwrap_or_default()));
        }
        Self::from_text(edits.apply(), limits)
    }

    /// The document with the text of some elements of one image set; an element that is missing is added.
    pub(crate) fn with_values(&self, index: u32, values: &[(&str, &str)], limits: &Limits) -> Result<Self> {
        let tree = xml_tree(&self.text, limits)?;
        let mut edits = Edits { text: &self.text, list: Vec::new() };
        let node = image_node(tree.root_element(), index).ok_or_else(|| missing(index))?;
        for (name, value) in values {
            if value.chars().any(|c| (c < ' ' && c != '\t') || matches!(c, '\u{FFFE}' | '\u{FFFF}')) {
                let message = format!("{name} has a character that XML cannot hold");
                return Err(Error::new(ErrorKind::InvalidArgument, message));
            }
            let value = value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            // `A/B` sets B of an A that is there.
            match name.split_once('/') {
                Some((outer, name)) => {
                    if let Some(outer) = xml_child(node, outer) {
                        edits.set(outer, &[(name, value)]);
                    }
                }
                None => edits.set(node, &[(name, value)]),
            }
        }
        Self::from_text(edits.apply(), limits)
    }
}

/// An `IMAGE` element of `text` with another index.
pub(super) fn numbered(text: &str, node: Node<'_, '_>, number: u32) -> String {
    let (range, own) = (node.range(), &text[node.range()]);
    match node.attribute_node("INDEX") {
        Some(attribute) => {
            let value = attribute.range_value();
            let (from, to) = (value.start - range.start, value.end - range.start);
            format!("{}{number}{}", &own[..from], &own[to..])
        }
        None => format!("{} INDEX=\"{number}\"{}", &own[..6], &own[6..]),
    }
}

pub(super) fn missing(index: u32) -> Error {
    Error::new(ErrorKind::NotFound, format!("the WIM's XML data does not describe image {index}"))
}

pub(super) struct Edits<'t> {
    pub(super) text: &'t str,
    pub(super) list: Vec<(Range<usize>, String)>,
}

impl Edits<'_> {
    fn set_image(&mut self, image: Node<'_, '_>, counts: ImageCounts, modified: FileTime) {
        self.set(
            image,
            &[
                ("DIRCOUNT", counts.dirs.to_string()),
                ("FILECOUNT", counts.files.to_string()),
                ("TOTALBYTES", counts.total_bytes.to_string()),
                ("HARDLINKBYTES", counts.hard_link_bytes.to_string()),
            ],
        );
        self.set_time(image, "LASTMODIFICATIONTIME", modified);
    }

    fn set_time(&mut self, image: Node<'_, '_>, name: &str, time: FileTime) {
        let (high, low) = (format!("{:#010X}", time.0 >> 32), format!("{:#010X}", time.0 as u32));
        let (high, low) = (high.replace('X', "x"), low.replace('X', "x"));
        let both = format!("<HIGHPART>{high}</HIGHPART><LOWPART>{low}</LOWPART>");
        match xml_child(image, name) {
            Some(node) => match (xml_child(node, "HIGHPART"), xml_child(node, "LOWPART")) {
                (Some(high_node), Some(low_node)) => {
                    self.set_content(high_node, high);
                    self.set_content(low_node, low);
                }
                _ => self.set_content(node, both),
            },
            None => self.append(image, &format!("<{name}>{both}</{name}>")),
        }
    }

    /// Sets the text of children, which are added at the end where they are missing.
    fn set(&mut self, parent: Node<'_, '_>, values: &[(&str, String)]) {
        let mut missing = String::new();
        for (name, value) in values {
            match xml_child(parent, name) {
                Some(node) => self.set_content(node, value.clone()),
                None => missing.extend(["<", name, ">", value, "</", name, ">"]),
            }
        }
        if !missing.is_empty() {
            self.append(parent, &missing);
        }
    }

    fn set_content(&mut self, node: Node<'_, '_>, content: String) {
        match (node.first_child(), node.last_child()) {
            (Some(first), Some(last)) => self.list.push((first.range().start..last.range().end, content)),
            _ => self.append(node, &content),
        }
    }

    /// Puts `content` in front of the end tag, which an element written as `<A/>` gets.
    pub(super) fn append(&mut self, node: Node<'_, '_>, content: &str) {
        let range = node.range();
        let own = &self.text[range.clone()];
        if let Some(open) = own.strip_suffix("/>") {
            let name: String = own[1..].chars().take_while(|c| !c.is_whitespace() && *c != '/').collect();
            let at = range.start + open.len();
            // Two additions to one such element must share the replacement of its "/>".
            match self.list.iter_mut().find(|(r, _)| *r == (at..range.end)) {
                Some((_, text)) => {
                    let end = text.len() - name.len() - 3;
                    text.insert_str(end, content);
                }
                None => self.list.push((at..range.end, format!(">{content}</{name}>"))),
            }
        } else {
            let end = range.start + own.rfind("</").unwrap_or(own.len());
            self.list.push((end..end, content.to_owned()));
        }
    }

    pub(super) fn apply(mut self) -> String {
        // Stable: additions at one place stay in the order they were made.
        self.list.sort_by_key(|(range, _)| range.start);
        let mut out = String::with_capacity(self.text.len() + 256);
        let mut at = 0;
        for (range, content) in &self.list {
            out += &self.text[at..range.start];
            out += content;
            at = range.end;
        }
        out + &self.text[at..]
    }
}
