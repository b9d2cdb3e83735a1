//! 200 random combinations of updates, indexes and injected failures: what comes out always holds together, and is what
//! units promise, an update into all of its indexes or into none.

#[path = "combinations/check.rs"]
mod check;
mod common;
#[path = "combinations/packages.rs"]
mod packages;

use check::Checker;
use common::{run, temp, testdata, tool, tools};
use packages::{Package, folder};
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use wimwright::base::{Progress, sha256};
use wimwright::service::{Receipt, Session, SessionOptions, Status};

/// Indexes 1 and 2 are editions, 3 has no COMPONENTS hive, 4 has another file in the place of one of `alpha`'s, 5 has
/// pending operations.
const WITHOUT_HIVE: u32 = 3;
const IN_THE_WAY: u32 = 4;
const PENDING: u32 = 5;

const ALPHA: &[(&str, &str, &str)] = &[("one", "1.0.0.0", "contents of one"), ("two", "1.0.0.0", "of two")];

/// What each update is, by its place in this list; the last two are a file that is no update and one that is missing.
const UPDATES: &[Package] = &[
    Package { name: "alpha", components: ALPHA, ..Package::PLAIN },
    Package {
        name: "alpha",
        version: "2.0.0.0",
        components: &[("one", "2.0.0.0", "newer")],
        ..Package::PLAIN
    },
    Package { name: "beta", components: &[("two", "1.0.0.0", "of two")], nested: true, ..Package::PLAIN },
    // The same component as in `alpha`, with other contents: both cannot be in one store.
    Package { name: "clash", components: &[("one", "1.0.0.0", "other")], ..Package::PLAIN },
    Package { name: "elsewhere", parent: "Not-There", components: ALPHA, ..Package::PLAIN },
    Package {
        name: "orphan",
        components: &[("three", "1.0.0.0", "3"), ("four", "1.0.0.0", "4")],
        orphan: true,
        ..Package::PLAIN
    },
    Package { name: "damaged", components: &[("five", "1.0.0.0", "5")], damaged: true, ..Package::PLAIN },
];
const NO_UPDATE: usize = UPDATES.len();
const MISSING: usize = UPDATES.len() + 1;

/// The image, of the shared generator's parts.
fn image(dir: &Path) -> Option<PathBuf> {
    testdata()?;
    for program in ["wimlib-imagex", "hivexregedit", "hivexsh"] {
        tool(program)?;
    }
    let generator = tools()?.join("make_image.py");
    let made = |name: &str, more: &[&str]| {
        let path = dir.join(name);
        let first = [
            generator.as_os_str(),
            path.as_os_str(),
            "--os".as_ref(),
            "win10".as_ref(),
            "--files".as_ref(),
            "3".as_ref(),
        ];
        run("python3", first.into_iter().chain(more.iter().map(OsStr::new)));
        path
    };
    let (image, pending) = (made("image.wim", &["--indexes", "4"]), made("pending.wim", &["--pending"]));
    let args = ["export".as_ref(), pending.as_os_str(), "1".as_ref(), image.as_os_str(), "pending".as_ref()];
    run("wimlib-imagex", args);
    let other = dir.join("other");
    fs::write(&other, "neither of them").unwrap();
    let blocked =
        format!("add '{}' '/Windows/WinSxS/{}/file.dll'", other.display(), folder("one", "1.0.0.0"));
    for (index, command) in
        [(WITHOUT_HIVE, "delete /Windows/System32/config/COMPONENTS"), (IN_THE_WAY, &*blocked)]
    {
        let index = index.to_string();
        let args =
            ["update".as_ref(), image.as_os_str(), index.as_ref(), "--command".as_ref(), OsStr::new(command)];
        run("wimlib-imagex", args);
    }
    Some(image)
}

struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n
    }

    /// Some of 0 to `n`, in a random order; never none.
    fn some(&mut self, n: usize, most: usize) -> Vec<usize> {
        let mut all: Vec<usize> = (0..n).collect();
        for i in (1..n).rev() {
            all.swap(i, self.below(i + 1));
        }
        all.truncate(1 + self.below(most));
        all
    }
}

/// What must come of it, worked out from the rules alone.
#[derive(Debug, Default, PartialEq)]
struct Expected {
    /// The updates that fail by themselves, in their order.
    failed: Vec<usize>,
    /// What is laid into which index.
    laid: BTreeSet<(u32, usize)>,
    /// An index that may not be written would be.
    blocked: bool,
}

fn expect(updates: &[usize], indexes: &[u32]) -> Expected {
    let mut expected = Expected::default();
    let mut store: Option<&str> = None;
    for &update in updates {
        if update >= NO_UPDATE || UPDATES[update].damaged {
            expected.failed.push(update);
            continue;
        }
        if UPDATES[update].parent != Package::PLAIN.parent {
            continue;
        }
        expected.blocked |= indexes.contains(&PENDING);
        let open: Vec<u32> = indexes.iter().copied().filter(|i| *i != PENDING).collect();
        let one = UPDATES[update].components.iter().find(|c| (c.0, c.1) == ("one", "1.0.0.0"));
        if let Some((_, _, contents)) = one {
            if (open.contains(&IN_THE_WAY) || store.is_some_and(|s| s != *contents)) && !open.is_empty() {
                expected.failed.push(update);
                continue;
            }
            store = Some(contents);
        }
        expected.laid.extend(open.iter().map(|index| (*index, update)));
    }
    expected
}

fn check_receipt(
    receipt: &Receipt,
    updates: &[usize],
    paths: &[PathBuf],
    expected: &Expected,
    written: bool,
) {
    assert_eq!(receipt.written, written);
    let of = |path: &str| paths.iter().position(|p| p.display().to_string() == path).unwrap();
    for index in &receipt.indexes {
        for action in &index.actions {
            let update = of(&action.update);
            let laid = expected.laid.contains(&(index.index, update));
            assert_eq!(action.applies(), laid, "{action:?}");
            if expected.failed.contains(&update) {
                assert_eq!(action.status, Status::Failed, "{action:?}");
            }
        }
        let any = expected.laid.iter().any(|(i, _)| *i == index.index);
        assert_eq!(index.files.is_empty(), !any);
        let registration = &index.registration;
        let orphan = expected.laid.iter().any(|(i, u)| *i == index.index && UPDATES[*u].orphan);
        assert_eq!(
            registration.done,
            any && index.index != WITHOUT_HIVE && !orphan && !registration.packages.is_empty()
        );
        assert_eq!(registration.reason.is_some(), any && (index.index == WITHOUT_HIVE || orphan));
    }
    for update in &receipt.updates {
        let number = of(&update.path);
        assert_eq!(!update.failed.is_empty(), expected.failed.contains(&number), "{update:?}");
        assert_eq!(update.size.is_none(), number == MISSING);
    }
    assert_eq!(receipt.updates.len(), updates.len());
}

#[test]
fn two_hundred_combinations_hold_together() {
    let dir = temp();
    let Some(image) = image(dir.path()) else { return };
    let mut paths: Vec<PathBuf> = UPDATES.iter().map(|p| p.write(dir.path())).collect();
    paths.extend(["no-update.cab", "missing.cab"].map(|name| dir.path().join(name)));
    fs::write(&paths[NO_UPDATE], "no cabinet").unwrap();
    let original = sha256(&fs::read(&image).unwrap());
    let output = dir.path().join("out.wim");
    let mut checker = Checker::new(dir.path());
    let (mut random, mut written, mut refused, mut failures) = (Random(0x9E37_79B9_7F4A_7C15), 0, 0, 0);
    for round in 0..200 {
        let updates = random.some(paths.len(), 6);
        let indexes: Vec<u32> = random.some(5, 5).into_iter().map(|i| i as u32 + 1).collect();
        let continue_on_error = random.below(3) > 0;
        let expected = expect(&updates, &indexes);
        let told = format!("round {round}: {updates:?} into {indexes:?}, {continue_on_error}: {expected:?}");
        let options =
            SessionOptions { output: Some(output.clone()), continue_on_error, ..SessionOptions::default() };
        let mut session = Session::open(&image, options).unwrap();
        session.select(&indexes).unwrap();
        let added: Result<(), _> =
            updates.iter().try_for_each(|&u| session.add_update(&paths[u], &Progress::none()));
        let fails = !expected.failed.is_empty() || expected.blocked;
        if added.is_err() {
            // Before any index is looked at: what cannot be read, or an image that may not be written at all.
            assert!(!continue_on_error || indexes == [PENDING], "{told}: {added:?}");
            assert!(!output.exists(), "{told}");
            refused += 1;
            continue;
        }
        let outcome = session.commit(&Progress::none()).map(|_| ());
        let receipt = session.receipt().unwrap();
        let writes = !expected.laid.is_empty() && (continue_on_error || !fails);
        assert_eq!((outcome.is_ok(), output.exists()), (writes, writes), "{told}: {outcome:?}");
        if continue_on_error || !fails {
            check_receipt(receipt, &updates, &paths, &expected, writes);
        }
        failures += usize::from(fails);
        if writes {
            let laid: Vec<(u32, String)> =
                expected.laid.iter().map(|(index, update)| (*index, UPDATES[*update].identity())).collect();
            checker.check(&output, receipt, &laid, &told);
            fs::remove_file(&output).unwrap();
            written += 1;
        } else {
            refused += 1;
        }
        assert_eq!(sha256(&fs::read(&image).unwrap()), original, "{told}: the input was touched");
    }
    eprintln!(
        "{written} written, {refused} refused, {failures} with failures, {} hives opened",
        checker.hives()
    );
    assert!(written >= 60 && refused >= 40 && failures >= 60, "{written} {refused} {failures}");
}
