//! Images of very many entries and hives as large as real ones: exact counts, bounded memory. With `WIMWRIGHT_LONG=1` as
//! large as any, else small.

use crate::common::{run, temp, tool, wright_measured};
use crate::model;
use std::fs;
use std::path::Path;
use wimwright::base::Limits;
use wimwright::registry::{Hive, HiveEditor, ValueKind};

/// Every how many keys one is changed, and one is taken out.
const CHANGED: usize = 100;
const REMOVED: usize = 1000;

fn key(i: usize) -> String {
    format!("Store\\{:03}\\amd64_a-component-with-a-name-of-the-usual-length_{i:07}", i % 500)
}

fn hive(keys: usize) -> HiveEditor {
    let mut editor = Hive::empty(&Limits::default()).unwrap().edit().unwrap();
    for i in 0..keys {
        let mut key = editor.create(&key(i)).unwrap();
        key.set_dword("State", i as u32).unwrap();
        key.set_text("identity", ValueKind::SZ, "a component, Culture=neutral, Version=10.0.19041.1")
            .unwrap();
        key.set("S256H", ValueKind::BINARY, &[i as u8; 32]).unwrap();
    }
    editor
}

fn put_hive(tree: &Path, editor: HiveEditor) -> u64 {
    let bytes = editor.finish();
    let path = tree.join("Windows/System32/config/COMPONENTS");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, &bytes).unwrap();
    model::hivexsh_opens(&path);
    fs::remove_file(path.with_extension("hivexsh")).unwrap_or_default();
    bytes.len() as u64
}

#[test]
fn large_images_and_hives_are_compared_in_bounded_memory() {
    let Some(_) = tool("wimlib-imagex") else { return };
    let long = std::env::var_os("WIMWRIGHT_LONG").is_some();
    let (entries, keys, most_kb) = if long { (250_000, 250_000, 512 << 10) } else { (4000, 5000, 128 << 10) };
    let work = temp();
    let tree = work.path().join("tree");
    for dir in 0..entries / 100 {
        let dir = tree.join(format!("folder-{dir:05}"));
        fs::create_dir_all(&dir).unwrap();
        (0..100).for_each(|n| fs::write(dir.join(format!("file-{n:02}.dll")), b"").unwrap());
    }
    let mut editor = hive(keys);
    let size = put_hive(&tree, editor.clone());
    let wim = work.path().join("large.wim");
    let capture = |command: &str| {
        run("wimlib-imagex", [command.as_ref(), tree.as_os_str(), wim.as_os_str(), command.as_ref()]);
    };
    capture("capture");
    for dir in 0..entries / 100 {
        let dir = tree.join(format!("folder-{dir:05}"));
        fs::remove_file(dir.join("file-07.dll")).unwrap();
        fs::write(dir.join("file-08.dll"), b"changed").unwrap();
        fs::write(dir.join("file-new.dll"), b"").unwrap();
    }
    for i in (0..keys).step_by(CHANGED) {
        editor.create(&key(i)).unwrap().set_dword("State", u32::MAX).unwrap();
    }
    for i in (1..keys).step_by(REMOVED) {
        assert!(editor.delete(&key(i)).unwrap());
    }
    put_hive(&tree, editor);
    capture("append");

    let args = ["diff", "large.wim:1", "large.wim:2", "--json", "--quiet"];
    let Some(measured) = wright_measured(work.path(), 600, args) else { return };
    eprintln!(
        "{entries} entries and hives of {} MB in {:.1} s, {} MiB at the peak",
        size / 1_000_000,
        measured.seconds,
        measured.peak_kb >> 10
    );
    let document = measured.expect(1);
    let (folders, counts) = (entries as u64 / 100, &document["counts"]);
    let of = |what: &str, change: &str| counts[what][change].as_u64().unwrap();
    // The hive's own file is one more that changed.
    let found = [of("entries", "added"), of("entries", "removed"), of("entries", "changed")];
    assert_eq!(found, [folders, folders, folders + 1]);
    assert_eq!(of("keys", "changed"), keys.div_ceil(CHANGED) as u64);
    assert_eq!(of("keys", "removed"), (keys - 1).div_ceil(REMOVED) as u64);
    assert_eq!(of("values", "removed"), 3 * of("keys", "removed"));
    assert!(measured.peak_kb < most_kb, "{} MiB", measured.peak_kb >> 10);
    assert!(!long || (60_000_000..=140_000_000).contains(&size), "{size}");
}
