//! Prestaged content: packages in one file, for a distribution point at the end of a thin line.
//!
//! A ZIP file without compression: `manifest.json` first, with the digest of every other member, then lists and contents
//! under the keys that they have on a point. `manifest.sig`, where it is, signs the manifest and so all of it.

use super::open;
use super::sign::{SigningKey, VerifyingKey};
use super::unpack::import;
use crate::base::{Phase, Progress, Replacement, Sha256Digest, sha256};
use crate::error::{Error, ErrorKind, Result};
use crate::site::library::{DataList, PackageList, content_key, text};
use crate::site::model::{DistributionState, Package, Point};
use crate::site::{Site, clock};
use serde::{Deserialize, Serialize};
use sha2::Digest as _;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

pub(super) const SCHEMA: &str = "wimwright.prestaged.v1";
pub(super) const MANIFEST: &str = "manifest.json";
pub(super) const SIGNATURE: &str = "manifest.sig";
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
    /// The signature: `none`; `not checked`, where there is one and no key was given; `made`; `verified`.
    pub signature: &'static str,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Manifest {
    pub schema: String,
    pub site: String,
    pub created: String,
    pub packages: Vec<Entry>,
    /// SHA-256 of every other member, by its name.
    pub sha256: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Entry {
    pub id: i64,
    pub name: String,
    pub content_version: u32,
}

pub(super) fn zip_failed(action: &str, path: &Path, error: zip::result::ZipError) -> Error {
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
        self.export(packages, out, None, progress)
    }

    /// As [`Site::export_prestaged`], signed: who has the public half of the key can tell that nothing was changed.
    pub fn export_prestaged_signed(
        &self,
        packages: &[Package],
        out: &Path,
        key: &SigningKey,
        progress: &Progress,
    ) -> Result<Prestaged> {
        self.export(packages, out, Some(key), progress)
    }

    fn export(
        &self,
        packages: &[Package],
        out: &Path,
        key: Option<&SigningKey>,
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
        let manifest = text(&manifest);
        zip.write_all(&manifest).map_err(io)?;
        if let Some(key) = key {
            zip.start_file(SIGNATURE, options).map_err(failed)?;
            zip.write_all(&key.sign(&manifest)).map_err(io)?;
        }
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
            signature: if key.is_some() { "made" } else { "none" },
        })
    }

    /// Puts what a prestaged file holds on a distribution point, and records it there.
    pub fn import_prestaged(&self, file: &Path, point: &Point, progress: &Progress) -> Result<Prestaged> {
        self.import(file, point, None, progress)
    }

    /// As [`Site::import_prestaged`]; refused, where this key's signature is not there or not of these contents.
    pub fn import_prestaged_signed(
        &self,
        file: &Path,
        point: &Point,
        key: &VerifyingKey,
        progress: &Progress,
    ) -> Result<Prestaged> {
        self.import(file, point, Some(key), progress)
    }

    fn import(
        &self,
        file: &Path,
        point: &Point,
        key: Option<&VerifyingKey>,
        progress: &Progress,
    ) -> Result<Prestaged> {
        let _lock = self.lock_point(point)?;
        let work = self.work.begin(&Self::work_name("prestage"))?;
        let store = open(point)?;
        if store.is_read_only() {
            let why = "can only be read (HTTP)";
            return Err(Error::new(ErrorKind::Unsupported, why).with_path(&point.name));
        }
        self.claim_point(&*store, point)?;
        let (done, manifest) = import(file, &*store, work.path(), (Some(&self.id), key), progress)?;
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

/// Copies and hashes.
pub(super) fn pump(
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
