//! The content-addressed staging area: each content once, in memory first, in one temporary file past a limit.

use crate::base::{
    BlobSource, FileHash, Limits, Sha1Digest, Sha256Digest, TeeHasher, pread, pwrite, sha1, sha256,
};
use crate::error::{Error, ErrorKind, Result};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
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
    /// Taken when it is first asked for, unless the bytes passed by only once.
    sha1: OnceLock<Sha1Digest>,
    sha256: Sha256Digest,
    data: Data,
    room: Arc<Room>,
}

enum Data {
    Memory(Arc<Slab>, Range<usize>),
    Spilled(u64),
}

/// Bytes in memory, of one content or of many small ones; what they take is given back with the last of them.
struct Slab {
    data: Vec<u8>,
    /// What was reserved for it.
    held: u64,
    room: Arc<Room>,
}

/// Where bytes have found room, which are still at hand.
struct Place {
    slab: Arc<Slab>,
    /// Their offset in the temporary file, if they lie there.
    spilled: Option<u64>,
}

struct Room {
    limit: u64,
    used: AtomicU64,
    spill: OnceLock<File>,
    spilled: AtomicU64,
    folder: Option<std::path::PathBuf>,
}

impl StagingArea {
    /// An empty area that keeps at most half of `limits.memory` bytes in memory and the rest in a nameless file in
    /// `folder` (the system's temporary folder if `None`).
    pub fn new(limits: &Limits, folder: Option<&Path>) -> Self {
        Self {
            known: Mutex::default(),
            room: Arc::new(Room {
                limit: limits.memory / 2,
                used: AtomicU64::new(0),
                spill: OnceLock::new(),
                spilled: AtomicU64::new(0),
                folder: folder.map(Path::to_owned),
            }),
        }
    }

    /// Hashes `data` and keeps it, unless the same content is kept already.
    pub fn put(&self, data: Vec<u8>) -> Result<Staged> {
        let sha256 = sha256(&data);
        if let Some(known) = self.find(&sha256) {
            return Ok(known);
        }
        let whole = 0..data.len();
        let place = self.place(data)?;
        Ok(self.keep(place.content(whole, sha256)))
    }

    /// As [`put`](Self::put) for contents that lie in `data` one after the other, which end where `ends` say.
    pub(super) fn put_all(&self, data: Vec<u8>, ends: &[usize]) -> Result<Vec<Staged>> {
        let place = self.place(data)?;
        let mut start = 0;
        let contents = ends.iter().map(|&end| {
            let range = start..end;
            start = end;
            let sha256 = sha256(place.bytes(&range)?);
            Ok(self.find(&sha256).unwrap_or_else(|| self.keep(place.content(range, sha256))))
        });
        contents.collect()
    }

    /// Finds room for `data`, in memory or in the temporary file.
    fn place(&self, mut data: Vec<u8>) -> Result<Place> {
        let (size, room) = (data.len() as u64, self.room.clone());
        let spilled = if room.reserve(size) {
            data.shrink_to_fit();
            None
        } else {
            let offset = room.spilled.fetch_add(size, Relaxed);
            room.write(&data, offset)?;
            Some(offset)
        };
        let held = if spilled.is_none() { size } else { 0 };
        Ok(Place { slab: Arc::new(Slab { data, held, room }), spilled })
    }

    /// Keeps `size` bytes from `reader`; large ones are hashed on their way to the temporary file.
    pub(crate) fn put_reader(&self, reader: &mut dyn Read, size: u64) -> Result<Staged> {
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
        let data = Data::Spilled(start);
        Ok(self.keep(Content { size, sha1: sha1.into(), sha256, data, room: self.room.clone() }))
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

impl Place {
    fn bytes(&self, range: &Range<usize>) -> Result<&[u8]> {
        let bytes = self.slab.data.get(range.clone());
        bytes.ok_or_else(|| Error::new(ErrorKind::Internal, "a content lies outside its bytes"))
    }

    /// The content in `range`, which lies inside.
    fn content(&self, range: Range<usize>, sha256: Sha256Digest) -> Content {
        let (size, room) = (range.len() as u64, self.slab.room.clone());
        match self.spilled {
            None => {
                let data = Data::Memory(self.slab.clone(), range);
                Content { size, sha1: OnceLock::new(), sha256, data, room }
            }
            Some(offset) => {
                let sha1 = sha1(&self.slab.data[range.clone()]).into();
                Content { size, sha1, sha256, data: Data::Spilled(offset + range.start as u64), room }
            }
        }
    }
}

impl Content {
    /// SHA-1 of the content.
    pub fn sha1(&self) -> Sha1Digest {
        // A spilled content has its digest from the beginning.
        *self.sha1.get_or_init(|| sha1(self.as_bytes().unwrap_or_default()))
    }

    /// Whether the content has the digest `hash`.
    pub(super) fn matches(&self, hash: &FileHash) -> Result<bool> {
        Ok(match hash {
            FileHash::Sha1(value) => self.sha1() == *value,
            FileHash::Sha256(value) => self.sha256 == *value,
            FileHash::Md5(_) => hash.matches(&self.bytes(u64::MAX)?),
        })
    }

    /// SHA-256 of the content.
    pub fn sha256(&self) -> Sha256Digest {
        self.sha256
    }

    /// All of the content; an error above `limit` bytes.
    pub fn bytes(&self, limit: u64) -> Result<Cow<'_, [u8]>> {
        let size = Limits::check("the content's size", self.size, limit)?;
        match &self.data {
            Data::Memory(slab, range) => Ok(Cow::Borrowed(&slab.data[range.clone()])),
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
            Data::Memory(slab, range) => Ok(Box::new(&slab.data[range.clone()])),
            Data::Spilled(offset) => {
                Ok(Box::new(SpillReader { content: self, at: *offset, left: self.size }))
            }
        }
    }

    fn as_bytes(&self) -> Option<&[u8]> {
        match &self.data {
            Data::Memory(slab, range) => Some(&slab.data[range.clone()]),
            Data::Spilled(_) => None,
        }
    }
}

impl Drop for Slab {
    fn drop(&mut self) {
        self.room.used.fetch_sub(self.held, Relaxed);
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
        Limits { memory: 2000, ..Limits::default() }
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
    fn many_contents_share_their_memory() {
        let area = StagingArea::new(&small(), None);
        let data: Vec<u8> = [[1; 300], [2; 300], [1; 300]].concat();
        let kept = area.put_all(data.clone(), &[300, 600, 900]).unwrap();
        assert!(Arc::ptr_eq(&kept[0], &kept[2]) && !Arc::ptr_eq(&kept[0], &kept[1]));
        assert_eq!(area.usage(), (900, 0));
        let spilled = area.put_all([[3; 100], [4; 100]].concat(), &[100, 200]).unwrap();
        assert_eq!(area.usage(), (900, 200));
        for (content, expected) in kept.iter().zip(data.chunks(300)).chain([(&spilled[1], &[4; 100][..])]) {
            assert_eq!(*content.bytes(300).unwrap(), *expected);
            assert_eq!((content.sha1(), content.sha256()), (sha1(expected), sha256(expected)));
        }
        drop(kept);
        assert_eq!(area.usage(), (0, 200));
        assert!(area.put_all(vec![1], &[2]).is_err());
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
