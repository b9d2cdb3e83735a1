//! The end of a run: the new version, the history and all that is known of the updates, in one transaction.

use super::execute::{Base, Stopped, Work, read_receipt};
use super::supersede::Outcome;
use crate::base::{Replacement, Sha256Digest};
use crate::error::{Error, ErrorKind, Result};
use crate::site::db::{Ending, NewStatus, NewVersion, StoredContent};
use crate::site::model::{RunStatus, RunUpdate, ScheduleState, Superseded, Update, UpdateState, hresult};
use crate::site::package::{describe, find, is_set_part};
use crate::site::update::{Answer, merge, parse_hresult};
use crate::site::{Site, clock, levels};
use crate::wim::{OpenOptions, WimFile};
use serde_json::Value;
use std::collections::HashSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

impl Work<'_> {
    pub fn publish(&self, base: &Base, updates: &[Update]) -> Result<(), Stopped> {
        let outcome = self.outcome()?;
        let (image, receipt_file) = self.result(&outcome);
        let receipt = read_receipt(&receipt_file)?;
        let updates = &self.with_again(updates, &outcome)?;
        let answers = self.answers(&receipt, updates)?;
        let text = |v: &Value| v.as_str().map(str::to_owned);
        let Some(sha256) = text(&receipt["image"]["after"]["sha256"]) else {
            let why = "the package has everything already; no new version was made";
            return Err(Error::new(ErrorKind::NotApplicable, why).into());
        };
        let sha256 = Sha256Digest::from_hex(&sha256)?;
        let mut options = OpenOptions::new();
        options.limits = self.site.limits.clone();
        let wim = WimFile::open(&image, &options)?;
        let described = describe(&wim, &self.site.limits, self.progress)?;
        drop(wim);

        let taking_in = self.site.taking_in()?;
        let size = self.adopt(&image, &sha256)?;
        let (path, files) = contents(base, sha256, size)?;
        let kept = self.keep_receipt(&receipt_file)?;
        let now = clock::now();
        let next = Site::next_time(self.schedule)?;
        let mut statuses = self.statuses(&answers, updates, &now);
        // What is in the image since an earlier run is known from there.
        statuses.retain(|s| !outcome.again.contains(&s.update));
        statuses.extend(self.removed(&outcome));
        let run_updates = run_updates(&answers, updates);
        let failed = receipt_failure(&answers, updates);
        let (version, number) = self.site.db.write(|tx| {
            let (version, number) = tx.add_version(&NewVersion {
                package: self.package.id,
                created: &now,
                origin: "serviced",
                run: Some(self.run),
                image: &path,
                architecture: &described.architecture,
                files: &files,
                indexes: &described.indexes,
                found: &described.found,
            })?;
            tx.inherit_statuses(base.version.id, version)?;
            tx.set_statuses(version, &statuses)?;
            tx.set_run_updates(self.run, &run_updates)?;
            tx.set_superseded(self.run, &outcome.superseded, &outcome.taken_back)?;
            tx.publish(self.package.id, version)?;
            tx.end_run(
                self.run,
                &Ending {
                    status: RunStatus::Success,
                    finished: &now,
                    to_version: Some(number),
                    failed_update: failed.as_ref().map(|(file, ..)| file.as_str()),
                    error: failed.as_ref().map_or(0, |(_, code, _)| *code),
                    message: failed.as_ref().map(|(.., why)| why.as_str()),
                    receipt: Some(&kept),
                },
            )?;
            tx.settle_schedule(self.schedule.id, ScheduleState::Succeeded, next.as_deref())?;
            tx.prune(self.package.id, self.package.keep)?;
            Ok((version, number))
        })?;
        // From here on the new version is the published one, whatever happens.
        self.site.write_version_lists(self.package.id, version)?;
        drop(taking_in);
        let run = self.run.to_string();
        for (update, _) in &run_updates {
            let (index, status) = (update.index.to_string(), update.status.number().to_string());
            let names = [
                ("run", run.as_str()),
                ("package", &self.package.name),
                ("index", &index),
                ("update", update.kb.as_deref().unwrap_or(&update.file)),
                ("status", &status),
                ("hresult", update.hresult.as_deref().unwrap_or("0x00000000")),
            ];
            let what = format!("{}: {}", update.decision, update.reason);
            if update.decision == "failed" {
                self.site.log.error("update", &names, &what);
            } else {
                self.site.log.info("update", &names, &what);
            }
        }
        let (from, to) = (base.version.number.to_string(), number.to_string());
        let names = [("run", run.as_str()), ("package", &self.package.name), ("from", &from), ("to", &to)];
        self.site.log.info("publish", &names, "the new version is published");
        Ok(())
    }

    /// The run's updates, and those of earlier runs that were laid in again.
    fn with_again(&self, updates: &[Update], outcome: &Outcome) -> Result<Vec<Update>> {
        let mut all = updates.to_vec();
        for id in &outcome.again {
            let missing = || Error::new(ErrorKind::NotFound, format!("update {id} was removed"));
            all.push(self.site.db.read(|tx| tx.update(*id))?.ok_or_else(missing)?);
        }
        Ok(all)
    }

    /// What is known of the updates that were taken out.
    fn removed(&self, outcome: &Outcome) -> Vec<NewStatus> {
        let gone = outcome.superseded.iter().filter(|s| s.removed);
        let each = gone.flat_map(|s| s.indexes.iter().map(move |index| (s, *index)));
        let status = |(s, index): (&Superseded, u32)| NewStatus {
            index,
            update: s.update,
            status: UpdateState::NotRequired,
            decision: "superseded".into(),
            hresult: 0,
            reason: format!("taken out by run {}: newer updates supersede it", self.run),
            found_at_import: false,
            applied: None,
            run: Some(self.run),
        };
        each.map(status).collect()
    }

    /// Puts the new image into the library; its size. The work folder keeps its name for it until the run has ended, so
    /// that a run which is interrupted here need not service again.
    fn adopt(&self, image: &PathBuf, sha256: &Sha256Digest) -> Result<u64> {
        let failed = |e| Error::io("read the file's size", image, e);
        let size = image.metadata().map_err(failed)?.len();
        let link = self.folder.join("adopted");
        crate::site::library::remove_file(&link)?;
        if std::fs::hard_link(image, &link).is_err() {
            std::fs::copy(image, &link).map_err(|e| Error::io("copy into the library", image, e))?;
            let copy = std::fs::File::open(&link).and_then(|f| f.sync_all());
            copy.map_err(|e| Error::io("write the file through to the disk", &link, e))?;
        }
        self.site.library.adopt(&link, sha256)?;
        Ok(size)
    }

    /// The receipt's copy in the site; its name there.
    fn keep_receipt(&self, receipt: &Path) -> Result<String> {
        let name = format!("receipts/run-{}.json", self.run);
        let path = self.site.root.join(&name);
        let data = std::fs::read(receipt).map_err(|e| Error::io("read the receipt", &path, e))?;
        let new = Replacement::begin(&path)?;
        new.file().write_all(&data).map_err(|e| Error::io("write the receipt", &path, e))?;
        new.finish()?;
        Ok(name)
    }

    /// What the receipt says of each index and package.
    pub fn answers(&self, receipt: &Value, updates: &[Update]) -> Result<Vec<(Answer, i64)>> {
        let paths = self.update_paths(updates);
        let mut answers = Vec::new();
        for action in receipt["indexes"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|i| i["actions"].as_array())
            .flatten()
        {
            let text = |name: &str| action[name].as_str().unwrap_or_default().to_owned();
            let decision = text("status");
            let number = action["update_status"].as_u64().unwrap_or(0) as u32;
            let forced = action["forced"].as_bool().unwrap_or(false);
            let answer = Answer {
                index: action["index"].as_u64().unwrap_or(0) as u32,
                update: text("update"),
                package: text("package"),
                reason: text("reason"),
                hresult: action["hresult"].as_str().map_or(0, parse_hresult),
                state: match decision.as_str() {
                    "failed" => UpdateState::Unknown,
                    _ => UpdateState::of(number).unwrap_or(UpdateState::Unknown),
                },
                applies: decision == "applicable" || forced,
                decision,
            };
            let Some(&id) = paths.get(&answer.update) else {
                let why = format!("the receipt names {}, which the run does not work with", answer.update);
                return Err(Error::new(ErrorKind::Internal, why));
            };
            answers.push((answer, id));
        }
        Ok(answers)
    }

    /// What is known of the new version: what was laid in has this run's mark.
    fn statuses(&self, answers: &[(Answer, i64)], updates: &[Update], now: &str) -> Vec<NewStatus> {
        let paths = self.update_paths(updates);
        let laid: HashSet<(u32, i64)> =
            answers.iter().filter(|(a, _)| a.applies).map(|(a, id)| (a.index, *id)).collect();
        let copy = |a: &Answer| Answer {
            index: a.index,
            update: a.update.clone(),
            package: a.package.clone(),
            decision: a.decision.clone(),
            reason: a.reason.clone(),
            hresult: a.hresult,
            state: a.state,
            applies: a.applies,
        };
        let mut statuses = merge(answers.iter().map(|(a, _)| copy(a)), &paths);
        let level = &self.schedule.level;
        for status in &mut statuses {
            if laid.contains(&(status.index, status.update)) {
                let supported = status.status != UpdateState::NotSupported;
                status.status =
                    if supported { UpdateState::Installed } else { UpdateState::InstalledNotSupported };
                levels::done(level).clone_into(&mut status.decision);
                status.hresult = 0;
                status.reason = format!("laid in at level {level} by run {}", self.run);
                status.applied = Some(now.to_owned());
                status.run = Some(self.run);
            }
        }
        statuses
    }
}

/// The files of the new version: those of the old one with the new image in place of the old.
fn contents(base: &Base, sha256: Sha256Digest, size: u64) -> Result<(String, Vec<StoredContent>)> {
    let old = find(&base.files, &base.version.image, |f| &f.path);
    let old = old
        .ok_or_else(|| Error::new(ErrorKind::Internal, "the image is gone").with_path(&base.version.image))?;
    let path = match old.path.strip_suffix(".swm").or(old.path.strip_suffix(".SWM")) {
        Some(stem) => format!("{stem}.wim"),
        None => old.path.clone(),
    };
    let mut files = base.files.clone();
    files.retain(|f| !is_set_part(&f.path, &base.version.image));
    let modified = jiff::Timestamp::now().as_second();
    files.push(StoredContent { path: path.clone(), modified, sha256, size });
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok((path, files))
}

/// What the run's record keeps of each answer.
fn run_updates(answers: &[(Answer, i64)], updates: &[Update]) -> Vec<(RunUpdate, u32)> {
    let record = |(a, id): &(Answer, i64)| {
        let update = updates.iter().find(|u| u.id == *id);
        let record = RunUpdate {
            index: a.index,
            update: *id,
            file: update.map(|u| u.file.clone()).unwrap_or_default(),
            kb: update.and_then(|u| u.kb.clone()),
            identity: a.package.clone(),
            status: match (a.applies, a.decision.as_str()) {
                (true, "undecided") => UpdateState::InstalledNotSupported,
                (true, _) => UpdateState::Installed,
                (false, _) => a.state,
            },
            decision: a.decision.clone(),
            reason: a.reason.clone(),
            hresult: hresult(a.hresult),
        };
        (record, a.hresult)
    };
    answers.iter().map(record).collect()
}

/// The first update that failed and was left out: its file, the HRESULT, why.
fn receipt_failure(answers: &[(Answer, i64)], updates: &[Update]) -> Option<(String, u32, String)> {
    let (answer, id) = answers.iter().find(|(a, _)| a.decision == "failed")?;
    let file = updates.iter().find(|u| u.id == *id).map(|u| u.file.clone()).unwrap_or_default();
    Some((file, answer.hresult, answer.reason.clone()))
}
