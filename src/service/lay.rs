//! Laying a package's files into an overlay: where each goes, and what happens where one is already.

use super::receipt::{Change, FileRecord, IndexRecord, SkipRecord};
use crate::base::{BlobSource as _, ImagePath, ImageTree as _, Limits, Sha256Digest, TreeEntry, sha256};
use crate::cbs::layout::{self, Layout, PackageFile, Placement, Role, layout};
use crate::cbs::registration::StagedManifest;
use crate::cbs::{Identity, Manifest, Mum, security};
use crate::codec::winsxs;
use crate::error::{Error, ErrorKind, Result};
use crate::staging::{StagedFile, StagedPackage, manifest_text};
use crate::wim::metadata::Times;
use crate::wim::overlay::{Content, Overlay};
use crate::wim::xml::FileTime;
use std::borrow::Cow;
use std::collections::HashMap;

/// A package as it is laid out.
pub(super) struct LaidOut {
    pub layout: Layout,
    /// The components that have files.
    pub components: Vec<Identity>,
    /// Its component manifests; `None` where one could not be decoded.
    pub manifests: Option<Vec<StagedManifest>>,
    /// The digest of each catalog, by its name without extension in lower case.
    pub catalogs: HashMap<String, Sha256Digest>,
}

/// Where every file of a package goes; its manifests are read for it. A package that contradicts itself is an error.
pub(super) fn lay_out(
    package: &StagedPackage,
    dictionary: Option<&[u8]>,
    limits: &Limits,
) -> Result<LaidOut> {
    let mut mums: HashMap<&str, Mum> = HashMap::new();
    let mut manifests: HashMap<&str, Option<(Manifest, Sha256Digest)>> = HashMap::new();
    let mut catalogs = HashMap::new();
    for file in package.files.iter().filter(|f| !f.name.contains('\\')) {
        let name = file.name.to_lowercase();
        if name.ends_with(".mum") {
            let data = file.content.bytes(limits.max_document)?;
            mums.insert(&file.name, Mum::parse(&data, limits).map_err(|e| e.within(&file.name))?);
        } else if name.ends_with(".manifest") {
            let read = || -> Result<_> {
                let Some(text) = manifest_text(&file.content, dictionary, limits)? else { return Ok(None) };
                let digest = match text {
                    Cow::Owned(_) => sha256(&text),
                    Cow::Borrowed(_) => file.content.sha256(),
                };
                Ok(Some((Manifest::parse(&text, limits)?, digest)))
            };
            manifests.insert(&file.name, read().map_err(|e| e.within(&file.name))?);
        } else if let Some(stem) = name.strip_suffix(".cat") {
            catalogs.insert(stem.to_owned(), file.content.sha256());
        }
    }
    let files: Vec<_> = package
        .files
        .iter()
        .map(|file| {
            let name = file.name.as_str();
            let content = if let Some(mum) = mums.get(name) {
                layout::Content::Mum(mum)
            } else if let Some(manifest) = manifests.get(name) {
                layout::Content::Manifest(manifest.as_ref().map(|(manifest, _)| manifest))
            } else if !name.contains('\\') && name.to_lowercase().ends_with(".cat") {
                layout::Content::Catalog(file.content.sha256())
            } else {
                layout::Content::Other
            };
            PackageFile { name, content }
        })
        .collect();
    let layout = layout(&files);
    if let Some(skipped) = layout.skipped.iter().find(|s| s.reason.is_problem()) {
        return Err(Error::malformed(format!("it {}", skipped.reason)).with_path(&skipped.source));
    }
    let with_files = manifests.values().flatten().filter(|(m, _)| !m.files.is_empty());
    let components = with_files.map(|(m, _)| m.identity.clone()).collect();
    let mut names: Vec<&str> = manifests.keys().copied().collect();
    names.sort_unstable();
    let mut absent: HashMap<&str, Vec<String>> = HashMap::new();
    for (component, file) in &layout.absent {
        absent.entry(component).or_default().push(file.clone());
    }
    let staged = names.into_iter().map(|name| {
        let (manifest, sha256) = manifests.remove(name)??;
        let absent = absent.remove(name.to_lowercase().strip_suffix(".manifest")?).unwrap_or_default();
        Some(StagedManifest { manifest, sha256, absent })
    });
    let manifests = staged.collect();
    Ok(LaidOut { layout, components, manifests, catalogs })
}

/// Lays the files of a package into the overlay of an index.
pub(super) fn lay(
    package: &StagedPackage,
    layout: &Layout,
    overlay: &mut Overlay,
    dictionary: Option<&[u8]>,
    record: &mut IndexRecord,
) -> Result<()> {
    let files: HashMap<&str, &StagedFile> = package.files.iter().map(|f| (f.name.as_str(), f)).collect();
    let security = Security { file: security::file_descriptor(), folder: security::directory_descriptor() };
    for placement in &layout.placements {
        let Some(file) = files.get(placement.source.as_str()) else { continue };
        let change = match overlay.stat(&placement.path)? {
            None => {
                put(overlay, &placement.path, file, &security, &mut record.folders)
                    .map_err(|e| e.with_path(&placement.path))?;
                Change::Added
            }
            Some(entry) => match meet(overlay, &entry, placement, file, dictionary)? {
                Met::Same => Change::Present,
                Met::Kept(reason) => {
                    record.skipped.push(SkipRecord { name: placement.source.clone(), reason });
                    continue;
                }
            },
        };
        record.files.push(FileRecord {
            path: placement.path.to_string(),
            role: role(placement.role),
            change,
            size: file.content.size(),
            sha1: file.content.sha1(),
            sha256: file.content.sha256(),
        });
    }
    let skipped = layout.skipped.iter();
    record
        .skipped
        .extend(skipped.map(|s| SkipRecord { name: s.source.clone(), reason: format!("it {}", s.reason) }));
    Ok(())
}

/// How a file met one of its name.
enum Met {
    Same,
    Kept(String),
}

/// Compares a file with what the image has in its place. The store keeps files wrapped, which hold the same contents in
/// other bytes. A package's manifest or catalog under the same identity is the image's own and stays; of a component, of
/// which identity and version say everything, other contents are an error.
fn meet(
    overlay: &Overlay,
    entry: &TreeEntry,
    placement: &Placement,
    file: &StagedFile,
    dictionary: Option<&[u8]>,
) -> Result<Met> {
    let path = &placement.path;
    if entry.is_dir {
        return Err(Error::new(ErrorKind::AlreadyExists, "is a directory in the image").with_path(path));
    }
    if entry.sha1 == file.content.sha1() || (entry.is_empty() && file.content.size() == 0) {
        return Ok(Met::Same);
    }
    if !matches!(placement.role, Role::Payload | Role::Manifest) {
        return Ok(Met::Kept(format!("the image has {path} with other contents; they are kept")));
    }
    let limits = overlay.wim().limits();
    let ours = file.content.bytes(limits.max_buffer)?;
    let theirs = overlay.read(path, limits.max_buffer)?;
    let decode = |data| match winsxs::decode(data, dictionary, None, limits) {
        Ok(plain) => Ok(Some(plain)),
        // Wrapped against something that is not at hand.
        Err(e) if e.kind() == ErrorKind::MissingPayload => Ok(None),
        Err(e) => Err(e.with_path(path)),
    };
    match (decode(&ours)?, decode(&theirs)?) {
        (Some(ours), Some(theirs)) if ours == theirs => Ok(Met::Same),
        (Some(_), Some(_)) => {
            let message = "the image has this file of the same component with other contents";
            Err(Error::new(ErrorKind::AlreadyExists, message).with_path(path))
        }
        _ => Ok(Met::Kept(format!(
            "the image has {path} wrapped against a file that is not at hand, so they cannot be compared; it is kept"
        ))),
    }
}

/// What servicing's own files and folders belong to.
struct Security {
    file: Vec<u8>,
    folder: Vec<u8>,
}

/// Adds one file, and the folders on its way, owned by TrustedInstaller as Windows' own are.
fn put(
    overlay: &mut Overlay,
    path: &ImagePath,
    file: &StagedFile,
    security: &Security,
    made: &mut Vec<String>,
) -> Result<()> {
    let mut missing = Vec::new();
    let mut folder = path.parent();
    while let Some(path) = folder.filter(|p| !p.is_root()) {
        if overlay.stat(&path)?.is_some() {
            break;
        }
        folder = path.parent();
        missing.push(path);
    }
    for folder in missing.iter().rev() {
        overlay.mkdir(folder)?;
        overlay.set_security(folder, Some(&security.folder))?;
        made.push(folder.to_string());
    }
    overlay.put(path, Content::with_sha1(file.content.clone(), file.content.sha1()))?;
    overlay.set_security(path, Some(&security.file))?;
    if let Some(modified) = file.modified {
        let time = FileTime::from(modified);
        overlay.set_times(path, Times { creation: time.0, access: time.0, write: time.0 })?;
    }
    Ok(())
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Payload => "payload",
        Role::Manifest => "manifest",
        Role::Mum => "package",
        Role::PackageCatalog | Role::StoreCatalog => "catalog",
    }
}
