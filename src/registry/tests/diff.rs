//! What differs between two hives, against plain maps of both.

use super::edit::{apply, model_of, op};
use super::{damage, hives, limits, open};
use crate::base::Name;
use crate::error::Result;
use crate::registry::{Hive, HiveEditor, KeyDiff, ValueKind, diff};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

type Path = Vec<Name>;

/// All that is compared of a key: spelling, class, descriptor, and values by name.
#[derive(Clone, Debug, PartialEq)]
struct Flat {
    name: Vec<u16>,
    class: Vec<u16>,
    security: Option<Vec<u8>>,
    values: BTreeMap<Name, (Vec<u16>, u32, Vec<u8>)>,
}

fn split(path: &str) -> Path {
    path.split('\\').filter(|n| !n.is_empty()).map(Name::from).collect()
}

fn flat(hive: &Hive) -> BTreeMap<Path, Flat> {
    let mut all = BTreeMap::new();
    for key in hive.walk().map(Result::unwrap) {
        let values = key
            .values()
            .unwrap()
            .into_iter()
            .map(|v| (v.name(), (v.name().units().to_vec(), v.kind().0, v.data().unwrap().into_owned())));
        let name = if key.is_root() { Vec::new() } else { key.name().units().to_vec() };
        let flat = Flat {
            name,
            class: key.class().unwrap().units().to_vec(),
            security: key.security().unwrap().map(<[u8]>::to_vec),
            values: values.collect(),
        };
        all.insert(split(&key.path()), flat);
    }
    all
}

/// For each key that differs: what of it does, and the names of the values that do.
type Expected = BTreeMap<Path, (bool, bool, bool, bool, bool, BTreeSet<Name>)>;

fn expected(before: &BTreeMap<Path, Flat>, after: &BTreeMap<Path, Flat>) -> Expected {
    let mut out = Expected::new();
    for path in before.keys().chain(after.keys()) {
        let (a, b) = (before.get(path), after.get(path));
        let names = a.into_iter().chain(b).flat_map(|k| k.values.keys());
        let values = names
            .filter(|n| a.and_then(|k| k.values.get(*n)) != b.and_then(|k| k.values.get(*n)))
            .cloned()
            .collect();
        let both = a.zip(b);
        if a != b {
            out.insert(
                path.clone(),
                (
                    a.is_some(),
                    b.is_some(),
                    both.is_some_and(|(a, b)| a.name != b.name),
                    both.is_some_and(|(a, b)| a.class != b.class),
                    both.is_some_and(|(a, b)| a.security != b.security),
                    values,
                ),
            );
        }
    }
    out
}

fn all<'h>(before: &'h Hive, after: &'h Hive) -> Result<Vec<KeyDiff<'h>>> {
    let mut found = Vec::new();
    diff(before, after, false, &mut |key| {
        found.push(key);
        Ok(())
    })?;
    Ok(found)
}

fn found(before: &Hive, after: &Hive) -> Expected {
    let differing = all(before, after).unwrap();
    let count = differing.len();
    let map: Expected = differing
        .into_iter()
        .map(|key| {
            let values = key.values.iter().map(|v| v.after.or(v.before).unwrap().name());
            let values: BTreeSet<Name> = values.collect();
            assert_eq!(values.len(), key.values.len(), "a value twice in {}", key.path);
            let sides = (key.before.is_some(), key.after.is_some());
            let path = split(&key.path);
            (path, (sides.0, sides.1, key.spelling, key.class, key.security, values))
        })
        .collect();
    assert_eq!(map.len(), count, "a key twice");
    map
}

/// Makes of the first hive the second by what differs alone.
fn patch(editor: &mut HiveEditor, differing: &[KeyDiff<'_>]) {
    for key in differing {
        let Some(after) = &key.after else {
            editor.delete(&key.path).unwrap();
            continue;
        };
        if key.spelling {
            // Only a key without any other trace can be respelled; the model's spelling is not compared then.
            continue;
        }
        let mut made = editor.create(&key.path).unwrap();
        made.set_class(after.class().unwrap()).unwrap();
        if let Some(security) = after.security().unwrap() {
            made.set_security(security).unwrap();
        }
        for value in &key.values {
            if let Some(gone) = value.before {
                made.unset(gone.name()).unwrap();
            }
            if let Some(new) = value.after {
                made.set(new.name(), new.kind(), &new.data().unwrap()).unwrap();
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn random_edits_are_found_one_by_one(
        first in prop::collection::vec(op(), 1..40),
        second in prop::collection::vec(op(), 0..20),
    ) {
        let mut editor = Hive::empty(&limits()).unwrap().edit().unwrap();
        let mut model = model_of(editor.hive());
        for (salt, op) in first.iter().enumerate() {
            apply(&mut editor, &mut model, op, salt);
        }
        let before = Hive::open(editor.clone().finish(), &limits()).unwrap();
        for (salt, op) in second.iter().enumerate() {
            apply(&mut editor, &mut model, op, salt + 100);
        }
        let after = Hive::open(editor.finish(), &limits()).unwrap();
        let (flat_before, flat_after) = (flat(&before), flat(&after));
        prop_assert_eq!(found(&before, &after), expected(&flat_before, &flat_after));
        prop_assert_eq!(found(&after, &before), expected(&flat_after, &flat_before));
        prop_assert!(found(&after, &after).is_empty());

        let differing = all(&before, &after).unwrap();
        if differing.iter().all(|key| !key.spelling) {
            let mut patched = before.clone().edit().unwrap();
            patch(&mut patched, &differing);
            prop_assert!(found(patched.hive(), &after).is_empty());
        }
    }
}

#[test]
fn a_change_of_each_kind_is_told() {
    let mut editor = Hive::empty(&limits()).unwrap().edit().unwrap();
    editor.create("A\\B").unwrap().set_dword("number", 1).unwrap();
    editor.create("Same").unwrap().set_text("text", ValueKind::SZ, "x").unwrap();
    let before = Hive::open(editor.clone().finish(), &limits()).unwrap();
    editor.create("A\\B").unwrap().set_dword("NUMBER", 2).unwrap();
    editor.create("A\\B").unwrap().set_class("class").unwrap();
    editor.create("New\\Below").unwrap().set("", ValueKind::BINARY, &[1, 2, 3]).unwrap();
    editor.create("Same").unwrap().set_written(5).unwrap();
    let after = Hive::open(editor.finish(), &limits()).unwrap();
    let differing = all(&before, &after).unwrap();
    let paths: Vec<&str> = differing.iter().map(|k| k.path.as_str()).collect();
    assert_eq!(paths, ["A\\B", "New", "New\\Below"]);
    assert!(differing[0].class && !differing[0].security && differing[0].values.len() == 1);
    assert!(differing[2].before.is_none() && differing[2].values[0].before.is_none());
    let mut times = Vec::new();
    diff(&before, &after, true, &mut |key| {
        times.push((key.path, key.written));
        Ok(())
    })
    .unwrap();
    assert!(times.contains(&("Same".to_owned(), true)), "{times:?}");
}

#[test]
fn what_the_caller_finds_wrong_ends_the_comparison() {
    let before = Hive::empty(&limits()).unwrap();
    let mut editor = before.clone().edit().unwrap();
    editor.create("A").unwrap();
    editor.create("B").unwrap();
    let after = Hive::open(editor.finish(), &limits()).unwrap();
    let mut calls = 0;
    let result = diff(&before, &after, false, &mut |_| {
        calls += 1;
        Err(crate::error::Error::malformed("enough"))
    });
    assert!(result.is_err() && calls == 1);
}

#[test]
fn real_hives_differ_as_their_maps_do() {
    let Some(root) = hives() else { return };
    let pairs = [
        ("wimbuilder2/a/SOFTWARE", "wimbuilder2/b/SOFTWARE"),
        ("wimbuilder2/a/SYSTEM", "wimbuilder2/b/SYSTEM"),
        ("wimbuilder2/a/DRIVERS", "wimbuilder2/b/DRIVERS"),
        ("wimbuilder2/a/DEFAULT", "wimbuilder2/b/DEFAULT"),
        ("wimbuilder2/a/DRIVERS", "regipy/NTUSER.DAT"),
        ("yarp/WrongOrderHive", "yarp/ManySubkeysHive"),
        ("yarp/UnicodeHive", "yarp/BigDataHive"),
    ];
    let mut keys = 0;
    for (one, other) in pairs {
        let (before, after) = (open(&root, one), open(&root, other));
        let differing = found(&before, &after);
        assert!(differing == expected(&flat(&before), &flat(&after)), "{one} and {other}");
        keys += differing.len();
    }
    assert!(keys > 1000, "{keys}");
}

#[test]
fn damaged_hives_are_compared_or_refused() {
    let Some(root) = hives() else { return };
    for name in ["yarp/BigDataHive", "yarp/ManySubkeysHive", "hivex/special"] {
        let good = open(&root, name);
        let (mut compared, mut refused) = (0, 0);
        damage(good.bytes(), 120, |bad| {
            let Ok(bad) = Hive::open_as_is(bad, &limits()) else { return };
            match all(&good, &bad) {
                Ok(_) => compared += 1,
                Err(error) => {
                    assert!(error.path().is_some_and(|p| p.starts_with("after")), "{error}");
                    refused += 1;
                }
            }
        });
        assert!(compared > 0 && compared + refused > 50, "{name}: {compared}, {refused}");
    }
}
