//! Lists of subkeys: `lf`, `lh` and `li` leaves, and `ri`, which lists leaves.

use super::names::hash;
use super::{Hive, Key, u16_at, u32_at};
use crate::error::{Error, Result};
use std::cmp::Ordering;

/// One leaf: offsets of keys, each with the start or the hash of its name where the kind has one.
#[derive(Clone, Copy)]
pub(super) struct Leaf<'h> {
    entries: &'h [u8],
    pub hashed: bool,
    /// Bytes of an entry: 8 with a hint or hash, else 4.
    pub stride: usize,
}

impl<'h> Leaf<'h> {
    /// The leaf in a cell; `None` for an `ri`.
    fn parse(cell: &'h [u8]) -> Result<Option<Self>> {
        let (stride, hashed) = match cell.get(..2) {
            Some(b"lf") => (8, false),
            Some(b"lh") => (8, true),
            Some(b"li") => (4, false),
            Some(b"ri") => return Ok(None),
            _ => return Err(Error::malformed("a list of subkeys has no known signature")),
        };
        Ok(Some(Self { entries: entries(cell, stride)?, hashed, stride }))
    }

    pub fn len(&self) -> usize {
        self.entries.len() / self.stride
    }

    pub fn key(&self, i: usize) -> u32 {
        u32_at(self.entries, i * self.stride)
    }

    /// The hash of entry `i` of an `lh`.
    fn hash(&self, i: usize) -> u32 {
        u32_at(self.entries, i * self.stride + 4)
    }
}

fn entries(cell: &[u8], stride: usize) -> Result<&[u8]> {
    let count = usize::from(u16_at(cell, 2));
    let entries = cell.get(4..4 + count * stride);
    entries.ok_or_else(|| Error::malformed(format!("a list of {count} subkeys is longer than its cell")))
}

/// The leaves of a list, with the cells that they lie in.
pub(super) fn leaves(hive: &Hive, list: u32) -> Result<Vec<(u32, Leaf<'_>)>> {
    let cell = hive.cell(list)?;
    if let Some(leaf) = Leaf::parse(cell)? {
        return Ok(vec![(list, leaf)]);
    }
    let mut leaves = Vec::new();
    for entry in entries(cell, 4)?.as_chunks::<4>().0 {
        let offset = u32::from_le_bytes(*entry);
        let leaf = Leaf::parse(hive.cell(offset)?)?;
        leaves.push((
            offset,
            leaf.ok_or_else(|| Error::malformed("a list of lists of subkeys holds another"))?,
        ));
    }
    Ok(leaves)
}

/// The offsets of all keys of a list, which must be `count`.
pub(super) fn offsets(hive: &Hive, list: u32, count: u32) -> Result<Vec<u32>> {
    let leaves = leaves(hive, list)?;
    // Before anything is collected: an `ri` may name one leaf as often as it likes.
    let total: usize = leaves.iter().map(|(_, l)| l.len()).sum();
    if total != count as usize {
        return Err(Error::malformed(format!("has {count} subkeys, and its list holds {total}")));
    }
    Ok(leaves.iter().flat_map(|(_, l)| (0..l.len()).map(|i| l.key(i))).collect())
}

/// Where a name stands in sorted leaves: the leaf and the place in it, and whether it is there.
pub(super) fn search(
    hive: &Hive,
    leaves: &[(u32, Leaf<'_>)],
    folded: &[u16],
) -> Result<(usize, usize, bool)> {
    let compare = |offset: u32| Ok::<_, Error>(Key::at(hive, offset, 0)?.raw_name().cmp_folded(folded));
    // The first leaf whose last key is not before the name.
    let (mut low, mut high) = (0, leaves.len());
    while low < high {
        let middle = low.midpoint(high);
        let leaf = &leaves[middle].1;
        // An empty leaf stands nowhere; what follows it decides.
        let before = leaf.len() == 0 || compare(leaf.key(leaf.len() - 1))? == Ordering::Less;
        if before { low = middle + 1 } else { high = middle }
    }
    let Some((_, leaf)) = leaves.get(low) else {
        return Ok(match leaves.last() {
            Some((_, last)) => (leaves.len() - 1, last.len(), false),
            None => (0, 0, false),
        });
    };
    let which = low;
    let (mut low, mut high) = (0, leaf.len());
    while low < high {
        let middle = low.midpoint(high);
        match compare(leaf.key(middle))? {
            Ordering::Less => low = middle + 1,
            Ordering::Equal => return Ok((which, middle, true)),
            Ordering::Greater => high = middle,
        }
    }
    Ok((which, low, false))
}

/// The key of a name. Lists out of order, which other programs left, are read through to the end.
pub(super) fn find(hive: &Hive, list: u32, folded: &[u16]) -> Result<Option<u32>> {
    let leaves = leaves(hive, list)?;
    if let (leaf, place, true) = search(hive, &leaves, folded)? {
        return Ok(Some(leaves[leaf].1.key(place)));
    }
    let hash = hash(folded);
    for (_, leaf) in &leaves {
        for i in 0..leaf.len() {
            if leaf.hashed && leaf.hash(i) != hash {
                continue;
            }
            if Key::at(hive, leaf.key(i), 0)?.raw_name().cmp_folded(folded).is_eq() {
                return Ok(Some(leaf.key(i)));
            }
        }
    }
    Ok(None)
}
