//! Contents of the library under the names that they came with: links where the file system has them, else copies.

use crate::base::{Progress, Sha256Digest};
use crate::error::{Error, ErrorKind, Result};
use crate::site::Site;
use crate::site::db::StoredContent;
use crate::site::package::is_set_part;
use std::path::{Path, PathBuf};

impl Site {
    /// The contents as the file `folder/name`, for reading only.
    pub(in crate::site) fn materialise(
        &self,
        sha256: &Sha256Digest,
        folder: &Path,
        name: &Path,
    ) -> Result<PathBuf> {
        std::fs::create_dir_all(folder).map_err(|e| Error::io("make the folder", folder, e))?;
        let (blob, file) = (self.library.blob(sha256), folder.join(name));
        if file.exists() {
            crate::site::library::remove_file(&file)?;
        }
        if std::fs::hard_link(&blob, &file).is_err() {
            std::fs::copy(&blob, &file).map_err(|e| Error::io("copy out of the library", &blob, e))?;
        }
        Ok(file)
    }

    /// A version's images as files in `folder`: the file, or the first of a split set.
    pub(in crate::site) fn materialise_image(
        &self,
        image: &str,
        files: &[StoredContent],
        folder: &Path,
        progress: &Progress,
    ) -> Result<PathBuf> {
        progress.check()?;
        let mut first = None;
        for file in files.iter().filter(|f| is_set_part(&f.path, image)) {
            let name = file.path.rsplit('/').next().unwrap_or(&file.path);
            let path = self.materialise(&file.sha256, folder, name.as_ref())?;
            if file.path.eq_ignore_ascii_case(image) {
                first = Some(path);
            }
        }
        first.ok_or_else(|| Error::new(ErrorKind::NotFound, "the package has no such image").with_path(image))
    }
}
