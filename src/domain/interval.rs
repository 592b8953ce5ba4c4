//! "Every 12 hours" as a schedule of five cron fields, and back, as far as cron can say it. Pure.

use std::{fmt, str::FromStr};

/// In what an interval is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// 60 seconds.
    Minutes,
    /// 60 minutes.
    Hours,
    /// 24 hours.
    Days,
}

impl Unit {
    /// All of them, with their words and their lengths in minutes.
    const ALL: [(Self, &str, u32); 3] = [
        (Self::Minutes, "minutes", 1),
        (Self::Hours, "hours", 60),
        (Self::Days, "days", 24 * 60),
    ];

    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Minutes => "minutes",
            Self::Hours => "hours",
            Self::Days => "days",
        }
    }

    /// From its word, with or without its last letter.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|known| known.1 == word || known.1.strip_suffix('s') == Some(word))
            .map(|known| known.0)
    }
}

/// The time between two runs of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// How many.
    pub every: u32,
    /// Of what.
    pub unit: Unit,
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.every, self.unit.word())
    }
}

/// An interval that does not fit into the hour, the day or the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a schedule cannot run every {0}; it can every 1, 2, 3, 4, 5, 6, 10, 12, 15, 20 or 30 minutes, 1, 2, 3, 4, 6, 8 or 12 hours, 1 or 7 days"
)]
pub struct IntervalError(Interval);

const HOUR: u32 = 60;
const DAY: u32 = 24 * HOUR;
const WEEK: u32 = 7 * DAY;

impl Interval {
    /// The interval of a schedule, when it is the same all the time.
    pub fn of_schedule(schedule: &str) -> Option<Self> {
        let fields: Vec<&str> = schedule.split_whitespace().collect();
        let of = |every, unit| Some(Self { every, unit });
        let step = |field: &str, whole: u32| {
            let step = number(field.strip_prefix("*/")?)?;
            (step > 0 && whole.is_multiple_of(step)).then_some(step)
        };
        match fields[..] {
            ["*", "*", "*", "*", "*"] => of(1, Unit::Minutes),
            [minute, "*", "*", "*", "*"] if number(minute).is_some() => of(1, Unit::Hours),
            [minute, "*", "*", "*", "*"] => of(step(minute, 60)?, Unit::Minutes),
            [minute, hour, "*", "*", day] => {
                number(minute)?;
                match (number(hour), day) {
                    (None, "*") => of(step(hour, 24)?, Unit::Hours),
                    (Some(_), "*") => of(1, Unit::Days),
                    (Some(_), day) => number(day).and_then(|_| of(7, Unit::Days)),
                    (None, _) => None,
                }
            }
            _ => None,
        }
    }

    /// The same time between two runs, however it is written.
    pub fn is_as_long_as(self, other: Self) -> bool {
        self.minutes() == other.minutes()
    }

    /// A schedule of this interval. Days and weeks keep the time of day of the schedule that it replaces.
    ///
    /// # Errors
    /// When it does not fit into the hour, the day or the week.
    pub fn schedule(self, replaced: &str) -> Result<String, IntervalError> {
        let (minute, hour) = time_of_day(replaced).unwrap_or((0, 1));
        Ok(match self.minutes().ok_or(IntervalError(self))? {
            1 => "* * * * *".into(),
            HOUR => "0 * * * *".into(),
            DAY => format!("{minute} {hour} * * *"),
            WEEK => format!("{minute} {hour} * * 1"),
            minutes @ 2..HOUR if HOUR.is_multiple_of(minutes) => format!("*/{minutes} * * * *"),
            minutes
                if minutes > 0 && minutes.is_multiple_of(HOUR) && DAY.is_multiple_of(minutes) =>
            {
                format!("0 */{} * * *", minutes / HOUR)
            }
            _ => return Err(IntervalError(self)),
        })
    }

    fn minutes(self) -> Option<u32> {
        let length = Unit::ALL.iter().find(|known| known.0 == self.unit)?.2;
        self.every.checked_mul(length)
    }
}

fn number(field: &str) -> Option<u32> {
    // `+5` is a number for Rust and none for cron.
    field
        .starts_with(|first: char| first.is_ascii_digit())
        .then(|| u32::from_str(field).ok())?
}

fn time_of_day(schedule: &str) -> Option<(u32, u32)> {
    let mut fields = schedule.split_whitespace();
    Some((number(fields.next()?)?, number(fields.next()?)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every(every: u32, unit: Unit) -> Interval {
        Interval { every, unit }
    }

    #[test]
    fn what_fits_becomes_a_schedule_and_reads_back() {
        for (interval, schedule) in [
            (every(1, Unit::Minutes), "* * * * *"),
            (every(5, Unit::Minutes), "*/5 * * * *"),
            (every(30, Unit::Minutes), "*/30 * * * *"),
            (every(60, Unit::Minutes), "0 * * * *"),
            (every(1, Unit::Hours), "0 * * * *"),
            (every(720, Unit::Minutes), "0 */12 * * *"),
            (every(12, Unit::Hours), "0 */12 * * *"),
            (every(24, Unit::Hours), "30 3 * * *"),
            (every(1, Unit::Days), "30 3 * * *"),
            (every(7, Unit::Days), "30 3 * * 1"),
        ] {
            let made = interval.schedule("30 3 * * *").expect("a schedule");
            assert_eq!(made, schedule, "{interval}");
            let read = Interval::of_schedule(&made).expect("an interval");
            assert!(read.is_as_long_as(interval), "{interval}: {read}");
        }
    }

    #[test]
    fn what_does_not_fit_is_told_with_what_does() {
        for interval in [
            every(0, Unit::Minutes),
            every(7, Unit::Minutes),
            every(45, Unit::Minutes),
            every(90, Unit::Minutes),
            every(5, Unit::Hours),
            every(2, Unit::Days),
            every(u32::MAX, Unit::Days),
        ] {
            let error = interval.schedule("0 1 * * *").expect_err("no schedule");
            assert!(error.to_string().contains(&interval.to_string()), "{error}");
        }
    }

    #[test]
    fn a_schedule_without_one_interval_has_none() {
        for schedule in [
            "0 1 * * 1-5",
            "0 1,13 * * *",
            "*/7 * * * *",
            "0 */5 * * *",
            "0 1 1 * *",
            "0 0-6 * * *",
            "* 1 * * *",
            "*/5 1 * * *",
            "*/0 * * * *",
            "",
        ] {
            assert_eq!(Interval::of_schedule(schedule), None, "{schedule}");
        }
    }

    #[test]
    fn the_time_of_day_is_one_at_night_when_there_was_none() {
        let day = every(1, Unit::Days);
        assert_eq!(day.schedule("*/15 * * * *"), Ok("0 1 * * *".into()));
    }
}
