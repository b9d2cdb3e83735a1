//! `wright append`: a folder as one more image of a file.

use super::Outcome;
use super::capture::{Image, answer};
use super::packing::Packing;
use super::references::References;
use crate::{Context, stop};
use std::path::PathBuf;
use wimwright::wim::capture::append;

/// Add a folder as one more image to a WIM
///
/// The file is appended to and its header written last: whatever happens, it has the old images or the old ones and the
/// new one. Contents that it has already, or that WIMs named with --ref have, are not written again. The new image is stored as the file is; with --solid its
/// new contents are packed together.
#[derive(clap::Args)]
pub struct Args {
    /// The folder
    dir: PathBuf,
    /// The image file
    wim: PathBuf,
    #[command(flatten)]
    image: Image,
    #[command(flatten)]
    packing: Packing,
    #[command(flatten)]
    references: References,
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> Outcome {
    let wim = args.references.open(&args.wim)?;
    let mut options = args.image.options()?;
    options.packing = args.packing.options();
    stop::only_cleanly();
    let report = append(&args.dir, &wim, &options, &context.progress)?;
    answer(&report, args.image.dry_run(), context);
    Ok(())
}
