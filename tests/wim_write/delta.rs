//! Delta WIMs: what a base has is left out, and comes back with `--ref`; made here and by wimlib, read here and there.

use crate::common::{run, temp, tool, wright};
use crate::judge::{at, make_tree, open, snapshot, text, write_back};
use crate::{exported, two_images};
use std::path::Path;
use wimwright::base::{ImageTree, Progress};
use wimwright::wim::overlay::Overlay;
use wimwright::wim::{OpenOptions, VerifyOptions, WimFile};

type Tree = std::collections::BTreeMap<std::path::PathBuf, Option<Vec<u8>>>;

fn apply(wim: &Path, index: &str, to: &Path, base: Option<&Path>) -> Tree {
    let _ = std::fs::remove_dir_all(to);
    let reference = base.map(|b| format!("--ref={}", b.display()));
    let apply = ["apply".as_ref(), wim.as_os_str(), index.as_ref(), to.as_os_str()];
    run("wimlib-imagex", apply.into_iter().chain(reference.as_ref().map(AsRef::as_ref)));
    snapshot(to)
}

fn sound(wim: &WimFile) -> bool {
    wim.verify(&VerifyOptions::default(), &Progress::none()).unwrap().problems.is_empty()
}

#[test]
fn a_delta_made_here_is_read_by_wimlib_with_its_base() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    for format in [&["--compress=lzx"] as &[_], &["--compress=none", "--check"]] {
        let dir = temp();
        let wim = two_images(dir.path(), format);
        let (base, delta, to) = (dir.path().join("base.wim"), dir.path().join("d.wim"), dir.path().join("o"));
        exported(&wim, "1", &base, &[]);
        let from = format!("--delta-from={}", base.display());
        for solid in [&[] as &[_], &["--solid"]] {
            let flags = [solid, &[from.as_str(), "--force"]].concat();
            let report = exported(&wim, "2", &delta, &flags);
            assert_eq!(report["blobs"], 1, "{report}");
            assert!(report["dropped_blobs"].as_u64().unwrap() > 20, "{report}");
            assert!(delta.metadata().unwrap().len() < base.metadata().unwrap().len());
            let reference = format!("--ref={}", base.display());
            run("wimlib-imagex", ["verify".as_ref(), delta.as_os_str(), reference.as_ref()]);
            let whole = apply(&wim, "2", &to, None);
            assert!(apply(&delta, "1", &to, Some(&base)) == whole);
            // A delta of a delta, and one that needs nothing.
            let again = dir.path().join("again.wim");
            let report = exported(&delta, "1", &again, &[&from, "--force"]);
            assert_eq!(report["blobs"], 1);
            let report = exported(&delta, "1", &again, &["--force", &reference]);
            assert!(report["blobs"].as_u64().unwrap() > 20, "{report}");
            assert!(sound(&open(&again)));
            assert!(apply(&again, "1", &to, None) == whole);
            // Without the base nothing is written in place of what is there.
            let refused = wright(dir.path(), ["export", "d.wim", "1", "again.wim", "--force"]);
            assert_eq!(refused.code, 1);
            assert!(refused.stderr.contains("--ref"), "{}", refused.stderr);
            assert!(apply(&again, "1", &to, None) == whole);
        }
    }
}

#[test]
fn a_delta_made_by_wimlib_is_read_with_any_kind_of_base() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    let dir = temp();
    let path = |name: &str| dir.path().join(name);
    let tree = path("tree");
    make_tree(&tree);
    std::fs::write(tree.join("large"), text(5, 5_000_000)).unwrap();
    std::fs::write(tree.join("noise"), crate::split::noise(3, 1_500_000)).unwrap();
    let args = ["capture".as_ref(), tree.as_os_str(), "base.wim".as_ref(), "--compress=lzx".as_ref()];
    let imagex = |args: &[&str]| {
        let out = std::process::Command::new("wimlib-imagex").args(args).current_dir(dir.path()).output();
        assert!(out.as_ref().unwrap().status.success(), "{args:?} {out:?}");
    };
    let args: Vec<_> = args.iter().map(|a| a.to_str().unwrap()).collect();
    imagex(&args);
    std::fs::write(tree.join("only new"), text(77, 300_000)).unwrap();
    std::fs::remove_file(tree.join("Windows/file20.dll")).unwrap();
    imagex(&["capture", "tree", "delta.wim", "--delta-from=base.wim", "--compress=xpress"]);
    imagex(&["export", "base.wim", "all", "base.esd", "--solid"]);
    imagex(&["split", "base.wim", "base.swm", "1"]);
    assert!(path("base2.swm").exists());
    imagex(&["capture", "tree", "whole.wim"]);
    let wanted = snapshot(&tree);

    // Without its base each answer names the blob, the file and the way out.
    let names = |what: &str, text: &str| {
        assert!(
            text.contains("blob ") && text.contains("--ref") && text.contains("file9.dll"),
            "{what}: {text}"
        );
    };
    let cat = wright(dir.path(), ["cat", "delta.wim", "1", "Windows/file9.dll"]);
    assert_eq!(cat.code, 1);
    names("cat", &cat.stderr);
    let verify = wright(dir.path(), ["verify", "delta.wim"]);
    assert_eq!(verify.code, 1);
    let missing = String::from_utf8(verify.stdout).unwrap();
    let line = missing.lines().find(|l| l.contains("file9.dll") || l.contains("nine")).unwrap();
    assert!(line.contains("blob ") && line.contains("--ref"), "{line}");
    let out = wright(dir.path(), ["extract", "delta.wim", "1", "out"]);
    assert_eq!(out.code, 1);
    names("extract", &String::from_utf8(out.stdout).unwrap());
    assert!(path("out/only new").exists() && !path("out/Windows/file9.dll").exists());

    for base in ["base.wim", "base.esd", "base.swm", "base*.swm", "b?se.wim"] {
        let reference = format!("--ref={base}");
        let verify = wright(dir.path(), ["verify", "delta.wim", "--json", &reference]).expect(0);
        assert_eq!(verify["problems"], serde_json::json!([]), "{base}");
        let to = path("out with base");
        let _ = std::fs::remove_dir_all(&to);
        let args = ["extract", "delta.wim", "1", "out with base", "--json", &reference];
        wright(dir.path(), args).expect(0);
        assert!(snapshot(&to) == wanted, "{base}");
        let cat = wright(dir.path(), ["cat", "delta.wim", "1", "Windows/file9.dll", &reference]);
        assert!(cat.code == 0 && cat.stdout == std::fs::read(tree.join("Windows/file9.dll")).unwrap());
        let ls = wright(dir.path(), ["ls", "delta.wim", "1", "large", "--json", &reference]).expect(0);
        assert_eq!(ls["entries"][0]["size"], 5_000_000);
        let args = ["export", "delta.wim", "1", "full.wim", "--force", "--json", &reference];
        wright(dir.path(), args).expect(0);
        assert!(apply(&path("full.wim"), "1", &path("o"), None) == wanted, "{base}");
    }
    // Not a part, not a file, not a WIM.
    for (base, kind) in
        [("absent.wim", "not_found"), ("absent*.wim", "not_found"), ("tree/large", "malformed")]
    {
        let error = wright(dir.path(), ["verify", "delta.wim", "--json", "--ref", base]).expect(1);
        assert_eq!(error["error"]["kind"], kind, "{error}");
    }
    // A damaged base is found where the delta needs it.
    let mut bytes = std::fs::read(path("base.wim")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 64].fill(0x55);
    std::fs::write(path("bad.wim"), bytes).unwrap();
    let verify = wright(dir.path(), ["verify", "delta.wim", "--json", "--ref=bad.wim"]).expect(1);
    assert_eq!(verify["problems"].as_array().unwrap().len(), 1, "{verify}");
}

/// What is committed to a delta stays a delta: its base's blobs are not written again.
#[test]
fn a_commit_leaves_a_delta_one() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    let dir = temp();
    let wim = two_images(dir.path(), &["--compress=xpress"]);
    let (base, delta) = (dir.path().join("base.wim"), dir.path().join("d.wim"));
    exported(&wim, "1", &base, &[]);
    exported(&wim, "2", &delta, &["--delta-from", base.to_str().unwrap()]);
    let mut options = OpenOptions::new();
    options.references = vec![base.clone()];
    let file = WimFile::open(&delta, &options).unwrap();
    let old = open(&base).view(1).unwrap().read(&at("Windows\\file20.dll"), 1 << 20).unwrap();
    let mut overlay = Overlay::new(&file, 1).unwrap();
    overlay.put(&at("back again"), old.clone()).unwrap();
    overlay.put(&at("new"), b"new contents".to_vec()).unwrap();
    let report = write_back(&file, vec![overlay]);
    assert_eq!((report.new_blobs, report.deduplicated), (1, 1));
    let file = WimFile::open(&delta, &options).unwrap();
    assert!(sound(&file));
    assert_eq!(file.blobs().len(), 2);
    let view = file.view(1).unwrap();
    assert!(view.read(&at("back again"), 1 << 20).unwrap() == old);
    let to = dir.path().join("o");
    let applied = apply(&delta, "1", &to, Some(&base));
    drop(applied);
    assert!(std::fs::read(to.join("back again")).unwrap() == old);
}

/// A folder captured as a delta, and appended to one, is what wimlib makes of it and reads.
#[test]
fn a_folder_is_captured_and_appended_as_a_delta() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    let dir = temp();
    let path = |name: &str| dir.path().join(name);
    let tree = path("tree");
    make_tree(&tree);
    let imagex = |args: &[&str]| {
        let out = std::process::Command::new("wimlib-imagex").args(args).current_dir(dir.path()).output();
        assert!(out.as_ref().unwrap().status.success(), "{args:?} {out:?}");
    };
    imagex(&["capture", "tree", "base.wim"]);
    imagex(&["capture", "tree", "other.wim"]);
    std::fs::write(tree.join("only new"), text(77, 300_000)).unwrap();
    imagex(&["capture", "tree", "theirs.wim", "--delta-from=base.wim"]);
    let wanted = snapshot(&tree);
    for flags in [&[] as &[_], &["--solid", "--compress=lzms"]] {
        let args =
            [&["capture", "tree", "ours.wim", "--delta-from=b?se.wim", "--force", "--json"], flags].concat();
        let report = wright(dir.path(), args).expect(0);
        assert_eq!(report["new_blobs"], 1, "{report}");
        let reference = format!("--ref={}", path("base.wim").display());
        run("wimlib-imagex", ["verify".as_ref(), path("ours.wim").as_os_str(), reference.as_ref()]);
        assert!(apply(&path("ours.wim"), "1", &path("o"), Some(&path("base.wim"))) == wanted);
    }
    assert_eq!(open(&path("ours.wim")).blobs().len(), open(&path("theirs.wim")).blobs().len());
    // Both say the same of the image.
    let bytes = |wim: &str| open(&path(wim)).info().unwrap().images[0].total_bytes;
    assert_eq!(bytes("ours.wim"), bytes("theirs.wim"));
    // One more image, which needs what the base has and is not in the file.
    std::fs::write(tree.join("newer"), text(78, 200_000)).unwrap();
    let args = ["append", "tree", "theirs.wim", "--ref=base.wim", "--name=second", "--json"];
    let report = wright(dir.path(), args).expect(0);
    assert_eq!(report["new_blobs"], 1, "{report}");
    assert!(apply(&path("theirs.wim"), "2", &path("o"), Some(&path("base.wim"))) == snapshot(&tree));
    let report = wright(dir.path(), ["append", "tree", "ours.wim", "--name=second", "--json"]).expect(0);
    assert!(report["new_blobs"].as_u64().unwrap() > 20, "{report}");

    // What differs between images of which one is a delta: without the base its contents are the same by their digests
    // or cannot be looked into.
    let diff = ["diff", "theirs.wim:1", "other.wim:1", "--json", "--ref=base.wim"];
    let found = wright(dir.path(), diff).expect(1);
    let paths: Vec<_> =
        found["entries"].as_array().unwrap().iter().map(|e| e["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["\\only new"], "{found}");
}
