//! Codec speed over the real packages of the test data, one thread, best of some rounds: PA30 by the kind of its
//! source, cabinet folders by their compression, digests for scale.
//!
//! `cargo bench --bench codecs [-- [--rounds N] [CABINET]...]`; cabinets named are measured beside the packages.

use std::collections::{BTreeMap, HashMap};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use wimwright::base::{Limits, Progress, sha1, sha256};
use wimwright::codec::pa30::{self, Delta};
use wimwright::codec::wimlib;
use wimwright::package::cab::{Cabinet, Compression};
use wimwright::package::cix::{Cix, CixBasis};
use wimwright::package::{PackageCab, Update};

type AnyError = Box<dyn std::error::Error>;

/// Output that is shorter measures the set-up of a call rather than the decoder.
const LONG: usize = 64 << 10;

/// A delta of a package with its basis, both in memory.
struct Job {
    kind: &'static str,
    basis: Arc<Vec<u8>>,
    delta: Arc<Vec<u8>>,
    target: Vec<u8>,
}

fn main() -> Result<(), AnyError> {
    if !std::env::args().any(|a| a == "--bench") {
        println!("skipped: measures only under `cargo bench`");
        return Ok(());
    }
    let (mut rounds, mut cabinets) = (5, Vec::new());
    let mut args = std::env::args().skip(1).filter(|a| a != "--bench");
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--rounds" => rounds = args.next().ok_or("--rounds needs a number")?.parse()?,
            _ => cabinets.push(PathBuf::from(arg)),
        }
    }
    let limits = Limits::default();
    let packages = packages()?;
    let mut updates = Vec::new();
    for path in &packages {
        updates.push(Update::open(path, &limits, &Progress::none())?);
    }
    println!("one thread, best of {rounds} rounds; {} packages\n", updates.len());
    println!("| codec | items | MB out | MB/s out |\n|---|--:|--:|--:|");
    deltas(&updates, rounds, &limits)?;
    let inner: Vec<&Cabinet> = updates.iter().flat_map(|u| &u.packages).map(|p| &p.cabinet).collect();
    folders("packages", &inner, rounds)?;
    for path in &cabinets {
        let cabinet = Cabinet::open(Arc::new(std::fs::read(path)?), &limits)?;
        folders(&path.file_name().unwrap_or_default().to_string_lossy(), &[&cabinet], rounds)?;
    }
    chunks(rounds)?;
    let data = vec![0x5A; 16 << 20];
    row("SHA-1", 1, data.len(), best(rounds, || _ = black_box(sha1(black_box(&data)))));
    row("SHA-256", 1, data.len(), best(rounds, || _ = black_box(sha256(black_box(&data)))));
    Ok(())
}

fn packages() -> Result<Vec<PathBuf>, AnyError> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/testdata");
    let data = std::env::var_os("WIMWRIGHT_TESTDATA").map_or(beside, PathBuf::from);
    let Ok(entries) = std::fs::read_dir(data.join("packages")) else {
        println!("skipped: no test data");
        return Ok(Vec::new());
    };
    let mut paths: Vec<_> = entries.map(|e| e.map(|e| e.path())).collect::<Result<_, _>>()?;
    paths.sort();
    Ok(paths)
}

fn best(rounds: u32, mut work: impl FnMut()) -> Duration {
    let round = |_| {
        let began = Instant::now();
        work();
        began.elapsed()
    };
    (0..rounds.max(1)).map(round).min().unwrap_or_default()
}

fn row(name: &str, items: usize, bytes: usize, time: Duration) {
    let mb = bytes as f64 / 1e6;
    println!("| {name} | {items} | {mb:.1} | {:.0} |", mb / time.as_secs_f64());
}

fn deltas(updates: &[Update], rounds: u32, limits: &Limits) -> Result<(), AnyError> {
    let mut groups: BTreeMap<String, Vec<Job>> = BTreeMap::new();
    for package in updates.iter().flat_map(|u| &u.packages) {
        for job in jobs(package, limits)? {
            let against = if job.basis.is_empty() { "nothing" } else { "a basis" };
            let long = if job.target.len() < LONG { "short" } else { "long" };
            groups.entry(format!("PA30 {} against {against}, {long}", job.kind)).or_default().push(job);
        }
    }
    let (mut items, mut bytes, mut time) = (0, 0, Duration::ZERO);
    for (name, jobs) in &groups {
        let size = jobs.iter().map(|j| j.target.len()).sum();
        let least = best(rounds, || {
            for job in jobs {
                // The digest in the delta is part of the work: a target is never given out without it.
                let made = pa30::apply(&job.basis, &job.delta, limits);
                assert!(made.is_ok_and(|made| made == job.target), "{name}: a target came out wrong");
            }
        });
        row(name, jobs.len(), size, least);
        (items, bytes, time) = (items + jobs.len(), bytes + size, time + least);
    }
    row("PA30 in all", items, bytes, time);
    Ok(())
}

/// Every delta of a package whose target comes out exact.
fn jobs(package: &PackageCab, limits: &Limits) -> Result<Vec<Job>, AnyError> {
    let mut members = HashMap::new();
    for folder in 0..package.cabinet.folders().len() {
        package.cabinet.read_folder(folder, |member, reader| {
            let mut data = Vec::new();
            reader
                .read_to_end(&mut data)
                .map_err(|e| wimwright::Error::io("read", Path::new(&member.name), e))?;
            members.insert(member.name.to_lowercase(), Arc::new(data));
            Ok(())
        })?;
    }
    let Some(index) = members.get("_manifest_.cix.xml") else { return Ok(Vec::new()) };
    let cix = Cix::parse(index, limits)?;
    let by_hash: HashMap<_, _> =
        cix.files.iter().enumerate().filter_map(|(i, f)| Some((f.hash.as_ref()?, i))).collect();
    let mut made: Vec<Option<Arc<Vec<u8>>>> = vec![None; cix.files.len()];
    let mut out = Vec::new();
    for i in cix.order()? {
        let file = &cix.files[i];
        let basis = match &file.basis {
            None => Some(Arc::default()),
            Some(CixBasis::File(n)) => made[*n].clone(),
            Some(CixBasis::Hash { hash, .. }) => by_hash.get(hash).and_then(|&n| made[n].clone()),
        };
        let Some(basis) = basis else { continue };
        let Some(source) = &file.source else {
            made[i] = Some(basis);
            continue;
        };
        let stored = source.name.as_ref().and_then(|n| members.get(&n.to_lowercase()));
        let Some(stored) = stored else { continue };
        if !source.kind.is_delta() {
            made[i] = Some(stored.clone());
            continue;
        }
        let target = pa30::apply(&basis, stored, limits)?;
        let kind = Delta::parse(stored)?.file_type_name();
        made[i] = Some(Arc::new(target.clone()));
        out.push(Job { kind, basis, delta: stored.clone(), target });
    }
    Ok(out)
}

/// Chunks as WIMs hold them, of this program's own bytes: what bounds reading beside SHA-1.
fn chunks(rounds: u32) -> Result<(), AnyError> {
    let data = std::fs::read(std::env::current_exe()?)?;
    let data = &data[..data.len().min(24 << 20)];
    for (kind, size) in [
        (wimlib::Compression::Xpress, 32 << 10),
        (wimlib::Compression::Lzx, 32 << 10),
        (wimlib::Compression::Lzx, 2 << 20),
        (wimlib::Compression::Lzms, 128 << 10),
    ] {
        let mut packed = Vec::new();
        for chunk in data.chunks(size) {
            let mut out = vec![0; chunk.len()];
            let len = wimlib::with_compressor(kind, size, None, |c| c.compress(chunk, &mut out))?;
            packed.extend(len.map(|len| (out[..len].to_vec(), chunk.len())));
        }
        let bytes = packed.iter().map(|(_, len)| len).sum();
        let mut out = vec![0; size];
        let least = best(rounds, || {
            for (packed, len) in &packed {
                let decoded =
                    wimlib::with_decompressor(kind, size, |d| d.decompress(packed, &mut out[..*len]));
                assert!(decoded.is_ok(), "a chunk came out wrong");
            }
        });
        row(&format!("WIM {kind}, chunks of {} KiB", size >> 10), packed.len(), bytes, least);
    }
    Ok(())
}

fn folders(what: &str, cabinets: &[&Cabinet], rounds: u32) -> Result<(), AnyError> {
    let mut groups: BTreeMap<String, Vec<(&Cabinet, usize)>> = BTreeMap::new();
    for cabinet in cabinets {
        for (number, folder) in cabinet.folders().iter().enumerate() {
            let name = match folder.compression() {
                Compression::None => "stored".to_owned(),
                Compression::MsZip => "MSZIP".to_owned(),
                Compression::Lzx { window_bits } => format!("LZX:{window_bits}"),
                other => format!("{other:?}"),
            };
            groups.entry(name).or_default().push((cabinet, number));
        }
    }
    let mut buffer = vec![0; 1 << 16];
    for (name, folders) in &groups {
        let (mut bytes, mut failed) = (0, None);
        let least = best(rounds, || {
            bytes = 0;
            for (cabinet, folder) in folders {
                let walked = cabinet.read_folder(*folder, |_, reader| {
                    loop {
                        let read = reader.read(&mut buffer);
                        match read.map_err(|e| wimwright::Error::io("read", Path::new("cabinet"), e))? {
                            0 => return Ok(()),
                            n => bytes += n,
                        }
                    }
                });
                failed = walked.err().or(failed.take());
            }
        });
        if let Some(error) = failed {
            return Err(error.into());
        }
        row(&format!("CAB {name}, {what}"), folders.len(), bytes, least);
    }
    Ok(())
}
