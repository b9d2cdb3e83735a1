//! An update file opened: what kind it is, its outer members, and the cabinets that hold its packages.

use super::cab::{Cabinet, Member};
use crate::base::{FileAt, Limits, Phase, Progress, ReadAt, Source, Window, utf16le_to_string};
use crate::error::{Error, ErrorKind, Result};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;

/// How deep cabinets of cabinets are followed.
const MAX_NESTING: u32 = 3;

/// What a file is, by its first bytes and what it holds; never by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A cabinet with one package: `update.mum` and what belongs to it.
    Cab,
    /// An update package in cabinet form: cabinets with packages, an answer file, properties.
    CabMsu,
    /// A cabinet that holds only cabinets.
    CabOfCabs,
}

/// A member of the container that is no package.
#[derive(Clone, Debug, serde::Serialize)]
pub struct OuterMember {
    /// Its name.
    pub name: String,
    /// Bytes.
    pub size: u64,
}

/// A cabinet that holds a package.
pub struct PackageCab {
    /// The cabinet's name in its container, or its file name.
    pub name: String,
    /// The cabinet.
    pub cabinet: Cabinet,
}

/// An update file.
pub struct Update {
    /// What it is.
    pub kind: Kind,
    /// The members of an MSU, packages included, in their order.
    pub outer: Vec<OuterMember>,
    /// The lines `Key="Value"` of the properties file.
    pub properties: Vec<(String, String)>,
    /// The answer file that installs the package.
    pub answer: Option<Vec<u8>>,
    /// Whether the container carries an Authenticode signature. It is not checked here.
    pub signed: bool,
    /// The packages, in their order.
    pub packages: Vec<PackageCab>,
}

impl Update {
    /// Opens the update at `path`.
    ///
    /// Refused by name: updates in WIM form, combined packages (PSF), and whatever is no update container.
    pub fn open(path: &Path, limits: &Limits, progress: &Progress) -> Result<Self> {
        let file: Source = Arc::new(FileAt::open(path)?);
        is_cabinet(file.as_ref()).map_err(|e| e.with_path(path.display()))?;
        let cabinet = Cabinet::open_path(path, limits)?;
        let name =
            path.file_name().map_or_else(|| "package.cab".into(), |n| n.to_string_lossy().into_owned());
        Self::of(name, cabinet, limits, progress, 0).map_err(|e| e.with_path(path.display()))
    }

    fn of(name: String, cabinet: Cabinet, limits: &Limits, progress: &Progress, depth: u32) -> Result<Self> {
        let signed = cabinet.signature().is_some();
        refuse_unknown(&cabinet)?;
        let mut update = Self {
            kind: Kind::Cab,
            outer: Vec::new(),
            properties: Vec::new(),
            answer: None,
            signed,
            packages: Vec::new(),
        };
        let inner: Vec<usize> = cabinet.members().iter().filter(|m| is_inner(m)).map(|m| m.index).collect();
        if cabinet.find("update.mum").is_some()
            || cabinet.find("_manifest_.cix.xml").is_some()
            || inner.is_empty()
        {
            update.packages.push(PackageCab { name, cabinet });
            return Ok(update);
        }
        if depth >= MAX_NESTING {
            return Err(Error::new(
                ErrorKind::LimitExceeded,
                "holds cabinets within cabinets, too deep to follow",
            ));
        }
        let outer = cabinet.members().iter();
        update.outer = outer.map(|m| OuterMember { name: m.name.clone(), size: m.size }).collect();
        let ending = |m: &Member, end: &str| m.name.to_lowercase().ends_with(end);
        let msu = cabinet.members().iter().any(|m| ending(m, ".xml") || ending(m, "wsusscan.cab"));
        update.kind = if msu { Kind::CabMsu } else { Kind::CabOfCabs };
        let mut found: Vec<(usize, String, Source)> = Vec::new();
        for folder in 0..cabinet.folders().len() {
            cabinet.read_folder(folder, |member, reader| {
                progress.check()?;
                if inner.contains(&member.index) {
                    let source = store(reader, member.size, limits).map_err(|e| e.within(&member.name))?;
                    found.push((member.index, member.name.clone(), source));
                } else if ending(member, ".txt") && member.size <= limits.max_document {
                    update.properties = properties(&document(reader, member)?);
                } else if ending(member, ".xml") && member.size <= limits.max_document {
                    update.answer = Some(document(reader, member)?);
                }
                Ok(())
            })?;
        }
        found.sort_by_key(|(index, ..)| *index);
        let meter = progress.begin(Phase::Open, found.len() as u64, 0);
        for (_, name, source) in found {
            let nested = Cabinet::open(source, limits).map_err(|e| e.within(&name))?;
            let nested =
                Self::of(name.clone(), nested, limits, progress, depth + 1).map_err(|e| e.within(&name))?;
            update.packages.extend(nested.packages);
            meter.done(&name, 0)?;
        }
        Ok(update)
    }
}

fn document(reader: &mut dyn Read, member: &Member) -> Result<Vec<u8>> {
    let mut data = Vec::new();
    reader
        .read_to_end(&mut data)
        .map_err(|e| Error::from_io("read the member", e).with_path(&member.name))?;
    Ok(data)
}

/// Whether the file is a cabinet; else what it is instead.
fn is_cabinet(file: &dyn ReadAt) -> Result<()> {
    let head = file.read_vec(0, file.size().min(8) as usize)?;
    match head.as_slice() {
        [b'M', b'S', b'C', b'F', ..] => Ok(()),
        b"MSWIM\0\0\0" => {
            Err(Error::unsupported("is an update package in WIM form, which is not supported yet"))
        }
        [b'P', b'S', b'T', b'R', b'E', b'A', b'M', ..] => {
            Err(Error::unsupported("is a patch storage file (PSF), which is not supported yet"))
        }
        _ => Err(Error::malformed("is not a Windows update: neither a cabinet nor an MSU")),
    }
}

/// Containers whose packages need more than their cabinets.
fn refuse_unknown(cabinet: &Cabinet) -> Result<()> {
    for member in cabinet.members() {
        let name = member.name.to_lowercase();
        if name.ends_with("aggregatedmetadata.cab") || name.ends_with(".psf") {
            return Err(Error::unsupported(format!(
                "is a combined update package ('{}' in it), which is not supported yet",
                member.name
            )));
        }
        if name == "toc.xml" {
            return Err(Error::unsupported("is a bundle of packages (toc.xml), which is not supported yet"));
        }
    }
    Ok(())
}

/// Whether a member is a cabinet with a package: the scan file of Windows Update is none.
fn is_inner(member: &Member) -> bool {
    let name = member.name.to_lowercase();
    name.ends_with(".cab") && !name.ends_with("wsusscan.cab")
}

/// A member in memory, or in a nameless temporary file where it is large.
fn store(reader: &mut dyn Read, size: u64, limits: &Limits) -> Result<Source> {
    Limits::check("the member's size", size, limits.max_unpacked)?;
    let failed = |e| Error::from_io("read the member", e);
    if size <= limits.memory {
        let mut data = Vec::with_capacity(size.min(1 << 20) as usize);
        reader.read_to_end(&mut data).map_err(failed)?;
        return Ok(Arc::new(data));
    }
    let mut file = tempfile::tempfile().map_err(|e| Error::from_io("make a temporary file", e))?;
    std::io::copy(reader, &mut file).map_err(failed)?;
    file.flush().map_err(failed)?;
    let file: Source = Arc::new(FileAt::from_file(file, Path::new("a temporary file"))?);
    Ok(Arc::new(Window::new(file, 0, size)?))
}

/// The `Key="Value"` lines of a properties file, in UTF-16 or UTF-8.
fn properties(data: &[u8]) -> Vec<(String, String)> {
    let utf16 = data.starts_with(&[0xFF, 0xFE]) || data.get(1) == Some(&0);
    let text = if utf16 { utf16le_to_string(data) } else { String::from_utf8_lossy(data).into_owned() };
    let lines = text.lines().filter_map(|line| line.trim_start_matches('\u{FEFF}').split_once('='));
    lines.map(|(key, value)| (key.trim().to_owned(), value.trim().trim_matches('"').to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_are_read_in_both_encodings() {
        let text = "KB Article Number=\"2999226\"\r\nSupport Link=\"http://x/?kbid=1\"\r\n";
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let expected = vec![
            ("KB Article Number".to_owned(), "2999226".to_owned()),
            ("Support Link".to_owned(), "http://x/?kbid=1".to_owned()),
        ];
        assert_eq!(properties(text.as_bytes()), expected);
        assert_eq!(properties(&wide), expected);
    }

    #[test]
    fn what_is_no_cabinet_is_named() {
        assert!(is_cabinet(&b"MSWIM\0\0\0".to_vec()).unwrap_err().message().contains("WIM form"));
        assert_eq!(is_cabinet(&b"MZ".to_vec()).unwrap_err().kind(), ErrorKind::Malformed);
    }
}
