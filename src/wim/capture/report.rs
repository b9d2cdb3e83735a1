//! What a capture answers.

use std::path::PathBuf;

/// What was captured, what was left out, and what was written.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct CaptureReport {
    /// The WIM file.
    #[serde(serialize_with = "crate::base::path_text")]
    pub path: PathBuf,
    /// The folder.
    #[serde(serialize_with = "crate::base::path_text")]
    pub source: PathBuf,
    /// The image in the WIM, from 1.
    pub index: u32,
    /// Its name.
    pub name: String,
    /// The 16 bytes that name the WIM, as 32 digits; `None` where nothing was written.
    pub guid: Option<String>,
    /// Directories, the root counted.
    pub directories: u64,
    /// Files, further names of them not counted.
    pub files: u64,
    /// Further names of files.
    pub hard_links: u64,
    /// Symbolic links and other reparse points.
    pub links: u64,
    /// Absolute links into the folder, which now count from the image's root.
    pub fixed_links: u64,
    /// Absolute links that lead out of the folder.
    pub outward_links: u64,
    /// Bytes of the contents, each file once.
    pub bytes: u64,
    /// Entries whose metadata came from the metadata file.
    pub known: u64,
    /// Entries that only the metadata file has.
    pub only_known: u64,
    /// Files and folders left out because the list says so; what is in a folder is not counted.
    pub excluded: u64,
    /// Pipes, sockets and devices, which an image cannot hold: how many.
    pub special_count: u64,
    /// The first of them.
    pub special: Vec<Passed>,
    /// Names that Windows cannot have; they are in the image all the same. How many.
    pub forbidden_count: u64,
    /// The first of them.
    pub forbidden: Vec<Passed>,
    /// What was passed over in the configuration.
    pub warnings: Vec<String>,
    /// Blobs written, without metadata.
    pub new_blobs: u64,
    /// Their bytes, uncompressed.
    pub new_bytes: u64,
    /// Their bytes as stored.
    pub stored_bytes: u64,
    /// Contents that were there already, or more than once.
    pub deduplicated: u64,
    /// Size of the WIM before; 0 for a new one.
    pub size_before: u64,
    /// Size of the WIM after.
    pub size_after: u64,
}

/// An entry that there is something to say of.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Passed {
    /// Its path below the folder.
    pub path: String,
    /// What it is.
    pub reason: String,
}

/// Most entries that a report names; the rest is counted.
const NAMED: usize = 100;

impl CaptureReport {
    pub(super) fn of_scan(&mut self, scan: &super::scan::Scan) {
        let passed = |path: &PathBuf, reason: &str| Passed {
            path: path.display().to_string(),
            reason: reason.to_owned(),
        };
        self.excluded = scan.excluded;
        self.special_count = scan.special.len() as u64;
        self.special = scan.special.iter().take(NAMED).map(|(path, what)| passed(path, what)).collect();
        self.forbidden_count = scan.forbidden.len() as u64;
        let why = "a name that Windows cannot have";
        self.forbidden = scan.forbidden.iter().take(NAMED).map(|path| passed(path, why)).collect();
    }
}
