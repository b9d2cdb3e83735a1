//! The file system without the kernel, against a model: a map of paths, changed in the same way.

use super::{FsResult, ImageFs, Kind, Replace, has_changes, overlay};
use crate::base::{ImagePath, ImageTree as _};
use crate::wim::commit::tests::blank_image;
use crate::wim::{OpenOptions, WimFile};
use proptest::prelude::*;
use rustix::io::Errno;
use std::collections::BTreeMap;
use std::sync::Arc;

fn blank() -> WimFile {
    let bytes = blank_image();
    WimFile::open_source(Arc::new(bytes), &OpenOptions::new()).unwrap()
}

#[derive(Clone, Debug)]
enum Op {
    Create(String),
    Mkdir(String),
    Write(String, u64, Vec<u8>),
    Truncate(String, u64),
    Unlink(String),
    Rmdir(String),
    Rename(String, String, Replace),
    Link(String, String),
}

fn op() -> impl Strategy<Value = Op> {
    let name = prop::sample::select(vec!["a", "A", "b", "B", "Ä", "ä"]);
    let path = || prop::collection::vec(name.clone(), 1..4).prop_map(|names| names.join("/"));
    let replace = prop::sample::select(vec![Replace::Yes, Replace::Yes, Replace::No, Replace::Exchange]);
    prop_oneof![
        3 => path().prop_map(Op::Create),
        3 => path().prop_map(Op::Mkdir),
        3 => (path(), 0..20u64, prop::collection::vec(any::<u8>(), 0..9)).prop_map(|(p, o, d)| Op::Write(p, o, d)),
        1 => (path(), 0..30u64).prop_map(|(p, n)| Op::Truncate(p, n)),
        1 => path().prop_map(Op::Unlink),
        1 => path().prop_map(Op::Rmdir),
        4 => (path(), path(), replace).prop_map(|(a, b, r)| Op::Rename(a, b, r)),
        2 => (path(), path()).prop_map(|(a, b)| Op::Link(a, b)),
    ]
}

/// The number of the directory that a path lies in, and its last name.
fn split<'a>(fs: &ImageFs, path: &'a str) -> FsResult<(u64, &'a [u8])> {
    let (dirs, name) = path.rsplit_once('/').map_or(("", path), |(d, n)| (d, n));
    let mut at = 1;
    for dir in dirs.split('/').filter(|d| !d.is_empty()) {
        at = fs.lookup(at, dir.as_bytes())?.0.ino;
    }
    Ok((at, name.as_bytes()))
}

fn find(fs: &ImageFs, path: &str) -> FsResult<u64> {
    let (dir, name) = split(fs, path)?;
    Ok(fs.lookup(dir, name)?.0.ino)
}

fn make(fs: &ImageFs, op: &Op) -> FsResult<()> {
    match op {
        Op::Create(path) => {
            let (dir, name) = split(fs, path)?;
            fs.create(dir, name, true).map(|_| ())
        }
        Op::Mkdir(path) => {
            let (dir, name) = split(fs, path)?;
            fs.make_dir(dir, name).map(|_| ())
        }
        Op::Write(path, offset, data) => {
            let ino = find(fs, path)?;
            let handle = fs.open(ino, true)?;
            let done = if data.is_empty() { Ok(()) } else { fs.write(handle, *offset, data) };
            fs.release(handle);
            done
        }
        Op::Truncate(path, len) => {
            let ino = find(fs, path)?;
            if fs.attr(ino)?.kind == Kind::Directory { Err(Errno::ISDIR) } else { fs.truncate(ino, *len) }
        }
        Op::Unlink(path) => {
            let (dir, name) = split(fs, path)?;
            fs.unlink(dir, name).map(|_| ())
        }
        Op::Rmdir(path) => {
            let (dir, name) = split(fs, path)?;
            fs.remove_dir(dir, name).map(|_| ())
        }
        Op::Rename(a, b, replace) => {
            let ((from, name), (to, new)) = (split(fs, a)?, split(fs, b)?);
            fs.rename(from, name, to, new, *replace).map(|_| ())
        }
        Op::Link(a, b) => {
            let ino = find(fs, a)?;
            let (dir, name) = split(fs, b)?;
            fs.link(ino, dir, name).map(|_| ())
        }
    }
}

type Key = Vec<String>;

/// Folded path to its spelling and, for a file, the number of its contents.
#[derive(Clone, Default)]
struct Model {
    entries: BTreeMap<Key, (String, Option<usize>)>,
    files: Vec<Vec<u8>>,
}

impl Model {
    fn key(path: &str) -> (Key, String) {
        let folded = path.split('/').map(str::to_lowercase).collect();
        (folded, path.rsplit('/').next().unwrap().to_owned())
    }

    fn is_dir(&self, key: &[String]) -> bool {
        key.is_empty() || matches!(self.entries.get(key), Some((_, None)))
    }

    fn is_empty(&self, key: &[String]) -> bool {
        !self.entries.keys().any(|k| k.len() > key.len() && k.starts_with(key))
    }

    /// Takes an entry out with all below it, as paths that count from it.
    fn take(&mut self, key: &[String]) -> Vec<(Key, (String, Option<usize>))> {
        let all: Vec<Key> = self.entries.keys().filter(|k| k.starts_with(key)).cloned().collect();
        all.into_iter().map(|k| (k[key.len()..].to_vec(), self.entries.remove(&k).unwrap())).collect()
    }

    fn put(&mut self, key: &[String], name: &str, taken: Vec<(Key, (String, Option<usize>))>) {
        for (below, (spelled, file)) in taken {
            let spelled = if below.is_empty() { name.to_owned() } else { spelled };
            self.entries.insert([key, &below].concat(), (spelled, file));
        }
    }

    fn new_entry(&mut self, path: &str, file: Option<usize>) -> bool {
        let (key, name) = Self::key(path);
        let free = self.is_dir(&key[..key.len() - 1]) && !self.entries.contains_key(&key);
        if free {
            self.entries.insert(key, (name, file));
        }
        free
    }

    fn file(&mut self, path: &str) -> Option<&mut Vec<u8>> {
        let file = self.entries.get(&Self::key(path).0)?.1?;
        self.files.get_mut(file)
    }

    /// Whether the change can be made; makes it.
    fn make(&mut self, op: &Op) -> bool {
        match op {
            Op::Create(path) => {
                let file = self.files.len();
                self.files.push(Vec::new());
                self.new_entry(path, Some(file))
            }
            Op::Mkdir(path) => self.new_entry(path, None),
            Op::Write(path, offset, data) => self.file(path).is_some_and(|file| {
                let end = *offset as usize + data.len();
                if !data.is_empty() {
                    file.resize(file.len().max(end), 0);
                    file[*offset as usize..end].copy_from_slice(data);
                }
                true
            }),
            Op::Truncate(path, len) => self.file(path).map(|file| file.resize(*len as usize, 0)).is_some(),
            Op::Unlink(path) => {
                self.file(path).is_some() && self.entries.remove(&Self::key(path).0).is_some()
            }
            Op::Rmdir(path) => {
                let key = Self::key(path).0;
                self.is_dir(&key) && self.is_empty(&key) && self.entries.remove(&key).is_some()
            }
            Op::Link(a, b) => match self.entries.get(&Self::key(a).0) {
                Some((_, Some(file))) => {
                    let file = *file;
                    self.new_entry(b, Some(file))
                }
                _ => false,
            },
            Op::Rename(a, b, replace) => self.rename(a, b, *replace),
        }
    }

    fn rename(&mut self, a: &str, b: &str, replace: Replace) -> bool {
        let ((from, old), (to, new)) = (Self::key(a), Self::key(b));
        let Some((spelled, what)) = self.entries.get(&from).cloned() else { return false };
        if !self.is_dir(&to[..to.len() - 1]) || to.len() > from.len() && to.starts_with(&from) {
            return false;
        }
        let there = self.entries.get(&to).cloned().filter(|_| from != to);
        let _ = old;
        match (replace, there) {
            (Replace::Exchange, _) if from == to => true,
            (Replace::Exchange, Some((other, _))) => {
                if from.starts_with(&to) {
                    return false;
                }
                let (x, y) = (self.take(&from), self.take(&to));
                self.put(&to, &other, x);
                self.put(&from, &spelled, y);
                true
            }
            (Replace::Exchange, None) | (Replace::No, Some(_)) => false,
            (_, Some((_, kind))) => {
                match (what, kind) {
                    (None, None) if !self.is_empty(&to) => return false,
                    (None, Some(_)) | (Some(_), None) => return false,
                    (Some(x), Some(y)) if x == y => return true,
                    _ => {}
                }
                self.entries.remove(&to);
                let taken = self.take(&from);
                self.put(&to, &new, taken);
                true
            }
            (_, None) => {
                let taken = self.take(&from);
                self.put(&to, &new, taken);
                true
            }
        }
    }

    fn paths(&self) -> Vec<(String, Option<&Vec<u8>>)> {
        let spelled = |key: &Key| {
            (1..=key.len()).map(|n| self.entries[&key[..n]].0.clone()).collect::<Vec<_>>().join("/")
        };
        self.entries.iter().map(|(key, (_, file))| (spelled(key), file.map(|f| &self.files[f]))).collect()
    }
}

/// Every path below a directory, with contents of files.
fn walk(fs: &ImageFs, ino: u64, prefix: &str, out: &mut Vec<(String, Option<Vec<u8>>)>) {
    let mut found = Vec::new();
    fs.read_dir(ino, None, 0, &mut |_, name, ino, kind, attr| {
        assert_eq!((attr().ino, attr().kind), (ino, kind));
        found.push((String::from_utf8(name.to_vec()).unwrap(), ino, kind));
        false
    })
    .unwrap();
    for (name, ino, kind) in found {
        let path = format!("{prefix}{name}");
        if kind == Kind::Directory {
            out.push((path.clone(), None));
            walk(fs, ino, &format!("{path}/"), out);
        } else {
            let handle = fs.open(ino, false).unwrap();
            let data = fs.read(ino, handle, 0, 1000).unwrap();
            assert_eq!(data.len() as u64, fs.attr(ino).unwrap().size);
            fs.release(handle);
            out.push((path, Some(data)));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]
    #[test]
    fn changes_are_those_of_a_model_and_come_back_from_the_journal(ops in prop::collection::vec(op(), 1..60)) {
        let dir = tempfile::tempdir().unwrap();
        let wim = blank();
        let fs = ImageFs::new(&wim, 1, Some(dir.path())).unwrap();
        let mut model = Model::default();
        for op in &ops {
            let mut changed = model.clone();
            let possible = changed.make(op);
            let done = make(&fs, op);
            prop_assert_eq!(done.is_ok(), possible, "{:?}: {:?}", op, done);
            if possible {
                model = changed;
            }
        }
        let mut expected: Vec<_> = model.paths().into_iter().map(|(p, f)| (p, f.cloned())).collect();
        let mut seen = Vec::new();
        walk(&fs, 1, "", &mut seen);
        seen.sort();
        expected.sort();
        prop_assert_eq!(&seen, &expected);
        drop(fs);
        let back = overlay(&wim, 1, dir.path()).unwrap();
        prop_assert_eq!(back.is_changed(), has_changes(dir.path()).unwrap());
        let metadata = back.metadata();
        prop_assert_eq!(metadata.walk(metadata.root()).count(), expected.len() + 1);
        for (path, contents) in &expected {
            let path = ImagePath::parse(path).unwrap();
            let entry = back.stat(&path).unwrap().unwrap();
            prop_assert_eq!(entry.is_dir, contents.is_none());
            if let Some(contents) = contents {
                prop_assert_eq!(&back.read(&path, 1000).unwrap(), contents);
            }
        }
    }
}

#[test]
fn what_has_no_overlay_is_not_changed() {
    let fs = ImageFs::new(&blank(), 1, None).unwrap();
    assert!(!fs.is_writable());
    assert_eq!(fs.create(1, b"x", true).unwrap_err(), Errno::ROFS);
    assert_eq!(fs.make_dir(1, b"x").unwrap_err(), Errno::ROFS);
    assert_eq!(fs.set_xattr(1, b"user.x", b"", false, false).unwrap_err(), Errno::ROFS);
    assert_eq!(fs.lookup(1, b"x").unwrap_err(), Errno::NOENT);
    assert_eq!(fs.lookup(999, b"x").unwrap_err(), Errno::STALE);
    assert_eq!(fs.attr(0).unwrap_err(), Errno::STALE);
}

#[test]
fn a_journal_that_does_not_fit_is_refused() {
    use super::journal::{Journal, Record};
    for record in [
        Record::Remove { dentry: 7, time: 0 },
        Record::Attributes { inode: 7, attributes: 0 },
        Record::Create { dir: 9, name: vec![97], attributes: 0, tag: 0, content: None, time: 0 },
        Record::Remove { dentry: 0, time: 0 },
    ] {
        let dir = tempfile::tempdir().unwrap();
        Journal::create(&dir.path().join("journal")).unwrap().append(&record).unwrap();
        let kind = overlay(&blank(), 1, dir.path()).err().map(|e| e.kind());
        assert_eq!(kind, Some(crate::ErrorKind::Malformed), "{record:?}");
    }
}
