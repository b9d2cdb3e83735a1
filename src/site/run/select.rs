//! Which updates a run works with, and in which order.

use super::execute::{Stopped, Work};
use crate::error::{Error, ErrorKind, Result};
use crate::site::model::Update;
use std::collections::HashSet;

/// The order of work: servicing stacks first; .NET last, since it leaves operations pending.
const ORDER: [&str; 4] = ["servicing_stack", "update", "cumulative", "dotnet"];

impl Work<'_> {
    /// The updates, in the order of work. Empty only where nothing is offered for a schedule that takes what is.
    pub(super) fn select(&self) -> Result<Vec<Update>, Stopped> {
        let site = self.site;
        if self.schedule.selection == "updates" {
            // As they were listed: who lists them decides.
            return Ok(self.schedule.updates.iter().map(|id| self.update(*id)).collect::<Result<_>>()?);
        }
        let offer = site.offer(self.package, self.progress)?;
        let offered: HashSet<i64> =
            offer.updates.iter().filter(|e| e.offered).map(|e| e.status.update).collect();
        let mut updates = site.updates()?;
        let cumulative_there = updates.iter().any(|u| u.class == "cumulative");
        updates.retain(|u| offered.contains(&u.id));
        if self.schedule.selection == "latest_cumulative" {
            if !cumulative_there {
                let why = "no cumulative update (Package_for_RollupFix) was imported";
                return Err(Error::new(ErrorKind::NotFound, why).into());
            }
            updates.retain(|u| u.class == "cumulative");
            let newest = updates.into_iter().max_by_key(version);
            return Ok(newest.into_iter().collect());
        }
        updates.sort_by_key(|u| {
            (ORDER.iter().position(|c| *c == u.class).unwrap_or(1), u.created.clone(), version(u), u.id)
        });
        Ok(updates)
    }

    fn update(&self, id: i64) -> Result<Update> {
        self.site
            .db
            .read(|tx| tx.update(id))?
            .ok_or_else(|| Error::new(ErrorKind::NotFound, format!("update {id} was removed")))
    }
}

fn version(update: &Update) -> [u16; 4] {
    let mut numbers = [0; 4];
    let parts = update.version.as_deref().unwrap_or_default().split('.');
    numbers.iter_mut().zip(parts).for_each(|(n, part)| *n = part.parse().unwrap_or(0));
    numbers
}
