//! What a catalogue says of a series: how many volumes exist, where, and when they come out. Pure.

pub mod count;
pub mod hold;
pub mod score;

use std::fmt;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{
    release::Kind,
    series::Status,
    volume::{VolumeNumber, VolumeSet},
};

/// Whose volumes are counted. The same work has other counts in each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Market {
    /// As they come out in France: VF.
    France,
    /// As they come out where the work is from: VO.
    Home,
}

impl Market {
    /// Both.
    pub const ALL: [Self; 2] = [Self::France, Self::Home];

    /// As stored and shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::France => "france",
            Self::Home => "home",
        }
    }

    /// From its word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|market| market.word() == word)
    }
}

/// A day of the calendar, as exactly as a catalogue gives it: `2026-07-08`, `2026-07` or `2026`. It has no zone: it is a day where the volume
/// comes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Day {
    year: i32,
    month: Option<u32>,
    day: Option<u32>,
}

impl Day {
    /// None when there is no such day, or it is of no time in which books were printed or will be soon.
    pub fn new(year: i32, month: Option<u32>, day: Option<u32>) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month.unwrap_or(1), day.unwrap_or(1))?;
        let fits = (1800..=2200).contains(&year) && (month.is_some() || day.is_none());
        fits.then_some(Self { year, month, day })
    }

    /// When it begins.
    pub fn first(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1))
            .expect("it was one when it was made")
    }

    /// When it ends: the last day that it may mean.
    pub fn last(self) -> NaiveDate {
        let next = match (self.month, self.day) {
            (Some(_), Some(_)) => return self.first(),
            (Some(12), _) | (None, _) => NaiveDate::from_ymd_opt(self.year + 1, 1, 1),
            (Some(month), None) => NaiveDate::from_ymd_opt(self.year, month + 1, 1),
        };
        let next = next.expect("the first of a month is a day");
        next.pred_opt().expect("a day has one before it")
    }

    /// The month is known.
    pub fn has_month(self) -> bool {
        self.month.is_some()
    }

    /// The day itself is known.
    pub fn is_exact(self) -> bool {
        self.day.is_some()
    }

    /// What comes out then is out: on the day itself, or when the last day that it may mean is over.
    pub fn is_reached(self, today: NaiveDate) -> bool {
        match self.is_exact() {
            true => self.first() <= today,
            false => self.last() < today,
        }
    }
}

impl From<NaiveDate> for Day {
    fn from(date: NaiveDate) -> Self {
        Self {
            year: date.year(),
            month: Some(date.month()),
            day: Some(date.day()),
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if let Some(month) = self.month {
            write!(f, "-{month:02}")?;
        }
        match self.day {
            Some(day) => write!(f, "-{day:02}"),
            None => Ok(()),
        }
    }
}

/// A text that is no day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is no day; write it as 2026-07-08, 2026-07 or 2026")]
pub struct NoDay;

impl std::str::FromStr for Day {
    type Err = NoDay;

    fn from_str(text: &str) -> Result<Self, NoDay> {
        let mut parts = text.split('-');
        let number = |part: Option<&str>| match part {
            None => Ok(None),
            Some(part) if part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit()) => {
                part.parse::<u32>().map(Some).map_err(|_| NoDay)
            }
            Some(_) => Err(NoDay),
        };
        let year = number(parts.next())?.ok_or(NoDay)?;
        let (month, day) = (number(parts.next())?, number(parts.next())?);
        if parts.next().is_some() {
            return Err(NoDay);
        }
        let year = i32::try_from(year).map_err(|_| NoDay)?;
        Self::new(year, month, day).ok_or(NoDay)
    }
}

impl Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A volume that came out, or will.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// Which.
    pub volume: VolumeNumber,
    /// When; none when the catalogue lists it without a day.
    pub day: Option<Day>,
    /// Thirteen digits.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub isbn: Option<String>,
}

/// What a catalogue says of a series in one market.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// Where.
    pub market: Market,
    /// ISO 639-1 of what comes out there; none when it does not say where home is.
    pub language: Option<String>,
    /// How many volumes are out, as it counts them; none when it does not say. Never 0.
    pub count: Option<u32>,
    /// Whether more are to be expected.
    pub status: Option<Status>,
    /// The volumes that it lists one by one, in ascending order, each once; those to come are among them.
    pub releases: Vec<Release>,
}

impl Statement {
    /// One that says nothing yet.
    pub fn of(market: Market, language: Option<&str>) -> Self {
        Self {
            market,
            language: language.map(str::to_owned),
            count: None,
            status: None,
            releases: Vec::new(),
        }
    }

    /// The volumes that it lists and that are out.
    pub fn out(&self, today: NaiveDate) -> VolumeSet {
        let out = self.releases.iter().filter(|release| {
            let day = release.day;
            day.is_none_or(|day| day.is_reached(today))
        });
        out.map(|release| release.volume).collect()
    }

    /// It says nothing at all.
    pub fn is_empty(&self) -> bool {
        self.count.is_none() && self.status.is_none() && self.releases.is_empty()
    }
}

/// A series, as a catalogue shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Its own id, as [`super::identity::Identity`] spells it.
    pub id: String,
    /// The title that it shows first.
    pub title: String,
    /// Every other one, in any language and script.
    pub titles: Vec<String>,
    /// Who made it, as it writes them.
    pub authors: Vec<String>,
    /// When it began.
    pub year: Option<i32>,
    /// What it is; none when that is not known or it is none of these, as a novel.
    pub kind: Option<Kind>,
    /// What it says of how many there are; at most one for each market.
    pub statements: Vec<Statement>,
    /// It has a volume of the ISBN that was looked for.
    pub has_isbn: bool,
}

/// What a series is looked for by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sought {
    /// Its title.
    pub title: String,
    /// Other names, in the order in which they are tried.
    pub aliases: Vec<String>,
    /// ISO 639-1 of the copies that are collected.
    pub language: String,
    /// What a bare number means.
    pub kind: Kind,
    /// Of one of its volumes, when one is known; thirteen digits.
    pub isbn: Option<String>,
}

impl Sought {
    /// All of its names, the title first.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.title).chain(&self.aliases)
    }
}

/// A release of a month's page, of whatever series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The series' id there.
    pub id: String,
    /// Its title there.
    pub title: String,
    /// What comes out.
    pub release: Release,
}

#[cfg(test)]
mod tests;
