//! The changes that can be made to an image.

use super::{Content, Overlay, Pending};
use crate::base::{ImagePath, Name, Sha1Digest};
use crate::error::{Error, ErrorKind, Result};
use crate::wim::metadata::attributes::{ARCHIVE, DIRECTORY, ENCRYPTED, REPARSE_POINT};
use crate::wim::metadata::{DentryId, ExtraStream, Inode, InodeId, StreamSlot, Times};
use std::sync::Arc;

/// The longest name that NTFS has, in UTF-16 units.
const MAX_NAME: usize = 255;

impl Overlay {
    /// Adds the file at `path` or replaces its contents; directories on the way are made.
    ///
    /// A new file has the attribute "archive", no security descriptor (it then inherits one where the image is
    /// applied) and one name. A replaced file keeps its attributes, security descriptor, short name, creation time
    /// and named streams. Where it has other names (hard links), those keep the old contents. A reparse point
    /// becomes a plain file.
    pub fn put(&mut self, path: &ImagePath, content: impl Into<Content>) -> Result<()> {
        let content = content.into();
        let now = self.now();
        let id = if let Some(id) = self.metadata.lookup(path) {
            if self.metadata.inode_of(id).is_dir() || !self.metadata.dentry(id).children().is_empty() {
                return Err(Error::new(ErrorKind::AlreadyExists, "is a directory").with_path(path));
            }
            self.changes.replaced += 1;
            self.detach_for_writing(id, now);
            id
        } else {
            let (dir, name) = self.place(path)?;
            let times = Times { creation: now, access: now, write: now };
            let inode = Inode { attributes: ARCHIVE, security_id: -1, times, ..Inode::default() };
            let metadata = self.edit();
            let inode = metadata.add_inode(inode);
            let id = metadata.add_dentry(dir, name, inode);
            self.changes.added += 1;
            id
        };
        let slot = self.metadata.inode_of(id).data_slot().unwrap_or(StreamSlot::Default);
        self.set_stream_content(id, slot, content);
        Ok(())
    }

    /// Adds a named data stream to the file or directory at `path`, or replaces its contents. All names of a
    /// hard-linked file see it.
    pub fn put_stream(&mut self, path: &ImagePath, name: &Name, content: impl Into<Content>) -> Result<()> {
        let id = self.find(path)?;
        check_name(name).map_err(|e| e.with_path(path))?;
        let inode = self.metadata.dentry(id).inode();
        let streams = self.metadata.inode(inode).extra_streams();
        let at = streams.iter().position(|s| s.name() == name).unwrap_or(streams.len());
        let at = u16::try_from(at).ok().filter(|&at| at < u16::MAX).ok_or_else(|| {
            Error::new(ErrorKind::LimitExceeded, "has as many streams as an image can store").with_path(path)
        })?;
        let at = if self.metadata.inode(inode).extra_streams().is_empty() {
            self.move_unnamed_streams(id)
        } else {
            at
        };
        let streams = &mut self.edit().inode_mut(inode).streams;
        if streams.len() == usize::from(at) {
            streams.push(ExtraStream { name: name.clone(), ..ExtraStream::default() });
        }
        self.set_stream_content(id, StreamSlot::Extra(at), content.into());
        self.changes.properties += 1;
        Ok(())
    }

    /// Makes the directory at `path` and those on the way. A directory that is there already is left as it is.
    pub fn mkdir(&mut self, path: &ImagePath) -> Result<()> {
        self.directory(path).map(|_| ())
    }

    /// Removes the file at `path`, or the directory with all that is in it. Other names of a file stay.
    pub fn remove(&mut self, path: &ImagePath) -> Result<()> {
        let id = self.find(path)?;
        if path.is_root() {
            return Err(Error::new(ErrorKind::InvalidArgument, "an image's root cannot be removed"));
        }
        self.changes.removed += self.metadata.walk(id).count() as u64;
        self.edit().remove_dentry(id);
        Ok(())
    }

    /// Moves or respells a file or directory; directories on the way to `to` are made. What is at `to` already is
    /// in the way, unless it is the entry itself in another case. A short name goes with the name it was made for.
    pub fn rename(&mut self, from: &ImagePath, to: &ImagePath) -> Result<()> {
        let id = self.find(from)?;
        if from.is_root() || (to.starts_with(from) && to.names().len() > from.names().len()) {
            return Err(Error::new(ErrorKind::InvalidArgument, "cannot be moved into itself").with_path(from));
        }
        self.free_for(to, Some(id))?;
        let (dir, name) = self.place(to)?;
        self.edit().move_dentry(id, dir, name);
        self.changes.renamed += 1;
        Ok(())
    }

    /// Gives the file at `existing` another name; directories on the way are made.
    pub fn hard_link(&mut self, existing: &ImagePath, new: &ImagePath) -> Result<()> {
        let id = self.find(existing)?;
        let inode = self.metadata.dentry(id).inode();
        let stored = self.metadata.inode(inode);
        if stored.is_dir() || stored.is_reparse_point() {
            let message = "is no plain file, and an image can store hard links of such only";
            return Err(Error::new(ErrorKind::InvalidArgument, message).with_path(existing));
        }
        self.free_for(new, None)?;
        let group = match stored.link_group() {
            // A group whose members were stored with differing fields would be joined by its number alone.
            Some(group) if stored.links() > 1 => group,
            _ => self.new_group(),
        };
        let (dir, name) = self.place(new)?;
        let metadata = self.edit();
        metadata.inode_mut(inode).link = group;
        metadata.add_dentry(dir, name, inode);
        self.changes.linked += 1;
        Ok(())
    }

    /// Sets the `FILE_ATTRIBUTE_*` bits. Whether it is a directory or a reparse point does not change by this.
    pub fn set_attributes(&mut self, path: &ImagePath, attributes: u32) -> Result<()> {
        let fixed = DIRECTORY | REPARSE_POINT | ENCRYPTED;
        self.set(path, |inode| inode.attributes = inode.attributes & fixed | attributes & !fixed)
    }

    /// Sets the self-relative security descriptor; `None` takes it away, so that one is inherited where the image
    /// is applied.
    pub fn set_security(&mut self, path: &ImagePath, descriptor: Option<&[u8]>) -> Result<()> {
        self.find(path)?;
        let id = descriptor.map_or(-1, |bytes| self.edit().security.add(bytes));
        self.set(path, |inode| inode.security_id = id)
    }

    /// Sets the three times.
    pub fn set_times(&mut self, path: &ImagePath, times: Times) -> Result<()> {
        self.set(path, |inode| inode.times = times)
    }

    /// Sets the 8.3 name of one name; an empty one takes it away.
    pub fn set_short_name(&mut self, path: &ImagePath, short_name: &Name) -> Result<()> {
        let id = self.find(path)?;
        if !short_name.is_empty() {
            check_name(short_name).map_err(|e| e.with_path(path))?;
        }
        self.edit().dentries[id.0 as usize].short_name = short_name.clone();
        self.changes.properties += 1;
        Ok(())
    }

    /// A hard-link group that no inode of the image is in.
    fn new_group(&mut self) -> u64 {
        let used = || self.metadata.inodes.iter().filter_map(Inode::link_group).max().unwrap_or(0);
        let group = self.last_group.unwrap_or_else(used).wrapping_add(1).max(1);
        self.last_group = Some(group);
        group
    }

    fn set(&mut self, path: &ImagePath, change: impl FnOnce(&mut Inode)) -> Result<()> {
        let id = self.find(path)?;
        let inode = self.metadata.dentry(id).inode();
        change(self.edit().inode_mut(inode));
        self.changes.properties += 1;
        Ok(())
    }

    /// Gives the name an inode of its own that new contents may be put into.
    fn detach_for_writing(&mut self, id: DentryId, now: u64) {
        let old_id = self.metadata.dentry(id).inode();
        let mut inode = self.metadata.inode(old_id).clone();
        inode.attributes &= !ENCRYPTED;
        let was_reparse_point = inode.is_reparse_point();
        if was_reparse_point {
            inode.attributes &= !(REPARSE_POINT | DIRECTORY);
            inode.default_sha1 = Sha1Digest::default();
            inode.has_list = false;
            if inode.attributes == 0 {
                inode.attributes = ARCHIVE;
            }
        }
        // Its own number would tie it to names that keep the old contents.
        inode.link = 0;
        inode.times.write = now;
        // Where each named stream was, and is now.
        let named = |streams: &[ExtraStream]| -> Vec<u16> {
            (0..).zip(streams).filter(|(_, s)| !s.name.is_empty()).map(|(i, _)| i).collect()
        };
        let from = named(&inode.streams);
        if was_reparse_point {
            inode.streams.retain(|stream| !stream.name.is_empty());
            if !inode.streams.is_empty() {
                inode.streams.insert(0, ExtraStream::default());
            }
        }
        let moved: Vec<_> = from.into_iter().zip(named(&inode.streams)).collect();
        let new_id = self.edit().replace_inode(id, inode);
        for (from, to) in moved {
            let (from, to) = (StreamSlot::Extra(from), StreamSlot::Extra(to));
            if let Some(pending) = self.pending.get(&(old_id, from)).cloned() {
                self.pending.insert((new_id, to), pending);
            }
            self.touched.push((new_id, to, id));
        }
    }

    /// Makes room for the first named stream: beside named streams Windows PE looks for the unnamed one among the extra
    /// streams, behind the reparse data if there is any. Gives the number of the next extra stream.
    fn move_unnamed_streams(&mut self, id: DentryId) -> u16 {
        let inode_id = self.metadata.dentry(id).inode();
        let inode = self.edit().inode_mut(inode_id);
        inode.move_unnamed_streams();
        let next = inode.streams.len() as u16;
        if let Some(pending) = self.pending.remove(&(inode_id, StreamSlot::Default)) {
            self.pending.insert((inode_id, StreamSlot::Extra(0)), pending);
        }
        self.touched.push((inode_id, StreamSlot::Extra(0), id));
        next
    }

    fn set_stream_content(&mut self, id: DentryId, slot: StreamSlot, content: Content) {
        self.set_content(self.metadata.dentry(id).inode(), slot, id, content);
    }

    pub(super) fn set_content(&mut self, inode: InodeId, slot: StreamSlot, id: DentryId, content: Content) {
        self.touched.push((inode, slot, id));
        self.pending.remove(&(inode, slot));
        let sha1 = content.sha1();
        self.edit().inode_mut(inode).set_sha1_at(slot, sha1.unwrap_or_default());
        match sha1 {
            Some(sha1) if sha1.is_zero() => {}
            Some(sha1) => {
                self.known.entry(sha1).or_insert(content);
            }
            None => {
                let pending = Pending::new(content.blob().clone());
                self.pending.insert((inode, slot), Arc::new(pending));
            }
        }
    }

    /// An error if something other than `except` is at `path`.
    fn free_for(&self, path: &ImagePath, except: Option<DentryId>) -> Result<()> {
        match self.metadata.lookup(path) {
            Some(id) if Some(id) != except => {
                Err(Error::new(ErrorKind::AlreadyExists, "exists already").with_path(path))
            }
            _ => Ok(()),
        }
    }

    /// The directory that an entry at `path` is to lie in, made where it is missing, and the entry's name.
    fn place(&mut self, path: &ImagePath) -> Result<(DentryId, Name)> {
        let (Some(parent), Some(name)) = (path.parent(), path.name()) else {
            return Err(Error::new(ErrorKind::InvalidArgument, "an image has one root already"));
        };
        check_name(name).map_err(|e| e.with_path(path))?;
        let name = name.clone();
        Ok((self.directory(&parent)?, name))
    }

    fn directory(&mut self, path: &ImagePath) -> Result<DentryId> {
        // All is checked before anything is made, so that a refused call changes nothing.
        let mut dir = self.metadata.root();
        let mut names = path.names().iter();
        let mut missing = None;
        for name in names.by_ref() {
            match self.metadata.child(dir, name) {
                Some(id) if self.metadata.inode_of(id).is_dir() => dir = id,
                Some(_) => {
                    let e = Error::new(ErrorKind::AlreadyExists, "a file is where a directory is needed");
                    return Err(e.with_path(path));
                }
                None => {
                    missing = Some(name);
                    break;
                }
            }
        }
        let missing: Vec<Name> = missing.into_iter().chain(names).cloned().collect();
        missing.iter().try_for_each(check_name).map_err(|e| e.with_path(path))?;
        let now = self.now();
        for name in missing {
            let times = Times { creation: now, access: now, write: now };
            let (attributes, security_id) = (DIRECTORY, -1);
            let metadata = self.edit();
            let inode = metadata.add_inode(Inode {
                attributes,
                security_id,
                times,
                has_list: true,
                ..Inode::default()
            });
            dir = metadata.add_dentry(dir, name, inode);
            self.changes.directories += 1;
        }
        Ok(dir)
    }
}

pub(crate) fn check_name(name: &Name) -> Result<()> {
    let units = name.units();
    let is = |text: &str| units.iter().copied().eq(text.encode_utf16());
    let forbidden = |u: &u16| *u < 32 || u8::try_from(*u).is_ok_and(|b| b"/\\:*?\"<>|".contains(&b));
    let why = if units.is_empty() || is(".") || is("..") {
        "a name is empty, '.' or '..'"
    } else if units.len() > MAX_NAME {
        "a name has more than 255 characters"
    } else if units.iter().any(forbidden) {
        "a name has a character that Windows forbids"
    } else {
        return Ok(());
    };
    Err(Error::new(ErrorKind::UnsafePath, why))
}
