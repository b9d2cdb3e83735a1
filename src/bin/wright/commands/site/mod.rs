//! `wright site`: upgrade packages, updates, schedules, servicing runs, distribution points.

mod package;
mod point;
mod run;
mod schedule;
mod update;

use super::Outcome;
use crate::Context;
use crate::exit::Failed;
use crate::output::{Output, count, size};
use std::path::{Path, PathBuf};
use wimwright::site::{Delivery, Site};
use wimwright::{Error, ErrorKind};

/// Keep upgrade packages: add, offer updates, schedule, service, distribute, record
#[derive(clap::Args)]
pub struct Args {
    /// The site's folder [default: the environment's WRIGHT_SITE, else the current folder]
    #[arg(long, global = true, value_name = "DIR")]
    site: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Make a site in an empty folder
    Init {
        /// The folder
        dir: PathBuf,
    },
    /// Show what the site holds
    Info,
    /// Hash every content of the library again
    Verify,
    /// Upgrade packages
    #[command(subcommand)]
    Package(package::Command),
    /// Updates
    #[command(subcommand)]
    Update(update::Command),
    /// Show which imported updates a package can use, and why not the others
    Offer {
        /// The package's name or number
        package: String,
    },
    /// When a package is serviced, and with what
    #[command(subcommand)]
    Schedule(schedule::Command),
    /// Resume what was interrupted, and run what is due
    Run(run::Args),
    /// Wait, and run what becomes due
    Daemon,
    /// Show the servicing runs of a package
    History {
        /// The package's name, also of one that was removed, or number
        package: String,
    },
    /// Show what is known of updates and a package's indexes
    Status {
        /// The package's name or number
        package: String,
        /// Only this index
        #[arg(long, value_name = "N")]
        index: Option<u32>,
    },
    /// Distribution points
    #[command(subcommand)]
    Dp(point::Command),
    /// Send a package's published version to distribution points
    Distribute(point::Target),
    /// Hash a package's content on distribution points again
    Validate(point::Target),
    /// Send all of a package again
    Redistribute(point::Target),
    /// Take a package away from distribution points
    Withdraw(point::Target),
    /// Write a page for the browser: packages, indexes and updates, runs, distribution points
    Report {
        /// The HTML file
        out: PathBuf,
    },
    /// Packages in one file, for a distribution point at the end of a thin line
    #[command(subcommand)]
    Prestage(point::Prestage),
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> Outcome {
    if let Command::Init { dir } = &args.command {
        let site = Site::init(dir)?;
        return info(&site, context);
    }
    if let Command::Prestage(command) = &args.command
        && let Some(outcome) = point::prestage_folder(command, context)
    {
        return outcome;
    }
    let site = Site::open(folder(args))?;
    match &args.command {
        Command::Init { .. } => Ok(()),
        Command::Info => info(&site, context),
        Command::Verify => verify(&site, context),
        Command::Package(command) => package::run(command, &site, context),
        Command::Update(command) => update::run(command, &site, context),
        Command::Offer { package } => update::offer(package, &site, context),
        Command::Schedule(command) => schedule::run(command, &site, context),
        Command::Run(args) => run::run(args, &site, context),
        Command::Daemon => run::daemon(&site, context),
        Command::History { package } => run::history(package, &site, context),
        Command::Status { package, index } => run::status(package, *index, &site, context),
        Command::Dp(command) => point::run(command, &site, context),
        Command::Distribute(target) => point::work(Delivery::Distribute, target, &site, context),
        Command::Redistribute(target) => point::work(Delivery::Redistribute, target, &site, context),
        Command::Withdraw(target) => point::work(Delivery::Withdraw, target, &site, context),
        Command::Validate(target) => point::validate(target, &site, context),
        Command::Prestage(command) => point::prestage(command, &site, context),
        Command::Report { out } => report(out, &site, context),
    }
}

fn folder(args: &Args) -> PathBuf {
    args.site
        .clone()
        .or_else(|| std::env::var_os("WRIGHT_SITE").map(PathBuf::from))
        .unwrap_or_else(|| ".".into())
}

fn info(site: &Site, context: &mut Context) -> Outcome {
    let info = site.info()?;
    let out = &mut context.output;
    if out.json() {
        out.document(&info);
        return Ok(());
    }
    out.line(format!("{}: site {}, made {}", info.path, info.id, info.created));
    out.line(format!("  {}, {}", count(info.packages, "package"), count(info.updates, "update")));
    out.line(format!(
        "  library: {} in {}, for {} of files; {} of each package are kept",
        size(info.bytes),
        count(info.blobs, "content"),
        size(info.bytes_of_files),
        count(info.keep, "version")
    ));
    Ok(())
}

fn verify(site: &Site, context: &mut Context) -> Outcome {
    let report = site.verify(&context.progress)?;
    let out = &mut context.output;
    if out.json() {
        out.document(&report);
    } else {
        report.problems.iter().for_each(|p| out.line(format!("{}: {}", p.sha256, p.reason)));
        let what = if report.problems.is_empty() {
            "all whole".into()
        } else {
            count(report.problems.len() as u64, "problem")
        };
        out.line(format!("{} hashed, {}: {what}", count(report.blobs, "content"), size(report.bytes)));
    }
    report.outcome().map_err(Failed::found)
}

fn report(out: &Path, site: &Site, context: &mut Context) -> Outcome {
    let written = site.report_file(out)?;
    let output = &mut context.output;
    if output.json() {
        output.document(&written);
    } else {
        output.line(format!("{}: {}", written.path, size(written.bytes)));
    }
    Ok(())
}

/// A list as a table with a line of headings; the last column is not padded.
fn table(out: &mut Output, headings: &[&str], rows: &[Vec<String>]) {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([headings[column].len()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    let line = |cells: Vec<&str>| {
        let padded: Vec<String> =
            cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        padded.join("  ").trim_end().to_owned()
    };
    out.line(line(headings.to_vec()));
    for row in rows {
        out.line(line(row.iter().map(String::as_str).collect()));
    }
}

/// An error for what can be told from the flags alone.
fn usage(why: &str) -> Failed {
    Error::new(ErrorKind::InvalidArgument, why).into()
}
