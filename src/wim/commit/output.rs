//! Committing to another file: copied, appended to beside its place, and put there by one rename.

use super::append::append;
use super::{Change, CommitOptions, CommitReport};
use crate::base::{Phase, Progress, ReadAt as _};
use crate::error::{Error, Result};
use crate::wim::file::WimFile;
use crate::wim::write::new_file::NewFile;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Copied at a time; the operating system shares the blocks instead of copying where it can.
const PIECE: u64 = 64 << 20;

pub(super) fn to_output(
    wim: &WimFile,
    path: &Path,
    output: &Path,
    change: Change<'_>,
    options: &CommitOptions,
    progress: &Progress,
) -> Result<CommitReport> {
    let source = File::open(path).map_err(|e| Error::io("open the WIM", path, e))?;
    // Nobody may write to it while it is copied; other readers may.
    #[cfg(not(windows))]
    if let Err(std::fs::TryLockError::WouldBlock) = source.try_lock_shared() {
        return Err(crate::wim::write::disk::busy().with_path(path.display()));
    }
    let meta = source.metadata().map_err(|e| Error::io("read the WIM's size", path, e))?;
    let same = matches!((path.canonicalize(), output.canonicalize()), (Ok(a), Ok(b)) if a == b);
    // Nobody may read the copy who could not read the WIM.
    let locked = options.lock.as_ref().is_some_and(|lock| lock.is_on(output));
    let new = NewFile::beside(output, !same && !locked, Some(meta.permissions()))?;
    let disk = new.disk()?;
    copy(&source, new.file(), meta.len(), progress).map_err(|e| e.with_path(disk.name()))?;
    let report = append(&disk, wim, change, options, progress)?;
    drop(disk);
    new.put()?;
    Ok(report)
}

fn copy(source: &File, mut to: &File, len: u64, progress: &Progress) -> Result<()> {
    let meter = progress.begin(Phase::Copy, 1, len);
    let mut done = 0;
    while done < len {
        let n = std::io::copy(&mut source.take(PIECE.min(len - done)), &mut to)
            .map_err(|e| Error::from_io("copy the WIM", e))?;
        if n == 0 {
            return Err(Error::new(
                crate::ErrorKind::Truncated,
                "the WIM became shorter while it was copied",
            ));
        }
        done += n;
        meter.add_bytes(n)?;
    }
    Ok(())
}
