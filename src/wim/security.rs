//! The security descriptors of an image: each kept once, found by the id that dentries carry.
//!
//! ```
//! use wimwright::base::ImagePath;
//! use wimwright::cbs::effects::SecurityDescriptor;
//! use wimwright::wim::metadata::Metadata;
//! use wimwright::wim::overlay::Overlay;
//! use wimwright::wim::security::SecurityData;
//! use wimwright::wim::{OpenOptions, WimFile};
//!
#![doc = include_str!("../../docs/doctest/image.md")]
//! # let dir = tempfile::tempdir()?;
//! let wim = WimFile::open(sample_image(dir.path())?, &OpenOptions::new())?;
//! let (mut image, path) = (Overlay::new(&wim, 1)?, ImagePath::parse("Windows")?);
//! let descriptor = SecurityDescriptor::parse("O:BAG:BAD:P(A;;GA;;;SY)")?.to_bytes()?;
//! image.set_security(&path, Some(&descriptor))?;
//! let metadata: &Metadata = image.metadata();
//! let table: &SecurityData = metadata.security();
//! let id = metadata.inode_of(metadata.lookup(&path).unwrap()).security_id();
//! assert!(table.get(id) == Some(&descriptor) && !table.is_empty() && table.len() > id as usize);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::base::Bytes;
use crate::error::{Error, Result};
use std::collections::HashMap;
use std::sync::Arc;

/// The table of security descriptors at the start of a metadata resource. Ids never change once given, so a
/// descriptor that no dentry uses any more stays.
#[derive(Clone, Debug, Default)]
pub struct SecurityData {
    descriptors: Vec<Arc<[u8]>>,
    by_content: HashMap<Arc<[u8]>, u32>,
    /// Microsoft's writer gives the length without the padding, wimlib's with it.
    length_without_padding: bool,
}

impl SecurityData {
    /// Parses the table at the start of `data`; returns it and its length, where the root dentry lies.
    pub(crate) fn parse(data: &[u8]) -> Result<(Self, usize)> {
        let mut bytes = Bytes::new(data);
        let (stored, count) = (bytes.u32()? as usize, bytes.u32()? as usize);
        // A total of 0 stands for the 8 bytes of the two fields alone.
        let total = stored.checked_next_multiple_of(8).filter(|&t| t != 0).unwrap_or(8);
        let table = data.get(..total).ok_or_else(|| bad("is longer than the metadata"))?;
        let mut sizes = Bytes::at(table, 8)?;
        if count > sizes.left() / 8 {
            return Err(bad("has more descriptors than it has room for"));
        }
        let mut contents = Bytes::at(table, 8 + 8 * count)?;
        let mut out = Self { length_without_padding: !stored.is_multiple_of(8), ..Self::default() };
        for _ in 0..count {
            let size = usize::try_from(sizes.u64()?).map_err(|_| bad("has a descriptor of absurd size"))?;
            out.push(contents.take(size)?.into());
        }
        Ok((out, total))
    }

    /// The table of these descriptors, each with its place as its id.
    pub(crate) fn from_descriptors(descriptors: &[Vec<u8>]) -> Self {
        let mut out = Self::default();
        for descriptor in descriptors {
            out.push(descriptor.as_slice().into());
        }
        out
    }

    /// Appends the table in its stored form.
    pub(crate) fn write(&self, out: &mut Vec<u8>) -> Result<()> {
        let start = out.len();
        let used = 8 + self.descriptors.iter().map(|d| 8 + d.len()).sum::<usize>();
        let total = used.next_multiple_of(8);
        let stored = if self.length_without_padding { used } else { total };
        out.extend(u32::try_from(stored).map_err(|_| bad("grew over 4 GiB"))?.to_le_bytes());
        out.extend((self.descriptors.len() as u32).to_le_bytes());
        self.descriptors.iter().for_each(|d| out.extend((d.len() as u64).to_le_bytes()));
        self.descriptors.iter().for_each(|d| out.extend_from_slice(d));
        out.resize(start + total, 0);
        Ok(())
    }

    /// How many descriptors there are.
    pub fn len(&self) -> usize {
        self.descriptors.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.descriptors.is_empty()
    }

    /// The self-relative descriptor with this id; `None` for -1 ("none") and for ids that do not exist.
    pub fn get(&self, id: i32) -> Option<&[u8]> {
        usize::try_from(id).ok().and_then(|i| self.descriptors.get(i)).map(|d| &**d)
    }

    /// The id of `descriptor`, which is added when the image does not have it yet.
    #[allow(dead_code, reason = "the overlay that uses it follows")]
    pub(crate) fn add(&mut self, descriptor: &[u8]) -> i32 {
        if let Some(&id) = self.by_content.get(descriptor) {
            return id as i32;
        }
        self.push(descriptor.into());
        (self.descriptors.len() - 1) as i32
    }

    // Files may hold a descriptor twice: both ids stay valid, the first is the one given out.
    fn push(&mut self, descriptor: Arc<[u8]>) {
        self.by_content.entry(descriptor.clone()).or_insert(self.descriptors.len() as u32);
        self.descriptors.push(descriptor);
    }
}

impl PartialEq for SecurityData {
    fn eq(&self, other: &Self) -> bool {
        self.descriptors == other.descriptors
    }
}

fn bad(what: &str) -> Error {
    Error::malformed(format!("the image's security data {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptors_are_kept_once_and_ids_stay() {
        let mut table = SecurityData::default();
        assert_eq!((table.add(b"one"), table.add(b"second"), table.add(b"one")), (0, 1, 0));
        let mut out = Vec::new();
        table.write(&mut out).unwrap();
        assert_eq!(out.len() % 8, 0);
        let (back, len) = SecurityData::parse(&out).unwrap();
        assert_eq!((&back, len), (&table, out.len()));
        assert_eq!(back.get(1), Some(&b"second"[..]));
        assert_eq!((back.get(-1), back.get(2)), (None, None));
    }

    #[test]
    fn bad_tables_are_refused() {
        assert_eq!(SecurityData::parse(&[0; 8]).unwrap().1, 8);
        assert!(SecurityData::parse(&[0; 7]).is_err());
        assert!(SecurityData::parse(&[16, 0, 0, 0, 0, 0, 0, 0]).is_err());
        assert!(SecurityData::parse(&[8, 0, 0, 0, 255, 255, 255, 255]).is_err());
        let mut huge = vec![16, 0, 0, 0, 1, 0, 0, 0];
        huge.extend(u64::MAX.to_le_bytes());
        assert!(SecurityData::parse(&huge).is_err());
        assert!(SecurityData::parse(&[255; 64]).is_err());
    }
}
