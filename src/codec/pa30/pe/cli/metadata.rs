//! Where the heaps and tables of an image's CLI metadata lie: parsed from the source, recorded for the target.

use super::schema::{columns, width};
use super::{BLOB, GUID, STRINGS, TABLES, US};
use crate::base::Bytes;
use crate::codec::pa30::bits::Bits;
use crate::codec::pa30::pe::image::Headers;
use crate::error::{Error, Result};

/// A table: where it starts, its rows, their size.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::codec::pa30::pe) struct Table {
    pub(super) at: usize,
    pub(super) rows: u32,
    pub(super) row_size: usize,
}

impl Table {
    /// The file offset of a row; those up to 0 count in bytes, as the vendor's own reading has it.
    pub(super) fn row(&self, row: i64) -> i64 {
        place(self.at, self.row_size, row)
    }
}

/// The offset of row `row` of rows of `size` bytes from `at` on.
pub(super) fn place(at: usize, size: usize, row: i64) -> i64 {
    let offset = if row > 0 { (row - 1).wrapping_mul(size as i64) } else { row };
    (at as i64).wrapping_add(offset)
}

/// The layout of one side's metadata, in file offsets.
#[derive(Debug)]
pub(in crate::codec::pa30::pe) struct Layout {
    /// Offset and size of #Strings, #US, #Blob and #GUID; size 0 where there is none.
    pub(super) heaps: [(usize, usize); 4],
    /// Whether indexes into the heaps have 4 bytes.
    pub(super) wide: [bool; 4],
    pub(super) rows: [u32; TABLES],
    pub(super) tables: [Table; TABLES],
}

impl Layout {
    /// The layout whose table rows start behind the row counts of the table stream at `stream`.
    fn new(
        heaps: [(usize, usize); 4],
        wide: [bool; 4],
        stream: usize,
        present: u32,
        rows: [u32; TABLES],
    ) -> Option<Self> {
        let mut tables = [Table::default(); TABLES];
        let mut at = stream.checked_add(24 + 4 * present as usize)?;
        for (id, table) in tables.iter_mut().enumerate().filter(|(id, _)| rows[*id] != 0) {
            let row_size = columns(id)?.iter().map(|c| width(*c, &rows, wide)).sum();
            *table = Table { at, rows: rows[id], row_size };
            at = at.checked_add(row_size.checked_mul(rows[id] as usize)?)?;
        }
        Some(Self { heaps, wide, rows, tables })
    }

    /// The target's layout as the preprocess stream records it, if it does.
    pub(in crate::codec::pa30::pe) fn read(bits: &mut Bits<'_>) -> Result<Option<Self>> {
        if !bits.flag()? {
            return Ok(None);
        }
        for _ in 0..5 {
            bits.u32()?; // metadata offset, size, address, number of streams, end of their headers
        }
        let mut heaps = [(0, 0); 4];
        for heap in [STRINGS, US, BLOB, GUID] {
            heaps[heap] = (bits.u32()? as usize, bits.u32()? as usize);
        }
        let stream = bits.u32()? as usize;
        bits.u32()?;
        let mut wide = [false; 4];
        for heap in [STRINGS, GUID, BLOB] {
            wide[heap] = bits.flag()?;
        }
        let valid = bits.wide_bits(64)?;
        let mut rows = [0; TABLES];
        for (_, rows) in rows.iter_mut().enumerate().filter(|(id, _)| valid >> id & 1 != 0) {
            *rows = bits.u32()?;
        }
        let layout = Self::new(heaps, wide, stream, valid.count_ones(), rows);
        layout
            .map(Some)
            .ok_or_else(|| Error::unsupported("delta's target has metadata tables that are not known"))
    }
}

/// The source's metadata.
#[derive(Debug)]
pub(in crate::codec::pa30::pe) struct Metadata {
    pub(super) layout: Layout,
    /// The byte that says which heaps are wide.
    pub(super) heap_sizes: u8,
}

impl Metadata {
    /// The metadata of a managed image; `None` where there is none that can be read.
    pub(in crate::codec::pa30::pe) fn parse(image: &[u8], headers: &Headers) -> Option<Self> {
        let (rva, _) = headers.directory(14)?;
        let mut header = Bytes::at(image, headers.offset(rva)?).ok()?;
        header.take(8).ok()?;
        let root = headers.offset(header.u32().ok()?)?;
        let mut at = Bytes::at(image, root).ok()?;
        if at.array().ok()? != *b"BSJB" {
            return None;
        }
        at.take(8).ok()?;
        let version = at.u32().ok()? as usize;
        at.take(version.checked_add(2)?).ok()?;
        let mut heaps = [(0, 0); 4];
        let mut stream = None;
        for _ in 0..at.u16().ok()? {
            let place = (root + at.u32().ok()? as usize, at.u32().ok()? as usize);
            let mut name = Vec::new();
            while name.last() != Some(&0) || name.len() % 4 != 0 {
                name.extend_from_slice(&at.array::<4>().ok()?);
                if name.contains(&0) {
                    break;
                }
            }
            match name.split(|b| *b == 0).next()? {
                b"#Strings" => heaps[STRINGS] = place,
                b"#US" => heaps[US] = place,
                b"#Blob" => heaps[BLOB] = place,
                b"#GUID" => heaps[GUID] = place,
                b"#~" => stream = Some(place.0),
                _ => {}
            }
        }
        Self::tables(image, heaps, stream?)
    }

    fn tables(image: &[u8], heaps: [(usize, usize); 4], stream: usize) -> Option<Self> {
        let mut at = Bytes::at(image, stream).ok()?;
        at.take(6).ok()?;
        let heap_sizes = at.u8().ok()?;
        at.take(1).ok()?;
        let valid = at.u64().ok()?;
        at.take(8).ok()?;
        let mut rows = [0; TABLES];
        for (_, rows) in rows.iter_mut().enumerate().filter(|(id, _)| valid >> id & 1 != 0) {
            *rows = at.u32().ok()?;
        }
        let mut wide = [false; 4];
        for (heap, bit) in [(STRINGS, 1), (GUID, 2), (BLOB, 4)] {
            wide[heap] = heap_sizes & bit != 0;
        }
        let layout = Layout::new(heaps, wide, stream, valid.count_ones(), rows)?;
        Some(Self { layout, heap_sizes })
    }

    /// Whether any heap has wide indexes.
    pub(in crate::codec::pa30::pe) fn wide_heaps(&self) -> bool {
        self.heap_sizes != 0
    }
}
