//! From staged to installed: the marks of deployments, the states of packages.
//!
//! Inferred: `i!` beside `p!` and `s!` with the same data; an owner's number has the state that it wants in its low word.

use super::{Facts, names, set_new};
use crate::cbs::Identity;
use crate::cbs::state::{CBS, PackageState};
use crate::error::Result;
use crate::registry::{HiveEditor, ValueKind};

/// Marks the deployments of an update as installed by `references`, those of its packages' updates that take effect.
pub fn mark_installed(editor: &mut HiveEditor, facts: &Facts, references: &[&str]) -> Result<()> {
    for deployment in &facts.deployments {
        let path = format!(r"CanonicalData\Deployments\{}", deployment.key);
        for reference in deployment.references.iter().filter(|r| references.contains(&r.as_str())) {
            let (name, data) = (names::reference('i', reference), names::reference_data(reference));
            set_new(&mut editor.create(&path)?, name.as_str(), ValueKind::BINARY, &data)?;
        }
    }
    Ok(())
}

/// Gives a package of the SOFTWARE hive a state, and its owners with it; false where it has that state already.
pub fn set_package_state(editor: &mut HiveEditor, package: &Identity, state: PackageState) -> Result<bool> {
    let Some(mut key) = editor.key(&format!(r"{CBS}\Packages\{package}"))? else { return Ok(false) };
    let found = key.key()?.value("CurrentState")?.map_or(Ok(None), |v| v.dword())?;
    if found == Some(state.0) {
        return Ok(false);
    }
    key.set_dword("CurrentState", state.0)?;
    // A package that was superseded is wanted as it was.
    if state == PackageState::INSTALLED
        && let Some(mut owners) = key.subkey("Owners")?
    {
        let numbers: Vec<_> =
            owners.key()?.values()?.iter().map(|v| Ok((v.name(), v.dword()?))).collect::<Result<_>>()?;
        for (name, number) in numbers {
            let wanted = number.unwrap_or_default() & 0xFFFF_0000 | state.0;
            owners.set_dword(name, wanted)?;
        }
    }
    editor.delete(&format!(r"{CBS}\ApplicabilityEvaluationCache\{package}"))?;
    Ok(true)
}
