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
/// Members above this size are streamed by the decoding thread instead of being handed over whole.
const WHOLE: u64 = 16 << 20;

/// One decoded member.
#[derive(Clone)]
pub(super) struct Decoded {
    pub name: String,
    pub content: Staged,
    pub modified: Option<SystemTime>,
}

/// Decodes every member of `cabinet`, folders in parallel. Members come in the cabinet's order.
pub(super) fn decode(cabinet: &Cabinet, area: &StagingArea, meter: &Meter) -> Result<Vec<Decoded>> {
    let sink = Mutex::new(Vec::with_capacity(cabinet.members().len()));
    let waiting = AtomicU64::new(0);
    let keep = |order: usize, name: &str, modified, content: Result<Staged>| {
        let content = content.map_err(|e| e.with_path(name));
        let counted = content.and_then(|content| {
            meter.done(name, 0)?;
            Ok((order, Decoded { name: name.to_owned(), content, modified }))
        });
        sink.lock().unwrap_or_else(PoisonError::into_inner).push(counted);
    };
    (0..cabinet.folders().len()).into_par_iter().try_for_each(|folder| {
        rayon::in_place_scope(|scope| {
            cabinet.read_folder(folder, |member, reader: &mut dyn Read| {
                let order = member.index;
                let size = member.size;
                let (name, modified) = (member.name.clone(), modified(member));
                if size > WHOLE {
                    keep(order, &name, modified, area.put_reader(reader, size));
                    return meter.add_bytes(size);
                }
                let mut data = Vec::with_capacity(size as usize);
                reader
                    .read_to_end(&mut data)
                    .map_err(|e| Error::from_io("decode a member", e).with_path(&name))?;
                if waiting.load(Relaxed) > WAITING {
                    keep(order, &name, modified, area.put(data));
                } else {
                    waiting.fetch_add(size, Relaxed);
                    let (waiting, keep) = (&waiting, &keep);
                    scope.spawn(move |_| {
                        keep(order, &name, modified, area.put(data));
                        waiting.fetch_sub(size, Relaxed);
                    });
                }
                meter.add_bytes(size)
            })
        })
    })?;
    let mut members: Vec<_> =
        sink.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().collect::<Result<_>>()?;
    members.sort_by_key(|(order, _)| *order);
    Ok(members.into_iter().map(|(_, member)| member).collect())
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
