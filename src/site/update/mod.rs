//! Updates: imported once, inspected once, linked with those that they supersede; offered to packages.

mod classify;
mod import;
mod materialise;
mod offer;

pub use import::{ImportFailure, ImportOptions, ImportReport};
pub use offer::{Offer, OfferEntry};

pub(super) use offer::{Answer, merge, parse_hresult};

use super::Site;
use super::model::Update;
use super::package::Removed;
use crate::error::{Error, ErrorKind, Result};

///
/// ```
/// use wimwright::base::Progress;
/// use wimwright::site::{AddOptions, ImportOptions, ImportReport, Site};
///
#[doc = include_str!("../../../docs/doctest/image.md")]
#[doc = include_str!("../../../docs/doctest/media.md")]
#[doc = include_str!("../../../docs/doctest/update.md")]
/// # let dir = tempfile::tempdir()?;
/// # let media = sample_media(dir.path(), &sample_image(dir.path())?)?;
/// # let progress = Progress::none();
/// let site = Site::init(dir.path().join("site"))?;
/// let report: ImportReport = site.import_updates(&[sample_update(dir.path())?], &ImportOptions::default(), &progress)?;
/// assert!(report.imported.len() == 1 && report.outcome().is_ok());
/// let update = site.update("KB9999999")?;
/// assert!(site.inspection(&update)?.contains("Package_for_KB9999999"));
/// assert_eq!((site.updates()?.len(), site.update_list()?.updates.len()), (1, 1));
///
/// // What applies to which index of a package, and why the rest does not.
/// let options = AddOptions { name: "Windows 10".into(), ..AddOptions::default() };
/// let package = site.add_package(&media, &options, &progress)?;
/// let offer = site.offer(&package, &progress)?;
/// assert!(offer.updates[0].offered, "{}", offer.updates[0].status.reason);
/// assert_eq!(site.offered_updates(&package, &progress)?.updates[0].id, update.id);
/// assert_eq!(site.status(&package, Some(1))?.len(), site.status_list(&package, None)?.updates.len());
/// assert!(site.remove_update(&update)?.blobs > 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl Site {
    /// All updates, in the order of their import.
    pub fn updates(&self) -> Result<Vec<Update>> {
        self.db.read(|tx| tx.updates())
    }

    /// The update of this number, article (`KB...`), file name or digest. An article that several have is refused.
    pub fn update(&self, name: &str) -> Result<Update> {
        if let Ok(id) = name.parse::<i64>()
            && let Some(update) = self.db.read(|tx| tx.update(id))?
        {
            return Ok(update);
        }
        let all = self.updates()?;
        let found: Vec<&Update> = all
            .iter()
            .filter(|u| {
                u.kb.as_ref().is_some_and(|kb| kb.eq_ignore_ascii_case(name))
                    || u.file.eq_ignore_ascii_case(name)
                    || u.sha256.to_string().eq_ignore_ascii_case(name)
            })
            .collect();
        match found[..] {
            [update] => Ok(update.clone()),
            [] => {
                Err(Error::new(ErrorKind::NotFound, format!("there is no update '{name}'; import it first")))
            }
            [..] => {
                let list: Vec<String> = found.iter().map(|u| format!("{} ({})", u.id, u.file)).collect();
                let why =
                    format!("'{name}' is the name of several updates; give a number: {}", list.join(", "));
                Err(Error::new(ErrorKind::InvalidArgument, why))
            }
        }
    }

    /// What inspecting the update gave when it was imported: the document of `wright inspect`.
    pub fn inspection(&self, update: &Update) -> Result<String> {
        Ok(self.db.read(|tx| tx.inspection(update.id))?.unwrap_or_default())
    }

    /// Removes an update. Refused while a schedule that is not over names it.
    pub fn remove_update(&self, update: &Update) -> Result<Removed> {
        let before = self.db.read(|tx| tx.library_size())?;
        self.db.write(|tx| {
            let schedules = tx.schedules_with(update.id)?;
            if let Some(schedule) = schedules.first() {
                let why = format!("schedule {schedule} names it; cancel that first");
                return Err(Error::new(ErrorKind::Busy, why).with_path(&update.file));
            }
            tx.remove_update(update.id)
        })?;
        self.log.info("update", &[("update", &update.file)], "removed");
        self.tidy()?;
        let after = self.db.read(|tx| tx.library_size())?;
        Ok(Removed {
            removed: update.file.clone(),
            blobs: before.0.saturating_sub(after.0),
            bytes: before.1.saturating_sub(after.1),
        })
    }
}
