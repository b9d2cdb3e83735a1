//! The Setup Dynamic Update: a cabinet of Setup's files, expanded over the medium's `sources`.

use super::report::Source;
use super::tree::Tree;
use crate::base::{Limits, Phase, Progress, safe_relative};
use crate::error::{Error, ErrorKind, Result};
use crate::package::cab::Cabinet;
use std::collections::HashSet;
use std::path::Path;

/// Writes every member of the cabinet at `cab` into `sources` of the tree.
pub(super) fn expand(cab: &Path, tree: &mut Tree, limits: &Limits, progress: &Progress) -> Result<()> {
    let cabinet = Cabinet::open_path(cab, limits)?;
    Limits::check("the size of the update's files", cabinet.unpacked_size(), limits.max_unpacked)
        .map_err(|e| e.with_path(cab.display()))?;
    let mut seen = HashSet::new();
    for member in cabinet.members() {
        let path = safe_relative(&member.name).map_err(|e| e.within(cab.display()))?;
        if !seen.insert(super::medium::key(&path)) {
            let e = Error::new(ErrorKind::Malformed, "holds two files of this name").with_path(&member.name);
            return Err(e.within(cab.display()));
        }
    }
    let meter = progress.begin(Phase::Unpack, cabinet.members().len() as u64, cabinet.unpacked_size());
    for folder in 0..cabinet.folders().len() {
        cabinet.read_folder(folder, |member, mut content| {
            let path = Path::new("sources").join(safe_relative(&member.name)?);
            tree.put(&path, &mut content, Source::SetupUpdate, &meter)?;
            meter.done(&member.name, 0)
        })?;
    }
    Ok(())
}
