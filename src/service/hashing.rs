//! Digests of whole files; the image's before it is serviced is made beside the other work.

use super::receipt::FileDigest;
use crate::base::{Cancel, Event, FileAt, Phase, Progress, ReadAt as _, Sha256Digest};
use crate::error::{Error, ErrorKind, Result};
use sha2::Digest as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How often a waiting thread looks.
const PAUSE: Duration = Duration::from_millis(5);

/// A thread that hashes a file. It reports to nobody, because it outlives the call that began it; dropping this
/// stops it and waits for its end.
pub(super) struct Hashing {
    thread: Option<JoinHandle<Result<(FileDigest, Duration)>>>,
    stop: Cancel,
    bytes: Arc<AtomicU64>,
    size: u64,
}

impl Hashing {
    /// Begins to hash the file at `path`, of `size` bytes.
    pub fn begin(path: PathBuf, size: u64) -> Self {
        let (stop, bytes) = (Cancel::default(), Arc::new(AtomicU64::new(0)));
        let count = bytes.clone();
        let sink = move |event: &Event<'_>| {
            count.fetch_max(event.bytes.0, Relaxed);
        };
        let progress = Progress::new(Arc::new(sink), stop.clone());
        let thread = std::thread::spawn(move || {
            let began = Instant::now();
            digest(&path, &progress).map(|digest| (digest, began.elapsed()))
        });
        Self { thread: Some(thread), stop, bytes, size }
    }

    /// The digest and how long it took; waits for it, reporting, unless that is cancelled.
    pub fn finish(mut self, progress: &Progress) -> Result<(FileDigest, Duration)> {
        let failed = || Error::new(ErrorKind::Internal, "hashing the image failed");
        let thread = self.thread.take().ok_or_else(failed)?;
        let meter = progress.begin(Phase::Hash, 1, self.size);
        let mut seen = 0;
        while !thread.is_finished() {
            let bytes = self.bytes.load(Relaxed);
            if let Err(cancelled) = meter.add_bytes(bytes - seen) {
                self.thread = Some(thread);
                return Err(cancelled);
            }
            seen = bytes;
            std::thread::sleep(PAUSE);
        }
        thread.join().map_err(|_| failed())?
    }
}

impl Drop for Hashing {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Size and SHA-256 of a whole file.
pub(super) fn digest(path: &Path, progress: &Progress) -> Result<FileDigest> {
    const STRIDE: usize = 1 << 20;
    let file = FileAt::open(path)?;
    let size = file.size();
    let meter = progress.begin(Phase::Hash, 1, size);
    let mut hasher = sha2::Sha256::new();
    let mut buffer = vec![0; STRIDE];
    let mut offset = 0;
    while offset < size {
        let n = (size - offset).min(STRIDE as u64) as usize;
        file.read_exact_at(&mut buffer[..n], offset)?;
        hasher.update(&buffer[..n]);
        meter.add_bytes(n as u64)?;
        offset += n as u64;
    }
    Ok(FileDigest { size, sha256: Sha256Digest(hasher.finalize().into()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("image");
        std::fs::write(&path, vec![7; 5 << 20]).unwrap();
        (dir, path)
    }

    #[test]
    fn the_digest_is_that_of_the_file() {
        let (_dir, path) = file();
        let (found, _) = Hashing::begin(path.clone(), 5 << 20).finish(&Progress::none()).unwrap();
        let expected = digest(&path, &Progress::none()).unwrap();
        assert_eq!((found.size, found.sha256), (expected.size, expected.sha256));
    }

    #[test]
    fn waiting_can_be_cancelled_and_dropping_ends_the_thread() {
        let (_dir, path) = file();
        let hashing = Hashing::begin(path.clone(), 5 << 20);
        let progress = Progress::none();
        progress.cancel().cancel();
        let outcome = hashing.finish(&progress).map_err(|e| e.kind());
        // The thread may have been done before anyone waited for it.
        assert!(matches!(outcome, Ok(_) | Err(ErrorKind::Cancelled)));
        drop(Hashing::begin(path, 5 << 20));
    }
}
