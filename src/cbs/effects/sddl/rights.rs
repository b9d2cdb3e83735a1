//! The letters of entries: rights and inheritance flags, and what the generic rights mean for each kind of object.

use super::Guarded;
use crate::base::sddl_words::{
    FILE, FLAGS, GENERIC_ALL, GENERIC_EXECUTE, GENERIC_READ, GENERIC_WRITE, KEY, right,
};
use crate::error::{Error, Result};

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
            right(pair).ok_or_else(bad)
        })
        .try_fold(0, |all, bits| Ok(all | bits?))
}

/// An entry's flags.
pub(super) fn ace_flags(text: &str) -> Result<u8> {
    let bad = || Error::malformed(format!("'{text}' are no flags of an entry"));
    pairs(text).try_fold(0, |all, pair| {
        let pair = pair.ok_or_else(bad)?;
        FLAGS.iter().find(|(_, word)| *word == pair).map(|(bit, _)| all | bit).ok_or_else(bad)
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
