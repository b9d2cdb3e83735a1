//! Security identifiers: by their two letters, or spelled out.

use crate::base::{Bytes, sddl_words};
use crate::error::{Error, Result};
use std::fmt;

/// The most sub-authorities that an identifier has.
const MAX_PARTS: usize = 15;

/// A security identifier.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Sid {
    authority: u64,
    parts: Vec<u32>,
}

impl Sid {
    /// Windows Modules Installer, who owns what servicing writes.
    pub(crate) fn trusted_installer() -> Self {
        let parts = [80, 956_008_885, 3_418_522_649, 1_831_038_044, 1_853_292_631, 2_271_478_464];
        Self { authority: 5, parts: parts.to_vec() }
    }

    /// Whether it stands for whoever creates the object.
    pub(super) fn is_creator(&self) -> bool {
        self.authority == 3 && matches!(self.parts.as_slice(), [0 | 1])
    }

    /// Whether it stands for the group of whoever creates the object.
    pub(super) fn is_creator_group(&self) -> bool {
        self.authority == 3 && self.parts == [1]
    }

    pub(super) fn read(r: &mut Bytes<'_>) -> Result<Self> {
        let (revision, count) = (r.u8()?, usize::from(r.u8()?));
        if revision != 1 || count > MAX_PARTS {
            return Err(Error::malformed("a security identifier is of no known form"));
        }
        let authority = r.array::<6>()?.iter().fold(0, |all, byte| all << 8 | u64::from(*byte));
        let parts = (0..count).map(|_| r.u32()).collect::<Result<_>>()?;
        Ok(Self { authority, parts })
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.extend([1, self.parts.len() as u8]);
        out.extend_from_slice(&self.authority.to_be_bytes()[2..]);
        out.extend(self.parts.iter().flat_map(|part| part.to_le_bytes()));
    }

    pub(super) fn len(&self) -> usize {
        8 + 4 * self.parts.len()
    }
}

/// The identifier at the start of `text`, and what follows it.
pub(super) fn prefix(text: &str) -> Result<(Sid, &str)> {
    let bad = || Error::malformed(format!("'{text}' begins with no security identifier"));
    let Some(digits) = text.strip_prefix("S-1-") else {
        let (letters, rest) = text.split_at_checked(2).ok_or_else(bad)?;
        let (authority, parts) = sddl_words::sid(letters).ok_or_else(|| {
            Error::unsupported(format!("'{letters}' is no security identifier that every machine has"))
        })?;
        return Ok((Sid { authority, parts: parts.to_vec() }, rest));
    };
    let end = digits.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(digits.len());
    let (own, rest) = digits.split_at(end);
    let mut numbers = own.split('-').map(|n| n.parse::<u64>().map_err(|_| bad()));
    let authority = numbers.next().unwrap_or_else(|| Err(bad()))?;
    let parts = numbers.map(|n| u32::try_from(n?).map_err(|_| bad())).collect::<Result<Vec<_>>>()?;
    if authority >> 48 != 0 || parts.len() > MAX_PARTS {
        return Err(bad());
    }
    Ok((Sid { authority, parts }, rest))
}

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S-1-{}", self.authority)?;
        self.parts.iter().try_for_each(|part| write!(f, "-{part}"))
    }
}

impl fmt::Debug for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
