//! `wright site run`, `daemon`, `history` and `status`.

use super::table;
use crate::commands::Outcome;
use crate::exit::Failed;
use crate::output::{Output, count};
use crate::{Context, stop};
use wimwright::site::{Run, RunList, RunMode, Site, UpdateStatus};

/// Flags of `wright site run`.
#[derive(clap::Args)]
pub struct Args {
    /// Resume what was interrupted and run what is due; so it is without flags, too
    #[arg(long)]
    due: bool,
    /// Only resume what was interrupted
    #[arg(long, conflicts_with = "due")]
    resume: bool,
    /// Give up what was interrupted; what was published stays
    #[arg(long, conflicts_with_all = ["due", "resume"])]
    discard: bool,
}

pub fn run(args: &Args, site: &Site, context: &mut Context) -> Outcome {
    let mode = match (args.resume, args.discard) {
        (true, _) => RunMode::Resume,
        (_, true) => RunMode::Discard,
        _ => RunMode::Due,
    };
    stop::only_cleanly();
    let list = site.run_list(mode, &context.progress)?;
    print(&list, &mut context.output);
    if mode == RunMode::Discard { Ok(()) } else { list.outcome().map_err(Failed::found) }
}

fn print(list: &RunList, out: &mut Output) {
    if out.json() {
        out.document(list);
        return;
    }
    for run in &list.runs {
        show(run, out);
    }
    out.line(count(list.runs.len() as u64, "run"));
}

fn show(run: &Run, out: &mut Output) {
    let made = run.to_version.map(|v| format!(", v{} to v{v}", run.from_version)).unwrap_or_default();
    let ended = run.finished.as_ref().map(|f| format!(" to {f}")).unwrap_or_default();
    let status = format!("{} ({})", run.status, run.status.number());
    out.line(format!("run {}: {}, {}{ended}: {status}{made}", run.id, run.package_name, run.started));
    if let Some(message) = &run.message {
        let failed = run.failed_update.as_ref().map(|f| format!("{f}: ")).unwrap_or_default();
        out.line(format!("     {failed}{message} ({})", run.error_code));
    }
    for update in &run.updates {
        let name = update.kb.as_deref().unwrap_or(&update.file);
        let (word, number) = (update.status.word(), update.status.number());
        out.line(format!("{:>6}  {name}: {word} ({number}), {}", update.index, update.reason));
    }
    for old in &run.superseded {
        let name = old.kb.as_deref().unwrap_or(&old.file);
        let what = if old.removed { "superseded, removed" } else { "superseded, stays" };
        let indexes: Vec<String> = old.indexes.iter().map(ToString::to_string).collect();
        out.line(format!("{:>6}  {name}: {what}, {}", indexes.join(","), old.reason));
    }
}

/// `wright site daemon`.
pub fn daemon(site: &Site, context: &mut Context) -> Outcome {
    stop::only_cleanly();
    let out = &mut context.output;
    let json = out.json();
    site.daemon(&context.progress, |run| {
        if json {
            // A line for each run, as it ends.
            if let Ok(line) = serde_json::to_string(run) {
                out.line(line);
            }
        } else {
            show(run, out);
        }
        out.flush_now();
    })?;
    Ok(())
}

/// `wright site history`.
pub fn history(package: &str, site: &Site, context: &mut Context) -> Outcome {
    print(&site.history_list(package)?, &mut context.output);
    Ok(())
}

/// `wright site status`.
pub fn status(package: &str, index: Option<u32>, site: &Site, context: &mut Context) -> Outcome {
    let package = site.package(package)?;
    let list = site.status_list(&package, index)?;
    let out = &mut context.output;
    if out.json() {
        out.document(&list);
        return Ok(());
    }
    let row = |s: &UpdateStatus| {
        let since = match (&s.applied, s.found_at_import) {
            (Some(time), _) => format!("applied {time}"),
            (None, true) => "found at import".into(),
            (None, false) => String::new(),
        };
        vec![
            s.index.to_string(),
            s.update.to_string(),
            s.kb.clone().unwrap_or_else(|| s.file.clone()),
            format!("{} {}", s.status.number(), s.status),
            s.hresult.clone().unwrap_or_default(),
            since,
            s.reason.clone(),
        ]
    };
    let headings = ["INDEX", "ID", "UPDATE", "STATUS", "ERROR", "SINCE", "REASON"];
    table(out, &headings, &list.updates.iter().map(row).collect::<Vec<_>>());
    Ok(())
}
