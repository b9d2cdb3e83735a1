//! CLI_METADATA: the cells of the source's tables, and what the tables add to the copy rift.

use super::metadata::{Layout, Metadata, Table, place};
use super::schema::{Column, columns, width};
use super::{BLOB, GUID, Map, STRINGS, TABLES, US};
use crate::codec::pa30::pe::work::Work;
use crate::codec::pa30::rift::{Entry, Rift};
use crate::error::Result;

/// Maps every index and address of the source's tables.
pub(in crate::codec::pa30::pe) fn remap(work: &mut Work<'_>, metadata: &Metadata, map: &Map) -> Result<()> {
    let layout = &metadata.layout;
    for (id, table) in layout.tables.iter().enumerate() {
        let mut column_at = table.at;
        for column in columns(id).unwrap_or_default() {
            let width = width(*column, &layout.rows, layout.wide);
            // Rows past the end of the file hold nothing.
            let room = (work.len().saturating_sub(column_at) / table.row_size.max(1)) + 1;
            let rows = (table.rows as usize).min(room);
            if !matches!(column, Column::Constant(_)) {
                work.spend(rows)?;
                for at in (0..rows).map(|row| column_at + row * table.row_size) {
                    cell(work, *column, at, width, map);
                }
            }
            column_at += width;
        }
    }
    Ok(())
}

#[inline]
fn cell(work: &mut Work<'_>, column: Column, at: usize, width: usize, map: &Map) {
    let value = if width == 2 { work.u16(at).map(u32::from) } else { work.u32(at) };
    let Some(value) = value else { return };
    let index = |rift: &Rift| if value == 0 { 0 } else { rift.map32(value) };
    let mapped = match column {
        Column::Constant(_) => return,
        Column::Address => index(work.rift),
        Column::Heap(heap) => index(&map.heaps[heap]),
        Column::Row(table) => index(&map.tables[usize::from(table)]),
        Column::Coded(coded) => {
            let tag = value & ((1 << coded.bits) - 1);
            match coded.table(tag).map(|table| &map.tables[table]) {
                Some(rift) if !rift.is_empty() => rift.map32(value >> coded.bits) << coded.bits | tag,
                _ => return,
            }
        }
    };
    if width == 4 {
        work.put32(at, mapped);
    } else if let Ok(mapped) = u16::try_from(mapped) {
        work.put16(at, mapped);
    }
}

/// The entries that lead from the target's heaps and tables to the source's.
pub(in crate::codec::pa30::pe) fn entries(
    source: &Metadata,
    target: &Layout,
    map: &Map,
    image: &[u8],
) -> Vec<Entry> {
    let from = &source.layout;
    let mut list = Vec::new();
    for heap in [STRINGS, US, BLOB, GUID] {
        let ((s, s_size), (t, t_size)) = (from.heaps[heap], target.heaps[heap]);
        if s_size == 0 || t_size == 0 {
            continue;
        }
        let row_size = if heap == GUID { 16 } else { 1 };
        let offset = |base: usize, x: i64| {
            if heap == GUID { place(base, row_size, x) } else { (base as i64).wrapping_add(x) }
        };
        if map.heaps[heap].is_empty() {
            list.push(Entry::pair(t as i64, s as i64));
        }
        for (x, y) in pairs(&map.heaps[heap]) {
            list.push(Entry::pair(offset(t, y), offset(s, x)));
        }
    }
    // Where a cell grows, its new half is copied from two zero bytes.
    let zeros = image.windows(2).position(|w| w == [0, 0]).map(|at| at as i64);
    for id in 0..TABLES {
        let (s, t) = (&from.tables[id], &target.tables[id]);
        if s.rows == 0 || t.rows == 0 {
            continue;
        }
        if map.tables[id].is_empty() {
            list.push(Entry::pair(t.at as i64, s.at as i64));
        }
        for (x, y) in pairs(&map.tables[id]) {
            list.push(Entry::pair(t.row(y), s.row(x)));
        }
        if s.row_size != t.row_size || widths_differ(id, from, target) {
            width_changes(id, from, target, &map.tables[id], zeros, image.len(), &mut list);
        }
    }
    list
}

/// The pairs of a map as far as they are indexes.
fn pairs(rift: &Rift) -> impl Iterator<Item = (i64, i64)> {
    let entries = rift.entries().iter().take_while(|e| (0..=0xFFFF_FFFF).contains(&e.at));
    entries.map(|e| (e.at, e.at.wrapping_add(e.shift)))
}

fn widths_differ(id: usize, from: &Layout, to: &Layout) -> bool {
    let columns = columns(id).unwrap_or_default();
    columns.iter().any(|c| width(*c, &from.rows, from.wide) != width(*c, &to.rows, to.wide))
}

/// Entries around the cells that have another width in the target.
fn width_changes(
    id: usize,
    from: &Layout,
    to: &Layout,
    map: &Rift,
    zeros: Option<i64>,
    len: usize,
    list: &mut Vec<Entry>,
) {
    let (s, t): (&Table, &Table) = (&from.tables[id], &to.tables[id]);
    let columns = columns(id).unwrap_or_default();
    let rows = (s.rows as usize).min(len / s.row_size.max(1) + 1);
    for row in 1..=rows as i64 {
        let (source, target) = (s.row(row), t.row(map.map(row)));
        let (mut a, mut c) = (0, 0);
        for (i, column) in columns.iter().enumerate() {
            let (old, new) = (width(*column, &from.rows, from.wide), width(*column, &to.rows, to.wide));
            let last = i + 1 == columns.len();
            if (old, new) == (2, 4) {
                if let Some(zeros) = zeros {
                    list.push(Entry::pair(target.wrapping_add(c + 2), zeros));
                }
                if !last {
                    list.push(Entry::pair(target.wrapping_add(c + 4), source + a + 2));
                }
            } else if (old, new) == (4, 2) && !last {
                list.push(Entry::pair(target.wrapping_add(c + 2), source + a + 4));
            }
            a += old as i64;
            c += new as i64;
        }
    }
}
