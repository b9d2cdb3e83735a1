//! The integrity table: a SHA-1 for every 10 MiB of the file between header and the end of the blob table.

use super::file::WimFile;
use super::header::{HEADER_LEN, Header};
use crate::base::{Bytes, Limits, Meter, Phase, Progress, ReadAt, Sha1Digest, Sha1Hasher};
use crate::error::{Error, ErrorKind, Result};
use rayon::prelude::*;
use std::ops::Range;

/// Bytes that each digest covers in tables that tools write.
pub const CHUNK_SIZE: u32 = 10 << 20;

/// Fixed part of the table on disk.
const HEAD: usize = 12;

/// An integrity table.
///
/// ```
/// use wimwright::base::Progress;
/// use wimwright::wim::integrity::IntegrityTable;
/// use wimwright::wim::write::{ExportOptions, export};
/// use wimwright::wim::{OpenOptions, WimFile};
///
#[doc = include_str!("../../docs/doctest/image.md")]
/// # let dir = tempfile::tempdir()?;
/// let wim = WimFile::open(sample_image(dir.path())?, &OpenOptions::new())?;
/// let mut options = ExportOptions::new();
/// options.integrity = Some(true);
/// let new = dir.path().join("new.wim");
/// export(&wim, &[1], &new, &options, &Progress::none())?;
/// let table: Option<IntegrityTable> = WimFile::open(&new, &OpenOptions::new())?.integrity_table()?;
/// assert_eq!(table.unwrap().digests.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntegrityTable {
    /// Bytes that each digest but the last covers; never 0.
    pub chunk_size: u32,
    /// The digests, from the end of the header on.
    pub digests: Vec<Sha1Digest>,
}

impl IntegrityTable {
    /// Parses a table that covers the file up to `end`, the end of the blob table.
    pub(crate) fn parse(data: &[u8], end: u64) -> Result<Self> {
        let mut from = Bytes::new(data);
        let (size, count, chunk_size) = (from.u32()?, from.u32()?, from.u32()?);
        let covered = end.saturating_sub(HEADER_LEN as u64);
        let fits = size as usize == data.len()
            && data.len() - HEAD == count as usize * Sha1Digest::LEN
            && chunk_size != 0
            && u64::from(count) == covered.div_ceil(chunk_size.into());
        if !fits {
            return Err(Error::malformed("the integrity table makes no sense"));
        }
        let digests = (0..count).map(|_| from.array().map(Sha1Digest)).collect::<Result<_>>()?;
        Ok(Self { chunk_size, digests })
    }

    /// The table of the file whose header this is; `None` where it has none.
    pub(crate) fn read(source: &dyn ReadAt, header: &Header, limits: &Limits) -> Result<Option<Self>> {
        let at = &header.integrity;
        if at.is_empty() {
            return Ok(None);
        }
        let len = Limits::check("the size of the integrity table", at.stored_size, limits.max_document)?;
        Self::parse(&source.read_vec(at.offset, len)?, header.blob_table.end()?).map(Some)
    }

    /// The table on disk.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let size = HEAD + self.digests.len() * Sha1Digest::LEN;
        let mut out = Vec::with_capacity(size);
        for number in [size as u32, self.digests.len() as u32, self.chunk_size] {
            out.extend(number.to_le_bytes());
        }
        self.digests.iter().for_each(|d| out.extend(d.0));
        out
    }

    /// Hashes `source` up to `end`, the end of the blob table, on all cores. Of `old`, a table that was right for
    /// the file up to an earlier end, what it covers in whole chunks is taken over, and so is its chunk size.
    pub(crate) fn compute(
        source: &dyn ReadAt,
        end: u64,
        old: Option<(&Self, u64)>,
        progress: &Progress,
    ) -> Result<Self> {
        // Chunk sizes that no tool writes are not carried on.
        let old = old.filter(|(t, _)| (4096..=128 << 20).contains(&t.chunk_size));
        let chunk_size = old.map_or(CHUNK_SIZE, |(table, _)| table.chunk_size);
        let count = end.saturating_sub(HEADER_LEN as u64).div_ceil(chunk_size.into());
        let known = old.map_or(0, |(table, old_end)| {
            let whole = old_end.saturating_sub(HEADER_LEN as u64) / u64::from(chunk_size);
            whole.min(table.digests.len() as u64).min(count)
        });
        let mut digests: Vec<_> =
            old.map(|(table, _)| table.digests[..known as usize].to_vec()).unwrap_or_default();
        let meter = progress.begin(Phase::Hash, count - known, 0);
        let rest: Vec<_> = (known..count)
            .into_par_iter()
            .map(|chunk| hash(source, span(chunk, chunk_size, end), &meter))
            .collect::<Result<_>>()?;
        digests.extend(rest);
        Ok(Self { chunk_size, digests })
    }

    /// Hashes the file up to `end` again and gives the ranges that do not match.
    pub(crate) fn check(&self, source: &dyn ReadAt, end: u64, meter: &Meter) -> Result<Vec<Range<u64>>> {
        let differs = |(chunk, digest): (usize, &Sha1Digest)| {
            let span = span(chunk as u64, self.chunk_size, end);
            match hash(source, span.clone(), meter) {
                Ok(actual) => Ok((actual != *digest).then_some(span)),
                Err(e) if e.kind() == ErrorKind::Truncated => Ok(Some(span)),
                Err(e) => Err(e),
            }
        };
        let found: Vec<_> = self.digests.par_iter().enumerate().map(differs).collect::<Result<_>>()?;
        Ok(found.into_iter().flatten().collect())
    }
}

impl WimFile {
    /// The integrity table of the first part; `None` where it has none.
    pub fn integrity_table(&self) -> Result<Option<IntegrityTable>> {
        match self.sources().first() {
            Some(source) => IntegrityTable::read(&**source, self.header(), self.limits())
                .map_err(|e| e.with_path(source.name())),
            None => Ok(None),
        }
    }
}

fn span(chunk: u64, chunk_size: u32, end: u64) -> Range<u64> {
    let start = HEADER_LEN as u64 + chunk * u64::from(chunk_size);
    start..(start + u64::from(chunk_size)).min(end)
}

fn hash(source: &dyn ReadAt, span: Range<u64>, meter: &Meter) -> Result<Sha1Digest> {
    let mut hasher = Sha1Hasher::default();
    let mut buffer = vec![0; (1 << 20).min(span.end - span.start) as usize];
    let mut at = span.start;
    while at < span.end {
        let n = (span.end - at).min(buffer.len() as u64) as usize;
        source.read_exact_at(&mut buffer[..n], at)?;
        hasher.update(&buffer[..n]);
        meter.add_bytes(n as u64)?;
        at += n as u64;
    }
    Ok(hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_computed_kept_and_checked() {
        let data: Vec<u8> = (0..50_000u32).map(|i| (i.wrapping_mul(i) >> 5) as u8).collect();
        let end = 40_000;
        let small = IntegrityTable { chunk_size: 4096, digests: Vec::new() };
        let none = Progress::none();
        let table = IntegrityTable::compute(&data, end, Some((&small, 208)), &none).unwrap();
        assert_eq!(table.digests.len(), (40_000 - 208usize).div_ceil(4096));
        assert_eq!(table.digests[1], crate::base::sha1(&data[208 + 4096..208 + 8192]));
        assert_eq!(IntegrityTable::parse(&table.to_bytes(), end).unwrap(), table);
        let grown = IntegrityTable::compute(&data, 50_000, Some((&table, end)), &none).unwrap();
        assert_eq!(grown, IntegrityTable::compute(&data, 50_000, Some((&small, 208)), &none).unwrap());

        let meter = none.begin(Phase::Verify, 0, 0);
        assert!(table.check(&data, end, &meter).unwrap().is_empty());
        let mut damaged = data.clone();
        damaged[9000] ^= 1;
        assert_eq!(table.check(&damaged, end, &meter).unwrap(), vec![8400..12496]);
        damaged.truncate(39_000);
        assert_eq!(table.check(&damaged, end, &meter).unwrap().len(), 2);
    }

    #[test]
    fn tables_that_make_no_sense_are_refused() {
        let table = IntegrityTable { chunk_size: 4096, digests: vec![Sha1Digest::default(); 2] };
        let good = table.to_bytes();
        for (at, value) in [(0, 1), (4, 3), (9, 0)] {
            let mut bytes = good.clone();
            bytes[at] = value;
            assert!(IntegrityTable::parse(&bytes, 208 + 8000).is_err());
        }
        assert!(IntegrityTable::parse(&good, 208 + 8193).is_err());
        assert!(IntegrityTable::parse(&good[..11], 208 + 8000).is_err());
    }
}
