//! `wright diff`: what differs between two images, in files and in the registry.

use super::Outcome;
use super::references::References;
use crate::Context;
use crate::exit::Failed;
use crate::output::{Output, count, printable};
use std::fmt::Display;
use std::path::{Path, PathBuf};
use wimwright::base::ImagePath;
use wimwright::service::diff::{
    Change, Contents, Count, DiffDocument, DiffOptions, DiffSummary, EntryDifference, HiveState, ImageDiff,
    KeyDifference, Sides, ValueData, ValueDifference, value_name,
};
use wimwright::wim::ImageView;
use wimwright::{Error, ErrorKind};

/// Compare two images: files, links, descriptors, registry keys and values; exit status 1 where they differ
#[derive(clap::Args)]
pub struct Args {
    /// The first image, as in A.wim:1; the number may be left out where there is one image
    before: PathBuf,
    /// The second image; it may be of the same file
    after: PathBuf,
    /// Only what lies at or below this path; may be repeated
    #[arg(long, value_name = "PATH")]
    path: Vec<String>,
    /// Compare hives as files, without looking into them
    #[arg(long)]
    no_registry: bool,
    /// Times of files and keys count too
    #[arg(long)]
    times: bool,
    #[command(flatten)]
    references: References,
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> Outcome {
    let image = |text| image(text, &args.references);
    let (before, after) = (image(&args.before)?, image(&args.after)?);
    let mut options = DiffOptions::default();
    options.times = args.times;
    options.registry = !args.no_registry;
    options.paths = args.path.iter().map(|p| ImagePath::parse(p)).collect::<Result<_, _>>()?;
    let diff = ImageDiff::new(&before, &after, options)?;
    let summary = if context.output.json() {
        let document = DiffDocument::new(&diff, &context.progress);
        context.output.document(&document);
        document.outcome()?
    } else {
        match print(&diff, context) {
            // The differences that were read are some.
            Err(_) if context.output.closed() => return Err(Failed::different()),
            summary => summary?,
        }
    };
    summary.failure().map_or(Ok(()), |e| Err(Failed::found(e)))?;
    if summary.equal { Ok(()) } else { Err(Failed::different()) }
}

/// The image that `FILE:INDEX` names.
fn image(text: &Path, references: &References) -> Result<ImageView, Error> {
    let named = text.to_str().and_then(|t| t.rsplit_once(':'));
    let numbered = named.and_then(|(file, index)| Some((file, index.parse::<u32>().ok()?)));
    if let Some((file, index)) = numbered {
        return references.open(Path::new(file))?.view(index);
    }
    let wim = references.open(text)?;
    if wim.image_count() > 1 {
        let sentence = format!("holds {} images; say which, as in {}:1", wim.image_count(), text.display());
        return Err(Error::new(ErrorKind::InvalidArgument, sentence).with_path(text.display()));
    }
    wim.view(1)
}

fn print(diff: &ImageDiff, context: &mut Context) -> Result<DiffSummary, Error> {
    let mut summary = DiffSummary::default();
    let (before, after) = diff.images();
    let name = |view: &ImageView| format!("{}:{}", view.wim().name(), view.index());
    let out = &mut context.output;
    out.line(format!("{} and {}", name(before), name(after)));
    diff.entries(&context.progress, &mut |difference| {
        summary.entry(&difference);
        entry(&difference, out);
        go_on(out)
    })?;
    let mut last = String::new();
    let hives = diff.registry(&context.progress, &mut |difference| {
        summary.key(&difference);
        if difference.hive != last {
            out.line(format!("{}:", difference.hive));
            last.clone_from(&difference.hive);
        }
        key(&difference, out);
        go_on(out)
    })?;
    summary.finish(hives);
    for hive in &summary.hives {
        match hive.state {
            HiveState::Failed => {
                out.line(format!(
                    "{}: not compared: {}",
                    hive.path,
                    hive.reason.as_deref().unwrap_or_default()
                ));
            }
            HiveState::Added => out.line(format!("{}: only the second image has this hive", hive.path)),
            HiveState::Removed => out.line(format!("{}: only the first image has this hive", hive.path)),
            _ => {}
        }
    }
    let parts = [
        (&summary.entries, "entry", "entries"),
        (&summary.keys, "key", "keys"),
        (&summary.values, "value", "values"),
    ];
    let told: Vec<String> = parts.into_iter().filter_map(|(n, one, many)| counted(n, one, many)).collect();
    out.line(if told.is_empty() { "no difference".to_owned() } else { told.join("; ") });
    Ok(summary)
}

/// Nobody reads any more: what is left need not be compared.
fn go_on(out: &Output) -> Result<(), Error> {
    if out.closed() {
        Err(Error::new(ErrorKind::Cancelled, "nobody reads the output any more"))
    } else {
        Ok(())
    }
}

fn counted(n: &Count, one: &str, many: &str) -> Option<String> {
    let parts = [(n.added, "added"), (n.removed, "removed"), (n.changed, "changed")];
    let parts: Vec<String> =
        parts.into_iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    let what = if n.total() == 1 { one } else { many };
    (!parts.is_empty()).then(|| format!("{what}: {}", parts.join(", ")))
}

fn sign(change: Change) -> char {
    match change {
        Change::Added => '+',
        Change::Removed => '-',
        _ => '~',
    }
}

fn entry(difference: &EntryDifference, out: &mut Output) {
    out.line(format!("{} {}", sign(difference.change), difference.path));
    sides(out, "name", difference.name.as_ref(), Clone::clone);
    if difference.change == Change::Changed {
        sides(out, "kind", difference.kind.as_ref(), |kind| format!("{kind:?}").to_lowercase());
        sides(out, "attributes", difference.attributes.as_ref(), |bits| format!("{bits:#x}"));
        sides(out, "short name", difference.short_name.as_ref(), Clone::clone);
        sides(out, "security", difference.security.as_ref(), Clone::clone);
        sides(out, "tagged items", difference.tagged_items.as_ref(), |d| format!("sha1 {d}"));
    }
    sides(out, "contents", difference.contents.as_ref(), contents);
    sides(out, "streams", difference.streams.as_ref(), |streams| {
        let each = streams.iter().map(|s| format!(":{} {}", s.name, contents(&s.contents)));
        each.collect::<Vec<_>>().join(", ")
    });
    sides(out, "reparse", difference.reparse.as_ref(), |data| {
        format!("tag {:#010x}, {}", data.tag, contents(&Contents { size: data.size, sha1: data.sha1 }))
    });
    sides(out, "links", difference.links.as_ref(), |links| {
        let more = (links.count as usize).saturating_sub(links.names.len() + 1);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("{}{more}", links.names.join(", "))
    });
    sides(out, "times", difference.times.as_ref(), |t| {
        format!("created {}, accessed {}, modified {}", t.created, t.accessed, t.modified)
    });
}

fn contents(contents: &Contents) -> String {
    let digest = contents.sha1.map(|sha1| format!(", sha1 {sha1}")).unwrap_or_default();
    format!("{}{digest}", count(contents.size, "byte"))
}

/// A line for a side that has something, two where both do.
fn sides<T>(out: &mut Output, what: &str, sides: Option<&Sides<T>>, text: impl Fn(&T) -> String) {
    let Some(sides) = sides else { return };
    for (sign, side) in [('-', &sides.before), ('+', &sides.after)] {
        if let Some(side) = side {
            out.line(format!("    {sign} {what}: {}", text(side)));
        }
    }
}

fn key(difference: &KeyDifference, out: &mut Output) {
    let path = if difference.key.is_empty() { "\\" } else { &difference.key };
    out.line(format!("  {} [{path}]", sign(difference.change)));
    sides(out, "name", difference.name.as_ref(), Clone::clone);
    sides(out, "class", difference.class.as_ref(), Clone::clone);
    if difference.change == Change::Changed {
        sides(out, "security", difference.security.as_ref(), Clone::clone);
    }
    sides(out, "flags", difference.flags.as_ref(), |flags| format!("{flags:#06x}"));
    sides(out, "written", difference.written.as_ref(), ToString::to_string);
    for value in &difference.values {
        value_lines(value, out);
    }
}

fn value_lines(difference: &ValueDifference, out: &mut Output) {
    for (sign, side) in [('-', &difference.before), ('+', &difference.after)] {
        if let Some(side) = side {
            out.line(format!("    {sign} {} {} {}", value_name(&side.name), side.kind, data(side)));
        }
    }
}

fn data(value: &ValueData) -> impl Display {
    match &value.text {
        Some(text) => printable(text).into_owned(),
        None => format!("{}, sha256 {}", count(value.size as u64, "byte"), value.sha256),
    }
}
