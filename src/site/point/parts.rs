//! Contents that are sent in parts: what the store has of them is on record, so that a killed process costs the parts that
//! were under way and no more.

use super::Store;
use super::store::{Begun, Ledger, SentPart};
use crate::base::Sha256Digest;
use crate::error::Result;
use crate::site::Site;
use crate::site::db::Db;
use crate::site::model::Point;

/// The record of one point's parts.
pub(super) struct PointLedger<'a> {
    pub db: &'a Db,
    pub point: i64,
}

impl Ledger for PointLedger<'_> {
    fn begun(&self, key: &str) -> Result<Option<Begun>> {
        self.db.read(|tx| tx.upload(self.point, key))
    }

    fn begin(&self, key: &str, name: &str, part: u64) -> Result<()> {
        self.db.write(|tx| tx.begin_upload(self.point, key, name, part))
    }

    fn add(&self, key: &str, number: u64, part: &SentPart) -> Result<()> {
        self.db.write(|tx| tx.add_upload_part(self.point, key, number, part))
    }

    fn forget(&self, key: &str) -> Result<()> {
        self.db.write(|tx| tx.forget_upload(self.point, key))
    }
}

impl Site {
    /// Gives up what was sent in parts of contents that nobody waits for any more.
    pub(super) fn abandon_uploads(&self, store: &dyn Store, point: &Point) -> Result<()> {
        for (key, name) in self.db.read(|tx| tx.uploads(point.id))? {
            let digest = Sha256Digest::from_hex(key.rsplit('/').next().unwrap_or_default());
            let wanted =
                digest.and_then(|d| self.db.read(|tx| tx.point_wants(point.id, &d))).unwrap_or(false);
            if !wanted {
                store.abandon(&key, &name)?;
                self.db.write(|tx| tx.forget_upload(point.id, &key))?;
            }
        }
        Ok(())
    }
}
