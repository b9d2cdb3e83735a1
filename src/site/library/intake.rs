//! Files into the library: found, hashed while they are copied, on all cores.

use super::Library;
use crate::base::{Meter, Phase, Progress, Sha256Digest, safe_relative};
use crate::error::{Error, ErrorKind, Result};
use crate::site::db::{Db, StoredContent};
use rayon::prelude::*;
use sha2::Digest as _;
use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// Bytes read and written at a time.
const STRIDE: usize = 1 << 20;

/// A file that is to be taken in.
#[derive(Clone, Debug)]
pub(in crate::site) struct Taken {
    /// Where it is.
    pub file: PathBuf,
    /// Path below the package's root, with `/`.
    pub path: String,
    /// Bytes, when it was found.
    pub size: u64,
    /// Modification time, seconds since 1970.
    pub modified: i64,
}

/// The files below `root`, by path. Links and devices, and names that Windows could not hold, are errors: a package
/// would not be what it seems.
pub(in crate::site) fn scan(root: &Path) -> Result<Vec<Taken>> {
    let mut found = Vec::new();
    let mut folders = vec![(root.to_owned(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        let failed = |e| Error::io("list the folder", &folder, e);
        for entry in std::fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let file = entry.path();
            let refuse =
                |why: &str| Err(Error::new(ErrorKind::InvalidArgument, why).with_path(file.display()));
            let Ok(name) = entry.file_name().into_string() else {
                return refuse("has a name that is no text");
            };
            let path = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
            safe_relative(&path).map_err(|e| e.within(file.display()))?;
            let meta = entry.metadata().map_err(|e| Error::io("read the file's size", &file, e))?;
            if meta.is_dir() {
                folders.push((file, path));
            } else if meta.is_file() {
                let (size, modified) = (meta.len(), seconds(&meta));
                found.push(Taken { file, path, size, modified });
            } else {
                return refuse("is a link or a device; an upgrade package consists of files and folders");
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    let mut seen: HashMap<String, &str> = HashMap::new();
    for file in &found {
        if let Some(other) = seen.insert(file.path.to_lowercase(), &file.path) {
            let message = format!("differs from {other} in case only, which Windows cannot hold");
            return Err(Error::new(ErrorKind::InvalidArgument, message).with_path(&file.path));
        }
    }
    Ok(found)
}

fn seconds(meta: &std::fs::Metadata) -> i64 {
    let since = meta.modified().ok().and_then(|t| t.duration_since(UNIX_EPOCH).ok());
    since.map_or(0, |d| d.as_secs() as i64)
}

/// Takes files into the library: each is hashed while it is copied to `incoming`, written through to the disk and put
/// into its place. One whose contents the library has is not stored again.
///
/// Nothing is ever linked with its source, which may change.
pub(in crate::site) fn take_files(
    library: &Library,
    db: &Db,
    incoming: &Path,
    files: &[Taken],
    progress: &Progress,
) -> Result<Vec<StoredContent>> {
    let meter = progress.begin(Phase::Copy, files.len() as u64, files.iter().map(|f| f.size).sum());
    // The largest first, so that no core is left with it at the end.
    let mut order: Vec<usize> = (0..files.len()).collect();
    order.sort_by_key(|&i| std::cmp::Reverse(files[i].size));
    let taken = order.into_par_iter().with_max_len(1).map(|i| {
        let file = &files[i];
        let (sha256, size) = take_file(library, db, &incoming.join(i.to_string()), &file.file, &meter)?;
        meter.done(&file.path, 0)?;
        Ok((i, StoredContent { path: file.path.clone(), modified: file.modified, sha256, size }))
    });
    let mut taken: Vec<(usize, StoredContent)> = taken.collect::<Result<_>>()?;
    taken.sort_by_key(|(i, _)| *i);
    Ok(taken.into_iter().map(|(_, content)| content).collect())
}

fn take_file(
    library: &Library,
    db: &Db,
    incoming: &Path,
    file: &Path,
    meter: &Meter,
) -> Result<(Sha256Digest, u64)> {
    let size = file.metadata().map_err(|e| Error::io("read the file's size", file, e))?.len();
    // A file of a size that the library has is probably there: reading it once is enough then.
    let there = |sha256: &Sha256Digest| db.read(|tx| tx.blob_is_stored(sha256));
    if db.read(|tx| tx.size_is_stored(size))? {
        let (sha256, size) = copy(file, &mut std::io::sink(), None)?;
        if there(&sha256)? && library.blob(&sha256).metadata().is_ok_and(|m| m.len() == size) {
            meter.add_bytes(size)?;
            return Ok((sha256, size));
        }
    }
    let mut out = File::create(incoming).map_err(|e| Error::io("make a file", incoming, e))?;
    let (sha256, size) = copy(file, &mut out, Some(meter))?;
    out.sync_all().map_err(|e| Error::io("write the file through to the disk", incoming, e))?;
    drop(out);
    library.adopt(incoming, &sha256)?;
    Ok((sha256, size))
}

/// Copies a file and hashes what was copied.
fn copy(file: &Path, out: &mut impl Write, meter: Option<&Meter>) -> Result<(Sha256Digest, u64)> {
    let mut source = File::open(file).map_err(|e| Error::io("open the file", file, e))?;
    let mut hasher = sha2::Sha256::new();
    let mut buffer = vec![0; STRIDE];
    let mut total = 0;
    loop {
        let n = match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => n,
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(Error::io("read the file", file, e)),
        };
        hasher.update(&buffer[..n]);
        out.write_all(&buffer[..n]).map_err(|e| Error::from_io("write into the library", e))?;
        total += n as u64;
        if let Some(meter) = meter {
            meter.add_bytes(n as u64)?;
        }
    }
    Ok((Sha256Digest(hasher.finalize().into()), total))
}

/// Digest and size of a file, reported to `meter`.
pub(in crate::site) fn digest_file(file: &Path, meter: &Meter) -> Result<(Sha256Digest, u64)> {
    copy(file, &mut std::io::sink(), Some(meter))
}
