//! Names from a file made into paths below a destination, or refused.

use crate::error::{Error, ErrorKind, Result};
use std::path::PathBuf;

const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// The relative path that `name` (separated by `\` or `/`) stands for below a destination.
///
/// Refused with [`ErrorKind::UnsafePath`]: absolute and empty names, drive letters, `..`, streams (`a:b`),
/// device names, control characters, and components that Windows would trim (trailing dot or space), so
/// that a folder unpacked here can be copied to Windows as it is.
pub fn safe_relative(name: &str) -> Result<PathBuf> {
    let refuse = |why: &str| {
        let e = Error::new(ErrorKind::UnsafePath, format!("the name {why}, so it is not written"));
        Err(e.with_path(name.escape_debug()))
    };
    let mut out = PathBuf::new();
    for part in name.split(['\\', '/']) {
        let stem = part.split('.').next().unwrap_or(part).trim_end().to_lowercase();
        let numbered = |prefix: &str| {
            stem.strip_prefix(prefix)
                .is_some_and(|n| n.chars().count() == 1 && n.contains(|c: char| "123456789¹²³".contains(c)))
        };
        match part {
            "" => return refuse("is empty, absolute or has an empty component"),
            "." | ".." => return refuse("leaves its folder"),
            _ if part.contains(':') => return refuse("has a drive letter or a stream"),
            _ if part.contains(|c: char| c < ' ' || "<>\"|?*".contains(c)) => {
                return refuse("has a character that Windows forbids");
            }
            _ if part.ends_with(['.', ' ']) => return refuse("ends with a dot or a space"),
            _ if DEVICES.contains(&stem.as_str()) || numbered("com") || numbered("lpt") => {
                return refuse("is a device");
            }
            _ => out.push(part),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_pass() {
        for name in
            ["update.mum", r"amd64_a..b_1\file.dll", "$filehashes$.dat", "a/b.c", "común", "com", "com10.x"]
        {
            assert_eq!(safe_relative(name).unwrap(), PathBuf::from(name.replace('\\', "/")), "{name}");
        }
    }

    #[test]
    fn names_that_escape_are_refused() {
        for name in [
            "",
            r"\a",
            "/a",
            "..",
            r"a\..\b",
            "../x",
            r"C:\x",
            "c:x",
            "a:stream",
            "nul",
            "NUL.txt",
            r"a\com1.log",
            "lpt9",
            r"\\server\share",
            "a//b",
            "a\0b",
            "a\nb",
            "a.",
            "a ",
            ".",
            "aux .x",
            "com¹",
            "a*",
        ] {
            assert_eq!(safe_relative(name).unwrap_err().kind(), ErrorKind::UnsafePath, "{name:?}");
        }
    }
}
