//! Extended attributes, given to what was written where it can have them.

use super::write::Writer;
use crate::wim::metadata::Inode;
use crate::wim::xattr;
use std::sync::atomic::Ordering::Relaxed;

impl Writer<'_> {
    /// Gives a file or directory that has `names` names its attributes, where that is wanted. What cannot be set (one of
    /// Windows' own, one of the system's without the right to it, a file system without any) is left out, and counted.
    pub fn carry_xattrs(&self, inode: &Inode, names: usize, set: impl Fn(&[u8], &[u8]) -> bool) {
        if !self.xattrs || !inode.has_tagged_items() {
            return;
        }
        let Ok(all) = xattr::of(&inode.tagged) else { return };
        let left = all.iter().filter(|(name, value)| !xattr::is_linux(name) || !set(name, value)).count();
        if left == 0 && !xattr::has_others(&inode.tagged) {
            self.counts.tagged_items.fetch_add(names as u64, Relaxed);
        }
    }

    /// Gives directories theirs.
    pub fn directory_xattrs(&self) {
        if !self.xattrs {
            return;
        }
        for (id, dir) in self.plan.dirs.iter().enumerate() {
            let inode = self.metadata.inode_of(dir.dentry);
            if !inode.has_tagged_items() || self.closed[id].load(Relaxed) || (id == 0 && !self.plan.whole) {
                continue;
            }
            let Ok(open) = self.dest.dir(&self.plan.path(id)) else { continue };
            self.carry_xattrs(inode, 1, |name, value| open.set_xattr(name, value));
        }
    }
}
