//! Servicing runs: the record that stays, whatever becomes of the package.

use super::Tx;
use crate::error::Result;
use crate::site::model::{Run, RunStatus, RunUpdate, Schedule, Superseded, UpdateState, hresult};
use rusqlite::Row;

/// A run to be recorded as begun.
pub(in crate::site) struct NewRun<'a> {
    pub package: i64,
    pub package_name: &'a str,
    pub schedule: &'a Schedule,
    pub started: &'a str,
    pub from_version: u32,
    pub owner: &'a str,
}

/// How a run ended.
pub(in crate::site) struct Ending<'a> {
    pub status: RunStatus,
    pub finished: &'a str,
    pub to_version: Option<u32>,
    pub failed_update: Option<&'a str>,
    pub error: u32,
    pub message: Option<&'a str>,
    pub receipt: Option<&'a str>,
}

const SELECT: &str = "
    SELECT id, package, package_name, schedule, started, finished, status, phase, attempts, from_version, to_version,
           failed_update, error, message, owner, level, receipt, selected, taken_back FROM run";

fn run(row: &Row<'_>) -> rusqlite::Result<Run> {
    let (selected, taken_back): (String, String) = (row.get(17)?, row.get(18)?);
    Ok(Run {
        id: row.get(0)?,
        package: row.get(1)?,
        package_name: row.get(2)?,
        schedule: row.get(3)?,
        started: row.get(4)?,
        finished: row.get(5)?,
        status: RunStatus::of(row.get(6)?).unwrap_or(RunStatus::Failed),
        phase: row.get(7)?,
        attempts: row.get(8)?,
        from_version: row.get(9)?,
        to_version: row.get(10)?,
        failed_update: row.get(11)?,
        error_code: hresult(row.get(12)?).unwrap_or_else(|| "0x00000000".into()),
        message: row.get(13)?,
        owner: row.get(14)?,
        level: row.get(15)?,
        receipt: row.get(16)?,
        updates: Vec::new(),
        superseded: Vec::new(),
        taken_back: numbers(&taken_back),
        selected: numbers(&selected),
    })
}

/// Numbers as one text.
fn list(numbers: &[impl ToString]) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

fn numbers<T: std::str::FromStr>(list: &str) -> Vec<T> {
    list.split(',').filter_map(|n| n.parse().ok()).collect()
}

impl Tx<'_> {
    /// Records that a run begins; its number.
    pub fn begin_run(&self, new: &NewRun<'_>) -> Result<i64> {
        let schedule = new.schedule;
        self.insert(
            "INSERT INTO run (package, package_name, schedule, started, status, phase, attempts, from_version, error,
                              owner, level, continue_on_error, update_points, selected)
             VALUES (?1, ?2, ?3, ?4, 1, 'begun', 1, ?5, 0, ?6, ?7, ?8, ?9, '')",
            (
                new.package,
                new.package_name,
                schedule.id,
                new.started,
                new.from_version,
                new.owner,
                &schedule.level,
                schedule.continue_on_error,
                schedule.update_distribution_points,
            ),
        )
    }

    /// Records that an interrupted run goes on in this process.
    pub fn resume_run(&self, id: i64, owner: &str) -> Result<()> {
        self.run(
            "UPDATE run SET attempts = attempts + 1, owner = ?2 WHERE id = ?1 AND status = 1",
            (id, owner),
        )?;
        Ok(())
    }

    /// Records what a run is doing, and which updates it works with.
    pub fn set_phase(&self, id: i64, phase: &str) -> Result<()> {
        self.run("UPDATE run SET phase = ?2 WHERE id = ?1", (id, phase))?;
        Ok(())
    }

    /// Records which updates a run works with.
    pub fn set_selected(&self, id: i64, updates: &[i64]) -> Result<()> {
        self.run("UPDATE run SET selected = ?2 WHERE id = ?1", (id, list(updates)))?;
        Ok(())
    }

    /// Whether a run was asked to stop.
    pub fn is_cancelled(&self, id: i64) -> Result<bool> {
        Ok(self.first("SELECT cancel FROM run WHERE id = ?1", [id], |r| r.get(0))?.unwrap_or(false))
    }

    /// Records how a run ended.
    pub fn end_run(&self, id: i64, ending: &Ending<'_>) -> Result<()> {
        self.run(
            "UPDATE run SET status = ?2, finished = ?3, to_version = ?4, failed_update = ?5, error = ?6, message = ?7,
                            receipt = ?8, phase = 'ended' WHERE id = ?1",
            (
                id,
                ending.status.number(),
                ending.finished,
                ending.to_version,
                ending.failed_update,
                ending.error,
                ending.message,
                ending.receipt,
            ),
        )?;
        Ok(())
    }

    /// Records what a run did with each update and index.
    pub fn set_run_updates(&self, id: i64, updates: &[(RunUpdate, u32)]) -> Result<()> {
        self.run("DELETE FROM run_update WHERE run = ?1", [id])?;
        for (position, (u, hresult)) in updates.iter().enumerate() {
            let identity = self.word(&u.identity)?;
            let reason = if u.reason.is_empty() { None } else { Some(self.word(&u.reason)?) };
            self.run(
                "INSERT INTO run_update (run, idx, position, update_id, file, kb, identity, status, decision, hresult,
                                         reason)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                (
                    id,
                    u.index,
                    position as i64,
                    u.update,
                    &u.file,
                    &u.kb,
                    identity,
                    u.status.number(),
                    &u.decision,
                    hresult,
                    reason,
                ),
            )?;
        }
        Ok(())
    }

    /// Records what became of the updates that newer ones supersede, and the runs whose work was taken back for that.
    pub fn set_superseded(&self, id: i64, found: &[Superseded], taken_back: &[i64]) -> Result<()> {
        self.run("DELETE FROM run_superseded WHERE run = ?1", [id])?;
        for (position, s) in found.iter().enumerate() {
            let reason = self.word(&s.reason)?;
            self.run(
                "INSERT INTO run_superseded (run, position, update_id, file, kb, indexes, newer, removed, reason)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                (
                    id,
                    position as i64,
                    s.update,
                    &s.file,
                    &s.kb,
                    list(&s.indexes),
                    list(&s.superseded_by),
                    s.removed,
                    reason,
                ),
            )?;
        }
        self.run("UPDATE run SET taken_back = ?2 WHERE id = ?1", (id, list(taken_back)))?;
        Ok(())
    }

    /// The run that made this version of a package.
    pub fn run_that_made(&self, package: i64, version: u32) -> Result<Option<Run>> {
        let text = format!("{SELECT} WHERE package = ?1 AND to_version = ?2 AND status = 2 ORDER BY id DESC");
        let found = self.first(&text, (package, version), run)?;
        found.map(|r| self.with_run_updates(r)).transpose()
    }

    /// The runs of a package, or all, the newest first.
    pub fn runs(&self, package: Option<i64>) -> Result<Vec<Run>> {
        let runs = match package {
            Some(id) => self.rows(&format!("{SELECT} WHERE package = ?1 ORDER BY id DESC"), [id], run),
            None => self.rows(&format!("{SELECT} ORDER BY id DESC"), (), run),
        };
        runs?.into_iter().map(|r| self.with_run_updates(r)).collect()
    }

    /// The run of this number.
    pub fn run_record(&self, id: i64) -> Result<Option<Run>> {
        let found = self.first(&format!("{SELECT} WHERE id = ?1"), [id], run)?;
        found.map(|r| self.with_run_updates(r)).transpose()
    }

    /// The runs that have not ended: going on, or interrupted.
    pub fn open_runs(&self) -> Result<Vec<Run>> {
        self.rows(&format!("{SELECT} WHERE status = 1 ORDER BY id"), (), run)
    }

    fn with_run_updates(&self, mut run: Run) -> Result<Run> {
        run.updates = self.rows(
            "SELECT r.idx, r.update_id, r.file, r.kb, i.text, r.status, r.decision, r.hresult, w.text
             FROM run_update r JOIN word i ON i.id = r.identity LEFT JOIN word w ON w.id = r.reason
             WHERE r.run = ?1 ORDER BY r.idx, r.position",
            [run.id],
            |r| {
                Ok(RunUpdate {
                    index: r.get(0)?,
                    update: r.get(1)?,
                    file: r.get(2)?,
                    kb: r.get(3)?,
                    identity: r.get(4)?,
                    status: UpdateState::of(r.get(5)?).unwrap_or(UpdateState::Unknown),
                    decision: r.get(6)?,
                    hresult: hresult(r.get(7)?),
                    reason: r.get::<_, Option<String>>(8)?.unwrap_or_default(),
                })
            },
        )?;
        run.superseded = self.rows(
            "SELECT s.update_id, s.file, s.kb, s.indexes, s.newer, s.removed, w.text
             FROM run_superseded s LEFT JOIN word w ON w.id = s.reason WHERE s.run = ?1 ORDER BY s.position",
            [run.id],
            |r| {
                let (indexes, newer): (String, String) = (r.get(3)?, r.get(4)?);
                Ok(Superseded {
                    update: r.get(0)?,
                    file: r.get(1)?,
                    kb: r.get(2)?,
                    indexes: numbers(&indexes),
                    superseded_by: numbers(&newer),
                    removed: r.get(5)?,
                    reason: r.get::<_, Option<String>>(6)?.unwrap_or_default(),
                })
            },
        )?;
        Ok(run)
    }
}
