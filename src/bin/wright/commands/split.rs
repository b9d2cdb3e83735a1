//! `wright split`: one WIM as a set of smaller files.

use super::Outcome;
use crate::Context;
use crate::output::size;
use std::path::PathBuf;
use wimwright::wim::write::{SplitOptions, split};
use wimwright::wim::{OpenOptions, WimFile};

/// Split a WIM into files of a bounded size, for media and file systems that take no larger ones
///
/// OUT.swm is the first of them; OUT2.swm, OUT3.swm, ... lie beside it. `wright export OUT.swm all NEW.wim` joins them.
#[derive(clap::Args)]
pub struct Args {
    /// The image file
    wim: PathBuf,
    /// The first of the new files
    out: PathBuf,
    /// The most that each of them takes, in MB (2^20 bytes)
    #[arg(value_name = "SIZE_MB", value_parser = clap::value_parser!(u32).range(1..))]
    size: u32,
    /// Add integrity tables
    #[arg(long)]
    check: bool,
    /// Replace files that exist
    #[arg(long, short)]
    force: bool,
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> Outcome {
    let wim = WimFile::open(&args.wim, &OpenOptions::new())?;
    let mut options = SplitOptions::new();
    options.integrity = args.check.then_some(true);
    options.replace = args.force;
    let report = split(&wim, &args.out, u64::from(args.size) << 20, &options, &context.progress)?;
    let out = &mut context.output;
    if out.json() {
        out.document(&report);
        return Ok(());
    }
    for part in &report.parts {
        out.line(format!("{}: {}, {} blobs", part.path.display(), size(part.size), part.blobs));
    }
    if report.too_large > 0 {
        out.line(format!("{} of them are larger: what they hold cannot be cut", report.too_large));
    }
    Ok(())
}
