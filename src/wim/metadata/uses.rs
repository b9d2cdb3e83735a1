//! Which blobs an image used before it was edited, kept small, so that the image itself need not be kept twice.

use super::{Inode, Metadata};
use crate::base::Sha1Digest;
use std::collections::HashMap;

/// How often an image uses which blob, inode by inode.
#[derive(Clone, Debug, Default)]
pub(crate) struct BlobUses {
    /// The names and the dentry's own digest of each inode.
    inodes: Vec<(u32, Sha1Digest)>,
    /// The digests of the extra streams of those inodes that have any, in order.
    streams: Vec<(usize, Box<[Sha1Digest]>)>,
}

impl BlobUses {
    pub(crate) fn of(metadata: &Metadata) -> Self {
        let inodes = metadata.inodes.iter().map(|inode| (inode.links, inode.default_sha1)).collect();
        let more = metadata.inodes.iter().enumerate().filter(|(_, inode)| !inode.streams.is_empty());
        let streams = more.map(|(at, inode)| (at, inode.streams.iter().map(|s| s.sha1).collect())).collect();
        Self { inodes, streams }
    }

    /// Adds how much more often the image uses each blob in its new form. New inodes follow the old ones, so most of the
    /// image is found equal at a glance.
    pub(crate) fn change(&self, new: &Metadata, counts: &mut HashMap<Sha1Digest, i64>) {
        let mut more = self.streams.iter().peekable();
        let mut count = |sha1: Sha1Digest, by: i64| {
            if !sha1.is_zero() {
                *counts.entry(sha1).or_default() += by;
            }
        };
        for (at, &(links, own)) in self.inodes.iter().enumerate() {
            let streams = more.next_if(|(inode, _)| *inode == at).map_or(&[][..], |(_, streams)| streams);
            let inode = new.inodes.get(at);
            let same = |inode: &Inode| {
                inode.links == links
                    && inode.default_sha1 == own
                    && inode.streams.iter().map(|s| &s.sha1).eq(streams)
            };
            if inode.is_some_and(same) {
                continue;
            }
            std::iter::once(&own).chain(streams).for_each(|sha1| count(*sha1, -i64::from(links)));
            let now = inode.into_iter().flat_map(|inode| inode.digests().map(|sha1| (sha1, inode.links)));
            now.for_each(|(sha1, links)| count(sha1, i64::from(links)));
        }
        for inode in new.inodes.iter().skip(self.inodes.len()) {
            inode.digests().for_each(|sha1| count(sha1, i64::from(inode.links)));
        }
    }
}
