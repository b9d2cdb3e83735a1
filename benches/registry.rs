//! Registry hives: keys added under a parent that has very many, by us and by hivex.
//!
//! `cargo bench --bench registry [-- [--children N] [--keys N]]`. The hive is made here: N children with three values
//! each under one parent, about 56 MB with the default of 60,000. hivex (`hivexsh`) adds the same keys to the same hive;
//! without it only our time is told.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Instant;
use wimwright::base::Limits;
use wimwright::registry::{Hive, HiveEditor, ValueKind};

type AnyError = Box<dyn std::error::Error>;

const PARENT: &str = "DerivedData\\Components";

/// The name of child `n`, as long as those of components are and in no order.
fn name(n: u32) -> String {
    let scattered = n.wrapping_mul(0x9E37_79B1);
    format!(
        "amd64_microsoft-windows-{scattered:08x}_31bf3856ad364e35_10.0.19041.1_none_{scattered:08x}{n:08x}"
    )
}

fn add(editor: &mut HiveEditor, n: u32, blob: &[u8]) -> Result<(), AnyError> {
    let mut parent = editor.create(PARENT)?;
    let mut key = parent.create_child(name(n).as_str())?;
    key.set("S256H", ValueKind::BINARY, &[n as u8; 32])?;
    key.set("identity", ValueKind::BINARY, blob)?;
    key.set_dword("f!file.dll", n)?;
    Ok(())
}

fn main() -> Result<(), AnyError> {
    let (mut children, mut keys) = (60_000, 1_000);
    let mut args = std::env::args().skip(1).filter(|a| a != "--bench");
    while let Some(arg) = args.next() {
        let number = args.next().ok_or("a number is missing")?.parse()?;
        match arg.as_str() {
            "--children" => children = number,
            "--keys" => keys = number,
            _ => return Err(format!("{arg} is not known").into()),
        }
    }
    let limits = Limits::default();
    let begun = Instant::now();
    let mut editor = Hive::empty(&limits)?.edit()?;
    for n in 0..children {
        add(&mut editor, n, &[n as u8; 580])?;
    }
    let bytes = editor.finish();
    println!(
        "hive of {} bytes, {children} keys, made in {:.2} s",
        bytes.len(),
        begun.elapsed().as_secs_f64()
    );

    let mut best = [f64::MAX; 4];
    for _ in 0..5 {
        let copy = bytes.clone();
        let begun = Instant::now();
        let hive = Hive::open(copy, &limits)?;
        let opened = begun.elapsed().as_secs_f64();
        let mut editor = hive.edit()?;
        let checked = begun.elapsed().as_secs_f64() - opened;
        for n in children..children + keys {
            add(&mut editor, n, &[n as u8; 160])?;
        }
        let edited = begun.elapsed().as_secs_f64() - opened - checked;
        let done = editor.finish();
        let all = begun.elapsed().as_secs_f64();
        assert_eq!(Hive::open(done, &limits)?.key(PARENT)?.map(|k| k.subkey_count()), Some(children + keys));
        for (best, now) in best.iter_mut().zip([opened, checked, edited, all]) {
            *best = best.min(now);
        }
    }
    let [opened, checked, edited, all] = best.map(|s| s * 1000.0);
    println!(
        "wimwright: open {opened:.2} ms, check {checked:.1} ms, {keys} keys {edited:.1} ms, in all {all:.1} ms"
    );
    hivex(&bytes, children, keys, all / 1000.0)
}

/// The same keys with `hivexsh`, less the time that it takes to open and save the hive with none.
fn hivex(bytes: &[u8], children: u32, keys: u32, ours: f64) -> Result<(), AnyError> {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("hive");
    // hivex needs milliseconds for a key: a part of them tells.
    let part = keys.min(100);
    let bytes_of = |count| vec!["5a"; count].join(",");
    let (hash, identity) = (bytes_of(32), bytes_of(160));
    let mut seconds = [0.0; 2];
    for (seconds, count) in seconds.iter_mut().zip([0, part]) {
        std::fs::write(&path, bytes)?;
        let mut script = format!("cd \\{PARENT}\n").into_bytes();
        for n in children..children + count {
            let name = name(n);
            writeln!(
                script,
                "add {name}\ncd {name}\nsetval 3\nS256H\nhex:3:{hash}\nidentity\nhex:3:{identity}"
            )?;
            writeln!(script, "f!file.dll\ndword:0x{n:08x}\ncd ..")?;
        }
        script.extend_from_slice(b"commit\nquit\n");
        let begun = Instant::now();
        let child =
            Command::new("hivexsh").arg("-w").arg(&path).stdin(Stdio::piped()).stdout(Stdio::null()).spawn();
        let Ok(mut child) = child else {
            println!("skipped: hivexsh is not installed");
            return Ok(());
        };
        child.stdin.take().ok_or("no pipe")?.write_all(&script)?;
        if !child.wait()?.success() {
            return Err("hivexsh failed".into());
        }
        *seconds = begun.elapsed().as_secs_f64();
    }
    let each = (seconds[1] - seconds[0]) / f64::from(part);
    let theirs = seconds[0] + each * f64::from(keys);
    println!(
        "hivex: open and save {:.0} ms, {:.1} ms for a key; {keys} keys in all {theirs:.1} s: {:.0} times ours",
        seconds[0] * 1000.0,
        each * 1000.0,
        theirs / ours
    );
    Ok(())
}
