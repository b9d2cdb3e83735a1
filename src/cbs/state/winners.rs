//! Winners: of each component, the version that is in use.

use crate::cbs::{Identity, Version, keyform};
use crate::error::Result;
use crate::registry::Key;
use std::collections::HashMap;

/// The winning versions of an image's components.
#[derive(Clone, Debug, Default)]
pub struct Winners(HashMap<String, Vec<Version>>);

impl Winners {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The version in use of the component that `identity` is a version of: a component wins only over versions
    /// with the same first two numbers.
    pub fn of(&self, identity: &Identity) -> Option<Version> {
        let own = identity.version;
        let all = self.0.get(&keyform::family(identity))?;
        all.iter().copied().find(|v| (v.major, v.minor) == (own.major, own.minor))
    }

    /// States that `version` of a component is the one in use.
    pub fn insert(&mut self, identity: &Identity, version: Version) {
        let versions = self.0.entry(keyform::family(identity)).or_default();
        versions.retain(|v| (v.major, v.minor) != (version.major, version.minor));
        versions.push(version);
    }

    /// Reads the `Winners` key: below each component a key for each pair of first numbers, whose default value is
    /// the version. What does not follow that is passed over.
    pub(super) fn read(winners: &Key<'_>) -> Result<Self> {
        let mut all = HashMap::new();
        for family in winners.subkeys()? {
            let mut versions = Vec::new();
            for branch in family.subkeys()? {
                let text = branch.value("")?.map_or(Ok(None), |v| v.text())?;
                versions.extend(text.and_then(|t| t.parse::<Version>().ok()));
            }
            all.insert(family.name().to_string().to_ascii_lowercase(), versions);
        }
        Ok(Self(all))
    }
}
