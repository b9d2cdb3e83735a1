//! Security descriptors: from SDDL text and from their self-relative bytes, and to bytes.
//!
//! The text's grammar and its letters are documented by Microsoft ("Security Descriptor String Format", "ACE Strings",
//! "SID Strings", MS-DTYP 2.5.1), the bytes in MS-DTYP 2.4. Entries with conditions, resource attributes or objects are
//! refused: component manifests have none.

mod binary;
mod inherit;
mod rights;
mod sid;
#[cfg(test)]
mod tests;

pub use sid::Sid;

use crate::base::sddl_words::{INHERIT_ONLY, KINDS, LABEL};
use crate::error::{Error, Result};

const DACL_PRESENT: u16 = 0x0004;
const SACL_PRESENT: u16 = 0x0010;
const DACL_AUTO_INHERIT_REQUESTED: u16 = 0x0100;
const SACL_AUTO_INHERIT_REQUESTED: u16 = 0x0200;
const DACL_AUTO_INHERITED: u16 = 0x0400;
const SACL_AUTO_INHERITED: u16 = 0x0800;
const DACL_PROTECTED: u16 = 0x1000;
const SACL_PROTECTED: u16 = 0x2000;
const SELF_RELATIVE: u16 = 0x8000;

/// What a descriptor guards, which decides what the generic rights mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Guarded {
    /// A file.
    File,
    /// A directory.
    Directory,
    /// A registry key.
    Key,
}

/// A security descriptor.
///
/// ```
/// use wimwright::cbs::effects::SecurityDescriptor;
///
/// let descriptor = SecurityDescriptor::parse("O:BAG:BAD:P(A;;GA;;;SY)")?;
/// assert_eq!(descriptor.owner.as_ref().unwrap().to_string(), "S-1-5-32-544");
/// assert_eq!(SecurityDescriptor::from_bytes(&descriptor.to_bytes()?)?, descriptor);
/// # Ok::<(), wimwright::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecurityDescriptor {
    control: u16,
    /// Who owns the object.
    pub owner: Option<Sid>,
    /// The owner's primary group.
    pub group: Option<Sid>,
    dacl: Option<Vec<Ace>>,
    sacl: Option<Vec<Ace>>,
}

/// One entry of an access control list.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Ace {
    kind: u8,
    flags: u8,
    mask: u32,
    sid: Sid,
}

impl SecurityDescriptor {
    /// Reads SDDL text: `O:…G:…D:…(…)S:…(…)`.
    pub fn parse(sddl: &str) -> Result<Self> {
        let mut rest = sddl.trim();
        let mut out = Self { control: SELF_RELATIVE, ..Self::default() };
        while !rest.is_empty() {
            let bad = || Error::malformed(format!("'{rest}' begins no part of a security descriptor"));
            let (part, after) = rest.split_at_checked(2).ok_or_else(bad)?;
            match part {
                "O:" => (out.owner, rest) = sid::prefix(after).map(|(sid, rest)| (Some(sid), rest))?,
                "G:" => (out.group, rest) = sid::prefix(after).map(|(sid, rest)| (Some(sid), rest))?,
                "D:" => {
                    let (flags, aces, after) = list(after)?;
                    out.control |= DACL_PRESENT;
                    out.control |= flag(flags.protected, DACL_PROTECTED)
                        | flag(flags.inherited, DACL_AUTO_INHERITED)
                        | flag(flags.requested, DACL_AUTO_INHERIT_REQUESTED);
                    out.dacl = (!flags.none).then_some(aces);
                    rest = after;
                }
                "S:" => {
                    let (flags, aces, after) = list(after)?;
                    out.control |= SACL_PRESENT;
                    out.control |= flag(flags.protected, SACL_PROTECTED)
                        | flag(flags.inherited, SACL_AUTO_INHERITED)
                        | flag(flags.requested, SACL_AUTO_INHERIT_REQUESTED);
                    out.sacl = (!flags.none).then_some(aces);
                    rest = after;
                }
                _ => return Err(bad()),
            }
        }
        Ok(out)
    }

    /// The same with the generic rights of entries that hold for the object itself turned into its own rights, as
    /// Windows does when it gives an object its descriptor.
    #[must_use]
    pub(crate) fn mapped(mut self, guarded: Guarded) -> Self {
        for ace in self.dacl.iter_mut().chain(&mut self.sacl).flatten() {
            if ace.flags & INHERIT_ONLY == 0 {
                ace.mask = rights::map_generic(ace.mask, guarded);
            }
        }
        self
    }

    /// Whether entries of the object's parent hold for it too.
    pub(crate) fn inherits(&self) -> bool {
        self.control & DACL_PRESENT == 0 || self.control & DACL_PROTECTED == 0 && self.dacl.is_some()
    }
}

fn flag(set: bool, bit: u16) -> u16 {
    if set { bit } else { 0 }
}

/// The flags before a list's entries.
#[derive(Default)]
struct ListFlags {
    protected: bool,
    inherited: bool,
    requested: bool,
    none: bool,
}

/// The flags and entries of a list, and what follows them.
fn list(text: &str) -> Result<(ListFlags, Vec<Ace>, &str)> {
    let (mut flags, mut aces) = (ListFlags::default(), Vec::new());
    let mut rest = text;
    loop {
        if let Some(after) = rest.strip_prefix("NO_ACCESS_CONTROL") {
            (flags.none, rest) = (true, after);
        } else if let Some(after) = rest.strip_prefix("AR") {
            (flags.requested, rest) = (true, after);
        } else if let Some(after) = rest.strip_prefix("AI") {
            (flags.inherited, rest) = (true, after);
        } else if let Some(after) = rest.strip_prefix('P') {
            (flags.protected, rest) = (true, after);
        } else {
            break;
        }
    }
    while let Some(after) = rest.trim_start().strip_prefix('(') {
        let (entry, after) =
            after.split_once(')').ok_or_else(|| Error::malformed("an entry of the list has no end"))?;
        aces.push(ace(entry).map_err(|e| e.with_path(format!("({entry})")))?);
        rest = after;
    }
    Ok((flags, aces, rest.trim_start()))
}

/// `type;flags;rights;object;inherited object;sid`.
fn ace(text: &str) -> Result<Ace> {
    let parts: Vec<&str> = text.split(';').map(str::trim).collect();
    let &[kind, flags, mask, object, inherited, who] = parts.as_slice() else {
        return Err(Error::unsupported("the entry does not have six parts"));
    };
    if !object.is_empty() || !inherited.is_empty() {
        return Err(Error::unsupported("the entry is for objects of a directory service"));
    }
    let known = KINDS.iter().find(|(_, word)| *word == kind).map(|(number, _)| *number);
    let kind = known
        .filter(|number| *number <= 3 || *number == LABEL)
        .ok_or_else(|| Error::unsupported(format!("entries of the type '{kind}' are not carried out")))?;
    let (sid, rest) = sid::prefix(who)?;
    if !rest.is_empty() {
        return Err(Error::malformed(format!("'{who}' is no security identifier")));
    }
    Ok(Ace { kind, flags: rights::ace_flags(flags)?, mask: rights::mask(mask)?, sid })
}
