//! Edits of the hives of the test data, whole and damaged.

use super::{damage, hives, limits, open, read_all};
use crate::base::Limits;
use crate::error::{ErrorKind, Result};
use crate::registry::{Hive, ValueKind};

/// Changes all kinds of things, and puts them back where that is possible.
fn disturb(hive: Hive) -> Result<Vec<u8>> {
    let mut editor = hive.edit()?;
    let names: Vec<_> = editor.hive().root()?.subkeys()?.iter().map(crate::registry::Key::name).collect();
    for (i, name) in names.into_iter().enumerate().take(40) {
        let mut root = editor.root()?;
        if i % 4 == 3 {
            assert!(root.delete_child(name)?);
            continue;
        }
        let mut key = root.create_child(name)?;
        key.set("Wimwright", ValueKind::BINARY, &vec![7; i * 900])?;
        key.create("new\\deeper")?.set_dword("", 1)?;
        if i % 4 == 1 {
            key.delete("new")?;
            key.unset("Wimwright")?;
        }
    }
    editor.create("Wimwright\\was")?.set_text("here", ValueKind::SZ, "text")?;
    Ok(editor.finish())
}

#[test]
fn real_hives_are_edited_and_stay_whole() {
    let Some(root) = hives() else { return };
    for name in [
        "hivex/minimal",
        "hivex/special",
        "hivex/rlenvalue_test_hive",
        "nt-hive/testhive",
        "regipy/NTUSER.DAT",
        "wimbuilder2/a/DEFAULT",
        "wimbuilder2/a/DRIVERS",
        "wimbuilder2/a/SOFTWARE",
        "wimbuilder2/a/SYSTEM",
        "yarp/BigDataHive",
        "yarp/EmptyHive",
        "yarp/ManySubkeysHive",
        "yarp/MultiSzHive",
        "yarp/UnicodeHive",
        "yarp/NewDirtyHive1/RecoveredHive_Windows10",
        "yarp/OldDirtyHive/RecoveredHive_Windows7",
    ] {
        let hive = open(&root, name);
        let lost = hive.check().unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(hive.clone().edit().unwrap().finish(), hive.bytes(), "{name}: nothing was changed");
        let before = hive.clone().base.sequence.0;
        let edited = Hive::open(disturb(hive).unwrap(), &limits()).unwrap();
        assert_eq!(edited.check().unwrap(), lost, "{name}");
        assert_eq!((edited.base.sequence.0, read_all(&edited).1), (before + 1, 0), "{name}");
        // All of it goes, and then the room is taken again.
        let mut editor = edited.edit().unwrap();
        let size = editor.hive().bytes().len();
        let names: Vec<_> =
            editor.hive().root().unwrap().subkeys().unwrap().iter().map(crate::registry::Key::name).collect();
        for name in names {
            assert!(editor.root().unwrap().delete_child(name).unwrap());
        }
        assert_eq!(editor.hive().check().unwrap(), lost, "{name}");
        editor.create("a").unwrap().set("v", ValueKind::BINARY, &[1; 100]).unwrap();
        assert_eq!(editor.hive().bytes().len(), size, "{name}");
    }
}

#[test]
fn damaged_and_dirty_hives_are_not_edited() {
    let Some(root) = hives() else { return };
    let edit = |name| open(&root, name).edit().map(drop).unwrap_err().to_string();
    assert!(edit("yarp/BadListHive").contains("another owner"), "{}", edit("yarp/BadListHive"));
    assert!(edit("yarp/TruncatedNameHive").contains("is cut off"));
    let dirty = std::fs::read(root.join("regipy/SYSTEM_2")).unwrap();
    let dirty = Hive::open_as_is(dirty, &limits()).unwrap().edit().unwrap_err();
    assert!(dirty.to_string().contains("logs are replayed"));
}

#[test]
fn a_list_out_of_order_is_put_in_order() {
    let Some(root) = hives() else { return };
    let mut editor = open(&root, "yarp/WrongOrderHive").edit().unwrap();
    let parent =
        editor.hive().walk().map(Result::unwrap).max_by_key(super::Key::subkey_count).unwrap().path();
    let before = editor.hive().key(&parent).unwrap().unwrap().subkeys().unwrap().len();
    editor.key(&parent).unwrap().unwrap().create("middle").unwrap();
    let after = editor.hive().key(&parent).unwrap().unwrap().subkeys().unwrap();
    let names: Vec<_> = after.iter().map(super::Key::name).collect();
    assert!(names.len() == before + 1 && names.is_sorted_by(|a, b| a < b), "{names:?}");
    editor.hive().check().unwrap();
}

#[test]
fn long_lists_split_and_vanish() {
    let mut editor = Hive::empty(&limits()).unwrap().edit().unwrap();
    let mut parent = editor.create("many").unwrap();
    for i in 0..20_000_u32 {
        parent.create_child(format!("{:05}", i * 7919 % 20_011).as_str()).unwrap();
    }
    let many = parent.key().unwrap();
    assert_eq!((many.subkey_count(), many.subkeys().unwrap().len()), (20_000, 20_000));
    assert!(many.child("19999").unwrap().is_some() && many.child("20011").unwrap().is_none());
    editor.hive().check().unwrap();
    let size = editor.hive().bytes().len();
    let mut parent = editor.key("many").unwrap().unwrap();
    for i in 0..20_000_u32 {
        assert!(parent.delete_child(format!("{:05}", i * 7919 % 20_011).as_str()).unwrap());
    }
    assert_eq!((parent.key().unwrap().subkey_count(), editor.hive().check().unwrap()), (0, 0));
    for i in 0..20_000_u32 {
        editor.create(&format!("many\\{i:05}")).unwrap();
    }
    assert!(editor.hive().bytes().len() < size + size / 20);
    assert!(editor.delete("many").unwrap() && editor.hive().check().unwrap() == 0);
}

#[test]
fn old_versions_get_old_lists_and_big_data_in_one_cell() {
    let mut data = Hive::empty(&limits()).unwrap().into_bytes();
    data[24] = 3;
    let mut base = super::super::base_block::BaseBlock::parse(&data).unwrap();
    base.minor = 3;
    base.write_to(&mut data);
    let mut editor = Hive::open(data, &limits()).unwrap().edit().unwrap();
    editor.create("Some key").unwrap().set("v", ValueKind::BINARY, &vec![5; 40_000]).unwrap();
    editor.create("Ключ").unwrap();
    let hive = editor.hive();
    let list = hive.cell(hive.root().unwrap().field(28)).unwrap();
    assert_eq!((&list[..4], &list[8..12], &list[16..20]), (&b"lf\x02\0"[..], &b"Some"[..], &[0; 4][..]));
    assert_eq!(
        *hive.key("some KEY").unwrap().unwrap().value("v").unwrap().unwrap().data().unwrap(),
        vec![5; 40_000]
    );
    assert!(!hive.bytes().windows(8).any(|w| w.starts_with(b"db\x03\0")));
}

#[test]
fn what_windows_would_not_take_is_refused() {
    let mut editor = Hive::empty(&Limits { max_buffer: 1 << 20, ..limits() }).unwrap().edit().unwrap();
    let kind = |r: Result<()>| r.unwrap_err().kind();
    let mut root = editor.root().unwrap();
    assert_eq!(kind(root.create(&"x".repeat(256)).map(drop)), ErrorKind::InvalidArgument);
    assert_eq!(kind(root.create_child("a\\b").map(drop)), ErrorKind::InvalidArgument);
    assert_eq!(kind(root.create_child("").map(drop)), ErrorKind::InvalidArgument);
    assert_eq!(kind(root.create(&"d\\".repeat(513)).map(drop)), ErrorKind::LimitExceeded);
    assert_eq!(kind(root.set("v", ValueKind::BINARY, &vec![0; 2 << 20])), ErrorKind::LimitExceeded);
    assert_eq!(kind(root.set("v", ValueKind::BINARY, &vec![0; 1 << 20])), ErrorKind::LimitExceeded);
    assert_eq!(kind(root.set_security(b"short")), ErrorKind::InvalidArgument);
    assert!(root.key().unwrap().value("v").unwrap().is_none());
    // Names may be anything else: a unit that is half a character too.
    let odd = crate::base::Name::from_units(vec![0x41, 0xDC00]);
    root.create_child(odd.clone()).unwrap();
    assert!(root.key().unwrap().child(odd).unwrap().is_some());
    let mut key = editor.create("typed").unwrap();
    key.set_text("s", ValueKind::SZ, "текст").unwrap();
    key.set_strings("m", &["a", "b"]).unwrap();
    key.set_qword("q", 1 << 40).unwrap();
    key.set_written(42).unwrap();
    let key = key.key().unwrap();
    assert_eq!(key.value("s").unwrap().unwrap().text().unwrap().as_deref(), Some("текст"));
    assert_eq!(key.value("m").unwrap().unwrap().strings().unwrap().unwrap(), ["a", "b"]);
    assert_eq!((key.value("q").unwrap().unwrap().qword().unwrap(), key.written()), (Some(1 << 40), 42));
}

#[test]
fn edits_of_damaged_hives_fail_or_keep_them_whole() {
    let Some(root) = hives() else { return };
    let (mut edited, mut refused) = (0, 0);
    for name in ["hivex/special", "wimbuilder2/a/SYSTEM", "yarp/BigDataHive", "nt-hive/testhive"] {
        let good = std::fs::read(root.join(name)).unwrap();
        damage(&good, 400, |data| {
            let Ok(hive) = Hive::open(data, &limits()) else { return };
            match disturb(hive) {
                Ok(bytes) => {
                    let hive = Hive::open(bytes, &limits()).unwrap();
                    hive.check().unwrap();
                    edited += 1;
                }
                Err(_) => refused += 1,
            }
        });
    }
    assert!(edited > 100 && refused > 100, "{edited} {refused}");
}
