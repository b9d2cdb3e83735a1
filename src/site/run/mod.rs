//! Servicing runs: what is due is done, what was interrupted is resumed or discarded, and all of it is on record.

mod execute;
mod publish;
mod select;
mod space;
mod supersede;
mod superseded;
mod watch;

use super::Site;
use super::clock;
use super::db::{Ending, NewRun};
use super::locks::Lock;
use super::model::{Package, Run, RunStatus, Schedule, ScheduleState};
use crate::base::Progress;
use crate::error::{Error, ErrorKind, Result};
use execute::Work;
use std::time::Duration;

/// How often an interrupted run is resumed before it is given up.
const ATTEMPTS: u32 = 5;
/// The daemon looks at least this often, since others add schedules.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long the daemon sleeps before it looks whether it is to stop.
const NAP: Duration = Duration::from_millis(200);

/// What a call of [`Site::run`] does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunMode {
    /// Resume what was interrupted, then run every schedule that is due.
    Due,
    /// Resume what was interrupted.
    Resume,
    /// Give up what was interrupted; what was published stays.
    Discard,
}

///
/// ```
/// use wimwright::base::Progress;
/// use wimwright::service::Level;
/// use wimwright::site::{
///     AddOptions, ImportOptions, RunList, RunMode, RunStatus, ScheduleOptions, Selection, Site, When, Zone,
/// };
///
#[doc = include_str!("../../../docs/doctest/image.md")]
#[doc = include_str!("../../../docs/doctest/media.md")]
#[doc = include_str!("../../../docs/doctest/update.md")]
/// # let dir = tempfile::tempdir()?;
/// # let media = sample_media(dir.path(), &sample_image(dir.path())?)?;
/// # let progress = Progress::none();
/// let site = Site::init(dir.path().join("site"))?;
/// site.import_updates(&[sample_update(dir.path())?], &ImportOptions::default(), &progress)?;
/// let package = AddOptions { name: "Windows 10".into(), ..AddOptions::default() };
/// let package = site.add_package(&media, &package, &progress)?;
/// let mut options = ScheduleOptions {
///     selection: Selection::AllApplicable,
///     when: When::Cron("0 3 * * WED#2".into()),
///     zone: Zone::from_name("Europe/Berlin"),
///     continue_on_error: true,
///     update_distribution_points: true,
///     remove_superseded: false,
///     level: Level::Stage,
///     accept_partial: false,
///     force_undecided: false,
/// };
/// let monthly = site.add_schedule(&package, &options)?;
/// options.when = When::Now;
/// let once = site.add_schedule(&package, &options)?;
/// assert_eq!((site.schedules()?.len(), site.schedule_list()?.schedules.len()), (2, 2));
///
/// // What is due is done; a daemon does so again and again until its progress is cancelled.
/// let runs = site.run(RunMode::Due, &progress)?;
/// assert_eq!(runs[0].status, RunStatus::Success, "{:?}", runs[0].message);
/// assert_eq!(site.schedule(once.id)?.next, None);
/// let record = site.run_record(runs[0].id)?;
/// assert!(site.receipt(record.id)?.contains("wimwright.receipt.v1"));
/// assert_eq!((site.runs()?.len(), site.history("Windows 10")?.len()), (1, 1));
/// let list: RunList = site.run_list(RunMode::Due, &progress)?;
/// assert!(list.runs.is_empty() && list.outcome().is_ok());
/// assert!(site.history_list("Windows 10")?.outcome().is_ok());
/// assert_eq!(site.package("Windows 10")?.published, 2);
/// site.cancel_schedule(monthly.id)?;
/// let progress = Progress::none();
/// progress.cancel().cancel();
/// site.daemon(&progress, |run| println!("run {}: {}", run.id, run.package_name))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl Site {
    /// Runs what is due, one run after the other. A run that another process works on is left to it. The runs, as they
    /// ended; one that failed is no error here, it says so itself.
    pub fn run(&self, mode: RunMode, progress: &Progress) -> Result<Vec<Run>> {
        let mut done = Vec::new();
        for run in self.db.read(|tx| tx.open_runs())? {
            progress.check()?;
            if let Some(id) = self.take_up(&run, mode, progress)? {
                done.push(id);
            }
        }
        self.tidy()?;
        if mode == RunMode::Due {
            let mut skipped = Vec::new();
            loop {
                progress.check()?;
                let due = self.db.read(|tx| tx.due_schedules(&clock::now()))?;
                let Some(&id) = due.iter().find(|id| !skipped.contains(*id)) else { break };
                match self.run_schedule(id, progress)? {
                    Some(run) => done.push(run),
                    None => skipped.push(id),
                }
            }
        }
        done.into_iter().map(|id| self.run_record(id)).collect()
    }

    /// The record of a run.
    pub fn run_record(&self, id: i64) -> Result<Run> {
        self.db
            .read(|tx| tx.run_record(id))?
            .ok_or_else(|| Error::new(ErrorKind::NotFound, format!("there is no run {id}")))
    }

    /// The runs of a package, the newest first; also of one that was removed, by its name.
    pub fn history(&self, package: &str) -> Result<Vec<Run>> {
        match self.package(package) {
            Ok(package) => self.db.read(|tx| tx.runs(Some(package.id))),
            Err(missing) => {
                let mut all = self.db.read(|tx| tx.runs(None))?;
                all.retain(|run| run.package_name.eq_ignore_ascii_case(package));
                if all.is_empty() { Err(missing) } else { Ok(all) }
            }
        }
    }

    /// All runs, the newest first.
    pub fn runs(&self) -> Result<Vec<Run>> {
        self.db.read(|tx| tx.runs(None))
    }

    /// Waits and runs what becomes due, until `progress` is cancelled. `each` hears of every run.
    pub fn daemon(&self, progress: &Progress, mut each: impl FnMut(&Run)) -> Result<()> {
        self.log.info("daemon", &[("owner", &owner())], "begins to wait");
        loop {
            match self.run(RunMode::Due, progress) {
                Ok(runs) => runs.iter().for_each(&mut each),
                Err(e) if e.kind() == ErrorKind::Cancelled => break,
                // A disk that is full for an hour does not end the service.
                Err(e) => self.log.error("daemon", &[], &e.to_string()),
            }
            let next: Option<jiff::Timestamp> =
                self.db.read(|tx| tx.next_due())?.and_then(|text| text.parse().ok());
            let until = next.map_or(PATIENCE, |next| {
                let wait = next.duration_since(jiff::Timestamp::now());
                // A schedule whose package is in use is due and waits: not again at once.
                Duration::try_from(wait).unwrap_or_default().clamp(Duration::from_secs(1), PATIENCE)
            });
            let mut slept = Duration::ZERO;
            while slept < until && !progress.cancel().is_cancelled() {
                std::thread::sleep(NAP);
                slept += NAP;
            }
            if progress.cancel().is_cancelled() {
                break;
            }
        }
        self.log.info("daemon", &[("owner", &owner())], "ends");
        Ok(())
    }

    /// Takes up a run that was interrupted; its number, unless another process works on it.
    fn take_up(&self, run: &Run, mode: RunMode, progress: &Progress) -> Result<Option<i64>> {
        let id = run.id;
        let Some(_lock) = Lock::try_now(&self.root.join(format!("locks/package-{}", run.package)))? else {
            return Ok(None);
        };
        // It may have ended before the lock was free.
        let run = self.run_record(id)?;
        if run.status != RunStatus::Running {
            return Ok(None);
        }
        let package = self.db.read(|tx| tx.package(run.package))?;
        let schedule = run.schedule.map(|s| self.db.read(|tx| tx.schedule(s))).transpose()?.flatten();
        let give_up = |why: &str| {
            let error = Error::new(ErrorKind::Cancelled, why);
            self.end_failed(&run, schedule.as_ref(), None, &error)
        };
        match (package, &schedule) {
            _ if mode == RunMode::Discard => give_up("it was interrupted, and discarded")?,
            (Some(package), Some(schedule)) if run.attempts < ATTEMPTS => {
                self.db.write(|tx| tx.resume_run(id, &owner()))?;
                self.log.info(
                    "run",
                    &[("run", &id.to_string()), ("package", &run.package_name)],
                    "is resumed",
                );
                self.carry_out(&package, schedule, id, progress)?;
            }
            (Some(_), Some(_)) => give_up(&format!("it was interrupted {ATTEMPTS} times, and is given up"))?,
            _ => give_up("its package or its schedule was removed")?,
        }
        Ok(Some(id))
    }

    /// Runs a schedule that is due; `None` where its package is in use or another process was faster.
    fn run_schedule(&self, id: i64, progress: &Progress) -> Result<Option<i64>> {
        let schedule = self.schedule(id)?;
        let path = self.root.join(format!("locks/package-{}", schedule.package));
        let Some(_lock) = Lock::try_now(&path)? else { return Ok(None) };
        let now = clock::now();
        let begun = self.db.write(|tx| {
            if !tx.claim_schedule(id, &now)? {
                return Ok(None);
            }
            let Some(package) = tx.package(schedule.package)? else { return Ok(None) };
            let run = tx.begin_run(&NewRun {
                package: package.id,
                package_name: &package.name,
                schedule: &schedule,
                started: &now,
                from_version: package.published,
                owner: &owner(),
            })?;
            Ok(Some((package, run)))
        })?;
        let Some((package, run)) = begun else { return Ok(None) };
        let names =
            [("run", run.to_string()), ("package", package.name.clone()), ("schedule", id.to_string())];
        let names: Vec<(&str, &str)> = names.iter().map(|(k, v)| (*k, v.as_str())).collect();
        self.log.info("run", &names, "begins");
        self.carry_out(&package, &schedule, run, progress)?;
        Ok(Some(run))
    }

    /// Does the work of a run and records how it ended. What goes wrong is part of that record.
    fn carry_out(&self, package: &Package, schedule: &Schedule, run: i64, progress: &Progress) -> Result<()> {
        let folder = self.work.begin(&Self::run_folder(run))?;
        let outcome = watch::watched(self, run, progress, |progress| {
            Work { site: self, package, schedule, run, folder: folder.path(), progress }.execute()
        });
        match outcome {
            Ok(()) => {
                drop(folder);
                self.tidy()?;
                if schedule.update_distribution_points {
                    self.update_points(package, run, progress)?;
                }
                Ok(())
            }
            Err(_) if progress.cancel().is_cancelled() && !self.db.read(|tx| tx.is_cancelled(run))? => {
                // This process is to stop; nobody said that the work is not wanted.
                folder.keep();
                self.log.info(
                    "run",
                    &[("run", &run.to_string()), ("package", &package.name)],
                    "is interrupted",
                );
                let why = format!(
                    "run {run} is interrupted; `wright site run` resumes it, `run --discard` gives it up"
                );
                Err(Error::new(ErrorKind::Cancelled, why))
            }
            Err(failed) => {
                let record = self.run_record(run)?;
                let ended = self.end_failed(&record, Some(schedule), failed.update.as_deref(), &failed.error);
                if ended.is_err() {
                    // Without a record the work stays, and can be resumed.
                    folder.keep();
                    return ended;
                }
                drop(folder);
                Ok(())
            }
        }
    }

    fn end_failed(
        &self,
        run: &Run,
        schedule: Option<&Schedule>,
        update: Option<&str>,
        error: &Error,
    ) -> Result<()> {
        let next = schedule.map(Self::next_time).transpose()?.flatten();
        let message = error.to_string();
        self.db.write(|tx| {
            tx.end_run(
                run.id,
                &Ending {
                    status: RunStatus::Failed,
                    finished: &clock::now(),
                    to_version: None,
                    failed_update: update,
                    error: error.kind().hresult(),
                    message: Some(&message),
                    receipt: None,
                },
            )?;
            match schedule {
                Some(schedule) => tx.settle_schedule(schedule.id, ScheduleState::Failed, next.as_deref()),
                None => Ok(()),
            }
        })?;
        self.log.error("run", &[("run", &run.id.to_string()), ("package", &run.package_name)], &message);
        Ok(())
    }
}

/// This process, for people who look for it.
pub(super) fn owner() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = name.or_else(|| std::env::var("COMPUTERNAME").ok()).or_else(|| std::env::var("HOSTNAME").ok());
    format!("{}:{}", name.as_deref().map_or("localhost", str::trim), std::process::id())
}
