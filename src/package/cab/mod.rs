//! Cabinets: the container of Windows updates. A reader of our own that decodes every folder once, members in
//! their order, and folders on as many threads as the caller likes.
//!
//! Facts: \[MS-CAB\]; where it is silent, what libmspack and 7-Zip agree on.

mod authenticode;
mod blocks;
mod header;
mod names;
mod overlap;
mod set;
mod stream;

use crate::base::{Limits, Source};
use crate::error::{Error, ErrorKind, Result};
use header::Part;
use std::io::Read;
use std::path::Path;
use stream::{FolderStream, MemberReader};

/// Attribute bit: the member is read-only.
pub const ATTR_READ_ONLY: u16 = 0x01;
/// Attribute bit: the member is hidden.
pub const ATTR_HIDDEN: u16 = 0x02;
/// Attribute bit: the member is a system file.
pub const ATTR_SYSTEM: u16 = 0x04;
/// Attribute bit: the member's name is UTF-8.
pub const ATTR_NAME_IS_UTF8: u16 = 0x80;

/// How a folder is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compression {
    /// Stored.
    None,
    /// MSZIP, deflate in blocks.
    MsZip,
    /// LZX with a window of `1 << window_bits` bytes.
    Lzx {
        /// 15 to 21.
        window_bits: u32,
    },
    /// Quantum, which is listed but not decoded.
    Quantum,
    /// A number that no known cabinet uses.
    Unknown(u16),
}

/// Members that are compressed as one.
#[derive(Clone, Debug)]
pub struct Folder {
    compression: Compression,
    segments: Vec<Segment>,
    /// Indexes of members, by their offset in the folder.
    members: Vec<usize>,
}

/// The blocks of a folder that lie in one part of a set.
#[derive(Clone, Debug)]
struct Segment {
    part: usize,
    offset: u64,
    blocks: u32,
}

impl Folder {
    /// How it is compressed.
    pub fn compression(&self) -> Compression {
        self.compression
    }

    /// The members' indexes in [`Cabinet::members`], in the order in which they are decoded.
    pub fn members(&self) -> &[usize] {
        &self.members
    }
}

/// One file of a cabinet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The name as the cabinet has it, usually with `\` between folders. Nothing about it is safe:
    /// [`unpack`](crate::staging::unpack()) checks it before it is a path.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// The folder it lies in, an index into [`Cabinet::folders`].
    pub folder: usize,
    /// Where in the folder's decoded bytes it begins.
    pub offset: u64,
    /// DOS date: day in bits 0–4, month in bits 5–8, years since 1980 in bits 9–15.
    pub date: u16,
    /// DOS time: half seconds in bits 0–4, minutes in bits 5–10, hours in bits 11–15.
    pub time: u16,
    /// DOS attributes and [`ATTR_NAME_IS_UTF8`].
    pub attributes: u16,
    /// Its place in [`Cabinet::members`].
    pub index: usize,
}

/// Where an Authenticode signature (PKCS #7) lies in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    /// From the beginning of the file.
    pub offset: u64,
    /// Bytes.
    pub size: u64,
}

/// What a cabinet says of the set it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetInfo {
    /// The number that all parts of a set share.
    pub id: u16,
    /// The first part's place in the set, from 0.
    pub index: u16,
    /// How many parts were joined: 1 for a cabinet of its own.
    pub parts: usize,
    /// The part before, where the header names one that was not joined.
    pub previous: Option<String>,
    /// The part after, where the header names one that was not joined.
    pub next: Option<String>,
}

/// A cabinet, or the joined parts of a split set. Any number of threads may read folders at once.
///
/// ```
/// use std::sync::Arc;
/// use wimwright::base::{Limits, Progress};
/// use wimwright::package::cab::{Cabinet, Compression, Folder};
///
#[doc = include_str!("../../../docs/doctest/update.md")]
/// # let dir = tempfile::tempdir()?;
/// let path = sample_update(dir.path())?;
/// let cabinet = Cabinet::open_path(&path, &Limits::default())?;
/// assert!(cabinet.members().len() == 4 && cabinet.signature().is_none() && cabinet.set_info().parts == 1);
/// assert!(!cabinet.check_signature(&Progress::none())?.is_broken());
/// let folder: &Folder = &cabinet.folders()[0];
/// assert!(folder.compression() == Compression::MsZip && folder.members() == [0, 1, 2, 3]);
/// // All of a folder, in the order of its members, each block decoded once.
/// let mut unpacked = 0;
/// cabinet.read_folder(0, |member, reader| {
///     let n = std::io::copy(reader, &mut std::io::sink());
///     unpacked += n.map_err(|e| wimwright::Error::from_io(&format!("read {}", member.name), e))?;
///     Ok(())
/// })?;
/// assert_eq!(unpacked, cabinet.unpacked_size());
/// // One small member, from a cabinet in memory; `open_set` takes the parts of a split set.
/// let cabinet = Cabinet::open(Arc::new(std::fs::read(&path)?), &Limits::default())?;
/// let catalog = cabinet.find("UPDATE.CAT").unwrap();
/// assert_eq!(cabinet.read_member(catalog.index)?, b"signed by nobody");
/// assert!(cabinet.name() == "memory" && Cabinet::open_set(Vec::new(), &Limits::default()).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Cabinet {
    parts: Vec<Part>,
    folders: Vec<Folder>,
    members: Vec<Member>,
    set: SetInfo,
    limits: Limits,
}

impl Cabinet {
    /// Reads the directory of one cabinet. A part of a split set that holds continued members is refused: it
    /// needs [`open_path`](Self::open_path) or [`open_set`](Self::open_set).
    pub fn open(source: Source, limits: &Limits) -> Result<Self> {
        Self::open_set(vec![source], limits)
    }

    /// Opens the cabinet at `path`; the other parts of a split set are found beside it by the names in the
    /// headers, whichever part `path` is.
    pub fn open_path(path: &Path, limits: &Limits) -> Result<Self> {
        set::join(set::collect(path, limits)?, limits)
    }

    /// Opens the parts of a set, first to last.
    pub fn open_set(parts: Vec<Source>, limits: &Limits) -> Result<Self> {
        let parts: Result<_> = parts.into_iter().map(|p| Part::read(p, limits)).collect();
        set::join(parts?, limits)
    }

    /// All members, in the directory's order.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// The folders; each can be read by itself.
    pub fn folders(&self) -> &[Folder] {
        &self.folders
    }

    /// The first member of that name, without regard to ASCII case and to the kind of separator.
    pub fn find(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|m| names::same(&m.name, name))
    }

    /// The Authenticode signature, where the (last part's) header points at one; it need not be there.
    /// [`check_signature`](Self::check_signature) looks at it.
    pub fn signature(&self) -> Option<Signature> {
        self.parts.last().and_then(|part| part.signature)
    }

    /// The set this is a part of.
    pub fn set_info(&self) -> &SetInfo {
        &self.set
    }

    /// Bytes of all members.
    pub fn unpacked_size(&self) -> u64 {
        self.members.iter().map(|m| m.size).sum()
    }

    /// What the cabinet is called in errors: the name of its (first) source.
    pub fn name(&self) -> &str {
        self.parts.first().map_or("cabinet", |part| &part.name)
    }

    /// Hands the members of a folder to `visit`, in the order of their offsets, each with a reader of exactly
    /// its bytes. Every block is decoded once, when the first byte of it is asked for: what `visit` does not
    /// read costs decoding only if something behind it is read, and nothing where the folder is stored.
    ///
    /// Members that overlap (or are the same bytes twice) are decoded once into memory; if they cover more
    /// than [`Limits::memory`] together they are refused. An error of the folder ends the walk even if `visit`
    /// swallowed it, because nothing after it can be decoded.
    pub fn read_folder<F>(&self, folder: usize, mut visit: F) -> Result<()>
    where
        F: FnMut(&Member, &mut dyn Read) -> Result<()>,
    {
        let Some(info) = self.folders.get(folder) else {
            let e = Error::new(ErrorKind::InvalidArgument, format!("has no folder {folder}"));
            return Err(e.with_path(self.name()));
        };
        let mut stream = FolderStream::new(self, folder);
        let mut rest = info.members.as_slice();
        while let Some((&first, _)) = rest.split_first() {
            let (group, end) = overlap::group(&self.members, rest);
            rest = &rest[group.len()..];
            let member = &self.members[first];
            if group.len() == 1 {
                visit(member, &mut MemberReader::new(&mut stream, member))?;
            } else {
                let bytes = overlap::buffer(&mut stream, member, end, self.limits.memory)?;
                for &index in group {
                    let member = &self.members[index];
                    let from = (member.offset - self.members[first].offset) as usize;
                    let range = if member.size == 0 { 0..0 } else { from..from + member.size as usize };
                    visit(member, &mut bytes.get(range).unwrap_or_default())?;
                }
            }
            stream.check()?;
        }
        Ok(())
    }

    /// One member in memory; at most [`Limits::max_buffer`] bytes. Decodes its folder from the beginning, so
    /// this is for a few small members: everything else goes through [`read_folder`](Self::read_folder).
    pub fn read_member(&self, index: usize) -> Result<Vec<u8>> {
        let Some(member) = self.members.get(index) else {
            let e = Error::new(ErrorKind::InvalidArgument, format!("has no member {index}"));
            return Err(e.with_path(self.name()));
        };
        let path = || self.entry(member);
        Limits::check("the member's size", member.size, self.limits.max_buffer)
            .map_err(|e| e.with_path(path()))?;
        let mut stream = FolderStream::new(self, member.folder);
        let mut bytes = Vec::new();
        let done = MemberReader::new(&mut stream, member).read_to_end(&mut bytes);
        done.map_err(|e| Error::from_io("read the member", e).with_path(path()))?;
        Ok(bytes)
    }

    /// How a member is called in errors.
    fn entry(&self, member: &Member) -> String {
        format!("{}: {}", self.name(), member.name.escape_debug())
    }
}

impl std::fmt::Debug for Cabinet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cabinet")
            .field("name", &self.name())
            .field("members", &self.members.len())
            .field("folders", &self.folders)
            .field("set", &self.set)
            .finish_non_exhaustive()
    }
}
