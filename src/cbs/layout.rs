//! Where the files of a package lie in an image once they are staged.

use super::{Identity, Manifest, Mum, keyform};
use crate::base::{ImagePath, Sha256Digest, safe_relative};
use crate::error::Result;
use std::collections::{HashMap, HashSet};
use std::fmt;

/// One finished file of a package, with what was read from it.
#[derive(Clone, Copy, Debug)]
pub struct PackageFile<'a> {
    /// Its name in the package, separated by `\` or `/`.
    pub name: &'a str,
    /// What it is.
    pub content: Content<'a>,
}

/// What a file of a package is, as far as its place depends on it.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// A package manifest.
    Mum(&'a Mum),
    /// A component manifest; `None` where it could not be decoded, which leaves only its name to go by.
    Manifest(Option<&'a Manifest>),
    /// A catalog with its digest.
    Catalog(Sha256Digest),
    /// Anything else.
    Other,
}

/// What a placed file is to the component store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A component's file.
    Payload,
    /// A component's manifest.
    Manifest,
    /// A package's manifest.
    Mum,
    /// A package's catalog.
    PackageCatalog,
    /// The catalog in the component store, named by its digest.
    StoreCatalog,
}

/// A file's place in the image.
#[derive(Clone, Debug)]
pub struct Placement {
    /// The path in the image.
    pub path: ImagePath,
    /// The name in the package.
    pub source: String,
    /// What it is there.
    pub role: Role,
}

/// A file that is not placed.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Skipped {
    /// The name in the package.
    pub source: String,
    /// Why.
    pub reason: SkipReason,
}

/// Why a file is not placed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// It only serves the container: an index, a list of hashes, a delta.
    ContainerOnly,
    /// It belongs to no component and is no manifest or catalog.
    NoComponent,
    /// It is a delta record of a component, for which the finished file is rebuilt.
    DeltaRecord,
    /// Another file has the same place already.
    SameAs(String),
    /// A catalog without the package manifest that it signs.
    NoPackage,
    /// Its folder has no component manifest in the package.
    NoManifest,
    /// The component's manifest does not list it.
    NotListed,
    /// Its own identity gives another name.
    OtherIdentity(String),
    /// The name cannot be one of an image.
    UnsafeName(String),
}

impl SkipReason {
    /// Whether the package contradicts itself here, rather than the file having no place in an image.
    pub fn is_problem(&self) -> bool {
        matches!(self, Self::NoManifest | Self::NotListed | Self::OtherIdentity(_) | Self::UnsafeName(_))
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ContainerOnly => f.write_str("serves the container only"),
            Self::NoComponent => f.write_str("belongs to no component"),
            Self::DeltaRecord => f.write_str("is a delta record; the finished file is placed instead"),
            Self::SameAs(other) => write!(f, "has the same place as '{other}'"),
            Self::NoPackage => f.write_str("is a catalog without a package manifest"),
            Self::NoManifest => {
                f.write_str("lies in a folder whose component manifest is not in the package")
            }
            Self::NotListed => f.write_str("is not listed in its component's manifest"),
            Self::OtherIdentity(name) => write!(f, "has an identity that is named '{name}'"),
            Self::UnsafeName(why) => write!(f, "has no name for an image: {why}"),
        }
    }
}

impl serde::Serialize for SkipReason {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

/// Every file of a package with its place, or with the reason why it has none.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// Placed files; a catalog is placed twice.
    pub placements: Vec<Placement>,
    /// The others.
    pub skipped: Vec<Skipped>,
    /// Files that a component manifest of the package lists and the package does not hold: component, file.
    pub absent: Vec<(String, String)>,
}

/// The place of a package manifest or catalog: `Windows\servicing\Packages\<identity>.<extension>`.
pub(crate) fn package_path(identity: &Identity, extension: &str) -> ImagePath {
    folder(&["servicing", "Packages"]).join(format!("{identity}.{extension}").as_str())
}

fn folder(names: &[&str]) -> ImagePath {
    names.iter().fold(ImagePath::default().join("Windows"), |path, name| path.join(*name))
}

/// Lays a package out.
///
/// ```
/// use wimwright::base::Limits;
/// use wimwright::cbs::Mum;
/// use wimwright::cbs::layout::{Content, PackageFile, Role, SkipReason, layout};
///
/// let mum = "<assembly xmlns='urn:schemas-microsoft-com:asm.v3'><assemblyIdentity name='Package_for_KB1' \
///     version='1.2.3.4' processorArchitecture='amd64' publicKeyToken='31bf'/><package/></assembly>";
/// let mum = Mum::parse(mum.as_bytes(), &Limits::default())?;
/// let files = [
///     PackageFile { name: "update.mum", content: Content::Mum(&mum) },
///     PackageFile { name: "readme.txt", content: Content::Other },
/// ];
/// let layout = layout(&files);
/// let place = &layout.placements[0];
/// assert_eq!(place.path.to_string(), r"\Windows\servicing\Packages\Package_for_KB1~31bf~amd64~~1.2.3.4.mum");
/// assert_eq!((place.role, &layout.skipped[0].reason), (Role::Mum, &SkipReason::NoComponent));
/// assert!(!layout.skipped[0].reason.is_problem());
/// # Ok::<(), wimwright::Error>(())
/// ```
pub fn layout(files: &[PackageFile<'_>]) -> Layout {
    let mut plan = Plan::default();
    plan.index(files);
    for file in files {
        let name = file.name.replace('/', "\\");
        let result = match safe_relative(&name) {
            Ok(_) => plan.place(&name, file),
            Err(e) => Err(SkipReason::UnsafeName(e.message().to_owned())),
        };
        if let Err(reason) = result {
            plan.out.skipped.push(Skipped { source: file.name.to_owned(), reason });
        }
    }
    plan.absent();
    plan.out
}

#[derive(Default)]
struct Plan<'a> {
    out: Layout,
    /// Component folders, by the keyform that the manifest's name or identity gives.
    components: HashMap<String, Option<&'a Manifest>>,
    /// Package manifests by the stem of their file name.
    packages: HashMap<String, &'a Mum>,
    /// Where something lies already.
    taken: HashMap<ImagePath, String>,
    /// Component files that are there.
    present: HashSet<(String, String)>,
}

impl<'a> Plan<'a> {
    fn index(&mut self, files: &[PackageFile<'a>]) {
        for file in files {
            let name = file.name.to_lowercase();
            match file.content {
                Content::Mum(mum) => {
                    self.packages.insert(stem(&name).to_owned(), mum);
                }
                Content::Manifest(manifest) if manifest_name(&name, manifest).is_ok() => {
                    self.components.insert(stem(&name).to_owned(), manifest);
                }
                _ => {}
            }
        }
    }

    fn place(&mut self, name: &str, file: &PackageFile<'_>) -> Result<(), SkipReason> {
        let lower = name.to_lowercase();
        match file.content {
            _ if name.contains('\\') => self.payload(name, file.name),
            Content::Mum(mum) => {
                let expected = mum.identity.to_string();
                if lower.contains('~') && stem(&lower) != expected.to_lowercase() {
                    return Err(SkipReason::OtherIdentity(expected));
                }
                self.put(package_path(&mum.identity, "mum"), file.name, Role::Mum)
            }
            Content::Catalog(sha256) => {
                let mum = *self.packages.get(stem(&lower)).ok_or(SkipReason::NoPackage)?;
                self.put(package_path(&mum.identity, "cat"), file.name, Role::PackageCatalog)?;
                let store = folder(&["WinSxS", "Catalogs"]).join(format!("{sha256}.cat").as_str());
                // Packages may share a catalog; the store keeps one.
                let _ = self.put(store, file.name, Role::StoreCatalog);
                Ok(())
            }
            Content::Manifest(manifest) => {
                let keyform = manifest_name(&lower, manifest)?;
                let path = folder(&["WinSxS", "Manifests"]).join(format!("{keyform}.manifest").as_str());
                self.put(path, file.name, Role::Manifest)
            }
            Content::Other if container_only(&lower) => Err(SkipReason::ContainerOnly),
            Content::Other => Err(SkipReason::NoComponent),
        }
    }

    fn payload(&mut self, name: &str, source: &str) -> Result<(), SkipReason> {
        let (component, file) = name.split_once('\\').ok_or(SkipReason::NoComponent)?;
        let component = component.to_lowercase();
        let Some(manifest) = self.components.get(&component).copied() else {
            return Err(if looks_like_keyform(&component) {
                SkipReason::NoManifest
            } else {
                SkipReason::NoComponent
            });
        };
        if let Some((record, _)) = file.split_once('\\')
            && ["f", "r", "n"].iter().any(|r| record.eq_ignore_ascii_case(r))
        {
            return Err(SkipReason::DeltaRecord);
        }
        // The manifest has the spelling that Windows gives the file; indexes are all lower case.
        let spelled = match manifest {
            Some(manifest) => manifest.file(file).map(|f| f.name.as_str()).ok_or(SkipReason::NotListed)?,
            None => file,
        };
        let path = spelled
            .split('\\')
            .fold(folder(&["WinSxS"]).join(component.as_str()), |path, name| path.join(name));
        self.present.insert((component, spelled.to_lowercase()));
        self.put(path, source, Role::Payload)
    }

    fn put(&mut self, path: ImagePath, source: &str, role: Role) -> Result<(), SkipReason> {
        if let Some(other) = self.taken.get(&path) {
            return Err(SkipReason::SameAs(other.clone()));
        }
        self.taken.insert(path.clone(), source.to_owned());
        self.out.placements.push(Placement { path, source: source.to_owned(), role });
        Ok(())
    }

    fn absent(&mut self) {
        for (component, manifest) in &self.components {
            for file in manifest.iter().flat_map(|m| &m.files) {
                if !self.present.contains(&(component.clone(), file.name.to_lowercase())) {
                    self.out.absent.push((component.clone(), file.name.clone()));
                }
            }
        }
        self.out.absent.sort();
    }
}

/// A file name without its extension.
fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// The keyform that a manifest is filed under, or why its name is wrong.
fn manifest_name(lower: &str, manifest: Option<&Manifest>) -> Result<String, SkipReason> {
    match manifest.map(|m| keyform::component(&m.identity)) {
        Some(keyform) if keyform != stem(lower) => Err(SkipReason::OtherIdentity(keyform)),
        Some(keyform) => Ok(keyform),
        None if looks_like_keyform(stem(lower)) => Ok(stem(lower).to_owned()),
        None => Err(SkipReason::NoComponent),
    }
}

/// `architecture_name_token_version_language_hash`.
fn looks_like_keyform(text: &str) -> bool {
    let hash = text.rsplit('_').next().unwrap_or_default();
    text.split('_').count() >= 6 && hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit())
}

fn container_only(lower: &str) -> bool {
    let streams = lower.rsplit_once('.').is_some_and(|(_, extension)| extension == "psf");
    let index = lower.ends_with(".cix.xml") || lower == "$filehashes$.dat";
    index || streams || lower.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests;
