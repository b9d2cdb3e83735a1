//! What is left out, as wimlib leaves it out.

use crate::common::{run, temp, tool};
use crate::shape::{Random, open, random_tree, shape};
use std::collections::BTreeSet;
use std::path::Path;
use wimwright::wim::capture::Exclusions;

fn names(wim: &Path) -> BTreeSet<String> {
    shape(&open(wim), 1).into_keys().collect()
}

#[test]
fn the_lists_mean_what_they_mean_to_wimlib() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    let work = temp();
    let (folder, ours, theirs) =
        (work.path().join("tree"), work.path().join("ours.wim"), work.path().join("theirs.wim"));
    random_tree(&folder, &mut Random(3), 150);
    for dir in ["Windows/CSC/in", "Windows/Temp/keep", "$Recycle.Bin", "a/pagefile.sys", "logs/a/b"] {
        std::fs::create_dir_all(folder.join(dir)).unwrap();
    }
    for file in
        ["pagefile.sys", "Hiberfil.sys", "a/x.tmp", "logs/a/b/c.LOG", "logs/a/k.log", "Windows/Temp/keep/f"]
    {
        std::fs::write(folder.join(file), file).unwrap();
    }
    let configs: [&[&str]; 8] = [
        &["[ExclusionList]", "*.tmp", "\\logs"],
        &[
            "[ExclusionList]",
            "\\logs\\*",
            "/Windows/T?mp",
            "[ExclusionException]",
            "\\logs\\a\\b",
            "/Windows/Temp/keep",
        ],
        &["; nothing", "[CompressionExclusionList]", "*.log", "[AlignmentList]", "*"],
        &["[ExclusionList]", "plain*", "\"with space *\"", "* 1?", "[ExclusionException]", "*7"],
        &["[exclusionlist]", "[ExclusionList]", "  c:\\a\\pagefile.sys  ", "#*"],
        &["[ExclusionList]", "\\*", "[ExclusionException]", "\\logs\\a\\k.log"],
        &["[ExclusionList]", "\\logs\\\\a/", "/a/*.*"],
        &["[PrepopulateList]", "*", "[ExclusionList]", "*.l*g*", "[ExclusionException]", "\\logs\\a"],
    ];
    for (number, lines) in configs.iter().enumerate() {
        let config = work.path().join("config.ini");
        // wimlib tells sections apart by case.
        let text =
            lines.iter().filter(|l| **l != "[exclusionlist]").fold(String::new(), |t, l| t + l + "\r\n");
        std::fs::write(&config, &text).unwrap();
        crate::captured(&folder, &ours, |options| {
            options.exclusions = Exclusions::parse(text.as_bytes()).unwrap();
        });
        let config = format!("--config={}", config.display());
        let args = ["WIMLIB_IMAGEX_IGNORE_CASE=1", "wimlib-imagex", "capture", "--compress=none", &config];
        let args = args.iter().map(AsRef::as_ref).chain([folder.as_os_str(), theirs.as_os_str()]);
        run("env", args);
        let (a, b) = (names(&ours), names(&theirs));
        let differ: Vec<_> = a.symmetric_difference(&b).take(5).collect();
        assert!(differ.is_empty(), "list {number}: {differ:?}");
    }
    // Without a list both leave out what Windows makes anew.
    crate::captured(&folder, &ours, |_| ());
    let args = ["WIMLIB_IMAGEX_IGNORE_CASE=1", "wimlib-imagex", "capture", "--compress=none"];
    run("env", args.iter().map(AsRef::as_ref).chain([folder.as_os_str(), theirs.as_os_str()]));
    assert_eq!(names(&ours), names(&theirs));
    let report = crate::captured(&folder, &ours, |options| options.exclusions = Exclusions::none());
    assert!(report.excluded == 0 && names(&ours).contains("\\pagefile.sys"));
}
