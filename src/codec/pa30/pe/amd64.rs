//! amd64 code and unwind tables: DISASM, PDATA.

use super::image::Section;
use super::work::Work;
use crate::codec::pa30::rift::Rift;
use crate::error::Result;

/// What follows an opcode: ModRM and operands. One row for each high nibble, one digit for each opcode.
const OPERANDS: [&[u8; 256]; 2] = [
    b"2222001122220011222200112222001122220011222200112222001122220011\
1111111111111111000000000000000011121111020200004444444444444444\
2212222222222222000000000010001133330000000000000000000000000000\
2200112200000010222211102222222244440000551400000000002200000022",
    b"2222000000101202222222222111111122221111222222220000111111111111\
2222222222222222222222222222222222222222222222222222222011111122\
5555555555555555222222222222222200022211000222222222222212222222\
2222222200000000122222222222222222222222222222221222222222222221",
];
/// The immediate of an opcode.
const IMMEDIATES: [&[u8; 256]; 2] = [
    b"0000150000001500000015000000150000001500000015000000150000001500\
0000000000000000000000000000000000000000551100000000000000000000\
1511000000000000000000000000000000000000150000001111111144444444\
1120001530200100000000000000000000001111000000000000006700000000",
    b"0000000000000001000000000000000000000000000000000000000000000000\
0000000000000000000000000000000000000000000000001111000000000000\
0000000000000000000000000000000000001000000010000000000000100000\
0010111000000000000000000000000000000000000000000000000000000000",
];
/// No instruction is longer.
const LONGEST: usize = 15;

/// Bytes ran out or an opcode is unknown: the instruction ends where the reader stands.
struct Stop;

/// A cursor over the bytes of one instruction.
struct Reader<'c> {
    code: &'c [u8],
    at: usize,
}

impl Reader<'_> {
    /// The first of the next `n` bytes, all of which must be there.
    #[inline]
    fn take(&mut self, n: usize) -> Result<u8, Stop> {
        match self.code.get(self.at) {
            Some(first) if self.at + n <= self.code.len() => {
                self.at += n;
                Ok(*first)
            }
            _ => Err(Stop),
        }
    }
}

/// Length of the instruction at the start of `code` and where its relative 32-bit field lies, if it has one.
///
/// This is the simplified decoder of the delta's maker, errors included: where bytes run out or an opcode is
/// unknown, the instruction ends there without a field.
#[inline]
fn instruction(code: &[u8]) -> (usize, Option<usize>) {
    let mut reader = Reader { code, at: 0 };
    let field = decode(&mut reader).unwrap_or(None);
    (reader.at.max(1), field)
}

#[inline]
fn decode(code: &mut Reader<'_>) -> Result<Option<usize>, Stop> {
    let (mut short_operand, mut short_address, mut wide) = (false, false, false);
    let mut opcode = code.take(1)?;
    loop {
        match opcode {
            0x66 => short_operand = true,
            0x67 => short_address = true,
            0x26 | 0x2E | 0x36 | 0x3E | 0x64 | 0x65 | 0xF0 | 0xF2 | 0xF3 => {}
            _ => break,
        }
        opcode = code.take(1)?;
    }
    if opcode & 0xF0 == 0x40 {
        wide = opcode & 8 != 0;
        if code.code.get(code.at).is_some_and(|second| second & 0xF0 == 0x40) {
            return Err(Stop);
        }
        opcode = code.take(1)?;
    }
    let page = usize::from(opcode == 0x0F);
    if page == 1 {
        opcode = code.take(1)?;
    }
    let mut field = None;
    let mut reg = 0;
    match OPERANDS[page][usize::from(opcode)] {
        b'1' => return Err(Stop),
        b'2' => {
            let modrm = code.take(1)?;
            reg = modrm >> 3 & 7;
            field = memory(code, modrm >> 6, modrm & 7)?;
        }
        b'3' => {
            code.take(if short_address { 4 } else { 8 })?;
        }
        b'4' => {
            code.take(1)?;
        }
        b'5' => {
            field = Some(code.at);
            code.take(4)?;
        }
        _ => {}
    }
    let operand = if short_operand { 2 } else { 4 };
    let immediate = match IMMEDIATES[page][usize::from(opcode)] {
        b'1' => 1,
        b'2' | b'5' => operand,
        b'4' => {
            if wide {
                8
            } else {
                operand
            }
        }
        b'6' if reg < 2 => 1,
        b'7' if reg < 2 => operand,
        _ => return Ok(field),
    };
    code.take(immediate)?;
    Ok(field)
}

/// Passes SIB and displacement; the displacement's place if it is relative to the instruction.
#[inline]
fn memory(code: &mut Reader<'_>, mode: u8, rm: u8) -> Result<Option<usize>, Stop> {
    if mode == 3 {
        return Ok(None);
    }
    if mode == 0 && rm == 5 {
        let field = code.at;
        code.take(4)?;
        return Ok(Some(field));
    }
    let base = if rm == 4 { code.take(1)? & 7 } else { 0 };
    match mode {
        1 => code.take(1).map(|_| None),
        2 => code.take(4).map(|_| None),
        _ if rm == 4 && base == 5 => code.take(4).map(|_| None),
        _ => Ok(None),
    }
}

/// Moves the relative operands of all functions that the exception table lists.
pub(super) fn disassemble(work: &mut Work<'_>) -> Result<()> {
    let Some((table, _, size)) = work.directory(3) else { return Ok(()) };
    for record in (0..size as usize / 12).map(|i| table + 12 * i) {
        let (Some(begin), Some(end)) = (work.u32(record), work.u32(record + 4)) else { break };
        if begin == 0 || end <= begin || !work.headers.section(begin).is_some_and(Section::executable) {
            continue;
        }
        let Some(start) = work.offset(begin) else { continue };
        let len = ((end - begin) as usize).min(work.len() - start);
        work.spend(len)?;
        function(&mut work.bytes[start..start + len], begin, work.rift);
    }
    Ok(())
}

fn function(code: &mut [u8], begin: u32, rift: &Rift) {
    let mut at = 0;
    while at < code.len() {
        let window = &code[at..];
        let (len, field) = instruction(&window[..window.len().min(LONGEST)]);
        if let Some(field) = field.and_then(|field| code.get_mut(at + field..)?.first_chunk_mut::<4>()) {
            let next = begin.wrapping_add((at + len) as u32);
            let target = next.wrapping_add(u32::from_le_bytes(*field));
            *field = rift.map32(target).wrapping_sub(rift.map32(next)).to_le_bytes();
        }
        at += len;
    }
}

/// Moves the addresses of the exception table and the handlers in the unwind data.
pub(super) fn pdata(work: &mut Work<'_>) {
    let Some((table, _, size)) = work.directory(3) else { return };
    let inside = table..=table.saturating_add(size as usize);
    for record in (0..size as usize / 12).map(|i| table + 12 * i) {
        let (Some(unwind), true) = (work.u32(record + 8), record + 12 <= work.len()) else { break };
        let at = if unwind < work.headers.lowest { Some(unwind as usize) } else { work.offset(unwind) };
        if let Some(at) = at.filter(|at| unwind != 0 && !inside.contains(at)) {
            handler(work, at);
        }
        for field in [record, record + 4, record + 8] {
            work.field(field);
        }
    }
}

/// Moves the address behind the unwind codes, where flags say there is one.
fn handler(work: &mut Work<'_>, unwind: usize) {
    let (Some(flags), Some(codes)) = (work.u8(unwind), work.u8(unwind + 2)) else { return };
    if flags & 0x38 != 0 {
        work.field(unwind + 4 + 4 * ((usize::from(codes) + 1) >> 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_fields_are_the_makers() {
        for (code, len, field) in [
            (&[0x48, 0x8D, 0x35, 1, 2, 3, 4][..], 7, Some(3)),
            (&[0xC7, 0x05, 1, 2, 3, 4, 5, 6, 7, 8], 10, Some(2)),
            (&[0xE8, 1, 2, 3, 4], 5, Some(1)),
            (&[0x0F, 0x84, 1, 2, 3, 4], 6, Some(2)),
            (&[0x0F, 0x1F, 0x44, 0, 0], 2, None),
            (&[0x48, 0xB8, 1, 2, 3, 4, 5, 6, 7, 8], 10, None),
            (&[0x40, 0x55], 2, None),
            (&[0x40, 0x41, 0x55], 1, None),
            (&[0x66], 1, None),
            (&[0xE8, 1, 2, 3], 1, None),
            (&[0xF6, 0x05, 1, 2, 3, 4, 9], 7, Some(2)),
            (&[0xF7, 0x1D, 1, 2, 3, 4], 6, Some(2)),
        ] {
            assert_eq!(instruction(code), (len, field), "{code:02x?}");
        }
    }
}
