//! `wright ls`: what lies in a folder of an image.

use super::Outcome;
use super::references::References;
use crate::Context;
use std::path::PathBuf;
use wimwright::base::ImagePath;

/// List a folder of an image
#[derive(clap::Args)]
pub struct Args {
    /// The image file
    wim: PathBuf,
    /// The image's number, from 1
    index: u32,
    /// The folder or file in the image, `\` or `/` between names [default: the root]
    #[arg(default_value = "", hide_default_value = true)]
    path: String,
    /// Everything below it too
    #[arg(long, short)]
    recursive: bool,
    /// Attributes, size and time beside the name
    #[arg(long, short)]
    long: bool,
    #[command(flatten)]
    references: References,
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> Outcome {
    let wim = args.references.open_or_pipe(&args.wim)?;
    let listing = wim.listing(args.index, &ImagePath::parse(&args.path)?, args.recursive)?;
    let out = &mut context.output;
    if out.json() {
        out.document(&listing);
        return Ok(());
    }
    for entry in listing.entries {
        if out.closed() {
            break;
        }
        let name = if args.recursive { entry.path } else { entry.name };
        if args.long {
            let kind = flags(entry.attributes);
            out.line(format!("{kind} {:>14}  {}  {name}", entry.size, entry.modified));
        } else {
            out.line(name);
        }
    }
    Ok(())
}

/// `d` directory, `l` reparse point, then read-only, hidden, system, archive, compressed.
fn flags(attributes: u32) -> String {
    const LETTERS: [(u32, char); 7] =
        [(0x10, 'd'), (0x400, 'l'), (0x1, 'r'), (0x2, 'h'), (0x4, 's'), (0x20, 'a'), (0x800, 'c')];
    LETTERS.iter().map(|(bit, letter)| if attributes & bit == 0 { '-' } else { *letter }).collect()
}
