//! Imports and exports: UNBIND, IMPORTS, EXPORTS.

use super::work::Work;
use crate::error::Result;

const MAX_DESCRIPTORS: usize = 4096;

/// File offset and the three addresses of an import descriptor.
struct Descriptor {
    at: usize,
    original_thunks: u32,
    time: u32,
    name: u32,
    thunks: u32,
}

fn descriptor(work: &Work<'_>, at: usize) -> Option<Descriptor> {
    let d = Descriptor {
        at,
        original_thunks: work.u32(at)?,
        time: work.u32(at + 4)?,
        name: work.u32(at + 12)?,
        thunks: work.u32(at + 16)?,
    };
    (d.original_thunks != 0 || d.name != 0 || d.thunks != 0).then_some(d)
}

/// Takes back what `bind` wrote: addresses of another machine's libraries.
pub(super) fn unbind(work: &mut Work<'_>) -> Result<()> {
    if let Some((start, ..)) = work.directory(1) {
        for i in 0..MAX_DESCRIPTORS {
            let Some(d) = descriptor(work, start + 20 * i) else { break };
            if d.time != 0 {
                work.put64(d.at + 4, 0);
                copy_thunks(work, &d)?;
            }
        }
    }
    if let (Some((rva, size)), Some(entry)) = (work.headers.directory(11), work.headers.directory_entry(11)) {
        let at = if rva < work.headers.lowest { Some(rva as usize) } else { work.offset(rva) };
        if let Some(start) = at.filter(|at| *at <= work.len()) {
            let end = start.saturating_add(size as usize).min(work.len());
            work.bytes[start..end].fill(0);
        }
        work.put64(entry, 0);
    }
    let sections = &work.headers.sections;
    let idata: Vec<usize> =
        sections.iter().filter(|s| s.name == *b".idata\0\0").map(|s| s.header + 36).collect();
    for at in idata {
        if let Some(characteristics) = work.u32(at) {
            work.put32(at, characteristics | 0xC000_0000);
        }
    }
    Ok(())
}

fn copy_thunks(work: &mut Work<'_>, d: &Descriptor) -> Result<()> {
    let (Some(mut from), Some(mut to)) = (work.offset(d.original_thunks), work.offset(d.thunks)) else {
        return Ok(());
    };
    let size = work.headers.pointer();
    while let Some(thunk) = work.pointer(from).filter(|t| *t != 0) {
        if to + size > work.len() {
            break;
        }
        work.put(to, &thunk.to_le_bytes()[..size]);
        from += size;
        to += size;
        work.spend(1)?;
    }
    Ok(())
}

/// Maps the import tables.
pub(super) fn imports(work: &mut Work<'_>) -> Result<()> {
    let Some((start, ..)) = work.directory(1) else { return Ok(()) };
    for i in 0..MAX_DESCRIPTORS {
        let Some(d) = descriptor(work, start + 20 * i) else { break };
        thunks(work, d.original_thunks, false)?;
        thunks(work, d.thunks, d.time != 0)?;
        if let Some(name) = work.offset(d.name).filter(|_| d.name != 0) {
            mark_string(work, name, name)?;
        }
        work.field(d.at + 12);
        work.field(d.at);
        work.field(d.at + 16);
    }
    Ok(())
}

fn thunks(work: &mut Work<'_>, rva: u32, bound: bool) -> Result<()> {
    let Some(mut at) = work.offset(rva).filter(|_| rva != 0) else { return Ok(()) };
    let size = work.headers.pointer();
    while let Some(entry) = work.pointer(at).filter(|e| *e != 0) {
        work.spend(1)?;
        if bound {
            let target = if work.headers.wide {
                let address = entry.wrapping_sub(work.headers.base);
                work.target_base.wrapping_add(work.rift.map(address as i64) as u64)
            } else {
                let address = (entry as u32).wrapping_sub(work.headers.base as u32) as i32;
                work.target_base.wrapping_add(work.rift.map(i64::from(address)) as u64)
            };
            work.put(at, &target.to_le_bytes()[..size]);
            work.mark(at, size);
        } else if entry >> (8 * size - 1) != 0 {
            work.mark(at, size);
        } else {
            if let Some(name) = work.offset(entry as u32) {
                mark_string(work, name, name + 2)?;
            }
            work.field(at);
            work.mark(at, size);
        }
        at += size;
    }
    Ok(())
}

/// Marks from `start` to the NUL of the text at `text`.
fn mark_string(work: &mut Work<'_>, start: usize, text: usize) -> Result<()> {
    let rest = work.bytes.get(text..).unwrap_or_default();
    let len = rest.iter().position(|b| *b == 0).map_or(rest.len(), |n| n + 1);
    work.spend(len)?;
    work.mark(start, text + len - start);
    Ok(())
}

/// Maps the export tables.
pub(super) fn exports(work: &mut Work<'_>) {
    let Some((start, ..)) = work.directory(0) else { return };
    for (count, table) in [(20, 28), (24, 32)] {
        let (Some(count), Some(rva)) = (work.u32(start + count), work.u32(start + table)) else { return };
        let Some(at) = work.offset(rva) else { continue };
        for i in 0..(count as usize).min((work.len() - at) / 4) {
            work.field(at + 4 * i);
        }
    }
    for at in [12, 28, 32, 36] {
        work.field(start + at);
    }
}
