//! The new tree: files that stay as they are share their blocks with the medium's or are further names of them, so none is
//! ever written to. What changes is written beside its place and put there by a rename.

use super::medium::{Medium, key, shown};
use super::report::{ChangedFile, FileChange, Source, Unchanged};
use crate::base::{Meter, Phase, Progress, Sha256Digest, TeeHasher};
use crate::error::{Error, ErrorKind, Result};
use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// Copied between two looks at the cancel flag.
const PIECE: u64 = 8 << 20;

/// The tree that is being made. In a dry run there is none, and all is told as if.
pub(super) struct Tree {
    root: Option<PathBuf>,
    medium: PathBuf,
    /// What is in it, by key, as it is spelled.
    names: HashMap<String, PathBuf>,
    /// Digests of files that were put there, in a dry run too.
    put: HashMap<String, (u64, Sha256Digest)>,
    pub changed: Vec<ChangedFile>,
    /// What is there as on the medium, how it came, and its size.
    shared: HashMap<String, (Option<Way>, u64)>,
}

impl Tree {
    /// Makes the tree at `root` with the folders of the medium.
    pub fn new(root: Option<PathBuf>, medium: &Medium) -> Result<Self> {
        let names = medium.folders.iter().map(|f| (key(f), f.clone())).collect();
        if let Some(root) = &root {
            for folder in std::iter::once(Path::new("")).chain(medium.folders.iter().map(PathBuf::as_path)) {
                let path = root.join(folder);
                std::fs::create_dir(&path).map_err(|e| Error::io("make the folder", &path, e))?;
            }
        }
        let (medium, put, shared) = (medium.root.clone(), HashMap::new(), HashMap::new());
        Ok(Self { root, medium, names, put, changed: Vec::new(), shared })
    }

    /// Takes over the files of the medium, but for those that `leave` names.
    pub fn share(
        &mut self,
        medium: &Medium,
        leave: &[&Path],
        hard_links: bool,
        progress: &Progress,
    ) -> Result<()> {
        let files = || medium.files.iter().filter(|f| !leave.contains(&f.path.as_path()));
        let meter = progress.begin(Phase::Copy, files().count() as u64, files().map(|f| f.size).sum());
        let mut ways = Ways { clone: true, link: hard_links };
        for file in files() {
            self.names.insert(key(&file.path), file.path.clone());
            let way = match &self.root {
                Some(root) => Some(ways.take(&medium.full(file), &root.join(&file.path), &meter)?),
                None => None,
            };
            self.shared.insert(key(&file.path), (way, file.size));
            let counted = if matches!(way, Some(Way::Copy)) { 0 } else { file.size };
            meter.done(&shown(&file.path), counted)?;
        }
        Ok(())
    }

    /// What the tree calls the file at `path`; folders and spelling as they are there.
    fn spelled(&self, path: &Path) -> PathBuf {
        let mut out = PathBuf::new();
        for part in path.components() {
            out.push(part);
            if let Some(known) = self.names.get(&key(&out)) {
                out.clone_from(known);
            }
        }
        out
    }

    /// Files of the tree with one of these names, in any folder.
    pub fn named(&self, names: &[&str]) -> Vec<PathBuf> {
        let is = |path: &&PathBuf| {
            path.file_name()
                .is_some_and(|n| names.iter().any(|w| n.to_string_lossy().eq_ignore_ascii_case(w)))
        };
        let mut found: Vec<PathBuf> = self.names.values().filter(is).cloned().collect();
        found.sort();
        found
    }

    /// Whether there is a file or folder of that path.
    pub fn has(&self, path: &str) -> bool {
        self.names.contains_key(&key(Path::new(path)))
    }

    /// The processor that the program at `path` is for, where it is one.
    pub fn machine(&self, path: &Path) -> Result<Option<u16>> {
        let full = self.root.as_ref().unwrap_or(&self.medium).join(self.spelled(path));
        if !full.is_file() {
            return Ok(None);
        }
        let mut head = Vec::new();
        let file = File::open(&full).map_err(|e| Error::io("open the file", &full, e))?;
        file.take(64 << 10).read_to_end(&mut head).map_err(|e| Error::io("read the file", &full, e))?;
        Ok(super::boot::machine(&head))
    }

    /// Puts `from`, a file that lies on the tree's disk and is no longer needed where it is, to `path`.
    pub fn put_image(&mut self, path: &Path, from: &Path, size: u64, sha256: Sha256Digest) -> Result<()> {
        let spelled = self.spelled(path);
        if let Some(root) = &self.root {
            let to = root.join(&spelled);
            std::fs::rename(from, &to).map_err(|e| Error::io("put the image into its place", &to, e))?;
        }
        self.record(&spelled, Source::Servicing, FileChange::Replaced, Some((size, sha256)));
        Ok(())
    }

    /// Tells of an image that a dry run did not make.
    pub fn would_put_image(&mut self, path: &Path) {
        let spelled = self.spelled(path);
        self.record(&spelled, Source::Servicing, FileChange::Replaced, None);
    }

    /// Puts what `content` reads to `path`; the path as the tree spells it.
    pub fn put(
        &mut self,
        path: &Path,
        content: &mut dyn Read,
        source: Source,
        meter: &Meter,
    ) -> Result<PathBuf> {
        let spelled = self.spelled(path);
        let Some(root) = &self.root else {
            let (_, _, sha256, size) = pass(content, std::io::sink(), meter)?.finish();
            let before = match self.put.get(&key(&spelled)) {
                Some(put) => Some(*put),
                None if self.names.contains_key(&key(&spelled)) => {
                    Some(digest(&self.medium.join(&spelled), meter)?)
                }
                None => None,
            };
            self.record(&spelled, source, changed(before, (size, sha256)), Some((size, sha256)));
            return Ok(spelled);
        };
        let to = root.join(&spelled);
        if to.is_dir() {
            let e = Error::new(ErrorKind::AlreadyExists, "is a folder; a file is to be written there");
            return Err(e.with_path(to.display()));
        }
        let folder = to.parent().unwrap_or(root);
        std::fs::create_dir_all(folder).map_err(|e| Error::io("make the folder", folder, e))?;
        let new = folder.join(".refresh.new");
        let file = File::create(&new).map_err(|e| Error::io("make the file", &new, e))?;
        let (file, _, sha256, size) = pass(content, file, meter)?.finish();
        let before = if to.exists() { Some(digest(&to, meter)?) } else { None };
        let change = changed(before, (size, sha256));
        if change == FileChange::Same {
            std::fs::remove_file(&new).map_err(|e| Error::io("remove the file", &new, e))?;
        } else {
            file.sync_all().map_err(|e| Error::io("write the file through to the disk", &new, e))?;
            std::fs::rename(&new, &to).map_err(|e| Error::io("put the file into its place", &to, e))?;
        }
        self.record(&spelled, source, change, Some((size, sha256)));
        Ok(spelled)
    }

    fn record(&mut self, path: &Path, source: Source, change: FileChange, what: Option<(u64, Sha256Digest)>) {
        if change != FileChange::Same {
            self.shared.remove(&key(path));
        }
        let mut above = PathBuf::new();
        for part in path.components() {
            above.push(part);
            self.names.entry(key(&above)).or_insert_with(|| above.clone());
        }
        if let Some(what) = what {
            self.put.insert(key(path), what);
        }
        let (size, sha256) = what.unzip();
        self.changed.push(ChangedFile { path: shown(path), source, change, size, sha256 });
    }

    /// The files that are as they were.
    pub fn unchanged(&self) -> Unchanged {
        let mut all = Unchanged::default();
        for (way, size) in self.shared.values() {
            all.files += 1;
            all.bytes += size;
            match way {
                Some(Way::Clone) => all.cloned += 1,
                Some(Way::Link) => all.hard_linked += 1,
                Some(Way::Copy) => all.copied += 1,
                None => {}
            }
        }
        all
    }
}

fn changed(before: Option<(u64, Sha256Digest)>, now: (u64, Sha256Digest)) -> FileChange {
    match before {
        None => FileChange::Added,
        Some(before) if before == now => FileChange::Same,
        Some(_) => FileChange::Replaced,
    }
}

/// Copies all of `from`, hashing it.
fn pass<W: Write>(from: &mut dyn Read, to: W, meter: &Meter) -> Result<TeeHasher<W>> {
    let mut to = TeeHasher::new(to);
    loop {
        let n =
            std::io::copy(&mut from.take(PIECE), &mut to).map_err(|e| Error::from_io("copy the file", e))?;
        if n == 0 {
            return Ok(to);
        }
        meter.add_bytes(n)?;
    }
}

/// Size and digest of a file.
pub(super) fn digest(path: &Path, meter: &Meter) -> Result<(u64, Sha256Digest)> {
    let mut file = File::open(path).map_err(|e| Error::io("open the file", path, e))?;
    let (_, _, sha256, size) =
        pass(&mut file, std::io::sink(), meter).map_err(|e| e.with_path(path.display()))?.finish();
    Ok((size, sha256))
}

/// How a file came into the tree.
#[derive(Clone, Copy)]
enum Way {
    Clone,
    Link,
    Copy,
}

/// The ways that are still open: one that failed is not tried again for each of a thousand files.
struct Ways {
    clone: bool,
    link: bool,
}

impl Ways {
    fn take(&mut self, from: &Path, to: &Path, meter: &Meter) -> Result<Way> {
        if self.clone {
            if clone(from, to).is_ok() {
                return Ok(Way::Clone);
            }
            self.clone = false;
        }
        if self.link {
            if std::fs::hard_link(from, to).is_ok() {
                return Ok(Way::Link);
            }
            self.link = false;
        }
        let failed = |e| Error::io("copy the file", from, e);
        let mut source = File::open(from).map_err(failed)?;
        let mut copy = File::create_new(to).map_err(|e| Error::io("make the file", to, e))?;
        loop {
            let n = std::io::copy(&mut (&mut source).take(PIECE), &mut copy).map_err(failed)?;
            if n == 0 {
                break;
            }
            meter.add_bytes(n)?;
        }
        if let Ok(time) = source.metadata().and_then(|m| m.modified()) {
            copy.set_modified(time).map_err(|e| Error::io("set the time", to, e))?;
        }
        copy.sync_all().map_err(|e| Error::io("write the file through to the disk", to, e))?;
        Ok(Way::Copy)
    }
}

/// Shares the blocks of `from`, where the file system can.
#[cfg(target_os = "linux")]
fn clone(from: &Path, to: &Path) -> std::io::Result<()> {
    let source = File::open(from)?;
    let copy = File::create_new(to)?;
    if let Err(e) = rustix::fs::ioctl_ficlone(&copy, &source) {
        std::fs::remove_file(to)?;
        return Err(e.into());
    }
    copy.set_modified(source.metadata()?.modified()?)
}

#[cfg(not(target_os = "linux"))]
fn clone(_: &Path, _: &Path) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}
