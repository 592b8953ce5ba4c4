//! The time, handed to whoever needs it, so that tests can set it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Days, NaiveTime, SecondsFormat, TimeZone, Utc};
use chrono_tz::Tz;

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

/// The next time after `millis` that the user's clock shows `time`. One that a change of the clock leaves out comes a day later.
pub fn next_time(millis: i64, time: NaiveTime, zone: Tz) -> i64 {
    let first = utc(millis).with_timezone(&zone).date_naive();
    let times = (0..=2)
        .filter_map(|day| first.checked_add_days(Days::new(day)))
        .filter_map(|day| zone.from_local_datetime(&day.and_time(time)).earliest())
        .map(|at| at.timestamp_millis());
    times.into_iter().find(|at| *at > millis).unwrap_or(millis)
}
