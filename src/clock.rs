//! The time, handed to whoever needs it, so that tests can set it.

use std::{
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Days, NaiveDate, NaiveTime, SecondsFormat, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use croner::Cron;

use crate::domain::{
    interval::{Every, Unit},
    units::DAY,
};

/// Where the time comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's.
    System,
    /// A test's; milliseconds since the epoch. Whoever sleeps makes it advance.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// Milliseconds since the epoch.
    pub fn now(&self) -> i64 {
        match self {
            Self::System => Utc::now().timestamp_millis(),
            Self::Set(at) => at.load(Ordering::Relaxed),
        }
    }

    /// Waits until then; milliseconds since the epoch.
    pub async fn sleep_until(&self, until: i64) {
        match self {
            Self::System => {
                let wait = u64::try_from(until - self.now()).unwrap_or_default();
                tokio::time::sleep(Duration::from_millis(wait)).await;
            }
            Self::Set(at) => {
                at.fetch_max(until, Ordering::Relaxed);
                tokio::task::yield_now().await;
            }
        }
    }
}

/// The day where a zone is.
pub fn date(millis: i64, zone: Tz) -> NaiveDate {
    utc(millis).with_timezone(&zone).date_naive()
}

/// As a UTC time; the epoch for what lies outside its range.
pub fn utc(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}

/// `2026-01-31T12:00:00Z`.
pub fn iso(millis: i64) -> String {
    utc(millis).to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The day in the user's zone, as `2026-01-31`.
pub fn day(millis: i64, zone: Tz) -> String {
    utc(millis)
        .with_timezone(&zone)
        .format("%Y-%m-%d")
        .to_string()
}

/// The minute in the user's zone, as `2026-01-31 12:00`.
pub fn moment(millis: i64, zone: Tz) -> String {
    utc(millis)
        .with_timezone(&zone)
        .format("%Y-%m-%d %H:%M")
        .to_string()
}

/// The next time after `millis` that the user's clock shows `time`. One that a change of the clock leaves out comes a day later.
pub fn next_time(millis: i64, time: NaiveTime, zone: Tz) -> i64 {
    let first = utc(millis).with_timezone(&zone).date_naive();
    let times = (0..=2)
        .filter_map(|day| first.checked_add_days(Days::new(day)))
        .filter_map(|day| zone.from_local_datetime(&day.and_time(time)).earliest())
        .map(|at| at.timestamp_millis());
    times.into_iter().find(|at| *at > millis).unwrap_or(millis)
}

/// The last time up to `millis` that the user's clock showed `time`.
pub fn last_time(millis: i64, time: NaiveTime, zone: Tz) -> i64 {
    let mut last = next_time(millis - 3 * DAY, time, zone);
    loop {
        let next = next_time(last, time, zone);
        if next > millis || next <= last {
            return last;
        }
        last = next;
    }
}

/// The next time of a schedule after `millis`, in the user's zone; none when it never comes. Days keep their time of day when the clock
/// changes; minutes and hours are counted through, from the same instant for every process.
pub fn next_run(schedule: &str, zone: Tz, millis: i64) -> Option<i64> {
    if let Ok(every) = schedule.parse() {
        return next_of(every, zone, millis);
    }
    // Parts of a second would be kept.
    let now = utc(millis.div_euclid(1000) * 1000).with_timezone(&zone);
    let next = Cron::from_str(schedule)
        .ok()?
        .find_next_occurrence(&now, false);
    next.ok().map(|at| at.timestamp_millis())
}

fn next_of(every: Every, zone: Tz, millis: i64) -> Option<i64> {
    let length = i64::from(every.interval.minutes()?) * 60_000;
    if every.interval.unit != Unit::Days {
        return Some((millis.div_euclid(length) + 1) * length);
    }
    let days = i64::from(every.interval.every);
    let time = NaiveTime::from_hms_opt(every.at.0, every.at.1, 0)?;
    let today = utc(millis).with_timezone(&zone).date_naive();
    let turn = today.signed_duration_since(NaiveDate::default()).num_days() / days;
    let at = |turn: i64| {
        let day = NaiveDate::default().checked_add_signed(TimeDelta::try_days(turn * days)?)?;
        // A time that the change of the clock leaves out comes as soon as the clock shows one again.
        let mut times =
            (0..=8).map(|quarters| day.and_time(time) + TimeDelta::minutes(15 * quarters));
        times.find_map(|time| zone.from_local_datetime(&time).earliest())
    };
    let times = (turn..=turn + 2)
        .filter_map(at)
        .map(|at| at.timestamp_millis());
    times.into_iter().find(|at| *at > millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        let at: DateTime<Utc> = text.parse().expect("a time");
        at.timestamp_millis()
    }

    #[test]
    fn a_schedule_follows_the_users_clock_through_dst() {
        for (schedule, now, next) in [
            ("0 1 * * *", "2026-01-10T12:00:00Z", "2026-01-11T00:00:00Z"),
            ("0 1 * * *", "2026-07-10T12:00:00Z", "2026-07-10T23:00:00Z"),
            (
                "0 1 * * *",
                "2026-07-10T22:59:59.999Z",
                "2026-07-10T23:00:00Z",
            ),
            ("0 1 * * *", "2026-07-10T23:00:00Z", "2026-07-11T23:00:00Z"),
            // The clock goes forward in the first of these nights, and back in the last.
            ("0 1 * * *", "2026-03-28T12:00:00Z", "2026-03-29T00:00:00Z"),
            ("0 1 * * *", "2026-03-29T12:00:00Z", "2026-03-29T23:00:00Z"),
            ("30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"),
            ("every day", "2026-03-28T12:00:00Z", "2026-03-29T00:00:00Z"),
            ("every day", "2026-03-29T12:00:00Z", "2026-03-29T23:00:00Z"),
            (
                "every day at 02:30",
                "2026-03-28T12:00:00Z",
                "2026-03-29T01:00:00Z",
            ),
            (
                "every day at 02:30",
                "2026-03-29T01:00:00Z",
                "2026-03-30T00:30:00Z",
            ),
            (
                "every day at 02:30",
                "2026-10-24T12:00:00Z",
                "2026-10-25T00:30:00Z",
            ),
            (
                "every day at 02:30",
                "2026-10-25T00:30:00Z",
                "2026-10-26T01:30:00Z",
            ),
            (
                "every 90 minutes",
                "2026-03-29T00:10:00Z",
                "2026-03-29T01:30:00Z",
            ),
            (
                "every 90 minutes",
                "2026-03-29T01:30:00Z",
                "2026-03-29T03:00:00Z",
            ),
            (
                "every 5 hours",
                "2026-10-25T00:00:00Z",
                "2026-10-25T01:00:00Z",
            ),
            (
                "every 5 hours",
                "2026-10-25T01:00:00Z",
                "2026-10-25T06:00:00Z",
            ),
        ] {
            let found = next_run(schedule, chrono_tz::Europe::Paris, at(now));
            assert_eq!(found, Some(at(next)), "{schedule} after {now}");
        }
        assert_eq!(
            next_run("nonsense", Tz::UTC, at("2026-01-10T12:00:00Z")),
            None
        );
    }

    #[test]
    fn the_last_time_of_a_day_is_today_or_before() {
        let time = NaiveTime::from_hms_opt(19, 0, 0).expect("a time");
        for (now, last) in [
            ("2026-07-10T16:59:59Z", "2026-07-09T17:00:00Z"),
            ("2026-07-10T17:00:00Z", "2026-07-10T17:00:00Z"),
            ("2026-07-10T21:00:00Z", "2026-07-10T17:00:00Z"),
            ("2026-03-29T16:30:00Z", "2026-03-28T18:00:00Z"),
            ("2026-03-29T17:30:00Z", "2026-03-29T17:00:00Z"),
            ("2026-10-25T17:30:00Z", "2026-10-24T17:00:00Z"),
        ] {
            let found = last_time(at(now), time, chrono_tz::Europe::Paris);
            assert_eq!(found, at(last), "{now}");
        }
    }

    #[test]
    fn every_so_many_days_are_the_same_days_whenever_it_is_asked() {
        let zone = chrono_tz::Europe::Paris;
        let (mut now, mut days) = (at("2026-03-20T12:00:00Z"), Vec::new());
        for _ in 0..8 {
            now = next_run("every 2 days at 23:30", zone, now).expect("a run");
            days.push(day(now, zone));
        }
        let expected = ["20", "22", "24", "26", "28", "30"].map(|day| format!("2026-03-{day}"));
        assert_eq!(days[..6], expected);
        assert_eq!(days[6..], ["2026-04-01", "2026-04-03"]);
    }
}
