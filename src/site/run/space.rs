//! Whether there is room for a run, told before it begins.

use crate::error::{Error, ErrorKind, Result};
use std::path::Path;

/// What a run may need: the new image, which is the old one and what is laid into it, and the updates rebuilt beside it.
pub(super) fn estimate(image: u64, updates: u64) -> u64 {
    // Payload that is stored as deltas in an update grows to several times its size; then it is compressed again.
    const GROWTH: u64 = 6;
    image.saturating_add(updates.saturating_mul(GROWTH)).saturating_add(64 << 20)
}

/// Bytes that may be written below `folder`; `None` where the system does not tell.
#[cfg(unix)]
pub(super) fn free(folder: &Path) -> Option<u64> {
    let stat = rustix::fs::statvfs(folder).ok()?;
    Some(stat.f_bavail.saturating_mul(stat.f_frsize))
}

#[cfg(not(unix))]
pub(super) fn free(_: &Path) -> Option<u64> {
    None
}

/// Refuses a run for which there is not enough room.
pub(super) fn check(free: Option<u64>, needed: u64, folder: &Path) -> Result<()> {
    match free {
        Some(free) if free < needed => {
            let megabytes = |bytes: u64| bytes.div_ceil(1_000_000);
            let why = format!(
                "the run may need {} MB and {} MB are free; nothing was changed",
                megabytes(needed),
                megabytes(free)
            );
            Err(Error::new(ErrorKind::NoSpace, why).with_path(folder.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_little_room_is_told_before_anything_is_written() {
        let needed = estimate(5_000_000_000, 700_000_000);
        assert!((9_000_000_000..10_000_000_000).contains(&needed));
        let e = check(Some(6_000_000_000), needed, Path::new("site")).unwrap_err();
        assert_eq!(e.kind(), ErrorKind::NoSpace);
        assert!(e.to_string().contains("9268 MB") && e.to_string().contains("6000 MB"), "{e}");
        assert!(check(Some(needed), needed, Path::new("site")).is_ok());
        assert!(check(None, needed, Path::new("site")).is_ok());
        #[cfg(unix)]
        assert!(free(Path::new("/")).is_some_and(|f| f > 0) && free(Path::new("/none/such")).is_none());
    }
}
