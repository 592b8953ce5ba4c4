//! Stage 5: what to do with an offer, with every reason. A rule per file; each says what it does when its fact is unknown. Pure.

mod already_owned;
mod not_a_book;
mod not_a_torrent;
mod not_wanted;
mod on_its_way;
mod pack_share;
mod special;
mod unreadable;
mod wrong_language;
mod wrong_series;

pub mod rank;
pub mod reason;
pub mod relevance;

use super::{
    offer::Offer,
    release::{self, Release},
    series::Series,
    title::TitleMatch,
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
pub const RULES: [Rule; 10] = [
    ("not_a_torrent", not_a_torrent::rule),
    ("not_a_book", not_a_book::rule),
    ("wrong_series", wrong_series::rule),
    ("wrong_language", wrong_language::rule),
    ("special", special::rule),
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

/// Judges one offer.
pub fn judge(
    offer: &Offer,
    series: &Series,
    wanted: &VolumeSet,
    owned: &VolumeSet,
    on_its_way: &VolumeSet,
) -> Verdict {
    let release = release::parse(&offer.title, series.kind);
    let title = release
        .series
        .map_or(TitleMatch::Different, |name| series.matches(name));
    let facts = Facts {
        offer,
        release: &release,
        series,
        title,
        wanted,
        owned,
        on_its_way,
    };
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
    let useful: VolumeSet = release
        .volumes
        .iter()
        .filter(|volume| wanted.contains(*volume))
        .collect();
    let rank = rank::rank(&facts, useful.len());
    let relevance = relevance::relevance(&facts, useful.len());
    Verdict {
        decision,
        reasons,
        volumes: release.volumes.clone(),
        useful,
        rank,
        relevance,
    }
}

#[cfg(test)]
mod tests;
