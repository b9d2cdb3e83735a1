//! The tags of links, and symbolic links as Windows' reparse data, the way wimlib makes it.

use crate::base::Name;

/// The reparse tag of a symbolic link.
pub(crate) const SYMLINK: u32 = 0xA000_000C;
/// The reparse tag of a junction or a mounted volume.
pub(super) const MOUNT_POINT: u32 = 0xA000_0003;
/// Reparse flag: the target was not changed to count from the image's root.
pub(super) const NOT_FIXED: u16 = 1;

/// A symbolic link's target counts from the link's own folder.
pub(super) const RELATIVE: u32 = 1;

/// The reparse data, without tag and length, of a link to `target`; `None` where that is no text.
///
/// `/` and `\` change places, so that a backslash in a Unix name survives. An absolute target is one on drive C, as
/// Windows has no root without a drive. An empty one is the image's root.
pub(crate) fn symlink_data(target: &[u8]) -> Option<Vec<u8>> {
    let name = Name::from_wtf8(target)?;
    let swapped = name.units().iter().map(|&unit| match unit {
        0x2F => 0x5C,
        0x5C => 0x2F,
        other => other,
    });
    let absolute = target.first().is_none_or(|&b| b == b'/');
    let prefix = if absolute { r"\??\C:" } else { "" };
    let full: Vec<u8> = prefix.encode_utf16().chain(swapped).flat_map(u16::to_le_bytes).collect();
    let shown = if absolute { &full[8..] } else { &full };
    let (full_len, shown_len) = (u16::try_from(full.len()).ok()?, u16::try_from(shown.len()).ok()?);
    let mut out = Vec::with_capacity(16 + full.len() + shown.len());
    for field in [0, full_len, full_len.checked_add(2)?, shown_len] {
        out.extend(field.to_le_bytes());
    }
    out.extend(if absolute { 0 } else { RELATIVE }.to_le_bytes());
    out.extend_from_slice(&full);
    out.extend([0; 2]);
    out.extend_from_slice(shown);
    out.extend([0; 2]);
    Some(out)
}

/// The field that a dentry has for a reparse point.
pub(super) fn link_field(tag: u32, flags: u16) -> u64 {
    u64::from(tag) | u64::from(flags) << 48
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Substitute name, shown name and whether it is relative.
    fn read(target: &str) -> (String, String, bool) {
        let data = symlink_data(target.as_bytes()).unwrap();
        let field = |i: usize| usize::from(u16::from_le_bytes([data[i], data[i + 1]]));
        let text = |at: usize, len: usize| {
            let bytes = &data[12 + at..12 + at + len];
            let units: Vec<u16> = bytes.chunks_exact(2).map(|u| u16::from_le_bytes([u[0], u[1]])).collect();
            String::from_utf16(&units).unwrap()
        };
        (text(field(0), field(2)), text(field(4), field(6)), data[8] == 1)
    }

    #[test]
    fn relative_and_absolute_targets_are_windows_own() {
        assert_eq!(read("../a/b"), (r"..\a\b".into(), r"..\a\b".into(), true));
        assert_eq!(read("/a"), (r"\??\C:\a".into(), r"C:\a".into(), false));
        assert_eq!(read(r"a\b").0, "a/b");
        assert!(symlink_data(&vec![b'a'; 40_000]).is_none());
    }
}
