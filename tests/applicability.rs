//! What real packages come to on images by the shared generator: the table of statuses, codes and numbers.

mod common;

use common::{files_below, give_stack, run, temp, testdata, tool, tools, wright};
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use wimwright::base::Limits;
use wimwright::cbs::{Identity, Manifest, keyform};

const VERSION: &str = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion";
const UCRT: &str = "Windows6.1-KB2999226-x64.msu";
const NEWER_UCRT: &str = "Windows6.1-KB3118401-x64.msu";
const X86: &str = "Windows6.1-KB4016754-x86.msu";
const SSH_19041: &str = "OpenSSH-Server-Package~31bf3856ad364e35~amd64~~10.0.19041.1.cab";
const SSH_20348: &str = "OpenSSH-Server-Package~31bf3856ad364e35~amd64~~10.0.20348.1.cab";
const ENABLEMENT: &str = "windows10.0-kb5015684-x64_523c039b86ca98f2d818c4e6706e2cc94b634c4a.msu";

fn image(dir: &Path, name: &str, more: &[&str]) -> Option<PathBuf> {
    testdata()?;
    tool("wimlib-imagex")?;
    tool("hivexregedit")?;
    let (path, generator) = (dir.join(name), tools()?.join("make_image.py"));
    let first = [generator.as_os_str(), path.as_os_str(), "--files".as_ref(), "10".as_ref()];
    run(tool("python3")?, first.into_iter().chain(more.iter().map(OsStr::new)));
    Some(path)
}

fn package(name: &str) -> String {
    testdata().unwrap().join("packages").join(name).to_string_lossy().into_owned()
}

/// Merges registry text into the SOFTWARE hive of an index, with tools that are not ours.
fn merge(image: &Path, index: &str, text: &str) {
    let dir = temp();
    let (hive, reg) = (dir.path().join("SOFTWARE"), dir.path().join("text.reg"));
    let inside = "/Windows/System32/config/SOFTWARE";
    let take =
        ["extract".as_ref(), image.as_os_str(), index.as_ref(), inside.as_ref(), "--to-stdout".as_ref()];
    fs::write(&hive, run("wimlib-imagex", take).stdout).unwrap();
    fs::write(&reg, format!("Windows Registry Editor Version 5.00\n\n{text}")).unwrap();
    let options =
        ["--merge", "--prefix", r"HKEY_LOCAL_MACHINE\SOFTWARE", "--encoding", "UTF-8"].map(OsStr::new);
    run("hivexregedit", options.into_iter().chain([hive.as_os_str(), reg.as_os_str()]));
    let command = format!("add '{}' '{inside}'", hive.display());
    let put =
        ["update".as_ref(), image.as_os_str(), index.as_ref(), "--command".as_ref(), OsStr::new(&command)];
    run("wimlib-imagex", put);
}

fn set_state(image: &Path, index: &str, identity: &str, state: u32) {
    let key = format!(r"{VERSION}\Component Based Servicing\Packages\{identity}");
    merge(image, index, &format!("[{key}]\n\"CurrentState\"=dword:{state:08x}\n"));
}

/// Status, HRESULT and number of one package in one index.
fn answer(dir: &Path, wim: &str, index: &str, update: &str) -> (String, Option<String>, u64) {
    let update = package(update);
    let plan = wright(dir, ["plan", wim, &update, "--index", index, "--json", "--quiet"]).json();
    let decision = &plan["decisions"][0];
    assert!(decision["reason"].as_str().is_some_and(|r| !r.is_empty()), "{plan:#}");
    let text = |v: &Value| v.as_str().map(str::to_owned);
    (
        text(&decision["status"]).unwrap(),
        text(&decision["hresult"]),
        decision["update_status"].as_u64().unwrap(),
    )
}

#[test]
fn real_packages_come_to_what_the_table_says() {
    let dir = temp();
    let Some(seven) = image(dir.path(), "win7.wim", &["--indexes", "2"]) else { return };
    let Some(_) = image(dir.path(), "win10.wim", &["--os", "win10"]) else { return };
    // The second index lacks the parent: its package is only staged.
    let parent = "Microsoft-Windows-Client-Features-Package~31bf3856ad364e35~amd64~~6.1.7601.17514";
    set_state(&seven, "2", parent, 0x40);
    let refused = Some("0x800F081E");
    for (wim, index, update, status, code, number) in [
        ("win7.wim", "1", UCRT, "applicable", None, 3),
        ("win7.wim", "1", NEWER_UCRT, "applicable", None, 3),
        ("win7.wim", "2", UCRT, "not_applicable", refused, 1),
        ("win7.wim", "2", NEWER_UCRT, "not_applicable", refused, 1),
        ("win7.wim", "1", X86, "not_applicable", Some("0x800F081B"), 1),
        ("win7.wim", "1", SSH_19041, "not_applicable", refused, 1),
        ("win7.wim", "1", ENABLEMENT, "not_applicable", refused, 1),
        ("win10.wim", "1", UCRT, "not_applicable", refused, 1),
        ("win10.wim", "1", SSH_19041, "undecided", None, 4),
        ("win10.wim", "1", SSH_20348, "not_applicable", refused, 1),
        // It asks for a servicing stack, and the generator's images tell of none.
        ("win10.wim", "1", ENABLEMENT, "undecided", None, 4),
    ] {
        let found = answer(dir.path(), wim, index, update);
        assert_eq!(found, (status.to_owned(), code.map(str::to_owned), number), "{wim} {index} {update}");
    }
    give_stack(&dir.path().join("win10.wim"), "1", "10.0.19041.152");
    let older = ("not_applicable".to_owned(), Some("0x800F0823".to_owned()), 1);
    assert_eq!(answer(dir.path(), "win10.wim", "1", ENABLEMENT), older);
    give_stack(&dir.path().join("win10.wim"), "1", "10.0.19041.153");
    assert_eq!(answer(dir.path(), "win10.wim", "1", ENABLEMENT), ("applicable".into(), None, 3));
    let identity = "OpenSSH-Server-Package~31bf3856ad364e35~amd64~~10.0.20348.1";
    set_state(&dir.path().join("win10.wim"), "1", identity, 0x70);
    let found = answer(dir.path(), "win10.wim", "1", SSH_19041);
    assert_eq!(found, ("superseded".into(), refused.map(str::to_owned), 1));
    let found = answer(dir.path(), "win10.wim", "1", SSH_20348);
    assert_eq!(found, ("installed".into(), Some("0x00240006".into()), 2));
}

#[test]
fn what_is_undecided_is_laid_in_only_by_force() {
    let dir = temp();
    let Some(image) = image(dir.path(), "win10.wim", &["--os", "win10"]) else { return };
    let (before, update) = (fs::read(&image).unwrap(), package(SSH_19041));
    let args = ["service", "win10.wim", &update, "--json", "--quiet", "--output", "out.wim"];
    let refused = wright(dir.path(), args).expect(3);
    assert_eq!(
        (&refused["written"], &refused["indexes"][0]["actions"][0]["forced"]),
        (&json!(false), &json!(false))
    );
    assert!(!dir.path().join("out.wim").exists());
    let forced = wright(dir.path(), args.iter().chain(&["--force-undecided"])).expect(0);
    let action = &forced["indexes"][0]["actions"][0];
    assert_eq!((&action["status"], &action["forced"]), (&json!("undecided"), &json!(true)));
    assert!(!forced["indexes"][0]["files"].as_array().unwrap().is_empty());
    assert!(fs::read(&image).unwrap() == before, "the input was touched");
}

/// KB3118401 replaces KB2999226 by nothing but its components.
#[test]
fn an_update_is_superseded_by_the_components_of_a_later_one() {
    let dir = temp();
    let Some(image) = image(dir.path(), "win7.wim", &[]) else { return };
    set_state(&image, "1", "Package_for_KB2999226~31bf3856ad364e35~amd64~~6.1.1.6", 0x70);
    assert_eq!(answer(dir.path(), "win7.wim", "1", UCRT), ("installed".into(), Some("0x00240006".into()), 2));
    assert_eq!(answer(dir.path(), "win7.wim", "1", NEWER_UCRT), ("applicable".into(), None, 3));

    set_state(&image, "1", "Package_for_KB2999226~31bf3856ad364e35~amd64~~6.1.1.6", 0);
    assert_eq!(wright(dir.path(), ["unpack", &package(NEWER_UCRT), "new", "--quiet"]).code, 0);
    let mut text = String::new();
    for path in files_below(&dir.path().join("new")) {
        let Ok(data) = fs::read(&path) else { continue };
        let Ok(manifest) = Manifest::parse(&data, &Limits::default()) else { continue };
        // The branch without hotfixes wins on an image that never had one.
        let Identity { version, .. } = manifest.identity;
        if !manifest.files.is_empty() && version.revision < 20_000 {
            let key = format!(r"{VERSION}\SideBySide\Winners\{}", keyform::family(&manifest.identity));
            let branch = format!("{}.{}", version.major, version.minor);
            write!(text, "[{key}]\n@=\"{branch}\"\n\n[{key}\\{branch}]\n@=\"{version}\"\n\n").unwrap();
        }
    }
    assert_eq!(text.matches("@=\"6.1\"").count(), 4, "{text}");
    merge(&image, "1", &text);
    let superseded = ("superseded".to_owned(), Some("0x800F081E".to_owned()), 1);
    assert_eq!(answer(dir.path(), "win7.wim", "1", UCRT), superseded);
    assert_eq!(answer(dir.path(), "win7.wim", "1", NEWER_UCRT), ("applicable".into(), None, 3));
}
