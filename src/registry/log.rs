//! Transaction logs: what was being written when a hive was left, brought to its end.
//!
//! Up to Windows 8 a log holds a bitmap of dirty sectors and the sectors (`DIRT`); from 8.1 it holds numbered
//! entries (`HvLE`), and two logs take turns.

use super::base_block::{BASE_SIZE, BaseBlock, FileType, SECTOR};
use super::marvin::marvin32;
use super::u32_at;
use crate::base::{Bytes, Limits};
use crate::error::{Error, ErrorKind, Result};
use std::collections::BTreeMap;

/// What replaying did.
///
/// ```
/// use wimwright::base::Limits;
/// use wimwright::registry::Hive;
///
/// let limits = Limits::default();
/// let mut bytes = Hive::empty(&limits)?.into_bytes();
/// let (hive, replay) = Hive::open_with_logs(bytes.clone(), &[], &limits)?;
/// assert!(replay.entries == 0 && !hive.is_dirty() && hive.bytes() == bytes);
/// assert!(hive.version() == (1, 5) && hive.written() == 0);
/// // One sequence number ahead of the other: somebody was writing.
/// bytes[4] += 1;
/// assert!(Hive::open(bytes.clone(), &limits).is_err());
/// assert!(Hive::open_with_logs(bytes.clone(), &[], &limits).is_err());
/// assert!(Hive::open_as_is(bytes, &limits)?.is_dirty());
/// # Ok::<(), wimwright::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Replay {
    /// Log entries that were applied; a log of the old form counts as one.
    pub entries: usize,
    /// Bytes of the hive that they wrote.
    pub bytes: usize,
}

/// Ranges of the bins and what belongs there, and how long the bins are then.
struct Change<'l> {
    bins_size: u32,
    pages: Vec<(usize, &'l [u8])>,
}

/// Brings the hive in `data` to the state that its logs describe. A clean hive stays as it is.
pub(super) fn replay(data: &mut Vec<u8>, logs: &[&[u8]], limits: &Limits) -> Result<Replay> {
    let mut base = BaseBlock::parse_sector(data)?;
    if base.checksum_ok && base.sequence.0 == base.sequence.1 {
        return Ok(Replay::default());
    }
    let logs: Vec<(BaseBlock, &[u8])> = logs
        .iter()
        .filter_map(|log| BaseBlock::parse_sector(log).ok().map(|head| (head, *log)))
        .filter(|(head, _)| head.checksum_ok && head.sequence.0 == head.sequence.1)
        .collect();
    let new: Vec<_> = logs.iter().filter(|(head, _)| head.file_type == FileType::NewLog).collect();
    let (head, changes, sequence) = if new.is_empty() {
        let old = logs.iter().find(|(head, log)| {
            // A log of an earlier write is no use.
            let same_write = !base.checksum_ok || head.sequence.0 == base.sequence.0;
            head.file_type == FileType::OldLog && same_write && log[SECTOR..].starts_with(b"DIRT")
        });
        let (head, log) = old.ok_or_else(no_log)?;
        (head, vec![old_change(head, log, limits)?], head.sequence.0)
    } else {
        let (entries, torn) = new_entries(&new, limits)?;
        let last = entries.keys().next_back().copied();
        let first =
            if base.checksum_ok { base.sequence.1 } else { chain_start(&entries).ok_or_else(no_log)? };
        let mut expected = first;
        let mut changes = Vec::new();
        let mut entries = entries;
        while let Some(change) = entries.remove(&expected) {
            changes.push(change);
            expected = expected.wrapping_add(1);
        }
        if torn.contains(&expected) {
            let sentence = format!("entry {expected} of the hive's transaction logs is damaged");
            return Err(Error::new(ErrorKind::ChecksumMismatch, sentence));
        }
        if changes.is_empty() || last.is_some_and(|last| last >= expected) {
            let sentence =
                format!("the hive needs entry {expected} of its transaction logs, which they lack");
            return Err(Error::malformed(sentence));
        }
        let head = &new.iter().max_by_key(|(head, _)| head.sequence.0).ok_or_else(no_log)?.0;
        (head, changes, expected)
    };
    if !base.checksum_ok {
        let log = logs.iter().find(|(other, _)| std::ptr::eq(other, head)).ok_or_else(no_log)?.1;
        data[..SECTOR].copy_from_slice(&log[..SECTOR]);
        base = head.clone();
    }
    let mut done = Replay { entries: changes.len(), bytes: 0 };
    for change in changes {
        base.bins_size = change.bins_size;
        let end = BASE_SIZE + change.bins_size as usize;
        data.resize(data.len().max(end), 0);
        for (offset, page) in change.pages {
            data[BASE_SIZE + offset..][..page.len()].copy_from_slice(page);
            done.bytes += page.len();
        }
    }
    base.sequence = (sequence, sequence);
    base.written = base.written.max(head.written);
    base.write_to(data);
    Ok(done)
}

fn no_log() -> Error {
    Error::malformed("the hive was not closed cleanly, and none of its transaction logs fits it")
}

fn check_size(bins_size: u32, limits: &Limits) -> Result<usize> {
    Limits::check("the size of the hive after its logs", bins_size.into(), limits.max_buffer)
}

/// The sectors of a log of the old form.
fn old_change<'l>(head: &BaseBlock, log: &'l [u8], limits: &Limits) -> Result<Change<'l>> {
    let bins = check_size(head.bins_size, limits)?;
    let mut bytes = Bytes::at(log, SECTOR + 4)?;
    let bitmap = bytes.take(bins / SECTOR / 8)?;
    let mut sectors = Bytes::at(log, bytes.pos().next_multiple_of(SECTOR))
        .map_err(|_| Error::new(ErrorKind::Truncated, "the hive's transaction log is cut off"))?;
    let mut pages = Vec::new();
    for sector in 0..bitmap.len() * 8 {
        if bitmap[sector / 8] >> (sector % 8) & 1 == 1 {
            let page = sectors.take(SECTOR);
            let page = page.map_err(|e| Error::new(e.kind(), "the hive's transaction log is cut off"))?;
            pages.push((sector * SECTOR, page));
        }
    }
    Ok(Change { bins_size: head.bins_size, pages })
}

/// Where the unbroken run of entries begins that ends with the newest.
fn chain_start(entries: &BTreeMap<u32, Change<'_>>) -> Option<u32> {
    let mut first = *entries.keys().next_back()?;
    while first.checked_sub(1).is_some_and(|before| entries.contains_key(&before)) {
        first -= 1;
    }
    Some(first)
}

type Entries<'l> = BTreeMap<u32, Change<'l>>;

/// The entries of all logs by their number, and the numbers of those that are damaged.
fn new_entries<'l>(logs: &[&(BaseBlock, &'l [u8])], limits: &Limits) -> Result<(Entries<'l>, Vec<u32>)> {
    let (mut entries, mut torn) = (BTreeMap::new(), Vec::new());
    for (head, log) in logs {
        let (mut at, mut number) = (SECTOR, head.sequence.0);
        // What stands behind the last entry is left from an earlier turn: other numbers, or no entry at all.
        while let Some(rest) = log.get(at..).filter(|r| r.starts_with(b"HvLE") && u32_at(r, 12) == number) {
            let entry = rest.get(..u32_at(rest, 4) as usize).filter(|e| e.len() >= 40 && is_whole(e));
            let Some(entry) = entry else {
                torn.push(number);
                break;
            };
            entries.insert(number, new_change(entry, limits)?);
            at += entry.len();
            number = number.wrapping_add(1);
        }
    }
    Ok((entries, torn))
}

fn is_whole(entry: &[u8]) -> bool {
    let sums = super::u64_at(entry, 24) == marvin32(&entry[40..]);
    sums && super::u64_at(entry, 32) == marvin32(&entry[..32])
}

fn new_change<'l>(entry: &'l [u8], limits: &Limits) -> Result<Change<'l>> {
    let bins_size = u32_at(entry, 16);
    check_size(bins_size, limits)?;
    let count = u32_at(entry, 20) as usize;
    let mut places = Bytes::at(entry, 40)?;
    if count > places.left() / 8 {
        return Err(Error::malformed(
            "an entry of the hive's transaction logs names more pages than it holds",
        ));
    }
    let mut contents = Bytes::at(entry, 40 + 8 * count)?;
    let mut pages = Vec::with_capacity(count);
    for _ in 0..count {
        let (offset, size) = (places.u32()?, places.u32()?);
        if offset.checked_add(size).is_none_or(|end| end > bins_size) {
            return Err(Error::malformed(
                "an entry of the hive's transaction logs writes past the hive's end",
            ));
        }
        pages.push((offset as usize, contents.take(size as usize)?));
    }
    Ok(Change { bins_size, pages })
}
