//! The time, handed to whoever needs it, so that tests can set it.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;

/// Where the time comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's.
    System,
    /// A test's; milliseconds since the epoch.
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
