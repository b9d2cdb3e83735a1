//! Security descriptors as text, in the language that Windows' own tools print them in (SDDL).

pub(crate) mod words;

use super::Bytes;
use crate::error::Result;
use std::fmt::Write;
use words::{FILE_RIGHTS, FLAGS, GENERIC_RIGHTS, KEY_RIGHTS, KINDS, LABEL, LABEL_RIGHTS};

/// What a descriptor protects; access masks have names of their own for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secured {
    /// A file or directory.
    File,
    /// A registry key.
    Key,
}

/// A self-relative descriptor as SDDL; one that cannot be read as `hex:` and its bytes.
///
/// Entries whose kind has no letters, and those with more than a mask and an identifier, are printed as their kind's
/// number, the flags and the rest in hexadecimal.
pub fn security_text(descriptor: &[u8], of: Secured) -> String {
    sddl(descriptor, of).unwrap_or_else(|_| hex_text(descriptor))
}

/// `hex:` and the bytes.
pub(crate) fn hex_text(bytes: &[u8]) -> String {
    let mut out = String::from("hex:");
    push_hex(&mut out, bytes);
    out
}

fn push_hex(out: &mut String, bytes: &[u8]) {
    // Writing into a string does not fail.
    for byte in bytes {
        _ = write!(out, "{byte:02x}");
    }
}

fn sddl(data: &[u8], of: Secured) -> Result<String> {
    let mut fields = Bytes::new(data);
    let (_revision, _) = (fields.u8()?, fields.u8()?);
    let control = fields.u16()?;
    let [owner, group, sacl, dacl] = [fields.u32()?, fields.u32()?, fields.u32()?, fields.u32()?];
    let mut out = String::new();
    for (letter, at) in [('O', owner), ('G', group)] {
        if at != 0 {
            _ = write!(out, "{letter}:{}", sid(&mut Bytes::at(data, at as usize)?)?);
        }
    }
    for (letter, at, shift) in [('D', dacl, 0), ('S', sacl, 1)] {
        let has = |bit: u16| control & bit << shift != 0;
        // Of the two lists the system's stands two bits further on for presence, one for everything else.
        let present = control & if shift == 0 { 0x0004 } else { 0x0010 } != 0;
        if !present {
            continue;
        }
        _ = write!(out, "{letter}:");
        for (bit, word) in [(0x1000, "P"), (0x0100, "AR"), (0x0400, "AI")] {
            if has(bit) {
                out.push_str(word);
            }
        }
        if at == 0 {
            out.push_str("NO_ACCESS_CONTROL");
        } else {
            entries(data, at as usize, of, &mut out)?;
        }
    }
    Ok(out)
}

fn entries(data: &[u8], at: usize, of: Secured, out: &mut String) -> Result<()> {
    let mut list = Bytes::at(data, at)?;
    list.take(4)?;
    let count = list.u16()?;
    list.take(2)?;
    for _ in 0..count {
        let (kind, flags, size) = (list.u8()?, list.u8()?, list.u16()?);
        let body = list.take(usize::from(size).saturating_sub(4))?;
        out.push('(');
        entry(kind, flags, body, of, out)?;
        out.push(')');
    }
    Ok(())
}

fn entry(kind: u8, flags: u8, body: &[u8], of: Secured, out: &mut String) -> Result<()> {
    let letters = KINDS.iter().find(|(number, _)| *number == kind).map(|(_, letters)| *letters);
    match letters {
        Some(letters) => out.push_str(letters),
        None => _ = write!(out, "{kind:#04x}"),
    }
    out.push(';');
    FLAGS.iter().filter(|(bit, _)| flags & bit != 0).for_each(|(_, word)| out.push_str(word));
    out.push(';');
    let mut fields = Bytes::new(body);
    let object = (5..=7).contains(&kind);
    let mask = fields.u32()?;
    let (mut has, mut guids) = (0, [None; 2]);
    if object {
        has = fields.u32()?;
    }
    for (bit, place) in [1, 2].into_iter().zip(&mut guids) {
        if has & bit != 0 {
            *place = Some(fields.array::<16>()?);
        }
    }
    let who = letters.map(|_| sid(&mut fields)).transpose();
    if let (Ok(Some(who)), 0) = (&who, fields.left()) {
        rights(mask, kind, of, out);
        let [first, second] = guids.map(|g| g.map(|bytes| guid(&bytes)).unwrap_or_default());
        _ = write!(out, ";{first};{second};{who}");
    } else {
        push_hex(out, body);
    }
    Ok(())
}

fn rights(mask: u32, kind: u8, of: Secured, out: &mut String) {
    let generic: u32 = GENERIC_RIGHTS.iter().map(|(bit, _)| bit).sum();
    let named: &[(u32, &str)] = if of == Secured::File { &FILE_RIGHTS } else { &KEY_RIGHTS };
    if kind == LABEL && mask != 0 && mask < 8 {
        LABEL_RIGHTS.iter().filter(|(bit, _)| mask & bit != 0).for_each(|(_, word)| out.push_str(word));
    } else if let Some((_, word)) = named.iter().find(|(number, _)| *number == mask) {
        out.push_str(word);
    } else if mask != 0 && mask & !generic == 0 {
        GENERIC_RIGHTS.iter().filter(|(bit, _)| mask & bit != 0).for_each(|(_, word)| out.push_str(word));
    } else {
        _ = write!(out, "{mask:#x}");
    }
}

fn sid(fields: &mut Bytes<'_>) -> Result<String> {
    let revision = fields.u8()?;
    let count = fields.u8()?;
    let authority = fields.array::<6>()?.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let parts = (0..count).map(|_| fields.u32()).collect::<Result<Vec<_>>>()?;
    if let (1, Some(letters)) = (revision, words::letters(authority, &parts)) {
        return Ok(letters.to_owned());
    }
    let mut text = format!("S-{revision}-{authority}");
    for part in parts {
        _ = write!(text, "-{part}");
    }
    Ok(text)
}

fn guid(bytes: &[u8; 16]) -> String {
    let order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    let mut out = String::new();
    for (place, at) in order.into_iter().enumerate() {
        if [4, 6, 8, 10].contains(&place) {
            out.push('-');
        }
        push_hex(&mut out, &bytes[at..=at]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Owner administrators, group system, an entry for each of `aces`.
    fn descriptor(control: u16, aces: &[&[u8]]) -> Vec<u8> {
        let administrators = [1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 32, 2, 0, 0];
        let system = [1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0];
        let mut out = vec![1, 0];
        out.extend(control.to_le_bytes());
        out.extend([20_u32, 36, 0, 48].map(u32::to_le_bytes).as_flattened());
        out.extend(administrators);
        out.extend(system);
        let body = aces.concat();
        out.extend([2, 0]);
        out.extend((8 + body.len() as u16).to_le_bytes());
        out.extend((aces.len() as u32).to_le_bytes());
        out.extend(body);
        out
    }

    const EVERYONE: [u8; 12] = [1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];

    #[test]
    fn descriptors_read_as_windows_prints_them() {
        let allow = [&[0, 0x0B, 20, 0, 0xFF, 0x01, 0x1F, 0][..], &EVERYONE].concat();
        let deny = [&[1, 0x10, 20, 0, 0, 0, 0, 0xA0][..], &EVERYONE].concat();
        let odd = [&[0, 0, 20, 0, 1, 0, 0, 0][..], &EVERYONE].concat();
        let text = security_text(&descriptor(0x9404, &[&allow, &deny, &odd]), Secured::File);
        assert_eq!(text, "O:BAG:SYD:PAI(A;OICIIO;FA;;;WD)(D;ID;GRGX;;;WD)(A;;0x1;;;WD)");
        let key = [&[0, 2, 20, 0, 0x3F, 0, 0x0F, 0][..], &EVERYONE].concat();
        assert_eq!(security_text(&descriptor(0x8004, &[&key]), Secured::Key), "O:BAG:SYD:(A;CI;KA;;;WD)");
        assert_eq!(
            security_text(&descriptor(0x8004, &[&key]), Secured::File),
            "O:BAG:SYD:(A;CI;0xf003f;;;WD)"
        );
    }

    #[test]
    fn what_has_no_letters_is_still_shown() {
        let unknown = [0x42, 0, 8, 0, 1, 2, 3, 4];
        let text = security_text(&descriptor(0x8004, &[&unknown]), Secured::File);
        assert_eq!(text, "O:BAG:SYD:(0x42;;01020304)");
        assert_eq!(security_text(b"\x01\x00\x04", Secured::File), "hex:010004");
        let mut cut = descriptor(0x8004, &[]);
        cut.truncate(40);
        assert!(security_text(&cut, Secured::Key).starts_with("hex:0100"));
    }

    #[test]
    fn any_bytes_make_a_text() {
        let good = descriptor(0x8014, &[&[0, 0, 8, 0, 1, 2, 3, 4]]);
        for at in 0..good.len() {
            for byte in [0, 1, 0x7F, 0xFF] {
                let mut bad = good.clone();
                bad[at] = byte;
                assert!(!security_text(&bad, Secured::Key).is_empty());
            }
        }
    }
}
