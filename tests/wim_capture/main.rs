//! Folders captured: what is read back, what wimlib makes of the same folder, and what never happens.
#![cfg(unix)]

#[path = "../common/mod.rs"]
mod common;
mod exclude;
mod random;
mod refused;
mod shape;
mod sidecar;
#[path = "../wim_extract/tree.rs"]
#[allow(dead_code, reason = "each test uses its own part")]
mod tree;

use common::{run, temp, tool};
use shape::{Random, exact, judged, open, random_tree};
use std::path::Path;
use wimwright::base::Progress;
use wimwright::codec::wimlib::Compression;
use wimwright::wim::capture::{CaptureOptions, CaptureReport, append, capture};
use wimwright::wim::xml::FileTime;

fn captured(dir: &Path, wim: &Path, change: impl FnOnce(&mut CaptureOptions)) -> CaptureReport {
    let mut options = CaptureOptions::new();
    options.packing.replace = true;
    change(&mut options);
    capture(dir, wim, &options, &Progress::none()).unwrap()
}

fn wimlib(dir: &Path, wim: &Path, more: &[&str]) {
    let args = ["capture".as_ref(), dir.as_os_str(), wim.as_os_str()].into_iter();
    run("wimlib-imagex", args.chain(more.iter().map(AsRef::as_ref)));
}

#[test]
fn the_same_folder_gives_the_same_bytes() {
    let work = temp();
    let (folder, copy) = (work.path().join("tree"), work.path().join("copy"));
    random_tree(&folder, &mut Random(77), 60);
    run("cp", ["-a".as_ref(), folder.as_os_str(), copy.as_os_str()]);
    let make = |folder: &Path, to: &str, change: &dyn Fn(&mut CaptureOptions)| {
        let wim = work.path().join(to);
        captured(folder, &wim, |options| {
            options.reproducible = true;
            options.properties.name = Some("same".into());
            // Links into the folder name it.
            options.fix_links = Some(false);
            change(options);
        });
        std::fs::read(wim).unwrap()
    };
    let first = make(&folder, "a.wim", &|_| ());
    assert!(first == make(&folder, "b.wim", &|_| ()));
    assert!(first == make(&copy, "c.wim", &|options| options.packing.threads = Some(1)));
    let at =
        |seconds| move |options: &mut CaptureOptions| options.timestamp = Some(FileTime::from_unix(seconds));
    let early = make(&folder, "d.wim", &at(1_000_000_000));
    assert!(first != early && early == make(&copy, "e.wim", &at(1_000_000_000)));
    let wim = open(&work.path().join("d.wim"));
    let image = wim.xml().unwrap().image(1).unwrap().clone();
    assert_eq!(image.creation_time, Some(FileTime::from_unix(1_000_000_000)));
    for (_, inode, _) in exact(&wim, 1).values() {
        assert!(inode.times().write <= FileTime::from_unix(1_000_000_000).0);
        assert_eq!(inode.times().access, inode.times().write);
    }
    let guid = *b"0123456789abcdef";
    make(&folder, "f.wim", &|options| options.packing.guid = Some(guid));
    assert_eq!(open(&work.path().join("f.wim")).header().guid, guid);
}

#[test]
fn images_are_added_behind_others() {
    let work = temp();
    let (one, two, wim) = (work.path().join("one"), work.path().join("two"), work.path().join("x.wim"));
    random_tree(&one, &mut Random(5), 40);
    // Absolute links into the folder would lead out of its copy.
    let inside = format!("{}*", one.display());
    run("find", [one.as_os_str(), "-lname".as_ref(), inside.as_ref(), "-delete".as_ref()]);
    run("cp", ["-a".as_ref(), one.as_os_str(), two.as_os_str()]);
    std::fs::write(two.join("more"), b"only here").unwrap();
    captured(&one, &wim, |options| options.packing.integrity = Some(true));
    let before = std::fs::read(&wim).unwrap();
    let add = |folder: &Path, change: &dyn Fn(&mut CaptureOptions)| {
        let mut options = CaptureOptions::new();
        change(&mut options);
        append(folder, &open(&wim), &options, &Progress::none())
    };
    let report = add(&two, &|options| options.boot = true).unwrap();
    assert_eq!((report.index, report.new_blobs, report.new_bytes), (2, 1, 9), "{report:?}");
    let after = std::fs::read(&wim).unwrap();
    assert_eq!(before[208..], after[208..before.len()]);
    judged(&wim, true);
    let file = open(&wim);
    assert_eq!((file.image_count(), file.header().boot_index), (2, 2));
    assert!(file.integrity_table().unwrap().is_some());
    let e = add(&two, &|_| ()).unwrap_err();
    assert_eq!(e.kind(), wimwright::ErrorKind::AlreadyExists);
    let e = add(&two, &|options| options.packing.compression = Some(Compression::Xpress)).unwrap_err();
    assert_eq!(e.kind(), wimwright::ErrorKind::InvalidArgument);
    assert_eq!(after, std::fs::read(&wim).unwrap());
    std::fs::write(two.join("more"), vec![7; 300_000]).unwrap();
    let packed = add(&two, &|options| {
        options.packing.solid = true;
        options.packing.level = Some(20);
        options.properties.name = Some("packed".into());
    });
    assert_eq!(packed.unwrap().new_blobs, 1);
    assert!(open(&wim).is_solid());
    judged(&wim, false);
    if tool("wimlib-imagex").is_some() {
        for (index, folder) in [(1, &one), (3, &two)] {
            let applied = tree::applied(&wim, index, &work.path().join(format!("applied {index}")));
            tree::same(&tree::tree(folder), &applied, "applied by wimlib");
        }
        // The other way round: wimlib's file, our image.
        let theirs = work.path().join("theirs.wim");
        wimlib(&one, &theirs, &["--compress=xpress", "--check"]);
        append(&two, &open(&theirs), &CaptureOptions::new(), &Progress::none()).unwrap();
        judged(&theirs, true);
        tree::same(&tree::tree(&two), &tree::applied(&theirs, 2, &work.path().join("applied")), "theirs");
    }
}

#[test]
fn holes_cost_nothing() {
    use std::os::unix::fs::{FileExt, MetadataExt};
    let work = temp();
    let (folder, wim, out) = (work.path().join("tree"), work.path().join("x.wim"), work.path().join("out"));
    std::fs::create_dir(&folder).unwrap();
    let path = folder.join("sparse");
    let file = std::fs::File::create(&path).unwrap();
    file.set_len(96 << 20).unwrap();
    file.write_all_at(b"begin", 0).unwrap();
    file.write_all_at(b"middle", (50 << 20) + 12_345).unwrap();
    drop(file);
    std::fs::write(folder.join("small"), [vec![1; 10], vec![0; 200_000]].concat()).unwrap();
    if path.metadata().unwrap().blocks() * 512 >= 96 << 20 {
        eprintln!("skipped: the file system has no holes");
        return;
    }
    captured(&folder, &wim, |options| options.packing.compression = Some(Compression::Xpress));
    judged(&wim, true);
    let file = open(&wim);
    let metadata = file.image(1).unwrap();
    let id = metadata.lookup(&wimwright::base::ImagePath::parse("sparse").unwrap()).unwrap();
    assert_eq!(metadata.inode_of(id).attributes(), 0x200);
    file.extract(1, &out, &wimwright::wim::ExtractOptions::default(), &Progress::none()).unwrap();
    tree::same(&tree::tree(&folder), &tree::tree(&out), "extracted");
    assert!(out.join("sparse").metadata().unwrap().blocks() * 512 < 1 << 20);
}
