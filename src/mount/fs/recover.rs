//! From a journal and its data files back to the changes they stand for.

use super::journal::{Record, Stream, data_file, read};
use super::state::State;
use crate::base::FileBlob;
use crate::error::{Error, Result};
use crate::wim::WimFile;
use crate::wim::metadata::DentryId;
use crate::wim::overlay::{Content, Overlay};
use crate::wim::xml::FileTime;
use std::path::Path;
use std::sync::Arc;

/// The changes that the folder of a mount holds, over image `index` (from 1), which must be as it was when mounted.
pub(in crate::mount) fn overlay(wim: &WimFile, index: u32, folder: &Path) -> Result<Overlay> {
    let records = read(&folder.join("journal"))?;
    let data = folder.join("data");
    let mut state = State::new((*wim.image(index)?).clone());
    records.iter().try_for_each(|record: &Record| state.apply(record))?;
    note_times(&mut state, &data);
    let mut contents = Vec::new();
    for ((inode, stream), upper) in &state.contents {
        if state.metadata.inode(*inode).links() == 0 {
            continue;
        }
        let Some(slot) = state.slot(*inode, stream) else { continue };
        let blob = FileBlob::new(data_file(&data, upper.number))?;
        let home: DentryId = state.home[inode.0 as usize];
        contents.push((*inode, slot, home, upper.number, Content::new(Arc::new(blob))));
    }
    // In the order in which they were written, so that the same changes give the same bytes.
    contents.sort_by_key(|(_, _, _, number, _)| *number);
    let contents =
        contents.into_iter().map(|(inode, slot, id, _, content)| (inode, slot, id, content)).collect();
    Overlay::from_parts(wim, index, state.metadata, contents, state.changes)
}

/// Files that were being written when the mount died get the time of their last write.
fn note_times(state: &mut State, data: &Path) {
    for inode in std::mem::take(&mut state.dirty) {
        let Some(upper) = state.contents.get(&(inode, Stream::Data)) else { continue };
        let path = data_file(data, upper.number);
        if let Ok(time) = std::fs::metadata(&path).and_then(|m| m.modified()) {
            state.metadata.inode_mut(inode).times.write = FileTime::from(time).0;
        }
    }
}

/// Whether the folder of a mount holds any change.
pub(in crate::mount) fn has_changes(folder: &Path) -> Result<bool> {
    let path = folder.join("journal");
    match std::fs::metadata(&path) {
        Ok(there) => Ok(there.len() > 0 && !read(&path)?.is_empty()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(Error::io("look at the journal", &path, e)),
    }
}
