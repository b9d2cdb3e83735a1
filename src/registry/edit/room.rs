//! Free cells: found by size, joined with their neighbours when they come back.

use super::super::Hive;
use super::super::base_block::BASE_SIZE;
use crate::base::Limits;
use crate::error::Result;
use std::collections::{BTreeMap, BTreeSet};

const BIN_HEADER: usize = 32;
const BIN_UNIT: usize = 4096;
/// What Windows lets a hive grow to.
const MAX_BINS: u64 = 0x7FFF_E000;

/// The free cells of a hive.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Room {
    by_size: BTreeSet<(u32, u32)>,
    by_place: BTreeMap<u32, u32>,
}

impl Room {
    /// A free cell that was found.
    pub fn add(&mut self, offset: u32, size: u32) {
        self.by_size.insert((size, offset));
        self.by_place.insert(offset, size);
    }

    fn take(&mut self, offset: u32, size: u32) {
        self.by_size.remove(&(size, offset));
        self.by_place.remove(&offset);
    }

    /// A cell for `len` bytes, which are zero; a new bin where none is free.
    pub fn allocate(&mut self, hive: &mut Hive, len: usize) -> Result<u32> {
        let need = (len + 4).next_multiple_of(8) as u32;
        let found = self.by_size.range((need, 0)..).next().copied();
        let (size, offset) = match found {
            Some(cell) => cell,
            None => self.grow(hive, need as usize)?,
        };
        self.take(offset, size);
        if size > need {
            self.add(offset + need, size - need);
            set_size(hive, offset + need, (size - need).cast_signed());
        }
        set_size(hive, offset, -need.cast_signed());
        hive.cell_mut(offset)?.fill(0);
        Ok(offset)
    }

    /// Gives a cell back.
    pub fn release(&mut self, hive: &mut Hive, offset: u32) -> Result<()> {
        let (mut start, mut size) = (offset, hive.cell(offset)?.len() as u32 + 4);
        // A bin's header lies between the last cell of one bin and the first of the next: those never touch.
        if let Some(&next) = self.by_place.get(&(offset + size)) {
            self.take(offset + size, next);
            size += next;
        }
        let before = self.by_place.range(..offset).next_back().map(|(&o, &s)| (o, s));
        if let Some((place, len)) = before.filter(|(place, len)| place + len == offset) {
            self.take(place, len);
            start = place;
            size += len;
        }
        self.add(start, size);
        set_size(hive, start, size.cast_signed());
        Ok(())
    }

    /// Makes a bin at the end, with one free cell of at least `need` bytes; returns its size and place.
    fn grow(&mut self, hive: &mut Hive, need: usize) -> Result<(u32, u32)> {
        let start = hive.base.bins_size as usize;
        let size = (need + BIN_HEADER).next_multiple_of(BIN_UNIT);
        let limit = MAX_BINS.min(hive.limits.max_buffer);
        let end = Limits::check("the size of the hive", (start + size) as u64, limit)?;
        let data = &mut hive.data;
        // Files are often longer than their bins; what stands there means nothing.
        data.truncate(BASE_SIZE + start);
        if data.capacity() < BASE_SIZE + end {
            // Doubling, as vectors do, would take too much of what is spared by editing in place.
            data.reserve_exact(size + data.len() / 16);
        }
        data.extend_from_slice(b"hbin");
        data.extend((start as u32).to_le_bytes());
        data.extend((size as u32).to_le_bytes());
        data.resize(BASE_SIZE + end, 0);
        hive.base.bins_size = end as u32;
        let (offset, free) = ((start + BIN_HEADER) as u32, (size - BIN_HEADER) as u32);
        set_size(hive, offset, free.cast_signed());
        self.add(offset, free);
        Ok((free, offset))
    }
}

fn set_size(hive: &mut Hive, offset: u32, size: i32) {
    hive.data[BASE_SIZE + offset as usize..][..4].copy_from_slice(&size.to_le_bytes());
}
