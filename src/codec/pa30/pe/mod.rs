//! Transforms of PE images: the source is changed towards the target before the patch body copies from it.

mod find;
mod image;

pub(crate) use find::resource;

use super::header::Delta;
use super::rift::Entry;
use crate::error::{Error, Result};

/// The source as the patch body sees it and the rift that leads to it.
pub(super) fn prepare(_source: &[u8], delta: &Delta<'_>) -> Result<(Vec<u8>, Vec<Entry>)> {
    Err(Error::unsupported(format!("transform of {} deltas is not supported", delta.file_type_name())))
}
