//! The site's database, and all SQL of the product: a module for each kind of record. Everything else sees values and
//! functions, so that another database can take SQLite's place here.

mod blobs;
mod packages;
mod points;
mod runs;
mod schedules;
mod schema;
mod statuses;
mod updates;
mod uploads;
mod versions;

pub(super) use blobs::StoredContent;
pub(super) use packages::NewPackage;
pub(super) use points::NewPoint;
pub(super) use runs::{Ending, NewRun};
pub(super) use schedules::NewSchedule;
pub(super) use statuses::NewStatus;
pub(super) use updates::NewUpdate;
pub(super) use versions::NewVersion;

use crate::error::{Error, ErrorKind, Result};
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long a writer waits for another one.
const PATIENCE: Duration = Duration::from_secs(60);

/// The database of one site. Any number of processes may read it; writers take turns.
pub(super) struct Db {
    connection: Mutex<Connection>,
    path: PathBuf,
}

/// One transaction: every function of the records' modules is one of its methods.
pub(super) struct Tx<'a> {
    connection: &'a Connection,
}

impl Db {
    /// Makes the database of a new site.
    pub fn create(path: &Path, id: &str, now: &str, keep: u32) -> Result<Self> {
        let db = Self::connect(path, OpenFlags::default())?;
        db.migrate()?;
        db.write(|tx| {
            tx.run("INSERT INTO site (id, created, keep) VALUES (?1, ?2, ?3)", (id, now, keep))?;
            Ok(())
        })?;
        Ok(db)
    }

    /// Opens an existing one, and brings it up to this version.
    pub fn open(path: &Path) -> Result<Self> {
        let db = Self::connect(path, OpenFlags::default() & !OpenFlags::SQLITE_OPEN_CREATE)?;
        db.migrate()?;
        Ok(db)
    }

    fn connect(path: &Path, flags: OpenFlags) -> Result<Self> {
        let named = |e| sql(e).with_path(path.display());
        let connection = Connection::open_with_flags(path, flags).map_err(named)?;
        connection.busy_timeout(PATIENCE).map_err(named)?;
        connection
            .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")
            .map_err(named)?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Self { connection: Mutex::new(connection), path: path.to_owned() })
    }

    fn migrate(&self) -> Result<()> {
        let done: u32 = self.read(|tx| tx.value("SELECT user_version FROM pragma_user_version", ()))?;
        if done as usize == schema::MIGRATIONS.len() {
            return Ok(());
        }
        self.write(|tx| {
            // Another process may have been faster.
            let done: u32 = tx.value("SELECT user_version FROM pragma_user_version", ())?;
            let application: i32 = tx.value("SELECT application_id FROM pragma_application_id", ())?;
            let tables: u32 = tx.value("SELECT count(*) FROM sqlite_master", ())?;
            if done as usize > schema::MIGRATIONS.len() {
                return Err(Error::unsupported(
                    "the site's database was made by a newer version of Wimwright; use that one",
                ));
            }
            if (done > 0 || tables > 0) && application != schema::APPLICATION_ID {
                return Err(Error::malformed("the database is not that of a site"));
            }
            for step in schema::MIGRATIONS.iter().skip(done as usize) {
                tx.connection.execute_batch(step).map_err(sql)?;
            }
            let (steps, id) = (schema::MIGRATIONS.len(), schema::APPLICATION_ID);
            tx.connection
                .execute_batch(&format!("PRAGMA user_version = {steps}; PRAGMA application_id = {id};"))
                .map_err(sql)
        })
    }

    /// Runs `work` in a transaction that writes: all of it is done, or nothing.
    pub fn write<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.within(TransactionBehavior::Immediate, work)
    }

    /// Runs `work` on one state of the database.
    pub fn read<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.within(TransactionBehavior::Deferred, work)
    }

    fn within<T>(&self, behavior: TransactionBehavior, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        let named = |e: Error| e.with_path(self.path.display());
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction_with_behavior(behavior).map_err(|e| named(sql(e)))?;
        let value = work(&Tx { connection: &transaction })?;
        transaction.commit().map_err(|e| named(sql(e)))?;
        Ok(value)
    }
}

impl Tx<'_> {
    /// Changes rows; how many.
    fn run(&self, text: &str, values: impl rusqlite::Params) -> Result<usize> {
        self.connection.prepare_cached(text).and_then(|mut s| s.execute(values)).map_err(sql)
    }

    /// Adds a row; its number.
    fn insert(&self, text: &str, values: impl rusqlite::Params) -> Result<i64> {
        self.connection.prepare_cached(text).and_then(|mut s| s.insert(values)).map_err(sql)
    }

    /// The one value of the one row.
    fn value<T: rusqlite::types::FromSql>(&self, text: &str, values: impl rusqlite::Params) -> Result<T> {
        self.connection
            .prepare_cached(text)
            .and_then(|mut s| s.query_row(values, |row| row.get(0)))
            .map_err(sql)
    }

    /// The first row, if there is one.
    fn first<T>(
        &self,
        text: &str,
        values: impl rusqlite::Params,
        make: impl FnOnce(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        let found = self.connection.prepare_cached(text).and_then(|mut s| s.query_row(values, make));
        match found {
            Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
            other => other.map(Some).map_err(sql),
        }
    }

    /// All rows.
    fn rows<T>(
        &self,
        text: &str,
        values: impl rusqlite::Params,
        make: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let mut statement = self.connection.prepare_cached(text).map_err(sql)?;
        let rows = statement.query_map(values, make).map_err(sql)?;
        rows.collect::<rusqlite::Result<_>>().map_err(sql)
    }

    /// The number of a text that many rows share.
    fn word(&self, text: &str) -> Result<i64> {
        if let Some(id) = self.first("SELECT id FROM word WHERE text = ?1", [text], |r| r.get(0))? {
            return Ok(id);
        }
        self.insert("INSERT INTO word (text) VALUES (?1)", [text])
    }

    /// The site's id, when it was made, and how many versions of a package it keeps.
    pub fn site(&self) -> Result<(String, String, u32)> {
        self.first("SELECT id, created, keep FROM site", (), |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?
            .ok_or_else(|| Error::malformed("the database holds no site"))
    }
}

/// What SQLite says, as an error of ours.
fn sql(error: rusqlite::Error) -> Error {
    let kind = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => ErrorKind::Busy,
        Some(ErrorCode::DiskFull) => ErrorKind::NoSpace,
        Some(
            ErrorCode::PermissionDenied | ErrorCode::ReadOnly | ErrorCode::AuthorizationForStatementDenied,
        ) => ErrorKind::PermissionDenied,
        Some(ErrorCode::CannotOpen) => ErrorKind::NotFound,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => ErrorKind::Malformed,
        Some(ErrorCode::SystemIoFailure) => ErrorKind::Io,
        _ => ErrorKind::Internal,
    };
    Error::new(kind, "the site's database refused").with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_of_the_first_version_is_brought_up_and_keeps_what_it_holds() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("site.db");
        let old = Connection::open(&path).unwrap();
        old.execute_batch(schema::MIGRATIONS[0]).unwrap();
        let id = schema::APPLICATION_ID;
        old.execute_batch(&format!(
            "PRAGMA user_version = 1; PRAGMA application_id = {id}; INSERT INTO site VALUES ('s', 'then', 3);
             INSERT INTO package (name, version, comment, source, added) VALUES ('P', '', '', '', 'then');
             INSERT INTO schedule (package, created, selection, rule, zone, action, continue_on_error, update_points, level,
                                   state) VALUES (1, 'then', 'all_applicable', 'now', 'UTC', 1, 1, 0, 'stage', 1);
             INSERT INTO run (package, package_name, started, status, phase, attempts, from_version, to_version, error, owner,
                              level, continue_on_error, update_points, selected)
               VALUES (1, 'P', 'then', 2, 'ended', 1, 1, 2, 0, 'h:1', 'stage', 0, 0, '4,5');"
        ))
        .unwrap();
        drop(old);
        for _ in 0..2 {
            let db = Db::open(&path).unwrap();
            let schedule = db.read(|tx| tx.schedule(1)).unwrap().unwrap();
            assert!(schedule.continue_on_error && !schedule.remove_superseded && !schedule.force_undecided);
            let run = db.read(|tx| tx.run_that_made(1, 2)).unwrap().unwrap();
            assert_eq!((run.selected, run.taken_back.len(), run.superseded.len()), (vec![4, 5], 0, 0));
        }
        let newer = Connection::open(&path).unwrap();
        newer.execute_batch("PRAGMA user_version = 99;").unwrap();
        let refused = Db::open(&path).err().unwrap();
        assert!(refused.kind() == ErrorKind::Unsupported && refused.to_string().contains("newer version"));
    }
}
