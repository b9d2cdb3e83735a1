//! Real packages laid out: every file has its place in the image or a harmless reason for having none.

mod common;
#[path = "cbs/data.rs"]
#[allow(dead_code, reason = "this file needs the packages only")]
mod data;

use std::collections::{BTreeMap, BTreeSet};
use wimwright::base::{Limits, sha256};
use wimwright::cbs::layout::{Content, PackageFile, Role, layout};
use wimwright::cbs::{Manifest, Mum};
use wimwright::package::cix::Cix;

/// The names of what a package delivers: those of its index, and the members that the index does not use.
fn delivered(package: &data::Unpacked) -> BTreeSet<String> {
    let below = common::files_below(&package.dir);
    let relative =
        |p: &std::path::PathBuf| p.strip_prefix(&package.dir).unwrap().to_string_lossy().replace('/', "\\");
    let mut names: BTreeMap<String, String> =
        below.iter().map(relative).map(|name| (name.to_lowercase(), name)).collect();
    if let Ok(index) = std::fs::read(package.dir.join("_manifest_.cix.xml")) {
        let cix = Cix::parse(&index, &Limits::default()).unwrap();
        for stored in cix.files.iter().filter_map(|f| f.source.as_ref()?.name.as_ref()) {
            if !cix.files.iter().any(|f| f.name.eq_ignore_ascii_case(stored)) {
                names.remove(&stored.to_lowercase());
            }
        }
        for file in &cix.files {
            names.entry(file.name.to_lowercase()).or_insert_with(|| file.name.clone());
        }
    }
    names.into_values().collect()
}

#[test]
fn every_file_of_a_real_package_is_placed_or_explained() {
    let Some(packages) = data::packages() else { return };
    let limits = Limits::default();
    let mut roles: BTreeMap<String, usize> = BTreeMap::new();
    for package in packages {
        let names = delivered(package);
        let bytes = |name: &str| std::fs::read(package.dir.join(name.replace('\\', "/"))).ok();
        let (mut mums, mut manifests) = (BTreeMap::new(), BTreeMap::new());
        for name in names.iter().filter(|n| !n.contains('\\')) {
            match name.rsplit('.').next() {
                Some("mum") => {
                    mums.insert(name.clone(), Mum::parse(&bytes(name).unwrap(), &limits).unwrap());
                }
                // A manifest that is a delta or wrapped goes by its name here.
                Some("manifest") => {
                    let parsed = bytes(name).and_then(|b| Manifest::parse(&b, &limits).ok());
                    manifests.insert(name.clone(), parsed);
                }
                _ => {}
            }
        }
        let files: Vec<_> = names
            .iter()
            .map(|name| {
                let content = if let Some(mum) = mums.get(name) {
                    Content::Mum(mum)
                } else if let Some(manifest) = manifests.get(name) {
                    Content::Manifest(manifest.as_ref())
                } else if !name.contains('\\') && name.rsplit('.').next() == Some("cat") {
                    Content::Catalog(sha256(&bytes(name).unwrap_or_default()))
                } else {
                    Content::Other
                };
                PackageFile { name, content }
            })
            .collect();
        let layout = layout(&files);
        for skipped in &layout.skipped {
            assert!(!skipped.reason.is_problem(), "{}: {} {}", package.name, skipped.source, skipped.reason);
            *roles.entry(format!("skipped: {}", skipped.reason)).or_default() += 1;
        }
        assert!(layout.absent.is_empty(), "{}: {:?}", package.name, layout.absent);
        let placed = layout.placements.iter().filter(|p| p.role != Role::StoreCatalog).count();
        assert_eq!(placed + layout.skipped.len(), names.len(), "{}", package.name);
        let paths: BTreeSet<_> =
            layout.placements.iter().map(|p| p.path.to_string().to_lowercase()).collect();
        assert_eq!(paths.len(), layout.placements.len(), "{}", package.name);
        for placement in &layout.placements {
            *roles.entry(format!("{:?}", placement.role)).or_default() += 1;
        }
    }
    for (role, count) in &roles {
        eprintln!("{count} {role}");
    }
    assert!(roles["Payload"] > 1700 && roles["Manifest"] >= 1467 && roles["Mum"] >= 1300);
}
