//! Reading: the tree as wimlib's mount shows it, many readers, any spelling, other users.

use super::common::{run, tool};
use super::guard::{Place, bytes, digest, look, make_tree};

/// The image of a tree, mounted read-only.
fn mounted() -> Option<Place> {
    let place = Place::new()?;
    tool("wimlib-imagex")?;
    let tree = place.at("tree");
    make_tree(&tree);
    place.captured(&tree);
    place.done(["mount", "image.wim", "1", "m"]);
    Some(place)
}

#[test]
fn the_tree_is_what_was_captured_and_what_wimlib_shows() {
    let Some(place) = mounted() else { return };
    let ours = look(&place.at("m"));
    assert_eq!(ours, look(&place.at("tree")));
    run("diff", ["-r".as_ref(), place.at("tree").as_os_str(), place.at("m").as_os_str()]);
    let image = place.at("image.wim");
    let wimlib = tool("wimlib-imagex").unwrap();
    run(&wimlib, ["mount".as_ref(), image.as_os_str(), "1".as_ref(), place.at("other").as_os_str()]);
    assert_eq!(ours, look(&place.at("other")));
    run(&wimlib, ["unmount".as_ref(), place.at("other").as_os_str()]);
    // A second mount of the same image, and tools that copy.
    place.done(["mount", "image.wim", "1", "other"]);
    assert_eq!(ours, look(&place.at("other")));
    let copy = place.at("copy");
    run("cp", ["-a".as_ref(), place.at("m").as_os_str(), copy.as_os_str()]);
    assert_eq!(look(&copy), ours);
    if let Some(rsync) = tool("rsync") {
        let from = format!("{}/", place.at("m").display());
        run(&rsync, ["-aHX", &from, place.at("synced").to_str().unwrap()]);
        assert_eq!(look(&place.at("synced")), ours);
        let again = run(&rsync, ["-aHXi", &from, place.at("synced").to_str().unwrap()]);
        assert_eq!(String::from_utf8_lossy(&again.stdout), "");
    }
    let found = run("find", [place.at("m").to_str().unwrap(), "-type", "f", "-size", "+32k"]);
    assert_eq!(String::from_utf8_lossy(&found.stdout).lines().count(), 3);
    assert_eq!(place.mounts().len(), 2);
    place.done(["unmount", "other"]);
    place.done(["unmount", "m"]);
    assert!(place.mounts().is_empty());
    assert_eq!(std::fs::read_dir(place.at("m")).unwrap().count(), 0);
}

#[test]
fn names_are_found_in_any_spelling_and_nothing_can_be_changed() {
    let Some(place) = mounted() else { return };
    let at = |path: &str| place.in_mount(path);
    assert_eq!(digest(&at("WINDOWS/system32/FILE5.dll")), digest(&at("Windows/System32/file5.dll")));
    assert_eq!(std::fs::read(at("users/Ä Ö/DEEP/er/名前 (1).TXT")).unwrap(), b"text");
    assert!(!at("Windows/System32/file5.dl").exists());
    assert_eq!(std::fs::read(at("Users/to-file")).unwrap().len(), 1);
    assert_eq!(std::fs::read_dir(at("Windows/to-folder")).unwrap().count(), 300);
    let readonly = Some(rustix::io::Errno::ROFS.raw_os_error());
    assert_eq!(std::fs::write(at("new"), "").unwrap_err().raw_os_error(), readonly);
    assert_eq!(std::fs::remove_file(at("Users/same.dll")).unwrap_err().raw_os_error(), readonly);
    assert_eq!(std::fs::rename(at("Users"), at("X")).unwrap_err().raw_os_error(), readonly);
    let stat = rustix::fs::statvfs(place.at("m")).unwrap();
    assert!(stat.f_blocks > 300 && stat.f_files > 300 && stat.f_bavail == 0);
    // One more that has the mount open keeps it from being unmounted, and it goes on working.
    let held = std::fs::File::open(at("Windows/System32/file6.dll")).unwrap();
    let busy = place.wright(["unmount", "m"]);
    assert_eq!(busy.code, 1);
    assert!(busy.stderr.contains("is in use"), "{}", busy.stderr);
    assert_eq!(
        digest(&at("Windows/System32/file6.dll")),
        digest(&place.at("tree/Windows/System32/file6.dll"))
    );
    drop(held);
    place.done(["unmount", "m"]);
}

#[test]
fn many_readers_see_the_same() {
    let Some(place) = mounted() else { return };
    let expected: Vec<_> =
        look(&place.at("tree")).into_iter().filter(|(_, seen)| seen.kind == "file").collect();
    std::thread::scope(|scope| {
        for reader in 0..8 {
            let (place, expected) = (&place, &expected);
            scope.spawn(move || {
                use std::os::unix::ffi::OsStrExt as _;
                use std::os::unix::fs::FileExt as _;
                for step in 0..expected.len() {
                    // Each in an order of its own.
                    let (path, seen) = &expected[(step * 7 + reader * 41) % expected.len()];
                    let path = place.at("m").join(std::ffi::OsStr::from_bytes(path));
                    assert_eq!(digest(&path), seen.digest, "{}", path.display());
                }
                let large = std::fs::File::open(place.in_mount("Windows/System32/file6.dll")).unwrap();
                let whole = bytes(6, 1_500_000);
                let mut buffer = vec![0; 70_001];
                for step in 0..20 {
                    let at = (step * 373_911 + reader * 99_991) % (whole.len() - buffer.len());
                    large.read_exact_at(&mut buffer, at as u64).unwrap();
                    assert!(buffer == whole[at..at + buffer.len()]);
                }
            });
        }
    });
    place.done(["unmount", "m"]);
}
