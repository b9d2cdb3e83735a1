//! `wright unstage`: takes out again what a servicing run staged, by its receipt.

use super::Outcome;
use super::references::References;
use super::service::Indexes;
use crate::output::{Output, count};
use crate::{Context, stop};
use std::path::PathBuf;
use wimwright::Error;
use wimwright::service::{UnstageOptions, UnstageReport, unstage};

/// Take out of an image what a run of `wright service` staged, by its receipt
#[derive(clap::Args)]
pub struct Args {
    /// The image file; changed in place unless --output is given
    wim: PathBuf,
    /// The receipt of the run
    #[arg(long, value_name = "FILE")]
    receipt: PathBuf,
    /// The images: all that the run staged into, or numbers as in 1,3
    #[arg(long, value_name = "all|N,...", default_value = "all")]
    index: Indexes,
    /// Write the result to this file and leave the input as it is
    #[arg(long, short, value_name = "NEW.wim")]
    output: Option<PathBuf>,
    /// Check everything, but write nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    references: References,
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> Outcome {
    let receipt =
        std::fs::read(&args.receipt).map_err(|e| Error::io("read the receipt", &args.receipt, e))?;
    let options = UnstageOptions {
        output: args.output.clone(),
        indexes: args.index.chosen(),
        dry_run: args.dry_run,
        references: args.references.paths(),
        ..UnstageOptions::default()
    };
    if !args.dry_run {
        stop::only_cleanly();
    }
    let report = unstage(&args.wim, &receipt, &options, &context.progress)?;
    if context.output.json() {
        context.output.document(&report);
    } else {
        print(&report, &mut context.output);
    }
    Ok(())
}

fn print(report: &UnstageReport, out: &mut Output) {
    let done = if report.written { "taken out" } else { "would be taken out" };
    for index in &report.indexes {
        let files = count(index.files, "file");
        let folders = count(index.folders, "folder");
        let packages = count(index.packages.len() as u64, "package");
        out.line(format!("{:>3}  {files}, {folders} and {packages} {done}", index.index));
        index.hives.iter().for_each(|hive| out.line(format!("     {hive} is what it was")));
        let left = index.folders_left.iter();
        left.for_each(|folder| out.line(format!("     {folder} is left: something else lies in it")));
    }
    let written = if report.written { "written" } else { "nothing was written" };
    out.line(format!("{}: {written}", report.output));
}
