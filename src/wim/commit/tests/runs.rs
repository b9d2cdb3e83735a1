//! Runs of solid entries in the blob table stay runs of their own.

use super::super::table::apart;
use super::*;
use crate::wim::blob_table::BlobEntry;
use crate::wim::header::{ResourceHeader, VERSION_DEFAULT, VERSION_SOLID};

/// `r` a solid resource, `s` a blob in it, `n` a blob by itself; upper case stays.
fn left(entries: &str, version: u32) -> String {
    let of = |c: char| {
        let solid = !c.eq_ignore_ascii_case(&'n');
        let original_size = if c.eq_ignore_ascii_case(&'r') { BlobEntry::SOLID_MARK } else { 9 };
        let flags = if solid { ResourceHeader::SOLID } else { 0 };
        let resource = ResourceHeader { flags, original_size, stored_size: 9, offset: 0 };
        (BlobEntry { resource, ref_count: u32::from(c), ..BlobEntry::default() }, c.is_ascii_uppercase())
    };
    let header = Header { version, ..Header::default() };
    let out = apart(&header, entries.chars().map(of));
    out.iter().filter_map(|entry| char::from_u32(entry.ref_count)).collect()
}

#[test]
fn one_dropped_entry_divides_two_runs() {
    for (entries, wanted) in [
        ("RSnRS", "RSnRS"),
        ("RSnnRS", "RSnRS"),
        ("RSnsnnRS", "RSnRS"),
        ("RSnNnRS", "RSNRS"),
        ("RSnnN", "RSN"),
        ("nnRS", "RS"),
        ("RSsRS", "RSRS"),
        ("RnRnnRSn", "RnRnRS"),
    ] {
        assert_eq!(left(entries, VERSION_SOLID), wanted, "{entries}");
        let dropped: String = entries.chars().filter(char::is_ascii_uppercase).collect();
        assert_eq!(left(entries, VERSION_DEFAULT), dropped, "{entries}");
    }
}
