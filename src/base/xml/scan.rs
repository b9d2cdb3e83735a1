//! One pass over an XML text before it is parsed: depth, elements, attributes and namespaces are bounded, because
//! a tree costs many times the text, and namespaces in scope are copied for every element that adds one.

use crate::base::Limits;
use crate::error::{Error, Result};

/// The deepest nesting: several times what any document of Windows servicing comes near.
const MAX_DEPTH: u64 = 256;
/// The most attributes that one element may have; each is compared with all the others.
const MAX_ATTRIBUTES: u64 = 256;
/// The most namespace declarations in force at one place.
const MAX_NAMESPACES: u64 = 64;
/// The most elements and attributes together: their tree stays under 300 MiB.
const MAX_NODES: u64 = 3_000_000;

/// What is counted on the way.
struct Scan<'l> {
    limits: &'l Limits,
    /// Namespaces in force, for each open element.
    open: Vec<u64>,
    nodes: u64,
}

/// Fails when a tree of `text` would be over the limits.
pub(super) fn scan(text: &str, limits: &Limits) -> Result<()> {
    let mut scan = Scan { limits, open: Vec::new(), nodes: 0 };
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        scan.count(1)?;
        rest = if rest.starts_with("<!--") {
            after(rest, 4, "-->")
        } else if rest.starts_with("<![CDATA[") {
            after(rest, 9, "]]>")
        } else if rest.starts_with("<?") {
            after(rest, 2, "?>")
        } else if rest.starts_with("<!") {
            return Err(Error::malformed("the document has a type definition, which is refused"));
        } else if rest.starts_with("</") {
            scan.open.pop();
            after(rest, 2, ">")
        } else {
            scan.element(rest)?
        };
    }
    Ok(())
}

/// What follows the first `end` past `skip` bytes; nothing where it is missing, which the parser will say.
fn after<'a>(text: &'a str, skip: usize, end: &str) -> &'a str {
    text[skip..].find(end).map_or("", |at| &text[skip + at + end.len()..])
}

impl Scan<'_> {
    fn count(&mut self, more: u64) -> Result<()> {
        self.nodes += more;
        let most = MAX_NODES.min(self.limits.max_entries);
        Limits::check("the number of elements and attributes", self.nodes, most).map(drop)
    }

    /// Counts the start tag that `text` begins with, and gives what follows it.
    fn element<'a>(&mut self, text: &'a str) -> Result<&'a str> {
        let bytes = text.as_bytes();
        let (mut attributes, mut quote, mut end) = (0, None, bytes.len());
        let mut namespaces = self.open.last().copied().unwrap_or(0);
        for (at, &byte) in bytes.iter().enumerate().skip(1) {
            match quote {
                Some(q) if q == byte => quote = None,
                None if byte == b'"' || byte == b'\'' => quote = Some(byte),
                None if byte == b'=' => attributes += 1,
                None if byte == b'x' && bytes[at..].starts_with(b"xmlns") => namespaces += 1,
                None if byte == b'>' => {
                    end = at;
                    break;
                }
                _ => {}
            }
        }
        self.count(attributes)?;
        Limits::check("the number of attributes of one element", attributes, MAX_ATTRIBUTES)?;
        Limits::check("the number of namespaces in force", namespaces, MAX_NAMESPACES)?;
        if bytes[..end].last() != Some(&b'/') {
            self.open.push(namespaces);
            let deepest = MAX_DEPTH.min(self.limits.max_depth.into());
            Limits::check("the depth of the document", self.open.len() as u64, deepest)?;
        }
        Ok(text.get(end + 1..).unwrap_or(""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn kind(text: &str) -> Option<ErrorKind> {
        scan(text, &Limits::default()).err().map(|e| e.kind())
    }

    #[test]
    fn ordinary_documents_pass() {
        let plain = "<?xml version='1.0'?><a x='>/' y=\"'\"><!-- <b> --><b/><![CDATA[<c><c>]]></a>";
        assert_eq!(kind(plain), None);
        assert_eq!(kind(&format!("<a>{}</a>", "<b c=''/>".repeat(1000))), None);
        for cut in 0..plain.len() {
            assert_eq!(kind(&plain[..cut]).filter(|k| *k != ErrorKind::Malformed), None);
        }
    }

    #[test]
    fn costly_documents_do_not() {
        assert_eq!(kind(&"<a>".repeat(300)), Some(ErrorKind::LimitExceeded));
        assert_eq!(kind(&format!("<a {}/>", "b='' ".repeat(300))), Some(ErrorKind::LimitExceeded));
        assert_eq!(kind(&"<a xmlns:b=''>".repeat(100)), Some(ErrorKind::LimitExceeded));
        assert_eq!(kind(&"<a/>".repeat(3_000_001)), Some(ErrorKind::LimitExceeded));
        assert_eq!(kind(&"<!---->".repeat(3_000_001)), Some(ErrorKind::LimitExceeded));
        assert_eq!(kind("<!DOCTYPE a><a/>"), Some(ErrorKind::Malformed));
    }
}
