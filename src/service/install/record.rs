//! The receipt's account of an installation: what became of each package and each component of it.

use crate::cbs::Version;
use crate::cbs::effects::{NotCarriedOut, ValueChange};
use serde::Serialize;

/// What was installed in one index, best effort.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct InstallRecord {
    /// Why nothing could be installed; `null` where it could.
    pub reason: Option<String>,
    /// What became of each package that takes effect in the index.
    pub packages: Vec<PackageOutcome>,
    /// Each component of theirs.
    pub components: Vec<ComponentRecord>,
    /// Packages that were installed and that nothing is in use of any more: Superseded (0x50) now.
    pub superseded: Vec<String>,
}

/// What became of a package.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct PackageOutcome {
    /// Its identity.
    pub package: String,
    /// Its state in the hive now.
    pub state: String,
    /// The state's number.
    pub state_number: u32,
    /// Whether all that it asks for was carried out.
    pub complete: bool,
    /// Why it is not installed whole, a sentence each.
    pub reasons: Vec<String>,
}

/// What became of a component.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ComponentRecord {
    /// Its folder and manifest's name in the store.
    pub component: String,
    /// The package that brought it.
    pub package: String,
    /// Whether it is in use.
    pub outcome: ComponentOutcome,
    /// The version that was in use before; `null` where there was none.
    pub previous: Option<Version>,
    /// Files linked out of the store.
    pub files: Vec<LinkRecord>,
    /// Directories made, or given their descriptor.
    pub directories: Vec<String>,
    /// Registry keys.
    pub keys: Vec<InstalledKey>,
    /// What is left to Windows.
    pub left: Vec<NotCarriedOut>,
}

/// Whether a component is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ComponentOutcome {
    /// It came into use, or was in use and was carried out again.
    InUse,
    /// A version that is higher is in use.
    Superseded,
    /// Its package is not installed, so it stays in the store only.
    Staged,
    /// It is a deployment, which only refers to components.
    Deployment,
}

/// A file linked out of the store.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct LinkRecord {
    /// Its path in the image.
    pub path: String,
    /// What was done.
    pub change: LinkChange,
}

/// How a link met the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkChange {
    /// There was no such file.
    Linked,
    /// Another file was there; its other names keep it.
    Replaced,
    /// The link was there already.
    Present,
    /// The older version's file, which this one does not have, was taken away there.
    Removed,
}

/// A registry key.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct InstalledKey {
    /// The key as a running Windows names it.
    pub key: String,
    /// Whether it is new.
    pub created: bool,
    /// Its values.
    pub values: Vec<InstalledValue>,
}

/// A registry value.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct InstalledValue {
    /// The name; empty for the default value.
    pub name: String,
    /// The type, `REG_SZ`, ...
    #[serde(rename = "type")]
    pub kind: String,
    /// What was done.
    pub change: ValueChange,
}
