//! How values stand in JSON documents where serde's own way would make a reader's life harder.

use crate::error::{Error, ErrorKind, Result as Outcome};
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

/// A text, or `null` where it is empty.
pub(crate) fn unless_empty<S: Serializer>(text: &str, s: S) -> Result<S::Ok, S::Error> {
    Some(text).filter(|t| !t.is_empty()).serialize(s)
}

/// A path as people see it; serde's own way fails on one that is not UTF-8.
pub(crate) fn path<S: Serializer>(path: &Path, s: S) -> Result<S::Ok, S::Error> {
    s.collect_str(&path.display())
}

/// Names and values as an object; of a name that comes twice, the last.
pub(crate) fn as_object<S: Serializer>(pairs: &[(String, String)], s: S) -> Result<S::Ok, S::Error> {
    pairs.iter().map(|(name, value)| (name, value)).collect::<BTreeMap<_, _>>().serialize(s)
}

/// `value` as the document `wimwright.NAME.v1`: its own fields behind one that names the schema. Which schema that is, and
/// what may change in it, stands in `docs/json.md`; a value that names its schema itself is left as it is.
///
/// ```
/// use wimwright::base::{document, write_document};
///
/// #[derive(serde::Serialize)]
/// struct Answer {
///     images: u32,
/// }
///
/// let text = document("answer", &Answer { images: 2 }, false)?;
/// assert_eq!(text, r#"{"schema":"wimwright.answer.v1","images":2}"#);
/// let mut out = Vec::new();
/// write_document(&mut out, "answer", &Answer { images: 2 }, false)?;
/// assert_eq!(out, text.as_bytes());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn document(name: &str, value: &impl Serialize, pretty: bool) -> Outcome<String> {
    let mut out = Vec::new();
    let failed = |e| Error::new(ErrorKind::Internal, "cannot write the result as JSON").with_source(e);
    write_document(&mut out, name, value, pretty).map_err(failed)?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// Writes the [`document`] piece by piece, so that a long one is never in memory as a whole.
pub fn write_document(
    out: &mut dyn Write,
    name: &str,
    value: &impl Serialize,
    pretty: bool,
) -> io::Result<()> {
    let colon = if pretty { ": " } else { ":" };
    let field = format!("\"schema\"{colon}\"wimwright.{name}.v1\"");
    let mut named = Named { out, field, head: Some(Vec::new()) };
    if pretty {
        serde_json::to_writer_pretty(&mut named, value)?;
    } else {
        serde_json::to_writer(&mut named, value)?;
    }
    named.begin()
}

/// Puts the field before the others of the object that is written through it.
struct Named<'a> {
    out: &'a mut dyn Write,
    field: String,
    /// What was written so far, while it cannot be told whether the object has a schema of its own.
    head: Option<Vec<u8>>,
}

impl Named<'_> {
    fn begin(&mut self) -> io::Result<()> {
        let Some(head) = self.head.take() else { return Ok(()) };
        let fields = head.strip_prefix(b"{");
        let space = fields.map_or(0, |f| f.iter().take_while(|b| b.is_ascii_whitespace()).count());
        let Some((space, fields)) = fields.map(|f| f.split_at(space)) else {
            return self.out.write_all(&head);
        };
        if fields.starts_with(b"\"schema\"") {
            return self.out.write_all(&head);
        }
        let comma: &[u8] = if fields.starts_with(b"}") { b"" } else { b"," };
        for part in [&b"{"[..], space, self.field.as_bytes(), comma, space, fields] {
            self.out.write_all(part)?;
        }
        Ok(())
    }
}

impl Write for Named<'_> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        match &mut self.head {
            None => return self.out.write(data),
            Some(head) => head.extend_from_slice(data),
        }
        // As much as an opening brace, a line's indent and the name of a field take.
        if self.head.as_ref().is_some_and(|head| head.len() > 16) {
            self.begin()?;
        }
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn a_document_names_its_schema_first_and_once() {
        let own = json!({"schema": "wimwright.receipt.v1", "a": 1});
        for pretty in [false, true] {
            let made = |value: &Value| document("info", value, pretty).unwrap();
            let back = |text: &str| serde_json::from_str::<Value>(text).unwrap();
            let text = made(&json!({"a": {"b": []}, "c": "}"}));
            assert_eq!(back(&text), json!({"schema": "wimwright.info.v1", "a": {"b": []}, "c": "}"}));
            assert!(text.trim_start_matches(['{', '\n', ' ']).starts_with("\"schema\""), "{text}");
            assert_eq!(back(&made(&json!({}))), json!({"schema": "wimwright.info.v1"}));
            assert_eq!(back(&made(&own)), own);
            assert_eq!(back(&made(&json!([1]))), json!([1]));
        }
    }
}
