//! The scanned folder as the tree of an image, with what a metadata file knows of its entries.

use super::file::TreeFile;
use super::folder::Folder;
use super::scan::{Entry, Kind, Scan, Stat};
use crate::base::{Blob, ImagePath, Name, Sha1Digest};
use crate::error::{Error, ErrorKind, Result};
use crate::wim::metadata::attributes::{ARCHIVE, DIRECTORY, ENCRYPTED, NORMAL, REPARSE_POINT, SPARSE_FILE};
use crate::wim::metadata::{DentryId, Inode, InodeId, Metadata, StreamSlot, Times};
use crate::wim::reparse::{MOUNT_POINT, NOT_FIXED, SYMLINK, link_field, symlink_data};
use crate::wim::sidecar::{Known, Sidecar};
use crate::wim::write::blobs::NewBlob;
use crate::wim::xattr::with_linux;
use std::collections::HashMap;
use std::sync::Arc;

/// A second as FILETIME.
const SECOND: u64 = 10_000_000;

/// How the times of the folder become those of the image.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Clock {
    /// Later times become this one.
    pub latest: Option<u64>,
    /// The last access is that of the last write: looking at a file changes the former.
    pub steady: bool,
}

/// What is asked of the tree.
pub(super) struct Build<'a> {
    pub folder: &'a Arc<Folder>,
    pub scan: &'a Scan,
    pub sidecar: Option<&'a Sidecar>,
    pub clock: Clock,
    /// Absolute links into the folder count from the image's root.
    pub fix_links: bool,
    /// Extended attributes are taken along.
    pub xattrs: bool,
}

/// The tree, and the contents that belong into it.
#[derive(Default)]
pub(super) struct Tree {
    pub metadata: Metadata,
    pub contents: Vec<NewBlob>,
    pub waiting: Vec<Vec<(InodeId, StreamSlot)>>,
    /// Absolute links that now count from the root.
    pub fixed_links: u64,
    /// Absolute links that lead out of the folder.
    pub outward_links: u64,
    /// Entries that the metadata file knows.
    pub known: u64,
    /// Entries that only the metadata file has.
    pub only_there: u64,
    /// What of each file of the metadata file is which inode.
    files: HashMap<u32, InodeId>,
    /// Hard-link groups in use, with the inode and the file of the metadata file.
    groups: HashMap<u64, (InodeId, Option<u32>)>,
    /// Contents of the metadata file by their digest, as an index of `contents`.
    kept: HashMap<Sha1Digest, usize>,
}

impl Build<'_> {
    /// Makes the tree.
    pub fn run(&self) -> Result<Tree> {
        let mut tree = Tree { metadata: Metadata::empty(), ..Tree::default() };
        if let Some(sidecar) = self.sidecar {
            tree.metadata.security = sidecar.security.clone();
        }
        let mut dentries: Vec<DentryId> = Vec::with_capacity(self.scan.entries.len());
        // Files with several names, by what the system knows them by.
        let mut linked: HashMap<(u64, u64), InodeId> = HashMap::new();
        let mut dir = (0, Vec::new());
        for (at, entry) in self.scan.entries.iter().enumerate() {
            if entry.parent != dir.0 {
                dir = (entry.parent, self.scan.names(entry.parent));
            }
            let known = self.sidecar.and_then(|sidecar| {
                let mut names = dir.1.clone();
                names.extend((at != 0).then(|| entry.name.clone()));
                sidecar.get(&names)
            });
            tree.known += u64::from(known.is_some());
            let several = entry.stat.names > 1 && matches!(entry.kind, Kind::File);
            let place = (entry.stat.device, entry.stat.inode);
            let inode = if let Some(&inode) = linked.get(&place).filter(|_| several) {
                inode
            } else {
                let inode = self.inode(&mut tree, at, entry, known)?;
                if several {
                    linked.insert(place, inode);
                }
                inode
            };
            let dentry = if at == 0 {
                tree.metadata.root()
            } else {
                tree.metadata.add_dentry(dentries[entry.parent], entry.name.clone(), inode)
            };
            if let Some(known) = known {
                tree.metadata.set_short_name(dentry, known.short_name.clone());
                if let (Some(file), false) = (known.file, tree.metadata.inode(inode).is_dir()) {
                    tree.files.entry(file).or_insert(inode);
                }
            }
            dentries.push(dentry);
        }
        if let Some(sidecar) = self.sidecar {
            tree.add_missing(sidecar)?;
        }
        tree.number_groups();
        Ok(tree)
    }

    /// The inode of an entry that is not another name of one before.
    fn inode(&self, tree: &mut Tree, at: usize, entry: &Entry, known: Option<&Known>) -> Result<InodeId> {
        let named = |e: Error| e.with_path(self.scan.path(at).display());
        let mut inode =
            known.map_or_else(|| Inode { security_id: -1, ..Inode::default() }, |k| k.inode.clone());
        inode.times = self.times(&entry.stat, known);
        let mut link_data = None;
        match &entry.kind {
            Kind::Directory | Kind::Special(_) => directory(&mut inode, &entry.stat),
            Kind::File => file(&mut inode, &entry.stat),
            Kind::Link { target, directory } => {
                let kept = known.and_then(|k| k.link.as_ref()).is_some_and(|link| link == target);
                if !kept {
                    let target = self.target(tree, target);
                    link_data = Some(symlink_data(&target.0).ok_or_else(|| {
                        let message =
                            "the link's target is not UTF-8 or too long, so an image cannot hold it";
                        named(Error::new(ErrorKind::UnsafePath, message))
                    })?);
                    link(&mut inode, *directory, target.1);
                }
            }
        }
        if self.xattrs && matches!(entry.kind, Kind::Directory | Kind::File) {
            let directory = matches!(entry.kind, Kind::Directory);
            let found = self.folder.xattrs(&self.scan.path(at), &entry.stat, directory);
            inode.tagged = found.and_then(|new| with_linux(&inode.tagged, &new)).map_err(named)?;
        }
        let group = inode.link_group();
        if at == 0 {
            inode.links = 1;
            tree.metadata.inodes[0] = inode;
            tree.keep(self.sidecar, InodeId(0)).map_err(named)?;
            return Ok(InodeId(0));
        }
        let id = tree.metadata.add_inode(inode);
        if let Some(group) = group {
            tree.claim(group, id, known.and_then(|k| k.file));
        }
        if let Kind::File = entry.kind {
            self.contents(tree, at, entry, id);
        } else if let Some(data) = link_data {
            let name = self.scan.path(at).display().to_string();
            tree.wait(NewBlob { blob: Arc::new(data), sha1: None, name }, id, StreamSlot::Default);
        }
        tree.keep(self.sidecar, id).map_err(named)?;
        Ok(id)
    }

    /// The contents of a file, which take the place of those that were known.
    fn contents(&self, tree: &mut Tree, at: usize, entry: &Entry, id: InodeId) {
        let Some(slot) = tree.metadata.inode(id).data_slot() else { return };
        tree.metadata.inode_mut(id).set_sha1_at(slot, Sha1Digest::default());
        if entry.stat.size > 0 {
            let path = self.scan.path(at);
            let name = path.display().to_string();
            let blob = Arc::new(TreeFile { folder: self.folder.clone(), path, stat: entry.stat });
            tree.wait(NewBlob { blob, sha1: None, name }, id, slot);
        }
    }

    /// The target as the image has it, and the flags of the reparse point.
    fn target(&self, tree: &mut Tree, target: &[u8]) -> (Vec<u8>, u16) {
        if target.first() == Some(&b'/') && self.fix_links {
            if let Some(within) = self.folder.within(target) {
                tree.fixed_links += 1;
                return (within, 0);
            }
            tree.outward_links += 1;
        }
        (target.to_vec(), NOT_FIXED)
    }

    /// The times of an entry: the known ones, exact, unless it was written to since.
    fn times(&self, stat: &Stat, known: Option<&Known>) -> Times {
        let bounded = |time: u64| self.clock.latest.map_or(time, |latest| time.min(latest));
        let write = bounded(stat.write.0);
        let access = if self.clock.steady { write } else { bounded(stat.access.0) };
        let creation = stat.creation.map_or(write, |time| bounded(time.0));
        let Some(Known { inode, .. }) = known else { return Times { creation, access, write } };
        let (own, exact) = (inode.times.write, stat.write.0);
        // A file system may keep whole seconds only, and none keeps the years before 1901 or after 2446 for sure.
        let same = own == exact || (stat.nanos == 0 && own / SECOND == exact / SECOND);
        let held = (94_670_208_000_000_000..=266_573_376_000_000_000).contains(&own);
        if same || !held { inode.times } else { Times { write, ..inode.times } }
    }
}

/// Attributes of a directory, reparse points that are no links among them.
fn directory(inode: &mut Inode, stat: &Stat) {
    if inode.attributes & DIRECTORY == 0 {
        forget_reparse(inode);
        inode.attributes = inode.attributes & !(NORMAL | SPARSE_FILE) | DIRECTORY | stat.attributes;
    }
    inode.has_list = true;
}

fn file(inode: &mut Inode, stat: &Stat) {
    let was_link = matches!(inode.reparse_tag(), Some(SYMLINK | MOUNT_POINT));
    // Reparse data of other kinds leaves no place for data that came since.
    let no_place = stat.size > 0 && inode.data_slot().is_none();
    if inode.attributes & DIRECTORY != 0 || was_link || no_place || inode.attributes & ENCRYPTED != 0 {
        forget_reparse(inode);
        inode.attributes &= !(DIRECTORY | ENCRYPTED);
        inode.has_list = false;
    }
    if inode.attributes == 0 {
        inode.attributes = match stat.attributes & !(DIRECTORY | REPARSE_POINT) {
            0 if stat.sparse => SPARSE_FILE,
            0 => NORMAL,
            own => own,
        };
    }
}

fn link(inode: &mut Inode, directory: bool, flags: u16) {
    forget_reparse(inode);
    inode.attributes &= !(DIRECTORY | NORMAL | ARCHIVE | SPARSE_FILE | ENCRYPTED);
    inode.attributes |= REPARSE_POINT | if directory { DIRECTORY } else { 0 };
    inode.link = link_field(SYMLINK, flags);
    inode.has_list = false;
}

/// Takes reparse data and unnamed streams away.
fn forget_reparse(inode: &mut Inode) {
    if inode.is_reparse_point() {
        inode.link = 0;
        inode.attributes &= !REPARSE_POINT;
    }
    inode.default_sha1 = Sha1Digest::default();
    inode.streams.retain(|stream| !stream.name.is_empty());
    if !inode.streams.is_empty() {
        // Beside named streams the unnamed one is looked for among them.
        inode.streams.insert(0, crate::wim::metadata::ExtraStream::default());
    }
}

impl Tree {
    /// Notes contents to be read, whose digest belongs into a field.
    fn wait(&mut self, new: NewBlob, inode: InodeId, slot: StreamSlot) {
        self.contents.push(new);
        self.waiting.push(vec![(inode, slot)]);
    }

    /// Takes over the contents that the metadata file has for an inode.
    fn keep(&mut self, sidecar: Option<&Sidecar>, id: InodeId) -> Result<()> {
        let Some(sidecar) = sidecar else { return Ok(()) };
        let digests: Vec<_> = self.metadata.inode(id).digests().collect();
        for sha1 in digests {
            if !self.kept.contains_key(&sha1) {
                let blob: Blob = sidecar.contents(&sha1)?;
                self.kept.insert(sha1, self.contents.len());
                let name = format!("contents {sha1} of the metadata file");
                self.contents.push(NewBlob { blob, sha1: Some(sha1), name });
                // The digest stands in its field already.
                self.waiting.push(Vec::new());
            }
        }
        Ok(())
    }

    /// Gives an inode its stored hard-link group, unless another file has it.
    fn claim(&mut self, group: u64, id: InodeId, file: Option<u32>) {
        let (_, other) = *self.groups.entry(group).or_insert((id, file));
        let first = self.groups.get(&group).is_some_and(|(first, _)| *first == id);
        // Files that were stored with one number and other fields were two files then, too.
        if !first && file.is_some() && file == other {
            self.metadata.inode_mut(id).link = 0;
        }
    }

    /// Adds the entries that the folder never had.
    fn add_missing(&mut self, sidecar: &Sidecar) -> Result<()> {
        for known in sidecar.entries.iter().filter(|known| known.only_here) {
            let Some((name, above)) = known.names.split_last() else { continue };
            let above: ImagePath = above.iter().cloned().collect();
            let Some(dir) = self.exact(&above) else { continue };
            if self.child(dir, name).is_some() {
                continue;
            }
            let path: ImagePath = known.names.iter().cloned().collect();
            let shared = known.file.and_then(|file| self.files.get(&file)).copied();
            let inode = if let Some(inode) = shared.filter(|_| !known.inode.is_dir()) {
                inode
            } else {
                let id = self.metadata.add_inode(known.inode.clone());
                if let Some(group) = known.inode.link_group() {
                    self.claim(group, id, known.file);
                }
                self.keep(Some(sidecar), id).map_err(|e| e.with_path(&path))?;
                if let Some(file) = known.file {
                    self.files.insert(file, id);
                }
                id
            };
            let dentry = self.metadata.add_dentry(dir, name.clone(), inode);
            self.metadata.set_short_name(dentry, known.short_name.clone());
            self.only_there += 1;
        }
        Ok(())
    }

    /// The dentry with exactly this path.
    fn exact(&self, path: &ImagePath) -> Option<DentryId> {
        path.names().iter().try_fold(self.metadata.root(), |dir, name| self.child(dir, name))
    }

    fn child(&self, dir: DentryId, name: &Name) -> Option<DentryId> {
        let found = self.metadata.child(dir, name)?;
        self.metadata.dentry(found).name().same_spelling(name).then_some(found)
    }

    /// Gives files with several names a group where they have none.
    fn number_groups(&mut self) {
        let mut next = self.groups.keys().max().map_or(1, |last| last.wrapping_add(1).max(1));
        for inode in &mut self.metadata.inodes {
            if inode.links > 1 && inode.link == 0 && !inode.is_dir() && !inode.is_reparse_point() {
                while self.groups.contains_key(&next) {
                    next = next.wrapping_add(1).max(1);
                }
                inode.link = next;
                next = next.wrapping_add(1).max(1);
            }
        }
    }
}
