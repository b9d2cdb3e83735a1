//! `wright ls`: what lies in a folder of an image.

use super::Outcome;
use super::references::References;
use crate::Context;
use serde::Serialize;
use std::path::PathBuf;
use wimwright::base::{ImagePath, Sha1Digest};
use wimwright::wim::WimFile;
use wimwright::wim::metadata::{DentryId, Metadata};
use wimwright::wim::xml::FileTime;
use wimwright::{Error, ErrorKind};

/// List a folder of an image
#[derive(clap::Args)]
pub struct Args {
    /// The image file
    wim: PathBuf,
    /// The image's number, from 1
    index: u32,
    /// The folder or file in the image, `\` or `/` between names [default: the root]
    #[arg(default_value = "", hide_default_value = true)]
    path: String,
    /// Everything below it too
    #[arg(long, short)]
    recursive: bool,
    /// Attributes, size and time beside the name
    #[arg(long, short)]
    long: bool,
    #[command(flatten)]
    references: References,
}

#[derive(Serialize)]
struct Listing {
    image: String,
    index: u32,
    path: String,
    entries: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    path: String,
    name: String,
    short_name: Option<String>,
    directory: bool,
    attributes: u32,
    size: u64,
    sha1: Option<Sha1Digest>,
    created: FileTime,
    modified: FileTime,
    links: u32,
    reparse_tag: Option<u32>,
    streams: Vec<Stream>,
}

#[derive(Serialize)]
struct Stream {
    name: String,
    size: u64,
    sha1: Option<Sha1Digest>,
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> Outcome {
    let wim = args.references.open(&args.wim)?;
    let metadata = wim.image(args.index)?;
    let path = ImagePath::parse(&args.path)?;
    let start = metadata.lookup(&path).ok_or_else(|| {
        let e = Error::new(ErrorKind::NotFound, format!("image {} has no such entry", args.index));
        e.with_path(&path).within(wim.name())
    })?;
    let shown: Box<dyn Iterator<Item = DentryId>> = if args.recursive {
        Box::new(metadata.walk(start).filter(|id| *id != metadata.root()))
    } else if metadata.inode_of(start).is_dir() {
        Box::new(metadata.dentry(start).children().iter().copied())
    } else {
        Box::new(std::iter::once(start))
    };
    let out = &mut context.output;
    if out.json() {
        let entries = shown.map(|id| entry(&wim, &metadata, id)).collect();
        out.document(&Listing { image: wim.name(), index: args.index, path: path.to_string(), entries });
        return Ok(());
    }
    for id in shown {
        if out.closed() {
            break;
        }
        let name = if args.recursive {
            metadata.path(id).to_string()
        } else {
            metadata.dentry(id).name().to_string()
        };
        if args.long {
            let entry = entry(&wim, &metadata, id);
            let kind = flags(entry.attributes);
            out.line(format!("{kind} {:>14}  {}  {name}", entry.size, entry.modified));
        } else {
            out.line(name);
        }
    }
    Ok(())
}

fn entry(wim: &WimFile, metadata: &Metadata, id: DentryId) -> Entry {
    let (dentry, inode) = (metadata.dentry(id), metadata.inode_of(id));
    let known = |sha1: Sha1Digest| (!sha1.is_zero()).then_some(sha1);
    let size = |sha1: Sha1Digest| wim.blob(&sha1).map_or(0, |blob| blob.size);
    let streams = inode.named_streams().map(|s| Stream {
        name: s.name().to_string(),
        size: size(s.sha1()),
        sha1: known(s.sha1()),
    });
    Entry {
        path: metadata.path(id).to_string(),
        name: dentry.name().to_string(),
        short_name: (!dentry.short_name().is_empty()).then(|| dentry.short_name().to_string()),
        directory: inode.is_dir(),
        attributes: inode.attributes(),
        size: size(inode.data_sha1()),
        sha1: known(inode.data_sha1()),
        created: FileTime(inode.times().creation),
        modified: FileTime(inode.times().write),
        links: inode.links(),
        reparse_tag: inode.reparse_tag(),
        streams: streams.collect(),
    }
}

/// `d` directory, `l` reparse point, then read-only, hidden, system, archive, compressed.
fn flags(attributes: u32) -> String {
    const LETTERS: [(u32, char); 7] =
        [(0x10, 'd'), (0x400, 'l'), (0x1, 'r'), (0x2, 'h'), (0x4, 's'), (0x20, 'a'), (0x800, 'c')];
    LETTERS.iter().map(|(bit, letter)| if attributes & bit == 0 { '-' } else { *letter }).collect()
}
