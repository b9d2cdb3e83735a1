//! Members that share bytes of their folder: decoded once, together.

use super::Member;
use super::stream::{FolderStream, MemberReader};
use crate::base::Limits;
use crate::error::{Error, Result};
use std::io::Read;

/// The members at the front of `rest` (sorted by offset) that overlap each other, directly or through others,
/// and where the last of them ends. A member of no bytes overlaps nothing.
pub(super) fn group<'a>(members: &[Member], rest: &'a [usize]) -> (&'a [usize], u64) {
    let mut end = 0;
    let mut count = 0;
    for (i, &index) in rest.iter().enumerate() {
        let member = &members[index];
        if i > 0 && member.offset >= end {
            break;
        }
        if i > 0 && member.size == 0 {
            continue;
        }
        end = end.max(member.offset + member.size);
        count = i + 1;
    }
    (&rest[..count], end)
}

/// All bytes from the first member's offset to `end`.
pub(super) fn buffer(stream: &mut FolderStream<'_>, first: &Member, end: u64, limit: u64) -> Result<Vec<u8>> {
    let all = Member { size: end - first.offset, ..first.clone() };
    let path = stream.entry(first);
    Limits::check("the size of overlapping members", all.size, limit).map_err(|e| e.with_path(&path))?;
    let mut bytes = Vec::new();
    let done = MemberReader::new(stream, &all).read_to_end(&mut bytes);
    done.map_err(|e| Error::from_io("read overlapping members", e).with_path(path))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(ranges: &[(u64, u64)]) -> Vec<Member> {
        let make = |(index, &(offset, size)): (usize, &(u64, u64))| Member {
            name: index.to_string(),
            size,
            folder: 0,
            offset,
            date: 0,
            time: 0,
            attributes: 0,
            index,
        };
        ranges.iter().enumerate().map(make).collect()
    }

    #[test]
    fn groups_are_chains_of_overlaps() {
        let all = members(&[(0, 10), (5, 10), (14, 2), (16, 4), (16, 0), (20, 0), (20, 5), (20, 5)]);
        let order: Vec<usize> = (0..all.len()).collect();
        let mut rest = order.as_slice();
        let mut groups = Vec::new();
        while !rest.is_empty() {
            let (group, end) = group(&all, rest);
            groups.push((group.len(), end));
            rest = &rest[group.len()..];
        }
        assert_eq!(groups, [(3, 16), (1, 20), (1, 16), (1, 20), (2, 25)]);
    }
}
