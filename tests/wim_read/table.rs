//! Every image of the test data, asked of wimlib-imagex and of us: read or refused alike, or explained below and in
//! `docs/wim-differences.md`.

use crate::common::{root, testdata, tool, wright};
use crate::files_below;
use crate::judge::{alike, asked};
use std::collections::BTreeSet;

/// File, question, whether wimlib answers, whether we do, and why that is so; the last as the document has it.
const DIFFERENCES: [(&str, &str, bool, bool, &str); 3] = [
    (
        "ManagedWimLib/Split.swm",
        "verify",
        false,
        true,
        "the other parts of a set are looked for beside its first part; wimlib is told them with `--ref`",
    ),
    (
        "ManagedWimLib/Split2.swm",
        "info",
        true,
        false,
        "a later part holds no image; its first part is asked for, where wimlib shows the part's header",
    ),
    (
        "ManagedWimLib/Split2.swm",
        "verify",
        true,
        false,
        "a later part is verified with its set; wimlib verifies the contents that lie in it",
    ),
];

#[test]
fn every_file_is_read_or_refused_alike_or_the_difference_is_explained() {
    let (Some(data), Some(_)) = (testdata(), tool("wimlib-imagex")) else { return };
    let document = std::fs::read_to_string(root().join("docs/wim-differences.md")).unwrap();
    let index = std::fs::read_to_string(data.join("INDEX.tsv")).unwrap();
    let listed: BTreeSet<_> =
        index.lines().filter_map(|l| l.split('\t').next()?.strip_prefix("wim/")).collect();
    let (folder, mut met) = (data.join("wim"), BTreeSet::new());
    let (mut files, mut read, mut refused, mut images) = (0, 0, 0, 0);
    for path in files_below(&folder) {
        let name = path.strip_prefix(&folder).unwrap().to_str().unwrap();
        assert!(listed.contains(name), "{name} is not in INDEX.tsv");
        if !name.ends_with("wim") && !name.ends_with("swm") && !name.ends_with("esd") {
            continue;
        }
        files += 1;
        let whole = path.to_str().unwrap();
        let count = wimwright::wim::WimFile::open(&path, &wimwright::wim::OpenOptions::new())
            .map_or(1, |wim| wim.image_count());
        let mut questions = vec![("info", None), ("verify", None)];
        questions.extend((1..=count).map(|i| ("ls", Some(i.to_string()))));
        for (question, image) in questions {
            let rest: Vec<&str> = image.as_deref().into_iter().collect();
            let theirs = if question == "ls" { "dir" } else { question };
            let theirs = asked(&[&[theirs, whole], rest.as_slice()].concat()).is_some();
            let ours = wright(&folder, [&["--quiet", question, name], rest.as_slice()].concat());
            assert!((0..=2).contains(&ours.code), "{name} {question}: {}", ours.stderr);
            assert_eq!(ours.code != 0, !ours.stderr.is_empty(), "{name} {question}: {}", ours.stderr);
            let ours = ours.code == 0;
            if theirs == ours {
                *(if ours { &mut read } else { &mut refused }) += 1;
                if ours && question == "ls" && image.as_deref() == Some("1") {
                    images += alike(&path);
                }
                continue;
            }
            let why = DIFFERENCES.iter().find(|d| (d.0, d.1, d.2, d.3) == (name, question, theirs, ours));
            let why = why.unwrap_or_else(|| panic!("{name} {question}: wimlib {theirs}, we {ours}"));
            met.insert(why);
            assert!(document.contains(&format!("| `{name}` | {question} |")) && document.contains(why.4));
        }
    }
    assert_eq!(met.len(), DIFFERENCES.len(), "a difference that is explained is no longer there: {met:?}");
    eprintln!(
        "{files} files: {read} answers alike, {refused} refused alike, {} explained; {images} images",
        met.len()
    );
    assert!(files > 30 && images > 25 && refused > 5);
}
