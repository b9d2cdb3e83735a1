//! The manifest dictionary: from a file a person names, or from the servicing stack that a package delivers.

use super::{StagedFile, name_key};
use crate::base::{FileAt, Limits, ReadAt as _};
use crate::codec::winsxs;
use crate::error::{Error, Result};
use std::path::Path;

/// The manifest dictionary in the file at `path`: a servicing stack's `wcp.dll`, or the dictionary itself.
///
/// ```
/// use wimwright::base::Limits;
/// use wimwright::staging::{UnpackOptions, read_dictionary};
///
/// # let dir = tempfile::tempdir()?;
/// # let path = dir.path().join("wcp.dll");
/// # std::fs::write(&path, "<?xml version=\"1.0\"?>")?;
/// let dictionary = read_dictionary(&path, &Limits::default())?;
/// let options = UnpackOptions { dictionary: Some(dictionary), ..UnpackOptions::default() };
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_dictionary(path: &Path, limits: &Limits) -> Result<Vec<u8>> {
    let file = FileAt::open(path)?;
    let size = Limits::check("the file's size", file.size(), limits.max_buffer)
        .map_err(|e| e.with_path(path.display()))?;
    let data = file.read_vec(0, size)?;
    if data.starts_with(b"MZ") {
        return winsxs::dictionary_from_wcp(&data).map_err(|e| e.with_path(path.display()));
    }
    if !data.starts_with(b"<?xml") && !data.starts_with(b"\xEF\xBB\xBF<") {
        let error = Error::malformed("is neither a wcp.dll nor a manifest dictionary");
        return Err(error.with_path(path.display()));
    }
    Ok(data)
}

/// The dictionary of the servicing stack among `files`, if there is one.
pub(super) fn delivered(files: &[StagedFile], limits: &Limits) -> Result<Option<Vec<u8>>> {
    let wcp = files.iter().find(|f| {
        let key = name_key(&f.name);
        key.ends_with("\\wcp.dll") && key.contains("servicingstack")
    });
    match wcp {
        Some(file) => Ok(winsxs::dictionary_from_wcp(&file.content.bytes(limits.max_buffer)?).ok()),
        None => Ok(None),
    }
}
