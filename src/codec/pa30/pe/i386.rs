//! i386 code: MARK, JMPS, CALLS.

use super::work::Work;

/// Leaves only code unmarked: the bytes of executable sections.
pub(super) fn mark_all_but_code(work: &mut Work<'_>) {
    work.set_marks(0..work.len(), 1);
    for (range, _) in work.code() {
        work.set_marks(range, 0);
    }
}

/// Whether a branch may lead to this address: into the headers or a section's data in the file.
fn reachable(work: &Work<'_>, target: u32) -> bool {
    let headers = &work.headers;
    target != 0
        && target < headers.size_of_image
        && (target < headers.lowest
            || headers.sections.iter().any(|s| target >= s.va && target - s.va < s.raw_size))
}

/// Whether the byte that a branch leads to is no code.
fn blocked(work: &Work<'_>, target: u32) -> bool {
    let at = if target < work.headers.lowest { None } else { work.headers.offset(target) };
    work.marked(at.unwrap_or(target as usize))
}

/// Moves near jumps; one that becomes short is written so, as the linker would.
pub(super) fn jumps(work: &mut Work<'_>) {
    for (range, va) in work.code() {
        let mut i = range.start;
        while i + 5 <= range.end {
            let at = match work.bytes[i] {
                0xE9 => i,
                0x0F if work.bytes[i + 1] & 0xF0 == 0x80 => i + 1,
                _ => {
                    i += 1;
                    continue;
                }
            };
            i = if jump(work, at, va.wrapping_add((at + 5 - range.start) as u32)) { at + 5 } else { i + 1 };
        }
    }
}

/// Moves the jump whose displacement follows `at`; `next` is the address behind it.
fn jump(work: &mut Work<'_>, at: usize, next: u32) -> bool {
    let Some(displacement) = work.u32(at + 1) else { return false };
    if work.any_marked(at, 5) || i8::try_from(displacement as i32).is_ok() {
        return false;
    }
    let target = next.wrapping_add(displacement);
    if !reachable(work, target) || blocked(work, target) {
        return false;
    }
    let moved = work.rift.map32(target).wrapping_sub(work.rift.map32(next));
    let opcode = work.bytes[at];
    match i8::try_from(moved as i32) {
        Ok(short) if opcode == 0xE9 => work.put(at, &[0xEB, short as u8]),
        Ok(short) if !work.marked(at - 1) => work.put(at - 1, &[0x70 | (opcode & 0xF), short as u8]),
        _ => work.put32(at + 1, moved),
    }
    true
}

/// Moves near calls.
pub(super) fn calls(work: &mut Work<'_>) {
    for (range, va) in work.code() {
        let mut i = range.start;
        while i + 5 <= range.end {
            if work.bytes[i] != 0xE8 {
                i += 1;
                continue;
            }
            let next = va.wrapping_add((i + 5 - range.start) as u32);
            i += if call(work, i, next) { 5 } else { 1 };
        }
    }
}

fn call(work: &mut Work<'_>, at: usize, next: u32) -> bool {
    let Some(displacement) = work.u32(at + 1) else { return false };
    let target = next.wrapping_add(displacement);
    if work.any_marked(at, 5) || !reachable(work, target) || blocked(work, target) {
        return false;
    }
    let moved = work.rift.map32(target).wrapping_sub(work.rift.map32(next));
    work.put32(at + 1, moved);
    true
}
