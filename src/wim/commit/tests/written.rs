//! What a commit writes, read back.

use super::*;
use crate::base::{Blob, BlobSource, Cancel, Event, FileBlob, ImageTree, Name};
use crate::wim::overlay::Content;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

fn run(wim: &WimFile, overlays: Vec<Overlay>) -> Result<CommitReport> {
    commit(wim, overlays, &CommitOptions::default(), &Progress::none())
}

#[test]
fn every_compression_and_chunk_size_comes_back() {
    let formats = [
        (Compression::None, 0),
        (Compression::Xpress, 1 << 12),
        (Compression::Xpress, 1 << 16),
        (Compression::Lzx, 1 << 15),
        (Compression::Lzx, 1 << 21),
        (Compression::Lzms, 1 << 15),
        (Compression::Lzms, 1 << 17),
    ];
    for (kind, chunk) in formats {
        let (_dir, file) = temp_wim(&blank_wim(kind, chunk, 2, true));
        let wim = open(&file);
        let big = chunk.max(1 << 12) as usize;
        let files: Vec<(String, Vec<u8>)> = [0, 1, 2, big - 1, big, big + 1, 3 * big + 7]
            .into_iter()
            .flat_map(|n| {
                [(format!("text{n}"), data(n as u64, n)), (format!("noise{n}"), noise(n as u64, n))]
            })
            .collect();
        let mut overlay = Overlay::new(&wim, 2).unwrap();
        for (name, content) in &files {
            overlay.put(&path(&format!("new\\{name}")), content.clone()).unwrap();
        }
        let report = run(&wim, vec![overlay]).unwrap();
        assert_eq!(report.images, [2]);
        assert_eq!(report.size_after, std::fs::metadata(&file).unwrap().len());
        assert_eq!(report.size_before + report.appended_bytes, report.size_after);
        let wim = open(&file);
        let view = Overlay::new(&wim, 2).unwrap();
        for (name, content) in &files {
            assert!(
                view.read(&path(&format!("NEW\\{name}")), u64::MAX).unwrap() == *content,
                "{kind} {chunk} {name}"
            );
        }
        assert!(Overlay::new(&wim, 1).unwrap().list(&ImagePath::root()).unwrap().is_empty());
        assert!(
            wim.verify(&crate::wim::VerifyOptions::default(), &Progress::none()).unwrap().problems.is_empty()
        );
        let table = wim.integrity_table().unwrap().unwrap();
        let meter = Progress::none().begin(crate::base::Phase::Verify, 0, 0);
        let end = wim.header().blob_table.end().unwrap();
        assert!(table.check(&*wim.sources()[0], end, &meter).unwrap().is_empty());
        let xml = String::from_utf8(
            wim.xml_bytes().iter().copied().filter(|b| *b != 0).collect::<Vec<_>>()[2..].to_vec(),
        );
        let xml = xml.unwrap();
        assert!(xml.contains("<!-- kept -->") && xml.contains("<ODD a='1'/>"), "{xml}");
        assert!(xml.contains(&format!("<TOTALBYTES>{end}</TOTALBYTES>")));
        assert!(xml.contains("<DIRCOUNT>2</DIRCOUNT>") && xml.contains("<FILECOUNT>14</FILECOUNT>"));
    }
}

/// A blob that is neither memory nor a file, as a staging area gives them.
struct Stream(Vec<u8>, AtomicUsize);

impl BlobSource for Stream {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn open(&self) -> Result<Box<dyn Read + Send + '_>> {
        self.1.fetch_add(1, Relaxed);
        Ok(Box::new(self.0.as_slice()))
    }
}

#[test]
fn contents_are_written_once_and_counted() {
    let (dir, file) = temp_wim(&blank_wim(Compression::Lzx, 1 << 15, 3, false));
    let wim = open(&file);
    let shared: Arc<Stream> = Arc::new(Stream(data(1, 100_000), AtomicUsize::new(0)));
    let on_disk = dir.path().join("content");
    std::fs::write(&on_disk, data(1, 100_000)).unwrap();
    let mut overlays = Vec::new();
    for index in 1..=3 {
        let mut overlay = Overlay::new(&wim, index).unwrap();
        let blob: Blob = shared.clone();
        overlay.put(&path("a"), Content::new(blob)).unwrap();
        overlay.put(&path("b"), Content::file(&on_disk).unwrap()).unwrap();
        overlay.hard_link(&path("b"), &path("dir\\c")).unwrap();
        overlay.put_stream(&path("b"), &Name::from("ads"), data(1, 100_000)).unwrap();
        overlay.put(&path("empty"), Vec::new()).unwrap();
        overlays.push(overlay);
    }
    let report = run(&wim, overlays).unwrap();
    assert_eq!((report.new_blobs, report.new_bytes), (1, 100_000));
    assert_eq!(shared.1.load(Relaxed), 1);
    let wim = open(&file);
    let blob = *wim.blob(&sha1(&shared.0)).unwrap();
    // Three images; a, b and c, and the stream at both names of b.
    assert_eq!(blob.ref_count, 3 * 5);

    // Known contents are not even read.
    let mut overlay = Overlay::new(&wim, 2).unwrap();
    let never: Blob = Arc::new(Stream(vec![0; 100_000], AtomicUsize::new(0)));
    overlay.put(&path("again"), Content::with_sha1(never, blob.sha1)).unwrap();
    overlay.remove(&path("b")).unwrap();
    let report = run(&wim, vec![overlay]).unwrap();
    assert_eq!((report.new_blobs, report.deduplicated), (0, 1));
    let wim = open(&file);
    assert_eq!(wim.blob(&blob.sha1).unwrap().ref_count, 15 - 2 + 1);

    // The last user gone, the blob is dropped.
    let mut overlays = Vec::new();
    for index in 1..=3 {
        let mut overlay = Overlay::new(&wim, index).unwrap();
        let names: Vec<_> = overlay.list(&ImagePath::root()).unwrap().into_iter().map(|e| e.name).collect();
        for name in names {
            overlay.remove(&ImagePath::root().join(name)).unwrap();
        }
        overlays.push(overlay);
    }
    let report = run(&wim, overlays).unwrap();
    assert_eq!(report.dropped_blobs, 1);
    assert!(open(&file).blob(&blob.sha1).is_none());
}

#[test]
fn blobs_larger_than_a_batch_go_through_in_pieces() {
    for kind in [Compression::Xpress, Compression::None] {
        let (_dir, file) =
            temp_wim(&blank_wim(kind, if kind == Compression::None { 0 } else { 1 << 15 }, 1, true));
        let wim = open(&file);
        let (text, random) = (data(7, (33 << 20) + 5), noise(7, (32 << 20) + 1));
        let mut overlay = Overlay::new(&wim, 1).unwrap();
        let stream = |bytes: &[u8]| -> Blob { Arc::new(Stream(bytes.to_vec(), AtomicUsize::new(0))) };
        overlay.put(&path("text"), Content::new(stream(&text))).unwrap();
        overlay.put(&path("twin"), Content::new(stream(&text))).unwrap();
        overlay.put(&path("random"), Content::new(stream(&random))).unwrap();
        overlay.put(&path("small"), b"small".to_vec()).unwrap();
        let report = run(&wim, vec![overlay]).unwrap();
        assert_eq!((report.new_blobs, report.deduplicated), (3, 1));
        let wim = open(&file);
        let view = Overlay::new(&wim, 1).unwrap();
        for (name, bytes) in [("text", &text), ("twin", &text), ("random", &random)] {
            assert!(view.read(&path(name), u64::MAX).unwrap() == *bytes, "{kind} {name}");
        }
        assert_eq!(std::fs::metadata(&file).unwrap().len(), report.size_after);
    }
}

#[test]
fn the_output_is_another_file_and_replaced_at_once() {
    let original = blank_wim(Compression::Lzx, 1 << 15, 1, false);
    let (dir, file) = temp_wim(&original);
    let wim = open(&file);
    let output = dir.path().join("out.wim");
    std::fs::write(&output, b"something else").unwrap();
    let options = CommitOptions { output: Some(output.clone()), ..CommitOptions::default() };
    let mut overlay = Overlay::new(&wim, 1).unwrap();
    overlay.put(&path("x"), data(1, 70_000)).unwrap();
    let mut bad = Overlay::new(&wim, 1).unwrap();
    bad.put(&path("x"), Content::with_sha1(Arc::new(data(1, 9)), sha1(b"else"))).unwrap();
    let e = commit(&wim, vec![bad], &options, &Progress::none()).unwrap_err();
    assert_eq!((e.kind(), e.path()), (ErrorKind::HashMismatch, Some("\\x")));
    assert_eq!(std::fs::read(&output).unwrap(), b"something else");
    let report = commit(&wim, vec![overlay], &options, &Progress::none()).unwrap();
    assert_eq!(report.path, output);
    assert_eq!(std::fs::read(&file).unwrap(), original);
    assert_eq!(Overlay::new(&open(&output), 1).unwrap().read(&path("x"), 70_000).unwrap(), data(1, 70_000));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2, "no temporary file stays");
}

#[test]
fn what_cannot_be_changed_is_refused_by_name() {
    let good = blank_wim(Compression::Lzx, 1 << 15, 2, false);
    let kind_with = |change: &dyn Fn(&mut Header)| {
        let mut header = Header::parse(&good).unwrap();
        change(&mut header);
        let mut bytes = good.clone();
        bytes[..HEADER_LEN].copy_from_slice(&header.to_bytes());
        let (_dir, file) = temp_wim(&bytes);
        let wim = open(&file);
        let mut overlay = Overlay::new(&wim, 1).unwrap();
        overlay.put(&path("x"), b"x".to_vec()).unwrap();
        let result = run(&wim, vec![overlay]);
        assert_eq!(std::fs::read(&file).unwrap() == bytes, result.is_err());
        result.map(|_| open(&file).header().flags).map_err(|e| e.kind())
    };
    assert_eq!(kind_with(&|h| h.flags |= flags::SPANNED), Err(ErrorKind::Unsupported));
    assert_eq!(kind_with(&|h| h.flags |= flags::READ_ONLY), Err(ErrorKind::PermissionDenied));
    assert_eq!(kind_with(&|h| h.flags |= flags::METADATA_ONLY), Err(ErrorKind::Unsupported));
    // What an interrupted writer left behind does not lock everybody out for ever.
    let flags = kind_with(&|h| h.flags |= flags::WRITE_IN_PROGRESS).unwrap();
    assert_eq!(flags & flags::WRITE_IN_PROGRESS, 0);

    let (_dir, file) = temp_wim(&good);
    let wim = open(&file);
    let view = |index| Overlay::new(&wim, index).unwrap();
    assert_eq!(run(&wim, vec![view(1), view(1)]).unwrap_err().kind(), ErrorKind::InvalidArgument);
    let (_dir2, other) = temp_wim(&good);
    assert_eq!(run(&open(&other), vec![view(1)]).unwrap_err().kind(), ErrorKind::InvalidArgument);
    assert_eq!(run(&wim, vec![view(1), view(2)]).unwrap().appended_bytes, 0);
    assert_eq!(std::fs::read(&file).unwrap(), good);
}

#[test]
fn a_second_writer_is_told_at_once() {
    let (_dir, file) = temp_wim(&blank_wim(Compression::Lzx, 1 << 15, 1, false));
    let wim = open(&file);
    let overlay = |text: &str| {
        let mut overlay = Overlay::new(&wim, 1).unwrap();
        overlay.put(&path("x"), text.as_bytes().to_vec()).unwrap();
        overlay
    };
    let lock = FileDisk::open_exclusive(&file).unwrap();
    assert_eq!(run(&wim, vec![overlay("1")]).unwrap_err().kind(), ErrorKind::Busy);
    drop(lock);
    run(&wim, vec![overlay("1")]).unwrap();
    // This view is older than the file now.
    assert_eq!(run(&wim, vec![overlay("2")]).unwrap_err().kind(), ErrorKind::Busy);
    assert_eq!(Overlay::new(&open(&file), 1).unwrap().read(&path("x"), 9).unwrap(), b"1");
}

#[test]
fn cancelling_leaves_the_file_as_it_was() {
    let original = blank_wim(Compression::Lzx, 1 << 15, 1, false);
    let (dir, file) = temp_wim(&original);
    let wim = open(&file);
    for after in [0, 3, 10] {
        let mut overlay = Overlay::new(&wim, 1).unwrap();
        for i in 0..8 {
            let content = dir.path().join(format!("c{i}"));
            std::fs::write(&content, data(i, 300_000)).unwrap();
            overlay
                .put(&path(&format!("f{i}")), Content::new(Arc::new(FileBlob::new(content).unwrap())))
                .unwrap();
        }
        let cancel = Cancel::default();
        let (flag, seen) = (cancel.clone(), AtomicUsize::new(0));
        let sink = move |_: &Event<'_>| {
            if seen.fetch_add(1, Relaxed) >= after {
                flag.cancel();
            }
        };
        let progress = Progress::new(Arc::new(sink), cancel);
        let e = commit(&wim, vec![overlay], &CommitOptions::default(), &progress).unwrap_err();
        assert_eq!(e.kind(), ErrorKind::Cancelled);
        assert_eq!(std::fs::read(&file).unwrap(), original);
    }
}

#[test]
fn garbage_behind_the_end_is_left_alone() {
    let mut bytes = blank_wim(Compression::Lzx, 1 << 15, 1, true);
    bytes.extend(noise(3, 5000));
    let (_dir, file) = temp_wim(&bytes);
    let wim = open(&file);
    let mut overlay = Overlay::new(&wim, 1).unwrap();
    overlay.put(&path("x"), data(1, 5000)).unwrap();
    run(&wim, vec![overlay]).unwrap();
    let now = std::fs::read(&file).unwrap();
    assert_eq!(now[HEADER_LEN..bytes.len()], bytes[HEADER_LEN..]);
    assert_eq!(Overlay::new(&open(&file), 1).unwrap().read(&path("x"), 5000).unwrap(), data(1, 5000));
}

#[test]
fn counts_that_were_wrong_drop_nothing_that_is_used() {
    let (_dir, file) = temp_wim(&blank_wim(Compression::Lzx, 1 << 15, 2, false));
    let wim = open(&file);
    let mut overlays: Vec<_> = [1, 2].map(|i| Overlay::new(&wim, i).unwrap()).into();
    for overlay in &mut overlays {
        overlay.put(&path("x"), b"shared by both".to_vec()).unwrap();
    }
    run(&wim, overlays).unwrap();
    // A count of 1 where both images use the blob.
    let wim = open(&file);
    let mut bytes = std::fs::read(&file).unwrap();
    let at = wim.header().blob_table.offset as usize;
    let blob = sha1(b"shared by both");
    let entry = wim.blob_table().entries.iter().position(|e| e.sha1 == blob).unwrap();
    bytes[at + 50 * entry + 26] = 1;
    std::fs::write(&file, &bytes).unwrap();
    let wim = open(&file);
    let mut overlay = Overlay::new(&wim, 1).unwrap();
    overlay.remove(&path("x")).unwrap();
    assert_eq!(run(&wim, vec![overlay]).unwrap().dropped_blobs, 0);
    assert_eq!(Overlay::new(&open(&file), 2).unwrap().read(&path("x"), 99).unwrap(), b"shared by both");
}

#[test]
fn images_that_wait_for_a_digest_and_others_go_into_one_commit() {
    let (dir, file) = temp_wim(&blank_wim(Compression::Lzx, 1 << 15, 6, false));
    let wim = open(&file);
    let on_disk = dir.path().join("content");
    std::fs::write(&on_disk, data(1, 70_000)).unwrap();
    let mut overlays = Vec::new();
    for index in 1..=6 {
        let mut overlay = Overlay::new(&wim, index).unwrap();
        if index % 2 == 0 {
            overlay.put(&path("file"), Content::file(&on_disk).unwrap()).unwrap();
        } else {
            overlay.put(&path("file"), data(1, 70_000)).unwrap();
        }
        overlay.put(&path("own"), data(u64::from(index) + 10, 500)).unwrap();
        overlays.push(overlay);
    }
    let report = run(&wim, overlays).unwrap();
    assert_eq!((report.new_blobs, report.images), (7, (1..=6).collect()));
    let wim = open(&file);
    assert_eq!(wim.blob(&sha1(&data(1, 70_000))).unwrap().ref_count, 6);
    for index in 1..=6 {
        let overlay = Overlay::new(&wim, index).unwrap();
        assert_eq!(overlay.read(&path("file"), 70_000).unwrap(), data(1, 70_000));
        assert_eq!(overlay.read(&path("own"), 500).unwrap(), data(u64::from(index) + 10, 500));
        let told = wim.xml().unwrap().image(index).unwrap().clone();
        assert_eq!((told.file_count, told.total_bytes), (2, 70_500), "{index}");
    }
}
