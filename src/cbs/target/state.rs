//! What an image holds already, as far as its files tell.

use crate::base::{ImagePath, ImageTree};
use crate::cbs::{Identity, Version};
use crate::error::Result;
use std::collections::HashMap;

/// The packages and the servicing stack of an image, read from the names of its files. The registry, which
/// also says which packages are only staged, is not read.
#[derive(Clone, Debug, Default)]
pub struct ImageState {
    packages: HashMap<String, Vec<Identity>>,
    stack: Option<Version>,
}

impl ImageState {
    /// Reads `Windows\servicing\Packages` and `Windows\servicing\Version`; an image without them has neither.
    pub fn read(tree: &dyn ImageTree) -> Result<Self> {
        let names = |path: &str| -> Result<Vec<String>> {
            let path = ImagePath::parse(path)?;
            match tree.stat(&path)? {
                Some(entry) if entry.is_dir => {
                    Ok(tree.list(&path)?.iter().map(|e| e.name.to_string()).collect())
                }
                _ => Ok(Vec::new()),
            }
        };
        let manifests = names(r"Windows\servicing\Packages")?;
        let identities = manifests.iter().filter_map(|name| {
            let (stem, extension) = name.rsplit_once('.')?;
            extension.eq_ignore_ascii_case("mum").then(|| Identity::parse(stem).ok())?
        });
        let stack = names(r"Windows\servicing\Version")?.iter().filter_map(|n| n.parse().ok()).max();
        Ok(Self::new(identities, stack))
    }

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
