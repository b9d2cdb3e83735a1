//! Looking around: names, attributes, directories, links, the size of it all.

use super::state::State;
use super::{Attr, FsResult, ImageFs, Kind, Stream, errno};
use crate::base::Name;
use crate::wim::metadata::attributes::READONLY;
use crate::wim::metadata::{DentryId, InodeId};
use rustix::io::Errno;
use std::os::unix::ffi::OsStringExt as _;

/// The longest name in bytes: 255 UTF-16 units of three bytes each.
pub(in crate::mount) const MAX_NAME_BYTES: usize = 765;
/// More than NTFS allows for reparse data.
const MOST_REPARSE: u64 = 64 << 10;

/// Takes an entry of a directory: where the next one is, its name, number and kind, and its attributes if asked for.
/// Tells whether it has enough.
pub(in crate::mount) type Visit<'a> = dyn FnMut(u64, &[u8], u64, Kind, &dyn Fn() -> Attr) -> bool + 'a;

/// Totals for `statfs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::mount) struct Totals {
    pub bytes: u64,
    pub free: u64,
    pub files: u64,
}

impl ImageFs {
    /// The entry `name` of a directory, and whether `name` is spelled as the entry is.
    pub fn lookup(&self, parent: u64, name: &[u8]) -> FsResult<(Attr, bool)> {
        let state = self.read_state();
        let id = find(&state, self.dir(&state, parent)?, name)?;
        let exact = state.metadata.dentry(id).name().to_wtf8() == name;
        Ok((self.attr_of(&state, state.metadata.dentry(id).inode()), exact))
    }

    /// The attributes of an inode.
    pub fn attr(&self, ino: u64) -> FsResult<Attr> {
        let state = self.read_state();
        let id = self.inode(&state, ino)?;
        Ok(self.attr_of(&state, id))
    }

    pub(super) fn attr_of(&self, state: &State, id: InodeId) -> Attr {
        let inode = state.metadata.inode(id);
        let kind = Kind::of(inode);
        let mut times = inode.times();
        let size = match kind {
            Kind::Directory => 0,
            // A link that cannot be read has still a place in its directory.
            Kind::Link => self.link_text(state, id).map_or(0, |text| text.len() as u64),
            Kind::File => {
                let written = state.contents.get(&(id, Stream::Data));
                if let Some(time) = written.map(|upper| upper.touched()).filter(|&time| time != 0) {
                    times.write = time;
                }
                match written {
                    Some(upper) => upper.len(),
                    None if inode.data_sha1().is_zero() => 0,
                    // Of what is not in the WIM nobody knows the size; where it were 0, reading would be no error.
                    None => self.wim.blob(&inode.data_sha1()).map_or(1, |blob| blob.size),
                }
            }
        };
        let mode = match kind {
            Kind::Link => 0o777,
            Kind::Directory => 0o755,
            Kind::File if inode.attributes() & READONLY != 0 => 0o444,
            Kind::File => 0o644,
        };
        // Subdirectories are not counted: 1 says so to whoever would draw conclusions.
        let links = if kind == Kind::Directory { 1 } else { inode.links() };
        Attr { ino: self.ino(id), kind, size, mode, links, times }
    }

    /// The entries of a directory, as they are now.
    pub fn entries(&self, ino: u64) -> FsResult<Vec<DentryId>> {
        let state = self.read_state();
        let dir = self.dir(&state, ino)?;
        Ok(state.metadata.dentry(dir).children().to_vec())
    }

    /// The number of the directory that a directory lies in.
    pub fn parent(&self, ino: u64) -> FsResult<u64> {
        let state = self.read_state();
        let dir = self.dir(&state, ino)?;
        let parent = state.metadata.dentry(dir).parent();
        Ok(self.ino(state.metadata.dentry(parent).inode()))
    }

    /// Hands out the entries from `offset` on, of the list `of` or of the directory as it is, until told to stop. Names
    /// that no path can have are passed over.
    pub fn read_dir(
        &self,
        ino: u64,
        of: Option<&[DentryId]>,
        offset: u64,
        out: &mut Visit<'_>,
    ) -> FsResult<()> {
        let state = self.read_state();
        let list = match of {
            Some(list) => list,
            None => state.metadata.dentry(self.dir(&state, ino)?).children(),
        };
        for (at, &id) in list.iter().enumerate().skip(usize::try_from(offset).unwrap_or(usize::MAX)) {
            let dentry = state.metadata.dentry(id);
            let name = dentry.name().to_wtf8();
            let inode = dentry.inode();
            let gone = state.metadata.inode(inode).links() == 0;
            if gone || name.len() > MAX_NAME_BYTES || name.iter().any(|b| matches!(b, 0 | b'/')) {
                continue;
            }
            let kind = Kind::of(state.metadata.inode(inode));
            if out(at as u64 + 1, &name, self.ino(inode), kind, &|| self.attr_of(&state, inode)) {
                break;
            }
        }
        Ok(())
    }

    /// Where a link leads: a path that counts from its folder, or as it is stored where it leads out of the image.
    pub fn read_link(&self, ino: u64) -> FsResult<Vec<u8>> {
        let state = self.read_state();
        let id = self.inode(&state, ino)?;
        if Kind::of(state.metadata.inode(id)) != Kind::Link {
            return Err(Errno::INVAL);
        }
        self.link_text(&state, id)
    }

    fn link_text(&self, state: &State, id: InodeId) -> FsResult<Vec<u8>> {
        let tag = state.metadata.inode(id).reparse_tag().ok_or(Errno::INVAL)?;
        let data = self.small(state, id, &Stream::Reparse, MOST_REPARSE)?;
        let home = state.home[id.0 as usize];
        let text = crate::wim::link_text(&state.metadata, home, tag, &data).map_err(|e| errno(&e))?;
        Ok(text.into_vec())
    }

    /// Totals of the image; what is free is what the folder for changes has room for.
    pub fn totals(&self) -> Totals {
        let state = self.read_state();
        let bytes = self.wim.blobs().iter().map(|blob| blob.size).sum();
        let files = state.metadata.inodes.len() as u64;
        let folder = self.edits.as_ref().and_then(|edits| rustix::fs::statvfs(&edits.data).ok());
        let free = folder.map_or(0, |there| there.f_bavail.saturating_mul(there.f_frsize));
        Totals { bytes, free, files }
    }
}

/// The entry of a directory that is called so.
pub(super) fn find(state: &State, dir: DentryId, name: &[u8]) -> FsResult<DentryId> {
    if name.len() > MAX_NAME_BYTES {
        return Err(Errno::NAMETOOLONG);
    }
    let name = Name::from_wtf8(name).ok_or(Errno::NOENT)?;
    state.metadata.child(dir, &name).ok_or(Errno::NOENT)
}
