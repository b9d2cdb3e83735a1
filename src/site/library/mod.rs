//! The content library: every content once, under its SHA-256, and lists of what each package consists of.
//!
//! `content/<first 4 hex digits>/<digest>` holds the bytes, `data/<package>.<version>.json` the tree of one version of a
//! package, `packages/<package>.json` which version is published. A distribution point has the same layout.

mod intake;
mod lists;

pub(super) use intake::{Taken, digest_file, scan, take_files};
pub(super) use lists::{DataFile, DataList, PackageList, text};

use crate::base::Sha256Digest;
use crate::error::{Error, Result};
use std::fs::File;
use std::path::{Path, PathBuf};

/// The library's folder.
#[derive(Clone, Debug)]
pub(super) struct Library {
    root: PathBuf,
}

/// Where contents lie below a library or a distribution point.
pub(super) fn content_key(sha256: &Sha256Digest) -> String {
    let hex = sha256.to_string();
    format!("content/{}/{hex}", &hex[..4])
}

impl Library {
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }

    pub fn create(&self) -> Result<()> {
        for folder in ["content", "data", "packages"] {
            let path = self.root.join(folder);
            std::fs::create_dir_all(&path).map_err(|e| Error::io("make the folder", &path, e))?;
        }
        Ok(())
    }

    /// Where the contents lie.
    pub fn blob(&self, sha256: &Sha256Digest) -> PathBuf {
        self.root.join(content_key(sha256))
    }

    /// The file of a list, by its key.
    pub fn list(&self, key: &str) -> PathBuf {
        self.root.join(key)
    }

    /// Puts a whole file, which was synced and has these contents, into its place. What lies there already is replaced:
    /// only the database says what can be relied on.
    pub fn adopt(&self, file: &Path, sha256: &Sha256Digest) -> Result<()> {
        let place = self.blob(sha256);
        let folder = place.parent().unwrap_or(&self.root);
        std::fs::create_dir_all(folder).map_err(|e| Error::io("make the folder", folder, e))?;
        read_only(file)?;
        std::fs::rename(file, &place).map_err(|e| Error::io("put the file into the library", &place, e))?;
        sync_folder(folder)?;
        sync_folder(&self.root.join("content"))
    }

    /// Takes contents away; no error where they are gone already.
    pub fn remove(&self, sha256: &Sha256Digest) -> Result<()> {
        let place = self.blob(sha256);
        remove_file(&place)?;
        if let Some(folder) = place.parent() {
            // Others may lie there.
            let _ = std::fs::remove_dir(folder);
        }
        Ok(())
    }

    /// The digests under which files lie in the library.
    pub fn present(&self) -> Result<Vec<Sha256Digest>> {
        let mut found = Vec::new();
        let root = self.root.join("content");
        for folder in entries(&root)? {
            if folder.is_dir() {
                let names = entries(&folder)?.into_iter();
                found.extend(names.filter_map(|p| Sha256Digest::from_hex(p.file_name()?.to_str()?).ok()));
            }
        }
        Ok(found)
    }

    /// The names of the lists of one kind, `data` or `packages`.
    pub fn lists(&self, kind: &str) -> Result<Vec<String>> {
        let names = entries(&self.root.join(kind))?.into_iter();
        Ok(names.filter_map(|p| Some(p.file_name()?.to_str()?.to_owned())).collect())
    }
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |e| Error::io("list the folder", folder, e);
    let entries = std::fs::read_dir(folder).map_err(failed)?;
    entries.map(|e| e.map(|e| e.path()).map_err(failed)).collect()
}

/// Removes a file, which may be gone already or be protected against writing.
pub(super) fn remove_file(path: &Path) -> Result<()> {
    #[cfg(windows)]
    if let Ok(meta) = path.metadata() {
        let mut permissions = meta.permissions();
        #[expect(clippy::permissions_set_readonly_false, reason = "on Windows this is the attribute")]
        permissions.set_readonly(false);
        let _ = std::fs::set_permissions(path, permissions);
    }
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove the file", path, e)),
        _ => Ok(()),
    }
}

/// Protects contents against being written by mistake.
fn read_only(path: &Path) -> Result<()> {
    let failed = |e| Error::io("set the permissions", path, e);
    let mut permissions = path.metadata().map_err(failed)?.permissions();
    #[cfg(unix)]
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o444);
    #[cfg(not(unix))]
    permissions.set_readonly(true);
    std::fs::set_permissions(path, permissions).map_err(failed)
}

/// Writes a folder's entries through to the disk, where the system can.
pub(super) fn sync_folder(folder: &Path) -> Result<()> {
    if cfg!(unix) {
        File::open(folder)
            .and_then(|f| f.sync_all())
            .map_err(|e| Error::io("write the folder through to the disk", folder, e))?;
    }
    Ok(())
}
