//! A run that can be cancelled from another process: the record is looked at while the work goes on.

use crate::base::{Cancel, Progress};
use crate::site::Site;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

const EVERY: Duration = Duration::from_millis(250);
const NAP: Duration = Duration::from_millis(20);

/// Does `work` with progress that is cancelled when the caller's is, or when the run's record says so.
pub(super) fn watched<T>(site: &Site, run: i64, progress: &Progress, work: impl FnOnce(&Progress) -> T) -> T {
    let (cancel, done) = (Cancel::default(), AtomicBool::new(false));
    let inner = progress.with_cancel(cancel.clone());
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut waited = EVERY;
            while !done.load(Relaxed) && !cancel.is_cancelled() {
                let asked = waited >= EVERY && site.db.read(|tx| tx.is_cancelled(run)).unwrap_or(false);
                if waited >= EVERY {
                    waited = Duration::ZERO;
                }
                if asked || progress.cancel().is_cancelled() {
                    cancel.cancel();
                }
                std::thread::sleep(NAP);
                waited += NAP;
            }
        });
        let result = work(&inner);
        done.store(true, Relaxed);
        result
    })
}
