//! What an update is for, by the name of its package: the order of work follows from it.

use super::Identity;

/// Kinds of updates that have a place of their own in the order of work.
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
