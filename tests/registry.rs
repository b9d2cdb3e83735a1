//! Hives, read and edited, against the tools that others made for them: hivexregedit, hivexsh, reged.

mod common;
#[path = "registry/model.rs"]
mod model;

use common::{files_below, temp, testdata, tool};
use wimwright::base::Limits;
use wimwright::error::ErrorKind;
use wimwright::registry::{Hive, ValueKind};

/// Hives of the test data that hivex does not open or lists other than they are, each with its reason.
const OTHERWISE: &[(&str, &str)] = &[
    ("yarp/TruncatedNameHive", "a name is cut off; both refuse it"),
    ("yarp/BadListHive", "one key stands twice; hivex lists it twice, the walk names it"),
    ("yarp/DupNameHive", "two keys of one name cannot stand in a map"),
];

#[test]
fn every_hive_reads_as_hivex_exports_it() {
    let (Some(data), Some(_)) = (testdata(), tool("hivexregedit")) else { return };
    let root = data.join("hive");
    let (mut hives, mut keys, mut values) = (0, 0, 0);
    for path in files_below(&root) {
        let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        let bytes = std::fs::read(&path).unwrap();
        // hivex reads what lies there and does not look at the sequence numbers, but refuses a wrong checksum.
        let wrong = Hive::open(&bytes[..], &Limits::default());
        let wrong = wrong.is_err_and(|e| e.kind() == ErrorKind::ChecksumMismatch);
        let Ok(hive) = Hive::open_as_is(bytes, &Limits::default()) else { continue };
        if wrong || OTHERWISE.iter().any(|(other, _)| *other == name) {
            continue;
        }
        let (ours, theirs) = (model::ours(&hive), model::hivex(&path).unwrap());
        for (key, expected) in &theirs {
            assert_eq!(ours.get(key), Some(expected), "{name}: {key}");
            values += expected.len();
        }
        assert_eq!(ours.len(), theirs.len(), "{name}");
        (hives, keys) = (hives + 1, keys + ours.len());
    }
    assert!(hives >= 20);
    eprintln!("{hives} hives, {keys} keys, {values} values");
}

/// Numbers that look random and are the same in each run.
fn numbers(mut state: u64) -> impl FnMut(usize) -> usize {
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    }
}

/// Random edits of a hive: keys made and deleted, values of all types and lengths set and deleted.
fn edit(hive: Hive, seed: u64, steps: usize) -> Vec<u8> {
    let mut editor = hive.edit().unwrap();
    let mut random = numbers(seed);
    for step in 0..steps {
        let mut path = vec!["Wimwright".to_owned()];
        for _ in 0..random(4) {
            path.push(format!("Key{}", random(6)));
        }
        let path = path.join("\\");
        match random(11) {
            9 => editor.create(&path).unwrap().set_class(&*"c".repeat(random(40))).unwrap(),
            10 => {
                // Four descriptors, so that keys share cells and cells lose their last key.
                let mut descriptor = [0; 20];
                (descriptor[0], descriptor[16]) = (1, random(4) as u8);
                editor.create(&path).unwrap().set_security(&descriptor).unwrap();
            }
            0 => drop(editor.delete(&path).unwrap()),
            1 => drop(editor.create(&path).unwrap().unset(&*format!("value{}", random(5))).unwrap()),
            2 => {
                for _ in 0..random(200) {
                    editor.create(&format!("{path}\\Many{:03}", random(1000))).unwrap();
                }
            }
            _ => {
                let length = [0, 3, 4, 8, 100, 5000, 16_344, 16_345, 50_000][random(9)];
                let data: Vec<u8> = (0..length).map(|i| (i + step) as u8).collect();
                let mut key = editor.create(&path).unwrap();
                key.set(&*format!("Value{}", random(5)), ValueKind(random(12) as u32), &data).unwrap();
            }
        }
    }
    editor.finish()
}

#[test]
fn what_was_edited_reads_the_same_in_hivex_and_reged() {
    let dir = temp();
    let mut hives = vec![("empty".to_owned(), Hive::empty(&Limits::default()).unwrap())];
    if let Some(data) = testdata() {
        for name in
            ["regipy/NTUSER.DAT", "wimbuilder2/a/DRIVERS", "wimbuilder2/a/SOFTWARE", "nt-hive/testhive"]
        {
            let bytes = std::fs::read(data.join("hive").join(name)).unwrap();
            hives.push((name.to_owned(), Hive::open(bytes, &Limits::default()).unwrap()));
        }
    }
    let (mut compared, mut values) = (0, 0);
    for (name, hive) in hives {
        for seed in 0..4 {
            let bytes = edit(hive.clone(), seed, 150);
            let path = dir.path().join("hive");
            std::fs::write(&path, &bytes).unwrap();
            let edited = Hive::open(bytes, &Limits::default()).unwrap();
            edited.check().unwrap();
            let ours = model::ours(&edited);
            if let Some(theirs) = model::hivex(&path) {
                assert!(ours == theirs, "{name}, seed {seed}: hivexregedit exports something else");
                compared += theirs.len();
            }
            model::hivexsh_opens(&path);
            // reged takes names apart at slashes and knows no UTF-16: the part that we made is enough.
            if let Some(theirs) = model::reged(&path, dir.path()) {
                let part = |tree: &model::Tree| -> Vec<String> {
                    tree.keys().filter(|k| k.starts_with("Wimwright")).cloned().collect()
                };
                assert_eq!(part(&ours), part(&theirs), "{name}, seed {seed}");
                for (key, read) in theirs.iter().filter(|(k, _)| k.starts_with("Wimwright")) {
                    for (value, (kind, data)) in read {
                        let (ours_kind, ours) = &ours[key][value];
                        // It knows no data in pieces, and prints four bytes of any REG_DWORD.
                        if ours.len() > 16_344 || *kind == 4 && ours.len() != 4 {
                            continue;
                        }
                        assert!(kind == ours_kind && data == ours, "{name}, seed {seed}: {key}: {value}");
                        values += 1;
                    }
                }
            }
        }
    }
    eprintln!("{compared} keys as hivex exports them, {values} values as reged does");
}

/// As many keys as a real store has: about 100 MB with `WIMWRIGHT_LONG=1`, else a few.
#[test]
fn a_large_hive_is_edited_and_reads_the_same_in_hivex() {
    let long = std::env::var_os("WIMWRIGHT_LONG").is_some();
    let keys = if long { 250_000 } else { 4000 };
    let dir = temp();
    let mut editor = Hive::empty(&Limits::default()).unwrap().edit().unwrap();
    for i in 0..keys {
        // One parent of very many (hivex takes 70,000), and a few hundred of many.
        let parent = if i % 4 == 0 { "All".to_owned() } else { format!("Some\\{:03}", i % 499) };
        let name = format!("{parent}\\amd64_component-of-the-usual-length_{:07}", i * 7919 % keys);
        let mut key = editor.create(&name).unwrap();
        key.set("S256H", ValueKind::BINARY, &[i as u8; 32]).unwrap();
        key.set("identity", ValueKind::BINARY, &[b'x'; 150]).unwrap();
        key.set_dword("CF", i as u32).unwrap();
    }
    let large = Hive::open(editor.finish(), &Limits::default()).unwrap();
    let (size, begun) = (large.bytes().len(), std::time::Instant::now());
    assert!(!long || (60_000_000..=120_000_000).contains(&size), "{size}");
    let bytes = edit(large, 7, 150);
    let path = dir.path().join("hive");
    std::fs::write(&path, &bytes).unwrap();
    let edited = Hive::open(bytes, &Limits::default()).unwrap();
    let mut editor = edited.edit().unwrap();
    for i in (0..keys).step_by(8) {
        editor.delete(&format!("All\\amd64_component-of-the-usual-length_{:07}", i * 7919 % keys)).unwrap();
    }
    assert_eq!(editor.hive().check().unwrap(), 0);
    let bytes = editor.finish();
    std::fs::write(&path, &bytes).unwrap();
    let ours = model::ours(&Hive::open(bytes, &Limits::default()).unwrap());
    eprintln!("{size} bytes, {} keys are left, edited in {:.2} s", ours.len(), begun.elapsed().as_secs_f64());
    model::hivexsh_opens(&path);
    if let Some(theirs) = model::hivex(&path) {
        assert!(ours == theirs, "hivexregedit exports something else");
    }
}
