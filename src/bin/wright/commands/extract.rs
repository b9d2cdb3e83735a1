//! `wright extract`: an image, or parts of it, as files.

use super::Outcome;
use super::references::References;
use crate::Context;
use crate::exit::Failed;
use crate::output::{Output, count, size};
use std::path::PathBuf;
use wimwright::base::ImagePath;
use wimwright::wim::{ExtractOptions, ExtractReport};

/// Write the files of an image, or parts of it, below a folder
///
/// Nothing is ever written outside DEST, and no link in it is followed. What a folder cannot hold (security
/// descriptors, streams, short names, attributes) is counted and left out, or kept in the file named by --metadata.
#[derive(clap::Args)]
pub struct Args {
    /// The image file; of a split set, the first part; - for one that comes through a pipe
    wim: PathBuf,
    /// The image's number, from 1
    index: u32,
    /// The folder to write to; made where it does not exist, added to where it does
    dest: PathBuf,
    /// Only this file or folder of the image, at its place below DEST; may be given more than once
    #[arg(long = "path", value_name = "PATH")]
    paths: Vec<String>,
    /// Replace files that exist in DEST; otherwise each is a failure
    #[arg(long, short)]
    force: bool,
    /// Write what a folder cannot hold to this file, for 'wright capture --metadata' to take it back
    #[arg(long, value_name = "FILE")]
    metadata: Option<PathBuf>,
    /// Set Linux' extended attributes that the image has (as wimlib's --unix-data does), those that give rights among them
    #[arg(long)]
    xattrs: bool,
    /// Count what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    references: References,
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> Outcome {
    let wim = args.references.open_or_pipe(&args.wim)?;
    let mut options = ExtractOptions::default();
    options.paths = args.paths.iter().map(|p| ImagePath::parse(p)).collect::<Result<_, _>>()?;
    options.overwrite = args.force;
    options.xattrs = args.xattrs;
    options.dry_run = args.dry_run;
    options.metadata.clone_from(&args.metadata);
    let report = wim.extract(args.index, &args.dest, &options, &context.progress)?;
    if context.output.json() {
        context.output.document(&report);
    } else {
        print(args, &report, &mut context.output);
    }
    report.outcome().map_err(|e| Failed::found(e.within(args.wim.display())))
}

fn print(args: &Args, report: &ExtractReport, out: &mut Output) {
    for failure in &report.failed {
        out.line(format!("{}: {}", failure.path, failure.reason));
    }
    let unnamed = report.failed_count - report.failed.len() as u64;
    if unnamed > 0 {
        out.line(format!("and {unnamed} more failed"));
    }
    let left = &report.left_out;
    let left_out: Vec<String> = [
        (left.security_descriptors, "security descriptors"),
        (left.streams, "named streams"),
        (left.short_names, "short names"),
        (left.attributes, "sets of attributes"),
        (left.tagged_items, "object ids or extended attributes"),
        (left.reparse_data, "reparse points that are no links"),
        (left.foreign_links, "links to other volumes"),
    ]
    .iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{count} {what}"))
    .collect();
    if !left_out.is_empty() {
        match &report.metadata {
            Some(file) => out.line(format!("kept in {file}: {}", left_out.join(", "))),
            None => out.line(format!("left out: {}", left_out.join(", "))),
        }
    }
    for (count, what) in [
        (report.outward_links, "links lead out of the folder; they were made, not followed"),
        (report.case_variants, "names differ from others beside them in case only"),
    ] {
        if count > 0 {
            out.line(format!("note: {count} {what}"));
        }
    }
    out.line(format!(
        "{}: {}{}, {}, {}, {}, {}; {} failed",
        args.dest.display(),
        if args.dry_run { "would be " } else { "" },
        count(report.files, "file"),
        count(report.directories, "folder"),
        count(report.hard_links, "hard link"),
        count(report.symlinks, "link"),
        size(report.bytes),
        report.failed_count
    ));
}
