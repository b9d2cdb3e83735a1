//! `kill -9` at random moments of an in-place commit: the image stays whole, with the old content or the new.
//! (Lost power is tried on a simulated disk in the commit's own tests.)
#![cfg(unix)]

mod common;

use common::{run, temp, tool};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use wimwright::base::{ImagePath, ImageTree, Progress};
use wimwright::wim::commit::{CommitOptions, commit};
use wimwright::wim::overlay::Overlay;
use wimwright::wim::{OpenOptions, WimFile};

const CHILD: &str = "WIMWRIGHT_CRASH_CHILD";
const KILLS: u32 = 60;
const FILES: u64 = 12;

fn at(text: &str) -> ImagePath {
    ImagePath::parse(text).unwrap()
}

/// Half of it compresses, half does not.
fn content(version: u64, file: u64) -> Vec<u8> {
    let mut state = (version << 8 | file).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut out = Vec::new();
    while out.len() < 400_000 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        out.extend_from_slice(&state.to_le_bytes());
        out.extend_from_slice(b"the same ");
    }
    out
}

/// Writes version `version` over whatever is there.
fn commit_version(path: &Path, version: u64) {
    let wim = WimFile::open(path, &OpenOptions::new()).unwrap();
    let mut overlays = Vec::new();
    for index in 1..=wim.image_count() {
        let mut overlay = Overlay::new(&wim, index).unwrap();
        for file in 0..FILES {
            overlay.put(&at(&format!("dir\\file{file}")), content(version, file)).unwrap();
        }
        overlay.put(&at("version"), version.to_string().into_bytes()).unwrap();
        overlays.push(overlay);
    }
    commit(&wim, overlays, &CommitOptions::default(), &Progress::none()).unwrap();
}

/// The version that all of the image shows; fails where it is a mixture.
fn version(path: &Path) -> u64 {
    let wim = WimFile::open(path, &OpenOptions::new()).unwrap();
    let mut versions = Vec::new();
    for index in 1..=wim.image_count() {
        let view = Overlay::new(&wim, index).unwrap();
        let text = view.read(&at("version"), 99).unwrap();
        let version: u64 = String::from_utf8(text).unwrap().parse().unwrap();
        for file in 0..FILES {
            let data = view.read(&at(&format!("dir\\file{file}")), 1 << 20).unwrap();
            assert!(data == content(version, file), "version {version} file {file}");
        }
        assert_eq!(view.read(&at("untouched"), 99).unwrap(), b"untouched");
        versions.push(version);
    }
    assert!(versions.windows(2).all(|v| v[0] == v[1]), "{versions:?}");
    versions[0]
}

/// Not a test of its own: what the child process runs.
#[test]
fn child() {
    if let Some(job) = std::env::var_os(CHILD) {
        let job = job.into_string().unwrap();
        let (version, path) = job.split_once(':').unwrap();
        commit_version(Path::new(path), version.parse().unwrap());
    }
}

fn start_child(path: &Path, version: u64) -> std::process::Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child"])
        .env(CHILD, format!("{version}:{}", path.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn kill_at_any_moment() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    let dir = temp();
    let (tree, base, wim) = (dir.path().join("tree"), dir.path().join("base.wim"), dir.path().join("x.wim"));
    std::fs::create_dir(&tree).unwrap();
    std::fs::write(tree.join("untouched"), b"untouched").unwrap();
    run(
        "wimlib-imagex",
        ["capture".as_ref(), tree.as_os_str(), base.as_os_str(), "1".as_ref(), "--check".as_ref()],
    );
    run("wimlib-imagex", ["append".as_ref(), tree.as_os_str(), base.as_os_str(), "2".as_ref()]);
    commit_version(&base, 1);
    std::fs::copy(&base, &wim).unwrap();
    let begun = Instant::now();
    assert!(start_child(&wim, 2).wait().unwrap().success());
    let whole = begun.elapsed();
    assert_eq!(version(&wim), 2);

    let (mut current, mut old, mut new) = (2, 0, 0);
    let mut state = std::process::id().wrapping_mul(2_654_435_761) | 1;
    for kill in 0..KILLS {
        if wim.metadata().unwrap().len() > 100 << 20 {
            std::fs::copy(&base, &wim).unwrap();
            current = 1;
        }
        let mut child = start_child(&wim, current + 1);
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        // The later part of the commit is the delicate one, so half of the kills go there.
        let share = f64::from(state % 1000) / 1000.0;
        let share = if kill % 2 == 0 { share } else { 0.6 + 0.9 * share };
        std::thread::sleep(whole.mul_f64(share).max(Duration::from_micros(100)));
        child.kill().unwrap();
        child.wait().unwrap();
        run("wimlib-imagex", ["verify".as_ref(), wim.as_os_str()]);
        match version(&wim) {
            v if v == current => old += 1,
            v if v == current + 1 => new += 1,
            v => panic!("version {v} instead of {current} or the next"),
        }
        current = version(&wim);
    }
    eprintln!(
        "{KILLS} kills of a commit of {whole:?}: {old} left the old image, {new} the new, in {:?}",
        begun.elapsed()
    );
    assert!(old > 0, "no kill came before the end");
}
