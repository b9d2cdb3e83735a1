//! The words of SDDL, in one place for what reads the language and what writes it: kinds and flags of entries, rights,
//! identifiers. They are Microsoft's ("ACE Strings", "SID Strings", MS-DTYP 2.5.1).

/// Kinds of entries.
pub(crate) const KINDS: [(u8, &str); 9] = [
    (0x00, "A"),
    (0x01, "D"),
    (0x02, "AU"),
    (0x03, "AL"),
    (0x05, "OA"),
    (0x06, "OD"),
    (0x07, "OU"),
    (LABEL, "ML"),
    (0x13, "SP"),
];
/// The kind of a mandatory label, whose rights have words of their own.
pub(crate) const LABEL: u8 = 0x11;

/// Who inherits an entry, and which accesses an audit is of.
pub(crate) const FLAGS: [(u8, &str); 7] = [
    (OBJECT_INHERIT, "OI"),
    (CONTAINER_INHERIT, "CI"),
    (NO_PROPAGATE, "NP"),
    (INHERIT_ONLY, "IO"),
    (INHERITED, "ID"),
    (0x40, "SA"),
    (0x80, "FA"),
];
pub(crate) const OBJECT_INHERIT: u8 = 0x01;
pub(crate) const CONTAINER_INHERIT: u8 = 0x02;
pub(crate) const NO_PROPAGATE: u8 = 0x04;
pub(crate) const INHERIT_ONLY: u8 = 0x08;
pub(crate) const INHERITED: u8 = 0x10;

/// What the generic rights mean for one sort of object.
pub(crate) struct Rights {
    pub read: u32,
    pub write: u32,
    pub execute: u32,
    pub all: u32,
}

pub(crate) const FILE: Rights =
    Rights { read: 0x0012_0089, write: 0x0012_0116, execute: 0x0012_00A0, all: 0x001F_01FF };
pub(crate) const KEY: Rights =
    Rights { read: 0x0002_0019, write: 0x0002_0006, execute: 0x0002_0019, all: 0x000F_003F };

/// All rights of a file; of words for the same rights the first is printed.
pub(crate) const FILE_RIGHTS: [(u32, &str); 4] =
    [(FILE.all, "FA"), (FILE.read, "FR"), (FILE.write, "FW"), (FILE.execute, "FX")];
/// All rights of a registry key.
pub(crate) const KEY_RIGHTS: [(u32, &str); 4] =
    [(KEY.all, "KA"), (KEY.read, "KR"), (KEY.write, "KW"), (KEY.execute, "KX")];
pub(crate) const GENERIC_ALL: u32 = 0x1000_0000;
pub(crate) const GENERIC_EXECUTE: u32 = 0x2000_0000;
pub(crate) const GENERIC_WRITE: u32 = 0x4000_0000;
pub(crate) const GENERIC_READ: u32 = 0x8000_0000;
/// The generic rights, in the order that they are printed in.
pub(crate) const GENERIC_RIGHTS: [(u32, &str); 4] =
    [(GENERIC_ALL, "GA"), (GENERIC_READ, "GR"), (GENERIC_WRITE, "GW"), (GENERIC_EXECUTE, "GX")];
/// Rights of mandatory labels.
pub(crate) const LABEL_RIGHTS: [(u32, &str); 3] = [(0x1, "NW"), (0x2, "NR"), (0x4, "NX")];
/// Rights of every object and of a directory service's, bit by bit.
const SINGLE_RIGHTS: [(u32, &str); 17] = [
    (0x0002_0000, "RC"),
    (0x0001_0000, "SD"),
    (0x0004_0000, "WD"),
    (0x0008_0000, "WO"),
    (0x0001, "CC"),
    (0x0002, "DC"),
    (0x0004, "LC"),
    (0x0008, "SW"),
    (0x0010, "RP"),
    (0x0020, "WP"),
    (0x0040, "DT"),
    (0x0080, "LO"),
    (0x0100, "CR"),
    (0x0100_0000, "AS"),
    (0x0200_0000, "MA"),
    (0x0010_0000, "SY"),
    (0x0001, "RD"),
];

/// The rights that a word stands for.
pub(crate) fn right(word: &str) -> Option<u32> {
    let tables: [&[(u32, &str)]; 5] =
        [&GENERIC_RIGHTS, &SINGLE_RIGHTS, &FILE_RIGHTS, &KEY_RIGHTS, &LABEL_RIGHTS];
    tables.into_iter().flatten().find(|(_, own)| *own == word).map(|(bits, _)| *bits)
}

/// Identifiers that have letters and are the same on every machine (authority, then what follows it); those of a domain
/// have no meaning in an image.
const SIDS: [(&str, u64, &[u32]); 48] = [
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

/// The identifier that two letters stand for.
pub(crate) fn sid(letters: &str) -> Option<(u64, &'static [u32])> {
    SIDS.iter().find(|(own, ..)| *own == letters).map(|(_, authority, parts)| (*authority, *parts))
}

/// The letters of an identifier.
pub(crate) fn letters(authority: u64, parts: &[u32]) -> Option<&'static str> {
    SIDS.iter().find(|(_, own, rest)| *own == authority && *rest == parts).map(|(letters, ..)| *letters)
}
