//! Values set and deleted, and where their data goes.

use super::super::names::encode;
use super::super::value::{NAME, PIECE, RESIDENT, piece_cells};
use super::super::{KeyFlags, NONE, Value, ValueKind, put_u16, put_u32, u32_at};
use super::HiveEditor;
use crate::base::{Limits, Name};
use crate::error::{Error, ErrorKind, Result};

/// The most that Windows takes: UTF-16 units of a value's name.
const MAX_NAME: usize = 16_383;
/// Where a key keeps its list of values, and their number.
const LIST: usize = 40;
const COUNT: usize = 36;

impl HiveEditor {
    pub(super) fn set_value(&mut self, key: u32, name: &Name, kind: ValueKind, data: &[u8]) -> Result<()> {
        if name.units().len() > MAX_NAME {
            let sentence = format!("the name of a value has over {MAX_NAME} characters");
            return Err(Error::new(ErrorKind::InvalidArgument, sentence));
        }
        if self.at(key)?.flags().has(KeyFlags::PREDEFINED) {
            return Err(Error::unsupported("the key is a predefined handle, which has no values"));
        }
        let limit = u64::from(RESIDENT - 1).min(self.hive.limits.max_buffer);
        Limits::check("the length of a value", data.len() as u64, limit)?;
        let vk = match self.find_value(key, name)? {
            Some((_, vk)) => self.replace_data(vk, data).map(|()| vk)?,
            None => self.new_value(key, name, data)?,
        };
        put_u32(self.cell_mut(vk)?, 12, kind.0);
        self.touch(key)?;
        let cell = self.cell_mut(key)?;
        let (longest_name, longest_data) = (u32_at(cell, 60), u32_at(cell, 64));
        put_u32(cell, 60, longest_name.max(2 * name.units().len() as u32));
        put_u32(cell, 64, longest_data.max(data.len() as u32));
        Ok(())
    }

    pub(super) fn delete_value(&mut self, key: u32, name: &Name) -> Result<bool> {
        let Some((place, vk)) = self.find_value(key, name)? else { return Ok(false) };
        let (list, count) = (self.at(key)?.field(LIST), self.at(key)?.value_count() as usize);
        self.release_data(vk)?;
        self.release(vk)?;
        if count == 1 {
            self.release(list)?;
        } else {
            self.cell_mut(list)?.copy_within(4 * (place + 1)..4 * count, 4 * place);
        }
        self.touch(key)?;
        let cell = self.cell_mut(key)?;
        put_u32(cell, COUNT, count as u32 - 1);
        if count == 1 {
            put_u32(cell, LIST, NONE);
            put_u32(cell, 60, 0);
            put_u32(cell, 64, 0);
        }
        Ok(true)
    }

    /// Gives back all that a key's values take.
    pub(super) fn release_values(&mut self, key: u32) -> Result<()> {
        let (list, count) = (self.at(key)?.field(LIST), self.at(key)?.value_count());
        if count == 0 {
            return Ok(());
        }
        let offsets: Vec<u32> = self.at(key)?.value_offsets()?.collect();
        for vk in offsets {
            self.release_data(vk)?;
            self.release(vk)?;
        }
        self.release(list)
    }

    /// The place in the list and the cell of a value.
    fn find_value(&self, key: u32, name: &Name) -> Result<Option<(usize, u32)>> {
        let folded = super::super::names::fold(name.units());
        for (place, vk) in self.at(key)?.value_offsets()?.enumerate() {
            if Value::at(&self.hive, vk)?.raw_name().cmp_folded(&folded).is_eq() {
                return Ok(Some((place, vk)));
            }
        }
        Ok(None)
    }

    fn new_value(&mut self, key: u32, name: &Name, data: &[u8]) -> Result<u32> {
        let (bytes, compressed) = encode(name.units());
        let mut vk = vec![0; NAME];
        vk[..2].copy_from_slice(b"vk");
        put_u16(&mut vk, 2, bytes.len() as u16);
        // The default value has no name to be compressed.
        put_u16(&mut vk, 16, u16::from(compressed && !bytes.is_empty()));
        vk.extend(bytes);
        let (size, place) = self.store_data(data)?;
        put_u32(&mut vk, 4, size);
        put_u32(&mut vk, 8, place);
        let vk = self.store(&vk)?;
        let (mut list, count) = (self.at(key)?.field(LIST), self.at(key)?.value_count() as usize);
        if count == 0 {
            list = self.allocate(4)?;
        } else if self.hive.cell(list)?.len() < 4 * (count + 1) {
            let old = self.hive.cell(list)?[..4 * count].to_vec();
            let new = self.allocate((old.len() + old.len() / 2).max(old.len() + 4))?;
            self.cell_mut(new)?[..old.len()].copy_from_slice(&old);
            self.release(list)?;
            list = new;
        }
        put_u32(self.cell_mut(list)?, 4 * count, vk);
        let cell = self.cell_mut(key)?;
        put_u32(cell, LIST, list);
        put_u32(cell, COUNT, count as u32 + 1);
        Ok(vk)
    }

    fn replace_data(&mut self, vk: u32, data: &[u8]) -> Result<()> {
        let value = Value::at(&self.hive, vk)?;
        let in_pieces = self.in_pieces(data.len());
        if let Some(old) = value.data_cell() {
            let (cell, old_len) = (self.hive.cell(old)?.len(), value.len());
            // In place where the old data was in one cell, the new one goes there, and does not waste most of it.
            if old_len <= cell && !in_pieces && data.len() > 4 && data.len() <= cell && data.len() >= cell / 2
            {
                let cell = self.cell_mut(old)?;
                cell[..data.len()].copy_from_slice(data);
                cell[data.len()..].fill(0);
                put_u32(self.cell_mut(vk)?, 4, data.len() as u32);
                return Ok(());
            }
        }
        let (size, place) = self.store_data(data)?;
        self.release_data(vk)?;
        let cell = self.cell_mut(vk)?;
        put_u32(cell, 4, size);
        put_u32(cell, 8, place);
        Ok(())
    }

    fn in_pieces(&self, len: usize) -> bool {
        len > PIECE && self.hive.base.minor >= 4
    }

    /// The two fields by which a value finds its data.
    fn store_data(&mut self, data: &[u8]) -> Result<(u32, u32)> {
        let len = data.len() as u32;
        if data.len() <= 4 {
            let mut resident = [0; 4];
            resident[..data.len()].copy_from_slice(data);
            return Ok((len | RESIDENT, u32::from_le_bytes(resident)));
        }
        if !self.in_pieces(data.len()) {
            return Ok((len, self.store(data)?));
        }
        let count = u16::try_from(data.len().div_ceil(PIECE)).map_err(|_| {
            Error::new(ErrorKind::LimitExceeded, format!("a value cannot have {len} bytes of data"))
        })?;
        let mut list = Vec::with_capacity(4 * usize::from(count));
        for piece in data.chunks(PIECE) {
            // The last piece has a full cell's four bytes of padding too, as Windows writes it.
            let cell = self.allocate(piece.len() + 4)?;
            self.cell_mut(cell)?[..piece.len()].copy_from_slice(piece);
            list.extend(cell.to_le_bytes());
        }
        let list = self.store(&list)?;
        let mut db = b"db".to_vec();
        db.extend(count.to_le_bytes());
        db.extend(list.to_le_bytes());
        db.extend([0; 4]);
        Ok((len, self.store(&db)?))
    }

    fn release_data(&mut self, vk: u32) -> Result<()> {
        let value = Value::at(&self.hive, vk)?;
        let Some(offset) = value.data_cell() else { return Ok(()) };
        let cell = self.hive.cell(offset)?;
        if cell.len() < value.len() {
            let (list, pieces) = piece_cells(&self.hive, cell, value.len())?;
            let cells: Vec<u32> = pieces.iter().map(|piece| u32::from_le_bytes(*piece)).collect();
            cells.into_iter().chain([list]).try_for_each(|cell| self.release(cell))?;
        }
        self.release(offset)
    }
}
