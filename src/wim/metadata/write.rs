//! Writing a metadata resource, in the order wimlib and WIMGAPI use: the root, then each directory's list, a
//! directory before the directories in it.

use super::parse::{DENTRY_LEN, STREAM_LEN};
use super::{DentryId, ExtraStream, Metadata};
use crate::base::Name;
use crate::error::{Error, Result};
use std::borrow::Cow;

impl Metadata {
    /// The uncompressed metadata resource.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        self.security.write(&mut out)?;
        let (root, directories) = (self.root(), self.directories());
        let mut next_list = (out.len() + self.dentry_len(root) + 8) as u64;
        // Offsets of lists, known before the lists themselves are written.
        let mut lists = vec![0u64; self.dentries.len()];
        for (id, children) in &directories {
            lists[id.0 as usize] = next_list;
            next_list += children.iter().map(|&c| self.dentry_len(c) as u64).sum::<u64>() + 8;
        }
        out.reserve_exact((next_list as usize).saturating_sub(out.len()));
        self.write_dentry(&mut out, root, &lists)?;
        out.extend([0; 8]);
        for (id, children) in &directories {
            debug_assert_eq!(out.len() as u64, lists[id.0 as usize]);
            for &child in children.iter() {
                self.write_dentry(&mut out, child, &lists)?;
            }
            out.extend([0; 8]);
        }
        Ok(out)
    }

    /// Directories that have a list, each before those in it, with their children in order.
    fn directories(&self) -> Vec<(DentryId, Cow<'_, [DentryId]>)> {
        let (mut stack, mut out) = (vec![self.root()], Vec::new());
        while let Some(id) = stack.pop() {
            let children = self.ordered(id);
            stack.extend(children.iter().rev());
            if self.inode_of(id).has_list || !children.is_empty() {
                out.push((id, children));
            }
        }
        out
    }

    /// The children as they are to be written. Windows searches lists in name order, so a list that was added
    /// to is sorted; one that was not is left as its writer made it.
    fn ordered(&self, dir: DentryId) -> Cow<'_, [DentryId]> {
        let dentry = self.dentry(dir);
        if !dentry.changed {
            return Cow::Borrowed(&dentry.children);
        }
        let mut children = dentry.children.clone();
        children.sort_by(|&a, &b| {
            let (a, b) = (&self.dentry(a).name, &self.dentry(b).name);
            a.cmp(b).then_with(|| a.units().cmp(b.units()))
        });
        Cow::Owned(children)
    }

    fn dentry_len(&self, id: DentryId) -> usize {
        let (dentry, inode) = (self.dentry(id), self.inode_of(id));
        own_len(&dentry.name, &dentry.short_name, inode.tagged.len())
            + inode.streams.iter().map(stream_len).sum::<usize>()
    }

    fn write_dentry(&self, out: &mut Vec<u8>, id: DentryId, lists: &[u64]) -> Result<()> {
        let (dentry, inode) = (self.dentry(id), self.inode_of(id));
        let start = out.len();
        let len = own_len(&dentry.name, &dentry.short_name, inode.tagged.len());
        out.extend((len as u64).to_le_bytes());
        out.extend(inode.attributes.to_le_bytes());
        out.extend(inode.security_id.to_le_bytes());
        out.extend(lists[id.0 as usize].to_le_bytes());
        inode.unused.iter().for_each(|v| out.extend(v.to_le_bytes()));
        let times = inode.times;
        for time in [times.creation, times.access, times.write] {
            out.extend(time.to_le_bytes());
        }
        out.extend(inode.default_sha1.0);
        out.extend(inode.unknown.to_le_bytes());
        out.extend(inode.link.to_le_bytes());
        out.extend((inode.streams.len() as u16).to_le_bytes());
        out.extend(name_len(&dentry.short_name)?.to_le_bytes());
        out.extend(name_len(&dentry.name)?.to_le_bytes());
        write_name(out, &dentry.name);
        write_name(out, &dentry.short_name);
        out.resize(start + len - inode.tagged.len(), 0);
        out.extend_from_slice(&inode.tagged);
        for stream in &inode.streams {
            let start = out.len();
            out.extend((stream_len(stream) as u64).to_le_bytes());
            out.extend(stream.reserved.to_le_bytes());
            out.extend(stream.sha1.0);
            out.extend(name_len(&stream.name)?.to_le_bytes());
            write_name(out, &stream.name);
            out.resize(start + stream_len(stream), 0);
        }
        Ok(())
    }
}

fn own_len(name: &Name, short_name: &Name, tagged: usize) -> usize {
    (DENTRY_LEN + name_size(name) + name_size(short_name)).next_multiple_of(8) + tagged
}

fn stream_len(stream: &ExtraStream) -> usize {
    (STREAM_LEN + name_size(&stream.name)).next_multiple_of(8)
}

fn name_size(name: &Name) -> usize {
    if name.is_empty() { 0 } else { 2 * name.units().len() + 2 }
}

fn name_len(name: &Name) -> Result<u16> {
    u16::try_from(2 * name.units().len())
        .map_err(|_| Error::malformed("a name is too long for an image").with_path(name))
}

fn write_name(out: &mut Vec<u8>, name: &Name) {
    if !name.is_empty() {
        name.units().iter().for_each(|u| out.extend(u.to_le_bytes()));
        out.extend([0, 0]);
    }
}
