//! Rebuilding: what a container index names, made from decoded members; a file as soon as its basis is there.

use super::decode::Decoded;
use super::{Failure, Origin, Staged, StagedFile, StagingArea, name_key};
use crate::base::{BlobSource as _, FileHash, Limits, Meter};
use crate::codec::pa30;
use crate::error::{Error, ErrorKind, Result};
use crate::package::cix::{Cix, CixBasis, CixFile, SourceKind};
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

/// What a container index yields: its files, what could not be made, and the members that only served to
/// make them.
#[derive(Default)]
pub(super) struct Rebuilt {
    pub files: Vec<StagedFile>,
    pub failures: Vec<Failure>,
    pub consumed: HashSet<String>,
}

/// One file's end: its contents, if any, and why they may not be used, if so. Contents that fail their own
/// digest still serve as the basis of others, whose digests then decide.
struct Outcome {
    content: Option<Staged>,
    failure: Option<Failure>,
}

struct Job<'a> {
    cix: &'a Cix,
    members: HashMap<String, &'a Decoded>,
    by_hash: HashMap<&'a FileHash, usize>,
    dependents: Vec<Vec<usize>>,
    outcomes: Vec<OnceLock<Outcome>>,
    area: &'a StagingArea,
    limits: &'a Limits,
    meter: &'a Meter,
    fatal: Mutex<Option<Error>>,
}

/// Makes every file of `cix` from `members`.
pub(super) fn rebuild(
    cix: &Cix,
    members: &[Decoded],
    area: &StagingArea,
    limits: &Limits,
    meter: &Meter,
) -> Result<Rebuilt> {
    let mut dependents = vec![Vec::new(); cix.files.len()];
    let by_hash: HashMap<_, _> =
        cix.files.iter().enumerate().filter_map(|(i, f)| Some((f.hash.as_ref()?, i))).collect();
    let basis_of = |file: &CixFile| match &file.basis {
        Some(CixBasis::File(i)) => Some(*i),
        Some(CixBasis::Hash { hash, .. }) => by_hash.get(hash).copied(),
        None => None,
    };
    let mut ready = Vec::new();
    for (i, file) in cix.files.iter().enumerate() {
        match basis_of(file) {
            Some(basis) => dependents[basis].push(i),
            None => ready.push(i),
        }
    }
    let job = Job {
        cix,
        members: members.iter().map(|m| (name_key(&m.name), m)).collect(),
        by_hash,
        dependents,
        outcomes: cix.files.iter().map(|_| OnceLock::new()).collect(),
        area,
        limits,
        meter,
        fatal: Mutex::default(),
    };
    rayon::scope(|scope| {
        for i in ready {
            let job = &job;
            scope.spawn(move |scope| job.run(i, scope));
        }
    });
    job.finish()
}

impl<'a> Job<'a> {
    /// Makes file `i`, then hands over those that waited for it.
    fn run<'s>(&'s self, i: usize, scope: &rayon::Scope<'s>) {
        if self.stopped() {
            return;
        }
        let file = &self.cix.files[i];
        let outcome = match self.make(file) {
            Ok((content, None)) => Outcome { content: Some(content), failure: None },
            Ok((content, Some(error))) => {
                Outcome { content: Some(content), failure: Some(Failure::new(&file.name, &error)) }
            }
            Err(error) if fatal(error.kind()) => return self.stop(error),
            Err(error) => Outcome { content: None, failure: Some(Failure::new(&file.name, &error)) },
        };
        if self.outcomes[i].set(outcome).is_err() {
            return;
        }
        if let Err(error) = self.meter.done(&file.name, file.length) {
            return self.stop(error);
        }
        for &next in &self.dependents[i] {
            scope.spawn(move |scope| self.run(next, scope));
        }
    }

    /// The file's contents, and the mismatch if they are not what the index declares.
    fn make(&self, file: &CixFile) -> Result<(Staged, Option<Error>)> {
        let basis = match &file.basis {
            None => None,
            Some(CixBasis::File(i)) => Some(self.made(*i)?),
            Some(CixBasis::Hash { hash, .. }) => {
                let there = self.by_hash.get(hash).ok_or_else(|| {
                    let message = format!("its basis, the file with {hash}, is not in the package");
                    Error::new(ErrorKind::MissingPayload, message)
                })?;
                Some(self.made(*there)?)
            }
        };
        let Some(source) = &file.source else {
            let copy =
                basis.ok_or_else(|| Error::malformed("the index gives it neither a source nor a basis"))?;
            return Ok((copy.clone(), declared(file, copy).err()));
        };
        let stored = self.member(source.name.as_deref())?;
        if let Some(hash) = &source.hash {
            matches(&stored.content, hash, "its stored stream")?;
        }
        let content = match &source.kind {
            SourceKind::Raw => stored.content.clone(),
            SourceKind::Pa30 | SourceKind::Pa31 => {
                let delta = stored.content.bytes(self.limits.max_buffer)?;
                let basis = basis.map(|b| b.bytes(self.limits.max_buffer)).transpose()?.unwrap_or_default();
                let target = pa30::apply_unchecked(&basis, &delta, self.limits, Some(file.length))?;
                let content = self.area.put(target.data)?;
                if let Some(mismatch) = target.mismatch {
                    return Ok((content, Some(mismatch)));
                }
                content
            }
            SourceKind::Pa19 => return Err(Error::unsupported("deltas of kind PA19 are not supported")),
            SourceKind::Other(kind) => {
                return Err(Error::unsupported(format!("streams of kind '{kind}' are not supported")));
            }
        };
        let mismatch = declared(file, &content).err();
        Ok((content, mismatch))
    }

    fn made(&self, basis: usize) -> Result<&Staged> {
        self.outcomes[basis].get().and_then(|o| o.content.as_ref()).ok_or_else(|| {
            let name = &self.cix.files[basis].name;
            Error::new(ErrorKind::MissingPayload, format!("its basis '{name}' could not be rebuilt"))
        })
    }

    fn member(&self, name: Option<&str>) -> Result<&'a Decoded> {
        let name =
            name.ok_or_else(|| Error::malformed("the index does not name the member it is stored in"))?;
        self.members.get(&name_key(name)).copied().ok_or_else(|| {
            Error::new(ErrorKind::MissingPayload, format!("the member '{name}' is not in the cabinet"))
        })
    }

    fn stopped(&self) -> bool {
        self.fatal.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn stop(&self, error: Error) {
        self.fatal.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }

    fn finish(self) -> Result<Rebuilt> {
        if let Some(error) = self.fatal.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(error);
        }
        let mut rebuilt = Rebuilt::default();
        for (file, outcome) in self.cix.files.iter().zip(self.outcomes) {
            if let Some(name) = file.source.as_ref().and_then(|s| s.name.as_ref()) {
                rebuilt.consumed.insert(name_key(name));
            }
            match outcome.into_inner() {
                Some(Outcome { content: Some(content), failure: None }) => rebuilt.files.push(StagedFile {
                    name: file.name.clone(),
                    content,
                    origin: match &file.source {
                        None => Origin::Copied,
                        Some(source) if source.kind.is_delta() => Origin::Rebuilt,
                        Some(_) => Origin::Stored,
                    },
                    modified: filetime(file.time),
                    verified: file.hash.is_some(),
                }),
                Some(Outcome { failure: Some(failure), .. }) => rebuilt.failures.push(failure),
                _ => {
                    let error = Error::malformed("its bases depend on each other in a circle");
                    rebuilt.failures.push(Failure::new(&file.name, &error));
                }
            }
        }
        Ok(rebuilt)
    }
}

/// Errors that end the work rather than one file.
fn fatal(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Cancelled | ErrorKind::Io | ErrorKind::NoSpace | ErrorKind::PermissionDenied)
}

/// Whether `content` has the length and digest that the index declares for `file`.
fn declared(file: &CixFile, content: &Staged) -> Result<()> {
    if content.size() != file.length {
        let message = format!("it has {} bytes where the index declares {}", content.size(), file.length);
        return Err(Error::new(ErrorKind::HashMismatch, message));
    }
    file.hash.as_ref().map_or(Ok(()), |hash| matches(content, hash, "it"))
}

/// Whether `content` has the digest `hash`.
pub(super) fn matches(content: &Staged, hash: &FileHash, what: &str) -> Result<()> {
    if content.matches(hash)? {
        return Ok(());
    }
    Err(Error::new(ErrorKind::HashMismatch, format!("{what} does not have the declared {hash}")))
}

/// A FILETIME as a time; `None` for 0 and for times before 1970.
fn filetime(time: u64) -> Option<SystemTime> {
    const UNIX_EPOCH_IN_FILETIME: u64 = 116_444_736_000_000_000;
    let ticks = time.checked_sub(UNIX_EPOCH_IN_FILETIME)?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::new(ticks / 10_000_000, (ticks % 10_000_000) as u32 * 100))
}
