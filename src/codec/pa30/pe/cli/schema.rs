//! The tables of ECMA-335, partition II.22: which columns each has.

use super::{BLOB, GUID, STRINGS, TABLES};

/// What a column holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Column {
    /// A constant of so many bytes.
    Constant(usize),
    /// The address of code or data, 4 bytes.
    Address,
    /// An offset into a heap, or an index of #GUID.
    Heap(usize),
    /// A row of one table.
    Row(u8),
    /// A row of one of several tables, which the low bits choose.
    Coded(&'static Coded),
}

/// A coded index: bits of the tag and the tables by tag; `NONE` where a tag is not used.
#[derive(Debug)]
pub(super) struct Coded {
    pub(super) bits: u32,
    pub(super) tables: &'static [u8],
}

const NONE: u8 = 0xFF;

pub(super) const METHOD_DEF: usize = 6;

static TYPE_DEF_OR_REF: Coded = Coded { bits: 2, tables: &[0x02, 0x01, 0x1B] };
static HAS_CONSTANT: Coded = Coded { bits: 2, tables: &[0x04, 0x08, 0x17] };
static HAS_CUSTOM_ATTRIBUTE: Coded = Coded {
    bits: 5,
    tables: &[
        0x06, 0x04, 0x01, 0x02, 0x08, 0x09, 0x0A, 0x00, 0x0E, 0x17, 0x14, 0x11, 0x1A, 0x1B, 0x20, 0x23, 0x26,
        0x27, 0x28, 0x2A, 0x2C, 0x2B,
    ],
};
static HAS_FIELD_MARSHAL: Coded = Coded { bits: 1, tables: &[0x04, 0x08] };
static HAS_DECL_SECURITY: Coded = Coded { bits: 2, tables: &[0x02, 0x06, 0x20] };
static MEMBER_REF_PARENT: Coded = Coded { bits: 3, tables: &[0x02, 0x01, 0x1A, 0x06, 0x1B] };
static HAS_SEMANTICS: Coded = Coded { bits: 1, tables: &[0x14, 0x17] };
static METHOD_DEF_OR_REF: Coded = Coded { bits: 1, tables: &[0x06, 0x0A] };
static MEMBER_FORWARDED: Coded = Coded { bits: 1, tables: &[0x04, 0x06] };
static IMPLEMENTATION: Coded = Coded { bits: 2, tables: &[0x26, 0x23, 0x27] };
static CUSTOM_ATTRIBUTE_TYPE: Coded = Coded { bits: 3, tables: &[NONE, NONE, 0x06, 0x0A] };
static RESOLUTION_SCOPE: Coded = Coded { bits: 2, tables: &[0x00, 0x1A, 0x23, 0x01] };
static TYPE_OR_METHOD_DEF: Coded = Coded { bits: 1, tables: &[0x02, 0x06] };

impl Coded {
    /// The table of a tag.
    pub(super) fn table(&self, tag: u32) -> Option<usize> {
        self.tables.get(tag as usize).filter(|t| **t != NONE).map(|t| usize::from(*t))
    }
}

/// The columns of a table, `None` for ids without a definition.
pub(super) fn columns(table: usize) -> Option<&'static [Column]> {
    use Column::{Address, Coded, Heap, Row};
    const C2: Column = Column::Constant(2);
    const C4: Column = Column::Constant(4);
    const S: Column = Heap(STRINGS);
    const B: Column = Heap(BLOB);
    const G: Column = Heap(GUID);
    Some(match table {
        0x00 => &[C2, S, G, G, G],
        0x01 => const { &[Coded(&RESOLUTION_SCOPE), S, S] },
        0x02 => const { &[C4, S, S, Coded(&TYPE_DEF_OR_REF), Row(0x04), Row(0x06)] },
        0x03 => &[Row(0x04)],
        0x04 | 0x17 => &[C2, S, B],
        0x05 => &[Row(0x06)],
        0x06 => &[Address, C2, C2, S, B, Row(0x08)],
        0x07 => &[Row(0x08)],
        0x08 => &[C2, C2, S],
        0x09 => const { &[Row(0x02), Coded(&TYPE_DEF_OR_REF)] },
        0x0A => const { &[Coded(&MEMBER_REF_PARENT), S, B] },
        0x0B => const { &[C2, Coded(&HAS_CONSTANT), B] },
        0x0C => const { &[Coded(&HAS_CUSTOM_ATTRIBUTE), Coded(&CUSTOM_ATTRIBUTE_TYPE), B] },
        0x0D => const { &[Coded(&HAS_FIELD_MARSHAL), B] },
        0x0E => const { &[C2, Coded(&HAS_DECL_SECURITY), B] },
        0x0F => &[C2, C4, Row(0x02)],
        0x10 => &[C4, Row(0x04)],
        0x11 | 0x1B => &[B],
        0x12 => &[Row(0x02), Row(0x14)],
        0x13 => &[Row(0x14)],
        0x14 => const { &[C2, S, Coded(&TYPE_DEF_OR_REF)] },
        0x15 => &[Row(0x02), Row(0x17)],
        0x16 => &[Row(0x17)],
        0x18 => const { &[C2, Row(0x06), Coded(&HAS_SEMANTICS)] },
        0x19 => const { &[Row(0x02), Coded(&METHOD_DEF_OR_REF), Coded(&METHOD_DEF_OR_REF)] },
        0x1A => &[S],
        0x1C => const { &[C2, Coded(&MEMBER_FORWARDED), S, Row(0x1A)] },
        0x1D => &[Address, Row(0x04)],
        0x1E => &[C4, C4],
        0x1F | 0x21 => &[C4],
        0x20 => &[C4, C2, C2, C2, C2, C4, B, S, S],
        0x22 => &[C4, C4, C4],
        0x23 => &[C2, C2, C2, C2, C4, B, S, S, B],
        0x24 => &[C4, Row(0x23)],
        0x25 => &[C4, C4, C4, Row(0x23)],
        0x26 => &[C4, S, B],
        0x27 => const { &[C4, C4, S, S, Coded(&IMPLEMENTATION)] },
        0x28 => const { &[C4, C4, S, Coded(&IMPLEMENTATION)] },
        0x29 => &[Row(0x02), Row(0x02)],
        0x2A => const { &[C2, C2, Coded(&TYPE_OR_METHOD_DEF), S] },
        0x2B => const { &[Coded(&METHOD_DEF_OR_REF), B] },
        0x2C => const { &[Row(0x2A), Coded(&TYPE_DEF_OR_REF)] },
        _ => return None,
    })
}

/// Bytes of a column, given the rows of each table and which heaps have wide indexes.
pub(super) fn width(column: Column, rows: &[u32; TABLES], wide: [bool; 4]) -> usize {
    let narrow = match column {
        Column::Constant(n) => return n,
        Column::Address => false,
        Column::Heap(heap) => !wide[heap],
        Column::Row(table) => rows[usize::from(table)] < 1 << 16,
        Column::Coded(coded) => {
            let tables = coded.tables.iter().filter(|t| **t != NONE);
            tables.map(|t| rows[usize::from(*t)]).max().unwrap_or(0) < 1 << (16 - coded.bits)
        }
    };
    if narrow { 2 } else { 4 }
}
