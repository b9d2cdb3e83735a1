//! `wright mount`: an image as a folder, served by a process that stays behind.

use super::Outcome;
use super::references::References;
use crate::Context;
use std::path::PathBuf;
#[cfg(target_os = "linux")]
use std::{
    io::{Read as _, Write as _},
    process::{Command, Stdio},
};
use wimwright::mount::{MountOptions, mount};

/// Mount an image on a folder (Linux)
///
/// Names are found without regard to case. With --rw the image can be changed: changes go into a folder of their own, and
/// the WIM stays as it is until 'wright unmount DIR --commit'. What else than files and links Windows knows is in extended
/// attributes (docs/mount.md). Needs FUSE; a user other than root needs fusermount3 (package fuse3).
#[derive(clap::Args)]
pub struct Args {
    /// The image file; of a split set, the first part
    wim: PathBuf,
    /// The image's number, from 1
    index: u32,
    /// The folder to mount it on
    dir: PathBuf,
    /// Take changes
    #[arg(long)]
    rw: bool,
    /// Keep the changes in this folder, a new or empty one [default: one below $XDG_STATE_HOME/wimwright]
    #[arg(long, value_name = "FOLDER", requires = "rw")]
    overlay: Option<PathBuf>,
    /// Stay in the foreground until it is unmounted; Ctrl-C unmounts it
    #[arg(long)]
    foreground: bool,
    /// Let other users look into it too
    #[arg(long)]
    allow_other: bool,
    #[command(flatten)]
    references: References,
}

/// What is printed when it is mounted, before the process that serves it lets go of its output.
#[cfg(target_os = "linux")]
const READY: u8 = 0;
/// Set for the process that is started to stay behind.
#[cfg(target_os = "linux")]
const BEHIND: &str = "WRIGHT_MOUNT_BEHIND";

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> Outcome {
    #[cfg(target_os = "linux")]
    let behind = !args.foreground && std::env::var_os(BEHIND).is_some();
    #[cfg(target_os = "linux")]
    if !args.foreground && !behind {
        return start(context);
    }
    let mut options = MountOptions::new();
    options.read_write = args.rw;
    options.overlay.clone_from(&args.overlay);
    options.allow_other = args.allow_other;
    options.open.references = args.references.paths();
    let mut mounted = mount(&args.wim, args.index, &args.dir, &options)?;
    let info = mounted.info().clone();
    if context.output.json() {
        context.output.document(&info);
    } else {
        let how = if args.rw { "read-write" } else { "read-only" };
        let (wim, dir) = (info.wim.display(), info.dir.display());
        context.output.line(format!("{wim}: image {} is mounted {how} on {dir}", info.index));
    }
    #[cfg(target_os = "linux")]
    if behind {
        context.output.bytes(&[READY]);
    }
    context.output.flush();
    #[cfg(target_os = "linux")]
    if behind {
        let_go()?;
    }
    while mounted.is_mounted() {
        if context.progress.cancel().is_cancelled() {
            use wimwright::mount::Ending;
            match mounted.unmount(&Ending::Keep, &context.progress) {
                // Told to stop while it is in use: it goes when its last user does.
                Err(e) if e.kind() == wimwright::ErrorKind::Busy => drop(mounted),
                other => _ = other?,
            }
            return Ok(());
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    Ok(mounted.wait()?)
}

/// Starts this program again to serve the mount, and waits until that is mounted or failed.
#[cfg(target_os = "linux")]
fn start(context: &mut Context) -> Outcome {
    let failed = |e| wimwright::Error::from_io("start the process that serves the mount", e);
    let program = std::env::current_exe().map_err(failed)?;
    let mut child = Command::new(program)
        .args(std::env::args_os().skip(1))
        .env(BEHIND, "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let (mut out, mut err) = (Vec::new(), Vec::new());
    if let (Some(mut stdout), Some(mut stderr)) = (child.stdout.take(), child.stderr.take()) {
        stdout.read_to_end(&mut out).map_err(failed)?;
        stderr.read_to_end(&mut err).map_err(failed)?;
    }
    let ready = out.last() == Some(&READY);
    context.output.bytes(out.strip_suffix(&[READY]).unwrap_or(&out));
    context.output.flush();
    // Nothing is to be said where nobody listens.
    let _ = std::io::stderr().write_all(&err);
    if ready {
        return Ok(());
    }
    // It said itself what is wrong.
    let status = child.wait().map_err(failed)?;
    std::process::exit(status.code().unwrap_or(1));
}

/// Leaves the terminal and whoever waits for the output, and stands in no folder's way.
#[cfg(target_os = "linux")]
fn let_go() -> Result<(), wimwright::Error> {
    let failed = |e: std::io::Error| wimwright::Error::from_io("go to the background", e);
    let null = std::fs::File::options().read(true).write(true).open("/dev/null").map_err(failed)?;
    // A process that leads a group already stays in its session.
    let _ = rustix::process::setsid();
    std::env::set_current_dir("/").map_err(failed)?;
    rustix::stdio::dup2_stdout(&null).map_err(|e| failed(e.into()))?;
    rustix::stdio::dup2_stderr(&null).map_err(|e| failed(e.into()))
}
