//! Files out of the store: hard links where manifests want them, directories, descriptors.

use super::record::{LinkChange, LinkRecord};
use crate::base::{BlobSource as _, ImagePath, ImageTree as _};
use crate::cbs::effects::sddl::{Guarded, SecurityDescriptor, Sid};
use crate::cbs::effects::{DirectoryEffect, Effects, FileEffect, NotCarriedOut};
use crate::cbs::security;
use crate::codec::winsxs;
use crate::error::Result;
use crate::staging::StagedFile;
use crate::wim::overlay::Overlay;
use std::collections::{HashMap, HashSet};

/// Where a component's file lies in the store.
fn store(keyform: &str, name: &str) -> ImagePath {
    let folder: ImagePath = ["Windows", "WinSxS", keyform].map(Into::into).into_iter().collect();
    name.split('\\').filter(|n| !n.is_empty()).fold(folder, |path, name| path.join(name))
}

/// What keeps files of a component from being linked.
pub(super) fn obstacles(
    overlay: &Overlay,
    keyform: &str,
    effects: &Effects,
    files: &HashMap<String, &StagedFile>,
) -> Result<Vec<NotCarriedOut>> {
    let mut left = Vec::new();
    for file in &effects.files {
        let path = store(keyform, &file.name);
        let Some(entry) = overlay.stat(&path)?.filter(|e| !e.is_dir) else {
            left.push(NotCarriedOut::new("file", format!("{} is not in the store", file.name)));
            continue;
        };
        let ours = files.get(&format!("{keyform}\\{}", file.name).to_lowercase());
        let plain = if let Some(staged) = ours {
            entry.sha1 == staged.content.sha1() || entry.is_empty() && staged.content.size() == 0
        } else {
            let limits = overlay.wim().limits();
            entry.is_empty() || winsxs::wrapper(&overlay.read(&path, limits.max_buffer)?).is_none()
        };
        if !plain && !file.links.is_empty() {
            left.push(NotCarriedOut::new("file", format!("the store keeps {} compressed", file.name)));
        }
        for link in &file.links {
            if overlay.stat(link)?.is_some_and(|e| e.is_dir) {
                left.push(NotCarriedOut::new("file", format!("{link} is a directory in the image")));
            }
        }
    }
    for directory in &effects.directories {
        if overlay.stat(&directory.path)?.is_some_and(|e| !e.is_dir) {
            let what = format!("{} is a file in the image", directory.path);
            left.push(NotCarriedOut::new("directories/directory", what));
        }
    }
    Ok(left)
}

/// The way of a component's files out of the store.
pub(super) struct Projection<'a> {
    pub overlay: &'a mut Overlay,
    pub keyform: &'a str,
}

impl Projection<'_> {
    /// Links a file to every place that it belongs, and gives it its descriptor.
    pub fn file(&mut self, file: &FileEffect) -> Result<Vec<LinkRecord>> {
        let own = store(self.keyform, &file.name);
        let mut out = Vec::new();
        // What stood in the way was told before and is left as it is.
        if self.overlay.stat(&own)?.is_none_or(|e| e.is_dir) {
            return Ok(out);
        }
        for link in &file.links {
            if let Some(change) = self.link(&own, link)? {
                out.push(LinkRecord { path: link.to_string(), change });
            }
        }
        if let Some(descriptor) = &file.descriptor {
            let beside = file.links.first().unwrap_or(&own);
            self.secure(&own, descriptor, beside.parent(), Guarded::File)?;
        }
        Ok(out)
    }

    fn link(&mut self, own: &ImagePath, link: &ImagePath) -> Result<Option<LinkChange>> {
        let mut short_name = None;
        let change = match self.overlay.stat(link)? {
            Some(entry) if entry.is_dir => return Ok(None),
            Some(_) if self.same(own, link) => return Ok(Some(LinkChange::Present)),
            Some(_) => {
                let metadata = self.overlay.metadata();
                short_name = metadata.lookup(link).map(|id| metadata.dentry(id).short_name().clone());
                self.overlay.remove(link)?;
                LinkChange::Replaced
            }
            None => {
                if let Some(folder) = link.parent() {
                    self.folder(&folder)?;
                }
                LinkChange::Linked
            }
        };
        self.overlay.hard_link(own, link)?;
        if let Some(name) = short_name.filter(|n| !n.is_empty()) {
            self.overlay.set_short_name(link, &name)?;
        }
        Ok(Some(change))
    }

    /// Whether two names are of one file.
    fn same(&self, one: &ImagePath, other: &ImagePath) -> bool {
        let metadata = self.overlay.metadata();
        let inode = |path| metadata.lookup(path).map(|id| metadata.dentry(id).inode());
        inode(one).is_some() && inode(one) == inode(other)
    }

    /// Makes a directory, and those on the way, owned by TrustedInstaller as Windows' own are.
    fn folder(&mut self, path: &ImagePath) -> Result<bool> {
        let mut missing = Vec::new();
        let mut folder = Some(path.clone());
        while let Some(path) = folder.filter(|p| !p.is_root()) {
            if self.overlay.stat(&path)?.is_some() {
                break;
            }
            folder = path.parent();
            missing.push(path);
        }
        let descriptor = security::directory_descriptor();
        for folder in missing.iter().rev() {
            self.overlay.mkdir(folder)?;
            self.overlay.set_security(folder, Some(&descriptor))?;
        }
        Ok(!missing.is_empty())
    }

    /// Makes a directory of a component; whether anything changed.
    pub fn directory(&mut self, directory: &DirectoryEffect) -> Result<bool> {
        if self.overlay.stat(&directory.path)?.is_some_and(|e| !e.is_dir) {
            return Ok(false);
        }
        let made = self.folder(&directory.path)?;
        let secured = match &directory.descriptor {
            Some(descriptor) => {
                self.secure(&directory.path, descriptor, directory.path.parent(), Guarded::Directory)?
            }
            None => false,
        };
        Ok(made || secured)
    }

    /// Gives an entry its descriptor, with what it inherits; whether it had another.
    fn secure(
        &mut self,
        path: &ImagePath,
        descriptor: &SecurityDescriptor,
        parent: Option<ImagePath>,
        guarded: Guarded,
    ) -> Result<bool> {
        let mut new = descriptor.clone().owned_by(&Sid::trusted_installer());
        if new.inherits()
            && let Some(parent) = parent
            && self.overlay.stat(&parent)?.is_some()
            && let Some(bytes) = self.overlay.security(&parent)?
        {
            new = new.inherit(&SecurityDescriptor::from_bytes(bytes)?, guarded);
        }
        let bytes = new.mapped(guarded).to_bytes()?;
        if self.overlay.security(path)? == Some(&bytes[..]) {
            return Ok(false);
        }
        self.overlay.set_security(path, Some(&bytes))?;
        Ok(true)
    }

    /// Takes away what the older version linked and the new one does not, where it still is the older one's file.
    pub fn take_away(&mut self, keyform: &str, older: &Effects, newer: &Effects) -> Result<Vec<LinkRecord>> {
        let kept: HashSet<&ImagePath> = newer.files.iter().flat_map(|f| &f.links).collect();
        let mut out = Vec::new();
        for file in &older.files {
            let own = store(keyform, &file.name);
            for link in file.links.iter().filter(|l| !kept.contains(l)) {
                if self.same(&own, link) {
                    self.overlay.remove(link)?;
                    out.push(LinkRecord { path: link.to_string(), change: LinkChange::Removed });
                }
            }
        }
        Ok(out)
    }
}
