//! Changing a hive where it lies: every call leaves it whole in memory, [`HiveEditor::finish`] closes it.

mod keys;
mod lists;
mod room;
mod security;
mod values;

pub use keys::KeyMut;
pub(super) use room::Room;

use super::check::{Checked, check};
use super::{Hive, Key};
use crate::error::{Error, Result};
use std::collections::{HashMap, HashSet};
use std::time::{SystemTime, UNIX_EPOCH};

/// 100-nanosecond steps from 1601, where FILETIMEs begin, to 1970.
const UNIX_EPOCH_AS_FILETIME: u64 = 116_444_736_000_000_000;

/// A hive that is being changed.
///
/// An error leaves the hive readable; what the failing call had begun may be missing or half there.
///
/// ```
/// use wimwright::base::Limits;
/// use wimwright::registry::{Hive, HiveEditor, ValueKind};
///
/// let mut editor: HiveEditor = Hive::empty(&Limits::default())?.edit()?;
/// editor.set_time(0x01DB_0000_0000_0000);
/// let mut key = editor.create("Key")?;
/// key.set("Raw", ValueKind::BINARY, &[1, 2, 3])?;
/// key.set_class("class")?;
/// key.create_child("Child")?;
/// assert!(key.delete_child("Child")? && key.unset("Raw")? && !key.unset("Raw")?);
/// assert!(editor.is_changed() && editor.key("Key")?.is_some());
/// assert!(editor.delete("Key")? && editor.hive().key("Key")?.is_none());
/// editor.root()?.set_dword("Number", 7)?;
/// let bytes: Vec<u8> = editor.finish(); // the hive as a file
/// # Ok::<(), wimwright::Error>(())
/// ```
#[derive(Clone)]
pub struct HiveEditor {
    hive: Hive,
    room: Room,
    /// Keys by security cell.
    security: HashMap<u32, u32>,
    /// Security cells by descriptor, once that was needed.
    descriptors: Option<HashMap<Box<[u8]>, u32>>,
    /// Keys whose list of subkeys is known to be in order.
    sorted: HashSet<u32>,
    now: u64,
    changed: bool,
}

impl HiveEditor {
    pub(super) fn new(hive: Hive) -> Result<Self> {
        if hive.is_dirty() {
            return Err(Error::malformed(
                "a hive that was not closed cleanly is not edited before its logs are replayed",
            ));
        }
        let Checked { room, security, .. } = check(&hive)?;
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos() / 100;
        let now = UNIX_EPOCH_AS_FILETIME + since_1970 as u64;
        Ok(Self { hive, room, security, descriptors: None, sorted: HashSet::new(), now, changed: false })
    }

    /// The time (a FILETIME) that changed keys and the hive get, instead of the time when the edit began.
    pub fn set_time(&mut self, filetime: u64) {
        self.now = filetime;
    }

    /// The hive as it is now.
    pub fn hive(&self) -> &Hive {
        &self.hive
    }

    /// Whether anything was changed.
    pub fn is_changed(&self) -> bool {
        self.changed
    }

    /// The root key.
    pub fn root(&mut self) -> Result<KeyMut<'_>> {
        let offset = self.hive.base.root;
        Ok(KeyMut::new(self, offset, 0))
    }

    /// The key at a path below the root; `None` where there is none.
    pub fn key(&mut self, path: &str) -> Result<Option<KeyMut<'_>>> {
        let found = self.hive.key(path)?.map(|key| (key.offset, key.depth()));
        Ok(found.map(|(offset, depth)| KeyMut::new(self, offset, depth)))
    }

    /// The key at a path below the root, made with all above it where it is missing.
    pub fn create(&mut self, path: &str) -> Result<KeyMut<'_>> {
        let offset = self.hive.base.root;
        let (offset, depth) = self.create_below(offset, 0, path)?;
        Ok(KeyMut::new(self, offset, depth))
    }

    /// Deletes the key at a path with all below it; false where there is none. The root stays.
    pub fn delete(&mut self, path: &str) -> Result<bool> {
        self.root()?.delete(path)
    }

    /// Closes the hive, with new sequence numbers, time and checksum. One that was not changed stays as it was.
    pub fn finish(mut self) -> Vec<u8> {
        if self.changed {
            let base = &mut self.hive.base;
            let sequence = base.sequence.0.wrapping_add(1);
            base.sequence = (sequence, sequence);
            base.written = self.now;
            base.write_to(&mut self.hive.data);
        }
        self.hive.data
    }

    fn at(&self, offset: u32) -> Result<Key<'_>> {
        Key::at(&self.hive, offset, 0)
    }

    fn cell_mut(&mut self, offset: u32) -> Result<&mut [u8]> {
        self.hive.cell_mut(offset)
    }

    fn allocate(&mut self, len: usize) -> Result<u32> {
        self.changed = true;
        self.room.allocate(&mut self.hive, len)
    }

    fn release(&mut self, offset: u32) -> Result<()> {
        self.changed = true;
        self.room.release(&mut self.hive, offset)
    }

    /// A cell with these bytes.
    fn store(&mut self, bytes: &[u8]) -> Result<u32> {
        let offset = self.allocate(bytes.len())?;
        self.cell_mut(offset)?[..bytes.len()].copy_from_slice(bytes);
        Ok(offset)
    }

    /// Marks a key as changed now.
    fn touch(&mut self, key: u32) -> Result<()> {
        let now = self.now;
        self.changed = true;
        self.cell_mut(key)?[4..12].copy_from_slice(&now.to_le_bytes());
        Ok(())
    }
}

impl std::fmt::Debug for HiveEditor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HiveEditor")
            .field("hive", &self.hive)
            .field("changed", &self.changed)
            .finish_non_exhaustive()
    }
}
