//! Keys made and deleted, and the handle through which one key is changed.

use super::super::key::{KeyFlags, NAME};
use super::super::list::{leaves, search};
use super::super::names::{encode, fold};
use super::super::{Key, NONE, ValueKind, put_u16, put_u32, u32_at};
use super::HiveEditor;
use crate::base::{Limits, Name};
use crate::error::{Error, ErrorKind, Result};

/// The most that Windows takes: UTF-16 units of a key's name, and levels of keys.
const MAX_NAME: usize = 255;
const MAX_LEVELS: u64 = 512;

impl HiveEditor {
    pub(super) fn create_below(&mut self, mut key: u32, mut depth: u32, path: &str) -> Result<(u32, u32)> {
        for name in path.split('\\').filter(|n| !n.is_empty()) {
            (key, depth) = self.create_one(key, depth, &name.into())?;
        }
        Ok((key, depth))
    }

    fn create_one(&mut self, parent: u32, depth: u32, name: &Name) -> Result<(u32, u32)> {
        self.sort(parent)?;
        let (units, above) = (name.units(), self.at(parent)?);
        if above.subkey_count() != 0 {
            let leaves = leaves(&self.hive, above.field(28))?;
            if let (leaf, place, true) = search(&self.hive, &leaves, &fold(units))? {
                return Ok((leaves[leaf].1.key(place), depth + 1));
            }
        }
        if units.is_empty() || units.len() > MAX_NAME || units.contains(&u16::from(b'\\')) {
            let sentence = format!("\"{name}\" is no name for a key: 1 to {MAX_NAME} characters without \\");
            return Err(Error::new(ErrorKind::InvalidArgument, sentence));
        }
        let limit = MAX_LEVELS.min(self.hive.limits.max_depth.into());
        Limits::check("the depth of keys", u64::from(depth) + 1, limit)?;
        let (bytes, compressed) = encode(units);
        let security = self.at(parent)?.field(44);
        let mut nk = vec![0; NAME];
        nk[..2].copy_from_slice(b"nk");
        put_u16(&mut nk, 2, if compressed { KeyFlags::COMPRESSED_NAME } else { 0 });
        nk[4..12].copy_from_slice(&self.now.to_le_bytes());
        put_u32(&mut nk, 16, parent);
        for nothing in [28, 32, 40, 44, 48] {
            put_u32(&mut nk, nothing, NONE);
        }
        put_u16(&mut nk, 72, bytes.len() as u16);
        nk.extend(bytes);
        let child = self.store(&nk)?;
        self.link(parent, child)?;
        self.share_security(child, security)?;
        self.touch(parent)?;
        let cell = self.cell_mut(parent)?;
        let longest = u32_at(cell, 52) as u16;
        put_u16(cell, 52, longest.max(2 * units.len() as u16));
        Ok((child, depth + 1))
    }

    /// Deletes a key that is no root, with all below it.
    fn delete_tree(&mut self, parent: u32, child: u32) -> Result<()> {
        self.sort(parent)?;
        self.unlink(parent, child)?;
        self.touch(parent)?;
        let mut pending = vec![child];
        while let Some(key) = pending.pop() {
            pending.extend(self.at(key)?.subkey_offsets()?);
            self.release_list(key)?;
            self.release_values(key)?;
            self.release_class(key)?;
            self.release_security(key)?;
            self.release(key)?;
            self.sorted.remove(&key);
        }
        Ok(())
    }

    fn release_class(&mut self, key: u32) -> Result<()> {
        let key = self.at(key)?;
        let class = key.field(48);
        if class != NONE && !key.class()?.is_empty() {
            self.release(class)?;
        }
        Ok(())
    }

    fn set_class(&mut self, key: u32, class: &Name) -> Result<()> {
        let bytes: Vec<u8> = class.units().iter().flat_map(|u| u.to_le_bytes()).collect();
        let len = u16::try_from(bytes.len()).map_err(|_| {
            Error::new(ErrorKind::InvalidArgument, "the class name is over 32,767 characters")
        })?;
        let offset = if bytes.is_empty() { NONE } else { self.store(&bytes)? };
        self.release_class(key)?;
        let cell = self.cell_mut(key)?;
        put_u32(cell, 48, offset);
        put_u16(cell, 74, len);
        let parent = u32_at(cell, 16);
        self.touch(key)?;
        if key != self.hive.base.root && self.at(parent).is_ok() {
            let cell = self.cell_mut(parent)?;
            let longest = u32_at(cell, 56).max(len.into());
            put_u32(cell, 56, longest);
        }
        Ok(())
    }
}

/// A key that is being changed. Nothing else of the hive changes while one is held.
///
/// ```
/// use wimwright::base::Limits;
/// use wimwright::registry::{Hive, KeyMut, ValueKind};
///
/// let mut editor = Hive::empty(&Limits::default())?.edit()?;
/// let mut key: KeyMut<'_> = editor.create(r"Setup\Upgrade")?;
/// key.set_text("Name", ValueKind::SZ, "text")?;
/// key.set_strings("Names", &["one", "two"])?;
/// key.set_dword("Number", 7)?;
/// key.set_qword("Large", 1 << 40)?;
/// key.set("Raw", ValueKind::NONE, &[])?;
/// key.unset("Raw")?;
/// key.set_class("class")?;
/// key.set_security(&key.key()?.security()?.unwrap().to_vec())?;
/// key.create_child(r"one/name")?;
/// assert!(key.subkey("one/name")?.is_some() && key.delete_child("one/name")?);
/// key.create(r"below\it")?;
/// assert!(key.delete("below")? && !key.delete("below")?);
/// key.set_written(0x01DB_0000_0000_0000)?;
/// assert_eq!(key.key()?.written(), 0x01DB_0000_0000_0000);
/// # Ok::<(), wimwright::Error>(())
/// ```
#[derive(Debug)]
pub struct KeyMut<'e> {
    editor: &'e mut HiveEditor,
    offset: u32,
    depth: u32,
}

impl<'e> KeyMut<'e> {
    pub(super) fn new(editor: &'e mut HiveEditor, offset: u32, depth: u32) -> Self {
        Self { editor, offset, depth }
    }

    /// The key, to be read.
    pub fn key(&self) -> Result<Key<'_>> {
        Key::at(&self.editor.hive, self.offset, self.depth)
    }

    fn blame(&self, error: Error) -> Error {
        match self.key() {
            Ok(key) if !key.is_root() => error.with_path(key.path()),
            _ => error.with_path("\\"),
        }
    }

    /// The key at a path below this one; `None` where there is none.
    pub fn subkey(&mut self, path: &str) -> Result<Option<KeyMut<'_>>> {
        let found = self.key()?.subkey(path)?.map(|key| (key.offset, key.depth()));
        Ok(found.map(|(offset, depth)| KeyMut::new(self.editor, offset, depth)))
    }

    /// The key at a path below this one, made with all above it where it is missing. A new key has the security
    /// descriptor of its parent.
    pub fn create(&mut self, path: &str) -> Result<KeyMut<'_>> {
        let made = self.editor.create_below(self.offset, self.depth, path);
        let (offset, depth) = made.map_err(|e| self.blame(e))?;
        Ok(KeyMut::new(self.editor, offset, depth))
    }

    /// The subkey of this one name, made where it is missing.
    pub fn create_child(&mut self, name: impl Into<Name>) -> Result<KeyMut<'_>> {
        let made = self.editor.create_one(self.offset, self.depth, &name.into());
        let (offset, depth) = made.map_err(|e| self.blame(e))?;
        Ok(KeyMut::new(self.editor, offset, depth))
    }

    /// Deletes the key at a path below this one, with all below it; false where there is none. The empty path is
    /// an error: a key does not delete itself.
    pub fn delete(&mut self, path: &str) -> Result<bool> {
        let path = path.trim_matches('\\');
        let (above, name) = path.rsplit_once('\\').unwrap_or(("", path));
        if name.is_empty() {
            return Err(Error::new(ErrorKind::InvalidArgument, "no key to delete is named"));
        }
        match self.subkey(above)? {
            Some(mut parent) => parent.delete_child(name),
            None => Ok(false),
        }
    }

    /// Deletes the subkey of this one name, with all below it; false where there is none.
    pub fn delete_child(&mut self, name: impl Into<Name>) -> Result<bool> {
        let Some(child) = self.key()?.child(name)?.map(|key| key.offset) else { return Ok(false) };
        self.editor.delete_tree(self.offset, child).map_err(|e| self.blame(e))?;
        Ok(true)
    }

    /// Sets a value; the empty name is the default value. An existing one keeps the spelling of its name.
    pub fn set(&mut self, name: impl Into<Name>, kind: ValueKind, data: &[u8]) -> Result<()> {
        self.editor.set_value(self.offset, &name.into(), kind, data).map_err(|e| self.blame(e))
    }

    /// Sets a `REG_DWORD`.
    pub fn set_dword(&mut self, name: impl Into<Name>, number: u32) -> Result<()> {
        self.set(name, ValueKind::DWORD, &number.to_le_bytes())
    }

    /// Sets a `REG_QWORD`.
    pub fn set_qword(&mut self, name: impl Into<Name>, number: u64) -> Result<()> {
        self.set(name, ValueKind::QWORD, &number.to_le_bytes())
    }

    /// Sets a `REG_SZ` (or another type of text), with the NUL at its end.
    pub fn set_text(&mut self, name: impl Into<Name>, kind: ValueKind, text: &str) -> Result<()> {
        self.set(name, kind, &utf16(text))
    }

    /// Sets a `REG_MULTI_SZ`.
    pub fn set_strings<S: AsRef<str>>(&mut self, name: impl Into<Name>, strings: &[S]) -> Result<()> {
        let mut data: Vec<u8> = strings.iter().flat_map(|s| utf16(s.as_ref())).collect();
        data.extend([0, 0]);
        self.set(name, ValueKind::MULTI_SZ, &data)
    }

    /// Deletes a value; false where there is none.
    pub fn unset(&mut self, name: impl Into<Name>) -> Result<bool> {
        self.editor.delete_value(self.offset, &name.into()).map_err(|e| self.blame(e))
    }

    /// Gives the key a self-relative security descriptor. Keys with equal ones share a cell.
    pub fn set_security(&mut self, descriptor: &[u8]) -> Result<()> {
        self.editor.set_security(self.offset, descriptor).map_err(|e| self.blame(e))
    }

    /// Sets the class name; an empty one takes it away.
    pub fn set_class(&mut self, class: impl Into<Name>) -> Result<()> {
        self.editor.set_class(self.offset, &class.into()).map_err(|e| self.blame(e))
    }

    /// Sets the time (a FILETIME) of the key's last change, which any later change sets again.
    pub fn set_written(&mut self, filetime: u64) -> Result<()> {
        self.editor.changed = true;
        self.editor.cell_mut(self.offset)?[4..12].copy_from_slice(&filetime.to_le_bytes());
        Ok(())
    }
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}
