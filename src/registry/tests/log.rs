//! Logs of both forms: replayed to what Windows made of them, or refused.

use super::{hives, limits, read_all};
use crate::error::{ErrorKind, Result};
use crate::registry::marvin::marvin32;
use crate::registry::{Hive, Replay};

fn file(name: &str) -> Option<Vec<u8>> {
    hives().map(|root| std::fs::read(root.join(name)).unwrap())
}

fn replay(hive: &[u8], logs: &[&[u8]]) -> Result<(Hive, Replay)> {
    Hive::open_with_logs(hive, logs, &limits())
}

#[test]
fn new_logs_lead_to_what_windows_10_made() {
    let Some(windows) = file("yarp/NewDirtyHive1/RecoveredHive_Windows10") else { return };
    let log1 = file("yarp/NewDirtyHive2/NewDirtyHive.LOG1").unwrap();
    let log2 = file("yarp/NewDirtyHive2/NewDirtyHive.LOG2").unwrap();
    for (name, entries) in [("yarp/NewDirtyHive1/NewDirtyHive", 4), ("yarp/NewDirtyHive2/NewDirtyHive", 3)] {
        let dirty = file(name).unwrap();
        for logs in [[&log1[..], &log2], [&log2, &log1]] {
            let (hive, done) = replay(&dirty, &logs).unwrap();
            assert_eq!(done.entries, entries);
            assert!(hive.bytes() == windows, "{name}: another hive than Windows made");
        }
        assert_eq!(Hive::open(dirty.clone(), &limits()).unwrap_err().kind(), ErrorKind::Malformed);
        assert!(replay(&dirty, &[]).is_err() && replay(&dirty, &[&[], &log1[..600]]).is_err());
    }
    // The first hive needs both logs, the second only one.
    assert!(replay(&file("yarp/NewDirtyHive1/NewDirtyHive").unwrap(), &[&log2]).is_err());
    assert!(replay(&file("yarp/NewDirtyHive2/NewDirtyHive").unwrap(), &[&log2]).is_ok());
    // A clean hive stays as it is.
    let (hive, done) = replay(&windows, &[&log1, &log2]).unwrap();
    assert!(hive.bytes() == windows && done == Replay::default());
}

#[test]
fn a_log_of_23_entries_that_makes_the_hive_grow_is_replayed() {
    let Some(dirty) = file("regipy/transactions_NTUSER.DAT") else { return };
    let log = file("regipy/transactions_ntuser.dat.log1").unwrap();
    let (hive, done) = replay(&dirty, &[&log]).unwrap();
    assert_eq!((done.entries, read_all(&hive)), (23, (3105, 0)));
    // Cut inside any entry, or with one bit wrong, it is not whole.
    for len in [log.len() - 1, 1_000_000, 400_000, 512 + 39, 512] {
        assert!(replay(&dirty, &[&log[..len]]).is_err(), "{len}");
    }
    for at in [520, 553, 300_000, 1_100_000] {
        let mut wrong = log.clone();
        wrong[at] ^= 0x10;
        assert!(replay(&dirty, &[&wrong]).is_err(), "{at}");
    }
}

#[test]
fn an_old_log_leads_to_what_windows_7_made() {
    let Some(windows) = file("yarp/OldDirtyHive/RecoveredHive_Windows7") else { return };
    let log = file("yarp/OldDirtyHive/OldDirtyHive.LOG1").unwrap();
    // In the second the base block is damaged too, and the log's copy takes its place.
    for name in ["yarp/OldDirtyHive/OldDirtyHive", "yarp/BadBaseBlockHive/BadBaseBlockHive"] {
        let (hive, done) = replay(&file(name).unwrap(), &[&[], &log]).unwrap();
        assert_eq!(done.entries, 1);
        // Windows went on to open the hive: it stamped the first bin and one key.
        let pairs = hive.bytes()[4096 + 32..].iter().zip(&windows[4096 + 32..]);
        assert!(pairs.filter(|(a, b)| a != b).count() <= 1, "{name}");
        assert_eq!(read_all(&hive), (5003, 0));
    }
    let dirty = file("yarp/OldDirtyHive/OldDirtyHive").unwrap();
    for len in [log.len() - 1, 20_000, 1000, 512, 0] {
        assert!(replay(&dirty, &[&log[..len]]).is_err(), "{len}");
    }
}

#[test]
fn hashes_are_those_that_windows_wrote() {
    let Some(log) = file("regipy/transactions_ntuser.dat.log1") else { return };
    let stored = u64::from_le_bytes(log[512 + 32..][..8].try_into().unwrap());
    assert_eq!(marvin32(&log[512..][..32]), stored);
}

#[test]
fn damaged_logs_do_no_harm() {
    let Some(dirty) = file("yarp/NewDirtyHive2/NewDirtyHive") else { return };
    let log = file("yarp/NewDirtyHive2/NewDirtyHive.LOG2").unwrap();
    for at in (0..log.len()).step_by(61) {
        let mut wrong = log.clone();
        wrong[at] = !wrong[at];
        if let Ok((hive, _)) = replay(&dirty, &[&wrong]) {
            read_all(&hive);
        }
    }
    let old = file("yarp/OldDirtyHive/OldDirtyHive").unwrap();
    let log = file("yarp/OldDirtyHive/OldDirtyHive.LOG1").unwrap();
    for at in (0..2000).step_by(7) {
        let mut wrong = log.clone();
        wrong[at] = !wrong[at];
        let _ = replay(&old, &[&wrong]).map(|(hive, _)| read_all(&hive));
    }
}
