//! What the servicing layers see of an image: a tree of entries, whoever keeps it.

use super::{ImagePath, Name, Sha1Digest};
use crate::error::Result;

/// An image as the servicing layers see it; the WIM reader and the overlay implement it.
///
/// ```
/// use wimwright::base::{ImagePath, ImageTree, TreeEntry};
///
/// /// Works on an image of a WIM, on an overlay with its changes and on any tree of your own.
/// fn largest(tree: &dyn ImageTree, folder: &ImagePath) -> wimwright::Result<Option<Vec<u8>>> {
///     if tree.stat(folder)?.is_none_or(|entry| !entry.is_dir) {
///         return Ok(None);
///     }
///     let files = tree.list(folder)?.into_iter().filter(|entry: &TreeEntry| !entry.is_dir && !entry.is_empty());
///     let Some(found) = files.max_by_key(|entry| entry.size) else { return Ok(None) };
///     tree.read(&folder.join(found.name), 1 << 30).map(Some)
/// }
/// # Ok::<(), wimwright::Error>(())
/// ```
pub trait ImageTree: Send + Sync {
    /// The entry at `path`, or `None`.
    fn stat(&self, path: &ImagePath) -> Result<Option<TreeEntry>>;

    /// The entries of the directory at `path`, in the image's order.
    fn list(&self, path: &ImagePath) -> Result<Vec<TreeEntry>>;

    /// The contents of the file at `path`; an error when it is over `limit` bytes.
    fn read(&self, path: &ImagePath, limit: u64) -> Result<Vec<u8>>;
}

/// One entry of an image.
#[derive(Clone, Debug)]
pub struct TreeEntry {
    /// The name as spelled.
    pub name: Name,
    /// Whether it is a directory.
    pub is_dir: bool,
    /// `FILE_ATTRIBUTE_*` bits.
    pub attributes: u32,
    /// Size of the unnamed data stream.
    pub size: u64,
    /// SHA-1 of the unnamed data stream; zero when it is empty.
    pub sha1: Sha1Digest,
}

impl TreeEntry {
    /// Whether it has no contents. Those of a delta WIM that are not there, and have no known size, are contents.
    pub fn is_empty(&self) -> bool {
        self.size == 0 && self.sha1.is_zero()
    }
}
