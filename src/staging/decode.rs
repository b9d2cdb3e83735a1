//! Decoding: every member of a cabinet into the staging area, each folder once, hashing off the decoding thread.

use super::{Staged, StagingArea};
use crate::base::Meter;
use crate::error::{Error, Result};
use crate::package::cab::Cabinet;
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
    (0..cabinet.folders()).into_par_iter().try_for_each(|folder| {
        rayon::in_place_scope(|scope| {
            cabinet.read_folder(folder, &mut |order, member, reader: &mut dyn Read| {
                let size = member.size;
                let (name, modified) = (member.name.clone(), member.modified());
                if size > WHOLE {
                    keep(order, &name, modified, area.put_reader(reader, size));
                    return meter.add_bytes(size);
                }
                let mut data = Vec::with_capacity(size as usize);
                reader.read_to_end(&mut data).map_err(|e| Error::from_io("decode a member", e).with_path(&name))?;
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
