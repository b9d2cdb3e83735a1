//! The steps of a sweep: small resources in groups, large ones as lanes.

use super::UNIT;
use crate::error::Result;
use crate::wim::file::WimFile;
use crate::wim::resource::Layout;
use crate::wim::solid::StoredBlob;
use std::ops::Range;

/// A step of the sweep.
pub(super) enum Work {
    /// Blobs `0` of the list, each a small resource of its own.
    Small(Range<usize>),
    /// A large resource: lane `0`.
    Lane(usize),
}

pub(super) struct Plan {
    pub work: Vec<Work>,
    /// The blobs that are wanted of each large resource.
    pub lanes: Vec<Range<usize>>,
}

impl Plan {
    pub fn new(file: &WimFile, blobs: &[StoredBlob]) -> Result<Self> {
        let mut plan = Self { work: Vec::new(), lanes: Vec::new() };
        let mut at = 0;
        let mut small = (0, 0);
        while at < blobs.len() {
            let (resource, _) = file.place(&blobs[at])?;
            if resource.layout != Layout::Solid && resource.size <= UNIT {
                small.1 += resource.size;
                at += 1;
                if small.1 >= UNIT {
                    plan.work.push(Work::Small(small.0..at));
                    small = (at, 0);
                }
                continue;
            }
            if small.0 < at {
                plan.work.push(Work::Small(small.0..at));
            }
            let end = at + blobs[at..].iter().take_while(|b| b.resource == blobs[at].resource).count();
            plan.work.push(Work::Lane(plan.lanes.len()));
            plan.lanes.push(at..end);
            at = end;
            small = (at, 0);
        }
        if small.0 < at {
            plan.work.push(Work::Small(small.0..at));
        }
        Ok(plan)
    }
}
