//! Security identifiers: by their two letters, or spelled out.

use crate::base::Bytes;
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

/// Identifiers that have letters and are the same on every machine; those of a domain have no meaning in an image.
const KNOWN: [(&str, u64, &[u32]); 48] = [
    ("AA", 5, &[32, 579]),
    ("AC", 15, &[2, 1]),
    ("AN", 5, &[7]),
    ("AO", 5, &[32, 548]),
    ("AS", 18, &[1]),
    ("AU", 5, &[11]),
    ("BA", 5, &[32, 544]),
    ("BG", 5, &[32, 546]),
    ("BO", 5, &[32, 551]),
    ("BU", 5, &[32, 545]),
    ("CD", 5, &[32, 574]),
    ("CG", 3, &[1]),
    ("CO", 3, &[0]),
    ("CY", 5, &[32, 569]),
    ("ED", 5, &[9]),
    ("ER", 5, &[32, 573]),
    ("ES", 5, &[32, 576]),
    ("HA", 5, &[32, 578]),
    ("HI", 16, &[12288]),
    ("IS", 5, &[32, 568]),
    ("IU", 5, &[4]),
    ("LS", 5, &[19]),
    ("LU", 5, &[32, 559]),
    ("LW", 16, &[4096]),
    ("ME", 16, &[8192]),
    ("MP", 16, &[8448]),
    ("MS", 5, &[32, 577]),
    ("MU", 5, &[32, 558]),
    ("NO", 5, &[32, 556]),
    ("NS", 5, &[20]),
    ("NU", 5, &[2]),
    ("OW", 3, &[4]),
    ("PO", 5, &[32, 550]),
    ("PS", 5, &[10]),
    ("PU", 5, &[32, 547]),
    ("RA", 5, &[32, 575]),
    ("RC", 5, &[12]),
    ("RD", 5, &[32, 555]),
    ("RE", 5, &[32, 552]),
    ("RU", 5, &[32, 554]),
    ("SI", 16, &[16384]),
    ("SO", 5, &[32, 549]),
    ("SS", 18, &[2]),
    ("SU", 5, &[6]),
    ("SY", 5, &[18]),
    ("UD", 5, &[84, 0, 0, 0, 0, 0]),
    ("WD", 1, &[0]),
    ("WR", 5, &[33]),
];

impl Sid {
    /// Windows Modules Installer, who owns what servicing writes.
    pub fn trusted_installer() -> Self {
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
        let (_, authority, parts) = KNOWN.iter().find(|(name, ..)| *name == letters).ok_or_else(|| {
            Error::unsupported(format!("'{letters}' is no security identifier that every machine has"))
        })?;
        return Ok((Sid { authority: *authority, parts: parts.to_vec() }, rest));
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
