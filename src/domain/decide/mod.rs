//! Stage 5: what to do with an offer, with every reason. A rule per file; each says what it does when its fact is unknown. Pure.

mod already_owned;
mod not_a_book;
mod not_a_torrent;
mod not_wanted;
mod on_its_way;
mod other_edition;
mod pack_share;
mod special;
mod unreadable;
mod wrong_language;
mod wrong_series;

pub mod rank;
pub mod reason;
pub mod relevance;

use super::{
    edition::Edition,
    offer::Offer,
    release::{self, Hints, Lexicon, Release},
    series::Series,
    title::{self, AlsoSays, TitleMatch},
    volume::VolumeSet,
};
pub use reason::Reason;
pub use relevance::Relevance;

/// What a rule says of one offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// Nothing against it.
    Pass,
    /// A human has to look.
    Review(Reason),
    /// Not this one.
    Refuse(Reason),
}

/// The outcome over all rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decision {
    /// May be sent.
    Accepted,
    /// Never sent by itself.
    Review,
    /// Never sent.
    Refused,
}

impl Decision {
    /// As stored and shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Review => "review",
            Self::Refused => "refused",
        }
    }
}

/// What the rules may look at.
pub struct Facts<'a> {
    /// The offer.
    pub offer: &'a Offer,
    /// Its name, read.
    pub release: &'a Release<'a>,
    /// The series for which it was searched.
    pub series: &'a Series,
    /// Whether its title means that series.
    pub title: TitleMatch,
    /// The collected volumes that it promises; empty when none could be read, or what another edition holds is not known.
    pub volumes: VolumeSet,
    /// What is missing and free to be sent.
    pub wanted: &'a VolumeSet,
    /// What is on the shelf.
    pub owned: &'a VolumeSet,
    /// What live grabs reserve.
    pub on_its_way: &'a VolumeSet,
}

/// A rule: its name and what it says.
type Rule = (&'static str, fn(&Facts<'_>) -> Ruling);

/// Every rule, in the order in which reasons are shown.
pub const RULES: [Rule; 11] = [
    ("not_a_torrent", not_a_torrent::rule),
    ("not_a_book", not_a_book::rule),
    ("wrong_series", wrong_series::rule),
    ("wrong_language", wrong_language::rule),
    ("special", special::rule),
    ("other_edition", other_edition::rule),
    ("unreadable", unreadable::rule),
    ("already_owned", already_owned::rule),
    ("on_its_way", on_its_way::rule),
    ("not_wanted", not_wanted::rule),
    ("pack_share", pack_share::rule),
];

/// An offer with its outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Over all rules.
    pub decision: Decision,
    /// Every reason against it, with what it leads to.
    pub reasons: Vec<(Decision, Reason)>,
    /// The volumes that its name promises.
    pub volumes: VolumeSet,
    /// Those of them that are wanted.
    pub useful: VolumeSet,
    /// Its place among the others; see [`rank`].
    pub rank: rank::Rank,
    /// For the eye only.
    pub relevance: Relevance,
}

/// Judges the offers for one series.
pub struct Judge<'a> {
    series: &'a Series,
    lexicon: &'a Lexicon,
    wanted: &'a VolumeSet,
    owned: &'a VolumeSet,
    on_its_way: &'a VolumeSet,
    /// The title, folded, and behind it the aliases.
    names: Vec<String>,
}

impl<'a> Judge<'a> {
    /// For a series of which these volumes are wanted and free to be sent, on the shelf, and reserved by live grabs.
    pub fn new(
        series: &'a Series,
        lexicon: &'a Lexicon,
        wanted: &'a VolumeSet,
        owned: &'a VolumeSet,
        on_its_way: &'a VolumeSet,
    ) -> Self {
        let names = std::iter::once(&series.title).chain(&series.aliases);
        Self {
            series,
            lexicon,
            wanted,
            owned,
            on_its_way,
            names: names.map(|name| title::fold(name)).collect(),
        }
    }

    /// Judges one offer.
    pub fn judge(&self, offer: &Offer) -> Verdict {
        let hints = Hints {
            kind: self.series.kind,
            titles: &self.names,
            lexicon: self.lexicon,
            ..Hints::default()
        };
        let release = release::parse(&offer.title, hints);
        let title = self.title(&release);
        let facts = Facts {
            offer,
            title,
            volumes: self.promised(&release, title),
            release: &release,
            series: self.series,
            wanted: self.wanted,
            owned: self.owned,
            on_its_way: self.on_its_way,
        };
        verdict(facts)
    }

    /// Of a name with two titles, the second counts as an alias.
    fn title(&self, release: &Release<'_>) -> TitleMatch {
        let matches =
            |name: &str| title::same_series(&self.names[0], &self.names[1..], &title::fold(name));
        let first = release
            .series
            .as_deref()
            .map_or(TitleMatch::Different, matches);
        let second = release
            .other_title
            .as_deref()
            .map_or(TitleMatch::Different, matches);
        first.max(second.min(TitleMatch::Alias))
    }

    fn promised(&self, release: &Release<'_>, title: TitleMatch) -> VolumeSet {
        let numbers = release.numbers(self.series.kind);
        let says = AlsoSays {
            volumes: !numbers.is_empty(),
            chapters: !release.chapters.is_empty(),
            special: release.is_special(),
            count: release.count,
        };
        if release.edition == Edition::Standard
            && title::one_shot(self.series.known_total(), title, says)
        {
            return VolumeSet::range(1, 1);
        }
        self.series
            .base_volumes(release.edition, numbers)
            .unwrap_or_default()
    }
}

fn verdict(facts: Facts<'_>) -> Verdict {
    let reasons: Vec<(Decision, Reason)> = RULES
        .iter()
        .filter_map(|(_, rule)| match rule(&facts) {
            Ruling::Pass => None,
            Ruling::Review(reason) => Some((Decision::Review, reason)),
            Ruling::Refuse(reason) => Some((Decision::Refused, reason)),
        })
        .collect();
    let decision = reasons
        .iter()
        .map(|reason| reason.0)
        .max()
        .unwrap_or(Decision::Accepted);
    let useful: VolumeSet = facts
        .volumes
        .iter()
        .filter(|volume| facts.wanted.contains(*volume))
        .collect();
    let rank = rank::rank(&facts, useful.len());
    let relevance = relevance::relevance(&facts, useful.len());
    Verdict {
        decision,
        reasons,
        useful,
        rank,
        relevance,
        volumes: facts.volumes,
    }
}

#[cfg(test)]
mod tests;
