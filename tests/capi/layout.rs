//! The sizes, offsets and numbers of the C ABI as C assertions, from the library's own types.

use std::fmt::Write as _;
use std::mem::{offset_of, size_of};
use wimwright::ffi::*;

macro_rules! structs {
    ($($type:ident $name:literal { $($field:ident),* })*) => {{
        let mut out = Vec::new();
        $(
            out.push(($name, "", size_of::<$type>()));
            $(out.push(($name, stringify!($field), offset_of!($type, $field)));)*
        )*
        out
    }};
}

/// `tests/capi/abi.c`: of every struct its size and the places of its fields, of every enumeration its numbers.
pub fn assertions(header: &str) -> String {
    let structs = structs! {
        WwEvent "ww_event" { struct_size, item, files_done, files_total, bytes_done, bytes_total, phase, reserved }
        WwProgress "ww_progress" { struct_size, report, user }
        WwVerifyOptions "ww_verify_options" { struct_size, threads, skip_integrity }
        WwExtractOptions "ww_extract_options" { struct_size, paths, path_count, threads, overwrite, metadata, xattrs, dry_run }
        WwExportOptions "ww_export_options" {
            struct_size, compression, compression_level, chunk_size, solid, integrity, recompress, replace, threads,
            guid, name, description, append, reserved, delta_from, delta_count
        }
        WwOpenOptions "ww_open_options" { struct_size, references, reference_count, parts, part_count }
        WwSplitOptions "ww_split_options" { struct_size, integrity, replace, guid }
        WwCommitOptions "ww_commit_options" {
            struct_size, output, timestamp, compression_level, threads, integrity, reserved
        }
        WwImageProperties "ww_image_properties" { struct_size, name, description, edition, display_name, display_description, boot, reserved }
        WwDiffOptions "ww_diff_options" { struct_size, paths, path_count, times, skip_registry }
        WwCaptureOptions "ww_capture_options" {
            struct_size, properties, packing, config, metadata, timestamp, no_exclusions, fix_links, reproducible, dry_run,
            xattrs, reserved
        }
        WwMountOptions "ww_mount_options" {
            struct_size, overlay, read_write, allow_other, threads, reserved, references, reference_count
        }
        WwUnstageOptions "ww_unstage_options" {
            struct_size, output, temporary, indexes, index_count, dry_run, reserved, references, reference_count
        }
        WwUnpackOptions "ww_unpack_options" { struct_size, keep_deltas, decode_manifests, dictionary, dry_run, reserved }
        WwSessionOptions "ww_session_options" {
            struct_size, level, continue_on_error, output, temporary, indexes, index_count, compression_level, dry_run,
            threads, force_undecided, accept_partial, delivery, references,
            reference_count, receipt, allow_broken_signature, reserved
        }
        WwRefreshOptions "ww_refresh_options" {
            struct_size, cumulative, safe_os, setup, dotnet, indexes, index_count, receipts, iso, label, level,
            continue_on_error, accept_partial, force_undecided, dry_run, no_hard_links, allow_broken_signature, reserved
        }
        WwSiteAddOptions "ww_site_add_options" { struct_size, name, version, comment, index, reserved }
        WwSiteSetOptions "ww_site_set_options" { struct_size, name, version, comment, source, keep, reserved }
        WwScheduleOptions "ww_schedule_options" {
            struct_size, updates, update_count, at, cron, zone, selection, level, continue_on_error,
            update_distribution_points, remove_superseded, accept_partial, force_undecided, reserved
        }
        WwPointOptions "ww_point_options" { struct_size, name, url, endpoint, region, credentials, allow_http, reserved }
    };
    let mut out = String::from(
        "/* Made by tests/capi.rs from the library's own types, for processors of 64 bits. What stands here never\n \
         * changes: lines are only added, at the end of a struct or an enumeration, and a size only grows. */\n\
         #include \"wimwright.h\"\n\n#ifdef __cplusplus\n#define SAYS(what) static_assert(what, #what)\n\
         #elif __STDC_VERSION__ >= 201112L\n#define SAYS(what) _Static_assert(what, #what)\n#else\n\
         #define JOIN(a, b) a##b\n#define NAME(line) JOIN(says_, line)\n\
         #define SAYS(what) extern char NAME(__LINE__)[(what) ? 1 : -1]\n#endif\n",
    );
    for (name, field, number) in &structs {
        let _ = match *field {
            "" => write!(out, "\nSAYS(sizeof({name}) == {number});\n"),
            field => writeln!(out, "SAYS(offsetof({name}, {field}) == {number});"),
        };
    }
    let declared = header.matches("\ntypedef struct {").count();
    assert_eq!(
        structs.iter().filter(|(_, field, _)| field.is_empty()).count(),
        declared,
        "a struct is missing"
    );
    let _ = writeln!(out, "\nSAYS(WW_ABI_VERSION == {WW_ABI_VERSION});");
    for list in header.split("\nenum ww_").skip(1) {
        let name = list.split_whitespace().next().unwrap();
        let _ = writeln!(out, "\nSAYS(sizeof(ww_{name}) == 4);");
        let body = list.split_once(" {").unwrap().1.split_once("};").unwrap().0;
        for line in body.lines().map(str::trim).filter(|l| l.starts_with("WW_")) {
            let _ = writeln!(out, "SAYS({});", line.trim_end_matches(',').replace(" = ", " == "));
        }
    }
    out
}
