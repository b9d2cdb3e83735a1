//! The whole job, step by step as an administrator does it; and schedules, cancelling, rollback, damaged content.
#![cfg(feature = "site")]

mod common;
#[path = "combinations/packages.rs"]
#[allow(dead_code, reason = "each test file uses its own part")]
mod packages;
#[path = "../examples/sample_update.rs"]
#[allow(dead_code, reason = "its main is the example's")]
mod sample_update;
#[path = "site/mod.rs"]
mod site;
#[path = "site/superseded.rs"]
mod superseded;

use serde_json::Value;
use site::{Fixture, media, packages_in};
use std::fs;

fn list<'a>(document: &'a Value, name: &str) -> &'a Vec<Value> {
    document[name].as_array().unwrap_or_else(|| panic!("no {name} in {document}"))
}

/// A package, a distribution point that has it, a good update and one that is broken inside.
fn prepared() -> Option<Fixture> {
    let fix = Fixture::new()?;
    media(fix.dir(), "media", &fix.image);
    fix.ok(["package", "add", "media", "--name", "Windows", "--version", "22H2"]);
    let updates = fix.dir().join("updates");
    fs::create_dir(&updates).unwrap();
    sample_update::write_sample(&updates.join("good.msu"), None).unwrap();
    site::broken_update(&updates.join("broken.cab"));
    Some(fix)
}

#[test]
fn the_whole_job_step_by_step() {
    let Some(fix) = prepared() else { return };
    let source = common::files_below(&fix.dir().join("media"));

    // Distribute, and look.
    fix.ok(["dp", "add", "Branch", "dp"]);
    let sent = fix.ok(["distribute", "Windows", "--dp", "Branch"]);
    assert_eq!(
        (&sent["distributions"][0]["state"], &sent["distributions"][0]["version"]),
        (&0.into(), &1.into())
    );
    assert!(list(&fix.ok(["validate", "Windows"])["validations"][0], "problems").is_empty());

    // Import, and see what is offered. What is broken is offered too: its manifests are whole.
    let report = fix.ok(["update", "import", "updates"]);
    assert_eq!(list(&report, "imported").len(), 2, "{report}");
    let ids: Vec<String> = list(&report, "imported").iter().map(|u| u["id"].to_string()).collect();
    let broken =
        list(&report, "imported").iter().find(|u| u["file"] == "broken.cab").unwrap()["id"].to_string();
    let offer = fix.ok(["offer", "Windows"]);
    let of = |id: &str| {
        list(&offer, "updates")
            .iter()
            .filter(|e| e["update"] == id.parse::<i64>().unwrap())
            .cloned()
            .collect::<Vec<_>>()
    };
    for id in &ids {
        let expected = if *id == broken { (false, 0) } else { (true, 3) };
        for entry in of(id) {
            assert_eq!(
                (entry["offered"].as_bool().unwrap(), entry["status"].as_u64().unwrap()),
                expected,
                "{entry}"
            );
            assert!(*id != broken || !entry["reason"].as_str().unwrap().is_empty());
        }
    }

    // Without continue on error the run stops, and the package is as it was.
    let mut add: Vec<&str> = vec!["schedule", "add", "Windows", "--now", "--updates"];
    add.extend(ids.iter().map(String::as_str));
    let schedule = fix.ok(add.clone());
    assert_eq!((&schedule["action"], &schedule["state"]), (&1.into(), &1.into()));
    let runs = fix.run(["run", "--due"]).expect(1);
    let run = &runs["runs"][0];
    assert_eq!(
        (&run["status"], &run["failed_update"], &run["to_version"]),
        (&3.into(), &"broken.cab".into(), &Value::Null)
    );
    assert_ne!(run["error_code"], "0x00000000");
    assert_eq!(fix.ok(["package", "show", "Windows"])["published"], 1);
    assert_eq!(fix.ok(["schedule", "list"])["schedules"][0]["state"], 4);

    // With it the other update goes in, the broken one is named, and the distribution point follows.
    add.extend(["--continue-on-error", "--update-distribution-points"]);
    fix.ok(add);
    let runs = fix.run(["run", "--due"]).expect(1);
    let run = &runs["runs"][0];
    assert_eq!(
        (&run["status"], &run["failed_update"], &run["to_version"]),
        (&2.into(), &"broken.cab".into(), &2.into()),
        "{run}"
    );
    let shown = fix.ok(["package", "show", "Windows"]);
    assert_eq!((&shown["published"], &shown["versions"][0]["origin"]), (&2.into(), &"serviced".into()));
    let there = fix.ok(["dp", "status", "Windows"]);
    assert_eq!(
        (&there["distributions"][0]["state"], &there["distributions"][0]["version"]),
        (&0.into(), &2.into())
    );
    assert!(list(&fix.ok(["validate", "Windows"])["validations"][0], "problems").is_empty());

    // The image on the distribution point is whole and holds the update in both indexes.
    let image = site::image_on_point(&fix, "dp", "1");
    let verify =
        common::wright(fix.dir(), ["--json", "--quiet", "verify", image.to_str().unwrap()]).expect(0);
    assert!(list(&verify, "problems").is_empty());
    for index in ["1", "2"] {
        let found = packages_in(&fix, &image, index);
        assert!(
            found.iter().any(|name| name.to_lowercase().contains("kb9999999") && name.ends_with(".mum")),
            "{found:?}"
        );
    }
    if let Some(wimlib) = common::tool("wimlib-imagex") {
        common::run(wimlib, ["verify".as_ref(), image.as_os_str()]);
    }

    // Records: history, the status of each index, found at import against applied since, the receipt.
    let history = fix.ok(["history", "Windows"]);
    let statuses: Vec<u64> = list(&history, "runs").iter().map(|r| r["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [2, 3]);
    let receipt = fix.dir().join("site").join(history["runs"][0]["receipt"].as_str().unwrap());
    let receipt: Value = serde_json::from_slice(&fs::read(receipt).unwrap()).unwrap();
    assert_eq!(receipt["schema"], "wimwright.receipt.v1");
    let status = fix.ok(["status", "Windows", "--index", "1"]);
    let good = list(&status, "updates").iter().find(|u| u["file"] == "good.msu").unwrap();
    assert_eq!(
        (&good["status"], &good["found_at_import"], &good["run"]),
        (&2.into(), &false.into(), &2.into()),
        "{good}"
    );
    assert!(good["applied"].is_string());
    let bad = list(&status, "updates").iter().find(|u| u["file"] == "broken.cab").unwrap();
    assert_eq!((&bad["status"], &bad["applied"]), (&0.into(), &Value::Null));
    fix.fails(1, ["status", "Windows", "--index", "9"], "1 to 2");

    // What is in the package is not offered again, and a schedule for all that applies has nothing to do.
    let offer = fix.run(["offer", "Windows"]).expect(3);
    assert!(offer["updates"].as_array().unwrap().iter().all(|e| e["offered"] == false));
    fix.ok(["schedule", "add", "Windows", "--now", "--all-applicable"]);
    let runs = fix.ok(["run"]);
    assert_eq!((&runs["runs"][0]["status"], &runs["runs"][0]["to_version"]), (&2.into(), &Value::Null));

    // The page for the browser needs nothing but itself.
    fix.ok(["report", "report.html"]);
    let page = fs::read_to_string(fix.dir().join("report.html")).unwrap();
    for part in
        ["Windows</a>", "KB9999999", "installed (2)", "v1 to v2", "Branch v2: installed (0)", "broken.cab: "]
    {
        assert!(page.contains(part), "'{part}' is not in the report");
    }
    assert!(
        !page.contains("http") && !page.contains("src=") && !page.contains("<script"),
        "it wants something else"
    );
    site::screenshot(&fix.dir().join("report.html"));

    // Roll back, and everything follows.
    assert_eq!(fix.ok(["package", "rollback", "Windows"])["published"], 1);
    fix.ok(["distribute", "Windows"]);
    assert_eq!(fix.ok(["dp", "status", "Windows"])["distributions"][0]["version"], 1);
    assert!(list(&fix.ok(["validate", "Windows"])["validations"][0], "problems").is_empty());
    assert_eq!(
        fix.ok(["offer", "Windows"])["updates"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|e| e["offered"] == true)
            .count(),
        2
    );
    assert_eq!(common::files_below(&fix.dir().join("media")), source, "the source was written to");
    let log = fs::read_to_string(fix.dir().join("site/logs/site.log")).unwrap();
    assert!(log.lines().any(|l| l.contains(" INFO  publish ") && l.contains("package=\"Windows\"")), "{log}");
    for (level, kb) in [(" INFO  update ", "KB9999999"), (" ERROR update ", "KB8888888")] {
        let of = |l: &&str| {
            l.contains(level) && l.contains(&format!("update=\"{kb}\"")) && l.contains("index=\"2\"")
        };
        assert_eq!(log.lines().filter(of).count(), 1, "{kb}: {log}");
    }

    // And away with it all.
    fix.fails(1, ["package", "remove", "Windows"], "Branch");
    fix.ok(["withdraw", "Windows"]);
    let left: Vec<_> = common::files_below(&fix.dir().join("dp"));
    assert_eq!(left.len(), 1, "{left:?}");
    fix.ok(["package", "remove", "Windows"]);
    assert_eq!(list(&fix.ok(["history", "Windows"]), "runs").len(), 3, "runs stay on record");
    assert!(fs::read_dir(fix.dir().join("site/work")).unwrap().next().is_none());
}

#[test]
fn schedules_are_listed_cancelled_and_repeat() {
    let Some(fix) = prepared() else { return };
    fix.ok(["update", "import", "updates/good.msu"]);
    fix.fails(2, ["schedule", "add", "Windows", "--now"], "which updates");
    fix.fails(2, ["schedule", "add", "Windows", "--all-applicable"], "when");
    fix.fails(2, ["schedule", "add", "Windows", "--all-applicable", "--cron", "99 * * * *"], "cron");
    fix.fails(2, ["schedule", "add", "Windows", "--all-applicable", "--at", "someday"], "time");
    fix.fails(
        2,
        ["schedule", "add", "Windows", "--all-applicable", "--at", "2026-11-24 02:00", "--zone", "Mars/Base"],
        "Mars",
    );
    fix.fails(
        2,
        ["schedule", "add", "Windows", "--all-applicable", "--now", "--accept-partial"],
        "level 'install'",
    );
    fix.fails(1, ["schedule", "add", "Windows", "--now", "--updates", "KB1"], "KB1");

    // In the future: nothing is due. Its time in the zone's clock is told in UTC.
    let later = fix.ok([
        "schedule",
        "add",
        "Windows",
        "--all-applicable",
        "--at",
        "2126-07-01 02:00",
        "--zone",
        "Europe/Berlin",
    ]);
    assert_eq!((&later["next"], &later["zone"]), (&"2126-07-01T00:00:00Z".into(), &"Europe/Berlin".into()));
    assert!(list(&fix.ok(["run", "--due"]), "runs").is_empty());
    let cancelled = fix.ok(["schedule", "cancel", "1"]);
    assert_eq!(
        (&cancelled["action"], &cancelled["state"], &cancelled["next"]),
        (&2.into(), &0.into(), &Value::Null)
    );
    fix.fails(1, ["update", "remove", "9"], "no update");

    // A time that was missed runs once.
    fix.ok(["schedule", "add", "Windows", "--latest-cumulative", "--at", "2020-01-01 00:00", "--utc"]);
    let runs = fix.run(["run"]).expect(1);
    assert_eq!(list(&runs, "runs").len(), 1);
    assert!(runs["runs"][0]["message"].as_str().unwrap().contains("cumulative"));
    assert!(list(&fix.ok(["run"]), "runs").is_empty());

    // One that repeats is scheduled again.
    let repeating =
        fix.ok(["schedule", "add", "Windows", "--all-applicable", "--cron", "0 3 1 1 *", "--utc"]);
    let id = repeating["id"].to_string();
    site::sql(&fix, &format!("UPDATE schedule SET next = '2020-01-01T00:00:00Z' WHERE id = {id}"));
    let runs = fix.ok(["run"]);
    assert_eq!((list(&runs, "runs").len(), &runs["runs"][0]["to_version"]), (1, &2.into()));
    let schedules = fix.ok(["schedule", "list"]);
    let again = list(&schedules, "schedules").iter().find(|s| s["id"] == repeating["id"]).unwrap();
    assert_eq!((&again["state"], &again["action"]), (&1.into(), &1.into()));
    assert!(again["next"].as_str().unwrap() > "2026");
}

#[test]
fn damaged_content_stops_a_run_and_is_named() {
    let Some(fix) = prepared() else { return };
    fix.ok(["update", "import", "updates/good.msu"]);
    fix.ok(["dp", "add", "Branch", "dp"]);
    site::overwrite(&site::blob_of(&fix, b"[Available UI Languages]"), b"tampered");
    fix.ok(["schedule", "add", "Windows", "--now", "--all-applicable"]);
    let runs = fix.run(["run"]).expect(1);
    let message = runs["runs"][0]["message"].as_str().unwrap();
    assert!(message.contains("sources/lang.ini"), "{message}");
    assert_eq!(runs["runs"][0]["phase"], "ended");
    assert_eq!(fix.ok(["package", "show", "Windows"])["published"], 1);
    // And it is not sent.
    fix.fails(1, ["distribute", "Windows", "--dp", "Branch"], "damaged");
    let status = fix.ok(["dp", "status"]);
    assert_eq!(
        (&status["distributions"][0]["state"], &status["distributions"][0]["version"]),
        (&3.into(), &Value::Null)
    );
    fix.fails(2, ["dp", "add", "Inside", "site/dp"], "outside");
    fix.fails(2, ["dp", "add", "Secret", "https://me:geheim@host/x"], "credentials");
}

#[test]
fn a_damaged_distribution_point_is_found_and_mended() {
    let Some(fix) = prepared() else { return };
    fix.ok(["dp", "add", "Branch", "dp"]);
    media(fix.dir(), "other", &fix.image);
    fs::write(fix.dir().join("other/only.txt"), b"only the other has this").unwrap();
    fix.ok(["package", "add", "other", "--name", "Other"]);
    fix.ok(["distribute", "Windows", "--dp", "Branch"]);
    let before = common::files_below(&fix.dir().join("dp/content")).len();
    fix.ok(["distribute", "Other", "--dp", "Branch"]);
    assert_eq!(
        common::files_below(&fix.dir().join("dp/content")).len(),
        before + 1,
        "only what is missing is sent"
    );
    let blob = |contents: &[u8]| {
        let hex = wimwright::base::sha256(contents).to_string();
        fix.dir().join("dp/content").join(&hex[..4]).join(hex)
    };
    fs::write(blob(b"[autorun]"), b"[AUTORUN]").unwrap();
    fs::remove_file(blob(b"bcd")).unwrap();
    let found = fix.run(["validate", "Windows", "--dp", "Branch"]).expect(1);
    let problems = list(&found["validations"][0], "problems");
    let mut paths: Vec<_> = problems.iter().map(|p| p["path"].as_str().unwrap()).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["autorun.inf", "boot/bcd"]);
    assert_eq!(fix.ok(["dp", "status", "Windows"])["distributions"][0]["state"], 3);
    fix.ok(["distribute", "Windows"]);
    assert!(list(&fix.ok(["validate", "Windows"])["validations"][0], "problems").is_empty());
    fs::write(blob(b"[autorun]"), b"[AUTORUN]").unwrap();
    fix.ok(["redistribute", "Windows"]);
    assert!(list(&fix.ok(["validate", "Windows"])["validations"][0], "problems").is_empty());

    // What others share stays.
    fix.ok(["withdraw", "Windows"]);
    assert!(list(&fix.ok(["validate", "Other"])["validations"][0], "problems").is_empty());
    fix.fails(1, ["validate", "Windows", "--dp", "Branch"], "not on");
    fix.fails(1, ["dp", "remove", "Branch"], "Other");
    fix.ok(["withdraw", "Other"]);
    fix.ok(["dp", "remove", "Branch"]);
}

#[test]
fn prestaged_content_travels_in_one_file() {
    let Some(fix) = prepared() else { return };
    fix.ok(["dp", "add", "Far", "far"]);
    let made = fix.ok(["prestage", "export", "Windows", "-o", "content.zip"]);
    assert!(made["blobs"].as_u64().unwrap() > 5);
    if let Some(zip) = common::tool("7z") {
        common::run(zip, ["t".as_ref(), fix.dir().join("content.zip").as_os_str()]);
    }
    // Where no site is, into the folder; where one is, on record.
    let alone = common::wright(
        fix.dir(),
        ["--json", "--quiet", "site", "prestage", "import", "content.zip", "--folder", "alone"],
    );
    alone.expect(0);
    fix.ok(["prestage", "import", "content.zip", "--dp", "Far"]);
    assert_eq!(
        common::files_below(&fix.dir().join("alone/content")).len(),
        common::files_below(&fix.dir().join("far/content")).len()
    );
    assert!(list(&fix.ok(["validate", "Windows", "--dp", "Far"])["validations"][0], "problems").is_empty());
    let again = fix.ok(["prestage", "import", "content.zip", "--dp", "Far"]);
    assert_eq!(again["present"], again["blobs"]);
    // One byte of it is wrong: nothing is published.
    let mut bytes = fs::read(fix.dir().join("content.zip")).unwrap();
    let at = bytes.windows(9).position(|w| w == b"[autorun]").unwrap();
    bytes[at] ^= 1;
    fs::write(fix.dir().join("bad.zip"), bytes).unwrap();
    let bad = common::wright(
        fix.dir(),
        ["--json", "--quiet", "site", "prestage", "import", "bad.zip", "--folder", "bad"],
    );
    assert_eq!(bad.code, 1, "{}", bad.stderr);
    assert!(!fix.dir().join("bad/packages").exists());
}

#[test]
fn prestaged_content_is_signed_and_a_changed_or_strange_signature_is_refused() {
    let (Some(openssl), Some(fix)) = (common::tool("openssl"), prepared()) else { return };
    let path = |name: &str| fix.dir().join(name).display().to_string();
    let key = |name: &str| {
        let (private, public) = (path(&format!("{name}.pem")), path(&format!("{name}.pub")));
        common::run(&openssl, ["genpkey", "-algorithm", "ed25519", "-out", &private]);
        common::run(&openssl, ["pkey", "-in", &private, "-pubout", "-out", &public]);
    };
    key("mine");
    key("other");
    let unpack = |file: &str, more: &[&str]| {
        let args = ["--json", "--quiet", "site", "prestage", "import", file, "--folder", "to"];
        common::wright(fix.dir(), args.into_iter().chain(more.iter().copied()))
    };
    let refused = |file: &str, key: &str, what: &str| {
        let out = unpack(file, &["--verify-key", key]);
        assert!(out.code != 0 && out.stderr.contains(what), "{} {}", out.code, out.stderr);
        assert!(!fix.dir().join("to/packages").exists() && !fix.dir().join("to/content").exists());
    };
    let made = fix.ok(["prestage", "export", "Windows", "-o", "s.zip", "--sign-key", "mine.pem"]);
    assert_eq!(made["signature"], "made");
    let plain = fix.ok(["prestage", "export", "Windows", "-o", "plain.zip"]);
    assert_eq!(plain["signature"], "none");
    fix.fails(2, ["prestage", "export", "Windows", "-o", "x.zip", "--sign-key", "mine.pub"], "'PUBLIC KEY'");
    refused("s.zip", "other.pub", "not of this key");
    refused("plain.zip", "mine.pub", "is not signed");
    refused("s.zip", "mine.pem", "'PRIVATE KEY'");
    refused("s.zip", "absent.pub", "absent.pub");
    // A manifest that names what was put in later, with all of its digests right, is still not what was signed.
    let mut bytes = fs::read(fix.dir().join("s.zip")).unwrap();
    let at = bytes.windows(9).position(|w| w == b"\"created\"").unwrap();
    bytes[at + 14] ^= 1;
    fs::write(fix.dir().join("changed.zip"), bytes).unwrap();
    refused("changed.zip", "mine.pub", "");

    assert_eq!(unpack("s.zip", &["--verify-key", "mine.pub"]).expect(0)["signature"], "verified");
    assert_eq!(unpack("s.zip", &[]).expect(0)["signature"], "not checked");
    fix.ok(["dp", "add", "Far", "far"]);
    fix.fails(
        1,
        ["prestage", "import", "s.zip", "--dp", "Far", "--verify-key", "other.pub"],
        "not of this key",
    );
    let done = fix.ok(["prestage", "import", "s.zip", "--dp", "Far", "--verify-key", "mine.pub"]);
    assert_eq!(done["signature"], "verified");
    // OpenSSL says the same of the two files in it.
    if let Some(zip) = common::tool("7z") {
        let out = format!("-o{}", path("members"));
        common::run(zip, ["e", &path("s.zip"), &out, "manifest.json", "manifest.sig"]);
        let (manifest, signature) = (path("members/manifest.json"), path("members/manifest.sig"));
        let args = [
            "pkeyutl",
            "-verify",
            "-pubin",
            "-inkey",
            &path("mine.pub"),
            "-rawin",
            "-in",
            &manifest,
            "-sigfile",
        ];
        common::run(&openssl, args.into_iter().chain([signature.as_str()]));
    }
}
