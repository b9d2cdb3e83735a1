//! What Windows does otherwise: long paths, reserved names, files that others hold, read-only files, files that are
//! replaced while they are open. Run under Wine by `scripts/windows`, which makes the sample image.
#![cfg(windows)]

use std::fs::{self, OpenOptions as Open};
use std::os::windows::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use wimwright::ErrorKind;
use wimwright::base::{ImagePath, ImageTree, Progress};
use wimwright::service::{Session, SessionOptions};
use wimwright::wim::capture::{CaptureOptions, append, capture};
use wimwright::wim::commit::{CommitOptions, commit};
use wimwright::wim::overlay::Overlay;
use wimwright::wim::write::{ExportOptions, optimize};
use wimwright::wim::{ExtractOptions, OpenOptions, WimFile};

/// A copy of the sample image in a folder of its own.
fn sample() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let image = dir.path().join("install.wim");
    let sample = std::env::var_os("WIMWRIGHT_SAMPLE").expect("WIMWRIGHT_SAMPLE names a sample image");
    fs::copy(sample, &image).unwrap();
    (dir, image)
}

fn open(path: &Path) -> WimFile {
    WimFile::open(path, &OpenOptions::new()).unwrap()
}

fn put(image: &Path, files: &[(&str, &[u8])]) -> wimwright::Result<()> {
    let wim = WimFile::open(image, &OpenOptions::new())?;
    let mut overlay = Overlay::new(&wim, 1)?;
    for (path, bytes) in files {
        overlay.put(&ImagePath::parse(path)?, bytes.to_vec())?;
    }
    commit(&wim, vec![overlay], &CommitOptions::new(), &Progress::none()).map(|_| ())
}

#[test]
fn long_paths_and_reserved_names_are_extracted() {
    let (dir, image) = sample();
    let deep = format!("{}/{}/{}/file.txt", "a".repeat(120), "b".repeat(120), "c".repeat(120));
    put(&image, &[(&deep, b"deep"), ("names/aux.txt", b"aux"), ("names/con", b"con"), ("names/plain", b"")])
        .unwrap();
    let dest = dir.path().join("out");
    let wim = open(&image);
    let report = wim.extract(1, &dest, &ExtractOptions::default(), &Progress::none()).unwrap();
    // A device is not written to, whatever its ending; all else is.
    let mut refused: Vec<_> = report.failed.iter().map(|f| (f.kind, f.path.to_lowercase())).collect();
    refused.sort_by(|a, b| a.1.cmp(&b.1));
    let devices = [r"\names\aux.txt", r"\names\con"].map(|path| (ErrorKind::UnsafePath, path.to_owned()));
    assert_eq!(refused, devices);
    // The canonical form is the one without Windows' rules for short paths and old device names.
    let dest = dest.canonicalize().unwrap();
    assert_eq!(fs::read(dest.join(deep.replace('/', "\\"))).unwrap(), b"deep");
    assert_eq!(fs::read_dir(dest.join("names")).unwrap().count(), 1);
    assert_eq!(fs::read(dest.join("names").join("plain")).unwrap(), b"");
    // A second time everything is in the way, until it may be replaced.
    let again = wim.extract(1, &dest, &ExtractOptions::default(), &Progress::none()).unwrap();
    assert!(again.failed.iter().any(|f| f.kind == ErrorKind::AlreadyExists));
    let mut over = ExtractOptions::default();
    over.overwrite = true;
    assert_eq!(wim.extract(1, &dest, &over, &Progress::none()).unwrap().failed.len(), 2);
}

#[test]
fn a_folder_is_captured_with_what_windows_does_otherwise() {
    let (dir, image) = sample();
    let folder = dir.path().join("folder");
    fs::create_dir(&folder).unwrap();
    let folder = folder.canonicalize().unwrap();
    let deep = ["d".repeat(100), "e".repeat(100), "f".repeat(100)].join("\\");
    fs::create_dir_all(folder.join(&deep)).unwrap();
    fs::write(folder.join(&deep).join("file.txt"), "deep").unwrap();
    fs::write(folder.join("Größe 😀.txt"), "name").unwrap();
    fs::write(folder.join("aux.txt"), "reserved").unwrap();
    fs::write(folder.join("only.txt"), "read-only").unwrap();
    let mut permissions = fs::metadata(folder.join("only.txt")).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(folder.join("only.txt"), permissions.clone()).unwrap();

    let made = dir.path().join("captured.wim");
    let mut options = CaptureOptions::new();
    options.properties.name = Some("First".into());
    let report = capture(&folder, &made, &options, &Progress::none()).unwrap();
    assert_eq!((report.index, report.files, report.directories), (1, 4, 4));
    options.properties.name = Some("Second".into());
    append(&folder, &open(&made), &options, &Progress::none()).unwrap();
    append(&folder, &open(&image), &options, &Progress::none()).unwrap();
    for (wim, index) in [(open(&made), 1), (open(&made), 2), (open(&image), 3)] {
        let view = wim.view(index).unwrap();
        let read = |path: &str| view.read(&ImagePath::parse(path).unwrap(), 100).unwrap();
        assert_eq!(read(&format!("{deep}\\file.txt")), b"deep");
        assert_eq!(read("Größe 😀.txt"), b"name");
        assert_eq!(read("aux.txt"), b"reserved");
        assert_eq!(read("only.txt"), b"read-only");
        let stat = view.stat(&ImagePath::parse("only.txt").unwrap()).unwrap().unwrap();
        assert_eq!(stat.attributes & 1, 1, "the attribute read-only");
    }
    // A file that another program keeps for itself cannot be read, and the error names it.
    let held = Open::new().write(true).share_mode(0).open(folder.join("aux.txt")).unwrap();
    let failed = capture(&folder, &dir.path().join("none.wim"), &options, &Progress::none()).unwrap_err();
    assert!(matches!(failed.kind(), ErrorKind::Busy | ErrorKind::PermissionDenied), "{failed}");
    assert!(failed.to_string().contains("aux.txt"), "{failed}");
    assert!(!dir.path().join("none.wim").exists());
    drop(held);
    #[expect(clippy::permissions_set_readonly_false, reason = "this is Windows")]
    permissions.set_readonly(false);
    fs::set_permissions(folder.join("only.txt"), permissions).unwrap();
}

#[test]
fn an_update_is_committed_in_place() {
    let Some(update) = std::env::var_os("WIMWRIGHT_UPDATE") else { return };
    let (dir, image) = sample();
    let mut options = SessionOptions::default();
    options.receipt = Some(dir.path().join("receipt.json"));
    let mut session = Session::open(&image, options).unwrap();
    session.add_update(Path::new(&update), &Progress::none()).unwrap();
    let receipt = session.commit(&Progress::none()).unwrap();
    assert!(
        receipt.to_json().contains("\"written\": true") || receipt.to_json().contains("\"written\":true")
    );
    drop(session);
    assert!(fs::read_to_string(dir.path().join("receipt.json")).unwrap().contains("wimwright.receipt.v1"));
    let packages =
        open(&image).view(2).unwrap().list(&ImagePath::parse("Windows/servicing/Packages").unwrap()).unwrap();
    assert!(packages.iter().any(|entry| entry.name.to_string().contains("KB9999999")));
}

#[test]
fn a_file_that_another_holds_is_busy_and_stays_as_it_is() {
    let (_dir, image) = sample();
    let before = fs::read(&image).unwrap();
    let writer = Open::new().read(true).write(true).share_mode(3).open(&image).unwrap();
    assert_eq!(put(&image, &[("a", b"a")]).unwrap_err().kind(), ErrorKind::Busy);
    let session = Session::open(&image, SessionOptions::default());
    assert_eq!(session.map(|_| ()).unwrap_err().kind(), ErrorKind::Busy);
    drop(writer);
    assert_eq!(fs::read(&image).unwrap(), before);
    put(&image, &[("a", b"a")]).unwrap();
    let view = open(&image).view(1).unwrap();
    assert_eq!(view.read(&ImagePath::parse("a").unwrap(), 10).unwrap(), b"a");
}

#[test]
fn a_read_only_file_is_refused_and_can_be_written_elsewhere() {
    let (dir, image) = sample();
    let mut permissions = fs::metadata(&image).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&image, permissions.clone()).unwrap();
    // Wine does not keep root from it.
    if Open::new().write(true).open(&image).is_ok() {
        println!("skipped: this user may write files that are read-only");
    } else {
        assert_eq!(put(&image, &[("a", b"a")]).unwrap_err().kind(), ErrorKind::PermissionDenied);
    }
    let wim = open(&image);
    let mut overlay = Overlay::new(&wim, 1).unwrap();
    overlay.put(&ImagePath::parse("a").unwrap(), b"a".to_vec()).unwrap();
    let mut options = CommitOptions::new();
    options.output = Some(dir.path().join("new.wim"));
    commit(&wim, vec![overlay], &options, &Progress::none()).unwrap();
    assert!(
        open(&dir.path().join("new.wim"))
            .view(1)
            .unwrap()
            .stat(&ImagePath::parse("a").unwrap())
            .unwrap()
            .is_some()
    );
    #[expect(clippy::permissions_set_readonly_false, reason = "this is Windows")]
    permissions.set_readonly(false);
    fs::set_permissions(&image, permissions).unwrap();
}

#[test]
fn a_file_that_is_replaced_while_it_is_open_is_noticed() {
    let (dir, image) = sample();
    let wim = open(&image);
    let mut overlay = Overlay::new(&wim, 1).unwrap();
    overlay.put(&ImagePath::parse("a").unwrap(), b"a".to_vec()).unwrap();
    // Somebody else's commit comes between.
    put(&image, &[("b", b"b")]).unwrap();
    let between = fs::read(&image).unwrap();
    let late = commit(&wim, vec![overlay], &CommitOptions::new(), &Progress::none());
    assert_eq!(late.unwrap_err().kind(), ErrorKind::Busy);
    assert_eq!(fs::read(&image).unwrap(), between);
    // A new file takes the old one's place; where Windows does not let it, the old one is whole.
    let wim = open(&image);
    match optimize(&wim, &ExportOptions::new(), &Progress::none()) {
        Ok(_) => {}
        Err(e) => assert!(matches!(e.kind(), ErrorKind::Busy | ErrorKind::PermissionDenied), "{e}"),
    }
    drop(wim);
    let left = fs::read_dir(dir.path()).unwrap().count();
    assert_eq!(left, 1, "nothing is left behind");
    assert!(open(&image).view(1).unwrap().stat(&ImagePath::parse("b").unwrap()).unwrap().is_some());
}

#[test]
fn the_command_works() {
    let (dir, image) = sample();
    let wright = |args: &[&str]| {
        let out =
            Command::new(env!("CARGO_BIN_EXE_wright")).args(args).current_dir(dir.path()).output().unwrap();
        (out.status.code(), String::from_utf8_lossy(&out.stdout).into_owned())
    };
    assert_eq!(wright(&["verify", "install.wim", "--quiet"]).0, Some(0));
    let (code, info) = wright(&["info", "install.wim", "--json"]);
    assert!(code == Some(0) && info.contains("\"Enterprise\""), "{info}");
    assert_eq!(wright(&["export", "install.wim", "1", "one.wim", "--quiet"]).0, Some(0));
    assert_eq!(wright(&["extract", "one.wim", "1", "out", "--quiet"]).0, Some(0));
    assert!(dir.path().join("out/Windows/System32/config/edition.txt").is_file());
    assert_eq!(wright(&["capture", "out", "again.wim", "--quiet"]).0, Some(0));
    assert_eq!(wright(&["verify", "again.wim", "--quiet"]).0, Some(0));
    // There are no mounts: it says so, and what does without.
    let (code, said) = wright(&["mount", "one.wim", "1", "out", "--json"]);
    assert!(
        code == Some(2) && said.contains("not_available") && said.contains("extract"),
        "{code:?}: {said}"
    );
    if let Some(update) = std::env::var_os("WIMWRIGHT_UPDATE") {
        fs::copy(update, dir.path().join("windows10.0-kb9999999-x64.msu")).unwrap();
        let args =
            ["service", "install.wim", "windows10.0-kb9999999-x64.msu", "--output", "new.wim", "--quiet"];
        assert_eq!(wright(&args).0, Some(0));
        assert_eq!(wright(&["verify", "new.wim", "--quiet"]).0, Some(0));
    }
    drop(image);
}
