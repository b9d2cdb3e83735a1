//! One entry of two images, compared.

use super::pairs::Pair;
use super::{Change, ImageDiff, Sides};
use crate::base::{Secured, Sha1Digest, hex_text, security_text, sha1};
use crate::wim::ImageView;
use crate::wim::metadata::{DentryId, Inode, InodeId, Metadata, attributes};
use crate::wim::xml::FileTime;
use serde::Serialize;
use std::collections::HashMap;

/// Names of a hard-link group that are told at most.
const NAMES: usize = 16;

/// An entry that is in one image only, or not the same in both. What is the same on both sides is `None`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct EntryDifference {
    /// Where it is, spelled as in the second image where it is there.
    pub path: String,
    /// What became of it.
    pub change: Change,
    /// The name, where case is all that differs in it.
    pub name: Option<Sides<String>>,
    /// File or directory.
    pub kind: Option<Sides<EntryKind>>,
    /// The unnamed data stream of a file.
    pub contents: Option<Sides<Contents>>,
    /// `FILE_ATTRIBUTE_*` bits.
    pub attributes: Option<Sides<u32>>,
    /// The security descriptor, as SDDL.
    pub security: Option<Sides<String>>,
    /// The 8.3 name.
    pub short_name: Option<Sides<String>>,
    /// Named data streams; those of a side in the order of their names.
    pub streams: Option<Sides<Vec<NamedStream>>>,
    /// Reparse data.
    pub reparse: Option<Sides<Reparse>>,
    /// The hard-link group.
    pub links: Option<Sides<Links>>,
    /// Object id, extended attributes and other tagged items: the SHA-1 of them.
    pub tagged_items: Option<Sides<Sha1Digest>>,
    /// Times; only where they were asked for.
    pub times: Option<Sides<TimesText>>,
}

/// File or directory, reparse points included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// A file.
    File,
    /// A directory.
    Directory,
}

/// The contents of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Contents {
    /// Bytes.
    pub size: u64,
    /// Their SHA-1; `None` where there are no bytes.
    pub sha1: Option<Sha1Digest>,
}

/// A named data stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NamedStream {
    /// Its name.
    pub name: String,
    /// Its contents.
    #[serde(flatten)]
    pub contents: Contents,
}

/// Reparse data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Reparse {
    /// The tag.
    pub tag: u32,
    /// Bytes of data behind tag and length.
    pub size: u64,
    /// Their SHA-1; `None` where there are none.
    pub sha1: Option<Sha1Digest>,
}

/// The hard-link group of a file that has more than one name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Links {
    /// How many names the file has.
    pub count: u32,
    /// The other ones, in order; at most sixteen.
    pub names: Vec<String>,
}

/// The times of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TimesText {
    /// When it was created.
    pub created: FileTime,
    /// When it was read last.
    pub accessed: FileTime,
    /// When it was written last.
    pub modified: FileTime,
}

/// The names of each inode that has more than one.
#[derive(Debug, Default)]
pub(super) struct Groups {
    names: HashMap<InodeId, Vec<DentryId>>,
    /// The one inode of the other image that all of a group's names stand for there.
    partners: HashMap<InodeId, InodeId>,
}

impl Groups {
    /// Without partners.
    pub fn new(metadata: &Metadata) -> Self {
        let mut names: HashMap<InodeId, Vec<DentryId>> = HashMap::new();
        for id in metadata.walk(metadata.root()) {
            let inode = metadata.dentry(id).inode();
            if metadata.inode(inode).links() > 1 {
                names.entry(inode).or_default().push(id);
            }
        }
        Self { names, partners: HashMap::new() }
    }

    /// With partners, `other` being the other image and `partner` its dentry for each of this one's.
    pub fn with_partners(metadata: &Metadata, other: &Metadata, partner: &[Option<DentryId>]) -> Self {
        let mut groups = Self::new(metadata);
        let inode = |id: &DentryId| partner[id.0 as usize].map(|id| other.dentry(id).inode());
        let one = |names: &Vec<DentryId>| {
            let first = inode(names.first()?)?;
            names.iter().all(|name| inode(name) == Some(first)).then_some(first)
        };
        let partners = groups.names.iter().filter_map(|(group, names)| Some((*group, one(names)?)));
        groups.partners = partners.collect();
        groups
    }
}

/// What is compared, of one side.
struct Side<'a> {
    view: &'a ImageView,
    metadata: &'a Metadata,
    id: DentryId,
    inode: &'a Inode,
    descriptor: Option<&'a [u8]>,
}

impl<'a> Side<'a> {
    fn new(view: &'a ImageView, id: DentryId) -> Self {
        let metadata: &Metadata = view.metadata();
        let inode = metadata.inode_of(id);
        Self { view, metadata, id, inode, descriptor: metadata.security().get(inode.security_id()) }
    }

    fn kind(&self) -> EntryKind {
        if self.inode.attributes() & attributes::DIRECTORY == 0 {
            EntryKind::File
        } else {
            EntryKind::Directory
        }
    }

    fn contents_of(&self, sha1: Sha1Digest) -> Contents {
        let size = self.view.wim().blob(&sha1).map_or(0, |blob| blob.size);
        Contents { size, sha1: (!sha1.is_zero()).then_some(sha1) }
    }

    fn contents(&self) -> Option<Contents> {
        let sha1 = self.inode.data_sha1();
        (self.kind() == EntryKind::File || !sha1.is_zero()).then(|| self.contents_of(sha1))
    }

    fn short_name(&self) -> Option<String> {
        let name = self.metadata.dentry(self.id).short_name();
        (!name.is_empty()).then(|| name.to_string())
    }

    fn streams(&self) -> Option<Vec<NamedStream>> {
        let mut streams: Vec<NamedStream> = self
            .inode
            .named_streams()
            .map(|s| NamedStream { name: s.name().to_string(), contents: self.contents_of(s.sha1()) })
            .collect();
        streams.sort_by(|a, b| a.name.cmp(&b.name));
        (!streams.is_empty()).then_some(streams)
    }

    fn reparse(&self) -> Option<Reparse> {
        let data = self.contents_of(self.inode.reparse_sha1()?);
        Some(Reparse { tag: self.inode.reparse_tag()?, size: data.size, sha1: data.sha1 })
    }

    fn tagged_items(&self) -> Option<Sha1Digest> {
        self.inode.has_tagged_items().then(|| sha1(&self.inode.tagged))
    }

    fn times(&self) -> TimesText {
        let times = self.inode.times();
        let [created, accessed, modified] = [times.creation, times.access, times.write].map(FileTime);
        TimesText { created, accessed, modified }
    }

    fn links(&self, groups: &Groups) -> Option<Links> {
        let count = self.inode.links();
        if count < 2 {
            return None;
        }
        let names = groups.names.get(&self.metadata.dentry(self.id).inode()).map_or(&[][..], Vec::as_slice);
        let others = names.iter().filter(|id| **id != self.id).take(NAMES);
        let mut names: Vec<String> = others.map(|&id| self.metadata.path(id).to_string()).collect();
        names.sort();
        Some(Links { count, names })
    }
}

pub(super) fn compare(diff: &ImageDiff, pair: Pair) -> Option<EntryDifference> {
    let before = pair.before.map(|id| Side::new(&diff.before, id));
    let after = pair.after.map(|id| Side::new(&diff.after, id));
    let (a, b) = (before.as_ref(), after.as_ref());
    let change = match (a, b) {
        (Some(a), Some(b)) if unchanged(diff, a, b) => return None,
        (Some(_), Some(_)) => Change::Changed,
        (Some(_), None) => Change::Removed,
        _ => Change::Added,
    };
    let name = |side: &Side<'_>| side.metadata.dentry(side.id).name().to_string();
    let both = a.zip(b);
    let respelled = both.filter(|(a, b)| !spelled_alike(a, b));
    let regrouped = both.is_none_or(|(a, b)| !linked_alike(diff, a, b));
    let links = Sides {
        before: a.and_then(|side| side.links(&diff.groups.0)),
        after: b.and_then(|side| side.links(&diff.groups.1)),
    };
    Some(EntryDifference {
        path: diff.path(pair).to_string(),
        change,
        name: respelled.map(|(a, b)| Sides { before: Some(name(a)), after: Some(name(b)) }),
        kind: Sides::of(a.map(Side::kind), b.map(Side::kind)),
        contents: Sides::of(a.and_then(Side::contents), b.and_then(Side::contents)),
        attributes: Sides::of(a.map(|s| s.inode.attributes()), b.map(|s| s.inode.attributes())),
        security: security(a.and_then(|s| s.descriptor), b.and_then(|s| s.descriptor), Secured::File),
        short_name: Sides::of(a.and_then(Side::short_name), b.and_then(Side::short_name)),
        streams: Sides::of(a.and_then(Side::streams), b.and_then(Side::streams)),
        reparse: Sides::of(a.and_then(Side::reparse), b.and_then(Side::reparse)),
        links: Some(links).filter(|l| regrouped && (l.before.is_some() || l.after.is_some())),
        tagged_items: Sides::of(a.and_then(Side::tagged_items), b.and_then(Side::tagged_items)),
        times: diff.options.times.then(|| Sides::of(a.map(Side::times), b.map(Side::times))).flatten(),
    })
}

/// Descriptors as text, where they differ. Two that differ and read the same are shown as bytes.
pub(super) fn security(before: Option<&[u8]>, after: Option<&[u8]>, of: Secured) -> Option<Sides<String>> {
    if before == after {
        return None;
    }
    let text = |d: Option<&[u8]>| d.map(|d| security_text(d, of));
    Sides::of(text(before), text(after))
        .or_else(|| Some(Sides { before: before.map(hex_text), after: after.map(hex_text) }))
}

/// Whether two entries are the same in all that is compared; nothing is allocated for that.
fn unchanged(diff: &ImageDiff, a: &Side<'_>, b: &Side<'_>) -> bool {
    let (x, y) = (a.inode, b.inode);
    spelled_alike(a, b)
        && x.attributes() == y.attributes()
        && a.contents() == b.contents()
        && a.descriptor == b.descriptor
        && a.metadata.dentry(a.id).short_name().same_spelling(b.metadata.dentry(b.id).short_name())
        && (x.extra_streams().is_empty() && y.extra_streams().is_empty() || a.streams() == b.streams())
        && a.reparse() == b.reparse()
        && a.tagged_items() == b.tagged_items()
        && (!diff.options.times || x.times() == y.times())
        && linked_alike(diff, a, b)
}

fn spelled_alike(a: &Side<'_>, b: &Side<'_>) -> bool {
    a.metadata.dentry(a.id).name().same_spelling(b.metadata.dentry(b.id).name())
}

/// Whether both files have the same names in both images.
fn linked_alike(diff: &ImageDiff, a: &Side<'_>, b: &Side<'_>) -> bool {
    let inode = |side: &Side<'_>| side.metadata.dentry(side.id).inode();
    if a.inode.links() != b.inode.links() {
        return false;
    }
    a.inode.links() < 2 || diff.groups.0.partners.get(&inode(a)) == Some(&inode(b))
}
