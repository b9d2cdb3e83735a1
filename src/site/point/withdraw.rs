//! Packages away from distribution points.

use super::send::{DOCUMENT, FIRST_PAUSE, TRIES, may_pass};
use super::{document, open};
use crate::error::{Error, ErrorKind, Result};
use crate::site::library::PackageList;
use crate::site::model::{DistributionState, Package, Point};
use crate::site::{Site, clock};

impl Site {
    /// Takes a package away from a point; contents that others share stay.
    pub fn withdraw(&self, package: &Package, point: &Point) -> Result<()> {
        let _lock = self.lock_point(point)?;
        let set = |state, error: Option<&str>| {
            self.db.write(|tx| tx.set_distribution(point.id, package.id, state, &clock::now(), error))
        };
        if self.distribution(package, point)?.is_none() {
            let why = format!("is not on the distribution point '{}'", point.name);
            return Err(Error::new(ErrorKind::NotFound, why).with_path(&package.name));
        }
        set(DistributionState::RemovalPending, None)?;
        let store = open(point)?;
        let take = || -> Result<()> {
            self.claim_point(&*store, point)?;
            let key = PackageList::key(package.id);
            let list = match document(&*store, &key, DOCUMENT) {
                Ok(data) => PackageList::parse(&data, &key).ok(),
                Err(e) if e.kind() == ErrorKind::NotFound => None,
                Err(e) => return Err(e),
            };
            store.delete(&key)?;
            list.map_or(Ok(()), |list| store.delete(&list.data))
        };
        let mut pause = FIRST_PAUSE;
        for attempt in 1.. {
            match take() {
                Ok(()) => break,
                Err(e) if attempt < TRIES && may_pass(&e) => {
                    set(DistributionState::RemovalRetrying, Some(&e.to_string()))?;
                    std::thread::sleep(pause);
                    pause *= 2;
                }
                Err(e) => {
                    set(DistributionState::RemovalFailed, Some(&e.to_string()))?;
                    return Err(e);
                }
            }
        }
        self.db.write(|tx| tx.remove_distribution(point.id, package.id))?;
        self.take_unused(&*store, point)?;
        self.db.write(|tx| tx.prune(package.id, package.keep))?;
        self.log.info("withdraw", &[("package", &package.name), ("point", &point.name)], "taken away");
        Ok(())
    }
}
