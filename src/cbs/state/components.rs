//! The components of an image's store: those of the COMPONENTS hive, or of its manifests.

use super::{hives, names};
use crate::base::{ImageTree, Limits, Sha256Digest};
use crate::error::{Error, Result};
use crate::registry::Key;

/// The bit of a component's flags that says that its files were removed.
const PAYLOAD_DELETED: u32 = 0x40;

/// A component of an image's store.
#[derive(Clone, Debug, Default, serde::Serialize)]
#[non_exhaustive]
pub struct Component {
    /// The name of its folder and manifest.
    pub keyform: String,
    /// The identity as the hive spells it.
    pub identity: Option<String>,
    /// SHA-256 of its manifest's text.
    pub manifest_sha256: Option<Sha256Digest>,
    /// The keys of the deployments that need it.
    pub deployments: Vec<String>,
    /// Its flags; 0 where it has none.
    pub flags: u32,
    /// Whether it is there without its files.
    pub payload_deleted: bool,
}

/// Every component of the store, in the order of the hive; of an image without the hive, by the names of its
/// manifests alone.
pub fn components(tree: &dyn ImageTree, limits: &Limits) -> Result<Vec<Component>> {
    let Some(hive) = hives::open(tree, hives::COMPONENTS, limits)? else {
        let manifests = names(tree, r"Windows\WinSxS\Manifests")?;
        let keyforms = manifests.iter().filter_map(|n| n.strip_suffix(".manifest"));
        return Ok(keyforms.map(|k| Component { keyform: k.to_owned(), ..Component::default() }).collect());
    };
    let named = |e: Error| e.within(hives::path_text(hives::COMPONENTS));
    let Some(key) = hive.key(r"DerivedData\Components").map_err(named)? else { return Ok(Vec::new()) };
    key.subkeys().and_then(|keys| keys.iter().map(component).collect()).map_err(named)
}

fn component(key: &Key<'_>) -> Result<Component> {
    let mut component = Component { keyform: key.name().to_string(), ..Component::default() };
    for value in key.values()? {
        let name = value.name().to_string();
        if let Some(deployment) = name.strip_prefix("c!") {
            component.deployments.push(deployment.to_owned());
        } else if name.eq_ignore_ascii_case("identity") {
            component.identity = Some(String::from_utf8_lossy(&value.data()?).into_owned());
        } else if name.eq_ignore_ascii_case("S256H") {
            component.manifest_sha256 = <[u8; 32]>::try_from(&*value.data()?).ok().map(Sha256Digest);
        } else if name.eq_ignore_ascii_case("CF") {
            component.flags = value.dword()?.unwrap_or_default();
        }
    }
    component.payload_deleted = component.flags & PAYLOAD_DELETED != 0;
    Ok(component)
}
