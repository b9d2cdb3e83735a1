//! Reading a metadata file: entry by entry, into what a capture asks for.

use super::{Record, SCHEMA, data_folder, unhex};
use crate::base::{Blob, FileBlob, Limits, Name, Sha1Digest, sha1};
use crate::error::{Error, ErrorKind, Result};
use crate::wim::metadata::Inode;
use crate::wim::security::SecurityData;
use serde::Deserialize;
use serde::de::{self, SeqAccess, Visitor};
use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the file knows of one entry.
#[derive(Clone, Debug)]
pub(in crate::wim) struct Known {
    /// The path in the image.
    pub names: Vec<Name>,
    pub short_name: Name,
    pub inode: Inode,
    /// Names of one file share it.
    pub file: Option<u32>,
    /// What the link in the folder said when it was made.
    pub link: Option<Vec<u8>>,
    /// The folder never had it.
    pub only_here: bool,
}

/// A metadata file.
pub(in crate::wim) struct Sidecar {
    /// The `IMAGE` element of the image.
    pub element: Option<String>,
    pub security: SecurityData,
    /// In the order of the file, directories before what is in them.
    pub entries: Vec<Known>,
    by_path: HashMap<Vec<u16>, usize>,
    contents: HashMap<Sha1Digest, Blob>,
    data: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    schema: String,
    image: Image,
    #[serde(default)]
    security: Vec<String>,
    entries: Entries,
    #[serde(default)]
    contents: HashMap<String, String>,
}

#[derive(Deserialize)]
struct Image {
    element: Option<String>,
}

/// The entries, each made into what is kept as soon as it is read.
struct Entries(Vec<Known>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: de::Deserializer<'de>>(d: D) -> std::result::Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of entries")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> std::result::Result<Entries, A::Error> {
                let mut out = Vec::new();
                while let Some(record) = seq.next_element::<Record>()? {
                    out.push(known(&record).map_err(|e| {
                        let path = serde_json::to_string(&record.path).unwrap_or_default();
                        de::Error::custom(format!("the entry {path}: {e}"))
                    })?);
                }
                Ok(Entries(out))
            }
        }
        d.deserialize_seq(All)
    }
}

fn known(record: &Record) -> Result<Known> {
    let link = record.reparse.as_ref().and_then(|r| r.link.as_ref()).map(super::Text::name);
    Ok(Known {
        names: record.path.names()?,
        short_name: record.short_name.as_ref().map_or(Ok(Name::default()), super::Text::name)?,
        inode: record.inode()?,
        file: record.file,
        link: link.transpose()?.map(|link| link.to_wtf8()),
        only_here: record.only_here,
    })
}

/// A path as one key: no name has a NUL.
fn key(names: &[Name]) -> Vec<u16> {
    let mut out = Vec::new();
    for name in names {
        out.extend_from_slice(name.units());
        out.push(0);
    }
    out
}

impl Sidecar {
    /// Reads the file at `path`.
    pub fn open(path: &Path, limits: &Limits) -> Result<Self> {
        let named = |e: Error| e.with_path(path.display());
        let file = File::open(path).map_err(|e| Error::io("open the metadata file", path, e))?;
        let document: Document =
            serde_json::from_reader(BufReader::with_capacity(1 << 20, file)).map_err(|e| {
                let kind = if e.is_io() { ErrorKind::Io } else { ErrorKind::Malformed };
                named(Error::new(kind, "the metadata file cannot be read").with_source(e))
            })?;
        if document.schema != SCHEMA {
            let message = format!("is of the form '{}', not '{SCHEMA}'", document.schema);
            return Err(named(Error::unsupported(message)));
        }
        Self::new(document, data_folder(path), limits).map_err(named)
    }

    fn new(document: Document, data: PathBuf, limits: &Limits) -> Result<Self> {
        let entries = document.entries.0;
        Limits::check("the number of the metadata file's entries", entries.len() as u64, limits.max_entries)?;
        let descriptors = document.security.iter().map(|text| unhex(text)).collect::<Result<Vec<_>>>()?;
        let count = descriptors.len();
        for entry in &entries {
            let id = entry.inode.security_id;
            if usize::try_from(id).is_ok_and(|id| id >= count) {
                return Err(Error::malformed(format!("there is no security descriptor {id}")));
            }
        }
        let mut contents = HashMap::with_capacity(document.contents.len());
        for (name, text) in &document.contents {
            let (name, bytes) = (Sha1Digest::from_hex(name)?, unhex(text)?);
            if sha1(&bytes) != name {
                let message = format!("the contents {name} have another digest");
                return Err(Error::new(ErrorKind::HashMismatch, message));
            }
            contents.insert(name, Arc::new(bytes) as Blob);
        }
        let by_path = entries.iter().enumerate().map(|(at, known)| (key(&known.names), at)).collect();
        let (element, security) = (document.image.element, SecurityData::from_descriptors(&descriptors));
        Ok(Self { element, security, entries, by_path, contents, data })
    }

    /// What is known of the entry with this path.
    pub fn get(&self, names: &[Name]) -> Option<&Known> {
        self.by_path.get(&key(names)).and_then(|&at| self.entries.get(at))
    }

    /// Contents that the folder could not hold.
    pub fn contents(&self, sha1: &Sha1Digest) -> Result<Blob> {
        if let Some(blob) = self.contents.get(sha1) {
            return Ok(blob.clone());
        }
        match FileBlob::new(self.data.join(sha1.to_string())) {
            Ok(blob) => Ok(Arc::new(blob)),
            Err(e) => {
                let message = format!("the metadata file does not have the contents {sha1}");
                Err(Error::new(ErrorKind::NotFound, message).with_source(e))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{
"schema":"wimwright.metadata.v1",
"image":{"name":"x","element":"<IMAGE><NAME>x</NAME></IMAGE>"},
"security":["01000480"],
"entries":[
{"path":"\\","attributes":16,"security":0,"created":"1","accessed":"2","written":"18446744073709551615"},
{"path":{"utf16":"5c0000d8"},"attributes":32,"created":"1","accessed":"2","written":"3","short_name":"A~1","file":7,
 "link_group":"9","sha1":"a9993e364706816aba3e25717850c26c9cd0d89d","tagged_items":"0100","unused":
 "0102030405060708090a0b0c0d0e0f1011121314","streams":[{"name":"s","sha1":"a9993e364706816aba3e25717850c26c9cd0d89d"}]},
{"path":["a\\b"],"attributes":1040,"created":"1","accessed":"2","written":"3","reparse":
 {"tag":2684354563,"reserved":0,"flags":1,"link":"../c"},"only_here":true,"has_list":true}],
"contents":{"a9993e364706816aba3e25717850c26c9cd0d89d":"616263"}
}"#;

    fn read(text: &[u8]) -> Result<Sidecar> {
        let document: Document =
            serde_json::from_slice(text).map_err(|e| Error::malformed("bad").with_source(e))?;
        Sidecar::new(document, PathBuf::from("/nonexistent"), &Limits::default())
    }

    #[test]
    fn every_field_is_read() {
        let sidecar = read(GOOD.as_bytes()).unwrap();
        assert_eq!(sidecar.security.get(0), Some(&[1, 0, 4, 128][..]));
        assert_eq!(sidecar.get(&[]).unwrap().inode.times.write, u64::MAX);
        let file = sidecar.get(&[Name::from_units(vec![0xD800])]).unwrap();
        assert_eq!((file.inode.link, file.file, file.inode.unknown), (9, Some(7), 0x1413_1211));
        assert_eq!(file.inode.named_streams().count(), 1);
        let link = sidecar.get(&[Name::from("a\\b")]).unwrap();
        assert_eq!(link.inode.link, 0x0001_0000_A000_0003);
        assert!(link.only_here && link.inode.has_list && link.link.as_deref() == Some(b"../c"));
        let abc = sha1(b"abc");
        assert_eq!(crate::base::read_all(&*sidecar.contents(&abc).unwrap()).unwrap(), b"abc");
        assert_eq!(sidecar.contents(&sha1(b"abd")).err().map(|e| e.kind()), Some(ErrorKind::NotFound));
    }

    #[test]
    fn what_is_not_right_is_an_error_and_never_a_panic() {
        for (from, to) in [
            ("\"attributes\":16", "\"attributes\":1040"),
            ("\"security\":0", "\"security\":1"),
            ("\"616263\"", "\"616264\""),
            ("\"unused\"", "\"unknown\""),
            ("\"0102030405060708090a0b0c0d0e0f1011121314\"", "\"0102\""),
        ] {
            assert!(GOOD.contains(from) && read(GOOD.replacen(from, to, 1).as_bytes()).is_err(), "{from}");
        }
        let mut state = 1u64;
        for round in 0..4000 {
            let mut text = GOOD.as_bytes().to_vec();
            for _ in 0..=round % 3 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let at = (state >> 33) as usize % text.len();
                text[at] = (state >> 25) as u8;
            }
            let _ = read(&text);
        }
    }
}
