//! A tree made here as an image of a WIM: its contents are read, hashed and compressed, then its metadata is written.

use crate::base::{Limits, Phase, Progress, Sha1Digest, Sha1Hasher, sha1};
use crate::error::{Error, Result};
use crate::wim::blob_table::BlobEntry;
use crate::wim::commit::ImageProperties;
use crate::wim::commit::table::{count_into, image_counts};
use crate::wim::header::ResourceHeader;
use crate::wim::metadata::{InodeId, Metadata, StreamSlot};
use crate::wim::write::blobs::{Appender, NewBlob};
use crate::wim::write::images::{NewImage, NewImages};
use crate::wim::write::resource::Format;
use crate::wim::xml::{FileTime, Known, image_element};
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};

/// A new image: a tree, and the contents that belong into its fields.
pub(in crate::wim) struct TreeImage {
    pub(in crate::wim) metadata: Metadata,
    /// Contents to be read, each once.
    pub(in crate::wim) contents: Vec<NewBlob>,
    /// For each of `contents` the fields that get its digest.
    pub(in crate::wim) waiting: Vec<Vec<(InodeId, StreamSlot)>>,
    /// How contents are packed together, where they are.
    pub(in crate::wim) solid: Option<Format>,
    /// What is known of the image already, as an `IMAGE` element.
    pub(in crate::wim) element: Option<String>,
    /// The `WINDOWS` element of one that nothing is known of.
    pub(in crate::wim) windows: Option<String>,
    pub(in crate::wim) properties: ImageProperties,
    /// When it was captured.
    pub(in crate::wim) time: FileTime,
    pub(in crate::wim) boot: bool,
    pub(in crate::wim) limits: Limits,
}

impl NewImages for TreeImage {
    fn names(&self) -> Vec<String> {
        vec![self.properties.name.clone().unwrap_or_default()]
    }

    fn write(
        &mut self,
        out: &mut Appender<'_>,
        exists: &dyn Fn(&Sha1Digest) -> bool,
        progress: &Progress,
    ) -> Result<Vec<NewImage>> {
        let digests = if let Some(format) = self.solid {
            self.add_solid(format, out, exists, progress)?
        } else {
            let meter = progress.begin(Phase::Write, self.contents.len() as u64, self.bytes());
            out.add_all(&self.contents, exists, &meter)?
        };
        let mut sizes = HashMap::with_capacity(digests.len());
        for ((new, waiting), digest) in self.contents.iter().zip(&self.waiting).zip(digests) {
            sizes.insert(digest, new.blob.size());
            for &(inode, slot) in waiting {
                self.metadata.inode_mut(inode).set_sha1_at(slot, digest);
            }
        }
        let data = self.metadata.to_bytes()?;
        progress.check()?;
        let resource = out.add_bytes(&data, ResourceHeader::METADATA)?;
        let entry = BlobEntry { resource, part_number: out.part_number, ref_count: 1, sha1: sha1(&data) };
        let counts = image_counts(&self.metadata, &|digest| sizes.get(digest).copied().unwrap_or(0));
        let values = self.properties.values();
        let known = match &self.element {
            Some(element) => Known::Image(element),
            None => Known::Windows(self.windows.as_deref().unwrap_or_default()),
        };
        let element = image_element(known, counts, self.time, &values, &self.limits)?;
        let mut references = HashMap::new();
        count_into(&self.metadata.inodes, 1, &mut references);
        Ok(vec![NewImage { entry, element, references, boot: self.boot }])
    }
}

impl TreeImage {
    fn bytes(&self) -> u64 {
        self.contents.iter().map(|new| new.blob.size()).sum()
    }

    /// Packs what is new together. Since it is sorted by what it is, all of it is hashed before.
    fn add_solid(
        &mut self,
        format: Format,
        out: &mut Appender<'_>,
        exists: &dyn Fn(&Sha1Digest) -> bool,
        progress: &Progress,
    ) -> Result<Vec<Sha1Digest>> {
        let meter = progress.begin(Phase::Hash, self.contents.len() as u64, self.bytes());
        self.contents.par_iter_mut().try_for_each(|new| {
            if new.sha1.is_none() {
                new.sha1 = Some(hash(new).map_err(|e| e.with_path(&new.name))?);
            }
            meter.done(&new.name, new.blob.size())
        })?;
        let digests: Vec<_> = self.contents.iter().map(|new| new.sha1.unwrap_or_default()).collect();
        let mut seen = HashSet::new();
        let mut rest = Vec::new();
        for (new, digest) in self.contents.iter().zip(&digests) {
            if exists(digest) || !seen.insert(*digest) {
                out.deduplicated += 1;
            } else {
                rest.push(new.clone());
            }
        }
        rest.sort_by_cached_key(kind);
        let bytes = rest.iter().map(|new| new.blob.size()).sum();
        let meter = progress.begin(Phase::Write, rest.len() as u64, bytes);
        out.add_solid(format, &rest, 0, &meter)?;
        Ok(digests)
    }
}

fn hash(new: &NewBlob) -> Result<Sha1Digest> {
    if let Some(bytes) = new.blob.as_bytes() {
        return Ok(sha1(bytes));
    }
    let (mut hasher, mut reader, mut left) = (Sha1Hasher::default(), new.blob.open()?, new.blob.size());
    let mut buffer = vec![0; left.min(1 << 20) as usize];
    while left > 0 {
        let piece = left.min(buffer.len() as u64) as usize;
        reader.read_exact(&mut buffer[..piece]).map_err(|e| Error::from_io("read new contents", e))?;
        hasher.update(&buffer[..piece]);
        left -= piece as u64;
    }
    Ok(hasher.finish())
}

/// The place among contents that are alike: the extension, then the name.
fn kind(new: &NewBlob) -> (String, String) {
    let name = new.name.rsplit(['/', '\\']).next().unwrap_or_default().to_lowercase();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_owned();
    (extension, name)
}
