//! `wright service`: updates into one or many indexes of an image, in one pass.

use super::Outcome;
use super::references::References;
use crate::exit::Failed;
use crate::output::{Output, count, size};
use crate::{Context, stop};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::str::FromStr;
use wimwright::service::{
    ComponentOutcome, Delivery, InstallRecord, Level, Receipt, Session, SessionOptions,
};
use wimwright::{Error, ErrorKind};

/// Service an image: lay updates into all or some of its indexes, in one pass
#[derive(clap::Args)]
pub struct Args {
    /// The image file; changed in place unless --output is given
    wim: PathBuf,
    /// Updates (.msu, .cab), or folders of them, in the order to apply
    #[arg(required = true)]
    updates: Vec<PathBuf>,
    /// The images to service: all, or numbers as in 1,3
    #[arg(long, value_name = "all|N,...", default_value = "all")]
    index: Indexes,
    /// How far to go
    #[arg(long, value_enum, default_value_t = Depth::Stage)]
    level: Depth,
    /// At level install, carry out what can be also of a package that asks for more than that
    #[arg(long)]
    accept_partial: bool,
    /// What makes Windows install at level `deliver` [default: an answer file for a .cab, SetupComplete for an .msu]
    #[arg(long, value_enum, value_name = "HOW")]
    deliver: Option<Way>,
    /// Lay updates in also where it could not be told whether they apply
    #[arg(long)]
    force_undecided: bool,
    /// Take updates also that were changed since they were signed
    #[arg(long)]
    allow_broken_signature: bool,
    /// Leave out an update that fails and go on with the others
    #[arg(long)]
    continue_on_error: bool,
    /// Write the result to this file and leave the input as it is
    #[arg(long, short, value_name = "NEW.wim")]
    output: Option<PathBuf>,
    /// Write the receipt, as JSON, to this file
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,
    /// Decode, verify and plan everything, but write nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    references: References,
}

/// The levels of service.
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum Depth {
    /// The package is placed in the image for Windows to install
    Deliver,
    /// The package's files are laid into the component store
    Stage,
    /// Best effort: also winners, hard links, registry keys; a package is installed whole or stays staged
    Install,
}

impl From<Depth> for Level {
    fn from(depth: Depth) -> Self {
        match depth {
            Depth::Deliver => Self::Deliver,
            Depth::Stage => Self::Stage,
            Depth::Install => Self::Install,
        }
    }
}

/// What makes Windows install a delivered update.
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum Way {
    /// An answer file for the pass offlineServicing
    AnswerFile,
    /// A script that Windows Setup runs at its end
    SetupComplete,
    /// Both
    Both,
}

/// Which indexes: all, or these.
#[derive(Clone)]
pub struct Indexes(Option<Vec<u32>>);

impl FromStr for Indexes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.eq_ignore_ascii_case("all") {
            return Ok(Self(None));
        }
        let number = |part: &str| match part.trim().parse() {
            Ok(n) if n > 0 => Ok(n),
            _ => Err(format!("'{part}' is no index; give `all` or numbers from 1 with commas between")),
        };
        text.split(',').map(number).collect::<Result<_, _>>().map(|list| Self(Some(list)))
    }
}

impl Indexes {
    /// The numbers, of an image file with `count` images.
    pub fn of(&self, count: u32) -> Vec<u32> {
        self.0.clone().unwrap_or_else(|| (1..=count).collect())
    }

    /// The numbers that were given; `None` for all.
    pub fn chosen(&self) -> Option<Vec<u32>> {
        self.0.clone()
    }

    /// Chooses them in the session.
    pub fn select(&self, session: &mut Session) -> Result<(), Error> {
        self.0.as_ref().map_or(Ok(()), |list| session.select(list))
    }
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> Outcome {
    let level = Level::from(args.level);
    if args.deliver.is_some() && level != Level::Deliver {
        let sentence = "--deliver says how level `deliver` is done; give --level deliver with it";
        return Err(Error::new(ErrorKind::InvalidArgument, sentence).into());
    }
    let delivery = match args.deliver {
        None => Delivery::ByForm,
        Some(Way::AnswerFile) => Delivery::AnswerFile,
        Some(Way::SetupComplete) => Delivery::SetupComplete,
        Some(Way::Both) => Delivery::Both,
    };
    let options = SessionOptions {
        level,
        delivery,
        output: args.output.clone(),
        receipt: args.receipt.clone(),
        continue_on_error: args.continue_on_error,
        force_undecided: args.force_undecided,
        allow_broken_signature: args.allow_broken_signature,
        accept_partial: args.accept_partial,
        references: args.references.paths(),
        dry_run: args.dry_run,
        ..SessionOptions::default()
    };
    let mut session = Session::open(&args.wim, options)?;
    args.index.select(&mut session)?;
    for update in &args.updates {
        session.add_update(update, &context.progress)?;
    }
    if !args.dry_run {
        stop::only_cleanly();
    }
    let result = session.commit(&context.progress).map(|_| ());
    if let Some(receipt) = session.receipt() {
        if context.output.json() {
            context.output.document(receipt);
        } else {
            print(receipt, &mut context.output);
        }
    }
    result?;
    let failure = session.receipt().and_then(Receipt::failure);
    // Every entry of every index would be freed one by one just before the process ends.
    std::mem::forget(session);
    failure.map_or(Ok(()), |e| Err(Failed::found(e)))
}

fn print(receipt: &Receipt, out: &mut Output) {
    for update in &receipt.updates {
        out.line(format!(
            "{}: {}, {} rebuilt from deltas, {} verified",
            update.path,
            count(update.files, "file"),
            update.rebuilt,
            update.verified
        ));
        if let Some(signature) = &update.signature {
            out.line(format!("     {}", signature.check.reason));
        }
        update.failed.iter().for_each(|f| out.line(format!("     failed: {}: {}", f.name, f.reason)));
    }
    for index in &receipt.indexes {
        out.line(format!("{:>3}  {}", index.index, index.name));
        index.actions.iter().for_each(|action| super::plan::decision(action, out));
        if index.files.len() + index.skipped.len() > 0 {
            let laid = if receipt.written { "laid in" } else { "would be laid in" };
            let files = count(index.files.len() as u64, "file");
            out.line(format!("     {files} {laid}, {} left out", index.skipped.len()));
            for delivery in &index.deliveries {
                let by = [&delivery.answer_file, &delivery.script];
                let by: Vec<&str> = by.into_iter().filter_map(|b| b.as_deref()).collect();
                out.line(format!("     {} for Windows to install, by {}", delivery.path, by.join(" and ")));
            }
            if receipt.level == Level::Deliver {
                continue;
            }
            let packages = index.registration.packages.iter().filter(|p| p.registered).count();
            let told = if receipt.written { "registered" } else { "would be registered" };
            out.line(format!("     {} {told} as Staged (0x40)", count(packages as u64, "package")));
        }
        index.install.iter().for_each(|install| installed(install, receipt.written, out));
    }
    if let Some(commit) = &receipt.commit {
        out.line(format!(
            "{}: {} in {}; {} were there already",
            receipt.image.output,
            count(commit.new_blobs, "new blob"),
            size(commit.appended_bytes),
            commit.deduplicated_blobs
        ));
    } else {
        out.line(format!("{}: nothing was written", receipt.image.path));
        return;
    }
    match &receipt.registration.reason {
        _ if receipt.registration.done && receipt.level == Level::Install => {}
        _ if receipt.level == Level::Deliver => {}
        _ if receipt.registration.done => out.line("registered as Staged (0x40) in every index"),
        Some(reason) => out.line(format!("not registered: {reason}")),
        None => {}
    }
    receipt.left_to_windows.iter().for_each(|left| out.line(format!("left to Windows: {left}")));
}

/// What level install did in one index.
fn installed(install: &InstallRecord, written: bool, out: &mut Output) {
    if let Some(reason) = &install.reason {
        out.line(format!("     not installed: {reason}"));
        return;
    }
    let done = if written { "" } else { "would be " };
    for package in &install.packages {
        out.line(format!("     {} {done}{} ({:#x})", package.package, package.state, package.state_number));
    }
    let reasons: BTreeSet<&String> = install.packages.iter().flat_map(|p| &p.reasons).collect();
    for reason in reasons {
        out.line(format!("       left to Windows: {reason}"));
    }
    let in_use = install.components.iter().filter(|c| c.outcome == ComponentOutcome::InUse);
    let (components, files, keys) = in_use.fold((0_u64, 0_u64, 0_u64), |(components, files, keys), c| {
        (components + 1, files + c.files.len() as u64, keys + c.keys.len() as u64)
    });
    out.line(format!(
        "     best effort: {} {done}in use, {} linked, {} written",
        count(components, "component"),
        count(files, "file"),
        count(keys, "registry key")
    ));
    install.superseded.iter().for_each(|p| out.line(format!("     {p} {done}superseded (0x50)")));
}
