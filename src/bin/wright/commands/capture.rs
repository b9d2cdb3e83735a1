//! `wright capture`: a folder as the first image of a new file.

use super::Outcome;
use super::packing::Packing;
use crate::Context;
use crate::exit::Failed;
use crate::output::{Output, count, size};
use std::path::PathBuf;
use wimwright::wim::capture::{CaptureOptions, CaptureReport, Exclusions, capture};
use wimwright::wim::xml::FileTime;
use wimwright::wim::{OpenOptions, WimFile};
use wimwright::{Error, ErrorKind};

/// Write a folder as an image to a new WIM
///
/// Files, folders, symbolic links and hard links with their times; with --metadata all the rest that an extraction kept
/// beside the folder. Pipes, sockets and devices are left out and named. A file that is written to meanwhile makes the
/// capture fail.
#[derive(clap::Args)]
pub struct Args {
    /// The folder
    dir: PathBuf,
    /// The new file
    wim: PathBuf,
    #[command(flatten)]
    image: Image,
    #[command(flatten)]
    packing: Packing,
    /// The GUID of the new file, 32 digits [default: a random one]
    #[arg(long, value_name = "GUID", value_parser = guid)]
    guid: Option<[u8; 16]>,
    /// Replace WIM where it exists
    #[arg(long, short)]
    force: bool,
    /// Leave out what this WIM (or, with * and ?, these) has: the new file is a delta that is read with --ref; may be
    /// given more than once
    #[arg(long, value_name = "BASE.wim")]
    delta_from: Vec<PathBuf>,
}

/// What is captured, and what the image is called: what `capture` and `append` take.
#[derive(clap::Args)]
pub struct Image {
    /// The image's name, which no other image of the file may have [default: the folder's]
    #[arg(long)]
    name: Option<String>,
    /// Its description
    #[arg(long)]
    description: Option<String>,
    /// Its name for people
    #[arg(long)]
    display_name: Option<String>,
    /// Its description for people
    #[arg(long)]
    display_description: Option<String>,
    /// Its edition, as in Professional
    #[arg(long, visible_aliases = ["edition-id", "flags"])]
    edition: Option<String>,
    /// Make it the image that boots
    #[arg(long)]
    boot: bool,
    /// What is left out, in the format of DISM and wimlib; 'none' leaves nothing out [default: Windows' own list]
    #[arg(long, value_name = "FILE|none")]
    config: Option<PathBuf>,
    /// Leave nothing out
    #[arg(long, conflicts_with = "config")]
    no_default_exclusions: bool,
    /// The metadata file that 'wright extract --metadata' wrote of this folder
    #[arg(long, value_name = "FILE")]
    metadata: Option<PathBuf>,
    /// Take Linux' extended attributes along (as wimlib's --unix-data does)
    #[arg(long)]
    xattrs: bool,
    /// Absolute links into the folder count from the image's root [default for a new file]
    #[arg(long, overrides_with = "norpfix")]
    rpfix: bool,
    /// Absolute links stay as they are
    #[arg(long)]
    norpfix: bool,
    /// The same folder gives the same bytes: later times become SOURCE_DATE_EPOCH where it is set, the last access is
    /// that of the last write, the GUID comes from the contents
    #[arg(long)]
    reproducible: bool,
    /// Look at the folder and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> Outcome {
    let mut options = args.image.options()?;
    options.packing = args.packing.options();
    options.packing.replace = args.force;
    options.packing.guid = args.guid;
    options.packing.delta_from = WimFile::open_all(&args.delta_from, &OpenOptions::new())?;
    let report = capture(&args.dir, &args.wim, &options, &context.progress)?;
    answer(&report, args.image.dry_run, context);
    Ok(())
}

impl Image {
    /// The same for the library.
    pub fn options(&self) -> Result<CaptureOptions, Failed> {
        let mut options = CaptureOptions::new();
        options.properties.name.clone_from(&self.name);
        options.properties.description.clone_from(&self.description);
        options.properties.display_name.clone_from(&self.display_name);
        options.properties.display_description.clone_from(&self.display_description);
        options.properties.edition.clone_from(&self.edition);
        options.boot = self.boot;
        options.exclusions = match &self.config {
            None if self.no_default_exclusions => Exclusions::none(),
            None => Exclusions::windows(),
            Some(path) if path.as_os_str() == "none" => Exclusions::none(),
            Some(path) => {
                let config = std::fs::read(path).map_err(|e| Error::io("read the configuration", path, e))?;
                Exclusions::parse(&config).map_err(|e| e.with_path(path.display()))?
            }
        };
        options.metadata.clone_from(&self.metadata);
        options.fix_links = match (self.rpfix, self.norpfix) {
            (true, _) => Some(true),
            (false, true) => Some(false),
            (false, false) => None,
        };
        options.xattrs = self.xattrs;
        options.reproducible = self.reproducible;
        options.dry_run = self.dry_run;
        if let Some(epoch) = std::env::var_os("SOURCE_DATE_EPOCH").filter(|_| self.reproducible) {
            let seconds = epoch.to_str().and_then(|text| text.parse().ok()).ok_or_else(|| {
                let message = "SOURCE_DATE_EPOCH is no number of seconds since 1970";
                Error::new(ErrorKind::InvalidArgument, message)
            })?;
            options.timestamp = Some(FileTime::from_unix(seconds));
        }
        Ok(options)
    }

    /// Whether nothing is to be written.
    pub fn dry_run(&self) -> bool {
        self.dry_run
    }
}

fn guid(text: &str) -> Result<[u8; 16], String> {
    let digits: String = text.chars().filter(|c| !matches!(c, '-' | '{' | '}')).collect();
    match u128::from_str_radix(&digits, 16) {
        Ok(number) if digits.len() == 32 => Ok(number.to_be_bytes()),
        _ => Err(format!("'{text}' is no GUID of 32 digits")),
    }
}

/// Prints what was captured.
pub fn answer(report: &CaptureReport, dry_run: bool, context: &mut Context) {
    if context.output.json() {
        context.output.document(report);
    } else {
        print(report, dry_run, &mut context.output);
    }
}

fn print(report: &CaptureReport, dry_run: bool, out: &mut Output) {
    for warning in &report.warnings {
        out.line(format!("note: the configuration's {warning}"));
    }
    for (list, all, what) in [
        (&report.special, report.special_count, "left out"),
        (&report.forbidden, report.forbidden_count, "note"),
    ] {
        for passed in list {
            out.line(format!("{what}: {} is {}", passed.path, passed.reason));
        }
        if all > list.len() as u64 {
            out.line(format!("{what}: and {} more", all - list.len() as u64));
        }
    }
    for (number, what) in [
        (report.excluded, "entries left out as the list says"),
        (report.outward_links, "absolute links lead out of the folder; they are in the image as they are"),
        (report.only_known, "entries taken from the metadata file alone"),
    ] {
        if number > 0 {
            out.line(format!("note: {number} {what}"));
        }
    }
    let what = format!(
        "image {} '{}': {}, {}, {}, {}, {}",
        report.index,
        report.name,
        count(report.files, "file"),
        count(report.directories, "folder"),
        count(report.hard_links, "hard link"),
        count(report.links, "link"),
        size(report.bytes)
    );
    if dry_run {
        out.line(format!("{}: would be {what}", report.path.display()));
    } else {
        out.line(format!(
            "{}: {what}; {} blobs written as {}, {} there already; the file has {}",
            report.path.display(),
            report.new_blobs,
            size(report.stored_bytes),
            report.deduplicated,
            size(report.size_after)
        ));
    }
}
