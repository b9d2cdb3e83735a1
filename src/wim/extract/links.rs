//! Further names of files, symbolic links and junctions: made when all files are written.

use super::dest::{OpenDir, link_target};
use super::plan::Place;
use super::reparse::{Target, target};
use super::write::{Writer, again, times};
use crate::base::Name;
use crate::error::{Error, ErrorKind, Result};
use crate::wim::metadata::DentryId;
use rayon::prelude::*;
use std::collections::HashMap;
use std::ffi::OsString;
use std::sync::PoisonError;
use std::sync::atomic::Ordering::Relaxed;

impl Writer<'_> {
    /// Gives files their further names.
    pub fn hard_links(&self) -> Result<()> {
        let mut linked: Vec<usize> = (0..self.plan.files.len())
            .filter(|&f| self.plan.files[f].places.len() > 1 && self.written[f].load(Relaxed))
            .collect();
        linked.sort_by_key(|&file| self.first(file).dir);
        // Those whose first names lie in one directory together: it is opened once for some of them.
        let groups: Vec<&[usize]> = linked
            .chunk_by(|&a, &b| self.first(a).dir == self.first(b).dir)
            .flat_map(|g| g.chunks(256))
            .collect();
        groups.par_iter().try_for_each(|group| {
            let Some(&file) = group.first() else { return Ok(()) };
            let from = self.dest.dir(&self.plan.path(self.first(file).dir));
            for &file in *group {
                let first = self.first(file);
                for place in &self.plan.files[file].places[1..] {
                    match self.hard_link(&from, first, place) {
                        Ok(()) => {
                            self.counts.hard_links.fetch_add(1, Relaxed);
                        }
                        Err(e) => self.log.entry(place.dentry, e)?,
                    }
                    self.done(place.dentry, 0)?;
                }
            }
            Ok(())
        })
    }

    fn hard_link(&self, from: &Result<OpenDir>, first: &Place, place: &Place) -> Result<()> {
        let from = from.as_ref().map_err(again)?;
        self.open_for(place.dir)?;
        let dir = self.dest.dir(&self.plan.path(place.dir))?;
        dir.hard_link(from, &first.name, &place.name, self.replaces(place))
    }

    /// Makes symbolic links, junctions among them.
    pub fn symlinks(&self) -> Result<()> {
        for place in &self.plan.symlinks {
            match self.symlink(place) {
                Ok(count) => {
                    count.fetch_add(1, Relaxed);
                }
                Err(e) => self.log.entry(place.dentry, e)?,
            }
            self.done(place.dentry, 0)?;
        }
        Ok(())
    }

    /// What the links that were made say, as the metadata file has it.
    pub fn link_texts(&self) -> HashMap<DentryId, Name> {
        let made = self.made_links.lock().unwrap_or_else(PoisonError::into_inner);
        let text =
            |(id, target): (&DentryId, &OsString)| Some((*id, Name::from_wtf8(target.as_encoded_bytes())?));
        made.iter().filter_map(text).collect()
    }

    /// Makes one; gives the count that it belongs to.
    fn symlink(&self, place: &Place) -> Result<&std::sync::atomic::AtomicU64> {
        let inode = self.metadata.inode_of(place.dentry);
        let sha1 = inode.reparse_sha1().unwrap_or_default();
        let data = self.link_data.lock().unwrap_or_else(PoisonError::into_inner);
        let data = match data.get(&sha1) {
            Some(Ok(data)) => data.as_slice(),
            Some(Err(e)) => return Err(again(e)),
            None => return Err(Error::new(ErrorKind::Internal, "the link's target was not read")),
        };
        let tag = inode.reparse_tag().unwrap_or_default();
        let Target::Path { up, down, outward } = target(self.metadata, place.dentry, tag, data)? else {
            self.log.absent(place.dentry);
            return Ok(&self.counts.foreign_links);
        };
        self.open_for(place.dir)?;
        let dir = self.dest.dir(&self.plan.path(place.dir))?;
        let target = link_target(up, &down);
        dir.symlink(&target, &place.name, self.replaces(place), times(inode))?;
        let mut made = self.made_links.lock().unwrap_or_else(PoisonError::into_inner);
        made.insert(place.dentry, target);
        drop(made);
        self.counts.outward_links.fetch_add(outward.into(), Relaxed);
        Ok(&self.counts.symlinks)
    }
}
