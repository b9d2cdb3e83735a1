//! Upgrade packages: added, listed, checked, rolled back, updates imported and offered, through the command.
#![cfg(feature = "site")]

mod common;
#[path = "../examples/sample_update.rs"]
#[allow(dead_code, reason = "its main is the example's")]
mod sample_update;
#[path = "site/mod.rs"]
mod site;

use serde_json::Value;
use site::{Fixture, media};
use std::fs;

#[test]
fn a_package_is_added_shown_changed_and_removed() {
    let Some(fix) = Fixture::new() else { return };
    let source = media(fix.dir(), "media", &fix.image);
    let before = common::files_below(&source);
    let added = fix.ok([
        "package",
        "add",
        "media",
        "--name",
        "Windows 10 22H2",
        "--version",
        "22H2",
        "--comment",
        "x64",
    ]);
    assert_eq!((added["name"].as_str(), added["published"].as_u64()), (Some("Windows 10 22H2"), Some(1)));
    assert_eq!(added["architecture"], "amd64");
    assert_eq!(added["indexes"].as_array().unwrap().len(), 2);
    assert_eq!(added["indexes"][0]["edition"], "Professional");
    assert!(added["indexes"][0]["installed"].as_u64().unwrap() > 0, "{added}");
    assert_eq!(common::files_below(&source), before, "the source was written to");
    let list = fix.ok(["package", "list"]);
    assert_eq!(list["packages"].as_array().unwrap().len(), 1);

    // The same files again take no room.
    let info = fix.ok(["info"]);
    fix.ok(["package", "add", "media", "--name", "The same"]);
    let twice = fix.ok(["info"]);
    assert_eq!(info["blobs"], twice["blobs"]);
    assert_eq!(info["bytes_of_files"].as_u64().unwrap() * 2, twice["bytes_of_files"].as_u64().unwrap());
    fix.fails(1, ["package", "add", "media", "--name", "the SAME"], "already");

    // The layout is `<first 4 hex>/<hash>`, and every file has the digest it is called by.
    let library = fix.dir().join("site/library/content");
    let blobs = common::files_below(&library);
    assert_eq!(blobs.len() as u64, info["blobs"].as_u64().unwrap());
    for blob in &blobs {
        let name = blob.file_name().unwrap().to_str().unwrap();
        assert_eq!(blob.parent().unwrap().file_name().unwrap().to_str().unwrap(), &name[..4]);
        assert_eq!(wimwright::base::sha256(&fs::read(blob).unwrap()).to_string(), name);
    }

    let set = fix.ok(["package", "set", "The same", "--name", "Another", "--comment", "c", "--keep", "2"]);
    assert_eq!((set["name"].as_str(), set["keep"].as_u64()), (Some("Another"), Some(2)));
    fix.fails(2, ["package", "set", "Another", "--name", &"n".repeat(51)], "50");
    fix.fails(2, ["package", "set", "Another", "--version", &"v".repeat(33)], "32");
    fix.fails(2, ["package", "set", "Another", "--comment", &"c".repeat(128)], "127");
    fix.ok(["package", "remove", "Another"]);
    assert_eq!(fix.ok(["info"])["blobs"], info["blobs"]);
    fix.ok(["package", "remove", "1"]);
    let empty = fix.ok(["info"]);
    assert_eq!((empty["blobs"].as_u64(), empty["bytes"].as_u64()), (Some(0), Some(0)));
    assert!(common::files_below(&library).is_empty());
}

#[test]
fn what_is_missing_in_a_source_is_named() {
    let Some(fix) = Fixture::new() else { return };
    fs::create_dir(fix.dir().join("none")).unwrap();
    let said = fix.fails(1, ["package", "add", "none", "--name", "a"], "setup.exe");
    assert!(said.contains("install.wim") && said.contains("boot.wim"), "{said}");
    let source = media(fix.dir(), "media", &fix.image);
    fs::remove_file(source.join("sources/boot.wim")).unwrap();
    let said = fix.fails(1, ["package", "add", "media", "--name", "a"], "boot.wim");
    assert!(!said.contains("setup.exe at"), "{said}");
    fs::write(source.join("sources/boot.wim"), b"no image").unwrap();
    fix.fails(1, ["package", "add", "media", "--name", "a"], "boot.wim");
    fix.fails(1, ["package", "add", "absent", "--name", "a"], "does not exist");
    fix.fails(2, ["package", "add", "media", "--name", &"n".repeat(51)], "50");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("setup.exe", source.join("link.exe")).unwrap();
        fix.fails(2, ["package", "add", "media", "--name", "a"], "link");
    }
    // Nothing of all this is left.
    assert!(fs::read_dir(fix.dir().join("site/work")).unwrap().next().is_none());
}

#[test]
fn a_changed_source_is_named_file_by_file_and_reloaded_as_a_new_version() {
    let Some(fix) = Fixture::new() else { return };
    let source = media(fix.dir(), "media", &fix.image);
    fix.ok(["package", "add", "media", "--name", "p"]);
    assert_eq!(fix.ok(["package", "check", "p"])["differences"].as_array().unwrap().len(), 0);
    fs::write(source.join("sources/lang.ini"), b"changed").unwrap();
    fs::write(source.join("new.txt"), b"new").unwrap();
    fs::remove_file(source.join("autorun.inf")).unwrap();
    let check = fix.run(["package", "check", "p"]).expect(1);
    let mut named: Vec<_> = check["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| (d["change"].as_str().unwrap(), d["path"].as_str().unwrap()))
        .collect();
    named.sort_unstable();
    assert_eq!(named, [("added", "new.txt"), ("changed", "sources/lang.ini"), ("missing", "autorun.inf")]);
    let reloaded = fix.ok(["package", "reload", "p"]);
    assert_eq!(reloaded["published"], 2);
    assert_eq!(fix.ok(["package", "check", "p"])["differences"].as_array().unwrap().len(), 0);
    assert_eq!(fix.ok(["package", "reload", "p"])["published"], 2, "nothing changed, so no version is made");
    let back = fix.ok(["package", "rollback", "p"]);
    assert_eq!(back["published"], 1);
    fix.fails(1, ["package", "rollback", "p"], "no older version");
    assert_eq!(fix.ok(["package", "rollback", "p", "--to", "2"])["published"], 2);

    // Only as many versions stay as are to be kept.
    for n in 0..4 {
        fs::write(source.join("new.txt"), format!("new {n}")).unwrap();
        fix.ok(["package", "reload", "p"]);
    }
    let shown = fix.ok(["package", "show", "p"]);
    let kept: Vec<u64> =
        shown["versions"].as_array().unwrap().iter().map(|v| v["number"].as_u64().unwrap()).collect();
    assert_eq!(kept, [6, 5, 4]);
    assert_eq!(fix.ok(["verify"])["problems"].as_array().unwrap().len(), 0);

    // A blob that is damaged in the library is found.
    let blob = site::blob_of(&fix, b"new 3");
    site::overwrite(&blob, b"new 4");
    let verify = fix.run(["verify"]).expect(1);
    assert_eq!(verify["problems"].as_array().unwrap().len(), 1);
    let check = fix.run(["package", "check", "p"]).expect(1);
    assert_eq!(check["damaged"][0]["path"], "new.txt");
}

#[test]
fn one_index_can_be_taken_and_the_source_stays_as_it_is() {
    let Some(fix) = Fixture::new() else { return };
    let source = media(fix.dir(), "media", &fix.image);
    let image = fs::read(source.join("sources/install.wim")).unwrap();
    let added = fix.ok(["package", "add", "media", "--name", "p", "--index", "2"]);
    assert_eq!(added["indexes"].as_array().unwrap().len(), 1);
    assert_eq!(added["indexes"][0]["edition"], "Enterprise");
    assert_eq!(added["source_index"], 2);
    assert_eq!(fs::read(source.join("sources/install.wim")).unwrap(), image);
    fix.ok(["package", "check", "p"]);
    fix.fails(1, ["package", "add", "media", "--name", "q", "--index", "3"], "no image 3");
}

#[test]
fn a_split_set_is_a_package_too() {
    let Some(fix) = Fixture::new() else { return };
    let source = media(fix.dir(), "media", &fix.image);
    let image = source.join("sources/install.wim");
    common::wright(&source, ["--quiet", "split", "sources/install.wim", "sources/install.swm", "1"]);
    fs::remove_file(&image).unwrap();
    let added = fix.ok(["package", "add", "media", "--name", "p"]);
    assert_eq!(
        (added["image"].as_str(), added["indexes"].as_array().unwrap().len()),
        (Some("sources/install.swm"), 2)
    );
}

#[test]
fn updates_are_imported_once_and_offered_with_reasons() {
    let Some(fix) = Fixture::new() else { return };
    media(fix.dir(), "media", &fix.image);
    fix.ok(["package", "add", "media", "--name", "p"]);
    let updates = fix.dir().join("updates");
    fs::create_dir(&updates).unwrap();
    sample_update::write_sample(&updates.join("sample.msu"), None).unwrap();
    fs::copy(updates.join("sample.msu"), updates.join("copy.msu")).unwrap();
    fs::write(updates.join("broken.cab"), b"MSCF and nothing").unwrap();
    fs::write(updates.join("readme.txt"), b"not an update").unwrap();
    let report = fix.run(["update", "import", "updates"]).expect(1);
    let number = |list: &str| report[list].as_array().unwrap().len();
    assert_eq!((number("imported"), number("present"), number("failed")), (1, 1, 1), "{report}");
    assert_eq!(report["imported"][0]["kb"], "KB9999999");
    assert_eq!(report["imported"][0]["signature"], "unsigned");
    assert!(report["failed"][0]["path"].as_str().unwrap().ends_with("broken.cab"));
    assert_eq!(fix.ok(["update", "list"])["updates"].as_array().unwrap().len(), 1);

    let offer = fix.ok(["offer", "p"]);
    let entries = offer["updates"].as_array().unwrap();
    assert_eq!(entries.len(), 2, "one for each index");
    assert!(entries.iter().all(|e| e["offered"] == true && e["status"] == 3), "{offer}");
    assert_eq!(fix.ok(["update", "list", "--for", "p"])["updates"].as_array().unwrap().len(), 1);
    if let Some(data) = common::testdata() {
        let real = data.join("packages/Windows6.1-KB4016754-x86.msu");
        let report = fix.ok(["update", "import", real.to_str().unwrap()]);
        assert_eq!(report["imported"][0]["signature"], "microsoft");
        let why = report["imported"][0]["signature_reason"].as_str().unwrap();
        assert!(why.contains("signed by Microsoft"), "{why}");
        // One bit of the name of the first member: signed, and nothing else depends on it.
        let mut bytes = fs::read(&real).unwrap();
        let at = bytes.windows(12).position(|w| w.eq_ignore_ascii_case(b"WSUSSCAN.cab")).unwrap();
        bytes[at] ^= 0x20;
        fs::write(updates.join("altered.msu"), bytes).unwrap();
        let report = fix.run(["update", "import", "updates/altered.msu"]).expect(1);
        assert_eq!(report["failed"][0]["kind"], "hash_mismatch", "{report}");
        assert!(report["failed"][0]["reason"].as_str().unwrap().contains("the file was changed"), "{report}");
        let report = fix.ok(["update", "import", "updates/altered.msu", "--allow-broken-signature"]);
        assert_eq!(report["imported"][0]["signature"], "broken");
        fix.ok(["update", "remove", &report["imported"][0]["id"].to_string()]);
        let offer = fix.ok(["offer", "p"]);
        let other: Vec<&Value> =
            offer["updates"].as_array().unwrap().iter().filter(|e| e["kb"] == "KB4016754").collect();
        assert_eq!(other.len(), 2);
        for entry in other {
            assert_eq!(
                (&entry["offered"], &entry["status"], &entry["hresult"]),
                (&false.into(), &1.into(), &"0x800F081B".into())
            );
            assert!(entry["reason"].as_str().unwrap().contains("x86"));
        }
    }
    fix.ok(["update", "remove", "KB9999999"]);
    fix.run(["offer", "p"]).expect_code(3);
}
