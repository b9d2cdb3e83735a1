//! Lists of subkeys while keys come and go: leaves that grow, split and vanish, always in order.

use super::super::check::capacity;
use super::super::list::{leaves, search};
use super::super::names::{fold, hash, hint};
use super::super::{NONE, put_u16, put_u32, u16_at};
use super::HiveEditor;
use crate::error::{Error, ErrorKind, Result};

/// Entries of a leaf that fills one bin of 4,096 bytes.
const LEAF: usize = 507;
/// Where a key keeps its list of subkeys, and their number.
const LIST: usize = 28;
const COUNT: usize = 20;

impl HiveEditor {
    /// Puts a key into its parent's list.
    pub(super) fn link(&mut self, parent: u32, child: u32) -> Result<()> {
        let units: Vec<u16> = self.at(child)?.raw_name().units().collect();
        let folded = fold(&units);
        let (count, list) = (self.at(parent)?.subkey_count(), self.at(parent)?.field(LIST));
        if count == 0 {
            let list = self.new_leaf(&[child])?;
            self.sorted.insert(parent);
            return self.set_list(parent, list, 1);
        }
        let found = leaves(&self.hive, list)?;
        let (which, place, there) = search(&self.hive, &found, &folded)?;
        if there {
            return Err(Error::new(ErrorKind::AlreadyExists, "a subkey of this name is there already"));
        }
        let (leaf, len) = (found[which].0, found[which].1.len());
        let root = (leaf != list).then_some(list);
        if len < LEAF {
            let moved = self.insert(leaf, place, child)?;
            let list = self.replace_leaf(root, which, moved)?;
            return self.set_list(parent, list, count + 1);
        }
        // Keys that come in order fill leaf after leaf instead of leaving them half full.
        let last = place == len && which + 1 == found.len();
        let upper = if last { self.new_leaf(&[child])? } else { self.split(leaf, len / 2)? };
        let root = match root {
            Some(root) => self.insert_plain(root, which + 1, upper)?,
            None => self.store(&ri(&[leaf, upper]))?,
        };
        if last {
            return self.set_list(parent, root, count + 1);
        }
        self.set_list(parent, root, count)?;
        let (which, leaf, place) =
            if place <= len / 2 { (which, leaf, place) } else { (which + 1, upper, place - len / 2) };
        let moved = self.insert(leaf, place, child)?;
        let list = self.replace_leaf(Some(root), which, moved)?;
        self.set_list(parent, list, count + 1)
    }

    /// Takes a key out of its parent's list.
    pub(super) fn unlink(&mut self, parent: u32, child: u32) -> Result<()> {
        let units: Vec<u16> = self.at(child)?.raw_name().units().collect();
        let (count, list) = (self.at(parent)?.subkey_count(), self.at(parent)?.field(LIST));
        let found = leaves(&self.hive, list)?;
        let (which, place, there) = search(&self.hive, &found, &fold(&units))?;
        let (leaf, what) = found.get(which).copied().ok_or_else(lost)?;
        if !there || what.key(place) != child {
            return Err(lost());
        }
        let (len, stride) = (what.len(), what.stride);
        if len > 1 {
            let cell = self.cell_mut(leaf)?;
            cell.copy_within(4 + (place + 1) * stride..4 + len * stride, 4 + place * stride);
            put_u16(cell, 2, len as u16 - 1);
            return self.set_list(parent, list, count - 1);
        }
        self.release(leaf)?;
        if leaf == list {
            return self.set_list(parent, NONE, 0);
        }
        let cell = self.cell_mut(list)?;
        let leaves = usize::from(u16_at(cell, 2));
        cell.copy_within(4 + (which + 1) * 4..4 + leaves * 4, 4 + which * 4);
        put_u16(cell, 2, leaves as u16 - 1);
        if leaves > 1 {
            return self.set_list(parent, list, count - 1);
        }
        self.release(list)?;
        self.set_list(parent, NONE, 0)
    }

    /// Makes sure that the subkeys are in order: other programs' lists may not be.
    pub(super) fn sort(&mut self, parent: u32) -> Result<()> {
        if self.sorted.contains(&parent) {
            return Ok(());
        }
        let key = self.at(parent)?;
        let offsets = key.subkey_offsets()?;
        let mut last: Vec<u16> = Vec::new();
        let mut in_order = true;
        for (i, &offset) in offsets.iter().enumerate() {
            let name = self.at(offset)?.raw_name();
            in_order &= i == 0 || name.cmp_folded(&last).is_gt();
            last.clear();
            last.extend(name.units().map(crate::base::upcase));
        }
        if !in_order {
            let named =
                offsets.iter().map(|&o| Ok((fold(&self.at(o)?.raw_name().units().collect::<Vec<_>>()), o)));
            let mut named = named.collect::<Result<Vec<(Vec<u16>, u32)>>>()?;
            named.sort();
            if named.windows(2).any(|pair| pair[0].0 == pair[1].0) {
                return Err(Error::malformed("two subkeys have one name"));
            }
            let offsets: Vec<u32> = named.into_iter().map(|(_, o)| o).collect();
            let count = offsets.len() as u32;
            let list = self.new_list(&offsets)?;
            self.release_list(parent)?;
            self.set_list(parent, list, count)?;
        }
        self.sorted.insert(parent);
        Ok(())
    }

    /// Gives back the cells of a key's list.
    pub(super) fn release_list(&mut self, key: u32) -> Result<()> {
        let key = self.at(key)?;
        if key.subkey_count() == 0 {
            return Ok(());
        }
        let list = key.field(LIST);
        let cells: Vec<u32> = leaves(&self.hive, list)?.into_iter().map(|(offset, _)| offset).collect();
        if cells != [list] {
            self.release(list)?;
        }
        cells.into_iter().try_for_each(|cell| self.release(cell))
    }

    fn set_list(&mut self, key: u32, list: u32, count: u32) -> Result<()> {
        let cell = self.cell_mut(key)?;
        put_u32(cell, LIST, list);
        put_u32(cell, COUNT, count);
        if count == 0 {
            // The longest name and class below: nothing is below.
            put_u16(cell, 52, 0);
            put_u32(cell, 56, 0);
        }
        Ok(())
    }

    /// After a leaf may have moved: its new place goes into the `ri`, or it is the list itself.
    fn replace_leaf(&mut self, root: Option<u32>, which: usize, leaf: u32) -> Result<u32> {
        let Some(root) = root else { return Ok(leaf) };
        put_u32(self.cell_mut(root)?, 4 + which * 4, leaf);
        Ok(root)
    }

    fn new_list(&mut self, keys: &[u32]) -> Result<u32> {
        if keys.len() <= LEAF {
            return self.new_leaf(keys);
        }
        let leaves = keys.chunks(LEAF).map(|part| self.new_leaf(part)).collect::<Result<Vec<u32>>>()?;
        self.store(&ri(&leaves))
    }

    /// A leaf of the kind that the hive's version has.
    fn new_leaf(&mut self, keys: &[u32]) -> Result<u32> {
        let signature = match self.hive.base.minor {
            5.. => b"lh",
            3 | 4 => b"lf",
            _ => b"li",
        };
        let mut bytes = signature.to_vec();
        bytes.extend((keys.len() as u16).to_le_bytes());
        for &key in keys {
            bytes.extend(self.entry(*signature, key)?);
        }
        self.store(&bytes)
    }

    fn entry(&self, signature: [u8; 2], key: u32) -> Result<Vec<u8>> {
        let mut entry = key.to_le_bytes().to_vec();
        let name = self.at(key)?.raw_name();
        match &signature {
            b"lh" => entry.extend(hash(&fold(&name.units().collect::<Vec<_>>())).to_le_bytes()),
            b"lf" => entry.extend(hint(name.units())),
            _ => {}
        }
        Ok(entry)
    }

    /// Puts a key into a leaf that is not full; returns where the leaf is then.
    fn insert(&mut self, leaf: u32, place: usize, key: u32) -> Result<u32> {
        let cell = self.hive.cell(leaf)?;
        let entry = self.entry([cell[0], cell[1]], key)?;
        self.insert_entry(leaf, place, &entry)
    }

    fn insert_plain(&mut self, root: u32, place: usize, leaf: u32) -> Result<u32> {
        self.insert_entry(root, place, &leaf.to_le_bytes())
    }

    fn insert_entry(&mut self, list: u32, place: usize, entry: &[u8]) -> Result<u32> {
        let (stride, cell) = (entry.len(), self.hive.cell(list)?);
        let len = usize::from(u16_at(cell, 2));
        let count = u16::try_from(len + 1).map_err(|_| Error::malformed("a list of subkeys is full"))?;
        let mut at = list;
        if capacity(cell, stride) == len {
            let bytes = cell[..4 + len * stride].to_vec();
            // Half as much again: keys come in numbers.
            at = self
                .allocate((bytes.len() + bytes.len() / 2).clamp(bytes.len() + stride, 4 + 65_535 * stride))?;
            self.cell_mut(at)?[..bytes.len()].copy_from_slice(&bytes);
            self.release(list)?;
        }
        let cell = self.cell_mut(at)?;
        let start = 4 + place * stride;
        cell.copy_within(start..4 + len * stride, start + stride);
        cell[start..start + stride].copy_from_slice(entry);
        put_u16(cell, 2, count);
        Ok(at)
    }

    /// Moves the entries of a leaf from `at` on into a new one.
    fn split(&mut self, leaf: u32, at: usize) -> Result<u32> {
        let cell = self.hive.cell(leaf)?;
        let len = usize::from(u16_at(cell, 2));
        let stride = if cell.starts_with(b"li") { 4 } else { 8 };
        let mut upper = cell[..2].to_vec();
        upper.extend(((len - at) as u16).to_le_bytes());
        upper.extend_from_slice(&cell[4 + at * stride..4 + len * stride]);
        let upper = self.store(&upper)?;
        put_u16(self.cell_mut(leaf)?, 2, at as u16);
        Ok(upper)
    }
}

fn ri(leaves: &[u32]) -> Vec<u8> {
    let mut bytes = b"ri".to_vec();
    bytes.extend((leaves.len() as u16).to_le_bytes());
    bytes.extend(leaves.iter().flat_map(|l| l.to_le_bytes()));
    bytes
}

fn lost() -> Error {
    Error::new(ErrorKind::Internal, "a key is not in its parent's list")
}
