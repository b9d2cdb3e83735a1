//! The self-relative form: a header of 20 bytes with offsets, then owner, group and lists.

use super::sid::Sid;
use super::{Ace, DACL_PRESENT, SACL_PRESENT, SELF_RELATIVE, SecurityDescriptor};
use crate::base::{Bytes, Limits};
use crate::error::{Error, Result};

impl SecurityDescriptor {
    /// Reads the self-relative form. One with entries that this engine does not write is refused.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut r = Bytes::new(bytes);
        let revision = r.u8()?;
        r.u8()?;
        let control = r.u16()?;
        if revision != 1 || control & SELF_RELATIVE == 0 {
            return Err(Error::malformed("the bytes are no self-relative security descriptor"));
        }
        let [owner, group, sacl, dacl] =
            [r.u32()?, r.u32()?, r.u32()?, r.u32()?].map(|offset| (offset != 0).then_some(offset as usize));
        let sid = |at: Option<usize>| at.map(|at| Sid::read(&mut Bytes::at(bytes, at)?)).transpose();
        let list = |at: Option<usize>, bit: u16| {
            at.filter(|_| control & bit != 0).map(|at| read_list(bytes, at)).transpose()
        };
        Ok(Self {
            control,
            owner: sid(owner)?,
            group: sid(group)?,
            dacl: list(dacl, DACL_PRESENT)?,
            sacl: list(sacl, SACL_PRESENT)?,
        })
    }

    /// The self-relative form; an error where a list is longer than one can be.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let list = |list: &Option<Vec<Ace>>| list.as_deref().map_or(Ok(Vec::new()), write_list);
        let (sacl, dacl) = (list(&self.sacl)?, list(&self.dacl)?);
        let mut out = vec![0; 20];
        out[0] = 1;
        out[2..4].copy_from_slice(&(self.control | SELF_RELATIVE).to_le_bytes());
        let mut place = |field: usize, part: Vec<u8>| {
            if !part.is_empty() {
                let at = out.len() as u32;
                out[field..field + 4].copy_from_slice(&at.to_le_bytes());
                out.extend(part);
            }
        };
        let sid = |sid: &Option<Sid>| {
            let mut bytes = Vec::new();
            if let Some(sid) = sid {
                sid.write(&mut bytes);
            }
            bytes
        };
        place(4, sid(&self.owner));
        place(8, sid(&self.group));
        place(12, sacl);
        place(16, dacl);
        Ok(out)
    }
}

fn read_list(bytes: &[u8], at: usize) -> Result<Vec<Ace>> {
    let mut r = Bytes::at(bytes, at)?;
    let (revision, _, size, count, _) = (r.u8()?, r.u8()?, usize::from(r.u16()?), r.u16()?, r.u16()?);
    let bad = || Error::malformed("a list of the security descriptor is cut off");
    let list = bytes.get(at..).and_then(|rest| rest.get(8..size)).ok_or_else(bad)?;
    if !matches!(revision, 2 | 4) {
        return Err(Error::malformed("a list of the security descriptor is of no known form"));
    }
    let (mut aces, mut at) = (Vec::new(), 0);
    for _ in 0..count {
        let mut r = Bytes::at(list, at)?;
        let (kind, flags, size, mask) = (r.u8()?, r.u8()?, usize::from(r.u16()?), r.u32()?);
        let sid = Sid::read(&mut r)?;
        if !matches!(kind, 0..=3 | 0x11) || size != 8 + sid.len() {
            return Err(Error::unsupported("the security descriptor has an entry of another form"));
        }
        aces.push(Ace { kind, flags, mask, sid });
        at += size;
    }
    Ok(aces)
}

fn write_list(aces: &[Ace]) -> Result<Vec<u8>> {
    let size: usize = 8 + aces.iter().map(|ace| 8 + ace.sid.len()).sum::<usize>();
    Limits::check("the size of an access control list", size as u64, u16::MAX.into())?;
    let mut out = vec![2, 0];
    out.extend((size as u16).to_le_bytes());
    out.extend((aces.len() as u16).to_le_bytes());
    out.extend([0, 0]);
    for ace in aces {
        out.extend([ace.kind, ace.flags]);
        out.extend((8 + ace.sid.len() as u16).to_le_bytes());
        out.extend(ace.mask.to_le_bytes());
        ace.sid.write(&mut out);
    }
    Ok(out)
}
