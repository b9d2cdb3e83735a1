//! `wright inspect`: what an update is.

use super::Outcome;
use crate::Context;
use crate::output::{Output, count, size};
use std::path::PathBuf;
use wimwright::base::Limits;
use wimwright::package::Kind;
use wimwright::staging::{self, Inspection, PackageInspection};

/// Show what an update is: kind, KB, identity, architecture, parents, payload
#[derive(clap::Args)]
pub struct Args {
    /// The update, .msu or .cab
    update: PathBuf,
}

/// Parents of one choice that are named before the rest is counted.
const NAMED: usize = 8;

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> Outcome {
    let inspection = staging::inspect(&args.update, &Limits::default(), &context.progress)?;
    if context.output.json() {
        context.output.document(&inspection);
    } else {
        print(&inspection, &mut context.output);
    }
    Ok(())
}

fn print(update: &Inspection, out: &mut Output) {
    out.line(&update.path);
    let mut tell = |what: &str, value: &str| {
        if !value.is_empty() {
            out.line(format!("  {what:<24}{value}"));
        }
    };
    tell("kind", kind(update.kind));
    tell("KB", update.kb.as_deref().unwrap_or_default());
    tell("size", &size(update.size));
    tell("SHA-1", &update.sha1.to_string());
    tell("SHA-256", &update.sha256.to_string());
    let signature = &update.signature;
    tell("signature", &format!("{}: {}", signature.check.state.name(), signature.check.reason));
    let catalogs = &signature.catalogs;
    if catalogs.files > 0 {
        let by = format!("{} by Microsoft, {} by others", catalogs.microsoft, catalogs.others);
        let unread = match catalogs.unread {
            0 => String::new(),
            n => format!(", {n} not looked at"),
        };
        let named = format!("{} named{unread}", count(catalogs.named, "manifest"));
        tell("signed catalogs", &format!("{by} of {}; {named}", catalogs.files));
    }
    for (name, value) in &update.properties {
        tell(name, value);
    }
    for package in &update.packages {
        print_package(package, out);
    }
}

fn print_package(package: &PackageInspection, out: &mut Output) {
    out.line("");
    out.line(format!("  package {}", package.name));
    let mut tell = |what: &str, value: &str| {
        if !value.is_empty() {
            out.line(format!("    {what:<16}{value}"));
        }
    };
    tell("identity", package.identity.as_deref().unwrap_or_default());
    tell("architecture", package.architecture.as_deref().unwrap_or_default());
    tell("version", package.version.as_deref().unwrap_or_default());
    tell("description", &package.description);
    tell("release type", &package.release_type);
    tell("restart", &package.restart);
    tell("support", &package.support_url);
    tell("needs stack", package.installer_stack.as_deref().unwrap_or_default());
    tell("offline", package.offline_capable.map_or("", |yes| if yes { "yes" } else { "no" }));
    let counts = &package.counts;
    for (what, found) in [
        ("payload", &counts.payload),
        ("deltas", &counts.deltas),
        ("manifests", &counts.manifests),
        ("packages", &counts.package_manifests),
        ("catalogs", &counts.catalogs),
        ("other", &counts.other),
    ] {
        if found.files > 0 {
            tell(what, &format!("{}, {}", count(found.files, "file"), size(found.bytes)));
        }
    }
    for choice in &package.parents {
        tell("parent", if choice.len() == 1 { &choice[0] } else { "any of" });
        if choice.len() > 1 {
            choice.iter().take(NAMED).for_each(|parent| tell("", &format!("  {parent}")));
            if choice.len() > NAMED {
                tell("", &format!("  and {} more", choice.len() - NAMED));
            }
        }
    }
    for nested in &package.nested {
        tell("holds", nested);
    }
}

/// The kind for people.
fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Cab => "package",
        Kind::CabMsu => "MSU",
        Kind::CabOfCabs => "cabinet of packages",
        Kind::PlainCab => "cabinet without a package",
        _ => "update",
    }
}
