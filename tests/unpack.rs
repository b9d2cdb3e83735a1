//! Every real package: inspected and unpacked whole, every declared digest matched.

mod common;

use common::{files_below, temp, testdata};
use std::collections::BTreeMap;
use wimwright::base::{Limits, Progress};
use wimwright::staging::{UnpackOptions, inspect, unpack};

fn packages() -> Vec<std::path::PathBuf> {
    testdata().map(|d| files_below(&d.join("packages"))).unwrap_or_default()
}

#[test]
fn every_package_is_inspected() {
    for path in packages() {
        let name = path.file_name().unwrap().to_string_lossy().to_lowercase();
        let found = inspect(&path, &Limits::default(), &Progress::none()).unwrap();
        assert_eq!(found.packages.len(), 1, "{name}");
        let package = &found.packages[0];
        if let Some(kb) = name.split('-').find(|p| p.starts_with("kb")) {
            assert_eq!(found.kb.as_deref(), Some(kb.to_uppercase().as_str()), "{name}");
        }
        let identity = package.identity.as_deref().unwrap();
        let architecture = if name.contains("x86") { "~x86~" } else { "~amd64~" };
        assert!(identity.contains(architecture), "{name}: {identity}");
        assert!(found.signed, "{name}");
    }
}

#[test]
fn every_package_is_rebuilt_and_every_digest_matches() {
    let (mut files, mut rebuilt, mut verified) = (0, 0, 0);
    let mut failed = BTreeMap::new();
    for path in packages() {
        let dir = temp();
        let report = unpack(&path, dir.path(), &UnpackOptions::default(), &Progress::none()).unwrap();
        assert_eq!(files_below(dir.path()).len() as u64, report.files, "{}", path.display());
        files += report.files;
        rebuilt += report.rebuilt;
        verified += report.verified;
        if !report.failed.is_empty() {
            failed.insert(path.file_name().unwrap().to_owned(), report.failed);
        }
    }
    println!("{files} files, {rebuilt} rebuilt from deltas, {verified} verified");
    let count: usize = failed.values().map(Vec::len).sum();
    assert!(
        failed.is_empty(),
        "{count} failed, the first: {:?}",
        failed.iter().next().map(|(n, f)| (n, &f[0]))
    );
}
