//! Images that nothing is changed in any more: their metadata in its stored form, which is a tenth of what the tree takes
//! in memory, and what the tables are told of them.

use super::table::image_counts;
use crate::base::{Progress, Sha1Digest, sha1};
use crate::error::Result;
use crate::wim::header::ResourceHeader;
use crate::wim::overlay::Edited;
use crate::wim::write::blobs::Appender;
use crate::wim::xml::ImageCounts;
use rayon::prelude::*;
use std::collections::HashMap;

/// Images whose metadata is in memory uncompressed, beside the trees.
const AT_A_TIME: usize = 4;

/// An image as it is to be written.
pub(super) struct Sealed {
    pub(super) index: u32,
    pub(super) sha1: Sha1Digest,
    /// The metadata's resource, which has no place yet.
    pub(super) resource: ResourceHeader,
    /// Its stored form.
    pub(super) data: Vec<u8>,
    pub(super) counts: ImageCounts,
    /// How much more often the image uses each blob than before.
    pub(super) uses: HashMap<Sha1Digest, i64>,
}

/// Seals `images`, and lets go of their trees.
pub(super) fn seal(
    mut images: Vec<Edited>,
    out: &Appender<'_>,
    size_of: &(dyn Fn(&Sha1Digest) -> u64 + Sync),
    progress: &Progress,
) -> Result<Vec<Sealed>> {
    let mut sealed = Vec::with_capacity(images.len());
    images.reverse();
    while !images.is_empty() {
        progress.check()?;
        let count = rayon::current_num_threads().clamp(1, AT_A_TIME).min(images.len());
        let some = images.split_off(images.len() - count);
        let make = |image: Edited| {
            let Edited { index, metadata, before } = image;
            let data = metadata.to_bytes()?;
            let mut uses = HashMap::new();
            before.change(&metadata, &mut uses);
            Ok((index, sha1(&data), data, image_counts(&metadata, size_of), uses))
        };
        let made: Vec<_> = some.into_par_iter().rev().map(make).collect::<Result<_>>()?;
        for (index, sha1, data, counts, uses) in made {
            let (resource, data) = out.stored(&data, ResourceHeader::METADATA)?;
            sealed.push(Sealed { index, sha1, resource, data, counts, uses });
        }
    }
    Ok(sealed)
}
