//! A series, as far as deciding is concerned. Pure.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{
    edition::{Cut, Edition, EditionMap, base_set},
    event::SeriesRef,
    gaps,
    identity::Catalogue,
    release::{Hints, Kind, Lexicon, Place, parse},
    title::{self, AlsoSays, TitleMatch},
    volume::{VolumeError, VolumeNumber, VolumeSet},
};

/// One work in one language that someone collects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Series {
    /// Our own number for it.
    pub id: i64,
    /// The title to show and to search first.
    pub title: String,
    /// Other names, in the order in which they were learnt.
    pub aliases: Vec<String>,
    /// Titles like its own that mean another series.
    pub not_aliases: Vec<String>,
    /// ISO 639-1 of the copies that are collected.
    pub language: String,
    /// What a bare number in a name means.
    pub kind: Kind,
    /// Missing volumes become wants.
    pub monitored: bool,
    /// Picks may be sent by themselves.
    pub auto_send: bool,
    /// Volumes below are not wanted.
    pub wanted_from: Option<VolumeNumber>,
    /// Volumes above are not wanted.
    pub wanted_to: Option<VolumeNumber>,
    /// Volumes that are never wanted.
    pub ignored: VolumeSet,
    /// How many volumes exist, as the user says.
    pub total: Option<u32>,
    /// How many volumes exist, as its libraries say: the most of what their keys for it do.
    pub stated_total: Option<u32>,
    /// How many are out where it is collected, as a catalogue says.
    pub announced: Option<Announced>,
    /// Which of the numbers that nobody counts with are wanted.
    pub specials: Specials,
    /// Names of the sources to ask; empty asks all.
    pub sources: Vec<String>,
    /// The edition that is collected; its volumes are counted.
    pub edition: Edition,
    /// Which base volumes the volumes of other editions hold, as the user says.
    pub editions: EditionMap,
    /// The name of its profile; none for its library's.
    pub profile: Option<String>,
}

/// How many volumes of a series are out where it is collected, by the catalogue that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announced {
    /// How many.
    pub total: u32,
    /// Who says it.
    pub by: Catalogue,
    /// It counts more than what the libraries say.
    pub before_libraries: bool,
    /// Those of them that nobody counts with: 0, and numbers between two volumes.
    pub specials: VolumeSet,
}

/// Which numbers that nobody counts with are wanted: 0, and those between two volumes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Specials {
    /// None.
    #[default]
    Never,
    /// These.
    Listed(VolumeSet),
    /// All that a catalogue lists as out.
    All,
}

impl fmt::Display for Specials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Never => f.write_str("never"),
            Self::All => f.write_str("all"),
            Self::Listed(volumes) => volumes.fmt(f),
        }
    }
}

impl FromStr for Specials {
    type Err = VolumeError;

    fn from_str(text: &str) -> Result<Self, VolumeError> {
        Ok(match text.trim() {
            "" | "never" => Self::Never,
            "all" => Self::All,
            listed => Self::Listed(listed.parse()?),
        })
    }
}

/// Whether more volumes of a series are to be expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// New ones come out.
    Ongoing,
    /// The last one is out.
    Ended,
    /// None comes out for now.
    Hiatus,
    /// None will come out, though it is not at its end.
    Abandoned,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Ongoing, Self::Ended, Self::Hiatus, Self::Abandoned];

    /// As stored and shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ongoing => "ongoing",
            Self::Ended => "ended",
            Self::Hiatus => "hiatus",
            Self::Abandoned => "abandoned",
        }
    }

    /// The reverse of [`Status::word`].
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }
}

/// Fewer volumes would exist than there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("volume {last} is on the shelf, so at least {last} exist")]
pub struct TooFew {
    /// The last one on the shelf.
    pub last: u32,
}

impl Series {
    /// As events name it.
    pub fn named(&self) -> SeriesRef {
        SeriesRef {
            id: self.id,
            title: self.title.clone(),
            language: self.language.clone(),
            kind: self.kind,
        }
    }

    /// How sure it is that a title in a name means this series.
    pub fn matches(&self, name: &str) -> TitleMatch {
        let aliases: Vec<String> = self
            .aliases
            .iter()
            .map(|alias| title::fold(alias))
            .collect();
        title::same_series(&title::fold(&self.title), &aliases, &title::fold(name))
    }

    /// True for its title and its aliases.
    pub fn is_named(&self, name: &str) -> bool {
        let name = title::fold(name);
        let mut names = std::iter::once(&self.title).chain(&self.aliases);
        !name.is_empty() && names.any(|known| title::fold(known) == name)
    }

    /// The collected volumes that these volumes of an edition hold; nothing when that is not known. What names no edition in a series
    /// of a special one is not known: it may be either.
    pub fn base_volumes(&self, edition: Edition, volumes: &VolumeSet) -> Option<VolumeSet> {
        if edition == self.edition {
            return Some(volumes.clone());
        }
        if self.edition == Edition::Standard {
            base_set(edition, volumes, &self.editions)
        } else {
            None
        }
    }

    /// The collected volumes that a file on the shelf holds. It stands in the series' folder, so one that names no edition is of the
    /// collected one. What the user says of an edition counts here as it does for an offer. Without that a reprint counts by its
    /// numbers, and what was cut anew, or may have been, holds nothing.
    pub fn owned(&self, edition: Edition, volumes: &VolumeSet) -> VolumeSet {
        let keeps = edition.cut() == Cut::Keeps && !self.editions.names(edition);
        if edition == Edition::Standard || keeps {
            return volumes.clone();
        }
        self.base_volumes(edition, volumes).unwrap_or_default()
    }

    /// Its title and aliases, folded: a number in them is no volume.
    pub fn folded_names(&self) -> Vec<String> {
        let names = std::iter::once(&self.title).chain(&self.aliases);
        names.map(|name| title::fold(name)).collect()
    }

    /// How the name of a release that was taken for it is read, with its [`Series::folded_names`].
    pub fn hints<'a>(&self, names: &'a [String], lexicon: &'a Lexicon) -> Hints<'a> {
        Hints {
            kind: self.kind,
            titles: names,
            place: Place::Alone,
            lexicon,
        }
    }

    /// True when a file of this name, without a number, is the only volume of the series; by the rule by which an offer is, of all its
    /// names.
    pub fn is_one_shot(&self, stem: &str, lexicon: &Lexicon) -> bool {
        if self.known_total() != Some(1) {
            return false;
        }
        let titles = self.folded_names();
        let hints = Hints {
            kind: self.kind,
            titles: &titles,
            place: Place::InSeries,
            lexicon,
        };
        let release = parse(stem, hints);
        let title = match release.series.as_deref() {
            // A file of its own is as well called by another name of it: that of a series that was merged into it.
            Some(name) if self.is_named(name) => TitleMatch::Exact,
            _ => TitleMatch::Different,
        };
        let says = AlsoSays {
            volumes: !release.volumes.is_empty(),
            chapters: !release.chapters.is_empty(),
            special: release.is_special(),
            count: release.count,
        };
        release.edition == Edition::Standard && title::one_shot(self.known_total(), title, says)
    }

    /// What is wrong with what the user decided, each as the field's name and a sentence.
    pub fn mistakes(&self) -> Vec<(&'static str, String)> {
        let mut mistakes = Vec::new();
        if title::fold(&self.title).is_empty() {
            mistakes.push(("title", "it must hold a letter or a digit".into()));
        }
        for (field, names) in [
            ("aliases", &self.aliases),
            ("notAliases", &self.not_aliases),
        ] {
            if let Some(name) = names.iter().find(|name| title::fold(name).is_empty()) {
                let name: String = name.chars().take(40).collect();
                mistakes.push((
                    field,
                    format!(
                        "'{name}' holds neither letter nor digit, so nothing can be found by it"
                    ),
                ));
            }
        }
        if let Some(name) = self.not_aliases.iter().find(|name| self.is_named(name)) {
            let name: String = name.chars().take(40).collect();
            mistakes.push((
                "notAliases",
                format!("'{name}' is its title or one of its aliases as well; take it out of one of the lists"),
            ));
        }
        if let (Some(from), Some(to)) = (self.wanted_from, self.wanted_to)
            && from > to
        {
            mistakes.push((
                "wantedFrom",
                format!("{from} is above wantedTo, which is {to}; then nothing is wanted"),
            ));
        }
        mistakes
    }

    /// The user says how many volumes exist, or does not say it any more.
    ///
    /// # Errors
    /// When a later one is there; then nothing is changed.
    pub fn count_to(&mut self, total: Option<u32>, shelf: &Shelf) -> Result<(), TooFew> {
        let last = gaps::last_on_shelf(shelf).unwrap_or(0);
        if total.is_some_and(|total| total < last) {
            return Err(TooFew { last });
        }
        self.total = total;
        Ok(())
    }

    /// How many volumes exist: the user's word counts more than any other.
    pub fn known_total(&self) -> Option<u32> {
        let announced = self.announced.as_ref();
        let by_catalogue = announced.map(|announced| announced.total);
        let first = announced.is_some_and(|announced| announced.before_libraries);
        self.total.or(match first {
            true => by_catalogue,
            false => self.stated_total.or(by_catalogue),
        })
    }

    /// Who says how many there are: `you`, `libraries` or a catalogue.
    pub fn counted_by(&self) -> Option<&'static str> {
        let announced = self.announced.as_ref();
        match (self.total, self.stated_total, announced) {
            (Some(_), ..) => Some("you"),
            (None, Some(_), None) => Some("libraries"),
            (None, Some(_), Some(announced)) if !announced.before_libraries => Some("libraries"),
            (None, _, Some(announced)) => Some(announced.by.word()),
            (None, None, None) => None,
        }
    }

    /// Who says [`Series::confirmed_total`]: `you` or a catalogue.
    pub fn confirmed_by(&self) -> Option<&'static str> {
        let announced = self.announced.as_ref();
        match self.total {
            Some(_) => Some("you"),
            None => announced.map(|announced| announced.by.word()),
        }
    }

    /// How many of them are known to be out by someone who counts what comes out: the user, or a catalogue.
    pub fn confirmed_total(&self) -> u32 {
        let announced = self.announced.as_ref();
        let by_catalogue = announced.map(|announced| announced.total);
        self.total.or(by_catalogue).unwrap_or(0)
    }

    /// The numbers that nobody counts with and that are wanted.
    pub fn wanted_specials(&self) -> VolumeSet {
        match (&self.specials, &self.announced) {
            (Specials::Listed(volumes), _) => volumes.clone(),
            (Specials::All, Some(announced)) => announced.specials.clone(),
            (Specials::Never, _) | (Specials::All, None) => VolumeSet::default(),
        }
    }

    /// True when the volume lies in the wanted range and is not ignored.
    pub fn asks_for(&self, volume: VolumeNumber) -> bool {
        self.wanted_from.is_none_or(|from| volume >= from)
            && self.wanted_to.is_none_or(|to| volume <= to)
            && !self.ignored.contains(volume)
    }
}

/// The volumes of a series that are there, over all its libraries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shelf {
    /// Seen by the last scan.
    pub present: VolumeSet,
    /// Seen by it too, in files that no reader can show, and in no other: missing, and replaced only when a person approves.
    pub damaged: VolumeSet,
    /// Each may be what one of the files is, whose name and server say different numbers: missing, and sent only when a person approves.
    pub doubtful: VolumeSet,
    /// Seen once, and gone since: not missing, and not fetched again by itself.
    pub vanished: VolumeSet,
}

impl Shelf {
    /// What is missing although a file of it is there, or may be.
    pub fn unsettled(&self) -> VolumeSet {
        let mut unsettled = self.damaged.clone();
        unsettled.extend_with(&self.doubtful);
        unsettled
    }

    /// Everything of which a file is there, or may be.
    pub fn shown(&self) -> VolumeSet {
        let mut shown = self.unsettled();
        shown.extend_with(&self.present);
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(title: &str) -> Series {
        Series {
            id: 1,
            title: title.into(),
            aliases: Vec::new(),
            not_aliases: Vec::new(),
            language: "fr".into(),
            kind: Kind::Manga,
            monitored: true,
            auto_send: true,
            wanted_from: None,
            wanted_to: None,
            ignored: VolumeSet::default(),
            total: None,
            stated_total: None,
            announced: None,
            specials: Specials::Never,
            sources: Vec::new(),
            edition: Edition::Standard,
            editions: EditionMap::default(),
            profile: None,
        }
    }

    #[test]
    fn the_shelf_counts_editions_as_offers_are_counted() {
        let map = "collector 1=1-2; ultimate 1-2=1-4; colour 3=30; star 1=2";
        for (edition, volumes, without, with) in [
            (Edition::Standard, "3", "3", "3"),
            (Edition::Colour, "3", "3", "30"),
            (Edition::Original, "3", "3", "3"),
            (Edition::Star, "1", "1", "2"),
            (Edition::Double, "2", "3-4", "3-4"),
            (Edition::Omnibus(Some(3)), "2", "4-6", "4-6"),
            (Edition::Omnibus(None), "2", "", ""),
            (Edition::Collector, "1", "", "1-2"),
            (Edition::Ultimate, "1-2", "", "1-4"),
            (Edition::New, "1", "", ""),
            (Edition::Other, "1", "", ""),
            (Edition::Perfect, "1", "", ""),
        ] {
            let volumes: VolumeSet = volumes.parse().expect("a set");
            let mut series = series("Naruto");
            let held = |series: &Series| series.owned(edition, &volumes).to_string();
            assert_eq!(held(&series), without, "{edition:?} without a map");
            series.editions = map.parse().expect("a map");
            assert_eq!(held(&series), with, "{edition:?} with a map");
            let offered = series.base_volumes(edition, &volumes).unwrap_or_default();
            assert_eq!(offered.to_string(), with, "{edition:?} as an offer");
        }
    }

    #[test]
    fn no_fewer_volumes_exist_than_are_there() {
        let shelf = |present: &str, vanished: &str| Shelf {
            present: present.parse().expect("a set"),
            vanished: vanished.parse().expect("a set"),
            ..Shelf::default()
        };
        for (present, vanished, total, counted) in [
            ("1-6", "", Some(6), Ok(())),
            ("1-6", "", Some(5), Err(TooFew { last: 6 })),
            ("1-6,6.5", "", Some(6), Ok(())),
            ("1-6", "7-9", Some(6), Ok(())),
            ("1-6", "", None, Ok(())),
            ("", "", Some(1), Ok(())),
        ] {
            let mut naruto = series("Naruto");
            naruto.total = Some(72);
            let shelf = shelf(present, vanished);
            assert_eq!(
                naruto.count_to(total, &shelf),
                counted,
                "{total:?} {present}"
            );
            let expected = if counted.is_ok() { total } else { Some(72) };
            assert_eq!(naruto.total, expected, "{total:?} {present}");
        }
    }

    #[test]
    fn a_one_shot_on_the_shelf_is_its_only_volume() {
        let mut muets = series("Les Muets");
        muets.aliases = vec!["Die Stummen".into()];
        for (total, stated, stem, expected) in [
            (Some(1), None, "Les Muets", true),
            (None, Some(1), "Les Muets (2019) [Digital]", true),
            (Some(1), None, "Muets (Les)", true),
            (None, None, "Les Muets", false),
            (Some(2), Some(1), "Les Muets", false),
            (Some(1), None, "Les Muets - Artbook", false),
            (Some(1), None, "Les Muets - Chapitre 3", false),
            (Some(1), None, "Les Muets - Perfect Edition", false),
            (Some(1), None, "Les Sourds", false),
            (Some(1), None, "Die Stummen", true),
        ] {
            (muets.total, muets.stated_total) = (total, stated);
            let read = muets.is_one_shot(stem, Lexicon::known());
            assert_eq!(read, expected, "{total:?} {stated:?} {stem}");
        }
    }
}
