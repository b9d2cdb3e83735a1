//! `wright site schedule`: which updates a package gets, and when.

use super::{table, usage};
use crate::Context;
use crate::commands::Outcome;
use crate::commands::service::Depth;
use crate::exit::Failed;
use crate::output::Output;
use wimwright::site::{Schedule, ScheduleOptions, Selection, Site, When, Zone};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Add a schedule for a package
    Add(Add),
    /// List the schedules
    List,
    /// Cancel a schedule; a run that is going on is asked to stop
    Cancel {
        /// Its number
        schedule: i64,
    },
}

#[derive(clap::Args)]
pub struct Add {
    /// The package's name or number
    package: String,
    /// These updates (number, KB, file name), in the order to apply
    #[arg(long, num_args = 1.., value_name = "ID")]
    updates: Vec<String>,
    /// All updates that are offered when it runs
    #[arg(long, conflicts_with = "updates")]
    all_applicable: bool,
    /// The newest cumulative update that is offered when it runs
    #[arg(long, conflicts_with_all = ["updates", "all_applicable"])]
    latest_cumulative: bool,
    /// At this time, as in "2026-11-24 02:00"
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// At once: with the next `wright site run`
    #[arg(long, conflicts_with = "at")]
    now: bool,
    /// By a cron expression, as in "0 3 * * TUE#2"
    #[arg(long, value_name = "EXPR", conflicts_with_all = ["at", "now"])]
    cron: Option<String>,
    /// Times are universal time, not this machine's
    #[arg(long)]
    utc: bool,
    /// Times are of this zone, as in Europe/Berlin
    #[arg(long, value_name = "ZONE", conflicts_with = "utc")]
    zone: Option<String>,
    /// Leave out an update that fails and go on with the others
    #[arg(long)]
    continue_on_error: bool,
    /// Send the new version to the distribution points that have the package
    #[arg(long)]
    update_distribution_points: bool,
    /// Take out of the image what earlier runs staged and newer updates supersede
    #[arg(long)]
    remove_superseded: bool,
    /// How far to go
    #[arg(long, value_enum, default_value_t = Depth::Stage)]
    level: Depth,
    /// At level install, carry out what can be also of a package that asks for more
    #[arg(long)]
    accept_partial: bool,
    /// Lay updates in also where it cannot be told whether they apply
    #[arg(long)]
    force_undecided: bool,
}

pub fn run(command: &Command, site: &Site, context: &mut Context) -> Outcome {
    let out = &mut context.output;
    match command {
        Command::Add(args) => {
            let options = options(args, site)?;
            let schedule = site.add_schedule(&site.package(&args.package)?, &options)?;
            show(&schedule, out);
        }
        Command::List => {
            let all = site.schedule_list()?;
            if out.json() {
                out.document(&all);
            } else {
                list(&all.schedules, out);
            }
        }
        Command::Cancel { schedule } => show(&site.cancel_schedule(*schedule)?, out),
    }
    Ok(())
}

fn options(args: &Add, site: &Site) -> Result<ScheduleOptions, Failed> {
    let selection = match (args.updates.is_empty(), args.all_applicable, args.latest_cumulative) {
        (false, ..) => {
            let ids = args.updates.iter().map(|name| site.update(name).map(|u| u.id));
            Selection::Updates(ids.collect::<Result<_, _>>()?)
        }
        (true, true, _) => Selection::AllApplicable,
        (true, false, true) => Selection::LatestCumulative,
        _ => return Err(usage("say which updates: --updates, --all-applicable or --latest-cumulative")),
    };
    let when = match (&args.at, args.now, &args.cron) {
        (Some(time), ..) => When::At(time.clone()),
        (None, true, _) => When::Now,
        (None, false, Some(expression)) => When::Cron(expression.clone()),
        _ => return Err(usage("say when: --at, --now or --cron")),
    };
    let zone = match (&args.zone, args.utc) {
        (Some(zone), _) => Zone::Named(zone.clone()),
        (None, true) => Zone::Utc,
        (None, false) => Zone::System,
    };
    Ok(ScheduleOptions {
        selection,
        when,
        zone,
        continue_on_error: args.continue_on_error,
        update_distribution_points: args.update_distribution_points,
        remove_superseded: args.remove_superseded,
        level: args.level.into(),
        accept_partial: args.accept_partial,
        force_undecided: args.force_undecided,
    })
}

fn show(schedule: &Schedule, out: &mut Output) {
    if out.json() {
        out.document(schedule);
        return;
    }
    let next = schedule.next.as_ref().map_or("no more".to_owned(), |next| format!("next {next}"));
    out.line(format!(
        "schedule {}: {}, {} ({}), {next}",
        schedule.id, schedule.package_name, schedule.rule, schedule.zone
    ));
    let flags = [
        (schedule.continue_on_error, ", continue on error"),
        (schedule.update_distribution_points, ", update distribution points"),
        (schedule.remove_superseded, ", remove superseded"),
        (schedule.accept_partial, ", accept partial"),
        (schedule.force_undecided, ", force undecided"),
    ];
    let flags: String = flags.iter().filter(|(set, _)| *set).map(|(_, word)| *word).collect();
    out.line(format!(
        "  {} ({}), action {} ({}), level {}{flags}",
        schedule.state,
        schedule.state.number(),
        schedule.action,
        schedule.action.number(),
        schedule.level
    ));
}

fn list(schedules: &[Schedule], out: &mut Output) {
    let row = |s: &Schedule| {
        let updates: Vec<String> = s.updates.iter().map(ToString::to_string).collect();
        let what = if updates.is_empty() { s.selection.clone() } else { updates.join(",") };
        vec![
            s.id.to_string(),
            s.package_name.clone(),
            what,
            format!("{} ({})", s.state, s.state.number()),
            s.next.clone().unwrap_or_default(),
            s.last_run.clone().unwrap_or_default(),
            format!("{} ({})", s.rule, s.zone),
        ]
    };
    let headings = ["ID", "PACKAGE", "UPDATES", "STATE", "NEXT", "LAST RUN", "RULE"];
    table(out, &headings, &schedules.iter().map(row).collect::<Vec<_>>());
}
