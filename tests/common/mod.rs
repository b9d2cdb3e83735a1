//! What the integration tests share: where the data and the judges are, folders that clean up, running `wright`.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The repository's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of real packages, images and deltas: `WIMWRIGHT_TESTDATA`, or `../shared/testdata` beside the
/// checkout. Without it a line says what was skipped.
pub fn testdata() -> Option<PathBuf> {
    let found = beside("WIMWRIGHT_TESTDATA", "testdata");
    if found.is_none() {
        eprintln!("skipped: no test data (set WIMWRIGHT_TESTDATA)");
    }
    found
}

/// The folder of generators: `WIMWRIGHT_TOOLS`, or `../shared/tools`.
pub fn tools() -> Option<PathBuf> {
    let found = beside("WIMWRIGHT_TOOLS", "tools");
    if found.is_none() {
        eprintln!("skipped: no generators (set WIMWRIGHT_TOOLS)");
    }
    found
}

fn beside(variable: &str, folder: &str) -> Option<PathBuf> {
    let named = std::env::var_os(variable).map(PathBuf::from);
    let path = named.unwrap_or_else(|| root().join("../shared").join(folder));
    path.is_dir().then(|| path.canonicalize().unwrap_or(path))
}

/// A program on `PATH`. Without it a line says what was skipped.
pub fn tool(name: &str) -> Option<PathBuf> {
    let found = std::env::var_os("PATH")
        .and_then(|paths| std::env::split_paths(&paths).map(|p| p.join(name)).find(|p| p.is_file()));
    if found.is_none() {
        eprintln!("skipped: {name} is not installed");
    }
    found
}

/// A folder that is removed at the end of the test.
pub fn temp() -> tempfile::TempDir {
    tempfile::Builder::new().prefix("wimwright-test-").tempdir().expect("a temporary folder")
}

/// Every regular file below `dir`, sorted.
pub fn files_below(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut pending = vec![dir.to_path_buf()];
    while let Some(dir) = pending.pop() {
        for entry in std::fs::read_dir(&dir).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => pending.push(entry.path()),
                Ok(kind) if kind.is_file() => found.push(entry.path()),
                _ => {}
            }
        }
    }
    found.sort();
    found
}

/// Runs a program and fails the test, with all that it said, unless it ends well.
pub fn run<S: AsRef<OsStr>>(program: impl AsRef<OsStr>, args: impl IntoIterator<Item = S>) -> Output {
    let program = program.as_ref();
    let args: Vec<_> = args.into_iter().map(|a| a.as_ref().to_owned()).collect();
    let out = Command::new(program).args(&args).output().expect("the program starts");
    assert!(
        out.status.success(),
        "{} {args:?}: {}\n{}{}",
        program.display(),
        out.status,
        String::from_utf8_lossy(&out.stdout),
        String::from_utf8_lossy(&out.stderr),
    );
    out
}
