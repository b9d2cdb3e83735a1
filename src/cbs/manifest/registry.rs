//! Registry keys and values of a component manifest, with their typed data.

use crate::base::xml_children;
use crate::cbs::xml::{text, yes};
use crate::error::{Error, Result};
use roxmltree::Node;

/// A registry key that a component creates or adds to.
#[derive(Clone, Debug)]
pub struct RegistryKey {
    /// The full name, `HKEY_LOCAL_MACHINE\…`.
    pub name: String,
    /// Whether the component owns it.
    pub owner: bool,
    /// The name of its security descriptor.
    pub descriptor: String,
    /// Its values.
    pub values: Vec<RegistryValue>,
}

/// A registry value as the manifest writes it; [`data`](Self::data) gives what it means.
#[derive(Clone, Debug)]
pub struct RegistryValue {
    /// The name, empty for the key's default value.
    pub name: String,
    /// `REG_SZ`, `REG_DWORD`, ..., or the type's number as eight hexadecimal digits.
    pub value_type: String,
    /// The value as text.
    pub value: String,
    /// `replace`, `append` or empty.
    pub operation_hint: String,
    /// Whether others may change it.
    pub mutable: bool,
}

/// What a registry value holds. Macros in texts are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegistryData {
    /// `REG_SZ`.
    String(String),
    /// `REG_EXPAND_SZ`.
    ExpandString(String),
    /// `REG_MULTI_SZ`.
    MultiString(Vec<String>),
    /// `REG_DWORD`.
    Dword(u32),
    /// `REG_QWORD`.
    Qword(u64),
    /// `REG_BINARY`.
    Binary(Vec<u8>),
    /// Any other type, by its number.
    Raw(u32, Vec<u8>),
}

pub(super) fn key(node: Node<'_, '_>) -> RegistryKey {
    let descriptor = xml_children(node, "securityDescriptor").next();
    RegistryKey {
        name: text(node, "keyName"),
        owner: yes(node, "owner"),
        descriptor: descriptor.map(|d| text(d, "name")).unwrap_or_default(),
        values: xml_children(node, "registryValue").map(value).collect(),
    }
}

fn value(node: Node<'_, '_>) -> RegistryValue {
    RegistryValue {
        name: text(node, "name"),
        value_type: text(node, "valueType"),
        value: text(node, "value"),
        operation_hint: text(node, "operationHint"),
        mutable: yes(node, "mutable"),
    }
}

impl RegistryValue {
    /// The value's data by its type.
    pub fn data(&self) -> Result<RegistryData> {
        let value = self.value.as_str();
        let bad =
            || Error::malformed(format!("'{value}' is no {} value", self.value_type)).with_path(&self.name);
        Ok(match self.value_type.to_ascii_uppercase().as_str() {
            "REG_SZ" => RegistryData::String(value.to_owned()),
            "REG_EXPAND_SZ" => RegistryData::ExpandString(value.to_owned()),
            "REG_MULTI_SZ" => RegistryData::MultiString(multi_string(value).ok_or_else(bad)?),
            "REG_DWORD" => {
                let number = number(value, 10).ok_or_else(bad)?;
                RegistryData::Dword(u32::try_from(number).map_err(|_| bad())?)
            }
            "REG_QWORD" => RegistryData::Qword(number(value, 16).ok_or_else(bad)?),
            "REG_BINARY" => RegistryData::Binary(hex(value).ok_or_else(bad)?),
            "REG_NONE" => RegistryData::Raw(0, hex(value).ok_or_else(bad)?),
            other => {
                let raw = u32::from_str_radix(other, 16).ok().filter(|_| other.len() == 8);
                let number = raw.ok_or_else(|| {
                    Error::unsupported(format!("the registry type '{}' is not known", self.value_type))
                })?;
                RegistryData::Raw(number, hex(value).ok_or_else(bad)?)
            }
        })
    }
}

/// A number with `0x` in front, or plain in the type's own `radix`.
fn number(text: &str, radix: u32) -> Option<u64> {
    let text = text.trim();
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => u64::from_str_radix(text, radix).ok(),
    }
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .bytes()
        .filter(|b| !b.is_ascii_whitespace() && *b != b',')
        .map(|b| (b as char).to_digit(16).map(|d| d as u8))
        .collect::<Option<_>>()?;
    let pairs = digits.chunks(2).map(|p| Some(p[0] << 4 | p.get(1)?));
    pairs.collect()
}

/// `"one","two"`: quoted parts between commas; a backslash is only a backslash.
fn multi_string(text: &str) -> Option<Vec<String>> {
    let (mut out, mut rest) = (Vec::new(), text.trim());
    while !rest.is_empty() {
        let (part, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => rest.split_at(rest.find(',').unwrap_or(rest.len())),
        };
        out.push(part.to_owned());
        rest = match after.trim_start().strip_prefix(',') {
            Some(next) => next.trim_start(),
            None if after.trim().is_empty() => "",
            None => return None,
        };
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(value_type: &str, value: &str) -> Result<RegistryData> {
        let (value_type, value) = (value_type.to_owned(), value.to_owned());
        let name = "n".to_owned();
        RegistryValue { name, value_type, value, operation_hint: String::new(), mutable: false }.data()
    }

    #[test]
    fn values_are_typed() {
        let of = |t, v| data(t, v).unwrap();
        assert_eq!(of("REG_SZ", r"a\b"), RegistryData::String(r"a\b".into()));
        assert_eq!(of("REG_EXPAND_SZ", "%a%"), RegistryData::ExpandString("%a%".into()));
        assert_eq!(of("REG_DWORD", "0x00000010"), RegistryData::Dword(16));
        assert_eq!(of("REG_DWORD", "10"), RegistryData::Dword(10));
        assert_eq!(of("REG_QWORD", "0000000000000800"), RegistryData::Qword(0x800));
        assert_eq!(of("REG_BINARY", "01 0A,ff"), RegistryData::Binary(vec![1, 10, 255]));
        assert_eq!(of("REG_NONE", ""), RegistryData::Raw(0, vec![]));
        assert_eq!(of("ffff0012", "0102"), RegistryData::Raw(0xFFFF_0012, vec![1, 2]));
        let many = RegistryData::MultiString(vec![r"a\".into(), "b,c".into(), String::new()]);
        assert_eq!(of("REG_MULTI_SZ", r#""a\", "b,c","""#), many);
        assert_eq!(of("REG_MULTI_SZ", ""), RegistryData::MultiString(vec![]));
    }

    #[test]
    fn values_that_do_not_fit_are_named() {
        for (kind, value) in [
            ("REG_DWORD", "0x100000000"),
            ("REG_DWORD", "x"),
            ("REG_BINARY", "abc"),
            ("REG_MULTI_SZ", "\"a"),
            ("REG_MULTI_SZ", "\"a\"b"),
            ("REG_WHAT", "1"),
        ] {
            assert!(data(kind, value).is_err(), "{kind} {value}");
        }
    }
}
