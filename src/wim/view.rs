//! One image as a tree of entries, for reading.

use super::file::WimFile;
use super::metadata::{DentryId, Metadata};
use crate::base::{Blob, ImagePath, ImageTree, Limits, Name, Sha1Digest, TreeEntry};
use crate::error::{Error, ErrorKind, Result};
use std::sync::Arc;

/// A read-only view of one image. Cheap to clone; any number of threads may use it.
///
/// ```
/// use wimwright::base::{ImagePath, ImageTree};
/// use wimwright::wim::{ImageView, OpenOptions, WimFile};
///
/// # let dir = tempfile::tempdir().unwrap();
/// # let (folder, file) = (dir.path().join("folder"), dir.path().join("a.wim"));
/// # std::fs::create_dir_all(folder.join("Windows/System32")).unwrap();
/// # std::fs::write(folder.join("Windows/System32/a.txt"), "contents").unwrap();
/// # use wimwright::wim::capture::{CaptureOptions, capture};
/// # capture(&folder, &file, &CaptureOptions::new(), &wimwright::base::Progress::none())?;
/// let view: ImageView = WimFile::open(&file, &OpenOptions::new())?.view(1)?;
/// let path = ImagePath::parse("windows/system32/A.TXT")?;
/// assert_eq!(view.read(&path, 1 << 20)?, b"contents");
/// assert_eq!(view.stat(&path)?.unwrap().name.to_string(), "a.txt");
/// assert_eq!(view.list(&ImagePath::parse("Windows")?)?.len(), 1);
/// let mut pieces = Vec::new();
/// view.read_to(&path, None, &mut |piece| Ok(pieces.extend_from_slice(piece)))?;
/// assert_eq!(pieces, b"contents");
/// assert!(view.stat(&ImagePath::parse("none")?)?.is_none() && view.index() == 1);
/// // Contents to be read later, the tree as it is stored, and the file that it all lies in.
/// assert_eq!(view.blob(&path)?.size(), 8);
/// assert!(view.metadata().lookup(&path).is_some() && view.wim().image_count() == 1);
/// # Ok::<(), wimwright::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ImageView {
    wim: WimFile,
    metadata: Arc<Metadata>,
    index: u32,
}

impl WimFile {
    /// Image `index` (from 1) as a tree.
    pub fn view(&self, index: u32) -> Result<ImageView> {
        Ok(ImageView { wim: self.clone(), metadata: self.image(index)?, index })
    }
}

impl ImageView {
    /// The WIM that the image is of.
    pub fn wim(&self) -> &WimFile {
        &self.wim
    }

    /// The image's metadata.
    pub fn metadata(&self) -> &Arc<Metadata> {
        &self.metadata
    }

    /// The index of the image, from 1.
    pub fn index(&self) -> u32 {
        self.index
    }

    /// The contents of the file at `path`, to be read later or piece by piece.
    pub fn blob(&self, path: &ImagePath) -> Result<Blob> {
        let id = self.file(path)?;
        let sha1 = self.metadata.inode_of(id).data_sha1();
        if sha1.is_zero() {
            return Ok(Arc::new(Vec::new()));
        }
        let blob = self.wim.blob(&sha1).ok_or_else(|| missing(path, &sha1))?;
        Ok(self.wim.blob_source(blob))
    }

    /// Hands the contents of the file at `path`, or of one of its named streams, to `consume` in order and in pieces.
    /// The digest is checked at the end: an error then means that what was handed out is wrong.
    pub fn read_to(
        &self,
        path: &ImagePath,
        stream: Option<&Name>,
        consume: &mut dyn FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        let sha1 = match stream {
            None => self.metadata.inode_of(self.file(path)?).data_sha1(),
            Some(name) => {
                let mut streams = self.metadata.inode_of(self.find(path)?).named_streams();
                let found = streams.find(|s| s.name() == name).ok_or_else(|| {
                    Error::new(ErrorKind::NotFound, format!("has no stream '{name}'")).with_path(path)
                })?;
                found.sha1()
            }
        };
        if sha1.is_zero() {
            return Ok(());
        }
        self.wim.read_blob(self.wim.blob(&sha1).ok_or_else(|| missing(path, &sha1))?, consume)
    }

    fn find(&self, path: &ImagePath) -> Result<DentryId> {
        self.metadata
            .lookup(path)
            .ok_or_else(|| Error::new(ErrorKind::NotFound, "is not in the image").with_path(path))
    }

    fn file(&self, path: &ImagePath) -> Result<DentryId> {
        let id = self.find(path)?;
        if self.metadata.inode_of(id).is_dir() {
            return Err(Error::new(ErrorKind::InvalidArgument, "is a directory").with_path(path));
        }
        Ok(id)
    }

    fn entry(&self, id: DentryId) -> TreeEntry {
        let (dentry, inode) = (self.metadata.dentry(id), self.metadata.inode_of(id));
        let sha1 = if inode.is_dir() { Sha1Digest::default() } else { inode.data_sha1() };
        let size = self.wim.blob(&sha1).map_or(0, |blob| blob.size);
        let name = dentry.name().clone();
        TreeEntry { name, is_dir: inode.is_dir(), attributes: inode.attributes(), size, sha1 }
    }
}

impl ImageTree for ImageView {
    fn stat(&self, path: &ImagePath) -> Result<Option<TreeEntry>> {
        Ok(self.metadata.lookup(path).map(|id| self.entry(id)))
    }

    fn list(&self, path: &ImagePath) -> Result<Vec<TreeEntry>> {
        let id = self.find(path)?;
        if !self.metadata.inode_of(id).is_dir() {
            return Err(Error::new(ErrorKind::InvalidArgument, "is not a directory").with_path(path));
        }
        Ok(self.metadata.dentry(id).children().iter().map(|&child| self.entry(child)).collect())
    }

    fn read(&self, path: &ImagePath, limit: u64) -> Result<Vec<u8>> {
        let sha1 = self.metadata.inode_of(self.file(path)?).data_sha1();
        if sha1.is_zero() {
            return Ok(Vec::new());
        }
        let blob = self.wim.blob(&sha1).ok_or_else(|| missing(path, &sha1))?;
        Limits::check("the size of the file", blob.size, limit).map_err(|e| e.with_path(path))?;
        self.wim.read_blob_to_vec(blob, limit)
    }
}

fn missing(path: &ImagePath, sha1: &Sha1Digest) -> Error {
    super::reference::missing(sha1).with_path(path)
}
