//! The medium: its files, found without regard to case as Windows does.

use crate::base::Limits;
use crate::error::{Error, ErrorKind, Result};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// A folder of Windows Setup's files.
pub(super) struct Medium {
    pub root: PathBuf,
    /// Folders, each after the one that it lies in.
    pub folders: Vec<PathBuf>,
    pub files: Vec<MediumFile>,
    names: HashMap<String, PathBuf>,
}

/// A file, by its path below the medium.
pub(super) struct MediumFile {
    pub path: PathBuf,
    pub size: u64,
}

/// The form in which paths are compared.
pub(super) fn key(path: &Path) -> String {
    path.components().map(|c| c.as_os_str().to_string_lossy().to_lowercase()).collect::<Vec<_>>().join("/")
}

/// A path below the medium as reports have it.
pub(super) fn shown(path: &Path) -> String {
    path.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

impl Medium {
    /// Lists the medium. Refused: what is neither file nor folder, and names that Windows takes for the same.
    pub fn open(root: &Path, limits: &Limits) -> Result<Self> {
        if !root.is_dir() {
            let e = Error::new(ErrorKind::NotFound, "is no folder; mount or unpack the ISO image first");
            return Err(e.with_path(root.display()));
        }
        let root = root.canonicalize().map_err(|e| Error::io("find the folder", root, e))?;
        let mut medium = Self { root, folders: Vec::new(), files: Vec::new(), names: HashMap::new() };
        medium.walk(Path::new(""), limits.max_depth.min(64), limits.max_entries)?;
        Ok(medium)
    }

    fn walk(&mut self, folder: &Path, depth: u32, most: u64) -> Result<()> {
        let full = self.root.join(folder);
        let failed = |e| Error::io("list the folder", &full, e);
        let depth = depth.checked_sub(1).ok_or_else(|| {
            Error::new(ErrorKind::LimitExceeded, "folders lie in folders too deep").with_path(full.display())
        })?;
        let mut entries: Vec<_> =
            std::fs::read_dir(&full).map_err(failed)?.collect::<Result<_, _>>().map_err(failed)?;
        entries.sort_by_key(std::fs::DirEntry::file_name);
        Limits::check("the number of files", (self.names.len() + entries.len()) as u64, most)?;
        for entry in entries {
            let path = folder.join(entry.file_name());
            let named = |kind, why: String| Err(Error::new(kind, why).with_path(entry.path().display()));
            if let Some(other) = self.names.insert(key(&path), path.clone()) {
                let why = format!("differs from {} in case only", other.display());
                return named(ErrorKind::InvalidArgument, why);
            }
            let meta = entry.metadata().map_err(|e| Error::io("look at", entry.path(), e))?;
            if meta.is_dir() {
                self.folders.push(path.clone());
                self.walk(&path, depth, most)?;
            } else if meta.is_file() {
                self.files.push(MediumFile { path, size: meta.len() });
            } else {
                return named(
                    ErrorKind::Unsupported,
                    "is neither file nor folder; media have no others".into(),
                );
            }
        }
        Ok(())
    }

    /// The path, as the medium spells it, of what is called so with `/` between names.
    pub fn find(&self, path: &str) -> Option<&Path> {
        self.names.get(&key(Path::new(path))).map(PathBuf::as_path)
    }

    /// The file at `path`, as the medium spells it.
    pub fn file(&self, path: &str) -> Option<&MediumFile> {
        let found = self.find(path)?;
        self.files.iter().find(|f| f.path == found)
    }

    /// As [`file`](Self::file), of one that has to be there.
    pub fn required(&self, path: &str) -> Result<&MediumFile> {
        self.file(path).ok_or_else(|| {
            let why = format!("holds no {path}, so it is no medium of Windows Setup");
            Error::new(ErrorKind::NotFound, why).with_path(self.root.display())
        })
    }

    /// The install image, or the first part of it, and all of its files.
    pub fn install(&self) -> Result<(&MediumFile, Vec<&MediumFile>)> {
        let found: Vec<&MediumFile> =
            ["wim", "esd", "swm"].iter().filter_map(|e| self.file(&format!("sources/install.{e}"))).collect();
        let first = match found[..] {
            [one] => one,
            [] => self.required("sources/install.wim")?,
            [..] => {
                let why =
                    "holds more than one of sources/install.wim, .esd and .swm; Setup would take one of them";
                return Err(Error::new(ErrorKind::InvalidArgument, why).with_path(self.root.display()));
            }
        };
        if !is_split(&first.path) {
            return Ok((first, vec![first]));
        }
        let part = |f: &&MediumFile| {
            let name = key(&f.path);
            name.strip_prefix("sources/install")
                .and_then(|rest| rest.strip_suffix(".swm"))
                .is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit()))
        };
        Ok((first, self.files.iter().filter(part).collect()))
    }

    /// Where a file of the medium lies.
    pub fn full(&self, file: &MediumFile) -> PathBuf {
        self.root.join(&file.path)
    }

    /// All bytes.
    pub fn size(&self) -> u64 {
        self.files.iter().map(|f| f.size).sum()
    }
}

/// Whether an image's file is the first part of a split set.
pub(super) fn is_split(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case("swm"))
}
