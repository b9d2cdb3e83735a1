//! A mutable view of one image: changes are kept in memory over the image as it is, until they are committed.

mod content;
mod edit;
#[cfg(all(target_os = "linux", feature = "mount"))]
mod parts;
#[cfg(test)]
mod tests;
mod tree;

use super::file::WimFile;
use super::metadata::{BlobUses, DentryId, InodeId, Metadata, StreamSlot, Times};
use super::xml::FileTime;
use crate::base::{ImagePath, Sha1Digest};
use crate::error::{Error, ErrorKind, Result};
pub use content::Content;
pub(crate) use content::Pending;
#[cfg(all(target_os = "linux", feature = "mount"))]
pub(crate) use edit::check_name;
use std::collections::HashMap;
use std::sync::Arc;

/// How many things an overlay changed. Each call counts; a file that is added and then removed counts as both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Changes {
    /// Files that were not there before.
    pub added: u64,
    /// Files whose contents were replaced.
    pub replaced: u64,
    /// Files and directories taken out, those below them counted too.
    pub removed: u64,
    /// Files and directories moved or respelled.
    pub renamed: u64,
    /// Further names given to files.
    pub linked: u64,
    /// Directories made.
    pub directories: u64,
    /// Attributes, security descriptors, times, short names and named streams set.
    pub properties: u64,
}

/// An image as it is to be written.
pub(crate) struct Edited {
    pub index: u32,
    pub metadata: Arc<Metadata>,
    /// What it used before.
    pub before: BlobUses,
}

/// One image and the changes made to it. Nothing is written before [`commit`](super::commit::commit).
///
/// Names are compared without regard to case; where the image holds names that differ in case only, the exact
/// spelling is preferred.
///
/// ```
/// use wimwright::base::{ImagePath, ImageTree, Progress};
/// use wimwright::wim::commit::{CommitOptions, commit};
/// use wimwright::wim::overlay::Overlay;
/// use wimwright::wim::{OpenOptions, WimFile};
///
/// # let dir = tempfile::tempdir().unwrap();
/// # let (folder, file) = (dir.path().join("folder"), dir.path().join("a.wim"));
/// # std::fs::create_dir_all(folder.join("Windows/System32")).unwrap();
/// # std::fs::write(folder.join("Windows/System32/a.txt"), "contents").unwrap();
/// # use wimwright::wim::capture::{CaptureOptions, capture};
/// # capture(&folder, &file, &CaptureOptions::new(), &wimwright::base::Progress::none())?;
/// let wim = WimFile::open(&file, &OpenOptions::new())?;
/// let path = |text| ImagePath::parse(text);
/// let mut overlay = Overlay::new(&wim, 1)?;
/// overlay.put(&path("new/a.txt")?, b"text".to_vec())?;
/// overlay.put_stream(&path("new/a.txt")?, &"stream".into(), b"more".to_vec())?;
/// overlay.hard_link(&path("new/a.txt")?, &path("new/b.txt")?)?;
/// overlay.rename(&path("new/b.txt")?, &path("c.txt")?)?;
/// overlay.mkdir(&path("new/folder")?)?;
/// overlay.remove(&path("Windows")?)?;
/// overlay.set_attributes(&path("c.txt")?, 0x20)?;
/// overlay.set_short_name(&path("c.txt")?, &"C~1.TXT".into())?;
/// overlay.set_times(&path("c.txt")?, overlay.times(&path("new/folder")?)?)?;
/// overlay.set_security(&path("c.txt")?, None)?;
/// assert!(overlay.is_changed() && overlay.stat(&path("Windows")?)?.is_none());
/// assert_eq!(overlay.read(&path("c.txt")?, 100)?, b"text");
/// commit(&wim, vec![overlay], &CommitOptions::new(), &Progress::none())?;
/// let again = WimFile::open(&file, &OpenOptions::new())?;
/// assert_eq!(again.view(1)?.read(&path("c.txt")?, 100)?, b"text");
/// # Ok::<(), wimwright::Error>(())
/// ```
#[derive(Clone)]
pub struct Overlay {
    wim: WimFile,
    index: u32,
    metadata: Arc<Metadata>,
    /// What the image used before the first change.
    before: Option<BlobUses>,
    /// New contents whose digest is known, and thus stands in the metadata.
    known: HashMap<Sha1Digest, Content>,
    /// New contents whose digest the commit works out, by the field that it belongs into.
    pending: HashMap<(InodeId, StreamSlot), Arc<Pending>>,
    /// The fields that new contents were put into, in order, and a name that they belong to.
    touched: Vec<(InodeId, StreamSlot, DentryId)>,
    changes: Changes,
    clock: Option<FileTime>,
    /// The highest number of a hard-link group, once it was needed.
    last_group: Option<u64>,
}

impl Overlay {
    /// A view of image `index` (from 1) without changes. The image's metadata is decoded now.
    pub fn new(wim: &WimFile, index: u32) -> Result<Self> {
        Ok(Self {
            wim: wim.clone(),
            index,
            metadata: wim.image(index)?,
            before: None,
            known: HashMap::new(),
            pending: HashMap::new(),
            touched: Vec::new(),
            changes: Changes::default(),
            clock: None,
            last_group: None,
        })
    }

    /// The WIM it is a view of.
    pub fn wim(&self) -> &WimFile {
        &self.wim
    }

    /// The index of the image.
    pub fn index(&self) -> u32 {
        self.index
    }

    /// What was changed so far.
    pub fn changes(&self) -> Changes {
        self.changes
    }

    /// Whether anything was changed.
    pub fn is_changed(&self) -> bool {
        self.changes != Changes::default()
    }

    /// The tree as it is now. Digests of contents that the commit has yet to work out are zero in it.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Sets the time that new and replaced files get, for images that come out the same each time. Without it
    /// they get the time of the call.
    pub fn set_clock(&mut self, time: Option<FileTime>) {
        self.clock = time;
    }

    /// The raw, self-relative security descriptor of the entry at `path`; `None` where it has none.
    pub fn security(&self, path: &ImagePath) -> Result<Option<&[u8]>> {
        let id = self.find(path)?;
        Ok(self.metadata.security().get(self.metadata.inode_of(id).security_id()))
    }

    /// The times of the entry at `path`.
    pub fn times(&self, path: &ImagePath) -> Result<Times> {
        Ok(self.metadata.inode_of(self.find(path)?).times())
    }

    pub(crate) fn pending(&self) -> &HashMap<(InodeId, StreamSlot), Arc<Pending>> {
        &self.pending
    }

    pub(crate) fn touched(&self) -> &[(InodeId, StreamSlot, DentryId)] {
        &self.touched
    }

    pub(crate) fn known(&self) -> &HashMap<Sha1Digest, Content> {
        &self.known
    }

    pub(crate) fn into_edited(self) -> Edited {
        let before = self.before.unwrap_or_else(|| BlobUses::of(&self.metadata));
        Edited { index: self.index, metadata: self.metadata, before }
    }

    fn find(&self, path: &ImagePath) -> Result<DentryId> {
        self.metadata.lookup(path).ok_or_else(|| {
            Error::new(ErrorKind::NotFound, format!("does not exist in image {}", self.index)).with_path(path)
        })
    }

    fn now(&self) -> u64 {
        self.clock.unwrap_or_else(FileTime::now).0
    }

    // Nobody keeps the image as it was for this overlay's sake; it is copied only where another still looks at it.
    fn edit(&mut self) -> &mut Metadata {
        if self.before.is_none() {
            self.before = Some(BlobUses::of(&self.metadata));
            self.wim.forget_image(self.index, &self.metadata);
        }
        Arc::make_mut(&mut self.metadata)
    }
}

impl std::fmt::Debug for Overlay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Overlay").field("wim", &self.wim).field("index", &self.index).finish_non_exhaustive()
    }
}
