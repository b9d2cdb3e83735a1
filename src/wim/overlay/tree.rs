//! Reading an image through its overlay.

use super::Overlay;
use crate::base::{Blob, ImagePath, ImageTree, Limits, Name, Sha1Digest, TreeEntry, read_all};
use crate::error::{Error, ErrorKind, Result};
use crate::wim::metadata::{DentryId, InodeId, StreamSlot};
use std::sync::Arc;

/// Where the bytes of a stream are.
enum Stored {
    Empty,
    New(Blob),
    Old(super::super::solid::StoredBlob),
}

///
/// ```
/// use wimwright::base::{ImagePath, read_all};
/// use wimwright::wim::overlay::Overlay;
/// use wimwright::wim::xml::FileTime;
/// use wimwright::wim::{OpenOptions, WimFile};
///
#[doc = include_str!("../../../docs/doctest/image.md")]
/// # let dir = tempfile::tempdir()?;
/// let wim = WimFile::open(sample_image(dir.path())?, &OpenOptions::new())?;
/// let path = ImagePath::parse(r"Windows\a.txt")?;
/// let mut overlay = Overlay::new(&wim, 1)?;
/// // What is changed gets this time instead of the moment's.
/// overlay.set_clock(Some(FileTime::from_unix(1_700_000_000)));
/// overlay.put(&path, b"text".to_vec())?;
/// overlay.put_stream(&path, &"stream".into(), b"more".to_vec())?;
/// assert_eq!(read_all(&*overlay.blob(&path)?)?, b"text");
/// assert_eq!(read_all(&*overlay.stream(&path, &"stream".into())?)?, b"more");
/// assert_eq!(overlay.listing(&path, false)?.entries[0].modified, FileTime::from_unix(1_700_000_000));
/// assert!(overlay.security(&path)?.is_none() && overlay.changes().added == 1);
/// assert!(overlay.index() == 1 && overlay.wim().name() == wim.name());
/// assert!(overlay.metadata().lookup(&path).is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl Overlay {
    /// The contents of the file at `path`, as a blob to be read later or piece by piece.
    pub fn blob(&self, path: &ImagePath) -> Result<Blob> {
        let (id, slot) = self.file(path)?;
        Ok(self.as_blob(self.stored(id, slot).map_err(|e| e.with_path(path))?))
    }

    /// The contents of a named data stream.
    pub fn stream(&self, path: &ImagePath, name: &Name) -> Result<Blob> {
        let id = self.find(path)?;
        let streams = self.metadata.inode_of(id).extra_streams();
        let found =
            streams.iter().position(|s| !s.name().is_empty() && s.name() == name).ok_or_else(|| {
                Error::new(ErrorKind::NotFound, format!("has no stream '{name}'")).with_path(path)
            })?;
        let stored = self.stored(id, Some(StreamSlot::Extra(found as u16)));
        Ok(self.as_blob(stored.map_err(|e| e.with_path(path))?))
    }

    /// Bytes of a stream as it is now; 0 where its contents are missing.
    pub(in crate::wim) fn size_at(&self, inode: InodeId, slot: StreamSlot) -> u64 {
        match self.stored_at(inode, slot) {
            Ok(Stored::New(blob)) => blob.size(),
            Ok(Stored::Old(blob)) => blob.size,
            _ => 0,
        }
    }

    fn as_blob(&self, stored: Stored) -> Blob {
        match stored {
            Stored::Empty => Arc::new(Vec::new()),
            Stored::New(blob) => blob,
            Stored::Old(blob) => self.wim.blob_source(&blob),
        }
    }

    fn file(&self, path: &ImagePath) -> Result<(DentryId, Option<StreamSlot>)> {
        let id = self.find(path)?;
        let inode = self.metadata.inode_of(id);
        if inode.is_dir() {
            return Err(Error::new(ErrorKind::InvalidArgument, "is a directory").with_path(path));
        }
        Ok((id, inode.data_slot()))
    }

    fn stored(&self, id: DentryId, slot: Option<StreamSlot>) -> Result<Stored> {
        slot.map_or(Ok(Stored::Empty), |slot| self.stored_at(self.metadata.dentry(id).inode(), slot))
    }

    fn stored_at(&self, inode: InodeId, slot: StreamSlot) -> Result<Stored> {
        if let Some(pending) = self.pending.get(&(inode, slot)) {
            return Ok(Stored::New(pending.blob.clone()));
        }
        let sha1 = self.metadata.inode(inode).sha1_at(slot);
        if sha1.is_zero() {
            return Ok(Stored::Empty);
        }
        if let Some(content) = self.known.get(&sha1) {
            return Ok(Stored::New(content.blob().clone()));
        }
        self.wim
            .blob(&sha1)
            .map(|blob| Stored::Old(*blob))
            .ok_or_else(|| crate::wim::reference::missing(&sha1))
    }

    fn entry(&self, id: DentryId) -> Result<TreeEntry> {
        let dentry = self.metadata.dentry(id);
        let inode = self.metadata.inode(dentry.inode());
        let (mut size, mut sha1) = (0, Sha1Digest::default());
        if !inode.is_dir()
            && let Some(slot) = inode.data_slot()
        {
            sha1 = match self.pending.get(&(dentry.inode(), slot)) {
                Some(pending) => pending.sha1().map_err(|e| e.with_path(self.metadata.path(id)))?,
                None => inode.sha1_at(slot),
            };
            // A size that is not known because the blob is missing is for whoever reads it to complain about.
            size = self.size_at(dentry.inode(), slot);
        }
        let name = dentry.name().clone();
        Ok(TreeEntry { name, is_dir: inode.is_dir(), attributes: inode.attributes(), size, sha1 })
    }
}

impl ImageTree for Overlay {
    fn stat(&self, path: &ImagePath) -> Result<Option<TreeEntry>> {
        self.metadata.lookup(path).map(|id| self.entry(id)).transpose()
    }

    fn list(&self, path: &ImagePath) -> Result<Vec<TreeEntry>> {
        let id = self.find(path)?;
        if !self.metadata.inode_of(id).is_dir() {
            return Err(Error::new(ErrorKind::InvalidArgument, "is not a directory").with_path(path));
        }
        self.metadata.dentry(id).children().iter().map(|&child| self.entry(child)).collect()
    }

    fn read(&self, path: &ImagePath, limit: u64) -> Result<Vec<u8>> {
        let (id, slot) = self.file(path)?;
        let read = || match self.stored(id, slot)? {
            Stored::Empty => Ok(Vec::new()),
            Stored::New(blob) => {
                Limits::check("the size of the file", blob.size(), limit)?;
                read_all(&*blob)
            }
            Stored::Old(blob) => self.wim.read_blob_to_vec(&blob, limit),
        };
        read().map_err(|e| e.with_path(path))
    }
}
