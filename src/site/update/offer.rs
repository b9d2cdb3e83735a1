//! The offer: which updates a package can use, index by index, and why it has no use for the others.
//!
//! A version of a package never changes and neither does an update, so each pair is looked at once and the answer kept.

use crate::base::Progress;
use crate::error::{ErrorKind, Result};
use crate::service::{Decision, Session, SessionOptions, Status};
use crate::site::Site;
use crate::site::db::NewStatus;
use crate::site::model::{Package, PackageIndex, PackageVersion, Update, UpdateState, UpdateStatus};
use serde::Serialize;
use std::collections::HashMap;
use std::path::Path;

/// Updates that are decoded together.
const BATCH: usize = 8;

/// What a package can use.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Offer {
    /// The package.
    pub package: Package,
    /// Its indexes.
    pub indexes: Vec<PackageIndex>,
    /// Every update and index: those that are offered, and each other one with its reason.
    pub updates: Vec<OfferEntry>,
}

/// One update and one index.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct OfferEntry {
    /// What is known of them.
    #[serde(flatten)]
    pub status: UpdateStatus,
    /// Whether a schedule for all that applies would take it.
    pub offered: bool,
    /// Updates that supersede it and are applicable or installed here.
    pub superseded_by: Vec<i64>,
}

impl Site {
    /// Which of the imported updates a package's published version can use.
    pub fn offer(&self, package: &Package, progress: &Progress) -> Result<Offer> {
        let (version, files, indexes) = self.db.read(|tx| {
            let version = tx.published(package.id)?;
            let id = version.as_ref().map_or(0, |v| v.id);
            Ok((version, tx.contents(id)?, tx.indexes(id)?))
        })?;
        let Some(version) = version else {
            return Ok(Offer { package: package.clone(), indexes, updates: Vec::new() });
        };
        let unchecked = self.db.read(|tx| tx.unchecked_updates(version.id))?;
        if !unchecked.is_empty() {
            let work = self.work.begin(&Self::work_name("offer"))?;
            let image = self.materialise_image(&version.image, &files, work.path(), progress)?;
            self.evaluate(&version, &indexes, &image, &unchecked, work.path(), progress)?;
        }
        let (statuses, newer) =
            self.db.read(|tx| Ok((tx.statuses(version.id, None)?, tx.useful_newer(version.id)?)))?;
        let mut superseding: HashMap<(u32, i64), Vec<i64>> = HashMap::new();
        for (index, older, newer) in newer {
            superseding.entry((index, older)).or_default().push(newer);
        }
        let refused: Vec<u32> = indexes.iter().filter(|i| i.refusal.is_some()).map(|i| i.index).collect();
        let entries = statuses.into_iter().map(|status| {
            let superseded_by = superseding.remove(&(status.index, status.update)).unwrap_or_default();
            // One that is staged already has nothing left to do at level `stage`.
            let offered = status.status == UpdateState::Applicable
                && status.decision != "staged"
                && superseded_by.is_empty()
                && !refused.contains(&status.index);
            OfferEntry { status, offered, superseded_by }
        });
        Ok(Offer { package: package.clone(), indexes, updates: entries.collect() })
    }

    /// Looks at updates of which nothing is known for this version, and records the answers.
    fn evaluate(
        &self,
        version: &PackageVersion,
        indexes: &[PackageIndex],
        image: &Path,
        unchecked: &[i64],
        work: &Path,
        progress: &Progress,
    ) -> Result<()> {
        let mut decode = Vec::new();
        let mut known = Vec::new();
        for &id in unchecked {
            let Some(update) = self.db.read(|tx| tx.update(id))? else { continue };
            match foreign(&update, indexes) {
                Some(statuses) => known.extend(statuses),
                None => decode.push(update),
            }
        }
        self.record(version, known)?;
        for batch in decode.chunks(BATCH) {
            let options =
                SessionOptions { dry_run: true, continue_on_error: true, ..SessionOptions::default() };
            let mut session = Session::open(image, options)?;
            let mut paths = HashMap::new();
            for update in batch {
                let folder = work.join(format!("update-{}", update.id));
                let path = self.materialise(&update.sha256, &folder, update.file.as_ref())?;
                session.add_update(&path, progress)?;
                paths.insert(path.display().to_string(), update.id);
            }
            let plan = session.plan()?;
            let decisions = plan.decisions.iter().map(Answer::from);
            self.record(version, merge(decisions, &paths))?;
        }
        Ok(())
    }

    /// Records answers, and beside each whether the index had the update when the package was added.
    fn record(&self, version: &PackageVersion, mut statuses: Vec<NewStatus>) -> Result<()> {
        self.db.write(|tx| {
            let mut found: HashMap<i64, Vec<u32>> = HashMap::new();
            for status in &mut statuses {
                let indexes = match found.get(&status.update) {
                    Some(indexes) => indexes,
                    None => found.entry(status.update).or_insert(tx.found_in(version.id, status.update)?),
                };
                // A version that servicing made has what was applied, too; that was recorded by its run.
                status.found_at_import = version.run.is_none() && indexes.contains(&status.index);
            }
            // What a run recorded stands; and an update may have been removed meanwhile.
            let old = tx.statuses(version.id, None)?;
            let applied = |s: &NewStatus| {
                old.iter().any(|o| {
                    (o.index, o.update) == (s.index, s.update) && (o.applied.is_some() || o.found_at_import)
                })
            };
            let mut there: HashMap<i64, bool> = HashMap::new();
            let mut new = Vec::new();
            for status in statuses {
                let exists = match there.get(&status.update) {
                    Some(exists) => *exists,
                    None => *there.entry(status.update).or_insert(tx.update(status.update)?.is_some()),
                };
                if exists && !applied(&status) {
                    new.push(status);
                }
            }
            tx.set_statuses(version.id, &new)
        })
    }
}

/// The answers for an update of another architecture than any of the images: told without decoding it.
fn foreign(update: &Update, indexes: &[PackageIndex]) -> Option<Vec<NewStatus>> {
    let known = |a: &str| matches!(a, "x86" | "amd64" | "arm64" | "arm" | "ia64");
    let theirs = update.architecture.to_lowercase();
    let other = |i: &PackageIndex| known(&i.architecture) && i.architecture != theirs;
    if !known(&theirs) || !indexes.iter().all(other) {
        return None;
    }
    let status = |i: &PackageIndex| NewStatus {
        index: i.index,
        update: update.id,
        status: UpdateState::NotRequired,
        decision: "not_applicable".into(),
        hresult: ErrorKind::ArchitectureMismatch.hresult(),
        reason: format!("it is for {theirs}, the image for {}", i.architecture),
        found_at_import: false,
        applied: None,
        run: None,
    };
    Some(indexes.iter().map(status).collect())
}

/// One decision of a plan or a receipt.
pub(in crate::site) struct Answer {
    pub index: u32,
    pub update: String,
    pub package: String,
    pub decision: String,
    pub reason: String,
    pub hresult: u32,
    pub state: UpdateState,
    /// Whether it is, or was, laid in.
    pub applies: bool,
}

impl From<&Decision> for Answer {
    fn from(d: &Decision) -> Self {
        let word = serde_json::to_value(d.status).ok();
        Self {
            index: d.index,
            update: d.update.clone(),
            package: d.package.clone(),
            decision: word.as_ref().and_then(|w| w.as_str()).unwrap_or_default().to_owned(),
            reason: d.reason.clone(),
            hresult: d.hresult.as_deref().map_or(0, parse_hresult),
            state: if d.status == Status::Failed {
                UpdateState::Unknown
            } else {
                UpdateState::of(d.update_status).unwrap_or(UpdateState::Unknown)
            },
            applies: d.applies(),
        }
    }
}

/// `0x800F081E` as a number.
pub(in crate::site) fn parse_hresult(text: &str) -> u32 {
    u32::from_str_radix(text.trim_start_matches("0x"), 16).unwrap_or(0)
}

/// One status for each index and update, of the answers about the update's packages: one package that applies is enough.
pub(in crate::site) fn merge(
    answers: impl Iterator<Item = Answer>,
    paths: &HashMap<String, i64>,
) -> Vec<NewStatus> {
    let weight = |state: UpdateState| match state {
        UpdateState::Applicable => 0,
        UpdateState::Unknown => 1,
        UpdateState::NotSupported | UpdateState::InstalledNotSupported => 2,
        UpdateState::Installed => 3,
        UpdateState::NotRequired => 4,
    };
    let mut merged: Vec<NewStatus> = Vec::new();
    let mut places: HashMap<(u32, i64), usize> = HashMap::new();
    for answer in answers {
        let Some(&update) = paths.get(&answer.update) else { continue };
        let status = NewStatus {
            index: answer.index,
            update,
            status: answer.state,
            decision: answer.decision,
            hresult: answer.hresult,
            reason: answer.reason,
            found_at_import: false,
            applied: None,
            run: None,
        };
        match places.get(&(answer.index, update)) {
            Some(&place) if weight(merged[place].status) <= weight(status.status) => {}
            Some(&place) => merged[place] = status,
            None => {
                places.insert((answer.index, update), merged.len());
                merged.push(status);
            }
        }
    }
    merged
}
