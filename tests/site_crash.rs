//! Work killed at random moments: what is published stays whole, no record is lost, and the next run cleans up.
//!
//! `WIMWRIGHT_LONG=1` kills 80 times instead of 14.
#![cfg(all(feature = "site", unix))]

mod common;
#[path = "../examples/sample_update.rs"]
#[allow(dead_code, reason = "its main is the example's")]
mod sample_update;
#[path = "site/mod.rs"]
mod site;

use serde_json::Value;
use site::{Fixture, media};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most.max(1)
    }
}

/// Starts `wright site ...` and kills it after a while; whether it was killed.
fn killed(fix: &Fixture, args: &[&str], after: Duration) -> bool {
    let mut child = fix.start(args.iter().copied());
    std::thread::sleep(after);
    let killed = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    killed
}

/// Every package that is listed on the distribution point is whole there, looked at without our program.
fn point_is_whole(root: &Path) {
    let Ok(lists) = fs::read_dir(root.join("packages")) else { return };
    for list in lists.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "json")) {
        let read = |path: &Path| -> Value { serde_json::from_slice(&fs::read(path).unwrap()).unwrap() };
        let list = read(&list);
        let data = read(&root.join(list["data"].as_str().unwrap()));
        for file in data["files"].as_array().unwrap() {
            let hex = file["sha256"].as_str().unwrap();
            let bytes = fs::read(root.join("content").join(&hex[..4]).join(hex)).unwrap();
            assert_eq!(wimwright::base::sha256(&bytes).to_string(), hex, "{}", file["path"]);
        }
    }
}

/// What must hold at every moment.
fn is_whole(fix: &Fixture, ran: &mut BTreeSet<u64>, before: &str) {
    let verify = fix.run(["verify"]);
    assert_eq!(
        verify.code,
        0,
        "after {before}: {}{}",
        String::from_utf8_lossy(&verify.stdout),
        verify.stderr
    );
    let packages = fix.ok(["package", "list"]);
    let mut runs = BTreeSet::new();
    for package in packages["packages"].as_array().unwrap() {
        let id = package["id"].to_string();
        let check = fix.run(["package", "check", &id]);
        let document = check.json();
        assert!(document["damaged"].as_array().unwrap().is_empty(), "after {before}: {document}");
        let shown = fix.ok(["package", "show", &id]);
        assert_eq!(shown["indexes"].as_array().unwrap().len(), 2, "after {before}");
        let history = fix.ok(["history", &id]);
        runs.extend(history["runs"].as_array().unwrap().iter().map(|r| r["id"].as_u64().unwrap()));
    }
    assert!(ran.is_subset(&runs), "after {before}: a run's record was lost: {ran:?}, {runs:?}");
    *ran = runs;
    point_is_whole(&fix.dir().join("dp"));
}

#[test]
fn killed_at_random_moments_nothing_is_half() {
    let Some(fix) = Fixture::new() else { return };
    let kills = if std::env::var_os("WIMWRIGHT_LONG").is_some() { 80 } else { 14 };
    let source = media(fix.dir(), "media", &fix.image);
    fix.ok(["dp", "add", "Branch", "dp"]);
    fs::create_dir(fix.dir().join("updates")).unwrap();
    sample_update::write_sample(&fix.dir().join("updates/a.msu"), None).unwrap();
    let begun = Instant::now();
    fix.ok(["package", "add", "media", "--name", "P"]);
    let add = begun.elapsed();
    fix.ok(["update", "import", "updates"]);
    fix.ok(["schedule", "add", "P", "--all-applicable", "--now", "--update-distribution-points"]);
    let begun = Instant::now();
    fix.ok(["run"]);
    let run = begun.elapsed();
    let begun = Instant::now();
    fix.ok(["distribute", "P", "--dp", "Branch"]);
    let distribute = begun.elapsed();

    let (mut dice, mut done, mut ran, mut round) = (Dice(20_261_123), 0, BTreeSet::new(), 0_u32);
    let mut of_each = [0_u32; 5];
    while done < kills {
        round += 1;
        assert!(round < 40 * kills, "too fast to be killed");
        // Something new each time, so that there is something to do.
        fs::write(source.join("sources/lang.ini"), format!("round {round}")).unwrap();
        let which = (round % 5) as usize;
        let name = format!("N{round}");
        let (args, usual): (Vec<&str>, Duration) = match which {
            0 => (vec!["package", "add", "media", "--name", &name], add),
            1 => (vec!["package", "reload", "P"], add),
            2 | 3 => {
                // Back to where the update is not in yet, and serviced again.
                fix.ok(["package", "reload", "P"]);
                fix.ok(["schedule", "add", "P", "--all-applicable", "--now", "--update-distribution-points"]);
                (vec!["run"], run)
            }
            _ => (vec!["distribute", "P"], distribute),
        };
        let after = Duration::from_micros(dice.below(usual.as_micros() as u64 * 11 / 10));
        let what = format!("round {round}: {args:?} killed after {after:?}");
        if killed(&fix, &args, after) {
            done += 1;
            of_each[which] += 1;
        }
        is_whole(&fix, &mut ran, &what);
        // The next run finishes or cleans what was left.
        let next = fix.run(["run"]);
        assert!(next.code == 0, "{what}: {}", next.stderr);
        let left: Vec<_> =
            fs::read_dir(fix.dir().join("site/work")).unwrap().flatten().map(|e| e.path()).collect();
        assert!(left.is_empty(), "{what} left {left:?}");
        let open =
            fix.ok(["history", "P"])["runs"].as_array().unwrap().iter().filter(|r| r["status"] == 1).count();
        assert_eq!(open, 0, "{what}");
        is_whole(&fix, &mut ran, &what);
        let files = common::files_below(&fix.dir().join("site/library/content")).len() as u64;
        assert_eq!(
            files,
            fix.ok(["info"])["blobs"].as_u64().unwrap(),
            "{what}: contents that nobody knows of"
        );
        fix.ok(["distribute", "P"]);
        assert!(
            fix.ok(["validate", "P"])["validations"][0]["problems"].as_array().unwrap().is_empty(),
            "{what}"
        );
        if which == 0 && fix.run(["package", "show", &name]).code == 0 {
            fix.ok(["package", "remove", &name]);
        }
    }
    println!(
        "{done} kills in {round} rounds, {} runs; of add, reload, run, run, distribute: {of_each:?}",
        ran.len()
    );
}

#[test]
fn an_interrupted_run_is_resumed_or_discarded() {
    let Some(fix) = Fixture::new() else { return };
    media(fix.dir(), "media", &fix.image);
    sample_update::write_sample(&fix.dir().join("a.msu"), None).unwrap();
    fix.ok(["package", "add", "media", "--name", "P"]);
    fix.ok(["update", "import", "a.msu"]);
    fix.ok(["package", "set", "P", "--keep", "50"]);
    let mut kinds = BTreeSet::new();
    for (mode, times) in [("--discard", 1), ("--resume", 2)] {
        for _ in 0..times {
            fix.ok(["schedule", "add", "P", "--all-applicable", "--now"]);
            let mut wait = 40;
            let open = loop {
                killed(&fix, &["run"], Duration::from_millis(wait));
                let history = fix.run(["history", "P"]).json();
                let runs = history["runs"].as_array().unwrap();
                match runs.first() {
                    Some(run) if run["status"] == 1 => break run.clone(),
                    // It was too fast, or had not begun.
                    Some(_)
                        if fix.ok(["schedule", "list"])["schedules"].as_array().unwrap().last().unwrap()
                            ["state"]
                            != 1 =>
                    {
                        fix.ok(["package", "rollback", "P", "--to", "1"]);
                        fix.ok(["schedule", "add", "P", "--all-applicable", "--now"]);
                        wait = wait * 3 / 4;
                    }
                    _ => wait += 15,
                }
                assert!(wait > 2 && wait < 5_000);
            };
            let published = fix.ok(["package", "show", "P"])["published"].as_u64().unwrap();
            let runs = fix.ok(["run", mode]);
            let ended = &runs["runs"][0];
            assert_eq!(ended["id"], open["id"]);
            kinds.insert(ended["status"].as_u64().unwrap());
            let after = fix.ok(["package", "show", "P"])["published"].as_u64().unwrap();
            if mode == "--discard" {
                assert_eq!((&ended["status"], after), (&3.into(), published));
                assert!(ended["message"].as_str().unwrap().contains("discarded"));
            } else {
                assert_eq!((&ended["status"], &ended["attempts"]), (&2.into(), &2.into()), "{ended}");
                assert!(after > published);
                fix.ok(["package", "rollback", "P", "--to", "1"]);
            }
            assert!(fs::read_dir(fix.dir().join("site/work")).unwrap().next().is_none());
            assert!(fix.ok(["verify"])["problems"].as_array().unwrap().is_empty());
        }
    }
    assert_eq!(kinds, BTreeSet::from([2, 3]));
}

#[test]
fn two_schedulers_never_run_the_same_schedule() {
    let Some(fix) = Fixture::new() else { return };
    media(fix.dir(), "media", &fix.image);
    sample_update::write_sample(&fix.dir().join("a.msu"), None).unwrap();
    fix.ok(["update", "import", "a.msu"]);
    for n in 0..3 {
        let name = format!("P{n}");
        fix.ok(["package", "add", "media", "--name", &name]);
        fix.ok(["schedule", "add", &name, "--all-applicable", "--now"]);
    }
    let children: Vec<_> = (0..4).map(|_| fix.start(["run"])).collect();
    let mut ran = Vec::new();
    for child in children {
        let out = child.wait_with_output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        let document: Value = serde_json::from_slice(&out.stdout).unwrap();
        ran.extend(document["runs"].as_array().unwrap().iter().map(|r| r["schedule"].as_u64().unwrap()));
    }
    // What one of them found in use it left to the others, and the next call.
    let last = fix.ok(["run"]);
    ran.extend(last["runs"].as_array().unwrap().iter().map(|r| r["schedule"].as_u64().unwrap()));
    ran.sort_unstable();
    assert_eq!(ran, [1, 2, 3]);
    for n in 0..3 {
        let shown = fix.ok(["package", "show", &format!("P{n}")]);
        assert_eq!((&shown["published"], shown["versions"].as_array().unwrap().len()), (&2.into(), 2));
    }
}

/// A site with a schedule that is due, and enough to hash that there is time to stop its run.
fn due() -> Option<Fixture> {
    let fix = Fixture::new()?;
    let source = media(fix.dir(), "media", &fix.image);
    fs::write(source.join("large.bin"), vec![7; 200 << 20]).unwrap();
    sample_update::write_sample(&fix.dir().join("a.msu"), None).unwrap();
    fix.ok(["package", "add", "media", "--name", "P"]);
    fix.ok(["update", "import", "a.msu"]);
    fix.ok(["schedule", "add", "P", "--all-applicable", "--now"]);
    Some(fix)
}

#[test]
fn a_run_is_cancelled_from_another_process() {
    let Some(fix) = due() else { return };
    let run = fix.start_run();
    fix.ok(["schedule", "cancel", "1"]);
    let out = run.wait_with_output().unwrap();
    let document: Value = serde_json::from_slice(&out.stdout).unwrap();
    let ended = &document["runs"][0];
    // It may have been done before it heard of it.
    if ended["status"] == 3 {
        assert_eq!(out.status.code(), Some(1));
        assert!(ended["message"].as_str().unwrap().contains("cancelled"), "{ended}");
        assert_eq!(fix.ok(["package", "show", "P"])["published"], 1);
    } else {
        assert_eq!(ended["status"], 2);
        println!("the run was done before it was cancelled");
    }
    let schedule = &fix.ok(["schedule", "list"])["schedules"][0];
    assert_eq!((&schedule["action"], &schedule["state"]), (&2.into(), &0.into()));
    assert!(fs::read_dir(fix.dir().join("site/work")).unwrap().next().is_none());
}

#[test]
fn a_run_whose_process_is_stopped_is_resumed_by_the_next() {
    let Some(fix) = due() else { return };
    let mut run = fix.start_run();
    common::run("kill", ["-TERM", &run.id().to_string()]);
    let ended = run.wait().unwrap();
    let history = fix.ok(["history", "P"]);
    if history["runs"][0]["status"] == 1 {
        assert_eq!(ended.code(), Some(130));
        let again = fix.ok(["run"]);
        assert_eq!((&again["runs"][0]["status"], &again["runs"][0]["attempts"]), (&2.into(), &2.into()));
    } else {
        println!("the run was done before it was stopped");
    }
    assert_eq!(fix.ok(["package", "show", "P"])["published"], 2);
    assert_eq!(fix.ok(["schedule", "list"])["schedules"][0]["state"], 3);
}
