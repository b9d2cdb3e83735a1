//! Level `install`, best effort: of the packages that are staged and registered in an index, the components that come
//! into use, their files linked, their keys written, and the packages' states.
//!
//! A package is installed whole or not at all: where its manifests ask for anything that is not carried out, it stays
//! Staged, nothing of it is in use, and Windows can still install it. Only on request is the rest carried out; the package
//! is then PartiallyInstalled (0x65), which is what Windows calls one of which something is missing.

mod component;
mod hives;
mod package;
mod project;
mod record;

pub use record::{
    ComponentOutcome, ComponentRecord, InstallRecord, InstalledKey, InstalledValue, LinkChange, LinkRecord,
    PackageOutcome,
};

use super::receipt::{HiveChange, IndexRecord};
use super::register::{Laid, UnitError};
use super::session::Session;
use crate::cbs::effects::{Facts, HiveFile, superseded_packages};
use crate::cbs::registration::set_package_state;
use crate::cbs::state::{PackageState, Winners};
use crate::cbs::{Architecture, ImageState, ImageTarget};
use crate::error::{Error, Result};
use crate::wim::overlay::Overlay;
use hives::Hives;
use package::Package;

/// The way of one index.
struct Index<'a> {
    session: &'a Session,
    overlay: &'a mut Overlay,
    hives: Hives,
    facts: Facts,
    target: ImageTarget,
    state: ImageState,
    winners: Winners,
    record: InstallRecord,
}

/// Installs in every index what is registered there.
pub(super) fn install(
    session: &Session,
    laid: &mut [Laid],
    changes: &mut Vec<HiveChange>,
) -> Result<(), UnitError> {
    for index in laid {
        let Laid { record, overlay: Some(overlay), packages } = index else { continue };
        if packages.is_empty() {
            continue;
        }
        let number = record.index;
        let whole = |error: Error| UnitError { update: None, index: number, error };
        let mut way = match Index::new(session, overlay, record) {
            Ok(Ok(way)) => way,
            Ok(Err(reason)) => {
                record.install = Some(InstallRecord { reason: Some(reason), ..InstallRecord::default() });
                continue;
            }
            Err(error) => return Err(whole(error)),
        };
        for &(update, package) in packages.iter() {
            way.package(update, package).map_err(|error| UnitError {
                update: Some(update),
                index: number,
                error: error.within(format!("{} in index {number}", session.updates[update].path)),
            })?;
        }
        way.supersede().map_err(whole)?;
        let Index { hives, overlay, record: installed, .. } = way;
        hives.finish(session, overlay, &mut record.registration, changes).map_err(whole)?;
        record.install = Some(installed);
    }
    Ok(())
}

impl<'a> Index<'a> {
    /// The way of an index, or why nothing can be installed in it.
    fn new(
        session: &'a Session,
        overlay: &'a mut Overlay,
        record: &IndexRecord,
    ) -> Result<Result<Self, String>> {
        if record.registration.packages.is_empty() {
            let why =
                record.registration.reason.clone().unwrap_or_else(|| "nothing is registered".to_owned());
            return Ok(Err(format!("what is not registered is not installed: {why}")));
        }
        let target = session.target(record.index)?;
        let Some(architecture) = target.architecture else {
            return Ok(Err("the image does not say its architecture".to_owned()));
        };
        let state = session.state(record.index)?;
        let mut hives = Hives::new(session);
        let facts = image_facts(&mut hives, overlay, architecture, session)?;
        Ok(Ok(Self {
            session,
            overlay,
            hives,
            facts,
            target,
            state: ImageState::from(&*state),
            winners: state.winners.clone(),
            record: InstallRecord::default(),
        }))
    }

    fn package(&mut self, update: usize, package: usize) -> Result<()> {
        let Some(package) = Package::new(self, update, package)? else { return Ok(()) };
        let partial = self.session.options.accept_partial;
        let complete = package.is_complete();
        if complete || partial {
            package.carry_out(self)?;
        }
        let state = match (complete, partial) {
            (true, _) => PackageState::INSTALLED,
            (false, true) => PackageState::PARTIALLY_INSTALLED,
            (false, false) => PackageState::STAGED,
        };
        package.tell(self, state)
    }

    /// Older packages that nothing of is in use any more.
    fn supersede(&mut self) -> Result<()> {
        if !self.record.components.iter().any(|c| c.outcome == ComponentOutcome::InUse) {
            return Ok(());
        }
        let limits = &self.session.options.limits;
        let components =
            self.hives.open(HiveFile::Components, self.overlay, limits)?.map(|e| e.hive().clone());
        let Some(software) = self.hives.open(HiveFile::Software, self.overlay, limits)? else {
            return Ok(());
        };
        let Some(components) = components else { return Ok(()) };
        for package in superseded_packages(&components, software.hive(), &self.winners)? {
            if set_package_state(software, &package, PackageState::SUPERSEDED)? {
                self.record.superseded.push(package.to_string());
            }
        }
        Ok(())
    }
}

/// What effects depend on of the image, from its hives.
fn image_facts(
    hives: &mut Hives,
    overlay: &Overlay,
    architecture: Architecture,
    session: &Session,
) -> Result<Facts> {
    let mut facts = Facts::new(architecture);
    let limits = &session.options.limits;
    if let Some(software) = hives.open(HiveFile::Software, overlay, limits)?
        && let Some(key) = software.hive().key(r"Microsoft\Windows NT\CurrentVersion")?
        && let Some(root) = key.value("SystemRoot")?.map_or(Ok(None), |v| v.text())?
        && let [drive, b':', b'\\', ..] = root.as_bytes()
        && drive.is_ascii_alphabetic()
    {
        root[..2].clone_into(&mut facts.system_drive);
    }
    if let Some(system) = hives.open(HiveFile::System, overlay, limits)?
        && let Some(select) = system.hive().key("Select")?
        && let Some(number) = select.value("Default")?.map_or(Ok(None), |v| v.dword())?
        && (1..=999).contains(&number)
    {
        facts.control_set = number;
    }
    Ok(facts)
}
