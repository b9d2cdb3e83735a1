//! What is read of the hives of the test data.

use super::{damage, hives, limits, open, read_all, read_key};
use crate::base::{Limits, Name};
use crate::error::ErrorKind;
use crate::registry::{Hive, ValueKind};

#[test]
fn values_of_all_types_are_read() {
    let Some(root) = hives() else { return };
    let hive = open(&root, "nt-hive/testhive");
    let key = hive.key("\\DATA-test\\").unwrap().unwrap();
    assert_eq!(key.path(), "data-test");
    let value = |name: &str| key.value(name).unwrap().unwrap();
    assert_eq!(*value("binary").data().unwrap(), [1, 2, 3, 4, 5]);
    assert_eq!(
        (value("DWORD").dword().unwrap(), value("qword").qword().unwrap()),
        (Some(42), Some(u64::MAX))
    );
    assert_eq!(value("dword-big-endian").dword().unwrap(), Some(42 << 24));
    assert_eq!(value("reg-sz").text().unwrap().as_deref(), Some("sz-test"));
    assert_eq!(value("reg-expand-sz").kind(), ValueKind::EXPAND_SZ);
    assert_eq!(value("reg-multi-sz").strings().unwrap().unwrap(), ["multi-sz-test", "line2"]);
    assert_eq!(value("binary").text().unwrap(), None);
    assert!(key.value("no such value").unwrap().is_none());
    assert!(hive.key("data-test\\nothing").unwrap().is_none());
    // Lists of lists: every one of 512 keys is found by its name.
    let many = hive.key("subkey-test").unwrap().unwrap();
    for child in many.subkeys().unwrap() {
        assert_eq!(many.child(child.name()).unwrap().unwrap().path(), child.path());
        assert_eq!(child.parent().unwrap().unwrap().path(), "subkey-test");
    }
    assert_eq!(many.subkeys().unwrap().len(), 512);
}

#[test]
fn big_data_is_put_together() {
    let Some(root) = hives() else { return };
    let hive = open(&root, "nt-hive/testhive");
    let key = hive.key("big-data-test").unwrap().unwrap();
    for value in key.values().unwrap() {
        let letter = value.name().to_string().into_bytes()[0];
        assert!(value.len() >= 16_343 && value.data().unwrap().iter().all(|&b| b == letter), "{value:?}");
    }
    let hive = open(&root, "yarp/BigDataHive");
    let lengths: Vec<usize> =
        hive.walk().flat_map(|k| k.unwrap().values().unwrap()).map(|v| v.len()).collect();
    assert_eq!(lengths, [16_345, 81_725]);
    assert!(
        hive.walk().flat_map(|k| k.unwrap().values().unwrap()).all(|v| v.data().unwrap().len() == v.len())
    );
}

#[test]
fn names_in_all_scripts_are_found_without_case() {
    let Some(root) = hives() else { return };
    let hive = open(&root, "yarp/UnicodeHive");
    assert_eq!(hive.key("пРИВЕТ\\кЛЮЧ").unwrap().unwrap().path(), "Привет\\Ключ");
    let hive = open(&root, "yarp/ExtendedASCIIHive");
    let key = hive.key("ËIGENAARDIG").unwrap().unwrap();
    assert!(key.value("ËigenAardig").unwrap().is_some());
    // Keys out of order are found all the same.
    let hive = open(&root, "yarp/WrongOrderHive");
    for key in hive.walk().map(Result::unwrap).filter(|k| !k.is_root()) {
        assert!(hive.key(&key.path()).unwrap().is_some(), "{key:?}");
    }
}

#[test]
fn classes_and_descriptors_are_read() {
    let Some(root) = hives() else { return };
    let hive = Hive::open_as_is(std::fs::read(root.join("regipy/SYSTEM_2")).unwrap(), &limits()).unwrap();
    let classes = hive.walk().filter(|k| !k.as_ref().unwrap().class().unwrap().is_empty()).count();
    let secured = hive.walk().filter(|k| k.as_ref().unwrap().security().unwrap().is_some()).count();
    assert_eq!((classes, secured), (5, 20_015));
    let lsa = hive.key("ControlSet001\\Control\\Lsa\\JD").unwrap().unwrap();
    assert!(lsa.class().unwrap().units().len() == 8 && lsa.written() > 130_000_000_000_000_000);
}

#[test]
fn damage_is_told_with_the_key() {
    let Some(root) = hives() else { return };
    let refused = |name: &str| Hive::open(std::fs::read(root.join(name)).unwrap(), &limits()).unwrap_err();
    assert_eq!(refused("yarp/GarbageHive").kind(), ErrorKind::ChecksumMismatch);
    assert!(refused("regipy/SYSTEM_2").to_string().contains("not closed cleanly"));
    assert!(refused("yarp/OldDirtyHive/OldDirtyHive.LOG1").to_string().contains("transaction log"));
    let twice = open(&root, "yarp/BadListHive").walk().find_map(Result::err).unwrap();
    assert_eq!(twice.to_string(), "3\\subkey: a key stands in more than one place of the tree");
    let cut = open(&root, "yarp/TruncatedNameHive");
    assert!(cut.walk().filter_map(Result::err).all(|e| e.to_string().contains("is cut off")));
    assert_eq!(read_all(&cut), (0, 2));
    assert_eq!(Hive::open(Vec::new(), &limits()).unwrap_err().kind(), ErrorKind::Malformed);
    assert_eq!(Hive::open(&b"regf"[..], &limits()).unwrap_err().kind(), ErrorKind::Truncated);
}

#[test]
fn limits_hold() {
    let Some(root) = hives() else { return };
    let data = std::fs::read(root.join("nt-hive/testhive")).unwrap();
    let small = Limits { max_buffer: 1000, ..limits() };
    assert_eq!(Hive::open(data.clone(), &small).unwrap_err().kind(), ErrorKind::LimitExceeded);
    let few = Hive::open(data.clone(), &Limits { max_entries: 100, ..limits() }).unwrap();
    assert!(few.key("subkey-test").unwrap().unwrap().subkeys().is_err());
    let flat = Hive::open(data, &Limits { max_depth: 0, ..limits() }).unwrap();
    assert_eq!(flat.key("data-test").unwrap_err().kind(), ErrorKind::LimitExceeded);
}

#[test]
fn names_with_unpaired_surrogates_are_names() {
    let raw = crate::registry::names::RawName::new(&[0x61, 0, 0, 0xD8], false);
    assert_eq!(raw.to_name().units(), Name::from_units(vec![0x61, 0xD800]).units());
    assert!(raw.cmp_folded(&[0x41, 0xD800]).is_eq());
    assert_eq!(ValueKind::from_name("reg_multi_sz"), Some(ValueKind::MULTI_SZ));
    assert_eq!(
        (ValueKind(11).to_string(), ValueKind(0x1F).to_string()),
        ("REG_QWORD".into(), "0x0000001f".into())
    );
}

#[test]
fn damaged_hives_are_read_or_refused() {
    let Some(root) = hives() else { return };
    for name in ["hivex/special", "yarp/BadListHive", "wimbuilder2/a/SYSTEM", "nt-hive/testhive"] {
        damage(&std::fs::read(root.join(name)).unwrap(), 400, |data| {
            if let Ok(hive) = Hive::open(data, &limits()) {
                read_all(&hive);
                let _ = hive.key("a\\b").and_then(|k| k.map(|k| read_key(&k)).transpose());
            }
        });
    }
}
