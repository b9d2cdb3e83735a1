//! Making, removing and moving names.

use super::handles::{Handle, OpenFile};
use super::journal::{Record, Stream};
use super::look::find;
use super::state::State;
use super::{Attr, FsResult, ImageFs, Kind, errno, now};
use crate::base::Name;
use crate::wim::metadata::attributes::{ARCHIVE, DIRECTORY, READONLY, REPARSE_POINT};
use crate::wim::metadata::{DentryId, InodeId};
use crate::wim::overlay::check_name;
use crate::wim::{SYMLINK, symlink_data};
use rustix::io::Errno;

/// What a rename does with what is at the new name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::mount) enum Replace {
    /// Takes its place.
    Yes,
    /// Fails.
    No,
    /// Changes places with it.
    Exchange,
}

/// Directories and names in them that led somewhere until now, beside the ones that were given: whoever keeps names may
/// have kept these.
pub(in crate::mount) type Spellings = Vec<(u64, Vec<u8>)>;

impl ImageFs {
    /// Makes an empty file; `writable` by its owner or marked read-only.
    pub fn create(&self, parent: u64, name: &[u8], writable: bool) -> FsResult<Attr> {
        self.make(parent, name, if writable { ARCHIVE } else { ARCHIVE | READONLY }, 0, None)
    }

    /// Makes an empty file and opens it.
    pub fn create_open(&self, parent: u64, name: &[u8], writable: bool) -> FsResult<(Attr, u64)> {
        let attr = self.create(parent, name, writable)?;
        let state = self.read_state();
        let inode = self.inode(&state, attr.ino)?;
        self.opened(inode)?;
        Ok((attr, self.handles.add(Handle::File(OpenFile::new(inode, true)))))
    }

    /// Makes a directory.
    pub fn make_dir(&self, parent: u64, name: &[u8]) -> FsResult<Attr> {
        self.make(parent, name, DIRECTORY, 0, None)
    }

    /// Makes a symbolic link. An absolute target counts from the image's root.
    pub fn symlink(&self, parent: u64, name: &[u8], target: &[u8]) -> FsResult<Attr> {
        let data = symlink_data(target).ok_or(Errno::INVAL)?;
        let edits = self.edits()?;
        // Windows wants to know of a link whether it leads to a directory.
        let to_dir = {
            let state = self.read_state();
            leads_to_dir(&state, self.dir(&state, parent)?, target)
        };
        let file = edits.new_file(&data)?;
        let attributes = if to_dir { REPARSE_POINT | DIRECTORY } else { REPARSE_POINT | ARCHIVE };
        self.make(parent, name, attributes, SYMLINK, Some((Stream::Reparse, file, data.len() as u64)))
    }

    fn make(
        &self,
        parent: u64,
        name: &[u8],
        attributes: u32,
        tag: u32,
        content: Option<(Stream, u64, u64)>,
    ) -> FsResult<Attr> {
        let mut state = self.write_state();
        let dir = self.live_dir(&state, parent)?;
        let name = free_name(&state, dir, name)?;
        let record = Record::Create {
            dir: dir.0,
            name: name.units().to_vec(),
            attributes,
            tag,
            content: content.as_ref().map(|(stream, file, _)| (stream.clone(), *file)),
            time: now(),
        };
        self.change(&mut state, &record)?;
        let inode = InodeId(state.metadata.inodes.len() as u32 - 1);
        if let Some((stream, _, len)) = content
            && let Some(upper) = state.contents.get(&(inode, stream))
        {
            upper.set_len(len);
        }
        Ok(self.attr_of(&state, inode))
    }

    /// Gives a file a further name.
    pub fn link(&self, ino: u64, parent: u64, name: &[u8]) -> FsResult<Attr> {
        let mut state = self.write_state();
        let id = self.inode(&state, ino)?;
        let dir = self.live_dir(&state, parent)?;
        let name = free_name(&state, dir, name)?;
        let inode = state.metadata.inode(id);
        // An image can store hard links of plain files only.
        if Kind::of(inode) != Kind::File || inode.is_reparse_point() {
            return Err(Errno::PERM);
        }
        if inode.links() == 0 {
            return Err(Errno::NOENT);
        }
        let group = match inode.link_group() {
            // A group whose members were stored with differing fields would be joined by its number alone.
            Some(group) if inode.links() > 1 => group,
            _ => state.new_group(),
        };
        let name = name.units().to_vec();
        self.change(&mut state, &Record::Link { inode: id.0, dir: dir.0, name, group, time: now() })?;
        Ok(self.attr_of(&state, id))
    }

    /// Removes the name of a file or link.
    pub fn unlink(&self, parent: u64, name: &[u8]) -> FsResult<Spellings> {
        let mut state = self.write_state();
        let id = find(&state, self.dir(&state, parent)?, name)?;
        let inode = state.metadata.dentry(id).inode();
        if Kind::of(state.metadata.inode(inode)) == Kind::Directory {
            return Err(Errno::ISDIR);
        }
        let stale = spelling(&state, id, parent, name);
        self.change(&mut state, &Record::Remove { dentry: id.0, time: now() })?;
        self.forget_removed(&mut state, inode);
        Ok(stale.into_iter().collect())
    }

    /// Removes an empty directory.
    pub fn remove_dir(&self, parent: u64, name: &[u8]) -> FsResult<Spellings> {
        let mut state = self.write_state();
        let id = find(&state, self.dir(&state, parent)?, name)?;
        if Kind::of(state.metadata.inode_of(id)) != Kind::Directory {
            return Err(Errno::NOTDIR);
        }
        if !state.metadata.dentry(id).children().is_empty() {
            return Err(Errno::NOTEMPTY);
        }
        let stale = spelling(&state, id, parent, name);
        self.change(&mut state, &Record::Remove { dentry: id.0, time: now() })?;
        Ok(stale.into_iter().collect())
    }

    /// Moves a name.
    pub fn rename(
        &self,
        parent: u64,
        name: &[u8],
        to: u64,
        new: &[u8],
        replace: Replace,
    ) -> FsResult<Spellings> {
        let mut state = self.write_state();
        let id = find(&state, self.dir(&state, parent)?, name)?;
        let dir = self.live_dir(&state, to)?;
        let new_bytes = new;
        let new = checked(new)?;
        let there = state.metadata.child(dir, &new);
        let stale = spelling(&state, id, parent, name);
        let stale = stale.into_iter().chain(there.and_then(|there| spelling(&state, there, to, new_bytes)));
        let stale: Spellings = stale.collect();
        let time = now();
        if replace == Replace::Exchange {
            let other = there.ok_or(Errno::NOENT)?;
            if other == id {
                return Ok(Vec::new());
            }
            let from = state.metadata.dentry(id).parent();
            if above(&state, id, dir) || above(&state, other, from) {
                return Err(Errno::INVAL);
            }
            self.change(&mut state, &Record::Exchange { a: id.0, b: other.0, time })?;
            return Ok(stale);
        }
        if above(&state, id, dir) {
            return Err(Errno::INVAL);
        }
        // The entry itself in another case is not in its own way.
        let replaced = there.filter(|&other| other != id);
        if let Some(other) = replaced {
            if replace == Replace::No {
                return Err(Errno::EXIST);
            }
            let kind = |id| Kind::of(state.metadata.inode_of(id));
            match (kind(id), kind(other)) {
                (Kind::Directory, Kind::Directory) if !state.metadata.dentry(other).children().is_empty() => {
                    return Err(Errno::NOTEMPTY);
                }
                (Kind::Directory, Kind::Directory) => {}
                (Kind::Directory, _) => return Err(Errno::NOTDIR),
                (_, Kind::Directory) => return Err(Errno::ISDIR),
                // Two names of one file: nothing is to be done, as POSIX has it.
                _ if state.metadata.dentry(id).inode() == state.metadata.dentry(other).inode() => {
                    return Ok(Vec::new());
                }
                _ => {}
            }
        }
        let removed = replaced.map(|other| state.metadata.dentry(other).inode());
        let name = new.units().to_vec();
        let replaced = replaced.map(|other| other.0);
        self.change(&mut state, &Record::Move { dentry: id.0, dir: dir.0, name, replaced, time })?;
        if let Some(inode) = removed {
            self.forget_removed(&mut state, inode);
        }
        Ok(stale)
    }

    /// A directory that was not removed.
    fn live_dir(&self, state: &State, ino: u64) -> FsResult<DentryId> {
        let dir = self.dir(state, ino)?;
        if state.metadata.inode_of(dir).links() == 0 { Err(Errno::NOENT) } else { Ok(dir) }
    }
}

fn leads_to_dir(state: &State, from: DentryId, target: &[u8]) -> bool {
    let mut at = if target.first() == Some(&b'/') { state.metadata.root() } else { from };
    for part in target.split(|&b| b == b'/') {
        match part {
            b"" | b"." => {}
            b".." => at = state.metadata.dentry(at).parent(),
            name => match find(state, at, name) {
                Ok(id) => at = id,
                Err(_) => return false,
            },
        }
    }
    state.metadata.inode_of(at).attributes() & DIRECTORY != 0
}

/// How an entry is spelled, with its directory, where that is not how it was named.
fn spelling(state: &State, id: DentryId, parent: u64, name: &[u8]) -> Option<(u64, Vec<u8>)> {
    let spelled = state.metadata.dentry(id).name().to_wtf8();
    (spelled != name).then_some((parent, spelled))
}

/// Whether `id` is `dir` or a directory above it.
fn above(state: &State, id: DentryId, dir: DentryId) -> bool {
    let mut at = dir;
    loop {
        if at == id {
            return true;
        }
        if at == state.metadata.root() {
            return false;
        }
        at = state.metadata.dentry(at).parent();
    }
}

fn checked(name: &[u8]) -> FsResult<Name> {
    let name = Name::from_wtf8(name).ok_or(Errno::ILSEQ)?;
    if name.units().len() > 255 {
        return Err(Errno::NAMETOOLONG);
    }
    check_name(&name).map_err(|e| errno(&e))?;
    Ok(name)
}

fn free_name(state: &State, dir: DentryId, name: &[u8]) -> FsResult<Name> {
    let name = checked(name)?;
    match state.metadata.child(dir, &name) {
        Some(_) => Err(Errno::EXIST),
        None => Ok(name),
    }
}
