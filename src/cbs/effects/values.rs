//! Registry values of manifests as the bytes that a hive keeps.

use super::macros::{View, expand};
use crate::cbs::manifest::{RegistryData, RegistryValue};
use crate::error::{Error, Result};
use crate::registry::ValueKind;

/// A value to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueEffect {
    /// The name; empty for the key's default value.
    pub name: String,
    /// The type.
    pub kind: ValueKind,
    /// The data.
    pub data: Vec<u8>,
    /// Added to what is there: for lists of strings.
    pub append: bool,
    /// Others may change it: one that is there already is kept.
    pub mutable: bool,
}

impl ValueEffect {
    /// The strings of a list of strings.
    pub fn strings(&self) -> Vec<String> {
        let units: Vec<u16> = self.data.chunks_exact(2).map(|c| u16::from_le_bytes([c[0], c[1]])).collect();
        units.split(|&u| u == 0).take_while(|s| !s.is_empty()).map(String::from_utf16_lossy).collect()
    }
}

/// What a value of a manifest writes.
pub(super) fn effect(value: &RegistryValue, view: View, drive: &str) -> Result<ValueEffect> {
    let text = |text: &str| Ok::<_, Error>(utf16(&expand(text, view, drive)?));
    let (kind, data) = match value.data()? {
        RegistryData::String(s) => (ValueKind::SZ, text(&s)?),
        RegistryData::ExpandString(s) => (ValueKind::EXPAND_SZ, text(&s)?),
        RegistryData::MultiString(all) => {
            let mut data = all.iter().map(|s| text(s)).collect::<Result<Vec<_>>>()?.concat();
            data.extend([0, 0]);
            (ValueKind::MULTI_SZ, data)
        }
        RegistryData::Dword(number) => (ValueKind::DWORD, number.to_le_bytes().to_vec()),
        RegistryData::Qword(number) => (ValueKind::QWORD, number.to_le_bytes().to_vec()),
        RegistryData::Binary(bytes) => (ValueKind::BINARY, bytes),
        RegistryData::Raw(kind, bytes) => (ValueKind(kind), bytes),
    };
    let append = match value.operation_hint.to_ascii_lowercase().as_str() {
        "" | "replace" => false,
        "append" if kind == ValueKind::MULTI_SZ => true,
        "append" => {
            return Err(Error::unsupported(format!("nothing is appended to a {kind}")));
        }
        other => return Err(Error::unsupported(format!("the operation '{other}' is not carried out"))),
    };
    Ok(ValueEffect { name: value.name.clone(), kind, data, append, mutable: value.mutable })
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}

/// Two lists of strings, the second's behind the first's, none twice.
pub fn merged(there: &[String], added: &[String]) -> Vec<String> {
    let mut all = there.to_vec();
    for text in added {
        if !all.iter().any(|known| known.to_lowercase() == text.to_lowercase()) {
            all.push(text.clone());
        }
    }
    all
}
