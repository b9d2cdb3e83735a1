//! Names of keys and values: Latin-1 or UTF-16 in the file, compared and hashed in upper case.

use crate::base::{Name, upcase};
use std::cmp::Ordering;

/// A name as it lies in a cell.
#[derive(Clone, Copy)]
pub(super) enum RawName<'h> {
    /// A byte for each unit ("compressed").
    Latin(&'h [u8]),
    Wide(&'h [u8]),
}

impl<'h> RawName<'h> {
    pub fn new(bytes: &'h [u8], compressed: bool) -> Self {
        if compressed { Self::Latin(bytes) } else { Self::Wide(bytes) }
    }

    pub fn units(self) -> impl Iterator<Item = u16> + 'h {
        let (latin, wide) = match self {
            Self::Latin(bytes) => (bytes, &[][..]),
            Self::Wide(bytes) => (&[][..], bytes.as_chunks::<2>().0),
        };
        latin.iter().map(|&b| u16::from(b)).chain(wide.iter().map(|c| u16::from_le_bytes(*c)))
    }

    pub fn to_name(self) -> Name {
        Name::from_units(self.units().collect::<Vec<_>>())
    }

    /// Compares without regard to case.
    pub fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Latin(a), Self::Latin(b)) if a == b => Ordering::Equal,
            _ => self.units().map(upcase).cmp(other.units().map(upcase)),
        }
    }

    /// Whether both are spelled the same, however they are stored.
    pub fn same_spelling(self, other: Self) -> bool {
        match (self, other) {
            (Self::Latin(a), Self::Latin(b)) | (Self::Wide(a), Self::Wide(b)) => a == b,
            _ => self.units().eq(other.units()),
        }
    }

    /// Compares with a name that is folded already.
    pub fn cmp_folded(self, folded: &[u16]) -> Ordering {
        match self {
            Self::Latin(bytes) => bytes.iter().map(|&b| upcase(b.into())).cmp(folded.iter().copied()),
            Self::Wide(_) => self.units().map(upcase).cmp(folded.iter().copied()),
        }
    }
}

/// The units in upper case, as names are sorted by.
pub(super) fn fold(units: &[u16]) -> Vec<u16> {
    units.iter().map(|&u| upcase(u)).collect()
}

/// The hash that an `lh` list keeps of a folded name.
pub(super) fn hash(folded: &[u16]) -> u32 {
    folded.iter().fold(0, |hash: u32, &unit| hash.wrapping_mul(37).wrapping_add(unit.into()))
}

/// The start of the name that an `lf` list keeps: nothing as soon as a unit is wider than a byte.
pub(super) fn hint(name: impl Iterator<Item = u16>) -> [u8; 4] {
    let mut hint = [0; 4];
    for (place, unit) in hint.iter_mut().zip(name) {
        match u8::try_from(unit) {
            Ok(byte) => *place = byte,
            Err(_) => return [0; 4],
        }
    }
    hint
}

/// A name as it is stored, and whether it is compressed.
pub(super) fn encode(units: &[u16]) -> (Vec<u8>, bool) {
    let latin: Option<Vec<u8>> = units.iter().map(|&u| u8::try_from(u).ok()).collect();
    match latin {
        Some(bytes) => (bytes, true),
        None => (units.iter().flat_map(|u| u.to_le_bytes()).collect(), false),
    }
}
