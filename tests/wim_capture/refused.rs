//! What a capture refuses, and that nothing half written stays.

use crate::common::{run, temp};
use crate::shape::{Random, judged, open, random_tree};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use wimwright::ErrorKind;
use wimwright::base::{Cancel, Event, Phase, Progress};
use wimwright::wim::capture::{CaptureOptions, append, capture};
use wimwright::wim::commit::WriteLock;

fn files(dir: &Path) -> usize {
    std::fs::read_dir(dir).unwrap().count()
}

#[test]
fn a_file_that_changes_meanwhile_is_named_and_nothing_is_written() {
    let work = temp();
    let (folder, wim) = (work.path().join("tree"), work.path().join("x.wim"));
    std::fs::create_dir_all(folder.join("dir")).unwrap();
    for i in 0..8 {
        std::fs::write(folder.join(format!("dir/{i}")), vec![i; 30_000]).unwrap();
    }
    for change in 0..4 {
        let victim = folder.join("dir/5");
        std::fs::write(&victim, vec![5; 30_000]).unwrap();
        let file = std::fs::File::options().write(true).open(&victim).unwrap();
        file.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(1)).unwrap();
        let (path, done) = (victim.clone(), AtomicBool::new(false));
        let sink = move |event: &Event<'_>| {
            if event.phase == Phase::Write && !done.swap(true, Relaxed) {
                match change {
                    0 => std::fs::write(&path, vec![6; 30_000]).unwrap(),
                    1 => std::fs::write(&path, vec![5; 29_999]).unwrap(),
                    2 => std::fs::write(&path, vec![5; 30_001]).unwrap(),
                    _ => {
                        std::fs::remove_file(&path).unwrap();
                        std::os::unix::fs::symlink("/etc/passwd", &path).unwrap();
                    }
                }
            }
        };
        let progress = Progress::new(Arc::new(sink), Cancel::default());
        let e = capture(&folder, &wim, &CaptureOptions::new(), &progress).unwrap_err();
        assert_eq!(e.kind(), ErrorKind::Busy, "{change}: {e}");
        assert!(e.to_string().contains("dir/5"), "{e}");
        assert_eq!(files(work.path()), 1, "nothing but the folder is there");
        let _ = std::fs::remove_file(&victim);
    }
}

#[test]
fn cancelled_work_leaves_everything_as_it_was() {
    let work = temp();
    let (folder, wim) = (work.path().join("tree"), work.path().join("x.wim"));
    random_tree(&folder, &mut Random(11), 60);
    let cancelling = || {
        let cancel = Cancel::default();
        let flag = cancel.clone();
        let sink = move |event: &Event<'_>| {
            if event.phase == Phase::Write && event.bytes.0 > 0 {
                flag.cancel();
            }
        };
        Progress::new(Arc::new(sink), cancel)
    };
    let e = capture(&folder, &wim, &CaptureOptions::new(), &cancelling()).unwrap_err();
    assert_eq!((e.kind(), files(work.path())), (ErrorKind::Cancelled, 1));
    crate::captured(&work.path().join("tree"), &wim, |_| ());
    std::fs::write(folder.join("more"), vec![3; 100_000]).unwrap();
    let before = std::fs::read(&wim).unwrap();
    let mut options = CaptureOptions::new();
    options.properties.name = Some("second".into());
    let e = append(&folder, &open(&wim), &options, &cancelling()).unwrap_err();
    assert_eq!(e.kind(), ErrorKind::Cancelled);
    assert!(before == std::fs::read(&wim).unwrap());
    let lock = WriteLock::new(&open(&wim)).unwrap();
    let e = append(&folder, &open(&wim), &options, &Progress::none()).unwrap_err();
    assert_eq!(e.kind(), ErrorKind::Busy);
    drop(lock);
    append(&folder, &open(&wim), &options, &Progress::none()).unwrap();
    judged(&wim, true);
}

#[test]
fn what_an_image_cannot_hold_is_left_out_or_refused() {
    use std::os::unix::ffi::OsStrExt;
    let work = temp();
    let (folder, wim) = (work.path().join("tree"), work.path().join("x.wim"));
    std::fs::create_dir(&folder).unwrap();
    run("mkfifo", [folder.join("pipe")]);
    let _socket = std::os::unix::net::UnixListener::bind(folder.join("socket")).unwrap();
    for name in ["con", "trailing.", "ok", "a:b"] {
        std::fs::write(folder.join(name), name).unwrap();
    }
    // The file that is written lies in the folder that is captured.
    let inside = folder.join("inside.wim");
    let report = crate::captured(&folder, &inside, |_| ());
    assert_eq!((report.special_count, report.forbidden_count, report.files), (2, 3, 4), "{report:?}");
    assert_eq!(report.special[0].path, "pipe");
    let again = crate::captured(&folder, &inside, |_| ());
    assert_eq!((again.files, again.excluded), (4, 1));
    judged(&inside, true);
    std::fs::remove_file(&inside).unwrap();
    let bad = folder.join(std::ffi::OsStr::from_bytes(b"bad\xFFname"));
    std::fs::write(&bad, b"x").unwrap();
    let e = capture(&folder, &wim, &CaptureOptions::new(), &Progress::none()).unwrap_err();
    assert_eq!(e.kind(), ErrorKind::UnsafePath, "{e}");
    std::fs::remove_file(bad).unwrap();
    for (source, kind) in [("absent", ErrorKind::NotFound), ("tree/ok", ErrorKind::Io)] {
        let e =
            capture(&work.path().join(source), &wim, &CaptureOptions::new(), &Progress::none()).unwrap_err();
        assert!(e.kind() == kind || kind == ErrorKind::Io, "{source}: {e}");
    }
    std::fs::write(&wim, b"mine").unwrap();
    let e = capture(&folder, &wim, &CaptureOptions::new(), &Progress::none()).unwrap_err();
    assert_eq!(e.kind(), ErrorKind::AlreadyExists);
    assert_eq!(std::fs::read(&wim).unwrap(), b"mine");
}
