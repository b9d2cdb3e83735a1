//! Windows RE: taken out of the install image once, and put back into every serviced index as one blob.

use super::report::{Role, WinreRecord};
use crate::base::{ImagePath, ImageTree as _, Progress, Sha1Digest};
use crate::error::{Error, Result};
use crate::wim::commit::{CommitOptions, commit};
use crate::wim::overlay::{Content, Overlay};
use crate::wim::{OpenOptions, WimFile};
use std::path::Path;

/// Where an index has it.
const PATH: &str = r"Windows\System32\Recovery\Winre.wim";

/// Looks for Windows RE in `indexes`. The first index that has it lends it; `None` where none has.
pub(super) fn find(install: &WimFile, indexes: &[u32]) -> Result<Option<WinreRecord>> {
    let path = ImagePath::parse(PATH)?;
    let mut record: Option<WinreRecord> = None;
    let mut without = Vec::new();
    for &index in indexes {
        let there = install.view(index)?.stat(&path)?.filter(|e| !e.is_dir && !e.sha1.is_zero());
        let Some(entry) = there else {
            without.push(index);
            continue;
        };
        let record = record.get_or_insert_with(|| WinreRecord {
            path: path.to_string(),
            index,
            before: entry.sha1,
            after: None,
            indexes: Vec::new(),
            differed: Vec::new(),
            without: Vec::new(),
        });
        record.indexes.push(index);
        if entry.sha1 != record.before {
            record.differed.push(index);
        }
    }
    Ok(record.map(|record| WinreRecord { without, ..record }))
}

/// What reports call it.
pub(super) fn name(install: &str, record: &WinreRecord) -> String {
    format!("{install}: index {}: {}", record.index, record.path)
}

/// Writes it to `to`.
pub(super) fn take_out(
    install: &WimFile,
    record: &WinreRecord,
    to: &Path,
    progress: &Progress,
) -> Result<()> {
    let blob = install.view(record.index)?.blob(&ImagePath::parse(&record.path)?)?;
    let meter = progress.begin(crate::base::Phase::Extract, 1, blob.size());
    let failed = |e| Error::io("write Windows RE", to, e);
    let mut file = std::fs::File::create(to).map_err(failed)?;
    let mut from = blob.open()?;
    let size = std::io::copy(&mut from, &mut file).map_err(|e| Error::from_io("read Windows RE", e))?;
    meter.done(Role::Winre.name(), size)
}

/// Puts the Windows RE at `winre` into the record's indexes of the install image at `from`: into `output`, or in place.
pub(super) fn put_back(
    from: &Path,
    output: Option<&Path>,
    winre: &Path,
    record: &mut WinreRecord,
    progress: &Progress,
) -> Result<()> {
    let wim = WimFile::open(from, &OpenOptions::new())?;
    let path = ImagePath::parse(&record.path)?;
    let sha1 = sha1_of(winre, progress)?;
    let content = Content::with_sha1(Content::file(winre)?.blob().clone(), sha1);
    let mut overlays = Vec::new();
    for &index in &record.indexes {
        let mut overlay = Overlay::new(&wim, index)?;
        overlay.put(&path, content.clone())?;
        overlays.push(overlay);
    }
    let options = CommitOptions { output: output.map(Path::to_owned), ..CommitOptions::new() };
    commit(&wim, overlays, &options, progress)?;
    record.after = Some(sha1);
    Ok(())
}

fn sha1_of(path: &Path, progress: &Progress) -> Result<Sha1Digest> {
    use std::io::Read as _;
    let failed = |e| Error::io("read Windows RE", path, e);
    let mut file = std::fs::File::open(path).map_err(failed)?;
    let (mut hasher, mut piece) = (crate::base::Sha1Hasher::default(), vec![0; 1 << 20]);
    loop {
        progress.check()?;
        match file.read(&mut piece).map_err(failed)? {
            0 => return Ok(hasher.finish()),
            n => hasher.update(&piece[..n]),
        }
    }
}
