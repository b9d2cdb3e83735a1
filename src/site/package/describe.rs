//! What an image holds, as it is recorded: editions, versions, languages, architecture, installed packages.

use crate::base::{Limits, Progress};
use crate::cbs::ServicingState;
use crate::error::{Error, ErrorKind, Result};
use crate::site::model::{Found, PackageIndex};
use crate::wim::WimFile;

/// What is recorded of a file of images.
pub(in crate::site) struct Described {
    pub indexes: Vec<PackageIndex>,
    pub found: Vec<Found>,
    /// The architecture that all of its images have.
    pub architecture: String,
}

/// Reads all images of `wim`.
pub(in crate::site) fn describe(wim: &WimFile, limits: &Limits, progress: &Progress) -> Result<Described> {
    let xml = wim.xml()?;
    let mut described = Described { indexes: Vec::new(), found: Vec::new(), architecture: String::new() };
    for index in 1..=wim.image_count() {
        progress.check()?;
        let blame = |e: Error| e.within(format!("{}: index {index}", wim.name()));
        let info = xml.image(index).ok_or_else(|| {
            Error::malformed(format!("the XML data does not describe index {index}")).with_path(wim.name())
        })?;
        // One at a time: a hive takes a hundred megabytes while it is read.
        let state = ServicingState::read(&wim.view(index)?, limits).map_err(blame)?;
        let architecture = info.arch_name().unwrap_or_default().to_owned();
        if described.architecture.is_empty() {
            described.architecture.clone_from(&architecture);
        }
        let found = state.packages.iter().map(|p| Found {
            index,
            identity: p.identity.to_string(),
            state: p.state.map(|s| s.0),
        });
        let before = described.found.len();
        described.found.extend(found);
        described.indexes.push(PackageIndex {
            index,
            name: info.name.clone(),
            edition: info.edition_id.clone().unwrap_or_default(),
            installation_type: info.installation_type.clone().unwrap_or_default(),
            architecture,
            version: info.version.map(|v| v.to_string()).unwrap_or_default(),
            languages: info.languages.clone(),
            refusal: state.health.refusal().map(|r| r.message().to_owned()),
            installed: (described.found.len() - before) as u64,
        });
    }
    if described.indexes.is_empty() {
        return Err(Error::new(ErrorKind::InvalidArgument, "holds no image").with_path(wim.name()));
    }
    Ok(described)
}
