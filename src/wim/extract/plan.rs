//! What is to be written where: the image's tree turned into directories, files by blob, and links.

use super::report::{ExtractReport, LeftOut, Log};
use crate::base::{ImagePath, Name, Sha1Digest, safe_relative};
use crate::error::{Error, ErrorKind, Result};
use crate::wim::file::WimFile;
use crate::wim::metadata::{DentryId, Inode, InodeId, Metadata, attributes};
use crate::wim::reference::missing;
use crate::wim::reparse::{MOUNT_POINT, SYMLINK};
use crate::wim::solid::StoredBlob;
use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::path::PathBuf;

/// Most bytes of a link's reparse data (NTFS allows 16 KiB), and of all links' together.
const MOST_REPARSE: u64 = 16 << 10;
const MOST_LINK_DATA: u64 = 64 << 20;

/// Whether file systems here tell names apart that differ in case only.
const CASE_MATTERS: bool = !cfg!(any(windows, target_os = "macos"));

/// A directory below the destination.
pub(super) struct Dir {
    pub dentry: DentryId,
    /// How deep it lies; the destination is 0.
    pub depth: usize,
    /// The directory that holds it, as an index of `Plan::dirs`.
    pub parent: usize,
    pub name: OsString,
}

/// A name in a directory.
pub(super) struct Place {
    pub dir: usize,
    pub name: OsString,
    pub dentry: DentryId,
    /// Another name of the directory differs in case only, so this one must not replace what is there.
    pub variant: bool,
}

/// A file and its names; the first one receives the data.
pub(super) struct File {
    pub inode: InodeId,
    pub places: Vec<Place>,
}

/// What a blob is wanted for.
pub(super) struct Use {
    pub blob: StoredBlob,
    pub files: Vec<usize>,
    /// It is the reparse data of links.
    pub link: bool,
}

#[derive(Default)]
pub(super) struct Plan {
    /// Parents before children, the destination itself first; sorted by depth.
    pub dirs: Vec<Dir>,
    pub files: Vec<File>,
    /// What is wanted of each blob.
    pub uses: HashMap<Sha1Digest, Use>,
    /// Files without data.
    pub empty: Vec<usize>,
    pub symlinks: Vec<Place>,
    pub bytes: u64,
    /// Whether the image's root itself is extracted, so that the destination takes its times.
    pub whole: bool,
    pub case_variants: u64,
    pub left_out: LeftOut,
    link_data: u64,
    chosen: HashSet<DentryId>,
    above: HashSet<DentryId>,
}

/// Attributes that a plain file or directory does not carry.
const NOTABLE: u32 =
    !(attributes::DIRECTORY | attributes::ARCHIVE | attributes::NORMAL | attributes::REPARSE_POINT);

impl Plan {
    pub fn new(wim: &WimFile, metadata: &Metadata, paths: &[ImagePath], log: &Log<'_>) -> Result<Self> {
        let (chosen, above) = choose(metadata, paths)?;
        let mut plan = Self { whole: chosen.contains(&metadata.root()), ..Self::default() };
        let mut inodes = HashMap::new();
        let root = Dir { dentry: metadata.root(), depth: 0, parent: 0, name: OsString::new() };
        plan.dirs.push(root);
        if plan.whole {
            plan.count(metadata, metadata.root());
        }
        // Breadth first, so that `dirs` is sorted by depth.
        let mut at = 0;
        let mut inside = vec![plan.whole];
        let mut taken: HashMap<DentryId, usize> = HashMap::new();
        while let Some(&Dir { dentry, depth, .. }) = plan.dirs.get(at) {
            let children = metadata.dentry(dentry).children();
            let mut names = HashSet::with_capacity(children.len());
            for &child in children {
                let chosen = inside[at] || chosen.contains(&child);
                if !chosen && !above.contains(&child) {
                    continue;
                }
                let name = metadata.dentry(child).name();
                let variant = !names.insert(name);
                plan.case_variants += u64::from(variant);
                let name = match component(name, variant) {
                    Ok(name) => name,
                    Err(e) => {
                        log.entry(child, e)?;
                        continue;
                    }
                };
                let inode = metadata.inode_of(child);
                if chosen {
                    plan.count(metadata, child);
                }
                let place = Place { dir: at, name, dentry: child, variant };
                if is_link(inode) {
                    plan.link(wim, metadata, place, log)?;
                } else if inode.attributes() & attributes::DIRECTORY != 0 {
                    let dir = Dir { dentry: child, depth: depth + 1, parent: at, name: place.name };
                    plan.dirs.push(dir);
                    inside.push(chosen);
                } else {
                    plan.file(wim, metadata, &mut inodes, place, log)?;
                }
            }
            if inside[at] {
                taken.insert(dentry, at);
            }
            at += 1;
        }
        for (parent, name) in metadata.ignored().iter().filter(|(parent, _)| taken.contains_key(parent)) {
            let e = match ImagePath::parse(&name.to_string()) {
                Err(_) => {
                    Error::new(ErrorKind::UnsafePath, "the name leaves its folder, so it is not written")
                }
                Ok(_) => Error::malformed("the name is there twice; the first one counts"),
            };
            log.refused(*parent, &name.to_string(), &e);
        }
        (plan.chosen, plan.above) = (chosen, above);
        Ok(plan)
    }

    fn file(
        &mut self,
        wim: &WimFile,
        metadata: &Metadata,
        inodes: &mut HashMap<InodeId, usize>,
        place: Place,
        log: &Log<'_>,
    ) -> Result<()> {
        let id = metadata.dentry(place.dentry).inode();
        let inode = metadata.inode(id);
        if let Some(&file) = inodes.get(&id) {
            self.files[file].places.push(place);
            return Ok(());
        }
        if inode.attributes() & attributes::ENCRYPTED != 0 {
            let message = "is encrypted (EFS), which only Windows can write";
            return log.entry(place.dentry, Error::unsupported(message));
        }
        let sha1 = inode.data_sha1();
        let file = self.files.len();
        if sha1.is_zero() {
            self.empty.push(file);
        } else {
            let Some(blob) = wim.blob(&sha1) else { return log.entry(place.dentry, missing(&sha1)) };
            self.bytes = self.bytes.saturating_add(blob.size);
            self.wanted(blob).files.push(file);
        }
        inodes.insert(id, file);
        self.files.push(File { inode: id, places: vec![place] });
        Ok(())
    }

    fn link(&mut self, wim: &WimFile, metadata: &Metadata, place: Place, log: &Log<'_>) -> Result<()> {
        if !metadata.dentry(place.dentry).children().is_empty() {
            log.entry(place.dentry, Error::malformed("what lies below a link is not written"))?;
        }
        let sha1 = metadata.inode_of(place.dentry).reparse_sha1().unwrap_or_default();
        let Some(blob) = wim.blob(&sha1) else { return log.entry(place.dentry, missing(&sha1)) };
        if blob.size > MOST_REPARSE || self.link_data + blob.size > MOST_LINK_DATA {
            let e = Error::new(ErrorKind::LimitExceeded, "the data of links is larger than Windows allows");
            return log.entry(place.dentry, e);
        }
        let wanted = self.wanted(blob);
        if !std::mem::replace(&mut wanted.link, true) {
            self.link_data += blob.size;
        }
        self.symlinks.push(place);
        Ok(())
    }

    fn wanted(&mut self, blob: &StoredBlob) -> &mut Use {
        self.uses.entry(blob.sha1).or_insert_with(|| Use { blob: *blob, files: Vec::new(), link: false })
    }

    fn count(&mut self, metadata: &Metadata, id: DentryId) {
        let inode = metadata.inode_of(id);
        let left = &mut self.left_out;
        left.streams += inode.named_streams().count() as u64;
        left.security_descriptors += u64::from(inode.security_id() >= 0);
        left.short_names += u64::from(!metadata.dentry(id).short_name().is_empty());
        left.attributes += u64::from(inode.attributes() & NOTABLE != 0);
        left.tagged_items += u64::from(inode.has_tagged_items());
        left.reparse_data += u64::from(inode.is_reparse_point() && !is_link(inode));
    }

    /// The chosen entries and the directories on the way to them, directories before what is in them.
    pub fn chosen(&self, metadata: &Metadata) -> Vec<DentryId> {
        if self.whole {
            return metadata.walk(metadata.root()).collect();
        }
        let mut out = Vec::new();
        let mut stack = vec![metadata.root()];
        while let Some(id) = stack.pop() {
            if self.chosen.contains(&id) {
                out.extend(metadata.walk(id));
            } else if self.above.contains(&id) || id == metadata.root() {
                out.push(id);
                stack.extend(metadata.dentry(id).children().iter().rev());
            }
        }
        out
    }

    /// Every blob that is needed, once.
    pub fn blobs(&self) -> Vec<StoredBlob> {
        self.uses.values().map(|wanted| wanted.blob).collect()
    }

    /// Where a directory lies below the destination. Made when it is asked for: the paths of a deep tree take far
    /// more room than the tree.
    pub fn path(&self, dir: usize) -> PathBuf {
        let mut names = Vec::new();
        let mut at = dir;
        while at != 0 {
            names.push(&self.dirs[at].name);
            at = self.dirs[at].parent;
        }
        names.into_iter().rev().collect()
    }

    /// How many names of files and links there are.
    pub fn names(&self) -> u64 {
        let files: usize = self.files.iter().map(|f| f.places.len()).sum();
        (files + self.symlinks.len()) as u64
    }

    /// The report if all goes well.
    pub fn report(&self) -> ExtractReport {
        ExtractReport {
            directories: self.dirs.len() as u64,
            files: self.files.len() as u64,
            hard_links: self.names() - (self.files.len() + self.symlinks.len()) as u64,
            symlinks: self.symlinks.len() as u64,
            case_variants: self.case_variants,
            bytes: self.bytes,
            left_out: self.left_out,
            ..ExtractReport::default()
        }
    }
}

/// Whether it becomes a link in the folder.
pub(in crate::wim) fn is_link(inode: &Inode) -> bool {
    matches!(inode.reparse_tag(), Some(SYMLINK | MOUNT_POINT))
}

/// The chosen dentries, and the directories on the way to them.
fn choose(metadata: &Metadata, paths: &[ImagePath]) -> Result<(HashSet<DentryId>, HashSet<DentryId>)> {
    let (mut chosen, mut above) = (HashSet::new(), HashSet::new());
    if paths.is_empty() {
        chosen.insert(metadata.root());
    }
    for path in paths {
        let found = metadata.lookup(path);
        let id =
            found.ok_or_else(|| Error::new(ErrorKind::NotFound, "is not in the image").with_path(path))?;
        chosen.insert(id);
        let mut at = id;
        while at != metadata.root() {
            at = metadata.dentry(at).parent();
            above.insert(at);
        }
    }
    Ok((chosen, above))
}

/// The name as one component of a path here, or refused.
fn component(name: &Name, variant: bool) -> Result<OsString> {
    let text = name.to_string();
    if text.contains(['/', '\\']) {
        return Err(Error::new(ErrorKind::UnsafePath, "the name has a separator, so it is not written"));
    }
    if variant && !CASE_MATTERS {
        return Err(Error::new(ErrorKind::AlreadyExists, "another name here differs in case only"));
    }
    safe_relative(&text)?;
    Ok(os_string(name))
}

#[cfg(unix)]
fn os_string(name: &Name) -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(name.to_wtf8())
}

#[cfg(windows)]
fn os_string(name: &Name) -> OsString {
    std::os::windows::ffi::OsStringExt::from_wide(name.units())
}
