//! Changing counts, sizes and times in the XML data by replacing just their bytes.

use super::{FileTime, WimXml, image_node};
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
        edits.set(root, &[("TOTALBYTES", total_bytes)]);
        for (index, counts) in images {
            let node = image_node(root, *index).ok_or_else(|| {
                Error::new(ErrorKind::NotFound, format!("the WIM's XML data does not describe image {index}"))
            })?;
            edits.set_image(node, *counts, modified);
        }
        let text = edits.apply();
        Self::from_text(text, limits)
    }
}

struct Edits<'t> {
    text: &'t str,
    list: Vec<(Range<usize>, String)>,
}

impl Edits<'_> {
    fn set_image(&mut self, image: Node<'_, '_>, counts: ImageCounts, modified: FileTime) {
        self.set(
            image,
            &[
                ("DIRCOUNT", counts.dirs),
                ("FILECOUNT", counts.files),
                ("TOTALBYTES", counts.total_bytes),
                ("HARDLINKBYTES", counts.hard_link_bytes),
            ],
        );
        let (high, low) = (format!("{:#010X}", modified.0 >> 32), format!("{:#010X}", modified.0 as u32));
        let (high, low) = (high.replace('X', "x"), low.replace('X', "x"));
        let both = format!("<HIGHPART>{high}</HIGHPART><LOWPART>{low}</LOWPART>");
        match xml_child(image, "LASTMODIFICATIONTIME") {
            Some(node) => match (xml_child(node, "HIGHPART"), xml_child(node, "LOWPART")) {
                (Some(high_node), Some(low_node)) => {
                    self.set_content(high_node, high);
                    self.set_content(low_node, low);
                }
                _ => self.set_content(node, both),
            },
            None => self.append(image, &format!("<LASTMODIFICATIONTIME>{both}</LASTMODIFICATIONTIME>")),
        }
    }

    /// Sets the text of children, which are added at the end where they are missing.
    fn set(&mut self, parent: Node<'_, '_>, values: &[(&str, u64)]) {
        let mut missing = String::new();
        for &(name, value) in values {
            match xml_child(parent, name) {
                Some(node) => self.set_content(node, value.to_string()),
                None => missing.extend(["<", name, ">", &value.to_string(), "</", name, ">"]),
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
    fn append(&mut self, node: Node<'_, '_>, content: &str) {
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

    fn apply(mut self) -> String {
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
