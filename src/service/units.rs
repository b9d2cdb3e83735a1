//! Units: an update is laid into all of its indexes and registered there, or into none.
//!
//! Everything is made in memory, so there is nothing to take back: when an update fails anywhere, all is made again as if
//! it had not been given. That costs a little only where something fails, and what comes out cannot hold a trace of it.

use super::Level;
use super::deliver::{Applying, Original, deliver};
use super::install::install;
use super::lay::lay;
use super::load::{Content, Loaded, label};
use super::plan::{Decision, Plan};
use super::receipt::{HiveChange, IndexRecord, IndexRegistration};
use super::register::{Laid, UnitError, register};
use super::session::Session;
use crate::base::{Meter, Progress};
use crate::error::{Error, ErrorKind, Result};
use crate::wim::overlay::Overlay;
use rayon::prelude::*;

/// What was made of a plan: every index, the changes of hives, and the updates that failed, which the plan tells too.
pub(super) struct Made {
    pub indexes: Vec<Laid>,
    pub hives: Vec<HiveChange>,
    pub failures: Vec<(usize, Error)>,
}

/// Makes what `plan` says, in memory. An update that fails is taken out of the plan.
pub(super) fn make(session: &Session, plan: &mut Plan, meter: &Meter, progress: &Progress) -> Result<Made> {
    let mut failures: Vec<(usize, Error)> = Vec::new();
    loop {
        progress.check()?;
        match attempt(session, plan, meter, failures.is_empty()) {
            Ok((indexes, hives)) => return Ok(Made { indexes, hives, failures }),
            Err(UnitError { update: Some(update), index, error }) if error.kind() != ErrorKind::Cancelled => {
                plan.fail(&session.updates[update].path, index, &error);
                failures.push((update, error));
            }
            Err(UnitError { error, .. }) => return Err(error),
        }
    }
}

/// One attempt; the first update that fails ends it.
fn attempt(
    session: &Session,
    plan: &Plan,
    meter: &Meter,
    first: bool,
) -> Result<(Vec<Laid>, Vec<HiveChange>), UnitError> {
    let attempts: Vec<Result<Laid, UnitError>> = session
        .indexes
        .par_iter()
        .map(|&index| {
            let laid = lay_index(session, plan, index)?;
            if first {
                let told = meter.done(&laid.record.name, 0);
                told.map_err(|error| UnitError { update: None, index, error })?;
            }
            Ok(laid)
        })
        .collect();
    // The same update is the first to fail, however the threads ran.
    let (mut laid, mut failed) = (Vec::new(), Vec::new());
    for attempt in attempts {
        match attempt {
            Ok(index) => laid.push(index),
            Err(e) => failed.push(e),
        }
    }
    if let Some(error) = failed.into_iter().min_by_key(|e| (e.update, e.index)) {
        return Err(error);
    }
    if session.options.level == Level::Deliver {
        return Ok((laid, Vec::new()));
    }
    let mut hives = register(session, &mut laid)?;
    if session.options.level == Level::Install {
        install(session, &mut laid, &mut hives)?;
    }
    Ok((laid, hives))
}

/// Lays what applies to one index into an overlay over it.
fn lay_index(session: &Session, plan: &Plan, index: u32) -> Result<Laid, UnitError> {
    let actions: Vec<Decision> = plan.decisions.iter().filter(|d| d.index == index).cloned().collect();
    let name = plan.indexes.iter().find(|i| i.index == index).map(|i| i.name.clone()).unwrap_or_default();
    let mut record = IndexRecord {
        index,
        name,
        actions,
        files: Vec::new(),
        skipped: Vec::new(),
        folders: Vec::new(),
        registration: IndexRegistration::default(),
        install: None,
        deliveries: Vec::new(),
    };
    if !record.actions.iter().any(Decision::applies) {
        return Ok(Laid { record, overlay: None, packages: Vec::new() });
    }
    let mut overlay =
        Overlay::new(&session.wim, index).map_err(|error| UnitError { update: None, index, error })?;
    let dictionary = session.dictionary();
    let mut packages = Vec::new();
    for (at, update) in session.updates.iter().enumerate() {
        let Ok(content) = &update.content else { continue };
        if let Some(original) = &content.original {
            let done = deliver_update(session, (update, content), original, &mut overlay, &mut record);
            done.map_err(|error| UnitError {
                update: Some(at),
                index,
                error: error.within(format!("{} in index {index}", update.path)),
            })?;
            continue;
        }
        let each = content.staged.packages.iter().zip(&content.sets).zip(&content.layouts).enumerate();
        for (number, ((package, set), layout)) in each {
            let label = label(package, set.as_ref());
            if record.actions.iter().any(|d| d.applies() && d.update == update.path && d.package == label) {
                let laid = lay(package, layout, &mut overlay, dictionary, &mut record);
                laid.map_err(|error| UnitError {
                    update: Some(at),
                    index,
                    error: error.within(format!("{} in index {index}", update.path)),
                })?;
                packages.push((at, number));
            }
        }
    }
    Ok(Laid { record, overlay: Some(overlay), packages })
}

/// Places an update in an index, where any package of it applies.
fn deliver_update(
    session: &Session,
    (update, content): (&Loaded, &Content),
    original: &Original,
    overlay: &mut Overlay,
    record: &mut IndexRecord,
) -> Result<()> {
    let packages = content.staged.packages.iter().zip(&content.sets).map(|(package, set)| Applying {
        label: label(package, set.as_ref()),
        member: &package.name,
        identity: set.as_ref().map(|s| &s.root().identity),
    });
    let applies = |label: &str| {
        record.actions.iter().any(|d| d.applies() && d.update == update.path && d.package == label)
    };
    let packages: Vec<Applying<'_>> = packages.filter(|p| applies(&p.label)).collect();
    if packages.is_empty() {
        return Ok(());
    }
    let architecture = session.target(record.index)?.architecture.map_or("amd64", |a| a.name());
    let done = deliver(original, &packages, session.options.delivery, architecture, overlay, record)?;
    record.deliveries.push(done);
    Ok(())
}
