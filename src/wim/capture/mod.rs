//! Folders as images: a tree is scanned, its files are read, hashed and compressed on all cores, and the image is
//! written as a new WIM or behind the images of one that is there.

#[allow(dead_code, reason = "the capture that uses it follows")]
pub(in crate::wim) mod image;
