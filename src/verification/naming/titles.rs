//! What one name says, and whether its title is that of the series. Pure.

use std::borrow::Cow;

use crate::{
    book::name::{self, NameSays},
    domain::{
        decide::Reason,
        release::{Hints, Lexicon, Place, parse},
        series::Series,
        title::{self, TitleMatch},
    },
};

/// The most letters of a title that a reason repeats.
const MAX_TITLE: usize = 120;

/// Reads names in the light of the series.
pub struct Titles<'a> {
    series: &'a Series,
    lexicon: &'a Lexicon,
    /// The title and the aliases.
    folded: Vec<String>,
    others: Vec<String>,
}

impl<'a> Titles<'a> {
    /// For this series.
    pub fn of(series: &'a Series, lexicon: &'a Lexicon) -> Self {
        let titles = std::iter::once(&series.title).chain(&series.aliases);
        Self {
            series,
            lexicon,
            folded: titles.map(|title| title::fold(title)).collect(),
            others: series
                .not_aliases
                .iter()
                .map(|title| title::fold(title))
                .collect(),
        }
    }

    fn hints(&self, place: Place) -> Hints<'_> {
        Hints {
            kind: self.series.kind,
            titles: &self.folded,
            place,
            lexicon: self.lexicon,
        }
    }

    /// The numbers and tags of a name in the folder of the series.
    pub fn says(&self, name: &str) -> NameSays {
        name::read(name, &self.folded, self.hints(Place::InSeries))
    }

    /// Why a name with a title in front of its number means another series. It is read as if it stood alone: in the folder of Dragon
    /// Ball, `Dragon Ball Super T03` begins with the title.
    pub fn other_series(&self, name: &str) -> Option<Reason> {
        let release = parse(name, self.hints(Place::Alone));
        let titles = || {
            [&release.series, &release.other_title]
                .into_iter()
                .flatten()
        };
        let shown = |title: &Cow<'_, str>| title.chars().take(MAX_TITLE).collect();
        if let Some(title) = titles().find(|title| self.others.contains(&title::fold(title))) {
            let series = shown(title);
            return Some(Reason::NotAlias { series });
        }
        if titles().any(|title| self.is_own(title)) {
            return None;
        }
        titles().next().map(|title| Reason::WrongSeries {
            series: shown(title),
        })
    }

    /// The title in the name of a folder; none in that of one which only says volumes.
    pub fn of_folder(&self, name: &str) -> Option<String> {
        let says = self.says(name);
        if !says.numbers.is_empty() {
            return says.title;
        }
        let title = parse(name, self.hints(Place::Folder)).series?;
        Some(title.chars().take(MAX_TITLE).collect())
    }

    /// The series' own, or like it.
    pub fn is_own(&self, title: &str) -> bool {
        let folded = title::fold(title);
        title::same_series(&self.folded[0], &self.folded[1..], &folded) != TitleMatch::Different
    }
}
