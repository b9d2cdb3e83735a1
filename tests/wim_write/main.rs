//! New WIM files and changed lists of images, judged by wimlib-imagex and 7z.
#![cfg(unix)]

#[path = "../common/mod.rs"]
mod common;
mod delta;
mod into;
#[allow(dead_code, reason = "another test uses the rest")]
#[path = "../wim_commit/judge.rs"]
mod judge;
mod kept;
mod list;
mod locks;
mod split;

use common::{files_below, run, sample_image, temp, testdata, tool, wright};
use judge::{at, counts, judged, make_tree, open, text};
use kept::*;
use std::path::Path;
use std::process::Command;
use wimwright::base::Progress;
use wimwright::wim::overlay::Overlay;
use wimwright::wim::write::{ExportOptions, export};
use wimwright::wim::{OpenOptions, VerifyOptions, WimFile};

const FORMATS: [&[&str]; 11] = [
    &[],
    &["--compress", "none"],
    &["--compress", "xpress", "--chunk-size", "4K"],
    &["--compress", "xpress:80", "--check"],
    &["--compress", "lzx", "--recompress"],
    &["--compress", "lzx:20", "--chunk-size", "2M"],
    &["--compress", "lzms"],
    &["--compress", "lzms", "--chunk-size", "64K", "--check"],
    &["--solid", "--check"],
    &["--solid", "--chunk-size", "128K"],
    &["--solid", "--compress", "lzx:20", "--chunk-size", "1M"],
];

/// `wright export` of `src`; gives its report.
fn exported(src: &Path, index: &str, dest: &Path, flags: &[&str]) -> serde_json::Value {
    let args = ["export".as_ref(), src.as_os_str(), index.as_ref(), dest.as_os_str(), "--json".as_ref()];
    wright(Path::new("/"), args.into_iter().chain(flags.iter().map(AsRef::as_ref))).expect(0)
}

/// A WIM of two images with hard links, links, streams and an edited XML, the second bootable.
fn two_images(dir: &Path, flags: &[&str]) -> std::path::PathBuf {
    let (tree, wim) = (dir.join("tree"), dir.join("two.wim"));
    make_tree(&tree);
    let capture = ["capture".as_ref(), tree.as_os_str(), wim.as_os_str(), "First & <one>".as_ref()];
    run("wimlib-imagex", capture.into_iter().chain(flags.iter().map(AsRef::as_ref)));
    std::fs::write(tree.join("only in the second"), text(99, 400_000)).unwrap();
    std::fs::remove_file(tree.join("Windows/file20.dll")).unwrap();
    let append = ["append".as_ref(), tree.as_os_str(), wim.as_os_str(), "Second".as_ref(), "--boot".as_ref()];
    run("wimlib-imagex", append.into_iter().chain(["--image-property=WINDOWS/ODD=kept".as_ref()]));
    let file = open(&wim);
    let mut overlay = Overlay::new(&file, 1).unwrap();
    overlay.put_stream(&at("Windows\\file3.dll"), &"Zone.Identifier".into(), b"a stream".to_vec()).unwrap();
    overlay.set_security(&at("Windows"), Some(b"no real descriptor")).unwrap();
    judge::write_back(&file, vec![overlay]);
    wim
}

#[test]
fn every_format_comes_from_every_format() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    for source in [&["--compress=lzx", "--check"] as &[_], &["--compress=xpress"], &["--solid"]] {
        let dir = temp();
        let wim = two_images(dir.path(), source);
        let before: Vec<_> = (1..=2).map(|i| kept(&wim, i, dir.path())).collect();
        for format in FORMATS {
            let new = dir.path().join("new.wim");
            let report = exported(&wim, "all", &new, &[format, &["--force"]].concat());
            judged(&new);
            for (index, before) in (1..).zip(&before) {
                assert!(kept(&new, index, dir.path()) == *before, "{source:?} {format:?} {index}");
                assert_eq!(counts(&new, index), counts(&wim, index));
            }
            let (old, file) = (open(&wim), open(&new));
            assert_eq!(file.xml().unwrap().property(2, "WINDOWS/ODD").as_deref(), Some("kept"));
            assert_eq!((file.header().boot_index, file.is_solid()), (2, format.contains(&"--solid")));
            let image = file.blob_table().entries.iter().filter(|e| e.is_metadata()).nth(1).unwrap();
            assert_eq!(file.header().boot_metadata, image.resource);
            let check = format.contains(&"--check") || source.contains(&"--check");
            assert_eq!(file.integrity_table().unwrap().is_some(), check);
            assert_ne!(file.header().guid, old.header().guid);
            let reused = report["reused_blobs"].as_u64().unwrap();
            let kind = |w: &WimFile| (w.header().compression().unwrap(), w.header().chunk_size, w.is_solid());
            let same = kind(&old) == kind(&file) && !old.is_solid() && !format.contains(&"--recompress");
            assert_eq!(reused == report["blobs"].as_u64().unwrap(), same, "{source:?} {format:?} {report}");
            assert_eq!(report["size_after"].as_u64().unwrap(), new.metadata().unwrap().len());
        }
    }
}

#[test]
fn one_image_takes_only_its_own_and_order_is_free() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    let dir = temp();
    let wim = two_images(dir.path(), &["--compress=lzx"]);
    let before: Vec<_> = (1..=2).map(|i| kept(&wim, i, dir.path())).collect();
    let new = dir.path().join("new.wim");
    let report = exported(&wim, "2,1", &new, &[]);
    assert_eq!(report["images"], serde_json::json!([2, 1]));
    judged(&new);
    assert!(kept(&new, 1, dir.path()) == before[1] && kept(&new, 2, dir.path()) == before[0]);
    assert_eq!(open(&new).header().boot_index, 1);
    assert_eq!(open(&new).xml().unwrap().image(2).unwrap().name, "First & <one>");
    let report = exported(&wim, "1", &new, &["--force"]);
    // The large file of the second image.
    assert_eq!(report["dropped_blobs"], 1);
    judged(&new);
    assert!(kept(&new, 1, dir.path()) == before[0]);
    assert_eq!(open(&new).header().boot_index, 0);
    // wimlib makes the same of it, but for the compressor's level.
    let theirs = dir.path().join("theirs.wim");
    run("wimlib-imagex", ["export".as_ref(), wim.as_os_str(), "1".as_ref(), theirs.as_os_str()]);
    assert!(kept(&theirs, 1, dir.path()) == before[0]);
    let blobs = |path: &Path| {
        let mut all: Vec<_> = open(path).blobs().iter().map(|b| (b.sha1, b.size, b.ref_count)).collect();
        all.sort();
        all
    };
    assert_eq!(blobs(&new), blobs(&theirs));
    // And adds to ours.
    run("wimlib-imagex", ["export".as_ref(), wim.as_os_str(), "2".as_ref(), new.as_os_str()]);
    assert!(kept(&new, 2, dir.path()) == before[1]);

    let dir_args = |extra: &[&str]| {
        let args = ["export", wim.to_str().unwrap(), "1", new.to_str().unwrap()];
        wright(Path::new("/"), args.iter().chain(extra)).code
    };
    assert_eq!(dir_args(&[]), 1, "the name is taken");
    assert_eq!(dir_args(&["--force", "--chunk-size", "33K"]), 2);
    assert_eq!(dir_args(&["--force", "--solid", "--compress", "none"]), 2);
    assert_eq!(dir_args(&["--force", "--compress", "zip"]), 2);
    let missing = wright(Path::new("/"), ["export", wim.to_str().unwrap(), "3", "/nowhere/x.wim"]);
    assert_eq!(missing.code, 1);
    let left: Vec<_> =
        files_below(dir.path()).into_iter().filter(|p| p.extension().is_some_and(|e| e == "tmp")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn an_esd_is_taken_over_whole_or_taken_apart() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    let dir = temp();
    let esd = two_images(dir.path(), &["--solid", "--chunk-size=1M"]);
    let before: Vec<_> = (1..=2).map(|i| kept(&esd, i, dir.path())).collect();
    let (solid, parts) = (dir.path().join("solid.esd"), dir.path().join("parts.wim"));
    let report = exported(&esd, "all", &solid, &["--solid"]);
    judged(&solid);
    // All of it but the stream that was put in later, and those that are alone.
    assert!(report["reused_blobs"].as_u64().unwrap() > 20, "{report}");
    exported(&esd, "2", &parts, &["--solid"]);
    judged(&parts);
    assert!(kept(&solid, 1, dir.path()) == before[0] && kept(&solid, 2, dir.path()) == before[1]);
    assert!(kept(&parts, 1, dir.path()) == before[1]);
    // Ours again, by us.
    let again = dir.path().join("again.esd");
    let report = exported(&solid, "all", &again, &["--solid"]);
    assert_eq!(report["reused_blobs"], report["blobs"]);
    judged(&again);
    let plain = dir.path().join("plain.wim");
    exported(&again, "all", &plain, &[]);
    judged(&plain);
    assert!(kept(&plain, 2, dir.path()) == before[1]);
    assert_eq!(
        run("wimlib-imagex", ["info".as_ref(), plain.as_os_str()])
            .stdout
            .windows(3)
            .filter(|w| w == b"LZX")
            .count(),
        1
    );
}

#[test]
fn real_images_are_exported_or_refused() {
    let (Some(data), Some(_)) = (testdata(), tool("wimlib-imagex")) else { return };
    let (mut done, mut refused) = (0, 0);
    for wim in files_below(&data.join("wim")) {
        let name = wim.file_name().unwrap().to_string_lossy().into_owned();
        if wim.extension().is_none_or(|e| e != "wim" && e != "swm") {
            continue;
        }
        let dir = temp();
        for flags in [&[] as &[_], &["--solid"], &["--compress", "xpress", "--check"]] {
            let new = dir.path().join("new.wim");
            let args = ["export".as_ref(), wim.as_os_str(), "all".as_ref(), new.as_os_str()];
            let ours = wright(
                dir.path(),
                args.into_iter().chain(flags.iter().map(AsRef::<std::ffi::OsStr>::as_ref)),
            );
            if ours.code != 0 {
                assert!(!new.exists());
                refused += 1;
                eprintln!("{name} {flags:?}: {}", ours.stderr.trim());
                continue;
            }
            done += 1;
            let file = open(&new);
            let sound = open(&wim).verify(&VerifyOptions::default(), &Progress::none()).unwrap();
            let now = file.verify(&VerifyOptions::default(), &Progress::none()).unwrap();
            assert!(now.problems.len() <= sound.problems.len(), "{name}: {:?}", now.problems);
            if sound.problems.is_empty() {
                // Some sources have names that 7z does not accept.
                if Command::new("7z").arg("t").arg(&wim).output().is_ok_and(|out| out.status.success()) {
                    judged(&new);
                }
                run("wimlib-imagex", ["verify".as_ref(), new.as_os_str()]);
                // Of a split set wimlib tells less.
                for index in 1..=file.image_count() * u32::from(!name.contains(".swm")) {
                    assert!(told(&new, index) == told(&wim, index), "{name} {index}");
                }
            }
            std::fs::remove_file(&new).unwrap();
        }
    }
    eprintln!("{done} exports, {refused} refused");
    assert!(done >= 50);
}

#[test]
fn the_same_export_gives_the_same_bytes() {
    let dir = temp();
    let Some(image) = sample_image(dir.path(), 100) else { return };
    let wim = WimFile::open(&image, &OpenOptions::new()).unwrap();
    for solid in [false, true] {
        let mut options = ExportOptions::new();
        options.guid = Some([7; 16]);
        options.solid = solid;
        options.chunk_size = solid.then_some(1 << 20);
        options.recompress = true;
        let mut made = Vec::new();
        for threads in [1, 2, 5] {
            options.threads = Some(threads);
            let new = dir.path().join(format!("{solid}{threads}.wim"));
            export(&wim, &[1, 2], &new, &options, &Progress::none()).unwrap();
            made.push(std::fs::read(&new).unwrap());
        }
        assert!(made[0] == made[1] && made[1] == made[2]);
    }
}
