//! What the calls say where images cannot be mounted.

use super::{Ending, MountInfo, MountOptions, UnmountReport};
use crate::base::Progress;
use crate::error::{Error, ErrorKind, Result};
use std::path::Path;

/// A mounted image; there are none here.
#[derive(Debug)]
pub enum Mounted {}

impl Mounted {
    /// Which mount it is.
    pub fn info(&self) -> &MountInfo {
        match *self {}
    }

    /// Whether it is mounted still.
    pub fn is_mounted(&self) -> bool {
        match *self {}
    }

    /// Waits until it is unmounted.
    pub fn wait(&mut self) -> Result<()> {
        match *self {}
    }

    /// Unmounts it.
    pub fn unmount(&mut self, _: &Ending, _: &Progress) -> Result<UnmountReport> {
        match *self {}
    }
}

/// Mounts image `index` (from 1) of a WIM on the folder `dir`.
pub fn mount(_: impl AsRef<Path>, _: u32, _: impl AsRef<Path>, _: &MountOptions) -> Result<Mounted> {
    Err(not_here())
}

/// Unmounts the image that is mounted on `dir`.
pub fn unmount(_: impl AsRef<Path>, _: &Ending, _: &Progress) -> Result<UnmountReport> {
    Err(not_here())
}

/// The mounts of this user: none.
pub fn list() -> Result<Vec<MountInfo>> {
    Ok(Vec::new())
}

/// Cleans up after mounts whose process died: there are none.
pub fn recover() -> Result<Vec<MountInfo>> {
    Ok(Vec::new())
}

fn not_here() -> Error {
    let message = "images can be mounted on Linux only, by a program that was built with the feature 'mount'; \
                   without a mount, files are taken out with extract, and changed through the library's Overlay";
    Error::new(ErrorKind::NotAvailable, message)
}
