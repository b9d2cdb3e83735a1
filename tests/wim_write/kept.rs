//! What must be the same of an image wherever it is written to.

use crate::judge::{apply, blocks};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What wimlib says of each path, without where and how it is stored.
pub fn told(wim: &Path, index: u32) -> BTreeMap<String, String> {
    let stored =
        ["Compressed size", "Offset in WIM", "Part Number", "Reference Count", "Flags", "Solid", "Raw"];
    let line = |l: &&str| !stored.iter().any(|s| l.trim_start().starts_with(s));
    let own = |block: String| block.lines().filter(line).collect::<Vec<_>>().join("\n");
    blocks(wim, index).into_iter().map(|(path, block)| (path, own(block))).collect()
}

/// That, and what wimlib makes of it on disk.
pub fn kept(wim: &Path, index: u32, dir: &Path) -> impl PartialEq + use<> {
    type Tree = BTreeMap<PathBuf, Option<Vec<u8>>>;
    let tree: Tree = apply(wim, index, dir);
    (told(wim, index), tree)
}
