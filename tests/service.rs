//! A real update staged into a real image's indexes, judged by wimlib; refusals write nothing.

mod common;

use common::{files_below, run, temp, testdata, tool, tools};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use wimwright::ErrorKind;
use wimwright::base::{Cancel, Event, Phase, Progress};
use wimwright::service::{Change, Session, SessionOptions, Status};

/// An image of the shared generator and the folder of packages.
fn scene(dir: &Path, files: &str, indexes: &str) -> Option<(PathBuf, PathBuf)> {
    let (packages, generator) = (testdata()?.join("packages"), tools()?.join("make_image.py"));
    tool("wimlib-imagex")?;
    tool("hivexregedit")?;
    let image = dir.join("install.wim");
    let arguments = [generator.as_os_str(), image.as_os_str()];
    let more = ["--files", files, "--indexes", indexes].map(std::ffi::OsStr::new);
    run("python3", arguments.into_iter().chain(more));
    Some((image, packages))
}

fn contents(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    files_below(dir)
        .into_iter()
        .map(|p| (p.strip_prefix(dir).unwrap().to_owned(), fs::read(&p).unwrap()))
        .collect()
}

fn apply(image: &Path, index: u32, dest: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let index = index.to_string();
    run("wimlib-imagex", ["apply".as_ref(), image.as_os_str(), index.as_ref(), dest.as_os_str()]);
    contents(dest)
}

#[test]
fn an_update_is_staged_into_every_index_and_wimlib_agrees() {
    let dir = temp();
    let Some((image, packages)) = scene(dir.path(), "300", "3") else { return };
    let before = fs::read(&image).unwrap();
    let output = dir.path().join("out.wim");
    let options = SessionOptions { output: Some(output.clone()), ..SessionOptions::default() };
    let mut session = Session::open(&image, options).unwrap();
    session.add_update(packages.join("Windows6.1-KB2999226-x64.msu"), &Progress::none()).unwrap();
    let receipt = session.commit(&Progress::none()).unwrap();
    assert!(receipt.written && receipt.applied() && receipt.registration.done);
    assert_eq!(fs::read(&image).unwrap(), before, "the input was written");
    run("wimlib-imagex", ["verify".as_ref(), output.as_os_str()]);
    if tool("7z").is_some() {
        run("7z", ["t".as_ref(), output.as_os_str()]);
    }
    let commit = receipt.commit.as_ref().unwrap();
    let mut digests: Vec<_> =
        receipt.indexes[0].files.iter().filter(|f| f.size > 0).map(|f| f.sha1).collect();
    digests.sort_unstable();
    digests.dedup();
    let changed: std::collections::BTreeSet<_> = receipt.hives.iter().map(|h| h.sha1_after).collect();
    assert_eq!(changed.len(), receipt.hives.len());
    assert_eq!(commit.new_blobs, (digests.len() + changed.len()) as u64, "one copy of each blob");
    for record in &receipt.indexes {
        let mut old = apply(&image, record.index, &dir.path().join(format!("old{}", record.index)));
        let mut new = apply(&output, record.index, &dir.path().join(format!("new{}", record.index)));
        assert_eq!(record.files.len(), receipt.indexes[0].files.len());
        for file in &record.files {
            assert_eq!(file.change, Change::Added);
            let path = file.path.trim_start_matches('\\').replace('\\', "/");
            let data = new.remove(Path::new(&path)).unwrap_or_else(|| panic!("{path} is not there"));
            assert_eq!(wimwright::base::sha256(&data), file.sha256, "{path}");
        }
        for hive in ["COMPONENTS", "SOFTWARE"] {
            let path = Path::new("Windows/System32/config").join(hive);
            assert!(old.remove(&path).unwrap() != new.remove(&path).unwrap(), "{hive} is as it was");
        }
        assert!(old == new, "other files changed in index {}", record.index);
    }
    // A second time it is staged already, there is nothing to do, and the image is left as it is.
    let once = fs::read(&output).unwrap();
    let mut again = Session::open(&output, SessionOptions::default()).unwrap();
    again.add_update(packages.join("Windows6.1-KB2999226-x64.msu"), &Progress::none()).unwrap();
    let error = again.commit(&Progress::none()).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::NotApplicable, "{error}");
    assert!(error.message().contains("Staged (0x40)"), "{error}");
    let receipt = again.receipt().unwrap();
    let actions = receipt.indexes.iter().flat_map(|i| &i.actions);
    assert!(actions.map(|a| (a.status, a.update_status)).eq([(Status::Staged, 3); 3]));
    assert!(!receipt.applied() && !receipt.written && receipt.commit.is_none());
    assert!(fs::read(&output).unwrap() == once, "the image was written");
}

#[test]
fn another_architecture_is_refused_and_nothing_is_written() {
    let dir = temp();
    let Some((image, packages)) = scene(dir.path(), "20", "1") else { return };
    let before = fs::read(&image).unwrap();
    let output = dir.path().join("out.wim");
    for target in [None, Some(output.clone())] {
        let mut session =
            Session::open(&image, SessionOptions { output: target, ..SessionOptions::default() }).unwrap();
        session.add_update(packages.join("Windows6.1-KB4016754-x86.msu"), &Progress::none()).unwrap();
        let plan = session.plan().unwrap();
        assert_eq!(plan.decisions[0].status, Status::NotApplicable);
        assert_eq!(plan.decisions[0].hresult.as_deref(), Some("0x800F081B"));
        let error = session.commit(&Progress::none()).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::ArchitectureMismatch, "{error}");
        assert!(error.message().contains("x86"), "{error}");
        assert!(!session.receipt().unwrap().written);
    }
    assert_eq!(fs::read(&image).unwrap(), before);
    assert!(!output.exists());
}

#[test]
fn a_written_image_has_its_receipt_however_late_stopping_is_asked_for() {
    let dir = temp();
    let Some((image, packages)) = scene(dir.path(), "20", "1") else { return };
    let mut session = Session::open(&image, SessionOptions::default()).unwrap();
    session.add_update(packages.join("Windows6.1-KB2999226-x64.msu"), &Progress::none()).unwrap();
    let (cancel, writing) = (Cancel::default(), AtomicBool::new(false));
    let flag = cancel.clone();
    let sink = move |event: &Event<'_>| match event.phase {
        Phase::Write => writing.store(true, Relaxed),
        Phase::Hash if writing.load(Relaxed) => flag.cancel(),
        _ => {}
    };
    let receipt = session.commit(&Progress::new(Arc::new(sink), cancel.clone())).unwrap();
    assert!(cancel.is_cancelled(), "the image was not hashed after it was written");
    let after = receipt.image.after.as_ref().unwrap();
    assert_eq!(after.sha256, wimwright::base::sha256(&fs::read(&image).unwrap()));
}
