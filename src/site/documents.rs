//! The documents that a site's calls come to, as the command prints them and the C library gives them.

use super::Site;
use super::model::{
    Distribution, Found, Package, PackageIndex, PackageVersion, Point, Run, RunStatus, Schedule, Update,
    UpdateStatus,
};
use super::package::Check;
use super::point::Validation;
use super::run::RunMode;
use super::update::ImportReport;
use super::upkeep::SiteVerify;
use crate::base::Progress;
use crate::error::{Error, ErrorKind, Result};
use serde::Serialize;
use std::path::Path;

/// Every package.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct PackageList {
    /// The packages.
    pub packages: Vec<Package>,
}

/// A package and what is known of its content.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct PackageDetails {
    /// The package.
    #[serde(flatten)]
    pub package: Package,
    /// The indexes of its image.
    pub indexes: Vec<PackageIndex>,
    /// The versions of its content, the newest first.
    pub versions: Vec<PackageVersion>,
    /// What its indexes had installed at import, where that was asked for.
    pub installed: Vec<Found>,
}

/// Updates.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct UpdateList {
    /// The updates.
    pub updates: Vec<Update>,
}

/// What is known of a package's updates.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct StatusList {
    /// The package's name.
    pub package: String,
    /// The published version of its content.
    pub version: u32,
    /// An entry for each update and index.
    pub updates: Vec<UpdateStatus>,
}

/// Every schedule.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ScheduleList {
    /// The schedules, the oldest first.
    pub schedules: Vec<Schedule>,
}

/// Servicing runs.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct RunList {
    /// The runs.
    pub runs: Vec<Run>,
}

/// Every distribution point.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct PointList {
    /// The points.
    pub points: Vec<Point>,
}

/// How packages stand on distribution points.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct DistributionList {
    /// An entry for each package and point.
    pub distributions: Vec<Distribution>,
}

/// What validating a package's content found.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ValidationList {
    /// An entry for each point.
    pub validations: Vec<Validation>,
}

/// A report that was written.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ReportFile {
    /// The file.
    pub path: String,
    /// Its bytes.
    pub bytes: u64,
}

/// What is done with a package on distribution points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// What they lack is sent.
    Distribute,
    /// All of it is sent again.
    Redistribute,
    /// It is taken away.
    Withdraw,
}

impl RunList {
    /// The first run that failed, or an update of which did, as an error.
    pub fn outcome(&self) -> Result<()> {
        let bad = |run: &&Run| run.status == RunStatus::Failed || run.failed_update.is_some();
        let Some(run) = self.runs.iter().find(bad) else { return Ok(()) };
        let message = run.message.clone().unwrap_or_default();
        Err(Error::new(ErrorKind::Io, message).with_path(format!("run {}", run.id)))
    }
}

impl ValidationList {
    /// The first content that is not whole, as an error.
    pub fn outcome(&self) -> Result<()> {
        let Some(bad) = self.validations.iter().flat_map(|v| &v.problems).next() else { return Ok(()) };
        Err(Error::new(bad.kind, &bad.reason).with_path(&bad.path))
    }
}

impl ImportReport {
    /// The first file that was not imported, as an error.
    pub fn outcome(&self) -> Result<()> {
        let Some(failed) = self.failed.first() else { return Ok(()) };
        Err(Error::new(failed.kind, &failed.reason).with_path(&failed.path))
    }
}

impl Check {
    /// The first difference or damage, as an error.
    pub fn outcome(&self) -> Result<()> {
        let Some(found) = self.differences.iter().chain(&self.damaged).next() else { return Ok(()) };
        let message = format!("{}: {}", found.change, found.reason);
        Err(Error::new(ErrorKind::HashMismatch, message).with_path(&found.path))
    }
}

impl SiteVerify {
    /// The first content that is not whole, as an error.
    pub fn outcome(&self) -> Result<()> {
        let Some(problem) = self.problems.first() else { return Ok(()) };
        Err(Error::new(problem.kind, &problem.reason).with_path(problem.sha256))
    }
}

impl Site {
    /// Every package, as a document.
    pub fn package_list(&self) -> Result<PackageList> {
        Ok(PackageList { packages: self.packages()? })
    }

    /// Every update, as a document.
    pub fn update_list(&self) -> Result<UpdateList> {
        Ok(UpdateList { updates: self.updates()? })
    }

    /// Every schedule, as a document.
    pub fn schedule_list(&self) -> Result<ScheduleList> {
        Ok(ScheduleList { schedules: self.schedules()? })
    }

    /// As [`Site::run`], as a document.
    pub fn run_list(&self, mode: RunMode, progress: &Progress) -> Result<RunList> {
        Ok(RunList { runs: self.run(mode, progress)? })
    }

    /// As [`Site::history`], as a document.
    pub fn history_list(&self, package: &str) -> Result<RunList> {
        Ok(RunList { runs: self.history(package)? })
    }

    /// Every distribution point, as a document.
    pub fn point_list(&self) -> Result<PointList> {
        Ok(PointList { points: self.points()? })
    }

    /// As [`Site::distributions`], as a document.
    pub fn distribution_list(&self, package: Option<&Package>) -> Result<DistributionList> {
        Ok(DistributionList { distributions: self.distributions(package)? })
    }

    /// A package and what is known of its content; with `installed` also what its indexes had at import.
    pub fn package_details(&self, package: &Package, installed: bool) -> Result<PackageDetails> {
        Ok(PackageDetails {
            package: package.clone(),
            indexes: self.indexes(package)?,
            versions: self.versions(package)?,
            installed: if installed { self.found(package)? } else { Vec::new() },
        })
    }

    /// The updates that are offered to a package.
    pub fn offered_updates(&self, package: &Package, progress: &Progress) -> Result<UpdateList> {
        let offer = self.offer(package, progress)?;
        let mut updates = self.updates()?;
        updates.retain(|u| offer.updates.iter().any(|e| e.offered && e.status.update == u.id));
        Ok(UpdateList { updates })
    }

    /// As [`Site::status`], with the package that it is of.
    pub fn status_list(&self, package: &Package, index: Option<u32>) -> Result<StatusList> {
        let updates = self.status(package, index)?;
        Ok(StatusList { package: package.name.clone(), version: package.published, updates })
    }

    /// Writes the report as [`Site::write_report`], and says how large it is.
    pub fn report_file(&self, out: &Path) -> Result<ReportFile> {
        self.write_report(out)?;
        let bytes = out.metadata().map_or(0, |m| m.len());
        Ok(ReportFile { path: out.display().to_string(), bytes })
    }

    /// The points of these names; without any, those that have the package.
    pub fn points_of(&self, package: &Package, names: &[String]) -> Result<Vec<Point>> {
        let there: Vec<String>;
        let names = if names.is_empty() {
            there = self.distributions(Some(package))?.into_iter().map(|d| d.point).collect();
            &there
        } else {
            names
        };
        if names.is_empty() {
            let why = "the package is on no distribution point yet; say which (--dp NAME)";
            return Err(Error::new(ErrorKind::InvalidArgument, why).with_path(&package.name));
        }
        names.iter().map(|name| self.point(name)).collect()
    }

    /// Does this with a package on every one of these points: how it stands afterwards, and the first failure. Only a
    /// cancel keeps the others from being tried.
    pub fn deliver(
        &self,
        what: Delivery,
        package: &Package,
        points: &[Point],
        progress: &Progress,
    ) -> Result<(DistributionList, Result<()>)> {
        let mut first = Ok(());
        for point in points {
            let done = match what {
                Delivery::Distribute => self.distribute(package, point, false, progress).map(|_| ()),
                Delivery::Redistribute => self.distribute(package, point, true, progress).map(|_| ()),
                Delivery::Withdraw => self.withdraw(package, point),
            };
            if let Err(e) = done {
                progress.check()?;
                first = first.and(Err(e.within(&point.name)));
            }
        }
        Ok((self.distribution_list(Some(package))?, first))
    }

    /// Validates a package's content on every one of these points.
    pub fn validate_all(
        &self,
        package: &Package,
        points: &[Point],
        progress: &Progress,
    ) -> Result<ValidationList> {
        let validations = points.iter().map(|point| self.validate(package, point, progress));
        Ok(ValidationList { validations: validations.collect::<Result<_>>()? })
    }
}
