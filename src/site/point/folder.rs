//! A distribution point that is a folder, local or mounted.

use super::store::{Ledger, Store, Tap};
use crate::base::Sha256Digest;
use crate::error::{Error, ErrorKind, Result};
use crate::site::library::{remove_file, sync_folder};
use sha2::Digest as _;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

const STRIDE: usize = 1 << 20;

/// The folder.
pub(in crate::site) struct FolderStore {
    root: PathBuf,
}

impl FolderStore {
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// Writes beside the key's place and renames, so that nobody sees half a file.
    fn place(&self, key: &str, write: impl FnOnce(&mut File) -> Result<()>) -> Result<()> {
        let path = self.root.join(key);
        let folder = path.parent().unwrap_or(&self.root);
        std::fs::create_dir_all(folder).map_err(|e| Error::io("make the folder", folder, e))?;
        // One name for each process, so that what a killed one left is found and replaced.
        let temp = folder.join(format!(".{}.tmp", path.file_name().unwrap_or_default().to_string_lossy()));
        remove_file(&temp)?;
        let done = File::create(&temp)
            .map_err(|e| Error::io("make a file", &temp, e))
            .and_then(|mut file| {
                write(&mut file)?;
                file.sync_all().map_err(|e| Error::io("write the file through to the disk", &temp, e))
            })
            .and_then(|()| {
                std::fs::rename(&temp, &path).map_err(|e| Error::io("put the file into its place", &path, e))
            });
        if let Err(error) = done {
            let _ = remove_file(&temp);
            return Err(error);
        }
        sync_folder(folder)
    }
}

impl Store for FolderStore {
    fn size(&self, key: &str) -> Result<Option<u64>> {
        let path = self.root.join(key);
        match path.metadata() {
            Ok(meta) => Ok(Some(meta.len())),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(Error::io("read the file's size", &path, e)),
        }
    }

    fn get(&self, key: &str, tap: Tap<'_>) -> Result<()> {
        let path = self.root.join(key);
        let mut file = File::open(&path).map_err(|e| Error::io("open the file", &path, e))?;
        let mut buffer = vec![0; STRIDE];
        loop {
            match file.read(&mut buffer).map_err(|e| Error::io("read the file", &path, e))? {
                0 => return Ok(()),
                n => tap(&buffer[..n])?,
            }
        }
    }

    fn put_file(
        &self,
        key: &str,
        file: &Path,
        sha256: &Sha256Digest,
        _ledger: &dyn Ledger,
        tap: Tap<'_>,
    ) -> Result<()> {
        self.place(key, |out| {
            let mut source = File::open(file).map_err(|e| Error::io("open the file", file, e))?;
            let mut hasher = sha2::Sha256::new();
            let mut buffer = vec![0; STRIDE];
            loop {
                let n = source.read(&mut buffer).map_err(|e| Error::io("read the file", file, e))?;
                if n == 0 {
                    break;
                }
                hasher.update(&buffer[..n]);
                out.write_all(&buffer[..n])
                    .map_err(|e| Error::from_io("write to the distribution point", e))?;
                tap(&buffer[..n])?;
            }
            check(&Sha256Digest(hasher.finalize().into()), sha256, file)
        })
    }

    fn put_bytes(&self, key: &str, data: Vec<u8>) -> Result<()> {
        self.place(key, |out| {
            out.write_all(&data).map_err(|e| Error::from_io("write to the distribution point", e))
        })
    }

    fn delete(&self, key: &str) -> Result<()> {
        let path = self.root.join(key);
        remove_file(&path)?;
        if let Some(folder) = path.parent().filter(|f| *f != self.root) {
            // Others may lie there.
            let _ = std::fs::remove_dir(folder);
        }
        Ok(())
    }
}

/// Refuses to send what is not what it is called.
pub(super) fn check(found: &Sha256Digest, wanted: &Sha256Digest, file: &Path) -> Result<()> {
    if found == wanted {
        return Ok(());
    }
    let e = Error::new(ErrorKind::HashMismatch, "the library's copy is damaged, so it is not sent");
    Err(e.with_path(file.display()))
}
