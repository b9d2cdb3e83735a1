//! Servicing state of images by the shared generator: what `wright packages` shows, and that pending ones stay as they are.

mod common;

use common::{run, temp, testdata, tool, tools, wright};
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use wimwright::base::Limits;
use wimwright::cbs::ServicingState;
use wimwright::cbs::state::components;
use wimwright::wim::{OpenOptions, WimFile};

const FOUNDATION: &str = "Microsoft-Windows-Foundation-Package~31bf3856ad364e35~amd64~~6.1.7601.17514";
const UPDATE: &str = "Windows6.1-KB2999226-x64.msu";

/// An image `name` by the shared generator; `None`, with a line, where something for that is missing.
fn image(dir: &Path, name: &str, more: &[&str]) -> Option<PathBuf> {
    testdata()?;
    tool("wimlib-imagex")?;
    tool("hivexregedit")?;
    let (path, generator) = (dir.join(name), tools()?.join("make_image.py"));
    let first = [generator.as_os_str(), path.as_os_str(), "--files".as_ref(), "20".as_ref()];
    run(tool("python3")?, first.into_iter().chain(more.iter().map(OsStr::new)));
    Some(path)
}

fn update() -> String {
    testdata().unwrap().join("packages").join(UPDATE).to_string_lossy().into_owned()
}

/// Puts the file `from` into an index under the path `to`.
fn put(image: &Path, index: &str, from: &Path, to: &str) {
    let command = format!("add '{}' '{to}'", from.display());
    let arguments = ["update".as_ref(), image.as_os_str(), index.as_ref()];
    run("wimlib-imagex", arguments.into_iter().chain(["--command".as_ref(), OsStr::new(&command)]));
}

/// A file of an index, taken out by wimlib.
fn take(image: &Path, index: &str, path: &str, to: &Path) {
    let out = run(
        "wimlib-imagex",
        ["extract".as_ref(), image.as_os_str(), index.as_ref(), path.as_ref(), "--to-stdout".as_ref()],
    );
    fs::write(to, out.stdout).unwrap();
}

#[test]
fn packages_shows_every_package_with_its_state() {
    let dir = temp();
    let extra = "Extra-Package~31bf3856ad364e35~amd64~en-US~6.1.0.1";
    let Some(image) = image(dir.path(), "a.wim", &["--indexes", "2", "--extra-package", extra]) else {
        return;
    };
    let shown = wright(dir.path(), ["packages", "a.wim", "2", "--json"]).expect(0);
    let packages = shown["packages"].as_array().unwrap();
    assert_eq!((packages.len(), &shown["omitted"], &shown["source"]), (4, &json!(0), &json!("registry")));
    let named = |identity: &str| packages.iter().find(|p| p["identity"] == identity).unwrap();
    for identity in [FOUNDATION, extra] {
        let package = named(identity);
        assert_eq!((&package["state"], &package["state_number"]), (&json!("Installed"), &json!(0x70)));
        assert_eq!(
            (&package["visibility"], &package["client"]),
            (&json!(2), &json!("DISM Package Manager Provider"))
        );
        assert_eq!(
            (&package["release_type"], &package["owners"]),
            (&json!("Feature Pack"), &json!([identity]))
        );
        assert_eq!(package["has_manifest"], true);
    }
    assert!(packages.iter().any(|p| p["identity"].as_str().unwrap().contains("ProfessionalEdition")));
    assert_eq!(shown["serviceable"], true);
    let text = wright(dir.path(), ["packages", "a.wim", "1"]);
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.contains(FOUNDATION) && text.contains("Installed (0x70)"), "{text}");

    // States and times as another tool writes them.
    let (software, reg) = (dir.path().join("SOFTWARE"), dir.path().join("more.reg"));
    take(&image, "1", "/Windows/System32/config/SOFTWARE", &software);
    let key =
        r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages";
    let time = "\"InstallTimeHigh\"=dword:01d85d00\n\"InstallTimeLow\"=dword:00000000";
    let lines = format!(
        "Windows Registry Editor Version 5.00\n\n[{key}\\{FOUNDATION}]\n\"CurrentState\"=dword:00000050\n{time}\n\n\
         [{key}\\{extra}]\n\"CurrentState\"=dword:00000040\n"
    );
    fs::write(&reg, lines).unwrap();
    let merge = ["--merge", "--prefix", r"HKEY_LOCAL_MACHINE\SOFTWARE", "--encoding", "UTF-8"];
    run("hivexregedit", merge.map(OsStr::new).into_iter().chain([software.as_os_str(), reg.as_os_str()]));
    put(&image, "1", &software, "/Windows/System32/config/SOFTWARE");
    let shown = wright(dir.path(), ["packages", "a.wim", "1", "--json", "--all"]).expect(0);
    let packages = shown["packages"].as_array().unwrap();
    let named = |identity: &str| packages.iter().find(|p| p["identity"] == identity).unwrap();
    assert_eq!(named(FOUNDATION)["state"], "Superseded");
    assert_eq!(named(FOUNDATION)["install_time"], "2022-05-01T02:05:58Z");
    assert_eq!((&named(extra)["state"], &named(extra)["state_number"]), (&json!("Staged"), &json!(0x40)));
    let without = wright(dir.path(), ["packages", "a.wim", "1", "--json"]).expect(0);
    assert_eq!((without["packages"].as_array().unwrap().len(), &without["omitted"]), (3, &json!(1)));
    let missing = wright(dir.path(), ["packages", "a.wim", "3"]);
    assert_eq!(missing.code, 1, "{}", missing.stderr);
}

#[test]
fn a_pending_image_is_read_and_never_written() {
    let dir = temp();
    let Some(image) = image(dir.path(), "p.wim", &["--indexes", "2", "--pending"]) else { return };
    let (before, update) = (fs::read(&image).unwrap(), update());
    let markers = ["PackagesPending", "RebootPending", "PendingXmlIdentifier"];
    let shown = wright(dir.path(), ["packages", "p.wim", "1", "--json"]).expect(0);
    let found: Vec<&str> =
        shown["health"]["pending"].as_array().unwrap().iter().map(|m| m["name"].as_str().unwrap()).collect();
    assert_eq!(found, markers);
    assert_eq!((&shown["health"]["reboot_pending"], &shown["serviceable"]), (&json!(true), &json!(false)));

    let ways: [&[&str]; 5] =
        [&[], &["--output", "out.wim"], &["--continue-on-error"], &["--dry-run"], &["--index", "2"]];
    for more in ways {
        let args = ["service", "p.wim", &update, "--json", "--quiet"];
        let result = wright(dir.path(), args.iter().chain(more));
        assert_eq!(result.code, 1, "{more:?}: {}", result.stderr);
        assert!(markers.iter().all(|m| result.stderr.contains(m)), "{more:?}: {}", result.stderr);
        let document = result.json();
        let action = match &document["indexes"] {
            Value::Null => &document["error"],
            indexes => &indexes[0]["actions"][0],
        };
        assert_eq!(
            (&action["hresult"], &action["kind"]),
            (&json!("0x800F0806"), &json!("pending")),
            "{document:#}"
        );
        assert!(fs::read(&image).unwrap() == before, "{more:?}: the image was touched");
        assert!(!dir.path().join("out.wim").exists(), "{more:?}: an output was written");
    }
    let plan = wright(dir.path(), ["plan", "p.wim", &update, "--json"]);
    assert_eq!(plan.code, 1, "{}", plan.stderr);
    for index in plan.json()["indexes"].as_array().unwrap() {
        assert!(markers.iter().all(|m| index["refusal"].as_str().unwrap().contains(m)), "{index}");
    }
}

#[test]
fn one_pending_index_stops_the_run_or_is_left_out_alone() {
    let dir = temp();
    let Some(image) = image(dir.path(), "a.wim", &[]) else { return };
    let Some(pending) = self::image(dir.path(), "p.wim", &["--pending"]) else { return };
    run(
        "wimlib-imagex",
        ["export".as_ref(), pending.as_os_str(), "1".as_ref(), image.as_os_str(), "pending".as_ref()],
    );
    let (before, update) = (fs::read(&image).unwrap(), update());
    let service = |more: &[&str]| {
        let args = ["service", "a.wim", &update, "--json", "--quiet", "--output", "out.wim"];
        wright(dir.path(), args.iter().chain(more))
    };
    let refused = service(&[]);
    assert_eq!(refused.code, 1, "{}", refused.stderr);
    assert!(
        refused.stderr.contains("index 2") && refused.stderr.contains("RebootPending"),
        "{}",
        refused.stderr
    );
    let receipt = refused.json();
    assert_eq!(
        (&receipt["written"], &receipt["indexes"][0]["actions"][0]["status"]),
        (&json!(false), &json!("applicable"))
    );
    assert!(!dir.path().join("out.wim").exists(), "an output was written");

    let receipt = service(&["--continue-on-error"]).expect(1);
    assert_eq!(receipt["written"], true);
    let actions = [0, 1].map(|i| receipt["indexes"][i]["actions"][0].clone());
    assert_eq!(actions.each_ref().map(|a| &a["status"]), [&json!("applicable"), &json!("failed")]);
    assert_eq!(actions[1]["kind"], "pending");
    assert!(receipt["indexes"][0]["files"].as_array().unwrap().len() > 100);
    assert_eq!(receipt["indexes"][1]["files"], json!([]));
    let mut trees = Vec::new();
    for file in ["a.wim", "out.wim"] {
        let file = dir.path().join(file);
        let listed =
            run("wimlib-imagex", ["dir".as_ref(), file.as_os_str(), "2".as_ref(), "--detailed".as_ref()]);
        trees.push(listed.stdout);
    }
    assert!(trees[0] == trees[1], "the pending index was changed");
    fs::remove_file(dir.path().join("out.wim")).unwrap();
    assert_eq!(service(&["--index", "1"]).expect(0)["written"], true);
    assert!(fs::read(&image).unwrap() == before, "the input was touched");
}

/// Hives that other tools made, damaged: an answer, or an error that names the image, the index and the hive.
#[test]
fn damaged_hives_are_named_and_nothing_is_written() {
    let dir = temp();
    let Some(image) = image(dir.path(), "a.wim", &[]) else { return };
    let (software, update) = (dir.path().join("SOFTWARE"), update());
    take(&image, "1", "/Windows/System32/config/SOFTWARE", &software);
    let whole = fs::read(&software).unwrap();
    let mut dirty = whole.clone();
    dirty[4] ^= 1;
    for bad in [dirty, whole[..4500].to_vec(), b"regf".to_vec(), vec![0xA5; 9000]] {
        fs::write(&software, bad).unwrap();
        put(&image, "1", &software, "/Windows/System32/config/SOFTWARE");
        let before = fs::read(&image).unwrap();
        for args in
            [&["packages", "a.wim", "1"][..], &["plan", "a.wim", &update], &["service", "a.wim", &update]]
        {
            let result = wright(dir.path(), args.iter().chain(&["--quiet"]));
            assert_eq!(result.code, 1, "{args:?}: {}", result.stderr);
            let told = ["a.wim: index 1", r"\Windows\System32\config\SOFTWARE"];
            assert!(told.iter().all(|t| result.stderr.contains(t)), "{args:?}: {}", result.stderr);
        }
        assert!(fs::read(&image).unwrap() == before, "the image was touched");
    }
}

#[test]
fn features_and_components_of_a_made_image_are_read() {
    let dir = temp();
    let Some(image) = image(dir.path(), "a.wim", &[]) else { return };
    let view = WimFile::open(&image, &OpenOptions::new()).unwrap().view(1).unwrap();
    let limits = Limits::default();
    let state = ServicingState::read(&view, &limits).unwrap();
    assert!(state.features(&view, &limits).unwrap().is_empty());
    assert!(components(&view, &limits).unwrap().is_empty());
    assert!(state.winners.are_told() && state.stack().is_none());
}
