//! Whether there is room for what is to be written, told before it begins.

use crate::error::{Error, ErrorKind, Result};
use std::path::Path;

/// Bytes that may be written below `folder`; `None` where the system does not tell.
#[cfg(unix)]
pub(crate) fn free_space(folder: &Path) -> Option<u64> {
    let stat = rustix::fs::statvfs(folder).ok()?;
    Some(stat.f_bavail.saturating_mul(stat.f_frsize))
}

#[cfg(not(unix))]
pub(crate) fn free_space(_: &Path) -> Option<u64> {
    None
}

/// Refuses work for which there is not enough room below `folder`.
pub(crate) fn check_space(free: Option<u64>, needed: u64, folder: &Path) -> Result<()> {
    match free {
        Some(free) if free < needed => {
            let megabytes = |bytes: u64| bytes.div_ceil(1_000_000);
            let why = format!(
                "the work may need {} MB and {} MB are free; nothing was changed",
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
        let needed = 9_268_000_000;
        let e = check_space(Some(6_000_000_000), needed, Path::new("site")).unwrap_err();
        assert_eq!(e.kind(), ErrorKind::NoSpace);
        assert!(e.to_string().contains("9268 MB") && e.to_string().contains("6000 MB"), "{e}");
        assert!(check_space(Some(needed), needed, Path::new("site")).is_ok());
        assert!(check_space(None, needed, Path::new("site")).is_ok());
        #[cfg(unix)]
        assert!(
            free_space(Path::new("/")).is_some_and(|f| f > 0)
                && free_space(Path::new("/none/such")).is_none()
        );
    }
}
