//! The hives of an image, brought to their end from their logs where they were not closed cleanly.

use crate::base::{ImagePath, ImageTree, Limits, Name};
use crate::error::Result;
use crate::registry::Hive;

pub(crate) const SOFTWARE: &str = "SOFTWARE";
pub(crate) const COMPONENTS: &str = "COMPONENTS";
const FOLDER: &str = r"Windows\System32\config";
/// In every form that Windows ever wrote them.
const LOGS: [&str; 3] = ["LOG", "LOG1", "LOG2"];

/// Where a hive lies, for people.
pub(super) fn path_text(name: &str) -> String {
    format!(r"\{FOLDER}\{name}")
}

/// Where the system's hive of this name lies.
pub(crate) fn path(name: &str) -> Result<ImagePath> {
    Ok(ImagePath::parse(FOLDER)?.join(name))
}

/// The hive of this name among the system's; `None` where the image has none, or an empty file in its place.
pub(super) fn open(tree: &dyn ImageTree, name: &str, limits: &Limits) -> Result<Option<Hive>> {
    open_at(tree, &path(name)?, limits)
}

/// The files that may hold what a hive at `path` still lacks.
pub(crate) fn logs_of(path: &ImagePath) -> impl Iterator<Item = ImagePath> + '_ {
    let beside = |ending| {
        let log = Name::from(&*format!("{}.{ending}", path.name().map(Name::to_string).unwrap_or_default()));
        path.parent().unwrap_or_default().join(log)
    };
    LOGS.into_iter().map(beside)
}

/// The hive at a path; `None` where there is no such file, or an empty one.
pub(crate) fn open_at(tree: &dyn ImageTree, path: &ImagePath, limits: &Limits) -> Result<Option<Hive>> {
    Ok(open_replayed(tree, path, limits)?.map(|(hive, _)| hive))
}

/// The same, and whether it was brought to its end from its logs.
pub(crate) fn open_replayed(
    tree: &dyn ImageTree,
    path: &ImagePath,
    limits: &Limits,
) -> Result<Option<(Hive, bool)>> {
    let Some(data) = read(tree, path, limits)? else { return Ok(None) };
    let data = match Hive::open_as_is(data, limits) {
        Ok(hive) if !hive.is_dirty() => return Ok(Some((hive, false))),
        Ok(hive) => hive.into_bytes(),
        // A hive that is shorter than it says may be one that its logs lengthen.
        Err(_) => read(tree, path, limits)?.unwrap_or_default(),
    };
    let logs: Vec<Vec<u8>> =
        logs_of(path).filter_map(|log| read(tree, &log, limits).transpose()).collect::<Result<_>>()?;
    let logs: Vec<&[u8]> = logs.iter().map(Vec::as_slice).collect();
    Hive::open_with_logs(data, &logs, limits).map(|(hive, _)| Some((hive, true))).map_err(|e| e.within(path))
}

fn read(tree: &dyn ImageTree, path: &ImagePath, limits: &Limits) -> Result<Option<Vec<u8>>> {
    match tree.stat(path)? {
        Some(entry) if !entry.is_dir && !entry.is_empty() => {
            tree.read(path, limits.max_buffer).map(Some).map_err(|e| e.with_path(path))
        }
        _ => Ok(None),
    }
}
