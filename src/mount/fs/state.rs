//! The tree as it is now, and what each record does to it; live changes and recovered ones come the same way.

use super::journal::{Record, Stream, misfit};
use crate::base::Name;
use crate::error::Result;
use crate::wim::metadata::attributes::{ARCHIVE, DIRECTORY, ENCRYPTED, REPARSE_POINT};
use crate::wim::metadata::{DentryId, ExtraStream, Inode, InodeId, Metadata, StreamSlot, Times};
use crate::wim::overlay::Changes;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// New contents of a stream, in a data file.
#[derive(Debug, Default)]
pub(in crate::mount) struct Upper {
    pub number: u64,
    len: AtomicU64,
    /// When it was last written to, while that is not in the tree yet; else 0.
    touched: AtomicU64,
}

impl Upper {
    pub fn len(&self) -> u64 {
        self.len.load(Relaxed)
    }

    pub fn set_len(&self, len: u64) {
        self.len.store(len, Relaxed);
    }

    pub fn grow(&self, len: u64) {
        self.len.fetch_max(len, Relaxed);
    }

    pub fn touched(&self) -> u64 {
        self.touched.load(Relaxed)
    }

    /// Sets the time of the last write; gives the one before.
    pub fn touch(&self, time: u64) -> u64 {
        self.touched.swap(time, Relaxed)
    }
}

/// The tree and its new contents.
pub(in crate::mount) struct State {
    pub metadata: Metadata,
    /// A name of each inode; of a directory or link the one it has.
    pub home: Vec<DentryId>,
    pub contents: HashMap<(InodeId, Stream), Arc<Upper>>,
    /// Inodes whose data was written after their times were noted.
    pub dirty: HashSet<InodeId>,
    pub changes: Changes,
    /// The highest number of a hard-link group, once it was needed.
    last_group: Option<u64>,
}

impl State {
    pub fn new(metadata: Metadata) -> Self {
        let mut home = vec![metadata.root(); metadata.inodes.len()];
        for (i, dentry) in metadata.dentries.iter().enumerate() {
            home[dentry.inode.0 as usize] = DentryId(i as u32);
        }
        Self {
            metadata,
            home,
            contents: HashMap::new(),
            dirty: HashSet::new(),
            changes: Changes::default(),
            last_group: None,
        }
    }

    /// The spelling under which a named stream is kept; `None` where there is no such stream.
    pub fn stream(&self, inode: InodeId, name: &Name) -> Option<Stream> {
        let found = self.metadata.inode(inode).named_streams().find(|s| s.name() == name)?;
        Some(Stream::Named(found.name().units().to_vec()))
    }

    /// Which field of the inode a stream has.
    pub fn slot(&self, inode: InodeId, stream: &Stream) -> Option<StreamSlot> {
        let inode = self.metadata.inode(inode);
        match stream {
            Stream::Data => inode.data_slot(),
            Stream::Reparse => inode.reparse_slot(),
            Stream::Named(units) => {
                let at = inode.streams.iter().position(|s| !s.name.is_empty() && s.name.units() == units)?;
                Some(StreamSlot::Extra(at as u16))
            }
        }
    }

    /// A hard-link group that no inode is in.
    pub fn new_group(&mut self) -> u64 {
        let used = || self.metadata.inodes.iter().filter_map(Inode::link_group).max().unwrap_or(0);
        let group = self.last_group.unwrap_or_else(used).wrapping_add(1).max(1);
        self.last_group = Some(group);
        group
    }

    /// Makes the change.
    pub fn apply(&mut self, record: &Record) -> Result<()> {
        match *record {
            Record::Create { dir, ref name, attributes, tag, ref content, time } => {
                let dir = self.dir(dir)?;
                let inode = Inode {
                    attributes,
                    security_id: -1,
                    times: Times { creation: time, access: time, write: time },
                    link: tag.into(),
                    has_list: attributes & (DIRECTORY | REPARSE_POINT) == DIRECTORY,
                    ..Inode::default()
                };
                let inode = self.metadata.add_inode(inode);
                let id = self.metadata.add_dentry(dir, Name::from_units(name.as_slice()), inode);
                self.home.push(id);
                self.written(dir, time);
                if attributes & DIRECTORY == 0 {
                    self.changes.added += 1;
                } else {
                    self.changes.directories += 1;
                }
                if let Some((stream, file)) = content {
                    self.content(inode, stream, *file)?;
                }
            }
            Record::Link { inode, dir, ref name, group, time } => {
                let (inode, dir) = (self.inode(inode)?, self.dir(dir)?);
                self.metadata.inode_mut(inode).link = group;
                let id = self.metadata.add_dentry(dir, Name::from_units(name.as_slice()), inode);
                self.home[inode.0 as usize] = id;
                self.written(dir, time);
                self.changes.linked += 1;
            }
            Record::Remove { dentry, time } => self.remove(dentry, time)?,
            Record::Move { dentry, dir, ref name, replaced, time } => {
                let (id, dir) = (self.entry(dentry)?, self.dir(dir)?);
                if let Some(replaced) = replaced {
                    self.remove(replaced, time)?;
                }
                self.written(self.metadata.dentry(id).parent(), time);
                self.metadata.move_dentry(id, dir, Name::from_units(name.as_slice()));
                self.written(dir, time);
                self.changes.renamed += 1;
            }
            Record::Exchange { a, b, time } => {
                let (a, b) = (self.entry(a)?, self.entry(b)?);
                let place = |id| (self.metadata.dentry(id).parent(), self.metadata.dentry(id).name().clone());
                let ((dir_a, name_a), (dir_b, name_b)) = (place(a), place(b));
                self.metadata.move_dentry(a, dir_b, name_b);
                self.metadata.move_dentry(b, dir_a, name_a);
                self.written(dir_a, time);
                self.written(dir_b, time);
                self.changes.renamed += 2;
            }
            Record::Attributes { inode, attributes } => self.edit(inode)?.attributes = attributes,
            Record::Times { inode, times: [creation, access, write] } => {
                self.edit(inode)?.times = Times { creation, access, write };
                self.dirty.remove(&InodeId(inode));
            }
            Record::Security { inode, ref descriptor } => {
                let id = descriptor.as_ref().map_or(-1, |bytes| self.metadata.security.add(bytes));
                self.edit(inode)?.security_id = id;
            }
            Record::ShortName { dentry, ref name } => {
                let id = self.entry(dentry)?;
                self.metadata.dentries[id.0 as usize].short_name = Name::from_units(name.as_slice());
                self.changes.properties += 1;
            }
            Record::Content { inode, ref stream, file } => {
                let inode = self.inode(inode)?;
                self.content(inode, stream, file)?;
            }
            Record::Touched { inode } => {
                let inode = self.inode(inode)?;
                self.dirty.insert(inode);
                self.changes.replaced += 1;
            }
            Record::Drop { inode, ref stream } => {
                let id = self.inode(inode)?;
                self.contents.remove(&(id, stream.clone()));
                let slot = self.slot(id, stream);
                let inode = self.edit(inode)?;
                match (stream, slot) {
                    (Stream::Reparse, slot) => {
                        if let Some(slot) = slot {
                            inode.set_sha1_at(slot, crate::base::Sha1Digest::default());
                        }
                        inode.attributes &= !REPARSE_POINT;
                        inode.link = 0;
                        inode.has_list |= inode.attributes & DIRECTORY != 0;
                    }
                    (Stream::Named(_), Some(StreamSlot::Extra(at))) => {
                        inode.streams.remove(usize::from(at));
                    }
                    _ => {}
                }
            }
            Record::Tag { inode, tag } => {
                let inode = self.edit(inode)?;
                inode.attributes |= REPARSE_POINT;
                inode.link = tag.into();
            }
        }
        Ok(())
    }

    fn remove(&mut self, dentry: u32, time: u64) -> Result<()> {
        let id = self.entry(dentry)?;
        self.changes.removed += self.metadata.walk(id).count() as u64;
        let parent = self.metadata.dentry(id).parent();
        self.metadata.remove_dentry(id);
        self.written(parent, time);
        Ok(())
    }

    fn content(&mut self, id: InodeId, stream: &Stream, file: u64) -> Result<()> {
        let new = matches!(stream, Stream::Named(_)) && self.slot(id, stream).is_none();
        if let (true, Stream::Named(units)) = (new, stream) {
            let inode = self.metadata.inode_mut(id);
            inode.move_unnamed_streams();
            inode
                .streams
                .push(ExtraStream { name: Name::from_units(units.as_slice()), ..ExtraStream::default() });
        }
        let slot = self.slot(id, stream).ok_or_else(|| misfit("a stream"))?;
        let inode = self.metadata.inode_mut(id);
        if file == 0 {
            inode.set_sha1_at(slot, crate::base::Sha1Digest::default());
        }
        if *stream == Stream::Data {
            inode.attributes &= !ENCRYPTED;
            if inode.attributes == 0 {
                inode.attributes = ARCHIVE;
            }
            self.dirty.insert(id);
        }
        self.changes.replaced += 1;
        let key = (id, stream.clone());
        if file == 0 {
            self.contents.remove(&key);
        } else {
            self.contents.insert(key, Arc::new(Upper { number: file, ..Upper::default() }));
        }
        Ok(())
    }

    fn written(&mut self, dir: DentryId, time: u64) {
        let inode = self.metadata.dentry(dir).inode();
        self.metadata.inode_mut(inode).times.write = time;
    }

    fn edit(&mut self, inode: u32) -> Result<&mut Inode> {
        let inode = self.inode(inode)?;
        self.changes.properties += 1;
        Ok(self.metadata.inode_mut(inode))
    }

    fn inode(&self, inode: u32) -> Result<InodeId> {
        let known = (inode as usize) < self.metadata.inodes.len();
        known.then_some(InodeId(inode)).ok_or_else(|| misfit("an inode"))
    }

    fn entry(&self, dentry: u32) -> Result<DentryId> {
        let known = dentry != 0 && (dentry as usize) < self.metadata.dentries.len();
        known.then_some(DentryId(dentry)).ok_or_else(|| misfit("an entry"))
    }

    fn dir(&self, dentry: u32) -> Result<DentryId> {
        let known = (dentry as usize) < self.metadata.dentries.len();
        known.then_some(DentryId(dentry)).ok_or_else(|| misfit("a directory"))
    }
}
