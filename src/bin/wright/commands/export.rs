//! `wright export`: images as a new file, repacked if wanted.

use super::Outcome;
use super::packing::Packing;
use super::references::References;
use super::service::Indexes;
use crate::output::{Output, count, size};
use crate::{Context, stop};
use std::path::PathBuf;
use wimwright::wim::write::{ExportReport, export};
use wimwright::wim::{OpenOptions, WimFile};

/// Write one, several or all images to a new WIM, packed as they are or anew, or add them to one that is there
///
/// Images are added in place, with the compression that DEST has; a name that one of its images has is an error.
/// What is stored the way the new file wants it is taken over without being decoded. An ESD becomes an ordinary WIM
/// with LZX unless --solid is given; a split set becomes one file.
#[derive(clap::Args)]
pub struct Args {
    /// The image file; of a split set, the first part; - for one that comes through a pipe
    src: PathBuf,
    /// The images: all, or numbers as in 1,3, in the order that they are to have
    #[arg(value_name = "INDEX|all")]
    index: Indexes,
    /// The new file, or a WIM that the images are added to
    dest: PathBuf,
    #[command(flatten)]
    packing: Packing,
    /// What the image is called in DEST, where one is exported
    #[arg(long)]
    name: Option<String>,
    /// What it is described as there
    #[arg(long)]
    description: Option<String>,
    /// Replace DEST where it exists, instead of adding to it
    #[arg(long, short)]
    force: bool,
    /// Leave out what this WIM (or, with * and ?, these) has: DEST is a delta that is read with --ref; may be given
    /// more than once
    #[arg(long, value_name = "BASE.wim")]
    delta_from: Vec<PathBuf>,
    #[command(flatten)]
    references: References,
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> Outcome {
    let wim = args.references.open_or_pipe(&args.src)?;
    let mut options = args.packing.options();
    options.replace = args.force;
    options.append = !args.force;
    options.name.clone_from(&args.name);
    options.description.clone_from(&args.description);
    options.delta_from = WimFile::open_all(&args.delta_from, &OpenOptions::new())?;
    if options.append && args.dest.exists() {
        stop::only_cleanly();
    }
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
        "{}: {}, {} of {}{reused}; {} before, {} now",
        report.path.display(),
        count(report.images.len() as u64, "image"),
        count(report.blobs, "blob"),
        size(report.bytes),
        size(report.size_before),
        size(report.size_after)
    ));
}
