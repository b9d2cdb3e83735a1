//! Writing what was laid into the indexes down in their hives. A hive that several indexes share, and that is told the
//! same, is edited once.

use super::load::{Loaded, label};
use super::receipt::{HiveChange, HiveRecord, IndexRecord, UnregisteredPackage};
use super::session::Session;
use crate::base::{ImageTree as _, Sha1Digest};
use crate::cbs::registration::{Facts, HiveUndo, RegisteredPackage, register_components, register_packages};
use crate::cbs::state::hives;
use crate::error::{Error, ErrorKind, Result};
use crate::registry::Hive;
use crate::staging::Staged;
use crate::wim::overlay::{Content, Overlay};
use crate::wim::xml::FileTime;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Hives that are edited at once: each takes its size twice.
const AT_ONCE: usize = 2;

/// A package of the session: the number of its update, and its own in there.
pub(super) type Number = (usize, usize);

/// An index on its way: what is told of it, its overlay, and the packages that were laid into it.
pub(super) struct Laid {
    pub record: IndexRecord,
    pub overlay: Option<Overlay>,
    pub packages: Vec<Number>,
}

/// An error, and the update whose it is; without one the whole run fails.
pub(super) struct UnitError {
    pub update: Option<usize>,
    pub index: u32,
    pub error: Error,
}

/// What a hive is before it is edited, and what it is told: two that are the same come out the same.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Job {
    contents: Vec<Sha1Digest>,
    packages: Vec<Number>,
}

/// What came of it.
enum Outcome {
    Done(Box<Edited>),
    /// The hive is none that can be written to, for this reason.
    Refused(String),
}

#[derive(Clone)]
struct Edited {
    /// The new hive, where it changed, and in what.
    new: Option<(Staged, Arc<HiveChange>)>,
    replayed: bool,
    packages: Vec<RegisteredPackage>,
}

/// Registers in every index what was laid into it. Gives each distinct change of a hive once.
pub(super) fn register(session: &Session, laid: &mut [Laid]) -> Result<Vec<HiveChange>, UnitError> {
    let wanted: Vec<Vec<Number>> = laid.iter_mut().map(|index| prepare(session, index)).collect();
    let mut changes = Vec::new();
    let mut refused: Vec<Option<String>> = vec![None; laid.len()];
    let mut edits: Vec<Vec<(&'static str, Edited)>> = vec![Vec::new(); laid.len()];
    for name in [hives::COMPONENTS, hives::SOFTWARE] {
        let mut jobs: BTreeMap<Job, Vec<usize>> = BTreeMap::new();
        for (at, index) in laid.iter().enumerate() {
            let Some(overlay) = index.overlay.as_ref().filter(|_| !wanted[at].is_empty()) else { continue };
            if refused[at].is_none() {
                let contents = contents(overlay, name).map_err(|e| whole(&index.record, e))?;
                jobs.entry(Job { contents, packages: wanted[at].clone() }).or_default().push(at);
            }
        }
        let jobs: Vec<(Job, Vec<usize>)> = jobs.into_iter().collect();
        for some in jobs.chunks(AT_ONCE) {
            let outcomes: Vec<Outcome> = some
                .par_iter()
                .map(|(job, indexes)| {
                    let index = &laid[indexes[0]];
                    let overlay = index.overlay.as_ref().ok_or_else(|| {
                        whole(&index.record, Error::new(ErrorKind::Internal, "an index has no overlay"))
                    })?;
                    edit(session, overlay, name, &job.packages, &index.record)
                })
                .collect::<Result<_, UnitError>>()?;
            for ((_, indexes), outcome) in some.iter().zip(outcomes) {
                for &at in indexes {
                    match &outcome {
                        Outcome::Done(edited) => edits[at].push((name, (**edited).clone())),
                        Outcome::Refused(why) => refused[at] = Some(why.clone()),
                    }
                }
            }
        }
    }
    for ((index, edits), refused) in laid.iter_mut().zip(edits).zip(refused) {
        if let Some(why) = refused {
            index.record.registration.reason = Some(why);
            continue;
        }
        finish(index, edits, &mut changes).map_err(|e| whole(&index.record, e))?;
    }
    Ok(changes)
}

fn whole(record: &IndexRecord, error: Error) -> UnitError {
    UnitError { update: None, index: record.index, error }
}

/// What of the packages laid into an index can be registered; why the others cannot is written down.
fn prepare(session: &Session, index: &mut Laid) -> Vec<Number> {
    let registration = &mut index.record.registration;
    let Some(overlay) = index.overlay.as_ref().filter(|_| !index.packages.is_empty()) else {
        return Vec::new();
    };
    for name in [hives::COMPONENTS, hives::SOFTWARE] {
        let there = hives::path(name).and_then(|path| overlay.stat(&path));
        if !there.is_ok_and(|entry| entry.is_some_and(|e| !e.is_dir && !e.is_empty())) {
            registration.reason = Some(format!("the image has no {name} hive"));
            return Vec::new();
        }
    }
    let mut wanted = Vec::new();
    for &number in &index.packages {
        match facts(session, number) {
            Some(Ok(_)) => wanted.push(number),
            Some(Err(why)) => registration.left_out.push(UnregisteredPackage {
                package: name_of(&session.updates[number.0], number.1),
                reason: why.clone(),
            }),
            None => {}
        }
    }
    wanted
}

fn facts(session: &Session, (update, package): Number) -> Option<&Result<Facts, String>> {
    session.updates.get(update)?.content.as_ref().ok()?.facts.get(package)
}

fn name_of(update: &Loaded, package: usize) -> String {
    let Ok(content) = &update.content else { return update.path.clone() };
    let set = content.sets.get(package).and_then(Option::as_ref);
    content.staged.packages.get(package).map_or_else(|| update.path.clone(), |p| label(p, set))
}

/// The contents of a hive and of its logs.
fn contents(overlay: &Overlay, name: &str) -> Result<Vec<Sha1Digest>> {
    let path = hives::path(name)?;
    let paths = std::iter::once(path.clone()).chain(hives::logs_of(&path));
    paths.map(|path| Ok(overlay.stat(&path)?.map(|e| e.sha1).unwrap_or_default())).collect()
}

/// Edits one hive.
fn edit(
    session: &Session,
    overlay: &Overlay,
    name: &'static str,
    packages: &[Number],
    record: &IndexRecord,
) -> Result<Outcome, UnitError> {
    let of_index = |e: Error| whole(record, e.within(format!("{name} of index {}", record.index)));
    let limits = &session.options.limits;
    let sha1_before = contents(overlay, name).map_err(of_index)?.first().copied().unwrap_or_default();
    let path = hives::path(name).map_err(of_index)?;
    let opened = hives::open_replayed(overlay, &path, limits).map_err(of_index)?;
    let Some((before, replayed)) = opened else {
        return Ok(Outcome::Refused(format!("the image has no {name} hive")));
    };
    let time = FileTime::from(session.clock.started).0;
    let mut editor = before.clone().edit().map_err(of_index)?;
    editor.set_time(time);
    let mut registered = Vec::new();
    for &number in packages {
        let Some(Ok(facts)) = facts(session, number) else { continue };
        let done = if name == hives::COMPONENTS {
            register_components(&mut editor, facts).map(|()| Vec::new())
        } else {
            register_packages(&mut editor, facts, time)
        };
        match done {
            Ok(packages) => registered.extend(packages),
            Err(e) if e.kind() == ErrorKind::Unsupported => return Ok(Outcome::Refused(e.to_string())),
            Err(e) => {
                let error = e.within(format!("{name} of index {}", record.index));
                return Err(UnitError { update: Some(number.0), index: record.index, error });
            }
        }
    }
    let mut new = None;
    if editor.is_changed() || replayed {
        let after = Hive::open(editor.finish(), limits).map_err(of_index)?;
        let undo = HiveUndo::between(&before, &after).map_err(of_index)?;
        drop(before);
        let staged = session.area.put(after.into_bytes()).map_err(of_index)?;
        let sha1_after = staged.sha1();
        new = Some((
            staged,
            Arc::new(HiveChange { hive: name.into(), sha1_before, sha1_after, replayed, undo }),
        ));
    }
    Ok(Outcome::Done(Box::new(Edited { new, replayed, packages: registered })))
}

/// Puts the hives of an index in their places and says so.
fn finish(laid: &mut Laid, edits: Vec<(&'static str, Edited)>, changes: &mut Vec<HiveChange>) -> Result<()> {
    let (Some(overlay), registration) = (laid.overlay.as_mut(), &mut laid.record.registration) else {
        return Ok(());
    };
    for (name, edited) in edits {
        registration.packages.extend(edited.packages);
        let Some((hive, change)) = edited.new else { continue };
        let (sha1_before, sha1_after) = (change.sha1_before, change.sha1_after);
        let path = hives::path(name)?;
        overlay.put(&path, Content::with_sha1(hive, sha1_after))?;
        if edited.replayed {
            // Replayed once: what stands in them must not be taken for news of the new hive.
            for log in hives::logs_of(&path) {
                if overlay.stat(&log)?.is_some_and(|e| !e.is_empty()) {
                    overlay.put(&log, Vec::new())?;
                }
            }
        }
        registration.hives.push(HiveRecord { hive: name.into(), sha1_before, sha1_after });
        if !changes.iter().any(|c| c.is(name, sha1_before, sha1_after)) {
            changes.push(Arc::unwrap_or_clone(change));
        }
    }
    registration.done = !registration.packages.is_empty() && registration.left_out.is_empty();
    if let Some(first) = registration.left_out.first() {
        registration.reason = Some(format!("{}: {}", first.package, first.reason));
    }
    Ok(())
}
