//! `wright export` into a WIM that is there.

use crate::common::{run, temp, tool, wright};
use crate::judge::{judged, open};
use crate::kept::kept;
use crate::{exported, two_images};
use serde_json::json;
use std::path::Path;

#[test]
fn images_are_added_to_a_wim_of_any_form() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    for source in [&["--compress=lzx", "--check"] as &[_], &["--solid"]] {
        let dir = temp();
        let wim = two_images(dir.path(), source);
        let before: Vec<_> = (1..=2).map(|i| kept(&wim, i, dir.path())).collect();
        for (form, flags) in [
            (&["--compress=lzx"] as &[_], &[] as &[&str]),
            (&["--compress=xpress", "--check"], &[]),
            (&["--compress=none"], &[]),
            (&["--compress=lzx"], &["--solid"]),
            (&["--compress=lzx"], &["--check"]),
            (&["--solid", "--check"], &["--solid"]),
            (&["--solid", "--check"], &[]),
        ] {
            // Of a solid source, what its own resources are to become.
            if source.contains(&"--solid") && !form.contains(&"--solid") && !flags.contains(&"--solid") {
                continue;
            }
            let dest = dir.path().join("dest.wim");
            let _ = std::fs::remove_file(&dest);
            let export = ["export".as_ref(), wim.as_os_str(), "1".as_ref(), dest.as_os_str(), "old".as_ref()];
            run("wimlib-imagex", export.into_iter().chain(form.iter().map(AsRef::as_ref)));
            let old = std::fs::read(&dest).unwrap();
            let report = exported(&wim, "2", &dest, flags);
            assert_eq!((&report["images"], &report["indexes"]), (&json!([2]), &json!([2])), "{report}");
            // All but one file of the second image is there.
            assert_eq!(report["blobs"], 1, "{report}");
            let now = std::fs::read(&dest).unwrap();
            assert!(now[208..old.len()] == old[208..], "what was there stays where it was");
            assert_eq!(report["size_after"], now.len() as u64);
            judged(&dest);
            for (index, before) in (1..).zip(&before) {
                assert!(kept(&dest, index, dir.path()) == *before, "{source:?} {form:?} {flags:?} {index}");
            }
            let file = open(&dest);
            assert_eq!(file.header().boot_index, 0);
            let names: Vec<_> = file.xml().unwrap().images().iter().map(|i| i.name.clone()).collect();
            assert_eq!(names, ["old", "Second"]);
            assert_eq!(file.xml().unwrap().property(2, "WINDOWS/ODD").as_deref(), Some("kept"));
            let check = form.contains(&"--check") || flags.contains(&"--check");
            assert_eq!(file.integrity_table().unwrap().is_some(), check, "{form:?} {flags:?}");
            // The name is taken; another one is not.
            let args = |more: &[&str]| {
                let args = ["export", wim.to_str().unwrap(), "2", dest.to_str().unwrap(), "--json"];
                wright(Path::new("/"), args.iter().chain(more))
            };
            let taken = args(&[]).expect(1);
            assert_eq!(taken["error"]["kind"], "already_exists", "{taken}");
            assert!(std::fs::read(&dest).unwrap() == now);
            let report = args(&["--name", "Third & last", "--description", "again"]).expect(0);
            assert_eq!((&report["indexes"], &report["blobs"]), (&json!([3]), &json!(0)), "{report}");
            judged(&dest);
            assert!(kept(&dest, 3, dir.path()) == before[1]);
            let image = open(&dest).xml().unwrap().image(3).unwrap().clone();
            assert_eq!((image.name.as_str(), image.description.as_str()), ("Third & last", "again"));
        }
    }
}

#[test]
fn stored_bytes_are_taken_over_where_they_fit() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    let dir = temp();
    let wim = two_images(dir.path(), &["--compress=lzx"]);
    let other = dir.path().join("other.wim");
    let tree = dir.path().join("small");
    std::fs::create_dir(&tree).unwrap();
    std::fs::write(tree.join("one"), b"one").unwrap();
    for (form, reused) in [("--compress=lzx", true), ("--compress=xpress", false)] {
        let _ = std::fs::remove_file(&other);
        run("wimlib-imagex", ["capture".as_ref(), tree.as_os_str(), other.as_os_str(), form.as_ref()]);
        let report = exported(&wim, "all", &other, &[]);
        assert_eq!(report["indexes"], json!([2, 3]));
        assert!(report["blobs"].as_u64().unwrap() > 20, "{report}");
        assert_eq!(report["reused_blobs"] == report["blobs"], reused, "{report}");
        judged(&other);
    }
    let refused = |more: &[&str]| {
        let args = ["export", "two.wim", "1", "other.wim", "--json", "--name=x"];
        wright(dir.path(), args.iter().chain(more)).expect(2)
    };
    assert_eq!(refused(&["--compress=lzx"])["error"]["kind"], "invalid_argument");
    assert_eq!(refused(&["--chunk-size=64K"])["error"]["kind"], "invalid_argument");
    let both = wright(dir.path(), ["export", "two.wim", "all", "new.wim", "--name=x", "--json"]);
    assert_eq!(both.expect(2)["error"]["kind"], "invalid_argument");
    std::fs::write(dir.path().join("no.wim"), b"no WIM").unwrap();
    let none = wright(dir.path(), ["export", "two.wim", "1", "no.wim", "--json"]).expect(1);
    assert_eq!(none["error"]["kind"], "malformed");
}
