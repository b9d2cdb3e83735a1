//! What a component does to an image when it is installed: files projected, directories, registry keys and values,
//! security descriptors; and everything else that its manifest asks for, by name.
//!
//! Pure: from a manifest and a few facts about the image. "Best effort": the rules are those of Windows' documents and of
//! real manifests, and nobody has compared the outcome with DISM's.

mod keys;
mod left;
mod macros;
pub(crate) mod sddl;
mod superseded;
#[cfg(test)]
mod tests;
mod values;
mod write;

pub use keys::HiveFile;
pub use left::NotCarriedOut;
pub(crate) use macros::View;
pub use sddl::{SecurityDescriptor, Sid};
pub(crate) use superseded::superseded_packages;
pub use values::ValueEffect;
pub(crate) use values::merged;
pub use write::ValueChange;
pub(crate) use write::{write_key, write_winner};

use super::xml::with_assembly;
use super::{Architecture, Identity, Manifest};
use crate::base::{ImagePath, Limits};
use crate::error::{Error, Result};
use left::Leftovers;
use std::collections::HashMap;
use std::sync::Arc;

/// What effects depend on of the image that they are for.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The image's processor architecture.
    pub architecture: Architecture,
    /// The drive that its Windows will run from: `C:`.
    pub system_drive: String,
    /// The number of the control set in use.
    pub control_set: u32,
}

impl Facts {
    /// An image of this architecture like all that Microsoft ships: Windows on `C:`, the first control set.
    pub fn new(architecture: Architecture) -> Self {
        Self { architecture, system_drive: "C:".into(), control_set: 1 }
    }
}

/// All that one component does.
///
/// ```
/// use wimwright::base::Limits;
/// use wimwright::cbs::Architecture;
/// use wimwright::cbs::effects::{Effects, Facts, HiveFile, ValueEffect};
///
/// let manifest = r"<assembly xmlns='urn:schemas-microsoft-com:asm.v3'>
///   <assemblyIdentity name='C' version='1.2.3.4' processorArchitecture='amd64' publicKeyToken='31bf3856ad364e35'/>
///   <file name='a.dll' destinationPath='$(runtime.system32)\'/>
///   <registryKeys><registryKey keyName='HKEY_LOCAL_MACHINE\SOFTWARE\Key'>
///     <registryValue name='List' valueType='REG_MULTI_SZ' value='&quot;a&quot;,&quot;b&quot;'/>
///   </registryKey></registryKeys>
/// </assembly>";
/// let effects = Effects::of(manifest.as_bytes(), &Facts::new(Architecture::Amd64), &Limits::default())?;
/// assert!(effects.is_complete());
/// assert_eq!(effects.files[0].links[0].to_string(), r"\Windows\System32\a.dll");
/// let key = &effects.keys[0];
/// assert_eq!((key.hive.name().as_str(), key.path.as_str()), ("SOFTWARE", "Key"));
/// let hive: HiveFile = key.hive;
/// assert_eq!((hive.path().name().unwrap(), hive.root()), (&"SOFTWARE".into(), r"HKEY_LOCAL_MACHINE\SOFTWARE"));
/// let value: &ValueEffect = &key.values[0];
/// assert_eq!(value.strings(), ["a", "b"]);
/// # Ok::<(), wimwright::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Effects {
    /// The component.
    pub identity: Identity,
    /// Whether it is a deployment, which only refers to components and never comes into use itself.
    pub deployment: bool,
    /// Files that are linked out of the component store.
    pub files: Vec<FileEffect>,
    /// Directories that are made.
    pub directories: Vec<DirectoryEffect>,
    /// Registry keys, with their values.
    pub keys: Vec<KeyEffect>,
    /// What is left to Windows.
    pub not_carried_out: Vec<NotCarriedOut>,
    /// Elements that there is nothing to do for.
    pub passed_over: Vec<String>,
}

/// A file of the component's folder in the store.
#[derive(Clone, Debug)]
pub struct FileEffect {
    /// Its name there.
    pub name: String,
    /// Every place that it is linked to; none where it stays in the store.
    pub links: Vec<ImagePath>,
    /// Its descriptor, for the store and for every link; `None` leaves the store's own.
    pub descriptor: Option<Arc<SecurityDescriptor>>,
}

/// A directory that the component makes.
#[derive(Clone, Debug)]
pub struct DirectoryEffect {
    /// Where.
    pub path: ImagePath,
    /// Its descriptor; `None` leaves what it has or inherits.
    pub descriptor: Option<Arc<SecurityDescriptor>>,
}

/// A registry key.
#[derive(Clone, Debug)]
pub struct KeyEffect {
    /// The hive.
    pub hive: HiveFile,
    /// The path in it.
    pub path: String,
    /// Its descriptor; `None` leaves what it has or inherits.
    pub descriptor: Option<Arc<SecurityDescriptor>>,
    /// Its values, in the manifest's order.
    pub values: Vec<ValueEffect>,
}

impl Effects {
    /// What the component of this manifest, plain XML, does to an image.
    pub fn of(manifest: &[u8], facts: &Facts, limits: &Limits) -> Result<Self> {
        let parsed = Manifest::parse(manifest, limits)?;
        let mut left = Leftovers::default();
        let win32 = left::is_win32(&parsed.identity.kind);
        with_assembly(manifest, limits, |root| {
            left::walk(root, win32, &mut left);
            Ok(())
        })?;
        let (identity, deployment) = (parsed.identity.clone(), parsed.deployment);
        let mut out = Self { identity, deployment, ..Self::default() };
        if let Some(view) = View::of(&parsed.identity.architecture, facts.architecture) {
            Compute { view, facts, left: &mut left, named: HashMap::new() }.all(&parsed, &mut out);
        } else {
            let what = format!(
                "an image of {} has no place for {}",
                facts.architecture, parsed.identity.architecture
            );
            left.add("assemblyIdentity@processorArchitecture", what);
        }
        out.not_carried_out = left.items;
        out.passed_over = left.passed_over;
        Ok(out)
    }

    /// Whether nothing is left to Windows.
    pub fn is_complete(&self) -> bool {
        self.not_carried_out.is_empty()
    }
}

/// Descriptors by the names that elements call them.
type Named = HashMap<String, Option<Arc<SecurityDescriptor>>>;

struct Compute<'a> {
    view: View,
    facts: &'a Facts,
    left: &'a mut Leftovers,
    named: Named,
}

impl Compute<'_> {
    fn all(&mut self, manifest: &Manifest, out: &mut Effects) {
        for definition in &manifest.descriptors {
            let element = "trustInfo/securityDescriptorDefinition";
            let parsed = match definition.operation_hint.to_ascii_lowercase().as_str() {
                "" | "replace" => SecurityDescriptor::parse(&definition.sddl),
                hint => Err(Error::unsupported(format!("the operation '{hint}' is not carried out"))),
            };
            if let Err(error) = &parsed {
                self.left.add(element, format!("{}: {error}", definition.name));
            }
            self.named.insert(definition.name.to_ascii_lowercase(), parsed.ok().map(Arc::new));
        }
        for file in &manifest.files {
            let mut links = Vec::new();
            if !file.destination_path.is_empty() {
                let name = if file.destination_name.is_empty() { &file.name } else { &file.destination_name };
                self.link(&format!(r"{}\{name}", file.destination_path), &mut links);
            }
            for link in &file.links {
                // A folder, or a whole path.
                let name = if link.ends_with('\\') { file.name.as_str() } else { "" };
                self.link(&format!("{link}{name}"), &mut links);
            }
            let descriptor = self.descriptor(&file.descriptor, "file");
            out.files.push(FileEffect { name: file.name.clone(), links, descriptor });
        }
        for directory in &manifest.directories {
            match macros::image_path(&directory.destination_path, self.view) {
                Ok(path) => {
                    let descriptor = self.descriptor(&directory.descriptor, "directories/directory");
                    out.directories.push(DirectoryEffect { path, descriptor });
                }
                Err(error) => self.left.add("directories/directory", error.message()),
            }
        }
        for key in &manifest.registry {
            let located = macros::expand(&key.name, self.view, &self.facts.system_drive)
                .and_then(|name| keys::locate(&name, self.view, self.facts.control_set));
            match located {
                Ok((hive, path)) => {
                    let descriptor = self.descriptor(&key.descriptor, "registryKeys/registryKey");
                    let mut values = Vec::new();
                    for value in &key.values {
                        match values::effect(value, self.view, &self.facts.system_drive) {
                            Ok(effect) => values.push(effect),
                            Err(error) => self.left.add(
                                "registryKeys/registryKey/registryValue",
                                format!(r"{}\{}: {}", key.name, value.name, error.message()),
                            ),
                        }
                    }
                    out.keys.push(KeyEffect { hive, path, descriptor, values });
                }
                Err(error) => self.left.add("registryKeys/registryKey", error.message()),
            }
        }
    }

    fn link(&mut self, destination: &str, links: &mut Vec<ImagePath>) {
        match macros::image_path(destination, self.view) {
            Ok(path) if !links.contains(&path) => links.push(path),
            Ok(_) => {}
            Err(error) => self.left.add("file@destinationPath", error.message()),
        }
    }

    fn descriptor(&mut self, name: &str, element: &str) -> Option<Arc<SecurityDescriptor>> {
        if name.is_empty() {
            return None;
        }
        let Some(descriptor) = self.named.get(&name.to_ascii_lowercase()) else {
            let what = format!("the manifest does not define the descriptor '{name}'");
            self.left.add(format!("{element}/securityDescriptor"), what);
            return None;
        };
        descriptor.clone()
    }
}
