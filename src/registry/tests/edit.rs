//! Edits against a model: maps that are changed in the same way.

use super::limits;
use crate::base::Name;
use crate::error::ErrorKind;
use crate::registry::{Hive, HiveEditor, ValueKind};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Values of a key by name without case: the spelling, the type, the data.
pub(super) type Values = BTreeMap<Name, (String, u32, Vec<u8>)>;
/// Keys by path without case.
pub(super) type Model = BTreeMap<Vec<Name>, Entry>;

/// All that a key is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its path as it is spelled.
    path: String,
    values: Values,
    class: String,
    descriptor: Option<Vec<u8>>,
}

fn split(path: &str) -> Vec<Name> {
    path.split('\\').filter(|n| !n.is_empty()).map(Name::from).collect()
}

pub(super) fn model_of(hive: &Hive) -> Model {
    let mut model = Model::new();
    for key in hive.walk().map(Result::unwrap) {
        let values = key
            .values()
            .unwrap()
            .into_iter()
            .map(|v| (v.name(), (v.name().to_string(), v.kind().0, v.data().unwrap().into_owned())));
        let entry = Entry {
            path: key.path(),
            values: values.collect(),
            class: key.class().unwrap().to_string(),
            descriptor: key.security().unwrap().map(<[u8]>::to_vec),
        };
        model.insert(split(&entry.path), entry);
    }
    model
}

#[derive(Clone, Debug)]
pub(super) enum Op {
    Create(String),
    Delete(String),
    Set(String, String, u32, usize),
    Unset(String, String),
    Secure(String, u8),
    Class(String, String),
    Many(String, u16),
}

fn path() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        4 => "[a-dA-D]{1,2}",
        1 => "[a-z]{1,40}",
        1 => Just("Ключ".to_owned()),
        1 => Just("кЛЮЧ".to_owned()),
        1 => Just("ëé/.".to_owned()),
    ];
    prop::collection::vec(name, 0..4).prop_map(|names| names.join("\\"))
}

pub(super) fn op() -> impl Strategy<Value = Op> {
    let value =
        prop_oneof![Just(String::new()), "[vV][0-6]", Just("ЗНАЧ".to_owned()), Just("a\\b".to_owned())];
    let length = prop_oneof![
        6 => 0..9_usize,
        4 => 9..400_usize,
        1 => 4000..5000_usize,
        1 => 16_340..16_350_usize,
        1 => 30_000..70_000_usize,
    ];
    prop_oneof![
        6 => path().prop_map(Op::Create),
        3 => path().prop_map(Op::Delete),
        8 => (path(), value.clone(), 0..13_u32, length).prop_map(|(p, v, k, l)| Op::Set(p, v, k, l)),
        3 => (path(), value).prop_map(|(p, v)| Op::Unset(p, v)),
        2 => (path(), 0..4_u8).prop_map(|(p, s)| Op::Secure(p, s)),
        1 => (path(), "[a-z]{0,9}").prop_map(|(p, c)| Op::Class(p, c)),
        1 => (path(), 1..700_u16).prop_map(|(p, n)| Op::Many(p, n)),
    ]
}

/// Makes the keys of a path in the model, as the spelling of those that are there wants it.
fn create(model: &mut Model, path: &str) -> Vec<Name> {
    let mut names = Vec::new();
    for name in split(path) {
        let Entry { path: above, descriptor, .. } = model[&names].clone();
        let mark = if above.is_empty() { "" } else { "\\" };
        let made = Entry { path: format!("{above}{mark}{name}"), descriptor, ..Entry::default() };
        names.push(name);
        model.entry(names.clone()).or_insert(made);
    }
    names
}

pub(super) fn apply(editor: &mut HiveEditor, model: &mut Model, op: &Op, salt: usize) {
    match op {
        Op::Create(path) => {
            editor.create(path).unwrap();
            create(model, path);
        }
        Op::Delete(path) if path.is_empty() => {
            assert_eq!(editor.delete(path).unwrap_err().kind(), ErrorKind::InvalidArgument);
        }
        Op::Delete(path) => {
            let names = split(path);
            let before = model.len();
            model.retain(|key, _| !key.starts_with(&names));
            assert_eq!(editor.delete(path).unwrap(), model.len() != before);
        }
        Op::Set(path, name, kind, length) => {
            let data: Vec<u8> = (0..*length).map(|i| (i * 7 + salt) as u8).collect();
            editor.create(path).unwrap().set(&**name, ValueKind(*kind), &data).unwrap();
            let names = create(model, path);
            let values = &mut model.get_mut(&names).unwrap().values;
            let value = values.entry(Name::from(&**name)).or_insert_with(|| (name.clone(), 0, Vec::new()));
            (value.1, value.2) = (*kind, data);
        }
        Op::Unset(path, name) => {
            let there = model.get_mut(&split(path)).and_then(|k| k.values.remove(&Name::from(&**name)));
            let key = editor.key(path).unwrap();
            assert_eq!(key.is_some_and(|mut k| k.unset(&**name).unwrap()), there.is_some());
        }
        Op::Secure(path, which) => {
            let mut descriptor = vec![*which; 20 + 8 * usize::from(*which)];
            descriptor[0] = 1;
            editor.create(path).unwrap().set_security(&descriptor).unwrap();
            let names = create(model, path);
            model.get_mut(&names).unwrap().descriptor = Some(descriptor);
        }
        Op::Class(path, class) => {
            editor.create(path).unwrap().set_class(&**class).unwrap();
            let names = create(model, path);
            model.get_mut(&names).unwrap().class.clone_from(class);
        }
        Op::Many(path, count) => {
            for i in 0..*count {
                let path = format!("{path}\\Child{}", u32::from(i) * 7919 % 1009);
                editor.create(&path).unwrap();
                create(model, &path);
            }
        }
    }
}

/// What must hold of every hive that was edited.
fn verify(hive: &Hive, lost: u32) {
    assert_eq!(hive.check().unwrap(), lost, "cells were lost");
    let mut uses = BTreeMap::new();
    for key in hive.walk().map(Result::unwrap) {
        let subkeys = key.subkeys().unwrap();
        let names: Vec<Name> = subkeys.iter().map(super::Key::name).collect();
        assert!(names.is_sorted_by(|a, b| a < b), "{key:?}");
        let longest = |names: &[Name]| names.iter().map(|n| 2 * n.units().len() as u32).max().unwrap_or(0);
        assert!(longest(&names) <= key.field(52) & 0xFFFF, "{key:?}");
        assert!(subkeys.iter().all(|k| k.field(16) == key.offset));
        let values = key.values().unwrap();
        let names: Vec<Name> = values.iter().map(super::super::Value::name).collect();
        assert!(longest(&names) <= key.field(60), "{key:?}");
        assert!(values.iter().all(|v| v.len() <= key.field(64) as usize), "{key:?}");
        *uses.entry(key.field(44)).or_insert(0) += 1;
    }
    for (cell, count) in uses {
        assert_eq!(super::super::u32_at(hive.cell(cell).unwrap(), 12), count, "references");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn random_edits_do_what_the_model_does(ops in prop::collection::vec(op(), 1..60)) {
        let mut editor = Hive::empty(&limits()).unwrap().edit().unwrap();
        let mut model = model_of(editor.hive());
        for (salt, op) in ops.iter().enumerate() {
            apply(&mut editor, &mut model, op, salt);
        }
        verify(editor.hive(), 0);
        let bytes = editor.finish();
        let hive = Hive::open(bytes, &limits()).unwrap();
        prop_assert_eq!(&model_of(&hive), &model);
        for Entry { path, values, .. } in model.values() {
            let key = hive.key(path).unwrap().unwrap();
            prop_assert!(values.keys().all(|name| key.value(name.clone()).unwrap().is_some()));
        }
    }
}
