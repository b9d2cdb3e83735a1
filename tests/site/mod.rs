//! What the tests of sites share: a site with its source media, and its commands.
#![allow(dead_code, reason = "each test file uses its own part")]

use crate::common::{self, Measured};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A folder with a site and a sample image.
pub struct Fixture {
    work: tempfile::TempDir,
    /// A sample image of two indexes.
    pub image: PathBuf,
}

impl Fixture {
    /// `None`, with a line that says so, without what makes images.
    pub fn new() -> Option<Self> {
        let work = common::temp();
        let image = common::sample_image(work.path(), 12)?;
        Some(Self::of(work, image))
    }

    /// As `new`, where the shared generator is, with an image that has hives as Windows has them; whether it has.
    pub fn with_hives() -> Option<(Self, bool)> {
        let generator = common::testdata().and(common::tools()).map(|t| t.join("make_image.py"));
        let found = generator.filter(|g| g.is_file() && common::tool("hivexregedit").is_some());
        let Some(generator) = found else { return Some((Self::new()?, false)) };
        common::tool("wimlib-imagex")?;
        let work = common::temp();
        let image = work.path().join("sample.wim");
        let more = ["--files", "20", "--os", "win10", "--indexes", "2"].map(std::ffi::OsStr::new);
        common::run(
            common::tool("python3")?,
            [generator.as_os_str(), image.as_os_str()].into_iter().chain(more),
        );
        Some((Self::of(work, image), true))
    }

    fn of(work: tempfile::TempDir, image: PathBuf) -> Self {
        let fix = Self { work, image };
        let made = common::wright(fix.dir(), ["--json", "--quiet", "site", "init", "site"]);
        made.expect(0);
        fix
    }

    pub fn dir(&self) -> &Path {
        self.work.path()
    }

    /// Runs `wright site ...` on the site.
    pub fn run<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Measured {
        let all = ["--json", "--quiet", "site", "--site", "site"].into_iter().chain(args);
        common::wright(self.dir(), all)
    }

    /// Starts `wright site ...` on the site; what it says is read when it has ended.
    pub fn start<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Child {
        Command::new(env!("CARGO_BIN_EXE_wright"))
            .args(["--json", "--quiet", "site", "--site", "site"])
            .args(args)
            .current_dir(self.dir())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Starts what is due, and waits until the run of the one schedule goes on.
    pub fn start_run(&self) -> Child {
        let run = self.start(["run"]);
        until("the run did not begin", || self.ok(["schedule", "list"])["schedules"][0]["state"] == 2);
        run
    }

    /// As `run`, and its document; it must end well.
    pub fn ok<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Value {
        self.run(args).expect(0)
    }

    /// As `run`; it must end with `code` and say `what`. What it said.
    pub fn fails<'a>(&self, code: i32, args: impl IntoIterator<Item = &'a str>, what: &str) -> String {
        let out = self.run(args);
        assert_eq!(out.code, code, "{}", out.stderr);
        assert!(out.stderr.contains(what), "'{what}' is not in: {}", out.stderr);
        out.stderr
    }
}

impl Measured {
    /// Fails unless it ended with `code`.
    pub fn expect_code(&self, code: i32) {
        assert_eq!(self.code, code, "{}\n{}", String::from_utf8_lossy(&self.stdout), self.stderr);
    }
}

/// Waits until something holds, and fails where that takes long.
pub fn until(or_else: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{or_else}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A folder of Windows Setup's files with this image.
pub fn media(dir: &Path, name: &str, image: &Path) -> PathBuf {
    let root = dir.join(name);
    for folder in ["sources", "boot", "efi/boot"] {
        std::fs::create_dir_all(root.join(folder)).unwrap();
    }
    for (path, text) in [
        ("setup.exe", "MZ setup"),
        ("autorun.inf", "[autorun]"),
        ("sources/lang.ini", "[Available UI Languages]"),
        ("sources/setup.exe", "MZ setup"),
        ("boot/bcd", "bcd"),
        ("efi/boot/bootx64.efi", "MZ efi"),
    ] {
        std::fs::write(root.join(path), text).unwrap();
    }
    std::fs::copy(image, root.join("sources/install.wim")).unwrap();
    std::fs::copy(image, root.join("sources/boot.wim")).unwrap();
    root
}

/// Where the library of the fixture's site has these contents.
pub fn blob_of(fix: &Fixture, contents: &[u8]) -> PathBuf {
    let hex = wimwright::base::sha256(contents).to_string();
    fix.dir().join("site/library/content").join(&hex[..4]).join(hex)
}

/// Changes a file that is protected against that.
pub fn overwrite(path: &Path, contents: &[u8]) {
    std::fs::remove_file(path).unwrap();
    std::fs::write(path, contents).unwrap();
}

/// Changes the site's database by hand, for what would take long to come by itself.
pub fn sql(fix: &Fixture, text: &str) {
    let db = rusqlite::Connection::open(fix.dir().join("site/site.db")).unwrap();
    db.execute_batch(text).unwrap();
}

/// An update whose manifests are whole and one of whose files is not what its index declares.
pub fn broken_update(path: &Path) {
    let mum = br#"<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<assembly xmlns="urn:schemas-microsoft-com:asm.v3" manifestVersion="1.0" description="A broken update">
  <assemblyIdentity name="Package_for_KB8888888" version="19041.8888.1.0" processorArchitecture="amd64" language="neutral" buildType="release" publicKeyToken="31bf3856ad364e35" />
  <package identifier="KB8888888" releaseType="Update" />
</assembly>"#;
    let sha1 = wimwright::base::sha1(mum);
    let index = format!(
        r#"<Container name="broken.cab" type="CAB" length="1" version="1" xmlns="urn:ContainerIndex"><Files>
<File id="0" name="update.mum" length="{}" time="131346943167660825" attr="32"><Hash alg="SHA1" value="{sha1}"/><Delta><Source type="RAW" name="0"/></Delta></File>
<File id="1" name="a.txt" length="4" time="131346943167660825" attr="32"><Hash alg="SHA1" value="0000000000000000000000000000000000000000"/><Delta><Source type="RAW" name="1"/></Delta></File>
</Files></Container>"#,
        mum.len()
    );
    let files: [(&str, &[u8]); 4] =
        [("_manifest_.cix.xml", index.as_bytes()), ("update.mum", mum), ("0", mum), ("1", b"abc\n")];
    std::fs::write(path, common::cabinet(&files)).unwrap();
}

/// The image of a package on a folder's distribution point, found by its lists.
pub fn image_on_point(fix: &Fixture, point: &str, package: &str) -> PathBuf {
    let read = |path: PathBuf| -> Value { serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap() };
    let root = fix.dir().join(point);
    let list = read(root.join(format!("packages/{package}.json")));
    let data = read(root.join(list["data"].as_str().unwrap()));
    let files = data["files"].as_array().unwrap();
    let image = files.iter().find(|f| f["path"] == "sources/install.wim").unwrap();
    let hex = image["sha256"].as_str().unwrap();
    root.join("content").join(&hex[..4]).join(hex)
}

/// The names in the folder of packages of one index.
pub fn packages_in(fix: &Fixture, image: &Path, index: &str) -> Vec<String> {
    let folder = r"Windows\servicing\Packages";
    let args = ["--json", "--quiet", "ls", image.to_str().unwrap(), index, folder];
    let listed = common::wright(fix.dir(), args).expect(0);
    listed["entries"].as_array().unwrap().iter().map(|e| e["name"].as_str().unwrap().to_owned()).collect()
}

/// A picture of the page by a browser without a window, which must not be empty; where one is installed (`scripts/setup
/// --browser`). `WIMWRIGHT_SCREENSHOT` names a file that keeps it.
pub fn screenshot(page: &Path) {
    let found = ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(find);
    let Some(browser) = found else {
        common::skipped("no browser (scripts/setup --browser installs one)");
        return;
    };
    let picture = page.with_extension("png");
    let profile = page.with_extension("profile");
    let [shot, profile, url] = [
        format!("--screenshot={}", picture.display()),
        format!("--user-data-dir={}", profile.display()),
        format!("file://{}", page.display()),
    ];
    let alone =
        ["--disable-background-networking", "--no-first-run", "--disable-component-update", "--disable-sync"];
    let args =
        ["--headless", "--no-sandbox", "--disable-gpu", "--window-size=1280,1600", &profile, &shot, &url];
    common::run(browser, alone.into_iter().chain(args));
    let size = picture.metadata().unwrap().len();
    assert!(size > 20_000, "the page shows nothing: {size} bytes");
    if let Some(kept) = std::env::var_os("WIMWRIGHT_SCREENSHOT") {
        std::fs::copy(&picture, kept).unwrap();
    }
}

/// A program, without a word where it is missing.
fn find(name: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).map(|p| p.join(name)).find(|p| p.is_file())
}
