//! `optimize`, `delete` and `set`.

use crate::common::{run, sample_image, temp, tool, wright};
use crate::judge::{at, counts, judged, open, text, write_back};
use crate::kept::*;
use crate::two_images;
use std::path::Path;
use wimwright::wim::overlay::Overlay;

fn ours(args: &[&std::ffi::OsStr]) -> serde_json::Value {
    wright(Path::new("/"), args.iter().copied().chain(["--json".as_ref()])).expect(0)
}

#[test]
fn what_deleting_leaves_behind_is_optimised_away() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    for format in [&["--compress=lzx", "--check"] as &[_], &["--compress=none"], &["--solid"]] {
        let dir = temp();
        let wim = two_images(dir.path(), format);
        let (second, told_counts) = (kept(&wim, 2, dir.path()), counts(&wim, 2));
        let guid = open(&wim).header().guid;
        let size = wim.metadata().unwrap().len();
        let report = ours(&["delete".as_ref(), wim.as_os_str(), "1".as_ref()]);
        assert_eq!(report["images"], serde_json::json!([1]));
        assert!(wim.metadata().unwrap().len() > size);
        // The stream that only the first had, and the file taken out of the second.
        assert_eq!(report["dropped_blobs"], 2, "{format:?}");
        judged(&wim);
        assert!(kept(&wim, 1, dir.path()) == second);
        assert_eq!(counts(&wim, 1), told_counts);
        let file = open(&wim);
        assert_eq!((file.image_count(), file.header().boot_index), (1, 1));
        assert_eq!(file.xml().unwrap().property(1, "WINDOWS/ODD").as_deref(), Some("kept"));
        let report = ours(&["optimize".as_ref(), wim.as_os_str()]);
        judged(&wim);
        assert!(wim.metadata().unwrap().len() < size, "{format:?} {report}");
        assert!(kept(&wim, 1, dir.path()) == second);
        let file = open(&wim);
        assert_eq!((file.header().guid, file.header().boot_index), (guid, 1));
        assert_eq!(file.is_solid(), format.contains(&"--solid"));
        assert_eq!(file.integrity_table().unwrap().is_some(), format.contains(&"--check"));
        // A second time nothing is left to gain.
        let size = wim.metadata().unwrap().len();
        let report = ours(&["optimize".as_ref(), wim.as_os_str()]);
        assert_eq!(
            (report["size_after"].as_u64(), report["reused_blobs"] == report["blobs"]),
            (Some(size), true)
        );
        ours(&["optimize".as_ref(), wim.as_os_str(), "--compress".as_ref(), "xpress".as_ref()]);
        judged(&wim);
        assert!(kept(&wim, 1, dir.path()) == second);
    }
}

#[test]
fn deleting_does_as_wimlib_does() {
    let dir = temp();
    let Some(image) = sample_image(dir.path(), 100) else { return };
    let file = open(&image);
    let mut overlay = Overlay::new(&file, 1).unwrap();
    overlay.put(&at("only here"), text(3, 5000)).unwrap();
    write_back(&file, vec![overlay]);
    let (a, b) = (dir.path().join("a.wim"), dir.path().join("b.wim"));
    for index in ["1", "2"] {
        std::fs::copy(&image, &a).unwrap();
        std::fs::copy(&image, &b).unwrap();
        ours(&["delete".as_ref(), a.as_os_str(), index.as_ref()]);
        run("wimlib-imagex", ["delete".as_ref(), b.as_os_str(), index.as_ref(), "--soft".as_ref()]);
        judged(&a);
        assert!(kept(&a, 1, dir.path()) == kept(&b, 1, dir.path()));
        let blobs = |path: &Path| {
            let of = open(path);
            // wimlib leaves those that nothing uses in the table.
            let used = of.blobs().iter().filter(|b| b.ref_count > 0);
            let mut all: Vec<_> = used.map(|b| (b.sha1, b.size, b.ref_count)).collect();
            all.sort();
            all
        };
        assert!(blobs(&a) == blobs(&b));
    }
    assert_eq!(wright(dir.path(), ["delete", "a.wim", "2"]).code, 1);
    // All images gone is an empty WIM, to wimlib too.
    ours(&["delete".as_ref(), a.as_os_str(), "all".as_ref()]);
    judged(&a);
    assert_eq!((open(&a).image_count(), open(&a).blobs().len()), (0, 0));
}

#[test]
fn an_image_is_named_and_made_to_boot() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    let dir = temp();
    let wim = two_images(dir.path(), &["--compress=lzx", "--check"]);
    let set = |args: &[&str]| {
        let all = ["set", wim.to_str().unwrap()].into_iter().chain(args.iter().copied());
        wright(Path::new("/"), all.chain(["--json"]))
    };
    let before = [kept(&wim, 1, dir.path()), kept(&wim, 2, dir.path())];
    let name = "N\u{e4}me <& \"1\"> \u{1F600}";
    set(&["1", "--name", name, "--description", "a\ttab", "--edition", "Professional", "--boot"]).expect(0);
    judged(&wim);
    assert!([kept(&wim, 1, dir.path()), kept(&wim, 2, dir.path())] == before);
    let info = run("wimlib-imagex", ["info".as_ref(), wim.as_os_str(), "1".as_ref()]).stdout;
    let info = String::from_utf8(info).unwrap();
    assert!(info.contains(&format!("{name}\n")) && info.contains("Professional"), "{info}");
    let file = open(&wim);
    let image = file.blob_table().entries.iter().find(|e| e.is_metadata()).unwrap().resource;
    assert_eq!((file.header().boot_index, file.header().boot_metadata), (1, image));
    let xml = file.xml().unwrap();
    assert_eq!(
        (xml.image(1).unwrap().name.as_str(), xml.image(1).unwrap().description.as_str()),
        (name, "a\ttab")
    );
    // The second image has a WINDOWS element, the first has not.
    assert_eq!(
        (xml.property(1, "FLAGS").as_deref(), xml.property(1, "WINDOWS")),
        (Some("Professional"), None)
    );
    set(&["2", "--edition", "Enterprise"]).expect(0);
    assert_eq!(open(&wim).xml().unwrap().image(2).unwrap().edition_id.as_deref(), Some("Enterprise"));
    // What is so already costs nothing.
    let size = wim.metadata().unwrap().len();
    assert_eq!(set(&["2", "--edition", "Enterprise", "--no-boot"]).expect(0)["appended_bytes"], 0);
    assert_eq!(wim.metadata().unwrap().len(), size);
    set(&["1", "--no-boot"]).expect(0);
    judged(&wim);
    assert_eq!(open(&wim).header().boot_index, 0);
    let bytes = std::fs::read(&wim).unwrap();
    for (args, code) in [
        (&["1", "--name", "Second"] as &[_], 1),
        (&["3", "--name", "x"], 1),
        (&["0", "--name", "x"], 2),
        (&["1", "--name", "bell \u{7}"], 2),
        (&["1"], 2),
        (&["1", "--boot", "--no-boot"], 2),
    ] {
        assert_eq!(set(args).code, code, "{args:?}");
        assert!(std::fs::read(&wim).unwrap() == bytes);
    }
}
