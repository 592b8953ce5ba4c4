//! Stage 5: what to do with an offer, with every reason. A rule per file; each says what it does when its fact is unknown. Pure.

mod age;
mod already_owned;
mod beyond_count;
mod blocked;
mod damaged;
mod delay;
mod doubtful;
mod fallback;
mod fan_translation;
mod format;
mod group;
mod implausible;
mod indexer;
mod no_client;
mod not_a_book;
mod not_wanted;
mod on_its_way;
mod other_edition;
mod pack_share;
mod pack_size;
mod seeders;
mod size;
mod special;
mod unconfirmed;
mod unmarked;
mod unreadable;
mod words;
mod wrong_language;
mod wrong_series;

pub mod before;
pub mod custom;
pub mod elsewhere;
mod facts;
pub mod rank;
pub mod reason;
pub mod relevance;

use std::collections::HashMap;

use super::{
    edition::Edition,
    link::{ContentId, Network},
    offer::Offer,
    profile::{Doubt, Profile},
    release::{self, Hints, Lexicon, Origin, Release},
    series::Series,
    title::{self, AlsoSays, TitleMatch},
    volume::{VolumeNumber, VolumeSet},
};
pub use custom::{Compiled, CustomRule};
pub use elsewhere::Elsewhere;
pub use facts::{Facts, SETTLED_BY_TRUST};
pub use reason::Reason;
pub use relevance::Relevance;
pub use size::{Bounds, CLOSED_PACK};

/// What a rule says of one offer.
#[derive(Clone, Debug, PartialEq)]
pub enum Ruling {
    /// Nothing against it.
    Pass,
    /// Nothing against it if only what is wanted of it is fetched. Its name does not say whether that can be done; its files do.
    InPart(Reason),
    /// A human has to look.
    Review(Reason),
    /// Not this one.
    Refuse(Reason),
}

impl Ruling {
    /// As the profile says for a doubt.
    fn of(doubt: Doubt, reason: Reason) -> Self {
        match doubt {
            Doubt::Pass => Self::Pass,
            Doubt::Review => Self::Review(reason),
            Doubt::Refuse => Self::Refuse(reason),
        }
    }
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

/// A rule: its name and what it says.
type Rule = (&'static str, fn(&Facts<'_>) -> Ruling);

/// Every rule, in the order in which reasons are shown.
pub const RULES: [Rule; 30] = [
    ("no_client", no_client::rule),
    ("not_a_book", not_a_book::rule),
    ("blocked", blocked::rule),
    ("wrong_series", wrong_series::rule),
    ("wrong_language", wrong_language::rule),
    ("special", special::rule),
    ("other_edition", other_edition::rule),
    ("unreadable", unreadable::rule),
    ("beyond_count", beyond_count::rule),
    ("implausible", implausible::rule),
    ("unmarked", unmarked::rule),
    ("already_owned", already_owned::rule),
    ("damaged", damaged::rule),
    ("doubtful", doubtful::rule),
    ("on_its_way", on_its_way::rule),
    ("not_wanted", not_wanted::rule),
    ("elsewhere", elsewhere::rule),
    ("unconfirmed", unconfirmed::rule),
    ("fan_translation", fan_translation::rule),
    ("format", format::rule),
    ("group", group::rule),
    ("indexer", indexer::rule),
    ("words", words::rule),
    ("size", size::rule),
    ("pack_share", pack_share::rule),
    ("pack_size", pack_size::rule),
    ("seeders", seeders::rule),
    ("age", age::rule),
    ("delay", delay::rule),
    ("fallback", fallback::rule),
];

/// An offer with its outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Over all rules.
    pub decision: Decision,
    /// Every reason against it, with what it leads to. One that leads to [`Decision::Accepted`] is a condition, see [`Ruling::InPart`].
    pub reasons: Vec<(Decision, Reason)>,
    /// The folded alias by which its name means the series, when the title itself does not.
    pub alias: Option<String>,
    /// The volumes that its name promises.
    pub volumes: VolumeSet,
    /// Those of them that are wanted.
    pub useful: VolumeSet,
    /// It is in another language that is taken too.
    pub is_fallback: bool,
    /// Bytes of it that nobody wants; of an unknown size as much as is usual.
    pub useless_bytes: u64,
    /// Bytes of what it holds when its size is not known: as much as is usual.
    pub usual_bytes: u64,
    /// Its place among the others; see [`rank`].
    pub rank: rank::Rank,
    /// For the eye only.
    pub relevance: Relevance,
}

impl Verdict {
    /// What has to be so when it is sent, see [`Ruling::InPart`].
    pub fn conditions(&self) -> impl Iterator<Item = &Reason> {
        let conditions = self.reasons.iter();
        conditions
            .filter(|reason| reason.0 == Decision::Accepted)
            .map(|reason| &reason.1)
    }

    /// It may be sent only if what is not wanted of it is left out.
    pub fn is_in_part(&self) -> bool {
        self.decision == Decision::Accepted && !self.reasons.is_empty()
    }

    /// What could not be known before it was to be sent stands against it.
    ///
    /// That it cannot be taken apart counts only where it has to be.
    pub fn object(&mut self, decision: Decision, reason: &Reason) {
        if matches!(reason, Reason::NotInPart { .. }) && !self.is_in_part() {
            return;
        }
        self.reasons.push((decision, reason.clone()));
        self.decision = self.decision.max(decision);
    }

    /// A client could not be given it.
    pub fn is_not_sent(&self) -> bool {
        let mut reasons = self.reasons.iter();
        reasons.any(|(_, reason)| matches!(reason, Reason::NotSent { .. }))
    }

    /// Nothing but what can pass stands against it.
    pub fn is_for_now(&self) -> bool {
        let mut reasons = self.reasons.iter();
        reasons.all(|(decision, reason)| *decision != Decision::Refused || reason.is_temporary())
    }

    /// Days after which it may be sent, when nothing but time stands against it.
    pub fn days_left(&self) -> Option<i64> {
        let refusals = self
            .reasons
            .iter()
            .filter(|reason| reason.0 == Decision::Refused);
        let left: Option<Vec<i64>> = refusals.map(|reason| reason.1.days_left()).collect();
        left?.into_iter().max()
    }
}

/// What is known besides the offers themselves.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// The series for which was searched.
    pub series: &'a Series,
    /// Its limits and preferences.
    pub profile: &'a Profile,
    /// The user's own rules that concern it.
    pub custom: &'a [Compiled],
    /// The words that are known.
    pub lexicon: &'a Lexicon,
    /// What is missing and free to be sent.
    pub wanted: &'a VolumeSet,
    /// Of these, the ones of which only a file's metadata says that they exist.
    pub unconfirmed: &'a VolumeSet,
    /// What is on the shelf.
    pub owned: &'a VolumeSet,
    /// What is there in files that no reader can show.
    pub damaged: &'a VolumeSet,
    /// What may be there: a file's name and its server say different numbers.
    pub doubtful: &'a VolumeSet,
    /// Since when volumes are missing, where that is known; milliseconds since the epoch. Only where something is waited for.
    pub missing_since: &'a HashMap<VolumeNumber, i64>,
    /// What live grabs reserve.
    pub on_its_way: &'a VolumeSet,
    /// What somebody else is fetching, or has put into an inbox.
    pub elsewhere: &'a Elsewhere,
    /// The copies on the shelf; only where upgrades are wanted.
    pub copies: &'a [ShelfCopy],
    /// Bytes of a volume on the shelf, the median of them.
    pub usual_bytes: Option<u64>,
    /// Offers that are blocked, by fingerprint, a form of [`ContentId`] or [`same_release`], with the reason.
    pub blocked: &'a HashMap<String, String>,
    /// From where some client downloads; empty when there is no client at all.
    pub networks: &'a [Network],
    /// Milliseconds since the epoch.
    pub now: i64,
}

/// A copy on the shelf, as its name says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShelfCopy {
    /// What it holds.
    pub volumes: VolumeSet,
    /// Who made it.
    pub origin: Origin,
    /// 2 for `v2`.
    pub revision: Option<VolumeNumber>,
    /// Pixels of the longer side.
    pub resolution: Option<u32>,
}

/// Judges the offers for one series.
pub struct Judge<'a> {
    known: Known<'a>,
    /// The title, folded, and behind it the aliases.
    names: Vec<String>,
    /// Titles of other series, folded.
    not_aliases: Vec<String>,
}

impl<'a> Judge<'a> {
    /// For one series.
    pub fn new(known: Known<'a>) -> Self {
        let names = std::iter::once(&known.series.title).chain(&known.series.aliases);
        Self {
            names: names.map(|name| title::fold(name)).collect(),
            not_aliases: (known.series.not_aliases.iter())
                .map(|name| title::fold(name))
                .collect(),
            known,
        }
    }

    /// Judges one offer.
    pub fn judge(&self, offer: &Offer) -> Verdict {
        let hints = Hints {
            kind: self.known.series.kind,
            titles: &self.names,
            lexicon: self.known.lexicon,
            ..Hints::default()
        };
        let release = release::parse(&offer.title, hints);
        let not_alias = self.not_alias(&release);
        let title = match not_alias {
            Some(_) => TitleMatch::Different,
            None => self.title(&release),
        };
        let hash = offer.content.as_ref().map(ContentId::as_hex);
        let blocked = self.known.blocked.get(&offer.fingerprint);
        let blocked = blocked.or_else(|| self.known.blocked.get(&hash?));
        let same = || {
            self.known
                .blocked
                .get(&same_release(&offer.title, offer.size? as i64))
        };
        let blocked = blocked.or_else(same);
        let alias = match title {
            TitleMatch::Alias => self.alias(&release),
            _ => None,
        };
        let verdict = verdict(Facts {
            offer,
            title,
            volumes: self.promised(&release, title),
            release: &release,
            not_alias: not_alias.map(str::to_owned),
            blocked: blocked.map(String::as_str),
            known: &self.known,
        });
        Verdict { alias, ..verdict }
    }

    /// The title that the user says is another series'. One of two is enough: such a name says that both are the same.
    fn not_alias<'r>(&self, release: &'r Release<'_>) -> Option<&'r str> {
        if self.not_aliases.is_empty() {
            return None;
        }
        let titles = [release.series.as_deref(), release.other_title.as_deref()];
        (titles.into_iter().flatten()).find(|name| self.not_aliases.contains(&title::fold(name)))
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

    /// Which of the aliases stands in the name; none when its other title is the series' own.
    fn alias(&self, release: &Release<'_>) -> Option<String> {
        let titles = [release.series.as_deref(), release.other_title.as_deref()];
        let folded = titles.into_iter().flatten().map(title::fold);
        folded
            .into_iter()
            .find(|name| self.names[1..].contains(name))
    }

    fn promised(&self, release: &Release<'_>, title: TitleMatch) -> VolumeSet {
        let numbers = release.numbers(self.known.series.kind);
        let says = AlsoSays {
            volumes: !numbers.is_empty() || !release.volumes.is_empty(),
            chapters: !release.chapters.is_empty(),
            special: release.is_special(),
            count: release.count,
        };
        if release.edition == Edition::Standard
            && title::one_shot(self.known.series.known_total(), title, says)
        {
            return VolumeSet::range(1, 1);
        }
        self.known
            .series
            .base_volumes(release.edition, numbers)
            .unwrap_or_default()
    }
}

fn verdict(facts: Facts<'_>) -> Verdict {
    let custom = facts.custom.iter().map(|rule| rule.ruling(&facts));
    let reasons: Vec<(Decision, Reason)> = RULES
        .iter()
        .map(|(_, rule)| rule(&facts))
        .chain(custom)
        .filter_map(|ruling| match ruling {
            Ruling::Pass => None,
            Ruling::InPart(reason) => Some((Decision::Accepted, reason)),
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
    let rank = rank::Rank::of(&facts);
    let relevance = relevance::relevance(&facts, useful.len());
    Verdict {
        decision,
        reasons,
        alias: None,
        useful,
        rank,
        relevance,
        is_fallback: facts.fallback_language().is_some(),
        useless_bytes: facts.useless_bytes(),
        usual_bytes: facts.usual_bytes_of_all(),
        volumes: facts.volumes,
    }
}

/// The same name but for case.
pub(crate) fn same(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

#[cfg(test)]
mod tests;

/// What a release is called by everybody who offers it: its folded name and its size in bytes.
pub fn same_release(title: &str, size: i64) -> String {
    format!("{}|{size}", title::fold(title))
}
