//! `wright info`: images, editions, versions, sizes, compression.

use super::Outcome;
use crate::Context;
use crate::output::{count, size};
use std::path::PathBuf;
use wimwright::wim::{OpenOptions, WimFile};

/// Show the images of a WIM, ESD or split set: editions, versions, sizes, compression
#[derive(clap::Args)]
pub struct Args {
    /// The image file; of a split set, the first part
    wim: PathBuf,
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context) -> Outcome {
    let info = WimFile::open(&args.wim, &OpenOptions::new())?.info()?;
    let out = &mut context.output;
    if out.json() {
        out.document(&info);
        return Ok(());
    }
    out.line(args.wim.display());
    let parts = if info.parts > 1 { format!(", {} parts", info.parts) } else { String::new() };
    let solid = if info.solid { ", solid" } else { "" };
    out.line(format!(
        "{}, {} in the file{parts}, compression {}{solid}",
        count(info.images.len() as u64, "image"),
        size(info.size),
        info.compression
    ));
    if info.boot_index > 0 {
        out.line(format!("boot index {}", info.boot_index));
    }
    for image in &info.images {
        out.line("");
        out.line(format!("{:>3}  {}", image.index, image.name));
        let mut tell = |what: &str, value: Option<String>| {
            if let Some(value) = value.filter(|v| !v.is_empty()) {
                out.line(format!("     {what:<14}{value}"));
            }
        };
        tell("description", Some(image.description.clone()));
        tell("edition", image.edition_id.clone());
        tell("architecture", image.arch_name().map(str::to_owned));
        tell("version", image.version.map(|v| v.to_string()));
        tell("installation", image.installation_type.clone());
        tell("languages", Some(image.languages.join(", ")));
        tell("files", Some(format!("{} in {}", image.file_count, count(image.dir_count, "folder"))));
        tell("size", Some(size(image.total_bytes)));
        tell("created", image.creation_time.map(|t| t.to_string()));
        tell("modified", image.last_modification_time.map(|t| t.to_string()));
    }
    Ok(())
}
