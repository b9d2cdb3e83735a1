//! Superseded updates are taken out of the image where they can be, and named where they cannot; options of servicing that
//! a schedule hands on.

use super::common::{self, testdata, wright};
use super::packages::{Package, folder};
use super::site::{Fixture, media, packages_in};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

const OLD: Package = Package {
    name: "Package_for_KB7000001",
    version: "19041.1.1.0",
    components: &[("Wimwright-Old", "10.0.1.1", "what the old version brings")],
    ..Package::PLAIN
};
const NEW: Package = Package {
    version: "19041.2.1.0",
    components: &[("Wimwright-Old", "10.0.1.2", "what the new version brings")],
    ..OLD
};
const NEWEST: Package = Package {
    version: "19041.3.1.0",
    components: &[("Wimwright-Old", "10.0.1.3", "what the newest version brings")],
    ..OLD
};
const OTHER: Package = Package {
    name: "Package_for_KB7000002",
    components: &[("Wimwright-Other", "10.0.1.1", "what another update brings")],
    ..OLD
};
const THIRD: Package = Package {
    name: "Package_for_KB7000003",
    components: &[("Wimwright-Third", "10.0.1.1", "what a third update brings")],
    ..OLD
};

fn file(package: &Package) -> String {
    format!("{}-{}.cab", package.name, package.version)
}

/// A site with the package `P` and these updates; whether its image has all hives.
fn prepared(updates: &[&Package]) -> Option<(Fixture, bool)> {
    let (fix, hives) = Fixture::with_hives()?;
    media(fix.dir(), "media", &fix.image);
    fix.ok(["package", "add", "media", "--name", "P"]);
    fix.ok(["package", "set", "P", "--keep", "20"]);
    for update in updates {
        update.write(fix.dir());
        fix.ok(["update", "import", &file(update)]);
    }
    Some((fix, hives))
}

fn schedule(fix: &Fixture, package: &str, updates: &[&Package], more: &[&str]) {
    let names: Vec<String> = updates.iter().map(|u| file(u)).collect();
    let args = ["schedule", "add", package, "--now", "--updates"].into_iter();
    fix.ok(args.chain(names.iter().map(String::as_str)).chain(more.iter().copied()));
}

/// Services the package with these updates, now; the run.
fn serviced(fix: &Fixture, package: &str, updates: &[&Package], more: &[&str]) -> Value {
    schedule(fix, package, updates, more);
    let run = fix.ok(["run"])["runs"][0].clone();
    assert_eq!(run["status"], 2, "{run}");
    run
}

/// The published image of a package, by a distribution point.
fn image(fix: &Fixture, package: &str) -> PathBuf {
    let point = format!("dp-{package}");
    if fix.run(["distribute", package]).code != 0 {
        fix.ok(["dp", "add", &point, &point]);
        fix.ok(["distribute", package, "--dp", &point]);
    }
    let id = fix.ok(["package", "show", package])["id"].to_string();
    super::site::image_on_point(fix, &point, &id)
}

/// Whether both indexes hold the package and its component's folder.
fn holds(fix: &Fixture, image: &std::path::Path, update: &Package) -> bool {
    let each = ["1", "2"].map(|index| {
        let mum = format!("{}.mum", update.identity()).to_lowercase();
        let listed = packages_in(fix, image, index).iter().any(|name| name.to_lowercase() == mum);
        let (name, version, _) = update.components[0];
        let store = format!(r"Windows\WinSxS\{}", folder(name, version));
        let args = ["--json", "--quiet", "ls", image.to_str().unwrap(), index, &store];
        assert_eq!(wright(fix.dir(), args).code == 0, listed, "{mum} in index {index}");
        listed
    });
    assert_eq!(each[0], each[1]);
    each[0]
}

/// What the run did with superseded updates: file, indexes, whether it was removed.
fn told(run: &Value) -> Vec<(String, Value, bool)> {
    let list = run["superseded"].as_array().unwrap().iter();
    let one = |s: &Value| {
        let file = s["file"].as_str().unwrap().to_owned();
        (file, s["indexes"].clone(), s["removed"].as_bool().unwrap())
    };
    list.map(one).collect()
}

#[test]
fn what_is_superseded_is_taken_out_and_the_rest_is_as_if_it_had_never_been_there() {
    let Some((fix, _)) = prepared(&[&OLD, &NEW, &NEWEST, &OTHER, &THIRD]) else { return };
    serviced(&fix, "P", &[&OLD, &OTHER], &[]);
    serviced(&fix, "P", &[&THIRD], &[]);
    let run = serviced(&fix, "P", &[&NEW], &["--remove-superseded"]);
    assert_eq!(told(&run), [(file(&OLD), json!([1, 2]), true)], "{run}");
    let newer = fix.ok(["update", "list"]);
    let id = |package: &Package| {
        let list = newer["updates"].as_array().unwrap();
        list.iter().find(|u| u["file"] == file(package).as_str()).unwrap()["id"].clone()
    };
    assert_eq!(run["superseded"][0]["superseded_by"], json!([id(&NEW)]));
    assert_eq!(run["taken_back"], json!([1, 2]));
    let made = image(&fix, "P");
    assert!(!holds(&fix, &made, &OLD));
    for there in [&OTHER, &THIRD, &NEW] {
        assert!(holds(&fix, &made, there), "{}", there.name);
    }
    let bytes = fs::read(&made).unwrap();
    wright(fix.dir(), ["--json", "--quiet", "verify", made.to_str().unwrap()]).expect(0);
    if let Some(wimlib) = common::tool("wimlib-imagex") {
        common::run(wimlib, ["verify".as_ref(), made.as_os_str()]);
    }

    // It is what comes of laying only the others in.
    let alone = fix.dir().join("alone.wim");
    let (other, third, new) = (file(&OTHER), file(&THIRD), file(&NEW));
    let first = ["--json", "--quiet", "service", fix.image.to_str().unwrap(), &other, &third, &new];
    wright(fix.dir(), first.into_iter().chain(["--output", "alone.wim"])).expect(0);
    for index in ["1", "2"] {
        let of = |path: &std::path::Path| format!("{}:{index}", path.display());
        let diff = wright(fix.dir(), ["--json", "--quiet", "diff", &of(&made), &of(&alone)]).json();
        // Nothing but when each package came.
        for what in ["entries", "keys", "values"] {
            let counts = &diff["counts"][what];
            assert_eq!((&counts["added"], &counts["removed"]), (&0.into(), &0.into()), "{diff:#}");
        }
        let keys = diff["keys"].as_array().unwrap();
        let values = keys.iter().flat_map(|k| k["values"].as_array().unwrap());
        let other = values.filter(|v| !v["name"].as_str().unwrap().starts_with("InstallTime")).count();
        let hive = |e: &&Value| e["path"].as_str().unwrap().contains(r"\config\");
        assert_eq!(
            other + diff["entries"].as_array().unwrap().iter().filter(|e| !hive(e)).count(),
            0,
            "{diff:#}"
        );
    }
    // No byte of what was taken out takes room.
    let size = |path: &std::path::Path| path.metadata().unwrap().len();
    assert!(size(&made).abs_diff(size(&alone)) < 4096, "{} {}", bytes.len(), size(&alone));

    // What is known: the old one is not required, the others are there since the runs that laid them in first.
    let status = fix.ok(["status", "P", "--index", "1"]);
    let of = |package: &Package| {
        let list = status["updates"].as_array().unwrap();
        list.iter().find(|u| u["update"] == id(package)).cloned().unwrap_or_default()
    };
    assert_eq!((&of(&OLD)["status"], &of(&OLD)["applied"]), (&1.into(), &Value::Null), "{status}");
    assert!(of(&OLD)["reason"].as_str().unwrap().contains("run 3"));
    for (package, run) in [(&OTHER, 1), (&THIRD, 2), (&NEW, 3)] {
        assert_eq!((&of(package)["status"], &of(package)["run"]), (&2.into(), &run.into()), "{status}");
    }
    let offer = fix.run(["offer", "P"]).json();
    let offered: Vec<&Value> = offer["updates"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|e| e["offered"] == true)
        .map(|e| &e["file"])
        .collect();
    assert_eq!(offered, [&Value::from(file(&NEWEST)), &Value::from(file(&NEWEST))]);
    let log = fs::read_to_string(fix.dir().join("site/logs/site.log")).unwrap();
    assert!(log.lines().any(|l| l.contains(" supersede ") && l.contains("superseded=\"removed\"")), "{log}");

    // Once more, on top of that; killed twice on the way.
    schedule(&fix, "P", &[&NEWEST], &["--remove-superseded"]);
    for wait in [150, 400] {
        let mut child = fix.start(["run"]);
        std::thread::sleep(Duration::from_millis(wait));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(fix.ok(["verify"])["problems"].as_array().unwrap().is_empty());
    }
    fix.ok(["run"]);
    let run = fix.ok(["history", "P"])["runs"][0].clone();
    assert_eq!((&run["status"], &run["taken_back"]), (&2.into(), &json!([3])), "{run}");
    assert_eq!(told(&run), [(file(&NEW), json!([1, 2]), true)], "{run}");
    let made = image(&fix, "P");
    assert!(!holds(&fix, &made, &OLD) && !holds(&fix, &made, &NEW));
    for there in [&OTHER, &THIRD, &NEWEST] {
        assert!(holds(&fix, &made, there), "{}", there.name);
    }
    // The older versions are there for a rollback.
    fix.ok(["package", "rollback", "P", "--to", "3"]);
    assert!(holds(&fix, &image(&fix, "P"), &OLD));
    assert!(fs::read_dir(fix.dir().join("site/work")).unwrap().next().is_none());
}

fn reason(run: &Value) -> &str {
    run["superseded"][0]["reason"].as_str().unwrap()
}

/// What was there before, and what is installed and not staged.
fn what_cannot_be_taken_back(fix: &Fixture) {
    // It was in the image before: no run of ours knows what it brought.
    let source = media(fix.dir(), "there", &fix.image);
    let args = ["service", "there/sources/install.wim", &file(&OLD), "--level", "install"];
    let done = wright(fix.dir(), ["--json", "--quiet"].into_iter().chain(args)).expect(0);
    assert_eq!(done["indexes"][0]["install"]["packages"][0]["state_number"], 112, "{done}");
    fix.ok(["package", "add", source.to_str().unwrap(), "--name", "There"]);
    fix.run(["offer", "There"]);
    let run = serviced(fix, "There", &[&NEW], &["--remove-superseded"]);
    assert_eq!(told(&run), [(file(&OLD), json!([1, 2]), false)], "{run}");
    assert!(reason(&run).contains("when the package was added"), "{run}");
    assert_eq!(run["taken_back"], json!([]));

    // It is installed and not staged.
    serviced(fix, "P", &[&OLD], &["--level", "install"]);
    let run = serviced(fix, "P", &[&NEW], &["--remove-superseded"]);
    assert_eq!(told(&run), [(file(&OLD), json!([1, 2]), false)], "{run}");
    assert!(reason(&run).contains("level install"), "{run}");
    assert!(holds(fix, &image(fix, "P"), &OLD));

    // A later run can go where an earlier one cannot; within a run, too.
    let run = serviced(fix, "P", &[&NEWEST], &["--remove-superseded"]);
    assert_eq!(told(&run), [(file(&OLD), json!([1, 2]), false), (file(&NEW), json!([1, 2]), true)], "{run}");
    let made = image(fix, "P");
    assert!(holds(fix, &made, &OLD) && !holds(fix, &made, &NEW) && holds(fix, &made, &NEWEST));
}

#[test]
fn what_cannot_be_taken_out_stays_and_is_named_with_the_reason() {
    let Some((fix, hives)) = prepared(&[&OLD, &NEW, &NEWEST, &OTHER]) else { return };
    if hives {
        what_cannot_be_taken_back(&fix);
    }

    // What would go with it is in the library no more.
    fix.ok(["package", "rollback", "P", "--to", "1"]);
    serviced(&fix, "P", &[&OLD, &OTHER], &[]);
    fix.ok(["update", "remove", &file(&OTHER)]);
    let run = serviced(&fix, "P", &[&NEW], &["--remove-superseded"]);
    assert_eq!(told(&run), [(file(&OLD), json!([1, 2]), false)], "{run}");
    assert!(reason(&run).contains("not in the library any more"), "{run}");
    let made = image(&fix, "P");
    assert!(holds(&fix, &made, &OLD) && holds(&fix, &made, &OTHER) && holds(&fix, &made, &NEW));

    // Two of them in one schedule: the older one is left out.
    fix.ok(["package", "rollback", "P", "--to", "1"]);
    let run = serviced(&fix, "P", &[&OLD, &NEW], &["--remove-superseded"]);
    assert_eq!(told(&run), [(file(&OLD), json!([1, 2]), true)], "{run}");
    let made = image(&fix, "P");
    assert!(!holds(&fix, &made, &OLD) && holds(&fix, &made, &NEW));

    // Without the flag nobody asks.
    let run = serviced(&fix, "P", &[&NEWEST], &[]);
    assert!(told(&run).is_empty() && holds(&fix, &image(&fix, "P"), &NEW), "{run}");
}

#[test]
fn a_schedule_hands_on_how_far_servicing_may_go() {
    const ASKS: Package = Package {
        name: "Package_for_KB7000009",
        more: "<taskScheduler><Task xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\"/></taskScheduler>",
        ..OTHER
    };
    let Some((fix, hives)) = prepared(&[&ASKS]) else { return };
    if !hives {
        return;
    }
    let state = |run: &Value| {
        let receipt = fix.dir().join("site").join(run["receipt"].as_str().unwrap());
        let receipt: Value = serde_json::from_slice(&fs::read(receipt).unwrap()).unwrap();
        receipt["indexes"][0]["install"]["packages"][0]["state_number"].clone()
    };
    let run = serviced(&fix, "P", &[&ASKS], &["--level", "install"]);
    assert_eq!(state(&run), 64, "staged, since it asks for more");
    fix.ok(["package", "rollback", "P"]);
    let run = serviced(&fix, "P", &[&ASKS], &["--level", "install", "--accept-partial"]);
    assert_eq!(state(&run), 101, "in part");
    let listed = fix.ok(["schedule", "list"]);
    let flags = |n: usize| {
        let s = &listed["schedules"][n];
        [&s["accept_partial"], &s["force_undecided"], &s["remove_superseded"]].map(|v| v.as_bool().unwrap())
    };
    assert_eq!((flags(0), flags(1)), ([false; 3], [true, false, false]));

    let Some(data) = testdata() else { return };
    let name = "OpenSSH-Server-Package~31bf3856ad364e35~amd64~~10.0.19041.1.cab";
    let update = data.join("packages").join(name);
    fix.ok(["update", "import", update.to_str().unwrap()]);
    fix.ok(["schedule", "add", "P", "--now", "--updates", name]);
    fix.run(["run"]).expect_code(1);
    fix.ok(["schedule", "add", "P", "--now", "--updates", name, "--force-undecided"]);
    let run = fix.ok(["run"])["runs"][0].clone();
    assert_eq!((&run["status"], &run["updates"][0]["decision"]), (&2.into(), &"undecided".into()), "{run}");
    let status = fix.ok(["status", "P", "--index", "1"]);
    let forced = status["updates"].as_array().unwrap().iter().find(|u| u["file"] == name).unwrap();
    assert_eq!(forced["status"], 5, "installed, check not supported");
}
