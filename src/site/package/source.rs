//! What makes a folder an upgrade package: Windows Setup's program and images in their places.

use crate::error::{Error, ErrorKind, Result};
use crate::site::library::Taken;
use std::path::Path;

/// Names that the file with Windows' images may have, the usual one first.
const IMAGES: [&str; 3] = ["sources/install.wim", "sources/install.esd", "sources/install.swm"];
const SETUP: &str = "setup.exe";
const BOOT: &str = "sources/boot.wim";

/// The place of the file of this path, in whatever case it is written.
pub(in crate::site) fn find<'a, T>(files: &'a [T], path: &str, of: impl Fn(&T) -> &str) -> Option<&'a T> {
    files.iter().find(|file| of(file).eq_ignore_ascii_case(path))
}

/// The path of the file with Windows' images, and everything that is missing.
pub(super) fn check(root: &Path, files: &[Taken]) -> Result<String> {
    let has = |path: &str| find(files, path, |f| &f.path);
    let mut missing = Vec::new();
    if has(SETUP).is_none() {
        missing.push("setup.exe at its root");
    }
    let image = image_of(files, |f| &f.path);
    if image.is_none() {
        missing.push("sources\\install.wim (or install.esd, install.swm)");
    }
    if has(BOOT).is_none() {
        missing.push("sources\\boot.wim");
    }
    let empty = [SETUP, BOOT].iter().find(|path| has(path).is_some_and(|f| f.size == 0));
    match (image, empty) {
        (Some(image), None) if missing.is_empty() => Ok(image.path.clone()),
        (_, Some(path)) if missing.is_empty() => {
            let e = Error::new(ErrorKind::InvalidArgument, format!("{path} is an empty file"));
            Err(e.with_path(root.display()))
        }
        _ => {
            let why = format!(
                "is no folder of Windows Setup's files; missing: {}. Give the folder that setup.exe lies in",
                missing.join(", ")
            );
            Err(Error::new(ErrorKind::NotFound, why).with_path(root.display()))
        }
    }
}

/// The file with Windows' images.
pub(super) fn image_of<T>(files: &[T], of: impl Fn(&T) -> &str + Copy) -> Option<&T> {
    IMAGES.iter().find_map(|path| find(files, path, of))
}

/// Whether a path is that of a part of the split set which begins with `image`.
pub(in crate::site) fn is_set_part(path: &str, image: &str) -> bool {
    let (path, image) = (path.to_ascii_lowercase(), image.to_ascii_lowercase());
    let Some(stem) = image.strip_suffix(".swm") else { return path == image };
    let number = path.strip_prefix(stem).and_then(|rest| rest.strip_suffix(".swm"));
    number.is_some_and(|n| n.chars().all(|c| c.is_ascii_digit()))
}
