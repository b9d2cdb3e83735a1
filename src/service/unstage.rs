//! Taking out again what a run staged, by its receipt: its files, the folders made for them, what its hives were told.
//!
//! All is checked before anything is changed: a file that is not what was staged, a package that Windows has installed
//! since, a key that somebody has written to are refusals, and then nothing is written to any index.

mod kept;

use super::deliver;
use super::hashing::digest;
use super::places::Places;
use super::receipt::{CommitRecord, FileDigest};
use super::session::SessionOptions;
use crate::base::{ImagePath, ImageTree as _, Limits, Meter, Phase, Progress, Sha1Digest};
use crate::cbs::state::{PackageState, hives};
use crate::cbs::{Identity, ServicingState};
use crate::error::{Error, ErrorKind, Result};
use crate::staging::{Staged, StagingArea};
use crate::wim::commit::{CommitOptions, WriteLock, commit};
use crate::wim::overlay::{Content, Overlay};
use crate::wim::{OpenOptions, WimFile};
use kept::{Kept, KeptIndex};
use serde::Serialize;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// How [`unstage`] works.
#[derive(Clone, Debug, Default)]
pub struct UnstageOptions {
    /// Write the result here; `None` changes the image in place.
    pub output: Option<PathBuf>,
    /// The indexes, from 1; `None` takes all that the receipt says something was staged into.
    pub indexes: Option<Vec<u32>>,
    /// Check everything and write nothing.
    pub dry_run: bool,
    /// Where contents are spilled that do not fit in memory; `None` is the system's temporary folder.
    pub temporary: Option<PathBuf>,
    /// Bounds for what is read.
    pub limits: Limits,
    /// WIMs that a delta WIM takes its other blobs from, as in [`OpenOptions::references`].
    pub references: Vec<PathBuf>,
}

/// What was taken out.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct UnstageReport {
    /// The image that was read.
    pub image: String,
    /// The image that was written; the same where it was changed in place.
    pub output: String,
    /// Whether an image was written.
    pub written: bool,
    /// The indexes, in their order.
    pub indexes: Vec<UnstagedIndex>,
    /// What the commit appended; `None` when nothing was written.
    pub commit: Option<CommitRecord>,
    /// The image that was written; `None` when nothing was.
    pub after: Option<FileDigest>,
}

/// What was taken out of one index.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct UnstagedIndex {
    /// The index, from 1.
    pub index: u32,
    /// Files taken out.
    pub files: u64,
    /// Folders taken out that had been made for them.
    pub folders: u64,
    /// Such folders that are left, because something else lies in them.
    pub folders_left: Vec<String>,
    /// The packages whose registration was taken back.
    pub packages: Vec<String>,
    /// The hives that were brought back.
    pub hives: Vec<String>,
}

/// Takes out of the image at `path` what the run staged whose receipt is the JSON text `receipt`.
///
/// [`ErrorKind::HashMismatch`] where something is not any more what was staged, [`ErrorKind::NotApplicable`] where a
/// package is installed by now, [`ErrorKind::Pending`] where the image has pending operations. Two runs on the same image
/// are taken back in the opposite order.
pub fn unstage(
    path: impl AsRef<Path>,
    receipt: &[u8],
    options: &UnstageOptions,
    progress: &Progress,
) -> Result<UnstageReport> {
    let path = path.as_ref();
    let kept = Kept::parse(receipt)?;
    Places::new(path, &SessionOptions { output: options.output.clone(), ..SessionOptions::default() })?;
    let (limits, references) = (options.limits.clone(), options.references.clone());
    let open = OpenOptions { limits, references, ..OpenOptions::default() };
    let wim = WimFile::open(path, &open)?;
    let in_place = options.output.is_none() && !options.dry_run;
    let lock = in_place.then(|| WriteLock::new(&wim)).transpose()?;
    let chosen = choose(&kept, options.indexes.as_deref(), wim.image_count())?;
    let area = StagingArea::new(&options.limits, options.temporary.as_deref());
    let mut work = Work { kept: &kept, options, area, hives: HashMap::new() };
    let meter = progress.begin(Phase::Stage, chosen.len() as u64, 0);
    let (mut overlays, mut indexes) = (Vec::new(), Vec::new());
    for index in chosen {
        let (overlay, done) = work
            .index(&wim, index, &meter)
            .map_err(|e| e.within(format!("{}: index {}", path.display(), index.index)))?;
        overlays.push(overlay);
        indexes.push(done);
    }
    let target = options.output.as_deref().unwrap_or(path);
    let mut report = UnstageReport {
        image: path.display().to_string(),
        output: target.display().to_string(),
        written: false,
        indexes,
        commit: None,
        after: None,
    };
    if options.dry_run {
        return Ok(report);
    }
    let commit_options = CommitOptions { output: options.output.clone(), lock, ..CommitOptions::default() };
    let done = commit(&wim, overlays, &commit_options, progress)?;
    report.written = true;
    report.commit = Some(CommitRecord {
        appended_bytes: done.appended_bytes,
        new_blobs: done.new_blobs,
        deduplicated_blobs: done.deduplicated,
    });
    report.after = Some(digest(target, &progress.uncancelled())?);
    Ok(report)
}

/// The indexes to work on, as the receipt has them.
fn choose<'k>(kept: &'k Kept, wanted: Option<&[u32]>, count: u32) -> Result<Vec<&'k KeptIndex>> {
    let mut chosen: Vec<&KeptIndex> = match wanted {
        None => kept.indexes.iter().filter(|i| i.has_anything()).collect(),
        Some(numbers) => {
            let find = |&number: &u32| {
                let found = kept.indexes.iter().find(|i| i.index == number && i.has_anything());
                found.ok_or_else(|| {
                    let message = format!("the receipt says of nothing that was staged into index {number}");
                    Error::new(ErrorKind::NotFound, message)
                })
            };
            numbers.iter().map(find).collect::<Result<_>>()?
        }
    };
    chosen.sort_by_key(|i| i.index);
    chosen.dedup_by_key(|i| i.index);
    if chosen.is_empty() {
        let message = "the receipt says of nothing that was staged, so there is nothing to take out";
        return Err(Error::new(ErrorKind::NotApplicable, message));
    }
    match chosen.iter().find(|i| i.index == 0 || i.index > count) {
        Some(bad) => {
            let message = format!("the receipt names index {}, and the image has {count}", bad.index);
            Err(Error::new(ErrorKind::NotFound, message))
        }
        None => Ok(chosen),
    }
}

struct Work<'a> {
    kept: &'a Kept,
    options: &'a UnstageOptions,
    area: StagingArea,
    /// Hives brought back already: name, contents now, contents then and the run's.
    hives: HashMap<(String, Sha1Digest, String, String), Staged>,
}

impl Work<'_> {
    fn index(&mut self, wim: &WimFile, index: &KeptIndex, meter: &Meter) -> Result<(Overlay, UnstagedIndex)> {
        let limits = &self.options.limits;
        let mut overlay = Overlay::new(wim, index.index)?;
        let state = ServicingState::read(&overlay, limits)?;
        if let Some(refusal) = state.health.refusal() {
            return Err(refusal);
        }
        let packages = registered(index, &state)?;
        let mut done = UnstagedIndex {
            index: index.index,
            files: 0,
            folders: 0,
            folders_left: Vec::new(),
            packages,
            hives: Vec::new(),
        };
        for file in index.added() {
            let path = ImagePath::parse(&file.path)?;
            match overlay.stat(&path)? {
                Some(entry) if !entry.is_dir && entry.sha1.to_string() == file.sha1 => {}
                // Empty contents have no digest in an image.
                Some(entry) if !entry.is_dir && entry.is_empty() && file.size == 0 => {}
                Some(_) => {
                    let message = "is not any more what was staged";
                    return Err(Error::new(ErrorKind::HashMismatch, message).with_path(&path));
                }
                None => {
                    let message = "was staged and is not there any more";
                    return Err(Error::new(ErrorKind::HashMismatch, message).with_path(&path));
                }
            }
            overlay.remove(&path)?;
            done.files += 1;
        }
        deliver::take_back(&index.deliveries, &mut overlay)?;
        for folder in index.folders.iter().rev() {
            let path = ImagePath::parse(folder)?;
            match overlay.stat(&path)? {
                Some(entry) if entry.is_dir && overlay.list(&path)?.is_empty() => {
                    overlay.remove(&path)?;
                    done.folders += 1;
                }
                Some(_) => done.folders_left.push(folder.clone()),
                None => {}
            }
        }
        for hive in &index.registration.hives {
            let bytes = self.hive(&overlay, hive)?;
            let sha1 = bytes.sha1();
            overlay.put(&hives::path(&hive.hive)?, Content::with_sha1(bytes, sha1))?;
            done.hives.push(hive.hive.clone());
        }
        meter.done(&index.name, 0)?;
        Ok((overlay, done))
    }

    /// The hive as it was before the run.
    fn hive(&mut self, overlay: &Overlay, hive: &kept::KeptHive) -> Result<Staged> {
        let limits = &self.options.limits;
        let undo = self.kept.undo(hive)?;
        let path = hives::path(&hive.hive)?;
        let now = overlay.stat(&path)?.map(|e| e.sha1).unwrap_or_default();
        let key = (hive.hive.clone(), now, hive.sha1_before.clone(), hive.sha1_after.clone());
        if let Some(known) = self.hives.get(&key) {
            return Ok(known.clone());
        }
        let opened = hives::open_replayed(overlay, &path, limits)?;
        let missing = || Error::new(ErrorKind::NotFound, "the hive is not there any more").with_path(&path);
        let mut editor = opened.ok_or_else(missing)?.0.edit().map_err(|e| e.within(&path))?;
        undo.apply(&mut editor).map_err(|e| e.within(&path))?;
        let staged = self.area.put(editor.finish())?;
        self.hives.insert(key, staged.clone());
        Ok(staged)
    }
}

/// The packages that the run registered, each still as it left it.
fn registered(index: &KeptIndex, state: &ServicingState) -> Result<Vec<String>> {
    let own = index.registration.packages.iter().filter(|p| p.registered);
    own.map(|package| {
        let identity = Identity::parse(&package.package)?;
        let found = state.packages.iter().find(|p| p.identity == identity).and_then(|p| p.state);
        match found {
            Some(PackageState::STAGED) => Ok(package.package.clone()),
            Some(other) => {
                let message = format!("is {other} ({:#04x}) by now; DISM can remove it", other.0);
                Err(Error::new(ErrorKind::NotApplicable, message).with_path(&package.package))
            }
            None => {
                let message = "was registered and is not any more";
                Err(Error::new(ErrorKind::HashMismatch, message).with_path(&package.package))
            }
        }
    })
    .collect()
}
