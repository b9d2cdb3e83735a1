//! One package on its way into an index: what of it takes effect, whether all of that can be carried out.

use super::Index;
use super::component::Component;
use super::record::{ComponentOutcome, ComponentRecord, PackageOutcome};
use crate::cbs::effects::HiveFile;
use crate::cbs::registration::{Facts, mark_installed, set_package_state};
use crate::cbs::state::PackageState;
use crate::cbs::target::{Selection, select};
use crate::cbs::{Identity, PackageSet};
use crate::error::{Error, ErrorKind, Result};
use crate::service::load::Content;
use crate::staging::{StagedFile, manifest_text};
use std::collections::{HashMap, HashSet};

/// A package, looked at but not carried out yet.
pub(super) struct Package<'s> {
    root: Identity,
    facts: &'s Facts,
    selection: Selection,
    components: Vec<Component>,
    /// Why it cannot be installed whole, beside what its components leave.
    reasons: Vec<String>,
}

impl<'s> Package<'s> {
    /// Looks at a package of an update of the session. `None` for one that is not registered in the index.
    pub fn new(index: &mut Index<'s>, update: usize, package: usize) -> Result<Option<Self>> {
        let session = index.session;
        let Some(Ok(content)) = session.updates.get(update).map(|u| &u.content) else { return Ok(None) };
        let (Some(Ok(facts)), Some(Some(set))) = (content.facts.get(package), content.sets.get(package))
        else {
            return Ok(None);
        };
        let force = session.options.force_undecided;
        let selection = select(set, &index.target, &index.state, &index.winners, force);
        let mut reasons = selection.undecided.clone();
        reasons.extend(selection.drivers.iter().map(|d| format!("the driver {} is left to Windows", d.name)));
        reasons.extend(left_by_manifests(set, &selection));
        let components = components(index, content, package, facts, &selection)?;
        Ok(Some(Self { root: set.root().identity.clone(), facts, selection, components, reasons }))
    }

    /// Whether all that it asks for can be carried out.
    pub fn is_complete(&self) -> bool {
        self.reasons.is_empty() && self.components.iter().all(Component::is_complete)
    }

    /// Carries out what can be.
    pub fn carry_out(&self, index: &mut Index<'_>) -> Result<()> {
        for component in &self.components {
            component.carry_out(index, &self.root)?;
        }
        let limits = index.session.options.limits.clone();
        if let Some(hive) = index.hives.open(HiveFile::Components, index.overlay, &limits)? {
            let references: Vec<&str> = self.selection.references.iter().map(String::as_str).collect();
            mark_installed(hive, self.facts, &references)?;
        }
        Ok(())
    }

    /// Writes the state of its packages down, and in the record what became of it.
    pub fn tell(&self, index: &mut Index<'_>, state: PackageState) -> Result<()> {
        let mut reasons = self.reasons.clone();
        for component in self.components.iter().filter(|c| !c.is_complete()) {
            reasons.push(format!("{}: {} left to Windows", component.keyform, component.summary()));
        }
        if state == PackageState::STAGED {
            let staged = self.components.iter().map(|component| ComponentRecord {
                outcome: component.outcome_if_staged(),
                ..component.record(&self.root)
            });
            index.record.components.extend(staged);
        }
        let limits = index.session.options.limits.clone();
        for identity in &self.selection.packages {
            if state != PackageState::STAGED
                && let Some(hive) = index.hives.open(HiveFile::Software, index.overlay, &limits)?
            {
                set_package_state(hive, identity, state)?;
            }
            index.record.packages.push(PackageOutcome {
                package: identity.to_string(),
                state: state.to_string(),
                state_number: state.0,
                complete: self.is_complete(),
                reasons: reasons.clone(),
            });
        }
        Ok(())
    }
}

/// Elements of the packages' own manifests that ask for something that is not carried out.
fn left_by_manifests(set: &PackageSet, selection: &Selection) -> Vec<String> {
    let taken = selection.packages.iter().filter_map(|identity| set.find(identity));
    let asked = taken.flat_map(|mum| {
        mum.other.iter().map(move |name| format!("the element {name} of {} is left to Windows", mum.identity))
    });
    asked.collect()
}

/// The components of a package that its selection brings into use, in the order of the package.
fn components(
    index: &mut Index<'_>,
    content: &Content,
    package: usize,
    facts: &Facts,
    selection: &Selection,
) -> Result<Vec<Component>> {
    let references: HashSet<&String> = selection.references.iter().collect();
    let deployments: HashSet<&String> = facts
        .deployments
        .iter()
        .filter(|d| d.references.iter().any(|r| references.contains(r)))
        .map(|d| &d.key)
        .collect();
    let Some(staged) = content.staged.packages.get(package) else { return Ok(Vec::new()) };
    let files: HashMap<String, &StagedFile> =
        staged.files.iter().map(|f| (f.name.to_lowercase(), f)).collect();
    let (session, limits) = (index.session, index.session.options.limits.clone());
    let mut out = Vec::new();
    for fact in facts.components.iter().filter(|c| c.deployments.iter().any(|d| deployments.contains(d))) {
        let name = format!("{}.manifest", fact.keyform);
        let missing =
            || Error::new(ErrorKind::MissingPayload, "the manifest is not in the package").with_path(&name);
        let file = files.get(&name).ok_or_else(missing)?;
        let text = manifest_text(&file.content, session.dictionary(), &limits)?.ok_or_else(missing)?;
        out.push(Component::new(index, &fact.keyform, &text, &files).map_err(|e| e.within(&name))?);
    }
    Ok(out)
}

impl Component {
    /// What becomes of it where its package is not installed.
    fn outcome_if_staged(&self) -> ComponentOutcome {
        match self.outcome {
            ComponentOutcome::InUse => ComponentOutcome::Staged,
            other => other,
        }
    }
}
