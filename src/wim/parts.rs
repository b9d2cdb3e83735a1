//! The parts of a split set: their order, their names, and whether all are there.

use super::file::read_header;
use super::header::Header;
use crate::base::Source;
use crate::error::{Error, ErrorKind, Result};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Puts the parts of a set in order and checks that they are one set.
pub(super) fn in_order(sources: Vec<Source>) -> Result<(Vec<Source>, Vec<Header>)> {
    let mut parts = Vec::with_capacity(sources.len());
    for source in sources {
        let header = read_header(&*source).map_err(|e| e.with_path(source.name()))?;
        parts.push((header, source));
    }
    parts.sort_by_key(|(header, _)| header.part_number);
    let Some((first, _)) = parts.first().cloned() else { return Ok((Vec::new(), Vec::new())) };
    for (i, (header, source)) in parts.iter().enumerate() {
        let (number, total) = (usize::from(header.part_number), first.total_parts);
        let wrong = if header.guid != first.guid || header.total_parts != total {
            "belongs to another split set".to_owned()
        } else if i == 0
            && let Some(e) = not_first(header)
        {
            return Err(e.with_path(source.name()));
        } else if number != i + 1 {
            format!("is part {number} of a split set where part {} is missing or given twice", i + 1)
        } else {
            continue;
        };
        return Err(Error::new(ErrorKind::InvalidArgument, wrong).with_path(source.name()));
    }
    if parts.len() != usize::from(first.total_parts) {
        let message =
            format!("part {} of {} of the split set is missing", parts.len() + 1, first.total_parts);
        return Err(Error::new(ErrorKind::NotFound, message));
    }
    let (headers, sources) = parts.into_iter().unzip();
    Ok((sources, headers))
}

pub(super) fn not_first(header: &Header) -> Option<Error> {
    let (number, total) = (header.part_number, header.total_parts);
    let message = format!("is part {number} of {total} of a split set; open its first part");
    (number != 1).then(|| Error::new(ErrorKind::InvalidArgument, message))
}

/// The name that splitting gives to part `number` (2 or more) of the set that begins with `first`.
pub(super) fn part_path(first: &Path, number: u16) -> PathBuf {
    let mut name = OsString::from(first.file_stem().unwrap_or_default());
    name.push(number.to_string());
    if let Some(extension) = first.extension() {
        name.push(".");
        name.push(extension);
    }
    first.with_file_name(&name)
}

/// The name that splitting gives to part `number`, found beside the first part in any spelling.
pub(super) fn find_part(first: &Path, number: u16, total: u16) -> Result<PathBuf> {
    let path = part_path(first, number);
    if path.exists() {
        return Ok(path);
    }
    let folder = first.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let wanted = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let mut beside = std::fs::read_dir(folder).into_iter().flatten().flatten();
    beside
        .find(|entry| entry.file_name().to_string_lossy().to_lowercase() == wanted)
        .map(|e| e.path())
        .ok_or_else(|| {
            let message = format!("part {number} of {total} of the split set is missing");
            Error::new(ErrorKind::NotFound, message).with_path(path.display())
        })
}
