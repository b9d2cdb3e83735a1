//! An overlay out of a tree that was changed elsewhere: by a mounted file system, which works with inodes, not paths.

use super::{Changes, Content, Overlay};
use crate::error::Result;
use crate::wim::file::WimFile;
use crate::wim::metadata::{DentryId, InodeId, Metadata, StreamSlot};
use std::sync::Arc;

impl Overlay {
    /// A view of image `index` (from 1) that shows `metadata`, made from the image's own by the edits of `Metadata`, with
    /// `contents` in it. Each content names its field and an entry that it belongs to.
    pub(crate) fn from_parts(
        wim: &WimFile,
        index: u32,
        metadata: Metadata,
        contents: Vec<(InodeId, StreamSlot, DentryId, Content)>,
        changes: Changes,
    ) -> Result<Self> {
        let mut overlay = Self::new(wim, index)?;
        overlay.metadata = Arc::new(metadata);
        overlay.changes = changes;
        for (inode, slot, id, content) in contents {
            overlay.set_content(inode, slot, id, content);
        }
        Ok(overlay)
    }
}
