//! CLI_DISASM: the tokens in method bodies; and where the bodies lie.

use super::metadata::Metadata;
use super::schema::METHOD_DEF;
use super::{Map, TABLES, US};
use crate::codec::pa30::pe::work::Work;
use crate::error::Result;

/// A method body in the file.
struct Body {
    start: usize,
    /// File offset and length of the instructions.
    code: usize,
    size: usize,
    /// Whether data sections follow the instructions.
    more: bool,
}

fn body(work: &Work<'_>, row: usize) -> Option<Body> {
    let start = work.u32(row).filter(|rva| *rva != 0).and_then(|rva| work.offset(rva))?;
    let first = work.u8(start)?;
    match first & 3 {
        2 => Some(Body { start, code: start + 1, size: usize::from(first >> 2), more: false }),
        3 => {
            let header = usize::from(work.u16(start)? >> 12) * 4;
            let size = work.u32(start + 4)? as usize;
            (header >= 12).then_some(Body { start, code: start + header, size, more: first & 8 != 0 })
        }
        _ => None,
    }
}

/// File offsets of the rows of MethodDef.
fn methods(work: &Work<'_>, metadata: &Metadata) -> impl DoubleEndedIterator<Item = usize> + use<> {
    let table = metadata.layout.tables[METHOD_DEF];
    let room = work.len().saturating_sub(table.at) / table.row_size.max(1);
    (0..(table.rows as usize).min(room)).map(move |row| table.at + row * table.row_size)
}

/// Marks every method body: header, code and data sections.
pub(in crate::codec::pa30::pe) fn mark_bodies(work: &mut Work<'_>, metadata: &Metadata) -> Result<()> {
    for row in methods(work, metadata) {
        let Some(body) = body(work, row) else { continue };
        let mut end = body.code.saturating_add(body.size).min(work.len());
        let mut more = body.more;
        while more {
            let at = (end + 3) & !3;
            let (Some(kind), Some(header)) = (work.u8(at), work.u32(at)) else { break };
            let size = if kind & 0x40 != 0 { header >> 8 } else { header >> 8 & 0xFF } as usize;
            if size < 4 {
                break;
            }
            end = at.saturating_add(size).min(work.len());
            more = kind & 0x80 != 0;
        }
        work.spend(end - body.start)?;
        work.mark(body.start, end - body.start);
    }
    Ok(())
}

/// Maps the tokens in the instructions of every method but the last, which the delta's maker leaves alone.
pub(in crate::codec::pa30::pe) fn disassemble(
    work: &mut Work<'_>,
    metadata: &Metadata,
    map: &Map,
) -> Result<()> {
    let mut rows: Vec<usize> = methods(work, metadata).collect();
    rows.pop();
    for row in rows {
        if let Some(body) = body(work, row) {
            let end = body.code.saturating_add(body.size).min(work.len());
            work.spend(end.saturating_sub(body.code))?;
            instructions(work, body.code, end, map);
        }
    }
    Ok(())
}

fn instructions(work: &mut Work<'_>, start: usize, end: usize, map: &Map) {
    let mut at = start;
    while at < end {
        let Some((opcode, token, operand)) = opcode(work, &mut at, end) else { return };
        let size = if opcode == 0x45 {
            let Some(n) = work.u32(at).filter(|_| at + 4 <= end) else { return };
            4 + 4 * n as usize
        } else {
            operand
        };
        if at.saturating_add(size) > end {
            return;
        }
        if token {
            map_token(work, at, map);
        }
        at += size;
    }
}

/// Passes an opcode: its number, whether a token follows, bytes of its operand.
fn opcode(work: &Work<'_>, at: &mut usize, end: usize) -> Option<(u16, bool, usize)> {
    let first = work.u8(*at)?;
    *at += 1;
    if first != 0xFE {
        let (token, size) = match first {
            0x27
            | 0x28
            | 0x6F..=0x75
            | 0x79
            | 0x7B..=0x81
            | 0x8C
            | 0x8D
            | 0x8F
            | 0xA3..=0xA5
            | 0xC2
            | 0xC6
            | 0xD0 => (true, 4),
            0x0E..=0x13 | 0x1F | 0x2B..=0x37 | 0xDE => (false, 1),
            0x20 | 0x22 | 0x29 | 0x38..=0x44 | 0xDD => (false, 4),
            0x21 | 0x23 => (false, 8),
            _ => (false, 0),
        };
        return Some((u16::from(first), token, size));
    }
    let second = work.u8(*at).filter(|_| *at < end)?;
    *at += 1;
    let (token, size) = match second {
        0x06 | 0x07 | 0x15 | 0x16 | 0x1C => (true, 4),
        0x09..=0x0E => (false, 2),
        0x12 => (false, 1),
        _ => (false, 0),
    };
    Some((0xFE00 | u16::from(second), token, size))
}

fn map_token(work: &mut Work<'_>, at: usize, map: &Map) {
    let Some(token) = work.u32(at) else { return };
    let table = (token >> 24) as usize;
    let rift = match table {
        0x70 => &map.heaps[US],
        _ if table < TABLES => &map.tables[table],
        _ => return,
    };
    work.put32(at, token & 0xFF00_0000 | rift.map32(token & 0xFF_FFFF) & 0xFF_FFFF);
}
