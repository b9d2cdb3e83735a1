//! What a commit writes, judged by wimlib-imagex and 7z.
#![cfg(unix)]

#[path = "../common/mod.rs"]
mod common;
mod judge;
mod random;

use common::{run, temp, testdata, tool};
use judge::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use wimwright::base::{ImageTree, Name, Progress};
use wimwright::wim::commit::{CommitOptions, commit};
use wimwright::wim::overlay::{Content, Overlay};
use wimwright::wim::{OpenOptions, WimFile};

const FORMATS: [(&str, &[&str]); 9] = [
    ("none", &["--compress=none"]),
    ("xpress 4K", &["--compress=xpress", "--chunk-size=4K"]),
    ("xpress", &["--compress=xpress", "--check"]),
    ("lzx", &["--compress=lzx", "--check", "--boot"]),
    ("lzx 128K", &["--compress=lzx", "--chunk-size=128K"]),
    ("lzx 2M", &["--compress=lzx", "--chunk-size=2M"]),
    ("lzms", &["--compress=lzms"]),
    ("lzms 1M", &["--compress=lzms", "--chunk-size=1M"]),
    ("solid", &["--solid", "--check"]),
];

#[test]
fn wimlib_and_7z_read_what_we_write_in_every_format() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    for (format, flags) in FORMATS {
        let dir = temp();
        let (tree, wim) = (dir.path().join("tree"), dir.path().join("x.wim"));
        make_tree(&tree);
        let capture = ["capture".as_ref(), tree.as_os_str(), wim.as_os_str(), "The name".as_ref()];
        let args = capture.into_iter().chain(flags.iter().map(AsRef::as_ref));
        run("wimlib-imagex", args.chain(["--image-property=WINDOWS/ODD=kept".as_ref()]));
        let mut expected = apply(&wim, 1, dir.path());
        let before = std::fs::read(&wim).unwrap();

        let file = open(&wim);
        let stored = file.read_blob_to_vec(file.image_blob(1).unwrap(), u64::MAX).unwrap();
        assert!(
            file.image(1).unwrap().to_bytes().unwrap() == stored,
            "{format}: metadata comes back as it was"
        );
        let mut overlay = Overlay::new(&file, 1).unwrap();
        overlay.put(&at("Windows\\System32\\new\\added.dll"), text(77, 300_001)).unwrap();
        let on_disk = dir.path().join("content");
        std::fs::write(&on_disk, text(78, 70_000)).unwrap();
        overlay.put(&at("windows\\FILE5.DLL"), Content::file(&on_disk).unwrap()).unwrap();
        overlay.put(&at("Windows\\System32\\nine.dll"), b"no longer linked".to_vec()).unwrap();
        overlay.remove(&at("Windows\\file6.dll")).unwrap();
        overlay.remove(&at("d")).unwrap();
        overlay.rename(&at("Windows\\file7.dll"), &at("Windows\\FILE7.dll")).unwrap();
        overlay.rename(&at("Windows\\file8.dll"), &at("moved\\file8.dll")).unwrap();
        overlay.hard_link(&at("Windows\\file10.dll"), &at("Windows\\ten.dll")).unwrap();
        overlay.put(&at("copy of eleven"), text(12, 11 * 5003)).unwrap();
        let report = write_back(&file, vec![overlay]);
        assert_eq!((report.new_blobs, report.deduplicated), (3, 1), "{format}");
        assert_eq!(report.dropped_blobs, 3, "{format}: file5, file6 and the leaf");

        let p = PathBuf::from;
        let file_of = |e: &BTreeMap<PathBuf, Option<Vec<u8>>>, name: &str| e[Path::new(name)].clone();
        expected.insert(p("Windows/System32/new"), None);
        expected.insert(p("Windows/System32/new/added.dll"), Some(text(77, 300_001)));
        expected.insert(p("Windows/file5.dll"), Some(text(78, 70_000)));
        expected.insert(p("Windows/System32/nine.dll"), Some(b"no longer linked".to_vec()));
        expected.remove(Path::new("Windows/file6.dll"));
        expected.retain(|path, _| !path.starts_with("d"));
        expected.insert(p("Windows/FILE7.dll"), file_of(&expected, "Windows/file7.dll"));
        expected.remove(Path::new("Windows/file7.dll"));
        expected.insert(p("moved"), None);
        expected.insert(p("moved/file8.dll"), file_of(&expected, "Windows/file8.dll"));
        expected.remove(Path::new("Windows/file8.dll"));
        expected.insert(p("Windows/ten.dll"), file_of(&expected, "Windows/file10.dll"));
        expected.insert(p("copy of eleven"), file_of(&expected, "Windows/file11.dll"));

        judged(&wim);
        assert!(apply(&wim, 1, dir.path()) == expected, "{format}");
        let applied = dir.path().join("applied1");
        let inode = |name: &str| std::os::unix::fs::MetadataExt::ino(&applied.join(name).metadata().unwrap());
        assert_eq!(inode("Windows/file9.dll"), inode("Windows/System32/drivers/nine.sys"));
        assert_eq!(inode("Windows/file10.dll"), inode("Windows/ten.dll"));
        let after = std::fs::read(&wim).unwrap();
        assert!(after[208..before.len()] == before[208..], "{format}: bytes before the old end changed");
        let xml = String::from_utf16_lossy(
            &open(&wim)
                .xml_bytes()
                .chunks_exact(2)
                .map(|c| u16::from_le_bytes([c[0], c[1]]))
                .collect::<Vec<_>>(),
        );
        assert!(xml.contains("<ODD>kept</ODD>"));

        recounted(&wim, 1, "rename /empty /empty2");
        run("wimlib-imagex", ["optimize".as_ref(), wim.as_os_str()]);
        judged(&wim);
        expected.insert(p("empty2"), Some(Vec::new()));
        expected.remove(Path::new("empty"));
        assert!(apply(&wim, 1, dir.path()) == expected, "{format}");
    }
}

#[test]
fn named_streams_are_where_wimlib_looks_for_them() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    let dir = temp();
    let (tree, wim) = (dir.path().join("tree"), dir.path().join("x.wim"));
    make_tree(&tree);
    run("wimlib-imagex", ["capture".as_ref(), tree.as_os_str(), wim.as_os_str()]);
    let expected = apply(&wim, 1, dir.path());
    let file = open(&wim);
    let mut overlay = Overlay::new(&file, 1).unwrap();
    let zone = Name::from("Zone.Identifier");
    let with_stream = ["Windows\\file9.dll", "Windows\\file4.dll", "Windows\\link", "empty folder", "empty"];
    for path in with_stream {
        overlay.put_stream(&at(path), &zone, path.as_bytes().to_vec()).unwrap();
    }
    overlay.put(&at("fresh"), Content::file(tree.join("Windows/file2.dll")).unwrap()).unwrap();
    overlay.put_stream(&at("fresh"), &zone, b"fresh".to_vec()).unwrap();
    overlay.put_stream(&at("fresh"), &Name::from("second"), text(5, 50_000)).unwrap();
    overlay.put(&at("Windows\\file4.dll"), Content::file(tree.join("Windows/file4.dll")).unwrap()).unwrap();
    write_back(&file, vec![overlay]);
    judged(&wim);
    let mut applied = apply(&wim, 1, dir.path());
    assert_eq!(applied.remove(Path::new("fresh")), Some(Some(text(3, 2 * 5003))));
    assert!(applied == expected);
    let blocks = blocks(&wim, 1);
    for path in with_stream {
        let block = &blocks[&format!("\"/{}\"", path.replace('\\', "/"))];
        assert!(block.contains("Named data stream \"Zone.Identifier\""), "{block}");
    }
    recounted(&wim, 1, "rename /empty /empty2");
    // What wimlib made of it is the same to us.
    let file = open(&wim);
    let view = Overlay::new(&file, 1).unwrap();
    let stream = |path: &str| wimwright::base::read_all(&*view.stream(&at(path), &zone).unwrap()).unwrap();
    assert_eq!(stream("Windows\\System32\\nine.dll"), b"Windows\\file9.dll");
    assert_eq!(stream("Windows\\link"), b"Windows\\link");
    assert_eq!(stream("fresh"), b"fresh");
    assert_eq!(view.read(&at("fresh"), 1 << 20).unwrap(), text(3, 2 * 5003));
    // A reparse point that is replaced becomes a file and keeps its stream.
    let mut overlay = view;
    overlay.put(&at("Windows\\link"), b"a file now".to_vec()).unwrap();
    write_back(&file, vec![overlay]);
    judged(&wim);
    let applied = apply(&wim, 1, dir.path());
    assert_eq!(applied[Path::new("Windows/link")].as_deref(), Some(&b"a file now"[..]));
    recounted(&wim, 1, "rename /empty2 /empty");
}

#[test]
fn a_bootable_image_stays_bootable() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    let dir = temp();
    let (tree, wim) = (dir.path().join("tree"), dir.path().join("x.wim"));
    make_tree(&tree);
    run("wimlib-imagex", ["capture".as_ref(), tree.as_os_str(), wim.as_os_str(), "--boot".as_ref()]);
    let file = open(&wim);
    let mut overlay = Overlay::new(&file, 1).unwrap();
    overlay.put(&at("x"), b"x".to_vec()).unwrap();
    write_back(&file, vec![overlay]);
    let file = open(&wim);
    let image = file.blob_table().entries.iter().find(|e| e.is_metadata()).unwrap().resource;
    assert_eq!((file.header().boot_index, file.header().boot_metadata), (1, image));
}

#[test]
fn real_images_keep_every_other_entry_as_it_was() {
    let (Some(data), Some(_)) = (testdata(), tool("wimlib-imagex")) else { return };
    let mut tried = 0;
    for wim in common::files_below(&data.join("wim")) {
        let name = wim.file_name().unwrap().to_string_lossy().into_owned();
        if wim.extension().is_none_or(|e| e != "wim")
            || name.starts_with("corrupted")
            || name == "VerifyFail.wim"
        {
            continue;
        }
        let dir = temp();
        let copy = dir.path().join("x.wim");
        std::fs::copy(&wim, &copy).unwrap();
        let mut permissions = copy.metadata().unwrap().permissions();
        std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o644);
        std::fs::set_permissions(&copy, permissions).unwrap();
        let Ok(file) = WimFile::open(&copy, &OpenOptions::new()) else { continue };
        let views: Result<Vec<_>, _> = (1..=file.image_count()).map(|i| Overlay::new(&file, i)).collect();
        let Ok(mut overlays) = views else { continue };
        let before: Vec<_> = (1..=file.image_count()).map(|i| blocks(&copy, i)).collect();
        for overlay in &mut overlays {
            overlay.put(&at("added by a test\\new.bin"), text(3, 100_000)).unwrap();
            overlay.set_security(&at("added by a test"), Some(b"not a real descriptor")).unwrap();
            overlay.set_security(&at("added by a test"), None).unwrap();
        }
        if file.header().pipable {
            let e = commit(&file, overlays, &CommitOptions::default(), &Progress::none()).unwrap_err();
            assert_eq!(e.kind(), wimwright::ErrorKind::Unsupported, "{name}");
            continue;
        }
        let report = write_back(&file, overlays);
        assert_eq!(report.new_blobs, 1);
        judged(&copy);
        for (index, before) in (1..).zip(&before) {
            let mut after = blocks(&copy, index);
            assert!(after.remove("\"/added by a test\"").is_some(), "{name}: {:?}", after.keys());
            assert!(after.remove("\"/added by a test/new.bin\"").is_some());
            assert_eq!(&after, before, "{name}");
            recounted(&copy, index, "rename '/added by a test' /renamed");
        }
        tried += 1;
    }
    eprintln!("{tried} real WIMs");
    assert!(tried >= 15);
}
