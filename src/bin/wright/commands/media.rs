//! `wright media`: Windows Setup's media, brought up to date as a whole.

use super::Outcome;
use super::service::Indexes;
use crate::exit::Failed;
use crate::output::{Output, count, size};
use crate::{Context, stop};
use std::path::PathBuf;
use wimwright::media::{self, FileChange, RefreshOptions, RefreshReport};
use wimwright::service::Level;

/// Bring Windows Setup's media up to date: Dynamic Update
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Make a new tree of a medium with everything brought up to date; the medium is only read
    ///
    /// Windows RE is serviced once and put back into every index; the install image and the boot image are serviced; Setup's
    /// files are expanded into `sources`; Setup's programs and boot managers of the boot image are copied over the medium's.
    Refresh(Box<Refresh>),
}

#[derive(clap::Args)]
struct Refresh {
    /// The medium: the folder that setup.exe lies in
    media: PathBuf,
    /// The new tree; nothing may be there
    out: PathBuf,
    /// The cumulative update, or the folder that holds it with its checkpoints and nothing else
    #[arg(long, value_name = "DIR|FILE")]
    lcu: Option<PathBuf>,
    /// The Safe OS Dynamic Update, for Windows RE
    #[arg(long, value_name = "FILE")]
    safe_os: Option<PathBuf>,
    /// The Setup Dynamic Update, for `sources`
    #[arg(long, value_name = "FILE")]
    setup_du: Option<PathBuf>,
    /// The cumulative update of .NET
    #[arg(long, value_name = "FILE")]
    dotnet: Option<PathBuf>,
    /// The images of the install image to service: all, or numbers as in 1,3
    #[arg(long, value_name = "all|N,...", default_value = "all")]
    index: Indexes,
    /// How far to go
    #[arg(long, value_enum, default_value_t = Depth::Stage)]
    level: Depth,
    /// At level install, carry out what can be also of a package that asks for more than that
    #[arg(long)]
    accept_partial: bool,
    /// Lay updates in also where it could not be told whether they apply
    #[arg(long)]
    force_undecided: bool,
    /// Take updates also that were changed since they were signed
    #[arg(long)]
    allow_broken_signature: bool,
    /// Leave out what fails and go on with the rest
    #[arg(long)]
    continue_on_error: bool,
    /// Decode, verify and plan everything, but write nothing
    #[arg(long)]
    dry_run: bool,
    /// Copy what stays as it is where the file system cannot share it, instead of making hard links
    #[arg(long)]
    no_hard_links: bool,
    /// Where the receipts go [default: beside the new tree, OUT.receipts]
    #[arg(long, value_name = "DIR")]
    receipts: Option<PathBuf>,
    /// Also make an ISO image, with genisoimage (UDF) or xorriso
    #[arg(long, value_name = "FILE")]
    iso: Option<PathBuf>,
    /// The ISO image's volume label
    #[arg(long, value_name = "TEXT", requires = "iso")]
    label: Option<String>,
}

/// The levels that media can be serviced at.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Depth {
    /// Packages are laid into the component stores; Windows RE and PE do not finish them by themselves
    Stage,
    /// Best effort: also winners, hard links, registry keys; a package is installed whole or stays staged
    Install,
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> Outcome {
    let Command::Refresh(args) = &args.command;
    let options = RefreshOptions {
        cumulative: args.lcu.clone(),
        safe_os: args.safe_os.clone(),
        setup: args.setup_du.clone(),
        dotnet: args.dotnet.clone(),
        indexes: args.index.chosen(),
        level: match args.level {
            Depth::Stage => Level::Stage,
            Depth::Install => Level::Install,
        },
        continue_on_error: args.continue_on_error,
        accept_partial: args.accept_partial,
        force_undecided: args.force_undecided,
        allow_broken_signature: args.allow_broken_signature,
        dry_run: args.dry_run,
        no_hard_links: args.no_hard_links,
        receipts: args.receipts.clone(),
        iso: args.iso.clone(),
        label: args.label.clone(),
        ..RefreshOptions::default()
    };
    if !args.dry_run {
        stop::only_cleanly();
    }
    let report = media::refresh(&args.media, &args.out, &options, &context.progress)?;
    if context.output.json() {
        context.output.document(&report);
    } else {
        print(&report, &mut context.output);
    }
    report.failure().map_or(Ok(()), |e| Err(Failed::found(e)))
}

fn print(report: &RefreshReport, out: &mut Output) {
    for image in &report.images {
        let word = serde_json::to_value(image.outcome).ok();
        let word = word.as_ref().and_then(|w| w.as_str()).unwrap_or_default().replace('_', " ");
        let reason = image.reason.as_ref().map(|r| format!(": {r}")).unwrap_or_default();
        out.line(format!("{}: {word}{reason}", image.path));
        for index in &image.indexes {
            let of_index = image.decisions.iter().filter(|d| d.index == *index);
            for (number, decision) in of_index.enumerate() {
                if number == 0 {
                    out.line(format!("{index:>3}"));
                }
                super::plan::decision(decision, out);
            }
        }
    }
    if let Some(winre) = report.winre.as_ref().filter(|w| !w.indexes.is_empty()) {
        let indexes: Vec<String> = winre.indexes.iter().map(ToString::to_string).collect();
        let done = if report.written { "put back" } else { "would be put back" };
        out.line(format!("{}: of index {}, {done} into {}", winre.path, winre.index, indexes.join(", ")));
    }
    for file in report.changed.iter().filter(|f| f.change != FileChange::Same) {
        let what = if file.change == FileChange::Added { "added" } else { "replaced" };
        let bytes = file.size.map(|s| format!(", {}", size(s))).unwrap_or_default();
        out.line(format!("{}: {what}{bytes}", file.path));
    }
    let same = &report.unchanged;
    out.line(format!(
        "{} as they were, {}: {} cloned, {} hard links, {} copied",
        count(same.files, "file"),
        size(same.bytes),
        same.cloned,
        same.hard_linked,
        same.copied
    ));
    if same.hard_linked > 0 {
        out.line("hard links are the medium's own files: to write into one is to write into the medium");
    }
    report.notes.iter().for_each(|note| out.line(format!("note: {note}")));
    if let Some(iso) = &report.iso {
        out.line(format!("{}: {}", iso.path, size(iso.size)));
    }
    match &report.receipts {
        Some(receipts) => out.line(format!("{}: written; receipts in {receipts}", report.out)),
        None => out.line(format!("{}: nothing was written", report.out)),
    }
}
