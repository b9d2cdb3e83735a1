//! One cabinet file: header, folder table, file table.

use super::{Compression, Signature, names};
use crate::base::{Bytes, Limits, Source};
use crate::error::{Error, ErrorKind, Result};

const HEADER: usize = 36;
const FLAG_PREVIOUS: u16 = 1;
const FLAG_NEXT: u16 = 2;
const FLAG_RESERVE: u16 = 4;
/// The reserve of a signed cabinet: 20 bytes that begin with this number.
const SIGNED: (usize, u32) = (20, 0x0010_0000);

/// A file of a set, as its own directory describes it.
pub(super) struct Part {
    pub(super) source: Source,
    pub(super) name: String,
    pub(super) set_id: u16,
    pub(super) set_index: u16,
    pub(super) previous: Option<String>,
    pub(super) next: Option<String>,
    pub(super) signature: Option<Signature>,
    /// Bytes between the header of a data block and its data.
    pub(super) data_reserve: u8,
    pub(super) folders: Vec<FolderEntry>,
    pub(super) files: Vec<FileEntry>,
}

/// A CFFOLDER.
pub(super) struct FolderEntry {
    pub(super) offset: u64,
    pub(super) blocks: u32,
    pub(super) compression: Compression,
}

/// A CFFILE.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct FileEntry {
    pub(super) name: String,
    pub(super) size: u64,
    pub(super) offset: u64,
    pub(super) place: Place,
    pub(super) date: u16,
    pub(super) time: u16,
    pub(super) attributes: u16,
}

/// Which folder a file lies in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// This one of the part's own.
    Folder(u16),
    /// The first, which began in the part before.
    FromPrevious,
    /// The last, which goes on in the next part.
    ToNext,
    /// The only one, which began before and goes on after.
    Through,
}

impl Place {
    /// Whether the file was listed by the part before already.
    pub(super) fn is_continuation(self) -> bool {
        matches!(self, Self::FromPrevious | Self::Through)
    }

    /// Whether the next part lists the file again.
    pub(super) fn is_continued(self) -> bool {
        matches!(self, Self::ToNext | Self::Through)
    }
}

impl Part {
    /// Reads the directory of a cabinet file. What follows the cabinet (a signature) is nobody's concern.
    pub(super) fn read(source: Source, limits: &Limits) -> Result<Self> {
        let name = source.name();
        Self::parse(source, limits).map_err(|e| e.with_path(name))
    }

    fn parse(source: Source, limits: &Limits) -> Result<Self> {
        let total = source.size();
        let head = source.read_vec(0, total.min(HEADER as u64) as usize)?;
        if !head.starts_with(b"MSCF") {
            return Err(Error::malformed("not a cabinet: it does not begin with MSCF"));
        }
        let mut b = Bytes::at(&head, 8)?;
        let size = u64::from(b.u32()?);
        let mut b = Bytes::at(&head, 16)?;
        let files_offset = u64::from(b.u32()?);
        let mut b = Bytes::at(&head, 24)?;
        let (minor, major) = (b.u8()?, b.u8()?);
        let (folder_count, file_count, flags) = (b.u16()?, b.u16()?, b.u16()?);
        let (set_id, set_index) = (b.u16()?, b.u16()?);
        if major != 1 {
            return Err(Error::unsupported(format!(
                "a cabinet of version {major}.{minor} (1.3 is the known one)"
            )));
        }
        if size > total {
            return Err(Error::new(
                ErrorKind::Truncated,
                format!("the cabinet has {size} bytes by its header, and the file only {total}"),
            ));
        }
        Limits::check("the number of members", file_count.into(), limits.max_entries)?;

        // Reserve, set names and folder table: at most this long.
        let most = 4 + 0xFFFF + 4 * (names::MAX_NAME as u64 + 1) + u64::from(folder_count) * (8 + 255);
        let head = source.read_vec(HEADER as u64, most.min(total - HEADER as u64) as usize)?;
        let mut b = Bytes::new(&head);
        let (mut header_reserve, mut folder_reserve, mut data_reserve) = (0, 0, 0);
        if flags & FLAG_RESERVE != 0 {
            (header_reserve, folder_reserve, data_reserve) = (b.u16()?, b.u8()?, b.u8()?);
        }
        let signature = find_signature(b.take(header_reserve.into())?);
        let mut neighbour = |flag: u16, what: &str| -> Result<Option<String>> {
            if flags & flag == 0 {
                return Ok(None);
            }
            let rest = b.clone().take(b.left())?;
            let (file, rest) = names::split(rest, &format!("the {what} part's file name"))?;
            let (_disk, rest) = names::split(rest, &format!("the {what} part's disk name"))?;
            b.take(b.left() - rest.len())?;
            Ok(Some(names::decode(file, false)))
        };
        let previous = neighbour(FLAG_PREVIOUS, "previous")?;
        let next = neighbour(FLAG_NEXT, "next")?;

        let mut folders = Vec::with_capacity(folder_count.into());
        for _ in 0..folder_count {
            let (offset, blocks, method) = (b.u32()?.into(), b.u16()?.into(), b.u16()?);
            b.take(folder_reserve.into())?;
            folders.push(FolderEntry { offset, blocks, compression: compression(method) });
        }
        let files = read_files(&source, files_offset, file_count)?;
        let name = source.name();
        Ok(Self { source, name, set_id, set_index, previous, next, signature, data_reserve, folders, files })
    }
}

fn compression(method: u16) -> Compression {
    match method & 0x0F {
        0 => Compression::None,
        1 => Compression::MsZip,
        2 => Compression::Quantum,
        3 => Compression::Lzx { window_bits: u32::from(method >> 8 & 0x1F) },
        _ => Compression::Unknown(method),
    }
}

/// Where the header says that a signature lies, which nobody has looked at yet.
fn find_signature(reserve: &[u8]) -> Option<Signature> {
    let mut b = Bytes::new(reserve);
    if reserve.len() != SIGNED.0 || b.u32().ok()? != SIGNED.1 {
        return None;
    }
    let (offset, size) = (u64::from(b.u32().ok()?), u64::from(b.u32().ok()?));
    (size > 0).then_some(Signature { offset, size })
}

fn read_files(source: &Source, offset: u64, count: u16) -> Result<Vec<FileEntry>> {
    let most = u64::from(count) * (16 + names::MAX_NAME as u64 + 1);
    let len = source.size().checked_sub(offset).map(|left| left.min(most));
    let len = len.ok_or_else(|| Error::new(ErrorKind::Truncated, "the file table lies past the end"))?;
    let table = source.read_vec(offset, len as usize)?;
    let mut b = Bytes::new(&table);
    let mut files = Vec::with_capacity(count.into());
    for number in 1..=count {
        let (size, offset) = (b.u32()?.into(), b.u32()?.into());
        let place = match b.u16()? {
            0xFFFD => Place::FromPrevious,
            0xFFFE => Place::ToNext,
            0xFFFF => Place::Through,
            folder => Place::Folder(folder),
        };
        let (date, time, attributes) = (b.u16()?, b.u16()?, b.u16()?);
        let rest = b.clone().take(b.left())?;
        let (name, _) = names::split(rest, &format!("the name of member {number}"))?;
        if name.is_empty() {
            return Err(Error::malformed(format!("member {number} has no name")));
        }
        b.take(name.len() + 1)?;
        let name = names::decode(name, attributes & super::ATTR_NAME_IS_UTF8 != 0);
        files.push(FileEntry { name, size, offset, place, date, time, attributes });
    }
    Ok(files)
}
