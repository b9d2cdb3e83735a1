//! Images to compare entry by entry, and folders to capture.

use std::collections::BTreeMap;
use std::os::unix::fs::symlink;
use std::path::Path;
use wimwright::base::{Progress, Sha1Digest};
use wimwright::wim::metadata::{Inode, Times};
use wimwright::wim::{OpenOptions, VerifyOptions, WimFile};

pub fn open(wim: &Path) -> WimFile {
    WimFile::open(wim, &OpenOptions::new()).unwrap()
}

/// All that is stored of an entry; its names' units stand for the path.
pub type Exact = BTreeMap<Vec<Vec<u16>>, (Vec<u16>, Inode, Option<Vec<u8>>)>;

/// Every entry of an image with every field.
pub fn exact(wim: &WimFile, index: u32) -> Exact {
    let metadata = wim.image(index).unwrap();
    let all = metadata.walk(metadata.root());
    all.map(|id| {
        let path = metadata.path(id).names().iter().map(|name| name.units().to_vec()).collect();
        let (dentry, inode) = (metadata.dentry(id), metadata.inode_of(id));
        let security = metadata.security().get(inode.security_id()).map(<[u8]>::to_vec);
        (path, (dentry.short_name().units().to_vec(), inode.clone(), security))
    })
    .collect()
}

/// What two programs must agree on of an entry.
#[derive(Debug, PartialEq, Eq)]
pub struct Shape {
    attributes: u32,
    times: Times,
    data: (Sha1Digest, u64),
    reparse: Option<(u32, Sha1Digest)>,
    /// The first path of the same file.
    first: String,
    links: u32,
}

impl Shape {
    /// When it was last read is nobody's.
    pub fn forget_access(&mut self) {
        self.times.access = 0;
    }
}

/// The entries of an image as any program sees them.
pub fn shape(wim: &WimFile, index: u32) -> BTreeMap<String, Shape> {
    let metadata = wim.image(index).unwrap();
    let mut all: Vec<_> = metadata.walk(metadata.root()).map(|id| (path_text(&metadata, id), id)).collect();
    all.sort();
    let mut firsts = BTreeMap::new();
    all.into_iter()
        .map(|(path, id)| {
            let inode = metadata.inode_of(id);
            let sha1 = inode.data_sha1();
            let size = wim.blob(&sha1).map_or(0, |blob| blob.size);
            let first = firsts.entry(metadata.dentry(id).inode()).or_insert(path.clone());
            let shape = Shape {
                attributes: inode.attributes(),
                times: inode.times(),
                data: (sha1, size),
                reparse: inode.reparse_tag().zip(inode.reparse_sha1()),
                first: first.clone(),
                links: inode.links(),
            };
            (path, shape)
        })
        .collect()
}

fn path_text(
    metadata: &wimwright::wim::metadata::Metadata,
    id: wimwright::wim::metadata::DentryId,
) -> String {
    let path = metadata.path(id);
    path.names().iter().flat_map(|name| ["\\".to_owned(), String::from_utf16_lossy(name.units())]).collect()
}

/// Panics with the first entries where two images differ.
pub fn same<K: Ord + std::fmt::Debug, V: PartialEq + std::fmt::Debug>(
    a: &BTreeMap<K, V>,
    b: &BTreeMap<K, V>,
    what: &str,
) {
    let keys: std::collections::BTreeSet<_> = a.keys().chain(b.keys()).collect();
    let differ: Vec<_> = keys.into_iter().filter(|k| a.get(k) != b.get(k)).take(4).collect();
    let shown: Vec<_> =
        differ.iter().map(|k| format!("{k:?}:\n  {:?}\n  {:?}", a.get(k), b.get(k))).collect();
    assert!(differ.is_empty(), "{what}:\n{}", shown.join("\n"));
}

/// Fails unless we, wimlib and 7z find nothing wrong with the file.
pub fn judged(wim: &Path, sevenzip: bool) {
    let report = open(wim).verify(&VerifyOptions::default(), &Progress::none()).unwrap();
    assert!(report.problems.is_empty(), "{:?}", report.problems);
    if crate::common::tool("wimlib-imagex").is_some() {
        crate::common::run("wimlib-imagex", ["verify".as_ref(), wim.as_os_str()]);
    }
    if sevenzip && crate::common::tool("7z").is_some() {
        crate::common::run("7z", ["t".as_ref(), wim.as_os_str()]);
    }
}

/// Numbers that look random.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }

    /// Bytes: text, noise or zeros.
    pub fn bytes(&mut self, len: usize) -> Vec<u8> {
        match self.below(4) {
            0 => vec![0; len],
            1 => (0..len).map(|_| self.below(256) as u8).collect(),
            _ => {
                let seed = self.below(1000);
                (0..).flat_map(|i: usize| format!("line {i} of {seed}\n").into_bytes()).take(len).collect()
            }
        }
    }

    /// A name that Unix can have and an image too.
    pub fn name(&mut self, number: usize) -> std::ffi::OsString {
        use std::os::unix::ffi::OsStringExt;
        let odd: [&[u8]; 12] = [
            b"plain.txt",
            b"UPPER.TXT",
            b"with space ",
            b"dots..",
            b"con",
            b"a:b*c?",
            b"tab\tnew\nline",
            "\u{e9}\u{1F600}\u{304b}".as_bytes(),
            b"lone\xED\xA0\xBDhigh",
            b"\xED\xB0\x80lone low",
            b"back\\slash",
            b"very long name that goes on and on and on and on and on and on and on and on and on and on",
        ];
        let mut name = odd[self.below(odd.len())].to_vec();
        if self.below(8) > 0 {
            name.extend(format!(" {number}").into_bytes());
        }
        std::ffi::OsString::from_vec(name)
    }
}

/// Fills a folder: odd names, empty and large files, links of both kinds, times.
pub fn random_tree(root: &Path, random: &mut Random, entries: usize) {
    std::fs::create_dir_all(root).unwrap();
    let (mut dirs, mut files) = (vec![root.to_owned()], Vec::new());
    for number in 0..entries {
        let dir = dirs[random.below(dirs.len())].clone();
        let path = dir.join(random.name(number));
        if path.symlink_metadata().is_ok() {
            continue;
        }
        match random.below(10) {
            0 | 1 if path.as_os_str().len() < 1500 => {
                std::fs::create_dir(&path).unwrap();
                dirs.push(path);
            }
            2 if !files.is_empty() => {
                let file: &std::path::PathBuf = &files[random.below(files.len())];
                std::fs::hard_link(file, &path).unwrap();
            }
            3 => {
                let (file, inside) = (format!("{}/x", root.display()), root.display().to_string());
                let targets = [
                    "plain.txt",
                    "../up",
                    ".",
                    "/etc/hostname",
                    "/no/where",
                    "a\\b",
                    &file,
                    &inside,
                    "//usr//lib/",
                ];
                symlink(targets[random.below(targets.len())], &path).unwrap();
            }
            n => {
                let len = [0, 1, 700, 5_000, 33_000, 70_000, 200_000][random.below(7)];
                std::fs::write(&path, random.bytes(if n == 9 { 3 * len } else { len })).unwrap();
                let time = std::time::UNIX_EPOCH
                    + std::time::Duration::new(
                        random.below(2_000_000_000) as u64,
                        random.below(10_000_000) as u32 * 100,
                    );
                let file = std::fs::File::options().write(true).open(&path).unwrap();
                file.set_modified(time).unwrap();
                files.push(path);
            }
        }
    }
}
