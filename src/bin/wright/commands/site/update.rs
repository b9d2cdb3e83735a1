//! `wright site update` and `wright site offer`.

use super::table;
use crate::Context;
use crate::commands::Outcome;
use crate::exit::Failed;
use crate::output::{Output, count, size};
use std::path::PathBuf;
use wimwright::site::{ImportOptions, Offer, Site, Update, UpdateList};
use wimwright::{Error, ErrorKind};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Import updates (.msu, .cab), or every one below a folder
    Import {
        /// Files and folders
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// Take updates also that were changed since they were signed
        #[arg(long)]
        allow_broken_signature: bool,
    },
    /// List the updates
    List {
        /// Only what is offered to this package
        #[arg(long = "for", value_name = "PACKAGE")]
        package: Option<String>,
    },
    /// Remove an update that no schedule names
    Remove {
        /// Its number, KB, file name or SHA-256
        update: String,
    },
}

pub fn run(command: &Command, site: &Site, context: &mut Context) -> Outcome {
    let progress = context.progress.clone();
    let out = &mut context.output;
    match command {
        Command::Import { paths, allow_broken_signature } => {
            let options = ImportOptions { allow_broken_signature: *allow_broken_signature };
            let report = site.import_updates(paths, &options, &progress)?;
            if out.json() {
                out.document(&report);
            } else {
                report.imported.iter().for_each(|u| out.line(format!("imported {}: {}", u.id, line(u))));
                report.present.iter().for_each(|u| out.line(format!("there already {}: {}", u.id, u.file)));
                report.failed.iter().for_each(|f| out.line(format!("not imported {}: {}", f.path, f.reason)));
            }
            report.outcome().map_err(Failed::found)
        }
        Command::List { package } => {
            let updates = match package {
                Some(package) => site.offered_updates(&site.package(package)?, &progress)?,
                None => site.update_list()?,
            };
            list(&updates, out);
            Ok(())
        }
        Command::Remove { update } => {
            let removed = site.remove_update(&site.update(update)?)?;
            if out.json() {
                out.document(&removed);
            } else {
                out.line(format!("{} removed: {}", removed.removed, size(removed.bytes)));
            }
            Ok(())
        }
    }
}

fn line(update: &Update) -> String {
    let kb = update.kb.as_ref().map(|kb| format!("{kb}, ")).unwrap_or_default();
    let (file, signature) = (&update.file, &update.signature_reason);
    format!("{file} ({kb}{}, {}); {signature}", update.architecture, size(update.size))
}

fn list(list: &UpdateList, out: &mut Output) {
    if out.json() {
        out.document(list);
        return;
    }
    let row = |u: &Update| {
        let kb = u.kb.clone().unwrap_or_default();
        let superseded: Vec<String> = u.superseded_by.iter().map(ToString::to_string).collect();
        vec![
            u.id.to_string(),
            kb,
            u.class.clone(),
            u.architecture.clone(),
            u.version.clone().unwrap_or_default(),
            size(u.size),
            u.signature.clone(),
            superseded.join(","),
            u.file.clone(),
        ]
    };
    let headings = ["ID", "KB", "CLASS", "ARCH", "VERSION", "SIZE", "SIGNATURE", "SUPERSEDED BY", "FILE"];
    table(out, &headings, &list.updates.iter().map(row).collect::<Vec<_>>());
}

/// `wright site offer`.
pub fn offer(package: &str, site: &Site, context: &mut Context) -> Outcome {
    let offer = site.offer(&site.package(package)?, &context.progress)?;
    let offered = offer.updates.iter().filter(|e| e.offered).count();
    let out = &mut context.output;
    if out.json() {
        out.document(&offer);
    } else {
        print(&offer, out);
    }
    if offered == 0 {
        let why = format!("no imported update is offered to '{}'", offer.package.name);
        return Err(Error::new(ErrorKind::NotApplicable, why).into());
    }
    Ok(())
}

fn print(offer: &Offer, out: &mut Output) {
    out.line(format!("{}: content v{}", offer.package.name, offer.package.published));
    for index in &offer.indexes {
        out.line(format!("{:>3}  {}", index.index, index.name));
        let here = || offer.updates.iter().filter(|e| e.status.index == index.index);
        for entry in here().filter(|e| e.offered).chain(here().filter(|e| !e.offered)) {
            let status = &entry.status;
            let kb = status.kb.as_deref().unwrap_or(&status.file);
            let mark = if entry.offered { "offered" } else { status.status.word() };
            out.line(format!("     {:>4}  {kb}: {mark} ({})", status.update, status.status.number()));
            let newer: Vec<String> = entry.superseded_by.iter().map(ToString::to_string).collect();
            if !newer.is_empty() {
                out.line(format!("           superseded by update {}", newer.join(", ")));
            }
            if !entry.offered && !status.reason.is_empty() {
                let number = status.hresult.as_deref().map(|h| format!(" ({h})")).unwrap_or_default();
                out.line(format!("           {}{number}", status.reason));
            }
        }
    }
    let offered = offer.updates.iter().filter(|e| e.offered).count();
    out.line(format!("  {}", count(offered as u64, "offer")));
}
