//! What is changed of a package without touching its content: texts, which version is published, whether it is there.

use super::{SetOptions, check_texts};
use crate::error::{Error, ErrorKind, Result};
use crate::site::Site;
use crate::site::model::{Found, Package, PackageIndex, PackageVersion, ScheduleState};
use serde::Serialize;

/// What removing a package or an update let go.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Removed {
    /// What was removed.
    pub removed: String,
    /// Contents that nothing else used.
    pub blobs: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl Site {
    /// All packages, by name.
    pub fn packages(&self) -> Result<Vec<Package>> {
        self.db.read(|tx| tx.packages())
    }

    /// The versions of a package's content, the newest first.
    pub fn versions(&self, package: &Package) -> Result<Vec<PackageVersion>> {
        self.db.read(|tx| tx.versions(package.id))
    }

    /// The indexes of a package's published version.
    pub fn indexes(&self, package: &Package) -> Result<Vec<PackageIndex>> {
        self.db.read(|tx| tx.published(package.id)?.map_or(Ok(Vec::new()), |v| tx.indexes(v.id)))
    }

    /// The packages that the indexes of the published version had installed when it was made.
    pub fn found(&self, package: &Package) -> Result<Vec<Found>> {
        self.db.read(|tx| tx.published(package.id)?.map_or(Ok(Vec::new()), |v| tx.found(v.id)))
    }

    /// Changes a package's texts, its source folder, or how many versions are kept.
    pub fn set_package(&self, package: &Package, options: &SetOptions) -> Result<Package> {
        let _lock = self.lock_package(package)?;
        let mut new = package.clone();
        let take = |to: &mut String, from: &Option<String>| from.iter().for_each(|f| to.clone_from(f));
        take(&mut new.name, &options.name);
        take(&mut new.version, &options.version);
        take(&mut new.comment, &options.comment);
        check_texts(&new.name, &new.version, &new.comment)?;
        if let Some(source) = &options.source {
            let path = std::fs::canonicalize(source).map_err(|e| Error::io("open the folder", source, e))?;
            new.source = path.display().to_string();
        }
        if let Some(keep) = options.keep {
            if keep == 0 {
                let why = "at least one version is kept: the published one";
                return Err(Error::new(ErrorKind::InvalidArgument, why));
            }
            new.keep = keep;
        }
        let version = self.db.write(|tx| {
            if tx.package_named(&new.name)?.is_some_and(|other| other.id != new.id) {
                let why = format!("there is a package '{}' already", new.name);
                return Err(Error::new(ErrorKind::AlreadyExists, why));
            }
            tx.set_package(&new)?;
            tx.prune(new.id, new.keep)?;
            tx.published(new.id)
        })?;
        if let Some(version) = version {
            self.write_version_lists(new.id, version.id)?;
        }
        self.log.info("package", &[("package", &package.name), ("name", &new.name)], "changed");
        self.tidy()?;
        self.package(&new.id.to_string())
    }

    /// Publishes an older version of a package's content again: the one before the published one, or the one of this number.
    /// The newer ones stay until they are too many.
    pub fn rollback_package(&self, package: &Package, to: Option<u32>) -> Result<Package> {
        let _lock = self.lock_package(package)?;
        let refuse = |why: String| Err(Error::new(ErrorKind::NotFound, why).with_path(&package.name));
        let (version, number) = self.db.write(|tx| {
            let versions = tx.versions(package.id)?;
            let published = versions.iter().find(|v| v.published).map_or(0, |v| v.number);
            let kept = || versions.iter().filter(|v| v.kept);
            let wanted = match to {
                Some(number) => kept().find(|v| v.number == number),
                None => kept().find(|v| v.number < published),
            };
            let Some(wanted) = wanted else {
                let list: Vec<String> = kept().map(|v| v.number.to_string()).collect();
                let what = to.map_or("older version".into(), |n| format!("version {n}"));
                return refuse(format!("no {what} is kept; kept are: {}", list.join(", ")));
            };
            tx.publish(package.id, wanted.id)?;
            Ok((wanted.id, wanted.number))
        })?;
        self.write_version_lists(package.id, version)?;
        let (from, to) = (package.published.to_string(), number.to_string());
        self.log.info("package", &[("package", &package.name), ("from", &from), ("to", &to)], "rolled back");
        self.package(&package.id.to_string())
    }

    /// Removes a package and what only it uses. The records of its runs stay. Refused while a distribution point has it or
    /// a schedule for it is waiting.
    pub fn remove_package(&self, package: &Package) -> Result<Removed> {
        let _lock = self.lock_package(package)?;
        let refuse = |why: String| Err(Error::new(ErrorKind::Busy, why).with_path(&package.name));
        let before = self.db.read(|tx| tx.library_size())?;
        self.db.write(|tx| {
            let points: Vec<String> =
                tx.distributions(Some(package.id))?.into_iter().map(|d| d.point).collect();
            if !points.is_empty() {
                return refuse(format!(
                    "is on distribution points ({}); take it away there first (`wright site withdraw`)",
                    points.join(", ")
                ));
            }
            let waiting = [ScheduleState::Scheduled, ScheduleState::Running];
            let schedules = tx.schedules()?;
            let mine = schedules.iter().find(|s| s.package == package.id && waiting.contains(&s.state));
            if let Some(schedule) = mine {
                return refuse(format!("schedule {} waits for it; cancel that first", schedule.id));
            }
            tx.remove_package(package.id)
        })?;
        self.log.info("package", &[("package", &package.name)], "removed");
        self.tidy()?;
        let after = self.db.read(|tx| tx.library_size())?;
        Ok(Removed {
            removed: package.name.clone(),
            blobs: before.0.saturating_sub(after.0),
            bytes: before.1.saturating_sub(after.1),
        })
    }
}
