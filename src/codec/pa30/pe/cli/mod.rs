//! Managed images: the metadata of source and target and the map from one to the other.

mod il;
mod metadata;
mod schema;
mod tables;

pub(super) use il::{disassemble, mark_bodies};
pub(super) use metadata::{Layout, Metadata};
pub(super) use tables::{entries, remap};

use crate::codec::pa30::bits::Bits;
use crate::codec::pa30::rift::{IntCode, Rift};
use crate::error::Result;

/// Tables of the metadata format; known are fewer.
const TABLES: usize = 64;

/// Heaps by their place in [`Layout::heaps`] and [`Map::heaps`].
const STRINGS: usize = 0;
const US: usize = 1;
const BLOB: usize = 2;
const GUID: usize = 3;

/// Where heap offsets and rows of the source lie in the target.
pub(super) struct Map {
    /// #Strings, #US, #Blob and #GUID.
    heaps: Vec<Rift>,
    tables: Vec<Rift>,
}

impl Map {
    /// The map of a preprocess stream, and whether one was stored.
    pub(super) fn read(bits: &mut Bits<'_>) -> Result<(Self, bool)> {
        if !bits.flag()? {
            let empty = |n| (0..n).map(|_| Rift::new(Vec::new())).collect();
            return Ok((Self { heaps: empty(4), tables: empty(TABLES) }, false));
        }
        let codes = [IntCode::read(bits)?, IntCode::read(bits)?, IntCode::read(bits)?, IntCode::read(bits)?];
        let [heap_at, heap_shift, table_at, table_shift] = &codes;
        let mut heaps = Vec::with_capacity(4);
        for _ in 0..3 {
            heaps.push(Rift::read_entries(bits, heap_at, heap_shift)?);
        }
        heaps.push(Rift::read_entries(bits, table_at, table_shift)?);
        let tables = (0..TABLES).map(|_| Rift::read_entries(bits, table_at, table_shift));
        Ok((Self { heaps, tables: tables.collect::<Result<_>>()? }, true))
    }
}
