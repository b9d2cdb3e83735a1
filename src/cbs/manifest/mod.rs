//! Component manifests: the files, directories, registry values and security descriptors of a component, and
//! what is left to Windows' own installers.

mod parse;
mod registry;

pub use registry::{RegistryData, RegistryKey, RegistryValue};

use super::Identity;
use super::xml::with_assembly;
use crate::base::{FileHash, Limits};
use crate::error::Result;

/// A component manifest, or a deployment's.
///
/// ```
/// use wimwright::base::{FileHash, Limits, sha256};
/// use wimwright::cbs::Manifest;
/// use wimwright::cbs::manifest::{ManifestFile, RegistryData, RegistryValue};
///
/// // SHA-256 of nothing, as manifests write digests.
/// let text = r"<assembly xmlns='urn:schemas-microsoft-com:asm.v3'>
///   <assemblyIdentity name='C' version='1.2.3.4' processorArchitecture='amd64' publicKeyToken='31bf'/>
///   <file name='a.dll' destinationPath='$(runtime.system32)\'>
///     <hash xmlns='urn:schemas-microsoft-com:asm.v2' xmlns:d='http://www.w3.org/2000/09/xmldsig#'>
///       <d:DigestMethod Algorithm='http://www.w3.org/2000/09/xmldsig#sha256'/>
///       <d:DigestValue>47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=</d:DigestValue>
///     </hash>
///   </file>
///   <registryKeys><registryKey keyName='HKEY_LOCAL_MACHINE\SOFTWARE\K'>
///     <registryValue name='n' valueType='REG_DWORD' value='0x10'/>
///   </registryKey></registryKeys>
/// </assembly>";
/// let manifest = Manifest::parse(text.as_bytes(), &Limits::default())?;
/// let file: &ManifestFile = manifest.file("A.DLL").expect("names are compared without case");
/// assert_eq!(file.plain_hash(), Some(FileHash::Sha256(sha256(b""))));
/// let value: &RegistryValue = &manifest.registry[0].values[0];
/// assert_eq!(value.data()?, RegistryData::Dword(16));
/// # Ok::<(), wimwright::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Manifest {
    /// The component's identity.
    pub identity: Identity,
    /// Whether it is a deployment: a root that only refers to components.
    pub deployment: bool,
    /// The components it refers to.
    pub dependencies: Vec<Dependency>,
    /// Its files.
    pub files: Vec<ManifestFile>,
    /// Directories that it creates.
    pub directories: Vec<Directory>,
    /// Registry keys with their values.
    pub registry: Vec<RegistryKey>,
    /// Security descriptors that files, directories and keys refer to by name.
    pub descriptors: Vec<DescriptorDefinition>,
    /// Categories that it is a member of.
    pub memberships: Vec<Membership>,
    /// Names of elements that only Windows' advanced installers carry out (services, tasks, events, ...).
    pub left_to_installers: Vec<String>,
}

/// A reference to another component.
#[derive(Clone, Debug)]
pub struct Dependency {
    /// `install` or `prerequisite`, or empty.
    pub kind: String,
    /// `Resources` where it is the language part of the component.
    pub resource_type: String,
    /// Whether it may be missing.
    pub optional: bool,
    /// What is referred to; the language `*` means every language that exists.
    pub identity: Identity,
}

/// A file of a component.
#[derive(Clone, Debug, Default)]
pub struct ManifestFile {
    /// Its name, in the component's directory and where it is projected.
    pub name: String,
    /// Where it is projected, with `$(runtime.…)` macros; empty where it stays in the component store.
    pub destination_path: String,
    /// What it is called there; empty where it keeps its name.
    pub destination_name: String,
    /// What it was called when the component was built.
    pub source_name: String,
    /// The folder it was in then.
    pub source_path: String,
    /// Further places that it is linked into.
    pub links: Vec<String>,
    /// The name of its security descriptor.
    pub descriptor: String,
    /// Its digests, with the transform that comes before each.
    pub hashes: Vec<DeclaredHash>,
}

/// A digest that a manifest declares.
#[derive(Clone, Debug)]
pub struct DeclaredHash {
    /// The transform's name; `urn:schemas-microsoft-com:HashTransforms.Identity` is none at all.
    pub transform: String,
    /// The digest.
    pub hash: FileHash,
}

impl DeclaredHash {
    /// Whether the digest is of the plain file.
    pub(crate) fn is_plain(&self) -> bool {
        self.transform.is_empty() || self.transform.ends_with("HashTransforms.Identity")
    }
}

impl ManifestFile {
    /// The digest of the plain file, the strongest that is declared.
    pub fn plain_hash(&self) -> Option<FileHash> {
        self.hashes.iter().filter(|h| h.is_plain()).map(|h| h.hash).max()
    }
}

/// A directory that a component creates.
#[derive(Clone, Debug)]
pub struct Directory {
    /// Where, with macros.
    pub destination_path: String,
    /// Whether the component owns it.
    pub owner: bool,
    /// The name of its security descriptor.
    pub descriptor: String,
}

/// A named security descriptor.
#[derive(Clone, Debug)]
pub struct DescriptorDefinition {
    /// The name.
    pub name: String,
    /// The descriptor in SDDL.
    pub sddl: String,
    /// `replace`, `append` or empty.
    pub operation_hint: String,
}

/// A membership in a category.
#[derive(Clone, Debug)]
pub struct Membership {
    /// The category's name.
    pub name: String,
    /// The category's type (`BootRecovery`, `Service`, ...).
    pub type_name: String,
    /// Names of the elements of its instances (`serviceData`, `shortCut`, ...).
    pub instances: Vec<String>,
}

impl Manifest {
    /// Parses a manifest that is plain XML, in UTF-8 or UTF-16.
    pub fn parse(data: &[u8], limits: &Limits) -> Result<Self> {
        with_assembly(data, limits, parse::manifest)
    }

    /// The file of this name.
    pub fn file(&self, name: &str) -> Option<&ManifestFile> {
        self.files.iter().find(|f| f.name.eq_ignore_ascii_case(name))
    }
}

#[cfg(test)]
mod tests;
