//! A site with many packages: 100 that share nine tenths of their content, and the database at 1,000 packages and 10,000
//! updates. `cargo bench --bench site`; with `-- --quick` a tenth of each.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use wimwright::base::Progress;
use wimwright::site::{AddOptions, PointOptions, Site};

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

const FILES: usize = 50;
const FILE: usize = 400_000;

fn main() -> Outcome {
    // `cargo test` runs benchmarks too; that it builds is enough there.
    if !std::env::args().any(|a| a == "--bench") {
        return Ok(());
    }
    let quick = std::env::args().any(|a| a == "--quick");
    let work = tempfile::tempdir()?;
    many_packages(work.path(), if quick { 10 } else { 100 })?;
    large_database(work.path(), if quick { 10 } else { 1 })
}

fn made_up(seed: u64, size: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut out = Vec::with_capacity(size);
    while out.len() < size {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        out.extend_from_slice(&state.to_le_bytes());
    }
    out.truncate(size);
    out
}

fn image(out: &Path) -> Outcome {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/sample-image");
    let done = Command::new("python3").arg(script).arg(out).args(["--files", "8"]).status()?;
    if done.success() { Ok(()) } else { Err("scripts/sample-image failed".into()) }
}

fn many_packages(work: &Path, count: usize) -> Outcome {
    let image_file = work.join("install.wim");
    image(&image_file)?;
    let shared = work.join("shared");
    fs::create_dir(&shared)?;
    let own = FILES / 10;
    for n in 0..FILES - own {
        fs::write(shared.join(n.to_string()), made_up(n as u64 + 1, FILE))?;
    }
    let site = Site::init(work.join("site"))?;
    let (mut bytes, mut add) = (0, Duration::ZERO);
    for p in 0..count {
        let source = work.join("source");
        fs::create_dir_all(source.join("sources"))?;
        fs::write(source.join("setup.exe"), "MZ")?;
        fs::copy(&image_file, source.join("sources/install.wim"))?;
        fs::copy(&image_file, source.join("sources/boot.wim"))?;
        for n in 0..FILES - own {
            fs::hard_link(shared.join(n.to_string()), source.join(format!("sources/shared{n}")))?;
        }
        for n in 0..own {
            fs::write(source.join(format!("sources/own{n}")), made_up((1000 + p * FILES + n) as u64, FILE))?;
        }
        let begun = Instant::now();
        let options = AddOptions { name: format!("Package {p}"), ..AddOptions::default() };
        bytes += site.add_package(&source, &options, &Progress::none())?.bytes;
        add += begun.elapsed();
        fs::remove_dir_all(&source)?;
    }
    let info = site.info()?;
    let mb = |bytes: u64| bytes as f64 / 1e6;
    println!("{count} packages, {:.1} MB of files: {:.1} MB in the library", mb(bytes), mb(info.bytes));
    println!("  add         {:8.1} ms for each", add.as_secs_f64() * 1e3 / count as f64);
    let options = PointOptions {
        name: "d".into(),
        url: work.join("dp").display().to_string(),
        ..PointOptions::default()
    };
    let point = site.add_point(&options)?;
    let begun = Instant::now();
    for package in site.packages()? {
        site.distribute(&package, &point, false, &Progress::none())?;
    }
    println!("  distribute  {:8.1} ms for each", begun.elapsed().as_secs_f64() * 1e3 / count as f64);
    let package = site.package("Package 0")?;
    let begun = Instant::now();
    let validation = site.validate(&package, &point, &Progress::none())?;
    println!(
        "  validate    {:8.1} ms for {:.1} MB",
        begun.elapsed().as_secs_f64() * 1e3,
        mb(validation.bytes)
    );
    Ok(())
}

/// Rows by hand: what the queries cost does not depend on where the rows came from.
fn fill(path: &Path, packages: usize, updates: usize) -> Outcome {
    let db = rusqlite::Connection::open(path)?;
    db.execute_batch(&format!(
        "PRAGMA synchronous = OFF; BEGIN;
         CREATE TEMP TABLE n (i INTEGER PRIMARY KEY);
         INSERT INTO n WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < {updates}) SELECT i FROM c;
         INSERT INTO blob (id, sha256, size, stored) SELECT i, randomblob(32), 1000, 1 FROM n;
         INSERT INTO word (id, text) SELECT i, 'Package_for_KB' || i || '~31bf3856ad364e35~amd64~~19041.' || i || '.1.0' FROM n;
         INSERT INTO word (text) VALUES ('a parent is missing');
         INSERT INTO updates (id, blob, file, kind, kb, title, architecture, release_type, class, family, version, created,
                              signature, imported, inspection)
           SELECT i, i, 'kb' || i || '.msu', 'cab_msu', 'KB' || i, 'Update', 'amd64', 'Update', 'update', 'f' || (i / 10),
                  printf('%05d.00000.00000.00000', i % 10), '', 'not checked', '2026-01-01T00:00:00Z', '{{}}' FROM n;
         INSERT INTO update_identity SELECT i, i FROM n;
         INSERT INTO supersedence SELECT i, i - 1 FROM n WHERE i % 10 > 0 AND i > 1;
         INSERT INTO package (id, name, version, comment, source, added, current)
           SELECT i, 'Package ' || i, '1', '', '/none', '2026-01-01T00:00:00Z', i FROM n WHERE i <= {packages};
         INSERT INTO package_version (id, package, number, created, origin, image, architecture, files, bytes)
           SELECT i, i, 1, '2026-01-01T00:00:00Z', 'added', 'sources/install.wim', 'amd64', 20, 20000 FROM n
           WHERE i <= {packages};
         INSERT INTO content SELECT p.i, 'sources/file' || f.i, 0, f.i FROM n p JOIN n f ON f.i <= 20 WHERE p.i <= {packages};
         INSERT INTO image_index SELECT i, 1, 'Windows', 'Professional', 'Client', 'amd64', '10.0.19041.1', 'en-US', NULL
           FROM n WHERE i <= {packages};
         INSERT INTO update_status SELECT p.i, 1, u.i, 1, 'not_applicable', 0, (SELECT max(id) FROM word), 0, NULL, NULL
           FROM n p JOIN n u WHERE p.i <= {packages};
         INSERT INTO run (package, package_name, started, status, phase, attempts, from_version, error, owner, level,
                          continue_on_error, update_points, selected)
           SELECT 1 + i % {packages}, 'p', '2026-01-01T00:00:00Z', 2, 'ended', 1, 1, 0, 'h:1', 'stage', 0, 0, '' FROM n;
         COMMIT; ANALYZE;"
    ))?;
    Ok(())
}

fn large_database(work: &Path, divisor: usize) -> Outcome {
    let (packages, updates) = (1000 / divisor, 10_000 / divisor);
    let root = work.join("large");
    drop(Site::init(&root)?);
    let begun = Instant::now();
    fill(&root.join("site.db"), packages, updates)?;
    let rows = packages * updates;
    println!(
        "{packages} packages, {updates} updates, {rows} statuses, made in {:.1} s",
        begun.elapsed().as_secs_f64()
    );
    let site = Site::open(&root)?;
    let package = site.package("Package 7")?;
    let mut worst = Duration::ZERO;
    let mut time = |what: &str, work: &mut dyn FnMut() -> wimwright::Result<usize>| -> Outcome {
        let mut best = Duration::MAX;
        let mut rows = 0;
        for _ in 0..5 {
            let begun = Instant::now();
            rows = work()?;
            best = best.min(begun.elapsed());
        }
        worst = worst.max(best);
        println!("  {what:<24}{:8.2} ms, {rows} rows", best.as_secs_f64() * 1e3);
        Ok(())
    };
    time("one package", &mut || site.package("Package 9").map(|_| 1))?;
    time("all packages", &mut || Ok(site.packages()?.len()))?;
    time("versions, indexes", &mut || Ok(site.versions(&package)?.len() + site.indexes(&package)?.len()))?;
    time("all updates", &mut || Ok(site.updates()?.len()))?;
    time("one update", &mut || site.update("77").map(|_| 1))?;
    time("status of an index", &mut || Ok(site.status(&package, Some(1))?.len()))?;
    time("history of a package", &mut || Ok(site.history("Package 7")?.len()))?;
    time("schedules", &mut || Ok(site.schedules()?.len()))?;
    time("distributions", &mut || Ok(site.distributions(None)?.len()))?;
    time("offer, all known", &mut || Ok(site.offer(&package, &Progress::none())?.updates.len()))?;
    println!("the slowest takes {:.2} ms", worst.as_secs_f64() * 1e3);
    Ok(())
}
