//! The package manifests of one update as a whole: its root and what is nested below.

use super::{Identity, Mum};
use crate::base::Limits;
use crate::error::{Error, ErrorKind, Result};
use std::collections::{HashMap, HashSet};

/// The package manifests of an update. The root is what the update is; Windows installs from there.
///
/// ```
/// use wimwright::base::Limits;
/// use wimwright::cbs::{Identity, PackageSet};
///
/// let mum = |name: &str, below: &str| {
///     let text = format!(
///         "<assembly xmlns='urn:schemas-microsoft-com:asm.v3'><assemblyIdentity name='{name}' version='1.0.0.0' \
///          processorArchitecture='amd64' publicKeyToken='31bf'/><package>{below}</package></assembly>"
///     );
///     text.into_bytes()
/// };
/// let below = "<update name='u'><package><assemblyIdentity name='Inner' version='1.0.0.0' \
///              processorArchitecture='amd64' publicKeyToken='31bf'/></package></update>";
/// let files = [("inner.mum", mum("Inner", "")), ("update.mum", mum("Package_for_KB1", below))];
/// let set = PackageSet::parse(files, &Limits::default())?;
/// assert_eq!((set.root().identity.name.as_str(), set.iter().count()), ("Package_for_KB1", 2));
/// let inner = Identity::parse("inner~31bf~amd64~~1.0.0.0")?;
/// assert!(set.find(&inner).is_some() && set.variants().next().is_none());
/// // With the components whose files the update brings it can tell more of what an image has already.
/// let set = set.with_components(vec![inner]);
/// assert_eq!(set.components().len(), 1);
/// # Ok::<(), wimwright::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct PackageSet {
    mums: Vec<(String, Mum)>,
    by_name: HashMap<String, usize>,
    root: usize,
    components: Vec<Identity>,
}

impl PackageSet {
    /// The set of these manifests, each with its file name. The root is `update.mum`, or else the one that no
    /// other nests.
    pub(crate) fn new(mums: Vec<(String, Mum)>) -> Result<Self> {
        let by_name: HashMap<_, _> =
            mums.iter().enumerate().map(|(i, (_, mum))| (key(&mum.identity), i)).collect();
        let nested: HashSet<_> =
            mums.iter().flat_map(|(_, m)| m.nested()).map(|n| key(&n.identity)).collect();
        let named = mums.iter().position(|(name, _)| name.eq_ignore_ascii_case("update.mum"));
        let root = named.or_else(|| mums.iter().position(|(_, m)| !nested.contains(&key(&m.identity))));
        let none = || Error::new(ErrorKind::MissingPayload, "the update has no root package manifest");
        Ok(Self { root: root.ok_or_else(none)?, by_name, mums, components: Vec::new() })
    }

    /// The set of the `.mum` files of a package, each by name and bytes. The root is `update.mum`, or else the one that no
    /// other nests.
    pub fn parse<'a>(files: impl IntoIterator<Item = (&'a str, Vec<u8>)>, limits: &Limits) -> Result<Self> {
        let parsed = files.into_iter().map(|(name, data)| {
            let mum = Mum::parse(&data, limits).map_err(|e| e.within(name))?;
            Ok((name.to_owned(), mum))
        });
        Self::new(parsed.collect::<Result<_>>()?)
    }

    /// The same with the components that the update has files for, so that they can be compared with the image's.
    #[must_use]
    pub fn with_components(self, components: Vec<Identity>) -> Self {
        Self { components, ..self }
    }

    /// The components that the update has files for, as far as they were given.
    pub fn components(&self) -> &[Identity] {
        &self.components
    }

    /// The package that the update is.
    pub fn root(&self) -> &Mum {
        &self.mums[self.root].1
    }

    /// Every manifest with its file name, in the order given.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Mum)> {
        self.mums.iter().map(|(name, mum)| (name.as_str(), mum))
    }

    /// The manifest of this identity.
    pub fn find(&self, identity: &Identity) -> Option<&Mum> {
        self.by_name.get(&key(identity)).map(|&i| &self.mums[i].1)
    }

    /// Other roots that stand beside the first (`update-bf.mum`): packages under identities of their own.
    pub fn variants(&self) -> impl Iterator<Item = &Mum> {
        let beside = |name: &str| name.to_ascii_lowercase().starts_with("update-");
        self.mums.iter().filter(move |(name, _)| beside(name)).map(|(_, mum)| mum)
    }
}

fn key(identity: &Identity) -> String {
    identity.to_string().to_ascii_lowercase()
}
