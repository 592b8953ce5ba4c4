//! Schedules in words, as "every 90 minutes", and the interval of one that is written as cron. Pure.

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
        let word = self.unit.word();
        match self.every {
            1 => write!(f, "1 {}", word.trim_end_matches('s')),
            every => write!(f, "{every} {word}"),
        }
    }
}

const HOUR: u32 = 60;
const DAY: u32 = 24 * HOUR;
const LONGEST: u32 = 366 * DAY;

impl Interval {
    /// The interval of a schedule, when it is the same all the time.
    pub fn of_schedule(schedule: &str) -> Option<Self> {
        if let Ok(every) = schedule.parse::<Every>() {
            return Some(every.interval);
        }
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

    /// Its length; none when that is no interval of a schedule.
    pub fn minutes(self) -> Option<u32> {
        let length = Unit::ALL.iter().find(|known| known.0 == self.unit)?.2;
        let minutes = self.every.checked_mul(length)?;
        (1..=LONGEST).contains(&minutes).then_some(minutes)
    }
}

/// A schedule in words: `every 90 minutes`, `every 2 days at 03:30`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Every {
    /// The time between two runs, as long as a schedule's can be.
    pub interval: Interval,
    /// Hour and minute of the user's clock; for days.
    pub at: (u32, u32),
}

/// What is no schedule in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EveryError {
    /// Other words.
    #[error("it is not written as every 90 minutes, every 6 hours or every 2 days at 01:00")]
    Words,
    /// An interval that is none.
    #[error("a schedule cannot run every {0}: it must be from 1 minute to 366 days")]
    Length(Interval),
}

/// One at night.
const USUAL: (u32, u32) = (1, 0);

impl Every {
    /// A schedule of this interval. Days keep the time of day of the schedule that it replaces.
    ///
    /// # Errors
    /// When it is too long.
    pub fn replacing(schedule: &str, interval: Interval) -> Result<Self, EveryError> {
        let in_words = schedule.parse::<Self>().ok().map(|every| every.at);
        let at = in_words.or_else(|| time_of_day(schedule)).unwrap_or(USUAL);
        Self { interval, at }.checked()
    }

    fn checked(self) -> Result<Self, EveryError> {
        match self.interval.minutes() {
            Some(_) => Ok(self),
            None => Err(EveryError::Length(self.interval)),
        }
    }
}

impl fmt::Display for Every {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute) = self.at;
        write!(f, "every {}", self.interval)?;
        match self.interval.unit {
            Unit::Days => write!(f, " at {hour:02}:{minute:02}"),
            Unit::Minutes | Unit::Hours => Ok(()),
        }
    }
}

impl FromStr for Every {
    type Err = EveryError;

    fn from_str(text: &str) -> Result<Self, EveryError> {
        let text = text.to_lowercase();
        let words: Vec<&str> = text.split_whitespace().collect();
        let (interval, at) = match words[..] {
            ["every", ref interval @ .., "at", at] => (interval, Some(at)),
            ["every", ref interval @ ..] => (interval, None),
            _ => return Err(EveryError::Words),
        };
        let (every, unit) = match interval {
            [unit] => (Some(1), unit),
            [every, unit] => (number(every), unit),
            _ => return Err(EveryError::Words),
        };
        let (every, unit) = every.zip(Unit::from_word(unit)).ok_or(EveryError::Words)?;
        let at = match (at, unit) {
            (None, _) => USUAL,
            (Some(at), Unit::Days) => clock_time(at).ok_or(EveryError::Words)?,
            (Some(_), _) => return Err(EveryError::Words),
        };
        let interval = Interval { every, unit };
        Self { interval, at }.checked()
    }
}

fn number(field: &str) -> Option<u32> {
    // `+5` is a number for Rust and none for cron.
    field
        .starts_with(|first: char| first.is_ascii_digit())
        .then(|| u32::from_str(field).ok())?
}

/// Of five cron fields, where the minute stands first.
fn time_of_day(schedule: &str) -> Option<(u32, u32)> {
    let mut fields = schedule.split_whitespace();
    let minute = number(fields.next()?)?;
    Some((number(fields.next()?)?, minute))
}

fn clock_time(text: &str) -> Option<(u32, u32)> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute) = (number(hour)?, number(minute)?);
    (hour < 24 && minute < 60).then_some((hour, minute))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every(every: u32, unit: Unit) -> Interval {
        Interval { every, unit }
    }

    #[test]
    fn a_schedule_in_words_reads_back() {
        for (text, written) in [
            ("every 90 minutes", "every 90 minutes"),
            ("Every  1  minute", "every 1 minute"),
            ("every hour", "every 1 hour"),
            ("every 5 hours", "every 5 hours"),
            ("every day", "every 1 day at 01:00"),
            ("every 2 days", "every 2 days at 01:00"),
            ("every 2 days at 3:30", "every 2 days at 03:30"),
            ("every 366 days", "every 366 days at 01:00"),
        ] {
            let read: Every = text.parse().expect(text);
            assert_eq!(read.to_string(), written);
            assert_eq!(written.parse(), Ok(read));
            assert_eq!(Interval::of_schedule(written), Some(read.interval));
        }
    }

    #[test]
    fn what_is_no_interval_is_told() {
        for text in [
            "",
            "every",
            "every 2",
            "every two days",
            "every 2 weeks",
            "every -1 hours",
            "every 1.5 hours",
            "90 minutes",
            "every 2 hours at 01:00",
            "every 2 days at 24:00",
            "every 2 days at one",
            "every 2 days 01:00",
            "0 1 * * *",
        ] {
            assert_eq!(text.parse::<Every>(), Err(EveryError::Words), "{text}");
        }
        for text in ["every 0 minutes", "every 367 days", "every 4294967295 days"] {
            let error = text.parse::<Every>().expect_err(text);
            assert!(error.to_string().contains(text), "{error}");
        }
    }

    #[test]
    fn an_interval_keeps_the_time_of_day_of_the_schedule_that_it_replaces() {
        for (replaced, interval, written) in [
            ("30 3 * * *", every(2, Unit::Days), "every 2 days at 03:30"),
            (
                "every 2 days at 04:15",
                every(1, Unit::Days),
                "every 1 day at 04:15",
            ),
            ("*/15 * * * *", every(1, Unit::Days), "every 1 day at 01:00"),
            ("30 3 * * *", every(90, Unit::Minutes), "every 90 minutes"),
        ] {
            let made = Every::replacing(replaced, interval).expect("a schedule");
            assert_eq!(made.to_string(), written);
        }
        assert!(Every::replacing("0 1 * * *", every(400, Unit::Days)).is_err());
    }

    #[test]
    fn lengths_are_compared_however_they_are_written() {
        assert!(every(1, Unit::Days).is_as_long_as(every(24, Unit::Hours)));
        assert!(!every(1, Unit::Days).is_as_long_as(every(2, Unit::Days)));
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
}
