//! `wright split`, and what is split joined again.

use crate::common::{run, temp, tool, wright};
use crate::judge::{at, open, text, write_back};
use crate::kept::*;
use crate::two_images;
use std::path::{Path, PathBuf};
use wimwright::base::Progress;
use wimwright::wim::overlay::Overlay;
use wimwright::wim::{VerifyOptions, WimFile};

fn parts_in(dir: &Path) -> Vec<PathBuf> {
    let mut all: Vec<_> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    all.retain(|p| p.extension().is_some_and(|e| e == "swm"));
    all.sort();
    all
}

/// Bytes that do not compress.
pub fn noise(seed: u32, len: usize) -> Vec<u8> {
    let mut state = seed | 1;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    std::iter::repeat_with(next).take(len).collect()
}

#[test]
fn parts_are_small_enough_and_wimlib_joins_them() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    for format in [&["--compress=lzx", "--check"] as &[_], &["--compress=none"], &["--solid"]] {
        let dir = temp();
        let wim = two_images(dir.path(), format);
        let file = open(&wim);
        let mut overlay = Overlay::new(&file, 2).unwrap();
        for i in 0..9 {
            overlay.put(&at(&format!("noise\\{i}")), noise(i, 300_000)).unwrap();
        }
        overlay.put(&at("noise\\large"), noise(77, 1_500_000)).unwrap();
        overlay.put(&at("text"), text(4, 700_000)).unwrap();
        write_back(&file, vec![overlay]);
        let before: Vec<_> = (1..=2).map(|i| kept(&wim, i, dir.path())).collect();
        let first = dir.path().join("set.swm");
        let split = |extra: &[&str]| {
            let args = ["split", wim.to_str().unwrap(), first.to_str().unwrap(), "1", "--json"];
            wright(Path::new("/"), args.iter().chain(extra))
        };
        let report = split(&[]).expect(0);
        let parts = parts_in(dir.path());
        assert!(parts.len() >= 4 && report["parts"].as_array().unwrap().len() == parts.len(), "{report}");
        assert_eq!(report["too_large"], 1, "{report}");
        let large = parts.iter().filter(|p| p.metadata().unwrap().len() > 1 << 20).count();
        assert_eq!(large, 1);
        let set = open(&first);
        let sound = set.verify(&VerifyOptions::default(), &Progress::none()).unwrap();
        assert!(sound.problems.is_empty(), "{:?}", sound.problems);
        let counts = |wim: &WimFile| {
            let blobs = wim.blobs().iter().map(|blob| (blob.sha1, blob.ref_count));
            blobs.collect::<std::collections::BTreeMap<_, _>>()
        };
        assert_eq!(counts(&set), counts(&open(&wim)));
        assert_eq!(set.xml_bytes(), open(&wim).xml_bytes());
        assert_eq!(set.header().boot_index, 2);
        let others = dir.path().join("set*.swm");
        run(
            "wimlib-imagex",
            ["verify".as_ref(), first.as_os_str(), format!("--ref={}", others.display()).as_ref()],
        );
        for part in &parts {
            run("wimlib-imagex", ["info".as_ref(), part.as_os_str(), "--check".as_ref()]);
        }
        if tool("7z").is_some() {
            run("7z", ["t".as_ref(), first.as_os_str()]);
        }
        // wimlib joins them, and so do we.
        let (theirs, ours) = (dir.path().join("theirs.wim"), dir.path().join("ours.wim"));
        let join = ["join".as_ref(), theirs.as_os_str()];
        run("wimlib-imagex", join.into_iter().chain(parts.iter().map(|p| p.as_os_str())));
        let solid: &[&str] = if format.contains(&"--solid") { &["--solid"] } else { &[] };
        let report = crate::exported(&first, "all", &ours, solid);
        assert!(!solid.is_empty() || report["reused_blobs"] == report["blobs"], "{report}");
        for (index, before) in (1..).zip(&before) {
            assert!(kept(&theirs, index, dir.path()) == *before && kept(&ours, index, dir.path()) == *before);
        }
        // A set is in the way of another, unless told otherwise; then it may be made of it.
        assert_eq!(split(&[]).code, 1);
        split(&["--force", "--check"]).expect(0);
        assert!(open(&first).integrity_table().unwrap().is_some());
        let again = dir.path().join("again.swm");
        let args = ["split".as_ref(), first.as_os_str(), again.as_os_str(), "2".as_ref(), "--json".as_ref()];
        wright(Path::new("/"), args).expect(0);
        let whole = dir.path().join("whole.wim");
        crate::exported(&again, "2", &whole, &[]);
        assert!(kept(&whole, 1, dir.path()) == before[1]);
        // All in one part is an ordinary WIM.
        let one = dir.path().join("one.wim");
        let args = ["split".as_ref(), wim.as_os_str(), one.as_os_str(), "100".as_ref(), "--json".as_ref()];
        assert_eq!(wright(Path::new("/"), args).expect(0)["parts"].as_array().unwrap().len(), 1);
        crate::judge::judged(&one);
    }
}

#[test]
fn parts_are_as_wimlib_makes_them() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    let dir = temp();
    let (tree, wim) = (dir.path().join("tree"), dir.path().join("x.wim"));
    std::fs::create_dir(&tree).unwrap();
    for i in 0..12 {
        std::fs::write(tree.join(format!("f{i:02}")), noise(i, 400_000)).unwrap();
    }
    run("wimlib-imagex", ["capture".as_ref(), tree.as_os_str(), wim.as_os_str()]);
    let (a, b) = (dir.path().join("a.swm"), dir.path().join("b.swm"));
    wright(dir.path(), ["split", "x.wim", "a.swm", "1", "--json"]).expect(0);
    run("wimlib-imagex", ["split".as_ref(), wim.as_os_str(), b.as_os_str(), "1".as_ref()]);
    let parts = parts_in(dir.path());
    let (ours, theirs): (Vec<_>, Vec<_>) =
        parts.iter().partition(|p| p.file_name().unwrap().to_string_lossy().starts_with('a'));
    eprintln!("{} parts, wimlib {}", ours.len(), theirs.len());
    let (ours, theirs) = (open(&a), open(&b));
    let (x, y) = (ours.header(), theirs.header());
    assert_eq!(
        (x.flags, x.version, x.chunk_size, x.image_count),
        (y.flags, y.version, y.chunk_size, y.image_count)
    );
    assert_eq!(x.xml.stored_size, y.xml.stored_size);
    assert_eq!(ours.xml_bytes(), theirs.xml_bytes());
}
