//! `wright plan`: what would happen to which index, and why; writes nothing.

use super::Outcome;
use super::references::References;
use super::service::Indexes;
use crate::Context;
use crate::exit::Failed;
use crate::output::Output;
use std::path::PathBuf;
use wimwright::service::{Decision, Plan, Session, SessionOptions, Status};

/// Show what servicing would do, in order, with reasons; writes nothing
#[derive(clap::Args)]
pub struct Args {
    /// The image file
    wim: PathBuf,
    /// Updates (.msu, .cab), or folders of them, in the order to apply
    #[arg(required = true)]
    updates: Vec<PathBuf>,
    /// The images to service: all, or numbers as in 1,3
    #[arg(long, value_name = "all|N,...", default_value = "all")]
    index: Indexes,
    /// Count updates as applicable where that could not be told
    #[arg(long)]
    force_undecided: bool,
    /// Take updates also that were changed since they were signed
    #[arg(long)]
    allow_broken_signature: bool,
    /// Name an update that fails in the plan and go on with the others
    #[arg(long)]
    continue_on_error: bool,
    #[command(flatten)]
    references: References,
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> Outcome {
    let options = SessionOptions {
        dry_run: true,
        continue_on_error: args.continue_on_error,
        force_undecided: args.force_undecided,
        allow_broken_signature: args.allow_broken_signature,
        references: args.references.paths(),
        ..SessionOptions::default()
    };
    let mut session = Session::open(&args.wim, options)?;
    args.index.select(&mut session)?;
    for update in &args.updates {
        session.add_update(update, &context.progress)?;
    }
    let plan = session.plan()?;
    let out = &mut context.output;
    if out.json() {
        out.document(&plan);
    } else {
        print(&plan, out);
    }
    plan.failure().map_or(Ok(()), |e| Err(Failed::found(e)))?;
    plan.refusal().map_or(Ok(()), |e| Err(e.into()))
}

fn print(plan: &Plan, out: &mut Output) {
    out.line(&plan.image);
    for index in &plan.indexes {
        let known = [&index.edition, &index.architecture, &index.version];
        let known: Vec<&str> = known.iter().filter_map(|k| k.as_deref()).collect();
        out.line(format!("{:>3}  {} ({})", index.index, index.name, known.join(", ")));
        index.refusal.iter().for_each(|refusal| out.line(format!("     not written: {refusal}")));
        plan.decisions.iter().filter(|d| d.index == index.index).for_each(|d| decision(d, out));
    }
}

/// One decision, as a line and its reason.
pub fn decision(decision: &Decision, out: &mut Output) {
    let status = match decision.status {
        Status::Applicable => "applies",
        Status::NotApplicable => "does not apply",
        Status::Installed => "is installed",
        Status::Staged => "is staged",
        Status::Superseded => "is superseded",
        Status::Undecided if decision.forced => "undecided, and forced",
        Status::Undecided => "undecided, so left out",
        Status::Failed => "failed",
    };
    out.line(format!("     {}: {status}", decision.package));
    if !decision.reason.is_empty() {
        let number = decision.hresult.as_deref().map(|h| format!(" ({h})")).unwrap_or_default();
        out.line(format!("       {}{number}", decision.reason));
    }
}
