//! Reading a file of prestaged content onto a point: what its manifest and lists name, hashed on the way, and nothing else.

use super::Store;
use super::folder::FolderStore;
use super::prestage::{MANIFEST, Manifest, Prestaged, SCHEMA, SIGNATURE, pump, zip_failed};
use super::sign::VerifyingKey;
use super::store::NoLedger;
use crate::base::{Limits, Phase, Progress, Sha256Digest, sha256};
use crate::error::{Error, ErrorKind, Result};
use crate::site::library::{DataList, PackageList, content_key};
use std::collections::HashSet;
use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::Path;
use zip::ZipArchive;

/// Puts what a prestaged file holds into the folder of a distribution point, where no site is at hand.
pub fn import_prestaged(file: &Path, folder: &Path, progress: &Progress) -> Result<Prestaged> {
    import_into(file, folder, None, progress)
}

/// As [`import_prestaged`]; refused, where this key's signature is not there or not of these contents.
pub fn import_prestaged_signed(
    file: &Path,
    folder: &Path,
    key: &VerifyingKey,
    progress: &Progress,
) -> Result<Prestaged> {
    import_into(file, folder, Some(key), progress)
}

fn import_into(
    file: &Path,
    folder: &Path,
    key: Option<&VerifyingKey>,
    progress: &Progress,
) -> Result<Prestaged> {
    std::fs::create_dir_all(folder).map_err(|e| Error::io("make the folder", folder, e))?;
    let work = tempfile::Builder::new().prefix(".incoming-").tempdir_in(folder);
    let work = work.map_err(|e| Error::io("make a work folder", folder, e))?;
    let store = FolderStore::new(folder.to_owned());
    Ok(import(file, &store, work.path(), (None, key), progress)?.0)
}

pub(super) fn import(
    file: &Path,
    store: &dyn Store,
    work: &Path,
    (site, key): (Option<&str>, Option<&VerifyingKey>),
    progress: &Progress,
) -> Result<(Prestaged, Manifest)> {
    let opened = File::open(file).map_err(|e| Error::io("open the file", file, e))?;
    let mut zip =
        ZipArchive::new(BufReader::new(opened)).map_err(|e| zip_failed("read the file as ZIP", file, e))?;
    let wrong = |why: &str| Error::malformed(why).with_path(file.display());
    let data = {
        let member = zip.by_name(MANIFEST).map_err(|e| zip_failed("read its manifest", file, e))?;
        let most = Limits::default().max_document;
        let mut data = Vec::new();
        member.take(most).read_to_end(&mut data).map_err(|e| Error::io("read its manifest", file, e))?;
        data
    };
    // Before anything is made of it.
    let signature = check_signature(&mut zip, &data, key, file)?;
    let manifest: Manifest =
        serde_json::from_slice(&data).map_err(|e| wrong("its manifest cannot be read").with_source(e))?;
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
        signature,
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
        store.put_file(&key, &temp, &sha256, &NoLedger, &mut |_| progress.check())?;
        meter.done(&key, 0)?;
    }
    for (key, data) in lists {
        store.put_bytes(&key, data)?;
    }
    Ok((done, manifest))
}

/// How the signature of the manifest stands; an error, where a key was given and the signature is not that key's.
fn check_signature(
    zip: &mut ZipArchive<BufReader<File>>,
    manifest: &[u8],
    key: Option<&VerifyingKey>,
    file: &Path,
) -> Result<&'static str> {
    let signature = match zip.by_name(SIGNATURE) {
        Ok(member) => {
            let mut data = Vec::new();
            member
                .take(1 << 10)
                .read_to_end(&mut data)
                .map_err(|e| Error::io("read its signature", file, e))?;
            Some(data)
        }
        Err(zip::result::ZipError::FileNotFound) => None,
        Err(e) => return Err(zip_failed("read its signature", file, e)),
    };
    let refuse = |why: &str| Err(Error::new(ErrorKind::HashMismatch, why).with_path(file.display()));
    match (key, signature) {
        (None, None) => Ok("none"),
        (None, Some(_)) => Ok("not checked"),
        (Some(_), None) => refuse("is not signed, and a signature was asked for; nothing of it is published"),
        (Some(key), Some(signature)) if key.verifies(manifest, &signature) => Ok("verified"),
        (Some(_), Some(_)) => refuse(
            "has a signature that is not of this key, or was changed after it was signed; nothing of it is published",
        ),
    }
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
