//! `wright delete`: an image out of a WIM.

use super::Outcome;
use super::service::Indexes;
use crate::output::count;
use crate::{Context, stop};
use std::path::PathBuf;
use wimwright::wim::commit::{CommitOptions, ImageEdits, edit_images};
use wimwright::wim::{OpenOptions, WimFile};

/// Take images out of a WIM
///
/// The images behind them move up. The file does not become smaller by this; `wright optimize` does that.
#[derive(clap::Args)]
pub struct Args {
    /// The image file
    wim: PathBuf,
    /// The images: all, or numbers as in 1,3
    #[arg(value_name = "INDEX|all")]
    index: Indexes,
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> Outcome {
    let wim = WimFile::open(&args.wim, &OpenOptions::new())?;
    let mut edits = ImageEdits::default();
    edits.delete = args.index.of(wim.image_count());
    stop::only_cleanly();
    let report = edit_images(&wim, &edits, &CommitOptions::new(), &context.progress)?;
    if context.output.json() {
        context.output.document(&report);
    } else {
        let left = wim.image_count() as usize - report.images.len();
        context.output.line(format!(
            "{}: {} taken out, {left} left; {} blobs are not used any more",
            args.wim.display(),
            count(report.images.len() as u64, "image"),
            report.dropped_blobs
        ));
    }
    Ok(())
}
