//! Split sets: finding the other parts beside one, and joining their folders and members.

use super::header::{FileEntry, Part, Place};
use super::{Cabinet, Folder, Member, Segment, SetInfo};
use crate::base::{FileAt, Limits};
use crate::error::{Error, ErrorKind, Result};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes of folders that no member covers and that would be decoded all the same. Real cabinets have none; a
/// hostile one could have a whole folder decoded for the sake of its last byte, again and again.
const MAX_GAPS: u64 = 64 << 20;

/// The part at `path` and all others of its set, first to last.
pub(super) fn collect(path: &Path, limits: &Limits) -> Result<Vec<Part>> {
    let read = |path: &Path| Part::read(Arc::new(FileAt::open(path)?), limits);
    let mut parts = vec![read(path)?];
    while let Some(name) = parts[0].previous.clone() {
        let Some(index) = parts[0].set_index.checked_sub(1) else {
            return Err(
                Error::malformed("the first part of a set names a part before it").with_path(path.display())
            );
        };
        let part = read(&beside(path, &parts[0], &name, index)?)?;
        fits(&parts[0], &part, index)?;
        parts.insert(0, part);
    }
    loop {
        let last = &parts[parts.len() - 1];
        let Some(name) = last.next.clone() else { return Ok(parts) };
        let Some(index) = last.set_index.checked_add(1) else {
            return Err(Error::malformed("a set of more than 65536 parts").with_path(path.display()));
        };
        let part = read(&beside(path, last, &name, index)?)?;
        fits(last, &part, index)?;
        parts.push(part);
    }
}

fn fits(known: &Part, found: &Part, index: u16) -> Result<()> {
    if found.set_id != known.set_id || found.set_index != index {
        let e = Error::malformed(format!(
            "is part {} of set {}, where part {} of set {} is needed",
            u32::from(found.set_index) + 1,
            found.set_id,
            u32::from(index) + 1,
            known.set_id
        ));
        return Err(e.with_path(&found.name));
    }
    Ok(())
}

/// The file called `name` in the folder of `path`, in any case. Only the last component of the name counts, so
/// a header cannot point elsewhere.
fn beside(path: &Path, from: &Part, name: &str, index: u16) -> Result<PathBuf> {
    let missing = || {
        let (own, needed) = (u32::from(from.set_index) + 1, u32::from(index) + 1);
        Error::new(
            ErrorKind::NotFound,
            format!(
                "is part {own} of a split set; part {needed}, '{}', is not beside it",
                name.escape_debug()
            ),
        )
        .with_path(&from.name)
    };
    let file = name.rsplit(['\\', '/']).next().unwrap_or_default();
    if file.is_empty() || file == "." || file == ".." {
        return Err(missing());
    }
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let exact = folder.join(file);
    if exact.is_file() {
        return Ok(exact);
    }
    let entries = std::fs::read_dir(folder).map_err(|e| Error::io("list the folder", folder, e))?;
    let found = entries
        .flatten()
        .find(|entry| entry.file_name().to_str().is_some_and(|n| n.to_lowercase() == file.to_lowercase()));
    found.map(|entry| entry.path()).filter(|p| p.is_file()).ok_or_else(missing)
}

/// Makes one cabinet of the parts.
pub(super) fn join(parts: Vec<Part>, limits: &Limits) -> Result<Cabinet> {
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else {
        return Err(Error::new(ErrorKind::InvalidArgument, "a set of no parts"));
    };
    let set = SetInfo {
        id: first.set_id,
        index: first.set_index,
        parts: parts.len(),
        previous: first.previous.clone(),
        next: last.next.clone(),
    };
    let mut joiner = Joiner::default();
    for (index, part) in parts.iter().enumerate() {
        let is_last = index + 1 == parts.len();
        joiner.add(index, part, is_last).map_err(|e| e.with_path(&part.name))?;
    }
    let Joiner { mut folders, members, .. } = joiner;
    check_sizes(&mut folders, &members, limits).map_err(|e| e.with_path(&parts[0].name))?;
    Ok(Cabinet { folders, members, set, limits: limits.clone(), parts })
}

#[derive(Default)]
struct Joiner {
    folders: Vec<Folder>,
    members: Vec<Member>,
    /// Members of the last folder that the next part must list again, with their offset and size.
    continued: HashMap<String, (u64, u64)>,
}

impl Joiner {
    fn add(&mut self, index: usize, part: &Part, is_last: bool) -> Result<()> {
        let starts_within = part.files.iter().any(|f| f.place.is_continuation());
        if starts_within && index == 0 {
            return Err(incomplete(part, "began in the part before", part.previous.as_deref()));
        }
        if is_last && part.files.iter().any(|f| f.place.is_continued()) {
            return Err(incomplete(part, "goes on in the next part", part.next.as_deref()));
        }
        if starts_within == self.continued.is_empty() {
            return Err(Error::malformed("the parts of the set disagree on whether a folder is continued"));
        }
        let mut own = part.folders.iter().enumerate();
        let mut base = self.folders.len();
        if starts_within {
            let (Some((_, entry)), Some(folder)) = (own.next(), self.folders.last_mut()) else {
                return Err(Error::malformed("continues a folder and has none"));
            };
            if folder.compression != entry.compression {
                return Err(Error::malformed("continues a folder with another compression"));
            }
            folder.segments.push(Segment { part: index, offset: entry.offset, blocks: entry.blocks });
            base -= 1;
        }
        for (_, entry) in own {
            let segments = vec![Segment { part: index, offset: entry.offset, blocks: entry.blocks }];
            self.folders.push(Folder { compression: entry.compression, segments, members: Vec::new() });
        }
        let listed = std::mem::take(&mut self.continued);
        for file in &part.files {
            let folder = match file.place {
                Place::Folder(n) if usize::from(n) < part.folders.len() => base + usize::from(n),
                Place::Folder(n) => {
                    return Err(Error::malformed(format!(
                        "member '{}' lies in folder {n} of {}",
                        file.name.escape_debug(),
                        part.folders.len()
                    )));
                }
                Place::FromPrevious | Place::Through => base,
                Place::ToNext => self.folders.len().wrapping_sub(1),
            };
            if folder >= self.folders.len() || file.place == Place::Through && part.folders.len() != 1 {
                return Err(Error::malformed("a continued member, and no folder that could be continued"));
            }
            if file.place.is_continued() {
                self.continued.insert(file.name.clone(), (file.offset, file.size));
            }
            if file.place.is_continuation() {
                if listed.get(&file.name) != Some(&(file.offset, file.size)) {
                    return Err(Error::malformed(format!(
                        "continues member '{}', which the part before does not have",
                        file.name.escape_debug()
                    )));
                }
            } else {
                self.members.push(member(file, folder, self.members.len()));
            }
        }
        Ok(())
    }
}

fn member(file: &FileEntry, folder: usize, index: usize) -> Member {
    Member {
        name: file.name.clone(),
        size: file.size,
        folder,
        offset: file.offset,
        date: file.date,
        time: file.time,
        attributes: file.attributes,
        index,
    }
}

fn incomplete(part: &Part, how: &str, other: Option<&str>) -> Error {
    let own = u32::from(part.set_index) + 1;
    match other {
        Some(other) => Error::new(
            ErrorKind::NotFound,
            format!("is part {own} of a split set; a member {how}, '{}'", other.escape_debug()),
        ),
        None => Error::malformed(format!("a member {how}, and the header names none")),
    }
}

/// Sorts members into their folders and bounds what reading them can cost.
fn check_sizes(folders: &mut [Folder], members: &[Member], limits: &Limits) -> Result<()> {
    Limits::check("the number of members", members.len() as u64, limits.max_entries)?;
    Limits::check("the size of all members", members.iter().map(|m| m.size).sum(), limits.max_unpacked)?;
    for member in members {
        folders[member.folder].members.push(member.index);
    }
    let mut gaps = 0;
    for folder in folders {
        folder.members.sort_by_key(|&i| (members[i].offset, i));
        let mut reached = 0;
        for member in folder.members.iter().map(|&i| &members[i]).filter(|m| m.size > 0) {
            gaps += member.offset.saturating_sub(reached);
            reached = reached.max(member.offset + member.size);
        }
    }
    Limits::check("the size of what lies between the members", gaps, MAX_GAPS)?;
    Ok(())
}
