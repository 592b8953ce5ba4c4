//! What a target wants to hear, and when. Pure.

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

use super::{Importance, Tongue};

/// What a target wants to hear, and how. Empty lists are all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tells {
    /// Types of events: `grab.sent`, or `grab.*` for all that begin so.
    pub events: Vec<String>,
    /// Names of libraries.
    pub libraries: Vec<String>,
    /// Numbers of series.
    pub series: Vec<i64>,
    /// Nothing of less importance.
    pub least: Importance,
    /// When just what is of high importance is told.
    pub quiet: Option<Quiet>,
    /// Times of day at which what waits is told as one; what is of high importance is told at once. None of them: all is.
    pub digest: Vec<NaiveTime>,
    /// Of texts.
    pub language: Tongue,
    /// Template of titles; none for ours.
    pub title: Option<String>,
    /// Template of texts; none for ours.
    pub text: Option<String>,
}

impl Default for Tells {
    fn default() -> Self {
        Self {
            events: Vec::new(),
            libraries: Vec::new(),
            series: Vec::new(),
            least: Importance::Low,
            quiet: None,
            digest: Vec::new(),
            language: Tongue::default(),
            title: None,
            text: None,
        }
    }
}

/// A part of the day, in the user's zone; it may go over midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    /// From then on.
    pub from: NaiveTime,
    /// Until then.
    pub to: NaiveTime,
}

/// What an event is about.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// Its type.
    pub kind: &'a str,
    /// How much it matters.
    pub importance: Importance,
    /// Its series.
    pub series: Option<i64>,
    /// The library that it names, or those that show its series.
    pub libraries: &'a [String],
}

impl Tells {
    /// Whether a target wants an event. What is about no series is not held against a list of series, nor what is about no library
    /// against one of libraries: that is what `events` is for.
    pub fn wants(&self, about: &About<'_>) -> bool {
        let kind = self.events.is_empty()
            || self
                .events
                .iter()
                .any(|pattern| matches(pattern, about.kind));
        let series = self.series.is_empty()
            || about
                .series
                .is_none_or(|series| self.series.contains(&series));
        let library = self.libraries.is_empty()
            || about.libraries.is_empty()
            || about
                .libraries
                .iter()
                .any(|name| self.libraries.contains(name));
        kind && series && library && about.importance >= self.least
    }
}

/// Whether a type is one of a pattern.
pub fn matches(pattern: &str, kind: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => kind.starts_with(start),
        None => pattern == kind,
    }
}

impl Quiet {
    /// Whether it is quiet at a time of the user's day. From and to the same time is never.
    pub fn holds(&self, time: NaiveTime) -> bool {
        if self.from <= self.to {
            self.from <= time && time < self.to
        } else {
            self.from <= time || time < self.to
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveTime {
        NaiveTime::parse_from_str(text, "%H:%M").expect("a time")
    }

    #[test]
    fn each_list_says_no_and_an_empty_one_says_yes() {
        let libraries = ["manga".to_owned()];
        let sent = About {
            kind: "grab.sent",
            importance: Importance::Normal,
            series: Some(12),
            libraries: &libraries,
        };
        let check = About {
            kind: "check.finished",
            series: None,
            libraries: &[],
            ..sent
        };
        let all = Tells::default();
        let of = |events: &[&str]| Tells {
            events: events.iter().map(|event| (*event).to_owned()).collect(),
            ..Tells::default()
        };
        let in_libraries = |name: &str| Tells {
            libraries: vec![name.to_owned()],
            ..Tells::default()
        };
        let of_series = |series| Tells {
            series: vec![series],
            ..Tells::default()
        };
        let from = |least| Tells {
            least,
            ..Tells::default()
        };
        for (tells, about, wanted, why) in [
            (all, sent, true, "nothing is said"),
            (of(&["grab.sent"]), sent, true, "its type"),
            (of(&["grab.*"]), sent, true, "all of its kind"),
            (of(&["*"]), sent, true, "all"),
            (of(&["grab"]), sent, false, "no type"),
            (of(&["volume.*", "health.*"]), sent, false, "other types"),
            (in_libraries("manga"), sent, true, "its library"),
            (in_libraries("bd"), sent, false, "another library"),
            (in_libraries("bd"), check, true, "of no library"),
            (of_series(12), sent, true, "its series"),
            (of_series(13), sent, false, "another series"),
            (of_series(13), check, true, "of no series"),
            (from(Importance::Normal), sent, true, "important enough"),
            (from(Importance::High), sent, false, "not important enough"),
        ] {
            assert_eq!(tells.wants(&about), wanted, "{why}");
        }
    }

    #[test]
    fn it_is_quiet_over_midnight_too() {
        for (from, to, time, quiet) in [
            ("22:00", "07:30", "23:59", true),
            ("22:00", "07:30", "00:00", true),
            ("22:00", "07:30", "07:29", true),
            ("22:00", "07:30", "07:30", false),
            ("22:00", "07:30", "21:59", false),
            ("12:00", "14:00", "13:00", true),
            ("12:00", "14:00", "14:00", false),
            ("12:00", "14:00", "11:59", false),
            ("12:00", "12:00", "12:00", false),
        ] {
            let hours = Quiet {
                from: at(from),
                to: at(to),
            };
            assert_eq!(hours.holds(at(time)), quiet, "{time} in {from}-{to}");
        }
    }
}
