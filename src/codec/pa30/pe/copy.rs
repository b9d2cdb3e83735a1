//! The copy rift: from target file offsets back to source file offsets.

use super::image::Section;
use crate::codec::pa30::rift::{Entry, Rift};
use crate::error::{Error, ErrorKind, Result};
use std::collections::BTreeMap;

/// The inverse of "source file offset to source address to target address to target file offset".
pub(super) fn copy_rift(sections: &[Section], addresses: &Rift, offsets: &Rift) -> Result<Vec<Entry>> {
    let mut list = vec![Entry::pair(0, 0)];
    let placed = sections.iter().filter(|s| s.va != 0 && s.raw != 0);
    list.extend(placed.map(|s| Entry::pair(i64::from(s.raw), i64::from(s.va))));
    let image = Rift::new(list);
    let limit = 16 * (sections.len() + addresses.entries().len() + offsets.entries().len()) + (1 << 16);
    let runs = compose(&compose(&runs(&image), addresses, limit)?, offsets, limit)?;
    Ok(invert(&runs))
}

/// From `at` to the next run, positions move by `shift`. The first run starts at the lowest position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    at: i64,
    shift: i64,
}

/// A rift as runs over all positions.
fn runs(rift: &Rift) -> Vec<Run> {
    let shift = rift.entries().last().map_or(0, |e| e.shift);
    let mut runs = vec![Run { at: i64::MIN, shift }];
    for e in rift.entries() {
        runs.pop_if(|last| last.at == e.at);
        runs.push(Run { at: e.at, shift: e.shift });
    }
    runs
}

/// The runs of `outer` after `inner`.
fn compose(inner: &[Run], outer: &Rift, limit: usize) -> Result<Vec<Run>> {
    let outer = runs(outer);
    let mut list = Vec::with_capacity(inner.len() + outer.len());
    for (i, run) in inner.iter().enumerate() {
        let end = inner.get(i + 1).map(|next| i128::from(next.at) + i128::from(run.shift));
        let start = i128::from(run.at) + i128::from(run.shift);
        let first = outer.partition_point(|o| i128::from(o.at) <= start).saturating_sub(1);
        for (k, o) in outer.iter().enumerate().skip(first) {
            if k > first && end.is_some_and(|end| i128::from(o.at) >= end) {
                break;
            }
            let at = if k == first { run.at } else { o.at.wrapping_sub(run.shift) };
            list.push(Run { at, shift: run.shift.wrapping_add(o.shift) });
            if list.len() > limit {
                return Err(Error::new(
                    ErrorKind::LimitExceeded,
                    "delta's address map is cut into too many runs",
                ));
            }
        }
    }
    Ok(list)
}

/// For each target position the first source position that claims it, counting from 0 up and then from the
/// lowest position to -1.
fn invert(runs: &[Run]) -> Vec<Entry> {
    if let [only] = &runs[1..] {
        return vec![Entry { at: 0, shift: only.shift }];
    }
    let zero = runs.partition_point(|run| run.at < 0);
    let mut claimed = Claims::default();
    let mut list = Vec::with_capacity(2 * runs.len());
    for i in (zero..runs.len()).chain(0..zero) {
        let shift = i128::from(runs[i].shift);
        let start = i128::from(runs[i].at) + shift;
        let end = runs.get(i + 1).map_or(i128::from(i64::MAX) + 1, |next| i128::from(next.at)) + shift;
        claimed.claim(start, end, |at| {
            if let Ok(at) = i64::try_from(at) {
                list.push(Entry { at, shift: runs[i].shift.wrapping_neg() });
            }
        });
    }
    list.sort_by_key(|e| e.at);
    list
}

/// Disjoint intervals that are taken: start to end.
#[derive(Default)]
struct Claims(BTreeMap<i128, i128>);

impl Claims {
    /// Takes what is free of `start..end` and names the start of each piece.
    fn claim(&mut self, start: i128, end: i128, mut piece: impl FnMut(i128)) {
        if start >= end {
            return;
        }
        let (mut low, mut high, mut at) = (start, end, start);
        if let Some((&s, &e)) = self.0.range(..=start).next_back().filter(|(_, e)| **e >= start) {
            (low, high, at) = (s, high.max(e), at.max(e));
            self.0.remove(&s);
        }
        while let Some((&s, &e)) = self.0.range(start..=end).next() {
            if at < s {
                piece(at);
            }
            at = at.max(e);
            high = high.max(e);
            self.0.remove(&s);
        }
        if at < end {
            piece(at);
        }
        self.0.insert(low, high);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(raw: u32, va: u32) -> Section {
        Section { header: 0, name: [0; 8], va, virtual_size: 0, raw, raw_size: 0, characteristics: 0 }
    }

    #[test]
    fn the_first_claim_wins() {
        // Sections at 0x400 and 0x1000; the second moves down over the end of the first.
        let sections = [section(0x400, 0x400), section(0x1000, 0x2000)];
        let none = Rift::new(Vec::new());
        let offsets = Rift::new(vec![Entry::pair(0, 0), Entry::pair(0x2000, 0xF00)]);
        let list = copy_rift(&sections, &none, &offsets).unwrap();
        let at = |x: i64| list.iter().rfind(|e| e.at <= x).map(|e| x + e.shift);
        assert_eq!(at(0x400), Some(0x400));
        assert_eq!(at(0xFFF), Some(0xFFF));
        assert_eq!(at(0x1000), Some(0x1100));
    }

    #[test]
    fn a_million_runs_are_no_matter() {
        let entries = (0..200_000).map(|i| Entry::pair(i * 16, i * 16 + (i * 7919) % 4096)).collect();
        let list = copy_rift(&[section(0x400, 0x1000)], &Rift::new(entries), &Rift::new(Vec::new())).unwrap();
        assert!(list.len() > 1000);
        assert!(list.windows(2).all(|w| w[0].at < w[1].at));
    }
}
