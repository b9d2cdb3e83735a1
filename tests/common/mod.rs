//! What the integration tests share: where the data and the judges are, folders that clean up, running `wright`.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Says what is skipped. Straight to standard error: what a test prints by the macros is shown only when it fails.
pub fn skipped(why: &str) {
    let _ = std::io::Write::write_all(&mut std::io::stderr(), format!("skipped: {why}\n").as_bytes());
}

/// The repository's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of real packages, images and deltas: `WIMWRIGHT_TESTDATA`, or `../shared/testdata` beside the
/// checkout. Without it a line says what was skipped.
pub fn testdata() -> Option<PathBuf> {
    let found = beside("WIMWRIGHT_TESTDATA", "testdata");
    if found.is_none() {
        skipped("no test data (set WIMWRIGHT_TESTDATA)");
    }
    found
}

/// The folder of generators: `WIMWRIGHT_TOOLS`, or `../shared/tools`.
pub fn tools() -> Option<PathBuf> {
    let found = beside("WIMWRIGHT_TOOLS", "tools");
    if found.is_none() {
        skipped("no generators (set WIMWRIGHT_TOOLS)");
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
        skipped(&format!("{name} is not installed"));
    }
    found
}

/// The `wimlib-imagex` of the version that is built in, newer than the one installed. Without it a line says so.
pub fn newer_wimlib() -> Option<PathBuf> {
    let build = Path::new(env!("CARGO_BIN_EXE_wright")).with_file_name("build");
    let builds = std::fs::read_dir(build).into_iter().flatten().flatten().map(|entry| entry.path());
    let ours = |p: &PathBuf| p.file_name().is_some_and(|n| n.to_string_lossy().starts_with("wimlib-sys-"));
    let found = builds.filter(ours).map(|p| p.join("out/bin/wimlib-imagex")).find(|p| p.is_file());
    if found.is_none() {
        skipped("no wimlib-imagex beside the wimlib that was built");
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

/// What a measured run of `wright` did.
#[derive(Debug)]
pub struct Measured {
    /// Exit status; negative when a signal ended it.
    pub code: i32,
    /// Wall time.
    pub seconds: f64,
    /// Peak resident memory.
    pub peak_kb: u64,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: String,
}

impl Measured {
    /// The one JSON document on standard output.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.stdout).unwrap_or_else(|e| {
            panic!("no JSON document ({e}): {}\n{}", String::from_utf8_lossy(&self.stdout), self.stderr)
        })
    }

    /// That document, of a run that must have ended with `code`.
    pub fn expect(&self, code: i32) -> serde_json::Value {
        assert_eq!(self.code, code, "{}\n{}", String::from_utf8_lossy(&self.stdout), self.stderr);
        self.json()
    }
}

/// Runs `wright` in the folder `dir`.
pub fn wright<S: AsRef<OsStr>>(dir: &Path, args: impl IntoIterator<Item = S>) -> Measured {
    let out = Command::new(env!("CARGO_BIN_EXE_wright"))
        .args(args)
        .current_dir(dir)
        .output()
        .expect("wright starts");
    let stderr = String::from_utf8_lossy(&out.stderr).into_owned();
    let code = out.status.code().unwrap_or(-1);
    Measured { code, seconds: 0.0, peak_kb: 0, stdout: out.stdout, stderr }
}

/// Runs `wright` in the folder `dir` with a time limit, and measures it. `None` without Python.
pub fn wright_measured<S: AsRef<OsStr>>(
    dir: &Path,
    limit_seconds: u32,
    args: impl IntoIterator<Item = S>,
) -> Option<Measured> {
    let out = Command::new(tool("python3")?)
        .arg(root().join("tests/common/measure.py"))
        .arg(limit_seconds.to_string())
        .arg(env!("CARGO_BIN_EXE_wright"))
        .args(args)
        .current_dir(dir)
        .output()
        .expect("python3 starts");
    let stderr = String::from_utf8_lossy(&out.stderr).into_owned();
    let line = stderr.lines().last().expect("the measurement");
    let words: Vec<&str> = line.split_whitespace().collect();
    assert!(words.len() == 4 && words[0] == "measured", "{stderr}");
    let (code, seconds, peak_kb) = (words[1].parse(), words[2].parse(), words[3].parse());
    let (code, seconds, peak_kb) = (code.unwrap(), seconds.unwrap(), peak_kb.unwrap());
    Some(Measured { code, seconds, peak_kb, stdout: out.stdout, stderr })
}

/// Gives an image, which has none, a servicing stack of this version, by the folder that one keeps its version in.
pub fn give_stack(image: &Path, index: &str, version: &str) {
    let empty = temp();
    let place = format!("/Windows/servicing/Version/{version}");
    let command = format!("add '{}' '{place}'", empty.path().display());
    let args = ["update".as_ref(), image.as_os_str(), index.as_ref(), "--command".as_ref(), command.as_ref()];
    run("wimlib-imagex", args);
}

/// A sample image of two indexes by `scripts/sample-image`.
pub fn sample_image(dir: &Path, files: u32) -> Option<PathBuf> {
    tool("wimlib-imagex")?;
    let image = dir.join("sample.wim");
    let files = files.to_string();
    let script = root().join("scripts/sample-image");
    run(tool("python3")?, [script.as_os_str(), image.as_os_str(), "--files".as_ref(), files.as_ref()]);
    Some(image)
}

/// A cabinet of these files, MSZIP in one folder.
pub fn cabinet(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = cab::CabinetBuilder::new();
    let folder = builder.add_folder(cab::CompressionType::MsZip);
    for (name, _) in files {
        folder.add_file(*name);
    }
    let mut writer = builder.build(std::io::Cursor::new(Vec::new())).expect("a cabinet");
    for (_, contents) in files {
        let mut file = writer.next_file().expect("a member").expect("as many members as files");
        std::io::Write::write_all(&mut file, contents).expect("its contents");
    }
    writer.finish().expect("a cabinet").into_inner()
}
