//! A package on a distribution point, hashed again.

use super::{Store, document, open};
use crate::base::{Limits, Phase, Progress, Sha256Digest, sha256};
use crate::error::{Error, ErrorKind, Result};
use crate::site::library::{DataFile, DataList, PackageList, content_key};
use crate::site::model::{DistributionState, Package, Point};
use crate::site::{Site, clock};
use serde::Serialize;
use sha2::Digest as _;
use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Contents that are read at once.
const AT_ONCE: usize = 8;
/// What a content read is tried again for.
const TRIES: usize = 3;

/// What validating found.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Validation {
    /// The distribution point.
    pub point: String,
    /// The package.
    pub package: String,
    /// The version that is there; `None` where no list says so.
    pub version: Option<u32>,
    /// The version that is published in the site.
    pub published: u32,
    /// Contents that were hashed.
    pub blobs: u64,
    /// Their bytes.
    pub bytes: u64,
    /// What is wrong, file by file.
    pub problems: Vec<BadContent>,
}

/// One file that is not whole on a point.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct BadContent {
    /// Path in the package, or the list's key.
    pub path: String,
    /// The digest that it is to have.
    pub sha256: Option<Sha256Digest>,
    /// The kind of the error.
    pub kind: ErrorKind,
    /// What is wrong, in a sentence.
    pub reason: String,
}

impl Site {
    /// Reads a package's lists and every content of it from a point and hashes them. What is wrong is named, and sent again
    /// by the next `distribute`.
    pub fn validate(&self, package: &Package, point: &Point, progress: &Progress) -> Result<Validation> {
        let _lock = self.lock_point(point)?;
        let store = open(point)?;
        let known = self.distribution(package, point)?;
        if known.is_none() && !store.is_read_only() {
            let why = format!("is not on the distribution point '{}'", point.name);
            return Err(Error::new(ErrorKind::NotFound, why).with_path(&package.name));
        }
        let set = |state, error: Option<&str>| {
            self.db.write(|tx| tx.set_distribution(point.id, package.id, state, &clock::now(), error))
        };
        if known.is_some() {
            set(DistributionState::ContentMonitoring, None)?;
        }
        let validation = match self.look_at(&*store, package, point, progress) {
            Ok(validation) => validation,
            Err(e) => {
                // It could not be told: what was known stands.
                if let Some(known) = &known {
                    set(known.state, known.error.as_deref())?;
                }
                return Err(e);
            }
        };
        if known.is_some() {
            match validation.problems.first() {
                None => self.db.write(|tx| tx.validated(point.id, package.id, &clock::now()))?,
                Some(first) => {
                    let text = format!("{}: {}", first.path, first.reason);
                    set(DistributionState::InstallFailed, Some(&text))?;
                    let bad = validation.problems.iter().filter_map(|p| p.sha256);
                    self.db.write(|tx| {
                        bad.into_iter().try_for_each(|sha256| tx.remove_point_blob(point.id, &sha256))
                    })?;
                }
            }
        }
        let values = [("package", package.name.as_str()), ("point", point.name.as_str())];
        match validation.problems.len() {
            0 => self.log.info("validate", &values, "whole"),
            n => {
                for p in &validation.problems {
                    self.log.error("validate", &values, &format!("{}: {}", p.path, p.reason));
                }
                self.log.error("validate", &values, &format!("{n} of its contents are not whole"));
            }
        }
        Ok(validation)
    }

    fn look_at(
        &self,
        store: &dyn Store,
        package: &Package,
        point: &Point,
        progress: &Progress,
    ) -> Result<Validation> {
        let mut validation = Validation {
            point: point.name.clone(),
            package: package.name.clone(),
            version: None,
            published: package.published,
            blobs: 0,
            bytes: 0,
            problems: Vec::new(),
        };
        let bad = |key: &str, e: &Error| BadContent {
            path: key.to_owned(),
            sha256: None,
            kind: e.kind(),
            reason: e.message().to_owned(),
        };
        let (key, most) = (PackageList::key(package.id), Limits::default().max_document);
        let list = match document(store, &key, most).and_then(|data| PackageList::parse(&data, &key)) {
            Ok(list) if list.site == self.id => list,
            Ok(list) => {
                let e = Error::new(ErrorKind::HashMismatch, format!("is of another site ({})", list.site));
                validation.problems.push(bad(&key, &e));
                return Ok(validation);
            }
            Err(e) if e.kind() == ErrorKind::Io || e.kind() == ErrorKind::PermissionDenied => return Err(e),
            Err(e) => {
                validation.problems.push(bad(&key, &e));
                return Ok(validation);
            }
        };
        validation.version = Some(list.content_version);
        let data = match document(store, &list.data, most) {
            Ok(data) if sha256(&data).to_string() == list.data_sha256 => DataList::parse(&data, &list.data),
            Ok(_) => Err(Error::new(
                ErrorKind::HashMismatch,
                "does not have the digest that the package's list names",
            )),
            Err(e) => Err(e),
        };
        let data = match data {
            Ok(data) => data,
            Err(e) => {
                validation.problems.push(bad(&list.data, &e));
                return Ok(validation);
            }
        };
        let mut blobs: HashMap<&str, &DataFile> = HashMap::new();
        data.files.iter().for_each(|f| _ = blobs.entry(&f.sha256).or_insert(f));
        let mut blobs: Vec<&DataFile> = blobs.into_values().collect();
        blobs.sort_by(|a, b| a.path.cmp(&b.path));
        validation.blobs = blobs.len() as u64;
        validation.bytes = blobs.iter().map(|f| f.size).sum();
        let meter = progress.begin(Phase::Verify, validation.blobs, validation.bytes);
        let (next, found) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        let stopped: Mutex<Option<Error>> = Mutex::new(None);
        std::thread::scope(|scope| {
            for _ in 0..AT_ONCE.min(blobs.len()) {
                scope.spawn(|| {
                    while let Some(file) = blobs.get(next.fetch_add(1, Relaxed)) {
                        let one = check(store, file, &|n| meter.add_bytes(n));
                        let one = one.and_then(|problem| meter.done(&file.path, 0).map(|()| problem));
                        match one {
                            Ok(problem) => found.lock().map(|mut f| f.extend(problem)).unwrap_or_default(),
                            Err(e) => {
                                next.store(blobs.len(), Relaxed);
                                if let Ok(mut stopped) = stopped.lock() {
                                    stopped.get_or_insert(e);
                                }
                            }
                        }
                    }
                });
            }
        });
        if let Ok(Some(error)) = stopped.into_inner() {
            return Err(error);
        }
        validation.problems = found.into_inner().unwrap_or_default();
        validation.problems.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(validation)
    }
}

/// What is wrong with one content on a point. An error is of the way there, and says nothing about the content.
fn check(store: &dyn Store, file: &DataFile, read: &dyn Fn(u64) -> Result<()>) -> Result<Option<BadContent>> {
    let wanted = file.digest()?;
    let bad = |kind, reason| Some(BadContent { path: file.path.clone(), sha256: Some(wanted), kind, reason });
    for attempt in 1.. {
        let mut hasher = sha2::Sha256::new();
        let mut size = 0;
        let got = store.get(&content_key(&wanted), &mut |bytes| {
            hasher.update(bytes);
            size += bytes.len() as u64;
            read(bytes.len() as u64)
        });
        match got {
            Ok(()) => {
                let found = Sha256Digest(hasher.finalize().into());
                let why = || {
                    format!("has {size} bytes with SHA-256 {found}; is to have {} with {wanted}", file.size)
                };
                return Ok(if found == wanted { None } else { bad(ErrorKind::HashMismatch, why()) });
            }
            Err(e) if e.kind() == ErrorKind::NotFound => {
                return Ok(bad(ErrorKind::NotFound, "is not there".to_owned()));
            }
            Err(e) if attempt < TRIES && e.kind() == ErrorKind::Io => {}
            Err(e) => return Err(e),
        }
    }
    Ok(None)
}
