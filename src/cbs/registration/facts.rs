//! What one update's packages, deployments and components are, as the hives are told of them.

use super::names;
use crate::base::Sha256Digest;
use crate::cbs::{Identity, Manifest, Mum, PackageSet, keyform};
use crate::error::{Error, Result};
use std::collections::{HashMap, HashSet};

/// A component manifest that was laid into the store.
#[derive(Clone, Debug)]
pub struct StagedManifest {
    /// The manifest.
    pub manifest: Manifest,
    /// SHA-256 of its text, which is what the hive keeps whatever form the file has.
    pub sha256: Sha256Digest,
    /// The files that it lists and the update does not hold.
    pub absent: Vec<String>,
}

/// Everything that is registered of one update: pure facts, of no image yet.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Facts {
    /// Each component, deployments included.
    pub components: Vec<ComponentFact>,
    /// Each deployment.
    pub deployments: Vec<DeploymentFact>,
    /// Each package, the root first.
    pub packages: Vec<PackageFact>,
}

/// One component.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ComponentFact {
    /// Its key, folder and manifest's name.
    pub keyform: String,
    /// The value `identity`.
    pub identity: String,
    /// The value `S256H`.
    pub sha256: Sha256Digest,
    /// Its files that were laid into the store.
    pub files: Vec<String>,
    /// Whether it has files and the update holds none of them.
    pub without_payload: bool,
    /// The keys of the deployments that install it.
    pub deployments: Vec<String>,
}

/// One deployment.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DeploymentFact {
    /// Its key.
    pub key: String,
    /// The value `appid`.
    pub identity: String,
    /// SHA-256 of the catalog of the package that declares it.
    pub catalog: Option<Sha256Digest>,
    /// `<package>.<update>` for each update that it is of.
    pub references: Vec<String>,
}

/// One package.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PackageFact {
    /// Its identity.
    pub identity: Identity,
    /// Whether people are not shown it.
    pub hidden: bool,
    /// The packages that it is nested in; itself for a root.
    pub owners: Vec<Identity>,
    /// The packages that it looks for.
    pub parents: Vec<Identity>,
}

impl Facts {
    /// The facts of an update. `catalogs` holds the digest of each package's catalog by the file name of the package's
    /// manifest without its extension, in lower case.
    ///
    /// An error where a component belongs to no deployment of the update: Windows has no such component, and what such a
    /// key would say is not known.
    pub fn new(
        set: &PackageSet,
        manifests: &[StagedManifest],
        catalogs: &HashMap<String, Sha256Digest>,
    ) -> Result<Self> {
        let index = Index::new(manifests);
        let mut deployments: Vec<DeploymentFact> = Vec::new();
        let mut by_manifest: HashMap<usize, usize> = HashMap::new();
        for (file, mum) in set.iter() {
            let catalog = file.rsplit_once('.').and_then(|(stem, _)| catalogs.get(&stem.to_lowercase()));
            for update in &mum.updates {
                let roots = update.components.iter().chain(update.drivers.iter().map(|d| &d.identity));
                for number in roots.flat_map(|root| index.find(root)) {
                    let at = *by_manifest.entry(number).or_insert_with(|| {
                        let identity = &manifests[number].manifest.identity;
                        deployments.push(DeploymentFact {
                            key: keyform::deployment(identity),
                            identity: identity.component_text(),
                            catalog: None,
                            references: Vec::new(),
                        });
                        deployments.len() - 1
                    });
                    let fact = &mut deployments[at];
                    fact.catalog = fact.catalog.or(catalog.copied());
                    let reference = format!("{}.{}", mum.identity, update.name);
                    if !fact.references.contains(&reference) {
                        fact.references.push(reference);
                    }
                }
            }
        }
        let mut installed_by: Vec<Vec<String>> = vec![Vec::new(); manifests.len()];
        let mut roots: Vec<(&usize, &usize)> = by_manifest.iter().collect();
        roots.sort_unstable_by_key(|(_, at)| **at);
        for (&root, &at) in roots {
            for number in index.closure(root) {
                installed_by[number].push(deployments[at].key.clone());
            }
        }
        let components = manifests.iter().zip(installed_by).map(|(staged, deployments)| {
            let keyform = keyform::component(&staged.manifest.identity);
            if deployments.is_empty() {
                return Err(Error::malformed("the component belongs to no deployment of the update")
                    .with_path(keyform));
            }
            let names = staged.manifest.files.iter().map(|f| f.name.clone());
            let files: Vec<String> = names.filter(|n| !staged.absent.contains(n)).collect();
            Ok(ComponentFact {
                keyform,
                identity: staged.manifest.identity.component_text(),
                sha256: staged.sha256,
                without_payload: files.is_empty() && !staged.manifest.files.is_empty(),
                files,
                deployments,
            })
        });
        let components = components.collect::<Result<_>>()?;
        Ok(Self { components, deployments, packages: packages(set) })
    }

    /// The digests of the catalogs that deployments name, each once, with the deployments' keys.
    pub fn catalogs(&self) -> Vec<(Sha256Digest, Vec<&str>)> {
        let mut found: Vec<(Sha256Digest, Vec<&str>)> = Vec::new();
        for deployment in &self.deployments {
            let Some(catalog) = deployment.catalog else { continue };
            match found.iter_mut().find(|(digest, _)| *digest == catalog) {
                Some((_, keys)) => keys.push(&deployment.key),
                None => found.push((catalog, vec![&deployment.key])),
            }
        }
        found
    }

    /// The names of the values that each component has for its files.
    pub fn file_values(component: &ComponentFact) -> impl Iterator<Item = String> {
        component.files.iter().map(|name| names::file(name))
    }
}

/// Manifests by what a reference names.
struct Index<'a> {
    manifests: &'a [StagedManifest],
    by_name: HashMap<[String; 3], Vec<usize>>,
}

impl<'a> Index<'a> {
    fn new(manifests: &'a [StagedManifest]) -> Self {
        let mut by_name: HashMap<_, Vec<usize>> = HashMap::new();
        for (number, staged) in manifests.iter().enumerate() {
            by_name.entry(key(&staged.manifest.identity)).or_default().push(number);
        }
        Self { manifests, by_name }
    }

    /// The manifests that `wanted` names: the language `*` is every one that there is, an open version any.
    fn find(&self, wanted: &Identity) -> Vec<usize> {
        let same_name = self.by_name.get(&key(wanted)).into_iter().flatten().copied();
        let fits = |number: &usize| {
            let found = &self.manifests[*number].manifest.identity;
            (wanted.version.is_zero() || wanted.version == found.version)
                && (wanted.language == "*" || wanted.language.eq_ignore_ascii_case(&found.language))
        };
        same_name.filter(fits).collect()
    }

    /// A deployment and all that it installs, however far down.
    fn closure(&self, root: usize) -> Vec<usize> {
        let (mut seen, mut pending) = (HashSet::from([root]), vec![root]);
        while let Some(number) = pending.pop() {
            let dependencies = &self.manifests[number].manifest.dependencies;
            let installs = dependencies.iter().filter(|d| d.kind.eq_ignore_ascii_case("install"));
            for found in installs.flat_map(|d| self.find(&d.identity)) {
                if seen.insert(found) {
                    pending.push(found);
                }
            }
        }
        let mut all: Vec<usize> = seen.into_iter().collect();
        all.sort_unstable();
        all
    }
}

fn key(identity: &Identity) -> [String; 3] {
    [&identity.name, &identity.architecture, &identity.public_key_token].map(|t| t.to_ascii_lowercase())
}

/// Every package of the set: the root, what stands beside it, what is nested.
fn packages(set: &PackageSet) -> Vec<PackageFact> {
    let fact = |mum: &Mum| {
        let outer = set.iter().map(|(_, m)| m).filter(|m| m.nested().any(|n| n.identity == mum.identity));
        let mut owners: Vec<Identity> = outer.map(|m| m.identity.clone()).collect();
        let nested = |m: &Mum| m.nested().find(|n| n.identity == mum.identity).map(|n| n.integrate.clone());
        let hidden = set.iter().filter_map(|(_, m)| nested(m)).any(|i| i.eq_ignore_ascii_case("hidden"));
        if owners.is_empty() {
            owners.push(mum.identity.clone());
        }
        let mut parents: Vec<Identity> = Vec::new();
        for parent in mum.parents.iter().flat_map(|p| &p.identities) {
            if !parents.iter().any(|p| p.same_family(parent)) {
                parents.push(parent.clone());
            }
        }
        PackageFact { identity: mum.identity.clone(), hidden, owners, parents }
    };
    let root = set.root();
    let others = set.iter().map(|(_, mum)| mum).filter(|mum| mum.identity != root.identity);
    std::iter::once(root).chain(others).map(fact).collect()
}
