//! Values: `vk` cells, their types, and data that lies in the cell, beside it or in pieces (`db`).

use super::names::RawName;
use super::{Hive, u16_at, u32_at};
use crate::base::{Name, utf16le_to_string};
use crate::error::{Error, Result};
use std::borrow::Cow;
use std::fmt;

/// Where the name begins in a `vk` cell.
pub(super) const NAME: usize = 20;
/// Bytes in each piece of big data but the last; shorter data is in one cell.
pub(super) const PIECE: usize = 16_344;
/// In a size field: the data lies in the offset field.
pub(super) const RESIDENT: u32 = 0x8000_0000;

/// The type of a value. Any number may stand in a hive; these have names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValueKind(pub u32);

#[allow(missing_docs, reason = "the names are Windows' own")]
impl ValueKind {
    pub const NONE: Self = Self(0);
    pub const SZ: Self = Self(1);
    pub const EXPAND_SZ: Self = Self(2);
    pub const BINARY: Self = Self(3);
    pub const DWORD: Self = Self(4);
    pub const DWORD_BIG_ENDIAN: Self = Self(5);
    pub const LINK: Self = Self(6);
    pub const MULTI_SZ: Self = Self(7);
    pub const RESOURCE_LIST: Self = Self(8);
    pub const FULL_RESOURCE_DESCRIPTOR: Self = Self(9);
    pub const RESOURCE_REQUIREMENTS_LIST: Self = Self(10);
    pub const QWORD: Self = Self(11);

    const NAMES: [&'static str; 12] = [
        "REG_NONE",
        "REG_SZ",
        "REG_EXPAND_SZ",
        "REG_BINARY",
        "REG_DWORD",
        "REG_DWORD_BIG_ENDIAN",
        "REG_LINK",
        "REG_MULTI_SZ",
        "REG_RESOURCE_LIST",
        "REG_FULL_RESOURCE_DESCRIPTOR",
        "REG_RESOURCE_REQUIREMENTS_LIST",
        "REG_QWORD",
    ];

    /// The type that Windows calls by this name, such as `REG_SZ`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().position(|n| n.eq_ignore_ascii_case(name)).map(|n| Self(n as u32))
    }
}

impl fmt::Display for ValueKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Self::NAMES.get(self.0 as usize) {
            Some(name) => f.write_str(name),
            None => write!(f, "{:#010x}", self.0),
        }
    }
}

/// A value of a key.
///
/// ```
/// use wimwright::base::Limits;
/// use wimwright::registry::{Hive, Value, ValueKind};
///
/// let mut editor = Hive::empty(&Limits::default())?.edit()?;
/// let mut root = editor.root()?;
/// root.set_text("Path", ValueKind::EXPAND_SZ, "%SystemRoot%")?;
/// root.set("", ValueKind::from_name("REG_BINARY").unwrap(), &[1, 2])?;
/// let hive = Hive::open(editor.finish(), &Limits::default())?;
/// let values: Vec<Value<'_>> = hive.root()?.values()?;
/// for value in values {
///     let text = value.text()?;
///     println!("{} {} {} {text:?}", value.name(), value.kind(), value.len());
///     assert_eq!(value.kind() == ValueKind::BINARY, text.is_none());
///     assert!(!value.is_empty() && value.data()?.len() == value.len());
///     // Each of these answers for its own type only.
///     assert!(value.dword()?.is_none() && value.qword()?.is_none() && value.strings()?.is_none());
/// }
/// # Ok::<(), wimwright::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Value<'h> {
    hive: &'h Hive,
    cell: &'h [u8],
}

impl<'h> Value<'h> {
    pub(super) fn at(hive: &'h Hive, offset: u32) -> Result<Self> {
        let cell = hive.cell(offset)?;
        if !cell.starts_with(b"vk") || cell.len() < NAME {
            return Err(Error::malformed(format!("the cell at offset {offset:#x} is no value")));
        }
        let value = Self { hive, cell };
        if cell.len() < NAME + value.name_length() {
            return Err(Error::malformed(format!("the name of the value at offset {offset:#x} is cut off")));
        }
        Ok(value)
    }

    fn name_length(&self) -> usize {
        u16_at(self.cell, 2).into()
    }

    pub(super) fn raw_name(&self) -> RawName<'h> {
        let name = self.cell.get(NAME..NAME + self.name_length()).unwrap_or_default();
        RawName::new(name, u16_at(self.cell, 16) & 1 != 0)
    }

    /// The name as it is spelled; empty for the default value.
    pub fn name(&self) -> Name {
        self.raw_name().to_name()
    }

    /// The type.
    pub fn kind(&self) -> ValueKind {
        ValueKind(u32_at(self.cell, 12))
    }

    /// Bytes of data.
    pub fn len(&self) -> usize {
        (u32_at(self.cell, 4) & !RESIDENT) as usize
    }

    /// Whether there is no data.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where the data lies: nowhere for none, and for what is in the value's own cell.
    pub(super) fn data_cell(&self) -> Option<u32> {
        let size = u32_at(self.cell, 4);
        (size != 0 && size & RESIDENT == 0).then(|| u32_at(self.cell, 8))
    }

    /// The data.
    pub fn data(&self) -> Result<Cow<'h, [u8]>> {
        let blame = |error: Error| error.with_path(format_args!("the value \"{}\"", self.name()));
        let len = self.len();
        let Some(offset) = self.data_cell() else {
            let resident = self.cell[8..12].get(..len);
            let resident = resident.ok_or_else(|| {
                blame(Error::malformed(format!("{len} bytes of data cannot lie in the value's own cell")))
            });
            return resident.map(Cow::Borrowed);
        };
        let cell = self.hive.cell(offset).map_err(blame)?;
        // Some writers put long data into one cell whatever the version; it is there, so it is read.
        if let Some(data) = cell.get(..len) {
            return Ok(Cow::Borrowed(data));
        }
        pieces(self.hive, cell, len).map(Cow::Owned).map_err(blame)
    }

    /// The text of a `REG_SZ`, `REG_EXPAND_SZ` or `REG_LINK`, up to its NUL; `None` for other types.
    pub fn text(&self) -> Result<Option<String>> {
        if !matches!(self.kind(), ValueKind::SZ | ValueKind::EXPAND_SZ | ValueKind::LINK) {
            return Ok(None);
        }
        let data = self.data()?;
        let end = data.as_chunks::<2>().0.iter().position(|unit| *unit == [0; 2]);
        Ok(Some(utf16le_to_string(&data[..end.map_or(data.len(), |units| 2 * units)])))
    }

    /// The strings of a `REG_MULTI_SZ`, without the empty one at the end; `None` for other types.
    pub fn strings(&self) -> Result<Option<Vec<String>>> {
        if self.kind() != ValueKind::MULTI_SZ {
            return Ok(None);
        }
        let data = self.data()?;
        let units: Vec<u16> = data.as_chunks::<2>().0.iter().map(|c| u16::from_le_bytes(*c)).collect();
        let strings = units.split(|&u| u == 0).take_while(|s| !s.is_empty());
        Ok(Some(strings.map(String::from_utf16_lossy).collect()))
    }

    /// The number of a `REG_DWORD`, either order of bytes; `None` for other types and lengths.
    pub fn dword(&self) -> Result<Option<u32>> {
        let data = self.data()?;
        let Ok(bytes) = <[u8; 4]>::try_from(&*data) else { return Ok(None) };
        Ok(match self.kind() {
            ValueKind::DWORD => Some(u32::from_le_bytes(bytes)),
            ValueKind::DWORD_BIG_ENDIAN => Some(u32::from_be_bytes(bytes)),
            _ => None,
        })
    }

    /// The number of a `REG_QWORD`; `None` for other types and lengths.
    pub fn qword(&self) -> Result<Option<u64>> {
        let data = self.data()?;
        let bytes = <[u8; 8]>::try_from(&*data).ok().filter(|_| self.kind() == ValueKind::QWORD);
        Ok(bytes.map(u64::from_le_bytes))
    }
}

/// The cells of big data: the list of its pieces, and the pieces.
pub(super) fn piece_cells<'h>(hive: &'h Hive, cell: &'h [u8], len: usize) -> Result<(u32, &'h [[u8; 4]])> {
    let (count, list) = (usize::from(u16_at(cell, 2)), u32_at(cell, 4));
    if !cell.starts_with(b"db") || hive.base.minor < 4 || len <= PIECE {
        let sentence = format!("{len} bytes of data in a cell of {}", cell.len());
        return Err(Error::malformed(sentence));
    }
    if count != len.div_ceil(PIECE) {
        return Err(Error::malformed(format!("{len} bytes of data in {count} pieces")));
    }
    let pieces = hive.cell(list)?.get(..4 * count);
    let pieces = pieces.ok_or_else(|| Error::malformed("the list of the data's pieces is cut off"))?;
    Ok((list, pieces.as_chunks::<4>().0))
}

fn pieces(hive: &Hive, cell: &[u8], len: usize) -> Result<Vec<u8>> {
    if len > hive.bins().len() {
        return Err(Error::malformed(format!("{len} bytes of data are more than the hive")));
    }
    let (_, pieces) = piece_cells(hive, cell, len)?;
    let mut data = Vec::with_capacity(len);
    for piece in pieces {
        let part = hive.cell(u32::from_le_bytes(*piece))?.get(..PIECE.min(len - data.len()));
        data.extend_from_slice(part.ok_or_else(|| Error::malformed("a piece of the data is cut off"))?);
    }
    Ok(data)
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Value({}, {}, {} bytes)", self.name(), self.kind(), self.len())
    }
}
