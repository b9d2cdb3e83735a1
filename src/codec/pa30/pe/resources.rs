//! The resource tree: RESOURCES.

use super::work::Work;
use crate::error::Result;
use std::collections::HashSet;

const HIGH: u32 = 0x8000_0000;

/// Maps the offsets and addresses of the resource directory.
pub(super) fn resources(work: &mut Work<'_>) -> Result<()> {
    let Some((base, rva, size)) = work.directory(2) else { return Ok(()) };
    let end = base.saturating_add(size as usize).min(work.len());
    let rift = work.rift;
    let root = rift.map(i64::from(rva));
    // The vendor's own reading: even a full address is taken as relative to the directory.
    let map = |x: u32| rift.map(i64::from(rva) + i64::from(x)).wrapping_sub(root) as u32;
    let map_low = |x: u32| HIGH | (map(x & !HIGH) & !HIGH);
    let mut pending = vec![base];
    let mut seen = HashSet::from([base]);
    while let Some(at) = pending.pop() {
        if at + 16 > end {
            continue;
        }
        let (Some(named), Some(ids)) = (work.u16(at + 12), work.u16(at + 14)) else { continue };
        let count = (usize::from(named) + usize::from(ids)).min((end - at - 16) / 8);
        work.spend(count)?;
        for entry in (0..count).map(|i| at + 16 + 8 * i) {
            let (Some(name), Some(to)) = (work.u32(entry), work.u32(entry + 4)) else { break };
            if to & HIGH != 0 {
                let child = base + (to & !HIGH) as usize;
                if child + 16 <= end && child > entry && seen.insert(child) {
                    pending.push(child);
                }
                work.put32(entry + 4, map_low(to));
                work.mark(entry + 4, 4);
            } else {
                let data = base + to as usize;
                if data + 16 <= end {
                    if let Some(address) = work.u32(data) {
                        work.put32(data, map(address));
                    }
                    work.mark(data, 4);
                }
            }
            if name & HIGH != 0 {
                work.put32(entry, map_low(name));
                work.mark(entry, 4);
            }
        }
    }
    Ok(())
}
