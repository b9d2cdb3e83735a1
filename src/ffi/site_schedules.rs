//! A site's schedules and servicing runs.

use super::error::WwError;
use super::numbers::{level, wrong};
use super::options::{self, Options};
use super::progress::WwProgress;
use super::site::{WwSite, act, ask, number, texts};
use super::text::{optional_text, text};
use crate::service::Level;
use crate::site::{RunMode, ScheduleOptions, Selection, Site, When, Zone};
use crate::{Error, ErrorKind, Result};
use std::ffi::c_char;

/// When a package is serviced, and with what. With neither `at` nor `cron` it is due at once.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct WwScheduleOptions {
    /// `sizeof` this struct.
    pub struct_size: usize,
    /// Updates by number, KB or file name, in the order to apply, for `WW_SELECTION_UPDATES`.
    pub updates: *const *const c_char,
    /// How many strings `updates` points to.
    pub update_count: usize,
    /// A time, as in `2026-11-24 02:00`; NULL for none.
    pub at: *const c_char,
    /// A cron expression, as in `0 3 * * TUE#2`; NULL for none.
    pub cron: *const c_char,
    /// The zone that the time or expression is in: `UTC`, `Europe/Berlin`; NULL for this machine's.
    pub zone: *const c_char,
    /// Which updates: a `WW_SELECTION_...` number.
    pub selection: u32,
    /// How far packages are serviced: a `WW_LEVEL_...` number.
    pub level: u32,
    /// Not 0: leave out an update that fails and go on with the others.
    pub continue_on_error: u32,
    /// Not 0: send the new version to the distribution points that have the package.
    pub update_distribution_points: u32,
    /// Not 0: take out of the image what earlier runs staged and newer updates supersede.
    pub remove_superseded: u32,
    /// Not 0: at level install, carry out what can be also of a package that asks for more.
    pub accept_partial: u32,
    /// Not 0: lay updates in also where it cannot be told whether they apply.
    pub force_undecided: u32,
    /// 0.
    pub reserved: u32,
}

// SAFETY: `repr(C)`, the size first, no padding; every pattern of bytes is a valid number and pointer.
unsafe impl Options for WwScheduleOptions {}

/// A caller's schedule before its updates are looked up.
struct Asked {
    updates: Vec<String>,
    selection: u32,
    when: When,
    zone: Zone,
    level: Level,
    continue_on_error: bool,
    update_distribution_points: bool,
    remove_superseded: bool,
    accept_partial: bool,
    force_undecided: bool,
}

impl Asked {
    /// # Safety
    ///
    /// `options` is NULL or valid.
    unsafe fn from(options: *const WwScheduleOptions) -> Result<Self> {
        // SAFETY: the caller's promise.
        unsafe {
            let none = || Error::new(ErrorKind::InvalidArgument, "no update was chosen");
            let given = options::read(options, "options")?.ok_or_else(none)?;
            let at = optional_text(given.at, "options.at")?;
            let cron = optional_text(given.cron, "options.cron")?;
            Ok(Self {
                updates: texts(given.updates, given.update_count, "options.updates")?,
                selection: given.selection,
                when: match (at, cron) {
                    (None, None) => When::Now,
                    (Some(at), None) => When::At(at.to_owned()),
                    (None, Some(cron)) => When::Cron(cron.to_owned()),
                    (Some(_), Some(_)) => {
                        let message = "'options.at' and 'options.cron' exclude each other";
                        return Err(Error::new(ErrorKind::InvalidArgument, message));
                    }
                },
                zone: optional_text(given.zone, "options.zone")?.map_or(Zone::System, Zone::from_name),
                level: level(given.level)?,
                continue_on_error: given.continue_on_error != 0,
                update_distribution_points: given.update_distribution_points != 0,
                remove_superseded: given.remove_superseded != 0,
                accept_partial: given.accept_partial != 0,
                force_undecided: given.force_undecided != 0,
            })
        }
    }

    fn resolve(self, site: &Site) -> Result<ScheduleOptions> {
        let selection = match self.selection {
            0 => {
                let ids = self.updates.iter().map(|name| site.update(name).map(|u| u.id));
                Selection::Updates(ids.collect::<Result<_>>()?)
            }
            1 => Selection::AllApplicable,
            2 => Selection::LatestCumulative,
            other => return Err(wrong("options.selection", other, "WW_SELECTION_")),
        };
        Ok(ScheduleOptions {
            selection,
            when: self.when,
            zone: self.zone,
            continue_on_error: self.continue_on_error,
            update_distribution_points: self.update_distribution_points,
            remove_superseded: self.remove_superseded,
            level: self.level,
            accept_partial: self.accept_partial,
            force_undecided: self.force_undecided,
        })
    }
}

fn run_mode(mode: u32) -> Result<RunMode> {
    match mode {
        0 => Ok(RunMode::Due),
        1 => Ok(RunMode::Resume),
        2 => Ok(RunMode::Discard),
        other => Err(wrong("mode", other, "WW_RUN_MODE_")),
    }
}

/// Adds a schedule for a package. NULL for `options` asks for no update, which is refused. The document is that of
/// `wright site schedule add --json`.
///
/// `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `package` is NULL or a NUL-terminated string; `options`, `json` and `error` are
/// NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_schedule_add(
    site: *const WwSite,
    package: *const c_char,
    options: *const WwScheduleOptions,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        ask(
            site,
            json,
            error,
            "site-schedule-add",
            || Ok((text(package, "package")?, Asked::from(options)?)),
            |site, (package, asked)| site.add_schedule(&site.package(package)?, &asked.resolve(site)?),
        )
    }
}

/// Every schedule. The document is that of `wright site schedule list --json`.
///
/// `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `json` and `error` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_schedule_list(
    site: *const WwSite,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe { ask(site, json, error, "site-schedule-list", || Ok(()), |site, ()| site.schedule_list()) }
}

/// Cancels schedule `schedule`; where its run is going on, in whatever process, it is asked to stop. The document is
/// that of `wright site schedule cancel --json`.
///
/// `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `json` and `error` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_schedule_cancel(
    site: *const WwSite,
    schedule: u64,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        ask(site, json, error, "site-schedule-cancel", || number(schedule, "schedule"), Site::cancel_schedule)
    }
}

/// Resumes what was interrupted and runs what is due, as `mode` says, a `WW_RUN_MODE_...` number. The result is 0
/// when every run succeeded, else `WW_STATUS_IO`; each run says itself how it ended. Call it again and again, or from
/// a timer of the system's, to keep a site going. The document is that of `wright site run --json`.
///
/// `*json` (`json` may be NULL) receives the document; free it with `ww_string_free`. It is NULL when the work did
/// not come to its end. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `progress`, `json` and `error` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_run(
    site: *const WwSite,
    mode: u32,
    progress: *const WwProgress,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe {
        act(
            site,
            progress,
            json,
            error,
            "site-run",
            || run_mode(mode),
            |site, progress, mode| {
                let list = site.run_list(mode, progress)?;
                let outcome = if mode == RunMode::Discard { Ok(()) } else { list.outcome() };
                Ok((list, outcome))
            },
        )
    }
}

/// The runs of a package, the newest first; also of one that was removed, by its name. The document is that of
/// `wright site history --json`.
///
/// `*json` receives the document; free it with `ww_string_free`. It is NULL on failure. Thread-safe.
///
/// # Safety
///
/// `site` is NULL or a live handle; `package` is NULL or a NUL-terminated string; `json` and `error` are NULL or
/// valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ww_site_history(
    site: *const WwSite,
    package: *const c_char,
    json: *mut *mut c_char,
    error: *mut *mut WwError,
) -> u32 {
    // SAFETY: the caller's promises, passed on argument by argument.
    unsafe { ask(site, json, error, "site-history", || text(package, "package"), Site::history_list) }
}
