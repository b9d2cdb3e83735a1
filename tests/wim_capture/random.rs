//! Random trees: captured here and by wimlib, written in every format by both, and read by
//! each other. What fails is made smaller, and said with its seed.

use crate::common::{run, temp, tool};
use crate::shape::{Random, Shape, exact, judged, open, random_tree, same, shape};
use crate::sidecar::{rich_image, there_and_back};
use crate::tree::Node;
use crate::{captured, tree, wimlib};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::path::Path;
use wimwright::codec::wimlib::Compression;

/// Compression, bytes of a chunk, whether solid; and how wimlib is told.
type Form = (Compression, Option<u32>, bool, &'static [&'static str]);

const FORMS: [Form; 8] = [
    (Compression::Lzx, None, false, &["--compress=lzx"]),
    (Compression::Xpress, Some(4096), false, &["--compress=xpress", "--chunk-size=4K"]),
    (Compression::None, None, false, &["--compress=none"]),
    (Compression::Lzms, Some(32768), false, &["--compress=lzms", "--chunk-size=32K"]),
    (Compression::Lzms, Some(1 << 20), true, &["--solid", "--solid-chunk-size=1M"]),
    (Compression::Xpress, Some(65536), false, &["--compress=xpress", "--chunk-size=64K"]),
    (Compression::Lzx, Some(1 << 21), false, &["--compress=lzx", "--chunk-size=2M"]),
    (Compression::Lzx, Some(1 << 15), true, &["--solid", "--solid-compress=lzx", "--solid-chunk-size=32K"]),
];

/// Runs `check` over random seeds, sizes and forms: a few, or as many as a person asks for. Every form comes along.
fn random(
    default: u32,
    entries: std::ops::Range<usize>,
    check: impl Fn(u64, usize, &Form) -> Result<(), TestCaseError>,
) {
    let cases = std::env::var("WIMWRIGHT_RANDOM_TREES").ok().and_then(|n| n.parse().ok()).unwrap_or(default);
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 30, ..Config::default() };
    // The same trees in every run, so that a failure is the change's; new ones where somebody looks for them.
    let (mut runner, first) = if cases == default {
        (TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha)), 0)
    } else {
        let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
        (TestRunner::new(config), now.as_nanos() as usize)
    };
    let turn = std::cell::Cell::new(0);
    runner
        .run(&(1..u64::MAX, entries), |(seed, entries)| {
            turn.set(turn.get() + 1);
            check(seed, entries, &FORMS[(first + turn.get()) % FORMS.len()])
        })
        .unwrap();
}

#[test]
fn random_trees_are_captured_as_wimlib_captures_them() {
    random(6, 1..140, |seed, entries, form| {
        let work = temp();
        let (folder, ours) = (work.path().join("tree"), work.path().join("ours.wim"));
        random_tree(&folder, &mut Random(seed), entries);
        let &(kind, chunk, solid, theirs) = form;
        let what = format!("seed {seed}, {entries} entries, {form:?}");
        let report = captured(&folder, &ours, |options| {
            options.packing.compression = Some(kind);
            options.packing.chunk_size = chunk;
            options.packing.solid = solid;
            options.packing.level = Some(20);
            options.packing.integrity = Some(seed % 2 == 0);
        });
        // 7z knows no chunks of other sizes than Microsoft's.
        judged(&ours, kind != Compression::Lzms && chunk.is_none());
        prop_assert_eq!(report.name, "tree");
        if tool("wimlib-imagex").is_none() {
            return Ok(());
        }
        let by_wimlib = work.path().join("theirs.wim");
        wimlib(&folder, &by_wimlib, theirs);
        judged(&by_wimlib, false);
        // Reading the files changed when they were last read.
        let quiet = |wim: &Path| {
            let mut shape = shape(&open(wim), 1);
            shape.values_mut().for_each(Shape::forget_access);
            shape
        };
        same(&quiet(&ours), &quiet(&by_wimlib), &what);
        let (a, b) = (open(&ours).xml().unwrap(), open(&by_wimlib).xml().unwrap());
        let counts = |xml: &wimwright::wim::xml::WimXml| {
            let image = xml.image(1).unwrap().clone();
            (image.name, image.dir_count, image.file_count, image.total_bytes, image.hard_link_bytes)
        };
        prop_assert_eq!(counts(&a), counts(&b), "{}", &what);
        let applied = tree::applied(&ours, 1, &work.path().join("applied"));
        tree::same(&tree::tree(&folder), &applied, &format!("{what}: applied by wimlib"));
        let out = work.path().join("out");
        let options = wimwright::wim::ExtractOptions::default();
        open(&by_wimlib).extract(1, &out, &options, &wimwright::base::Progress::none()).unwrap();
        // A name that Windows cannot have is not written, and absolute links lead elsewhere.
        let (wanted, found) = (tree::tree(&folder), tree::tree(&out));
        for (path, (node, time)) in &found {
            let (expected, expected_time) = &wanted[path];
            match (node, expected) {
                (Node::Link(_), Node::Link(_)) => continue,
                (Node::File(data, _), Node::File(expected, _)) => {
                    prop_assert!(data == expected, "{}: {:?}", what, path);
                }
                (node, expected) => prop_assert_eq!(node, expected, "{}: {:?}", &what, path),
            }
            prop_assert_eq!(time, expected_time, "{}: {:?}", &what, path);
        }
        Ok(())
    });
}

/// What a folder cannot hold too: unpaired surrogates, streams, short names, descriptors.
#[test]
fn images_with_everything_come_back_entry_by_entry() {
    random(3, 1..90, |seed, entries, form| {
        let work = temp();
        let what = format!("seed {seed}, {entries} entries, {form:?}");
        let wim = rich_image(work.path(), seed, entries);
        let before = exact(&open(&wim), 1);
        let (extracted, captured, image) = there_and_back(&wim, 1, work.path());
        same(&before, &image, &format!("{what}: {:?}", extracted.failed));
        prop_assert!(extracted.failed_count >= 3 && captured.only_known >= 3, "{:?}", captured);
        let xml = open(&work.path().join("back.wim")).xml().unwrap().image(1).unwrap().clone();
        prop_assert_eq!((xml.name.as_str(), xml.description.as_str()), ("source", "kept"));
        judged(&wim, true);
        if tool("wimlib-imagex").is_none() {
            return Ok(());
        }
        // Written by wimlib, in its turn from ours; and by us from that.
        let (theirs, again) = (work.path().join("theirs.wim"), work.path().join("again.wim"));
        let export = ["export".as_ref(), wim.as_os_str(), "1".as_ref(), theirs.as_os_str()].into_iter();
        run("wimlib-imagex", export.chain(form.3.iter().map(AsRef::as_ref)));
        same(&before, &exact(&open(&theirs), 1), &format!("{what}: exported by wimlib"));
        let mut options = wimwright::wim::write::ExportOptions::new();
        options.compression = Some(form.0);
        options.chunk_size = form.1;
        options.solid = form.2;
        let file = open(&theirs);
        wimwright::wim::write::export(&file, &[1], &again, &options, &wimwright::base::Progress::none())
            .unwrap();
        judged(&again, false);
        same(&before, &exact(&open(&again), 1), &format!("{what}: exported by us"));
        Ok(())
    });
}
