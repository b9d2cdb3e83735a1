//! Base relocations: RELOCS.

use super::work::Work;

struct Relocation {
    at: u32,
    kind: u16,
    /// The second word of a HIGHADJ relocation.
    parameter: u16,
}

/// Moves what the relocations point at to the target's addresses and writes the table anew in target order.
pub(super) fn relocs(work: &mut Work<'_>) {
    let Some((start, rva, size)) = work.directory(5) else { return };
    let mut list = Vec::new();
    let end = start.saturating_add(size as usize).min(work.len());
    let mut at = start;
    while at + 8 <= end {
        let (Some(page), Some(size)) = (work.u32(at), work.u32(at + 4)) else { break };
        let block_end = at.saturating_add(size as usize);
        if size < 8 || block_end > end {
            break;
        }
        read_block(work, page, at + 8, block_end, &mut list);
        at = block_end;
    }
    list.sort_by_key(|r| r.at);
    // The regrouped table may need more than the directory's size: the section's rest is free.
    let room = work.headers.section(rva).map_or(0, |s| s.raw_size.saturating_sub(rva - s.va));
    let room = size.max(room) as usize & !1;
    write_blocks(work, start, start.saturating_add(room).min(work.len()), &list);
}

fn read_block(work: &mut Work<'_>, page: u32, from: usize, end: usize, list: &mut Vec<Relocation>) {
    let mut at = from;
    while at + 2 <= end {
        let Some(entry) = work.u16(at) else { return };
        at += 2;
        let mut kind = entry >> 12;
        if kind == 0 {
            return;
        }
        let place = page.wrapping_add(u32::from(entry & 0xFFF));
        let mut parameter = 0;
        if kind == 4 {
            parameter = if at + 2 <= end { work.u16(at).unwrap_or(0) } else { 0 };
            at += 2;
        }
        if let Some(o) = work.offset(place) {
            fix(work, kind, o);
        }
        if !matches!(kind, 1..=4 | 10) {
            kind = 0;
        }
        list.push(Relocation { at: work.rift.map32(place), kind, parameter });
    }
}

/// Moves the pointer that a relocation names.
fn fix(work: &mut Work<'_>, kind: u16, at: usize) {
    match kind {
        1 | 2 | 4 => work.mark(at, 2),
        3 => {
            if let Some(value) = work.u32(at) {
                let address = value.wrapping_sub(work.headers.base as u32) as i32;
                let moved = work.rift.map(i64::from(address)) as u32;
                work.put32(at, (work.target_base as u32).wrapping_add(moved));
            }
            work.mark(at, 4);
        }
        10 => {
            if let Some(value) = work.u64(at) {
                let address = value.wrapping_sub(work.headers.base);
                let moved = work.rift.map(address as i64) as u64;
                work.put64(at, work.target_base.wrapping_add(moved));
            }
            work.mark(at, 8);
        }
        _ => {}
    }
}

/// Writes the relocations by page until `end`; what lies behind them stays.
fn write_blocks(work: &mut Work<'_>, start: usize, end: usize, list: &[Relocation]) {
    let mut at = start;
    for block in list.chunk_by(|a, b| a.at & !0xFFF == b.at & !0xFFF) {
        if at + 8 > end {
            return;
        }
        let header = at;
        work.put32(header, block[0].at & !0xFFF);
        at += 8;
        let mut full = false;
        for r in block {
            let words = if r.kind == 4 { 2 } else { 1 };
            if at + 2 * words > end {
                full = true;
                break;
            }
            work.put16(at, r.kind << 12 | (r.at & 0xFFF) as u16);
            if r.kind == 4 {
                work.put16(at + 2, r.parameter);
            }
            at += 2 * words;
        }
        if !(at - header).is_multiple_of(4) && at + 2 <= end {
            work.put16(at, 0);
            at += 2;
        }
        work.put32(header + 4, (at - header) as u32);
        if full {
            return;
        }
    }
}
