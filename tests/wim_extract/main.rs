//! What an extraction writes, against wimlib-imagex, and what it never does.
#![cfg(unix)]

#[path = "../common/mod.rs"]
mod common;
mod hostile;
mod replace;
mod tree;

use common::{run, temp, testdata, tool};
use std::collections::HashSet;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use tree::{Node, applied, same, tree};
use wimwright::base::{Cancel, Event, FileAt, ImagePath, Progress, ReadAt};
use wimwright::wim::{ExtractOptions, ExtractReport, OpenOptions, WimFile};
use wimwright::{ErrorKind, Result};

fn open(wim: &Path) -> WimFile {
    WimFile::open(wim, &OpenOptions::new()).unwrap()
}

fn extract(wim: &Path, index: u32, to: &Path) -> ExtractReport {
    open(wim).extract(index, to, &ExtractOptions::default(), &Progress::none()).unwrap()
}

/// Bytes that compress, different for each seed.
fn text(seed: usize, len: usize) -> Vec<u8> {
    (0..).flat_map(|i: usize| format!("line {} of {seed}\n", i * seed % 997).into_bytes()).take(len).collect()
}

/// A tree with everything that a folder can hold.
fn make_tree(root: &Path) {
    let deep = root.join("deep/".repeat(70));
    std::fs::create_dir_all(&deep).unwrap();
    std::fs::create_dir_all(root.join("dir/empty")).unwrap();
    for i in 0..40 {
        std::fs::write(root.join(format!("dir/file{i}")), text(i + 1, i * 4001)).unwrap();
    }
    let large = text(99, 5 << 20);
    std::fs::write(root.join("large"), &large).unwrap();
    std::fs::write(root.join("large again"), &large).unwrap();
    std::fs::write(root.join("dir/file3 again"), text(4, 3 * 4001)).unwrap();
    std::fs::write(root.join("empty"), b"").unwrap();
    std::fs::write(deep.join("leaf"), b"deep").unwrap();
    std::fs::write(root.join("CASE"), b"upper").unwrap();
    std::fs::write(root.join("case"), b"lower").unwrap();
    std::fs::write(root.join("\u{fc}n\u{ef}c\u{f6}de \u{1F600}"), b"name").unwrap();
    std::fs::hard_link(root.join("dir/file9"), root.join("nine")).unwrap();
    std::fs::hard_link(root.join("dir/file9"), root.join("dir/empty/../nine too")).unwrap();
    std::fs::hard_link(root.join("empty"), root.join("empty too")).unwrap();
    std::fs::hard_link(root.join("large"), deep.join("large too")).unwrap();
    symlink("file3", root.join("dir/link")).unwrap();
    symlink("../dir/empty", root.join("dir/dirlink")).unwrap();
    symlink("deep/deep/nowhere", root.join("dangling")).unwrap();
    for (name, time) in [("dir/file1", "1999-12-31 23:59:58.1234567"), ("dir", "2031-01-02 03:04:05.5")] {
        run("touch", ["-d".as_ref(), time.as_ref(), root.join(name).as_os_str()]);
    }
}

fn capture(tree: &Path, wim: &Path, flags: &[&str]) {
    let args = ["capture".as_ref(), tree.as_os_str(), wim.as_os_str(), "name".as_ref()];
    run("wimlib-imagex", args.into_iter().chain(flags.iter().map(AsRef::as_ref)));
}

#[test]
fn every_format_comes_out_as_with_wimlib() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    let dir = temp();
    let made = dir.path().join("tree");
    make_tree(&made);
    for flags in [
        &["--compress=none"][..],
        &["--compress=xpress", "--chunk-size=4K"],
        &["--compress=lzx"],
        &["--compress=lzms", "--chunk-size=64K"],
        &["--solid", "--solid-chunk-size=1M"],
        &["--compress=lzx", "--pipable"],
    ] {
        let (wim, ours, theirs) = (dir.path().join("x.wim"), dir.path().join("o"), dir.path().join("t"));
        capture(&made, &wim, flags);
        let report = extract(&wim, 1, &ours);
        assert_eq!((report.failed_count, report.outward_links), (0, 0), "{flags:?}: {:?}", report.failed);
        let counts = (report.directories, report.files, report.hard_links, report.symlinks);
        assert_eq!(counts, (73, 48, 4, 3), "{flags:?}");
        assert_eq!(report.case_variants, 1);
        let (o, t) = (tree(&ours), applied(&wim, 1, &theirs));
        same(&o, &t, &format!("{flags:?}"));
        same(&o, &tree(&made), &format!("{flags:?} and what was captured"));
        // On one thread, and what a dry run says, are the same.
        let mut options = ExtractOptions::default();
        options.threads = Some(1);
        let again = open(&wim).extract(1, dir.path().join("1"), &options, &Progress::none()).unwrap();
        assert_eq!(again, report);
        same(&tree(&dir.path().join("1")), &t, "one thread");
        options.dry_run = true;
        let counted = open(&wim).extract(1, dir.path().join("dry"), &options, &Progress::none()).unwrap();
        assert_eq!(counted, report);
        assert!(!dir.path().join("dry").exists());
        for gone in [&ours, &theirs, &dir.path().join("1")] {
            std::fs::remove_dir_all(gone).unwrap();
        }
        std::fs::remove_file(wim).unwrap();
    }
}

#[test]
fn sample_and_real_images_come_out_as_with_wimlib() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    let dir = temp();
    let mut images: Vec<PathBuf> = common::sample_image(dir.path(), 60).into_iter().collect();
    if let Some(data) = testdata() {
        images.extend(common::files_below(&data.join("wim")));
    }
    let (mut compared, mut partly) = (0, 0);
    for wim in &images {
        // What cannot be opened is the matter of `wim_read`.
        let Ok(file) = WimFile::open(wim, &OpenOptions::new()) else { continue };
        for index in 1..=file.image_count() {
            let (ours, theirs) = (dir.path().join("ours"), dir.path().join("theirs"));
            let report = file.extract(index, &ours, &ExtractOptions::default(), &Progress::none());
            let index_text = index.to_string();
            let mut args = vec!["apply".as_ref(), wim.as_os_str(), index_text.as_ref(), theirs.as_os_str()];
            let parts = wim.with_file_name("Split*.swm");
            let parts = format!("--ref={}", parts.display());
            if file.header().total_parts > 1 {
                args.push(parts.as_ref());
            }
            let judge = std::process::Command::new("wimlib-imagex").args(&args).output().unwrap();
            let what = format!("{} {index}", wim.display());
            match (judge.status.success(), report) {
                (true, Ok(report)) => {
                    // Names that are no names (`..`, one given twice) are passed over there and named here.
                    let odd = report.failed.iter().all(|p| {
                        matches!(p.kind, ErrorKind::UnsafePath | ErrorKind::Malformed)
                            && ["dotdot.wim", "duplicate_names.wim"].iter().any(|n| wim.ends_with(n))
                    });
                    assert!(odd, "{what}: {:?}", report.failed);
                    same(&tree(&ours), &tree(&theirs), &what);
                    compared += 1;
                }
                (false, Ok(report)) => {
                    assert!(report.failed_count > 0, "{what} fails there and not here");
                    partly += 1;
                }
                (judged, Err(e)) => assert!(!judged, "{what}: {e}"),
            }
            for gone in [ours, theirs].iter().filter(|d| d.exists()) {
                std::fs::remove_dir_all(gone).unwrap();
            }
        }
    }
    println!("{compared} images the same, {partly} damaged ones in part");
}

#[test]
fn chosen_paths_keep_their_place() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    let dir = temp();
    let (made, wim, to) = (dir.path().join("tree"), dir.path().join("x.wim"), dir.path().join("to"));
    make_tree(&made);
    capture(&made, &wim, &["--compress=xpress"]);
    let mut options = ExtractOptions::default();
    options.paths = ["DIR/file9", "\\nine", "deep"].map(|p| ImagePath::parse(p).unwrap()).to_vec();
    let report = open(&wim).extract(1, &to, &options, &Progress::none()).unwrap();
    assert_eq!((report.failed_count, report.files, report.hard_links, report.directories), (0, 3, 1, 72));
    let (whole, part) = (tree(&made), tree(&to));
    assert_eq!(part.len(), 1 + 1 + 2 + 72);
    for (path, (node, time)) in
        part.iter().filter(|(p, _)| p.starts_with("deep") && !p.ends_with("large too"))
    {
        assert_eq!((node, time), (&whole[path].0, &whole[path].1), "{}", path.display());
    }
    let nine =
        |name: &str| matches!(&part[Path::new(name)].0, Node::File(_, first) if first.ends_with("file9"));
    assert!(nine("dir/file9") && nine("nine"));

    options.paths.push(ImagePath::parse("no/such").unwrap());
    let e = open(&wim).extract(1, dir.path().join("none"), &options, &Progress::none()).unwrap_err();
    assert_eq!(e.kind(), ErrorKind::NotFound);
    assert!(e.path().is_some_and(|p| p.ends_with(": \\no\\such")), "{e}");
    assert!(!dir.path().join("none").exists());
    assert_eq!(
        open(&wim).extract(2, &to, &ExtractOptions::default(), &Progress::none()).unwrap_err().kind(),
        ErrorKind::NotFound
    );
}

#[test]
fn what_is_there_stays_unless_replacing_is_asked_for() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    let dir = temp();
    let (made, wim, to) = (dir.path().join("tree"), dir.path().join("x.wim"), dir.path().join("to"));
    make_tree(&made);
    capture(&made, &wim, &["--compress=xpress"]);
    std::fs::create_dir_all(to.join("dir")).unwrap();
    std::fs::write(to.join("dir/file1"), b"mine").unwrap();
    std::fs::write(to.join("mine"), b"mine").unwrap();
    let report = extract(&wim, 1, &to);
    assert_eq!(report.failed_count, 1);
    assert_eq!(
        (report.failed[0].path.as_str(), report.failed[0].kind),
        ("\\dir\\file1", ErrorKind::AlreadyExists)
    );
    assert_eq!(report.outcome().unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert_eq!(std::fs::read(to.join("dir/file1")).unwrap(), b"mine");

    let mut options = ExtractOptions::default();
    options.overwrite = true;
    std::fs::remove_file(to.join("case")).unwrap();
    let report = open(&wim).extract(1, &to, &options, &Progress::none()).unwrap();
    assert_eq!(report.failed_count, 0, "{:?}", report.failed);
    report.outcome().unwrap();
    assert_eq!(std::fs::read(to.join("mine")).unwrap(), b"mine");
    std::fs::remove_file(to.join("mine")).unwrap();
    // The folder itself was changed just now.
    let inside = |dir: &Path| tree(dir).into_iter().filter(|(path, _)| path != Path::new("")).collect();
    same(&inside(&to), &inside(&made), "replaced");
}

/// Counts the bytes that are read.
struct Counting(FileAt, AtomicU64);

impl ReadAt for Counting {
    fn size(&self) -> u64 {
        self.0.size()
    }

    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> Result<()> {
        self.1.fetch_add(buf.len() as u64, Relaxed);
        self.0.read_exact_at(buf, offset)
    }
}

#[test]
fn nothing_is_read_twice() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    let dir = temp();
    let made = dir.path().join("tree");
    make_tree(&made);
    for flags in [&["--compress=lzx"][..], &["--solid", "--solid-chunk-size=1M"]] {
        let (wim, to) = (dir.path().join("x.wim"), dir.path().join("to"));
        capture(&made, &wim, flags);
        let source = Arc::new(Counting(FileAt::open(&wim).unwrap(), AtomicU64::new(0)));
        let file = WimFile::open_source(source.clone(), &OpenOptions::new()).unwrap();
        file.extract(1, &to, &ExtractOptions::default(), &Progress::none()).unwrap();
        let (read, size) = (source.1.load(Relaxed), source.size());
        assert!(read <= size, "{flags:?}: {read} bytes read of {size}");
        std::fs::remove_dir_all(to).unwrap();
        std::fs::remove_file(wim).unwrap();
    }
}

#[test]
fn a_damaged_blob_costs_its_files_only() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    let dir = temp();
    let made = dir.path().join("tree");
    make_tree(&made);
    // The large blob has two files and three names; the small one two files.
    for (victim, lost) in
        [("large", &["large", "large again"][..]), ("dir/file3", &["dir/file3", "dir/file3 again"])]
    {
        for flags in [&["--compress=none"][..], &["--compress=lzx"]] {
            let (wim, to) = (dir.path().join("x.wim"), dir.path().join("to"));
            capture(&made, &wim, flags);
            let offset = offset_of(&wim, victim);
            let mut bytes = std::fs::read(&wim).unwrap();
            for byte in &mut bytes[offset + 300..offset + 340] {
                *byte ^= 0x55;
            }
            std::fs::write(&wim, bytes).unwrap();
            let report = extract(&wim, 1, &to);
            let whole = tree(&made);
            let lost: HashSet<&PathBuf> = whole
                .iter()
                .filter(|(_, (node, _))| {
                    matches!(node, Node::File(_, first) if lost.iter().any(|l| first == &first_name(&whole, l)))
                })
                .map(|(path, _)| path)
                .collect();
            assert_eq!(report.failed_count, lost.len() as u64, "{flags:?} {victim}: {:?}", report.failed);
            for problem in &report.failed {
                let path = PathBuf::from(problem.path[1..].replace('\\', "/"));
                assert!(lost.contains(&path), "{}", problem.path);
                assert!(matches!(problem.kind, ErrorKind::HashMismatch | ErrorKind::Malformed));
            }
            let expected = tree(&made).into_iter().filter(|(path, _)| !lost.contains(path)).collect();
            same(&tree(&to), &expected, victim);
            std::fs::remove_dir_all(to).unwrap();
            std::fs::remove_file(wim).unwrap();
        }
    }
}

fn first_name(tree: &tree::Tree, name: &str) -> PathBuf {
    match &tree[Path::new(name)].0 {
        Node::File(_, first) => first.clone(),
        other => panic!("{other:?}"),
    }
}

/// Where wimlib says that a file's blob lies.
fn offset_of(wim: &Path, file: &str) -> usize {
    let path = format!("--path=/{file}");
    let out = run(
        "wimlib-imagex",
        ["dir".as_ref(), wim.as_os_str(), "1".as_ref(), path.as_ref(), "--detailed".as_ref()],
    );
    let out = String::from_utf8(out.stdout).unwrap();
    let line = out.lines().find(|l| l.contains("Offset in WIM")).unwrap_or_else(|| panic!("{out}"));
    let word = line.split(['=', ' ']).find(|w| w.parse::<usize>().is_ok()).unwrap();
    word.parse().unwrap()
}

#[test]
fn cancelled_work_leaves_whole_files_only() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    let dir = temp();
    let made = dir.path().join("tree");
    make_tree(&made);
    let whole = tree(&made);
    for flags in [&["--compress=lzx"][..], &["--solid", "--solid-chunk-size=1M"]] {
        let wim = dir.path().join("x.wim");
        capture(&made, &wim, flags);
        let mut stopped = 0;
        for after in (0..200).step_by(13) {
            let to = dir.path().join("to");
            let (cancel, events) = (Cancel::default(), AtomicU64::new(0));
            let flag = cancel.clone();
            let sink = move |_: &Event<'_>| {
                if events.fetch_add(1, Relaxed) == after {
                    flag.cancel();
                }
            };
            let progress = Progress::new(Arc::new(sink), cancel);
            match open(&wim).extract(1, &to, &ExtractOptions::default(), &progress) {
                Err(e) => {
                    assert_eq!(e.kind(), ErrorKind::Cancelled);
                    stopped += 1;
                }
                Ok(report) => assert_eq!(report.failed_count, 0),
            }
            for (path, (node, _)) in tree(&to) {
                match (&node, &whole[&path].0) {
                    (Node::File(ours, _), Node::File(theirs, _)) => {
                        assert!(ours == theirs, "{} is not whole after {after} events", path.display());
                    }
                    (ours, theirs) => assert_eq!(ours, theirs),
                }
            }
            std::fs::remove_dir_all(to).unwrap();
        }
        assert!(stopped > 10, "{stopped}");
        std::fs::remove_file(wim).unwrap();
    }
}
