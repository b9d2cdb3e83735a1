//! `wright site package`: upgrade packages.

use super::table;
use crate::Context;
use crate::commands::Outcome;
use crate::exit::Failed;
use crate::output::{Output, count, size};
use std::path::PathBuf;
use wimwright::site::{AddOptions, Check, Package, PackageDetails, SetOptions, Site};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Add a folder of Windows Setup's files; the folder is only read
    Add {
        /// The folder that setup.exe lies in
        source: PathBuf,
        /// Its name, at most 50 characters
        #[arg(long)]
        name: String,
        /// Its version, free text of at most 32 characters
        #[arg(long, default_value = "")]
        version: String,
        /// A comment of at most 127 characters
        #[arg(long, default_value = "")]
        comment: String,
        /// Take only this index of its image
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        index: Option<u32>,
    },
    /// List the packages
    List,
    /// Show a package: images, versions, what was found at import
    Show {
        /// Its name or number
        package: String,
        /// Every package that its images had installed, too
        #[arg(long)]
        installed: bool,
    },
    /// Read the source again after it was changed from outside
    Reload {
        /// Its name or number
        package: String,
    },
    /// Change name, version, comment, source, or how many versions are kept
    Set {
        /// Its name or number
        package: String,
        /// A new name
        #[arg(long)]
        name: Option<String>,
        /// A new version
        #[arg(long)]
        version: Option<String>,
        /// A new comment
        #[arg(long)]
        comment: Option<String>,
        /// Another source folder
        #[arg(long, value_name = "DIR")]
        source: Option<PathBuf>,
        /// How many versions of its content are kept
        #[arg(long, value_name = "N")]
        keep: Option<u32>,
    },
    /// Publish an older version of its content again
    Rollback {
        /// Its name or number
        package: String,
        /// This version; else the one before the published one
        #[arg(long, value_name = "N")]
        to: Option<u32>,
    },
    /// Compare the source with what was added, and the library's copies with their digests
    Check {
        /// Its name or number
        package: String,
    },
    /// Remove a package and what only it uses
    Remove {
        /// Its name or number
        package: String,
    },
}

pub fn run(command: &Command, site: &Site, context: &mut Context) -> Outcome {
    let progress = context.progress.clone();
    match command {
        Command::Add { source, name, version, comment, index } => {
            let options = AddOptions {
                name: name.clone(),
                version: version.clone(),
                comment: comment.clone(),
                index: *index,
            };
            let package = site.add_package(source, &options, &progress)?;
            show(site, &package, false, &mut context.output)
        }
        Command::List => list(site, &mut context.output),
        Command::Show { package, installed } => {
            show(site, &site.package(package)?, *installed, &mut context.output)
        }
        Command::Reload { package } => {
            let package = site.reload_package(&site.package(package)?, &progress)?;
            show(site, &package, false, &mut context.output)
        }
        Command::Set { package, name, version, comment, source, keep } => {
            let options = SetOptions {
                name: name.clone(),
                version: version.clone(),
                comment: comment.clone(),
                source: source.clone(),
                keep: *keep,
            };
            let package = site.set_package(&site.package(package)?, &options)?;
            show(site, &package, false, &mut context.output)
        }
        Command::Rollback { package, to } => {
            let package = site.rollback_package(&site.package(package)?, *to)?;
            show(site, &package, false, &mut context.output)
        }
        Command::Check { package } => {
            let check = site.check_package(&site.package(package)?, &progress)?;
            checked(&check, &mut context.output)
        }
        Command::Remove { package } => {
            let removed = site.remove_package(&site.package(package)?)?;
            let out = &mut context.output;
            if out.json() {
                out.document(&removed);
            } else {
                let contents = count(removed.blobs, "content");
                out.line(format!("{} removed: {contents}, {}", removed.removed, size(removed.bytes)));
            }
            Ok(())
        }
    }
}

fn list(site: &Site, out: &mut Output) -> Outcome {
    let list = site.package_list()?;
    if out.json() {
        out.document(&list);
        return Ok(());
    }
    let row = |p: &Package| {
        let published = format!("v{}", p.published);
        let (id, bytes) = (p.id.to_string(), size(p.bytes));
        vec![id, p.name.clone(), p.version.clone(), p.architecture.clone(), published, bytes, p.added.clone()]
    };
    let rows: Vec<_> = list.packages.iter().map(row).collect();
    table(out, &["ID", "NAME", "VERSION", "ARCH", "CONTENT", "SIZE", "ADDED"], &rows);
    Ok(())
}

fn show(site: &Site, package: &Package, all: bool, out: &mut Output) -> Outcome {
    let details = site.package_details(package, all)?;
    if out.json() {
        out.document(&details);
        return Ok(());
    }
    let PackageDetails { package, indexes, versions, installed, .. } = details;
    out.line(format!("{}: {}", package.id, package.name));
    let mut tell = |what: &str, value: &str| {
        if !value.is_empty() {
            out.line(format!("  {what:<14}{value}"));
        }
    };
    tell("version", &package.version);
    tell("comment", &package.comment);
    let index = package.source_index.map(|n| format!(", index {n}")).unwrap_or_default();
    tell("source", &format!("{}{index}", package.source));
    tell("architecture", &package.architecture);
    tell("added", &package.added);
    for version in versions.iter().filter(|v| v.kept) {
        let mark = if version.published { ", published" } else { "" };
        let run = version.run.map(|r| format!(" by run {r}")).unwrap_or_default();
        let files = count(version.files, "file");
        let bytes = size(version.bytes);
        tell(
            &format!("content v{}", version.number),
            &format!("{} {}{run}, {files}, {bytes}{mark}", version.origin, version.created),
        );
    }
    for index in &indexes {
        let known = [&index.edition, &index.architecture, &index.version, &index.languages.join(" ")];
        let known: Vec<&str> = known.iter().map(|k| k.as_str()).filter(|k| !k.is_empty()).collect();
        let packages = count(index.installed, "package");
        out.line(format!("{:>3}  {} ({}), {packages} at import", index.index, index.name, known.join(", ")));
        index.refusal.iter().for_each(|why| out.line(format!("     cannot be serviced: {why}")));
        for found in installed.iter().filter(|f| f.index == index.index) {
            out.line(format!("       {}", found.identity));
        }
    }
    Ok(())
}

fn checked(check: &Check, out: &mut Output) -> Outcome {
    let found = || check.damaged.iter().chain(&check.differences);
    if out.json() {
        out.document(check);
    } else {
        found().for_each(|d| out.line(format!("{} {}: {}", d.change, d.path, d.reason)));
        let files = count(check.files, "file");
        let what = match found().count() as u64 {
            0 => "all as they were".to_owned(),
            n => count(n, "difference"),
        };
        out.line(format!("{}: {files} of {} hashed, {what}", check.package, check.source));
    }
    check.outcome().map_err(Failed::found)
}
