//! A folder's tree as something to compare: kinds, contents, times, links and which names are one file.

use crate::common::run;
use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

#[derive(Debug, PartialEq, Eq)]
pub enum Node {
    Dir,
    /// Contents and the first of its names.
    File(Vec<u8>, PathBuf),
    /// Where it leads, below the folder where it can.
    Link(PathBuf),
}

/// Relative path to what is there and when it was written (seconds and nanoseconds).
pub type Tree = BTreeMap<PathBuf, (Node, (i64, i64))>;

pub fn tree(root: &Path) -> Tree {
    let mut inodes: BTreeMap<u64, PathBuf> = BTreeMap::new();
    let mut out = Tree::new();
    let mut pending = vec![root.to_owned()];
    while let Some(path) = pending.pop() {
        let meta = path.symlink_metadata().unwrap();
        let relative = path.strip_prefix(root).unwrap().to_owned();
        let node = if meta.is_symlink() {
            Node::Link(leads_to(root, &path))
        } else if meta.is_dir() {
            let mut inside: Vec<_> = std::fs::read_dir(&path).unwrap().map(|e| e.unwrap().path()).collect();
            inside.sort();
            pending.extend(inside.into_iter().rev());
            Node::Dir
        } else {
            let first = inodes.entry(meta.ino()).or_insert_with(|| relative.clone());
            Node::File(std::fs::read(&path).unwrap(), first.clone())
        };
        // An image holds times in steps of 100 ns.
        out.insert(relative, (node, (meta.mtime(), meta.mtime_nsec() / 100 * 100)));
    }
    out
}

/// A link's target without `..`, relative to `root` where it lies below it.
fn leads_to(root: &Path, link: &Path) -> PathBuf {
    let target = std::fs::read_link(link).unwrap();
    let mut out = link.parent().unwrap().to_owned();
    for part in target.components() {
        match part {
            std::path::Component::ParentDir => {
                out.pop();
            }
            std::path::Component::CurDir => {}
            part => out.push(part),
        }
    }
    out.strip_prefix(root).map(Path::to_owned).unwrap_or(out)
}

/// What wimlib makes of it.
pub fn applied(wim: &Path, index: u32, to: &Path) -> Tree {
    let index = index.to_string();
    run("wimlib-imagex", ["apply".as_ref(), wim.as_os_str(), index.as_ref(), to.as_os_str()]);
    tree(to)
}

/// Panics with the first paths where two trees differ.
pub fn same(ours: &Tree, theirs: &Tree, what: &str) {
    let paths: std::collections::BTreeSet<_> = ours.keys().chain(theirs.keys()).collect();
    let differ: Vec<String> = paths
        .into_iter()
        .filter(|p| ours.get(*p) != theirs.get(*p))
        .take(5)
        .map(|p| format!("{}: {} here, {} there", p.display(), shown(ours.get(p)), shown(theirs.get(p))))
        .collect();
    assert!(differ.is_empty(), "{what}: {}", differ.join("\n"));
}

fn shown(node: Option<&(Node, (i64, i64))>) -> String {
    match node {
        None => "nothing".into(),
        Some((Node::File(data, first), time)) => {
            format!("file of {} bytes, first {}, {time:?}", data.len(), first.display())
        }
        Some((node, time)) => format!("{node:?} {time:?}"),
    }
}
