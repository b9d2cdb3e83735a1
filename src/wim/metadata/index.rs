//! Names of all directories of an image by hash, so that a directory of any size is searched in one step.

use super::{DentryId, Metadata};
use crate::base::Name;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

#[derive(Clone, Debug)]
enum Bucket {
    One(DentryId),
    Many(Vec<DentryId>),
}

impl Bucket {
    fn ids(&self) -> &[DentryId] {
        match self {
            Self::One(id) => std::slice::from_ref(id),
            Self::Many(ids) => ids,
        }
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct NameIndex {
    hasher: RandomState,
    buckets: HashMap<u64, Bucket, BuildHasherDefault<Hashed>>,
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
        index.buckets.reserve(metadata.dentries.len());
        for (dir, dentry) in metadata.dentries.iter().enumerate() {
            for &child in &dentry.children {
                index.insert(DentryId(dir as u32), &metadata.dentry(child).name, child);
            }
        }
        index
    }

    pub(super) fn find(&self, metadata: &Metadata, dir: DentryId, name: &Name) -> Option<DentryId> {
        let ids = self.buckets.get(&self.hash(dir, name))?.ids();
        let same = |id: &&DentryId| {
            let dentry = metadata.dentry(**id);
            dentry.parent == dir && dentry.name == *name
        };
        let mut found = ids.iter().filter(same);
        let first = found.next()?;
        let exact = |id: &&DentryId| metadata.dentry(**id).name.same_spelling(name);
        if exact(&first) { Some(*first) } else { Some(*found.find(exact).unwrap_or(first)) }
    }

    pub(super) fn insert(&mut self, dir: DentryId, name: &Name, id: DentryId) {
        match self.buckets.entry(self.hash(dir, name)) {
            Entry::Vacant(slot) => {
                slot.insert(Bucket::One(id));
            }
            Entry::Occupied(mut slot) => match slot.get_mut() {
                Bucket::One(first) => {
                    let both = vec![*first, id];
                    slot.insert(Bucket::Many(both));
                }
                Bucket::Many(ids) => ids.push(id),
            },
        }
    }

    pub(super) fn remove(&mut self, dir: DentryId, name: &Name, id: DentryId) {
        if let Entry::Occupied(mut slot) = self.buckets.entry(self.hash(dir, name)) {
            match slot.get_mut() {
                Bucket::Many(ids) if ids.len() > 1 => ids.retain(|&i| i != id),
                _ => {
                    slot.remove();
                }
            }
        }
    }

    fn hash(&self, dir: DentryId, name: &Name) -> u64 {
        self.hasher.hash_one((dir, name))
    }
}
