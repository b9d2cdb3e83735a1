//! Random edits against a plain model, and the rules that a model does not show.

use super::*;
use crate::base::{BlobSource, ImageTree, Name, Progress};
use crate::codec::wimlib::Compression;
use crate::wim::OpenOptions;
use crate::wim::commit::tests::{blank_wim, path};
use crate::wim::commit::{CommitOptions, commit};
use crate::wim::metadata::attributes;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn blank() -> WimFile {
    let bytes = blank_wim(Compression::Lzx, 1 << 15, 1, false);
    WimFile::open_source(Arc::new(bytes), &OpenOptions::new()).unwrap()
}

#[derive(Clone, Debug)]
enum Op {
    Put(String, Vec<u8>),
    Mkdir(String),
    Remove(String),
    Rename(String, String),
    Link(String, String),
    Stream(String, Vec<u8>),
}

/// Contents that are not in memory, as far as an overlay can tell: the commit works out their digest.
struct Opaque(Vec<u8>);

impl BlobSource for Opaque {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn open(&self) -> Result<Box<dyn std::io::Read + Send + '_>> {
        Ok(Box::new(self.0.as_slice()))
    }
}

fn content(data: &[u8]) -> Content {
    match data {
        [first, ..] if first % 2 == 1 => Content::new(Arc::new(Opaque(data.to_vec()))),
        _ => data.to_vec().into(),
    }
}

fn op() -> impl Strategy<Value = Op> {
    let name = prop::sample::select(vec!["a", "A", "b", "B", "c", "dd", "Ä", "ä"]);
    let path = || prop::collection::vec(name.clone(), 1..4).prop_map(|names| names.join("\\"));
    prop_oneof![
        4 => (path(), prop::collection::vec(any::<u8>(), 0..4)).prop_map(|(p, d)| Op::Put(p, d)),
        1 => path().prop_map(Op::Mkdir),
        1 => path().prop_map(Op::Remove),
        2 => (path(), path()).prop_map(|(a, b)| Op::Rename(a, b)),
        2 => (path(), path()).prop_map(|(a, b)| Op::Link(a, b)),
        1 => (path(), prop::collection::vec(any::<u8>(), 0..4)).prop_map(|(p, d)| Op::Stream(p, d)),
    ]
}

/// Lower-case path to its spelling and, for a file, the number of its contents.
#[derive(Default)]
struct Model {
    entries: BTreeMap<Vec<String>, (String, Option<usize>)>,
    /// Contents and, where there is one, the contents of a named stream.
    files: Vec<(Vec<u8>, Option<Vec<u8>>)>,
}

type Key = Vec<String>;

impl Model {
    fn key(path: &str) -> (Key, Vec<String>) {
        (path.split('\\').map(str::to_lowercase).collect(), path.split('\\').map(str::to_owned).collect())
    }

    fn parents(&mut self, path: &str) -> bool {
        let (key, spelled) = Self::key(path);
        if (1..key.len()).any(|n| matches!(self.entries.get(&key[..n]), Some((_, Some(_))))) {
            return false;
        }
        for n in 1..key.len() {
            self.entries.entry(key[..n].to_vec()).or_insert((spelled[n - 1].clone(), None));
        }
        true
    }

    fn apply(&mut self, op: &Op) -> bool {
        match op {
            Op::Put(path, data) => {
                let (key, spelled) = Self::key(path);
                let known = self.entries.get(&key).cloned();
                if matches!(known, Some((_, None))) || !self.parents(path) {
                    return false;
                }
                let stream = known.as_ref().and_then(|(_, file)| self.files[(*file)?].1.clone());
                self.files.push((data.clone(), stream));
                let spelling = known.map_or(spelled.last().unwrap().clone(), |(s, _)| s);
                self.entries.insert(key, (spelling, Some(self.files.len() - 1)));
                true
            }
            Op::Mkdir(path) => {
                let (key, spelled) = Self::key(path);
                if matches!(self.entries.get(&key), Some((_, Some(_)))) || !self.parents(path) {
                    return false;
                }
                self.entries.entry(key).or_insert((spelled.last().unwrap().clone(), None));
                true
            }
            Op::Remove(path) => {
                let (key, _) = Self::key(path);
                let found = self.entries.contains_key(&key);
                self.entries.retain(|k, _| !k.starts_with(&key));
                found
            }
            Op::Rename(from, to) => {
                let ((from, _), (to_key, spelled)) = (Self::key(from), Self::key(to));
                let inside = to_key.starts_with(&from) && to_key != from;
                let taken = self.entries.contains_key(&to_key) && to_key != from;
                if !self.entries.contains_key(&from) || inside || taken || !self.parents(to) {
                    return false;
                }
                let (moved, kept) =
                    std::mem::take(&mut self.entries).into_iter().partition(|(k, _)| k.starts_with(&from));
                self.entries = kept;
                let moved: BTreeMap<Key, _> = moved;
                for (key, mut value) in moved {
                    if key == from {
                        value.0 = spelled.last().unwrap().clone();
                    }
                    self.entries.insert([&to_key, &key[from.len()..]].concat(), value);
                }
                true
            }
            Op::Link(from, to) => {
                let ((from, _), (to_key, spelled)) = (Self::key(from), Self::key(to));
                let Some((_, Some(file))) = self.entries.get(&from).cloned() else { return false };
                if self.entries.contains_key(&to_key) || !self.parents(to) {
                    return false;
                }
                self.entries.insert(to_key, (spelled.last().unwrap().clone(), Some(file)));
                true
            }
            Op::Stream(path, data) => {
                let Some((_, Some(file))) = self.entries.get(&Self::key(path).0) else { return false };
                self.files[*file].1 = Some(data.clone());
                true
            }
        }
    }

    fn is_file(&self, path: &str) -> bool {
        matches!(self.entries.get(&Self::key(path).0), Some((_, Some(_))))
    }

    fn links(&self, file: usize) -> usize {
        self.entries.values().filter(|(_, f)| *f == Some(file)).count()
    }
}

fn apply(overlay: &mut Overlay, op: &Op) -> bool {
    match op {
        Op::Put(p, data) => overlay.put(&path(p), content(data)),
        Op::Mkdir(p) => overlay.mkdir(&path(p)),
        Op::Remove(p) => overlay.remove(&path(p)),
        Op::Rename(a, b) => overlay.rename(&path(a), &path(b)),
        Op::Link(a, b) => overlay.hard_link(&path(a), &path(b)),
        Op::Stream(p, data) => overlay.put_stream(&path(p), &Name::from("stream"), content(data)),
    }
    .is_ok()
}

fn compare(overlay: &Overlay, model: &Model) {
    let metadata = overlay.metadata();
    assert_eq!(metadata.walk(metadata.root()).count() - 1, model.entries.len());
    for (key, (spelling, file)) in &model.entries {
        let path = path(&key.join("\\"));
        let entry = overlay.stat(&path).unwrap().unwrap_or_else(|| panic!("{path} is missing"));
        assert_eq!((entry.name.to_string(), entry.is_dir), (spelling.clone(), file.is_none()));
        if let Some(file) = *file {
            let data = overlay.read(&path, 99).unwrap();
            let (expected, stream) = &model.files[file];
            assert_eq!((&data, data.len() as u64), (expected, entry.size));
            let found = overlay.stream(&path, &Name::from("STREAM")).ok();
            assert_eq!(found.map(|blob| crate::base::read_all(&*blob).unwrap()), *stream);
            let inode = metadata.inode_of(metadata.lookup(&path).unwrap());
            assert_eq!(inode.links() as usize, model.links(file));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn random_edits_do_as_the_model(first in prop::collection::vec(op(), 1..40), then in prop::collection::vec(op(), 1..20)) {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("x.wim");
        std::fs::write(&file, blank_wim(Compression::Lzx, 1 << 15, 1, false)).unwrap();
        let mut model = Model::default();
        for ops in [first, then] {
            let wim = WimFile::open(&file, &OpenOptions::new()).unwrap();
            let mut overlay = Overlay::new(&wim, 1).unwrap();
            compare(&overlay, &model);
            for op in &ops {
                // Directories may have streams too, but not in the model.
                if matches!(op, Op::Stream(p, _) if !model.is_file(p)) {
                    continue;
                }
                assert_eq!(apply(&mut overlay, op), model.apply(op), "{op:?}");
                compare(&overlay, &model);
            }
            commit(&wim, vec![overlay], &CommitOptions::default(), &Progress::none()).unwrap();
        }
        let wim = WimFile::open(&file, &OpenOptions::new()).unwrap();
        compare(&Overlay::new(&wim, 1).unwrap(), &model);
        // What the table counts is what the tree refers to.
        let mut used: BTreeMap<_, u32> = BTreeMap::new();
        for (_, file) in model.entries.values() {
            let Some(file) = file else { continue };
            let (data, stream) = &model.files[*file];
            for data in [data, stream.as_ref().unwrap_or(&Vec::new())] {
                if !data.is_empty() {
                    *used.entry(crate::base::sha1(data)).or_default() += 1;
                }
            }
        }
        let counted: BTreeMap<_, _> = wim.blobs().iter().map(|b| (b.sha1, b.ref_count)).collect();
        assert_eq!(counted, used);
    }
}

#[test]
fn replacing_keeps_what_is_not_content() {
    let mut o = Overlay::new(&blank(), 1).unwrap();
    let (a, b) = (path("a"), path("b"));
    o.set_clock(Some(FileTime(7)));
    o.put(&a, b"old".to_vec()).unwrap();
    o.set_attributes(&a, attributes::HIDDEN | attributes::SYSTEM | attributes::DIRECTORY).unwrap();
    o.set_security(&a, Some(b"descriptor")).unwrap();
    o.set_short_name(&a, &Name::from("A~1")).unwrap();
    o.put_stream(&a, &Name::from("Zone"), b"stream".to_vec()).unwrap();
    o.hard_link(&a, &b).unwrap();
    o.set_clock(Some(FileTime(9)));
    o.put(&a, b"new".to_vec()).unwrap();
    assert_eq!((o.read(&a, 9).unwrap(), o.read(&b, 9).unwrap()), (b"new".to_vec(), b"old".to_vec()));
    assert_eq!(o.stat(&a).unwrap().unwrap().attributes, attributes::HIDDEN | attributes::SYSTEM);
    assert_eq!(o.security(&a).unwrap(), Some(&b"descriptor"[..]));
    assert_eq!(o.times(&a).unwrap(), Times { creation: 7, access: 7, write: 9 });
    for p in [&a, &b] {
        assert_eq!(crate::base::read_all(&*o.stream(p, &Name::from("ZONE")).unwrap()).unwrap(), b"stream");
    }
    let id = o.metadata().lookup(&a).unwrap();
    assert_eq!(o.metadata().dentry(id).short_name(), &Name::from("A~1"));
    // A respelled name keeps its short name, another one does not.
    o.rename(&a, &path("A")).unwrap();
    assert_eq!(o.metadata().dentry(id).short_name(), &Name::from("A~1"));
    o.rename(&a, &path("sub\\c")).unwrap();
    assert!(o.metadata().dentry(id).short_name().is_empty());
    let changes = o.changes();
    assert_eq!((changes.added, changes.replaced, changes.renamed, changes.directories), (1, 1, 2, 1));
    o.set_security(&b, None).unwrap();
    assert_eq!(o.security(&b).unwrap(), None);
}

#[test]
fn bad_requests_change_nothing() {
    let mut o = Overlay::new(&blank(), 1).unwrap();
    o.put(&path("dir\\file"), b"x".to_vec()).unwrap();
    let before = o.changes();
    let name = |text: &str| ImagePath::root().join(Name::from(text));
    let data = || b"x".to_vec();
    for bad in [name(""), name(".."), name("a\\b"), name("a:b"), name("a\0"), name(&"n".repeat(256))] {
        assert_eq!(o.put(&bad, data()).unwrap_err().kind(), ErrorKind::UnsafePath, "{bad}");
        assert_eq!(
            o.mkdir(&path("new").join(bad.names()[0].clone())).unwrap_err().kind(),
            ErrorKind::UnsafePath
        );
    }
    assert_eq!(o.put(&path("dir"), data()).unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert_eq!(o.put(&path("dir\\file\\x"), data()).unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert_eq!(o.put(&ImagePath::root(), data()).unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert_eq!(o.remove(&ImagePath::root()).unwrap_err().kind(), ErrorKind::InvalidArgument);
    assert_eq!(o.remove(&path("no")).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(o.rename(&path("dir"), &path("dir\\sub")).unwrap_err().kind(), ErrorKind::InvalidArgument);
    assert_eq!(o.hard_link(&path("dir"), &path("d2")).unwrap_err().kind(), ErrorKind::InvalidArgument);
    assert_eq!(o.read(&path("dir"), 9).unwrap_err().kind(), ErrorKind::InvalidArgument);
    assert_eq!(o.list(&path("dir\\file")).unwrap_err().kind(), ErrorKind::InvalidArgument);
    o.put(&path("long"), vec![0; 10]).unwrap();
    assert_eq!(o.read(&path("long"), 9).unwrap_err().kind(), ErrorKind::LimitExceeded);
    o.remove(&path("long")).unwrap();
    assert_eq!(o.changes(), Changes { added: before.added + 1, removed: 1, ..before });
}

#[test]
fn a_directory_of_100_000_entries_is_quick() {
    let mut o = Overlay::new(&blank(), 1).unwrap();
    let dir = path("Windows\\WinSxS\\Manifests");
    let name = |i: usize| dir.join(Name::from(format!("amd64_component-{i}.manifest").as_str()));
    let start = std::time::Instant::now();
    for i in 0..100_000 {
        o.put(&name(i), vec![1]).unwrap();
    }
    for i in (0..100_000).step_by(2) {
        o.remove(&name(i)).unwrap();
    }
    for i in (1..100_000).step_by(2) {
        assert!(o.stat(&name(i)).unwrap().is_some());
    }
    assert_eq!(o.list(&dir).unwrap().len(), 50_000);
    let elapsed = start.elapsed();
    eprintln!("200,000 changes and look-ups in {elapsed:?}");
    assert!(elapsed.as_secs() < 20, "{elapsed:?}");
    let data = o.metadata().to_bytes().unwrap();
    assert_eq!(Metadata::parse(&data, &crate::base::Limits::default()).unwrap().dentries.len(), 50_004);
}
