//! `wright export`: images as a new file, repacked if wanted.

use super::Outcome;
use super::packing::Packing;
use super::service::Indexes;
use crate::Context;
use crate::output::{Output, size};
use std::path::PathBuf;
use wimwright::wim::write::{ExportReport, export};
use wimwright::wim::{OpenOptions, WimFile};

/// Write one, several or all images to a new WIM, packed as they are or anew
///
/// What is stored the way the new file wants it is taken over without being decoded. An ESD becomes an ordinary WIM
/// with LZX unless --solid is given; a split set becomes one file.
#[derive(clap::Args)]
pub struct Args {
    /// The image file; of a split set, the first part
    src: PathBuf,
    /// The images: all, or numbers as in 1,3, in the order that they are to have
    #[arg(value_name = "INDEX|all")]
    index: Indexes,
    /// The new file
    dest: PathBuf,
    #[command(flatten)]
    packing: Packing,
    /// Replace DEST where it exists
    #[arg(long, short)]
    force: bool,
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> Outcome {
    let wim = WimFile::open(&args.src, &OpenOptions::new())?;
    let mut options = args.packing.options();
    options.replace = args.force;
    let images = args.index.of(wim.image_count());
    let report = export(&wim, &images, &args.dest, &options, &context.progress)?;
    if context.output.json() {
        context.output.document(&report);
    } else {
        print(&report, &mut context.output);
    }
    Ok(())
}

/// What was written, in a line.
pub fn print(report: &ExportReport, out: &mut Output) {
    let reused = match report.reused_blobs {
        0 => String::new(),
        n => format!(" ({n} taken over as they were)"),
    };
    out.line(format!(
        "{}: {} image(s), {} blobs of {}{reused}; {} before, {} now",
        report.path.display(),
        report.images.len(),
        report.blobs,
        size(report.bytes),
        size(report.size_before),
        size(report.size_after)
    ));
}
