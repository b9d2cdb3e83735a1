//! The hives of an image, brought to their end from their logs where they were not closed cleanly.

use crate::base::{ImagePath, ImageTree, Limits};
use crate::error::{Error, Result};
use crate::registry::Hive;

pub(super) const SOFTWARE: &str = "SOFTWARE";
pub(super) const COMPONENTS: &str = "COMPONENTS";
const FOLDER: &str = r"Windows\System32\config";
/// In every form that Windows ever wrote them.
const LOGS: [&str; 3] = ["LOG", "LOG1", "LOG2"];

/// Where a hive lies, for people.
pub(super) fn path_text(name: &str) -> String {
    format!(r"\{FOLDER}\{name}")
}

/// The hive of this name; `None` where the image has none, or an empty file in its place.
pub(super) fn open(tree: &dyn ImageTree, name: &str, limits: &Limits) -> Result<Option<Hive>> {
    let Some(data) = read(tree, name, limits)? else { return Ok(None) };
    let named = |e: Error| e.within(path_text(name));
    let data = match Hive::open_as_is(data, limits) {
        Ok(hive) if !hive.is_dirty() => return Ok(Some(hive)),
        Ok(hive) => hive.into_bytes(),
        // A hive that is shorter than it says may be one that its logs lengthen.
        Err(_) => read(tree, name, limits)?.unwrap_or_default(),
    };
    let logs: Vec<Vec<u8>> = LOGS
        .iter()
        .filter_map(|ending| read(tree, &format!("{name}.{ending}"), limits).transpose())
        .collect::<Result<_>>()?;
    let logs: Vec<&[u8]> = logs.iter().map(Vec::as_slice).collect();
    Hive::open_with_logs(data, &logs, limits).map(|(hive, _)| Some(hive)).map_err(named)
}

fn read(tree: &dyn ImageTree, name: &str, limits: &Limits) -> Result<Option<Vec<u8>>> {
    let path = ImagePath::parse(FOLDER)?.join(name);
    match tree.stat(&path)? {
        Some(entry) if !entry.is_dir && entry.size > 0 => {
            tree.read(&path, limits.max_buffer).map(Some).map_err(|e| e.with_path(&path))
        }
        _ => Ok(None),
    }
}
