//! References: WIMs that lend their blobs to one that left them out, a delta WIM.

use super::cache::ChunkCache;
use super::file::{Inner, OpenOptions, WimFile, read_header};
use super::parts::find_part;
use super::resource::Resource;
use super::solid::{Places, StoredBlob};
use crate::base::{FileAt, Sha1Digest, Source};
use crate::error::{Error, ErrorKind, Result};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

/// The error where no WIM that was named has a blob.
pub(super) fn missing(sha1: &Sha1Digest) -> Error {
    let message = format!(
        "its contents (blob {sha1}) are not in the WIM; of a delta WIM, --ref names the WIMs that have the rest"
    );
    Error::new(ErrorKind::NotFound, message)
}

impl WimFile {
    /// The same WIM, with blobs that it does not hold looked up in `others`, in their order.
    ///
    /// Only reading goes there: its list of blobs, its size and what a commit changes stay its own. An
    /// [`export`](super::write::export) of it is whole.
    ///
    /// ```
    /// use wimwright::base::{ImagePath, ImageTree, Progress};
    /// use wimwright::wim::{OpenOptions, WimFile};
    ///
    #[doc = include_str!("../../docs/doctest/image.md")]
    /// # let dir = tempfile::tempdir()?;
    /// let base = sample_image(dir.path())?;
    /// # let delta = dir.path().join("delta.wim");
    /// # let wim = WimFile::open(&base, &OpenOptions::new())?;
    /// # wimwright::wim::write::export(&wim, &[1], &delta, &Default::default(), &Progress::none())?;
    /// // What `delta` lacks is read from `base`: named by path, with `*` where there are many, or open already.
    /// let others = WimFile::open_all(&[base], &OpenOptions::new())?;
    /// let wim = WimFile::open(&delta, &OpenOptions::new())?.with_references(&others);
    /// let path = ImagePath::parse(r"Windows\System32\notepad.exe")?;
    /// assert_eq!(wim.view(1)?.read(&path, 100)?, b"MZ: a program");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_references(self, others: &[Self]) -> Self {
        if others.is_empty() {
            return self;
        }
        let mut inner = Arc::try_unwrap(self.inner).unwrap_or_else(|shared| shared.again());
        for other in others {
            inner.lend(&other.inner);
        }
        Self { inner: Arc::new(inner) }
    }

    /// With the references that the options name.
    pub(super) fn lent(self, references: &[PathBuf], options: &OpenOptions) -> Result<Self> {
        Ok(self.with_references(&Self::open_all(references, options)?))
    }

    /// Opens WIMs, ESDs and parts of split sets to take blobs from, each part by itself. In a file's name `*` and `?`
    /// stand for all files that match; the first part of a set brings those beside it along.
    pub fn open_all(paths: &[PathBuf], options: &OpenOptions) -> Result<Vec<Self>> {
        let mut opened = HashSet::new();
        let mut all = Vec::new();
        let mut open = |path: &Path| -> Result<u16> {
            let source: Source = Arc::new(FileAt::open(path)?);
            let header = read_header(&*source).map_err(|e| e.with_path(path.display()))?;
            let total = if header.part_number == 1 { header.total_parts } else { 1 };
            if opened.insert(path.canonicalize().unwrap_or_else(|_| path.to_owned())) {
                all.push(Self::load(vec![source], &[header], options, Some(path.to_owned()))?);
            }
            Ok(total)
        };
        for pattern in paths {
            for path in matching(pattern)? {
                let total = open(&path)?;
                for number in 2..=total {
                    // A part that is not there is missed when a blob of it is.
                    if let Ok(part) = find_part(&path, number, total) {
                        open(&part)?;
                    }
                }
            }
        }
        Ok(all)
    }

    /// Its own blobs, then those that references lend.
    pub(super) fn all_blobs(&self) -> &[StoredBlob] {
        &self.inner.places.blobs
    }

    /// The blobs that references lend.
    pub(super) fn lent_blobs(&self) -> impl Iterator<Item = &StoredBlob> {
        self.inner.places.blobs.iter().skip(self.inner.own.1)
    }
}

impl Inner {
    /// The same once more, with nothing decoded yet.
    fn again(&self) -> Self {
        let places = &self.places;
        Self {
            parts: self.parts.clone(),
            kinds: self.kinds.clone(),
            own: self.own,
            header: self.header.clone(),
            table: self.table.clone(),
            xml: self.xml.clone(),
            parsed_xml: OnceLock::new(),
            places: Places {
                resources: places.resources.clone(),
                blobs: places.blobs.clone(),
                by_sha1: places.by_sha1.clone(),
                images: places.images.clone(),
                ignored: places.ignored,
            },
            images: places.images.iter().map(|_| Mutex::default()).collect(),
            names: Mutex::default(),
            limits: self.limits.clone(),
            cache: ChunkCache::new(self.limits.memory),
            path: self.path.clone(),
        }
    }

    /// Adds the blobs of `other` that are not here yet.
    fn lend(&mut self, other: &Self) {
        let (part, resource) = (self.parts.len(), self.places.resources.len() as u32);
        self.parts.extend(other.parts.iter().cloned());
        self.kinds.extend(&other.kinds);
        let places = &mut self.places;
        places
            .resources
            .extend(other.places.resources.iter().map(|r| Resource { part: r.part + part, ..*r }));
        for blob in &other.places.blobs {
            places.by_sha1.entry(blob.sha1).or_insert_with(|| {
                places.blobs.push(StoredBlob { resource: blob.resource + resource, ..*blob });
                places.blobs.len() as u32 - 1
            });
        }
    }
}

/// The files that a pattern stands for, in the order of their names; a file of that very name is that file.
fn matching(pattern: &Path) -> Result<Vec<PathBuf>> {
    let name = pattern.file_name().unwrap_or_default().to_string_lossy();
    if !name.contains(['*', '?']) || pattern.exists() {
        return Ok(vec![pattern.to_owned()]);
    }
    let folder = pattern.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let entries = std::fs::read_dir(folder).map_err(|e| Error::io("list the folder", folder, e))?;
    let names = entries.flatten().map(|entry| entry.file_name());
    let mut found: Vec<_> = names
        .filter(|entry| is_like(entry.to_string_lossy().as_bytes(), name.as_bytes()))
        .map(|entry| pattern.with_file_name(entry))
        .filter(|path| path.is_file())
        .collect();
    if found.is_empty() {
        let e = Error::new(ErrorKind::NotFound, "no file has a name like this");
        return Err(e.with_path(pattern.display()));
    }
    found.sort();
    Ok(found)
}

/// Whether `name` is what `pattern` stands for; `*` for any bytes, `?` for one character.
fn is_like(name: &[u8], pattern: &[u8]) -> bool {
    let (mut n, mut p) = (0, 0);
    // Where to go on when what follows the last star does not fit.
    let mut retry = None;
    loop {
        match (name.get(n), pattern.get(p)) {
            (None, None) => return true,
            (_, Some(b'*')) => {
                retry = Some((n, p));
                p += 1;
            }
            (Some(_), Some(b'?')) => {
                n += 1;
                // The rest of a character of several bytes.
                while name.get(n).is_some_and(|b| b & 0xC0 == 0x80) {
                    n += 1;
                }
                p += 1;
            }
            (Some(a), Some(b)) if a == b => (n, p) = (n + 1, p + 1),
            _ => match retry {
                Some((at, star)) if at < name.len() => {
                    retry = Some((at + 1, star));
                    (n, p) = (at + 1, star + 1);
                }
                _ => return false,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_those_of_a_shell() {
        let like = |name: &str, pattern: &str| is_like(name.as_bytes(), pattern.as_bytes());
        for (name, pattern) in [
            ("a.swm", "a*.swm"),
            ("a2.swm", "a*.swm"),
            ("a.swm.swm", "a*.swm"),
            ("x", "*"),
            ("", "*"),
            ("\u{fc}ber", "?ber"),
            ("aXbXc", "a*X?"),
            ("abc", "a**c"),
        ] {
            assert!(like(name, pattern), "{name} {pattern}");
        }
        for (name, pattern) in [("b.swm", "a*.swm"), ("a.wim", "a*.swm"), ("", "?"), ("ab", "a"), ("a", "ab")]
        {
            assert!(!like(name, pattern), "{name} {pattern}");
        }
    }
}
