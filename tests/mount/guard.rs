//! A place for mounts that leaves none behind, however the test ends.

use super::common::{Measured, run, tool};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder with a mount point in it; mounts there are taken away at the end.
pub struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    /// `None`, with a line that says so, where FUSE cannot be used.
    pub fn new() -> Option<Self> {
        tool("fusermount3")?;
        if !Path::new("/dev/fuse").exists() {
            let _ = std::io::Write::write_all(&mut std::io::stderr(), b"skipped: no /dev/fuse\n");
            return None;
        }
        let dir = super::common::temp();
        for name in ["m", "other"] {
            std::fs::create_dir(dir.path().join(name)).unwrap();
        }
        Some(Self { dir })
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// A file or folder in it.
    pub fn at(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Below the mount.
    pub fn in_mount(&self, path: &str) -> PathBuf {
        self.at("m").join(path)
    }

    /// Runs `wright` here, with what it knows of mounts kept here too.
    pub fn wright<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Measured {
        let out =
            self.command(Path::new(env!("CARGO_BIN_EXE_wright"))).args(args).output().expect("wright starts");
        let stderr = String::from_utf8_lossy(&out.stderr).into_owned();
        Measured {
            code: out.status.code().unwrap_or(-1),
            seconds: 0.0,
            peak_kb: 0,
            stdout: out.stdout,
            stderr,
        }
    }

    /// The same, of a run that must end well.
    pub fn done<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> String {
        let args: Vec<_> = args.into_iter().map(|arg| arg.as_ref().to_owned()).collect();
        let mut done = self.wright(&args);
        // A program that another test starts has the files that this one has open, until it is itself.
        for _ in 0..100 {
            if !(args[0] == "unmount" && done.stderr.contains("is in use")) {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
            done = self.wright(&args);
        }
        let out = String::from_utf8_lossy(&done.stdout).into_owned();
        assert_eq!(done.code, 0, "{out}\n{}", done.stderr);
        out
    }

    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.path()).env("XDG_STATE_HOME", self.at("state"));
        command
    }

    /// What `wright mounts --json` says.
    pub fn mounts(&self) -> Vec<serde_json::Value> {
        let document = self.wright(["mounts", "--json"]).expect(0);
        holds(&document, "mounts");
        document["mounts"].as_array().unwrap().clone()
    }

    /// A WIM made of the folder `tree`, by wimlib.
    pub fn captured(&self, tree: &Path) -> PathBuf {
        let wim = self.at("image.wim");
        let wimlib = tool("wimlib-imagex").expect("wimlib-imagex");
        run(wimlib, [OsStr::new("capture"), tree.as_os_str(), wim.as_os_str(), "--compress=LZX".as_ref()]);
        wim
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        for name in ["m", "other"] {
            // Not mounted is what it should be.
            let _ = Command::new("umount").arg("-l").arg(self.at(name)).output();
        }
    }
}

/// What a tree looks like: of each path its kind, size, contents or target, and time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub kind: &'static str,
    pub size: u64,
    pub digest: String,
    pub target: Option<PathBuf>,
    pub modified: i64,
    pub links: u64,
}

/// All that lies below `root`. Links and sizes of folders are left out: file systems differ there.
pub fn look(root: &Path) -> BTreeMap<Vec<u8>, Seen> {
    let mut found = BTreeMap::new();
    let mut pending = vec![root.to_path_buf()];
    while let Some(dir) = pending.pop() {
        for entry in std::fs::read_dir(&dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display())) {
            let path = entry.unwrap().path();
            let meta = path.symlink_metadata().unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            let kind = if meta.is_dir() {
                "folder"
            } else if meta.is_symlink() {
                "link"
            } else {
                "file"
            };
            let file = kind == "file";
            let digest = if file { digest(&path) } else { String::new() };
            let seen = Seen {
                kind,
                size: if file { meta.size() } else { 0 },
                digest,
                target: (kind == "link").then(|| std::fs::read_link(&path).unwrap()),
                modified: if kind == "link" { 0 } else { meta.mtime() },
                links: if file { meta.nlink() } else { 0 },
            };
            found.insert(path.strip_prefix(root).unwrap().as_os_str().as_bytes().to_vec(), seen);
            if kind == "folder" {
                pending.push(path);
            }
        }
    }
    found
}

pub fn digest(path: &Path) -> String {
    let bytes = std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    wimwright::base::sha1(&bytes).to_string()
}

/// Bytes that compress somewhat and differ by `seed`.
pub fn bytes(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut out = Vec::with_capacity(len + 8);
    while out.len() < len {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let word = (state >> 32) as u32 & 0x0F0F_7FFF;
        out.extend_from_slice(&word.to_le_bytes());
    }
    out.truncate(len);
    out
}

/// A tree with files of many sizes, hard links, links, odd names, times.
pub fn make_tree(root: &Path) {
    let dir = |name: &str| std::fs::create_dir_all(root.join(name)).unwrap();
    dir("Windows/System32/config");
    dir("empty");
    dir("Users/ä ö/deep/er");
    for (i, len) in [0, 1, 4095, 32768, 32769, 100_000, 1_500_000].into_iter().enumerate() {
        std::fs::write(root.join(format!("Windows/System32/file{i}.dll")), bytes(i as u64, len)).unwrap();
    }
    for i in 0..300 {
        std::fs::write(root.join(format!("Windows/System32/config/{i:03}.txt")), bytes(i, 700 + i as usize))
            .unwrap();
    }
    std::fs::write(root.join("Users/ä ö/deep/er/名前 (1).txt"), "text").unwrap();
    std::fs::hard_link(root.join("Windows/System32/file3.dll"), root.join("Users/same.dll")).unwrap();
    std::os::unix::fs::symlink("../Windows/System32/file1.dll", root.join("Users/to-file")).unwrap();
    std::os::unix::fs::symlink("System32/config", root.join("Windows/to-folder")).unwrap();
    let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_234_567_890);
    let file = std::fs::File::options().write(true).open(root.join("Windows/System32/file5.dll")).unwrap();
    file.set_modified(time).unwrap();
}

/// The published schema of that name describes the document.
pub fn holds(document: &serde_json::Value, name: &str) {
    let file = crate::common::root().join(format!("docs/schema/{name}.v1.json"));
    let schema = crate::schema::Schema::new(serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap());
    let wrong = schema.violations(document);
    assert!(wrong.is_empty(), "{wrong:#?}");
}
