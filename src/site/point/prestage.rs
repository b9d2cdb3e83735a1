//! Prestaged content: packages in one file, for a distribution point at the end of a thin line.
//!
//! A ZIP file without compression: `manifest.json` first, with the digest of every other member, then lists and contents
//! under the keys that they have on a point.

use super::folder::FolderStore;
use super::{Store, open};
use crate::base::{Limits, Phase, Progress, Replacement, Sha256Digest, sha256};
use crate::error::{Error, ErrorKind, Result};
use crate::site::library::{DataList, PackageList, content_key, text};
use crate::site::model::{DistributionState, Package, Point};
use crate::site::{Site, clock};
use serde::{Deserialize, Serialize};
use sha2::Digest as _;
use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

const SCHEMA: &str = "wimwright.prestaged.v1";
const MANIFEST: &str = "manifest.json";
const STRIDE: usize = 1 << 20;

/// What a prestaged file holds, or what was imported of it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Prestaged {
    /// The file.
    pub path: String,
    /// The names of the packages.
    pub packages: Vec<String>,
    /// Contents in it.
    pub blobs: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Contents that were there already and were not written again.
    pub present: u64,
}

#[derive(Serialize, Deserialize)]
struct Manifest {
    schema: String,
    site: String,
    created: String,
    packages: Vec<Entry>,
    /// SHA-256 of every other member, by its name.
    sha256: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    id: i64,
    name: String,
    content_version: u32,
}

fn zip_failed(action: &str, path: &Path, error: zip::result::ZipError) -> Error {
    match error {
        zip::result::ZipError::Io(e) => Error::io(action, path, e),
        other => Error::malformed(format!("cannot {action}")).with_path(path.display()).with_source(other),
    }
}

impl Site {
    /// Writes the published versions of packages into one file.
    pub fn export_prestaged(
        &self,
        packages: &[Package],
        out: &Path,
        progress: &Progress,
    ) -> Result<Prestaged> {
        if packages.is_empty() {
            return Err(Error::new(ErrorKind::InvalidArgument, "no package was chosen"));
        }
        let mut lists: Vec<(String, Vec<u8>)> = Vec::new();
        let mut blobs: BTreeMap<Sha256Digest, u64> = BTreeMap::new();
        let mut entries = Vec::new();
        for package in packages {
            let (version, files) = self.db.read(|tx| {
                let missing = || Error::new(ErrorKind::NotFound, "the package has no published version");
                let version = tx.published(package.id)?.ok_or_else(missing)?;
                let files = tx.contents(version.id)?;
                Ok((version, files))
            })?;
            let data = DataList::new(&self.id, package.id, version.number, &files);
            let list = PackageList::new(&self.id, package.id, &package.name, &package.version, &data);
            lists.push((list.data.clone(), text(&data)));
            lists.push((PackageList::key(package.id), text(&list)));
            blobs.extend(files.iter().map(|f| (f.sha256, f.size)));
            entries.push(Entry {
                id: package.id,
                name: package.name.clone(),
                content_version: version.number,
            });
        }
        let mut digests: BTreeMap<String, String> =
            lists.iter().map(|(key, data)| (key.clone(), sha256(data).to_string())).collect();
        digests.extend(blobs.keys().map(|sha256| (content_key(sha256), sha256.to_string())));
        let manifest = Manifest {
            schema: SCHEMA.into(),
            site: self.id.clone(),
            created: clock::now(),
            packages: entries,
            sha256: digests,
        };
        let bytes: u64 = blobs.values().sum();
        let meter = progress.begin(Phase::Copy, blobs.len() as u64, bytes);
        let new = Replacement::begin(out)?;
        let mut zip = ZipWriter::new(BufWriter::new(new.file()));
        let options =
            SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true);
        let failed = |e| zip_failed("write the file", out, e);
        let io = |e| Error::io("write the file", out, e);
        zip.start_file(MANIFEST, options).map_err(failed)?;
        zip.write_all(&text(&manifest)).map_err(io)?;
        for (key, data) in &lists {
            zip.start_file(key.as_str(), options).map_err(failed)?;
            zip.write_all(data).map_err(io)?;
        }
        for wanted in blobs.keys() {
            zip.start_file(content_key(wanted), options).map_err(failed)?;
            let path = self.library.blob(wanted);
            let mut file = File::open(&path).map_err(|e| Error::io("open the file", &path, e))?;
            let found = pump(&mut file, &mut zip, &mut |n| meter.add_bytes(n))?;
            super::folder::check(&found, wanted, &path)?;
            meter.done_with(|| wanted.to_string(), 0)?;
        }
        let buffered = zip.finish().map_err(failed)?;
        buffered.into_inner().map_err(|e| io(e.into_error()))?;
        new.finish()?;
        Ok(Prestaged {
            path: out.display().to_string(),
            packages: packages.iter().map(|p| p.name.clone()).collect(),
            blobs: blobs.len() as u64,
            bytes,
            present: 0,
        })
    }

    /// Puts what a prestaged file holds on a distribution point, and records it there.
    pub fn import_prestaged(&self, file: &Path, point: &Point, progress: &Progress) -> Result<Prestaged> {
        let _lock = self.lock_point(point)?;
        let work = self.work.begin(&Self::work_name("prestage"))?;
        let store = open(point)?;
        if store.is_read_only() {
            let why = "can only be read (HTTP)";
            return Err(Error::new(ErrorKind::Unsupported, why).with_path(&point.name));
        }
        self.claim_point(&*store, point)?;
        let (done, manifest) = import(file, &*store, work.path(), Some(&self.id), progress)?;
        let now = clock::now();
        self.db.write(|tx| {
            for entry in &manifest.packages {
                let versions = tx.versions(entry.id)?;
                let Some(version) = versions.iter().find(|v| v.number == entry.content_version) else {
                    continue;
                };
                tx.want(point.id, entry.id, version.id, DistributionState::InstallPending, &now)?;
                for content in tx.contents(version.id)? {
                    tx.add_point_blob(point.id, &content.sha256)?;
                }
                tx.settle_distribution(point.id, entry.id, &now)?;
            }
            Ok(())
        })?;
        self.log.info("prestage", &[("point", &point.name), ("file", &done.path)], "imported");
        Ok(done)
    }
}

/// Puts what a prestaged file holds into the folder of a distribution point, where no site is at hand.
pub fn import_prestaged(file: &Path, folder: &Path, progress: &Progress) -> Result<Prestaged> {
    std::fs::create_dir_all(folder).map_err(|e| Error::io("make the folder", folder, e))?;
    let work = tempfile::Builder::new().prefix(".incoming-").tempdir_in(folder);
    let work = work.map_err(|e| Error::io("make a work folder", folder, e))?;
    let store = FolderStore::new(folder.to_owned());
    Ok(import(file, &store, work.path(), None, progress)?.0)
}

fn import(
    file: &Path,
    store: &dyn Store,
    work: &Path,
    site: Option<&str>,
    progress: &Progress,
) -> Result<(Prestaged, Manifest)> {
    let opened = File::open(file).map_err(|e| Error::io("open the file", file, e))?;
    let mut zip =
        ZipArchive::new(BufReader::new(opened)).map_err(|e| zip_failed("read the file as ZIP", file, e))?;
    let wrong = |why: &str| Error::malformed(why).with_path(file.display());
    let manifest: Manifest = {
        let member = zip.by_name(MANIFEST).map_err(|e| zip_failed("read its manifest", file, e))?;
        let most = Limits::default().max_document;
        let mut data = Vec::new();
        member.take(most).read_to_end(&mut data).map_err(|e| Error::io("read its manifest", file, e))?;
        serde_json::from_slice(&data).map_err(|e| wrong("its manifest cannot be read").with_source(e))?
    };
    if manifest.schema != SCHEMA {
        return Err(wrong("is no file of prestaged content"));
    }
    if let Some(site) = site.filter(|site| *site != manifest.site) {
        let why = format!("was made by another site ({}), not by this one ({site})", manifest.site);
        return Err(Error::new(ErrorKind::InvalidArgument, why).with_path(file.display()));
    }
    let mut done = Prestaged {
        path: file.display().to_string(),
        packages: manifest.packages.iter().map(|p| p.name.clone()).collect(),
        blobs: 0,
        bytes: 0,
        present: 0,
    };
    // The lists say which contents there must be; nothing else is taken.
    let mut lists = Vec::new();
    let mut wanted: HashSet<(Sha256Digest, u64)> = HashSet::new();
    for entry in &manifest.packages {
        let keys = [DataList::key(entry.id, entry.content_version), PackageList::key(entry.id)];
        for key in keys {
            let data = list(&mut zip, &key, &manifest, file)?;
            if key.starts_with("data/") {
                let list = DataList::parse(&data, &key)?;
                for content in &list.files {
                    wanted.insert((content.digest()?, content.size));
                }
            } else {
                PackageList::parse(&data, &key)?;
            }
            lists.push((key, data));
        }
    }
    let total = wanted.iter().map(|(_, size)| size).sum();
    let meter = progress.begin(Phase::Copy, wanted.len() as u64, total);
    for (sha256, size) in wanted {
        let key = content_key(&sha256);
        done.blobs += 1;
        done.bytes += size;
        if store.size(&key)? == Some(size) {
            done.present += 1;
            meter.done(&key, size)?;
            continue;
        }
        let member = zip.by_name(&key).map_err(|e| zip_failed(&format!("find {key}"), file, e))?;
        let temp = work.join("content");
        let mut out = File::create(&temp).map_err(|e| Error::io("make a file", &temp, e))?;
        let found = pump(&mut member.take(size.saturating_add(1)), &mut out, &mut |n| meter.add_bytes(n))?;
        if found != sha256 {
            let why =
                format!("holds {key} with other contents ({found}); nothing of its packages is published");
            return Err(Error::new(ErrorKind::HashMismatch, why).with_path(file.display()));
        }
        drop(out);
        store.put_file(&key, &temp, &sha256, &mut |_| progress.check())?;
        meter.done(&key, 0)?;
    }
    for (key, data) in lists {
        store.put_bytes(&key, data)?;
    }
    Ok((done, manifest))
}

/// A list of the file, which must have the digest that the manifest names.
fn list(
    zip: &mut ZipArchive<BufReader<File>>,
    key: &str,
    manifest: &Manifest,
    file: &Path,
) -> Result<Vec<u8>> {
    let member = zip.by_name(key).map_err(|e| zip_failed(&format!("find {key}"), file, e))?;
    let mut data = Vec::new();
    let most = Limits::default().max_document;
    member.take(most).read_to_end(&mut data).map_err(|e| Error::io("read a list", file, e))?;
    if manifest.sha256.get(key).is_none_or(|digest| *digest != sha256(&data).to_string()) {
        let why = format!("holds {key} with other contents than its manifest names");
        return Err(Error::new(ErrorKind::HashMismatch, why).with_path(file.display()));
    }
    Ok(data)
}

/// Copies and hashes.
fn pump(
    from: &mut impl Read,
    to: &mut impl Write,
    count: &mut dyn FnMut(u64) -> Result<()>,
) -> Result<Sha256Digest> {
    let mut hasher = sha2::Sha256::new();
    let mut buffer = vec![0; STRIDE];
    loop {
        let n = from.read(&mut buffer).map_err(|e| Error::from_io("read the content", e))?;
        if n == 0 {
            return Ok(Sha256Digest(hasher.finalize().into()));
        }
        hasher.update(&buffer[..n]);
        to.write_all(&buffer[..n]).map_err(|e| Error::from_io("write the content", e))?;
        count(n as u64)?;
    }
}
