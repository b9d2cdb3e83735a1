//! What a file is, by its first bytes and never by its name.

use crate::base::ReadAt;
use crate::error::Result;

/// Kinds of files that are taken for updates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FileKind {
    /// `MSCF`: a cabinet, among them most `.msu` files.
    Cabinet,
    /// `MSWIM` or `WLPWM`: a WIM, among them the `.msu` files of Windows 11 24H2 and later.
    Wim,
    /// `PSTREAM`: patch storage, the payload of express updates.
    Psf,
    /// `MZ`: a program.
    Executable,
    /// `PK`: a zip archive.
    Zip,
    /// A document in XML.
    Xml,
    /// None of these.
    Unknown,
}

impl FileKind {
    /// What such a file is called in a sentence.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Cabinet => "a cabinet",
            Self::Wim => "a WIM",
            Self::Psf => "a patch storage file (PSF)",
            Self::Executable => "a program",
            Self::Zip => "a zip archive",
            Self::Xml => "an XML document",
            Self::Unknown => "of no kind that is known here",
        }
    }
}

/// The kind of a file by its first eight bytes.
///
/// ```
/// use wimwright::package::{FileKind, detect};
///
/// let kind: FileKind = detect(&b"MSCF\0\0\0\0")?;
/// assert_eq!((kind, kind.describe()), (FileKind::Cabinet, "a cabinet"));
/// # Ok::<(), wimwright::Error>(())
/// ```
pub fn detect(source: &dyn ReadAt) -> Result<FileKind> {
    let head = source.read_vec(0, source.size().min(8) as usize)?;
    let text: Vec<u8> =
        head.iter().copied().filter(|b| !matches!(b, 0 | 0xEF | 0xBB | 0xBF | 0xFF | 0xFE)).collect();
    Ok(match head.as_slice() {
        [b'M', b'S', b'C', b'F', ..] => FileKind::Cabinet,
        b"MSWIM\0\0\0" | b"WLPWM\0\0\0" => FileKind::Wim,
        b"PSTREAM\0" => FileKind::Psf,
        [b'M', b'Z', ..] => FileKind::Executable,
        [b'P', b'K', 3, 4, ..] => FileKind::Zip,
        _ if text.starts_with(b"<?") => FileKind::Xml,
        _ => FileKind::Unknown,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_decide() {
        let cases: [(&[u8], FileKind); 9] = [
            (b"MSCF\0\0\0\0", FileKind::Cabinet),
            (b"MSCF", FileKind::Cabinet),
            (b"MSWIM\0\0\0x", FileKind::Wim),
            (b"PSTREAM\0", FileKind::Psf),
            (b"MZ\x90", FileKind::Executable),
            (b"PK\x03\x04aaaa", FileKind::Zip),
            (b"\xEF\xBB\xBF<?xml", FileKind::Xml),
            (b"\xFF\xFE<\0?\0x\0", FileKind::Xml),
            (b"", FileKind::Unknown),
        ];
        for (bytes, kind) in cases {
            assert_eq!(detect(&bytes).unwrap(), kind, "{bytes:?}");
        }
    }
}
