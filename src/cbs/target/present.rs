//! Whether an update is in the image already: installed, or superseded by a newer package or by newer components.

use super::{Applicability, ImageState};
use crate::cbs::state::PackageState;
use crate::cbs::{Identity, PackageSet, Version};

/// Up to Windows 8.1 a component has two branches; from this revision on it is the one of the hotfixes.
const HOTFIX_BRANCH: u16 = 20_000;

/// The answer where the image has the update, or something in its place.
pub(super) fn present(set: &PackageSet, state: &ImageState) -> Option<Applicability> {
    let own = &set.root().identity;
    let mut unclear = None;
    let mut superseded = None;
    for (found, number) in state.states(own) {
        let told = number.map(|n| format!(" in the state {n}")).unwrap_or_default();
        if found.version == own.version && number.is_none_or(PackageState::is_installed) {
            return Some(Applicability::Installed { reason: format!("the image already has {found}{told}") });
        }
        if found.version < own.version {
            continue;
        }
        if number.is_none_or(PackageState::in_lineage) {
            superseded = Some(format!("the image already has {found}{told}"));
        } else if number.is_some_and(PackageState::is_unclear) {
            unclear = Some(format!(
                "the image has {found}{told}, which says neither that it is installed nor that not"
            ));
        }
    }
    let superseded = superseded.map(|reason| Applicability::Superseded { reason });
    superseded
        .or_else(|| components(set, state))
        .or(unclear.map(|reason| Applicability::Undecided { reason }))
}

/// Superseded where of every component that the update has files for, the image uses the same version or a newer one.
fn components(set: &PackageSet, state: &ImageState) -> Option<Applicability> {
    let own = set.components();
    let mut newer = None;
    for component in own {
        let winner = state.winners().of(component)?;
        // Of a component in both branches, only the version in the image's own branch can come into use.
        let rivals = own.iter().filter(|c| c.same_family(component)).map(|c| c.version);
        let rivals: Vec<Version> = rivals.filter(|v| branch(*v) == branch(winner)).collect();
        let best = rivals.into_iter().max()?;
        if best > winner {
            return None;
        }
        if best < winner {
            newer.get_or_insert((component, winner));
        }
    }
    newer.map(|(Identity { name, .. }, version)| Applicability::Superseded {
        reason: format!("the image uses newer components than those of the update, such as {name} {version}"),
    })
}

/// Whether a version is of the hotfixes' branch. Components that count for themselves (7.1.7600 is one of the first that
/// Windows 7 has) go by the build of the Windows that they came with.
pub(super) fn branch(version: Version) -> bool {
    (6000..=9600).contains(&version.build) && version.revision >= HOTFIX_BRANCH
}
