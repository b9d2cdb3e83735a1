//! What some images of a WIM use: their blobs with how often, in the order of the disk.

use crate::base::{ImagePath, Progress, Sha1Digest};
use crate::error::{Error, Result};
use crate::wim::commit::table::count_into;
use crate::wim::file::WimFile;
use crate::wim::metadata::Metadata;
use crate::wim::solid::StoredBlob;
use rayon::prelude::*;
use std::collections::HashMap;

/// A blob's place among blobs that are alike: its extension, then its name.
pub(super) type Kind = (String, String);

/// The blobs of some images.
#[derive(Default)]
pub(super) struct Selected {
    /// Each once, in the order of the disk.
    pub blobs: Vec<StoredBlob>,
    /// How often each image refers to each of them, in the order of the images.
    pub counts: Vec<HashMap<Sha1Digest, i64>>,
    /// What each is, where it was asked for.
    pub kinds: HashMap<Sha1Digest, Kind>,
}

impl Selected {
    /// The blobs of `images` that none of `elsewhere` has. One that is not in the WIM is an error unless `lenient`.
    pub fn new(
        wim: &WimFile,
        images: &[u32],
        kinds: bool,
        lenient: bool,
        elsewhere: &[WimFile],
        progress: &Progress,
    ) -> Result<Self> {
        let one = |&index: &u32| {
            progress.check()?;
            let metadata = wim.load_image(index, wim.image_blob(index)?)?;
            let (mut out, mut counts) = (Self::default(), HashMap::new());
            let there = |d: &Sha1Digest| elsewhere.iter().any(|w| w.blob(d).is_some());
            count_into(&metadata.inodes, 1, &mut counts);
            counts.retain(|sha1, _| !there(sha1));
            if let Some(missing) = counts.keys().find(|d| wim.blob(d).is_none()).filter(|_| !lenient) {
                return Err(missing_blob(&metadata, missing).within(format!("{}: image {index}", wim.name())));
            }
            if kinds {
                out.add_kinds(&metadata);
            }
            out.counts.push(counts);
            Ok(out)
        };
        let join = |mut a: Self, b: Self| {
            a.counts.extend(b.counts);
            b.kinds.into_iter().for_each(|(sha1, kind)| _ = a.kinds.entry(sha1).or_insert(kind));
            Ok(a)
        };
        let mut all = images.par_iter().map(one).try_reduce(Self::default, join)?;
        all.blobs = wim.all_blobs().iter().filter(|b| all.uses(&b.sha1)).copied().collect();
        let mut placed = Vec::with_capacity(all.blobs.len());
        for blob in &all.blobs {
            let resource = wim.place(blob)?.0;
            placed.push(((resource.part, resource.offset, blob.offset), *blob));
        }
        placed.sort_unstable_by_key(|(place, _)| *place);
        all.blobs = placed.into_iter().map(|(_, blob)| blob).collect();
        Ok(all)
    }

    /// Whether one of the images refers to the blob.
    pub fn uses(&self, sha1: &Sha1Digest) -> bool {
        self.counts.iter().any(|counts| counts.contains_key(sha1))
    }

    fn add_kinds(&mut self, metadata: &Metadata) {
        for dentry in &metadata.dentries {
            for sha1 in metadata.inode(dentry.inode()).digests() {
                self.kinds.entry(sha1).or_insert_with(|| {
                    let name = dentry.name().to_string().to_lowercase();
                    let extension = name.rsplit_once('.').map_or("", |(_, e)| e).to_owned();
                    (extension, name)
                });
            }
        }
    }
}

fn missing_blob(metadata: &Metadata, sha1: &Sha1Digest) -> Error {
    let mut all = metadata.walk(metadata.root());
    let id = all.find(|&id| metadata.inode_of(id).digests().any(|d| d == *sha1));
    let path = id.map_or_else(ImagePath::root, |id| metadata.path(id));
    crate::wim::reference::missing(sha1).with_path(path)
}
