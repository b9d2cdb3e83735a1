//! The WIMs that a delta WIM takes the rest of its contents from: a flag that several commands take.

use std::path::{Path, PathBuf};
use wimwright::Error;
use wimwright::wim::{OpenOptions, WimFile};

/// Where blobs come from that the WIM does not hold.
#[derive(clap::Args)]
pub struct References {
    /// Of a delta WIM: take contents that are not in it from this WIM, ESD or part of a split set; * and ? stand for
    /// several files, and it may be given more than once
    #[arg(long = "ref", value_name = "WIM|GLOB")]
    refs: Vec<PathBuf>,
}

impl References {
    /// Opens `path` with them.
    pub fn open(&self, path: &Path) -> Result<WimFile, Error> {
        let mut options = OpenOptions::new();
        options.references.clone_from(&self.refs);
        WimFile::open(path, &options)
    }

    /// The same where a pipe will do too: `-` stands for standard input.
    pub fn open_or_pipe(&self, path: &Path) -> Result<WimFile, Error> {
        if path != Path::new("-") {
            return self.open(path);
        }
        let mut options = OpenOptions::new();
        options.references.clone_from(&self.refs);
        WimFile::open_pipe(&mut std::io::stdin().lock(), path, &options)
    }

    /// Their paths.
    pub fn paths(&self) -> Vec<PathBuf> {
        self.refs.clone()
    }
}
