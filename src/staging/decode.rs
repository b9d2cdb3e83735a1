//! Decoding: every member of a cabinet into the staging area, each folder once, hashing off the decoding thread.

use super::{Staged, StagingArea};
use crate::base::Meter;
use crate::error::{Error, Result};
use crate::package::cab::{Cabinet, Member};
use rayon::prelude::*;
use std::io::Read;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

/// Bytes that may wait to be hashed before the decoding thread hashes them itself.
const WAITING: u64 = 64 << 20;
/// Small members are kept and handed over together, this many bytes at a time.
const BATCH: usize = 1 << 20;
/// Members above this size are streamed by the decoding thread instead of being handed over whole.
const WHOLE: u64 = 16 << 20;

/// One decoded member.
#[derive(Clone)]
pub(super) struct Decoded {
    pub name: String,
    pub content: Staged,
    pub modified: Option<SystemTime>,
}

/// Decoded members one after the other.
#[derive(Default)]
struct Batch {
    data: Vec<u8>,
    ends: Vec<usize>,
    members: Vec<Heading>,
}

/// What a member is called: its place in the cabinet, its name and its time.
type Heading = (usize, String, Option<SystemTime>);

struct Job<'a> {
    area: &'a StagingArea,
    meter: &'a Meter,
    ready: &'a (dyn Fn(usize, &Decoded) + Sync),
    waiting: AtomicU64,
    /// By the members' places in the cabinet.
    done: Mutex<Vec<(usize, Decoded)>>,
    failed: Mutex<Option<Error>>,
}

/// Decodes every member of `cabinet`, folders in parallel, and shows each to `ready`, with its place in the cabinet,
/// while others are still being decoded. Members come in the cabinet's order.
pub(super) fn decode(
    cabinet: &Cabinet,
    area: &StagingArea,
    meter: &Meter,
    ready: &(dyn Fn(usize, &Decoded) + Sync),
) -> Result<Vec<Decoded>> {
    let job = Job {
        area,
        meter,
        ready,
        waiting: AtomicU64::new(0),
        done: Mutex::new(Vec::with_capacity(cabinet.members().len())),
        failed: Mutex::default(),
    };
    let folders = (0..cabinet.folders().len()).into_par_iter();
    folders.try_for_each(|folder| rayon::in_place_scope(|scope| job.folder(cabinet, folder, scope)))?;
    if let Some(error) = job.failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    let mut members = job.done.into_inner().unwrap_or_else(PoisonError::into_inner);
    members.sort_by_key(|(order, _)| *order);
    Ok(members.into_iter().map(|(_, member)| member).collect())
}

impl Job<'_> {
    fn folder<'s>(&'s self, cabinet: &Cabinet, folder: usize, scope: &rayon::Scope<'s>) -> Result<()> {
        let mut batch = Batch::default();
        cabinet.read_folder(folder, |member, reader: &mut dyn Read| {
            let heading = (member.index, member.name.clone(), modified(member));
            if member.size > WHOLE {
                let content = self.area.put_reader(reader, member.size);
                self.keep(heading, content.map_err(|e| e.with_path(&member.name))?)?;
                return self.meter.add_bytes(member.size);
            }
            let size = member.size as usize;
            if batch.data.len() + size > BATCH && !batch.ends.is_empty() {
                self.hand_over(std::mem::take(&mut batch), scope);
            }
            if batch.ends.is_empty() {
                batch.data.reserve_exact(size.max(BATCH));
            }
            reader
                .read_to_end(&mut batch.data)
                .map_err(|e| Error::from_io("decode a member", e).with_path(&member.name))?;
            batch.ends.push(batch.data.len());
            batch.members.push(heading);
            self.meter.add_bytes(member.size)
        })?;
        self.hand_over(batch, scope);
        Ok(())
    }

    /// Gives a batch to another thread, if there is one and it keeps up.
    fn hand_over<'s>(&'s self, batch: Batch, scope: &rayon::Scope<'s>) {
        let size = batch.data.len() as u64;
        if rayon::current_num_threads() == 1 || self.waiting.load(Relaxed) > WAITING {
            return self.finish(batch);
        }
        self.waiting.fetch_add(size, Relaxed);
        scope.spawn(move |_| {
            self.finish(batch);
            self.waiting.fetch_sub(size, Relaxed);
        });
    }

    fn finish(&self, batch: Batch) {
        let kept = self.area.put_all(batch.data, &batch.ends);
        let done = kept.and_then(|contents| {
            batch
                .members
                .into_iter()
                .zip(contents)
                .try_for_each(|(heading, content)| self.keep(heading, content))
        });
        if let Err(error) = done {
            self.failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        }
    }

    fn keep(&self, (order, name, modified): Heading, content: Staged) -> Result<()> {
        let member = Decoded { name, content, modified };
        (self.ready)(order, &member);
        self.meter.done(&member.name, 0)?;
        self.done.lock().unwrap_or_else(PoisonError::into_inner).push((order, member));
        Ok(())
    }
}

/// A member's DOS date and time, taken as UTC: cabinets do not say which zone they mean.
fn modified(member: &Member) -> Option<SystemTime> {
    let (date, clock) = (member.date, member.time);
    let month = time::Month::try_from((date >> 5 & 15) as u8).ok()?;
    let date = time::Date::from_calendar_date(1980 + i32::from(date >> 9), month, (date & 31) as u8).ok()?;
    let clock =
        time::Time::from_hms((clock >> 11) as u8, (clock >> 5 & 63) as u8, (clock & 31) as u8 * 2).ok()?;
    Some(date.with_time(clock).assume_utc().into())
}
