//! A WIM that comes through a pipe, as wimlib's pipable ones are made for.

use super::file::{OpenOptions, WimFile};
use super::header::{HEADER_LEN, Header};
use crate::base::FileAt;
use crate::error::{Error, ErrorKind, Result};
use std::io::{Read, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::Arc;

impl WimFile {
    /// Reads a WIM to its end and opens it; `name` is what messages call it.
    ///
    /// A WIM is read at any place, which a pipe cannot: what comes is kept in a file of the system's temporary folder
    /// (`TMPDIR`) that has no name and goes with the handle. What is no WIM, and a part of a split set, is refused before
    /// it is all read.
    ///
    /// ```
    /// use std::path::Path;
    /// use wimwright::wim::{OpenOptions, WimFile};
    ///
    #[doc = include_str!("../../docs/doctest/image.md")]
    /// # let dir = tempfile::tempdir()?;
    /// let mut pipe = std::fs::File::open(sample_image(dir.path())?)?;
    /// let wim = WimFile::open_pipe(&mut pipe, Path::new("standard input"), &OpenOptions::new())?;
    /// assert_eq!(wim.image_count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open_pipe(input: &mut dyn Read, name: &Path, options: &OpenOptions) -> Result<Self> {
        let failed = |e| Error::io("read the WIM", name, e);
        let mut head = Vec::new();
        input.take(HEADER_LEN as u64).read_to_end(&mut head).map_err(failed)?;
        let header = Header::parse(&head).map_err(|e| e.with_path(name.display()))?;
        if header.total_parts > 1 {
            let message = "a split set cannot come through a pipe: join its parts with export first";
            return Err(Error::unsupported(message).with_path(name.display()));
        }
        let kept = |e| Error::from_io("keep what comes through the pipe in the temporary folder", e);
        let mut file = tempfile::tempfile().map_err(kept)?;
        file.write_all(&head).map_err(kept)?;
        let mut buffer = vec![0; 1 << 20];
        loop {
            match input.read(&mut buffer) {
                Ok(0) => break,
                Ok(len) => file.write_all(&buffer[..len]).map_err(kept)?,
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                Err(e) => return Err(failed(e)),
            }
        }
        file.seek(SeekFrom::Start(0)).map_err(kept)?;
        let source = FileAt::from_file(file, name)?;
        Self::open_source(Arc::new(source), options).map_err(|e| match e.kind() {
            ErrorKind::Malformed => {
                let message = "is no whole WIM; the pipe may have ended early";
                Error::new(ErrorKind::Malformed, message).with_source(e).with_path(name.display())
            }
            _ => e,
        })
    }
}
