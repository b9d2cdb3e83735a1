//! Winners: of each component, the version that is in use.

use crate::cbs::{Identity, Version, keyform};
use crate::error::Result;
use crate::registry::Key;
use std::collections::HashMap;

/// The winning versions of an image's components.
///
/// ```
/// use wimwright::cbs::state::Winners;
/// use wimwright::cbs::{Identity, Version};
///
/// let component = Identity::parse("Sample~31bf3856ad364e35~amd64~~10.0.19041.1")?;
/// let mut winners = Winners::none_in_use();
/// assert!(winners.are_told() && winners.of(&component).is_none());
/// winners.insert(&component, Version::new(10, 0, 19041, 5));
/// // Of the same first two numbers one version is in use.
/// assert_eq!(winners.of(&component), Some(Version::new(10, 0, 19041, 5)));
/// # Ok::<(), wimwright::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Winners {
    told: bool,
    versions: HashMap<String, Vec<Version>>,
}

impl Winners {
    /// Those of an image that tells which components it uses, and uses none. The default is of one that does not tell.
    pub fn none_in_use() -> Self {
        Self { told: true, ..Self::default() }
    }

    /// Whether the image tells which components it uses: what is not here is then not in use.
    pub fn are_told(&self) -> bool {
        self.told
    }

    /// The version in use of the component that `identity` is a version of: a component wins only over versions
    /// with the same first two numbers.
    pub fn of(&self, identity: &Identity) -> Option<Version> {
        let own = identity.version;
        let all = self.versions.get(&keyform::family(identity))?;
        all.iter().copied().find(|v| (v.major, v.minor) == (own.major, own.minor))
    }

    /// States that `version` of a component is the one in use.
    pub fn insert(&mut self, identity: &Identity, version: Version) {
        let versions = self.versions.entry(keyform::family(identity)).or_default();
        versions.retain(|v| (v.major, v.minor) != (version.major, version.minor));
        versions.push(version);
    }

    /// Reads the `Winners` key: below each component a key for each pair of first numbers, whose default value is
    /// the version. What does not follow that is passed over.
    pub(super) fn read(winners: &Key<'_>) -> Result<Self> {
        let mut all = Self::none_in_use();
        for family in winners.subkeys()? {
            let mut versions = Vec::new();
            for branch in family.subkeys()? {
                let text = branch.value("")?.map_or(Ok(None), |v| v.text())?;
                versions.extend(text.and_then(|t| t.parse::<Version>().ok()));
            }
            all.versions.insert(family.name().to_string().to_ascii_lowercase(), versions);
        }
        Ok(all)
    }
}
