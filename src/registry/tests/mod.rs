//! The registry layer over the hives of the test data, and damaged in every way.

mod log;
mod read;

use super::{Hive, Key};
use crate::base::Limits;
use std::path::{Path, PathBuf};

fn hives() -> Option<PathBuf> {
    let named = std::env::var_os("WIMWRIGHT_TESTDATA").map(PathBuf::from);
    let data = named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/testdata"));
    let found = data.join("hive");
    if !found.is_dir() {
        eprintln!("skipped: no test data (set WIMWRIGHT_TESTDATA)");
        return None;
    }
    Some(found)
}

fn limits() -> Limits {
    Limits::default()
}

/// All that can be read of a key: a way through every accessor.
fn read_key(key: &Key<'_>) -> crate::error::Result<usize> {
    let mut bytes = key.name().units().len() + key.class()?.units().len() + key.path().len();
    bytes += key.security()?.map_or(0, <[u8]>::len);
    for value in key.values()? {
        bytes += value.data()?.len() + value.name().units().len();
        let _ = (value.text()?, value.strings()?, value.dword()?, value.qword()?);
    }
    Ok(bytes + key.subkeys()?.len())
}

fn read_all(hive: &Hive) -> (usize, usize) {
    let (mut good, mut bad) = (0, 0);
    for key in hive.walk() {
        match key.and_then(|k| read_key(&k)) {
            Ok(_) => good += 1,
            Err(_) => bad += 1,
        }
    }
    (good, bad)
}

fn open(root: &Path, name: &str) -> Hive {
    Hive::open(std::fs::read(root.join(name)).unwrap(), &limits()).unwrap()
}
