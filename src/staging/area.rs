//! The content-addressed staging area: each content once, in memory first, in one temporary file past a limit.

use crate::base::{BlobSource, Limits, Sha1Digest, Sha256Digest, TeeHasher, pread, pwrite, sha1, sha256};
use crate::error::{Error, ErrorKind, Result};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

/// How much of a stream is held at once while it goes to the temporary file.
const STRIDE: usize = 1 << 20;
/// Contents above this size go to the temporary file without being held whole.
const STREAMED: u64 = 32 << 20;

/// Keeps verified contents by SHA-256. A content lives as long as somebody holds its [`Staged`].
pub struct StagingArea {
    known: Mutex<HashMap<Sha256Digest, Weak<Content>>>,
    room: Arc<Room>,
}

/// One content of the staging area, shared.
pub type Staged = Arc<Content>;

/// Bytes with their digests.
pub struct Content {
    size: u64,
    sha1: Sha1Digest,
    sha256: Sha256Digest,
    data: Data,
    room: Arc<Room>,
}

enum Data {
    Memory(Vec<u8>),
    Spilled(u64),
}

struct Room {
    limit: u64,
    used: AtomicU64,
    spill: OnceLock<File>,
    spilled: AtomicU64,
    folder: Option<std::path::PathBuf>,
}

impl StagingArea {
    /// An empty area that keeps at most `limits.memory` bytes in memory and the rest in a nameless file in
    /// `folder` (the system's temporary folder if `None`).
    pub fn new(limits: &Limits, folder: Option<&Path>) -> Self {
        Self {
            known: Mutex::default(),
            room: Arc::new(Room {
                limit: limits.memory,
                used: AtomicU64::new(0),
                spill: OnceLock::new(),
                spilled: AtomicU64::new(0),
                folder: folder.map(Path::to_owned),
            }),
        }
    }

    /// Hashes `data` and keeps it, unless the same content is kept already.
    pub fn put(&self, data: Vec<u8>) -> Result<Staged> {
        let (sha1, sha256) = (sha1(&data), sha256(&data));
        if let Some(known) = self.find(&sha256) {
            return Ok(known);
        }
        let size = data.len() as u64;
        let data = if self.room.reserve(size) {
            Data::Memory(data)
        } else {
            let offset = self.room.spilled.fetch_add(size, Relaxed);
            self.room.write(&data, offset)?;
            Data::Spilled(offset)
        };
        Ok(self.keep(Content { size, sha1, sha256, data, room: self.room.clone() }))
    }

    /// Keeps `size` bytes from `reader`; large ones are hashed on their way to the temporary file.
    pub fn put_reader(&self, reader: &mut dyn Read, size: u64) -> Result<Staged> {
        let mut reader = reader.take(size);
        if size <= STREAMED {
            let mut data = Vec::with_capacity(size as usize);
            reader.read_to_end(&mut data).map_err(|e| Error::from_io("read the content", e))?;
            check_size(data.len() as u64, size)?;
            return self.put(data);
        }
        let start = self.room.spilled.fetch_add(size, Relaxed);
        let mut hashed = TeeHasher::new(reader);
        let mut buffer = vec![0; STRIDE];
        let mut offset = start;
        loop {
            match hashed.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => {
                    self.room.write(&buffer[..n], offset)?;
                    offset += n as u64;
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(Error::from_io("read the content", e)),
            }
        }
        let (_, sha1, sha256, len) = hashed.finish();
        check_size(len, size)?;
        if let Some(known) = self.find(&sha256) {
            return Ok(known);
        }
        Ok(self.keep(Content { size, sha1, sha256, data: Data::Spilled(start), room: self.room.clone() }))
    }

    /// Bytes held in memory now and bytes written to the temporary file so far.
    pub fn usage(&self) -> (u64, u64) {
        (self.room.used.load(Relaxed), self.room.spilled.load(Relaxed))
    }

    fn find(&self, digest: &Sha256Digest) -> Option<Staged> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(digest).and_then(Weak::upgrade)
    }

    fn keep(&self, content: Content) -> Staged {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(earlier) = known.get(&content.sha256).and_then(Weak::upgrade) {
            return earlier;
        }
        let digest = content.sha256;
        let content = Arc::new(content);
        known.insert(digest, Arc::downgrade(&content));
        content
    }
}

fn check_size(got: u64, declared: u64) -> Result<()> {
    if got == declared {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Truncated, format!("the content ends after {got} of {declared} bytes")))
}

impl Room {
    fn reserve(&self, size: u64) -> bool {
        self.used
            .fetch_update(Relaxed, Relaxed, |used| used.checked_add(size).filter(|&sum| sum <= self.limit))
            .is_ok()
    }

    fn file(&self) -> Result<&File> {
        if let Some(file) = self.spill.get() {
            return Ok(file);
        }
        let made = match &self.folder {
            Some(folder) => tempfile::tempfile_in(folder),
            None => tempfile::tempfile(),
        };
        let file = made.map_err(|e| Error::from_io("make a temporary file for staging", e))?;
        Ok(self.spill.get_or_init(|| file))
    }

    fn write(&self, data: &[u8], offset: u64) -> Result<()> {
        pwrite(self.file()?, data, offset)
            .map_err(|e| Error::from_io("write the staging area's temporary file", e))
    }
}

impl Content {
    /// SHA-1 of the content.
    pub fn sha1(&self) -> Sha1Digest {
        self.sha1
    }

    /// SHA-256 of the content.
    pub fn sha256(&self) -> Sha256Digest {
        self.sha256
    }

    /// All of the content; an error above `limit` bytes.
    pub fn bytes(&self, limit: u64) -> Result<Cow<'_, [u8]>> {
        let size = Limits::check("the content's size", self.size, limit)?;
        match &self.data {
            Data::Memory(data) => Ok(Cow::Borrowed(data)),
            Data::Spilled(offset) => {
                let mut out = vec![0; size];
                self.read_spilled(&mut out, *offset)?;
                Ok(Cow::Owned(out))
            }
        }
    }

    fn read_spilled(&self, buf: &mut [u8], offset: u64) -> Result<()> {
        pread(self.room.file()?, buf, offset)
            .map_err(|e| Error::from_io("read the staging area's temporary file", e))
    }
}

impl BlobSource for Content {
    fn size(&self) -> u64 {
        self.size
    }

    fn open(&self) -> Result<Box<dyn Read + Send + '_>> {
        match &self.data {
            Data::Memory(data) => Ok(Box::new(data.as_slice())),
            Data::Spilled(offset) => {
                Ok(Box::new(SpillReader { content: self, at: *offset, left: self.size }))
            }
        }
    }

    fn as_bytes(&self) -> Option<&[u8]> {
        match &self.data {
            Data::Memory(data) => Some(data),
            Data::Spilled(_) => None,
        }
    }
}

impl Drop for Content {
    fn drop(&mut self) {
        if let Data::Memory(_) = self.data {
            self.room.used.fetch_sub(self.size, Relaxed);
        }
    }
}

struct SpillReader<'a> {
    content: &'a Content,
    at: u64,
    left: u64,
}

impl Read for SpillReader<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.left.min(buf.len() as u64) as usize;
        self.content.read_spilled(&mut buf[..n], self.at)?;
        self.at += n as u64;
        self.left -= n as u64;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::read_all;

    fn small() -> Limits {
        Limits { memory: 1000, ..Limits::default() }
    }

    #[test]
    fn the_same_content_is_kept_once() {
        let area = StagingArea::new(&small(), None);
        let a = area.put(vec![7; 600]).unwrap();
        let b = area.put(vec![7; 600]).unwrap();
        assert!(Arc::ptr_eq(&a, &b));
        assert_eq!(area.usage(), (600, 0));
        drop((a, b));
        assert_eq!(area.usage(), (0, 0));
    }

    #[test]
    fn past_the_limit_contents_go_to_the_file_and_come_back() {
        let area = StagingArea::new(&small(), None);
        let kept: Vec<_> = (0..10u8).map(|i| area.put(vec![i; 300]).unwrap()).collect();
        assert_eq!(area.usage(), (900, 2100));
        for (i, content) in kept.iter().enumerate() {
            assert_eq!(*content.bytes(300).unwrap(), vec![i as u8; 300]);
            assert_eq!(read_all(content.as_ref()).unwrap(), vec![i as u8; 300]);
            assert_eq!(content.sha1(), sha1(&vec![i as u8; 300]));
        }
        assert_eq!(kept[9].bytes(299).unwrap_err().kind(), ErrorKind::LimitExceeded);
    }

    #[test]
    fn streams_are_hashed_on_their_way_and_must_be_whole() {
        let area = StagingArea::new(&small(), None);
        let size = STREAMED + 5;
        let staged = area.put_reader(&mut io::repeat(3), size).unwrap();
        assert_eq!(area.usage().0, 0);
        assert_eq!(staged.sha256(), sha256(&vec![3; size as usize]));
        let short = area.put_reader(&mut io::repeat(3).take(10), 11).err().map(|e| e.kind());
        assert_eq!(short, Some(ErrorKind::Truncated));
    }
}
