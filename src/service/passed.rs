//! What of an update goes into which index: its servicing stack alone, or nothing into an index that is past it.

use super::load::Part;
use super::plan::Decision;
use super::session::Session;
use crate::base::Progress;
use crate::cbs::{Identity, UpdateClass, Version};
use crate::error::Result;
use std::path::Path;

/// An index that an update is not laid into, since it is past it.
pub(super) struct Passed {
    pub index: u32,
    pub update: String,
    pub packages: Vec<String>,
    pub reason: String,
}

impl Session {
    /// As [`add_update`](Session::add_update), the servicing stack of a combined update alone; nothing else of it is
    /// decoded. Whether it has one.
    pub(crate) fn add_servicing_stack(
        &mut self,
        path: impl AsRef<Path>,
        progress: &Progress,
    ) -> Result<bool> {
        self.add(path.as_ref(), Part::Stack, progress)
    }

    /// Why index `index` is past the cumulative update `identity`; `None` where it is not. It is when it holds that
    /// update in this or a later version, staged or further, or when its version of Windows is that of the update or a
    /// later one.
    pub(crate) fn past(&self, index: u32, identity: &Identity) -> Result<Option<String>> {
        let state = self.state(index)?;
        let same =
            |other: &Identity| other.same_family(identity) && other.version.major == identity.version.major;
        let far =
            |p: &crate::cbs::state::InstalledPackage| p.state.is_none_or(|s| !s.is_broken() && s >= STAGED);
        let held = state.packages.iter().filter(|p| same(&p.identity) && far(p)).map(|p| &p.identity);
        if let Some(newest) = held.max_by_key(|i| i.version).filter(|i| i.version >= identity.version) {
            return Ok(Some(format!("the index holds {newest}, so it is past this update")));
        }
        let Version { major, minor, build, revision } = self.target(index)?.version;
        let own = (build, revision);
        let is_build =
            UpdateClass::of(identity) == UpdateClass::Cumulative && build == identity.version.major;
        if is_build && own >= (identity.version.major, identity.version.minor) {
            let reason =
                format!("the index is {major}.{minor}.{build}.{revision}, so it is past this update");
            return Ok(Some(reason));
        }
        Ok(None)
    }

    /// Keeps `update`, a file as it is given to [`add_update`](Session::add_update), with these packages out of index
    /// `index`; the plan and the receipt say why. One that no index needs has not to be added.
    pub(crate) fn pass_over(
        &mut self,
        index: u32,
        update: impl AsRef<Path>,
        packages: &[Identity],
        reason: &str,
    ) {
        let update = update.as_ref().display().to_string();
        let packages = packages.iter().map(ToString::to_string).collect();
        self.passed.push(Passed { index, update, packages, reason: reason.to_owned() });
    }

    /// Decisions about updates that were not even added.
    pub(super) fn passed_unread(&self, index: u32) -> impl Iterator<Item = Decision> {
        let unread = move |p: &&Passed| p.index == index && !self.updates.iter().any(|u| u.path == p.update);
        self.passed.iter().filter(unread).flat_map(|p| {
            p.packages.iter().map(|package| Decision::of_passed(p.index, &p.update, package, &p.reason))
        })
    }
}

const STAGED: crate::cbs::state::PackageState = crate::cbs::state::PackageState::STAGED;
