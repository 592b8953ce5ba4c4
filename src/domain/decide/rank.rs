//! Which of two accepted offers is better: an ordered list of comparers, so "why A before B" has a one-line answer. Pure.

use serde::{Deserialize, Serialize};

use super::{Facts, same};
use crate::domain::{release::Origin, title::TitleMatch, units::MEGABYTE};

/// One way to compare two offers; a higher figure is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Comparer {
    /// What the user's own rules with a weight add up to.
    Weight,
    /// The collected language, then the others that are taken, in their order.
    Language,
    /// Official, scan or unknown, fan.
    Origin,
    /// Megabytes of it that nobody wants.
    Waste,
    /// `v2` before `v1`.
    Revision,
    /// The profile's formats, in their order.
    Format,
    /// A preferred group.
    Group,
    /// Three seeders or more, unknown, one or two, none.
    Availability,
    /// Native pages of 1,600 to 2,600 pixels, unknown or others, upscaled ones.
    Resolution,
    /// Megabytes of a volume off this series' median, or off the ideal sizes.
    Size,
    /// Seeders.
    Seeders,
    /// When it was published: the later the better.
    Age,
    /// The title itself before an alias.
    Title,
}

impl Comparer {
    /// The order of a careful collector. The user's weights come first: who writes one wants it to count.
    pub const DEFAULT: [Self; 13] = [
        Self::Weight,
        Self::Language,
        Self::Origin,
        Self::Waste,
        Self::Revision,
        Self::Format,
        Self::Group,
        Self::Availability,
        Self::Resolution,
        Self::Size,
        Self::Seeders,
        Self::Age,
        Self::Title,
    ];

    /// As in profiles and stored rankings.
    pub fn word(self) -> &'static str {
        match self {
            Self::Weight => "weight",
            Self::Language => "language",
            Self::Origin => "origin",
            Self::Waste => "waste",
            Self::Revision => "revision",
            Self::Format => "format",
            Self::Group => "group",
            Self::Availability => "availability",
            Self::Resolution => "resolution",
            Self::Size => "size",
            Self::Seeders => "seeders",
            Self::Age => "age",
            Self::Title => "title",
        }
    }

    fn figure(self, facts: &Facts<'_>) -> i64 {
        let (release, profile) = (facts.release, facts.profile);
        match self {
            Self::Weight => facts.custom.iter().map(|rule| rule.weight(facts)).sum(),
            Self::Language => facts.language_rank(),
            Self::Origin => origin_figure(release.origin),
            Self::Waste => -((facts.useless_bytes() / MEGABYTE) as i64),
            Self::Revision => release
                .revision
                .map_or(100, |revision| revision.hundredths()),
            Self::Format => {
                let place = |format: &&str| {
                    let mut known = profile.formats.iter();
                    known.position(|known| known.eq_ignore_ascii_case(format))
                };
                let best = release.formats.iter().filter_map(place).min();
                best.map_or(0, |place| (profile.formats.len() - place) as i64)
            }
            Self::Group => {
                let known = |group: &str| {
                    profile
                        .preferred_groups
                        .iter()
                        .any(|known| same(known, group))
                };
                release.group.is_some_and(known).into()
            }
            Self::Availability => match facts.offer.seeders {
                Some(0) => 0,
                Some(1 | 2) => 1,
                // Unknown stands between "someone has it" and "no one has it": unknown is not zero.
                None => 2,
                Some(_) => 3,
            },
            Self::Resolution => match release.resolution {
                _ if is_upscaled(&facts.offer.title) => 0,
                Some(1_600..=2_600) => 2,
                _ => 1,
            },
            Self::Size => -facts.megabytes_off(),
            Self::Seeders => facts.offer.seeders.map_or(0, i64::from),
            Self::Age => facts.offer.published_at.unwrap_or(0),
            Self::Title => match facts.title {
                TitleMatch::Exact => 3,
                TitleMatch::Alias => 2,
                TitleMatch::Near => 1,
                TitleMatch::Different => 0,
            },
        }
    }
}

pub(super) fn origin_figure(origin: Origin) -> i64 {
    match origin {
        Origin::Official => 3,
        // Unknown is neither better nor worse than what most releases are.
        Origin::Scan | Origin::Unknown => 2,
        Origin::Fan => 1,
    }
}

fn is_upscaled(name: &str) -> bool {
    name.to_lowercase().contains("upscale")
}

/// One figure per comparer, in the profile's order; compared from the first to the last. Ranks of the same order are comparable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rank(Vec<(Comparer, i64)>);

impl Rank {
    /// Of an offer, under its series' profile.
    pub(super) fn of(facts: &Facts<'_>) -> Self {
        let order = facts.profile.ranking.iter();
        Self(
            order
                .map(|comparer| (*comparer, comparer.figure(facts)))
                .collect(),
        )
    }

    /// The first comparer in which this is better than the other, with both figures; none when that one is better, or ranked in
    /// another order.
    pub fn better_by(&self, other: &Self) -> Option<(Comparer, i64, i64)> {
        let mut pairs = self.0.iter().zip(&other.0);
        let ((comparer, own), (others_comparer, others)) =
            pairs.find(|(own, others)| own != others)?;
        (comparer == others_comparer && own > others).then_some((*comparer, *own, *others))
    }

    /// The figures, in their order.
    pub fn figures(&self) -> &[(Comparer, i64)] {
        &self.0
    }
}

impl Ord for Rank {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let figures = self.0.iter().map(|figure| figure.1);
        figures.cmp(other.0.iter().map(|figure| figure.1))
    }
}

impl PartialOrd for Rank {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
