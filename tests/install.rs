//! Level install with real packages: links by wimlib's word, keys by hivex's, states, supersedence, and what stays staged.

mod common;
#[path = "receipt/schema.rs"]
#[allow(dead_code, reason = "shared with another test")]
mod schema;

#[path = "install/made_up.rs"]
mod made_up;

use common::{give_stack, root, run, temp, testdata, tool, tools, wright};
use serde_json::Value;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

const CBS: &str = r"\Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages";
const WINNERS: &str = r"\Microsoft\Windows\CurrentVersion\SideBySide\Winners";

/// An image `name` by the shared generator; `None`, with a line, where something for that is missing.
fn image(dir: &Path, name: &str, more: &[&str]) -> Option<PathBuf> {
    testdata()?;
    for judge in ["wimlib-imagex", "hivexregedit", "hivexsh"] {
        tool(judge)?;
    }
    let (path, generator) = (dir.join(name), tools()?.join("make_image.py"));
    let first = [generator.as_os_str(), path.as_os_str(), "--files".as_ref(), "20".as_ref()];
    run(tool("python3")?, first.into_iter().chain(more.iter().map(OsStr::new)));
    Some(path)
}

fn package(name: &str) -> String {
    testdata().unwrap().join("packages").join(name).to_string_lossy().into_owned()
}

/// Installs an update; the receipt, checked against its schema.
fn install(dir: &Path, image: &str, update: &str, more: &[&str], code: i32) -> Value {
    let update = if update.contains('/') { update.to_owned() } else { package(update) };
    let arguments = ["service", image, &update, "--level", "install", "--json"];
    let receipt = wright(dir, arguments.iter().copied().chain(more.iter().copied())).expect(code);
    let text = fs::read_to_string(root().join("docs/schema/receipt.v1.json")).unwrap();
    let wrong = schema::Schema::new(serde_json::from_str(&text).unwrap()).violations(&receipt);
    assert!(wrong.is_empty(), "{wrong:#?}");
    run("wimlib-imagex", ["verify".as_ref(), dir.join(image).as_os_str()]);
    receipt
}

/// Of each file of index 1 its hard-link group, the number of its names and its digest, as wimlib tells them.
fn links(image: &Path) -> BTreeMap<String, (String, u32, String)> {
    let out = run("wimlib-imagex", ["dir".as_ref(), image.as_os_str(), "1".as_ref(), "--detailed".as_ref()]);
    let text = String::from_utf8(out.stdout).unwrap();
    let mut all = BTreeMap::new();
    for block in text.split("----------------------------------------------------------------------------") {
        let field = |name: &str| {
            let line = block.lines().find(|l| l.starts_with(name))?;
            Some(line.split_once('=')?.1.trim().trim_matches('"').to_owned())
        };
        let Some(path) = field("Full Path") else { continue };
        let count = field("Link Count").unwrap().parse().unwrap();
        let digest = field("Hash").unwrap_or_default();
        all.insert(path.to_lowercase(), (field("Link Group ID").unwrap(), count, digest));
    }
    all
}

/// A hive of index 1, taken out by wimlib.
fn hive(image: &Path, name: &str, dir: &Path) -> PathBuf {
    let path = format!("/Windows/System32/config/{name}");
    let arguments =
        ["extract".as_ref(), image.as_os_str(), "1".as_ref(), OsStr::new(&path), "--to-stdout".as_ref()];
    let to = dir.join(format!("{name}.out"));
    fs::write(&to, run("wimlib-imagex", arguments).stdout).unwrap();
    to
}

/// What hivexsh says of a value; `None` where there is no such key or value.
fn value(hive: &Path, key: &str, name: &str) -> Option<String> {
    let script = hive.with_extension("sh");
    fs::write(&script, format!("cd {key}\nlsval {name}\n")).unwrap();
    let arguments = [OsStr::new("-f"), script.as_os_str(), hive.as_os_str()];
    let out = std::process::Command::new("hivexsh").args(arguments).output().unwrap();
    out.status.success().then(|| String::from_utf8_lossy(&out.stdout).trim().to_owned())
}

fn state(software: &Path, package: &str) -> Option<String> {
    value(software, &format!(r"{CBS}\{package}"), "CurrentState")
}

/// The path of a file in the store, by a part of the component's name.
fn in_store<'a>(
    links: &'a BTreeMap<String, (String, u32, String)>,
    parts: &[&str],
) -> &'a (String, u32, String) {
    let mut found = links
        .iter()
        .filter(|(p, _)| p.starts_with("/windows/winsxs/") && parts.iter().all(|part| p.contains(part)));
    let one = found.next().unwrap_or_else(|| panic!("{parts:?}"));
    assert!(found.next().is_none(), "{parts:?}");
    one.1
}

#[test]
fn a_newer_package_takes_the_place_of_an_older_one() {
    let dir = temp();
    let Some(image) = image(dir.path(), "a.wim", &[]) else { return };
    let first = "Windows6.1-KB2999226-x64.msu";
    let receipt = install(dir.path(), "a.wim", first, &[], 0);
    let installed = &receipt["indexes"][0]["install"];
    let states: Vec<(&str, u64)> = installed["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| {
            (p["package"].as_str().unwrap().split('~').next().unwrap(), p["state_number"].as_u64().unwrap())
        })
        .collect();
    let names = ["Package_for_KB2999226", "Package_for_KB2999226_RTM", "Package_1_for_KB2999226"];
    assert_eq!(states, names.map(|n| (n, 0x70)), "{installed:#}");
    // The branch of the image, both architectures: the runtime and what forwards to it, no file of the other branch.
    let before = links(&image);
    for (place, architecture) in [("system32", "amd64_"), ("syswow64", "x86_")] {
        let linked = &before[&format!("/windows/{place}/ucrtbase.dll")];
        let store = in_store(&before, &[architecture, "ucrt_", ".18937_", "/ucrtbase.dll"]);
        assert_eq!((linked, linked.1), (store, 2));
        assert_eq!(in_store(&before, &[architecture, "ucrt_", ".23140_", "/ucrtbase.dll"]).1, 1);
    }
    let forwards = before.keys().filter(|p| p.starts_with("/windows/system32/api-ms-win-")).count();
    assert!(forwards > 10, "{forwards}");
    let software = hive(&image, "SOFTWARE", dir.path());
    for name in names {
        assert_eq!(state(&software, &format!("{name}~31bf3856ad364e35~amd64~~6.1.1.6")).unwrap(), "112");
    }
    // The packages that force the other branch stay where staging put them.
    let forced = "Package_for_KB2999226_BF~31bf3856ad364e35~amd64~~6.1.1.6";
    assert_eq!(state(&software, forced).unwrap(), "64");
    let winner = |hive: &Path| {
        let family = "amd64_microsoft-windows-ucrt_31bf3856ad364e35_none_";
        let all =
            String::from_utf8(run("hivexregedit", ["--export", hive.to_str().unwrap(), WINNERS]).stdout)
                .unwrap();
        let line = all.lines().find(|l| l.contains(family) && l.ends_with("6.1]")).unwrap();
        all.lines().skip_while(|l| *l != line).find(|l| l.starts_with("\"6.1.")).unwrap().to_owned()
    };
    assert_eq!(winner(&software), "\"6.1.7601.18937\"=hex(3):01");

    // A second time there is nothing to do, and the image stays as it is.
    let bytes = fs::read(&image).unwrap();
    let again = install(dir.path(), "a.wim", first, &[], 3);
    assert_eq!(again["indexes"][0]["actions"][0]["status"], "installed", "{again:#}");
    assert_eq!(fs::read(&image).unwrap(), bytes);

    let receipt = install(dir.path(), "a.wim", "Windows6.1-KB3118401-x64.msu", &[], 0);
    let installed = &receipt["indexes"][0]["install"];
    let superseded: Vec<&str> = installed["superseded"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p.as_str().unwrap().split('~').next().unwrap())
        .collect();
    assert_eq!(superseded.len(), 3, "{superseded:?}");
    let after = links(&image);
    for (place, architecture) in [("system32", "amd64_"), ("syswow64", "x86_")] {
        let linked = &after[&format!("/windows/{place}/ucrtbase.dll")];
        assert_eq!(linked, in_store(&after, &[architecture, "ucrt_", ".19105_", "/ucrtbase.dll"]));
        // The file that was replaced keeps its other name, and its contents.
        let old = in_store(&after, &[architecture, "ucrt_", ".18937_", "/ucrtbase.dll"]);
        let was = in_store(&before, &[architecture, "ucrt_", ".18937_", "/ucrtbase.dll"]);
        assert_eq!((old.1, &old.2), (1, &was.2));
    }
    let software = hive(&image, "SOFTWARE", dir.path());
    for name in names {
        assert_eq!(state(&software, &format!("{name}~31bf3856ad364e35~amd64~~6.1.1.6")).unwrap(), "80");
    }
    let root = "Package_for_KB3118401~31bf3856ad364e35~amd64~~6.1.1.1";
    assert_eq!(state(&software, root).unwrap(), "112");
    // And the older one has no business there any more.
    let older = install(dir.path(), "a.wim", first, &[], 3);
    assert_ne!(older["indexes"][0]["actions"][0]["status"], "applicable", "{older:#}");
}

#[test]
fn both_in_one_run_come_to_the_same() {
    let dir = temp();
    let Some(image) = image(dir.path(), "a.wim", &["--indexes", "2"]) else { return };
    let (first, second) = (package("Windows6.1-KB2999226-x64.msu"), package("Windows6.1-KB3118401-x64.msu"));
    let receipt =
        wright(dir.path(), ["service", "a.wim", &first, &second, "--level", "install", "--json"]).expect(0);
    for index in receipt["indexes"].as_array().unwrap() {
        assert_eq!(index["install"]["superseded"].as_array().unwrap().len(), 3);
    }
    let all = links(&image);
    let linked = &all["/windows/system32/ucrtbase.dll"];
    assert_eq!(linked, in_store(&all, &["amd64_", "ucrt_", ".19105_", "/ucrtbase.dll"]));
    run("wimlib-imagex", ["verify".as_ref(), image.as_os_str()]);
}

#[test]
fn what_asks_for_more_stays_staged_unless_that_is_accepted() {
    let dir = temp();
    let Some(image) = image(dir.path(), "a.wim", &[]) else { return };
    let update = "Windows6.1-KB4524752-x64.msu";
    let receipt = install(dir.path(), "a.wim", update, &[], 0);
    let installed = &receipt["indexes"][0]["install"];
    assert_eq!(installed["packages"].as_array().unwrap().len(), 3);
    for package in installed["packages"].as_array().unwrap() {
        assert_eq!(
            (&package["state_number"], &package["complete"]),
            (&Value::from(0x40), &Value::from(false))
        );
        assert!(package["reasons"][0].as_str().unwrap().ends_with("taskScheduler left to Windows"));
    }
    let component = |installed: &Value| {
        let all = installed["components"].as_array().unwrap().clone();
        all.into_iter().find(|c| c["component"].as_str().unwrap().contains("endofsupport")).unwrap()
    };
    let staged = component(installed);
    assert_eq!((&staged["outcome"], &staged["files"]), (&Value::from("staged"), &Value::Array(Vec::new())));
    assert_eq!(staged["left"][0]["element"], "taskScheduler");
    let notify = "/windows/system32/sipnotify.exe";
    assert!(!links(&image).contains_key(notify));
    let package = "Package_for_KB4524752~31bf3856ad364e35~amd64~~6.1.1.0";
    assert_eq!(state(&hive(&image, "SOFTWARE", dir.path()), package).unwrap(), "64");

    let receipt = install(dir.path(), "a.wim", update, &["--accept-partial"], 0);
    let installed = &receipt["indexes"][0]["install"];
    for package in installed["packages"].as_array().unwrap() {
        assert_eq!(
            (&package["state_number"], &package["complete"]),
            (&Value::from(0x65), &Value::from(false))
        );
    }
    assert_eq!(component(installed)["files"][0]["change"], "linked");
    let all = links(&image);
    assert_eq!((&all[notify], all[notify].1), (in_store(&all, &["/sipnotify.exe"]), 2));
    assert_eq!(state(&hive(&image, "SOFTWARE", dir.path()), package).unwrap(), "101");
    // What is half there is not taken for installed, nor laid in again without being asked.
    let again = install(dir.path(), "a.wim", update, &[], 3);
    assert_eq!(again["indexes"][0]["actions"][0]["status"], "undecided", "{again:#}");
}

#[test]
fn keys_of_an_enablement_package_are_in_the_hive() {
    let dir = temp();
    let Some(image) = image(dir.path(), "a.wim", &["--os", "win10"]) else { return };
    give_stack(&image, "1", "10.0.19041.1000");
    let update = "windows10.0-kb5015684-x64_523c039b86ca98f2d818c4e6706e2cc94b634c4a.msu";
    let receipt = install(dir.path(), "a.wim", update, &[], 0);
    let installed = &receipt["indexes"][0]["install"];
    assert!(
        installed["packages"].as_array().unwrap().iter().all(|p| p["state_number"] == 0x70),
        "{installed:#}"
    );
    let system = hive(&image, "SYSTEM", dir.path());
    let mut values = 0;
    for key in installed["components"].as_array().unwrap().iter().flat_map(|c| c["keys"].as_array().unwrap())
    {
        let path = key["key"].as_str().unwrap().strip_prefix(r"HKEY_LOCAL_MACHINE\SYSTEM").unwrap();
        assert!(path.starts_with(r"\ControlSet001\Control\FeatureManagement\Overrides\0\"), "{path}");
        assert_eq!(value(&system, path, "EnabledState").unwrap(), "2");
        assert_eq!(value(&system, path, "EnabledStateOptions").unwrap(), "0");
        values += key["values"].as_array().unwrap().len();
    }
    assert_eq!(values, 8);
    let bytes = fs::read(&image).unwrap();
    install(dir.path(), "a.wim", update, &[], 3);
    // What is installed is for DISM to remove: staging alone is taken back.
    fs::write(dir.path().join("r.json"), receipt.to_string()).unwrap();
    let refused = wright(dir.path(), ["unstage", "a.wim", "--receipt", "r.json", "--json", "--quiet"]);
    assert_eq!((refused.code, &refused.json()["error"]["kind"]), (1, &Value::from("unsupported")));
    assert!(refused.stderr.contains("level 'install'"), "{}", refused.stderr);
    assert_eq!(fs::read(&image).unwrap(), bytes);
}

#[test]
fn an_image_without_hives_is_told_apart() {
    let dir = temp();
    let Some(_) = image(dir.path(), "a.wim", &[]) else { return };
    run(
        "wimlib-imagex",
        [
            "update",
            dir.path().join("a.wim").to_str().unwrap(),
            "1",
            "--command=delete /Windows/System32/config/COMPONENTS",
        ],
    );
    let receipt = install(dir.path(), "a.wim", "Windows6.1-KB2999226-x64.msu", &[], 0);
    let installed = &receipt["indexes"][0]["install"];
    assert!(installed["reason"].as_str().unwrap().contains("COMPONENTS"), "{installed:#}");
    assert_eq!(installed["components"], Value::Array(Vec::new()));
    assert!(!links(&dir.path().join("a.wim")).contains_key("/windows/system32/ucrtbase.dll"));
}
