//! `wright unmount`: the end of a mount, with its changes committed or discarded.

use super::Outcome;
use crate::output::{count, size};
use crate::{Context, stop};
use std::path::PathBuf;
use wimwright::mount::{Ending, Mode, MountState, list, unmount};
use wimwright::wim::commit::CommitOptions;
use wimwright::{Error, ErrorKind};

/// Unmount an image, and commit or discard what was changed
///
/// Also ends a mount whose process died. A read-only mount, and one without changes, needs neither --commit nor --discard.
#[derive(clap::Args)]
pub struct Args {
    /// The folder that the image is mounted on, or the folder of its changes
    dir: PathBuf,
    /// Write the changes to the WIM
    #[arg(long, conflicts_with = "discard")]
    commit: bool,
    /// Throw the changes away
    #[arg(long)]
    discard: bool,
    /// Keep the changes where they are, to be committed or discarded later
    #[arg(long, conflicts_with_all = ["commit", "discard"])]
    keep: bool,
    /// Compression level on wimlib's scale: 30 fast, 50 wimlib's default, 100 thorough
    #[arg(long, value_name = "LEVEL", requires = "commit", value_parser = clap::value_parser!(u32).range(1..=1000))]
    level: Option<u32>,
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> Outcome {
    let ending = if args.commit {
        let mut options = CommitOptions::new();
        options.level = args.level;
        stop::only_cleanly();
        Ending::Commit(options)
    } else if args.discard {
        Ending::Discard
    } else {
        if !args.keep {
            undecided(args)?;
        }
        Ending::Keep
    };
    let report = unmount(&args.dir, &ending, &context.progress)?;
    if context.output.json() {
        context.output.document(&report);
        return Ok(());
    }
    let dir = report.mount.dir.display();
    let what = match &report.committed {
        Some(done) => format!(
            "committed to {}: {}, {} as {}",
            done.path.display(),
            count(done.new_blobs, "new blob"),
            size(done.new_bytes),
            size(done.stored_bytes)
        ),
        None if report.kept => format!("its changes are kept in {}", report.mount.overlay.display()),
        None if args.commit => "there was nothing to commit".to_owned(),
        None if report.mount.mode == Mode::ReadWrite => "its changes are discarded".to_owned(),
        None => "done".to_owned(),
    };
    context.output.line(format!("{dir}: unmounted; {what}"));
    Ok(())
}

/// An error where someone has to say what becomes of the changes.
fn undecided(args: &Args) -> Result<(), Error> {
    let here = std::path::absolute(&args.dir).unwrap_or_else(|_| args.dir.clone());
    let mounts = list()?;
    let changed = mounts.iter().any(|mount| {
        let waits = matches!(mount.state, MountState::Mounted | MountState::Recoverable);
        (mount.dir == here || mount.overlay == here) && mount.mode == Mode::ReadWrite && waits
    });
    if changed {
        let message = "is mounted read-write: say --commit or --discard, or --keep to decide later";
        return Err(Error::new(ErrorKind::InvalidArgument, message).with_path(args.dir.display()));
    }
    Ok(())
}
