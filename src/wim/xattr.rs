//! Extended attributes as tagged items of an inode: in the form that Windows and wimlib store them in, and in the one that
//! wimlib stored those of Linux in before 1.13.

use crate::error::{Error, Result};

/// Extended attributes, Windows' and Linux' alike.
const XATTRS: u32 = 2;
/// Those of Linux as wimlib stored them before it used the item above.
const OLD_XATTRS: u32 = 0x337D_D874;
/// A tag and a length.
const HEADER: usize = 8;
/// Longest value that can be stored.
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only Linux' are captured"))]
pub(super) const MAX_VALUE: usize = 65_535;

/// An attribute: its name, with its namespace where it is one of Linux, and its value.
pub(super) type Xattr = (Vec<u8>, Vec<u8>);

/// Whether it is one that Linux can have.
pub(super) fn is_linux(name: &[u8]) -> bool {
    [&b"user."[..], b"security.", b"trusted.", b"system."].iter().any(|space| name.starts_with(space))
}

/// The tagged items of an inode, one by one, each with its header.
fn items(tagged: &[u8]) -> impl Iterator<Item = (u32, &[u8], &[u8])> {
    let mut rest = tagged;
    std::iter::from_fn(move || {
        let (tag, len) = (number(rest.get(..4)?)?, number(rest.get(4..8)?)? as usize);
        let data = rest.get(HEADER..)?.get(..len)?;
        let whole = (HEADER + len).next_multiple_of(8).min(rest.len());
        let (item, after) = rest.split_at(whole);
        rest = after;
        Some((tag, data, item))
    })
}

fn number(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

/// Whether there is something else among the items than extended attributes, as an object id.
pub(super) fn has_others(tagged: &[u8]) -> bool {
    items(tagged).any(|(tag, _, _)| !matches!(tag, 0 | XATTRS | OLD_XATTRS))
}

/// The extended attributes of an inode with these tagged items.
pub(super) fn of(tagged: &[u8]) -> Result<Vec<Xattr>> {
    let mut out = Vec::new();
    for (tag, data, _) in items(tagged) {
        let mut rest = data;
        // What wimlib 1.12 wrote is padded to 4 bytes, which nothing of it follows.
        while !rest.is_empty() {
            let one = match tag {
                XATTRS => entry(&mut rest),
                OLD_XATTRS => old_entry(&mut rest),
                _ => break,
            };
            out.push(
                one.ok_or_else(|| Error::malformed("its extended attributes are not what they should be"))?,
            );
        }
    }
    Ok(out)
}

/// Length of the value (16 bits) and of the name (8), flags, the name, a zero, the value.
fn entry(rest: &mut &[u8]) -> Option<Xattr> {
    let head: &[u8; 4] = rest.first_chunk()?;
    let (value_len, name_len) = (usize::from(u16::from_le_bytes([head[0], head[1]])), usize::from(head[2]));
    let name = rest.get(4..4 + name_len)?;
    let value_at = 4 + name_len + 1;
    let value = rest.get(value_at..value_at + value_len)?;
    if name.is_empty() || name.contains(&0) || rest.get(value_at - 1) != Some(&0) {
        return None;
    }
    let found = (name.to_vec(), value.to_vec());
    *rest = &rest[value_at + value_len..];
    Some(found)
}

/// Length of the name (16 bits, and 16 that are zero) and of the value (32), the name, the value, padding to 4 bytes.
fn old_entry(rest: &mut &[u8]) -> Option<Xattr> {
    let head: &[u8; 4] = rest.first_chunk()?;
    let (name_len, value_len) =
        (usize::from(u16::from_le_bytes([head[0], head[1]])), number(rest.get(4..8)?)? as usize);
    let name = rest.get(8..8 + name_len)?;
    let value = rest.get(8 + name_len..)?.get(..value_len)?;
    if name.is_empty() || name.contains(&0) {
        return None;
    }
    let found = (name.to_vec(), value.to_vec());
    let whole = (8 + name_len + value_len).next_multiple_of(4).min(rest.len());
    *rest = &rest[whole..];
    Some(found)
}

/// `tagged` with these attributes of Linux in the place of those that it has; Windows' own and other items stay.
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only Linux' are captured"))]
pub(super) fn with_linux(tagged: &[u8], new: &[Xattr]) -> Result<Box<[u8]>> {
    let kept = of(tagged)?.into_iter().filter(|(name, _)| !is_linux(name));
    let mut data = Vec::new();
    for (name, value) in kept.chain(new.iter().cloned()) {
        let lens = u16::try_from(value.len()).ok().zip(u8::try_from(name.len()).ok());
        let (value_len, name_len) = lens.ok_or_else(|| {
            let name = String::from_utf8_lossy(&name).into_owned();
            Error::unsupported(format!("its extended attribute '{name}' is too long for an image"))
        })?;
        data.extend(value_len.to_le_bytes());
        data.extend([name_len, 0]);
        data.extend(name);
        data.push(0);
        data.extend(value);
    }
    let mut out: Vec<u8> = Vec::new();
    for (tag, _, item) in items(tagged) {
        if !matches!(tag, XATTRS | OLD_XATTRS) {
            out.extend(item);
        }
    }
    if !data.is_empty() {
        out.resize(out.len().next_multiple_of(8), 0);
        out.extend(XATTRS.to_le_bytes());
        out.extend((data.len() as u32).to_le_bytes());
        out.extend(data);
        out.resize(out.len().next_multiple_of(8), 0);
    }
    Ok(out.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn xattr(name: &str, value: &[u8]) -> Xattr {
        (name.as_bytes().to_vec(), value.to_vec())
    }

    #[test]
    fn attributes_come_back_and_other_items_stay() {
        let object_id = [&[1, 0, 0, 0, 16, 0, 0, 0][..], &[7; 16]].concat();
        let first = [xattr("user.a", b"1"), xattr("security.capability", &[0; 20]), xattr("user.empty", b"")];
        let tagged = with_linux(&object_id, &first).unwrap();
        assert_eq!(of(&tagged).unwrap(), first);
        assert!(has_others(&tagged) && tagged.len().is_multiple_of(8) && tagged.starts_with(&object_id));
        // Windows' own stay beside them.
        let windows = [xattr("$KERNEL.PURGE.X", b"w"), xattr("user.a", b"old")];
        let mut item = with_linux(&[], &windows).unwrap().to_vec();
        assert_eq!(of(&item).unwrap(), windows);
        item = with_linux(&item, &[xattr("user.b", &vec![1; MAX_VALUE])]).unwrap().to_vec();
        assert_eq!(of(&item).unwrap(), [windows[0].clone(), xattr("user.b", &vec![1; MAX_VALUE])]);
        assert!(!has_others(&item));
        assert_eq!(&*with_linux(&with_linux(&[], &first).unwrap(), &[]).unwrap(), &[] as &[u8]);
        assert!(with_linux(&[], &[xattr("user.b", &vec![1; MAX_VALUE + 1])]).is_err());
        assert!(with_linux(&[], &[xattr(&"x".repeat(256), b"")]).is_err());
    }

    #[test]
    fn the_old_form_is_read() {
        let data =
            [&[6, 0, 0, 0, 2, 0, 0, 0][..], b"user.xab", &[6, 0, 0, 0, 1, 0, 0, 0], b"user.yz\0"].concat();
        let item = [&OLD_XATTRS.to_le_bytes()[..], &(data.len() as u32).to_le_bytes(), &data].concat();
        assert_eq!(of(&item).unwrap(), [xattr("user.x", b"ab"), xattr("user.y", b"z")]);
        let new = with_linux(&item, &[xattr("user.x", b"c")]).unwrap();
        assert_eq!(of(&new).unwrap(), [xattr("user.x", b"c")]);
    }

    #[test]
    fn damage_is_told_or_passed_over() {
        let good = with_linux(&[], &[xattr("user.name", b"value"), xattr("user.other", &[3; 40])]).unwrap();
        for at in 0..good.len() {
            for bit in 0..8 {
                let mut bad = good.to_vec();
                bad[at] ^= 1 << bit;
                let _ = (of(&bad), has_others(&bad), with_linux(&bad, &[xattr("user.n", b"")]));
            }
            let _ = of(&good[..at]);
        }
        let mut bad = good.to_vec();
        bad[HEADER + 2] = 200;
        assert!(of(&bad).is_err());
        assert!(of(&[0; 7]).unwrap().is_empty() && of(&[0xFF; 16]).unwrap().is_empty());
    }
}
