//! What depends on what the kernel keeps: names that change their case, contents that are written past its cache; and
//! mounts of delta WIMs.

use super::common::{run, tool};
use super::guard::{Place, bytes, digest, make_tree};
use super::writing::{applied, mounted, verify};
use rustix::fs::{RenameFlags, renameat_with};
use rustix::io::Errno;
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;

#[test]
fn the_case_of_a_name_is_changed_in_two_moves() {
    let Some(place) = mounted(&[]) else { return };
    let at = |path: &str| place.in_mount(path);
    for (from, to) in [("Windows/System32/file5.dll", "Windows/System32/FILE5.dll"), ("empty", "Empty")] {
        fs::rename(at(from), at("between")).unwrap();
        fs::rename(at("between"), at(to)).unwrap();
        assert!(at(from).exists() && at(to).exists());
    }
    // What is in the way is not only another spelling.
    let config = "Windows/System32/config";
    let refused = renameat_with(
        rustix::fs::CWD,
        at(&format!("{config}/000.txt")),
        rustix::fs::CWD,
        at(&format!("{config}/001.TXT")),
        RenameFlags::NOREPLACE,
    );
    assert_eq!(refused, Err(Errno::EXIST));
    place.done(["unmount", "m", "--commit"]);
    verify(&place.at("image.wim"));
    let found = applied(&place);
    let expected = digest(&place.at("tree/Windows/System32/file5.dll"));
    assert_eq!(found[&b"Windows/System32/FILE5.dll"[..]].digest, expected);
    assert!(found.contains_key(&b"Empty"[..]) && !found.contains_key(&b"empty"[..]));
}

#[test]
fn what_is_written_is_what_every_reader_sees() {
    let Some(place) = mounted(&[]) else { return };
    let path = place.in_mount("Windows/System32/file6.dll");
    let mut expected = bytes(6, 1_500_000);
    let reader = File::open(&path).unwrap();
    let seen = |at: u64, len: usize| {
        let mut out = vec![0; len];
        reader.read_exact_at(&mut out, at).unwrap();
        out
    };
    assert!(seen(0, 1_500_000) == expected);
    let writer = File::options().write(true).open(&path).unwrap();
    let both = File::options().read(true).write(true).open(&path).unwrap();
    for (step, file) in [&writer, &both, &writer].into_iter().enumerate() {
        let (at, new) = (step * 300_007 + 11, bytes(90 + step as u64, 200_003));
        file.write_all_at(&new, at as u64).unwrap();
        expected[at..at + new.len()].copy_from_slice(&new);
        assert!(seen(0, 1_500_000) == expected, "step {step}");
        assert!(fs::read(&path).unwrap() == expected);
    }
    // Longer, by appending, while it is open elsewhere.
    File::options().append(true).open(&path).unwrap().write_all(b"more").unwrap();
    expected.extend_from_slice(b"more");
    assert!(seen(0, expected.len()) == expected);
    drop((writer, both, reader));
    place.done(["unmount", "m", "--commit"]);
    place.done(["mount", "image.wim", "1", "m"]);
    assert!(fs::read(&path).unwrap() == expected);
    place.done(["unmount", "m"]);
}

#[test]
fn a_delta_is_mounted_changed_and_committed_with_its_base() {
    let Some(place) = Place::new() else { return };
    let Some(wimlib) = tool("wimlib-imagex") else { return };
    let tree = place.at("tree");
    make_tree(&tree);
    let base = place.captured(&tree);
    fs::rename(&base, place.at("base.wim")).unwrap();
    fs::write(tree.join("only new"), bytes(3, 9_000)).unwrap();
    place.done(["capture", "tree", "image.wim", "--delta-from=base.wim"]);
    assert!(fs::metadata(place.at("image.wim")).unwrap().len() < 60_000);
    place.done(["mount", "image.wim", "1", "m", "--rw", "--ref=ba*.wim"]);
    let old = place.in_mount("Windows/System32/file5.dll");
    let expected = digest(&place.at("tree/Windows/System32/file5.dll"));
    assert_eq!(digest(&old), expected);
    fs::copy(&old, place.in_mount("copy.dll")).unwrap();
    File::options().append(true).open(&old).unwrap().write_all(b"more").unwrap();
    // From another folder: what was named is known all the same.
    let mut unmount = place.command(env!("CARGO_BIN_EXE_wright").as_ref());
    let out =
        unmount.args(["unmount", "--commit", "--json"]).arg(place.at("m")).current_dir("/").output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let report: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(
        (&report["committed"]["new_blobs"], &report["committed"]["deduplicated"]),
        (&1.into(), &1.into())
    );
    let (image, reference) = (place.at("image.wim"), format!("--ref={}", place.at("base.wim").display()));
    run(&wimlib, ["verify".as_ref(), image.as_os_str(), reference.as_ref()]);
    place.done(["mount", "image.wim", "1", "m", "--ref=base.wim"]);
    assert_eq!(digest(&place.in_mount("copy.dll")), expected);
    assert_eq!(fs::read(&old).unwrap().len(), 100_004);
    place.done(["unmount", "m"]);
    // Without the base, what the WIM has itself is there, and the rest says so.
    place.done(["mount", "image.wim", "1", "m"]);
    assert_eq!(fs::read(place.in_mount("only new")).unwrap(), bytes(3, 9_000));
    assert_eq!(
        fs::read(place.in_mount("copy.dll")).unwrap_err().raw_os_error(),
        Some(Errno::IO.raw_os_error())
    );
    place.done(["unmount", "m"]);
    // What is missing can be written anew, as a whole.
    place.done(["mount", "image.wim", "1", "m", "--rw"]);
    let file = || File::options().write(true).open(place.in_mount("copy.dll")).unwrap();
    assert_eq!(file().write_all(b"x").unwrap_err().raw_os_error(), Some(Errno::IO.raw_os_error()));
    fs::write(place.in_mount("copy.dll"), b"new").unwrap();
    place.done(["unmount", "m", "--commit"]);
    place.done(["mount", "image.wim", "1", "m"]);
    assert_eq!(fs::read(place.in_mount("copy.dll")).unwrap(), b"new");
    place.done(["unmount", "m"]);
}
