//! The letters of entries: rights and inheritance flags, and what the generic rights mean for each kind of object.

use super::{CONTAINER_INHERIT, Guarded, INHERIT_ONLY, INHERITED, NO_PROPAGATE, OBJECT_INHERIT};
use crate::error::{Error, Result};

/// Rights by their letters.
const RIGHTS: [(&str, u32); 32] = [
    ("GA", GENERIC_ALL),
    ("GR", GENERIC_READ),
    ("GW", GENERIC_WRITE),
    ("GX", GENERIC_EXECUTE),
    ("RC", 0x0002_0000),
    ("SD", 0x0001_0000),
    ("WD", 0x0004_0000),
    ("WO", 0x0008_0000),
    ("CC", 0x0001),
    ("DC", 0x0002),
    ("LC", 0x0004),
    ("SW", 0x0008),
    ("RP", 0x0010),
    ("WP", 0x0020),
    ("DT", 0x0040),
    ("LO", 0x0080),
    ("CR", 0x0100),
    ("FA", FILE.all),
    ("FR", FILE.read),
    ("FW", FILE.write),
    ("FX", FILE.execute),
    ("KA", KEY.all),
    ("KR", KEY.read),
    ("KW", KEY.write),
    ("KX", KEY.execute),
    // Rights of mandatory labels.
    ("NW", 0x1),
    ("NR", 0x2),
    ("NX", 0x4),
    ("AS", 0x0100_0000),
    ("MA", 0x0200_0000),
    ("SY", 0x0010_0000),
    ("RD", 0x0001),
];

const GENERIC_READ: u32 = 0x8000_0000;
const GENERIC_WRITE: u32 = 0x4000_0000;
const GENERIC_EXECUTE: u32 = 0x2000_0000;
const GENERIC_ALL: u32 = 0x1000_0000;

/// What the generic rights mean.
struct Mapping {
    read: u32,
    write: u32,
    execute: u32,
    all: u32,
}

const FILE: Mapping =
    Mapping { read: 0x0012_0089, write: 0x0012_0116, execute: 0x0012_00A0, all: 0x001F_01FF };
const KEY: Mapping =
    Mapping { read: 0x0002_0019, write: 0x0002_0006, execute: 0x0002_0019, all: 0x000F_003F };

/// A mask from letters in pairs, or a number: hexadecimal, octal or decimal.
pub(super) fn mask(text: &str) -> Result<u32> {
    let bad = || Error::malformed(format!("'{text}' are no rights"));
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return u32::from_str_radix(digits, 16).map_err(|_| bad());
    }
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        let radix = if text.len() > 1 && text.starts_with('0') { 8 } else { 10 };
        return u32::from_str_radix(text, radix).map_err(|_| bad());
    }
    pairs(text)
        .map(|pair| {
            let pair = pair.ok_or_else(bad)?;
            RIGHTS.iter().find(|(name, _)| *name == pair).map(|(_, bits)| *bits).ok_or_else(bad)
        })
        .try_fold(0, |all, bits| Ok(all | bits?))
}

/// An entry's flags.
pub(super) fn ace_flags(text: &str) -> Result<u8> {
    let bad = || Error::malformed(format!("'{text}' are no flags of an entry"));
    pairs(text).try_fold(0, |all, pair| {
        Ok(all
            | match pair.ok_or_else(bad)? {
                "OI" => OBJECT_INHERIT,
                "CI" => CONTAINER_INHERIT,
                "NP" => NO_PROPAGATE,
                "IO" => INHERIT_ONLY,
                "ID" => INHERITED,
                "SA" => 0x40,
                "FA" => 0x80,
                _ => return Err(bad()),
            })
    })
}

/// The text in pieces of two letters; `None` for what is no such piece.
fn pairs(text: &str) -> impl Iterator<Item = Option<&str>> {
    (0..text.len()).step_by(2).map(move |at| text.get(at..at + 2))
}

pub(super) fn is_generic(mask: u32) -> bool {
    mask & 0xF000_0000 != 0
}

/// The mask with the object's own rights in place of the generic ones.
pub(super) fn map_generic(mask: u32, guarded: Guarded) -> u32 {
    let mapping = match guarded {
        Guarded::File | Guarded::Directory => &FILE,
        Guarded::Key => &KEY,
    };
    let generic = [
        (GENERIC_READ, mapping.read),
        (GENERIC_WRITE, mapping.write),
        (GENERIC_EXECUTE, mapping.execute),
        (GENERIC_ALL, mapping.all),
    ];
    let own = generic.iter().filter(|(bit, _)| mask & bit != 0).fold(0, |all, (_, bits)| all | bits);
    mask & 0x0FFF_FFFF | own
}
