//! Reading blobs through a [`WimFile`]: whole and hashed, streamed, at any place, or as a [`BlobSource`].

use super::file::WimFile;
use super::resource::{Layout, Resource};
use super::solid::StoredBlob;
use crate::base::{Blob, BlobSource, Limits, Sha1Hasher, Source};
use crate::error::{Error, ErrorKind, Result};
use rayon::prelude::*;
use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;

/// Decoded bytes that are handed out or decoded at a time.
const PIECE: u64 = 1 << 20;
/// Blobs from this size on are decoded on all cores.
const PARALLEL: u64 = 4 << 20;

///
/// ```
/// use wimwright::base::{read_all, sha1};
/// use wimwright::wim::{OpenOptions, WimFile};
///
#[doc = include_str!("../../docs/doctest/image.md")]
/// # let dir = tempfile::tempdir()?;
/// let wim = WimFile::open(sample_image(dir.path())?, &OpenOptions::new())?;
/// let blob = wim.blob(&sha1(b"MZ: a program")).expect("it is notepad.exe");
/// let mut pieces = Vec::new();
/// wim.read_blob(blob, &mut |piece| Ok(pieces.extend_from_slice(piece)))?;
/// assert_eq!(pieces, wim.read_blob_to_vec(blob, 1 << 20)?);
/// let mut some = [0; 7];
/// wim.read_blob_at(blob, 6, &mut some)?;
/// assert_eq!(&some, b"program");
/// // A source of bytes that keeps the file open, for an overlay of another WIM for instance.
/// assert_eq!(read_all(&*wim.blob_source(blob))?, pieces);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl WimFile {
    pub(super) fn place(&self, blob: &StoredBlob) -> Result<(&Resource, &Source)> {
        let resource = self.inner.places.resources.get(blob.resource as usize);
        let part = resource.and_then(|r| self.inner.parts.get(r.part));
        resource.zip(part).ok_or_else(|| {
            Error::new(ErrorKind::InvalidArgument, format!("blob {} is of another WIM", blob.sha1))
        })
    }

    /// Hands the blob's bytes to `consume` in order, in pieces; each chunk is decoded once, large blobs on all
    /// cores. The digest is checked at the end: an error then means that what was handed out is wrong.
    pub fn read_blob(&self, blob: &StoredBlob, consume: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let mut hasher = Sha1Hasher::default();
        self.pieces(blob, 0, &mut |data| {
            hasher.update(data);
            consume(data)
        })?;
        check_digest(blob, hasher)
    }

    /// The whole blob, hashed; an error when it is over `limit` bytes.
    pub fn read_blob_to_vec(&self, blob: &StoredBlob, limit: u64) -> Result<Vec<u8>> {
        Limits::check("the size of a blob", blob.size, limit)?;
        let (resource, source) = self.place(blob)?;
        let mut out = Vec::new();
        if resource.layout != Layout::Solid && blob.size < PARALLEL {
            let mut hasher = Sha1Hasher::default();
            resource.decode_whole(&**source, &mut Vec::new(), &mut out).map_err(|e| self.named(blob, e))?;
            hasher.update(&out);
            check_digest(blob, hasher)?;
            return Ok(out);
        }
        self.read_blob(blob, &mut |data| {
            // Grown as it is decoded, so a size that the data does not back allocates nothing.
            out.extend_from_slice(data);
            Ok(())
        })?;
        Ok(out)
    }

    /// Fills `buf` from `offset` of the blob, or fails; decoded chunks are kept for the next call. The digest is not
    /// checked.
    pub fn read_blob_at(&self, blob: &StoredBlob, offset: u64, buf: &mut [u8]) -> Result<()> {
        let (resource, source) = self.place(blob)?;
        match offset.checked_add(buf.len() as u64) {
            Some(end) if end <= blob.size => {}
            _ => {
                let message = format!("{} bytes at offset {offset} of a blob of {}", buf.len(), blob.size);
                return Err(Error::new(ErrorKind::InvalidArgument, message));
            }
        }
        let start = blob.offset + offset;
        if resource.layout == Layout::Raw {
            return source.read_exact_at(buf, resource.offset + start);
        }
        let mut done = 0;
        while done < buf.len() {
            let at = start + done as u64;
            let chunk = self.chunk(blob, at / resource.chunk_size)?;
            let from = chunk.get((at % resource.chunk_size) as usize..).unwrap_or_default();
            let n = from.len().min(buf.len() - done);
            buf[done..done + n].copy_from_slice(&from[..n]);
            done += n;
        }
        Ok(())
    }

    /// The blob as a source of bytes that keeps this WIM open. Reading it to its end checks the digest.
    pub fn blob_source(&self, blob: &StoredBlob) -> Blob {
        Arc::new(WimBlob { file: self.clone(), blob: *blob })
    }

    /// A decoded chunk, through the cache.
    fn chunk(&self, blob: &StoredBlob, chunk: u64) -> Result<Arc<Vec<u8>>> {
        let (resource, source) = self.place(blob)?;
        let cache = &self.inner.cache;
        let decode = || {
            let table = self.table(blob)?;
            let mut out = Vec::new();
            resource.decode(&**source, &table, chunk..chunk + 1, &mut Vec::new(), &mut out)?;
            Ok(out)
        };
        cache.chunk((blob.resource, chunk), decode).map_err(|e| self.named(blob, e))
    }

    fn table(&self, blob: &StoredBlob) -> Result<Arc<super::resource::ChunkTable>> {
        let (resource, source) = self.place(blob)?;
        let read = || resource.table(&**source, &self.inner.limits);
        self.inner.cache.table(blob.resource, resource.chunks(), read)
    }

    /// Hands out the bytes from `offset` to the end, not hashed.
    fn pieces(
        &self,
        blob: &StoredBlob,
        offset: u64,
        consume: &mut dyn FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        let (resource, source) = self.place(blob)?;
        let named = |e| self.named(blob, e);
        let (mut at, end) = (blob.offset + offset, blob.offset + blob.size);
        if resource.layout == Layout::Solid {
            while at < end {
                let chunk = self.chunk(blob, at / resource.chunk_size)?;
                let from = chunk.get((at % resource.chunk_size) as usize..).unwrap_or_default();
                let n = (from.len() as u64).min(end - at);
                consume(&from[..n as usize])?;
                at += n;
            }
            return Ok(());
        }
        let table = self.table(blob).map_err(named)?;
        let each = (PIECE / resource.chunk_size).max(1);
        let threads = if blob.size < PARALLEL { 1 } else { rayon::current_num_threads() as u64 };
        // Memory stays bounded however many cores there are.
        let batch = if threads == 1 { 1 } else { (2 * threads).min((64 << 20) / PIECE) };
        let mut chunk = at / resource.chunk_size;
        while chunk < resource.chunks() {
            let stop = (chunk + each * batch).min(resource.chunks());
            let decode = |range: Range<u64>| {
                let (mut packed, mut out) = (Vec::new(), Vec::new());
                resource.decode(&**source, &table, range, &mut packed, &mut out)?;
                Ok(out)
            };
            let ranges: Vec<_> =
                (chunk..stop).step_by(each as usize).map(|c| c..(c + each).min(stop)).collect();
            let decoded: Vec<Vec<u8>> = match ranges.as_slice() {
                [one] => vec![decode(one.clone()).map_err(named)?],
                _ => ranges.into_par_iter().map(decode).collect::<Result<_>>().map_err(named)?,
            };
            let mut skip = (at - chunk * resource.chunk_size) as usize;
            for data in &decoded {
                let now = data.get(skip..).unwrap_or_default();
                skip = skip.saturating_sub(data.len());
                at += now.len() as u64;
                if !now.is_empty() {
                    consume(now)?;
                }
            }
            chunk = stop;
        }
        Ok(())
    }

    pub(super) fn named(&self, blob: &StoredBlob, e: Error) -> Error {
        e.with_path(format!("{}: blob {}", self.name(), blob.sha1))
    }
}

/// An error unless the bytes hashed are the blob's.
pub(super) fn check_digest(blob: &StoredBlob, hasher: Sha1Hasher) -> Result<()> {
    let actual = hasher.finish();
    if actual == blob.sha1 {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::HashMismatch,
        format!("the data of blob {} is damaged: its SHA-1 is {actual}", blob.sha1),
    ))
}

struct WimBlob {
    file: WimFile,
    blob: StoredBlob,
}

impl BlobSource for WimBlob {
    fn size(&self) -> u64 {
        self.blob.size
    }

    fn open(&self) -> Result<Box<dyn Read + Send + '_>> {
        let hasher = Some(Sha1Hasher::default());
        Ok(Box::new(WimBlobReader { of: self, at: 0, buffer: Vec::new(), used: 0, hasher }))
    }
}

struct WimBlobReader<'a> {
    of: &'a WimBlob,
    at: u64,
    buffer: Vec<u8>,
    used: usize,
    hasher: Option<Sha1Hasher>,
}

impl WimBlobReader<'_> {
    fn fill(&mut self) -> Result<()> {
        let WimBlob { file, blob } = self.of;
        let (resource, source) = file.place(blob)?;
        self.buffer.clear();
        self.used = 0;
        let left = blob.size - self.at;
        if resource.layout == Layout::Solid {
            self.buffer.resize(left.min(PIECE) as usize, 0);
            file.read_blob_at(blob, self.at, &mut self.buffer)?;
        } else if left > 0 {
            let table = file.table(blob)?;
            let first = self.at / resource.chunk_size;
            let stop = (first + (PIECE / resource.chunk_size).max(1)).min(resource.chunks());
            resource.decode(&**source, &table, first..stop, &mut Vec::new(), &mut self.buffer)?;
        }
        self.at += self.buffer.len() as u64;
        if let Some(hasher) = &mut self.hasher {
            hasher.update(&self.buffer);
        }
        if self.at == blob.size
            && let Some(hasher) = self.hasher.take()
        {
            check_digest(blob, hasher)?;
        }
        Ok(())
    }
}

impl Read for WimBlobReader<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.used == self.buffer.len() && self.at < self.of.blob.size {
            self.fill().map_err(|e| self.of.file.named(&self.of.blob, e))?;
        }
        let n = buf.len().min(self.buffer.len() - self.used);
        buf[..n].copy_from_slice(&self.buffer[self.used..self.used + n]);
        self.used += n;
        Ok(n)
    }
}
