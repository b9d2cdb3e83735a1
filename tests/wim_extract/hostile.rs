//! Images that want to write elsewhere: whatever they name, nothing outside the destination changes.

use crate::common::{temp, tool};
use crate::tree::{Tree, tree};
use crate::{capture, extract, open};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use wimwright::ErrorKind;
use wimwright::base::{Progress, sha1};
use wimwright::wim::{ExtractOptions, ExtractReport};

/// Gives names in the metadata of an uncompressed WIM others of the same length.
fn rename(wim: &Path, names: &[(&str, &str)]) {
    let file = open(wim);
    let blob = *file.image_blob(1).unwrap();
    let mut data = file.read_blob_to_vec(&blob, u64::MAX).unwrap();
    let mut bytes = std::fs::read(wim).unwrap();
    let at = position(&bytes, &data).unwrap();
    for (old, new) in names {
        let wide = |s: &str| s.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let (old, new) = (wide(old), wide(new));
        assert_eq!(old.len(), new.len());
        while let Some(found) = position(&data, &old) {
            data[found..found + new.len()].copy_from_slice(&new);
        }
    }
    bytes[at..at + data.len()].copy_from_slice(&data);
    let entry = position(&bytes, &blob.sha1.0).unwrap();
    bytes[entry..entry + 20].copy_from_slice(&sha1(&data).0);
    std::fs::write(wim, bytes).unwrap();
}

fn position(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|w| w == part)
}

/// A folder beside the destination that must not change.
struct Sandbox {
    dir: tempfile::TempDir,
    before: Tree,
}

impl Sandbox {
    fn new() -> Option<Self> {
        tool("wimlib-imagex")?;
        let dir = temp();
        std::fs::create_dir_all(dir.path().join("outside/sub")).unwrap();
        std::fs::write(dir.path().join("outside/precious"), b"precious").unwrap();
        std::fs::create_dir(dir.path().join("tree")).unwrap();
        let before = tree(&dir.path().join("outside"));
        Some(Self { dir, before })
    }

    fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn capture(&self) -> PathBuf {
        let wim = self.at("x.wim");
        capture(&self.at("tree"), &wim, &["--compress=none", "--norpfix"]);
        wim
    }

    fn extract(&self, wim: &Path) -> ExtractReport {
        let mut options = ExtractOptions::default();
        let report = extract(wim, 1, &self.at("dest"));
        self.untouched();
        options.overwrite = true;
        open(wim).extract(1, self.at("dest"), &options, &Progress::none()).unwrap();
        self.untouched();
        report
    }

    fn untouched(&self) {
        assert_eq!(tree(&self.at("outside")), self.before);
        let mut names: Vec<_> =
            std::fs::read_dir(self.dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["dest", "outside", "tree", "x.wim"]);
    }
}

#[test]
fn names_that_lead_elsewhere_are_reported_and_not_written() {
    let Some(sandbox) = Sandbox::new() else { return };
    let to = sandbox.at("tree");
    for dir in ["q1", "sub"] {
        std::fs::create_dir(to.join(dir)).unwrap();
        std::fs::write(to.join(dir).join("evil"), b"evil").unwrap();
    }
    let bad = [
        "/abs1",
        "a\\..b",
        "..\\..x",
        "C:evil",
        "name:s",
        "q/../../y",
        "trail.",
        "blank ",
        "new\nline",
        "nul.txt",
    ];
    for (i, name) in bad.iter().enumerate() {
        std::fs::write(to.join(format!("{i}{}", "z".repeat(name.len() - 1))), b"evil").unwrap();
    }
    std::fs::write(to.join("good"), b"good").unwrap();
    let wim = sandbox.capture();
    let old: Vec<String> =
        (0..).zip(&bad).map(|(i, name)| format!("{i}{}", "z".repeat(name.len() - 1))).collect();
    let mut names: Vec<(&str, &str)> = old.iter().map(String::as_str).zip(bad).collect();
    names.push(("q1", ".."));
    rename(&wim, &names);
    let report = sandbox.extract(&wim);
    assert_eq!(report.failed_count, bad.len() as u64 + 1, "{:?}", report.failed);
    assert!(report.failed.iter().all(|p| p.kind == ErrorKind::UnsafePath), "{:?}", report.failed);
    let paths: Vec<&str> = report.failed.iter().map(|p| p.path.as_str()).collect();
    assert!(paths.contains(&"\\..") && paths.contains(&"\\C:evil"), "{paths:?}");
    let dest = tree(&sandbox.at("dest"));
    let written: Vec<_> = dest.keys().map(|p| p.to_str().unwrap()).collect();
    assert_eq!(written, ["", "good", "sub", "sub/evil"]);
}

#[test]
fn nothing_is_written_through_a_link_of_the_image() {
    let Some(sandbox) = Sandbox::new() else { return };
    let to = sandbox.at("tree");
    // In stored order the link comes first, then a folder of the same name (or of another case).
    for (link, dir) in [("aa", "ab"), ("ba", "bb"), ("ca", "cb")] {
        symlink("../outside", to.join(link)).unwrap();
        std::fs::create_dir(to.join(dir)).unwrap();
        std::fs::write(to.join(dir).join("precious"), b"evil").unwrap();
        std::fs::write(to.join(dir).join("new"), b"evil").unwrap();
    }
    symlink("../../../../../../etc/passwd", to.join("link")).unwrap();
    let wim = sandbox.capture();
    rename(&wim, &[("ab", "aa"), ("bb", "BA")]);
    let report = sandbox.extract(&wim);
    assert_eq!((report.failed_count, report.failed[0].path.as_str()), (1, "\\aa"), "{:?}", report.failed);
    assert_eq!((report.symlinks, report.outward_links, report.case_variants), (4, 4, 1));
    let dest = sandbox.at("dest");
    assert!(dest.join("aa").is_symlink() && dest.join("ba").is_symlink());
    assert_eq!(std::fs::read(dest.join("BA/precious")).unwrap(), b"evil");
}

#[test]
fn nothing_is_written_through_a_link_in_the_destination() {
    let Some(sandbox) = Sandbox::new() else { return };
    let to = sandbox.at("tree");
    std::fs::create_dir_all(to.join("sub/sub")).unwrap();
    std::fs::write(to.join("sub/precious"), b"evil").unwrap();
    std::fs::write(to.join("sub/sub/new"), b"evil").unwrap();
    std::fs::write(to.join("precious"), b"evil").unwrap();
    std::fs::write(to.join("good"), b"good").unwrap();
    let wim = sandbox.capture();
    let dest = sandbox.at("dest");
    std::fs::create_dir(&dest).unwrap();
    symlink("../outside", dest.join("sub")).unwrap();
    symlink("../outside/precious", dest.join("precious")).unwrap();
    let report = sandbox.extract(&wim);
    let failed: Vec<_> = report.failed.iter().map(|p| (p.path.as_str(), p.kind)).collect();
    assert_eq!(failed[0], ("\\precious", ErrorKind::AlreadyExists));
    assert_eq!(failed[1], ("\\sub", ErrorKind::UnsafePath));
    assert_eq!(failed.len(), 5, "{failed:?}");
    // Replaced on the second run, not followed.
    assert_eq!(std::fs::read(dest.join("precious")).unwrap(), b"evil");
    assert!(!dest.join("precious").is_symlink() && dest.join("sub").is_symlink());
    assert_eq!(std::fs::read(dest.join("good")).unwrap(), b"good");
}
