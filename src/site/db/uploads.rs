//! Contents that are on their way to a distribution point in parts.

use super::Tx;
use super::blobs::digest;
use crate::base::Sha256Digest;
use crate::error::Result;
use crate::site::point::{Begun, SentPart};

impl Tx<'_> {
    /// What is known of an upload to this key of a point.
    pub fn upload(&self, point: i64, key: &str) -> Result<Option<Begun>> {
        let text = "SELECT name, part FROM upload WHERE point = ?1 AND key = ?2";
        let found = self.first(text, (point, key), |r| Ok((r.get(0)?, r.get::<_, i64>(1)? as u64)))?;
        let Some((name, part)) = found else { return Ok(None) };
        let parts = self.rows(
            "SELECT number, name, sha256 FROM upload_part WHERE point = ?1 AND key = ?2",
            (point, key),
            |r| {
                let part = SentPart { name: r.get(1)?, sha256: digest(&r.get::<_, Vec<u8>>(2)?) };
                Ok((r.get::<_, i64>(0)? as u64, part))
            },
        )?;
        Ok(Some(Begun { name, part, parts: parts.into_iter().collect() }))
    }

    /// Records that an upload was begun, by the name that the store gave it.
    pub fn begin_upload(&self, point: i64, key: &str, name: &str, part: u64) -> Result<()> {
        self.forget_upload(point, key)?;
        let values = (point, key, name, part as i64);
        self.run("INSERT INTO upload (point, key, name, part) VALUES (?1, ?2, ?3, ?4)", values)?;
        Ok(())
    }

    /// Records that the store has a part.
    pub fn add_upload_part(&self, point: i64, key: &str, number: u64, part: &SentPart) -> Result<()> {
        self.run(
            "INSERT OR REPLACE INTO upload_part (point, key, number, name, sha256) VALUES (?1, ?2, ?3, ?4, ?5)",
            (point, key, number as i64, &part.name, &part.sha256.0[..]),
        )?;
        Ok(())
    }

    /// Records that an upload is over.
    pub fn forget_upload(&self, point: i64, key: &str) -> Result<()> {
        self.run("DELETE FROM upload WHERE point = ?1 AND key = ?2", (point, key))?;
        Ok(())
    }

    /// The keys and names of a point's uploads.
    pub fn uploads(&self, point: i64) -> Result<Vec<(String, String)>> {
        self.rows("SELECT key, name FROM upload WHERE point = ?1", [point], |r| Ok((r.get(0)?, r.get(1)?)))
    }

    /// Whether a version that is on a point, or is to be there, has these contents.
    pub fn point_wants(&self, point: i64, sha256: &Sha256Digest) -> Result<bool> {
        self.value(
            "SELECT EXISTS (SELECT 1 FROM content c JOIN blob b ON b.id = c.blob
               JOIN distribution d ON d.point = ?1 AND (d.version = c.version OR d.wanted = c.version)
               WHERE b.sha256 = ?2)",
            (point, &sha256.0[..]),
        )
    }
}
