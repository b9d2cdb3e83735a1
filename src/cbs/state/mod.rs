//! What an image says of its own servicing: packages, features, components, and whether it may be written.
//!
//! Read from the SOFTWARE and COMPONENTS hives and from `Windows\servicing`; of an image without hives, from its files
//! alone. Nothing here writes.
//!
//! ```
//! use wimwright::base::{ImagePath, Limits};
//! use wimwright::cbs::ServicingState;
//! use wimwright::cbs::state::{PackageState, StateSource, components};
//! use wimwright::registry::Hive;
//! use wimwright::wim::overlay::Overlay;
//! use wimwright::wim::{OpenOptions, WimFile};
//!
#![doc = include_str!("../../../docs/doctest/image.md")]
//! # let dir = tempfile::tempdir()?;
//! # let limits = Limits::default();
//! let wim = WimFile::open(sample_image(dir.path())?, &OpenOptions::new())?;
//! let mut image = Overlay::new(&wim, 1)?;
//! let state = ServicingState::read(&image, &limits)?;
//! // Without a hive the names of files are all there is to go by.
//! assert!(state.source == StateSource::Files && state.packages.len() == 1 && state.stack().is_none());
//!
//! # let mut editor = Hive::empty(&limits)?.edit()?;
//! # let packages = r"Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages";
//! # let package = "Microsoft-Windows-Foundation-Package~31bf3856ad364e35~amd64~~10.0.19041.1";
//! # editor.create(&format!(r"{packages}\{package}"))?.set_dword("CurrentState", 0x70)?;
//! # let software = editor.finish();
//! image.put(&ImagePath::parse(r"Windows\System32\config\SOFTWARE")?, software)?;
//! let mut state = ServicingState::read(&image, &limits)?;
//! state.describe(&image, &limits)?; // what only the packages' manifests say
//! let package = &state.packages[0];
//! assert_eq!((package.state, package.identity.name.ends_with("Package")), (Some(PackageState::INSTALLED), true));
//! for feature in state.features(&image, &limits)? {
//!     println!("{} of {}: {}", feature.name, feature.package, feature.state.unwrap_or("unknown"));
//! }
//! for component in components(&image, &limits)? {
//!     println!("{} needed by {}", component.keyform, component.deployments.len());
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod components;
mod features;
mod health;
pub(crate) mod hives;
mod package;
#[cfg(test)]
mod tests;
mod winners;

pub use components::{Component, components};
pub use features::Feature;
pub use health::{Health, Marker};
pub(crate) use hives::{logs_of, open_at};
pub use package::{InstallTime, InstalledPackage, PackageState};
pub use winners::Winners;

use super::{Identity, Version};
use crate::base::{ImagePath, ImageTree, Limits};
use crate::error::Result;
use crate::registry::{Hive, Key};
use std::collections::HashMap;

/// Where Windows keeps its servicing state, below the root of SOFTWARE.
pub(super) const CBS: &str = r"Microsoft\Windows\CurrentVersion\Component Based Servicing";
pub(super) const SIDE_BY_SIDE: &str = r"Microsoft\Windows\CurrentVersion\SideBySide";
const PACKAGES: &str = r"Windows\servicing\Packages";

/// Where the list of packages was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StateSource {
    /// The SOFTWARE hive, which says of every package how far it is installed.
    Registry,
    /// The names of the files in `Windows\servicing\Packages`; the image has no such hive.
    #[default]
    Files,
}

/// The servicing state of one image.
#[derive(Clone, Debug, Default)]
pub struct ServicingState {
    /// Where the packages were read.
    pub source: StateSource,
    /// Every package, in the order of their names: those of the hive, and those of which only files are there.
    pub packages: Vec<InstalledPackage>,
    /// Whether the image may be serviced, and by which stack it was last.
    pub health: Health,
    /// Which version of each component is the one in use.
    pub winners: Winners,
}

impl ServicingState {
    /// Reads the state of an image. A hive that is damaged, or was left in the middle of a change that its logs do not
    /// finish, is an error: what it would say cannot be relied on.
    pub fn read(tree: &dyn ImageTree, limits: &Limits) -> Result<Self> {
        let files = package_files(tree)?;
        let mut health = Health::default();
        let mut from_hive = None;
        let mut winners = Winners::default();
        if let Some(software) = hives::open(tree, hives::SOFTWARE, limits)? {
            let named = |e: crate::Error| e.within(hives::path_text(hives::SOFTWARE));
            if let Some(cbs) = software.key(CBS).map_err(named)? {
                health.read_cbs(&cbs).map_err(named)?;
                from_hive = cbs
                    .child("Packages")
                    .and_then(|k| k.map(|k| registered(&k)).transpose())
                    .map_err(named)?;
            }
            winners = side_by_side(&software, &mut health).map_err(named)?;
        }
        if let Some(components) = hives::open(tree, hives::COMPONENTS, limits)? {
            let named = |e: crate::Error| e.within(hives::path_text(hives::COMPONENTS));
            health.read_components(&components.root().map_err(named)?).map_err(named)?;
        }
        health.read_files(tree)?;
        let source = if from_hive.is_some() { StateSource::Registry } else { StateSource::Files };
        let packages = merge(from_hive.unwrap_or_default(), files);
        Ok(Self { source, packages, health, winners })
    }

    /// Adds what only the packages' manifests say: release type and description. One that cannot be read leaves them
    /// out.
    pub fn describe(&mut self, tree: &dyn ImageTree, limits: &Limits) -> Result<()> {
        use rayon::prelude::*;
        self.packages.par_iter_mut().filter(|p| p.has_manifest).try_for_each(|p| p.describe(tree, limits))
    }

    /// The features that people turn on and off, of the packages that are installed.
    pub fn features(&self, tree: &dyn ImageTree, limits: &Limits) -> Result<Vec<Feature>> {
        features::features(self, tree, limits)
    }

    /// The version of the servicing stack, where the image tells it.
    pub fn stack(&self) -> Option<Version> {
        self.health.servicing_stack
    }
}

/// The packages of the hive's `Packages` key.
fn registered(packages: &Key<'_>) -> Result<Vec<InstalledPackage>> {
    let keys = packages.subkeys()?;
    // A key whose name is no identity is no package.
    let named = keys.iter().filter_map(|key| Some((key, Identity::parse(&key.name().to_string()).ok()?)));
    named.map(|(key, identity)| InstalledPackage::read(identity, key)).collect()
}

fn side_by_side(software: &Hive, health: &mut Health) -> Result<Winners> {
    let Some(key) = software.key(SIDE_BY_SIDE)? else { return Ok(Winners::default()) };
    health.read_side_by_side(&key)?;
    key.child("Winners")?.map_or(Ok(Winners::default()), |winners| Winners::read(&winners))
}

/// The packages whose manifests lie in the image, with the manifests' names.
fn package_files(tree: &dyn ImageTree) -> Result<Vec<(Identity, String)>> {
    let names = names(tree, PACKAGES)?;
    let identities = names.into_iter().filter_map(|name| {
        let (stem, extension) = name.rsplit_once('.')?;
        let identity = Identity::parse(stem).ok().filter(|_| extension.eq_ignore_ascii_case("mum"))?;
        Some((identity, name))
    });
    Ok(identities.collect())
}

/// The names in a folder; none where it does not exist.
fn names(tree: &dyn ImageTree, folder: &str) -> Result<Vec<String>> {
    let path = ImagePath::parse(folder)?;
    match tree.stat(&path)? {
        Some(entry) if entry.is_dir => Ok(tree.list(&path)?.iter().map(|e| e.name.to_string()).collect()),
        _ => Ok(Vec::new()),
    }
}

fn merge(registered: Vec<InstalledPackage>, files: Vec<(Identity, String)>) -> Vec<InstalledPackage> {
    let key = |identity: &Identity| identity.to_string().to_ascii_lowercase();
    let mut all: HashMap<String, InstalledPackage> =
        registered.into_iter().map(|p| (key(&p.identity), p)).collect();
    for (identity, name) in files {
        let package = all.entry(key(&identity)).or_insert_with(|| InstalledPackage::of_files(identity));
        package.has_manifest = true;
        package.manifest = name;
    }
    let mut all: Vec<_> = all.into_iter().collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all.into_iter().map(|(_, package)| package).collect()
}
