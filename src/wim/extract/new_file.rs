//! A file on its way into the destination.

use super::dest::Dest;
use crate::error::{Error, Result};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::PathBuf;

/// The least run of zeros that a sparse file is made without.
static ZEROS: [u8; 32 << 10] = [0; 32 << 10];

/// A file that is being written; dropped before it is finished, it is taken away again.
pub(super) struct NewFile<'a> {
    pub dest: &'a Dest,
    pub dir: PathBuf,
    pub name: &'a OsStr,
    /// Its name until it replaces the file that has `name`.
    pub aside: Option<OsString>,
    pub handle: File,
    /// Runs of zeros are not written.
    pub sparse: bool,
    pub whole: bool,
}

impl NewFile<'_> {
    /// Writes the next bytes.
    pub fn write(&mut self, data: &[u8]) -> Result<()> {
        if !self.sparse {
            return self.handle.write_all(data).map_err(write_failed);
        }
        for piece in data.chunks(ZEROS.len()) {
            let written = if *piece == ZEROS[..piece.len()] {
                self.handle.seek(SeekFrom::Current(piece.len() as i64)).map(|_| ())
            } else {
                self.handle.write_all(piece)
            };
            written.map_err(write_failed)?;
        }
        Ok(())
    }

    /// Puts the file, which has all its bytes, into its place.
    pub fn keep(&mut self) -> Result<()> {
        if let Some(aside) = &self.aside {
            self.dest.replace(&self.dir, aside, self.name)?;
        }
        self.whole = true;
        Ok(())
    }
}

impl Drop for NewFile<'_> {
    fn drop(&mut self) {
        if !self.whole {
            // What made the file fail is reported; that this fails too would tell nothing new.
            let _ = self.dest.remove(&self.dir, self.aside.as_deref().unwrap_or(self.name));
        }
    }
}

pub(super) fn write_failed(e: io::Error) -> Error {
    Error::from_io("write the file", e)
}
