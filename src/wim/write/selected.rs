//! What some images of a WIM use: their blobs with how often, in the order of the disk.

use crate::base::{ImagePath, Progress, Sha1Digest};
use crate::error::{Error, ErrorKind, Result};
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
    /// The blobs of `images`. One that is not in the WIM is an error unless `lenient`.
    pub fn new(
        wim: &WimFile,
        images: &[u32],
        kinds: bool,
        lenient: bool,
        progress: &Progress,
    ) -> Result<Self> {
        let one = |&index: &u32| {
            progress.check()?;
            let metadata = wim.load_image(index, wim.image_blob(index)?)?;
            let (mut out, mut counts) = (Self::default(), HashMap::new());
            count_into(&metadata.inodes, 1, &mut counts);
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
        let used = |blob: &&StoredBlob| all.counts.iter().any(|counts| counts.contains_key(&blob.sha1));
        all.blobs = wim.blobs().iter().filter(used).copied().collect();
        let mut placed = Vec::with_capacity(all.blobs.len());
        for blob in &all.blobs {
            let resource = wim.place(blob)?.0;
            placed.push(((resource.part, resource.offset, blob.offset), *blob));
        }
        placed.sort_unstable_by_key(|(place, _)| *place);
        all.blobs = placed.into_iter().map(|(_, blob)| blob).collect();
        Ok(all)
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
    Error::new(ErrorKind::NotFound, format!("its contents (blob {sha1}) are not in the WIM")).with_path(path)
}
