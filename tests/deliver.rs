//! Level `deliver` on real updates: the update itself in the image, what makes Windows install it, and nothing else changed.

mod common;
#[path = "receipt/schema.rs"]
#[allow(dead_code, reason = "the receipt's own tests use all of it")]
mod schema;

use common::{run, temp, testdata, tool, wright};
use serde_json::Value;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use wimwright::base::Progress;
use wimwright::service::diff::{DiffOptions, ImageDiff};
use wimwright::wim::{OpenOptions, WimFile};

const CAB: &str = "OpenSSH-Server-Package~31bf3856ad364e35~amd64~~10.0.19041.1.cab";
const MSU: &str = "windows10.0-kb5015684-x64_523c039b86ca98f2d818c4e6706e2cc94b634c4a.msu";
const SETUP: &str = "/Windows/Setup/Scripts/SetupComplete.cmd";
const KEPT: &str = "/Windows/Setup/Scripts/SetupComplete.before-wimwright.cmd";

/// A sample of Windows 10 with two indexes and everything that the updates build on.
fn image(dir: &Path) -> Option<PathBuf> {
    testdata()?;
    tool("wimlib-imagex")?;
    let (image, packages) = (dir.join("sample.wim"), dir.join("packages.txt"));
    fs::write(&packages, "Microsoft-Windows-EnterpriseEvalEdition~31bf3856ad364e35~amd64~~10.0.19041.1\n")
        .unwrap();
    let script = common::root().join("scripts/sample-image");
    let options = ["--files", "20", "--packages"].map(OsStr::new);
    let args =
        [script.as_os_str(), image.as_os_str()].into_iter().chain(options).chain([packages.as_os_str()]);
    run(tool("python3")?, args);
    Some(image)
}

fn package(name: &str) -> PathBuf {
    testdata().unwrap().join("packages").join(name)
}

fn service(dir: &Path, args: &[&str], updates: &[PathBuf], status: i32) -> Value {
    let mut all =
        vec!["service", "sample.wim", "--level", "deliver", "--json", "--quiet", "--force-undecided"];
    all.extend(args);
    let all = all.into_iter().map(std::ffi::OsString::from).chain(updates.iter().map(Into::into));
    let receipt = wright(dir, all).expect(status);
    if receipt.get("error").is_none() {
        let text = fs::read_to_string(common::root().join("docs/schema/receipt.v1.json")).unwrap();
        let wrong = schema::Schema::new(serde_json::from_str(&text).unwrap()).violations(&receipt);
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
    receipt
}

/// A file of an image, as wimlib extracts it.
fn extracted(image: &Path, index: u32, path: &str) -> Vec<u8> {
    let index = index.to_string();
    let path = path.replace('\\', "/");
    let args = ["extract".as_ref(), image.as_os_str(), index.as_ref(), path.as_ref(), "--to-stdout".as_ref()];
    run("wimlib-imagex", args).stdout
}

/// Every path that differs between an index of two images.
fn changed(before: &Path, after: &Path, index: u32) -> Vec<String> {
    let view = |path: &Path| WimFile::open(path, &OpenOptions::new()).unwrap().view(index).unwrap();
    let diff = ImageDiff::new(&view(before), &view(after), DiffOptions::default()).unwrap();
    let mut paths = Vec::new();
    diff.entries(&Progress::none(), &mut |entry| {
        paths.push(entry.path);
        Ok(())
    })
    .unwrap();
    paths
}

fn text(receipt: &Value, field: &str) -> String {
    receipt["indexes"][0]["deliveries"][0][field].as_str().unwrap_or_default().to_owned()
}

/// Puts a script of the user's own into both indexes, with wimlib.
fn add_script(image: &Path) -> Vec<u8> {
    let script = b"@echo off\r\necho the user's own\r\nexit 7\r\n".to_vec();
    let file = image.with_file_name("user.cmd");
    fs::write(&file, &script).unwrap();
    for index in ["1", "2"] {
        let command = format!("--command=add '{}' '{SETUP}'", file.display());
        run("wimlib-imagex", ["update".as_ref(), image.as_os_str(), index.as_ref(), command.as_ref()]);
    }
    script
}

#[test]
fn a_cabinet_is_named_by_an_answer_file_and_an_msu_by_a_script() {
    let work = temp();
    let Some(image) = image(work.path()) else { return };
    let before = work.path().join("before.wim");
    let user = add_script(&image);
    fs::copy(&image, &before).unwrap();
    let receipt = work.path().join("receipt.json");
    let (cab, msu) = (package(CAB), package(MSU));
    let told =
        service(work.path(), &["--receipt", receipt.to_str().unwrap()], &[cab.clone(), msu.clone()], 0);
    run("wimlib-imagex", ["verify".as_ref(), image.as_os_str()]);

    for index in told["indexes"].as_array().unwrap() {
        let number = index["index"].as_u64().unwrap() as u32;
        let deliveries = index["deliveries"].as_array().unwrap();
        assert_eq!(deliveries.len(), 2);
        for (delivery, original) in deliveries.iter().zip([&cab, &msu]) {
            let path = delivery["path"].as_str().unwrap();
            assert!(path.starts_with("\\Windows\\Setup\\Wimwright\\"), "{path}");
            assert!(extracted(&image, number, path) == fs::read(original).unwrap(), "{path} is another file");
        }
        assert!(deliveries[0]["script"].is_null() && deliveries[1]["answer_file"].is_null());
        // All that is new lies in one folder, but for the script that Setup looks for.
        for path in changed(&before, &image, number) {
            let own =
                path.starts_with("\\Windows\\Setup\\Wimwright") || path.contains("\\Scripts\\SetupComplete.");
            assert!(own, "{path} changed");
        }
        let answer = extracted(&image, number, deliveries[0]["answer_file"].as_str().unwrap());
        let answer = String::from_utf8(answer).unwrap();
        let tree = roxmltree::Document::parse(&answer).unwrap();
        let named = |name: &str| {
            tree.descendants().find(|n| n.has_tag_name(("urn:schemas-microsoft-com:unattend", name)))
        };
        assert_eq!(named("settings").and_then(|s| s.attribute("pass")), Some("windowsPE"));
        let identity = named("assemblyIdentity").unwrap();
        assert_eq!(identity.attribute("name"), Some("OpenSSH-Server-Package"));
        assert_eq!(identity.attribute("version"), Some("10.0.19041.1"));
        let location = named("source").unwrap().attribute("location").unwrap();
        let place = location.replace("%configsetroot%", "\\Windows\\Setup\\Wimwright");
        assert_eq!(place, deliveries[0]["path"]);
        assert!(extracted(&image, number, KEPT) == user, "the user's script changed");
        let ours = String::from_utf8(extracted(&image, number, SETUP)).unwrap();
        assert!(
            ours.contains("SetupComplete.before-wimwright.cmd\" call")
                && ours.contains("\\Setup\\Wimwright\\*.cmd"),
            "{ours}"
        );
        let script =
            String::from_utf8(extracted(&image, number, deliveries[1]["script"].as_str().unwrap())).unwrap();
        assert!(
            script.contains("expand.exe") && script.contains("/Add-Package") && script.contains(MSU),
            "{script}"
        );
    }
    let left = told["left_to_windows"].to_string();
    assert!(
        left.contains("all of the installation") && left.contains("OEM") && left.contains("/Apply-Unattend"),
        "{left}"
    );
    assert_eq!(told["registration"]["done"], false);

    // A second time all of it is there.
    let bytes = fs::read(&image).unwrap();
    let again = service(work.path(), &[], &[cab, msu], 0);
    assert!(again["written"] == false && fs::read(&image).unwrap() == bytes);

    // Taken out, the image is what it was.
    let args = ["unstage", "sample.wim", "--receipt", receipt.to_str().unwrap(), "--json", "--quiet"];
    wright(work.path(), args).expect(0);
    for index in [1, 2] {
        assert_eq!(changed(&before, &image, index), Vec::<String>::new());
    }
    run("wimlib-imagex", ["verify".as_ref(), image.as_os_str()]);
}

#[test]
fn later_deliveries_go_behind_earlier_ones_and_are_taken_out_alone() {
    let work = temp();
    let Some(image) = image(work.path()) else { return };
    let other = package("OpenSSH-Client-Package~31bf3856ad364e35~amd64~~10.0.19041.1.cab");
    let kept = |name: &str| work.path().join(name).to_str().unwrap().to_owned();
    let (first, second) = (kept("first.json"), kept("second.json"));
    service(work.path(), &["--deliver", "both", "--receipt", &first], &[package(CAB)], 0);
    let between = work.path().join("between.wim");
    fs::copy(&image, &between).unwrap();
    let told = service(work.path(), &["--deliver", "both", "--receipt", &second], &[other], 0);
    let (script, answer) = (text(&told, "script"), text(&told, "answer_file"));
    assert!(script.contains("\\0002-") && text(&told, "kept_script").is_empty(), "{script}");
    let answer = String::from_utf8(extracted(&image, 1, &answer)).unwrap();
    let places: Vec<usize> =
        ["OpenSSH-Server-Package", "OpenSSH-Client-Package"].map(|n| answer.find(n).unwrap()).into();
    assert!(places.is_sorted(), "{answer}");
    assert!(changed(&between, &image, 2).len() >= 4);

    // The first one is not taken from under the second.
    let args = |receipt: &str| {
        ["unstage", "sample.wim", "--receipt", receipt, "--json", "--quiet"].map(str::to_owned)
    };
    let bytes = fs::read(&image).unwrap();
    assert_eq!(wright(work.path(), args(&first)).code, 1);
    assert!(fs::read(&image).unwrap() == bytes);
    wright(work.path(), args(&second)).expect(0);
    for index in [1, 2] {
        assert_eq!(changed(&between, &image, index), Vec::<String>::new());
    }
    wright(work.path(), args(&first)).expect(0);
    assert!(
        !String::from_utf8(run("wimlib-imagex", ["dir".as_ref(), image.as_os_str(), "1".as_ref()]).stdout)
            .unwrap()
            .contains("Wimwright")
    );
}

#[test]
fn what_cannot_be_done_well_is_refused_and_nothing_is_written() {
    let work = temp();
    let Some(image) = image(work.path()) else { return };
    let before = fs::read(&image).unwrap();
    let refused = |args: &[&str], update: PathBuf, status| {
        let told = service(work.path(), args, &[update], status);
        assert!(fs::read(&image).unwrap() == before, "the image changed");
        told
    };
    refused(&["--deliver", "answer-file"], package(MSU), 2);
    refused(&["--deliver", "both"], package(MSU), 2);
    let odd = work.path().join("a%PATH%.cab");
    fs::copy(package(CAB), &odd).unwrap();
    refused(&["--deliver", "setup-complete"], odd, 2);
    // Built for another processor: a matter of what applies, as at every level.
    refused(&[], package("Windows6.1-KB4016754-x86.msu"), 3);
    let stage =
        ["service", "sample.wim", "--deliver", "both", "--json", "--quiet"].map(std::ffi::OsString::from);
    assert_eq!(wright(work.path(), stage.into_iter().chain([package(CAB).into()])).code, 2);

    // An answer file that somebody else wrote, and a SetupComplete.cmd of ours that was changed.
    let theirs = work.path().join("theirs.xml");
    fs::write(&theirs, "<unattend xmlns=\"urn:schemas-microsoft-com:unattend\"/>").unwrap();
    let put = |file: &Path, at: &str| {
        let command = format!("--command=add '{}' '{at}'", file.display());
        run("wimlib-imagex", ["update".as_ref(), image.as_os_str(), "1".as_ref(), command.as_ref()]);
    };
    put(&theirs, "/Windows/Setup/Wimwright/unattend.xml");
    let before = fs::read(&image).unwrap();
    let told = service(work.path(), &[], &[package(CAB)], 1);
    assert!(fs::read(&image).unwrap() == before);
    assert!(told.to_string().contains("was not written by this program"), "{told}");
    let changed = work.path().join("changed.cmd");
    fs::write(&changed, "rem wimwright.deliver.v1\r\necho more\r\n").unwrap();
    put(&changed, SETUP);
    let before = fs::read(&image).unwrap();
    service(work.path(), &["--index", "1", "--deliver", "setup-complete"], &[package(CAB)], 1);
    assert!(fs::read(&image).unwrap() == before);
}

#[test]
fn a_pending_image_is_refused_and_stays() {
    let work = temp();
    let (Some(data), Some(tools), Some(python), Some(_), Some(_)) =
        (testdata(), common::tools(), tool("python3"), tool("wimlib-imagex"), tool("hivexregedit"))
    else {
        return;
    };
    let image = work.path().join("sample.wim");
    let script = tools.join("make_image.py");
    let args = ["--files", "20", "--os", "win10", "--pending"];
    run(python, [script.as_os_str(), image.as_os_str()].into_iter().chain(args.map(AsRef::as_ref)));
    let before = fs::read(&image).unwrap();
    let update = data.join("packages").join(MSU);
    let told = service(work.path(), &[], &[update], 1);
    assert!(told.to_string().contains("PackagesPending"), "{told}");
    assert!(fs::read(&image).unwrap() == before);
}

/// The scripts as a `cmd` runs them: each update's in order, then the user's own, whose exit status is the outcome.
#[test]
fn the_scripts_run_in_wines_cmd() {
    let work = temp();
    let (Some(image), Some(wine)) = (image(work.path()), tool("wine")) else { return };
    add_script(&image);
    service(work.path(), &["--deliver", "setup-complete"], &[package(CAB), package(MSU)], 0);
    let prefix = work.path().join("prefix");
    let wine = |args: &[&str]| {
        let mut command = std::process::Command::new(&wine);
        command
            .env("WINEPREFIX", &prefix)
            .env("WINEDEBUG", "-all")
            .env_remove("DISPLAY")
            .args(args)
            .output()
            .unwrap()
    };
    if !wine(&["cmd", "/c", "exit 0"]).status.success() {
        eprintln!("skipped: wine does not start");
        return;
    }
    let windows = prefix.join("drive_c/windows");
    run(
        "wimlib-imagex",
        [
            "extract".as_ref(),
            image.as_os_str(),
            "1".as_ref(),
            "/Windows/Setup".as_ref(),
            format!("--dest-dir={}", windows.display()).as_ref(),
        ],
    );
    fs::create_dir_all(windows.join("Logs")).unwrap();
    let out = wine(&["cmd", "/c", r"C:\windows\Setup\Scripts\SetupComplete.cmd"]);
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(said.contains("the user's own"), "{said}\n{}", String::from_utf8_lossy(&out.stderr));
    assert_eq!(out.status.code(), Some(7), "{said}");
    // Wine has no DISM to speak of; what was taken out of the MSU for it is gone afterwards.
    let log = fs::read_to_string(windows.join("Logs/wimwright-setup.log")).unwrap_or_default();
    eprintln!("{log}");
    let temporary = common::files_below(&prefix.join("drive_c/windows"));
    assert!(!temporary.iter().any(|p| p.to_string_lossy().contains("Wimwright-")), "{temporary:?}");
    let _ = std::process::Command::new("wineserver").arg("-k").env("WINEPREFIX", &prefix).status();
}
