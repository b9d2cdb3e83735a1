//! The main job on an image and an update that others made: serviced, checked by wimlib-imagex, nothing else touched.

mod common;

use common::{files_below, run, tool, wright};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use wimwright::base::{Sha1Digest, sha1};

/// An image by the shared generator; `WIMWRIGHT_LONG=1` makes it as large as the real check asks.
fn made_image(dir: &Path, indexes: &str) -> Option<PathBuf> {
    let tools = common::tools()?;
    common::testdata()?;
    tool("wimlib-imagex")?;
    tool("hivexregedit")?;
    let image = dir.join("install.wim");
    let files = if std::env::var_os("WIMWRIGHT_LONG").is_some() { "3000" } else { "300" };
    let script = tools.join("make_image.py");
    let args =
        [script.as_os_str(), image.as_os_str(), "--files".as_ref(), files.as_ref(), "--indexes".as_ref()];
    run(tool("python3")?, args.into_iter().chain([indexes.as_ref()]));
    Some(image)
}

fn package(name: &str) -> Option<PathBuf> {
    Some(common::testdata()?.join("packages").join(name))
}

/// Path and SHA-1 of every file of an image, as wimlib extracts it.
fn contents(image: &Path, index: u32, work: &Path) -> BTreeMap<String, Sha1Digest> {
    let dir = work.join(format!("tree{index}"));
    let (number, args) = (index.to_string(), ["apply".as_ref(), image.as_os_str()]);
    run("wimlib-imagex", args.into_iter().chain([number.as_ref(), dir.as_os_str()]));
    let files = files_below(&dir);
    let named = files.iter().map(|p| {
        let name = p.strip_prefix(&dir).unwrap().to_string_lossy().into_owned();
        (name, sha1(&std::fs::read(p).unwrap()))
    });
    let named = named.collect();
    std::fs::remove_dir_all(&dir).unwrap();
    named
}

/// The SHA-1 of every blob that an image stores, as wimlib lists them.
fn blobs(image: &Path) -> Vec<String> {
    let out = run("wimlib-imagex", ["info".as_ref(), image.as_os_str(), "--blobs".as_ref()]);
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    text.lines()
        .filter_map(|l| l.trim().strip_prefix("Hash"))
        .map(|l| l.trim_matches(['=', ' ']).to_owned())
        .collect()
}

#[test]
fn a_real_update_lands_in_every_index_and_changes_nothing_else() {
    let work = common::temp();
    let Some(image) = made_image(work.path(), "3") else { return };
    let Some(update) = package("Windows6.1-KB2999226-x64.msu") else { return };
    let before = std::fs::read(&image).unwrap();
    let out = work.path().join("out.wim");
    let receipt = work.path().join("receipt.json");
    let args: [&std::ffi::OsStr; 10] = [
        "service".as_ref(),
        image.as_os_str(),
        "--index".as_ref(),
        "all".as_ref(),
        "--output".as_ref(),
        out.as_os_str(),
        update.as_os_str(),
        "--receipt".as_ref(),
        receipt.as_os_str(),
        "--json".as_ref(),
    ];
    let printed = wright(work.path(), args).expect(0);
    let kept: serde_json::Value = serde_json::from_slice(&std::fs::read(&receipt).unwrap()).unwrap();
    assert_eq!(printed, kept, "the receipt on standard output is the receipt in the file");
    assert!(std::fs::read(&image).unwrap() == before, "the input was changed");

    // The other tool's judgement.
    run("wimlib-imagex", ["verify".as_ref(), out.as_os_str()]);
    if let Some(seven) = tool("7z") {
        run(seven, ["t".as_ref(), out.as_os_str()]);
    }
    let ours = wright(work.path(), ["verify", "out.wim"]);
    assert_eq!(ours.code, 0, "{}", ours.stderr);

    // Only additions, where components, packages and catalogs belong; the same for each index.
    for index in 1..=3 {
        let (old, new) = (contents(&image, index, work.path()), contents(&out, index, work.path()));
        for (path, digest) in &old {
            if ["COMPONENTS", "SOFTWARE"].map(|h| format!("Windows/System32/config/{h}")).contains(path) {
                assert_ne!(new.get(path), Some(digest), "index {index}: {path} was not told");
                continue;
            }
            assert_eq!(new.get(path), Some(digest), "index {index}: {path} was touched");
        }
        let added: BTreeSet<&String> = new.keys().filter(|p| !old.contains_key(*p)).collect();
        assert!(added.len() > 100, "index {index}: only {} files were added", added.len());
        let places = ["Windows/WinSxS/", "Windows/servicing/Packages/"];
        assert!(added.iter().all(|p| places.iter().any(|place| p.starts_with(place))), "{added:?}");
        for part in ["Manifests/", "Catalogs/", "servicing/Packages/Package_for_KB2999226~"] {
            let found = added.iter().any(|p| p.to_lowercase().contains(&part.to_lowercase()));
            assert!(found, "index {index}: nothing in {part}: {added:?}");
        }
        // Each added file is in the receipt under its digest, and the other way round.
        let record = &kept["indexes"][index as usize - 1];
        assert_eq!(record["index"], index);
        let listed: BTreeMap<String, String> = record["files"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| {
                let path = f["path"].as_str().unwrap().trim_start_matches('\\').replace('\\', "/");
                (path, f["sha1"].as_str().unwrap().to_owned())
            })
            .collect();
        for path in &added {
            assert_eq!(listed.get(*path), Some(&new[*path].to_string()), "index {index}: {path}");
        }
    }

    // One copy of each blob, and the old bytes stand where they stood.
    let listed = blobs(&out);
    let distinct: BTreeSet<&String> = listed.iter().collect();
    assert!(!listed.is_empty() && listed.len() == distinct.len(), "a blob is stored twice");
    let after = std::fs::read(&out).unwrap();
    assert!(after[208..before.len()] == before[208..], "bytes before the old end were changed");
    let staged = kept["updates"].as_array().unwrap();
    assert_eq!(staged.len(), 1, "the package was decoded once");
}

#[test]
fn an_update_for_another_architecture_is_refused_and_nothing_is_written() {
    let work = common::temp();
    let Some(image) = made_image(work.path(), "1") else { return };
    let Some(update) = package("Windows6.1-KB4016754-x86.msu") else { return };
    let before = std::fs::read(&image).unwrap();
    let update = update.to_string_lossy().into_owned();
    for extra in [&["--output", "out.wim"][..], &[], &["--json"]] {
        let args = ["service", "install.wim", &update, "--quiet"].into_iter().chain(extra.iter().copied());
        let result = wright(work.path(), args);
        assert_eq!(result.code, 3, "{}", result.stderr);
        let told = format!("{}{}", result.stderr, String::from_utf8_lossy(&result.stdout));
        assert!(told.contains("x86") && told.contains("amd64"), "the reason is not named: {told}");
        assert!(!work.path().join("out.wim").exists(), "an output was written");
        assert!(std::fs::read(&image).unwrap() == before, "the image was touched");
    }
    let plan = wright(work.path(), ["plan", "install.wim", &update, "--json"]);
    assert_eq!(plan.code, 3, "{}", plan.stderr);
    let names: Vec<_> = std::fs::read_dir(work.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names, ["install.wim"], "something was left behind");
}

#[test]
fn a_result_is_never_written_over_an_input_and_its_place_is_checked_first() {
    let work = common::temp();
    let Some(image) = common::sample_image(work.path(), 20) else { return };
    let before = std::fs::read(&image).unwrap();
    // No update is read before the places are known to be good, so this need not be one.
    std::fs::write(work.path().join("a.msu"), b"an update").unwrap();
    #[cfg(unix)]
    for (target, link) in [("sample.wim", "link.wim"), (".", "loop")] {
        std::os::unix::fs::symlink(target, work.path().join(link)).unwrap();
    }
    let common = ["service", "sample.wim", "a.msu", "--quiet"];
    for (extra, code, told) in [
        (&["--receipt", "sample.wim"][..], 2, "sample.wim: would be written over the input sample.wim"),
        (&["--receipt", "./a.msu", "--dry-run"], 2, "./a.msu: would be written over the input a.msu"),
        (&["--receipt", "out.wim", "--output", "out.wim"], 2, "out.wim: is the place of the image and"),
        (&["--receipt", "."], 2, ".: is a folder"),
        (&["--receipt", "no/where.json"], 1, "no/where.json: its folder does not exist"),
        (&["--output", "no/where.wim"], 1, "no/where.wim: its folder does not exist"),
        (&["--output", "a.msu"], 2, "a.msu: would be written over the input a.msu"),
        (&["--output", "./sample.wim"], 2, "./sample.wim: is the image itself"),
        #[cfg(unix)]
        (&["--output", "/dev/null"], 2, "/dev/null: is not an ordinary file"),
        #[cfg(unix)]
        (&["--output", "link.wim"], 2, "link.wim: is the image itself"),
        #[cfg(unix)]
        (&["--receipt", "link.wim"], 2, "link.wim: would be written over the input sample.wim"),
        #[cfg(unix)]
        (&["--receipt", "new.wim", "--output", "loop/new.wim"], 2, "new.wim: is the place of the image and"),
    ] {
        let result = wright(work.path(), common.iter().chain(extra));
        assert_eq!(result.code, code, "{extra:?}: {}", result.stderr);
        assert!(result.stderr.starts_with(&format!("wright: {told}")), "{extra:?}: {}", result.stderr);
    }
    assert!(std::fs::read(&image).unwrap() == before, "the image was touched");
    assert_eq!(std::fs::read(work.path().join("a.msu")).unwrap(), b"an update");
}

#[cfg(unix)]
#[test]
fn a_receipt_that_cannot_be_written_leaves_the_old_one_and_tells_of_the_image() {
    let work = common::temp();
    let Some(image) = made_image(work.path(), "1") else { return };
    let Some(update) = package("Windows6.1-KB2999226-x64.msu") else { return };
    let update = update.to_string_lossy().into_owned();
    // A device that is always full is written to as it is.
    let result = wright(work.path(), ["service", "install.wim", &update, "--receipt", "/dev/full", "--json"]);
    assert_eq!(result.code, 1, "{}", result.stderr);
    assert!(result.stderr.contains("/dev/full: cannot write the receipt"), "{}", result.stderr);
    let printed = result.json();
    assert_eq!(printed["written"], true);
    assert_eq!(printed["image"]["after"]["size"], std::fs::metadata(&image).unwrap().len());
    // One that is there is replaced by a whole one, and a link to it stays a link.
    std::fs::write(work.path().join("old.json"), "old").unwrap();
    std::os::unix::fs::symlink("old.json", work.path().join("link.json")).unwrap();
    let again = wright(work.path(), ["service", "install.wim", &update, "--receipt", "link.json", "--json"]);
    let kept: serde_json::Value =
        serde_json::from_slice(&std::fs::read(work.path().join("old.json")).unwrap()).unwrap();
    // It is staged already: nothing is left to do.
    assert_eq!(kept, again.expect(3));
    assert_eq!(kept["indexes"][0]["actions"][0]["status"], "staged");
    assert_eq!(kept["written"], false);
    assert!(std::fs::symlink_metadata(work.path().join("link.json")).unwrap().is_symlink());
}
