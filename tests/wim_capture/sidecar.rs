//! Extracted with a metadata file and captured with it: nothing is lost.

use crate::common::{temp, testdata};
use crate::shape::{Exact, Random, exact, judged, open, random_tree, same};
use std::path::Path;
use wimwright::ErrorKind;
use wimwright::base::{ImagePath, Name, Progress};
use wimwright::wim::capture::CaptureReport;
use wimwright::wim::commit::{CommitOptions, commit};
use wimwright::wim::metadata::Times;
use wimwright::wim::overlay::Overlay;
use wimwright::wim::{ExtractOptions, ExtractReport};

fn path(text: &str) -> ImagePath {
    ImagePath::parse(text).unwrap()
}

/// Extracts with a metadata file and captures with it.
pub fn there_and_back(wim: &Path, index: u32, work: &Path) -> (ExtractReport, CaptureReport, Exact) {
    let (folder, file, back) = (work.join("folder"), work.join("meta.json"), work.join("back.wim"));
    let mut options = ExtractOptions::default();
    options.metadata = Some(file.clone());
    let extracted = open(wim).extract(index, &folder, &options, &Progress::none()).unwrap();
    let captured = crate::captured(&folder, &back, |options| {
        options.metadata = Some(file.clone());
        options.exclusions = wimwright::wim::capture::Exclusions::none();
        options.packing.compression = Some(wimwright::codec::wimlib::Compression::Xpress);
    });
    judged(&back, false);
    let image = exact(&open(&back), 1);
    std::fs::remove_dir_all(&folder).unwrap();
    let _ = std::fs::remove_dir_all(work.join("meta.json.data"));
    std::fs::remove_file(file).unwrap();
    (extracted, captured, image)
}

/// A random folder as an image, with all that a folder cannot hold added to it.
pub fn rich_image(work: &Path, seed: u64, entries: usize) -> std::path::PathBuf {
    let (folder, wim) = (work.join("source"), work.join("rich.wim"));
    let mut random = Random(seed);
    random_tree(&folder, &mut random, entries);
    crate::captured(&folder, &wim, |options| options.properties.description = Some("kept".into()));
    let file = open(&wim);
    let mut overlay = Overlay::new(&file, 1).unwrap();
    let surrogates = Name::from_units(vec![0x61, 0xD800, 0xDBFF, 0x62]);
    let odd = ImagePath::root().join("rich").join(surrogates.clone());
    for (at, size) in [0, 100, 70_000].into_iter().enumerate() {
        let place = path(&format!("rich\\file {at}"));
        overlay.put(&place, random.bytes(size)).unwrap();
        overlay.put_stream(&place, &Name::from("small"), random.bytes(50)).unwrap();
        overlay.put_stream(&place, &surrogates, random.bytes(9_000)).unwrap();
        overlay.put_stream(&place, &Name::from("empty"), Vec::new()).unwrap();
        overlay.set_attributes(&place, 0x27).unwrap();
        overlay.set_security(&place, Some(&[1, 0, 4, 128, at as u8])).unwrap();
        overlay.set_short_name(&place, &Name::from(format!("FILE~{at}").as_str())).unwrap();
        let times =
            Times { creation: at as u64, access: u64::MAX, write: 130_000_000_000_000_007 + at as u64 };
        overlay.set_times(&place, times).unwrap();
    }
    overlay.put(&odd, random.bytes(40)).unwrap();
    overlay.hard_link(&path("rich\\file 2"), &path("rich\\linked\\CON")).unwrap();
    overlay.hard_link(&path("rich\\file 2"), &path("rich\\linked\\good")).unwrap();
    overlay.put(&path("rich\\nul\\inside"), random.bytes(5_000)).unwrap();
    overlay.put(&path("rich\\ends with dot."), random.bytes(10)).unwrap();
    overlay.put_stream(&path("rich\\linked"), &Name::from("of a folder"), random.bytes(6_000)).unwrap();
    overlay.set_attributes(&path("rich\\linked"), 0x16).unwrap();
    overlay.set_security(&path("rich"), Some(&[1, 0, 4, 128, 0])).unwrap();
    overlay.set_security(&ImagePath::root(), Some(&[9; 60])).unwrap();
    commit(&file, vec![overlay], &CommitOptions::new(), &Progress::none()).unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    wim
}

#[test]
fn real_images_come_back_entry_by_entry() {
    let Some(data) = testdata() else { return };
    let (mut images, mut entries) = (0, 0);
    for file in crate::common::files_below(&data.join("wim")) {
        let size = file.metadata().unwrap().len();
        if size > 40 << 20 || file.extension().is_none_or(|e| e != "wim" && e != "esd") {
            continue;
        }
        let Ok(wim) = wimwright::wim::WimFile::open(&file, &wimwright::wim::OpenOptions::new()) else {
            continue;
        };
        let verified = wim.verify(&wimwright::wim::VerifyOptions::default(), &Progress::none());
        if !verified.is_ok_and(|report| report.problems.is_empty()) {
            continue;
        }
        for index in 1..=wim.image_count().min(2) {
            if !wim.image(index).is_ok_and(|metadata| metadata.ignored().is_empty()) {
                continue;
            }
            let work = temp();
            let (extracted, _, image) = there_and_back(&file, index, work.path());
            let what = format!("{} image {index}: {:?}", file.display(), extracted.failed);
            same(&exact(&wim, index), &image, &what);
            (images, entries) = (images + 1, entries + image.len());
        }
    }
    eprintln!("{images} images, {entries} entries");
    assert!(images > 5, "{images}");
}

#[test]
fn what_was_changed_in_the_folder_counts() {
    let work = temp();
    let wim = rich_image(work.path(), 4242, 80);
    let (folder, file, back) = (work.path().join("f"), work.path().join("m.json"), work.path().join("b.wim"));
    let mut options = ExtractOptions::default();
    options.metadata = Some(file.clone());
    open(&wim).extract(1, &folder, &options, &Progress::none()).unwrap();
    let e = open(&wim).extract(1, &folder, &options, &Progress::none()).unwrap_err();
    assert_eq!(e.kind(), ErrorKind::AlreadyExists);
    std::fs::write(folder.join("rich/file 1"), b"new contents").unwrap();
    std::fs::remove_file(folder.join("rich/file 0")).unwrap();
    std::fs::write(folder.join("rich/added"), b"added").unwrap();
    crate::captured(&folder, &back, |options| options.metadata = Some(file.clone()));
    let (before, after) = (exact(&open(&wim), 1), exact(&open(&back), 1));
    let key = |name: &str| -> Vec<Vec<u16>> {
        ["rich", name].iter().map(|part| part.encode_utf16().collect()).collect()
    };
    let (old, new) = (&before[&key("file 1")], &after[&key("file 1")]);
    assert_eq!((&old.0, &old.2, old.1.attributes()), (&new.0, &new.2, new.1.attributes()));
    assert_eq!(new.1.data_sha1(), wimwright::base::sha1(b"new contents"));
    assert_eq!(new.1.named_streams().count(), 3);
    assert!(new.1.times().write > old.1.times().write && new.1.times().creation == old.1.times().creation);
    assert!(!after.contains_key(&key("file 0")));
    assert_eq!(after[&key("added")].1.security_id(), -1);
    let text = std::fs::read_to_string(&file).unwrap();
    for (from, to) in [
        ("metadata.v1", "metadata.v9"),
        ("\"entries\"", "\"entri\""),
        ("\"attributes\":", "\"attributes\":-"),
    ] {
        std::fs::write(&file, text.replace(from, to)).unwrap();
        let mut options = wimwright::wim::capture::CaptureOptions::new();
        options.metadata = Some(file.clone());
        options.packing.replace = true;
        let e = wimwright::wim::capture::capture(&folder, &back, &options, &Progress::none()).unwrap_err();
        assert!(matches!(e.kind(), ErrorKind::Malformed | ErrorKind::Unsupported), "{e}");
    }
}
