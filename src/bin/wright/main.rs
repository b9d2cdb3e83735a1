//! `wright`: flags and output over the public API, no logic.

mod commands;
mod exit;
mod output;
mod progress;
mod stop;

use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use output::Output;
use std::process::ExitCode;
use wimwright::base::Progress;

const AFTER: &str = "\
Exit status: 0 done; 1 the work failed, something is wrong with the data, or images differ; 2 usage; 3 nothing applied;
130 cancelled. Results go to standard output, progress and errors to standard error.

Names in images are UTF-16; where one is no valid text, it is printed with U+FFFD in place of the bad unit.";

/// Keeps Windows installation images up to date on any operating system, without Windows.
#[derive(Parser)]
#[command(version, after_help = AFTER, max_term_width = 110)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Args)]
#[command(next_help_heading = "Options of every command")]
struct Common {
    /// Print one JSON document on standard output instead of text
    #[arg(long, global = true)]
    json: bool,
    /// Show no progress
    #[arg(long, short, global = true)]
    quiet: bool,
    /// Use this many threads [default: one for each core]
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

/// The commands; each has a file of its own.
#[derive(Subcommand)]
enum Command {
    Info(commands::info::Args),
    Ls(commands::ls::Args),
    Cat(commands::cat::Args),
    Verify(commands::verify::Args),
    Extract(commands::extract::Args),
    Capture(commands::capture::Args),
    Append(commands::append::Args),
    Export(commands::export::Args),
    Optimize(commands::optimize::Args),
    Split(commands::split::Args),
    Delete(commands::delete::Args),
    Set(commands::set::Args),
    Diff(commands::diff::Args),
    Mount(commands::mount::Args),
    Unmount(commands::unmount::Args),
    Mounts(commands::mounts::Args),
    Inspect(commands::inspect::Args),
    Unpack(commands::unpack::Args),
    Packages(commands::packages::Args),
    Plan(commands::plan::Args),
    Service(commands::service::Args),
    Unstage(commands::unstage::Args),
    Media(commands::media::Args),
    #[cfg(feature = "site")]
    Site(commands::site::Args),
}

/// What a command works with.
struct Context {
    output: Output,
    progress: Progress,
}

fn main() -> ExitCode {
    let matches = Cli::command().get_matches();
    let name = command_name(&matches);
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|e| e.exit());
    let cancel = stop::on_signal();
    if let Some(threads) = cli.common.threads {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.into()).build_global();
        if let Err(e) = pool {
            eprintln!("wright: cannot start {threads} threads: {e}");
            return ExitCode::from(1);
        }
    }
    let (progress, display) = progress::start(cli.common.quiet, cancel);
    let mut context = Context { output: Output::new(name, cli.common.json), progress };
    let ending = run(&cli.command, &mut context);
    display.finish();
    exit::end(ending, &mut context.output)
}

/// The words of the command, as in `site-update-import`.
fn command_name(matches: &ArgMatches) -> String {
    let words = std::iter::successors(matches.subcommand(), |(_, inner)| inner.subcommand());
    words.map(|(word, _)| word).collect::<Vec<_>>().join("-")
}

fn run(command: &Command, context: &mut Context) -> commands::Outcome {
    match command {
        Command::Info(args) => commands::info::run(args, context),
        Command::Ls(args) => commands::ls::run(args, context),
        Command::Cat(args) => commands::cat::run(args, context),
        Command::Verify(args) => commands::verify::run(args, context),
        Command::Extract(args) => commands::extract::run(args, context),
        Command::Capture(args) => commands::capture::run(args, context),
        Command::Append(args) => commands::append::run(args, context),
        Command::Export(args) => commands::export::run(args, context),
        Command::Optimize(args) => commands::optimize::run(args, context),
        Command::Split(args) => commands::split::run(args, context),
        Command::Delete(args) => commands::delete::run(args, context),
        Command::Set(args) => commands::set::run(args, context),
        Command::Diff(args) => commands::diff::run(args, context),
        Command::Mount(args) => commands::mount::run(args, context),
        Command::Unmount(args) => commands::unmount::run(args, context),
        Command::Mounts(args) => commands::mounts::run(args, context),
        Command::Inspect(args) => commands::inspect::run(args, context),
        Command::Unpack(args) => commands::unpack::run(args, context),
        Command::Packages(args) => commands::packages::run(args, context),
        Command::Plan(args) => commands::plan::run(args, context),
        Command::Service(args) => commands::service::run(args, context),
        Command::Unstage(args) => commands::unstage::run(args, context),
        Command::Media(args) => commands::media::run(args, context),
        #[cfg(feature = "site")]
        Command::Site(args) => commands::site::run(args, context),
    }
}
