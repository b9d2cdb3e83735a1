//! What an update is for, by the name of its package: the order of work follows from it.

use super::{Identity, Version};

/// Kinds of updates that have a place of their own in the order of work.
///
/// ```
/// use wimwright::cbs::{Identity, UpdateClass};
///
/// let package = Identity::parse("Package_for_RollupFix~31bf3856ad364e35~amd64~~26100.1742.1.10")?;
/// assert_eq!(UpdateClass::of(&package), UpdateClass::Cumulative);
/// assert_eq!(UpdateClass::of(&package).name(), "cumulative");
/// # Ok::<(), wimwright::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UpdateClass {
    /// Windows' monthly cumulative update, or a checkpoint of it.
    Cumulative,
    /// .NET's cumulative update.
    Dotnet,
    /// A servicing stack.
    ServicingStack,
    /// Any other.
    Update,
}

/// Names of packages begin like this.
const NAMES: [(&str, UpdateClass); 3] = [
    ("package_for_rollupfix", UpdateClass::Cumulative),
    ("package_for_dotnetrollup", UpdateClass::Dotnet),
    ("package_for_servicingstack", UpdateClass::ServicingStack),
];

impl UpdateClass {
    /// What the package of this identity is for.
    pub fn of(identity: &Identity) -> Self {
        let name = identity.name.to_lowercase();
        NAMES.iter().find(|(prefix, _)| name.starts_with(prefix)).map_or(Self::Update, |(_, class)| *class)
    }

    /// The version of the servicing stack that the package of this identity brings, where it is called after it:
    /// `Package_for_ServicingStack_4060` of version 26100.4060.1.0 brings 10.0.26100.4060.
    pub(crate) fn stack(identity: &Identity) -> Option<Version> {
        let Version { major, minor, .. } = identity.version;
        (Self::of(identity) == Self::ServicingStack).then_some(Version::new(10, 0, major, minor))
    }

    /// Its name in records: `servicing_stack`, `cumulative`, `dotnet` or `update`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cumulative => "cumulative",
            Self::Dotnet => "dotnet",
            Self::ServicingStack => "servicing_stack",
            Self::Update => "update",
        }
    }
}
