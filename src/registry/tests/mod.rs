//! The registry layer over the hives of the test data, and damaged in every way.

mod diff;
mod edit;
mod edit_real;
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
        // By the macro it would be shown only when the test fails.
        let line = b"skipped: no test data (set WIMWRIGHT_TESTDATA)\n";
        let _ = std::io::Write::write_all(&mut std::io::stderr(), line);
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

/// Hands out `rounds` copies of a hive, each with some words set to nasty or random numbers.
fn damage(good: &[u8], rounds: usize, mut use_it: impl FnMut(Vec<u8>)) {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let end = 4096 + super::u32_at(good, 40) as usize;
    for round in 0..rounds {
        let mut data = good.to_vec();
        let mut place = || 4096 + random() as usize % (end - 4100) / 4 * 4;
        let places: Vec<(usize, usize)> = (0..=round % 8).map(|_| (place(), place())).collect();
        for (at, from) in places {
            let number = match random() % 6 {
                0 => 0,
                1 => u32::MAX,
                2 => 0x20,
                3 => 0x8000_0000,
                // What is an offset or a size elsewhere.
                4 => super::u32_at(good, from),
                _ => random() as u32,
            };
            data[at..at + 4].copy_from_slice(&number.to_le_bytes());
        }
        use_it(data);
    }
}
