//! Contents: reading them from the WIM or a data file, writing them to one.

use super::handles::{Handle, OpenFile, open};
use super::journal::{Record, Stream, data_file};
use super::state::{State, Upper};
use super::{Edits, FsResult, ImageFs, Kind, Written, errno, io, lock, now};
use crate::wim::StoredBlob;
use crate::wim::metadata::{DentryId, InodeId};
use rustix::fs::FallocateFlags;
use rustix::io::Errno;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// Copied out of the WIM at a time.
const PIECE: u64 = 1 << 20;

/// What a stream's bytes are, found under the lock and read without it.
enum Place {
    Empty,
    Stored(StoredBlob),
    Written(Arc<Upper>),
}

impl Edits {
    pub(super) fn path(&self, number: u64) -> PathBuf {
        data_file(&self.data, number)
    }

    /// A new data file that begins with `data`.
    pub(super) fn new_file(&self, data: &[u8]) -> FsResult<u64> {
        let (number, mut file) = self.create_file()?;
        file.write_all(data).map_err(|e| io(&e))?;
        Ok(number)
    }

    fn create_file(&self) -> FsResult<(u64, File)> {
        let number = self.next.fetch_add(1, Relaxed);
        let path = self.path(number);
        let create = || OpenOptions::new().read(true).write(true).create_new(true).open(&path);
        let file = match create() {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
                made.and_then(|()| create())
            }
            other => other,
        };
        Ok((number, file.map_err(|e| io(&e))?))
    }
}

impl ImageFs {
    /// Opens a file.
    pub fn open(&self, ino: u64, writes: bool) -> FsResult<u64> {
        if writes {
            self.edits()?;
        }
        let state = self.read_state();
        let inode = self.inode(&state, ino)?;
        match Kind::of(state.metadata.inode(inode)) {
            Kind::Directory => return Err(Errno::ISDIR),
            Kind::Link => return Err(Errno::LOOP),
            Kind::File => {}
        }
        self.opened(inode)?;
        Ok(self.handles.add(Handle::File(OpenFile::new(inode, writes))))
    }

    pub(super) fn opened(&self, inode: InodeId) -> FsResult<()> {
        if let Some(edits) = &self.edits {
            let mut open = lock(&edits.open);
            let count = open.entry(inode).or_default();
            *count = count.checked_add(1).ok_or(Errno::MFILE)?;
        }
        Ok(())
    }

    /// Opens a directory: what is listed is what is there now.
    pub fn open_dir(&self, ino: u64) -> FsResult<u64> {
        Ok(self.handles.add(Handle::Dir(self.entries(ino)?)))
    }

    /// Runs `work` with the list of an open directory; with none where `handle` is 0.
    pub fn with_dir<T>(
        &self,
        handle: u64,
        work: impl FnOnce(Option<&[DentryId]>) -> FsResult<T>,
    ) -> FsResult<T> {
        if handle == 0 {
            return work(None);
        }
        match &*self.handles.get(handle)? {
            Handle::Dir(list) => work(Some(list)),
            Handle::File(_) => Err(Errno::NOTDIR),
        }
    }

    /// Closes a file or directory.
    pub fn release(&self, handle: u64) {
        let Some(handle) = self.handles.remove(handle) else { return };
        let (Handle::File(file), Some(edits)) = (&*handle, &self.edits) else { return };
        // What cannot be noted now is noted by whoever recovers the mount, from the data file's own time.
        let _ = self.settle_times(file.inode);
        let last = {
            let mut open = lock(&edits.open);
            let left = open.get_mut(&file.inode).map_or(0, |count| {
                *count = count.saturating_sub(1);
                *count
            });
            if left == 0 {
                open.remove(&file.inode);
            }
            left == 0
        };
        if last {
            self.forget_removed(&mut self.write_state(), file.inode);
        }
    }

    /// Takes the data files of an inode away that has no name and is not open.
    pub(super) fn forget_removed(&self, state: &mut State, inode: InodeId) {
        let Some(edits) = &self.edits else { return };
        if state.metadata.inode(inode).links() != 0 || lock(&edits.open).contains_key(&inode) {
            return;
        }
        let named =
            state.metadata.inode(inode).named_streams().map(|s| Stream::Named(s.name().units().to_vec()));
        for stream in [Stream::Data, Stream::Reparse].into_iter().chain(named.collect::<Vec<_>>()) {
            if let Some(upper) = state.contents.remove(&(inode, stream)) {
                // One that stays costs room in the folder until the mount ends.
                let _ = std::fs::remove_file(edits.path(upper.number));
            }
        }
    }

    /// Notes the time of the last write of a file, where it was written to since.
    pub(super) fn settle_times(&self, inode: InodeId) -> FsResult<()> {
        let key = (inode, Stream::Data);
        if self.read_state().contents.get(&key).is_none_or(|upper| upper.touched() == 0) {
            return Ok(());
        }
        let mut state = self.write_state();
        let Some(upper) = state.contents.get(&key).cloned() else { return Ok(()) };
        let time = upper.touch(0);
        if time == 0 {
            return Ok(());
        }
        let times = state.metadata.inode(inode).times();
        let times = [times.creation, times.access, time];
        self.change(&mut state, &Record::Times { inode: inode.0, times })
    }

    fn open_file(&self, handle: u64) -> FsResult<Arc<Handle>> {
        let handle = self.handles.get(handle)?;
        if matches!(*handle, Handle::File(_)) { Ok(handle) } else { Err(Errno::ISDIR) }
    }

    fn place(&self, state: &State, inode: InodeId, stream: &Stream) -> FsResult<Place> {
        if let Some(upper) = state.contents.get(&(inode, stream.clone())) {
            return Ok(Place::Written(upper.clone()));
        }
        let Some(slot) = state.slot(inode, stream) else { return Ok(Place::Empty) };
        let sha1 = state.metadata.inode(inode).sha1_at(slot);
        if sha1.is_zero() {
            return Ok(Place::Empty);
        }
        self.wim.blob(&sha1).map(|blob| Place::Stored(*blob)).ok_or(Errno::IO)
    }

    /// All of a stream that is small.
    pub(super) fn small(
        &self,
        state: &State,
        inode: InodeId,
        stream: &Stream,
        most: u64,
    ) -> FsResult<Vec<u8>> {
        match self.place(state, inode, stream)? {
            Place::Empty => Ok(Vec::new()),
            Place::Stored(blob) if blob.size > most => Err(Errno::TOOBIG),
            Place::Stored(blob) => self.stored(&blob, 0, blob.size),
            Place::Written(upper) if upper.len() > most => Err(Errno::TOOBIG),
            Place::Written(upper) => {
                let mut out = vec![0; upper.len() as usize];
                open(&self.edits()?.path(upper.number))?.read_exact_at(&mut out, 0).map_err(|e| io(&e))?;
                Ok(out)
            }
        }
    }

    fn stored(&self, blob: &StoredBlob, offset: u64, len: u64) -> FsResult<Vec<u8>> {
        let len = len.min(blob.size.saturating_sub(offset));
        let mut out = vec![0; len as usize];
        self.wim.read_blob_at(blob, offset, &mut out).map_err(|e| errno(&e))?;
        Ok(out)
    }

    /// Up to `len` bytes of a file from `offset`; fewer only at its end. `handle` is 0 where nothing can be written.
    pub fn read(&self, ino: u64, handle: u64, offset: u64, len: u32) -> FsResult<Vec<u8>> {
        let place = {
            let state = self.read_state();
            let inode = self.inode(&state, ino)?;
            if Kind::of(state.metadata.inode(inode)) == Kind::Directory {
                return Err(Errno::ISDIR);
            }
            self.place(&state, inode, &Stream::Data)?
        };
        match place {
            Place::Empty => Ok(Vec::new()),
            Place::Stored(blob) => self.stored(&blob, offset, len.into()),
            Place::Written(upper) => {
                let path = self.edits()?.path(upper.number);
                let len = u64::from(len).min(upper.len().saturating_sub(offset));
                let mut out = vec![0; len as usize];
                let file = match handle {
                    0 => Arc::new(open(&path)?),
                    handle => match &*self.open_file(handle)? {
                        Handle::File(open) => open.file(upper.number, &path)?,
                        Handle::Dir(_) => return Err(Errno::ISDIR),
                    },
                };
                file.read_exact_at(&mut out, offset).map_err(|e| io(&e))?;
                Ok(out)
            }
        }
    }

    /// Writes to an open file.
    pub fn write(&self, handle: u64, offset: u64, data: &[u8]) -> FsResult<()> {
        let handle = self.open_file(handle)?;
        let Handle::File(open) = &*handle else { return Err(Errno::ISDIR) };
        if !open.writes {
            return Err(Errno::BADF);
        }
        let end = offset.checked_add(data.len() as u64).ok_or(Errno::FBIG)?;
        let (upper, file) = self.writable(open.inode, Some(open), u64::MAX)?;
        file.write_all_at(data, offset).map_err(|e| io(&e))?;
        upper.grow(end);
        self.touched(open.inode, &upper)
    }

    /// Notes that a file was written to just now.
    fn touched(&self, inode: InodeId, upper: &Upper) -> FsResult<()> {
        if upper.touch(now()) == 0 {
            let mut state = self.write_state();
            if !state.dirty.contains(&inode) {
                self.change(&mut state, &Record::Touched { inode: inode.0 })?;
            }
        }
        Ok(())
    }

    /// The data file of an inode, open for writing. Contents that are in the WIM so far are copied, up to `most` bytes.
    fn writable(
        &self,
        inode: InodeId,
        handle: Option<&OpenFile>,
        most: u64,
    ) -> FsResult<(Arc<Upper>, Arc<File>)> {
        let edits = self.edits()?;
        let found = |written: Written| -> FsResult<Option<(Arc<Upper>, Arc<File>)>> {
            let Some(upper) = written else { return Ok(None) };
            let path = edits.path(upper.number);
            let file = match handle {
                Some(handle) => handle.file(upper.number, &path)?,
                None => Arc::new(open(&path)?),
            };
            Ok(Some((upper, file)))
        };
        let key = (inode, Stream::Data);
        if let Some(found) = found(self.read_state().contents.get(&key).cloned())? {
            return Ok(found);
        }
        let _one = lock(&edits.copying);
        let place = {
            let state = self.read_state();
            state.slot(inode, &Stream::Data).ok_or(Errno::OPNOTSUPP)?;
            match self.place(&state, inode, &Stream::Data) {
                // Nothing of it is wanted, so it may be missing.
                Err(_) if most == 0 => Place::Empty,
                place => place?,
            }
        };
        let (number, mut file) = edits.create_file()?;
        let mut len = 0;
        match place {
            Place::Written(upper) => {
                let _ = std::fs::remove_file(edits.path(number));
                return found(Some(upper))?.ok_or(Errno::IO);
            }
            Place::Empty => {}
            Place::Stored(blob) => {
                let end = blob.size.min(most);
                while len < end {
                    let piece = self.stored(&blob, len, PIECE.min(end - len))?;
                    file.write_all(&piece).map_err(|e| io(&e))?;
                    len += piece.len() as u64;
                }
            }
        }
        let file = Arc::new(file);
        let mut state = self.write_state();
        self.change(&mut state, &Record::Content { inode: inode.0, stream: Stream::Data, file: number })?;
        let upper = state.contents.get(&key).cloned().ok_or(Errno::IO)?;
        upper.set_len(len);
        if let Some(handle) = handle {
            handle.keep(number, file.clone());
        }
        Ok((upper, file))
    }

    /// Makes a file shorter or longer.
    pub fn truncate(&self, ino: u64, len: u64) -> FsResult<()> {
        self.edits()?;
        let inode = {
            let state = self.read_state();
            let inode = self.inode(&state, ino)?;
            if Kind::of(state.metadata.inode(inode)) != Kind::File {
                return Err(Errno::INVAL);
            }
            // One whose contents are missing has no size either, and can be emptied.
            let known = state.contents.contains_key(&(inode, Stream::Data))
                || state.metadata.inode(inode).data_sha1().is_zero();
            if self.attr_of(&state, inode).size == 0 && len == 0 && known {
                return Ok(());
            }
            inode
        };
        let (upper, file) = self.writable(inode, None, len)?;
        file.set_len(len).map_err(|e| io(&e))?;
        upper.set_len(len);
        self.touched(inode, &upper)
    }

    /// Allocates, zeroes or frees a part of an open file.
    pub fn allocate(&self, handle: u64, offset: u64, len: u64, mode: u32) -> FsResult<()> {
        let known = FallocateFlags::KEEP_SIZE | FallocateFlags::PUNCH_HOLE | FallocateFlags::ZERO_RANGE;
        let mode = FallocateFlags::from_bits_retain(mode);
        if !known.contains(mode) {
            return Err(Errno::OPNOTSUPP);
        }
        let handle = self.open_file(handle)?;
        let Handle::File(open) = &*handle else { return Err(Errno::ISDIR) };
        if !open.writes {
            return Err(Errno::BADF);
        }
        let end = offset.checked_add(len).ok_or(Errno::FBIG)?;
        let (upper, file) = self.writable(open.inode, Some(open), u64::MAX)?;
        rustix::fs::fallocate(&*file, mode, offset, len)?;
        if !mode.contains(FallocateFlags::KEEP_SIZE) {
            upper.grow(end);
        }
        self.touched(open.inode, &upper)
    }

    /// Returns when what was written to an open file, and every change of names before, would survive a loss of power.
    pub fn sync(&self, handle: u64) -> FsResult<()> {
        let Some(edits) = &self.edits else { return Ok(()) };
        if handle != 0
            && let Handle::File(open) = &*self.handles.get(handle)?
        {
            self.settle_times(open.inode)?;
            if let Some(file) = open.opened() {
                file.sync_data().map_err(|e| io(&e))?;
                // The data file's own name has to be on the disk too.
                let upper = self.read_state().contents.get(&(open.inode, Stream::Data)).cloned();
                if let Some(folder) = upper.and_then(|u| edits.path(u.number).parent().map(PathBuf::from)) {
                    File::open(folder).and_then(|f| f.sync_all()).map_err(|e| io(&e))?;
                }
            }
        }
        lock(&edits.journal).sync()
    }
}
