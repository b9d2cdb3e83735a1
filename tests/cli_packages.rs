//! Every real package: inspected, unpacked, and each digest that it declares found again by a check of our own.

mod common;

use common::{files_below, wright};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use wimwright::base::{sha1, sha256};

/// What the package's own documents declare, read by this test from the cabinet that 7z unpacked: name, length and
/// the digest, which the index leaves out for some files.
fn declared_by_cix(xml: &str) -> Vec<(String, u64, Option<String>)> {
    let document = roxmltree::Document::parse(xml.trim_start_matches('\u{feff}')).expect("a container index");
    let files = document.descendants().filter(|n| n.has_tag_name(("urn:ContainerIndex", "File")));
    files
        .map(|file| {
            let hash = file.children().find(|n| n.tag_name().name() == "Hash");
            let hash = hash.map(|h| h.attribute("value").unwrap().to_lowercase());
            let text = |name: &str| file.attribute(name).unwrap().to_owned();
            (text("name"), text("length").parse().unwrap(), hash)
        })
        .collect()
}

/// Files with the digests that a plain component manifest declares: name, DigestValue, algorithm.
fn declared_by_manifest(xml: &str) -> Vec<(String, String, String)> {
    let Ok(document) = roxmltree::Document::parse(xml.trim_start_matches('\u{feff}')) else {
        return Vec::new();
    };
    let files = document.root_element().children().filter(|n| n.tag_name().name() == "file");
    files
        .filter_map(|file| {
            let find = |name: &str| file.descendants().find(|n| n.tag_name().name() == name);
            let method = find("DigestMethod")?.attribute("Algorithm")?.to_owned();
            Some((file.attribute("name")?.to_owned(), find("DigestValue")?.text()?.trim().to_owned(), method))
        })
        .collect()
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for part in bytes.chunks(3) {
        let word = u32::from_be_bytes([0, part[0], *part.get(1).unwrap_or(&0), *part.get(2).unwrap_or(&0)]);
        for digit in 0..4 {
            out.push(if digit <= part.len() {
                DIGITS[(word >> (18 - 6 * digit) & 63) as usize] as char
            } else {
                '='
            });
        }
    }
    out
}

/// The container indexes of the package's cabinets, unpacked by 7z.
fn indexes_by_7z(package: &Path) -> Option<Vec<String>> {
    let seven = common::tool("7z")?;
    let work = common::temp();
    let unpack = |file: &Path, dir: &Path, what: &str| {
        Command::new(&seven)
            .args(["x", "-y", "-bd"])
            .arg(format!("-o{}", dir.display()))
            .arg(file)
            .arg(what)
            .output()
            .expect("7z starts");
    };
    let outer = work.path().join("outer");
    unpack(package, &outer, "*");
    let mut cabinets: Vec<PathBuf> = files_below(&outer)
        .into_iter()
        .filter(|p| p.extension().is_some_and(|e| e.eq_ignore_ascii_case("cab")))
        .filter(|p| !p.file_name().unwrap().eq_ignore_ascii_case("WSUSSCAN.cab"))
        .collect();
    if package.extension().is_some_and(|e| e == "cab") {
        cabinets = vec![package.to_owned()];
    }
    let mut found = Vec::new();
    for (n, cabinet) in cabinets.iter().enumerate() {
        let inner = work.path().join(format!("inner{n}"));
        unpack(cabinet, &inner, "_manifest_.cix.xml");
        found.extend(std::fs::read_to_string(inner.join("_manifest_.cix.xml")).ok());
    }
    Some(found)
}

fn packages() -> Vec<PathBuf> {
    let Some(data) = common::testdata() else { return Vec::new() };
    let found = files_below(&data.join("packages"));
    assert!(found.len() >= 20, "the packages are missing");
    found
}

#[test]
fn every_package_inspects() {
    for package in packages() {
        let name = package.file_name().unwrap().to_string_lossy().into_owned();
        let document = wright(package.parent().unwrap(), ["inspect", &name, "--json"]).expect(0);
        let text = document.to_string();
        let kb = name.split('-').find(|p| p.to_uppercase().starts_with("KB")).map(str::to_uppercase);
        if let Some(kb) = kb {
            assert!(text.to_uppercase().contains(&kb[2..]), "{name} does not name {kb}: {text}");
        }
        let architecture = if name.contains("x86") { "x86" } else { "amd64" };
        assert!(text.contains(architecture), "{name}: {text}");
        let human = wright(package.parent().unwrap(), ["inspect", &name]);
        assert!(human.code == 0 && !human.stdout.is_empty(), "{name}: {}", human.stderr);
    }
}

#[test]
fn every_package_unpacks_with_every_digest_matched() {
    let (mut checked, mut unhashed, mut by_manifest, mut rebuilt) = (0, 0, 0, 0);
    let Some(dictionary) = common::testdata().map(|data| data.join("dcm/base_manifest.bin")) else { return };
    for package in packages() {
        let work = common::temp();
        let dest = work.path().join("dest");
        let args = [
            "unpack".as_ref(),
            package.as_os_str(),
            dest.as_os_str(),
            "--json".as_ref(),
            "--quiet".as_ref(),
            "--decode-manifests".as_ref(),
            "--dictionary".as_ref(),
            dictionary.as_os_str(),
        ];
        let report = wright(work.path(), args).expect(0);
        assert_eq!(report["failed"], Value::Array(Vec::new()), "{}", package.display());
        let written = files_below(&dest);
        assert_eq!(report["files"].as_u64(), Some(written.len() as u64), "{}", package.display());
        rebuilt += report["rebuilt"].as_u64().expect("rebuilt");
        let bytes: u64 = written.iter().map(|p| p.metadata().unwrap().len()).sum();
        assert_eq!(report["bytes"].as_u64(), Some(bytes), "{}", package.display());

        // The index, as 7z reads it, against the files on disk. Manifests were decoded, so they are not compared.
        for xml in indexes_by_7z(&package).unwrap_or_default() {
            for (name, length, hash) in declared_by_cix(&xml) {
                if name.to_lowercase().ends_with(".manifest") {
                    continue;
                }
                let path = dest.join(name.replace('\\', "/"));
                let contents = std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
                assert_eq!(contents.len() as u64, length, "{}", path.display());
                let Some(hash) = hash else {
                    unhashed += 1;
                    continue;
                };
                let found = if hash.len() == 40 {
                    sha1(&contents).to_string()
                } else {
                    sha256(&contents).to_string()
                };
                assert_eq!(found, hash, "{}: {}", package.display(), path.display());
                checked += 1;
            }
        }
        for manifest in written.iter().filter(|p| p.extension().is_some_and(|e| e == "manifest")) {
            let Ok(xml) = std::fs::read_to_string(manifest) else {
                panic!("{} is not decoded", manifest.display())
            };
            for (name, digest, method) in declared_by_manifest(&xml) {
                let Ok(contents) = std::fs::read(manifest.with_extension("").join(&name)) else { continue };
                let found = if method.ends_with("sha256") {
                    base64(&sha256(&contents).0)
                } else {
                    base64(&sha1(&contents).0)
                };
                assert_eq!(found, digest, "{}: {name}", manifest.display());
                by_manifest += 1;
            }
        }
    }
    assert!(unhashed < 10 && checked > 2000, "{unhashed} of {checked}");
    println!(
        "{checked} files match their index, {by_manifest} their manifest, {rebuilt} were rebuilt from deltas"
    );
}

#[test]
fn a_delta_that_cannot_be_rebuilt_is_named_and_everything_else_is_written() {
    let dir = common::temp();
    let index = br#"<?xml version="1.0" encoding="UTF-8"?>
        <Container name="x.cab" type="CAB" length="1" version="1" xmlns="urn:ContainerIndex"><Description/><Files>
        <File id="0" name="good\a.txt" length="4" time="131346943167660825" attr="32">
            <Hash alg="SHA1" value="03cfd743661f07975fa2f1220c5194cbaff48451"/>
            <Delta><Source type="RAW" name="0"/></Delta></File>
        <File id="1" name="bad\b.dll" length="4" time="131346943167660825" attr="32">
            <Hash alg="SHA1" value="03cfd743661f07975fa2f1220c5194cbaff48451"/>
            <Delta><Source type="PA30" name="1"/><Basis file="0"/></Delta></File>
        <File id="2" name="bad\c.dll" length="4" time="131346943167660825" attr="32">
            <Hash alg="SHA1" value="03cfd743661f07975fa2f1220c5194cbaff48451"/>
            <Delta><Basis file="1"/></Delta></File>
        <File id="3" name="bad\d.txt" length="4" time="131346943167660825" attr="32">
            <Hash alg="SHA1" value="0000000000000000000000000000000000000000"/>
            <Delta><Source type="RAW" name="0"/></Delta></File>
        </Files></Container>"#;
    let delta = b"PA30 and no delta that anything understands";
    let files: [(&str, &[u8]); 3] = [("_manifest_.cix.xml", index), ("0", b"abc\n"), ("1", delta)];
    std::fs::write(dir.path().join("x.cab"), common::cabinet(&files)).unwrap();
    let report = wright(dir.path(), ["unpack", "x.cab", "dest", "--json"]).expect(1);
    let failed: Vec<_> = report["failed"].as_array().unwrap().iter().collect();
    let names: Vec<_> = failed.iter().map(|f| f["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["bad\\b.dll", "bad\\c.dll", "bad\\d.txt"]);
    assert!(failed.iter().all(|f| f["reason"].as_str().is_some_and(|r| r.len() > 10)), "{failed:?}");
    assert_eq!(std::fs::read(dir.path().join("dest/good/a.txt")).unwrap(), b"abc\n");
    let written = files_below(&dir.path().join("dest"));
    assert!(!written.iter().any(|p| p.to_string_lossy().contains("bad")), "{written:?}");
    assert_eq!(report["files"].as_u64(), Some(written.len() as u64));
    // For people: each by name, and the first in the last line of standard error.
    let told = wright(dir.path(), ["unpack", "x.cab", "again"]);
    let listed = String::from_utf8(told.stdout).unwrap();
    assert!(told.code == 1 && names.iter().all(|n| listed.contains(n)), "{listed}");
    let last = told.stderr.lines().last().unwrap();
    assert!(last.starts_with("wright: ") && last.contains(names[0]), "{}", told.stderr);
}
