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

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    /// The same length, written to after it was opened: what was read before and after does not belong together.
    #[test]
    fn a_file_that_is_written_to_while_it_is_read_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        std::fs::write(&path, [1; 16_000]).unwrap();
        let folder = Arc::new(Folder::open(dir.path()).unwrap());
        let stat = folder.list(Path::new(""), &folder.stat()).unwrap()[0].stat;
        let file = TreeFile { folder, path: "file".into(), stat };
        let mut whole = Vec::new();
        file.open().unwrap().read_to_end(&mut whole).unwrap();
        assert!(whole == [1; 16_000]);
        let mut reader = file.open().unwrap();
        reader.read_exact(&mut [0; 1000]).unwrap();
        std::fs::write(&path, [2; 16_000]).unwrap();
        let written = File::options().write(true).open(&path).unwrap();
        written.set_modified(std::time::UNIX_EPOCH).unwrap();
        let error = Error::from_io("read", reader.read_to_end(&mut whole).unwrap_err());
        assert_eq!(error.kind(), ErrorKind::Busy);
    }
}
