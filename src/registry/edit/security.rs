//! Security cells: one for each descriptor, in a ring, with the number of keys that use it.

use super::super::key::security_in;
use super::super::{NONE, put_u32, u32_at};
use super::HiveEditor;
use crate::error::{Error, ErrorKind, Result};

/// Fields of an `sk` cell: the next and the previous of the ring, the references, the descriptor's length, itself.
const NEXT: usize = 4;
const PREVIOUS: usize = 8;
const REFERENCES: usize = 12;
const LENGTH: usize = 16;
const DESCRIPTOR: usize = 20;
/// The key's field.
const SECURITY: usize = 44;

impl HiveEditor {
    /// Makes a key that has no descriptor use an existing cell.
    pub(super) fn share_security(&mut self, key: u32, cell: u32) -> Result<()> {
        if cell != NONE {
            self.count_security(cell, 1)?;
            put_u32(self.cell_mut(key)?, SECURITY, cell);
        }
        Ok(())
    }

    /// Takes a key's descriptor away; the cell goes with the last one.
    pub(super) fn release_security(&mut self, key: u32) -> Result<()> {
        let cell = self.at(key)?.field(SECURITY);
        if cell == NONE {
            return Ok(());
        }
        put_u32(self.cell_mut(key)?, SECURITY, NONE);
        if self.count_security(cell, -1)? > 0 {
            return Ok(());
        }
        let descriptor: Box<[u8]> = security_in(&self.hive, cell)?.into();
        if let Some(known) = &mut self.descriptors
            && known.get(&descriptor) == Some(&cell)
        {
            known.remove(&descriptor);
        }
        let (next, previous) = (u32_at(self.hive.cell(cell)?, NEXT), u32_at(self.hive.cell(cell)?, PREVIOUS));
        if next != cell {
            put_u32(self.ring(next)?, PREVIOUS, previous);
            put_u32(self.ring(previous)?, NEXT, next);
        }
        self.security.remove(&cell);
        self.release(cell)
    }

    pub(super) fn set_security(&mut self, key: u32, descriptor: &[u8]) -> Result<()> {
        if descriptor.len() < 20 || descriptor[0] != 1 || descriptor.len() > usize::from(u16::MAX) {
            return Err(Error::new(
                ErrorKind::InvalidArgument,
                "the bytes are no self-relative security descriptor",
            ));
        }
        let cell = match self.known_descriptor(descriptor)? {
            Some(cell) => cell,
            None => self.new_security(descriptor)?,
        };
        if self.at(key)?.field(SECURITY) != cell {
            // First the new one: were it the last key of the ring, the ring would be lost.
            self.count_security(cell, 1)?;
            self.release_security(key)?;
            put_u32(self.cell_mut(key)?, SECURITY, cell);
        }
        self.touch(key)
    }

    fn known_descriptor(&mut self, descriptor: &[u8]) -> Result<Option<u32>> {
        if self.descriptors.is_none() {
            // The cell of the lowest offset, so that the same edit gives the same bytes.
            let mut cells: Vec<u32> = self.security.keys().copied().collect();
            cells.sort_unstable_by(|a, b| b.cmp(a));
            let known = cells.into_iter().map(|cell| Ok((security_in(&self.hive, cell)?.into(), cell)));
            self.descriptors = Some(known.collect::<Result<_>>()?);
        }
        Ok(self.descriptors.as_ref().and_then(|known| known.get(descriptor).copied()))
    }

    /// A cell that no key uses yet, in the ring after the root's.
    fn new_security(&mut self, descriptor: &[u8]) -> Result<u32> {
        let root = self.hive.base.root;
        let anchor = self.at(root)?.field(SECURITY);
        let mut sk = vec![0; DESCRIPTOR];
        sk[..2].copy_from_slice(b"sk");
        put_u32(&mut sk, LENGTH, descriptor.len() as u32);
        sk.extend_from_slice(descriptor);
        let cell = self.store(&sk)?;
        let (previous, next) =
            if anchor == NONE { (cell, cell) } else { (anchor, u32_at(self.hive.cell(anchor)?, NEXT)) };
        put_u32(self.ring(cell)?, PREVIOUS, previous);
        put_u32(self.ring(cell)?, NEXT, next);
        put_u32(self.ring(previous)?, NEXT, cell);
        put_u32(self.ring(next)?, PREVIOUS, cell);
        self.security.insert(cell, 0);
        if let Some(known) = &mut self.descriptors {
            known.insert(descriptor.into(), cell);
        }
        Ok(cell)
    }

    /// A member of the ring.
    fn ring(&mut self, offset: u32) -> Result<&mut [u8]> {
        security_in(&self.hive, offset)?;
        self.cell_mut(offset)
    }

    /// Counts users up or down, by what the keys say and not by what the cell said.
    fn count_security(&mut self, cell: u32, change: i32) -> Result<u32> {
        let count = self.security.entry(cell).or_default();
        *count = count.saturating_add_signed(change);
        let count = *count;
        put_u32(self.ring(cell)?, REFERENCES, count);
        Ok(count)
    }
}
