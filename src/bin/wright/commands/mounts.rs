//! `wright mounts`: which images are mounted, and what dead mounts left.

use super::Outcome;
use crate::Context;
use crate::output::count;
use serde_json::json;
use wimwright::mount::{Mode, MountInfo, MountState, list, recover};

/// List this user's mounted images, and changes that wait to be committed or discarded
#[derive(clap::Args)]
pub struct Args {
    /// Clean up after mounts whose process died; changes are kept until 'wright unmount' commits or discards them
    #[arg(long)]
    recover: bool,
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> Outcome {
    let mounts = if args.recover { recover()? } else { list()? };
    if context.output.json() {
        context.output.document(&json!({ "mounts": mounts }));
        return Ok(());
    }
    for mount in &mounts {
        context.output.line(line(mount));
        if mount.state == MountState::Recoverable {
            let hint = "commit or discard them with: wright unmount";
            context.output.line(format!("    changes are kept; {hint} {} --commit", mount.overlay.display()));
        }
    }
    if args.recover {
        let dead = |m: &&MountInfo| matches!(m.state, MountState::Stale | MountState::Recoverable);
        let dead = mounts.iter().filter(dead).count();
        context.output.line(format!("cleaned up after {}", count(dead as u64, "dead mount")));
    }
    Ok(())
}

fn line(mount: &MountInfo) -> String {
    let mode = if mount.mode == Mode::ReadWrite { "rw" } else { "ro" };
    let state = match mount.state {
        MountState::Mounted => "mounted",
        MountState::Committing => "committing",
        MountState::Recoverable => "recoverable",
        MountState::Stale => "stale",
        _ => "unknown",
    };
    let MountInfo { wim, index, dir, pid, .. } = mount;
    format!("{state:11}  {mode}  process {pid}  {}: image {index} on {}", wim.display(), dir.display())
}
