//! The metadata file: all that a folder cannot hold of an image, written by an extraction and taken back by a capture,
//! so that both together lose nothing. `docs/metadata.md` describes it.

mod read;
mod write;

use crate::base::{Name, Sha1Digest};
use crate::error::{Error, Result};
use crate::wim::metadata::{ExtraStream, Inode, Times};
pub(in crate::wim) use read::{Known, Sidecar};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
pub(in crate::wim) use write::{Kept, write};

/// What the file calls its form.
const SCHEMA: &str = "wimwright.metadata.v1";

/// Contents up to this size stand in the file itself.
const INLINE: u64 = 4096;

/// The folder beside the file that holds larger contents, each named by its SHA-1.
fn data_folder(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".data");
    file.with_file_name(name)
}

/// Text, or what is none: UTF-16 with unpaired surrogates, or a path with a separator in a name.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Text {
    Plain(String),
    Units { utf16: String },
    Parts(Vec<Text>),
}

impl Text {
    fn new(name: &Name) -> Self {
        match String::from_utf16(name.units()) {
            Ok(text) => Self::Plain(text),
            Err(_) => Self::Units { utf16: hex(name.units().iter().flat_map(|u| u.to_le_bytes())) },
        }
    }

    /// A path with `\` before each name; the root is a single one.
    fn path(names: &[Name]) -> Self {
        if names.iter().any(|name| name.units().contains(&u16::from(b'\\'))) {
            return Self::Parts(names.iter().map(Self::new).collect());
        }
        let mut units = Vec::new();
        for name in names {
            units.push(u16::from(b'\\'));
            units.extend_from_slice(name.units());
        }
        if units.is_empty() {
            units.push(u16::from(b'\\'));
        }
        Self::new(&Name::from_units(units))
    }

    fn name(&self) -> Result<Name> {
        match self {
            Self::Plain(text) => Ok(Name::from(text.as_str())),
            Self::Units { utf16 } => {
                let bytes = unhex(utf16)?;
                let units = bytes.chunks_exact(2).map(|c| u16::from_le_bytes([c[0], c[1]]));
                Ok(Name::from_units(units.collect::<Vec<_>>()))
            }
            Self::Parts(_) => Err(Error::malformed("a list stands where a name should")),
        }
    }

    fn names(&self) -> Result<Vec<Name>> {
        if let Self::Parts(parts) = self {
            return parts.iter().map(Self::name).collect();
        }
        let name = self.name()?;
        let parts = name.units().split(|&u| u == u16::from(b'\\')).filter(|part| !part.is_empty());
        Ok(parts.map(Name::from_units).collect())
    }
}

/// One entry of the image.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    path: Text,
    attributes: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    security: Option<u32>,
    created: Ticks,
    accessed: Ticks,
    written: Ticks,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    short_name: Option<Text>,
    /// Names of one file share it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<u32>,
    /// The hard-link group as stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    link_group: Option<Ticks>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reparse: Option<Reparse>,
    /// The dentry's own digest field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sha1: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    streams: Vec<Stream>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tagged_items: Option<String>,
    /// Fields without a known meaning, where they are not zero.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unused: Option<String>,
    /// Where a list of children is stored although a directory has none, or the other way round.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    has_list: Option<bool>,
    /// The folder does not have it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    only_here: bool,
}

/// A reparse point's own fields.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reparse {
    tag: u32,
    #[serde(default)]
    reserved: u16,
    #[serde(default)]
    flags: u16,
    /// What the link in the folder says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    link: Option<Text>,
}

/// A stream beside the dentry's own.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stream {
    name: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sha1: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reserved: Option<Ticks>,
}

/// A 64-bit number as decimal text: a JSON number of this size is rounded by many readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ticks(u64);

impl Serialize for Ticks {
    fn serialize<S: serde::Serializer>(&self, s: S) -> std::result::Result<S::Ok, S::Error> {
        s.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Ticks {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        text.parse().map(Self).map_err(|_| serde::de::Error::custom(format!("'{text}' is no number")))
    }
}

impl Record {
    /// The inode that the record describes. Names of one file share `file`.
    fn inode(&self) -> Result<Inode> {
        let digest = |text: &Option<String>| match text {
            Some(text) => Sha1Digest::from_hex(text),
            None => Ok(Sha1Digest::default()),
        };
        let stream = |stream: &Stream| {
            let (name, reserved) = (stream.name.name()?, stream.reserved.map_or(0, |r| r.0));
            Ok(ExtraStream { name, sha1: digest(&stream.sha1)?, reserved })
        };
        let mut inode = Inode {
            attributes: self.attributes,
            security_id: self.security.map_or(-1, |id| id as i32),
            times: Times { creation: self.created.0, access: self.accessed.0, write: self.written.0 },
            default_sha1: digest(&self.sha1)?,
            link: self.link_group.map_or(0, |group| group.0),
            streams: self.streams.iter().map(stream).collect::<Result<_>>()?,
            tagged: self.tagged_items.as_deref().map_or(Ok(Vec::new()), unhex)?.into(),
            ..Inode::default()
        };
        if let Some(Reparse { tag, reserved, flags, .. }) = &self.reparse {
            inode.link = u64::from(*tag) | u64::from(*reserved) << 32 | u64::from(*flags) << 48;
        }
        if let Some(unused) = &self.unused {
            let bytes = unhex(unused)?;
            let mut from = crate::base::Bytes::new(&bytes);
            inode.unused = [from.u64()?, from.u64()?];
            inode.unknown = from.u32()?;
        }
        inode.has_list = self.has_list.unwrap_or(inode.is_dir());
        if inode.is_reparse_point() != self.reparse.is_some() || inode.streams.len() > usize::from(u16::MAX) {
            return Err(Error::malformed("its attributes, reparse tag and streams do not fit together"));
        }
        Ok(inode)
    }
}

/// Bytes as hexadecimal text.
fn hex(bytes: impl IntoIterator<Item = u8>) -> String {
    let digit = |n: u8| char::from(b"0123456789abcdef"[usize::from(n)]);
    bytes.into_iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]).collect()
}

fn unhex(text: &str) -> Result<Vec<u8>> {
    let digit = |b: u8| char::from(b).to_digit(16).map(|d| d as u8);
    let pairs = text.as_bytes().chunks(2);
    let bytes: Option<_> = pairs.map(|p| Some(digit(p[0])? << 4 | digit(*p.get(1)?)?)).collect();
    bytes.ok_or_else(|| Error::malformed("what should be hexadecimal is not"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_paths_come_back() {
        for units in [vec![0x61, 0x62], vec![0xD800], vec![0x61, 0xDC00, 0xD800], vec![]] {
            let name = Name::from_units(units);
            assert!(Text::new(&name).name().unwrap().same_spelling(&name));
        }
        for path in [vec![], vec!["a"], vec!["a", "b c"], vec!["back\\slash", "x"], vec!["a/b"]] {
            let names: Vec<Name> = path.into_iter().map(Name::from).collect();
            let json = serde_json::to_string(&Text::path(&names)).unwrap();
            let back: Text = serde_json::from_str(&json).unwrap();
            assert_eq!(back.names().unwrap(), names, "{json}");
        }
        assert_eq!(serde_json::to_string(&Text::path(&[])).unwrap(), r#""\\""#);
        assert_eq!(unhex(&hex([0, 0xAB, 255])).unwrap(), [0, 0xAB, 255]);
        assert!(unhex("abc").is_err() && unhex("zz").is_err());
    }
}
