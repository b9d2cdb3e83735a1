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

#[test]
fn files_written_early_end_as_if_written_last() {
    let dir = temp();
    let (source, dest) = (dir.path().join("a.cab"), dir.path().join("out"));
    let wrong = br#"<assembly xmlns="urn:schemas-microsoft-com:asm.v3" manifestVersion="1.0"><assemblyIdentity
        name="C" version="1.0.0.0" processorArchitecture="amd64" language="neutral" publicKeyToken="31bf3856ad364e35"/>
        <file name="f.dll"><asmv2:hash xmlns:asmv2="urn:schemas-microsoft-com:asm.v2"
        xmlns:dsig="http://www.w3.org/2000/09/xmldsig#"><dsig:Transforms><dsig:Transform
        Algorithm="urn:schemas-microsoft-com:HashTransforms.Identity"/></dsig:Transforms><dsig:DigestMethod
        Algorithm="http://www.w3.org/2000/09/xmldsig#sha256"/><dsig:DigestValue>AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=</dsig:DigestValue></asmv2:hash></file></assembly>"#;
    let long = vec![7; 3 << 20];
    let files: &[(&str, &[u8])] = &[
        ("plain.txt", b"new"),
        (r"sub\deep\long.bin", &long),
        ("twin", b"one"),
        ("TWIN", b"another"),
        (r"..\out.txt", b"outside"),
        ("c.manifest", wrong),
        (r"c\f.dll", b"not what the manifest declares"),
    ];
    std::fs::write(&source, common::cabinet(files)).unwrap();
    std::fs::create_dir(&dest).unwrap();
    std::fs::write(dest.join("plain.txt"), b"what was there before").unwrap();
    for _ in 0..2 {
        let report = unpack(&source, &dest, &UnpackOptions::default(), &Progress::none()).unwrap();
        let failed: Vec<_> = report.failed.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(failed, ["TWIN", r"c\f.dll", r"..\out.txt"]);
        assert_eq!((report.files, files_below(&dest).len(), files_below(dir.path()).len()), (4, 4, 5));
        assert_eq!(std::fs::read(dest.join("plain.txt")).unwrap(), b"new");
        assert_eq!(std::fs::read(dest.join("sub/deep/long.bin")).unwrap(), long);
        assert_eq!(std::fs::read(dest.join("twin")).unwrap(), b"one");
    }
}

#[test]
fn a_damaged_cabinet_leaves_no_files() {
    let dir = temp();
    let (source, dest) = (dir.path().join("a.cab"), dir.path().join("out"));
    let noise: Vec<u8> = (0..3_000_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let mut data = common::cabinet(&[("a", &noise), ("b", &noise), ("c", b"the end")]);
    let at = data.len() - 1000;
    data[at] ^= 1;
    std::fs::write(&source, data).unwrap();
    assert!(unpack(&source, &dest, &UnpackOptions::default(), &Progress::none()).is_err());
    assert!(!dest.exists() || files_below(&dest).is_empty());
}
