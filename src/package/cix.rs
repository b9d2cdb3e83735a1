//! Container indexes (`_manifest_.cix.xml`, `*.psf.cix.xml`): which files a container yields, from which stored
//! stream or delta each is made, and in which order.

use crate::base::{FileHash, Limits, xml_child, xml_children, xml_text, xml_tree};
use crate::error::{Error, ErrorKind, Result};
use roxmltree::Node;
use std::collections::HashMap;

/// What kind of container an index describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ContainerKind {
    /// A cabinet: streams are its members, by name.
    Cab,
    /// A patch storage file: streams are ranges of it.
    Psf,
    /// A patch storage file of forward and reverse deltas.
    Psfx,
}

/// A parsed container index.
///
/// ```
/// use wimwright::base::Limits;
/// use wimwright::package::cix::{Cix, SourceKind};
///
/// let hash = r#"<Hash alg="SHA1" value="a9993e364706816aba3e25717850c26c9cd0d89d"/>"#;
/// let text = format!(
///     r#"<Container name="a.cab" type="CAB" length="6" version="1" xmlns="urn:ContainerIndex"><Files>
///     <File id="1" name="new.dll" length="3" time="0" attr="32">{hash}<Delta>
///       <Source type="PA30" name="7">{hash}</Source><Basis file="2"/></Delta></File>
///     <File id="2" name="old.dll" length="3" time="0" attr="32">{hash}<Delta>
///       <Source type="RAW" name="old.dll">{hash}</Source></Delta></File>
///     </Files></Container>"#
/// );
/// let index = Cix::parse(text.as_bytes(), &Limits::default())?;
/// let kind: &SourceKind = &index.files[0].source.as_ref().unwrap().kind;
/// assert!(kind.is_delta());
/// // Bases come before what is made from them.
/// assert_eq!(index.order()?, [1, 0]);
/// # Ok::<(), wimwright::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Cix {
    /// The container's own name.
    pub name: String,
    /// The kind of container.
    pub kind: ContainerKind,
    /// The container's length as the index states it; not to be relied on.
    pub length: u64,
    /// Every file the container yields.
    pub files: Vec<CixFile>,
}

/// One file of the index.
#[derive(Clone, Debug)]
pub struct CixFile {
    /// The file's id: what the bases of other files refer to.
    pub id: String,
    /// The name as written: relative, separated by `\`, not checked for safety.
    pub name: String,
    /// Length in bytes of the finished file.
    pub length: u64,
    /// Last write time, a FILETIME.
    pub time: u64,
    /// `FILE_ATTRIBUTE_*` bits.
    pub attributes: u32,
    /// Digest of the finished file; a few old indexes have none.
    pub hash: Option<FileHash>,
    /// The stored stream it is made from; `None` means it is a byte-identical copy of its basis.
    pub source: Option<CixSource>,
    /// What a delta applies to; `None` with a delta means the empty buffer.
    pub basis: Option<CixBasis>,
}

/// How a stored stream becomes the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// The file itself.
    Raw,
    /// A PA19 delta.
    Pa19,
    /// A PA30 delta.
    Pa30,
    /// A PA31 delta.
    Pa31,
    /// A kind that is known by its name only.
    Other(String),
}

impl SourceKind {
    /// Whether the stream is a delta rather than the file itself.
    pub fn is_delta(&self) -> bool {
        *self != Self::Raw
    }
}

/// A stored stream.
#[derive(Clone, Debug)]
pub struct CixSource {
    /// What it holds.
    pub kind: SourceKind,
    /// The member's name in a cabinet, or the file's name in a predecessor.
    pub name: Option<String>,
    /// Where it begins in a patch storage file.
    pub offset: u64,
    /// How long it is there.
    pub length: Option<u64>,
    /// Digest of the stored bytes.
    pub hash: Option<FileHash>,
}

/// What a delta applies to.
#[derive(Clone, Debug)]
pub enum CixBasis {
    /// The finished file at this position of [`Cix::files`].
    File(usize),
    /// A file outside the container, found by its digest.
    Hash {
        /// Its length.
        length: Option<u64>,
        /// Its digest.
        hash: FileHash,
    },
}

impl Cix {
    /// Parses an index, in UTF-8 or UTF-16.
    pub fn parse(data: &[u8], limits: &Limits) -> Result<Self> {
        let text = xml_text(data, limits)?;
        let document = xml_tree(&text, limits)?;
        let root = document.root_element();
        if root.tag_name().name() != "Container" {
            return Err(Error::malformed("the container index has no Container element"));
        }
        let kind = match attribute(root, "type")?.to_ascii_uppercase().as_str() {
            "CAB" => ContainerKind::Cab,
            "PSF" => ContainerKind::Psf,
            "PSFX" => ContainerKind::Psfx,
            other => return Err(Error::unsupported(format!("a container of type '{other}' is not known"))),
        };
        let nodes: Vec<_> = xml_children(root, "Files").flat_map(|f| xml_children(f, "File")).collect();
        let mut ids = HashMap::with_capacity(nodes.len());
        for (index, node) in nodes.iter().enumerate() {
            if let Some(id) = node.attribute("id")
                && ids.insert(id, index).is_some()
            {
                return Err(Error::malformed(format!("two files have the id '{id}'")));
            }
        }
        let files = nodes
            .iter()
            .map(|node| file(*node, &ids).map_err(|e| e.with_path(node.attribute("name").unwrap_or("?"))))
            .collect::<Result<_>>()?;
        Ok(Self {
            name: root.attribute("name").unwrap_or_default().to_owned(),
            kind,
            length: number(root, "length")?.unwrap_or(0),
            files,
        })
    }

    /// The files in waves: every file's basis lies in an earlier wave, so the files of one wave can be made
    /// at once. Bases that depend on each other in a circle are an error.
    pub(crate) fn levels(&self) -> Result<Vec<Vec<usize>>> {
        let basis = |i: usize| match self.files[i].basis {
            Some(CixBasis::File(b)) => Some(b),
            _ => None,
        };
        let mut dependents = vec![Vec::new(); self.files.len()];
        let mut wave = Vec::new();
        for i in 0..self.files.len() {
            match basis(i) {
                Some(b) => dependents[b].push(i),
                None => wave.push(i),
            }
        }
        let (mut levels, mut done) = (Vec::new(), vec![false; self.files.len()]);
        while !wave.is_empty() {
            let mut next = Vec::new();
            for &i in &wave {
                done[i] = true;
                next.append(&mut dependents[i]);
            }
            levels.push(std::mem::replace(&mut wave, next));
        }
        match done.iter().position(|d| !d) {
            None => Ok(levels),
            Some(i) => Err(Error::malformed("the file's basis depends, in a circle, on the file itself")
                .with_path(&self.files[i].name)),
        }
    }

    /// The files in an order in which every basis comes before what depends on it.
    pub fn order(&self) -> Result<Vec<usize>> {
        Ok(self.levels()?.concat())
    }
}

fn file(node: Node<'_, '_>, ids: &HashMap<&str, usize>) -> Result<CixFile> {
    let mut deltas = xml_children(node, "Delta");
    let delta = deltas.next().ok_or_else(|| Error::malformed("the file has no Delta element"))?;
    if deltas.next().is_some() {
        return Err(Error::unsupported("a file with several deltas to choose from is not handled"));
    }
    let source = xml_child(delta, "Source").map(source).transpose()?;
    let basis = xml_child(delta, "Basis").map(|n| basis(n, ids)).transpose()?;
    if source.is_none() && basis.is_none() {
        return Err(Error::malformed("the file has neither a source nor a basis"));
    }
    Ok(CixFile {
        id: node.attribute("id").unwrap_or_default().to_owned(),
        name: attribute(node, "name")?.to_owned(),
        length: number(node, "length")?.ok_or_else(|| missing("length"))?,
        time: number(node, "time")?.unwrap_or(0),
        attributes: narrow("attr", number(node, "attr")?.unwrap_or(0))?,
        hash: hash(node)?,
        source,
        basis,
    })
}

fn source(node: Node<'_, '_>) -> Result<CixSource> {
    let kind = match attribute(node, "type")?.to_ascii_uppercase().as_str() {
        "RAW" => SourceKind::Raw,
        "PA19" => SourceKind::Pa19,
        "PA30" => SourceKind::Pa30,
        "PA31" => SourceKind::Pa31,
        other => SourceKind::Other(other.to_owned()),
    };
    Ok(CixSource {
        kind,
        name: node.attribute("name").map(str::to_owned),
        offset: number(node, "offset")?.unwrap_or(0),
        length: number(node, "length")?,
        hash: hash(node)?,
    })
}

fn basis(node: Node<'_, '_>, ids: &HashMap<&str, usize>) -> Result<CixBasis> {
    if let Some(id) = node.attribute("file") {
        let missing = || {
            let message = format!("the file's basis is '{id}', which the index does not have");
            Error::new(ErrorKind::MissingPayload, message)
        };
        return ids.get(id).map(|&index| CixBasis::File(index)).ok_or_else(missing);
    }
    let hash = hash(node)?.ok_or_else(|| Error::malformed("a basis has neither a file nor a hash"))?;
    Ok(CixBasis::Hash { length: number(node, "length")?, hash })
}

fn hash(node: Node<'_, '_>) -> Result<Option<FileHash>> {
    let one = |h| FileHash::from_hex(attribute(h, "alg")?, attribute(h, "value")?);
    xml_child(node, "Hash").map(one).transpose()
}

fn missing(name: &str) -> Error {
    Error::malformed(format!("the attribute '{name}' is missing"))
}

fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Result<&'a str> {
    node.attribute(name).ok_or_else(|| missing(name))
}

fn number(node: Node<'_, '_>, name: &str) -> Result<Option<u64>> {
    let parse = |text: &str| {
        text.trim().parse().map_err(|_| Error::malformed(format!("{name}=\"{text}\" is not a number")))
    };
    node.attribute(name).map(parse).transpose()
}

fn narrow(name: &str, value: u64) -> Result<u32> {
    u32::try_from(value).map_err(|_| Error::malformed(format!("{name}=\"{value}\" is too large")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str =
        "<Container name='c' type='CAB' length='1' version='1' xmlns='urn:ContainerIndex'><Files>";

    fn parse(files: &str) -> Result<Cix> {
        Cix::parse(format!("{HEAD}{files}</Files></Container>").as_bytes(), &Limits::default())
    }

    fn entry(id: u32, delta: &str) -> String {
        format!("<File id='{id}' name='f{id}' length='3' time='1' attr='32'><Delta>{delta}</Delta></File>")
    }

    #[test]
    fn files_sources_and_bases_are_read() {
        let sha = "a9993e364706816aba3e25717850c26c9cd0d89d";
        let cix = parse(&format!(
            "<File id='7' name='a\\b' length='3' time='130818897022739288' attr='32'>
             <Hash alg='SHA1' value='{sha}'/>
             <Delta><Source type='RAW' name='a\\b'><Hash alg='SHA1' value='{sha}'/></Source></Delta></File>
             {}{}{}",
            entry(8, "<Source type='PA30' name='0' offset='5' length='9'/><Basis file='7'/>"),
            entry(9, "<Basis file='8'/>"),
            entry(
                10,
                &format!("<Source type='LZMS'/><Basis length='3'><Hash alg='SHA1' value='{sha}'/></Basis>")
            ),
        ))
        .unwrap();
        assert_eq!((cix.kind, cix.name.as_str(), cix.files.len()), (ContainerKind::Cab, "c", 4));
        assert!(cix.files[0].hash.unwrap().matches(b"abc"));
        assert_eq!((cix.files[0].time, cix.files[0].attributes), (130_818_897_022_739_288, 32));
        let delta = cix.files[1].source.as_ref().unwrap();
        assert_eq!((&delta.kind, delta.offset, delta.length), (&SourceKind::Pa30, 5, Some(9)));
        assert!(matches!(cix.files[1].basis, Some(CixBasis::File(0))));
        assert!(cix.files[2].source.is_none());
        assert_eq!(cix.files[3].source.as_ref().unwrap().kind, SourceKind::Other("LZMS".into()));
        assert!(matches!(cix.files[3].basis, Some(CixBasis::Hash { length: Some(3), .. })));
        assert_eq!(cix.levels().unwrap(), [vec![0, 3], vec![1], vec![2]]);
        assert_eq!(cix.order().unwrap(), [0, 3, 1, 2]);
    }

    #[test]
    fn circles_and_missing_bases_are_named() {
        let circle = parse(&[entry(1, "<Basis file='2'/>"), entry(2, "<Basis file='1'/>")].concat()).unwrap();
        assert_eq!(circle.order().unwrap_err().path(), Some("f1"));
        let own = parse(&entry(1, "<Source type='PA30' name='0'/><Basis file='1'/>")).unwrap();
        assert_eq!(own.levels().unwrap_err().kind(), ErrorKind::Malformed);
        let e = parse(&entry(1, "<Basis file='99'/>")).unwrap_err();
        assert_eq!((e.kind(), e.path()), (ErrorKind::MissingPayload, Some("f1")));
        assert!(e.message().contains("'99'"));
    }

    #[test]
    fn broken_indexes_are_refused() {
        let raw = "<Source type='RAW' name='x'/>";
        for (bad, kind) in [
            (entry(1, raw) + &entry(1, raw), ErrorKind::Malformed),
            (entry(1, ""), ErrorKind::Malformed),
            (entry(1, raw).replace("'3'", "'-3'"), ErrorKind::Malformed),
            (entry(1, raw).replace("'32'", "'4294967296'"), ErrorKind::Malformed),
            (entry(1, raw).replace("</Delta>", "</Delta><Delta/>"), ErrorKind::Unsupported),
            (entry(1, "<Source type='RAW'><Hash alg='CRC' value=''/></Source>"), ErrorKind::Unsupported),
        ] {
            assert_eq!(parse(&bad).unwrap_err().kind(), kind, "{bad}");
        }
        let other = b"<Container type='ZIP'/>";
        assert_eq!(Cix::parse(other, &Limits::default()).unwrap_err().kind(), ErrorKind::Unsupported);
        assert!(Cix::parse(b"<Files/>", &Limits::default()).is_err());
    }
}
