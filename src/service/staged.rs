//! Whether an index has an update staged already, whole.

use crate::base::ImageTree;
use crate::cbs::layout::Layout;
use crate::cbs::state::{PackageState, StateSource};
use crate::cbs::{PackageSet, ServicingState};
use crate::error::Result;
use std::collections::HashMap;

/// Whether the hive has every package of the update as staged or further, and the image every file of it. A package that
/// the hive alone has, or the files alone, is not taken for staged: staging it again makes it whole.
pub(super) fn is_staged(
    set: &PackageSet,
    layout: &Layout,
    state: &ServicingState,
    tree: &dyn ImageTree,
) -> Result<bool> {
    if state.source != StateSource::Registry {
        return Ok(false);
    }
    let key = |identity: &crate::cbs::Identity| identity.to_string().to_ascii_lowercase();
    let states: HashMap<String, PackageState> =
        state.packages.iter().filter_map(|p| Some((key(&p.identity), p.state?))).collect();
    let far = |state: &PackageState| !state.is_broken() && *state >= PackageState::STAGED;
    if !set.iter().all(|(_, mum)| states.get(&key(&mum.identity)).is_some_and(far)) {
        return Ok(false);
    }
    for placement in &layout.placements {
        if tree.stat(&placement.path)?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}
