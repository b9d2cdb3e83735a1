//! Names and paths inside an image: UTF-16 with unpaired surrogates kept, compared without regard to case.

use super::upcase;
use crate::error::{Error, ErrorKind, Result};
use std::cmp::Ordering;
use std::collections::HashSet;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// One component of a path in an image. Equality, order and hash ignore case as NTFS does (simple upper-case
/// mapping of each UTF-16 unit); the spelling is kept. A clone shares the characters.
///
/// ```
/// use wimwright::base::Name;
///
/// assert_eq!(Name::from("a.TXT"), Name::from("A.txt"));
/// assert!(!Name::from("a.TXT").same_spelling(&"A.txt".into()));
/// let odd = Name::from_units([0xD800, 0x41]);
/// assert_eq!(Name::from_wtf8(&odd.to_wtf8()).unwrap().units(), odd.units());
/// ```
#[derive(Clone, Default)]
pub struct Name(Option<Arc<[u16]>>);

impl Name {
    /// The name with these UTF-16 units.
    pub fn from_units(units: impl Into<Arc<[u16]>>) -> Self {
        Self(Some(units.into()).filter(|units| !units.is_empty()))
    }

    /// The UTF-16 units as they are stored.
    pub fn units(&self) -> &[u16] {
        self.0.as_deref().unwrap_or_default()
    }

    /// Whether the name is empty (only a root is).
    ///
    /// ```
    /// assert!(wimwright::base::Name::default().is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Takes the characters of the same name that is `known` already, or makes them known.
    pub(crate) fn share(&mut self, known: &mut HashSet<Arc<[u16]>>) {
        let Some(units) = &mut self.0 else { return };
        if let Some(same) = known.get(&**units) {
            units.clone_from(same);
        } else {
            known.insert(units.clone());
        }
    }

    /// The name as WTF-8: UTF-8 in which an unpaired surrogate stands as its three bytes.
    pub fn to_wtf8(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.units().len());
        for unit in char::decode_utf16(self.units().iter().copied()) {
            match unit {
                Ok(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
                Err(e) => {
                    let u = e.unpaired_surrogate();
                    out.extend([
                        0xE0 | (u >> 12) as u8,
                        0x80 | (u >> 6 & 0x3F) as u8,
                        0x80 | (u & 0x3F) as u8,
                    ]);
                }
            }
        }
        out
    }

    /// The name that [`to_wtf8`](Self::to_wtf8) gives these bytes for; `None` where there is none.
    pub fn from_wtf8(bytes: &[u8]) -> Option<Self> {
        let (mut out, mut rest) = (Vec::with_capacity(bytes.len()), bytes);
        loop {
            let (text, left) = match std::str::from_utf8(rest) {
                Ok(text) => (text, &[][..]),
                Err(e) => {
                    let (valid, left) = rest.split_at(e.valid_up_to());
                    (std::str::from_utf8(valid).ok()?, left)
                }
            };
            out.extend(text.encode_utf16());
            let [0xED, second @ 0xA0..=0xBF, third @ 0x80..=0xBF, after @ ..] = left else {
                return left.is_empty().then(|| Self::from_units(out));
            };
            let unit = 0xD000 | u16::from(second & 0x3F) << 6 | u16::from(third & 0x3F);
            // Two halves of one character would come out as that character.
            if out.last().is_some_and(|high| (0xD800..0xDC00).contains(high)) && unit >= 0xDC00 {
                return None;
            }
            out.push(unit);
            rest = after;
        }
    }

    /// Whether `a` and `b` are spelled the same, case included.
    pub fn same_spelling(&self, other: &Self) -> bool {
        self.units() == other.units()
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self::from_units(text.encode_utf16().collect::<Arc<[u16]>>())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf16_lossy(self.units()))
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", String::from_utf16_lossy(self.units()))
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        let same = |(&a, &b): (&u16, &u16)| a == b || upcase(a) == upcase(b);
        let (one, two) = (self.units(), other.units());
        one.len() == two.len() && one.iter().zip(two).all(same)
    }
}

impl Eq for Name {}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        // Most units are the same as they are; only the others are folded.
        let (one, two) = (self.units(), other.units());
        let mut pairs = one.iter().zip(two).filter(|(a, b)| a != b);
        let differing = pairs.find_map(|(&a, &b)| Some(upcase(a).cmp(&upcase(b))).filter(|o| o.is_ne()));
        differing.unwrap_or_else(|| one.len().cmp(&two.len()))
    }
}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // In pieces instead of units, and ASCII in single bytes: hashers are several times as fast on them.
        let (mut piece, mut used) = ([0; 128], 0);
        for &unit in self.units() {
            if used + 3 > piece.len() {
                state.write(&piece[..used]);
                used = 0;
            }
            let unit = upcase(unit);
            if unit < 0x80 {
                piece[used] = unit as u8;
                used += 1;
            } else {
                piece[used..used + 3].copy_from_slice(&[0xFF, unit as u8, (unit >> 8) as u8]);
                used += 3;
            }
        }
        state.write(&piece[..used]);
        state.write_u16(0);
    }
}

/// A path from the root of an image. The empty path is the root.
///
/// ```
/// use wimwright::base::ImagePath;
///
/// let path = ImagePath::parse(r"\Windows\System32/config")?;
/// assert_eq!(path.to_string(), r"\Windows\System32\config");
/// assert_eq!(path, ImagePath::parse("windows/system32/CONFIG")?);
/// assert_eq!(path.names().len(), 3);
/// assert_eq!(path.name().unwrap().to_string(), "config");
/// assert!(path.starts_with(&ImagePath::parse("Windows")?) && !path.is_root());
/// assert_eq!(path.parent().unwrap().join("drivers"), ImagePath::parse("Windows/System32/drivers")?);
/// assert!(ImagePath::parse("a/../b").is_err() && ImagePath::root().is_root());
/// # Ok::<(), wimwright::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImagePath(Vec<Name>);

impl ImagePath {
    /// The root.
    pub fn root() -> Self {
        Self::default()
    }

    /// A path from text separated by `\` or `/`; leading, trailing and doubled separators mean nothing.
    /// `.` and `..` are refused: an image has no such entries.
    pub fn parse(text: &str) -> Result<Self> {
        let parts = text.split(['\\', '/']).filter(|p| !p.is_empty());
        parts.map(|p| if p == "." || p == ".." { Err(dots(text)) } else { Ok(Name::from(p)) }).collect()
    }

    /// As [`parse`](Self::parse) of WTF-8, so that names with unpaired surrogates can be said.
    ///
    /// ```
    /// use wimwright::base::ImagePath;
    ///
    /// // U+D800, which no valid text holds, as WTF-8.
    /// let path = ImagePath::parse_wtf8(b"\\Users\\\xED\xA0\x80")?;
    /// assert_eq!(path.name().unwrap().units(), [0xD800]);
    /// # Ok::<(), wimwright::Error>(())
    /// ```
    pub fn parse_wtf8(bytes: &[u8]) -> Result<Self> {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Self::parse(text);
        }
        let parts = bytes.split(|b| matches!(b, b'\\' | b'/')).filter(|part| !part.is_empty());
        let name = |part: &[u8]| match part {
            b"." | b".." => Err(dots(&String::from_utf8_lossy(bytes))),
            part => Name::from_wtf8(part).ok_or_else(|| {
                let text = String::from_utf8_lossy(bytes);
                Error::new(ErrorKind::InvalidArgument, "the path is not UTF-8").with_path(text)
            }),
        };
        parts.map(name).collect()
    }

    /// The components from the root.
    pub fn names(&self) -> &[Name] {
        &self.0
    }

    /// Whether this is the root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The last component.
    pub fn name(&self) -> Option<&Name> {
        self.0.last()
    }

    /// The path without its last component; `None` for the root.
    pub fn parent(&self) -> Option<Self> {
        self.0.split_last().map(|(_, rest)| Self(rest.to_vec()))
    }

    /// This path with one more component.
    #[must_use]
    pub fn join(&self, name: impl Into<Name>) -> Self {
        let mut names = self.0.clone();
        names.push(name.into());
        Self(names)
    }

    /// Whether this path is `base` or lies below it.
    pub fn starts_with(&self, base: &Self) -> bool {
        self.0.starts_with(&base.0)
    }
}

fn dots(text: &str) -> Error {
    Error::new(ErrorKind::UnsafePath, "'.' and '..' are no entries of an image").with_path(text)
}

impl FromIterator<Name> for ImagePath {
    fn from_iter<I: IntoIterator<Item = Name>>(names: I) -> Self {
        Self(names.into_iter().collect())
    }
}

impl fmt::Display for ImagePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("\\");
        }
        self.0.iter().try_for_each(|name| write!(f, "\\{name}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_compare_without_case_and_keep_spelling() {
        let (a, b) = (Name::from("System32Ä"), Name::from("sYSTEM32ä"));
        assert_eq!(a, b);
        assert!(!a.same_spelling(&b));
        assert_ne!(Name::from("ß"), Name::from("SS"));
        assert_eq!(a.to_string(), "System32Ä");
    }

    #[test]
    fn unpaired_surrogates_survive() {
        let name = Name::from_units(vec![0x61, 0xD800, 0x62]);
        let path = ImagePath::parse_wtf8(b"\\a/\xED\xA0\x80").unwrap();
        assert_eq!(path.name().unwrap().units(), [0xD800]);
        assert_eq!(name.units(), [0x61, 0xD800, 0x62]);
        assert_eq!(name.to_wtf8(), [0x61, 0xED, 0xA0, 0x80, 0x62]);
        for units in [vec![], vec![0xDC00, 0xD800], vec![0xD83D, 0xDE00, 0xD83D], vec![0xE9, 0xFFFF, 0x20AC]]
        {
            let name = Name::from_units(units);
            assert!(Name::from_wtf8(&name.to_wtf8()).unwrap().same_spelling(&name));
        }
        for bytes in [&[0xFF][..], &[0xED, 0xA0], &[0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80], &[0xC3, 0x28]] {
            assert!(Name::from_wtf8(bytes).is_none());
            assert!(ImagePath::parse_wtf8(bytes).is_err());
        }
    }

    #[test]
    fn paths_parse_and_print() {
        let path = ImagePath::parse("/Windows\\System32//").unwrap();
        assert_eq!(path.to_string(), "\\Windows\\System32");
        assert_eq!(path, ImagePath::parse("windows/SYSTEM32").unwrap());
        assert_eq!(path.parent().unwrap().join("x").to_string(), "\\Windows\\x");
        assert_eq!(ImagePath::parse("a/../b").unwrap_err().kind(), ErrorKind::UnsafePath);
        assert!(ImagePath::parse("").unwrap().is_root());
    }
}
