//! Packages to distribution points: only what is missing is sent, in parallel, and tried again.

use super::parts::PointLedger;
use super::store::Ledger as _;
use super::{Store, document, open};
use crate::base::{Meter, Phase, Progress};
use crate::error::{Error, ErrorKind, Result};
use crate::site::db::StoredContent;
use crate::site::library::{DataList, PackageList, content_key};
use crate::site::model::{Distribution, DistributionState, Package, PackageVersion, Point};
use crate::site::{Site, clock};
use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

/// Contents that are sent at once.
const AT_ONCE: usize = 8;
/// How often a content is tried, beside what a store tries by itself.
pub(super) const TRIES: u32 = 5;
pub(super) const FIRST_PAUSE: Duration = Duration::from_millis(250);
const NAP: Duration = Duration::from_millis(50);
/// Bytes of a document of a point.
pub(super) const DOCUMENT: u64 = 64 << 20;
/// Whose the point is.
const OWNER: &str = "site.json";

impl Site {
    /// Sends a package's published version to a point: what is not there yet, or with `again` all of it. The package's
    /// list is written last, so that the older version stays the one that is found until the new one is whole.
    pub fn distribute(
        &self,
        package: &Package,
        point: &Point,
        again: bool,
        progress: &Progress,
    ) -> Result<Distribution> {
        let _lock = self.lock_point(point)?;
        let sent = self.send(package, point, again, progress);
        if let Err(error) = &sent {
            let text = error.to_string();
            let failed = DistributionState::InstallFailed;
            self.db
                .write(|tx| tx.set_distribution(point.id, package.id, failed, &clock::now(), Some(&text)))?;
            self.log.error("distribute", &[("package", &package.name), ("point", &point.name)], &text);
        }
        sent?;
        self.log.info("distribute", &[("package", &package.name), ("point", &point.name)], "sent");
        self.distribution(package, point)?
            .ok_or_else(|| Error::new(ErrorKind::Internal, "the distribution has no record"))
    }

    fn send(&self, package: &Package, point: &Point, again: bool, progress: &Progress) -> Result<()> {
        let store = open(point)?;
        if store.is_read_only() {
            let why = "can only be read (HTTP); distribute to the folder or store behind it";
            return Err(Error::new(ErrorKind::Unsupported, why).with_path(&point.name));
        }
        let before = self.distribution(package, point)?;
        // Until now its sending was interrupted: what lies there whole need not be sent again.
        let interrupted =
            !again && before.as_ref().is_none_or(|d| d.state != DistributionState::InstallFailed);
        let updating = before.as_ref().is_some_and(|d| d.version.is_some());
        let state =
            if updating { DistributionState::ContentUpdating } else { DistributionState::InstallPending };
        let (version, files) = self.db.write(|tx| {
            let missing = || Error::new(ErrorKind::NotFound, "the package has no published version");
            let version = tx.published(package.id)?.ok_or_else(missing)?;
            tx.want(point.id, package.id, version.id, state, &clock::now())?;
            let files = tx.contents(version.id)?;
            Ok((version, files))
        })?;
        self.claim_point(&*store, point)?;
        let mut seen = HashSet::new();
        let blobs = files.iter().filter(|f| seen.insert(f.sha256)).cloned();
        let missing = |f: &StoredContent| Ok(again || !self.db.read(|tx| tx.point_has(point.id, &f.sha256))?);
        let mut to_send = Vec::new();
        for blob in blobs {
            if missing(&blob)? {
                to_send.push(blob);
            }
        }
        self.send_blobs(&*store, package, point, &to_send, interrupted, progress)?;
        self.send_lists(&*store, package, &version, &files)?;
        self.db.write(|tx| tx.settle_distribution(point.id, package.id, &clock::now()))?;
        self.take_unused(&*store, point)?;
        self.db.write(|tx| tx.prune(package.id, package.keep))?;
        Ok(())
    }

    /// Makes sure that the point is this site's: two sites would take each other's content away.
    pub(super) fn claim_point(&self, store: &dyn Store, point: &Point) -> Result<()> {
        match document(store, OWNER, DOCUMENT) {
            Ok(data) => {
                let owner: serde_json::Value = serde_json::from_slice(&data).unwrap_or_default();
                if owner["site"] == self.id.as_str() {
                    return Ok(());
                }
                let why = format!("is a distribution point of another site ({})", owner["site"]);
                Err(Error::new(ErrorKind::AlreadyExists, why).with_path(&point.name))
            }
            Err(e) if e.kind() == ErrorKind::NotFound => {
                let owner = serde_json::json!({ "schema": "wimwright.point.v1", "site": self.id });
                store.put_bytes(OWNER, owner.to_string().into_bytes())
            }
            Err(e) => Err(e),
        }
    }

    fn send_blobs(
        &self,
        store: &dyn Store,
        package: &Package,
        point: &Point,
        blobs: &[StoredContent],
        interrupted: bool,
        progress: &Progress,
    ) -> Result<()> {
        let meter = progress.begin(Phase::Copy, blobs.len() as u64, blobs.iter().map(|b| b.size).sum());
        let (next, stop, first) = (AtomicUsize::new(0), AtomicBool::new(false), Mutex::new(None));
        let send = Sending { site: self, store, package, point, interrupted, progress, meter: &meter };
        std::thread::scope(|scope| {
            for _ in 0..AT_ONCE.min(blobs.len()) {
                scope.spawn(|| {
                    while !stop.load(Relaxed) {
                        let Some(blob) = blobs.get(next.fetch_add(1, Relaxed)) else { break };
                        if let Err(error) = send.blob(blob) {
                            stop.store(true, Relaxed);
                            if let Ok(mut first) = first.lock() {
                                first.get_or_insert(error);
                            }
                        }
                    }
                });
            }
        });
        match first.into_inner() {
            Ok(Some(error)) => Err(error),
            _ => Ok(()),
        }
    }

    /// The version's data list, then the package's list, which publishes it there.
    fn send_lists(
        &self,
        store: &dyn Store,
        package: &Package,
        version: &PackageVersion,
        files: &[StoredContent],
    ) -> Result<()> {
        let data = DataList::new(&self.id, package.id, version.number, files);
        let list = PackageList::new(&self.id, package.id, &package.name, &package.version, &data);
        let key = PackageList::key(package.id);
        let old = document(store, &key, DOCUMENT).and_then(|data| PackageList::parse(&data, &key)).ok();
        store.put_bytes(&list.data, crate::site::library::text(&data))?;
        store.put_bytes(&key, crate::site::library::text(&list))?;
        match old.filter(|old| old.data != list.data) {
            Some(old) => store.delete(&old.data),
            None => Ok(()),
        }
    }

    /// Takes contents away that no package on the point uses.
    pub(super) fn take_unused(&self, store: &dyn Store, point: &Point) -> Result<()> {
        for sha256 in self.db.read(|tx| tx.unused_on_point(point.id))? {
            store.delete(&content_key(&sha256))?;
            self.db.write(|tx| tx.remove_point_blob(point.id, &sha256))?;
        }
        self.abandon_uploads(store, point)
    }

    /// Sends the new version to every point that has the package. A point that fails says so itself.
    pub(in crate::site) fn update_points(
        &self,
        package: &Package,
        run: i64,
        progress: &Progress,
    ) -> Result<()> {
        let package = self.package(&package.id.to_string())?;
        for name in self.db.read(|tx| tx.points_of(package.id))? {
            let point = self.point(&name)?;
            if let Err(e) = self.distribute(&package, &point, false, progress) {
                let run = run.to_string();
                self.log.error("distribute", &[("run", &run), ("point", &name)], &e.to_string());
                progress.check()?;
            }
        }
        Ok(())
    }
}

/// What sending one content needs.
struct Sending<'a> {
    site: &'a Site,
    store: &'a dyn Store,
    package: &'a Package,
    point: &'a Point,
    interrupted: bool,
    progress: &'a Progress,
    meter: &'a Meter,
}

impl Sending<'_> {
    fn blob(&self, blob: &StoredContent) -> Result<()> {
        let key = content_key(&blob.sha256);
        let mut pause = FIRST_PAUSE;
        for attempt in 1.. {
            self.progress.check()?;
            match self.once(&key, blob) {
                Ok(()) => break,
                Err(e) if attempt < TRIES && may_pass(&e) => {
                    let (state, text) = (DistributionState::InstallRetrying, e.to_string());
                    let (point, package) = (self.point.id, self.package.id);
                    let now = clock::now();
                    self.site.db.write(|tx| tx.set_distribution(point, package, state, &now, Some(&text)))?;
                    let mut waited = Duration::ZERO;
                    while waited < pause {
                        self.progress.check()?;
                        std::thread::sleep(NAP);
                        waited += NAP;
                    }
                    pause *= 2;
                }
                Err(e) => return Err(e.within(&blob.path)),
            }
        }
        self.site.db.write(|tx| tx.add_point_blob(self.point.id, &blob.sha256))?;
        self.meter.done(&blob.path, 0)
    }

    fn once(&self, key: &str, blob: &StoredContent) -> Result<()> {
        if self.interrupted && self.store.size(key)? == Some(blob.size) {
            self.ledger().forget(key)?;
            return self.meter.add_bytes(blob.size);
        }
        let file = self.site.library.blob(&blob.sha256);
        let mut tap = |bytes: &[u8]| self.meter.add_bytes(bytes.len() as u64);
        self.store.put_file(key, &file, &blob.sha256, &self.ledger(), &mut tap)
    }

    fn ledger(&self) -> PointLedger<'_> {
        PointLedger { db: &self.site.db, point: self.point.id }
    }
}

/// Whether trying again may help.
pub(super) fn may_pass(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Io | ErrorKind::Busy | ErrorKind::Truncated)
}
