//! An image staged and unstaged is what it was: every file by wimlib, every key and value by hivexregedit.

mod common;

use common::{files_below, run, temp, testdata, tool, tools, wright};
use serde_json::json;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

const UCRT: &str = "Windows6.1-KB2999226-x64.msu";
const NEWER_UCRT: &str = "Windows6.1-KB3118401-x64.msu";
const HIVES: [&str; 2] = ["COMPONENTS", "SOFTWARE"];

/// An image of two indexes whose COMPONENTS hives hold something in the cache that staging drops.
fn image(dir: &Path) -> Option<PathBuf> {
    testdata()?;
    for program in ["wimlib-imagex", "hivexregedit"] {
        tool(program)?;
    }
    let (path, generator) = (dir.join("a.wim"), tools()?.join("make_image.py"));
    let more = ["--files", "10", "--indexes", "2"].map(OsStr::new);
    run(tool("python3")?, [generator.as_os_str(), path.as_os_str()].into_iter().chain(more));
    let cached = r#"[HKEY_LOCAL_MACHINE\COMPONENTS\DerivedData\VersionedIndex\6.1 (x)]

[HKEY_LOCAL_MACHINE\COMPONENTS\DerivedData\VersionedIndex\6.1 (x)\ComponentFamilies]

[HKEY_LOCAL_MACHINE\COMPONENTS\DerivedData\VersionedIndex\6.1 (x)\ComponentFamilies\a_b]
"v!6.1.7601.1"=hex:01
@="6.1"
"#;
    for index in ["1", "2"] {
        merge(&path, index, "COMPONENTS", cached);
    }
    Some(path)
}

fn package(name: &str) -> String {
    testdata().unwrap().join("packages").join(name).to_string_lossy().into_owned()
}

fn take(image: &Path, index: &str, name: &str, to: &Path) {
    let path = format!("/Windows/System32/config/{name}");
    let args = ["extract".as_ref(), image.as_os_str(), index.as_ref(), path.as_ref(), "--to-stdout".as_ref()];
    fs::write(to, run("wimlib-imagex", args).stdout).unwrap();
}

/// Merges registry text into a hive of an index, with tools that are not ours.
fn merge(image: &Path, index: &str, name: &str, text: &str) {
    let dir = temp();
    let (hive, reg) = (dir.path().join(name), dir.path().join("text.reg"));
    take(image, index, name, &hive);
    fs::write(&reg, format!("Windows Registry Editor Version 5.00\n\n{text}")).unwrap();
    let prefix = format!(r"HKEY_LOCAL_MACHINE\{name}");
    let options = ["--merge", "--prefix", &prefix, "--encoding", "UTF-8"].map(OsStr::new);
    run("hivexregedit", options.into_iter().chain([hive.as_os_str(), reg.as_os_str()]));
    update(image, index, &format!("add '{}' '/Windows/System32/config/{name}'", hive.display()));
}

fn update(image: &Path, index: &str, command: &str) {
    let args =
        ["update".as_ref(), image.as_os_str(), index.as_ref(), "--command".as_ref(), OsStr::new(command)];
    run("wimlib-imagex", args);
}

/// What an index holds: every path, the contents of every file but the hives, and what each hive says.
fn contents(image: &Path, index: &str) -> (String, BTreeMap<PathBuf, Vec<u8>>, Vec<String>) {
    contents_with(image, index, image)
}

/// The same of a delta with its base.
fn contents_with(
    image: &Path,
    index: &str,
    base: &Path,
) -> (String, BTreeMap<PathBuf, Vec<u8>>, Vec<String>) {
    let dir = temp();
    let (tree, reference) = (dir.path().join("tree"), format!("--ref={}", base.display()));
    let apply = ["apply".as_ref(), image.as_os_str(), index.as_ref(), tree.as_os_str(), reference.as_ref()];
    run("wimlib-imagex", apply);
    let listed = run("wimlib-imagex", ["dir".as_ref(), image.as_os_str(), index.as_ref()]);
    let said = HIVES.map(|name| {
        let hive = tree.join("Windows/System32/config").join(name);
        let mut export = std::process::Command::new("hivexregedit");
        let out = export.env("PERL_UNICODE", "S").arg("--export").arg(&hive).arg("\\").output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        fs::remove_file(&hive).unwrap();
        String::from_utf8(out.stdout).unwrap()
    });
    let files = files_below(&tree);
    let files = files.into_iter().map(|p| (p.strip_prefix(&tree).unwrap().to_owned(), fs::read(&p).unwrap()));
    (String::from_utf8(listed.stdout).unwrap(), files.collect(), said.to_vec())
}

fn service(dir: &Path, image: &str, update: &str, receipt: &str) {
    let update = package(update);
    let args = ["service", image, &update, "--receipt", receipt, "--json", "--quiet"];
    let done = wright(dir, args).expect(0);
    assert_eq!((&done["written"], &done["registration"]["done"]), (&json!(true), &json!(true)));
}

#[test]
fn what_was_staged_is_taken_out_to_the_last_key() {
    let dir = temp();
    let Some(image) = image(dir.path()) else { return };
    let before = ["1", "2"].map(|index| contents(&image, index));
    assert!(
        before[0].2[0].contains("ComponentFamilies\\\\a_b")
            || before[0].2[0].contains(r"ComponentFamilies\a_b")
    );
    service(dir.path(), "a.wim", UCRT, "one.json");
    service(dir.path(), "a.wim", NEWER_UCRT, "two.json");
    let between = fs::read(&image).unwrap();
    let staged = contents(&image, "1");
    assert!(staged != before[0] && !staged.2[0].contains("a_b]"));

    // Not the first before the second: its keys have been added to.
    let early = wright(dir.path(), ["unstage", "a.wim", "--receipt", "one.json", "--json"]);
    let error = early.expect(1);
    assert_eq!(error["error"]["kind"], "hash_mismatch", "{error:#}");
    assert!(fs::read(&image).unwrap() == between, "a refusal wrote");
    let rehearsal = wright(dir.path(), ["unstage", "a.wim", "--receipt", "two.json", "--json", "--dry-run"]);
    assert_eq!(rehearsal.expect(0)["written"], false);
    assert!(fs::read(&image).unwrap() == between, "a rehearsal wrote");

    let two =
        wright(dir.path(), ["unstage", "a.wim", "--receipt", "two.json", "--json", "--quiet"]).expect(0);
    assert_eq!((&two["written"], two["indexes"].as_array().unwrap().len()), (&json!(true), 2));
    // Each index may be taken by itself, and to another file.
    let args = ["unstage", "a.wim", "--receipt", "one.json", "--index", "2", "--output", "b.wim", "--quiet"];
    assert_eq!(wright(dir.path(), args).code, 0);
    let half = dir.path().join("b.wim");
    run("wimlib-imagex", ["verify".as_ref(), half.as_os_str()]);
    assert!(contents(&half, "2") == before[1] && contents(&half, "1") != before[0]);

    let one =
        wright(dir.path(), ["unstage", "a.wim", "--receipt", "one.json", "--json", "--quiet"]).expect(0);
    let index = &one["indexes"][0];
    assert_eq!(index["hives"], json!(HIVES));
    assert_eq!((&index["folders_left"], index["packages"].as_array().unwrap().len()), (&json!([]), 6));
    run("wimlib-imagex", ["verify".as_ref(), image.as_os_str()]);
    for (index, before) in ["1", "2"].into_iter().zip(before) {
        let after = contents(&image, index);
        assert_eq!(after.0, before.0, "the names of index {index}");
        assert!(after.1 == before.1, "the files of index {index}");
        for (hive, (after, before)) in HIVES.into_iter().zip(after.2.into_iter().zip(before.2)) {
            assert_eq!(after, before, "{hive} of index {index}");
        }
    }
    // Nothing is left of it to be taken out again.
    assert_eq!(wright(dir.path(), ["unstage", "a.wim", "--receipt", "one.json", "--quiet"]).code, 1);
}

/// What an image has from its base is looked at there, and not written again.
#[test]
fn a_delta_is_staged_and_unstaged_with_its_base() {
    let dir = temp();
    let Some(base) = image(dir.path()) else { return };
    let before = contents(&base, "1");
    service(dir.path(), "a.wim", UCRT, "r.json");
    // All that was staged, and the hives that tell of it, are in the base only.
    let all = ["export", "a.wim", "all", "d.wim", "--delta-from", "a.wim", "--json"];
    assert_eq!(wright(dir.path(), all).expect(0)["blobs"], 0);
    let (delta, update) = (dir.path().join("d.wim"), package(NEWER_UCRT));
    assert!(contents_with(&delta, "1", &base) != before);
    let (staged, size) = (fs::read(&delta).unwrap(), fs::metadata(&delta).unwrap().len());
    let unstage = ["unstage", "d.wim", "--receipt", "r.json", "--json", "--quiet"];
    let refused = wright(dir.path(), unstage);
    let error = &refused.expect(1)["error"];
    assert_eq!(error["kind"], "not_found", "{error:#}");
    assert!(refused.stderr.contains("--ref"), "{}", refused.stderr);
    assert!(fs::read(&delta).unwrap() == staged, "the image was touched");
    for command in ["packages", "plan", "service"] {
        let told = wright(
            dir.path(),
            [command, "d.wim"].into_iter().chain(match command {
                "packages" => vec!["1", "--json"],
                _ => vec![update.as_str(), "--json"],
            }),
        );
        let error = &told.expect(1)["error"];
        assert!(told.stderr.contains("--ref"), "{command}: {error:#} {}", told.stderr);
    }
    assert!(fs::read(&delta).unwrap() == staged, "the image was touched");
    let report = wright(dir.path(), unstage.into_iter().chain(["--ref=a.w?m"])).expect(0);
    assert_eq!((&report["written"], &report["indexes"][1]["hives"]), (&json!(true), &json!(HIVES)));
    let added = fs::metadata(&delta).unwrap().len() - size;
    assert!(added < size, "{added} bytes for what the base has");
    run("wimlib-imagex", ["verify".as_ref(), delta.as_os_str(), "--ref".as_ref(), base.as_os_str()]);
    let after = contents_with(&delta, "1", &base);
    assert_eq!((after.0, &after.2), (before.0, &before.2));
    assert!(after.1 == before.1, "the files");
}

type Change<'a> = Box<dyn Fn() + 'a>;

#[test]
fn what_changed_since_is_refused_and_nothing_is_written() {
    let dir = temp();
    let Some(image) = image(dir.path()) else { return };
    service(dir.path(), "a.wim", UCRT, "r.json");
    let staged = fs::read(&image).unwrap();
    let key = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing";
    let package = "Package_for_KB2999226~31bf3856ad364e35~amd64~~6.1.1.6";
    let installed = format!("[{key}\\Packages\\{package}]\n\"CurrentState\"=dword:00000070\n");
    let told = format!("[{key}\\Packages\\{package}]\n\"Another\"=dword:00000001\n");
    let mum = format!("/Windows/servicing/Packages/{package}.mum");
    let other = dir.path().join("other");
    fs::write(&other, b"other contents").unwrap();
    let changes: [(Change<'_>, i32, &str, &str); 5] = [
        (Box::new(|| merge(&image, "2", "SOFTWARE", &installed)), 3, "not_applicable", "Installed (0x70)"),
        (Box::new(|| merge(&image, "2", "SOFTWARE", &told)), 1, "hash_mismatch", package),
        (
            Box::new(|| update(&image, "2", &format!("delete '{mum}'"))),
            1,
            "hash_mismatch",
            "not there any more",
        ),
        (
            Box::new(|| update(&image, "2", &format!("add '{}' '{mum}'", other.display()))),
            1,
            "hash_mismatch",
            "not any more what was staged",
        ),
        (
            Box::new(|| merge(&image, "2", "SOFTWARE", &format!("[{key}\\RebootPending]\n"))),
            1,
            "pending",
            "RebootPending",
        ),
    ];
    for (change, code, kind, told) in changes {
        fs::write(&image, &staged).unwrap();
        change();
        let before = fs::read(&image).unwrap();
        let refused = wright(dir.path(), ["unstage", "a.wim", "--receipt", "r.json", "--json", "--quiet"]);
        assert_eq!(refused.code, code, "{}", refused.stderr);
        let error = &refused.json()["error"];
        assert_eq!(error["kind"], kind, "{error:#}");
        assert!(refused.stderr.contains(told) && refused.stderr.contains("index 2"), "{}", refused.stderr);
        assert!(fs::read(&image).unwrap() == before, "{kind}: the image was touched");
        // The other index is as it was left.
        let args =
            ["unstage", "a.wim", "--receipt", "r.json", "--index", "1", "--output", "b.wim", "--quiet"];
        assert_eq!(wright(dir.path(), args).code, 0);
    }
    for (name, text, code) in [("none.json", "{}", 1), ("text.json", "text", 1), ("absent.json", "", 1)] {
        if !text.is_empty() {
            fs::write(dir.path().join(name), text).unwrap();
        }
        assert_eq!(
            wright(dir.path(), ["unstage", "a.wim", "--receipt", name, "--quiet"]).code,
            code,
            "{name}"
        );
    }
    let args = ["unstage", "a.wim", "--receipt", "r.json", "--index", "3", "--quiet"];
    assert_eq!(wright(dir.path(), args).code, 1);
}
