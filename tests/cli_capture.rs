//! `wright capture`, `append` and the metadata file, from the command line.
#![cfg(unix)]

#[path = "cli_capture/carried.rs"]
mod carried;
mod common;
#[path = "receipt/schema.rs"]
#[allow(dead_code, reason = "the receipt's tests use the rest")]
mod schema;
#[path = "cli_capture/windows.rs"]
mod windows;

use common::{root, run, temp, tool, wright};
use std::path::Path;

fn folder(dir: &Path) {
    std::fs::create_dir_all(dir.join("tree/sub")).unwrap();
    std::fs::write(dir.join("tree/a.txt"), "a".repeat(5000)).unwrap();
    std::fs::write(dir.join("tree/pagefile.sys"), "page").unwrap();
    std::fs::hard_link(dir.join("tree/a.txt"), dir.join("tree/sub/b.txt")).unwrap();
    std::os::unix::fs::symlink("../a.txt", dir.join("tree/sub/link")).unwrap();
}

#[test]
fn a_folder_goes_in_and_comes_out() {
    let work = temp();
    let dir = work.path();
    folder(dir);
    let dry = wright(dir, ["capture", "tree", "x.wim", "--dry-run", "--json"]).expect(0);
    assert_eq!((&dry["files"], &dry["hard_links"], &dry["excluded"]), (&1.into(), &1.into(), &1.into()));
    assert!(!dir.join("x.wim").exists());
    let args = ["--name", "Eins", "--edition-id", "Professional", "--display-name", "Eins <1>", "--boot"];
    let more =
        ["--compress", "xpress", "--check", "--guid", "{00112233-4455-6677-8899-aabbccddeeff}", "--json"];
    let all = ["capture", "tree", "x.wim"].into_iter().chain(args).chain(more);
    let report = wright(dir, all).expect(0);
    assert_eq!(report["guid"], "00112233445566778899aabbccddeeff");
    let info = wright(dir, ["info", "x.wim", "--json"]).expect(0);
    let image = &info["images"][0];
    assert_eq!((&image["name"], &image["flags"]), (&"Eins".into(), &"Professional".into()));
    assert_eq!((&image["display_name"], &info["boot_index"]), (&"Eins <1>".into(), &1.into()));
    assert_eq!((&info["compression"], &info["integrity"]), (&"xpress".into(), &true.into()));
    let again = wright(dir, ["capture", "tree", "x.wim"]);
    assert_eq!(again.code, 1, "{}", again.stderr);
    let added = wright(dir, ["append", "tree", "x.wim", "--name", "Zwei", "--config", "none"]);
    assert_eq!(added.code, 0, "{}", added.stderr);
    let text = String::from_utf8_lossy(&added.stdout).into_owned();
    assert!(text.contains("image 2 'Zwei': 2 files"), "{text}");
    let taken = wright(dir, ["append", "tree", "x.wim", "--name", "Zwei"]);
    assert!(taken.code == 1 && taken.stderr.contains("called 'Zwei' already"), "{}", taken.stderr);
    if tool("wimlib-imagex").is_some() {
        run("wimlib-imagex", ["verify".as_ref(), dir.join("x.wim").as_os_str()]);
    }
    std::fs::write(dir.join("list.ini"), "[ExclusionList]\nsub\n").unwrap();
    let listed = wright(dir, ["append", "tree", "x.wim", "--name", "Drei", "--config", "list.ini", "--json"]);
    assert_eq!(listed.expect(0)["directories"], 1);
    std::fs::write(dir.join("bad.ini"), "[ExclusionList]\na/b\n").unwrap();
    let bad = wright(dir, ["append", "tree", "x.wim", "--name", "Vier", "--config", "bad.ini"]);
    assert!(
        bad.code == 2 && bad.stderr.contains("bad.ini") && bad.stderr.contains("line 2"),
        "{}",
        bad.stderr
    );
}

#[test]
fn source_date_epoch_counts_where_it_is_asked_for() {
    let work = temp();
    let dir = work.path();
    folder(dir);
    let make = |name: &str, epoch: &str| {
        let out = std::process::Command::new(env!("CARGO_BIN_EXE_wright"))
            .args(["capture", "tree", name, "--reproducible", "--name", "x", "--quiet"])
            .env("SOURCE_DATE_EPOCH", epoch)
            .current_dir(dir)
            .output()
            .unwrap();
        (out.status.code(), std::fs::read(dir.join(name)).unwrap_or_default())
    };
    let (code, first) = make("a.wim", "1000000000");
    assert!(code == Some(0) && first == make("b.wim", "1000000000").1);
    assert!(first != make("c.wim", "1000000001").1);
    assert_eq!(make("d.wim", "tomorrow"), (Some(2), Vec::new()));
    let info = wright(dir, ["info", "a.wim", "--json"]).expect(0);
    assert_eq!(info["images"][0]["created"], "2001-09-09T01:46:40Z");
}

#[test]
fn the_metadata_file_is_as_its_schema_says() {
    let work = temp();
    let dir = work.path();
    folder(dir);
    std::fs::write(dir.join("tree/con"), "a device").unwrap();
    std::fs::write(dir.join("tree/back\\slash"), "x").unwrap();
    wright(dir, ["capture", "tree", "x.wim", "--name", "x"]);
    let args = ["extract", "x.wim", "1", "out", "--metadata", "meta.json", "--json"];
    let report = wright(dir, args).expect(1);
    assert_eq!((&report["metadata"], &report["failed_count"]), (&"meta.json".into(), &2.into()));
    let text = std::fs::read_to_string(dir.join("meta.json")).unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let schema = std::fs::read_to_string(root().join("docs/schema/metadata.v1.json")).unwrap();
    let schema = schema::Schema::new(serde_json::from_str(&schema).unwrap());
    assert_eq!(schema.violations(&document), Vec::<String>::new());
    let described = std::fs::read_to_string(root().join("docs/metadata.md")).unwrap();
    for field in schema.fields().iter().filter(|field| *field != "utf16") {
        let known = ["`", ".", "[]."].iter().any(|before| {
            ["`", ".", "[]"].iter().any(|after| described.contains(&format!("{before}{field}{after}")))
        });
        assert!(known, "docs/metadata.md does not describe {field}");
    }
    assert_eq!(document["entries"].as_array().unwrap().len(), 7);
    let back = wright(dir, ["capture", "out", "y.wim", "--metadata", "meta.json", "--json"]).expect(0);
    assert_eq!((&back["name"], &back["known"], &back["only_known"]), (&"x".into(), &5.into(), &2.into()));
    let list = |wim: &str| wright(dir, ["ls", wim, "1", "-r", "--json"]).expect(0)["entries"].clone();
    assert_eq!(list("x.wim"), list("y.wim"));
    let second = wright(dir, args);
    assert!(second.code == 1 && second.stderr.contains("meta.json: exists already"), "{}", second.stderr);
}
