//! Committing to another file: copied, appended to beside its place, and put there by one rename.

use super::append::append;
use super::disk::FileDisk;
use super::{CommitOptions, CommitReport};
use crate::base::{Phase, Progress};
use crate::error::{Error, Result};
use crate::wim::file::WimFile;
use crate::wim::overlay::Overlay;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Copied at a time; the operating system shares the blocks instead of copying where it can.
const PIECE: u64 = 64 << 20;

pub(super) fn to_output(
    wim: &WimFile,
    path: &Path,
    output: &Path,
    overlays: Vec<Overlay>,
    options: &CommitOptions,
    progress: &Progress,
) -> Result<CommitReport> {
    // A link to a file stays a link; the file that it leads to is replaced.
    let output = &std::fs::canonicalize(output).unwrap_or_else(|_| output.to_owned());
    let source = File::open(path).map_err(|e| Error::io("open the WIM", path, e))?;
    // Nobody may write to it while it is copied; other readers may.
    #[cfg(not(windows))]
    if let Err(std::fs::TryLockError::WouldBlock) = source.try_lock_shared() {
        return Err(super::disk::busy().with_path(path.display()));
    }
    let meta = source.metadata().map_err(|e| Error::io("read the WIM's size", path, e))?;
    let folder = output.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = output.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut builder = tempfile::Builder::new();
    let prefix = format!(".{name}.");
    builder.prefix(&prefix).suffix(".tmp");
    let temp =
        builder.tempfile_in(folder).map_err(|e| Error::io("make a file beside the output", output, e))?;
    copy(&source, temp.as_file(), meta.len(), progress).map_err(|e| e.with_path(output.display()))?;
    let file = temp.as_file().try_clone().map_err(|e| Error::io("open the output", output, e))?;
    let disk = FileDisk::from_file(file, output);
    let report = append(&disk, wim, overlays, options, progress)?;
    drop(disk);
    // As the one it replaces could be used, so can the new one; a temporary file is private otherwise.
    let mut permissions = std::fs::metadata(output).map_or(meta.permissions(), |m| m.permissions());
    #[expect(clippy::permissions_set_readonly_false, reason = "never true here: set_mode would be Unix only")]
    if permissions.readonly() {
        permissions.set_readonly(false);
    }
    temp.as_file()
        .set_permissions(permissions)
        .map_err(|e| Error::io("set the output's permissions", output, e))?;
    temp.persist(output).map_err(|e| Error::io("put the output into its place", output, e.error))?;
    #[cfg(unix)]
    File::open(folder)
        .and_then(|f| f.sync_all())
        .map_err(|e| Error::io("write the output's folder through to the disk", folder, e))?;
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
