//! Two processes and one WIM.

use crate::common::{sample_image, temp, wright};
use std::fs::File;
use wimwright::wim::commit::WriteLock;

/// Two that would make the same new file: the second hears of it at once, and nothing is left beside the one.
#[test]
fn a_second_maker_of_a_new_file_is_told_at_once() {
    let dir = temp();
    let Some(_) = sample_image(dir.path(), 60) else { return };
    let output = dir.path().join("new.wim");
    std::fs::write(dir.path().join("update.cab"), b"is never read").unwrap();
    let first = WriteLock::for_output(&output).unwrap();
    for args in [
        &["export", "sample.wim", "all", "new.wim"] as &[_],
        &["service", "sample.wim", "update.cab", "--output", "new.wim"],
        &["split", "sample.wim", "new.wim", "1"],
    ] {
        let told = wright(dir.path(), args);
        assert_eq!(told.code, 1, "{args:?}");
        let said = told.stderr;
        assert!(said.contains("another process is writing") && said.contains("new.wim"), "{args:?}: {said}");
    }
    drop(first);
    assert!(!output.exists());
    assert_eq!(wright(dir.path(), ["export", "sample.wim", "1", "new.wim"]).code, 0);
    let names: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(!names.iter().any(|n| n.to_string_lossy().contains("lock")), "{names:?}");
}

/// Every command that writes a WIM is told at once, by name, that another process does; reading goes on.
#[test]
fn a_second_writer_is_told_at_once() {
    let dir = temp();
    let Some(image) = sample_image(dir.path(), 60) else { return };
    std::fs::copy(&image, dir.path().join("other.wim")).unwrap();
    std::fs::write(dir.path().join("update.cab"), b"is never read").unwrap();
    let before = std::fs::read(&image).unwrap();
    let other = File::options().read(true).write(true).open(&image).unwrap();
    other.lock().unwrap();
    for args in [
        &["delete", "sample.wim", "1"] as &[_],
        &["set", "sample.wim", "1", "--name", "x"],
        &["optimize", "sample.wim"],
        &["export", "other.wim", "all", "sample.wim", "--force"],
        &["service", "sample.wim", "update.cab"],
    ] {
        let told = wright(dir.path(), args);
        assert_eq!(told.code, 1, "{args:?}");
        assert!(told.stderr.contains("another process is writing to the WIM"), "{args:?}: {}", told.stderr);
        assert!(told.stderr.contains("sample.wim"), "{args:?}: {}", told.stderr);
    }
    assert_eq!(wright(dir.path(), ["verify", "sample.wim"]).code, 0);
    assert_eq!(wright(dir.path(), ["export", "sample.wim", "1", "new.wim"]).code, 0);
    assert!(std::fs::read(&image).unwrap() == before);
    drop(other);
    // A program that another test starts has the lock too, for the moment until it is itself.
    let freed = || wright(dir.path(), ["set", "sample.wim", "1", "--name", "x"]).code == 0;
    assert!((0..50).any(|_| freed() || {
        std::thread::sleep(std::time::Duration::from_millis(100));
        false
    }));
}
