//! Reading a metadata resource: bounded by its own length, whatever its offsets say.

use super::{Dentry, DentryId, ExtraStream, Inode, InodeId, Metadata, SecurityData, Times, attributes};
use crate::base::{Bytes, Limits, Name, Sha1Digest};
use crate::error::{Error, Result};
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The fixed part of a dentry.
pub(super) const DENTRY_LEN: usize = 102;
/// The fixed part of an extra stream entry.
pub(super) const STREAM_LEN: usize = 38;

struct Parser<'a> {
    data: &'a [u8],
    limits: &'a Limits,
    out: Metadata,
    /// The first inode of each hard-link group.
    groups: HashMap<u64, InodeId>,
    /// Where each dentry's list lies; parallel to `out.dentries`.
    lists: Vec<u64>,
    depths: Vec<u32>,
}

struct Stored {
    name: Name,
    short_name: Name,
    inode: Inode,
    list: u64,
    end: usize,
}

impl Metadata {
    /// Parses an uncompressed metadata resource.
    ///
    /// Entries named `.`, `..` or nothing and exact duplicates of a name before them are left out, as wimlib
    /// does; cycles and lists that lie outside the resource are errors.
    pub fn parse(data: &[u8], limits: &Limits) -> Result<Self> {
        Limits::check("the image's metadata", data.len() as u64, limits.max_metadata)?;
        let (security, root_offset) = SecurityData::parse(data)?;
        let mut parser = Parser {
            data,
            limits,
            out: Self { security, ..Self::default() },
            groups: HashMap::new(),
            lists: Vec::new(),
            depths: Vec::new(),
        };
        parser.run(root_offset)?;
        Ok(parser.out)
    }

    /// The metadata of an image with nothing but a root directory.
    pub(crate) fn empty() -> Self {
        let mut out = Self::default();
        let inode = Inode {
            attributes: attributes::DIRECTORY,
            security_id: -1,
            links: 1,
            has_list: true,
            ..Inode::default()
        };
        out.inodes.push(inode);
        out.dentries.push(Dentry {
            name: Name::default(),
            short_name: Name::default(),
            parent: DentryId(0),
            inode: InodeId(0),
            children: Vec::new(),
            changed: false,
        });
        out
    }
}

/// The names of one list, to find exact duplicates.
#[derive(Default)]
struct Seen {
    /// All names, while each comes behind those before it, as in every list that Windows can search.
    ordered: Vec<Name>,
    /// All names, once one did not.
    any: Option<HashSet<Arc<[u16]>>>,
}

impl Seen {
    fn is_new(&mut self, name: &Name) -> bool {
        if self.any.is_none() && self.ordered.last().is_none_or(|last| last.cmp(name) == Ordering::Less) {
            self.ordered.push(name.clone());
            return true;
        }
        let before = &mut self.ordered;
        let any = self.any.get_or_insert_with(|| before.drain(..).map(|name| name.units().into()).collect());
        any.insert(name.units().into())
    }
}

impl Parser<'_> {
    fn run(&mut self, root_offset: usize) -> Result<()> {
        let Some(mut root) = self.dentry(root_offset)? else {
            let security = std::mem::take(&mut self.out.security);
            self.out = Metadata { security, ..Metadata::empty() };
            return Ok(());
        };
        if !root.inode.is_dir() {
            return Err(Error::malformed("the image's root is not a directory"));
        }
        root.name = Name::default();
        self.push(root, DentryId(0), 0)?;
        let mut next = 0;
        // Dentries are pushed list by list, so this visits every directory once.
        while next < self.out.dentries.len() {
            let id = DentryId(next as u32);
            if self.out.inode_of(id).attributes & attributes::DIRECTORY != 0 && self.lists[next] != 0 {
                self.list(id)?;
            }
            next += 1;
        }
        Ok(())
    }

    fn list(&mut self, dir: DentryId) -> Result<()> {
        let list = self.lists[dir.0 as usize];
        let depth = self.depths[dir.0 as usize] + 1;
        if self.ancestor_has_list(dir, list) {
            return Err(
                Error::malformed("a directory of the image contains itself").with_path(self.out.path(dir))
            );
        }
        let mut offset = usize::try_from(list)
            .ok()
            .filter(|&o| o < self.data.len())
            .ok_or_else(|| Error::malformed("a directory's list lies outside the metadata"))?;
        let mut seen = Seen::default();
        while let Some(stored) = self.dentry(offset)? {
            offset = stored.end;
            let units = stored.name.units();
            let dot = u16::from(b'.');
            if units.is_empty() || units == [dot] || units == [dot, dot] || !seen.is_new(&stored.name) {
                self.room()?;
                self.out.ignored.push((dir, stored.name));
                continue;
            }
            let id = self.push(stored, dir, depth)?;
            self.out.dentries[dir.0 as usize].children.push(id);
        }
        Ok(())
    }

    fn ancestor_has_list(&self, dir: DentryId, list: u64) -> bool {
        let mut at = dir;
        while at != self.out.root() {
            at = self.out.dentry(at).parent;
            if self.lists[at.0 as usize] == list {
                return true;
            }
        }
        false
    }

    /// More dentries than fit into the resource means that directories share lists: without this bound a small
    /// file could stand for an endless tree.
    fn room(&self) -> Result<()> {
        let count = self.out.dentries.len() + self.out.ignored.len();
        if count >= self.data.len() / DENTRY_LEN {
            return Err(Error::malformed("directories of the image share their lists"));
        }
        Limits::check("the number of the image's entries", count as u64 + 1, self.limits.max_entries)?;
        Ok(())
    }

    fn push(&mut self, stored: Stored, parent: DentryId, depth: u32) -> Result<DentryId> {
        self.room()?;
        let count = self.out.dentries.len();
        Limits::check("the depth of the image's tree", depth.into(), self.limits.max_depth.into())?;
        let inode = self.inode(stored.inode);
        self.out.dentries.push(Dentry {
            name: stored.name,
            short_name: stored.short_name,
            parent,
            inode,
            children: Vec::new(),
            changed: false,
        });
        self.lists.push(stored.list);
        self.depths.push(depth);
        Ok(DentryId(count as u32))
    }

    fn inode(&mut self, mut inode: Inode) -> InodeId {
        let new = InodeId(self.out.inodes.len() as u32);
        inode.links = 1;
        if let Some(group) = inode.link_group().filter(|_| !inode.is_dir()) {
            let first = *self.groups.entry(group).or_insert(new);
            if first != new {
                let known = &mut self.out.inodes[first.0 as usize];
                inode.links = known.links;
                if *known == inode {
                    known.links += 1;
                    return first;
                }
                inode.links = 1;
            }
        }
        self.out.inodes.push(inode);
        new
    }

    /// The dentry at `offset`, or `None` at the end of a list.
    fn dentry(&self, offset: usize) -> Result<Option<Stored>> {
        let mut b = Bytes::at(self.data, offset)?;
        let stored_len = b.u64()?;
        if stored_len <= 8 {
            return Ok(None);
        }
        let len = aligned(stored_len).filter(|&l| l <= self.data.len() - offset).ok_or_else(overrun)?;
        let mut inode = Inode { attributes: b.u32()?, security_id: b.u32()? as i32, ..Inode::default() };
        let list = b.u64()?;
        inode.unused = [b.u64()?, b.u64()?];
        inode.times = Times { creation: b.u64()?, access: b.u64()?, write: b.u64()? };
        inode.default_sha1 = Sha1Digest(b.array()?);
        inode.unknown = b.u32()?;
        inode.link = b.u64()?;
        let (streams, short_len, name_len) = (b.u16()?, usize::from(b.u16()?), usize::from(b.u16()?));
        let name = name(&mut b, name_len)?;
        let short_name = self::name(&mut b, short_len)?;
        let names_end = b.pos() - offset;
        if names_end > len {
            return Err(overrun());
        }
        let tagged = names_end.next_multiple_of(8).min(len)..len;
        inode.tagged = self.data[offset..][tagged].into();
        inode.has_list = inode.is_dir() || list != 0;
        let mut end = offset + len;
        for _ in 0..streams {
            let stream = self.stream(&mut end)?;
            inode.streams.push(stream);
        }
        Ok(Some(Stored { name, short_name, inode, list, end }))
    }

    fn stream(&self, offset: &mut usize) -> Result<ExtraStream> {
        let mut b = Bytes::at(self.data, *offset)?;
        let len = aligned(b.u64()?).filter(|&l| l <= self.data.len() - *offset).ok_or_else(overrun)?;
        let reserved = b.u64()?;
        let sha1 = Sha1Digest(b.array()?);
        let name_len = usize::from(b.u16()?);
        // The terminator is not counted upon: some writers leave it out where the length allows none.
        if !name_len.is_multiple_of(2) || STREAM_LEN + name_len > len {
            return Err(overrun());
        }
        let name = units(b.take(name_len)?);
        *offset += len;
        Ok(ExtraStream { name, sha1, reserved })
    }
}

/// A name of `len` bytes and its terminator; nothing at all where the length is 0.
fn name(b: &mut Bytes<'_>, len: usize) -> Result<Name> {
    if len == 0 {
        return Ok(Name::default());
    }
    if !len.is_multiple_of(2) {
        return Err(Error::malformed("a name in the image's metadata has an odd length"));
    }
    let name = units(b.take(len)?);
    b.take(2)?;
    Ok(name)
}

fn units(bytes: &[u8]) -> Name {
    Name::from_units(bytes.chunks_exact(2).map(|c| u16::from_le_bytes([c[0], c[1]])).collect::<Arc<[u16]>>())
}

fn aligned(len: u64) -> Option<usize> {
    usize::try_from(len).ok()?.checked_next_multiple_of(8)
}

fn overrun() -> Error {
    Error::malformed("an entry of the image's metadata is longer than its place")
}
