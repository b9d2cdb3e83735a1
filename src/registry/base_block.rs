//! The base block: the first 4,096 bytes of a hive, of which 512 matter and are under a checksum.

use super::{u32_at, u64_at};
use crate::error::{Error, ErrorKind, Result};

/// Bytes before the first bin.
pub(super) const BASE_SIZE: usize = 4096;
/// Bytes that the checksum covers, and its own place.
const SUMMED: usize = 508;
/// What a log keeps of the base block.
pub(super) const SECTOR: usize = 512;

/// What the file of a base block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileType {
    Hive,
    /// A log of dirty sectors (`DIRT`), up to Windows 8.
    OldLog,
    /// A log of entries (`HvLE`), from Windows 8.1.
    NewLog,
}

#[derive(Clone, Debug)]
pub(super) struct BaseBlock {
    /// The primary and the secondary number; they differ while a write is under way.
    pub sequence: (u32, u32),
    pub written: u64,
    pub minor: u32,
    pub file_type: FileType,
    pub root: u32,
    pub bins_size: u32,
    pub checksum_ok: bool,
}

impl BaseBlock {
    /// The base block of a hive. The checksum is looked at and told, not enforced.
    pub fn parse(data: &[u8]) -> Result<Self> {
        let base = Self::parse_sector(data)?;
        if data.len() < BASE_SIZE {
            return Err(Error::new(ErrorKind::Truncated, "the hive ends inside its base block"));
        }
        if base.checksum_ok && base.file_type != FileType::Hive {
            return Err(Error::malformed("is a transaction log, not a hive"));
        }
        if base.checksum_ok && !(2..=6).contains(&base.minor) {
            return Err(Error::unsupported(format!("hives of version 1.{} are not handled", base.minor)));
        }
        Ok(base)
    }

    /// The sector that hives and logs begin with.
    pub fn parse_sector(data: &[u8]) -> Result<Self> {
        if !data.starts_with(b"regf") {
            return Err(Error::malformed("is no registry hive: it does not begin with \"regf\""));
        }
        if data.len() < SECTOR {
            return Err(Error::new(ErrorKind::Truncated, "the hive ends inside its base block"));
        }
        let checksum_ok = u32_at(data, SUMMED) == checksum(data);
        let (major, format) = (u32_at(data, 20), u32_at(data, 32));
        if checksum_ok && (major, format) != (1, 1) {
            return Err(Error::unsupported(format!(
                "hives of version {major}, format {format} are not handled"
            )));
        }
        let file_type = match u32_at(data, 28) {
            1 | 2 => FileType::OldLog,
            6 => FileType::NewLog,
            _ => FileType::Hive,
        };
        Ok(Self {
            sequence: (u32_at(data, 4), u32_at(data, 8)),
            written: u64_at(data, 12),
            minor: u32_at(data, 24),
            file_type,
            root: u32_at(data, 36),
            bins_size: u32_at(data, 40),
            checksum_ok,
        })
    }

    /// Writes what changes when a hive is saved, and the checksum, into the hive's first sector.
    pub fn write_to(&self, data: &mut [u8]) {
        for (at, number) in
            [(4, self.sequence.0), (8, self.sequence.1), (28, 0), (36, self.root), (40, self.bins_size)]
        {
            data[at..at + 4].copy_from_slice(&number.to_le_bytes());
        }
        data[12..20].copy_from_slice(&self.written.to_le_bytes());
        let sum = checksum(data);
        data[SUMMED..SECTOR].copy_from_slice(&sum.to_le_bytes());
    }
}

/// XOR of the words before the checksum; 0 and -1 are written as their neighbours.
fn checksum(data: &[u8]) -> u32 {
    let words = data[..SUMMED].as_chunks::<4>().0;
    match words.iter().fold(0, |sum, word| sum ^ u32::from_le_bytes(*word)) {
        0 => 1,
        u32::MAX => u32::MAX - 1,
        sum => sum,
    }
}
