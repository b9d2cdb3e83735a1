//! `wright optimize`: a WIM made anew without what nothing uses.

use super::packing::Packing;
use super::{Outcome, export};
use crate::{Context, stop};
use std::path::PathBuf;
use wimwright::wim::write::optimize;
use wimwright::wim::{OpenOptions, WimFile};

/// Make a WIM anew without the space and the contents that no image uses any more
///
/// The new file is written beside the old one and takes its place at once when it is whole.
#[derive(clap::Args)]
pub struct Args {
    /// The image file
    wim: PathBuf,
    #[command(flatten)]
    packing: Packing,
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> Outcome {
    let wim = WimFile::open(&args.wim, &OpenOptions::new())?;
    stop::only_cleanly();
    let report = optimize(&wim, &args.packing.options(), &context.progress)?;
    if context.output.json() {
        context.output.document(&report);
    } else {
        export::print(&report, &mut context.output);
    }
    Ok(())
}
