//! Features: what people turn on and off, declared by packages as selectable updates.

use super::{PackageState, ServicingState, StateSource};
use crate::base::{ImageTree, Limits};
use crate::cbs::Identity;
use crate::error::Result;
use rayon::prelude::*;

/// A feature of an image.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Feature {
    /// The name (`TelnetClient`).
    pub name: String,
    /// A name for people; often a reference to a text in a resource.
    pub display_name: String,
    /// The package that declares it.
    pub package: Identity,
    /// `Installed`, `Staged`, ...; `None` where the hive does not say or the state has no name.
    pub state: Option<&'static str>,
    /// The number of the state.
    pub state_number: Option<u32>,
}

/// The features of the installed packages, by the manifests in the image; the states are the hive's.
pub(super) fn features(
    state: &ServicingState,
    tree: &dyn ImageTree,
    limits: &Limits,
) -> Result<Vec<Feature>> {
    let by_files = state.source == StateSource::Files;
    let counted = |s: Option<PackageState>| s.map_or(by_files, PackageState::is_installed);
    let packages = state.packages.par_iter().filter(|p| p.has_manifest && counted(p.state));
    let found: Vec<Vec<Feature>> = packages
        .map(|package| {
            let mum = package.mum(tree, limits)??;
            let selectable = mum.updates.into_iter().filter(|u| u.selectable);
            Ok(selectable
                .map(|update| {
                    let own =
                        package.updates.iter().find(|(name, _)| name.eq_ignore_ascii_case(&update.name));
                    let state = own.map(|(_, state)| *state);
                    Feature {
                        name: update.name,
                        display_name: update.display_name,
                        package: package.identity.clone(),
                        state: state.and_then(PackageState::name),
                        state_number: state.map(|s| s.0),
                    }
                })
                .collect())
        })
        .collect::<Result<_>>()?;
    Ok(found.into_iter().flatten().collect())
}
