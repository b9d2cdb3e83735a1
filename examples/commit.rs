//! Adds the files below a folder to an image, in place or to another file, and prints what was done.
//!
//! usage: commit WIM INDEX FOLDER DEST-IN-IMAGE [--level N] [--output NEW.wim] [--threads N]

use std::path::{Path, PathBuf};
use wimwright::base::{ImagePath, Name, Progress};
use wimwright::wim::commit::{CommitOptions, commit};
use wimwright::wim::overlay::{Content, Overlay};
use wimwright::wim::{OpenOptions, WimFile};

type AnyError = Box<dyn std::error::Error>;

fn main() -> Result<(), AnyError> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [wim, index, folder, dest, rest @ ..] = args.as_slice() else {
        return Err(
            "usage: commit WIM INDEX FOLDER DEST-IN-IMAGE [--level N] [--output F] [--threads N]".into()
        );
    };
    let mut options = CommitOptions::new();
    for pair in rest.chunks(2) {
        match pair {
            [flag, value] if flag == "--level" => options.level = Some(value.parse()?),
            [flag, value] if flag == "--output" => options.output = Some(PathBuf::from(value)),
            [flag, value] if flag == "--threads" => options.threads = Some(value.parse()?),
            other => return Err(format!("{other:?} is not understood").into()),
        }
    }
    // The contents are made once and given to every image, so that they are read and hashed once too.
    let mut contents = Vec::new();
    collect(Path::new(folder), &ImagePath::parse(dest)?, &mut contents)?;
    let wim = WimFile::open(wim, &OpenOptions::new())?;
    let mut overlays = Vec::new();
    for index in index.split(',') {
        let mut overlay = Overlay::new(&wim, index.parse()?)?;
        for (path, content) in &contents {
            match content {
                Some(content) => overlay.put(path, content.clone())?,
                None => overlay.mkdir(path)?,
            }
        }
        overlays.push(overlay);
    }
    let report = commit(&wim, overlays, &options, &Progress::none())?;
    println!("{}", serde_json::to_string_pretty(&report)?);
    Ok(())
}

fn collect(
    folder: &Path,
    to: &ImagePath,
    out: &mut Vec<(ImagePath, Option<Content>)>,
) -> Result<(), AnyError> {
    let mut entries: Vec<_> = std::fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name =
            entry.file_name().into_string().map_err(|name| format!("{} is not Unicode", name.display()))?;
        let to = to.join(Name::from(name.as_str()));
        if entry.file_type()?.is_dir() {
            out.push((to.clone(), None));
            collect(&entry.path(), &to, out)?;
        } else {
            out.push((to, Some(Content::file(entry.path())?)));
        }
    }
    Ok(())
}
