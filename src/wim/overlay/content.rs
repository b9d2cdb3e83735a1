//! The contents that an overlay gives to files, and their digests.

use crate::base::{Blob, FileBlob, Sha1Digest, Sha1Hasher, sha1};
use crate::error::{Error, ErrorKind, Result};
use std::io::Read;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// New contents of a file or stream: bytes wherever they lie, and their SHA-1 where it is known already.
///
/// A digest that is given is trusted when the WIM has a blob of that name (the contents are then not read at all)
/// and checked when the contents are written.
///
/// ```
/// use std::sync::Arc;
/// use wimwright::base::{BlobSource, sha1};
/// use wimwright::wim::overlay::Content;
///
/// let content = Content::new(Arc::new(b"text".to_vec()));
/// assert!(content.sha1() == Some(sha1(b"text")) && content.blob().size() == 4);
/// let known = Content::with_sha1(content.blob().clone(), sha1(b"text"));
/// assert_eq!(known.sha1(), content.sha1());
/// // A file is read, and hashed, by the commit.
/// # let dir = tempfile::tempdir()?;
/// # std::fs::write(dir.path().join("a.txt"), "text")?;
/// assert!(Content::file(dir.path().join("a.txt"))?.sha1().is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Content {
    blob: Blob,
    sha1: Option<Sha1Digest>,
}

impl Content {
    /// The bytes of `blob`. Bytes in memory are hashed at once, others when they are committed.
    pub fn new(blob: Blob) -> Self {
        let sha1 = match blob.as_bytes() {
            _ if blob.size() == 0 => Some(Sha1Digest::default()),
            bytes => bytes.map(sha1),
        };
        Self { blob, sha1 }
    }

    /// The bytes of `blob`, whose SHA-1 is known.
    pub fn with_sha1(blob: Blob, sha1: Sha1Digest) -> Self {
        // A WIM names the empty contents by a zero digest.
        let sha1 = if blob.size() == 0 { Sha1Digest::default() } else { sha1 };
        Self { blob, sha1: Some(sha1) }
    }

    /// The file at `path`, with the length it has now.
    pub fn file(path: impl Into<PathBuf>) -> Result<Self> {
        Ok(Self::new(Arc::new(FileBlob::new(path)?)))
    }

    /// The bytes.
    pub fn blob(&self) -> &Blob {
        &self.blob
    }

    /// The SHA-1, where it is known; zero for empty contents.
    pub fn sha1(&self) -> Option<Sha1Digest> {
        self.sha1
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Self::new(Arc::new(bytes))
    }
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Content").field("size", &self.blob.size()).field("sha1", &self.sha1).finish()
    }
}

/// Contents without a digest yet.
pub(crate) struct Pending {
    pub(crate) blob: Blob,
    sha1: OnceLock<Sha1Digest>,
}

impl Pending {
    pub(super) fn new(blob: Blob) -> Self {
        Self { blob, sha1: OnceLock::new() }
    }

    /// The digest, read for when someone asks before the commit.
    pub(super) fn sha1(&self) -> Result<Sha1Digest> {
        if let Some(sha1) = self.sha1.get() {
            return Ok(*sha1);
        }
        let (mut hasher, mut buffer, mut len) = (Sha1Hasher::default(), vec![0; 1 << 20], 0);
        let mut reader = self.blob.open()?;
        loop {
            let n = reader.read(&mut buffer).map_err(|e| Error::from_io("read new contents", e))?;
            if n == 0 {
                break;
            }
            hasher.update(&buffer[..n]);
            len += n as u64;
        }
        if len != self.blob.size() {
            return Err(changed_size(self.blob.size(), len));
        }
        Ok(*self.sha1.get_or_init(|| hasher.finish()))
    }

    /// The digest if someone asked for it before.
    pub(crate) fn known_sha1(&self) -> Option<Sha1Digest> {
        self.sha1.get().copied()
    }
}

pub(crate) fn changed_size(expected: u64, found: u64) -> Error {
    let message = format!("new contents of {expected} bytes turned out to have {found}");
    Error::new(ErrorKind::Truncated, message)
}
