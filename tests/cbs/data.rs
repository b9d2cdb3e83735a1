//! Real packages unpacked by cabextract, registry text, and damage for parsers.

use crate::common;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// A package's cabinet, unpacked as it is: deltas are still deltas.
pub struct Unpacked {
    /// The container's file name.
    pub name: String,
    /// Where the cabinet's members lie.
    pub dir: PathBuf,
}

/// Every package of the test data, unpacked once for all tests of the file.
pub fn packages() -> Option<&'static Vec<Unpacked>> {
    static ALL: OnceLock<Option<(tempfile::TempDir, Vec<Unpacked>)>> = OnceLock::new();
    ALL.get_or_init(unpack).as_ref().map(|(_, all)| all)
}

fn unpack() -> Option<(tempfile::TempDir, Vec<Unpacked>)> {
    let (data, cabextract) = (common::testdata()?, common::tool("cabextract")?);
    let temp = common::temp();
    let extract = |cab: &Path, dir: &Path| {
        common::run(&cabextract, [Path::new("-q"), Path::new("-d"), dir, cab]);
    };
    let mut all = Vec::new();
    for path in common::files_below(&data.join("packages")) {
        let name = path.file_name()?.to_string_lossy().into_owned();
        let dir = temp.path().join(&name);
        extract(&path, &dir);
        let inner: Vec<_> = common::files_below(&dir)
            .into_iter()
            .filter(|p| p.extension().is_some_and(|e| e == "cab") && !p.ends_with("WSUSSCAN.cab"))
            .collect();
        match inner.first() {
            Some(cab) if path.extension().is_some_and(|e| e == "msu") => {
                extract(cab, &dir.join("inner"));
                all.push(Unpacked { name, dir: dir.join("inner") });
            }
            _ => all.push(Unpacked { name, dir }),
        }
    }
    Some((temp, all))
}

/// The text of a `.reg` file.
pub fn reg_text(path: &Path) -> String {
    let bytes = std::fs::read(path).unwrap();
    match bytes.strip_prefix(&[0xFF, 0xFE]) {
        Some(wide) => {
            let units: Vec<u16> = wide.chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        None => String::from_utf8_lossy(&bytes).into_owned(),
    }
}

/// The last part of each key that has the value `name` in hexadecimal, with its bytes.
pub fn hex_values(text: &str, name: &str) -> BTreeMap<String, Vec<u8>> {
    let joined = text.replace("\r\n", "\n").replace("\\\n", "");
    let (mut out, mut key) = (BTreeMap::new(), String::new());
    for line in joined.lines() {
        if let Some(k) = line.strip_prefix('[') {
            k.trim_end_matches(']').rsplit('\\').next().unwrap_or_default().clone_into(&mut key);
        } else if let Some(value) = line.strip_prefix(&format!("\"{name}\"=hex:")) {
            let bytes = value.split(',').filter_map(|h| u8::from_str_radix(h.trim(), 16).ok()).collect();
            out.insert(key.clone(), bytes);
        }
    }
    out
}

/// A small reproducible generator.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n.max(1) as u64) as usize
    }

    /// `data` with a few bytes changed, a part cut out or a part repeated.
    pub fn damage(&mut self, data: &[u8]) -> Vec<u8> {
        let mut out = data.to_vec();
        match self.below(4) {
            0 => out.truncate(self.below(data.len())),
            1 => {
                let from = self.below(data.len());
                let to = from + self.below((data.len() - from).min(200));
                out.splice(from..to, std::iter::empty());
            }
            2 => {
                let from = self.below(data.len());
                let part = data[from..data.len().min(from + 300)].to_vec();
                let at = self.below(data.len());
                out.splice(at..at, part);
            }
            _ => {
                for _ in 0..=self.below(4) {
                    let (at, with) = (self.below(data.len()), self.below(128) as u8);
                    out[at] = with;
                }
            }
        }
        out
    }
}
