//! Images added: in place and as a whole new file, on disks whose power fails.

use super::super::append::append;
use super::power::{SimDisk, open_bytes};
use super::*;
use crate::base::{ImageTree, Limits, Name};
use crate::wim::capture::image::TreeImage;
use crate::wim::metadata::{Inode, StreamSlot};
use crate::wim::write::ExportOptions;
use crate::wim::write::blobs::NewBlob;
use crate::wim::write::export::Make;
use crate::wim::write::images::Whole;
use crate::wim::write::resource::Format;
use crate::wim::xml::WimXml;

const PLAIN: Format = Format { compression: Compression::Xpress, chunk_size: 1 << 15, level: 50 };

/// An image with two files of the same contents, one of its own and one that has none.
fn image(name: &str, seed: u64, solid: Option<Format>) -> TreeImage {
    let mut metadata = Metadata::empty();
    let (mut contents, mut waiting) = (Vec::new(), Vec::new());
    for (file, bytes) in [("a", data(9, 70_000)), ("b", data(9, 70_000)), ("own", data(seed, 50_000))] {
        let inode = metadata.add_inode(Inode { security_id: -1, attributes: 0x80, ..Inode::default() });
        metadata.add_dentry(metadata.root(), Name::from(file), inode);
        contents.push(NewBlob { blob: Arc::new(bytes), sha1: None, name: file.into() });
        waiting.push(vec![(inode, StreamSlot::Default)]);
    }
    let inode = metadata.add_inode(Inode { security_id: -1, attributes: 0x80, ..Inode::default() });
    metadata.add_dentry(metadata.root(), Name::from("empty"), inode);
    let properties = ImageProperties { name: Some(name.into()), ..ImageProperties::default() };
    let (element, time, limits) = (None, FileTime(77), Limits::default());
    let windows = None;
    TreeImage { metadata, contents, waiting, solid, element, windows, properties, time, boot: true, limits }
}

fn whole() -> Whole {
    let (guid, unused) = (None, Vec::new());
    let (xml, elsewhere) = (WimXml::empty(), Vec::new());
    Whole { plain: PLAIN, guid, integrity: true, rp_fix: false, unused, xml, elsewhere }
}

/// The names of the images; fails where the file does not verify or an added image is not whole.
fn listed(bytes: &[u8]) -> Vec<String> {
    let wim = open_bytes(bytes).unwrap();
    let report = wim.verify(&crate::wim::VerifyOptions::default(), &Progress::none()).unwrap();
    assert!(report.problems.is_empty(), "{:?}", report.problems);
    let xml = wim.xml().unwrap();
    assert_eq!(xml.images().len() as u32, wim.image_count());
    let mut counts = std::collections::HashMap::new();
    for index in 1..=wim.image_count() {
        let metadata = wim.image(index).unwrap();
        table::count_into(&metadata.inodes, 1, &mut counts);
        let info = xml.image(index).unwrap();
        if let Some(seed) = info.name.strip_prefix("new ") {
            let view = wim.view(index).unwrap();
            let read = |name: &str| view.read(&path(name), 1 << 20).unwrap();
            assert_eq!((read("a"), read("b")), (data(9, 70_000), data(9, 70_000)));
            assert_eq!(read("own"), data(seed.parse().unwrap(), 50_000));
            assert!(read("empty").is_empty());
            assert_eq!((info.file_count, info.dir_count, info.total_bytes), (4, 1, 190_000));
            assert_eq!(info.creation_time, Some(FileTime(77)));
        }
    }
    for entry in wim.blob_table().entries.iter().filter(|e| !e.is_metadata() && !e.is_solid_resource()) {
        assert_eq!(i64::from(entry.ref_count), counts[&entry.sha1], "{}", entry.sha1);
    }
    let images: Vec<_> = wim.blob_table().entries.iter().filter(|e| e.is_metadata()).collect();
    if let Some(boot) = images.get((wim.header().boot_index as usize).wrapping_sub(1)) {
        assert_eq!(wim.header().boot_metadata, boot.resource);
    }
    xml.images().iter().map(|image| image.name.clone()).collect()
}

#[test]
fn an_image_is_there_or_not_wherever_the_power_fails() {
    let solid = Format { compression: Compression::Lzms, chunk_size: 1 << 17, level: 20 };
    let (options, none) = (CommitOptions::default(), Progress::none());
    for (integrity, solid) in [(false, None), (true, None), (true, Some(solid))] {
        let old = blank_wim(Compression::Lzx, 1 << 15, 2, integrity);
        let wim = open_bytes(&old).unwrap();
        let disk = SimDisk::new(&old, usize::MAX);
        append(&disk, &wim, Change::Add(&mut image("new 3", 3, solid)), &options, &none).unwrap();
        let (old, before) = (disk.now(), vec!["image 1", "image 2", "new 3"]);
        assert_eq!(listed(&old), before);
        let wim = open_bytes(&old).unwrap();
        assert_eq!((wim.header().boot_index, wim.is_solid()), (3, solid.is_some()));
        let disk = SimDisk::new(&old, usize::MAX);
        let added = append(&disk, &wim, Change::Add(&mut image("new 4", 4, solid)), &options, &none).unwrap();
        assert_eq!((added.new_blobs, added.new_bytes, added.deduplicated), (1, 50_000, 2));
        assert_eq!(added.images, [4]);
        let (new, after) = (disk.now(), vec!["image 1", "image 2", "new 3", "new 4"]);
        assert_eq!(listed(&new), after);
        assert_eq!(new[HEADER_LEN..old.len()], old[HEADER_LEN..]);
        assert_eq!(open_bytes(&new).unwrap().integrity_table().unwrap().is_some(), integrity);
        let (steps, mut outcomes) = (disk.steps(), 0);
        for cut in 0..steps {
            let disk = SimDisk::new(&old, cut);
            append(&disk, &wim, Change::Add(&mut image("new 4", 4, solid)), &options, &none).unwrap_err();
            for left in disk.outcomes() {
                let shown = listed(&left);
                assert!(shown == before || (shown == after && cut >= steps - 1), "cut {cut} of {steps}");
                outcomes += 1;
            }
        }
        eprintln!("{steps} steps, {outcomes} outcomes");
    }
}

/// The same of images that come out of another WIM.
#[test]
fn an_exported_image_is_there_or_not_wherever_the_power_fails() {
    let none = Progress::none();
    let source = SimDisk::new(&[], usize::MAX);
    whole().write(&source, &mut image("new 5", 5, None), &Limits::default(), &none).unwrap();
    let source = open_bytes(&source.now()).unwrap();
    for (kind, solid) in [(Compression::Xpress, false), (Compression::Lzx, false), (Compression::Lzx, true)] {
        let old = blank_wim(kind, 1 << 15, 2, true);
        let wim = open_bytes(&old).unwrap();
        let export = ExportOptions { solid, ..ExportOptions::default() };
        let add = |disk: &SimDisk| {
            let mut make = Make::into(&source, &wim, &[1], &export, &none).unwrap();
            append(disk, &wim, Change::Add(&mut make), &CommitOptions::default(), &none)
        };
        let disk = SimDisk::new(&old, usize::MAX);
        assert_eq!(add(&disk).unwrap().new_blobs, 2);
        let (before, after) = (vec!["image 1", "image 2"], vec!["image 1", "image 2", "new 5"]);
        assert_eq!(
            (listed(&old), listed(&disk.now())),
            (
                before.iter().map(|s| (*s).to_owned()).collect(),
                after.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>()
            )
        );
        let steps = disk.steps();
        for cut in 0..steps {
            let disk = SimDisk::new(&old, cut);
            add(&disk).unwrap_err();
            for left in disk.outcomes() {
                let shown = listed(&left);
                assert!(shown == before || (shown == after && cut >= steps - 1), "cut {cut} of {steps}");
            }
        }
    }
}

#[test]
fn a_whole_file_is_written_by_the_same_road() {
    let limits = Limits::default();
    let make = || {
        let disk = SimDisk::new(&[], usize::MAX);
        whole().write(&disk, &mut image("new 5", 5, None), &limits, &Progress::none()).unwrap();
        disk.now()
    };
    let bytes = make();
    assert_eq!(listed(&bytes), ["new 5"]);
    assert_eq!(bytes, make(), "the same image gives the same bytes");
    let wim = open_bytes(&bytes).unwrap();
    assert_eq!((wim.header().boot_index, wim.blobs().len()), (1, 2));
    assert!(wim.integrity_table().unwrap().is_some());
}

#[test]
fn a_name_is_given_once() {
    let (_dir, path) = temp_wim(&blank_wim(Compression::Lzx, 1 << 15, 2, false));
    let (wim, before) = (open(&path), std::fs::read(&path).unwrap());
    let add = |name: &str, options: &CommitOptions| {
        add_images(&wim, &mut image(name, 1, None), options, &Progress::none())
    };
    let e = add("image 2", &CommitOptions::new()).unwrap_err();
    assert_eq!(e.kind(), ErrorKind::AlreadyExists);
    assert!(e.to_string().contains("image 2 is called 'image 2' already"), "{e}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
    let other = path.with_file_name("other.wim");
    let options =
        CommitOptions { output: Some(other.clone()), integrity: Some(true), ..CommitOptions::default() };
    add("new 1", &options).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert_eq!(listed(&std::fs::read(&other).unwrap()), ["image 1", "image 2", "new 1"]);
    assert!(open(&other).integrity_table().unwrap().is_some());
    let none = CommitOptions { integrity: Some(false), ..CommitOptions::default() };
    add_images(&open(&other), &mut image("", 2, None), &none, &Progress::none()).unwrap();
    add_images(&open(&other), &mut image("", 2, None), &none, &Progress::none()).unwrap();
    assert_eq!((open(&other).image_count(), open(&other).integrity_table().unwrap()), (5, None));
}
