//! Where symbolic links and junctions lead, said again for a tree that lies in a folder.

use crate::base::{Bytes, Name};
use crate::error::{Error, Result};
use crate::wim::metadata::{DentryId, Metadata};
use crate::wim::reparse::{MOUNT_POINT, RELATIVE, SYMLINK};

/// Where a link leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Components to go up and then down from the folder that holds the link.
    Path {
        up: usize,
        down: Vec<Name>,
        /// Above the image's root.
        outward: bool,
    },
    /// To another volume or the network.
    Foreign,
}

/// The target of a link at `link`; `data` is the reparse data without tag and length. Absolute targets
/// (`\??\C:\x`) count from the image's root.
pub(super) fn target(metadata: &Metadata, link: DentryId, tag: u32, data: &[u8]) -> Result<Target> {
    let (path, relative) = substitute_name(tag, data)?;
    let here: Vec<Name> = metadata.path(metadata.dentry(link).parent()).names().to_vec();
    let rooted = path.first() == Some(&u16::from(b'\\'));
    let (mut to, rest) = match (relative, absolute(&path)) {
        (true, _) if !rooted => (here.clone(), path.as_slice()),
        (true, _) => (Vec::new(), path.as_slice()),
        (false, Some(rest)) => (Vec::new(), rest),
        (false, None) => return Ok(Target::Foreign),
    };
    // Steps above the root: as in Windows, a path that begins there stays there.
    let mut above = 0;
    for part in rest.split(|&u| u == u16::from(b'\\') || u == u16::from(b'/')) {
        match String::from_utf16_lossy(part).as_str() {
            "" | "." => {}
            ".." => {
                if to.pop().is_none() && relative && !rooted {
                    above += 1;
                }
            }
            name if name.contains('\0') => return Err(Error::malformed("the link's target has a NUL")),
            _ => to.push(Name::from_units(part)),
        }
    }
    if above > 0 {
        return Ok(Target::Path { up: here.len() + above, down: to, outward: true });
    }
    spell(metadata, &mut to);
    let common = here.iter().zip(&to).take_while(|(a, b)| a.same_spelling(b)).count();
    Ok(Target::Path { up: here.len() - common, down: to.split_off(common), outward: false })
}

/// The path that the link leads to, as it is stored.
#[cfg(all(target_os = "linux", feature = "mount"))]
pub(super) fn stored_name(tag: u32, data: &[u8]) -> Result<Name> {
    substitute_name(tag, data).map(|(path, _)| Name::from_units(path))
}

/// The path that the link leads to, and whether it counts from the link's folder.
fn substitute_name(tag: u32, data: &[u8]) -> Result<(Vec<u16>, bool)> {
    let mut from = Bytes::new(data);
    let (offset, len) = (usize::from(from.u16()?), usize::from(from.u16()?));
    from.take(4)?;
    let relative = match tag {
        SYMLINK => from.u32()? & RELATIVE != 0,
        MOUNT_POINT => false,
        other => return Err(Error::unsupported(format!("reparse tag {other:#x} is no link"))),
    };
    let mut name = Bytes::at(data, from.pos() + offset)?;
    let units = name.take(len)?.chunks_exact(2).map(|u| u16::from_le_bytes([u[0], u[1]])).collect();
    Ok((units, relative))
}

/// What follows the drive of a path like `\??\C:\x`, `\\?\C:\x` or `C:\x`.
fn absolute(path: &[u16]) -> Option<&[u16]> {
    let text = |s: &str| s.encode_utf16().collect::<Vec<_>>();
    let rest = [r"\??\", r"\\?\"].iter().find_map(|p| path.strip_prefix(text(p).as_slice())).unwrap_or(path);
    let [drive, colon, rest @ ..] = rest else { return None };
    let letter = u8::try_from(*drive).is_ok_and(|d| d.is_ascii_alphabetic());
    let ends = rest.first().is_none_or(|&u| u == u16::from(b'\\'));
    (letter && *colon == u16::from(b':') && ends).then_some(rest)
}

/// Spells the components as the image does, since case matters here and not there.
fn spell(metadata: &Metadata, path: &mut [Name]) {
    let mut at = metadata.root();
    for name in path {
        let Some(child) = metadata.child(at, name) else { return };
        name.clone_from(metadata.dentry(child).name());
        at = child;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str) -> Vec<u16> {
        text.encode_utf16().collect()
    }

    fn data(tag: u32, target: &str, flags: u32) -> Vec<u8> {
        let name: Vec<u8> = utf16(target).into_iter().flat_map(u16::to_le_bytes).collect();
        let mut out: Vec<u8> = [0, name.len() as u16, 0, 0].into_iter().flat_map(u16::to_le_bytes).collect();
        if tag == SYMLINK {
            out.extend(flags.to_le_bytes());
        }
        out.extend(name);
        out
    }

    #[test]
    fn drives_are_found_in_every_spelling() {
        for path in [r"\??\C:\a", r"\\?\d:\a", r"C:\a"] {
            assert_eq!(absolute(&utf16(path)), Some(utf16(r"\a").as_slice()), "{path}");
        }
        assert_eq!(absolute(&utf16(r"\??\C:")), Some([].as_slice()));
        for path in [r"\??\Volume{1}\a", r"\\server\share", r"\??\UNC\a", "a", "", r"C:a"] {
            assert_eq!(absolute(&utf16(path)), None, "{path}");
        }
    }

    #[test]
    fn targets_count_from_the_image() {
        let metadata = Metadata::empty();
        let at = |tag, text: &str, flags| {
            Ok(match target(&metadata, metadata.root(), tag, &data(tag, text, flags))? {
                Target::Path { up, down, outward } => {
                    let down = down.iter().map(ToString::to_string).collect::<Vec<_>>().join("/");
                    format!("{up} {down}{}", if outward { " out" } else { "" })
                }
                Target::Foreign => "foreign".into(),
            }) as Result<String>
        };
        assert_eq!(at(SYMLINK, r"a\.\b\..\c", 1).unwrap(), "0 a/c");
        assert_eq!(at(SYMLINK, r"\a\c", 1).unwrap(), "0 a/c");
        assert_eq!(at(SYMLINK, r"\..\a", 1).unwrap(), "0 a");
        assert_eq!(at(SYMLINK, r"\??\C:\x y\z", 0).unwrap(), "0 x y/z");
        assert_eq!(at(SYMLINK, r"\??\C:\..\z", 0).unwrap(), "0 z");
        assert_eq!(at(MOUNT_POINT, r"\??\C:\x\", 0).unwrap(), "0 x");
        assert_eq!(at(SYMLINK, r"..\etc", 1).unwrap(), "1 etc out");
        assert_eq!(at(SYMLINK, r"a\..\..\..", 1).unwrap(), "2  out");
        assert_eq!(at(MOUNT_POINT, r"\??\Volume{0}\", 0).unwrap(), "foreign");
        assert_eq!(at(SYMLINK, r"\??\UNC\server\share", 0).unwrap(), "foreign");
        assert!(at(SYMLINK, "a\0b", 1).is_err());
        assert!(at(0x8000_0017, "a", 0).is_err());
        assert!(target(&metadata, metadata.root(), SYMLINK, &[0; 7]).is_err());
        assert!(target(&metadata, metadata.root(), SYMLINK, &[0, 0, 9, 0, 0, 0, 0, 0, 1, 0, 0, 0]).is_err());
    }
}
