//! Which updates in the image newer ones there supersede, and which runs laid them in.

use super::execute::{Base, Work, read_receipt};
use crate::error::Result;
use crate::site::model::{Run, RunUpdate, Superseded, Update, UpdateState};
use std::collections::{BTreeMap, BTreeSet};

/// An update in an index.
pub(super) type Laid = BTreeSet<(u32, i64)>;

/// What the image's layers and the run's own receipt say.
pub(super) struct Found {
    /// The runs whose work is in the image that the run began with, the oldest first.
    pub layers: Vec<Run>,
    /// What they laid in, each.
    pub laid: Vec<Laid>,
    /// What this run laid in.
    pub now: Laid,
    /// Updates that newer ones in the image supersede, with where they are and which ones.
    pub superseded: BTreeMap<i64, Old>,
}

/// An update that is superseded.
pub(super) struct Old {
    pub update: Update,
    /// Where a run laid it in.
    pub laid: BTreeSet<u32>,
    /// Where it was before any run.
    pub found: BTreeSet<u32>,
    pub newer: BTreeSet<i64>,
    /// Why it stays.
    pub stays: Option<String>,
}

impl Work<'_> {
    pub fn find_superseded(&self, base: &Base, updates: &[Update]) -> Result<Found> {
        let layers = self.layers(base.version.number)?;
        let laid: Vec<Laid> = layers.iter().map(laid_by).collect();
        let (_, receipt) = self.output();
        let now: Laid = self
            .answers(&read_receipt(&receipt)?, updates)?
            .iter()
            .filter(|(a, _)| a.applies)
            .map(|(a, id)| (a.index, *id))
            .collect();
        let statuses = self.site.db.read(|tx| tx.statuses(base.version.id, None))?;
        let at_import: Laid =
            statuses.iter().filter(|s| s.found_at_import).map(|s| (s.index, s.update)).collect();
        let mut before = at_import.clone();
        before.extend(laid.iter().flatten());
        let all: Laid = before.union(&now).copied().collect();
        let mut superseded = BTreeMap::new();
        let ids: BTreeSet<i64> = all.iter().map(|(_, id)| *id).collect();
        for id in ids {
            // One that was removed from the library is known by the runs alone, and so is what superseded it.
            let Some(update) = self.site.db.read(|tx| tx.update(id))? else { continue };
            let of =
                |set: &Laid| set.iter().filter(|(_, u)| *u == id).map(|(i, _)| *i).collect::<BTreeSet<u32>>();
            let found = of(&at_import);
            let mut mine = of(&all);
            mine.retain(|i| !found.contains(i));
            // What this run was told to lay in goes only for what it lays in, too.
            let newer_in = |index: u32| {
                let there = if now.contains(&(index, id)) { &now } else { &all };
                update.superseded_by.iter().copied().filter(move |n| there.contains(&(index, *n)))
            };
            let newer: BTreeSet<i64> = mine.iter().chain(&found).flat_map(|i| newer_in(*i)).collect();
            if newer.is_empty() {
                continue;
            }
            let bare = mine.iter().find(|i| newer_in(**i).next().is_none()).copied();
            let stays = if mine.is_empty() {
                Some(
                    "it was in the image when the package was added, so no receipt says what to take out"
                        .to_owned(),
                )
            } else {
                bare.map(|i| {
                    format!("index {i} has nothing newer, and an update is taken out of all of its indexes")
                })
            };
            superseded.insert(id, Old { update, laid: mine, found, newer, stays });
        }
        Ok(Found { layers, laid, now, superseded })
    }

    /// The runs whose work is in a version, the oldest first.
    fn layers(&self, version: u32) -> Result<Vec<Run>> {
        let (mut chain, mut number) = (Vec::new(), version);
        while let Some(run) = self.site.db.read(|tx| tx.run_that_made(self.package.id, number))? {
            if run.from_version >= number {
                break;
            }
            number = run.from_version;
            chain.push(run);
        }
        let mut layers: Vec<Run> = Vec::new();
        for run in chain.into_iter().rev() {
            layers.retain(|r| !run.taken_back.contains(&r.id));
            layers.push(run);
        }
        Ok(layers)
    }
}

impl Found {
    /// What became of each; of those without a reason to stay, that they were removed by taking these runs back.
    pub fn records(&self, runs: &[i64]) -> Vec<Superseded> {
        let mut records = Vec::new();
        for old in self.superseded.values() {
            let removed = old.stays.is_none();
            let how = match runs {
                [] => "it was left out".to_owned(),
                [run] => format!("run {run} was taken back"),
                many => format!("the runs {} were taken back", list(many)),
            };
            let reason = old.stays.clone().unwrap_or(how);
            let record = |indexes: &BTreeSet<u32>, removed: bool, reason: String| Superseded {
                update: old.update.id,
                file: old.update.file.clone(),
                kb: old.update.kb.clone(),
                indexes: indexes.iter().copied().collect(),
                superseded_by: old.newer.iter().copied().collect(),
                removed,
                reason,
            };
            if !old.laid.is_empty() {
                records.push(record(&old.laid, removed, reason));
            }
            if !old.found.is_empty() {
                let why =
                    "it was in the image when the package was added, so no receipt says what to take out";
                records.push(record(&old.found, false, why.to_owned()));
            }
        }
        records
    }
}

fn list(numbers: &[i64]) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Whether a run laid this package into this index.
pub(super) fn was_laid(update: &RunUpdate) -> bool {
    update.decision == "applicable"
        || update.decision == "undecided" && update.status == UpdateState::InstalledNotSupported
}

fn laid_by(run: &Run) -> Laid {
    run.updates.iter().filter(|u| was_laid(u)).map(|u| (u.index, u.update)).collect()
}
