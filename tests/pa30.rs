//! Deltas against real data: every pair of files in the test data, real manifests, hostile inputs.

mod common;
#[path = "pa30/packages.rs"]
mod packages;

use std::path::Path;
use wimwright::base::Limits;
use wimwright::codec::{pa30, winsxs};

fn read(path: impl AsRef<Path>) -> Vec<u8> {
    let path = path.as_ref();
    std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Delta, source and target of every pair below `testdata/pa30`.
const PAIRS: &[(&str, &str, &str)] = &[
    ("deltas/cmd__to__where__raw.pa30", "deltas/sources/cmd.exe", "deltas/sources/where.exe"),
    ("deltas/cmd__to__notepad__raw.pa30", "deltas/sources/cmd.exe", "deltas/sources/notepad.exe"),
    ("deltas/cmd__to__notepad__raw_flag0x20000.pa30", "deltas/sources/cmd.exe", "deltas/sources/notepad.exe"),
    (
        "deltas/cmd__to__notepad__raw_bsdiff_flag0x100.pa30",
        "deltas/sources/cmd.exe",
        "deltas/sources/notepad.exe",
    ),
    ("deltas/advapi32_raw.pa30", "deltas/sources/advapi32_old.dll", "deltas/sources/advapi32_new.dll"),
    ("deltas/advapi32_pe.pa30", "deltas/sources/advapi32_old.dll", "deltas/sources/advapi32_new.dll"),
    (
        "deltas/genuine/advapi32_pe_genuine.pa30",
        "deltas/sources/advapi32_old.dll",
        "deltas/sources/advapi32_new.dll",
    ),
    (
        "deltas/cmd__to__cmd_patched__pe_amd64.pa30",
        "deltas/sources/cmd.exe",
        "deltas/sources/cmd_patched.exe",
    ),
    ("deltas/genuine/cmd_pe_genuine.pa30", "deltas/sources/cmd.exe", "deltas/sources/cmd_patched.exe"),
    (
        "managed/FridaExportOracle/raw-apply-delta-b/delta.pa30",
        "managed/FridaExportOracle/raw-apply-delta-b/source.bin",
        "managed/FridaExportOracle/raw-apply-delta-b/target.bin",
    ),
    (
        "managed/cli-add-method/delta.pa30",
        "managed/cli-add-method/source.dll",
        "managed/cli-add-method/target.dll",
    ),
    ("managed/cli-resource/delta.pa30", "managed/cli-resource/source.dll", "managed/cli-resource/target.dll"),
    (
        "pe-decode/amd64_kbdwol/delta.pa30",
        "pe-decode/amd64_kbdwol/base.bin",
        "pe-decode/amd64_kbdwol/target.bin",
    ),
    (
        "pe-decode/amd64_provdiagnostics/delta.pa30",
        "pe-decode/amd64_provdiagnostics/base.bin",
        "pe-decode/amd64_provdiagnostics/target.bin",
    ),
    (
        "pe-decode/wow64_kbdmaori/delta.pa30",
        "pe-decode/wow64_kbdmaori/base.bin",
        "pe-decode/wow64_kbdmaori/target.bin",
    ),
    (
        "pe-decode/x86_mscordbi/delta.pa30",
        "pe-decode/x86_mscordbi/base.bin",
        "pe-decode/x86_mscordbi/target.bin",
    ),
];

#[test]
fn every_pair_comes_out_exact() {
    let Some(data) = common::testdata() else { return };
    let dir = data.join("pa30");
    let mut wrong = Vec::new();
    for (delta, source, target) in PAIRS {
        let (delta_bytes, target) = (read(dir.join(delta)), read(dir.join(target)));
        let parsed = pa30::Delta::parse(&delta_bytes).unwrap();
        match pa30::apply(&read(dir.join(source)), &delta_bytes, &Limits::default()) {
            Ok(out) if out == target => {}
            Ok(out) => {
                let at = out.iter().zip(&target).position(|(a, b)| a != b);
                wrong.push(format!("{delta}: differs at {at:?} of {} {parsed:?}", target.len()));
            }
            Err(e) => wrong.push(format!("{delta}: {e} {parsed:?}")),
        }
    }
    println!("{} of {} pairs exact", PAIRS.len() - wrong.len(), PAIRS.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn manifests_decode() {
    let Some(data) = common::testdata() else { return };
    let dir = data.join("dcm");
    let dictionary = read(dir.join("base_manifest.bin"));
    let golden = read(dir.join("wow64_golden.xml"));
    let mut count = 0;
    for path in common::files_below(&dir) {
        let file = read(&path);
        if winsxs::wrapper(&file) != Some(winsxs::Wrapper::Dcm) {
            continue;
        }
        let xml = winsxs::decode(&file, Some(&dictionary), None, &Limits::default()).unwrap();
        assert_eq!(xml.len() as u64, winsxs::decoded_len(&file).unwrap());
        let text = std::str::from_utf8(&xml).unwrap();
        let document = roxmltree::Document::parse(text).unwrap();
        assert_eq!(document.root_element().tag_name().name(), "assembly", "{}", path.display());
        if path.file_name().is_some_and(|n| n.to_string_lossy().starts_with("wow64_")) {
            assert!(*xml == *golden);
        }
        count += 1;
    }
    println!("{count} manifests decoded");
    assert_eq!(count, 7);
}

#[test]
fn inputs_that_crashed_other_decoders_are_errors() {
    let Some(data) = common::testdata() else { return };
    for path in common::files_below(&data.join("pa30/fuzz")) {
        let delta = read(&path);
        for source in [Vec::new(), vec![0; 4096], read(data.join("pa30/deltas/sources/cmd.exe"))] {
            let result = pa30::apply(&source, &delta, &Limits::default());
            println!("{}: {:?}", path.display(), result.as_ref().map(Vec::len));
        }
    }
}
