//! XML from a file: its text in UTF-8 or UTF-16 with or without a mark, and its tree within limits.

mod scan;

use super::Limits;
use crate::error::{Error, Result};
use roxmltree::{Document, Node, ParsingOptions};
use std::borrow::Cow;

/// The text of an XML file: UTF-8, or UTF-16 in either byte order, told by its mark or by its first bytes.
pub fn xml_text<'a>(data: &'a [u8], limits: &Limits) -> Result<Cow<'a, str>> {
    Limits::check("the document's size", data.len() as u64, limits.max_document)?;
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|b| unit([b[0], b[1]]));
        let text: Result<String, _> = char::decode_utf16(units).collect();
        match text {
            Ok(text) if bytes.len().is_multiple_of(2) => Ok(Cow::Owned(text)),
            _ => Err(Error::malformed("the document is not whole UTF-16")),
        }
    };
    match data {
        [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes),
        [b'<', 0, ..] => wide(data, u16::from_le_bytes),
        [0, b'<', ..] => wide(data, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest),
        _ => utf8(data),
    }
}

fn utf8(data: &[u8]) -> Result<Cow<'_, str>> {
    // Some writers end the file with NUL bytes.
    let end = data.iter().rposition(|&b| b != 0).map_or(0, |last| last + 1);
    match std::str::from_utf8(&data[..end]) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(e) => Err(Error::malformed("the document is not UTF-8").with_source(e)),
    }
}

/// The tree of an XML document. Document type definitions are refused, and its size and depth are bounded.
pub fn xml_tree<'a>(text: &'a str, limits: &Limits) -> Result<Document<'a>> {
    Limits::check("the document's size", text.len() as u64, limits.max_document)?;
    scan::scan(text, limits)?;
    let options = ParsingOptions { allow_dtd: false, ..ParsingOptions::default() };
    Document::parse_with_options(text, options)
        .map_err(|e| Error::malformed("the document is not well-formed XML").with_source(e))
}

/// The element children of `node` with this local name, whatever their namespace.
pub fn xml_children<'a, 'i: 'a>(node: Node<'a, 'i>, name: &'a str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |c| c.is_element() && c.tag_name().name() == name)
}

/// The first element child of `node` with this local name.
pub fn xml_child<'a, 'i: 'a>(node: Node<'a, 'i>, name: &'a str) -> Option<Node<'a, 'i>> {
    xml_children(node, name).next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn text_is_found_whatever_the_encoding() {
        let limits = Limits::default();
        let units: Vec<u16> = "<ä/>".encode_utf16().collect();
        let le: Vec<u8> = units.iter().flat_map(|u| u.to_le_bytes()).collect();
        let be: Vec<u8> = units.iter().flat_map(|u| u.to_be_bytes()).collect();
        for data in [
            "<ä/>".as_bytes().to_vec(),
            "\u{FEFF}<ä/>".as_bytes().to_vec(),
            "<ä/>\0\0".as_bytes().to_vec(),
            le.clone(),
            be.clone(),
            [&[0xFF, 0xFE], &le[..]].concat(),
            [&[0xFE, 0xFF], &be[..]].concat(),
        ] {
            assert_eq!(xml_text(&data, &limits).unwrap(), "<ä/>");
        }
        assert_eq!(xml_text(&le[..5], &limits).unwrap_err().kind(), ErrorKind::Malformed);
        assert_eq!(xml_text(b"<\xE4/>", &limits).unwrap_err().kind(), ErrorKind::Malformed);
    }

    #[test]
    fn hostile_documents_are_refused() {
        let limits = Limits::default();
        let dtd = "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>";
        assert_eq!(xml_tree(dtd, &limits).unwrap_err().kind(), ErrorKind::Malformed);
        let deep = "<a>".repeat(200_000) + &"</a>".repeat(200_000);
        assert_eq!(xml_tree(&deep, &limits).unwrap_err().kind(), ErrorKind::LimitExceeded);
        let limits = Limits { max_document: 3, ..Limits::default() };
        assert_eq!(xml_tree("<a/>", &limits).unwrap_err().kind(), ErrorKind::LimitExceeded);
        let limits = Limits { max_entries: 3, ..Limits::default() };
        assert_eq!(xml_tree("<a><b/><c/><d/></a>", &limits).unwrap_err().kind(), ErrorKind::LimitExceeded);
    }
}
