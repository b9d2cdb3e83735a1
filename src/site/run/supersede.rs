//! Superseded updates out of the image, after the run's own are in it: what earlier runs laid in is taken back by their
//! receipts, the newest run first, and what of it is not superseded is laid in again, before the run's own updates.
//!
//! The image that the run made first stays until the other one is whole and holds all the rest; where that cannot be had,
//! it is the one that is published, and the record says why.

use super::execute::{Base, Stopped, Work, read_receipt};
use super::space;
use super::superseded::{Found, Laid, was_laid};
use crate::base::{Replacement, check_space, free_space};
use crate::error::{Error, ErrorKind, Result};
use crate::service::{UnstageOptions, unstage};
use crate::site::model::{Superseded, Update};
use crate::wim::write::{ExportOptions, export};
use crate::wim::{OpenOptions, WimFile};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// What came of it, kept in the work folder for a run that is resumed.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Outcome {
    pub superseded: Vec<Superseded>,
    /// The runs whose work was taken back.
    pub taken_back: Vec<i64>,
    /// What of their work was laid in again, by the numbers of the updates.
    pub again: Vec<i64>,
    /// Whether another image was made, without what was removed.
    pub made: bool,
}

/// How an attempt without some of the updates ended.
enum Attempt {
    Done(Outcome),
    /// The work of this layer cannot be taken back.
    Blocked(usize, String),
    Failed(String),
}

impl Work<'_> {
    /// The image and the receipt that are published.
    pub fn result(&self, outcome: &Outcome) -> (PathBuf, PathBuf) {
        if !outcome.made {
            return self.output();
        }
        let folder = self.folder.join("superseded");
        (folder.join("image.wim"), folder.join("receipt.json"))
    }

    /// What became of superseded updates; nothing, where nobody asked.
    pub fn outcome(&self) -> Result<Outcome> {
        let path = self.outcome_file();
        if !path.is_file() {
            return Ok(Outcome::default());
        }
        let data = std::fs::read(&path).map_err(|e| Error::io("read what was superseded", &path, e))?;
        serde_json::from_slice(&data)
            .map_err(|e| Error::malformed("cannot be read").with_path(path.display()).with_source(e))
    }

    fn outcome_file(&self) -> PathBuf {
        self.folder.join("superseded.json")
    }

    /// Takes out of the image what is superseded, where that can be done, and notes what became of each.
    pub fn supersede(&self, base: &Base, updates: &[Update]) -> Result<(), Stopped> {
        if self.outcome_file().is_file() {
            return Ok(());
        }
        self.phase("supersede")?;
        let mut found = self.find_superseded(base, updates)?;
        let outcome = self.take_out(base, updates, &mut found)?;
        for old in &outcome.superseded {
            let run = self.run.to_string();
            let what = if old.removed { "removed" } else { "stays" };
            let names = [
                ("run", run.as_str()),
                ("package", &self.package.name),
                ("update", &old.file),
                ("superseded", what),
            ];
            self.site.log.info("supersede", &names, &old.reason);
        }
        let text = serde_json::to_vec(&outcome)
            .map_err(|e| Error::new(ErrorKind::Internal, "what was superseded is no JSON").with_source(e))?;
        let path = self.outcome_file();
        let new = Replacement::begin(&path)?;
        new.file().write_all(&text).map_err(|e| Error::io("note what was superseded", &path, e))?;
        new.finish()?;
        Ok(())
    }

    fn take_out(&self, base: &Base, updates: &[Update], found: &mut Found) -> Result<Outcome, Stopped> {
        let mut floor = 0;
        loop {
            let out: BTreeSet<i64> =
                found.superseded.iter().filter(|(_, o)| o.stays.is_none()).map(|(id, _)| *id).collect();
            // The oldest layer that holds one of them.
            let holds = |laid: &Laid| laid.iter().any(|(_, id)| out.contains(id));
            let lowest = found.laid.iter().position(holds).unwrap_or(found.layers.len());
            if out.is_empty() {
                return Ok(Outcome { superseded: found.records(&[]), ..Outcome::default() });
            }
            let attempt = match self.blocked(found, lowest, &out)? {
                Some((layer, why)) => Attempt::Blocked(layer, why),
                None => self.attempt(base, updates, found, lowest, &out)?,
            };
            let (above, why) = match attempt {
                Attempt::Done(outcome) => return Ok(outcome),
                Attempt::Blocked(layer, why) => (layer + 1, why),
                Attempt::Failed(why) => (found.layers.len() + 1, why),
            };
            floor = above.max(floor + 1);
            let below: Laid = found.laid.iter().take(floor).flatten().copied().collect();
            let own = floor > found.layers.len();
            for (id, old) in &mut found.superseded {
                if own || below.iter().any(|(_, u)| u == id) {
                    old.stays.get_or_insert_with(|| why.clone());
                }
            }
        }
    }

    /// The newest layer from `lowest` on whose work cannot be taken back, as far as that can be told without trying.
    fn blocked(&self, found: &Found, lowest: usize, out: &BTreeSet<i64>) -> Result<Option<(usize, String)>> {
        for (at, run) in found.layers.iter().enumerate().skip(lowest).rev() {
            let id = run.id;
            if run.level == "install" {
                let why =
                    format!("run {id} installed what it laid in (level install), which cannot be taken back");
                return Ok(Some((at, why)));
            }
            if run.receipt.as_ref().is_none_or(|r| !self.site.root.join(r).is_file()) {
                return Ok(Some((
                    at,
                    format!("the receipt of run {id} is gone, so it cannot be taken back"),
                )));
            }
            for (_, update) in found.laid[at].iter().filter(|(_, u)| !out.contains(u)) {
                let there = self.site.db.read(|tx| tx.update(*update))?;
                let name = run.updates.iter().find(|u| u.update == *update).map(|u| u.file.as_str());
                let name = name.unwrap_or("an update");
                if there.is_none() {
                    let why = format!(
                        "taking back run {id} takes {name} with it, which is not in the library any more and could not be \
                         laid in again"
                    );
                    return Ok(Some((at, why)));
                }
                if run.level != self.schedule.level {
                    let why = format!(
                        "taking back run {id} takes {name} with it, which that run laid in at level {} and not {}",
                        run.level, self.schedule.level
                    );
                    return Ok(Some((at, why)));
                }
            }
        }
        Ok(None)
    }

    fn attempt(
        &self,
        base: &Base,
        updates: &[Update],
        found: &Found,
        lowest: usize,
        out: &BTreeSet<i64>,
    ) -> Result<Attempt, Stopped> {
        let again = self.again(updates, found, lowest, out)?;
        let mut all: Vec<Update> = again.clone();
        all.extend(updates.iter().filter(|u| !out.contains(&u.id)).cloned());
        let folder = self.folder.join("superseded");
        let tried = self.remake(base, found, lowest, &folder, &all);
        let why = match tried {
            Ok(None) => {
                let receipt = read_receipt(&folder.join("receipt.json"))?;
                let answers = self.answers(&receipt, &all)?;
                let there: Laid =
                    answers.iter().filter(|(a, _)| a.applies).map(|(a, id)| (a.index, *id)).collect();
                let mut wanted: Laid = found.laid.iter().skip(lowest).flatten().copied().collect();
                wanted.extend(&found.now);
                wanted.retain(|(_, id)| !out.contains(id));
                let Some((index, id)) = wanted.difference(&there).next().copied() else {
                    let ids: Vec<i64> = found.layers.iter().skip(lowest).map(|r| r.id).collect();
                    return Ok(Attempt::Done(Outcome {
                        superseded: found.records(&ids),
                        taken_back: ids,
                        again: again.iter().map(|u| u.id).collect(),
                        made: true,
                    }));
                };
                let name = all.iter().find(|u| u.id == id).map_or("an update", |u| u.file.as_str());
                let said = answers
                    .iter()
                    .find(|(a, u)| (a.index, *u) == (index, id))
                    .map(|(a, _)| a.reason.as_str());
                format!(
                    "without it {name} would not be laid into index {index}: {}",
                    said.unwrap_or("nothing was said of it")
                )
            }
            Ok(Some((layer, why))) => {
                clear(&folder)?;
                return Ok(Attempt::Blocked(layer, why));
            }
            Err(stopped) if stopped.error.kind() == ErrorKind::Cancelled => return Err(stopped),
            Err(stopped) => format!("the image could not be made without it: {}", stopped.error),
        };
        clear(&folder)?;
        Ok(Attempt::Failed(why))
    }

    /// What is taken back with superseded updates and is laid in again, in the order that it was laid in.
    fn again(
        &self,
        updates: &[Update],
        found: &Found,
        lowest: usize,
        out: &BTreeSet<i64>,
    ) -> Result<Vec<Update>> {
        let mut again: Vec<Update> = Vec::new();
        for run in found.layers.iter().skip(lowest) {
            for id in run.updates.iter().filter(|u| was_laid(u)).map(|u| u.update) {
                let known = updates.iter().chain(&again).any(|u| u.id == id);
                if !known && !out.contains(&id) {
                    again.extend(self.site.db.read(|tx| tx.update(id))?);
                }
            }
        }
        Ok(again)
    }

    /// Makes the image without the layers from `lowest` on and with the updates `all`; or says which layer cannot be taken
    /// back.
    fn remake(
        &self,
        base: &Base,
        found: &Found,
        lowest: usize,
        folder: &Path,
        all: &[Update],
    ) -> Result<Option<(usize, String)>, Stopped> {
        clear(folder)?;
        std::fs::create_dir_all(folder).map_err(|e| Error::io("make the work folder", folder, e))?;
        let mut image = self.base_image(base)?;
        let size = image.metadata().map_err(|e| Error::io("read the file's size", &image, e))?.len();
        let needed = space::estimate(size.saturating_mul(2), all.iter().map(|u| u.size).sum());
        check_space(free_space(folder), needed, &self.site.root)?;
        let options = UnstageOptions {
            temporary: Some(folder.to_owned()),
            limits: self.site.limits.clone(),
            ..UnstageOptions::default()
        };
        let mut last: Option<PathBuf> = None;
        for (at, run) in found.layers.iter().enumerate().skip(lowest).rev() {
            let receipt = self.site.root.join(run.receipt.as_deref().unwrap_or_default());
            let data = std::fs::read(&receipt).map_err(|e| Error::io("read the receipt", &receipt, e))?;
            let output = folder.join(format!("back-{at}.wim"));
            match unstage(
                &image,
                &data,
                &UnstageOptions { output: Some(output.clone()), ..options.clone() },
                self.progress,
            ) {
                Ok(_) => {}
                Err(e) if e.kind() == ErrorKind::Cancelled => return Err(e.into()),
                Err(e) => return Ok(Some((at, format!("run {} cannot be taken back: {e}", run.id)))),
            }
            if let Some(old) = last.replace(output.clone()) {
                crate::site::library::remove_file(&old)?;
            }
            image = output;
        }
        if let Some(old) = last {
            // What was taken out is still in the file, and used by nothing.
            let compact = folder.join("compact.wim");
            let wim = WimFile::open(&old, &OpenOptions::new())?;
            let every: Vec<u32> = (1..=wim.image_count()).collect();
            export(
                &wim,
                &every,
                &compact,
                &ExportOptions { replace: true, ..ExportOptions::new() },
                self.progress,
            )?;
            drop(wim);
            crate::site::library::remove_file(&old)?;
            image = compact;
        }
        self.session(&image, folder.join("image.wim"), folder.join("receipt.json"), all)?;
        Ok(None)
    }
}

/// Takes away what an attempt left.
fn clear(folder: &Path) -> Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::io("clean the work folder", folder, e))
        }
        _ => Ok(()),
    }
}
