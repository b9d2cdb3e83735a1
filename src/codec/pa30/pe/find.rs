//! Reading a resource out of an image.

use super::image::Headers;
use crate::base::Bytes;
use crate::error::{Error, Result};

/// The data of resource `id` of type `kind`, in whatever language comes first.
pub(crate) fn resource(image: &[u8], kind: u32, id: u32) -> Result<Option<&[u8]>> {
    let headers = Headers::parse(image)
        .map_err(|_| Error::malformed("not a PE image, so no resource can be read from it"))?;
    let Some(root) = headers.directory(2).and_then(|(rva, _)| headers.offset(rva)) else { return Ok(None) };
    let Some(types) = entry(image, root, 0, Some(kind))? else { return Ok(None) };
    let Some(names) = entry(image, root, types & 0x7FFF_FFFF, Some(id))? else { return Ok(None) };
    let Some(data) = entry(image, root, names & 0x7FFF_FFFF, None)? else { return Ok(None) };
    let mut at = Bytes::at(image, root + data as usize)?;
    let (rva, size) = (at.u32()?, at.u32()?);
    let Some(offset) = headers.offset(rva) else { return Ok(None) };
    Bytes::at(image, offset)?.take(size as usize).map(Some)
}

/// Where the entry of directory `at` with this id leads, or the first entry.
fn entry(image: &[u8], root: usize, at: u32, id: Option<u32>) -> Result<Option<u32>> {
    let mut at = Bytes::at(image, root + at as usize)?;
    at.take(12)?;
    let count = u32::from(at.u16()?) + u32::from(at.u16()?);
    for _ in 0..count {
        let (name, to) = (at.u32()?, at.u32()?);
        if id.is_none_or(|id| id == name) {
            return Ok(Some(to));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An image of one section that holds one resource, 614/1/1033.
    fn image(data: &[u8]) -> Vec<u8> {
        let mut pe = vec![0; 0x400];
        let mut put = |at: usize, bytes: &[u8]| pe[at..at + bytes.len()].copy_from_slice(bytes);
        put(0, b"MZ");
        put(0x3C, &[0x40]);
        put(0x40, b"PE\0\0\x64\x86\x01\0");
        put(0x40 + 20, &[0xF0]);
        put(0x58, &[0x0B, 0x02]);
        put(0x58 + 108, &[16]);
        put(0x58 + 112 + 16, &0x1000u32.to_le_bytes());
        let section: Vec<u8> = [0x1000u32, 0x1000, 0x1000, 0x200, 0, 0, 0, 0x4000_0040]
            .iter()
            .flat_map(|v| v.to_le_bytes())
            .collect();
        put(0x148 + 8, &section);
        for (at, id, to) in [(0x200, 614u32, 0x8000_0020u32), (0x220, 1, 0x8000_0040), (0x240, 1033, 0x60)] {
            put(at + 14, &[1]);
            put(at + 16, &id.to_le_bytes());
            put(at + 20, &to.to_le_bytes());
        }
        put(0x260, &0x1080u32.to_le_bytes());
        put(0x264, &(data.len() as u32).to_le_bytes());
        put(0x280, data);
        pe
    }

    #[test]
    fn a_resource_is_found_by_type_and_id() {
        let pe = image(b"<?xml dictionary");
        assert_eq!(resource(&pe, 614, 1).unwrap(), Some(&b"<?xml dictionary"[..]));
        assert_eq!(resource(&pe, 614, 2).unwrap(), None);
        assert_eq!(resource(&pe, 16, 1).unwrap(), None);
        assert!(resource(&pe[..0x270], 614, 1).is_err());
        assert!(resource(b"MZ", 614, 1).is_err());
    }
}
