//! When a schedule is due: now, at a time, or by a cron expression; in a time zone, across its changes of the clock.

use super::cron::Cron;
use crate::error::{Error, ErrorKind, Result};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use std::fmt;

/// When a schedule is due.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum When {
    /// At once.
    Now,
    /// At this time on the clock of the zone, `2026-11-24 02:00`; or at this moment, where an offset is given
    /// (`2026-11-24T02:00:00Z`). A time that the clock leaves out is an hour later, one that it shows twice the first.
    At(String),
    /// By five fields: minute, hour, day of the month, month, day of the week.
    Cron(String),
}

/// The time zone that a schedule is in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Zone {
    /// This machine's.
    System,
    /// Universal time.
    Utc,
    /// The zone of this name, `Europe/Berlin`.
    Named(String),
}

impl Zone {
    /// The zone as a record names it.
    pub fn from_name(name: &str) -> Self {
        match name {
            "UTC" => Self::Utc,
            "system" => Self::System,
            name => Self::Named(name.to_owned()),
        }
    }

    pub(super) fn name(&self) -> String {
        match self {
            Self::System => "system".into(),
            Self::Utc => "UTC".into(),
            Self::Named(name) => name.clone(),
        }
    }

    pub(super) fn open(&self) -> Result<TimeZone> {
        match self {
            Self::Utc => Ok(TimeZone::UTC),
            Self::System => Ok(TimeZone::system()),
            Self::Named(name) => TimeZone::get(name).map_err(|e| {
                Error::new(ErrorKind::InvalidArgument, format!("there is no time zone '{name}'"))
                    .with_source(e)
            }),
        }
    }
}

impl When {
    /// The rule as a record has it.
    pub(super) fn parse_rule(rule: &str) -> Result<Self> {
        match rule.split_once(' ') {
            None if rule == "now" => Ok(Self::Now),
            Some(("at", time)) => Ok(Self::At(time.to_owned())),
            Some(("cron", expression)) => Ok(Self::Cron(expression.to_owned())),
            _ => Err(Error::malformed(format!("'{rule}' is no rule of a schedule"))),
        }
    }

    /// When it is due after `now`. A time that is over is due at once: a missed time runs once.
    pub(super) fn next(&self, now: Timestamp, zone: &TimeZone) -> Result<Option<Timestamp>> {
        match self {
            Self::Now => Ok(Some(now)),
            Self::At(text) => moment(text, zone).map(Some),
            Self::Cron(expression) => Cron::parse(expression)?.next(now, zone),
        }
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Now => f.write_str("now"),
            Self::At(time) => write!(f, "at {time}"),
            Self::Cron(expression) => write!(f, "cron {expression}"),
        }
    }
}

fn moment(text: &str, zone: &TimeZone) -> Result<Timestamp> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    let wrong = || {
        Error::new(
            ErrorKind::InvalidArgument,
            format!("'{text}' is no time; write it as in 2026-11-24 02:00"),
        )
    };
    let short = |t: &str| {
        let full = t.trim().replace(' ', "T");
        if full.matches(':').count() == 1 { format!("{full}:00") } else { full }
    };
    let civil: DateTime = short(text).parse().map_err(|e: jiff::Error| wrong().with_source(e))?;
    let zoned = zone.to_ambiguous_zoned_datetime(civil).compatible().map_err(|e| wrong().with_source(e))?;
    Ok(zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, zone: &str) -> String {
        crate::site::clock::text(moment(text, &TimeZone::get(zone).unwrap()).unwrap())
    }

    #[test]
    fn times_are_those_of_the_zone_s_clock() {
        assert_eq!(at("2026-11-24 02:00", "UTC"), "2026-11-24T02:00:00Z");
        assert_eq!(at("2026-11-24 02:00", "Europe/Berlin"), "2026-11-24T01:00:00Z");
        assert_eq!(at("2026-07-24T02:00:30", "Europe/Berlin"), "2026-07-24T00:00:30Z");
        assert_eq!(at("2026-07-24T02:00:00+05:00", "Europe/Berlin"), "2026-07-23T21:00:00Z");
        // On 29 March 2026 the clock goes from 2 to 3, on 25 October from 3 back to 2.
        assert_eq!(at("2026-03-29 02:30", "Europe/Berlin"), "2026-03-29T01:30:00Z");
        assert_eq!(at("2026-10-25 02:30", "Europe/Berlin"), "2026-10-25T00:30:00Z");
        assert!(moment("tomorrow", &TimeZone::UTC).is_err());
    }

    #[test]
    fn rules_are_read_back() {
        for when in [When::Now, When::At("2026-11-24 02:00".into()), When::Cron("0 3 * * TUE#2".into())] {
            assert_eq!(When::parse_rule(&when.to_string()).unwrap(), when);
        }
        assert!(When::parse_rule("never").is_err());
    }
}
