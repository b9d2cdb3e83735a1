//! Cron expressions, and when they are due across changes of the clock.
//!
//! Five fields: minute, hour, day of the month, month, day of the week; lists, ranges, steps, names; `L` for the last day
//! of a month, `TUE#2` for its second Tuesday. Where both days are given, either will do, as in every cron. An expression
//! with a fixed hour is due once on every day that it names: at a time that the clock leaves out it is due an hour later,
//! at one that the clock shows twice the first time. One for every hour goes by the time that passes.

use crate::error::{Error, ErrorKind, Result};
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
/// Days that are looked at: the longest wait there is, from one 29 February over 2100 to the next, and some.
const HORIZON: i64 = 366 * 9;

/// A parsed expression. Each set has a bit for each number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cron {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    /// The last day of the month.
    last_day: bool,
    /// The nth such weekday of the month.
    nth: Vec<(u8, u8)>,
    any_day: bool,
    any_weekday: bool,
    /// Whether the hour is left open, so that it goes by the time that passes.
    every_hour: bool,
}

impl Cron {
    pub fn parse(text: &str) -> Result<Self> {
        let expanded = match text.trim() {
            "@hourly" => "0 * * * *",
            "@daily" | "@midnight" => "0 0 * * *",
            "@weekly" => "0 0 * * 0",
            "@monthly" => "0 0 1 * *",
            "@yearly" | "@annually" => "0 0 1 1 *",
            other => other,
        };
        let wrong = |why: String| {
            Error::new(ErrorKind::InvalidArgument, format!("'{text}' is no cron expression: {why}"))
        };
        let fields: Vec<&str> = expanded.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields[..] else {
            return Err(wrong(format!(
                "it has {} fields; five are wanted: minute, hour, day of the month, month, day of the week",
                fields.len()
            )));
        };
        let (mut last_day, mut nth) = (false, Vec::new());
        let mut plain_days = Vec::new();
        for part in day.split(',') {
            if part.eq_ignore_ascii_case("L") { last_day = true } else { plain_days.push(part) }
        }
        let mut plain_weekdays = Vec::new();
        for part in weekday.split(',') {
            match part.split_once('#') {
                Some((name, n)) => {
                    let day = number(name, &DAYS, 0).filter(|d| *d <= 7);
                    let n = n.parse::<u8>().ok().filter(|n| (1..=5).contains(n));
                    let (Some(day), Some(n)) = (day, n) else {
                        return Err(wrong(format!("'{part}' is no weekday")));
                    };
                    nth.push(((day % 7) as u8, n));
                }
                None => plain_weekdays.push(part),
            }
        }
        let set = |parts: &[&str], low, high, names: &[&str], first| {
            set(parts, low, high, names, first).map_err(&wrong)
        };
        let parts = |field| str::split(field, ',').collect::<Vec<&str>>();
        let weekdays = set(&plain_weekdays, 0, 7, &DAYS, 0)?;
        Ok(Self {
            minutes: set(&parts(minute), 0, 59, &[], 0)?,
            hours: set(&parts(hour), 0, 23, &[], 0)?,
            days: set(&plain_days, 1, 31, &[], 0)?,
            months: set(&parts(month), 1, 12, &MONTHS, 1)?,
            // Sunday is 0 and 7.
            weekdays: (weekdays | weekdays >> 7) & 0x7F,
            last_day,
            nth,
            any_day: day.starts_with('*'),
            any_weekday: weekday.starts_with('*'),
            every_hour: hour.starts_with('*'),
        })
    }

    /// The first moment after `after`; `None` where there is none, as on 30 February.
    pub fn next(&self, after: Timestamp, zone: &TimeZone) -> Result<Option<Timestamp>> {
        let failed = |e: jiff::Error| {
            Error::new(ErrorKind::InvalidArgument, "that is too far in the future").with_source(e)
        };
        // The clock may have been set back over midnight.
        let mut date = after.to_zoned_datetime(zone.clone()).date().checked_sub(1.day()).map_err(failed)?;
        for _ in 0..HORIZON {
            if self.has_day(date)
                && let Some(found) = self.on_day(date, after, zone).map_err(failed)?
            {
                return Ok(Some(found));
            }
            date = date.checked_add(1.day()).map_err(failed)?;
        }
        Ok(None)
    }

    fn has_day(&self, date: Date) -> bool {
        let has = |set: u64, number: i64| set >> number & 1 == 1;
        if !has(self.months, date.month().into()) {
            return false;
        }
        let day = has(self.days, date.day().into()) || self.last_day && date.day() == date.days_in_month();
        let number = weekday(date.weekday());
        let nth = self.nth.contains(&(number as u8, ((date.day() - 1) / 7 + 1) as u8));
        let weekday = has(self.weekdays, number) || nth;
        match (self.any_day, self.any_weekday) {
            (true, true) => true,
            (true, false) => weekday,
            (false, true) => day,
            (false, false) => day || weekday,
        }
    }

    /// The first moment of this day after `after`.
    fn on_day(
        &self,
        date: Date,
        after: Timestamp,
        zone: &TimeZone,
    ) -> Result<Option<Timestamp>, jiff::Error> {
        let bits = |set: u64, most: i8| (0..most).filter(move |n| set >> n & 1 == 1);
        let mut found: Option<Timestamp> = None;
        let mut offer = |time: Timestamp| {
            if time > after && found.is_none_or(|f| time < f) {
                found = Some(time);
            }
        };
        for hour in bits(self.hours, 24) {
            for minute in bits(self.minutes, 60) {
                let civil = date.to_datetime(Time::new(hour, minute, 0, 0)?);
                let ambiguous = zone.to_ambiguous_zoned_datetime(civil);
                if !self.every_hour {
                    offer(ambiguous.compatible()?.timestamp());
                } else if !ambiguous.is_ambiguous() {
                    offer(ambiguous.unambiguous()?.timestamp());
                } else {
                    // A time that is left out does not pass, one that is shown twice passes twice.
                    for side in [ambiguous.clone().earlier()?, ambiguous.later()?] {
                        if side.datetime() == civil {
                            offer(side.timestamp());
                        }
                    }
                }
            }
        }
        Ok(found)
    }
}

fn weekday(day: Weekday) -> i64 {
    day.to_sunday_zero_offset().into()
}

fn number(text: &str, names: &[&str], first: u64) -> Option<u64> {
    let named = names.iter().position(|n| n.eq_ignore_ascii_case(text)).map(|n| n as u64 + first);
    named.or_else(|| text.parse().ok())
}

/// The set of a field's parts: `*`, `N`, `N-M`, each also with `/STEP`.
fn set(parts: &[&str], low: u64, high: u64, names: &[&str], first: u64) -> Result<u64, String> {
    let mut set = 0_u64;
    for part in parts {
        let wrong = || format!("'{part}' is not within {low} to {high}");
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, step.parse::<u64>().ok().filter(|s| *s > 0).ok_or_else(wrong)?),
            None => (*part, 1),
        };
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (low, high),
            Some((from, to)) => {
                (number(from, names, first).ok_or_else(wrong)?, number(to, names, first).ok_or_else(wrong)?)
            }
            None => {
                let one = number(range, names, first).ok_or_else(wrong)?;
                (one, if part.contains('/') { high } else { one })
            }
        };
        if from < low || to > high || from > to {
            return Err(wrong());
        }
        (from..=to).step_by(usize::try_from(step).unwrap_or(usize::MAX)).for_each(|n| set |= 1 << n);
    }
    Ok(set)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(expression: &str, zone: &str, after: &str, count: usize) -> Vec<String> {
        let (cron, zone) = (Cron::parse(expression).unwrap(), TimeZone::get(zone).unwrap());
        let mut time: Timestamp = after.parse().unwrap();
        let mut found = Vec::new();
        for _ in 0..count {
            time = cron.next(time, &zone).unwrap().unwrap();
            found.push(crate::site::clock::text(time));
        }
        found
    }

    #[test]
    fn ordinary_expressions() {
        let from = "2026-11-23T15:40:10Z";
        assert_eq!(times("*/30 * * * *", "UTC", from, 2), ["2026-11-23T16:00:00Z", "2026-11-23T16:30:00Z"]);
        assert_eq!(times("15 3 * * MON-FRI", "UTC", from, 1), ["2026-11-24T03:15:00Z"]);
        assert_eq!(times("0 0 L * *", "UTC", from, 2), ["2026-11-30T00:00:00Z", "2026-12-31T00:00:00Z"]);
        assert_eq!(times("0 0 29 2 *", "UTC", from, 1), ["2028-02-29T00:00:00Z"]);
        // The second Tuesday, when updates come out; and either of two days.
        assert_eq!(times("0 20 * * TUE#2", "UTC", from, 2), ["2026-12-08T20:00:00Z", "2027-01-12T20:00:00Z"]);
        assert_eq!(times("0 0 1 * SUN", "UTC", from, 2), ["2026-11-29T00:00:00Z", "2026-12-01T00:00:00Z"]);
        assert_eq!(times("0 12 * JAN,feb 7", "UTC", from, 1), ["2027-01-03T12:00:00Z"]);
        assert_eq!(times("@daily", "Europe/Berlin", from, 1), ["2026-11-23T23:00:00Z"]);
        assert_eq!(Cron::parse("0 0 30 2 *").unwrap().next(Timestamp::now(), &TimeZone::UTC).unwrap(), None);
    }

    #[test]
    fn a_fixed_time_is_due_once_a_day_whatever_the_clock_does() {
        // The clock goes from 2 to 3 on 29 March 2026.
        assert_eq!(
            times("30 2 * * *", "Europe/Berlin", "2026-03-27T12:00:00Z", 3),
            ["2026-03-28T01:30:00Z", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"]
        );
        // And from 3 to 2 on 25 October.
        assert_eq!(
            times("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2),
            ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]
        );
        // Midnight itself is left out in Havana on 8 March 2026.
        assert_eq!(times("0 0 * * *", "America/Havana", "2026-03-07T12:00:00Z", 1), ["2026-03-08T05:00:00Z"]);
    }

    #[test]
    fn every_hour_goes_by_the_time_that_passes() {
        assert_eq!(
            times("30 * * * *", "Europe/Berlin", "2026-10-24T23:45:00Z", 3),
            ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"]
        );
        assert_eq!(
            times("30 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", 3),
            ["2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", "2026-03-29T02:30:00Z"]
        );
        // Half an hour, on Lord Howe Island.
        assert_eq!(
            times("*/15 * * * *", "Australia/Lord_Howe", "2026-04-04T14:50:00Z", 3),
            ["2026-04-04T15:00:00Z", "2026-04-04T15:15:00Z", "2026-04-04T15:30:00Z"]
        );
    }

    #[test]
    fn what_is_no_expression_is_refused() {
        for wrong in [
            "",
            "* * * *",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * * 13 *",
            "* * * * 8",
            "5-1 * * * *",
            "*/0 * * * *",
            "a * * * *",
            "0 0 * * TUE#6",
            "0 0 * * #2",
            "0 0 ** * *",
        ] {
            assert_eq!(Cron::parse(wrong).unwrap_err().kind(), ErrorKind::InvalidArgument, "{wrong}");
        }
    }

    proptest::proptest! {
        #[test]
        fn the_next_time_is_later_and_matches(seconds in 1_600_000_000_i64..2_000_000_000, minute in 0_u8..60, hour in 0_u8..24) {
            let zone = TimeZone::get("America/New_York").unwrap();
            let after = Timestamp::from_second(seconds).unwrap();
            let cron = Cron::parse(&format!("{minute} {hour} * * *")).unwrap();
            let next = cron.next(after, &zone).unwrap().unwrap();
            proptest::prop_assert!(next > after && next.as_second() - after.as_second() <= 25 * 3600);
            let civil = next.to_zoned_datetime(zone).datetime();
            proptest::prop_assert_eq!(civil.minute() as u8, minute);
            proptest::prop_assert!(civil.hour() as u8 == hour || civil.hour() as u8 == hour + 1);
        }
    }
}
