//! Registry hives: read, replayed from their logs, edited in place.
//!
//! A hive is a base block of 4,096 bytes and bins of cells; a cell is found by its offset from the first bin. Keys
//! (`nk`), values (`vk`), lists of subkeys (`lf`, `lh`, `li`, `ri`), big data (`db`) and security descriptors (`sk`)
//! are cells. [`Hive`] reads one that lies in memory, [`HiveEditor`] changes it there.

mod base_block;
mod check;
mod diff;
mod edit;
mod empty;
mod key;
mod list;
mod log;
mod marvin;
mod names;
#[cfg(test)]
mod tests;
mod value;
mod walk;

pub use diff::{KeyDiff, ValueDiff, diff};
pub use edit::{HiveEditor, KeyMut};
pub use key::{Key, KeyFlags};
pub use log::Replay;
pub use value::{Value, ValueKind};
pub use walk::Walk;

use crate::base::Limits;
use crate::error::{Error, ErrorKind, Result};
use base_block::{BASE_SIZE, BaseBlock};

/// No cell: what an offset field holds that leads nowhere.
const NONE: u32 = u32::MAX;

/// A hive in memory.
///
/// ```
/// use wimwright::base::Limits;
/// use wimwright::registry::{Hive, ValueKind};
///
/// let mut editor = Hive::empty(&Limits::default())?.edit()?;
/// let mut key = editor.create(r"Software\Example")?;
/// key.set_dword("Number", 7)?;
/// key.set_text("Text", ValueKind::SZ, "one")?;
/// key.set_strings("List", &["one", "two"])?;
/// key.create("Below")?.set_qword("Large", 1 << 40)?;
/// let hive = Hive::open(editor.finish(), &Limits::default())?;
/// let key = hive.key(r"software\EXAMPLE")?.expect("names are compared without case");
/// assert_eq!(key.path(), r"Software\Example");
/// assert_eq!(key.value("number")?.unwrap().dword()?, Some(7));
/// assert_eq!(key.value("Text")?.unwrap().text()?.as_deref(), Some("one"));
/// assert_eq!(key.value("List")?.unwrap().strings()?.unwrap(), ["one", "two"]);
/// assert!(key.subkey_count() == 1 && key.value_count() == 3 && hive.check()? == 0);
/// assert_eq!(key.subkey("Below")?.unwrap().value("Large")?.unwrap().qword()?, Some(1 << 40));
/// # Ok::<(), wimwright::Error>(())
/// ```
#[derive(Clone)]
pub struct Hive {
    data: Vec<u8>,
    base: BaseBlock,
    limits: Limits,
}

impl Hive {
    /// Opens a hive that was closed cleanly. One that was not is refused: see
    /// [`open_with_logs`](Self::open_with_logs).
    pub fn open(data: impl Into<Vec<u8>>, limits: &Limits) -> Result<Self> {
        let hive = Self::open_as_is(data, limits)?;
        if !hive.base.checksum_ok {
            let sentence =
                "the hive's base block does not match its checksum, and no transaction log was given";
            return Err(Error::new(ErrorKind::ChecksumMismatch, sentence));
        }
        if hive.is_dirty() {
            let sentence = "the hive was not closed cleanly, and its transaction logs were not given";
            return Err(Error::malformed(sentence));
        }
        Ok(hive)
    }

    /// Opens a hive, and where it was not closed cleanly replays its transaction logs (`.LOG`, `.LOG1`, `.LOG2`, in
    /// any order, empty ones included). Logs that do not bring the hive to a whole state are an error.
    pub fn open_with_logs(
        data: impl Into<Vec<u8>>,
        logs: &[&[u8]],
        limits: &Limits,
    ) -> Result<(Self, Replay)> {
        let mut data = data.into();
        let replay = log::replay(&mut data, logs, limits)?;
        Ok((Self::open(data, limits)?, replay))
    }

    /// Opens a hive as its bytes lie, closed cleanly or not. A dirty one may hold half of a change.
    pub fn open_as_is(data: impl Into<Vec<u8>>, limits: &Limits) -> Result<Self> {
        let data = data.into();
        Limits::check("the size of the hive", data.len() as u64, limits.max_buffer)?;
        let base = BaseBlock::parse(&data)?;
        let room = (data.len() - BASE_SIZE) as u64;
        if u64::from(base.bins_size) > room {
            let sentence = format!("the hive's bins take {} bytes, and {room} are there", base.bins_size);
            return Err(Error::new(ErrorKind::Truncated, sentence));
        }
        Ok(Self { data, base, limits: limits.clone() })
    }

    /// A new hive of version 1.5: a root key without subkeys, which administrators and the system own.
    pub fn empty(limits: &Limits) -> Result<Self> {
        Self::open(empty::bytes(), limits)
    }

    /// Whether the hive was in the middle of being written when it was left.
    pub fn is_dirty(&self) -> bool {
        self.base.sequence.0 != self.base.sequence.1 || !self.base.checksum_ok
    }

    /// The format's version, such as `(1, 5)`.
    pub fn version(&self) -> (u32, u32) {
        (1, self.base.minor)
    }

    /// When the hive was last written, as a FILETIME.
    pub fn written(&self) -> u64 {
        self.base.written
    }

    /// The whole file.
    pub fn bytes(&self) -> &[u8] {
        &self.data
    }

    /// The whole file, given away.
    pub fn into_bytes(self) -> Vec<u8> {
        self.data
    }

    /// The root key.
    pub fn root(&self) -> Result<Key<'_>> {
        Key::at(self, self.base.root, 0)
    }

    /// The key at a path below the root, such as `Microsoft\Windows`; `None` where there is none.
    pub fn key(&self, path: &str) -> Result<Option<Key<'_>>> {
        self.root()?.subkey(path)
    }

    /// Every key from the root down, parents before children, each once. A damaged key is an `Err`, and the walk goes on
    /// after it.
    pub fn walk(&self) -> Walk<'_> {
        Walk::new(self)
    }

    /// Looks at every cell that the root leads to: each is one, of its kind, whole, and belongs to one owner.
    /// Returns how many cells are taken that nothing leads to; they do no harm.
    pub fn check(&self) -> Result<u32> {
        check::check(self).map(|checked| checked.lost)
    }

    /// The hive, to be changed. A dirty or damaged one is refused.
    pub fn edit(self) -> Result<HiveEditor> {
        HiveEditor::new(self)
    }

    fn bins(&self) -> &[u8] {
        &self.data[BASE_SIZE..][..self.base.bins_size as usize]
    }

    /// What an allocated cell holds, without its size field.
    fn cell(&self, offset: u32) -> Result<&[u8]> {
        cell_in(self.bins(), offset)
    }

    fn cell_mut(&mut self, offset: u32) -> Result<&mut [u8]> {
        let len = self.cell(offset)?.len();
        Ok(&mut self.data[BASE_SIZE + offset as usize + 4..][..len])
    }
}

impl std::fmt::Debug for Hive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hive")
            .field("bytes", &self.data.len())
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

fn cell_in(bins: &[u8], offset: u32) -> Result<&[u8]> {
    let at = offset as usize;
    let Some(size) = bins.get(at..).and_then(|rest| rest.first_chunk::<4>()) else {
        return Err(Error::malformed(format!("a cell lies at offset {offset:#x}, outside the hive")));
    };
    let size = i32::from_le_bytes(*size);
    if size >= 0 {
        return Err(Error::malformed(format!("the cell at offset {offset:#x} is free")));
    }
    let len = size.unsigned_abs() as usize;
    match bins.get(at + 4..at + len) {
        Some(cell) if offset.is_multiple_of(8) && len.is_multiple_of(8) => Ok(cell),
        _ => Err(Error::malformed(format!("the cell at offset {offset:#x} has the size {len}"))),
    }
}

fn u16_at(data: &[u8], at: usize) -> u16 {
    data.get(at..).and_then(|d| d.first_chunk()).map_or(0, |&b| u16::from_le_bytes(b))
}

/// The field at `at` of a structure whose length was checked before.
fn u32_at(data: &[u8], at: usize) -> u32 {
    data.get(at..).and_then(|d| d.first_chunk()).map_or(0, |&b| u32::from_le_bytes(b))
}

fn u64_at(data: &[u8], at: usize) -> u64 {
    data.get(at..).and_then(|d| d.first_chunk()).map_or(0, |&b| u64::from_le_bytes(b))
}

fn put_u16(cell: &mut [u8], at: usize, number: u16) {
    cell[at..at + 2].copy_from_slice(&number.to_le_bytes());
}

fn put_u32(cell: &mut [u8], at: usize, number: u32) {
    cell[at..at + 4].copy_from_slice(&number.to_le_bytes());
}
