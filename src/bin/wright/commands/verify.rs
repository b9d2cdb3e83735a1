//! `wright verify`: every blob hashed again, on all cores.

use super::Outcome;
use super::references::References;
use crate::Context;
use crate::exit::Failed;
use crate::output::{count, size};
use std::path::PathBuf;
use wimwright::wim::VerifyOptions;

/// Check an image file: every blob hashed, every image parsed, the integrity table where there is one
#[derive(clap::Args)]
pub struct Args {
    /// The image file; of a split set, the first part; - for one that comes through a pipe
    wim: PathBuf,
    #[command(flatten)]
    references: References,
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> Outcome {
    let wim = args.references.open_or_pipe(&args.wim)?;
    let report = wim.verify(&VerifyOptions::default(), &context.progress)?;
    let out = &mut context.output;
    if out.json() {
        out.document(&report);
    } else {
        for problem in &report.problems {
            let concerned = problem.file.as_ref().unwrap_or(&problem.item);
            out.line(format!("{concerned}: {}", problem.reason));
        }
        for note in &report.notes {
            out.line(format!("note: {note}"));
        }
        let verdict = match report.problems.len() as u64 {
            0 => "sound".to_owned(),
            n => count(n, "problem"),
        };
        let table = if report.integrity_checked { ", integrity table checked" } else { "" };
        out.line(format!(
            "{}: {verdict}; {}, {}, {}{table}",
            args.wim.display(),
            count(report.images, "image"),
            count(report.blobs, "blob"),
            size(report.bytes)
        ));
    }
    report.outcome().map_err(|e| Failed::found(e.within(args.wim.display())))
}
