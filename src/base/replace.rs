//! A file that takes another's place only when it is whole, and the place that a path names.

use crate::error::{Error, ErrorKind, Result};
use std::fs::{File, Permissions};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// A file being written beside its place; it is put there by one rename. Dropped before that, it is taken away.
pub(crate) struct Replacement {
    temp: NamedTempFile,
    path: PathBuf,
}

impl Replacement {
    /// Makes an empty file beside `path`. A link stays a link: the file that it leads to is replaced. Only ordinary
    /// files are.
    pub fn begin(path: &Path) -> Result<Self> {
        let refuse = |kind, why| Err(Error::new(kind, why).with_path(path.display()));
        match std::fs::metadata(path) {
            Ok(there) if there.is_dir() => {
                return refuse(ErrorKind::InvalidArgument, "is a folder; a file is to be written there");
            }
            Ok(there) if !there.is_file() => {
                return refuse(ErrorKind::InvalidArgument, "is not an ordinary file, so it is not replaced");
            }
            _ => {}
        }
        let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let Some(name) = target.file_name() else {
            return refuse(ErrorKind::InvalidArgument, "is no name of a file");
        };
        if !folder(&target).is_dir() {
            return refuse(ErrorKind::NotFound, "its folder does not exist");
        }
        let prefix = format!(".{}.", name.to_string_lossy());
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix).suffix(".tmp");
        #[cfg(unix)]
        let ordinary: Permissions = std::os::unix::fs::PermissionsExt::from_mode(0o666);
        #[cfg(unix)]
        builder.permissions(ordinary);
        let temp = builder.tempfile_in(folder(&target));
        let temp = temp.map_err(|e| Error::io("make a file beside it", path, e))?;
        Ok(Self { temp, path: target })
    }

    /// The file to write.
    pub fn file(&self) -> &File {
        self.temp.as_file()
    }

    /// Where it will lie.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Lets it be used as `permissions` say; otherwise it is as new files are.
    pub fn set_permissions(&self, permissions: Permissions) -> Result<()> {
        let set = self.file().set_permissions(permissions);
        set.map_err(|e| Error::io("set the permissions", &self.path, e))
    }

    /// Writes it through to the disk and puts it into its place. It can be used as the one that it replaces could,
    /// and always be written by its owner.
    pub fn finish(self) -> Result<()> {
        let replaced = std::fs::metadata(&self.path).or_else(|_| self.file().metadata());
        let mut permissions =
            replaced.map_err(|e| Error::io("read the permissions", &self.path, e))?.permissions();
        #[expect(clippy::permissions_set_readonly_false, reason = "set_mode would be Unix only")]
        if permissions.readonly() {
            permissions.set_readonly(false);
        }
        self.set_permissions(permissions)?;
        let Self { temp, path } = self;
        temp.as_file().sync_all().map_err(|e| Error::io("write the file through to the disk", &path, e))?;
        temp.persist(&path).map_err(|e| Error::io("put the file into its place", &path, e.error))?;
        #[cfg(unix)]
        File::open(folder(&path))
            .and_then(|f| f.sync_all())
            .map_err(|e| Error::io("write the folder through to the disk", folder(&path), e))?;
        Ok(())
    }
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The place that `path` names, links resolved: two paths with the same one name the same file, there or not.
pub(crate) fn place(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| match (folder(path).canonicalize(), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn nothing_changes_before_the_end_and_nothing_is_left_behind() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        std::fs::write(&path, "old").unwrap();
        let unfinished = Replacement::begin(&path).unwrap();
        unfinished.file().write_all(b"half").unwrap();
        drop(unfinished);
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        let whole = Replacement::begin(&path).unwrap();
        whole.file().write_all(b"new").unwrap();
        whole.finish().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn folders_and_devices_are_not_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let kind = |path: &Path| Replacement::begin(path).err().map(|e| e.kind());
        assert_eq!(kind(dir.path()), Some(ErrorKind::InvalidArgument));
        assert_eq!(kind(Path::new("/")), Some(ErrorKind::InvalidArgument));
        if cfg!(unix) {
            assert_eq!(kind(Path::new("/dev/null")), Some(ErrorKind::InvalidArgument));
        }
        assert!(Replacement::begin(&dir.path().join("none/file")).is_err());
    }

    #[test]
    fn a_place_has_one_name() {
        let dir = tempfile::tempdir().unwrap();
        let there = dir.path().join("file");
        std::fs::write(&there, "").unwrap();
        assert_eq!(place(&there), place(&dir.path().join(".").join("file")));
        assert_eq!(place(&dir.path().join("none")), place(&dir.path().join("./none")));
        assert_ne!(place(&there), place(&dir.path().join("none")));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&there, dir.path().join("link")).unwrap();
            assert_eq!(place(&there), place(&dir.path().join("link")));
        }
    }
}
