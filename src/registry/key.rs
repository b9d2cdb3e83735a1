//! Keys: `nk` cells, their subkeys, values, class and security descriptor.

use super::names::{RawName, fold};
use super::{Hive, NONE, Value, list, u16_at, u32_at, u64_at};
use crate::base::{Limits, Name};
use crate::error::{Error, Result};

/// Where the name begins in an `nk` cell.
pub(super) const NAME: usize = 76;

/// Flags of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyFlags(pub u16);

impl KeyFlags {
    /// The root of a hive.
    pub const ROOT: u16 = 0x0004;
    /// The key may not be deleted.
    pub const NO_DELETE: u16 = 0x0008;
    /// A symbolic link to another key.
    pub const LINK: u16 = 0x0010;
    /// The name is stored with a byte for each character.
    pub const COMPRESSED_NAME: u16 = 0x0020;
    /// A predefined handle, whose value fields are none.
    pub const PREDEFINED: u16 = 0x0040;

    /// Whether one of these bits is set.
    pub fn has(self, bits: u16) -> bool {
        self.0 & bits != 0
    }
}

/// A key of a hive.
///
/// ```
/// use wimwright::base::Limits;
/// use wimwright::registry::{Hive, Key, KeyFlags};
///
/// let mut editor = Hive::empty(&Limits::default())?.edit()?;
/// editor.create(r"Setup\FirstBoot")?.set_dword("Done", 1)?;
/// let hive = Hive::open(editor.finish(), &Limits::default())?;
/// let root: Key<'_> = hive.root()?;
/// assert!(root.is_root() && root.flags().has(KeyFlags::ROOT) && root.parent()?.is_none());
/// let key = root.child("setup")?.expect("case does not matter").subkey("FirstBoot")?.unwrap();
/// assert_eq!((key.name().to_string().as_str(), key.path().as_str()), ("FirstBoot", r"Setup\FirstBoot"));
/// assert_eq!((key.subkey_count(), key.value_count(), key.subkeys()?.len()), (0, 1, 0));
/// assert!(key.class()?.is_empty() && key.security()? == root.security()? && key.written() > 0);
/// assert_eq!(key.values()?[0].name(), key.value("Done")?.unwrap().name());
/// assert_eq!(key.parent()?.unwrap().path(), "Setup");
/// # Ok::<(), wimwright::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Key<'h> {
    pub(super) hive: &'h Hive,
    pub(super) offset: u32,
    cell: &'h [u8],
    depth: u32,
}

impl<'h> Key<'h> {
    pub(super) fn at(hive: &'h Hive, offset: u32, depth: u32) -> Result<Self> {
        let cell = hive.cell(offset)?;
        if !cell.starts_with(b"nk") || cell.len() < NAME {
            return Err(Error::malformed(format!("the cell at offset {offset:#x} is no key")));
        }
        let key = Self { hive, offset, cell, depth };
        if cell.len() < NAME + key.name_length() {
            return Err(Error::malformed(format!("the name of the key at offset {offset:#x} is cut off")));
        }
        Ok(key)
    }

    fn name_length(&self) -> usize {
        u16_at(self.cell, 72).into()
    }

    pub(super) fn raw_name(&self) -> RawName<'h> {
        let name = self.cell.get(NAME..NAME + self.name_length()).unwrap_or_default();
        RawName::new(name, self.flags().has(KeyFlags::COMPRESSED_NAME))
    }

    pub(super) fn field(&self, at: usize) -> u32 {
        u32_at(self.cell, at)
    }

    /// The name as it is spelled. The root has one too, which paths do not show.
    pub fn name(&self) -> Name {
        self.raw_name().to_name()
    }

    /// The path from the root, without a separator at its start; empty for the root.
    pub fn path(&self) -> String {
        let (mut names, mut key) = (Vec::new(), *self);
        while !key.is_root() {
            names.push(key.raw_name().to_name().to_string());
            match Key::at(self.hive, key.field(16), 0) {
                Ok(parent) if names.len() <= self.hive.limits.max_depth as usize => key = parent,
                _ => {
                    names.push("…".into());
                    break;
                }
            }
        }
        names.reverse();
        names.join("\\")
    }

    fn blame(&self, error: Error) -> Error {
        error.with_path(if self.is_root() { "\\".into() } else { self.path() })
    }

    /// Whether this is the root.
    pub fn is_root(&self) -> bool {
        self.offset == self.hive.base.root
    }

    /// The flags.
    pub fn flags(&self) -> KeyFlags {
        KeyFlags(u16_at(self.cell, 2))
    }

    /// When the key was last changed, as a FILETIME.
    pub fn written(&self) -> u64 {
        u64_at(self.cell, 4)
    }

    /// How many subkeys there are, by the key's own word.
    pub fn subkey_count(&self) -> u32 {
        self.field(20)
    }

    /// How many values there are, by the key's own word.
    pub fn value_count(&self) -> u32 {
        if self.flags().has(KeyFlags::PREDEFINED) { 0 } else { self.field(36) }
    }

    /// The class name; empty for most keys.
    pub fn class(&self) -> Result<Name> {
        let (offset, length) = (self.field(48), usize::from(u16_at(self.cell, 74)));
        if offset == NONE || length == 0 {
            return Ok(Name::default());
        }
        let cell = self.hive.cell(offset).map_err(|e| self.blame(e))?;
        let class = cell.get(..length);
        let class = class.ok_or_else(|| self.blame(Error::malformed("the key's class name is cut off")))?;
        Ok(RawName::Wide(class).to_name())
    }

    /// The self-relative security descriptor; `None` where the key has none.
    pub fn security(&self) -> Result<Option<&'h [u8]>> {
        if self.field(44) == NONE {
            return Ok(None);
        }
        security_in(self.hive, self.field(44)).map(Some).map_err(|e| self.blame(e))
    }

    /// All subkeys, in the order of the list.
    pub fn subkeys(&self) -> Result<Vec<Key<'h>>> {
        let offsets = self.subkey_offsets()?;
        let depth = self.below()?;
        offsets.iter().map(|&o| Key::at(self.hive, o, depth).map_err(|e| self.blame(e))).collect()
    }

    pub(super) fn subkey_offsets(&self) -> Result<Vec<u32>> {
        let count = self.subkey_count();
        if count == 0 {
            return Ok(Vec::new());
        }
        Limits::check("the number of subkeys", count.into(), self.hive.limits.max_entries)
            .and_then(|_| list::offsets(self.hive, self.field(28), count))
            .map_err(|e| self.blame(e))
    }

    pub(super) fn depth(&self) -> u32 {
        self.depth
    }

    fn below(&self) -> Result<u32> {
        let limit = self.hive.limits.max_depth;
        Limits::check("the depth of keys", u64::from(self.depth) + 1, limit.into())
            .map_err(|e| self.blame(e))
            .map(|depth| depth as u32)
    }

    /// The subkey of this one name, which may hold any character; case does not matter.
    pub fn child(&self, name: impl Into<Name>) -> Result<Option<Key<'h>>> {
        self.child_folded(&fold(name.into().units()))
    }

    fn child_folded(&self, folded: &[u16]) -> Result<Option<Key<'h>>> {
        if self.subkey_count() == 0 {
            return Ok(None);
        }
        let depth = self.below()?;
        list::find(self.hive, self.field(28), folded)
            .and_then(|found| found.map(|offset| Key::at(self.hive, offset, depth)).transpose())
            .map_err(|e| self.blame(e))
    }

    /// The key at a path below this one, its names separated by `\`; the empty path is this key.
    pub fn subkey(&self, path: &str) -> Result<Option<Key<'h>>> {
        let mut key = *self;
        for name in path.split('\\').filter(|n| !n.is_empty()) {
            match key.child(name)? {
                Some(child) => key = child,
                None => return Ok(None),
            }
        }
        Ok(Some(key))
    }

    /// All values, in the order of the list.
    pub fn values(&self) -> Result<Vec<Value<'h>>> {
        let offsets = self.value_offsets()?;
        offsets.map(|o| Value::at(self.hive, o).map_err(|e| self.blame(e))).collect()
    }

    pub(super) fn value_offsets(&self) -> Result<impl Iterator<Item = u32> + use<'h>> {
        let count = self.value_count() as usize;
        let mut list: &[u8] = &[];
        if count != 0 {
            let cell = self.hive.cell(self.field(40)).map_err(|e| self.blame(e))?;
            list = count.checked_mul(4).and_then(|bytes| cell.get(..bytes)).ok_or_else(|| {
                self.blame(Error::malformed(format!("the list of {count} values is longer than its cell")))
            })?;
        }
        Ok(list.as_chunks::<4>().0.iter().map(|o| u32::from_le_bytes(*o)))
    }

    /// The value of this name; the empty name is the default value. Case does not matter.
    pub fn value(&self, name: impl Into<Name>) -> Result<Option<Value<'h>>> {
        let folded = fold(name.into().units());
        for offset in self.value_offsets()? {
            let value = Value::at(self.hive, offset).map_err(|e| self.blame(e))?;
            if value.raw_name().cmp_folded(&folded).is_eq() {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// The key in which this one stands; `None` for the root.
    pub fn parent(&self) -> Result<Option<Key<'h>>> {
        if self.is_root() {
            return Ok(None);
        }
        Key::at(self.hive, self.field(16), self.depth.saturating_sub(1)).map(Some).map_err(|e| self.blame(e))
    }
}

/// The descriptor in an `sk` cell.
pub(super) fn security_in(hive: &Hive, offset: u32) -> Result<&[u8]> {
    let cell = hive.cell(offset)?;
    if !cell.starts_with(b"sk") || cell.len() < 20 {
        return Err(Error::malformed("the key's security descriptor is in a cell that is none"));
    }
    let descriptor = cell[20..].get(..u32_at(cell, 16) as usize);
    descriptor.ok_or_else(|| Error::malformed("the key's security descriptor is cut off"))
}

impl std::fmt::Debug for Key<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Key").field(&self.path()).finish()
    }
}
