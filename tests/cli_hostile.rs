//! Damaged and hostile files: an answer or one clear sentence, quickly, in little memory, inside the destination.

mod common;

use common::{Measured, files_below};
use std::path::{Path, PathBuf};

const SECONDS: u32 = 10;
const PEAK_KB: u64 = 512 << 10;

/// Runs `command` on `file` in a sandbox whose only legitimate new entry is `a/b/dest`.
fn tried(file: &Path, command: &[&str]) -> Option<Measured> {
    let sandbox = common::temp();
    let inner = sandbox.path().join("a/b");
    std::fs::create_dir_all(&inner).unwrap();
    let file = file.to_string_lossy();
    let args = command.iter().map(|word| if *word == "FILE" { file.as_ref() } else { *word });
    let result = common::wright_measured(&inner, SECONDS, args)?;
    let told = format!("wright {}: {file}\n{}", command.join(" "), result.stderr);
    assert!(result.code >= 0, "ended by signal or out of time ({} s): {told}", result.seconds);
    assert!(result.code <= 3, "exit {}: {told}", result.code);
    assert!(!result.stderr.contains("panicked"), "{told}");
    assert!(result.peak_kb < PEAK_KB, "{} kB: {told}", result.peak_kb);
    if result.code != 0 && result.stdout.is_empty() {
        assert!(result.stderr.contains("wright: "), "no sentence: {told}");
    }
    for (folder, allowed) in
        [(sandbox.path().to_owned(), "a"), (sandbox.path().join("a"), "b"), (inner, "dest")]
    {
        for entry in std::fs::read_dir(folder).unwrap() {
            assert_eq!(entry.unwrap().file_name(), allowed, "written outside: {told}");
        }
    }
    Some(result)
}

fn all(folders: &[&str], commands: &[&[&str]]) {
    let Some(data) = common::testdata() else { return };
    if common::tool("python3").is_none() {
        return;
    }
    let files: Vec<PathBuf> = folders.iter().flat_map(|f| files_below(&data.join(f))).collect();
    assert!(!files.is_empty());
    let (mut answers, mut errors) = (0, 0);
    for file in &files {
        for command in commands {
            match tried(file, command) {
                Some(result) if result.code == 0 => answers += 1,
                Some(_) => errors += 1,
                None => return,
            }
        }
    }
    println!("{} files: {answers} answers, {errors} clear errors", files.len());
}

const IMAGE: &[&[&str]] = &[
    &["info", "FILE"],
    &["info", "FILE", "--json"],
    &["ls", "FILE", "1"],
    &["verify", "FILE"],
    &["extract", "FILE", "1", "dest"],
];
const UPDATE: &[&[&str]] =
    &[&["inspect", "FILE"], &["inspect", "FILE", "--json"], &["unpack", "FILE", "dest"], &["info", "FILE"]];

#[test]
fn images_answer_or_say_why_not() {
    all(&["wim"], IMAGE);
}

#[test]
fn cabinets_answer_or_say_why_not() {
    all(&["cab-bad", "cab-e8"], UPDATE);
}

#[test]
fn images_as_updates_and_cabinets_as_images_are_refused() {
    all(&["wim/wimlib", "hive"], &[&["inspect", "FILE"], &["unpack", "FILE", "dest"]]);
    all(&["cab-bad/gcab", "hive"], IMAGE);
}
