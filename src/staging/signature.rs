//! Who signed an update, whole: its file's signature, and the catalogs by which Windows trusts its manifests.

use super::name_key;
use super::update::StagedFile;
use super::verify::manifest_text;
use crate::base::{Limits, Sha1Digest, Sha256Digest, sha1, sha256};
use crate::codec::winsxs;
use crate::error::{Error, ErrorKind, Result};
use crate::package::{Catalog, SignatureCheck, SignatureState};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::HashMap;
use std::ops::AddAssign;

/// How the signatures of an update stand: of the file, and of the catalogs in it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct UpdateSignature {
    /// The file's own, unless something inside is broken.
    #[serde(flatten)]
    pub check: SignatureCheck,
    /// The catalogs.
    pub catalogs: CatalogCounts,
}

/// The catalogs of an update, and the manifests that they name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CatalogCounts {
    /// Catalogs.
    pub files: u64,
    /// Those of them that Microsoft signed.
    pub microsoft: u64,
    /// Those that are signed by somebody else or in a way that cannot be checked here.
    pub others: u64,
    /// Package and component manifests whose digest a signed catalog names.
    pub named: u64,
    /// Manifests that no signed catalog of their package names, though it has some.
    pub unnamed: u64,
    /// Manifests that were not looked at, for they are compressed or lie there as deltas.
    pub unread: u64,
}

impl AddAssign<&Self> for CatalogCounts {
    fn add_assign(&mut self, other: &Self) {
        self.files += other.files;
        self.microsoft += other.microsoft;
        self.others += other.others;
        self.named += other.named;
        self.unnamed += other.unnamed;
        self.unread += other.unread;
    }
}

/// The catalogs of one package, checked against its manifests.
#[derive(Clone, Debug, Default)]
pub(crate) struct CatalogCheck {
    counts: CatalogCounts,
    /// A catalog that is broken, by name, and how.
    broken: Option<(String, SignatureCheck)>,
    /// The first manifest that no catalog names.
    unnamed: Option<String>,
}

impl CatalogCheck {
    pub(super) fn counts(&self) -> &CatalogCounts {
        &self.counts
    }
}

impl UpdateSignature {
    /// Puts together what was found of the file and of its packages.
    pub(crate) fn new<'a>(
        check: SignatureCheck,
        packages: impl IntoIterator<Item = &'a CatalogCheck>,
    ) -> Self {
        let (mut catalogs, mut check) = (CatalogCounts::default(), check);
        for package in packages {
            catalogs += &package.counts;
            if check.is_broken() {
                continue;
            }
            if let Some((name, found)) = &package.broken {
                check = found.clone().within(name);
            } else if let Some(name) =
                package.unnamed.as_ref().filter(|_| check.state != SignatureState::Microsoft)
            {
                // Where Microsoft signed the whole file, nothing in it was changed, catalogs or not.
                let text =
                    "is in none of its package's signed catalogs: it was changed, or does not belong to it";
                check = SignatureCheck::new(SignatureState::Broken, format!("{name} {text}"));
            }
        }
        Self { check, catalogs }
    }

    /// An error where the signature is broken, unless that is allowed.
    pub(crate) fn demand(&self, allow_broken: bool) -> Result<()> {
        demand(&self.check, allow_broken)
    }
}

/// An error of kind [`ErrorKind::HashMismatch`] where a signature is broken, unless that is allowed.
pub(crate) fn demand(check: &SignatureCheck, allow_broken: bool) -> Result<()> {
    if !check.is_broken() || allow_broken {
        return Ok(());
    }
    let text = format!("{} (--allow-broken-signature takes it all the same)", check.reason);
    Err(Error::new(ErrorKind::HashMismatch, text))
}

/// Collects the catalogs and manifests of one package.
#[derive(Default)]
pub(super) struct Collected {
    catalogs: Vec<(String, Catalog)>,
    manifests: Vec<(String, Sha1Digest, Sha256Digest)>,
    unread: u64,
}

/// What a file of a package is to its catalogs, by its name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Catalog,
    Manifest,
}

/// The role of a file at the package's root; payload has none, catalogs of drivers among it.
pub(super) fn role(name: &str) -> Option<Role> {
    let key = name_key(name);
    match key.rsplit_once('.')?.1 {
        _ if key.contains('\\') => None,
        "cat" => Some(Role::Catalog),
        "mum" | "manifest" => Some(Role::Manifest),
        _ => None,
    }
}

impl Collected {
    /// Takes a catalog or a manifest. One that is compressed is not what its catalog is of.
    pub(super) fn take(&mut self, name: &str, role: Role, data: &[u8], limits: &Limits) -> Result<()> {
        match role {
            Role::Catalog => {
                let catalog = Catalog::parse(data, limits).map_err(|e| e.with_path(name))?;
                self.catalogs.push((name.to_owned(), catalog));
            }
            Role::Manifest if winsxs::wrapper(data).is_some() => self.unread += 1,
            Role::Manifest => self.manifests.push((name.to_owned(), sha1(data), sha256(data))),
        }
        Ok(())
    }

    /// Sees which manifests the catalogs name. `rebuilt` are files that are not here as they will be: what they name, or are
    /// named by, is not known yet.
    pub(super) fn check<'a>(mut self, rebuilt: impl IntoIterator<Item = &'a str>) -> CatalogCheck {
        let rebuilt: HashMap<String, Role> =
            rebuilt.into_iter().filter_map(|name| Some((name_key(name), role(name)?))).collect();
        self.catalogs.retain(|(name, _)| !rebuilt.contains_key(&name_key(name)));
        self.manifests.retain(|(name, ..)| !rebuilt.contains_key(&name_key(name)));
        let absent = rebuilt.values().filter(|role| **role == Role::Catalog).count();
        self.unread += (rebuilt.len() - absent) as u64;
        let mut found = CatalogCheck::default();
        found.counts.files = self.catalogs.len() as u64;
        found.counts.unread = self.unread;
        let mut signed = Vec::new();
        for (name, catalog) in &self.catalogs {
            match catalog.check().state {
                SignatureState::Broken => {
                    found.broken.get_or_insert_with(|| (name.clone(), catalog.check().clone()));
                    continue;
                }
                SignatureState::Unsigned => continue,
                SignatureState::Microsoft => found.counts.microsoft += 1,
                SignatureState::Valid | SignatureState::Unknown => found.counts.others += 1,
            }
            signed.push(catalog);
        }
        if signed.is_empty() {
            return found;
        }
        for (name, sha1, sha256) in self.manifests {
            if signed.iter().any(|c| c.names(sha1, sha256)) {
                found.counts.named += 1;
            } else if absent > 0 {
                found.counts.unread += 1;
            } else {
                found.counts.unnamed += 1;
                found.unnamed.get_or_insert(name);
            }
        }
        found
    }
}

/// Checks the manifests that a package delivers, in the form that its catalogs are of, against them.
pub(super) fn check_files(
    files: &[StagedFile],
    dictionary: Option<&[u8]>,
    limits: &Limits,
) -> Result<CatalogCheck> {
    let own = super::dictionary::delivered(files, limits)?;
    let dictionary = own.as_deref().or(dictionary);
    let parts: Vec<Collected> = files
        .par_iter()
        .filter_map(|file| Some((file, role(&file.name)?)))
        .map(|(file, role)| {
            let mut part = Collected::default();
            let data = match role {
                Role::Catalog => Some(file.content.bytes(limits.max_document)?),
                // One that cannot be unwrapped is reported by others.
                Role::Manifest => manifest_text(&file.content, dictionary, limits).ok().flatten(),
            };
            match data.as_deref() {
                Some(data) => part.take(&file.name, role, data, limits)?,
                None => part.unread += 1,
            }
            Ok(part)
        })
        .collect::<Result<_>>()?;
    let mut all = Collected::default();
    for part in parts {
        all.catalogs.extend(part.catalogs);
        all.manifests.extend(part.manifests);
        all.unread += part.unread;
    }
    Ok(all.check([]))
}
