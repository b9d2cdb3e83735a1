//! Hives against the tools that others made for them: hivexregedit, hivexsh, reged.

mod common;
#[path = "registry/model.rs"]
mod model;

use common::{files_below, testdata, tool};
use wimwright::base::Limits;
use wimwright::error::ErrorKind;
use wimwright::registry::Hive;

/// Hives of the test data that hivex does not open or lists other than they are, each with its reason.
const OTHERWISE: &[(&str, &str)] = &[
    ("yarp/TruncatedNameHive", "a name is cut off; both refuse it"),
    ("yarp/BadListHive", "one key stands twice; hivex lists it twice, the walk names it"),
    ("yarp/DupNameHive", "two keys of one name cannot stand in a map"),
];

#[test]
fn every_hive_reads_as_hivex_exports_it() {
    let (Some(data), Some(_)) = (testdata(), tool("hivexregedit")) else { return };
    let root = data.join("hive");
    let (mut hives, mut keys, mut values) = (0, 0, 0);
    for path in files_below(&root) {
        let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        let bytes = std::fs::read(&path).unwrap();
        // hivex reads what lies there and does not look at the sequence numbers, but refuses a wrong checksum.
        let wrong = Hive::open(&bytes[..], &Limits::default());
        let wrong = wrong.is_err_and(|e| e.kind() == ErrorKind::ChecksumMismatch);
        let Ok(hive) = Hive::open_as_is(bytes, &Limits::default()) else { continue };
        if wrong || OTHERWISE.iter().any(|(other, _)| *other == name) {
            continue;
        }
        let (ours, theirs) = (model::ours(&hive), model::hivex(&path).unwrap());
        for (key, expected) in &theirs {
            assert_eq!(ours.get(key), Some(expected), "{name}: {key}");
            values += expected.len();
        }
        assert_eq!(ours.len(), theirs.len(), "{name}");
        (hives, keys) = (hives + 1, keys + ours.len());
    }
    assert!(hives >= 20);
    eprintln!("{hives} hives, {keys} keys, {values} values");
}
