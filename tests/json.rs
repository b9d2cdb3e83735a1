//! `docs/json.md` describes what the commands print with `--json`: every field, and no other.

mod common;
#[path = "media/mod.rs"]
mod media;
#[path = "combinations/packages.rs"]
#[allow(dead_code, reason = "each test file uses its own part")]
mod packages;
#[path = "../examples/sample_update.rs"]
#[allow(dead_code, reason = "its main is the example's")]
mod sample_update;
#[path = "receipt/schema.rs"]
#[allow(dead_code, reason = "the receipt's test asks for more")]
mod schema;
#[cfg(feature = "site")]
#[path = "site/mod.rs"]
mod site;

use common::{root, sample_image, temp, wright};
use schema::Schema;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use wimwright::ErrorKind;

/// Fields by path, `a.b[].c`; and what ends early: a list without members, a `null`.
#[derive(Default)]
struct Fields {
    seen: BTreeSet<String>,
    ended: BTreeSet<String>,
}

impl Fields {
    fn add(&mut self, value: &Value, at: &str) {
        match value {
            Value::Object(fields) => {
                for (name, inner) in fields {
                    // The names are the update's own there.
                    let name = if at == "properties" { "*" } else { name };
                    self.add(inner, &if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") });
                }
            }
            Value::Array(_) if at == "contents" => _ = self.seen.insert(at.to_owned()),
            Value::Array(list) if list.is_empty() => _ = self.ended.insert(at.to_owned()),
            Value::Array(list) => list.iter().for_each(|inner| self.add(inner, &format!("{at}[]"))),
            Value::Null => _ = (self.seen.insert(at.to_owned()), self.ended.insert(at.to_owned())),
            _ => _ = self.seen.insert(at.to_owned()),
        }
    }

    /// Whether a field of that path may be there, though none of the documents has it.
    fn may_have(&self, path: &str) -> bool {
        self.ended.iter().any(|end| path.strip_prefix(end).is_some_and(|rest| rest.starts_with(['[', '.'])))
    }
}

/// The fields that the document's tables name, by section.
fn described() -> BTreeMap<String, BTreeSet<String>> {
    let text = std::fs::read_to_string(root().join("docs/json.md")).unwrap();
    let mut sections = BTreeMap::new();
    for section in text.split("\n## ").skip(1) {
        let (title, body) = section.split_once('\n').unwrap();
        let rows = body.lines().filter(|l| l.starts_with("| `"));
        let first = rows.map(|row| row.split(" | ").next().unwrap());
        let fields = first.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned);
        sections.insert(title.trim_matches('`').trim_start_matches("wright ").to_owned(), fields.collect());
    }
    sections
}

/// The schema that a document names describes it.
fn holds(document: &Value) {
    let name = document["schema"].as_str().expect("a document names its schema");
    let file = name.strip_prefix("wimwright.").expect("a schema of ours");
    let path = root().join(format!("docs/schema/{file}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{} is missing", path.display()));
    let schema = Schema::new(serde_json::from_str(&text).unwrap());
    assert_eq!(schema.title(), name);
    let wrong = schema.violations(document);
    assert!(wrong.is_empty(), "{} does not describe the document: {wrong:#?}", path.display());
}

fn documents(dir: &Path, command: &str, runs: &[(i32, &[&str])]) -> Fields {
    let mut fields = Fields::default();
    for (code, args) in runs {
        let args = [command, "--json", "--quiet"].into_iter().chain(args.iter().copied());
        let document = wright(dir, args).expect(*code);
        holds(&document);
        fields.add(&document, "");
    }
    fields
}

/// Two images that differ in all that `wright diff` tells: entries in folders, and hives.
fn diff_images(dir: &Path) {
    use wimwright::base::Limits;
    use wimwright::registry::{Hive, ValueKind};
    let config = dir.join("tree/Windows/System32/config");
    std::fs::create_dir_all(&config).unwrap();
    let mut hive = Hive::empty(&Limits::default()).unwrap().edit().unwrap();
    hive.create("Same\\Below").unwrap().set_text("Text", ValueKind::SZ, "one").unwrap();
    hive.create("Gone").unwrap();
    std::fs::write(config.join("SOFTWARE"), hive.clone().finish()).unwrap();
    std::fs::write(dir.join("tree/Changed.txt"), "one").unwrap();
    std::fs::write(dir.join("tree/gone.txt"), "one").unwrap();
    std::fs::hard_link(dir.join("tree/gone.txt"), dir.join("tree/linked.txt")).unwrap();
    std::os::unix::fs::symlink("gone.txt", dir.join("tree/link")).unwrap();
    let (tree, wim) = (dir.join("tree"), dir.join("diff.wim"));
    let capture = |command: &str| {
        common::run("wimlib-imagex", [command.as_ref(), tree.as_os_str(), wim.as_os_str(), command.as_ref()])
    };
    capture("capture");
    hive.set_time(1);
    hive.delete("Gone").unwrap();
    let mut key = hive.create("Same\\Below").unwrap();
    key.set_text("Text", ValueKind::SZ, "two").unwrap();
    key.set_class("class").unwrap();
    hive.create("Same").unwrap().set_written(7).unwrap();
    std::fs::write(config.join("SOFTWARE"), hive.finish()).unwrap();
    std::fs::write(config.join("SAM"), "no hive").unwrap();
    std::fs::write(dir.join("tree/Changed.txt"), "other").unwrap();
    std::fs::rename(dir.join("tree/Changed.txt"), dir.join("tree/CHANGED.txt")).unwrap();
    std::fs::remove_file(dir.join("tree/gone.txt")).unwrap();
    std::fs::remove_file(dir.join("tree/link")).unwrap();
    std::fs::create_dir(dir.join("tree/link")).unwrap();
    capture("append");
}

#[test]
fn every_field_is_described_and_every_description_has_its_field() {
    let work = temp();
    let dir = work.path();
    let Some(image) = sample_image(dir, 40) else { return };
    let mut bytes = std::fs::read(&image).unwrap();
    let place = bytes.len() / 3;
    bytes[place] ^= 0x40;
    std::fs::write(dir.join("damaged.wim"), bytes).unwrap();
    std::fs::copy(&image, dir.join("other.wim")).unwrap();
    std::fs::create_dir(dir.join("source")).unwrap();
    std::fs::write(dir.join("source/file"), b"contents").unwrap();
    let update = dir.join("a.msu");
    sample_update::write_sample(&update, None).unwrap();
    let index =
        br#"<Container name="x.cab" type="CAB" length="1" version="1" xmlns="urn:ContainerIndex"><Files>
        <File id="0" name="a.txt" length="4" time="131346943167660825" attr="32">
            <Hash alg="SHA1" value="0000000000000000000000000000000000000000"/>
            <Delta><Source type="RAW" name="0"/></Delta></File></Files></Container>"#;
    let files: [(&str, &[u8]); 2] = [("_manifest_.cix.xml", index), ("0", b"abc\n")];
    std::fs::write(dir.join("bad.cab"), common::cabinet(&files)).unwrap();
    let text = r"Windows\System32\config\edition.txt";
    diff_images(dir);
    let (one, two) = ("diff.wim:1", "diff.wim:2");
    let found = [
        ("diff", documents(dir, "diff", &[(1, &[one, two, "--times"]), (1, &[two, one])])),
        ("Errors", documents(dir, "info", &[(1, &["absent.wim"])])),
        ("info", documents(dir, "info", &[(0, &["sample.wim"])])),
        ("ls", documents(dir, "ls", &[(0, &["sample.wim", "1", "Windows", "-r"])])),
        ("cat", documents(dir, "cat", &[(0, &["sample.wim", "1", text])])),
        ("verify", documents(dir, "verify", &[(0, &["sample.wim"]), (1, &["damaged.wim"])])),
        ("extract", documents(dir, "extract", &[(1, &["damaged.wim", "1", "out"])])),
        ("capture", documents(dir, "capture", &[(0, &["source", "captured.wim"])])),
        ("append", documents(dir, "append", &[(0, &["source", "captured.wim", "--name", "second"])])),
        ("export", documents(dir, "export", &[(0, &["sample.wim", "1", "new.wim"])])),
        ("set", documents(dir, "set", &[(0, &["new.wim", "1", "--name", "Another"])])),
        ("optimize", documents(dir, "optimize", &[(0, &["new.wim"])])),
        ("split", documents(dir, "split", &[(0, &["new.wim", "set.swm", "1"])])),
        ("delete", documents(dir, "delete", &[(0, &["other.wim", "2"])])),
        ("inspect", documents(dir, "inspect", &[(0, &["a.msu"])])),
        ("unpack", documents(dir, "unpack", &[(0, &["a.msu", "out"]), (1, &["bad.cab", "out"])])),
        ("packages", documents(dir, "packages", &[(0, &["sample.wim", "1"])])),
        ("plan", documents(dir, "plan", &[(0, &["sample.wim", "a.msu"])])),
        ("unstage", {
            let args = ["service", "sample.wim", "a.msu", "--receipt", "r.json", "--quiet"];
            assert_eq!(wright(dir, args).code, 0);
            documents(dir, "unstage", &[(0, &["sample.wim", "--receipt", "r.json"])])
        }),
    ];
    compare(found);
}

#[test]
fn every_field_of_a_refreshed_medium_is_described() {
    let work = temp();
    let dir = work.path();
    if media::medium(dir).is_none() {
        return;
    }
    media::updates(dir);
    std::fs::write(dir.join("lcu/stack.cab"), std::fs::read(media::STACK.write(dir)).unwrap()).unwrap();
    let iso = common::tool("xorriso").map(|_| ["--iso", "new.iso"]);
    let args: Vec<&str> =
        ["refresh", "media", "out"].into_iter().chain(media::ALL).chain(iso.into_iter().flatten()).collect();
    let dry = |option, file| ["refresh", "media", "dry", option, file, "--dry-run"];
    let (net, setup) = (dry("--dotnet", "dotnet.cab"), dry("--setup-du", "setup.cab"));
    compare([("media refresh", documents(dir, "media", &[(0, &args), (0, &net), (0, &setup)]))]);
}

/// Fails where documents and descriptions differ.
fn compare(found: impl IntoIterator<Item = (&'static str, Fields)>) {
    let described = described();
    for (command, fields) in found {
        let described = &described[command];
        // Of every document, and described once for all.
        for path in fields.seen.iter().filter(|path| *path != "schema") {
            let list = format!("{path}[]");
            let list_of_lists = format!("{path}[][]");
            let known = [path, &list, &list_of_lists].iter().any(|p| described.contains(*p));
            assert!(known, "docs/json.md does not describe `{path}` of {command}");
        }
        for path in described {
            let there = fields.seen.contains(path) || fields.may_have(path);
            assert!(there, "docs/json.md describes `{path}` of {command}, which is not there");
        }
    }
}

#[cfg(feature = "site")]
#[test]
fn every_field_of_a_site_is_described_and_every_description_has_its_field() {
    let work = temp();
    let dir = work.path();
    let Some(image) = sample_image(dir, 10) else { return };
    site::media(dir, "media", &image);
    sample_update::write_sample(&dir.join("a.msu"), None).unwrap();
    site::broken_update(&dir.join("b.cab"));
    std::fs::write(dir.join("c.cab"), "no cabinet").unwrap();
    let on = |code: i32, args: &[&str]| {
        let all = ["--json", "--quiet", "site", "--site", "site"].into_iter().chain(args.iter().copied());
        let mut fields = Fields::default();
        let document = wright(dir, all).expect(code);
        holds(&document);
        fields.add(&document, "");
        fields
    };
    let mut found = Vec::new();
    holds(&wright(dir, ["--json", "--quiet", "site", "init", "site"]).expect(0));
    on(0, &["package", "add", "media", "--name", "p"]);
    found.push(("site update import", on(1, &["update", "import", "a.msu", "b.cab", "c.cab"])));
    found.push(("site update list", on(0, &["update", "list"])));
    found.push(("site offer", on(0, &["offer", "p"])));
    found.push(("site schedule add", on(0, &["schedule", "add", "p", "--all-applicable", "--now"])));
    on(0, &["schedule", "add", "p", "--updates", "1", "--cron", "@daily"]);
    found.push(("site schedule list", on(0, &["schedule", "list"])));
    found.push(("site run", on(0, &["run"])));
    found.push(("site status", on(0, &["status", "p"])));
    on(0, &["history", "p"]);
    on(0, &["package", "set", "p", "--comment", "one"]);
    found.push(("site package list", on(0, &["package", "list"])));
    found.push(("site package show", on(0, &["package", "show", "p", "--installed"])));
    found.push(("site info", on(0, &["info"])));
    found.push(("site dp list", on(0, &["dp", "add", "d", "point"])));
    found.push(("site dp status", on(0, &["distribute", "p", "--dp", "d"])));
    on(0, &["redistribute", "p"]);
    found.push(("site report", on(0, &["report", "report.html"])));
    found.push(("site prestage export", on(0, &["prestage", "export", "p", "-o", "x.zip"])));
    on(0, &["prestage", "import", "x.zip", "--dp", "d"]);
    let hex = wimwright::base::sha256(b"bcd").to_string();
    std::fs::write(dir.join("point/content").join(&hex[..4]).join(&hex), "bad").unwrap();
    found.push(("site validate", on(1, &["validate", "p"])));
    std::fs::write(dir.join("media/boot/bcd"), "new").unwrap();
    site::overwrite(&dir.join("site/library/content").join(&hex[..4]).join(&hex), b"bad");
    found.push(("site package check", on(1, &["package", "check", "p"])));
    found.push(("site verify", on(1, &["verify"])));
    on(0, &["withdraw", "p"]);
    on(0, &["dp", "remove", "d"]);
    on(0, &["package", "rollback", "p"]);
    on(0, &["package", "reload", "p"]);
    on(0, &["schedule", "cancel", "2"]);
    found.push(("site package remove", on(0, &["package", "remove", "p"])));
    on(0, &["update", "remove", "1"]);
    compare(found);
}

/// What only the library gives.
#[test]
fn the_documents_of_an_overlay_follow_their_schemas() {
    use wimwright::base::{ImagePath, Progress, document};
    use wimwright::wim::commit::{CommitOptions, commit};
    use wimwright::wim::overlay::Overlay;
    use wimwright::wim::{OpenOptions, WimFile};
    let work = temp();
    let Some(image) = sample_image(work.path(), 5) else { return };
    let wim = WimFile::open(image, &OpenOptions::new()).unwrap();
    let mut overlay = Overlay::new(&wim, 1).unwrap();
    let path = ImagePath::parse("new/a.txt").unwrap();
    overlay.put(&path, b"text".to_vec()).unwrap();
    overlay.put_stream(&path, &"stream".into(), b"more".to_vec()).unwrap();
    overlay.set_short_name(&path, &"A~1.TXT".into()).unwrap();
    let holds = |name: &str, text: &str| {
        let document: Value = serde_json::from_str(text).unwrap();
        assert_eq!(document["schema"], format!("wimwright.{name}.v1"));
        holds(&document);
    };
    holds("changes", &document("changes", &overlay.changes(), false).unwrap());
    let listing = overlay.listing(&ImagePath::root(), true).unwrap();
    holds("ls", &document("ls", &listing, true).unwrap());
    let report = commit(&wim, vec![overlay], &CommitOptions::new(), &Progress::none()).unwrap();
    holds("commit", &document("commit", &report, false).unwrap());
}

/// Every schema has its command or its place in the C library.
#[test]
fn every_schema_is_of_something() {
    let described = described();
    let header = std::fs::read_to_string(root().join("include/wimwright.h")).unwrap();
    for entry in std::fs::read_dir(root().join("docs/schema")).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        let name = file.strip_suffix(".v1.json").expect("NAME.v1.json");
        let other = ["error", "receipt", "commit", "changes", "metadata"].contains(&name);
        // The test below looks at those.
        let nested = name.starts_with("site-");
        let said = described.contains_key(&name.replace('-', " "));
        assert!(other || nested || said, "{file} is of nothing that docs/json.md describes");
    }
    assert!(header.contains("wimwright.NAME.v1"));
}

/// The commands that the help of `words` lists.
fn listed(words: &[&str]) -> Vec<String> {
    let args = words.iter().chain(&["--help"]).copied();
    let help = String::from_utf8(wright(root(), args).stdout).unwrap();
    let commands = help.lines().skip_while(|l| !l.starts_with("Commands:")).skip(1);
    let commands = commands.map_while(|l| l.strip_prefix("  ")?.split_whitespace().next().map(str::to_owned));
    commands.filter(|c| c != "help").collect()
}

/// Every command of a site has a schema, and every schema of a site its command.
#[cfg(feature = "site")]
#[test]
fn every_command_of_a_site_has_its_schema() {
    let mut names = BTreeSet::new();
    for command in listed(&["site"]) {
        let nested = listed(&["site", &command]);
        names.extend(nested.iter().map(|inner| format!("site-{command}-{inner}")));
        if nested.is_empty() {
            names.insert(format!("site-{command}"));
        }
    }
    // It prints a line for each run, and no document.
    assert!(names.remove("site-daemon"), "{names:?}");
    let files = std::fs::read_dir(root().join("docs/schema")).unwrap();
    let files = files.map(|f| f.unwrap().file_name().into_string().unwrap());
    let files = files.filter_map(|f| f.strip_suffix(".v1.json").map(str::to_owned));
    let files: BTreeSet<_> = files.filter(|f| f.starts_with("site-")).collect();
    assert_eq!(names, files);
}

#[test]
fn every_command_has_its_section() {
    let commands = listed(&[]);
    let described = described();
    let named = |c: &str| described.keys().any(|d| d == c || d.starts_with(&format!("{c} ")));
    let missing: Vec<_> = commands.iter().filter(|c| !named(c)).collect();
    assert!(missing.is_empty(), "docs/json.md says nothing of {missing:?}");
    // The receipt is what `service` prints; a site's commands have a test of their own.
    let others = ["service", "site"];
    // A command of several words has a schema for each of them.
    let schema = |c: &str| {
        let words = described.keys().filter(|d| *d == c || d.starts_with(&format!("{c} ")));
        let file = |d: &String| root().join(format!("docs/schema/{}.v1.json", d.replace(' ', "-"))).is_file();
        words.map(file).reduce(|all, one| all && one) == Some(true)
    };
    let missing: Vec<_> = commands.iter().filter(|c| !others.contains(&c.as_str()) && !schema(c)).collect();
    assert!(missing.is_empty(), "docs/schema has nothing for {missing:?}");
}

#[test]
fn every_kind_of_error_is_named() {
    let text = std::fs::read_to_string(root().join("docs/json.md")).unwrap();
    for kind in ErrorKind::ALL {
        let word = serde_json::to_value(kind).unwrap();
        let word = format!("`{}`", word.as_str().unwrap());
        assert!(text.contains(&word), "docs/json.md does not name {word}");
    }
}
