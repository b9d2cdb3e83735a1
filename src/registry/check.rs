//! The whole hive looked at before it is edited: bins and cells tile it, and no cell has two owners.

use super::edit::Room;
use super::key::security_in;
use super::list::leaves;
use super::value::{PIECE, piece_cells};
use super::{Hive, Key, NONE, Value, u16_at, u32_at};
use crate::base::Limits;
use crate::error::{Error, Result};
use std::collections::HashMap;

const BIN_HEADER: usize = 32;
const BIN_UNIT: usize = 4096;

/// What was learned on the way: the free cells, and how many keys use each security cell.
pub(super) struct Checked {
    pub room: Room,
    pub security: HashMap<u32, u32>,
    /// Allocated cells that nothing leads to. They do no harm.
    pub lost: u32,
}

pub(super) fn check(hive: &Hive) -> Result<Checked> {
    let mut walk = Check { hive, unclaimed: vec![0; hive.bins().len() / 512 + 1], security: HashMap::new() };
    let room = walk.cells()?;
    let mut pending = vec![(hive.base.root, 0)];
    while let Some((offset, depth)) = pending.pop() {
        let key = Key::at(hive, offset, depth)?;
        let blame = |e: Error| e.with_path(if key.is_root() { "\\".into() } else { key.path() });
        Limits::check("the depth of keys", depth.into(), hive.limits.max_depth.into()).map_err(blame)?;
        walk.key(&key).map_err(blame)?;
        pending.extend(key.subkey_offsets()?.into_iter().map(|below| (below, depth + 1)));
    }
    for &cell in walk.security.keys() {
        // The ring is what a cell is taken out of.
        for neighbour in [4, 8] {
            security_in(hive, u32_at(hive.cell(cell)?, neighbour))?;
        }
    }
    let lost = walk.unclaimed.iter().map(|word| word.count_ones()).sum();
    Ok(Checked { room, security: walk.security, lost })
}

struct Check<'h> {
    hive: &'h Hive,
    /// A bit for every eight bytes: allocated cells that nobody has claimed yet.
    unclaimed: Vec<u64>,
    security: HashMap<u32, u32>,
}

impl Check<'_> {
    /// Walks bins and cells as they lie.
    fn cells(&mut self) -> Result<Room> {
        let bins = self.hive.bins();
        let mut room = Room::default();
        let mut bin = 0;
        while bin < bins.len() {
            let size = u32_at(bins, bin + 8) as usize;
            let whole = bins[bin..].starts_with(b"hbin") && u32_at(bins, bin + 4) as usize == bin;
            if !whole || size == 0 || !size.is_multiple_of(BIN_UNIT) || size > bins.len() - bin {
                return Err(Error::malformed(format!("the bin at offset {bin:#x} is damaged")));
            }
            let mut at = bin + BIN_HEADER;
            while at < bin + size {
                let field = u32_at(bins, at).cast_signed();
                let len = field.unsigned_abs() as usize;
                if len < 8 || !len.is_multiple_of(8) || len > bin + size - at {
                    return Err(Error::malformed(format!("the cell at offset {at:#x} has the size {len}")));
                }
                if field > 0 {
                    room.add(at as u32, len as u32);
                } else {
                    self.unclaimed[at / 512] |= 1 << (at / 8 % 64);
                }
                at += len;
            }
            bin += size;
        }
        Ok(room)
    }

    fn claim(&mut self, offset: u32) -> Result<()> {
        let (word, bit) = (offset as usize / 512, 1 << (offset / 8 % 64));
        match self.unclaimed.get_mut(word) {
            Some(word) if *word & bit != 0 && offset.is_multiple_of(8) => {
                *word &= !bit;
                Ok(())
            }
            _ => {
                let sentence = format!("the cell at offset {offset:#x} has another owner, or is none");
                Err(Error::malformed(sentence))
            }
        }
    }

    fn key(&mut self, key: &Key<'_>) -> Result<()> {
        self.claim(key.offset)?;
        if key.field(48) != NONE && !key.class()?.is_empty() {
            self.claim(key.field(48))?;
        }
        let security = key.field(44);
        if security != NONE {
            if !self.security.contains_key(&security) {
                security_in(self.hive, security)?;
                self.claim(security)?;
            }
            *self.security.entry(security).or_default() += 1;
        }
        if key.subkey_count() != 0 {
            let list = key.field(28);
            let leaves = leaves(self.hive, list)?;
            for (offset, _) in leaves.iter().filter(|(offset, _)| *offset != list) {
                self.claim(*offset)?;
            }
            self.claim(list)?;
        }
        if key.value_count() != 0 {
            self.claim(key.field(40))?;
        }
        for offset in key.value_offsets()? {
            self.claim(offset)?;
            let value = Value::at(self.hive, offset)?;
            self.data(&value).map_err(|e| e.with_path(format_args!("{}: {}", key.path(), value.name())))?;
        }
        Ok(())
    }

    fn data(&mut self, value: &Value<'_>) -> Result<()> {
        let Some(offset) = value.data_cell() else { return value.data().map(drop) };
        self.claim(offset)?;
        let cell = self.hive.cell(offset)?;
        if cell.len() >= value.len() {
            return Ok(());
        }
        let (list, pieces) = piece_cells(self.hive, cell, value.len())?;
        self.claim(list)?;
        let mut left = value.len();
        for piece in pieces {
            let offset = u32::from_le_bytes(*piece);
            self.claim(offset)?;
            if self.hive.cell(offset)?.len() < left.min(PIECE) {
                return Err(Error::malformed("a piece of the data is cut off"));
            }
            left = left.saturating_sub(PIECE);
        }
        Ok(())
    }
}

/// How many entries a list cell has room for.
pub(super) fn capacity(cell: &[u8], stride: usize) -> usize {
    debug_assert!(usize::from(u16_at(cell, 2)) <= (cell.len() - 4) / stride);
    (cell.len() - 4) / stride
}
