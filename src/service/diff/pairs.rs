//! The entries of two images, paired by path. Ids alone are kept: a few bytes for each entry.

use crate::base::ImagePath;
use crate::wim::metadata::{DentryId, Metadata};
use std::collections::HashSet;

/// An entry, in one image or in both.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    pub before: Option<DentryId>,
    pub after: Option<DentryId>,
}

/// All pairs, a directory before what lies in it and names in order; and the second image's dentry for each of the
/// first.
pub(super) fn pairs(before: &Metadata, after: &Metadata) -> (Vec<Pair>, Vec<Option<DentryId>>) {
    let mut partner = vec![None; before.dentries.len()];
    let mut out = Vec::with_capacity(before.dentries.len().max(after.dentries.len()));
    let mut pending = vec![Pair { before: Some(before.root()), after: Some(after.root()) }];
    while let Some(pair) = pending.pop() {
        out.push(pair);
        if let (Some(a), Some(b)) = (pair.before, pair.after) {
            partner[a.0 as usize] = Some(b);
        }
        let first = pending.len();
        let (one, other) = (children(before, pair.before), children(after, pair.after));
        let (mut a, mut b) = (one.as_slice(), other.as_slice());
        while !a.is_empty() || !b.is_empty() {
            // Names that differ in case only are one group, within which a spelling finds its own.
            let name = match (a.first(), b.first()) {
                (Some(&x), Some(&y)) => before.dentry(x).name().min(after.dentry(y).name()),
                (Some(&x), None) => before.dentry(x).name(),
                (None, Some(&y)) => after.dentry(y).name(),
                (None, None) => break,
            };
            let (these, rest) =
                a.split_at(a.iter().take_while(|&&x| before.dentry(x).name() == name).count());
            a = rest;
            let (those, rest) = b.split_at(b.iter().take_while(|&&y| after.dentry(y).name() == name).count());
            b = rest;
            group(before, after, these, those, &mut pending);
        }
        pending[first..].reverse();
    }
    (out, partner)
}

/// Pairs names that are the same but for case.
fn group(before: &Metadata, after: &Metadata, these: &[DentryId], those: &[DentryId], out: &mut Vec<Pair>) {
    if let ([a], [b]) = (these, those) {
        out.push(Pair { before: Some(*a), after: Some(*b) });
        return;
    }
    let spelled = |a: DentryId, b: DentryId| before.dentry(a).name().same_spelling(after.dentry(b).name());
    let mut left: Vec<DentryId> = those.to_vec();
    let mut alone = Vec::new();
    for &a in these {
        match left.iter().position(|&b| spelled(a, b)) {
            Some(place) => out.push(Pair { before: Some(a), after: Some(left.remove(place)) }),
            None => alone.push(a),
        }
    }
    let mut left = left.into_iter();
    out.extend(alone.into_iter().map(|a| Pair { before: Some(a), after: left.next() }));
    out.extend(left.map(|b| Pair { before: None, after: Some(b) }));
}

/// What lies in a directory, in the order of names.
fn children(metadata: &Metadata, dir: Option<DentryId>) -> Vec<DentryId> {
    let mut ids = dir.map_or_else(Vec::new, |id| metadata.dentry(id).children().to_vec());
    ids.sort_by(|&a, &b| metadata.dentry(a).name().cmp(metadata.dentry(b).name()));
    ids
}

/// The entries at or below some paths.
pub(super) struct Wanted {
    before: HashSet<DentryId>,
    after: HashSet<DentryId>,
}

impl Wanted {
    pub fn new(before: &Metadata, after: &Metadata, paths: &[ImagePath]) -> Self {
        let below = |metadata: &Metadata| {
            let starts = paths.iter().filter_map(|path| metadata.lookup(path));
            starts.flat_map(|start| metadata.walk(start)).collect()
        };
        Self { before: below(before), after: below(after) }
    }

    pub fn contains(&self, pair: &Pair) -> bool {
        pair.before.is_some_and(|id| self.before.contains(&id))
            || pair.after.is_some_and(|id| self.after.contains(&id))
    }
}
