//! The work of one run, in its order: choose, estimate, verify, service, publish.

use super::space;
use crate::base::{Progress, check_space, free_space};
use crate::error::{Error, ErrorKind, Result};
use crate::package::SignatureState;
use crate::service::{Session, SessionOptions};
use crate::site::db::{Ending, StoredContent};
use crate::site::model::{Package, PackageVersion, RunStatus, Schedule, ScheduleState, Update};
use crate::site::package::is_set_part;
use crate::site::{Site, clock, levels};
use crate::wim::write::{ExportOptions, export};
use crate::wim::{OpenOptions, WimFile};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// A run with all that it works with.
pub(super) struct Work<'a> {
    pub site: &'a Site,
    pub package: &'a Package,
    pub schedule: &'a Schedule,
    pub run: i64,
    pub folder: &'a Path,
    pub progress: &'a Progress,
}

/// Why a run stopped, and the update it stopped at.
pub(super) struct Stopped {
    pub error: Error,
    pub update: Option<String>,
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        Self { error, update: None }
    }
}

/// The images that a run works on.
pub(super) struct Base {
    pub version: PackageVersion,
    pub files: Vec<StoredContent>,
}

impl Work<'_> {
    pub fn execute(&self) -> Result<(), Stopped> {
        let base = self.base()?;
        let updates = self.selected()?;
        if updates.is_empty() {
            return Ok(self.end_without_work()?);
        }
        if !self.is_serviced()? {
            self.clear()?;
            self.estimate(&base, &updates)?;
            self.verify(&base, &updates)?;
            self.service(&base, &updates)?;
        }
        if self.schedule.remove_superseded {
            self.supersede(&base, &updates)?;
        }
        self.phase("publish")?;
        self.progress.check()?;
        self.publish(&base, &updates)
    }

    /// Takes away what an interrupted attempt left in the work folder.
    fn clear(&self) -> Result<()> {
        let failed = |e| Error::io("clean the work folder", self.folder, e);
        for entry in std::fs::read_dir(self.folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.is_dir() {
                std::fs::remove_dir_all(&path).map_err(failed)?;
            } else if !path.ends_with(crate::site::locks::LOCK) {
                crate::site::library::remove_file(&path)?;
            }
        }
        Ok(())
    }

    pub fn phase(&self, phase: &str) -> Result<()> {
        self.site.db.write(|tx| tx.set_phase(self.run, phase))?;
        let run = self.run.to_string();
        self.site.log.info(phase, &[("run", &run), ("package", &self.package.name)], "begins");
        Ok(())
    }

    /// The published version, which must be the one that the run began with.
    fn base(&self) -> Result<Base> {
        let run = self.site.run_record(self.run)?;
        let (version, files) = self.site.db.read(|tx| {
            let version = tx.published(self.package.id)?;
            let files = version.as_ref().map_or(Ok(Vec::new()), |v| tx.contents(v.id))?;
            Ok((version, files))
        })?;
        match version {
            Some(version) if version.number == run.from_version => Ok(Base { version, files }),
            _ => {
                let why =
                    "another version was published since the run began, so it cannot go on from where it was";
                Err(Error::new(ErrorKind::Busy, why).with_path(&self.package.name))
            }
        }
    }

    /// The updates: chosen when the run begins, the same ones when it is resumed.
    fn selected(&self) -> Result<Vec<Update>, Stopped> {
        let chosen = self.site.run_record(self.run)?.selected;
        if !chosen.is_empty() {
            let found = chosen.iter().map(|id| self.site.db.read(|tx| tx.update(*id)));
            let found: Vec<Update> = found.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
            if found.len() == chosen.len() {
                return Ok(found);
            }
            let why = "an update that the run works with was removed";
            return Err(Error::new(ErrorKind::NotFound, why).into());
        }
        self.phase("select")?;
        let updates = self.select()?;
        let ids: Vec<i64> = updates.iter().map(|u| u.id).collect();
        self.site.db.write(|tx| tx.set_selected(self.run, &ids))?;
        Ok(updates)
    }

    fn end_without_work(&self) -> Result<()> {
        let message = "no imported update is offered to the package; no new version was made";
        let next = Site::next_time(self.schedule)?;
        self.site.db.write(|tx| {
            tx.end_run(
                self.run,
                &Ending {
                    status: RunStatus::Success,
                    finished: &clock::now(),
                    to_version: None,
                    failed_update: None,
                    error: 0,
                    message: Some(message),
                    receipt: None,
                },
            )?;
            tx.settle_schedule(self.schedule.id, ScheduleState::Succeeded, next.as_deref())
        })?;
        let run = self.run.to_string();
        self.site.log.info("run", &[("run", &run), ("package", &self.package.name)], message);
        Ok(())
    }

    fn estimate(&self, base: &Base, updates: &[Update]) -> Result<()> {
        self.phase("estimate")?;
        let parts = base.files.iter().filter(|f| is_set_part(&f.path, &base.version.image));
        let needed = space::estimate(parts.map(|f| f.size).sum(), updates.iter().map(|u| u.size).sum());
        let free = free_space(self.folder);
        let told = free.map_or("unknown".to_owned(), |f| f.to_string());
        let (run, needs) = (self.run.to_string(), needed.to_string());
        self.site.log.info("estimate", &[("run", &run), ("needed", &needs), ("free", &told)], "bytes");
        check_space(free, needed, &self.site.root)
    }

    /// Hashes the library's copies of the package and the updates again: what was tampered with is not serviced.
    fn verify(&self, base: &Base, updates: &[Update]) -> Result<()> {
        self.phase("verify")?;
        let mut files = base.files.clone();
        files.extend(updates.iter().map(|u| StoredContent {
            path: u.file.clone(),
            modified: 0,
            sha256: u.sha256,
            size: u.size,
        }));
        let damaged = self.site.damaged(&files, self.progress)?;
        let Some(first) = damaged.first() else { return Ok(()) };
        let more = if damaged.len() > 1 {
            format!(" (and {} more files)", damaged.len() - 1)
        } else {
            String::new()
        };
        Err(Error::new(ErrorKind::HashMismatch, format!("{}{more}", first.reason)).with_path(&first.path))
    }

    /// The image that servicing makes, and its receipt.
    pub fn output(&self) -> (PathBuf, PathBuf) {
        (self.folder.join("serviced.wim"), self.folder.join("receipt.json"))
    }

    /// Whether an interrupted run came so far that its image and receipt are whole.
    fn is_serviced(&self) -> Result<bool> {
        let (image, receipt) = self.output();
        if !image.is_file() || !receipt.is_file() {
            return Ok(false);
        }
        let wanted = read_receipt(&receipt)?["image"]["after"]["sha256"].as_str().map(str::to_owned);
        let meter = self.progress.begin(crate::base::Phase::Hash, 1, 0);
        let (found, _) = crate::site::library::digest_file(&image, &meter)?;
        Ok(wanted.is_some_and(|w| w == found.to_string()))
    }

    /// Where the updates lie for the session, by the path that its receipt names them by.
    pub fn update_paths(&self, updates: &[Update]) -> HashMap<String, i64> {
        updates.iter().map(|u| (self.update_path(u).display().to_string(), u.id)).collect()
    }

    fn update_path(&self, update: &Update) -> PathBuf {
        self.folder.join(format!("update-{}", update.id)).join(&update.file)
    }

    fn service(&self, base: &Base, updates: &[Update]) -> Result<(), Stopped> {
        self.phase("service")?;
        let (output, receipt) = self.output();
        let image = self.base_image(base)?;
        self.session(&image, output, receipt, updates)
    }

    /// The images that the run began with, as one file.
    pub fn base_image(&self, base: &Base) -> Result<PathBuf> {
        let source = self.folder.join("image");
        let mut image =
            self.site.materialise_image(&base.version.image, &base.files, &source, self.progress)?;
        if image.extension().is_some_and(|e| e.eq_ignore_ascii_case("swm")) {
            // A split set cannot be changed: it is joined first.
            let wim = WimFile::open(&image, &OpenOptions::new())?;
            let joined = self.folder.join("joined.wim");
            let all: Vec<u32> = (1..=wim.image_count()).collect();
            let mut options = ExportOptions::new();
            options.replace = true;
            export(&wim, &all, &joined, &options, self.progress)?;
            image = joined;
        }
        Ok(image)
    }

    /// Services `image` with `updates` into the file `output`.
    pub fn session(
        &self,
        image: &Path,
        output: PathBuf,
        receipt: PathBuf,
        updates: &[Update],
    ) -> Result<(), Stopped> {
        let options = SessionOptions {
            level: levels::parse(&self.schedule.level)?,
            output: Some(output),
            receipt: Some(receipt),
            continue_on_error: self.schedule.continue_on_error,
            force_undecided: self.schedule.force_undecided,
            accept_partial: self.schedule.accept_partial,
            temporary: Some(self.folder.to_owned()),
            ..SessionOptions::default()
        };
        let mut session = Session::open(image, options)?;
        for update in updates {
            let named = |error: Error| Stopped { error, update: Some(update.file.clone()) };
            let folder = self.folder.join(format!("update-{}", update.id));
            let path = self.site.materialise(&update.sha256, &folder, update.file.as_ref()).map_err(named)?;
            // What was imported with a broken signature was so on purpose.
            session.set_allow_broken_signature(update.signature == SignatureState::Broken.name());
            session.add_update(&path, self.progress).map_err(named)?;
        }
        session.commit(self.progress).map_err(|error| {
            // The reason names the update, where it is one's fault.
            let path = error.path().unwrap_or_default().to_owned();
            let update =
                updates.iter().find(|u| path.starts_with(&self.update_path(u).display().to_string()));
            Stopped { error, update: update.map(|u| u.file.clone()) }
        })?;
        Ok(())
    }
}

/// A receipt, as JSON.
pub(super) fn read_receipt(path: &Path) -> Result<serde_json::Value> {
    let data = std::fs::read(path).map_err(|e| Error::io("read the receipt", path, e))?;
    serde_json::from_slice(&data)
        .map_err(|e| Error::malformed("is no receipt").with_path(path.display()).with_source(e))
}
