//! What an image holds already, as far as applicability asks.

use crate::cbs::state::{PackageState, StateSource, Winners};
use crate::cbs::{Identity, ServicingState, Version};
use std::collections::HashMap;

/// The packages of an image with their states, the servicing stack, and the components in use.
///
/// ```
/// use wimwright::cbs::state::{PackageState, Winners};
/// use wimwright::cbs::{Identity, ImageState, Version};
///
/// let client = Identity::parse("Client~31bf~amd64~~10.0.19041.1")?;
/// let staged = Identity::parse("Package_for_KB1~31bf~amd64~~1.0.0.0")?;
/// let stack = Some(Version::new(10, 0, 19041, 1));
/// let packages = [(client.clone(), None), (staged.clone(), Some(PackageState::STAGED))];
/// let state = ImageState::with_states(packages, stack, Winners::default());
/// assert!(!state.is_empty() && state.stack() == stack && !state.winners().are_told());
/// // What is staged only does not count as installed.
/// assert!(state.packages().eq([&client]) && state.family(&staged).next().is_none());
/// assert_eq!(state.states(&staged).next(), Some((&staged, Some(PackageState::STAGED))));
/// assert!(state.update(&client, "Printing").is_none());
/// # Ok::<(), wimwright::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct ImageState {
    packages: HashMap<String, Vec<Entry>>,
    stack: Option<Version>,
    winners: Winners,
    /// The states of packages' own updates, by the packages' names.
    updates: HashMap<String, Vec<(String, PackageState)>>,
}

/// A package and its state; one without a state counts as installed.
#[derive(Clone, Debug)]
struct Entry(Identity, Option<PackageState>);

impl ImageState {
    /// The state of an image with these packages installed and this version of the servicing stack.
    pub fn new(packages: impl IntoIterator<Item = Identity>, stack: Option<Version>) -> Self {
        Self::with_states(packages.into_iter().map(|identity| (identity, None)), stack, Winners::default())
    }

    /// The state of an image with these packages, each in its state (`None` is installed), and these components in use.
    pub fn with_states(
        packages: impl IntoIterator<Item = (Identity, Option<PackageState>)>,
        stack: Option<Version>,
        winners: Winners,
    ) -> Self {
        let mut state = Self { stack, winners, ..Self::default() };
        for (identity, number) in packages {
            let family = state.packages.entry(identity.name.to_ascii_lowercase()).or_default();
            family.push(Entry(identity, number));
        }
        state
    }

    /// The version of the newest servicing stack, where the image tells it.
    pub fn stack(&self) -> Option<Version> {
        self.stack
    }

    /// The same image with a servicing stack of this version, unless it has a newer one.
    #[must_use]
    pub(crate) fn with_stack(self, version: Version) -> Self {
        let stack = self.stack.max(Some(version));
        Self { stack, ..self }
    }

    /// Which version of each component is in use, as far as the image tells.
    pub fn winners(&self) -> &Winners {
        &self.winners
    }

    /// The same image where an update (or feature) of a package is in this state.
    #[must_use]
    pub(crate) fn with_update(mut self, package: &Identity, name: &str, number: PackageState) -> Self {
        let of_package = self.updates.entry(package.to_string().to_ascii_lowercase()).or_default();
        of_package.push((name.to_owned(), number));
        self
    }

    /// The state of an update (or feature) of a package, where the image tells it.
    pub fn update(&self, package: &Identity, name: &str) -> Option<PackageState> {
        let of_package = self.updates.get(&package.to_string().to_ascii_lowercase())?;
        of_package.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, number)| *number)
    }

    /// Whether the image lists no package at all.
    pub fn is_empty(&self) -> bool {
        self.packages.is_empty()
    }

    /// Every package that is installed, or was and is superseded.
    pub fn packages(&self) -> impl Iterator<Item = &Identity> {
        self.packages.values().flatten().filter(|e| e.counts()).map(|e| &e.0)
    }

    /// Those of them that are `wanted` in any version; the language `*` accepts every language.
    pub fn family<'a>(&'a self, wanted: &'a Identity) -> impl Iterator<Item = &'a Identity> {
        self.all(wanted).filter(|e| e.counts()).map(|e| &e.0)
    }

    /// Packages of that family in whatever state, with it.
    pub fn states<'a>(
        &'a self,
        wanted: &'a Identity,
    ) -> impl Iterator<Item = (&'a Identity, Option<PackageState>)> {
        self.all(wanted).map(|e| (&e.0, e.1))
    }

    fn all<'a>(&'a self, wanted: &'a Identity) -> impl Iterator<Item = &'a Entry> {
        let same_name = self.packages.get(&wanted.name.to_ascii_lowercase());
        same_name.into_iter().flatten().filter(|Entry(found, _)| {
            let any = Identity { language: found.language.clone(), ..wanted.clone() };
            found.same_family(if wanted.language == "*" { &any } else { wanted })
        })
    }
}

impl Entry {
    fn counts(&self) -> bool {
        self.1.is_none_or(PackageState::in_lineage)
    }
}

/// Without a hive, the packages whose manifests lie in the image count as installed; with one, it alone decides.
impl From<&ServicingState> for ImageState {
    fn from(state: &ServicingState) -> Self {
        let by_files = state.source == StateSource::Files;
        let packages = state.packages.iter().filter(|p| by_files || p.state.is_some());
        let named = packages.clone().map(|p| (p.identity.clone(), p.state));
        let image = Self::with_states(named, state.stack(), state.winners.clone());
        let updates = packages.flat_map(|p| p.updates.iter().map(move |(name, number)| (p, name, *number)));
        updates
            .fold(image, |image, (package, name, number)| image.with_update(&package.identity, name, number))
    }
}
