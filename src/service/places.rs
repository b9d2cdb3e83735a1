//! Where a run writes. Looked at before any work: nothing that the run reads may be written over, and hours of work
//! should not end with a result or a receipt that has no place.

use super::receipt::Receipt;
use super::session::SessionOptions;
use crate::base::{Replacement, place};
use crate::error::{Error, ErrorKind, Result};
use crate::wim::WimFile;
use crate::wim::commit::WriteLock;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Keeps other writers away from where the run will write; [`Busy`](ErrorKind::Busy) where there is one.
pub(super) fn lock_for(wim: &WimFile, options: &SessionOptions) -> Result<Option<WriteLock>> {
    let lock = match &options.output {
        _ if options.dry_run => return Ok(None),
        Some(output) => WriteLock::for_output(output),
        None => WriteLock::new(wim),
    };
    match lock {
        Err(e) if e.kind() == ErrorKind::Busy => Err(e),
        // An image that cannot be written to can be planned for; the commit says what is wrong.
        other => Ok(other.ok()),
    }
}

/// The files that a run writes.
pub(super) struct Places {
    written: Vec<(PathBuf, PathBuf)>,
    receipt: Option<PathBuf>,
}

impl Places {
    /// The places that `options` name for a run on `image`.
    pub fn new(image: &Path, options: &SessionOptions) -> Result<Self> {
        let mut places = Self { written: Vec::new(), receipt: options.receipt.clone() };
        if let Some(output) = &options.output {
            if place(output) == place(image) {
                let why = "is the image itself; without an output it is changed in place";
                return refuse(output, why.into());
            }
            Replacement::begin(output)?;
            places.add(output);
        }
        if let Some(receipt) = &options.receipt {
            if options.output.as_ref().is_some_and(|output| place(output) == place(receipt)) {
                return refuse(receipt, "is the place of the image and of the receipt".into());
            }
            if !is_stream(receipt) {
                Replacement::begin(receipt)?;
            }
            places.add(receipt);
            places.check_input(image)?;
        }
        Ok(places)
    }

    fn add(&mut self, path: &Path) {
        self.written.push((place(path), path.to_owned()));
    }

    /// Refuses an input that would be written over.
    pub fn check_input(&self, input: &Path) -> Result<()> {
        let read = place(input);
        match self.written.iter().find(|(written, _)| *written == read) {
            None => Ok(()),
            Some((_, name)) => refuse(name, format!("would be written over the input {}", input.display())),
        }
    }

    /// Writes the receipt, where one is wanted: whole or not at all.
    pub fn keep(&self, receipt: &Receipt) -> Result<()> {
        let Some(path) = &self.receipt else { return Ok(()) };
        let text = receipt.to_json() + "\n";
        if is_stream(path) {
            return std::fs::write(path, text).map_err(|e| Error::io("write the receipt", path, e));
        }
        let new = Replacement::begin(path)?;
        new.file().write_all(text.as_bytes()).map_err(|e| Error::io("write the receipt", path, e))?;
        new.finish()
    }
}

fn refuse<T>(path: &Path, why: String) -> Result<T> {
    Err(Error::new(ErrorKind::InvalidArgument, why).with_path(path.display()))
}

/// A terminal, a pipe, a device: written to as it is.
fn is_stream(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|m| !m.is_file() && !m.is_dir())
}
