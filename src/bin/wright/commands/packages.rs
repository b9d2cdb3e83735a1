//! `wright packages`: which packages an image has, how far each is installed, and whether the image may be serviced.

use super::Outcome;
use super::references::References;
use crate::Context;
use crate::output::Output;
use std::path::PathBuf;
use wimwright::cbs::state::StateSource;
use wimwright::service::ImagePackages;

/// Show the packages of an image and their states, and whether anything is pending
#[derive(clap::Args)]
pub struct Args {
    /// The image file
    wim: PathBuf,
    /// The image's number, from 1
    index: u32,
    /// Superseded and absent packages too
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    references: References,
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> Outcome {
    let wim = args.references.open(&args.wim)?;
    let document = ImagePackages::read(&wim, args.index, args.all)?;
    if context.output.json() {
        context.output.document(&document);
    } else {
        print(&document, &mut context.output);
    }
    Ok(())
}

fn print(document: &ImagePackages, out: &mut Output) {
    out.line(format!("{}: index {}, {}", document.image, document.index, document.name));
    if document.source == StateSource::Files {
        out.line(
            "  by the names of its files: the image has no hive that says how far packages are installed",
        );
    }
    let health = &document.health;
    if let Some(stack) = health.servicing_stack {
        out.line(format!("  servicing stack {stack}"));
    }
    health.unserviceable.iter().for_each(|m| out.line(format!("  unserviceable: {m}")));
    health.pending.iter().for_each(|m| out.line(format!("  pending: {m}")));
    for package in &document.packages {
        let state = package.state.map_or_else(
            || "only its files are there".to_owned(),
            |state| format!("{state} ({:#04x})", state.0),
        );
        out.line(format!("  {}", package.identity));
        let installed = package.installed.map(|time| format!("installed {time}"));
        let hidden = (package.visibility == 2).then(|| "hidden".to_owned());
        let more = [package.release_type.clone(), installed, package.client.clone(), hidden];
        let line = std::iter::once(state).chain(more.into_iter().flatten()).collect::<Vec<_>>();
        out.line(format!("    {}", line.join(", ")));
    }
    let omitted = match document.omitted {
        0 => String::new(),
        n => format!("; {n} superseded or absent, shown with --all"),
    };
    out.line(format!("  {} packages{omitted}", document.packages.len()));
}
