//! The writing itself: directories level by level, then files as their blobs are decoded.

use super::dest::Dest;
use super::new_file::{NewFile, write_failed};
use super::plan::{Place, Plan};
use super::report::{ExtractReport, Log, sentence};
use crate::base::{Meter, Sha1Digest};
use crate::error::{Error, ErrorKind, Result};
use crate::wim::metadata::{DentryId, Inode, Metadata, attributes};
use crate::wim::solid::StoredBlob;
use crate::wim::sweep::Visitor;
use crate::wim::xml::FileTime;
use rayon::prelude::*;
use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::{File, FileTimes};
use std::io::{self, Seek};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::SystemTime;

pub(super) struct Writer<'a> {
    pub plan: &'a Plan,
    pub metadata: &'a Metadata,
    pub dest: &'a Dest,
    pub log: &'a Log<'a>,
    pub overwrite: bool,
    /// Extended attributes are set.
    pub xattrs: bool,
    pub meter: &'a Meter,
    /// Directories that cannot be written into, and so nothing below them.
    pub closed: Vec<AtomicBool>,
    /// Files whose data is there.
    pub written: Vec<AtomicBool>,
    /// The reparse data of links, or what was wrong with it.
    pub link_data: Mutex<HashMap<Sha1Digest, Result<Vec<u8>>>>,
    /// The links that were made, and what they say.
    pub made_links: Mutex<HashMap<DentryId, OsString>>,
    pub counts: Counts,
}

#[derive(Default)]
pub(super) struct Counts {
    directories: AtomicU64,
    files: AtomicU64,
    pub hard_links: AtomicU64,
    pub symlinks: AtomicU64,
    pub outward_links: AtomicU64,
    pub foreign_links: AtomicU64,
    bytes: AtomicU64,
    /// Entries whose tagged items were all carried out.
    pub tagged_items: AtomicU64,
}

/// A large blob while its bytes come in.
pub(super) struct Incoming<'a> {
    /// The first file of the blob that could be made.
    file: Option<(usize, NewFile<'a>)>,
    /// The bytes, where links want them.
    link: Option<Vec<u8>>,
}

impl<'a> Writer<'a> {
    pub fn new(
        plan: &'a Plan,
        metadata: &'a Metadata,
        dest: &'a Dest,
        log: &'a Log<'a>,
        overwrite: bool,
        meter: &'a Meter,
    ) -> Self {
        let flags = |n: usize| (0..n).map(|_| AtomicBool::new(false)).collect();
        let (closed, written) = (flags(plan.dirs.len()), flags(plan.files.len()));
        let (link_data, made_links, counts) = (Mutex::default(), Mutex::default(), Counts::default());
        let xattrs = false;
        Self {
            plan,
            metadata,
            dest,
            log,
            overwrite,
            xattrs,
            meter,
            closed,
            written,
            link_data,
            made_links,
            counts,
        }
    }

    /// Makes all directories, a level at a time, those of one parent together.
    pub fn directories(&self) -> Result<()> {
        self.counts.directories.store(1, Relaxed);
        self.meter.done("\\", 0)?;
        let mut rest = self.plan.dirs.get(1..).unwrap_or_default();
        let mut first = 1;
        while let Some(depth) = rest.first().map(|d| d.depth) {
            let level = rest.partition_point(|d| d.depth == depth);
            let ids: Vec<usize> = (first..first + level).collect();
            let groups: Vec<&[usize]> =
                ids.chunk_by(|&a, &b| self.plan.dirs[a].parent == self.plan.dirs[b].parent).collect();
            groups.par_iter().try_for_each(|group| self.siblings(group))?;
            first += level;
            rest = &rest[level..];
        }
        Ok(())
    }

    fn siblings(&self, ids: &[usize]) -> Result<()> {
        let Some(&id) = ids.first() else { return Ok(()) };
        let parent = self.plan.dirs[id].parent;
        let opened = self.open_for(parent).and_then(|()| self.dest.dir(&self.plan.path(parent)));
        for &id in ids {
            let dir = &self.plan.dirs[id];
            let made = match &opened {
                Ok(parent) => parent.make_dir(&dir.name),
                Err(e) => Err(again(e)),
            };
            match made {
                Ok(()) => {
                    self.counts.directories.fetch_add(1, Relaxed);
                }
                Err(e) => {
                    self.closed[id].store(true, Relaxed);
                    self.log.entry(dir.dentry, e)?;
                }
            }
            self.done(dir.dentry, 0)?;
        }
        Ok(())
    }

    /// An error where the directory could not be made.
    pub fn open_for(&self, dir: usize) -> Result<()> {
        if self.closed[dir].load(Relaxed) {
            return Err(Error::new(ErrorKind::NotFound, "its directory could not be made"));
        }
        Ok(())
    }

    /// Makes the files without data.
    pub fn empty_files(&self) -> Result<()> {
        self.plan.empty.par_iter().try_for_each(|&file| match self.create(file) {
            Ok(new) => self.finish(file, new, 0, 0),
            Err(e) => self.refuse(file, &e),
        })
    }

    pub fn first(&self, file: usize) -> &'a Place {
        &self.plan.files[file].places[0]
    }

    /// Whether what lies at `place` already is replaced.
    pub fn replaces(&self, place: &Place) -> bool {
        self.overwrite && !place.variant
    }

    fn create(&self, file: usize) -> Result<NewFile<'a>> {
        let place = self.first(file);
        self.open_for(place.dir)?;
        let dir = self.plan.path(place.dir);
        let (handle, aside) = self.dest.create(&dir, &place.name, self.replaces(place))?;
        let inode = self.metadata.inode(self.plan.files[file].inode);
        let sparse = inode.attributes() & attributes::SPARSE_FILE != 0;
        Ok(NewFile { dest: self.dest, dir, name: &place.name, aside, handle, sparse, whole: false })
    }

    /// Times, count and report of a file that has all its `bytes`; `new` of them have not been counted yet.
    fn finish(&self, file: usize, mut written: NewFile<'_>, bytes: u64, new: u64) -> Result<()> {
        let (inode, place) = (self.plan.files[file].inode, self.first(file));
        let (access, write) = times(self.metadata.inode(inode));
        let times = FileTimes::new().set_accessed(access).set_modified(write);
        if written.sparse
            && let Err(e) = written.handle.set_len(bytes)
        {
            return self.refuse(file, &write_failed(e));
        }
        self.carry_xattrs(self.metadata.inode(inode), self.plan.files[file].places.len(), |name, value| {
            super::dest::set_xattr(&written.handle, name, value)
        });
        let timed = written.handle.set_times(times);
        if let Err(e) = written.keep() {
            return self.refuse(file, &e);
        }
        if let Err(e) = timed {
            self.log.entry(place.dentry, Error::from_io("set the file's times", e))?;
        }
        self.written[file].store(true, Relaxed);
        self.counts.files.fetch_add(1, Relaxed);
        self.counts.bytes.fetch_add(bytes, Relaxed);
        self.done(place.dentry, new)
    }

    pub fn done(&self, dentry: DentryId, bytes: u64) -> Result<()> {
        self.meter.done_with(|| self.metadata.dentry(dentry).name().to_string(), bytes)
    }

    /// Records that a file and so all its names cannot be written.
    fn refuse(&self, file: usize, e: &Error) -> Result<()> {
        for place in &self.plan.files[file].places {
            self.log.entry(place.dentry, again(e))?;
            self.done(place.dentry, 0)?;
        }
        Ok(())
    }

    fn put(&self, file: usize, data: &[u8]) -> Result<()> {
        let written = self.create(file).and_then(|mut new| {
            new.write(data)?;
            Ok(new)
        });
        match written {
            Ok(new) => self.finish(file, new, data.len() as u64, data.len() as u64),
            Err(e) => self.refuse(file, &e),
        }
    }

    /// A further file with the bytes of one that is whole.
    fn copy(&self, file: usize, from: &mut File, size: u64) -> Result<()> {
        let written = self.create(file).and_then(|mut new| {
            from.rewind().and_then(|()| io::copy(from, &mut new.handle)).map_err(write_failed)?;
            Ok(new)
        });
        match written {
            Ok(new) => self.finish(file, new, size, size),
            Err(e) => self.refuse(file, &e),
        }
    }

    fn files_of(&self, blob: &StoredBlob) -> &'a [usize] {
        self.plan.uses.get(&blob.sha1).map_or(&[], |wanted| &wanted.files)
    }

    fn is_link(&self, blob: &StoredBlob) -> bool {
        self.plan.uses.get(&blob.sha1).is_some_and(|wanted| wanted.link)
    }

    fn keep_link(&self, blob: &StoredBlob, data: Result<Vec<u8>>) {
        self.link_data.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(blob.sha1, data);
    }

    /// Gives directories their times, once nothing is written into them any more.
    pub fn directory_times(&self) {
        let log = |id: usize, result: Result<()>| {
            if let Err(e) = result {
                // Everything is written; even no space left would not undo that.
                let _ = self.log.entry(self.plan.dirs[id].dentry, e);
            }
        };
        let of = |id: usize| times(self.metadata.inode_of(self.plan.dirs[id].dentry));
        let ids: Vec<usize> = (1..self.plan.dirs.len()).collect();
        let groups: Vec<&[usize]> =
            ids.chunk_by(|&a, &b| self.plan.dirs[a].parent == self.plan.dirs[b].parent).collect();
        groups.par_iter().flat_map_iter(|group| group.chunks(256)).for_each(|group| {
            let parent = self.dest.dir(&self.plan.path(self.plan.dirs[group[0]].parent));
            for &id in group.iter().filter(|&&id| !self.closed[id].load(Relaxed)) {
                let parent = parent.as_ref().map_err(again);
                log(id, parent.and_then(|p| p.set_child_times(&self.plan.dirs[id].name, of(id))));
            }
        });
        if self.plan.whole {
            log(0, self.dest.dir(&self.plan.path(0)).and_then(|dir| dir.set_times(of(0))));
        }
    }

    pub fn report(&self) -> ExtractReport {
        let counts = &self.counts;
        let mut report = ExtractReport {
            directories: counts.directories.load(Relaxed),
            files: counts.files.load(Relaxed),
            hard_links: counts.hard_links.load(Relaxed),
            symlinks: counts.symlinks.load(Relaxed),
            outward_links: counts.outward_links.load(Relaxed),
            bytes: counts.bytes.load(Relaxed),
            ..self.plan.report()
        };
        report.left_out.foreign_links = counts.foreign_links.load(Relaxed);
        report.left_out.tagged_items -= counts.tagged_items.load(Relaxed).min(report.left_out.tagged_items);
        report
    }
}

impl<'a> Visitor for Writer<'a> {
    type State = Incoming<'a>;

    fn whole(&self, blob: &StoredBlob, data: &[u8]) -> Result<()> {
        if self.is_link(blob) {
            self.keep_link(blob, Ok(data.to_vec()));
        }
        self.files_of(blob).iter().try_for_each(|&file| self.put(file, data))
    }

    fn begin(&self, blob: &StoredBlob) -> Result<Self::State> {
        let link = self.is_link(blob).then(Vec::new);
        for &file in self.files_of(blob) {
            match self.create(file) {
                Ok(new) => return Ok(Incoming { file: Some((file, new)), link }),
                Err(e) => self.refuse(file, &e)?,
            }
        }
        Ok(Incoming { file: None, link })
    }

    fn data(&self, state: &mut Self::State, data: &[u8]) -> Result<()> {
        if let Some(link) = &mut state.link {
            link.extend_from_slice(data);
        }
        if let Some((file, new)) = &mut state.file {
            if let Err(e) = new.write(data) {
                let file = *file;
                state.file = None;
                return self.refuse(file, &e);
            }
            self.meter.add_bytes(data.len() as u64)?;
        }
        Ok(())
    }

    fn end(&self, blob: &StoredBlob, state: Self::State) -> Result<()> {
        if let Some(data) = state.link {
            self.keep_link(blob, Ok(data));
        }
        let Some((file, mut new)) = state.file else { return Ok(()) };
        for &copy in self.files_of(blob).iter().skip_while(|&&f| f != file).skip(1) {
            self.copy(copy, &mut new.handle, blob.size)?;
        }
        self.finish(file, new, blob.size, 0)
    }

    fn failed(&self, blob: &StoredBlob, state: Option<Self::State>, error: Error) -> Result<()> {
        if self.is_link(blob) {
            self.keep_link(blob, Err(again(&error)));
        }
        // Those before the one that is open have been reported when they could not be made.
        let open = state.map(|state| state.file.as_ref().map(|(file, _)| *file));
        let reported = |file: &usize| match open {
            None => false,
            Some(Some(open)) => *file != open,
            Some(None) => true,
        };
        self.files_of(blob).iter().skip_while(|f| reported(f)).try_for_each(|&f| self.refuse(f, &error))
    }
}

/// The same error for one more entry.
pub(super) fn again(e: &Error) -> Error {
    Error::new(e.kind(), sentence(e))
}

/// Last access and last write of an inode.
pub(super) fn times(inode: &Inode) -> (SystemTime, SystemTime) {
    let times = inode.times();
    (FileTime(times.access).into(), FileTime(times.write).into())
}
