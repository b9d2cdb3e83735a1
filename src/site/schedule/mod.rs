//! Schedules: which updates a package gets, and when.

mod cron;
mod when;

pub use when::{When, Zone};

use super::clock;
use super::db::NewSchedule;
use super::model::{Package, Schedule};
use super::{Site, levels};
use crate::error::{Error, ErrorKind, Result};
use crate::service::Level;
use jiff::Timestamp;

/// Which updates a schedule takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// These, by their numbers, in this order.
    Updates(Vec<i64>),
    /// All that are offered when it runs.
    AllApplicable,
    /// The newest cumulative update that is offered when it runs.
    LatestCumulative,
}

impl Selection {
    fn word(&self) -> &'static str {
        match self {
            Self::Updates(_) => "updates",
            Self::AllApplicable => "all_applicable",
            Self::LatestCumulative => "latest_cumulative",
        }
    }
}

/// How a schedule is made.
#[derive(Clone, Debug)]
pub struct ScheduleOptions {
    /// Which updates.
    pub selection: Selection,
    /// When.
    pub when: When,
    /// The zone that `when` is in.
    pub zone: Zone,
    /// Leave out an update that fails and go on with the others.
    pub continue_on_error: bool,
    /// Send the new version to the distribution points that have the package.
    pub update_distribution_points: bool,
    /// Take out of the image what earlier runs staged and newer updates supersede. What cannot be taken out stays, and the
    /// run's record says why.
    pub remove_superseded: bool,
    /// How far packages are serviced.
    pub level: Level,
    /// At level `install`, carry out what can be also of a package that asks for more.
    pub accept_partial: bool,
    /// Lay updates in also where it cannot be told whether they apply.
    pub force_undecided: bool,
}

impl Site {
    /// Adds a schedule for a package.
    pub fn add_schedule(&self, package: &Package, options: &ScheduleOptions) -> Result<Schedule> {
        if options.accept_partial && options.level != Level::Install {
            let why = "only at level 'install' can a package be carried out in part";
            return Err(Error::new(ErrorKind::InvalidArgument, why));
        }
        let updates = match &options.selection {
            Selection::Updates(list) if list.is_empty() => {
                return Err(Error::new(ErrorKind::InvalidArgument, "no update was chosen"));
            }
            Selection::Updates(list) => list.as_slice(),
            _ => &[],
        };
        for (i, id) in updates.iter().enumerate() {
            if self.db.read(|tx| tx.update(*id))?.is_none() {
                return Err(Error::new(ErrorKind::NotFound, format!("there is no update {id}")));
            }
            if updates[..i].contains(id) {
                return Err(Error::new(ErrorKind::InvalidArgument, format!("update {id} was chosen twice")));
            }
        }
        let zone = options.zone.open()?;
        let next = options
            .when
            .next(Timestamp::now(), &zone)?
            .ok_or_else(|| Error::new(ErrorKind::InvalidArgument, "that time never comes"))?;
        let zone = zone.iana_name().map_or_else(|| options.zone.name(), str::to_owned);
        let id = self.db.write(|tx| {
            tx.add_schedule(&NewSchedule {
                package: package.id,
                created: &clock::now(),
                selection: options.selection.word(),
                updates,
                rule: &options.when.to_string(),
                zone: &zone,
                next: &clock::text(next),
                continue_on_error: options.continue_on_error,
                update_points: options.update_distribution_points,
                remove_superseded: options.remove_superseded,
                level: levels::word(options.level),
                accept_partial: options.accept_partial,
                force_undecided: options.force_undecided,
            })
        })?;
        let schedule = self.schedule(id)?;
        let next = schedule.next.clone().unwrap_or_default();
        self.log.info(
            "schedule",
            &[("schedule", &id.to_string()), ("package", &package.name), ("next", &next)],
            "added",
        );
        Ok(schedule)
    }

    /// All schedules, the oldest first.
    pub fn schedules(&self) -> Result<Vec<Schedule>> {
        self.db.read(|tx| tx.schedules())
    }

    /// The schedule of this number.
    pub fn schedule(&self, id: i64) -> Result<Schedule> {
        self.db
            .read(|tx| tx.schedule(id))?
            .ok_or_else(|| Error::new(ErrorKind::NotFound, format!("there is no schedule {id}")))
    }

    /// Cancels a schedule; where its run is going on, in whatever process, it is asked to stop.
    pub fn cancel_schedule(&self, id: i64) -> Result<Schedule> {
        self.schedule(id)?;
        let running = self.db.write(|tx| tx.cancel_schedule(id))?;
        let what = if running { "cancelled; its run was asked to stop" } else { "cancelled" };
        self.log.info("schedule", &[("schedule", &id.to_string())], what);
        self.schedule(id)
    }

    /// When a schedule that has just run is to run again.
    pub(super) fn next_time(schedule: &Schedule) -> Result<Option<String>> {
        let When::Cron(rule) = When::parse_rule(&schedule.rule)? else { return Ok(None) };
        let zone = Zone::from_name(&schedule.zone).open()?;
        Ok(When::Cron(rule).next(Timestamp::now(), &zone)?.map(clock::text))
    }
}
