//! `wright set`: what an image is called, and which one boots.

use super::Outcome;
use crate::{Context, stop};
use std::path::PathBuf;
use wimwright::wim::commit::{CommitOptions, ImageEdits, ImageProperties, edit_images};
use wimwright::wim::{OpenOptions, WimFile};

/// Set an image's name, description or edition, or make it the one that boots
#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(true))]
pub struct Args {
    /// The image file
    wim: PathBuf,
    /// The image's number, from 1
    index: u32,
    /// Its name, which no other image of the file may have
    #[arg(long, group = "what")]
    name: Option<String>,
    /// Its description
    #[arg(long, group = "what")]
    description: Option<String>,
    /// Its edition, as in Professional
    #[arg(long, group = "what")]
    edition: Option<String>,
    /// Make it the image that boots
    #[arg(long, group = "what")]
    boot: bool,
    /// No image of the file boots, if it was this one
    #[arg(long, group = "what", conflicts_with = "boot")]
    no_boot: bool,
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> Outcome {
    let wim = WimFile::open(&args.wim, &OpenOptions::new())?;
    let mut properties = ImageProperties::default();
    properties.name.clone_from(&args.name);
    properties.description.clone_from(&args.description);
    properties.edition.clone_from(&args.edition);
    let mut edits = ImageEdits::default();
    edits.properties = vec![(args.index, properties)];
    if args.boot {
        edits.boot = Some(args.index);
    } else if args.no_boot && wim.header().boot_index == args.index {
        edits.boot = Some(0);
    }
    stop::only_cleanly();
    let report = edit_images(&wim, &edits, &CommitOptions::new(), &context.progress)?;
    if context.output.json() {
        context.output.document(&report);
    } else {
        let what = if report.appended_bytes == 0 { "was so already" } else { "set" };
        context.output.line(format!("{}: image {} {what}", args.wim.display(), args.index));
    }
    Ok(())
}
