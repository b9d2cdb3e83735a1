//! `wright unpack`: every file of an update, rebuilt and verified.

use super::Outcome;
use crate::Context;
use crate::exit::Failed;
use crate::output::{count, size};
use std::path::PathBuf;
use wimwright::staging::{self, UnpackOptions};

/// Write every file that an update delivers, rebuilt in full and verified
#[derive(clap::Args)]
pub struct Args {
    /// The update, .msu or .cab
    update: PathBuf,
    /// The folder to write to; made where it does not exist
    dest: PathBuf,
    /// Write the deltas too, as the cabinet holds them
    #[arg(long)]
    keep_deltas: bool,
    /// Write component manifests as plain XML (compressed ones need --dictionary)
    #[arg(long)]
    decode_manifests: bool,
    /// The wcp.dll of a servicing stack, or the dictionary out of it, for compressed manifests
    #[arg(long, value_name = "FILE")]
    dictionary: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> Outcome {
    let mut options = UnpackOptions {
        keep_deltas: args.keep_deltas,
        decode_manifests: args.decode_manifests,
        ..UnpackOptions::default()
    };
    if let Some(file) = &args.dictionary {
        options.dictionary = Some(staging::read_dictionary(file, &options.limits)?);
    }
    let report = staging::unpack(&args.update, &args.dest, &options, &context.progress)?;
    let out = &mut context.output;
    if out.json() {
        out.document(&report);
    } else {
        for failure in &report.failed {
            out.line(format!("{}: {}", failure.name, failure.reason));
        }
        if report.undecoded_manifests > 0 {
            let n = report.undecoded_manifests;
            out.line(format!(
                "note: {n} compressed manifests were not read for want of a dictionary (--dictionary)"
            ));
        }
        out.line(format!(
            "{}: {}, {}; {} rebuilt from deltas, {} verified, {} failed",
            args.dest.display(),
            count(report.files, "file"),
            size(report.bytes),
            report.rebuilt,
            report.verified,
            report.failed.len()
        ));
    }
    report.outcome().map_err(|e| Failed::found(e.within(args.update.display())))
}
