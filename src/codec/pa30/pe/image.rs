//! A PE image's headers: what the transforms need to know of the source.

use crate::base::Bytes;
use crate::error::{Error, Result};

/// Windows itself loads no more than 96.
const MAX_SECTIONS: u16 = 192;

/// COFF machine numbers.
pub(super) const I386: u16 = 0x14C;
pub(super) const AMD64: u16 = 0x8664;

/// One section header.
#[derive(Debug)]
pub(super) struct Section {
    /// File offset of the header.
    pub(super) header: usize,
    pub(super) name: [u8; 8],
    pub(super) va: u32,
    pub(super) virtual_size: u32,
    pub(super) raw: u32,
    pub(super) raw_size: u32,
    pub(super) characteristics: u32,
}

impl Section {
    /// Whether it holds code.
    pub(super) fn executable(&self) -> bool {
        self.characteristics & 0x2000_0000 != 0
    }

    /// The file range that is loaded as the section's contents, clipped to a file of `len` bytes.
    pub(super) fn loaded(&self, len: usize) -> std::ops::Range<usize> {
        let start = (self.raw as usize).min(len);
        start..(self.raw as usize + self.virtual_size.min(self.raw_size) as usize).min(len)
    }
}

/// The headers of an image, as they were before any transform.
#[derive(Debug)]
pub(super) struct Headers {
    /// File offset of the COFF header.
    pub(super) coff: usize,
    /// File offset of the optional header.
    pub(super) optional: usize,
    pub(super) machine: u16,
    /// PE32+ rather than PE32.
    pub(super) wide: bool,
    pub(super) base: u64,
    pub(super) size_of_image: u32,
    pub(super) sections: Vec<Section>,
    /// File offset of the data directories, and how many there are.
    directories: usize,
    directory_count: usize,
    values: Vec<(u32, u32)>,
    /// The lowest address of a section.
    pub(super) lowest: u32,
}

impl Headers {
    /// Parses the headers of `image`.
    pub(super) fn parse(image: &[u8]) -> Result<Self> {
        let not_pe = |_| Error::malformed("source of the delta is not a PE image");
        Self::read(image).map_err(not_pe)
    }

    fn read(image: &[u8]) -> Result<Self> {
        let bad = || Error::malformed("not a PE image");
        if !image.starts_with(b"MZ") {
            return Err(bad());
        }
        let signature = Bytes::at(image, 0x3C)?.u32()? as usize;
        let mut at = Bytes::at(image, signature)?;
        if at.array()? != *b"PE\0\0" {
            return Err(bad());
        }
        let coff = at.pos();
        let machine = at.u16()?;
        let count = at.u16()?;
        at.take(12)?;
        let optional_size = usize::from(at.u16()?);
        at.take(2)?;
        let optional = at.pos();
        let wide = match at.u16()? {
            0x10B => false,
            0x20B => true,
            _ => return Err(bad()),
        };
        if count > MAX_SECTIONS {
            return Err(bad());
        }
        let base = if wide {
            Bytes::at(image, optional + 24)?.u64()?
        } else {
            u64::from(Bytes::at(image, optional + 28)?.u32()?)
        };
        let size_of_image = Bytes::at(image, optional + 56)?.u32()?;
        let mut at = Bytes::at(image, optional + if wide { 108 } else { 92 })?;
        let directory_count = at.u32()?.min(16) as usize;
        let directories = at.pos();
        let values = (0..directory_count).map(|_| Ok((at.u32()?, at.u32()?))).collect::<Result<_>>()?;
        let mut at = Bytes::at(image, optional + optional_size)?;
        let sections = (0..count).map(|_| section(&mut at)).collect::<Result<Vec<_>>>()?;
        let lowest = sections.iter().map(|s| s.va).min().unwrap_or(0);
        Ok(Self {
            coff,
            optional,
            machine,
            wide,
            base,
            size_of_image,
            sections,
            directories,
            directory_count,
            values,
            lowest,
        })
    }

    /// Address and size of a data directory, where it has an address.
    pub(super) fn directory(&self, index: usize) -> Option<(u32, u32)> {
        self.values.get(index).copied().filter(|(rva, _)| *rva != 0)
    }

    /// File offset of a data directory's entry.
    pub(super) fn directory_entry(&self, index: usize) -> Option<usize> {
        (index < self.directory_count).then(|| self.directories + 8 * index)
    }

    /// The section that holds an address.
    pub(super) fn section(&self, rva: u32) -> Option<&Section> {
        self.sections.iter().find(|s| rva.wrapping_sub(s.va) < s.virtual_size.max(s.raw_size) && rva >= s.va)
    }

    /// The file offset of an address; `None` in the headers, in no section or in one without data. The offset
    /// may lie past the end of the file.
    pub(super) fn offset(&self, rva: u32) -> Option<usize> {
        let section = self.section(rva).filter(|s| s.raw_size != 0)?;
        Some(section.raw as usize + (rva - section.va) as usize)
    }

    /// Bytes of a pointer.
    pub(super) fn pointer(&self) -> usize {
        if self.wide { 8 } else { 4 }
    }
}

fn section(at: &mut Bytes<'_>) -> Result<Section> {
    let header = at.pos();
    let name = at.array()?;
    let (virtual_size, va, raw_size, raw) = (at.u32()?, at.u32()?, at.u32()?, at.u32()?);
    at.take(12)?;
    Ok(Section { header, name, va, virtual_size, raw, raw_size, characteristics: at.u32()? })
}
