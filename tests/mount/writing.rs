//! Writing: what the tools of a system do to a tree, then commit, discard or a crash.

use super::common::{run, tool};
use super::guard::{Place, bytes, digest, look, make_tree};
use rustix::fs::{RenameFlags, XattrFlags, getxattr, listxattr, removexattr, renameat_with, setxattr};
use rustix::io::Errno;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

pub fn mounted(options: &[&str]) -> Option<Place> {
    let place = Place::new()?;
    tool("wimlib-imagex")?;
    let tree = place.at("tree");
    make_tree(&tree);
    place.captured(&tree);
    let args = ["mount", "image.wim", "1", "m", "--rw"];
    place.done(args.iter().chain(options));
    Some(place)
}

/// What can be changed in a tree, done below `root`; the same on any file system.
fn change(root: &Path) {
    let at = |path: &str| root.join(path);
    fs::write(at("new.bin"), bytes(77, 200_000)).unwrap();
    fs::create_dir_all(at("made/deep/er")).unwrap();
    fs::write(at("made/deep/er/small.txt"), "small").unwrap();
    fs::write(at("Windows/System32/config/010.txt"), "replaced").unwrap();
    // In the middle of a file that was there.
    let file = File::options().read(true).write(true).open(at("Windows/System32/file6.dll")).unwrap();
    file.write_all_at(b"in the middle", 700_001).unwrap();
    file.sync_all().unwrap();
    drop(file);
    let mut file = File::options().append(true).open(at("Windows/System32/config/011.txt")).unwrap();
    file.write_all(b"appended").unwrap();
    drop(file);
    let truncated =
        |path: &str, len| File::options().write(true).open(at(path)).unwrap().set_len(len).unwrap();
    truncated("Windows/System32/file5.dll", 40_000);
    truncated("Windows/System32/config/012.txt", 5_000);
    truncated("Windows/System32/config/013.txt", 0);
    fs::remove_file(at("Windows/System32/config/014.txt")).unwrap();
    fs::remove_dir(at("empty")).unwrap();
    fs::remove_dir_all(at("Users/ä ö")).unwrap();
    fs::rename(at("Windows/System32/config/015.txt"), at("made/moved.txt")).unwrap();
    fs::rename(at("Windows/System32/config/016.txt"), at("Windows/System32/config/017.txt")).unwrap();
    fs::rename(at("made"), at("Windows/made")).unwrap();
    fs::hard_link(at("new.bin"), at("Windows/linked.bin")).unwrap();
    fs::hard_link(at("Windows/System32/file4.dll"), at("Users/four.dll")).unwrap();
    std::os::unix::fs::symlink("Windows/made/deep", at("to-deep")).unwrap();
    let exchange = |a: &str, b: &str| {
        renameat_with(rustix::fs::CWD, at(a), rustix::fs::CWD, at(b), RenameFlags::EXCHANGE)
    };
    exchange("Windows/System32/config/018.txt", "Windows/System32/config/019.txt").unwrap();
    exchange("Windows/System32/config/020.txt", "Windows/made/deep").unwrap();
    // A file that is removed while it is open goes on working.
    let mut open =
        File::options().read(true).write(true).create(true).truncate(true).open(at("gone")).unwrap();
    open.write_all(b"still here").unwrap();
    fs::remove_file(at("gone")).unwrap();
    let mut text = String::new();
    open.rewind().unwrap();
    open.read_to_string(&mut text).unwrap();
    assert_eq!(text, "still here");
    let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    File::options().write(true).open(at("new.bin")).unwrap().set_modified(time).unwrap();
}

/// Without the times of what was changed just now.
fn timeless(root: &Path) -> BTreeMap<Vec<u8>, super::guard::Seen> {
    let old = |seen: &super::guard::Seen| seen.modified <= 1_234_567_890;
    look(root)
        .into_iter()
        .map(|(p, s)| (p, super::guard::Seen { modified: if old(&s) { s.modified } else { 0 }, ..s }))
        .collect()
}

pub fn verify(wim: &Path) {
    run(tool("wimlib-imagex").unwrap(), [Path::new("verify"), wim]);
}

/// The image as wimlib extracts it.
pub fn applied(place: &Place) -> BTreeMap<Vec<u8>, super::guard::Seen> {
    let to = place.at("applied");
    run(
        tool("wimlib-imagex").unwrap(),
        ["apply".as_ref(), place.at("image.wim").as_os_str(), "1".as_ref(), to.as_os_str()],
    );
    let seen = timeless(&to);
    fs::remove_dir_all(&to).unwrap();
    seen
}

#[test]
fn a_tree_is_changed_and_committed() {
    let Some(place) = mounted(&[]) else { return };
    change(&place.at("m"));
    change(&place.at("tree"));
    let expected = timeless(&place.at("tree"));
    assert_eq!(timeless(&place.at("m")), expected);
    let before = look(&place.at("m"));
    let undecided = place.wright(["unmount", "m"]);
    assert_eq!(undecided.code, 2, "{}", undecided.stderr);
    let second = place.wright(["mount", "image.wim", "1", "other", "--rw"]);
    assert_eq!(second.code, 1);
    assert!(second.stderr.contains("is mounted read-write already"), "{}", second.stderr);
    // A writer keeps the commit away, and the mount stays.
    let writer = File::options().write(true).open(place.at("image.wim")).unwrap();
    writer.try_lock().unwrap();
    let busy = place.wright(["unmount", "m", "--commit"]);
    assert_eq!(busy.code, 1);
    assert!(busy.stderr.contains("another process is writing"), "{}", busy.stderr);
    assert_eq!(look(&place.at("m")), before);
    drop(writer);
    let report = place.wright(["unmount", "m", "--commit", "--json"]).expect(0);
    super::guard::holds(&report, "unmount");
    assert_eq!(report["committed"]["images"], serde_json::json!([1]));
    assert_eq!(report["kept"], false);
    assert!(place.mounts().is_empty());
    verify(&place.at("image.wim"));
    assert_eq!(applied(&place), expected);
    place.done(["mount", "image.wim", "1", "m"]);
    assert_eq!(look(&place.at("m")), before, "the image shows what the mount showed, times too");
    place.done(["unmount", "m"]);
}

#[test]
fn what_is_discarded_was_never_there() {
    let Some(place) = mounted(&["--overlay", "changes"]) else { return };
    let before = fs::read(place.at("image.wim")).unwrap();
    change(&place.at("m"));
    place.done(["unmount", "m", "--keep"]);
    assert_eq!(place.mounts()[0]["state"], "recoverable");
    assert!(place.at("changes/journal").exists());
    let waits = place.wright(["mount", "image.wim", "1", "m", "--rw"]);
    assert!(waits.code == 1 && waits.stderr.contains("are kept in"), "{}", waits.stderr);
    place.done(["unmount", "changes", "--discard"]);
    assert!(fs::read(place.at("image.wim")).unwrap() == before);
    assert!(place.mounts().is_empty() && !place.at("changes").exists());
}

#[test]
fn a_killed_mount_loses_nothing_that_was_written() {
    let Some(place) = mounted(&[]) else { return };
    let pid = place.mounts()[0]["pid"].as_u64().unwrap().to_string();
    change(&place.at("m"));
    change(&place.at("tree"));
    // In the middle of writes: every file that was closed before the kill is there, whole.
    let written = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let (place, written) = (&place, &written);
        scope.spawn(move || {
            for i in 0..100_000_u64 {
                if fs::write(place.in_mount(&format!("{i}.bin")), bytes(i, 3000)).is_err() {
                    break;
                }
                written.store(i as usize + 1, std::sync::atomic::Ordering::SeqCst);
            }
        });
        while written.load(std::sync::atomic::Ordering::SeqCst) < 200 {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        run("kill", ["-9", &pid]);
    });
    let written = written.into_inner();
    assert!(fs::read_dir(place.at("m")).is_err(), "nobody serves it");
    // Its files close one after the other.
    while place.mounts()[0]["state"] == "mounted" {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert_eq!(place.mounts()[0]["state"], "recoverable");
    let recovered = place.wright(["mounts", "--recover", "--json"]).expect(0);
    assert_eq!(recovered["mounts"][0]["state"], "recoverable");
    assert_eq!(fs::read_dir(place.at("m")).unwrap().count(), 0, "the folder is free again");
    assert_eq!(place.mounts()[0]["state"], "recoverable", "changes are kept until told otherwise");
    place.done(["unmount", "m", "--commit"]);
    verify(&place.at("image.wim"));
    let mut found = applied(&place);
    for i in 0..written {
        let seen = found
            .remove(format!("{i}.bin").as_bytes())
            .unwrap_or_else(|| panic!("{i}.bin of {written} is lost"));
        assert_eq!(seen.size, 3000);
        fs::write(place.at("expected"), bytes(i as u64, 3000)).unwrap();
        assert_eq!(seen.digest, digest(&place.at("expected")));
    }
    // The one that was being written.
    found.remove(format!("{written}.bin").as_bytes());
    assert_eq!(found, timeless(&place.at("tree")));
    assert!(place.mounts().is_empty());
}

#[test]
fn a_killed_mount_without_changes_is_forgotten() {
    let Some(place) = mounted(&[]) else { return };
    let pid = place.mounts()[0]["pid"].as_u64().unwrap().to_string();
    run("kill", ["-9", &pid]);
    while place.mounts()[0]["state"] != "stale" {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    place.done(["mounts", "--recover"]);
    assert!(place.mounts().is_empty());
    assert_eq!(fs::read_dir(place.at("m")).unwrap().count(), 0);
}

#[test]
fn renames_refuse_what_they_are_told_to() {
    let Some(place) = mounted(&[]) else { return };
    let at = |path: &str| place.in_mount(path);
    let rename =
        |a: &str, b: &str, flags| renameat_with(rustix::fs::CWD, at(a), rustix::fs::CWD, at(b), flags);
    let config = "Windows/System32/config";
    let (a, b) = (format!("{config}/030.txt"), format!("{config}/031.TXT"));
    assert_eq!(rename(&a, &b, RenameFlags::NOREPLACE), Err(Errno::EXIST));
    assert_eq!(rename(&a, "Windows/none/x", RenameFlags::empty()), Err(Errno::NOENT));
    assert_eq!(rename("Windows", "Windows/System32/x", RenameFlags::empty()), Err(Errno::INVAL));
    assert_eq!(rename("empty", config, RenameFlags::empty()), Err(Errno::NOTEMPTY));
    assert_eq!(rename("nothing", &a, RenameFlags::EXCHANGE), Err(Errno::NOENT));
    rename(&a, "Windows/new.txt", RenameFlags::NOREPLACE).unwrap();
    // Over a name in another spelling: what was there is gone under every spelling.
    rename("Windows/new.txt", &b, RenameFlags::empty()).unwrap();
    assert_eq!(digest(&at(&b)), digest(&place.at(&format!("tree/{a}"))));
    fs::remove_file(at(&b.to_lowercase())).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(50));
    assert!(!at(&b).exists() && !at(&format!("{config}/031.txt")).exists());
    for name in ["a:b", "a*", "nul\u{1}", "back\\slash"] {
        assert_eq!(
            fs::write(at(name), "").unwrap_err().raw_os_error(),
            Some(Errno::INVAL.raw_os_error()),
            "{name}"
        );
    }
    assert_eq!(fs::create_dir(at("WINDOWS")).unwrap_err().kind(), std::io::ErrorKind::AlreadyExists);
    let busy = fs::remove_dir(at("Windows")).unwrap_err();
    assert_eq!(busy.raw_os_error(), Some(Errno::NOTEMPTY.raw_os_error()));
    place.done(["unmount", "m", "--discard"]);
}

#[test]
fn space_is_allocated_and_holes_are_punched() {
    use rustix::fs::{FallocateFlags, fallocate};
    let Some(place) = mounted(&[]) else { return };
    let path = place.in_mount("Windows/System32/file5.dll");
    let file = File::options().read(true).write(true).open(&path).unwrap();
    let mut expected = fs::read(place.at("tree/Windows/System32/file5.dll")).unwrap();
    fallocate(&file, FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE, 5000, 20_000).unwrap();
    expected[5000..25_000].fill(0);
    fallocate(&file, FallocateFlags::empty(), 90_000, 30_000).unwrap();
    expected.resize(120_000, 0);
    assert_eq!(fallocate(&file, FallocateFlags::COLLAPSE_RANGE, 0, 4096), Err(Errno::OPNOTSUPP));
    drop(file);
    assert!(fs::read(&path).unwrap() == expected);
    place.done(["unmount", "m", "--commit"]);
    place.done(["mount", "image.wim", "1", "m"]);
    assert!(fs::read(&path).unwrap() == expected);
    place.done(["unmount", "m"]);
}

/// The value of an extended attribute.
fn value(path: &Path, name: &str) -> Result<Vec<u8>, Errno> {
    let mut buffer = vec![0; 65536];
    let len = getxattr(path, name, &mut buffer[..])?;
    buffer.truncate(len);
    Ok(buffer)
}

#[test]
fn extended_attributes_are_what_windows_keeps() {
    let Some(place) = mounted(&[]) else { return };
    let path = place.in_mount("Windows/System32/file5.dll");
    let set = |name: &str, value: &[u8]| setxattr(&path, name, value, XattrFlags::empty());
    let descriptor = {
        // Owner and group "Administrators", no lists.
        let sid = [1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 32, 2, 0, 0];
        let mut out = vec![1, 0, 0, 0x80, 20, 0, 0, 0, 36, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        out.extend(sid);
        out.extend(sid);
        out
    };
    assert_eq!(value(&path, "system.ntfs_acl"), Err(Errno::NODATA));
    set("system.ntfs_acl", &descriptor).unwrap();
    set("system.ntfs_attrib", &0x27u32.to_le_bytes()).unwrap();
    set("system.ntfs_dos_name", b"FILE5~1.DLL").unwrap();
    let times: Vec<u8> = [1u64 << 56, 2 << 56, 3 << 55].into_iter().flat_map(u64::to_le_bytes).collect();
    set("system.ntfs_times", &times).unwrap();
    set("user.Zone.Identifier", b"[ZoneTransfer]").unwrap();
    set("user.second", &bytes(5, 60_000)).unwrap();
    set("user.third", b"").unwrap();
    assert_eq!(set("user.bad:name", b"x"), Err(Errno::INVAL));
    assert_eq!(set("system.ntfs_acl", b"short"), Err(Errno::INVAL));
    assert_eq!(setxattr(&path, "user.SECOND", b"x", XattrFlags::CREATE), Err(Errno::EXIST));
    assert_eq!(setxattr(&path, "user.fourth", b"x", XattrFlags::REPLACE), Err(Errno::NODATA));
    assert_eq!(set("trusted.x", b"x"), Err(Errno::OPNOTSUPP));
    // A junction, by its reparse data.
    let junction = place.in_mount("junction");
    fs::create_dir(&junction).unwrap();
    let target: Vec<u8> = r"\??\C:\Windows\System32".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut data: Vec<u8> =
        [0, target.len() as u16, target.len() as u16 + 2, 0].into_iter().flat_map(u16::to_le_bytes).collect();
    data.extend_from_slice(&target);
    data.extend([0; 4]);
    let mut reparse = 0xA000_0003u32.to_le_bytes().to_vec();
    reparse.extend((data.len() as u16).to_le_bytes());
    reparse.extend([0; 2]);
    reparse.extend(&data);
    setxattr(&junction, "system.ntfs_reparse_data", &reparse, XattrFlags::empty()).unwrap();
    // An image holds no hard links of reparse points, and none that has contents.
    let (one, other) = (place.in_mount("one"), place.in_mount("other"));
    fs::write(&one, "").unwrap();
    fs::hard_link(&one, &other).unwrap();
    let tag = |path: &Path| setxattr(path, "system.ntfs_reparse_data", &reparse, XattrFlags::empty());
    assert_eq!(tag(&one), Err(Errno::MLINK));
    assert_eq!(tag(&path), Err(Errno::NOTEMPTY));
    fs::remove_file(&other).unwrap();
    tag(&one).unwrap();
    assert!(fs::hard_link(&one, &other).is_err());
    fs::remove_file(&one).unwrap();
    let contents = fs::read(&path).unwrap();
    place.done(["unmount", "m", "--commit"]);
    verify(&place.at("image.wim"));
    place.done(["mount", "image.wim", "1", "m", "--rw"]);
    assert_eq!(value(&path, "system.ntfs_acl").unwrap(), descriptor);
    assert_eq!(value(&path, "system.ntfs_attrib").unwrap(), 0x27u32.to_le_bytes());
    assert_eq!(value(&path, "system.ntfs_dos_name").unwrap(), b"FILE5~1.DLL");
    assert_eq!(value(&path, "system.ntfs_times").unwrap(), times);
    assert_eq!(value(&path, "user.zone.identifier").unwrap(), b"[ZoneTransfer]");
    assert_eq!(value(&path, "user.second").unwrap(), bytes(5, 60_000));
    assert_eq!(value(&path, "user.third").unwrap(), b"");
    assert!(fs::read(&path).unwrap() == contents);
    assert!(fs::metadata(&path).unwrap().permissions().readonly());
    let mut names = vec![0; 1000];
    let len = listxattr(&path, &mut names[..]).unwrap();
    assert_eq!(names[..len].split(|&b| b == 0).filter(|n| !n.is_empty()).count(), 3);
    assert_eq!(fs::read_link(&junction).unwrap(), Path::new("Windows/System32"));
    assert_eq!(fs::read_dir(&junction).unwrap().count(), 8);
    removexattr(&path, "user.second").unwrap();
    removexattr(&path, "system.ntfs_acl").unwrap();
    assert_eq!(removexattr(&path, "user.second"), Err(Errno::NODATA));
    place.done(["unmount", "m", "--commit"]);
    verify(&place.at("image.wim"));
    place.done(["mount", "image.wim", "1", "m"]);
    assert_eq!(value(&path, "user.second"), Err(Errno::NODATA));
    assert_eq!(value(&path, "system.ntfs_acl"), Err(Errno::NODATA));
    assert_eq!(value(&path, "user.Zone.Identifier").unwrap(), b"[ZoneTransfer]");
    place.done(["unmount", "m"]);
}

#[test]
fn two_images_of_one_wim_are_changed_and_committed_one_after_the_other() {
    let Some(place) = mounted(&[]) else { return };
    place.done(["unmount", "m", "--discard"]);
    let image = place.at("image.wim");
    let wimlib = tool("wimlib-imagex").unwrap();
    run(
        &wimlib,
        ["append".as_ref(), place.at("tree/Users").as_os_str(), image.as_os_str(), "second".as_ref()],
    );
    place.done(["mount", "image.wim", "1", "m", "--rw"]);
    place.done(["mount", "image.wim", "2", "other", "--rw"]);
    fs::write(place.at("m/first.txt"), "first").unwrap();
    fs::write(place.at("other/second.txt"), "second").unwrap();
    place.done(["unmount", "m", "--commit"]);
    place.done(["unmount", "other", "--commit"]);
    verify(&image);
    place.done(["mount", "image.wim", "1", "m"]);
    place.done(["mount", "image.wim", "2", "other"]);
    assert_eq!(fs::read(place.at("m/FIRST.TXT")).unwrap(), b"first");
    assert_eq!(fs::read(place.at("other/SECOND.TXT")).unwrap(), b"second");
    place.done(["unmount", "m"]);
    place.done(["unmount", "other"]);
}

/// What is not the image any more that was mounted is not written over.
#[test]
fn an_image_that_was_changed_meanwhile_is_not_committed_to() {
    let Some(place) = mounted(&[]) else { return };
    let (image, wimlib) = (place.at("image.wim"), tool("wimlib-imagex").unwrap());
    fs::write(place.at("m/ours.txt"), "ours").unwrap();
    let add = format!("add '{}' /theirs.txt", place.at("tree/Windows/System32/file1.dll").display());
    run(&wimlib, ["update".as_ref(), image.as_os_str(), "1".as_ref(), "--command".as_ref(), add.as_ref()]);
    let before = fs::read(&image).unwrap();
    let refused = place.wright(["unmount", "m", "--commit"]);
    assert!(refused.code == 1 && refused.stderr.contains("was changed since it was mounted"), "{refused:?}");
    assert!(fs::read(&image).unwrap() == before);
    // Nothing was unmounted, and what was changed is there.
    assert_eq!(fs::read(place.at("m/ours.txt")).unwrap(), b"ours");
    place.done(["unmount", "m", "--discard"]);
    // A mount that would hide its own image has nothing to commit to.
    let over = place.wright(["mount", "image.wim", "1", ".", "--rw"]);
    assert!(over.code != 0 && over.stderr.contains("holds the WIM itself"), "{}", over.stderr);
}
