//! Trees to capture, wimlib-imagex and 7z as judges, and what they say in a form to compare.

use crate::common::{newer_wimlib, run, tool};
use std::collections::BTreeMap;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use wimwright::base::{ImagePath, Progress};
use wimwright::wim::commit::{CommitOptions, CommitReport, commit};
use wimwright::wim::overlay::Overlay;
use wimwright::wim::{ExtractOptions, OpenOptions, VerifyOptions, WimFile};

pub fn open(path: &Path) -> WimFile {
    WimFile::open(path, &OpenOptions::new()).unwrap()
}

pub fn at(text: &str) -> ImagePath {
    ImagePath::parse(text).unwrap()
}

pub fn write_back(wim: &WimFile, overlays: Vec<Overlay>) -> CommitReport {
    commit(wim, overlays, &CommitOptions::default(), &Progress::none()).unwrap()
}

pub fn text(seed: usize, len: usize) -> Vec<u8> {
    (0..).flat_map(|i: usize| format!("line {} of {seed}\n", i * seed % 997).into_bytes()).take(len).collect()
}

/// A tree with hard links, symbolic links, empty, long-named and deep entries.
pub fn make_tree(root: &Path) {
    std::fs::create_dir_all(root.join("Windows/System32/drivers")).unwrap();
    std::fs::create_dir_all(root.join("empty folder")).unwrap();
    for i in 0..30 {
        std::fs::write(root.join(format!("Windows/file{i}.dll")), text(i + 1, i * 5003)).unwrap();
    }
    std::fs::write(root.join("empty"), b"").unwrap();
    std::fs::write(root.join("n".repeat(255)), b"a long name").unwrap();
    std::fs::hard_link(root.join("Windows/file9.dll"), root.join("Windows/System32/nine.dll")).unwrap();
    std::fs::hard_link(root.join("Windows/file9.dll"), root.join("Windows/System32/drivers/nine.sys"))
        .unwrap();
    symlink("file3.dll", root.join("Windows/link")).unwrap();
    symlink("System32", root.join("Windows/dirlink")).unwrap();
    let deep = root.join("d/".repeat(60));
    std::fs::create_dir_all(&deep).unwrap();
    std::fs::write(deep.join("leaf"), b"deep").unwrap();
}

/// Relative path to contents; a folder is `None`, a link its target.
pub fn snapshot(root: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut out = BTreeMap::new();
    let mut pending = vec![root.to_owned()];
    while let Some(dir) = pending.pop() {
        for entry in std::fs::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            let meta = path.symlink_metadata().unwrap();
            let value = if meta.is_symlink() {
                Some(std::fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes())
            } else if meta.is_dir() {
                pending.push(path.clone());
                None
            } else {
                Some(std::fs::read(&path).unwrap())
            };
            out.insert(path.strip_prefix(root).unwrap().to_owned(), value);
        }
    }
    out
}

pub fn apply(wim: &Path, index: u32, dir: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let to = dir.join(format!("applied{index}"));
    if to.exists() {
        std::fs::remove_dir_all(&to).unwrap();
    }
    let index = index.to_string();
    run("wimlib-imagex", ["apply".as_ref(), wim.as_os_str(), index.as_ref(), to.as_os_str()]);
    snapshot(&to)
}

/// wimlib and 7z read all of it, and so do we.
pub fn judged(wim: &Path) {
    run("wimlib-imagex", ["verify".as_ref(), wim.as_os_str()]);
    run("wimlib-imagex", ["info".as_ref(), wim.as_os_str(), "--check".as_ref()]);
    if tool("7z").is_some() {
        run("7z", ["t".as_ref(), wim.as_os_str()]);
    }
    if let Some(newer) = newer_wimlib() {
        run(&newer, ["verify".as_ref(), wim.as_os_str()]);
        if open(wim).image_count() > 0 {
            let dir = crate::common::temp();
            let theirs = dir.path().join("theirs");
            run(&newer, ["apply".as_ref(), wim.as_os_str(), "1".as_ref(), theirs.as_os_str()]);
            let ours = dir.path().join("ours");
            let options = ExtractOptions::default();
            open(wim).extract(1, &ours, &options, &Progress::none()).unwrap().outcome().unwrap();
            assert!(snapshot(&ours) == snapshot(&theirs), "{}", wim.display());
        }
    }
    let report = open(wim).verify(&VerifyOptions::default(), &Progress::none()).unwrap();
    assert!(report.problems.is_empty(), "{:?}", report.problems);
}

/// The lines of `wimlib-imagex info` that count, for one image.
pub fn counts(wim: &Path, index: u32) -> Vec<String> {
    let index = index.to_string();
    let out = run("wimlib-imagex", ["info".as_ref(), wim.as_os_str(), index.as_ref()]).stdout;
    let wanted =
        ["Name:", "Description:", "Directory Count:", "File Count:", "Total Bytes:", "Hard Link Bytes:"];
    let text = String::from_utf8(out).unwrap();
    text.lines().filter(|l| wanted.iter().any(|w| l.starts_with(w))).map(str::to_owned).collect()
}

/// wimlib counts an image anew when it changes it: by then our counts must have been the same.
pub fn recounted(wim: &Path, index: u32, change: &str) {
    let ours = counts(wim, index);
    let (index_text, command) = (index.to_string(), format!("--command={change}"));
    run("wimlib-imagex", ["update".as_ref(), wim.as_os_str(), index_text.as_ref(), command.as_ref()]);
    assert_eq!(counts(wim, index), ours, "{}", wim.display());
}

/// Detailed listing: one block of lines for each path.
pub fn blocks(wim: &Path, index: u32) -> BTreeMap<String, String> {
    let index = index.to_string();
    let out =
        run("wimlib-imagex", ["dir".as_ref(), wim.as_os_str(), index.as_ref(), "--detailed".as_ref()]).stdout;
    let text = String::from_utf8(out).unwrap();
    let parts = text.split("----------------------------------------------------------------------------\n");
    let named = parts.filter_map(|block| {
        let path = block.lines().find_map(|l| l.strip_prefix("Full Path"))?;
        // Where a blob lies in a solid resource does not change, but how often it is used may.
        Some((path.trim_start_matches([' ', '=']).to_owned(), block.to_owned()))
    });
    named.collect()
}
