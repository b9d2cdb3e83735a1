//! `wright cat`: the contents of one file of an image.

use super::Outcome;
use super::references::References;
use crate::Context;
use serde_json::json;
use std::path::PathBuf;
use wimwright::base::ImagePath;
use wimwright::{Error, ErrorKind};

/// Print a file of an image
#[derive(clap::Args)]
pub struct Args {
    /// The image file
    wim: PathBuf,
    /// The image's number, from 1
    index: u32,
    /// The file in the image, `\` or `/` between names
    path: String,
    #[command(flatten)]
    references: References,
}

/// Runs the command. With `--json` the contents are a string where they are UTF-8, else an array of bytes.
pub fn run(args: &Args, context: &mut Context) -> Outcome {
    let wim = args.references.open_or_pipe(&args.wim)?;
    let metadata = wim.image(args.index)?;
    let path = ImagePath::parse(&args.path)?;
    let fail = |kind, what: &str| Error::new(kind, what).with_path(&path).within(wim.name());
    let id = metadata
        .lookup(&path)
        .ok_or_else(|| fail(ErrorKind::NotFound, &format!("image {} has no such entry", args.index)))?;
    let inode = metadata.inode_of(id);
    if inode.is_dir() {
        return Err(fail(ErrorKind::InvalidArgument, "is a folder, not a file").into());
    }
    let sha1 = inode.data_sha1();
    let blob = match wim.blob(&sha1) {
        Some(blob) => Some(*blob),
        None if sha1.is_zero() => None,
        None => {
            let what = format!(
                "its contents (blob {sha1}) are not in the WIM; of a delta WIM, --ref names the WIMs that have the rest"
            );
            return Err(fail(ErrorKind::MissingPayload, &what).into());
        }
    };
    let out = &mut context.output;
    if out.json() {
        let limit = wim.limits().max_buffer;
        let contents = blob.map(|blob| wim.read_blob_to_vec(&blob, limit)).transpose()?.unwrap_or_default();
        let contents = match String::from_utf8(contents) {
            Ok(text) => json!(text),
            Err(e) => json!(e.into_bytes()),
        };
        let size = blob.map_or(0, |blob| blob.size);
        let sha1 = Some(sha1).filter(|sha1| !sha1.is_zero());
        out.document(&json!({
            "image": wim.name(),
            "index": args.index,
            "path": path.to_string(),
            "size": size,
            "sha1": sha1,
            "contents": contents,
        }));
    } else if let Some(blob) = blob {
        let progress = &context.progress;
        let printed = wim.read_blob(&blob, &mut |part| {
            out.bytes(part);
            if out.closed() {
                return Err(Error::new(ErrorKind::Cancelled, "nobody reads the output"));
            }
            progress.check()
        });
        if !out.closed() {
            printed?;
        }
    }
    Ok(())
}
