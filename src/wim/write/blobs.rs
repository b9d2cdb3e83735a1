//! New blobs: read, hashed and compressed on all cores, a batch at a time, and appended in order.

use super::disk::Disk;
use super::resource::{Format, assemble, chunk_table};
use crate::base::{Blob, Meter, Sha1Digest, Sha1Hasher, sha1};
use crate::error::{Error, ErrorKind, Result};
use crate::wim::blob_table::BlobEntry;
use crate::wim::header::ResourceHeader;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::HashSet;
use std::io::Read;

/// Uncompressed bytes in memory at a time. Blobs larger than this go through in pieces.
const BATCH: u64 = 32 << 20;

/// Contents to be appended.
#[derive(Clone)]
pub(in crate::wim) struct NewBlob {
    pub(in crate::wim) blob: Blob,
    /// The digest, where it is known beforehand.
    pub(in crate::wim) sha1: Option<Sha1Digest>,
    /// The entry that needs it, for messages and reports.
    pub(in crate::wim) name: String,
}

/// The end of the file being written to.
pub(in crate::wim) struct Appender<'a> {
    pub(in crate::wim) disk: &'a dyn Disk,
    pub(in crate::wim) format: Format,
    /// Where the next resource goes.
    pub(in crate::wim) at: u64,
    pub(in crate::wim) part_number: u16,
    /// Entries of what was appended, with no references counted yet.
    pub(in crate::wim) entries: Vec<BlobEntry>,
    pub(in crate::wim) written: HashSet<Sha1Digest>,
    pub(in crate::wim) deduplicated: u64,
}

impl<'a> Appender<'a> {
    /// An appender to `disk` from `at` on.
    pub(in crate::wim) fn new(disk: &'a dyn Disk, format: Format, at: u64, part_number: u16) -> Self {
        let (entries, written, deduplicated) = (Vec::new(), HashSet::new(), 0);
        Self { disk, format, at, part_number, entries, written, deduplicated }
    }
}

impl Appender<'_> {
    /// Appends those of `blobs` that `exists` does not know, and gives the digest of each.
    pub(in crate::wim) fn add_all(
        &mut self,
        blobs: &[NewBlob],
        exists: &dyn Fn(&Sha1Digest) -> bool,
        meter: &Meter,
    ) -> Result<Vec<Sha1Digest>> {
        let mut digests = Vec::with_capacity(blobs.len());
        let mut rest = blobs;
        while let Some(first) = rest.first() {
            let mut bytes = 0;
            let fits = rest.iter().take_while(|b| {
                bytes += b.blob.size();
                bytes <= BATCH
            });
            let count = fits.count();
            if count == 0 {
                digests.push(self.add_large(first, exists, meter).map_err(|e| e.with_path(&first.name))?);
                rest = &rest[1..];
            } else {
                digests.extend(self.add_batch(&rest[..count], exists, meter)?);
                rest = &rest[count..];
            }
        }
        Ok(digests)
    }

    /// Appends one resource that is in memory.
    pub(in crate::wim) fn add_bytes(&mut self, data: &[u8], flags: u8) -> Result<ResourceHeader> {
        let (header, stored) = self.stored(data, flags)?;
        self.add_stored(header, &stored)
    }

    /// The stored form of one resource that is in memory, and what it is; its place is where it is added.
    pub(in crate::wim) fn stored(&self, data: &[u8], flags: u8) -> Result<(ResourceHeader, Vec<u8>)> {
        let packed = self.pack_all(self.format.chunks(data).collect(), &|_| Ok(()))?;
        let mut out = Vec::new();
        let header = assemble(&self.format, data, &packed, flags, 0, &mut out);
        Ok((header, out))
    }

    /// Appends a resource in its stored form.
    pub(in crate::wim) fn add_stored(
        &mut self,
        header: ResourceHeader,
        stored: &[u8],
    ) -> Result<ResourceHeader> {
        let offset = self.at;
        self.write(stored)?;
        Ok(ResourceHeader { offset, ..header })
    }

    /// Appends bytes that are stored as they are.
    pub(in crate::wim) fn add_raw(&mut self, data: &[u8], flags: u8) -> Result<ResourceHeader> {
        let (offset, size) = (self.at, data.len() as u64);
        self.write(data)?;
        Ok(ResourceHeader { stored_size: size, flags, offset, original_size: size })
    }

    pub(in crate::wim) fn write(&mut self, data: &[u8]) -> Result<()> {
        self.disk.write_at(data, self.at)?;
        self.at += data.len() as u64;
        Ok(())
    }

    fn pack_all(
        &self,
        chunks: Vec<&[u8]>,
        count: &(dyn Fn(u64) -> Result<()> + Sync),
    ) -> Result<Vec<Option<Vec<u8>>>> {
        let format = self.format;
        let pack = |chunk: &[u8]| {
            count(chunk.len() as u64)?;
            format.pack(chunk)
        };
        chunks.into_par_iter().map(pack).collect()
    }

    /// Notes a blob about to be written; false where it exists already.
    fn is_new(&mut self, sha1: Sha1Digest, exists: &dyn Fn(&Sha1Digest) -> bool) -> bool {
        let new = !exists(&sha1) && self.written.insert(sha1);
        self.deduplicated += u64::from(!new);
        new
    }

    pub(super) fn enter(&mut self, sha1: Sha1Digest, resource: ResourceHeader) {
        self.entries.push(BlobEntry { resource, part_number: self.part_number, ref_count: 0, sha1 });
    }

    fn add_batch(
        &mut self,
        blobs: &[NewBlob],
        exists: &dyn Fn(&Sha1Digest) -> bool,
        meter: &Meter,
    ) -> Result<Vec<Sha1Digest>> {
        let read = |new: &'_ NewBlob| -> Result<(Sha1Digest, Vec<u8>)> {
            let data = match new.blob.as_bytes() {
                Some(_) => Vec::new(),
                None => crate::base::read_all(&*new.blob).map_err(|e| e.with_path(&new.name))?,
            };
            let actual = sha1(new.blob.as_bytes().unwrap_or(&data));
            check(new.sha1, actual, new)?;
            Ok((actual, data))
        };
        let loaded: Vec<_> = blobs.par_iter().map(read).collect::<Result<_>>()?;
        let mut wanted: Vec<(&NewBlob, Sha1Digest, Cow<'_, [u8]>)> = Vec::new();
        let mut digests = Vec::with_capacity(blobs.len());
        for (new, (digest, data)) in blobs.iter().zip(loaded) {
            digests.push(digest);
            if self.is_new(digest, exists) {
                let data = new.blob.as_bytes().map_or(Cow::Owned(data), Cow::Borrowed);
                wanted.push((new, digest, data));
            } else {
                meter.done(&new.name, new.blob.size())?;
            }
        }
        let chunks: Vec<_> = wanted.iter().flat_map(|(_, _, data)| self.format.chunks(data)).collect();
        let packed = self.pack_all(chunks, &|n| meter.add_bytes(n))?;
        let (mut packed, mut out) = (packed.as_slice(), Vec::new());
        for (new, digest, data) in &wanted {
            let (own, rest) = packed.split_at(self.format.chunks(data).len());
            packed = rest;
            let offset = self.at + out.len() as u64;
            let resource = assemble(&self.format, data, own, 0, offset, &mut out);
            self.enter(*digest, resource);
            meter.done(&new.name, if own.is_empty() { data.len() as u64 } else { 0 })?;
        }
        self.write(&out)?;
        Ok(digests)
    }

    /// A blob in pieces: chunks first, their table in front of them when their lengths are known.
    fn add_large(
        &mut self,
        new: &NewBlob,
        exists: &dyn Fn(&Sha1Digest) -> bool,
        meter: &Meter,
    ) -> Result<Sha1Digest> {
        let size = new.blob.size();
        let compressed = self.format.chunk_size != 0;
        let table_len = if compressed { self.format.table_len(size) } else { 0 };
        let start = self.at;
        self.at += table_len;
        let mut lengths: Vec<u64> = Vec::new();
        let mut hasher = Sha1Hasher::default();
        let mut reader = new.blob.open()?;
        let piece_len = match self.format.chunk_size {
            0 => BATCH as usize,
            n => (BATCH as usize / n).max(1) * n,
        };
        let mut left = size;
        while left > 0 {
            let piece = read_piece(&mut *reader, (piece_len as u64).min(left))?;
            left -= piece.len() as u64;
            let chunks: Vec<_> = self.format.chunks(&piece).collect();
            let pack = || self.pack_all(chunks.clone(), &|n| meter.add_bytes(n));
            let ((), packed) = rayon::join(|| hasher.update(&piece), pack);
            let packed = packed?;
            if !compressed {
                meter.add_bytes(piece.len() as u64)?;
                self.write(&piece)?;
                continue;
            }
            let mut out = Vec::with_capacity(piece.len());
            for (raw, packed) in chunks.iter().zip(&packed) {
                let stored = packed.as_deref().unwrap_or(raw);
                lengths.push(stored.len() as u64);
                out.extend_from_slice(stored);
            }
            self.write(&out)?;
        }
        let actual = hasher.finish();
        check(new.sha1, actual, new)?;
        if !self.is_new(actual, exists) {
            // What was written so far is behind the end of the file again.
            self.at = start;
            meter.done(&new.name, 0)?;
            return Ok(actual);
        }
        let header = ResourceHeader { stored_size: size, flags: 0, offset: start, original_size: size };
        let stored_size = self.at - start;
        let resource = if compressed && stored_size < size {
            self.disk.write_at(&chunk_table(size, lengths), start)?;
            ResourceHeader { stored_size, flags: ResourceHeader::COMPRESSED, ..header }
        } else {
            if compressed {
                self.at = start;
                self.write_raw(new, actual)?;
            }
            header
        };
        self.enter(actual, resource);
        meter.done(&new.name, 0)?;
        Ok(actual)
    }

    /// Writes a blob that did not become smaller once more, as it is.
    fn write_raw(&mut self, new: &NewBlob, sha1: Sha1Digest) -> Result<()> {
        let mut reader = new.blob.open()?;
        let mut left = new.blob.size();
        let mut hasher = Sha1Hasher::default();
        while left > 0 {
            let piece = read_piece(&mut *reader, BATCH.min(left))?;
            left -= piece.len() as u64;
            hasher.update(&piece);
            self.write(&piece)?;
        }
        check(Some(sha1), hasher.finish(), new)
    }
}

pub(super) fn read_piece(reader: &mut dyn Read, len: u64) -> Result<Vec<u8>> {
    let mut piece = vec![0; len as usize];
    reader.read_exact(&mut piece).map_err(|e| Error::from_io("read new contents", e))?;
    Ok(piece)
}

fn check(expected: Option<Sha1Digest>, actual: Sha1Digest, new: &NewBlob) -> Result<()> {
    match expected {
        Some(expected) if expected != actual => {
            let message = format!("new contents have SHA-1 {actual} instead of {expected}");
            Err(Error::new(ErrorKind::HashMismatch, message).with_path(&new.name))
        }
        _ => Ok(()),
    }
}
