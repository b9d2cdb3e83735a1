//! What `inspect` says of every real package, against what other tools say of it.

mod common;

use std::path::PathBuf;
use wimwright::base::{Limits, Progress};
use wimwright::staging::{Inspection, UnpackOptions, inspect, unpack};

fn packages() -> Vec<PathBuf> {
    common::testdata().map(|d| common::files_below(&d.join("packages"))).unwrap_or_default()
}

fn look(path: &std::path::Path) -> Inspection {
    inspect(path, &Limits::default(), &Progress::none()).unwrap_or_else(|e| panic!("{e}"))
}

fn find(part: &str) -> Option<Inspection> {
    let path = packages().into_iter().find(|p| p.to_string_lossy().contains(part))?;
    Some(look(&path))
}

#[test]
fn digests_and_members_are_those_that_other_tools_see() {
    let (Some(sum), Some(lister)) = (common::tool("sha256sum"), common::tool("cabextract")) else { return };
    for path in packages() {
        let found = look(&path);
        let sums = common::run(&sum, [&path]);
        assert!(String::from_utf8_lossy(&sums.stdout).starts_with(&found.sha256.to_string()));
        assert_eq!(found.size, path.metadata().unwrap().len());
        if !found.members.is_empty() {
            let listed = common::run(&lister, [std::path::Path::new("-lq"), &path]);
            let listed = String::from_utf8_lossy(&listed.stdout)
                .lines()
                .filter(|l| l.trim_start().starts_with(|c: char| c.is_ascii_digit()))
                .count();
            assert_eq!(found.members.len(), listed, "{}", path.display());
        }
    }
}

#[test]
fn counts_are_those_of_the_unpacked_package() {
    for path in packages() {
        let found = look(&path);
        let dir = common::temp();
        let report = unpack(&path, dir.path(), &UnpackOptions::default(), &Progress::none()).unwrap();
        let counts = &found.packages[0].counts;
        let all = [counts.payload, counts.manifests, counts.package_manifests, counts.catalogs];
        let files = common::files_below(dir.path());
        let (mut number, mut bytes) = (0, 0);
        for file in &files {
            let head = std::fs::read(file).unwrap();
            assert!(!head.starts_with(b"PA30"), "{}: {} is a delta", path.display(), file.display());
            let relative = file.strip_prefix(dir.path()).unwrap();
            let kind = file.extension().and_then(|e| e.to_str()).unwrap_or_default().to_lowercase();
            if relative.components().count() > 1 || ["mum", "cat", "manifest"].contains(&kind.as_str()) {
                number += 1;
                bytes += head.len() as u64;
            }
        }
        let told = all.iter().fold((0, 0), |t, c| (t.0 + c.files, t.1 + c.bytes));
        assert_eq!(told.0, number + report.failed.len() as u64, "{}", path.display());
        // What could not be rebuilt has its bytes in the counts only.
        assert!(told.1 == bytes || !report.failed.is_empty(), "{}", path.display());
    }
}

#[test]
fn one_package_in_full() {
    let Some(found) = find("KB2999226") else { return };
    let package = &found.packages[0];
    assert_eq!(found.kb.as_deref(), Some("KB2999226"));
    assert_eq!(package.identity.as_deref(), Some("Package_for_KB2999226~31bf3856ad364e35~amd64~~6.1.1.6"));
    assert_eq!(package.variants, ["Package_for_KB2999226_BF~31bf3856ad364e35~amd64~~6.1.1.6"]);
    assert_eq!((package.release_type.as_str(), package.restart.as_str()), ("Update", "possible"));
    assert_eq!(package.parents[0].len(), 2);
    assert_eq!(package.installer_stack.as_deref(), Some("6.0.0.0"));
    assert_eq!(package.support_url, "http://support.microsoft.com/?kbid=2999226");
    assert_eq!(package.created, "2015-07-21T10:16:47Z");
    let counts = &package.counts;
    assert_eq!((counts.payload.files, counts.payload.bytes), (96, 5_261_984));
    assert_eq!((counts.deltas.files, counts.copies.files), (48, 48));
    assert!(found.properties.iter().any(|(name, value)| name.contains("KB Article") && value == "2999226"));
}

#[test]
fn what_a_package_says_of_offline_use_and_of_features() {
    if let Some(found) = find("kb5015684") {
        assert_eq!(found.packages[0].offline_capable, Some(false));
    }
    if let Some(found) = find("OpenSSH-Client") {
        let package = &found.packages[0];
        assert_eq!((found.kb, package.offline_capable), (None, None));
        assert_eq!(package.capabilities[0].name, "OpenSSH.Client");
        assert_eq!((package.parents.len(), package.release_type.as_str()), (3, "OnDemand Pack"));
    }
}
