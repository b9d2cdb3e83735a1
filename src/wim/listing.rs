//! What lies in a folder of an image, as a document: what `wright ls` and the C library give.

use super::file::WimFile;
use super::metadata::{DentryId, InodeId, Metadata, StreamSlot};
use super::overlay::Overlay;
use super::xml::FileTime;
use crate::base::{ImagePath, Sha1Digest};
use crate::error::{Error, ErrorKind, Result};

/// The entries of a folder of an image.
#[derive(Clone, Debug, serde::Serialize)]
#[non_exhaustive]
pub struct Listing {
    /// The image file.
    pub image: String,
    /// The image, from 1.
    pub index: u32,
    /// The path that was asked for.
    pub path: String,
    /// What is there, in the image's order; of a file the file itself.
    pub entries: Vec<ListedEntry>,
}

/// A name in a folder of an image, and what it stands for.
#[derive(Clone, Debug, serde::Serialize)]
#[non_exhaustive]
pub struct ListedEntry {
    /// From the root, `\` between names.
    pub path: String,
    /// The last name of the path.
    pub name: String,
    /// The 8.3 name, where it has one.
    pub short_name: Option<String>,
    /// Whether it is a folder.
    pub directory: bool,
    /// `FILE_ATTRIBUTE_*` bits.
    pub attributes: u32,
    /// Bytes of its contents.
    pub size: u64,
    /// Their SHA-1; `None` for a folder, an empty file, and new contents that nobody has hashed yet.
    pub sha1: Option<Sha1Digest>,
    /// When it was created.
    pub created: FileTime,
    /// When it was last written.
    pub modified: FileTime,
    /// Names of the hard-link group it is in.
    pub links: u32,
    /// The tag of a reparse point.
    pub reparse_tag: Option<u32>,
    /// Its named data streams.
    pub streams: Vec<ListedStream>,
}

/// A named data stream.
#[derive(Clone, Debug, serde::Serialize)]
#[non_exhaustive]
pub struct ListedStream {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub size: u64,
    /// Their SHA-1.
    pub sha1: Option<Sha1Digest>,
}

impl WimFile {
    /// What lies in the folder at `path` of image `index` (from 1), with `recursive` everything below it. The root
    /// itself is no entry.
    pub fn listing(&self, index: u32, path: &ImagePath, recursive: bool) -> Result<Listing> {
        let metadata = self.image(index)?;
        let size = |inode: InodeId, slot| {
            self.blob(&metadata.inode(inode).sha1_at(slot)).map_or(0, |blob| blob.size)
        };
        listing(self, index, &metadata, path, recursive, &size)
    }
}

impl Overlay {
    /// What lies in the folder at `path` as the changes make it, with `recursive` everything below it.
    pub fn listing(&self, path: &ImagePath, recursive: bool) -> Result<Listing> {
        let size = |inode, slot| self.size_at(inode, slot);
        listing(self.wim(), self.index(), self.metadata(), path, recursive, &size)
    }
}

fn listing(
    wim: &WimFile,
    index: u32,
    metadata: &Metadata,
    path: &ImagePath,
    recursive: bool,
    size: &dyn Fn(InodeId, StreamSlot) -> u64,
) -> Result<Listing> {
    let start = metadata.lookup(path).ok_or_else(|| {
        let e = Error::new(ErrorKind::NotFound, format!("image {index} has no such entry"));
        e.with_path(path).within(wim.name())
    })?;
    let entry = |id| entry(metadata, id, size);
    let entries = if recursive {
        metadata.walk(start).filter(|id| *id != metadata.root()).map(entry).collect()
    } else if metadata.inode_of(start).is_dir() {
        metadata.dentry(start).children().iter().copied().map(entry).collect()
    } else {
        vec![entry(start)]
    };
    Ok(Listing { image: wim.name(), index, path: path.to_string(), entries })
}

fn entry(metadata: &Metadata, id: DentryId, size: &dyn Fn(InodeId, StreamSlot) -> u64) -> ListedEntry {
    let (dentry, inode) = (metadata.dentry(id), metadata.inode_of(id));
    let known = |sha1: Sha1Digest| (!sha1.is_zero()).then_some(sha1);
    let named = inode.extra_streams().iter().enumerate().filter(|(_, s)| !s.name().is_empty());
    let streams = named.map(|(at, s)| ListedStream {
        name: s.name().to_string(),
        size: size(dentry.inode(), StreamSlot::Extra(at as u16)),
        sha1: known(s.sha1()),
    });
    ListedEntry {
        path: metadata.path(id).to_string(),
        name: dentry.name().to_string(),
        short_name: (!dentry.short_name().is_empty()).then(|| dentry.short_name().to_string()),
        directory: inode.is_dir(),
        attributes: inode.attributes(),
        size: inode.data_slot().map_or(0, |slot| size(dentry.inode(), slot)),
        sha1: known(inode.data_sha1()),
        created: FileTime(inode.times().creation),
        modified: FileTime(inode.times().write),
        links: inode.links(),
        reparse_tag: inode.reparse_tag(),
        streams: streams.collect(),
    }
}
