//! One image's metadata: security descriptors and the tree of dentries, as an arena of dentries and inodes.
//!
//! A dentry is a name in a directory; an inode is what the name stands for. Names of one hard-link group share
//! an inode when their stored fields agree. Fields of unknown use are kept as they were read.
//!
//! ```
//! use wimwright::base::{ImagePath, Limits, Name, sha1};
//! use wimwright::wim::metadata::{Dentry, ExtraStream, Inode, Metadata};
//! use wimwright::wim::overlay::Overlay;
//! use wimwright::wim::{OpenOptions, WimFile};
//!
#![doc = include_str!("../../../docs/doctest/image.md")]
//! # let dir = tempfile::tempdir()?;
//! let wim = WimFile::open(sample_image(dir.path())?, &OpenOptions::new())?;
//! let mut image = Overlay::new(&wim, 1)?;
//! let path = ImagePath::parse(r"Windows\System32\notepad.exe")?;
//! image.put_stream(&path, &"notes".into(), b"text".to_vec())?;
//! image.hard_link(&path, &ImagePath::parse("notepad.exe")?)?;
//! let metadata: &Metadata = image.metadata();
//! // Names, from the root down.
//! let id = metadata.lookup(&path).expect("it is there");
//! let dentry: &Dentry = metadata.dentry(id);
//! assert!(*dentry.name() == Name::from("NOTEPAD.EXE") && dentry.short_name().is_empty());
//! assert_eq!(metadata.path(dentry.parent()), ImagePath::parse(r"Windows\System32")?);
//! assert_eq!(metadata.child(dentry.parent(), dentry.name()), Some(id));
//! assert!(metadata.dentry(metadata.root()).children().len() == 2 && metadata.ignored().is_empty());
//! let files = metadata.walk(metadata.root()).filter(|id| !metadata.inode_of(*id).is_dir());
//! assert_eq!(files.count(), 3);
//! // What they stand for.
//! let inode: &Inode = metadata.inode(dentry.inode());
//! assert_eq!((inode.links(), inode.data_sha1()), (2, sha1(b"MZ: a program")));
//! assert!(inode.link_group().is_some() && inode.times().write > 0);
//! assert!(!inode.is_reparse_point() && inode.reparse_tag().is_none() && inode.reparse_sha1().is_none());
//! assert!(inode.security_id() == -1 && !inode.has_tagged_items() && inode.attributes() != 0);
//! let stream: &ExtraStream = inode.named_streams().next().unwrap();
//! assert!(*stream.name() == Name::from("notes") && stream.sha1() == sha1(b"text"));
//! assert!(inode.extra_streams().len() >= 1 && inode.digests().count() == 2);
//! // As it lies in a file, without compression.
//! let again = Metadata::parse(&metadata.to_bytes()?, &Limits::default())?;
//! assert_eq!(again.inode_of(again.lookup(&path).unwrap()).links(), 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[allow(dead_code, reason = "the overlay that uses it follows")]
mod edit;
mod index;
mod parse;
#[cfg(test)]
mod tests;
mod uses;
mod write;

use super::security::SecurityData;
use crate::base::{ImagePath, Name, Sha1Digest};
use index::NameIndex;
use std::collections::HashSet;
use std::sync::{Arc, OnceLock};
pub(crate) use uses::BlobUses;

/// `FILE_ATTRIBUTE_*` bits that the container itself gives a meaning to.
pub mod attributes {
    /// Read-only.
    pub const READONLY: u32 = 0x1;
    /// Hidden.
    pub const HIDDEN: u32 = 0x2;
    /// Belongs to the system.
    pub const SYSTEM: u32 = 0x4;
    /// A directory.
    pub const DIRECTORY: u32 = 0x10;
    /// To be archived: what ordinary files have.
    pub const ARCHIVE: u32 = 0x20;
    /// No other attribute is set.
    pub const NORMAL: u32 = 0x80;
    /// Takes less room than it is long: runs of zeros are not stored.
    pub const SPARSE_FILE: u32 = 0x200;
    /// Has reparse data (symbolic link, junction, ...).
    pub const REPARSE_POINT: u32 = 0x400;
    /// Encrypted: the unnamed stream holds raw EFS data.
    pub const ENCRYPTED: u32 = 0x4000;
}

/// A dentry of one [`Metadata`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DentryId(pub(crate) u32);

/// An inode of one [`Metadata`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InodeId(pub(crate) u32);

/// A name in a directory.
#[derive(Clone, Debug)]
pub struct Dentry {
    pub(crate) name: Name,
    pub(crate) short_name: Name,
    pub(crate) parent: DentryId,
    pub(crate) inode: InodeId,
    pub(crate) children: Vec<DentryId>,
    /// Names were added to or taken from this directory, so its list is sorted again when written.
    pub(crate) changed: bool,
}

impl Dentry {
    /// The long name; empty for the root.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// The 8.3 name; empty when there is none.
    pub fn short_name(&self) -> &Name {
        &self.short_name
    }

    /// The directory it lies in; the root's is the root itself.
    pub fn parent(&self) -> DentryId {
        self.parent
    }

    /// What it stands for.
    pub fn inode(&self) -> InodeId {
        self.inode
    }

    /// The names in it, in stored order; empty for a file.
    pub fn children(&self) -> &[DentryId] {
        &self.children
    }
}

/// A stream beside the one that the dentry itself names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ExtraStream {
    pub(crate) name: Name,
    pub(crate) sha1: Sha1Digest,
    pub(crate) reserved: u64,
}

impl ExtraStream {
    /// Its name, without colon and type. Empty where an unnamed stream is stored this way.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// SHA-1 of its contents; zero when it is empty.
    pub fn sha1(&self) -> Sha1Digest {
        self.sha1
    }
}

/// A file, directory or reparse point.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inode {
    pub(crate) attributes: u32,
    pub(crate) security_id: i32,
    pub(crate) unused: [u64; 2],
    pub(crate) times: Times,
    pub(crate) default_sha1: Sha1Digest,
    pub(crate) unknown: u32,
    /// Hard-link group id, or a reparse point's tag, reserved field and flags.
    pub(crate) link: u64,
    pub(crate) streams: Vec<ExtraStream>,
    /// Tagged items (object id, extended attributes, ...), as stored.
    pub(crate) tagged: Box<[u8]>,
    /// Names that stand for it.
    pub(crate) links: u32,
    /// The list of children is stored even when it is empty (always so for plain directories).
    pub(crate) has_list: bool,
}

/// Creation, last access and last write, as FILETIME (100 ns since 1601).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Times {
    /// When it was created.
    pub creation: u64,
    /// When it was last read.
    pub access: u64,
    /// When it was last written.
    pub write: u64,
}

/// Which stored field of an inode holds a stream's digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum StreamSlot {
    /// The dentry's own field.
    Default,
    /// The extra stream with this number.
    Extra(u16),
}

impl Inode {
    /// `FILE_ATTRIBUTE_*` bits.
    pub fn attributes(&self) -> u32 {
        self.attributes
    }

    /// Index of its security descriptor; -1 for none.
    pub fn security_id(&self) -> i32 {
        self.security_id
    }

    /// Its three times.
    pub fn times(&self) -> Times {
        self.times
    }

    /// How many names stand for it.
    pub fn links(&self) -> u32 {
        self.links
    }

    /// Whether it is a directory and no reparse point.
    pub fn is_dir(&self) -> bool {
        self.attributes & (attributes::DIRECTORY | attributes::REPARSE_POINT) == attributes::DIRECTORY
    }

    /// Whether it has reparse data.
    pub fn is_reparse_point(&self) -> bool {
        self.attributes & attributes::REPARSE_POINT != 0
    }

    /// A reparse point's tag.
    pub fn reparse_tag(&self) -> Option<u32> {
        self.is_reparse_point().then_some(self.link as u32)
    }

    /// The hard-link group it was stored with; `None` where it is not part of one.
    pub fn link_group(&self) -> Option<u64> {
        (!self.is_reparse_point() && self.link != 0).then_some(self.link)
    }

    /// Streams beside the dentry's own: named ones, and unnamed ones stored this way.
    pub fn extra_streams(&self) -> &[ExtraStream] {
        &self.streams
    }

    /// The named data streams.
    pub fn named_streams(&self) -> impl Iterator<Item = &ExtraStream> {
        self.streams.iter().filter(|s| !s.name.is_empty())
    }

    /// SHA-1 of the unnamed data stream; zero when it is empty.
    pub fn data_sha1(&self) -> Sha1Digest {
        self.data_slot().map_or(Sha1Digest::default(), |slot| self.sha1_at(slot))
    }

    /// SHA-1 of the reparse data (without tag and length), where this is a reparse point.
    pub fn reparse_sha1(&self) -> Option<Sha1Digest> {
        let slot = self.is_reparse_point().then(|| self.unnamed_slots().next())?;
        Some(slot.map_or(Sha1Digest::default(), |slot| self.sha1_at(slot)))
    }

    /// Whether it has an object id, extended attributes or other tagged items.
    pub fn has_tagged_items(&self) -> bool {
        self.tagged.iter().any(|&byte| byte != 0)
    }

    /// Every digest the inode refers to, each as often as it does; zero ones left out.
    pub fn digests(&self) -> impl Iterator<Item = Sha1Digest> + '_ {
        std::iter::once(self.default_sha1).chain(self.streams.iter().map(|s| s.sha1)).filter(|d| !d.is_zero())
    }

    /// Where the unnamed data stream is or would be stored; a reparse point may have no place for one.
    pub(crate) fn data_slot(&self) -> Option<StreamSlot> {
        if !self.is_reparse_point() || self.attributes & attributes::ENCRYPTED != 0 {
            return Some(self.unnamed_slots().next().unwrap_or(StreamSlot::Default));
        }
        self.unnamed_slots().nth(1)
    }

    /// Where the reparse data is stored, where this is a reparse point.
    #[cfg(all(target_os = "linux", feature = "mount"))]
    pub(crate) fn reparse_slot(&self) -> Option<StreamSlot> {
        self.is_reparse_point().then(|| self.unnamed_slots().next().unwrap_or(StreamSlot::Default))
    }

    /// Makes room for the first named stream: beside named streams Windows PE looks for the unnamed one among the extra
    /// streams, behind the reparse data if there is any. Tells whether anything moved.
    pub(crate) fn move_unnamed_streams(&mut self) -> bool {
        if !self.streams.is_empty() {
            return false;
        }
        let sha1 = std::mem::take(&mut self.default_sha1);
        self.streams.push(ExtraStream { sha1, ..ExtraStream::default() });
        if self.is_reparse_point() {
            self.streams.push(ExtraStream::default());
        }
        true
    }

    pub(crate) fn sha1_at(&self, slot: StreamSlot) -> Sha1Digest {
        match slot {
            StreamSlot::Default => self.default_sha1,
            StreamSlot::Extra(i) => {
                self.streams.get(usize::from(i)).map_or(Sha1Digest::default(), |s| s.sha1)
            }
        }
    }

    #[allow(dead_code, reason = "the overlay that uses it follows")]
    pub(crate) fn set_sha1_at(&mut self, slot: StreamSlot, sha1: Sha1Digest) {
        match slot {
            StreamSlot::Default => self.default_sha1 = sha1,
            StreamSlot::Extra(i) => {
                if let Some(stream) = self.streams.get_mut(usize::from(i)) {
                    stream.sha1 = sha1;
                }
            }
        }
    }

    // The dentry's own field counts when it is set; else only where no extra stream is unnamed, since writers
    // leave it zero when they store the unnamed stream among the extra ones.
    fn unnamed_slots(&self) -> impl Iterator<Item = StreamSlot> + '_ {
        let extra = || self.streams.iter().enumerate().filter(|(_, s)| s.name.is_empty());
        let own = !self.default_sha1.is_zero() || extra().next().is_none();
        let extra = extra().map(|(i, _)| StreamSlot::Extra(i as u16));
        own.then_some(StreamSlot::Default).into_iter().chain(extra)
    }
}

/// One image's metadata.
#[derive(Clone, Debug, Default)]
pub struct Metadata {
    pub(crate) security: SecurityData,
    pub(crate) dentries: Vec<Dentry>,
    pub(crate) inodes: Vec<Inode>,
    index: OnceLock<NameIndex>,
    /// Entries that are no part of the tree, with the directory they were stored in.
    ignored: Vec<(DentryId, Name)>,
}

impl Metadata {
    /// Keeps each long name that another image has too only once.
    pub(crate) fn share_names(&mut self, known: &mut HashSet<Arc<[u16]>>) {
        self.dentries.iter_mut().for_each(|dentry| dentry.name.share(known));
    }

    /// The root directory.
    pub fn root(&self) -> DentryId {
        DentryId(0)
    }

    /// The security descriptors.
    pub fn security(&self) -> &SecurityData {
        &self.security
    }

    /// Stored names that were passed over, and where: `.`, `..`, empty ones, and exact duplicates of one before.
    pub fn ignored(&self) -> &[(DentryId, Name)] {
        &self.ignored
    }

    /// A dentry. Ids come from this `Metadata` only.
    pub fn dentry(&self, id: DentryId) -> &Dentry {
        &self.dentries[id.0 as usize]
    }

    /// An inode. Ids come from this `Metadata` only.
    pub fn inode(&self, id: InodeId) -> &Inode {
        &self.inodes[id.0 as usize]
    }

    /// The inode that a dentry stands for.
    pub fn inode_of(&self, id: DentryId) -> &Inode {
        self.inode(self.dentry(id).inode)
    }

    /// The dentry at `path`, without regard to case; an exact spelling wins where two differ in case only.
    pub fn lookup(&self, path: &ImagePath) -> Option<DentryId> {
        path.names().iter().try_fold(self.root(), |dir, name| self.child(dir, name))
    }

    /// The child of `dir` with this name, compared as [`lookup`](Self::lookup) does.
    pub fn child(&self, dir: DentryId, name: &Name) -> Option<DentryId> {
        self.index.get_or_init(|| NameIndex::build(self)).find(self, dir, name)
    }

    /// The path of a dentry.
    pub fn path(&self, id: DentryId) -> ImagePath {
        let mut names = Vec::new();
        let mut at = id;
        while at != self.root() {
            names.push(self.dentry(at).name.clone());
            at = self.dentry(at).parent;
        }
        names.into_iter().rev().collect()
    }

    /// Every dentry from `start` down, a directory before its children, in stored order.
    pub fn walk(&self, start: DentryId) -> impl Iterator<Item = DentryId> + '_ {
        let mut stack = vec![start];
        std::iter::from_fn(move || {
            let id = stack.pop()?;
            stack.extend(self.dentry(id).children.iter().rev());
            Some(id)
        })
    }
}
