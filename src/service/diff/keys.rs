//! Keys and values that differ, as people and programs read them.

use super::entries::security;
use super::{Change, Sides};
use crate::base::{Name, Secured, Sha256Digest, hex_text, sha256};
use crate::error::Result;
use crate::registry::{Key, KeyDiff, Value, ValueDiff, ValueKind};
use crate::wim::xml::FileTime;
use serde::Serialize;

/// Bytes of a value's data that are shown; of longer data the digest is.
const SHOWN: usize = 4096;

/// A key that is in one hive only, or not the same in both. What is the same on both sides is `None`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct KeyDifference {
    /// The hive's path in the image.
    pub hive: String,
    /// The key's path in the hive; empty for its root.
    pub key: String,
    /// What became of it.
    pub change: Change,
    /// The name, where case is all that differs in it.
    pub name: Option<Sides<String>>,
    /// The class name.
    pub class: Option<Sides<String>>,
    /// The security descriptor, as SDDL.
    pub security: Option<Sides<String>>,
    /// The flags of the key's cell.
    pub flags: Option<Sides<u16>>,
    /// When it was written last; only where times were asked for.
    pub written: Option<Sides<FileTime>>,
    /// The values that differ.
    pub values: Vec<ValueDifference>,
}

/// A value that is in one key only, or not the same in both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ValueDifference {
    /// The name, spelled as in the second image where it is there; empty for the default value.
    pub name: String,
    /// What became of it.
    pub change: Change,
    /// What it was.
    pub before: Option<ValueData>,
    /// What it is.
    pub after: Option<ValueData>,
}

/// The type and data of a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ValueData {
    /// The name as this side spells it.
    pub name: String,
    /// `REG_SZ`, ...; of a type without a name its number.
    #[serde(rename = "type")]
    pub kind: String,
    /// Bytes of data.
    pub size: usize,
    /// The data for people: a text in quotes, strings in quotes, a number, else `hex:` and the bytes; `None` where it is
    /// long.
    pub text: Option<String>,
    /// The SHA-256 of the data.
    pub sha256: Sha256Digest,
}

impl KeyDifference {
    pub(super) fn new(hive: &str, found: KeyDiff<'_>) -> Result<Self> {
        let (before, after) = (found.before.as_ref(), found.after.as_ref());
        let both = before.zip(after);
        let change = match (before, after) {
            (Some(_), Some(_)) => Change::Changed,
            (Some(_), None) => Change::Removed,
            _ => Change::Added,
        };
        let name = both
            .filter(|_| found.spelling)
            .map(|(a, b)| Sides { before: Some(a.name().to_string()), after: Some(b.name().to_string()) });
        let class = |key: Option<&Key<'_>>| -> Result<Option<String>> {
            let class = key.map(Key::class).transpose()?;
            Ok(class.filter(|name| !name.is_empty()).map(|name| name.to_string()))
        };
        let class = Sides { before: class(before)?, after: class(after)? };
        let (old, new) = (key_security(before)?, key_security(after)?);
        let values = found.values.iter().map(ValueDifference::new).collect::<Result<_>>()?;
        let alone = both.is_none();
        Ok(Self {
            hive: hive.to_owned(),
            key: found.path,
            change,
            name,
            class: Some(class)
                .filter(|c| (alone || found.class) && (c.before.is_some() || c.after.is_some())),
            security: security(old, new, Secured::Key),
            flags: both
                .filter(|_| found.flags)
                .map(|(a, b)| Sides { before: Some(a.flags().0), after: Some(b.flags().0) }),
            written: both.filter(|_| found.written).map(|(a, b)| Sides {
                before: Some(FileTime(a.written())),
                after: Some(FileTime(b.written())),
            }),
            values,
        })
    }
}

fn key_security<'h>(key: Option<&Key<'h>>) -> Result<Option<&'h [u8]>> {
    Ok(key.map(Key::security).transpose()?.flatten())
}

impl ValueDifference {
    fn new(found: &ValueDiff<'_>) -> Result<Self> {
        let before = found.before.as_ref().map(ValueData::new).transpose()?;
        let after = found.after.as_ref().map(ValueData::new).transpose()?;
        let change = match (&before, &after) {
            (Some(_), Some(_)) => Change::Changed,
            (Some(_), None) => Change::Removed,
            _ => Change::Added,
        };
        let name = after.as_ref().or(before.as_ref()).map(|v| v.name.clone()).unwrap_or_default();
        Ok(Self { name, change, before, after })
    }
}

impl ValueData {
    fn new(value: &Value<'_>) -> Result<Self> {
        let data = value.data()?;
        let text = (data.len() <= SHOWN).then(|| readable(value.kind(), &data));
        let (name, kind) = (value.name().to_string(), value.kind().to_string());
        Ok(Self { name, kind, size: data.len(), text, sha256: sha256(&data) })
    }
}

/// Data in the form that its type says, where it is whole in that form; else its bytes.
fn readable(kind: ValueKind, data: &[u8]) -> String {
    let number = |digits: usize, n: u64| format!("0x{n:0digits$x} ({n})");
    let formed = match kind {
        ValueKind::SZ | ValueKind::EXPAND_SZ | ValueKind::LINK => strings(data, false),
        ValueKind::MULTI_SZ => strings(data, true),
        ValueKind::DWORD => data.try_into().ok().map(|b| number(8, u32::from_le_bytes(b).into())),
        ValueKind::DWORD_BIG_ENDIAN => data.try_into().ok().map(|b| number(8, u32::from_be_bytes(b).into())),
        ValueKind::QWORD => data.try_into().ok().map(|b| number(16, u64::from_le_bytes(b))),
        _ => None,
    };
    formed.unwrap_or_else(|| hex_text(data))
}

/// One string that ends in one NUL, or several each with its own and an empty one at the end; `None` for everything
/// else, so that two data never read the same and differ.
fn strings(data: &[u8], many: bool) -> Option<String> {
    let (units, rest) = data.as_chunks::<2>();
    let units: Vec<u16> = units.iter().map(|unit| u16::from_le_bytes(*unit)).collect();
    let (last, body) = units.split_last()?;
    if *last != 0 || !rest.is_empty() {
        return None;
    }
    if !many {
        return quoted(body);
    }
    let Some((end, body)) = body.split_last() else { return Some(String::new()) };
    if *end != 0 {
        return None;
    }
    let parts: Vec<String> = body.split(|unit| *unit == 0).map(quoted).collect::<Option<_>>()?;
    (!parts.iter().any(|part| part == "\"\"")).then(|| parts.join(" "))
}

fn quoted(units: &[u16]) -> Option<String> {
    let text = String::from_utf16(units).ok().filter(|text| !text.contains('\0'))?;
    Some(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// A name that stands for the default value where it is empty.
pub fn value_name(name: &str) -> String {
    if name.is_empty() {
        "(default)".to_owned()
    } else {
        quoted(Name::from(name).units()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn data_reads_as_its_type_says() {
        let cases: [(ValueKind, Vec<u8>, &str); 12] = [
            (ValueKind::SZ, wide("a \"b\" \\c\0"), r#""a \"b\" \\c""#),
            (ValueKind::SZ, wide("no end"), "hex:6e006f00200065006e006400"),
            (ValueKind::SZ, wide("a\0b\0"), "hex:6100000062000000"),
            (ValueKind::SZ, Vec::new(), "hex:"),
            (ValueKind::EXPAND_SZ, wide("%x%\0"), "\"%x%\""),
            (ValueKind::MULTI_SZ, wide("one\0two\0\0"), "\"one\" \"two\""),
            (ValueKind::MULTI_SZ, wide("\0"), ""),
            (ValueKind::MULTI_SZ, wide("one\0"), "hex:6f006e0065000000"),
            (ValueKind::DWORD, vec![0x70, 0, 0, 0], "0x00000070 (112)"),
            (ValueKind::DWORD, vec![0x70, 0, 0], "hex:700000"),
            (ValueKind::QWORD, vec![1, 0, 0, 0, 0, 0, 0, 0], "0x0000000000000001 (1)"),
            (ValueKind::BINARY, vec![1, 255], "hex:01ff"),
        ];
        for (kind, data, expected) in cases {
            assert_eq!(readable(kind, &data), expected, "{kind} {data:?}");
        }
        assert_eq!(value_name(""), "(default)");
    }

    #[test]
    fn different_data_never_read_the_same() {
        let mut seen = std::collections::HashMap::new();
        // Every data of up to four units of these.
        for count in 0..5_u32 {
            for mut number in 0..3_usize.pow(count) {
                let data: Vec<u8> = (0..count)
                    .flat_map(|_| {
                        let unit = [0, b'a', b'"'][number % 3];
                        number /= 3;
                        [unit, 0]
                    })
                    .collect();
                for kind in [ValueKind::SZ, ValueKind::MULTI_SZ] {
                    if let Some(other) = seen.insert((kind, readable(kind, &data)), data.clone()) {
                        assert_eq!(other, data, "{kind}");
                    }
                }
            }
        }
    }
}
