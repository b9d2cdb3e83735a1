//! Writing a staged package down in an image's hives: COMPONENTS and the servicing part of SOFTWARE.
//!
//! Microsoft documents none of this. Each fact is marked here with how it is known: **computed** and compared with real
//! names and exports in this project's tests; **measured** by others over every key of real images; **inferred**.
//!
//! | fact | known |
//! |---|---|
//! | component key = keyform; `identity`; `S256H` = SHA-256 of the manifest's text | computed, on 106 exported keys |
//! | `c!<deployment>`: empty, for each deployment that the component is installed by | measured; that the edges are those of `dependencyType="install"` is computed: they reach all 1,300 components of 26 packages |
//! | `f!<file>` names: cut after 25 characters | computed on two names |
//! | `f!` = 1 for a staged file that is not linked and not compressed | inferred |
//! | deployment key, `appid`, `CatalogThumbprint` = SHA-256 of the catalog | computed; measured |
//! | `p!CBS_…`/`s!CBS_…` names: lower case, cut after 60 characters | computed on three names |
//! | their data: length, 0, text. In real hives a 1 and one more byte are as common | measured; what the two say is not known |
//! | a staged package's deployment has `p!` and `s!`, an installed one's `i!` too | inferred |
//! | `VersionedIndex` is a cache that Windows makes again | measured: others delete it on real images |
//! | package key, `CurrentState`, `InstallName`, `InstallTime…`, `SelfUpdate`, `Visibility` | documented (state); measured |
//! | `Owners`: the outer package, or itself; low word the state that the owner wants | inferred from one export |
//! | `PackageIndex`, `PackageDetect`: keys and value names | measured; what their numbers say is not known, 0 is written, as others' scripts do for `PackageDetect` |
//!
//! `ComponentDetect` is left to Windows: its keys are keyforms with a version in them, and which version that is (it decides
//! the name's last part, a hash) is not known. Its values come with an installation and not with staging.

mod components;
mod facts;
mod installed;
mod names;
mod packages;
#[cfg(test)]
mod tests;
mod undo;

pub(crate) use components::register_components;
pub(crate) use facts::{Facts, PackageFact, StagedManifest};
pub(crate) use installed::{mark_installed, set_package_state};
pub use packages::RegisteredPackage;
pub(crate) use packages::register_packages;
pub use undo::{AddedKey, ChangedValue, HiveUndo, StoredValue};

use crate::base::Name;
use crate::error::Result;
use crate::registry::{KeyMut, ValueKind};

/// Sets a value unless it is there with the same type and data: a key that says it all already stays untouched.
fn set(key: &mut KeyMut<'_>, name: &str, kind: ValueKind, data: &[u8]) -> Result<()> {
    let same = match key.key()?.value(name)? {
        Some(value) => value.kind() == kind && *value.data()? == *data,
        None => false,
    };
    if same { Ok(()) } else { key.set(name, kind, data) }
}

/// Sets a value where there is none of that name.
fn set_new(key: &mut KeyMut<'_>, name: impl Into<Name>, kind: ValueKind, data: &[u8]) -> Result<()> {
    let name = name.into();
    if key.key()?.value(name.clone())?.is_some() { Ok(()) } else { key.set(name, kind, data) }
}

/// A `REG_SZ`'s data.
fn text(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}
