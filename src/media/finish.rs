//! The end of a refresh: receipts, the tree into its place, the ISO image of it.

use super::FileChange;
use super::iso::Iso;
use super::medium::Medium;
use super::refresh::Work;
use super::report::RefreshReport;
use crate::base::{Replacement, document};
use crate::error::{Error, ErrorKind, Result};
use std::io::Write as _;
use std::path::Path;

impl Work<'_> {
    /// Receipts, then the tree into its place, then the ISO image of it.
    pub(super) fn finish(mut self, out: &Path, iso: Option<&Iso>) -> Result<RefreshReport> {
        let Some(place) = &self.place else { return Ok(self.report) };
        if self.report.changed.iter().all(|f| f.change == FileChange::Same) {
            let why = self.report.images.iter().find_map(|i| i.reason.clone()).unwrap_or_default();
            let nothing = Error::new(ErrorKind::NotApplicable, format!("nothing would change: {why}"));
            return Err(self.report.failure().unwrap_or(nothing));
        }
        let default = || {
            out.with_file_name(format!("{}.receipts", out.file_name().unwrap_or_default().to_string_lossy()))
        };
        let receipts = self.options.receipts.clone().unwrap_or_else(default);
        std::fs::create_dir_all(&receipts).map_err(|e| Error::io("make the folder", &receipts, e))?;
        for record in &mut self.report.images {
            let Some(receipt) = &mut record.receipt_data else { continue };
            // The medium's names, instead of those of the work folder.
            let below = |root: &Path| root.join(&record.path).display().to_string();
            receipt.image.path = below(&self.medium.root);
            receipt.image.output = below(out);
            let path = receipts.join(format!("{}.json", record.role.name()));
            write(&path, &receipt.to_json())?;
            record.receipt = Some(path.display().to_string());
        }
        self.report.receipts = Some(receipts.display().to_string());
        self.progress.check()?;
        let tree = place.path("tree");
        if out.symlink_metadata().is_ok() {
            let e = Error::new(ErrorKind::AlreadyExists, "was made by somebody else meanwhile");
            return Err(e.with_path(out.display()));
        }
        std::fs::rename(&tree, out).map_err(|e| Error::io("put the new tree into its place", out, e))?;
        sync_folder(out.parent().unwrap_or(out));
        self.report.written = true;
        self.place = None;
        if let Some(iso) = iso {
            let made =
                Medium::open(out, &self.options.limits).and_then(|tree| iso.make(out, &tree, self.progress));
            let record = made.map_err(|e| {
                let why = format!("the new tree is whole, the ISO image of it was not made: {}", e.message());
                Error::new(e.kind(), why).with_path(iso.path().display())
            })?;
            if record.format != "udf" && !record.large_files.is_empty() {
                self.report.notes.push(format!(
                    "{} has 4 GiB or more and lies in several extents of the ISO image, which not everything reads; Microsoft's \
                     media have UDF for that, which genisoimage writes where it is installed. `wright split` makes parts of an \
                     install image",
                    record.large_files.join(", ")
                ));
            }
            self.report.iso = Some(record);
        }
        let text = document("media-refresh", &self.report, true)?;
        write(&receipts.join("media.json"), &text)?;
        Ok(self.report)
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    let new = Replacement::begin(path)?;
    new.file().write_all(text.as_bytes()).map_err(|e| Error::io("write the receipt", path, e))?;
    new.finish()
}

/// The rename is on the disk when its folder is; where a folder cannot be synced nothing is lost but time.
fn sync_folder(path: &Path) {
    if cfg!(unix) {
        let _ = std::fs::File::open(path).and_then(|f| f.sync_all());
    }
}
