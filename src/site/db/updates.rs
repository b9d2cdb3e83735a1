//! Updates in the library, and which supersede which.

use super::Tx;
use super::blobs::digest;
use crate::base::Sha256Digest;
use crate::error::Result;
use crate::site::model::Update;
use rusqlite::Row;
use std::collections::HashMap;

/// An update to be added.
pub(in crate::site) struct NewUpdate<'a> {
    pub sha256: Sha256Digest,
    pub size: u64,
    pub file: &'a str,
    pub kind: &'a str,
    pub kb: Option<&'a str>,
    pub title: &'a str,
    pub architecture: &'a str,
    pub release_type: &'a str,
    pub class: &'a str,
    /// What its versions have in common; the highest supersedes the others.
    pub family: Option<&'a str>,
    /// The version, so that texts compare as versions do.
    pub version: Option<&'a str>,
    pub created: &'a str,
    pub signature: &'a str,
    pub signature_reason: &'a str,
    pub imported: &'a str,
    pub inspection: &'a str,
    pub identities: &'a [String],
}

const SELECT: &str = "
    SELECT u.id, u.file, b.size, b.sha256, u.kb, u.title, u.kind, u.architecture, u.release_type, u.class, u.version,
           u.created, u.signature, u.imported, u.signature_reason
    FROM updates u JOIN blob b ON b.id = u.blob";

fn update(row: &Row<'_>) -> rusqlite::Result<Update> {
    let version: Option<String> = row.get(10)?;
    Ok(Update {
        id: row.get(0)?,
        file: row.get(1)?,
        size: row.get::<_, i64>(2)? as u64,
        sha256: digest(&row.get::<_, Vec<u8>>(3)?),
        kb: row.get(4)?,
        title: row.get(5)?,
        kind: row.get(6)?,
        architecture: row.get(7)?,
        release_type: row.get(8)?,
        class: row.get(9)?,
        version: version.map(|v| unpadded(&v)),
        created: row.get(11)?,
        signature: row.get(12)?,
        signature_reason: row.get(14)?,
        imported: row.get(13)?,
        identities: Vec::new(),
        supersedes: Vec::new(),
        superseded_by: Vec::new(),
    })
}

/// The version as people write it: each number was stored with five digits.
fn unpadded(version: &str) -> String {
    let number = |part: &str| part.trim_start_matches('0').to_owned();
    let parts = version.split('.').map(number).map(|p| if p.is_empty() { "0".to_owned() } else { p });
    parts.collect::<Vec<_>>().join(".")
}

impl Tx<'_> {
    /// All updates, in the order of their import.
    pub fn updates(&self) -> Result<Vec<Update>> {
        let updates = self.rows(&format!("{SELECT} ORDER BY u.id"), (), update)?;
        self.with_links(updates)
    }

    /// How many updates there are.
    pub fn count_updates(&self) -> Result<u64> {
        Ok(self.value::<i64>("SELECT count(*) FROM updates", ())? as u64)
    }

    /// The update of this number.
    pub fn update(&self, id: i64) -> Result<Option<Update>> {
        let found = self.rows(&format!("{SELECT} WHERE u.id = ?1"), [id], update)?;
        let Some(mut update) = found.into_iter().next() else { return Ok(None) };
        let numbers = |text| self.rows(text, [id], |r| r.get(0));
        update.supersedes = numbers("SELECT older FROM supersedence WHERE newer = ?1 ORDER BY 1")?;
        update.superseded_by = numbers("SELECT newer FROM supersedence WHERE older = ?1 ORDER BY 1")?;
        update.identities = self.rows(
            "SELECT w.text FROM update_identity i JOIN word w ON w.id = i.identity WHERE i.update_id = ?1 ORDER BY 1",
            [id],
            |r| r.get(0),
        )?;
        Ok(Some(update))
    }

    /// The update with these contents.
    pub fn update_with(&self, sha256: &Sha256Digest) -> Result<Option<i64>> {
        let text = "SELECT u.id FROM updates u JOIN blob b ON b.id = u.blob WHERE b.sha256 = ?1";
        self.first(text, [&sha256.0[..]], |r| r.get(0))
    }

    /// Adds what other tables say of the updates, in one pass over each.
    fn with_links(&self, mut updates: Vec<Update>) -> Result<Vec<Update>> {
        let places: HashMap<i64, usize> = updates.iter().enumerate().map(|(i, u)| (u.id, i)).collect();
        let links: Vec<(i64, i64)> =
            self.rows("SELECT newer, older FROM supersedence ORDER BY newer, older", (), |r| {
                Ok((r.get(0)?, r.get(1)?))
            })?;
        for (newer, older) in links {
            if let (Some(&n), Some(&o)) = (places.get(&newer), places.get(&older)) {
                updates[n].supersedes.push(older);
                updates[o].superseded_by.push(newer);
            }
        }
        let identities: Vec<(i64, String)> = self.rows(
            "SELECT i.update_id, w.text FROM update_identity i JOIN word w ON w.id = i.identity ORDER BY 1, 2",
            (),
            |r| Ok((r.get(0)?, r.get(1)?)),
        )?;
        for (id, identity) in identities {
            if let Some(&place) = places.get(&id) {
                updates[place].identities.push(identity);
            }
        }
        Ok(updates)
    }

    /// Adds an update whose file is in the library, and links it with those it supersedes and is superseded by.
    pub fn add_update(&self, new: &NewUpdate<'_>) -> Result<i64> {
        let blob = self.store_blob(&new.sha256, new.size)?;
        let id = self.insert(
            "INSERT INTO updates (blob, file, kind, kb, title, architecture, release_type, class, family, version,
                                  created, signature, imported, inspection, signature_reason)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
            rusqlite::params![
                blob,
                new.file,
                new.kind,
                new.kb,
                new.title,
                new.architecture,
                new.release_type,
                new.class,
                new.family,
                new.version,
                new.created,
                new.signature,
                new.imported,
                new.inspection,
                new.signature_reason
            ],
        )?;
        for identity in new.identities {
            let word = self.word(identity)?;
            self.run(
                "INSERT OR IGNORE INTO update_identity (update_id, identity) VALUES (?1, ?2)",
                (id, word),
            )?;
        }
        if let (Some(family), Some(version)) = (new.family, new.version) {
            self.run(
                "INSERT OR IGNORE INTO supersedence (newer, older)
                 SELECT ?1, id FROM updates WHERE family = ?2 AND version < ?3 AND id <> ?1",
                (id, family, version),
            )?;
            self.run(
                "INSERT OR IGNORE INTO supersedence (newer, older)
                 SELECT id, ?1 FROM updates WHERE family = ?2 AND version > ?3 AND id <> ?1",
                (id, family, version),
            )?;
        }
        Ok(id)
    }

    /// The schedules that name this update and are not over.
    pub fn schedules_with(&self, update: i64) -> Result<Vec<i64>> {
        self.rows(
            "SELECT s.id FROM schedule_update u JOIN schedule s ON s.id = u.schedule
             WHERE u.update_id = ?1 AND s.state IN (1, 2) ORDER BY 1",
            [update],
            |r| r.get(0),
        )
    }

    /// Removes an update; what runs did with it stays on record.
    pub fn remove_update(&self, update: i64) -> Result<()> {
        self.run("DELETE FROM schedule_update WHERE update_id = ?1", [update])?;
        self.run("DELETE FROM updates WHERE id = ?1", [update])?;
        Ok(())
    }

    /// What inspecting the update gave, as JSON.
    pub fn inspection(&self, update: i64) -> Result<Option<String>> {
        self.first("SELECT inspection FROM updates WHERE id = ?1", [update], |r| r.get(0))
    }
}
