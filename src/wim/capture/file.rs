//! A file of the folder as contents: read in place, never copied, and refused where it changes meanwhile.

use super::folder::{Folder, extent, unchanged};
use super::scan::Stat;
use crate::base::BlobSource;
use crate::error::{Error, ErrorKind, Result};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;

/// A file that was found.
pub(super) struct TreeFile {
    pub folder: Arc<Folder>,
    pub path: PathBuf,
    pub stat: Stat,
}

impl BlobSource for TreeFile {
    fn size(&self) -> u64 {
        self.stat.size
    }

    fn open(&self) -> Result<Box<dyn Read + Send + '_>> {
        let file = self.folder.file(&self.path, &self.stat).map_err(|e| e.with_path(self.path.display()))?;
        // Only a file with holes is asked where they are.
        let stored = if self.stat.sparse { (0, 0) } else { (0, self.stat.size) };
        Ok(Box::new(Reader { source: self, file, at: 0, stored }))
    }
}

struct Reader<'a> {
    source: &'a TreeFile,
    file: File,
    at: u64,
    /// Bytes that are stored; before them is a hole, behind them nothing is known.
    stored: (u64, u64),
}

impl Read for Reader<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let size = self.source.stat.size;
        if self.at >= size || buf.is_empty() {
            return Ok(0);
        }
        if self.at >= self.stored.1 {
            let (data, hole) = extent(&self.file, self.at, size);
            self.stored = (data.min(size), hole.clamp(data.min(size), size));
            self.file.seek(SeekFrom::Start(self.stored.0))?;
        }
        let room = buf.len() as u64;
        let read = if self.at < self.stored.0 {
            let zeros = room.min(self.stored.0 - self.at) as usize;
            buf[..zeros].fill(0);
            zeros
        } else {
            let most = room.min(self.stored.1 - self.at) as usize;
            match self.file.read(&mut buf[..most])? {
                0 => {
                    let message = "became shorter while it was captured";
                    return Err(Error::new(ErrorKind::Busy, message).into());
                }
                n => n,
            }
        };
        self.at += read as u64;
        if self.at == size {
            unchanged(&self.file, &self.source.stat)?;
        }
        Ok(read)
    }
}
