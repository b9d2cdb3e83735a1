//! `wright diff` against wimlib's listings and hivexregedit's exports of both images.

#[path = "../common/mod.rs"]
mod common;
mod judge;
mod large;
#[path = "../registry/model.rs"]
#[allow(dead_code, reason = "reged's part is not used here")]
mod model;

use common::{run, sample_image, temp, testdata, tool, wright};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use wimwright::base::Limits;
use wimwright::registry::Hive;

/// What `wright diff --json` tells of entries, in the judge's words.
fn ours(document: &Value) -> judge::Differences {
    let mut out = judge::Differences::new();
    let fields =
        ["name", "contents", "attributes", "security", "short_name", "streams", "reparse", "links", "times"];
    for entry in document["entries"].as_array().unwrap() {
        let path = entry["path"].as_str().unwrap().to_lowercase();
        let change = ["added", "removed", "changed"].into_iter().find(|c| entry["change"] == **c).unwrap();
        let differing = fields.into_iter().filter(|f| change == "changed" && !entry[*f].is_null()).collect();
        assert!(out.insert(path, (change, differing)).is_none());
    }
    out
}

fn document(dir: &Path, before: &str, after: &str, more: &[&str], status: i32) -> Value {
    let args = ["diff", before, after, "--json", "--quiet"].into_iter().chain(more.iter().copied());
    wright(dir, args).expect(status)
}

/// Both with times, which wimlib prints in seconds, and without.
fn compare_all(dir: &Path, before: (&str, u32), after: (&str, u32)) -> usize {
    compare(dir, before, after, false) + compare(dir, before, after, true)
}

fn compare(dir: &Path, before: (&str, u32), after: (&str, u32), times: bool) -> usize {
    let name = |(file, index): (&str, u32)| format!("{file}:{index}");
    let theirs = judge::differences((&dir.join(before.0), before.1), (&dir.join(after.0), after.1), times);
    let more: &[&str] = if times { &["--no-registry", "--times"] } else { &["--no-registry"] };
    let status = i32::from(!theirs.is_empty());
    let document = document(dir, &name(before), &name(after), more, status);
    let ours = ours(&document);
    for (path, found) in &theirs {
        assert_eq!(ours.get(path), Some(found), "{} and {}: {path}", name(before), name(after));
    }
    assert_eq!(ours.len(), theirs.len(), "{} and {}", name(before), name(after));
    assert_eq!(document["equal"], theirs.is_empty());
    assert_eq!(document["complete"], true);
    let counts = &document["counts"]["entries"];
    let counted: u64 = ["added", "removed", "changed"].iter().map(|c| counts[c].as_u64().unwrap()).sum();
    assert_eq!(counted as usize, theirs.len());
    theirs.len()
}

#[test]
fn real_images_differ_as_wimlib_lists_them() {
    let (Some(data), Some(_)) = (testdata(), tool("wimlib-imagex")) else { return };
    let wims = data.join("wim");
    let (old, new) = ("wimbuilder2-boot-old.wim", "wimbuilder2-boot.wim");
    let mut entries = 0;
    for (before, after) in
        [((old, 1), (new, 1)), ((new, 1), (old, 1)), ((new, 1), (new, 2)), ((new, 2), (new, 2))]
    {
        entries += compare_all(&wims, before, after);
    }
    assert!(entries > 6000, "{entries}");
    eprintln!("{entries} differing entries as wimlib lists them");
}

/// Changes of every kind that a folder on Unix can have, and that wimlib captures.
#[test]
fn links_streams_and_every_other_change_are_told() {
    let Some(_) = tool("wimlib-imagex") else { return };
    let work = temp();
    let dir = work.path();
    let tree = dir.join("tree");
    fs::create_dir_all(tree.join("Windows/WinSxS/old")).unwrap();
    fs::create_dir_all(tree.join("Windows/System32")).unwrap();
    let put = |name: &str, text: &str| fs::write(tree.join(name), text).unwrap();
    let link = |from: &str, to: &str| fs::hard_link(tree.join(from), tree.join(to)).unwrap();
    put("Windows/WinSxS/old/a.dll", "version one");
    link("Windows/WinSxS/old/a.dll", "Windows/System32/a.dll");
    put("b.txt", "b");
    link("b.txt", "c.txt");
    put("Case.txt", "case");
    put("gone.txt", "gone");
    put("file-then-folder", "x");
    put("empty.txt", "");
    for n in 0..30 {
        put(&format!("group{n}"), "same");
    }
    put("many0", "m");
    (1..30).for_each(|n| link("many0", &format!("many{n}")));
    std::os::unix::fs::symlink("b.txt", tree.join("link")).unwrap();
    let wim = dir.join("a.wim");
    let capture = |command: &str| {
        run(
            "wimlib-imagex",
            [command.as_ref(), tree.as_os_str(), wim.as_os_str(), format!("{command} 1").as_ref()],
        );
    };
    capture("capture");

    fs::create_dir_all(tree.join("Windows/WinSxS/new")).unwrap();
    put("Windows/WinSxS/new/a.dll", "version two");
    fs::remove_file(tree.join("Windows/System32/a.dll")).unwrap();
    link("Windows/WinSxS/new/a.dll", "Windows/System32/a.dll");
    // The same contents, and no link any more.
    fs::remove_file(tree.join("c.txt")).unwrap();
    put("c.txt", "b");
    fs::rename(tree.join("Case.txt"), tree.join("CASE.txt")).unwrap();
    fs::remove_file(tree.join("gone.txt")).unwrap();
    fs::remove_file(tree.join("file-then-folder")).unwrap();
    fs::create_dir(tree.join("file-then-folder")).unwrap();
    put("file-then-folder/below", "y");
    put("empty.txt", "full");
    fs::remove_file(tree.join("link")).unwrap();
    std::os::unix::fs::symlink("c.txt", tree.join("link")).unwrap();
    fs::remove_file(tree.join("many29")).unwrap();
    capture("append");

    assert!(compare(dir, ("a.wim", 1), ("a.wim", 2), false) > 30);
    compare(dir, ("a.wim", 2), ("a.wim", 1), false);
    assert_eq!(compare(dir, ("a.wim", 2), ("a.wim", 2), true), 0);

    // What the judge cannot tell: which side has what.
    let found = document(dir, "a.wim:1", "a.wim:2", &["--path", "Windows", "--path", "file-then-folder"], 1);
    let by_path: BTreeMap<&str, &Value> =
        found["entries"].as_array().unwrap().iter().map(|e| (e["path"].as_str().unwrap(), e)).collect();
    let paths: Vec<&str> = by_path.keys().copied().collect();
    let expected = [
        r"\Windows\System32\a.dll",
        r"\Windows\WinSxS\new",
        r"\Windows\WinSxS\new\a.dll",
        r"\Windows\WinSxS\old\a.dll",
        r"\file-then-folder",
        r"\file-then-folder\below",
    ];
    assert_eq!(paths, expected);
    let dll = by_path[expected[0]];
    assert_eq!(dll["links"]["before"]["names"], serde_json::json!([expected[3]]));
    assert_eq!(dll["links"]["after"]["names"], serde_json::json!([expected[2]]));
    assert_eq!(dll["contents"]["before"]["size"], 11);
    assert_ne!(dll["contents"]["before"]["sha1"], dll["contents"]["after"]["sha1"]);
    assert!(dll["attributes"].is_null() && dll["security"].is_null());
    let old = by_path[expected[3]];
    assert!(
        old["contents"].is_null() && old["links"]["after"].is_null() && !old["links"]["before"].is_null()
    );
    let folder = by_path[expected[4]];
    assert_eq!((&folder["kind"]["before"], &folder["kind"]["after"]), (&"file".into(), &"directory".into()));

    // The digest of every file that an extraction finds changed, and no other.
    let (one, two) = (dir.join("one"), dir.join("two"));
    for (index, to) in [("1", &one), ("2", &two)] {
        run("wimlib-imagex", ["apply".as_ref(), wim.as_os_str(), index.as_ref(), to.as_os_str()]);
    }
    let whole = document(dir, "a.wim:1", "a.wim:2", &[], 1);
    let told: BTreeSet<String> = whole["entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|e| {
            e["change"] == "changed" && e["name"].is_null() && !e["contents"].is_null() && e["kind"].is_null()
        })
        .map(|e| e["path"].as_str().unwrap().to_owned())
        .collect();
    let mut extracted = BTreeSet::new();
    for file in common::files_below(&one) {
        let relative = file.strip_prefix(&one).unwrap();
        let other = two.join(relative);
        if other.is_file() && fs::read(&file).unwrap() != fs::read(&other).unwrap() {
            extracted.insert(format!("\\{}", relative.to_string_lossy().replace('/', "\\")));
        }
    }
    assert_eq!(told, extracted);

    let text = wright(dir, ["diff", "a.wim:1", "a.wim:2", "--quiet"]);
    assert_eq!(text.code, 1);
    assert!(text.stderr.is_empty(), "{}", text.stderr);
    let text = String::from_utf8(text.stdout).unwrap();
    for line in ["- \\gone.txt", "+ \\file-then-folder\\below", "    - name: Case.txt", "and 13 more"] {
        assert!(text.contains(line), "no {line:?} in\n{text}");
    }
    let same = wright(dir, ["diff", "a.wim:1", "a.wim:1", "--quiet"]);
    assert!(same.code == 0 && String::from_utf8(same.stdout).unwrap().ends_with("no difference\n"));
    assert_eq!(wright(dir, ["diff", "a.wim", "a.wim:1"]).code, 2);
    assert_eq!(wright(dir, ["diff", "a.wim:1", "a.wim:3"]).code, 1);
    assert_eq!(wright(dir, ["diff", "a.wim:1", "a.wim:2", "--path", "nowhere"]).code, 1);
}

/// An image of these hives, by wimlib.
fn image_of(dir: &Path, name: &str, files: &[(&str, &Path)]) {
    let tree = dir.join(format!("{name}-tree"));
    for (to, from) in files {
        let to = tree.join(to);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
    }
    run(
        "wimlib-imagex",
        ["capture".as_ref(), tree.as_os_str(), dir.join(name).as_os_str(), "--compress=none".as_ref()],
    );
}

type Data<'a> = (&'a str, &'a (u32, Vec<u8>));
type Folded<'a> = BTreeMap<String, (&'a str, BTreeMap<String, Data<'a>>)>;

fn fold(tree: &model::Tree) -> Folded<'_> {
    let keys = tree.iter().map(|(key, values)| {
        let values = values.iter().map(|(name, data)| (name.to_lowercase(), (name.as_str(), data)));
        (key.to_lowercase(), (key.rsplit('\\').next().unwrap_or_default(), values.collect()))
    });
    keys.collect()
}

/// Keys and values that differ between two exports, by names without case; a spelling that differs is a difference.
fn exported(before: &model::Tree, after: &model::Tree) -> BTreeMap<String, (bool, bool, BTreeSet<String>)> {
    let (before, after) = (fold(before), fold(after));
    let mut out = BTreeMap::new();
    for key in before.keys().chain(after.keys()) {
        let (a, b) = (before.get(key), after.get(key));
        let names = a.into_iter().chain(b).flat_map(|k| k.1.keys());
        let differs = |n: &&String| a.and_then(|k| k.1.get(*n)) != b.and_then(|k| k.1.get(*n));
        let values: BTreeSet<String> = names.filter(differs).cloned().collect();
        if a.map(|k| k.0) != b.map(|k| k.0) || !values.is_empty() {
            out.insert(key.clone(), (a.is_some(), b.is_some(), values));
        }
    }
    out
}

#[test]
fn hives_differ_as_hivexregedit_exports_them() {
    let (Some(data), Some(_), Some(_)) = (testdata(), tool("wimlib-imagex"), tool("hivexregedit")) else {
        return;
    };
    let (work, hives) = (temp(), data.join("hive"));
    let dir = work.path();
    let at = |name: &str| hives.join(name);
    let config = |name: &str| format!("Windows/System32/config/{name}");
    let mut edited =
        Hive::open(fs::read(at("regipy/NTUSER.DAT")).unwrap(), &Limits::default()).unwrap().edit().unwrap();
    edited.create("Software\\New key\\Below").unwrap().set_dword("Number", 7).unwrap();
    edited.key("Software").unwrap().unwrap().set_class("a class").unwrap();
    edited.delete("Control Panel").unwrap();
    let user = dir.join("NTUSER.DAT");
    fs::write(&user, edited.finish()).unwrap();
    // Both of the pair, and the hive as hivex reads it.
    let pairs = [
        ("SOFTWARE", at("wimbuilder2/a/SOFTWARE"), at("wimbuilder2/b/SOFTWARE")),
        ("SYSTEM", at("wimbuilder2/a/SYSTEM"), at("nt-hive/testhive")),
        ("DRIVERS", at("wimbuilder2/a/DRIVERS"), at("wimbuilder2/b/DRIVERS")),
        ("DEFAULT", at("regipy/NTUSER.DAT"), at("wimbuilder2/b/DEFAULT")),
        ("COMPONENTS", at("yarp/BigDataHive"), at("yarp/ManySubkeysHive")),
        ("NTUSER.DAT", at("regipy/NTUSER.DAT"), user),
    ];
    let place =
        |name: &str| if name == "NTUSER.DAT" { "Users/Somebody/NTUSER.DAT".to_owned() } else { config(name) };
    let places: Vec<String> = pairs.iter().map(|(name, ..)| place(name)).collect();
    let mut before: Vec<(&str, &Path)> =
        places.iter().zip(&pairs).map(|(p, (_, a, _))| (p.as_str(), a.as_path())).collect();
    let mut after: Vec<(&str, &Path)> =
        places.iter().zip(&pairs).map(|(p, (_, _, b))| (p.as_str(), b.as_path())).collect();
    // A hive that its logs bring to its end, and the same closed by Windows; one that only one side has; a damaged one.
    let (dirty, closed) =
        (at("yarp/NewDirtyHive1/NewDirtyHive"), at("yarp/NewDirtyHive1/RecoveredHive_Windows10"));
    let logs = [at("yarp/NewDirtyHive1/NewDirtyHive.LOG1"), at("yarp/NewDirtyHive1/NewDirtyHive.LOG2")];
    let sam = [config("SAM"), config("SAM.LOG1"), config("SAM.LOG2")];
    before.extend([(sam[0].as_str(), dirty.as_path()), (&sam[1], &logs[0]), (&sam[2], &logs[1])]);
    after.push((&sam[0], &closed));
    let (bad, lone) = (config("SECURITY"), config("BBI"));
    before.extend([(bad.as_str(), dirty.as_path()), (&lone, &closed)]);
    after.push((&bad, &closed));
    image_of(dir, "a.wim", &before);
    image_of(dir, "b.wim", &after);

    let found = wright(dir, ["diff", "a.wim", "b.wim", "--json", "--quiet"]);
    let document = found.expect(1);
    let states: BTreeMap<&str, &str> = document["hives"]
        .as_array()
        .unwrap()
        .iter()
        .map(|h| (h["path"].as_str().unwrap().rsplit('\\').next().unwrap(), h["state"].as_str().unwrap()))
        .collect();
    // Those of the two real images lie otherwise in their files and say the same.
    let mut expected: BTreeMap<&str, &str> = pairs.iter().map(|(name, ..)| (*name, "different")).collect();
    expected.extend([("SOFTWARE", "equal"), ("DRIVERS", "equal")]);
    expected.extend([("SAM", "equal"), ("SECURITY", "failed"), ("BBI", "removed")]);
    assert_eq!(states, expected);
    assert!(document["complete"] == false && document["equal"] == false);
    assert!(found.stderr.contains("SECURITY") && found.stderr.contains("before"), "{}", found.stderr);

    let (mut keys, mut values) = (0, 0);
    for ((name, one, other), place) in pairs.iter().zip(&places) {
        let theirs = exported(&model::hivex(one).unwrap(), &model::hivex(other).unwrap());
        let hive = format!("\\{}", place.replace('/', "\\"));
        let mut told = BTreeMap::new();
        for key in document["keys"].as_array().unwrap().iter().filter(|k| k["hive"] == *hive) {
            let sides = (key["change"] != "added", key["change"] != "removed");
            let names: BTreeSet<String> = key["values"]
                .as_array()
                .unwrap()
                .iter()
                .map(|v| v["name"].as_str().unwrap().to_lowercase())
                .collect();
            // hivexregedit says nothing of classes and descriptors.
            if sides == (true, true) && names.is_empty() && key["name"].is_null() {
                assert!(
                    !key["class"].is_null() || !key["security"].is_null() || !key["flags"].is_null(),
                    "{key}"
                );
                continue;
            }
            values += names.len();
            told.insert(key["key"].as_str().unwrap().to_lowercase(), (sides.0, sides.1, names));
        }
        keys += told.len();
        for (key, expected) in &theirs {
            assert_eq!(told.get(key), Some(expected), "{name}: {key}");
        }
        assert_eq!(told.len(), theirs.len(), "{name}");
    }
    assert!(keys > 2000 && values > 2000, "{keys} keys, {values} values");
    eprintln!("{keys} keys and {values} values as hivexregedit exports them");

    let of = |key: &str| {
        let all = document["keys"].as_array().unwrap();
        all.iter().find(|k| k["key"] == key && k["hive"] == "\\Users\\Somebody\\NTUSER.DAT").unwrap().clone()
    };
    let below = of("Software\\New key\\Below");
    assert_eq!(
        (&below["change"], &below["values"][0]["after"]["text"]),
        (&"added".into(), &"0x00000007 (7)".into())
    );
    assert_eq!(below["values"][0]["after"]["type"], "REG_DWORD");
    assert!(below["security"]["after"].as_str().unwrap().starts_with("O:"), "{below}");
    assert_eq!(of("Software")["class"]["after"], "a class");
    assert_eq!(of("Control Panel")["change"], "removed");

    let text = wright(dir, ["diff", "a.wim:1", "b.wim:1", "--quiet", "--path", "Users"]);
    assert_eq!(text.code, 1);
    let text = String::from_utf8(text.stdout).unwrap();
    for line in [
        "  + [Software\\New key\\Below]",
        "    + \"Number\" REG_DWORD 0x00000007 (7)",
        "    + class: a class",
    ] {
        assert!(text.contains(line), "no {line:?} in\n{text}");
    }
    assert!(!text.contains("SOFTWARE"));
    let files = document_keys(dir, &["--no-registry"]);
    assert_eq!(files, 0);
}

fn document_keys(dir: &Path, more: &[&str]) -> usize {
    document(dir, "a.wim", "b.wim", more, 1)["keys"].as_array().unwrap().len()
}

#[test]
fn a_damaged_image_is_an_error_and_a_closed_pipe_is_none() {
    let work = temp();
    let Some(_) = sample_image(work.path(), 400) else { return };
    fs::write(work.path().join("bad.wim"), b"no image").unwrap();
    assert_eq!(wright(work.path(), ["diff", "sample.wim:1", "bad.wim:1"]).code, 1);
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_wright"))
        .args(["diff", "sample.wim:1", "sample.wim:2", "--times"])
        .current_dir(work.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let out = child.wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(1));
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(!said.contains("panicked") && !said.contains("wright: "), "{said}");
}
