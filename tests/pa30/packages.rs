//! Every delta of every real package: rebuilt in the order of its index, against both hashes.

use crate::common;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};
use wimwright::base::{Limits, Source};
use wimwright::codec::pa30::{self, Delta};
use wimwright::package::cab::Cabinet;
use wimwright::package::cix::{Cix, CixBasis, CixFile, SourceKind};

/// A delta of a package with all that is needed to apply it.
pub struct Case {
    pub name: String,
    pub source: Vec<u8>,
    pub delta: Vec<u8>,
    pub target: u64,
}

/// What was rebuilt, by kind, and how long applying the deltas alone took.
#[derive(Default)]
struct Tally {
    exact: usize,
    unhashed: usize,
    kinds: BTreeMap<String, (usize, u64, Duration)>,
    wrong: Vec<String>,
    bytes: u64,
    time: Duration,
}

/// Every member of a cabinet, each folder decoded once.
fn members(bytes: Vec<u8>) -> Vec<(String, Vec<u8>)> {
    let source: Source = Arc::new(bytes);
    let cabinet = Cabinet::open(source, &Limits::default()).expect("a cabinet");
    let mut all = Vec::new();
    for folder in 0..cabinet.folders().len() {
        let read = cabinet.read_folder(folder, |member, reader| {
            let mut data = Vec::new();
            reader.read_to_end(&mut data).expect("a member");
            all.push((member.name.clone(), data));
            Ok(())
        });
        read.expect("a folder");
    }
    all
}

/// Calls `apply` for every delta below a cabinet, in an order in which bases come first.
fn deltas(
    package: &str,
    bytes: Vec<u8>,
    apply: &mut dyn FnMut(Case, Option<&wimwright::base::FileHash>) -> Vec<u8>,
) {
    let members = members(bytes);
    let index = members.iter().find(|(name, _)| name.eq_ignore_ascii_case("_manifest_.cix.xml"));
    let Some((_, index)) = index else {
        for (name, data) in members.into_iter().filter(|(_, data)| data.starts_with(b"MSCF")) {
            deltas(&format!("{package}/{name}"), data, apply);
        }
        return;
    };
    let cix = Cix::parse(index, &Limits::default()).expect("an index");
    let stored: HashMap<&str, &[u8]> =
        members.iter().map(|(name, data)| (name.as_str(), data.as_slice())).collect();
    let copies = copies(&cix, &stored);
    let mut files: Vec<Vec<u8>> = vec![Vec::new(); cix.files.len()];
    for i in cix.order().expect("no circle") {
        let file = &cix.files[i];
        let basis = match &file.basis {
            Some(CixBasis::File(basis)) => files[*basis].clone(),
            Some(CixBasis::Hash { .. }) => panic!("{package}: a basis outside the package"),
            None => Vec::new(),
        };
        let (kind, name) = if let Some(source) = &file.source {
            (&source.kind, source.name.clone().expect("a member's name"))
        } else if let Some(member) = copies.get(&i) {
            (&SourceKind::Pa30, member.clone())
        } else {
            files[i] = basis;
            continue;
        };
        let data = stored[name.as_str()];
        files[i] = match kind {
            SourceKind::Raw => data.to_vec(),
            SourceKind::Pa30 => {
                let case = Case {
                    name: format!("{package}: {}", file.name),
                    source: basis,
                    delta: data.to_vec(),
                    target: file.length,
                };
                apply(case, file.hash.as_ref())
            }
            other => panic!("{package}: a source of type {other:?}"),
        };
    }
}

/// Files that are copies of their basis have a delta as well, which no source names: members are numbered in the
/// order of the files.
fn copies(cix: &Cix, stored: &HashMap<&str, &[u8]>) -> HashMap<usize, String> {
    let named = |file: &CixFile| file.source.as_ref().and_then(|s| s.name.clone());
    let taken: HashSet<String> = cix.files.iter().filter_map(named).collect();
    let mut found = HashMap::new();
    let mut last = None;
    for (i, file) in cix.files.iter().enumerate() {
        if let Some(number) = named(file).and_then(|name| name.parse::<u32>().ok()) {
            last = Some(number);
        } else if file.source.is_none() {
            last = last.map(|n| n + 1);
            let member = last.map(|n| n.to_string()).unwrap_or_default();
            if !taken.contains(&member)
                && stored.get(member.as_str()).is_some_and(|data| Delta::is_delta(data))
            {
                found.insert(i, member);
            }
        }
    }
    found
}

#[test]
fn every_delta_of_every_package_comes_out_exact() {
    let Some(data) = common::testdata() else { return };
    let mut tally = Tally::default();
    for path in common::files_below(&data.join("packages")) {
        let package = path.file_name().unwrap().to_string_lossy().into_owned();
        deltas(&package, std::fs::read(&path).unwrap(), &mut |case, hash| {
            let start = Instant::now();
            let result = pa30::apply_sized(&case.source, &case.delta, &Limits::default(), Some(case.target));
            let time = start.elapsed();
            let parsed = Delta::parse(&case.delta).unwrap();
            tally.time += time;
            tally.bytes += case.target;
            let kind = format!("{} {:#x}", parsed.file_type_name(), parsed.flags);
            let kind = tally.kinds.entry(kind).or_default();
            *kind = (kind.0 + 1, kind.1 + case.target, kind.2 + time);
            let out = match result {
                Ok(out) if hash.is_none_or(|hash| hash.matches(&out)) => out,
                Ok(_) => {
                    tally.wrong.push(format!("{}: the index has another hash", case.name));
                    return Vec::new();
                }
                Err(e) => {
                    tally.wrong.push(format!("{}: {e}", case.name));
                    return Vec::new();
                }
            };
            tally.exact += 1;
            tally.unhashed += usize::from(hash.is_none());
            out
        });
    }
    for (kind, (count, bytes, time)) in &tally.kinds {
        println!(
            "{kind}: {count} deltas, {bytes} bytes, {:.0} MB/s",
            *bytes as f64 / 1e6 / time.as_secs_f64()
        );
    }
    println!(
        "{} of {} deltas exact ({} without a hash in the index), {} bytes in {:.3} s: {:.0} MB/s",
        tally.exact,
        tally.exact + tally.wrong.len(),
        tally.unhashed,
        tally.bytes,
        tally.time.as_secs_f64(),
        tally.bytes as f64 / 1e6 / tally.time.as_secs_f64(),
    );
    assert!(tally.wrong.is_empty(), "{}", tally.wrong.join("\n"));
    assert!(tally.exact == 1323, "{} deltas", tally.exact);
}
