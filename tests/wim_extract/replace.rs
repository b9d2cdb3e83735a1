//! What is there already is replaced by whole files only.

use crate::common::{files_below, run, temp, tool};
use crate::{open, text};
use wimwright::base::{Cancel, Event, Progress};
use wimwright::wim::ExtractOptions;

#[test]
fn an_old_file_goes_when_the_new_one_is_whole_and_not_before() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    let dir = temp();
    let (made, wim, to) = (dir.path().join("tree"), dir.path().join("x.wim"), dir.path().join("to"));
    std::fs::create_dir(&made).unwrap();
    let (end, data) = (b"the very end of the large file", text(7, 5 << 20));
    std::fs::write(made.join("large"), [&data[..], end].concat()).unwrap();
    run(
        "wimlib-imagex",
        [
            "capture".as_ref(),
            made.as_os_str(),
            wim.as_os_str(),
            "--compress=none".as_ref(),
            "--no-acls".as_ref(),
        ],
    );
    std::fs::create_dir(&to).unwrap();
    std::fs::write(to.join("large"), b"mine").unwrap();
    std::fs::hard_link(to.join("large"), to.join("another name")).unwrap();
    let mut options = ExtractOptions::default();
    options.overwrite = true;

    // Stopped in the middle of it.
    let cancel = Cancel::default();
    let flag = cancel.clone();
    let sink = move |event: &Event<'_>| {
        if event.bytes.0 > 1 << 20 {
            flag.cancel();
        }
    };
    let stopped = open(&wim).extract(1, &to, &options, &Progress::new(std::sync::Arc::new(sink), cancel));
    assert!(stopped.is_err());
    let as_before = || {
        assert_eq!(std::fs::read(to.join("large")).unwrap(), b"mine");
        assert_eq!(files_below(&to).len(), 2, "{:?}", files_below(&to));
    };
    as_before();

    // Damaged in its last byte.
    let good = std::fs::read(&wim).unwrap();
    let mut bad = good.clone();
    let at = bad.windows(end.len()).position(|w| w == end).unwrap();
    bad[at + end.len() - 1] ^= 1;
    std::fs::write(&wim, &bad).unwrap();
    let report = open(&wim).extract(1, &to, &options, &Progress::none()).unwrap();
    assert_eq!((report.failed.len(), report.files), (1, 0), "{:?}", report.failed);
    as_before();

    std::fs::write(&wim, &good).unwrap();
    let report = open(&wim).extract(1, &to, &options, &Progress::none()).unwrap();
    assert_eq!((report.failed.len(), report.files), (0, 1), "{:?}", report.failed);
    assert!(std::fs::read(to.join("large")).unwrap() == [&data[..], end].concat());
    assert_eq!(std::fs::read(to.join("another name")).unwrap(), b"mine", "only the name is replaced");
    assert_eq!(files_below(&to).len(), 2);
}
