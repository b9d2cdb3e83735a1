//! Times and the read-only attribute, as `utimens` and `chmod` set them.

use super::journal::{Record, Stream};
use super::state::State;
use super::{FsResult, ImageFs, Kind};
use crate::wim::metadata::attributes::{DIRECTORY, ENCRYPTED, NORMAL, READONLY, REPARSE_POINT};
use crate::wim::metadata::{InodeId, Times};

impl ImageFs {
    /// Sets times; `None` leaves one as it is.
    pub fn set_times(&self, ino: u64, access: Option<u64>, write: Option<u64>) -> FsResult<()> {
        let mut state = self.write_state();
        let id = self.inode(&state, ino)?;
        let Times { creation, access: old_access, write: old_write } = state.metadata.inode(id).times();
        let mut last = old_write;
        if let Some(upper) = state.contents.get(&(id, Stream::Data)) {
            last = Some(upper.touch(0)).filter(|&time| time != 0).unwrap_or(old_write);
        }
        let times = [creation, access.unwrap_or(old_access), write.unwrap_or(last)];
        self.change(&mut state, &Record::Times { inode: id.0, times })
    }

    /// Marks a file read-only or not. A directory has no such mark: Windows uses the attribute for other things there.
    pub fn set_writable(&self, ino: u64, writable: bool) -> FsResult<()> {
        let mut state = self.write_state();
        let id = self.inode(&state, ino)?;
        let inode = state.metadata.inode(id);
        let old = inode.attributes();
        if Kind::of(inode) != Kind::File || (old & READONLY == 0) == writable {
            return Ok(());
        }
        let new = if writable { old & !READONLY } else { old | READONLY };
        self.set_attributes(&mut state, id, new)
    }

    /// Sets the `FILE_ATTRIBUTE_*` bits that do not say what the entry is.
    pub(super) fn set_attributes(&self, state: &mut State, id: InodeId, attributes: u32) -> FsResult<()> {
        let fixed = DIRECTORY | REPARSE_POINT | ENCRYPTED;
        let old = state.metadata.inode(id).attributes();
        let new = match old & fixed | attributes & !fixed {
            0 => NORMAL,
            new if new & !NORMAL != 0 => new & !NORMAL,
            new => new,
        };
        self.change(state, &Record::Attributes { inode: id.0, attributes: new })
    }
}
