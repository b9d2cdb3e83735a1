//! Reading, against wimlib-imagex: headers, trees and digests of real and generated images; damage; many threads.
#![cfg(unix)]

#[path = "../common/mod.rs"]
mod common;
mod formats;
mod judge;
mod table;

use common::{files_below, run, temp, tool};
use judge::alike;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use wimwright::base::{ImagePath, ImageTree, Progress, Sha1Digest, sha1};
use wimwright::wim::{ExtractOptions, OpenOptions, VerifyOptions, VerifyReport, WimFile};
use wimwright::{Error, ErrorKind};

fn open(wim: &Path) -> Result<WimFile, Error> {
    WimFile::open(wim, &OpenOptions::new())
}

fn verify(wim: &WimFile) -> VerifyReport {
    wim.verify(&VerifyOptions::default(), &Progress::none()).unwrap()
}

/// A tree of some hundred files of all sizes, one of them large.
fn made_tree(dir: &Path) -> PathBuf {
    let tree = dir.join("tree");
    std::fs::create_dir_all(tree.join("a/b")).unwrap();
    let mut seed = 1u32;
    let mut noise = |len: usize| -> Vec<u8> {
        let mut next = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as u8
        };
        (0..len).flat_map(|_| [next() & 15; 3]).collect()
    };
    for i in 0..150usize {
        let folder = ["", "a", "a/b"][i % 3];
        std::fs::write(tree.join(folder).join(format!("file{i}")), noise(i * i * 3)).unwrap();
    }
    std::fs::write(tree.join("large"), noise(2 << 20)).unwrap();
    std::fs::hard_link(tree.join("large"), tree.join("a/large")).unwrap();
    tree
}

fn capture(tree: &Path, wim: &Path, flags: &[&str]) {
    let args = ["capture".as_ref(), tree.as_os_str(), wim.as_os_str(), "name".as_ref()];
    run("wimlib-imagex", args.into_iter().chain(flags.iter().map(AsRef::as_ref)));
}

#[test]
fn solid_split_pipable_and_checked_images_are_read_alike() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    let dir = temp();
    let tree = made_tree(dir.path());
    let reference: BTreeMap<String, Sha1Digest> = files_below(&tree)
        .into_iter()
        .map(|p| {
            (p.strip_prefix(&tree).unwrap().to_str().unwrap().to_owned(), sha1(&std::fs::read(&p).unwrap()))
        })
        .collect();
    let wim = |name: &str| dir.path().join(name);
    capture(&tree, &wim("lzx.wim"), &["--compress=lzx", "--check"]);
    capture(&tree, &wim("solid.esd"), &["--solid", "--solid-chunk-size=512K"]);
    capture(&tree, &wim("solidlzx.wim"), &["--solid", "--solid-compress=lzx", "--solid-chunk-size=128K"]);
    capture(&tree, &wim("pipe.wim"), &["--pipable", "--compress=xpress", "--check"]);
    let path = |name: &str| wim(name).into_os_string();
    let export =
        [path("pipe.wim"), "1".into(), path("solid2.esd"), "--solid".into(), "--compress=lzms".into()];
    run("wimlib-imagex", [&["export".into()][..], &export].concat());
    run("wimlib-imagex", ["split".into(), path("lzx.wim"), path("set.swm"), "1".into()]);
    assert!(wim("set2.swm").exists());
    for name in ["lzx.wim", "solid.esd", "solidlzx.wim", "pipe.wim", "solid2.esd", "set.swm"] {
        alike(&wim(name));
        let file = open(&wim(name)).unwrap();
        assert_eq!(file.is_solid(), name.starts_with("solid"), "{name}");
        let report = verify(&file);
        report.outcome().unwrap();
        assert_eq!(
            (report.notes.len(), report.integrity_checked),
            (0, name == "lzx.wim" || name == "pipe.wim" || name == "set.swm"),
            "{name}: {:?}",
            report.notes
        );
        // Many threads read every file through one handle, each in an order of its own, whole and in pieces.
        let view = file.view(1).unwrap();
        let paths: Vec<_> = reference.iter().collect();
        std::thread::scope(|scope| {
            for thread in 0..8usize {
                let (view, paths, file) = (&view, &paths, &file);
                scope.spawn(move || {
                    for i in 0..paths.len() {
                        let (path, digest) = paths[(i * 7 + thread * 31) % paths.len()];
                        let path = ImagePath::parse(path).unwrap();
                        let data = view.read(&path, u64::MAX).unwrap();
                        assert!(sha1(&data) == *digest, "{path}");
                        if let Some(blob) = file.blob(digest).filter(|_| i % 5 == 0) {
                            let at = blob.size / 3;
                            let mut part = vec![0; (blob.size / 2) as usize];
                            file.read_blob_at(blob, at, &mut part).unwrap();
                            assert!(part == data[at as usize..at as usize + part.len()], "{path}");
                        }
                    }
                });
            }
        });
    }
    let missing = wim("set2.swm");
    std::fs::rename(&missing, wim("elsewhere.swm")).unwrap();
    let e = open(&wim("set.swm")).unwrap_err();
    assert_eq!(e.kind(), ErrorKind::NotFound);
    assert!(e.to_string().contains("part 2"), "{e}");
    let mut options = OpenOptions::new();
    options.parts = (3..9).map(|n| wim(&format!("set{n}.swm"))).filter(|part| part.exists()).collect();
    options.parts.push(wim("elsewhere.swm"));
    verify(&WimFile::open(wim("set.swm"), &options).unwrap()).outcome().unwrap();
}

#[test]
fn the_integrity_table_finds_what_no_digest_covers() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    let dir = temp();
    let (tree, wim) = (made_tree(dir.path()), dir.path().join("x.wim"));
    capture(&tree, &wim, &["--compress=lzx", "--check"]);
    let bytes = std::fs::read(&wim).unwrap();
    let header = open(&wim).unwrap().header().clone();
    // The reference count of the last blob: no digest covers the table itself.
    let mut bad = bytes.clone();
    bad[header.blob_table.end().unwrap() as usize - 24] ^= 2;
    let source = |bytes: Vec<u8>| WimFile::open_source(Arc::new(bytes), &OpenOptions::new()).unwrap();
    let report = verify(&source(bad.clone()));
    assert_eq!(report.problems.len(), 1, "{:?}", report.problems);
    assert_eq!(
        (report.problems[0].item.as_str(), report.problems[0].kind),
        ("integrity table", ErrorKind::ChecksumMismatch)
    );
    assert_eq!(report.outcome().unwrap_err().kind(), ErrorKind::ChecksumMismatch);
    let mut options = VerifyOptions::default();
    options.integrity = false;
    assert!(source(bad).verify(&options, &Progress::none()).unwrap().problems.is_empty());
    assert!(verify(&source(bytes)).problems.is_empty());
}

#[test]
fn a_size_that_nothing_backs_costs_nothing() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    let dir = temp();
    let (tree, wim) = (dir.path().join("tree"), dir.path().join("x.wim"));
    std::fs::create_dir(&tree).unwrap();
    std::fs::write(tree.join("file"), b"text ".repeat(10_000)).unwrap();
    std::fs::write(tree.join("other"), b"other ".repeat(10_000)).unwrap();
    for flags in [&["--compress=lzx"][..], &["--solid"]] {
        capture(&tree, &wim, flags);
        let mut bytes = std::fs::read(&wim).unwrap();
        // A solid resource begins with its size, behind the file's header; else the blob's entry of the table has it,
        // 14 bytes before the digest.
        let digest = sha1(&b"text ".repeat(10_000)).0;
        let at = match flags[0] {
            "--solid" => 208,
            _ => bytes.windows(20).position(|w| w == digest).unwrap() - 14,
        };
        bytes[at..at + 8].copy_from_slice(&(1u64 << 62).to_le_bytes());
        let begun = Instant::now();
        let wim = WimFile::open_source(Arc::new(bytes), &OpenOptions::new()).unwrap();
        let report = verify(&wim);
        assert!(report.outcome().is_err());
        let to = dir.path().join("to");
        let report = wim.extract(1, &to, &ExtractOptions::default(), &Progress::none()).unwrap();
        assert_eq!(report.failed_count, if flags[0] == "--solid" { 2 } else { 1 }, "{:?}", report.failed);
        assert_eq!(report.files, 2 - report.failed_count);
        assert!(begun.elapsed() < Duration::from_secs(5));
        std::fs::remove_dir_all(to).unwrap();
        std::fs::remove_file(dir.path().join("x.wim")).unwrap();
    }
}

/// Most memory that this process has held.
fn peak_kb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?.trim().strip_suffix(" kB")?.parse().ok()
}

#[test]
fn damaged_bytes_anywhere_give_answers_or_errors() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    let dir = temp();
    let tree = dir.path().join("tree");
    std::fs::create_dir_all(tree.join("a/b")).unwrap();
    for (name, len) in [("one", 5000), ("a/two", 40_000), ("a/b/three", 100)] {
        std::fs::write(tree.join(name), b"some text, again and again; ".repeat(len / 28)).unwrap();
    }
    std::fs::hard_link(tree.join("one"), tree.join("a/one")).unwrap();
    let mut seed = 7u64;
    let mut random = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below as u64) as usize
    };
    let (mut sound, mut damaged, mut refused) = (0, 0, 0);
    for flags in [
        &["--compress=none"][..],
        &["--compress=lzx", "--check"],
        &["--solid"],
        &["--pipable", "--compress=xpress"],
    ] {
        let wim = dir.path().join("x.wim");
        capture(&tree, &wim, flags);
        let good = std::fs::read(&wim).unwrap();
        std::fs::remove_file(&wim).unwrap();
        for round in 0..400 {
            let mut bytes = good.clone();
            for _ in 0..=random(3) {
                // Half of the damage goes to the header and the tables, where it changes most.
                let at = match round % 4 {
                    0 => random(208),
                    1 => bytes.len() - 1 - random(bytes.len().min(2500)),
                    _ => random(bytes.len()),
                };
                bytes[at] = [0, 0xFF, bytes[at] ^ 1 << random(8), random(256) as u8][random(4)];
            }
            if round % 50 == 49 {
                bytes.truncate(random(good.len()));
            }
            let begun = Instant::now();
            let mut options = OpenOptions::new();
            options.limits.max_metadata = 64 << 20;
            match WimFile::open_source(Arc::new(bytes), &options) {
                Err(_) => refused += 1,
                Ok(wim) => {
                    let _ = wim.info();
                    match wim.verify(&VerifyOptions::default(), &Progress::none()) {
                        Ok(report) if report.problems.is_empty() => sound += 1,
                        Ok(_) => damaged += 1,
                        Err(_) => refused += 1,
                    }
                    for index in 1..=wim.image_count().min(5) {
                        let Ok(view) = wim.view(index) else { continue };
                        for name in ["one", "a\\two", "a\\b\\three"] {
                            let _ = view.read(&ImagePath::parse(name).unwrap(), 1 << 20);
                        }
                    }
                }
            }
            assert!(begun.elapsed() < Duration::from_secs(10), "{flags:?} round {round}");
        }
    }
    println!("{sound} sound, {damaged} damaged, {refused} refused; at most {:?} kB", peak_kb());
    assert!(sound > 0 && damaged > 0 && refused > 0);
    if let Some(peak) = peak_kb() {
        assert!(peak < 1 << 20, "{peak} kB");
    }
}
