//! What an image holds already, as far as applicability asks.

use crate::cbs::{Identity, ServicingState, Version};
use std::collections::HashMap;

/// The packages that count as installed, and the servicing stack.
#[derive(Clone, Debug, Default)]
pub struct ImageState {
    packages: HashMap<String, Vec<Identity>>,
    stack: Option<Version>,
}

impl ImageState {
    /// The state of an image with these packages and this version of the servicing stack.
    pub fn new(packages: impl IntoIterator<Item = Identity>, stack: Option<Version>) -> Self {
        let mut state = Self { packages: HashMap::new(), stack };
        for identity in packages {
            state.packages.entry(identity.name.to_ascii_lowercase()).or_default().push(identity);
        }
        state
    }

    /// The version of the newest servicing stack, where the image has one.
    pub fn stack(&self) -> Option<Version> {
        self.stack
    }

    /// Whether the image lists no package at all.
    pub fn is_empty(&self) -> bool {
        self.packages.is_empty()
    }

    /// Every package of the image.
    pub fn packages(&self) -> impl Iterator<Item = &Identity> {
        self.packages.values().flatten()
    }

    /// The packages that are `wanted` in any version; the language `*` accepts every language.
    pub fn family<'a>(&'a self, wanted: &'a Identity) -> impl Iterator<Item = &'a Identity> {
        let same_name = self.packages.get(&wanted.name.to_ascii_lowercase());
        same_name.into_iter().flatten().filter(|found| {
            let any = Identity { language: found.language.clone(), ..wanted.clone() };
            found.same_family(if wanted.language == "*" { &any } else { wanted })
        })
    }
}

/// Without a hive, the packages whose manifests lie in the image count as installed.
impl From<&ServicingState> for ImageState {
    fn from(state: &ServicingState) -> Self {
        let counted = |s: crate::cbs::state::PackageState| s.in_lineage();
        let by_files = state.source == crate::cbs::state::StateSource::Files;
        let packages = state.packages.iter().filter(|p| p.state.map_or(by_files, counted));
        Self::new(packages.map(|p| p.identity.clone()), state.stack())
    }
}
