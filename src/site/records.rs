//! What is known of a package's indexes and updates, for who asks.

use super::Site;
use super::model::{Package, UpdateStatus};
use crate::error::{Error, ErrorKind, Result};

impl Site {
    /// What is known of updates and a package's published version: of one index, or of all. Updates that nobody has asked
    /// about yet are not in it; an offer asks.
    pub fn status(&self, package: &Package, index: Option<u32>) -> Result<Vec<UpdateStatus>> {
        self.db.read(|tx| {
            let Some(version) = tx.published(package.id)? else { return Ok(Vec::new()) };
            if let Some(index) = index {
                let count = tx.indexes(version.id)?.len();
                if index == 0 || index as usize > count {
                    let why = format!("there is no index {index}; the package's are numbered 1 to {count}");
                    return Err(Error::new(ErrorKind::NotFound, why).with_path(&package.name));
                }
            }
            tx.statuses(version.id, index)
        })
    }

    /// The receipt of a run, as it was written.
    pub fn receipt(&self, run: i64) -> Result<String> {
        let record = self.run_record(run)?;
        let missing = || Error::new(ErrorKind::NotFound, format!("run {run} left no receipt"));
        let path = self.root.join(record.receipt.ok_or_else(missing)?);
        std::fs::read_to_string(&path).map_err(|e| Error::io("read the receipt", &path, e))
    }
}
