//! What is asked of the file system.

use crate::error::{Error, Result};
use std::path::Path;

/// A medium on a disc can only be read, and so could a copy of it.
pub(super) fn make_writable(path: &Path) -> Result<()> {
    let failed = |e| Error::io("set the permissions", path, e);
    let mut permissions = path.metadata().map_err(failed)?.permissions();
    if !permissions.readonly() {
        return Ok(());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        permissions.set_mode(permissions.mode() | 0o200);
    }
    #[cfg(not(unix))]
    permissions.set_readonly(false);
    std::fs::set_permissions(path, permissions).map_err(failed)
}

#[cfg(unix)]
pub(super) fn same_disk(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let device = |path: &Path| path.metadata().map(|m| m.dev()).ok();
    device(a).is_some_and(|d| device(b) == Some(d))
}

#[cfg(not(unix))]
pub(super) fn same_disk(_: &Path, _: &Path) -> bool {
    false
}
