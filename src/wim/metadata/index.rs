//! Names of all directories of an image by hash, so that a directory of any size is searched in one step.

use super::{DentryId, Metadata};
use crate::base::Name;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

/// Of a hash that several names have, which in a sound image are none or very few, the first stands in `first`.
#[derive(Clone, Debug, Default)]
pub(super) struct NameIndex {
    hasher: RandomState,
    first: HashMap<u64, DentryId, BuildHasherDefault<Hashed>>,
    more: HashMap<u64, Vec<DentryId>, BuildHasherDefault<Hashed>>,
}

/// Passes on a key that is a good hash already.
#[derive(Clone, Debug, Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

impl NameIndex {
    pub(super) fn build(metadata: &Metadata) -> Self {
        let mut index = Self::default();
        index.first.reserve(metadata.dentries.len());
        for (dir, dentry) in metadata.dentries.iter().enumerate() {
            for &child in &dentry.children {
                index.insert(DentryId(dir as u32), &metadata.dentry(child).name, child);
            }
        }
        index
    }

    pub(super) fn find(&self, metadata: &Metadata, dir: DentryId, name: &Name) -> Option<DentryId> {
        let hash = self.hash(dir, name);
        let more = if self.more.is_empty() { None } else { self.more.get(&hash) };
        let ids = self.first.get(&hash).into_iter().chain(more.into_iter().flatten());
        let mut found = ids.copied().filter(|id| {
            let dentry = metadata.dentry(*id);
            dentry.parent == dir && dentry.name == *name
        });
        let first = found.next()?;
        let exact = |id: &DentryId| metadata.dentry(*id).name.same_spelling(name);
        if exact(&first) { Some(first) } else { Some(found.find(exact).unwrap_or(first)) }
    }

    pub(super) fn insert(&mut self, dir: DentryId, name: &Name, id: DentryId) {
        match self.first.entry(self.hash(dir, name)) {
            Entry::Vacant(slot) => _ = slot.insert(id),
            Entry::Occupied(slot) => self.more.entry(*slot.key()).or_default().push(id),
        }
    }

    pub(super) fn remove(&mut self, dir: DentryId, name: &Name, id: DentryId) {
        let hash = self.hash(dir, name);
        let Entry::Occupied(mut first) = self.first.entry(hash) else { return };
        let next = match self.more.entry(hash) {
            Entry::Vacant(_) => None,
            Entry::Occupied(mut more) => {
                let ids = more.get_mut();
                let next = if *first.get() == id { Some(ids.remove(0)) } else { None };
                ids.retain(|&other| other != id);
                if ids.is_empty() {
                    more.remove();
                }
                next
            }
        };
        match next {
            Some(next) => _ = first.insert(next),
            None if *first.get() == id => _ = first.remove(),
            None => {}
        }
    }

    fn hash(&self, dir: DentryId, name: &Name) -> u64 {
        self.hasher.hash_one((dir, name))
    }
}
