//! From what catalogues say to how many volumes are wanted: one count, of the market in which the series is collected, with its source; what
//! the others say stands beside it. Pure.

use chrono::NaiveDate;

use super::{Market, Statement};
use crate::domain::{
    edition::{Cut, Edition},
    identity::Catalogue,
    series::{Announced, Series, Status},
    volume::{VolumeNumber, VolumeSet},
};

/// In a list of volumes, one this far above the one before it is a misread number; records of this many in a row are hardly lacking.
const FARTHEST_RECORD: u32 = 10;

/// A statement, by whom and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// By whom.
    pub by: Catalogue,
    /// What.
    pub statement: Statement,
    /// When it was read; milliseconds.
    pub read_at: i64,
}

/// Who may say how many there are, as in the setting `countOrder`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// A catalogue.
    Catalogue(Catalogue),
    /// The libraries that show the series: their servers, and the metadata in their files.
    Libraries,
}

impl Who {
    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Catalogue(catalogue) => catalogue.word(),
            Self::Libraries => "libraries",
        }
    }

    /// From its word.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "libraries" => Some(Self::Libraries),
            word => Catalogue::from_word(word).map(Self::Catalogue),
        }
    }
}

/// The order of a new installation: who counts volumes one by one comes before who counts works, and before files' metadata.
pub const ORDER: [Who; 8] = [
    Who::Catalogue(Catalogue::Nautiljon),
    Who::Catalogue(Catalogue::Bedetheque),
    Who::Catalogue(Catalogue::OpenTome),
    Who::Catalogue(Catalogue::Bnf),
    Who::Catalogue(Catalogue::MangaUpdates),
    Who::Catalogue(Catalogue::AniList),
    Who::Catalogue(Catalogue::MyAnimeList),
    Who::Libraries,
];

/// How many volumes exist.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Of the collected market and edition; none when nobody says it.
    pub announced: Option<Announced>,
    /// Whether more are to be expected, by the first of the order that says it of this market.
    pub status: Option<Status>,
    /// What each says: of the collected market first, in the order.
    pub lines: Vec<Line>,
}

/// What one of them says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Who.
    pub by: Catalogue,
    /// Where.
    pub market: Market,
    /// How many are out there; none when it does not say.
    pub count: Option<u32>,
    /// It is of the market in which the series is collected, so it may count.
    pub counts: bool,
    /// It is another number than the one that counts.
    pub differs: bool,
}

/// How many are out, by one statement. What it counts goes on with the volumes that it lists right behind it, once their day is reached; and ends
/// before those of which it says itself that they are to come.
pub fn out(statement: &Statement, today: NaiveDate) -> Option<u32> {
    let listed = statement.out(today);
    let count = statement
        .count
        .map(|count| before_to_come(statement, count, today));
    let whole = listed.iter().filter_map(VolumeNumber::as_whole);
    let last = match count {
        Some(count) => whole
            .filter(|number| *number > count)
            .fold(
                count,
                |last, number| if number == last + 1 { number } else { last },
            ),
        None => whole.filter(|number| *number > 0).fold(0, |last, number| {
            if number <= last + FARTHEST_RECORD {
                number
            } else {
                last
            }
        }),
    };
    (last > 0).then_some(last)
}

/// Some count what they have announced: the last ones of a count whose days are to come are not out.
fn before_to_come(statement: &Statement, count: u32, today: NaiveDate) -> u32 {
    let is_to_come = |volume: u32| {
        let mut releases = statement.releases.iter();
        releases.any(|release| {
            release.volume.as_whole() == Some(volume)
                && release.day.is_some_and(|day| day.first() > today)
        })
    };
    let mut last = count;
    while last > 0 && is_to_come(last) {
        last -= 1;
    }
    last
}

/// The market whose volumes are collected: that of France in French, home in the language that is spoken there. None of any other.
pub fn is_collected(series: &Series, statement: &Statement) -> bool {
    statement.language.as_deref() == Some(series.language.as_str())
}

/// Catalogues count the plain edition. Another one has as many only where it keeps the numbers.
pub fn is_counted(edition: Edition) -> bool {
    edition == Edition::Standard || edition.cut() == Cut::Keeps
}

/// Merges them. The first of the order that gives a number of the collected market counts; nothing is averaged, and nobody is outvoted.
pub fn count(series: &Series, said: &[Said], order: &[Who], today: NaiveDate) -> Count {
    let place = |by: Catalogue| {
        let found = order.iter().position(|who| *who == Who::Catalogue(by));
        found.unwrap_or(order.len())
    };
    let libraries = order.iter().position(|who| *who == Who::Libraries);
    let mut sorted: Vec<&Said> = said.iter().collect();
    sorted.sort_by_key(|said| {
        let of_other_market = !is_collected(series, &said.statement);
        (
            of_other_market,
            place(said.by),
            said.by,
            said.statement.market,
        )
    });
    let mut lines: Vec<Line> = Vec::with_capacity(sorted.len());
    let mut count = Count::default();
    for said in &sorted {
        let counts = is_collected(series, &said.statement)
            && is_counted(series.edition)
            && place(said.by) < order.len();
        let number = out(&said.statement, today);
        if counts && count.status.is_none() {
            count.status = said.statement.status;
        }
        if counts
            && count.announced.is_none()
            && let Some(total) = number
        {
            count.announced = Some(Announced {
                total,
                by: said.by,
                before_libraries: libraries.is_none_or(|libraries| place(said.by) < libraries),
                specials: VolumeSet::default(),
            });
        }
        lines.push(Line {
            by: said.by,
            market: said.statement.market,
            count: number,
            counts,
            differs: false,
        });
    }
    let announced = count.announced.as_ref().map(|announced| announced.total);
    let chosen = series.total.or(announced);
    for line in &mut lines {
        line.differs = line.counts && line.count.is_some() && line.count != chosen;
    }
    if let Some(announced) = &mut count.announced {
        let of_market = sorted
            .iter()
            .filter(|said| is_collected(series, &said.statement) && place(said.by) < order.len());
        announced.specials = of_market
            .flat_map(|said| said.statement.out(today).iter().collect::<Vec<_>>())
            .filter(|volume| is_special(*volume))
            .collect();
    }
    count.lines = lines;
    count
}

/// A number that nobody counts with: 0, or one between two volumes.
pub fn is_special(volume: VolumeNumber) -> bool {
    volume.as_whole().is_none_or(|whole| whole == 0)
}
