//! Schedules.

use super::Tx;
use crate::error::Result;
use crate::site::model::{Action, Schedule, ScheduleState};
use rusqlite::Row;

/// A schedule to be added.
pub(in crate::site) struct NewSchedule<'a> {
    pub package: i64,
    pub created: &'a str,
    pub selection: &'a str,
    pub updates: &'a [i64],
    pub rule: &'a str,
    pub zone: &'a str,
    pub next: &'a str,
    pub continue_on_error: bool,
    pub update_points: bool,
    pub remove_superseded: bool,
    pub level: &'a str,
    pub accept_partial: bool,
    pub force_undecided: bool,
}

const SELECT: &str = "
    SELECT s.id, s.package, p.name, s.created, s.selection, s.rule, s.zone, s.next, s.action, s.continue_on_error,
           s.update_points, s.level, s.state, s.last_run, s.remove_superseded, s.accept_partial, s.force_undecided
    FROM schedule s JOIN package p ON p.id = s.package";

fn schedule(row: &Row<'_>) -> rusqlite::Result<Schedule> {
    Ok(Schedule {
        id: row.get(0)?,
        package: row.get(1)?,
        package_name: row.get(2)?,
        created: row.get(3)?,
        selection: row.get(4)?,
        updates: Vec::new(),
        rule: row.get(5)?,
        zone: row.get(6)?,
        next: row.get(7)?,
        action: Action::of(row.get(8)?).unwrap_or(Action::None),
        continue_on_error: row.get(9)?,
        update_distribution_points: row.get(10)?,
        remove_superseded: row.get(14)?,
        level: row.get(11)?,
        accept_partial: row.get(15)?,
        force_undecided: row.get(16)?,
        state: ScheduleState::of(row.get(12)?).unwrap_or(ScheduleState::None),
        last_run: row.get(13)?,
    })
}

impl Tx<'_> {
    /// All schedules, the oldest first.
    pub fn schedules(&self) -> Result<Vec<Schedule>> {
        let found = self.rows(&format!("{SELECT} ORDER BY s.id"), (), schedule)?;
        found.into_iter().map(|s| self.with_updates(s)).collect()
    }

    /// The schedule of this number.
    pub fn schedule(&self, id: i64) -> Result<Option<Schedule>> {
        let found = self.first(&format!("{SELECT} WHERE s.id = ?1"), [id], schedule)?;
        found.map(|s| self.with_updates(s)).transpose()
    }

    fn with_updates(&self, mut schedule: Schedule) -> Result<Schedule> {
        schedule.updates = self.rows(
            "SELECT update_id FROM schedule_update WHERE schedule = ?1 ORDER BY position",
            [schedule.id],
            |r| r.get(0),
        )?;
        Ok(schedule)
    }

    /// Adds a schedule; its number.
    pub fn add_schedule(&self, new: &NewSchedule<'_>) -> Result<i64> {
        let (action, state) = (Action::Install.number(), ScheduleState::Scheduled.number());
        let id = self.insert(
            "INSERT INTO schedule (package, created, selection, rule, zone, next, action, continue_on_error,
                                   update_points, level, state, remove_superseded, accept_partial, force_undecided)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            (
                new.package,
                new.created,
                new.selection,
                new.rule,
                new.zone,
                new.next,
                action,
                new.continue_on_error,
                new.update_points,
                new.level,
                state,
                new.remove_superseded,
                new.accept_partial,
                new.force_undecided,
            ),
        )?;
        for (position, update) in new.updates.iter().enumerate() {
            self.run(
                "INSERT INTO schedule_update (schedule, position, update_id) VALUES (?1, ?2, ?3)",
                (id, position as i64, update),
            )?;
        }
        Ok(id)
    }

    /// The schedules that are due, the longest overdue first.
    pub fn due_schedules(&self, now: &str) -> Result<Vec<i64>> {
        self.rows("SELECT id FROM schedule WHERE state = 1 AND next <= ?1 ORDER BY next, id", [now], |r| {
            r.get(0)
        })
    }

    /// When the next schedule is due.
    pub fn next_due(&self) -> Result<Option<String>> {
        self.value("SELECT min(next) FROM schedule WHERE state = 1", ())
    }

    /// Takes a due schedule for a run of this process: `false` where another one was faster.
    pub fn claim_schedule(&self, id: i64, now: &str) -> Result<bool> {
        let text = "UPDATE schedule SET state = 2, last_run = ?2 WHERE id = ?1 AND state = 1 AND next <= ?2";
        Ok(self.run(text, (id, now))? == 1)
    }

    /// Records how a schedule's run ended; `next` where it is to run again. One that was cancelled stays so.
    pub fn settle_schedule(&self, id: i64, ended: ScheduleState, next: Option<&str>) -> Result<()> {
        let again = next.is_some();
        self.run(
            "UPDATE schedule SET
                 state = CASE WHEN action = 2 THEN 0 WHEN ?3 THEN 1 ELSE ?2 END,
                 next = CASE WHEN action = 2 THEN NULL ELSE ?4 END,
                 action = CASE WHEN action = 2 THEN 2 WHEN ?3 THEN 1 ELSE 0 END
             WHERE id = ?1",
            (id, ended.number(), again, next),
        )?;
        Ok(())
    }

    /// Cancels a schedule: it runs no more. Whether its run is going on.
    pub fn cancel_schedule(&self, id: i64) -> Result<bool> {
        let running: bool = self.value("SELECT state = 2 FROM schedule WHERE id = ?1", [id])?;
        self.run(
            "UPDATE schedule SET action = 2, next = NULL, state = CASE WHEN state = 2 THEN 2 ELSE 0 END WHERE id = ?1",
            [id],
        )?;
        self.run("UPDATE run SET cancel = 1 WHERE schedule = ?1 AND status = 1", [id])?;
        Ok(running)
    }
}
