//! Whether a result has a place: asked before long work, so that its end is no surprise.

use crate::error::{Error, ErrorKind, Result};
use std::fs::{self, Metadata};
use std::path::Path;

/// Checks that a file may be written at `path`: its folder exists, it is no folder itself, and it is none of `inputs`,
/// under whatever name, which writing it would destroy.
pub fn check_place<'a>(path: &Path, inputs: impl IntoIterator<Item = &'a Path>) -> Result<()> {
    let refuse = |kind, why: String| Err(Error::new(kind, why).with_path(path.display()));
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return refuse(ErrorKind::NotFound, "its folder does not exist".into());
    }
    let Ok(there) = fs::metadata(path) else { return Ok(()) };
    if there.is_dir() {
        return refuse(ErrorKind::InvalidArgument, "is a folder; a file is to be written there".into());
    }
    let same =
        |input: &&Path| fs::metadata(input).is_ok_and(|input_is| is_same(path, &there, input, &input_is));
    match inputs.into_iter().find(same) {
        Some(input) => {
            let why = format!("would be written over the input {}", input.display());
            refuse(ErrorKind::InvalidArgument, why)
        }
        None => Ok(()),
    }
}

#[cfg(unix)]
fn is_same(_: &Path, a: &Metadata, _: &Path, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

#[cfg(not(unix))]
fn is_same(a: &Path, _: &Metadata, b: &Path, _: &Metadata) -> bool {
    matches!((fs::canonicalize(a), fs::canonicalize(b)), (Ok(a), Ok(b)) if a == b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_is_never_the_place_of_a_result() {
        let dir = tempfile::tempdir().unwrap();
        let [input, link, free] = ["input", "link", "free"].map(|name| dir.path().join(name));
        fs::write(&input, b"x").unwrap();
        fs::hard_link(&input, &link).unwrap();
        let inputs = [Path::new("absent"), &input];
        assert!(check_place(&free, inputs).is_ok());
        assert!(check_place(&input, []).is_ok());
        let around = dir.path().join(".").join("input");
        for (place, kind) in [
            (&*input, ErrorKind::InvalidArgument),
            (&around, ErrorKind::InvalidArgument),
            #[cfg(unix)]
            (&link, ErrorKind::InvalidArgument),
            (dir.path(), ErrorKind::InvalidArgument),
            (&free.join("below"), ErrorKind::NotFound),
        ] {
            assert_eq!(check_place(place, inputs).unwrap_err().kind(), kind, "{}", place.display());
        }
    }
}
