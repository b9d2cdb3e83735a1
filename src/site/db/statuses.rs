//! What is known of updates and indexes.

use super::Tx;
use crate::error::Result;
use crate::site::model::{UpdateState, UpdateStatus, hresult};
use rusqlite::Row;

/// A status to be recorded.
#[derive(Clone, Debug)]
pub(in crate::site) struct NewStatus {
    pub index: u32,
    pub update: i64,
    pub status: UpdateState,
    pub decision: String,
    pub hresult: u32,
    pub reason: String,
    pub found_at_import: bool,
    pub applied: Option<String>,
    pub run: Option<i64>,
}

fn status(row: &Row<'_>) -> rusqlite::Result<UpdateStatus> {
    Ok(UpdateStatus {
        index: row.get(0)?,
        update: row.get(1)?,
        file: row.get(2)?,
        kb: row.get(3)?,
        status: UpdateState::of(row.get(4)?).unwrap_or(UpdateState::Unknown),
        decision: row.get(5)?,
        hresult: hresult(row.get(6)?),
        reason: row.get::<_, Option<String>>(7)?.unwrap_or_default(),
        found_at_import: row.get(8)?,
        applied: row.get(9)?,
        run: row.get(10)?,
    })
}

const SELECT: &str = "
    SELECT s.idx, s.update_id, u.file, u.kb, s.status, s.decision, s.hresult, w.text, s.found_at_import, s.applied, s.run
    FROM update_status s JOIN updates u ON u.id = s.update_id LEFT JOIN word w ON w.id = s.reason";

impl Tx<'_> {
    /// Records what is known, in place of what was.
    pub fn set_statuses(&self, version: i64, statuses: &[NewStatus]) -> Result<()> {
        for s in statuses {
            let reason = if s.reason.is_empty() { None } else { Some(self.word(&s.reason)?) };
            self.run(
                "INSERT OR REPLACE INTO update_status
                     (version, idx, update_id, status, decision, hresult, reason, found_at_import, applied, run)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                (
                    version,
                    s.index,
                    s.update,
                    s.status.number(),
                    &s.decision,
                    s.hresult,
                    reason,
                    s.found_at_import,
                    &s.applied,
                    s.run,
                ),
            )?;
        }
        Ok(())
    }

    /// What is known of a version, of one index or of all.
    pub fn statuses(&self, version: i64, index: Option<u32>) -> Result<Vec<UpdateStatus>> {
        match index {
            Some(index) => self.rows(
                &format!("{SELECT} WHERE s.version = ?1 AND s.idx = ?2 ORDER BY s.update_id"),
                (version, index),
                status,
            ),
            None => self.rows(
                &format!("{SELECT} WHERE s.version = ?1 ORDER BY s.idx, s.update_id"),
                [version],
                status,
            ),
        }
    }

    /// The updates of which nothing is known for some index of a version.
    pub fn unchecked_updates(&self, version: i64) -> Result<Vec<i64>> {
        // As a rule there is none, and counting tells so in a fraction of the time.
        let all: bool = self.value(
            "SELECT (SELECT count(*) FROM updates) * (SELECT count(*) FROM image_index x WHERE x.version = ?1)
                  = (SELECT count(*) FROM update_status s WHERE s.version = ?1)",
            [version],
        )?;
        if all {
            return Ok(Vec::new());
        }
        self.rows(
            "SELECT id FROM updates EXCEPT
             SELECT update_id FROM update_status WHERE version = ?1 GROUP BY update_id
             HAVING count(*) >= (SELECT count(*) FROM image_index x WHERE x.version = ?1)
             ORDER BY 1",
            [version],
            |r| r.get(0),
        )
    }

    /// For each index of a version, which updates are superseded by one that is applicable or installed there, and by which.
    pub fn useful_newer(&self, version: i64) -> Result<Vec<(u32, i64, i64)>> {
        self.rows(
            "SELECT s.idx, p.older, p.newer FROM update_status s JOIN supersedence p ON p.newer = s.update_id
             WHERE s.version = ?1 AND s.status IN (2, 3) ORDER BY 1, 2, 3",
            [version],
            |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)),
        )
    }

    /// Takes over from one version to another what was found at import and what was applied since.
    pub fn inherit_statuses(&self, from: i64, to: i64) -> Result<()> {
        self.run(
            "INSERT OR IGNORE INTO update_status
                 (version, idx, update_id, status, decision, hresult, reason, found_at_import, applied, run)
             SELECT ?2, idx, update_id, status, decision, hresult, reason, found_at_import, applied, run
             FROM update_status WHERE version = ?1 AND (found_at_import = 1 OR applied IS NOT NULL)",
            (from, to),
        )?;
        Ok(())
    }

    /// The indexes of a version that had a package of this update when the version was made.
    pub fn found_in(&self, version: i64, update: i64) -> Result<Vec<u32>> {
        self.rows(
            "SELECT DISTINCT i.idx FROM installed i JOIN update_identity u ON u.identity = i.identity
             WHERE i.version = ?1 AND u.update_id = ?2 AND i.state IN (96, 112, 128) ORDER BY 1",
            (version, update),
            |r| r.get(0),
        )
    }
}
