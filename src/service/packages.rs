//! The packages of an image as a document: what `wright packages` and the C library give.

use crate::cbs::ServicingState;
use crate::cbs::state::{Health, InstalledPackage, PackageState, StateSource};
use crate::error::Result;
use crate::wim::WimFile;

/// Which packages an image has, how far each is installed, and whether the image may be serviced.
#[derive(Clone, Debug, serde::Serialize)]
#[non_exhaustive]
pub struct ImagePackages {
    /// The image file.
    pub image: String,
    /// The image, from 1.
    pub index: u32,
    /// What the image is called.
    pub name: String,
    /// Where the packages were read.
    pub source: StateSource,
    /// Whether a session writes to this index.
    pub serviceable: bool,
    /// Signs of pending operations and of damage.
    pub health: Health,
    /// The packages by name.
    pub packages: Vec<InstalledPackage>,
    /// Packages that are left out of `packages`.
    pub omitted: usize,
}

impl ImagePackages {
    /// Reads the packages of image `index` (from 1); superseded and absent ones only with `all`.
    pub fn read(wim: &WimFile, index: u32, all: bool) -> Result<Self> {
        let (view, limits) = (wim.view(index)?, wim.limits());
        let blame = |e: crate::Error| e.within(format!("{}: index {index}", wim.name()));
        let mut state = ServicingState::read(&view, limits).map_err(blame)?;
        let before = state.packages.len();
        state.packages.retain(|p| all || is_there(p));
        state.describe(&view, limits).map_err(blame)?;
        Ok(Self {
            image: wim.name(),
            index,
            name: wim.xml()?.image(index).map_or_else(String::new, |image| image.name.clone()),
            source: state.source,
            serviceable: state.health.refusal().is_none(),
            health: state.health,
            omitted: before - state.packages.len(),
            packages: state.packages,
        })
    }
}

/// Whether a package is in the image, in whatever state, and not replaced by another.
fn is_there(package: &InstalledPackage) -> bool {
    !matches!(package.state, Some(PackageState::ABSENT | PackageState::SUPERSEDED))
}
