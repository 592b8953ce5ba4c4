//! Which of two accepted offers is better: an ordered list of comparers, so "why A before B" has a one-line answer. Pure.

use serde::{Deserialize, Serialize};

use super::Facts;
use crate::domain::title::TitleMatch;

/// What the comparers look at, in their order; a higher figure is better.
pub const COMPARERS: [&str; 6] = [
    "title",
    "useful_share",
    "format",
    "availability",
    "seeders",
    "age",
];

/// Formats, best first.
const FORMATS: [&str; 4] = ["cbz", "cbr", "epub", "pdf"];

/// One figure per comparer; compared from the first to the last.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Rank(Vec<i64>);

impl Rank {
    /// The first comparer in which this is better than the other, with both figures.
    pub fn better_by(&self, other: &Self) -> Option<(&'static str, i64, i64)> {
        let place = self.0.iter().zip(&other.0).position(|(a, b)| a != b)?;
        let (own, others) = (self.0[place], other.0[place]);
        (own > others).then(|| (COMPARERS[place], own, others))
    }
}

/// Ranks an offer of whose volumes `useful` are wanted.
pub fn rank(facts: &Facts<'_>, useful: usize) -> Rank {
    let title = match facts.title {
        TitleMatch::Exact => 3,
        TitleMatch::Alias => 2,
        TitleMatch::Near => 1,
        TitleMatch::Different => 0,
    };
    let volumes = facts.volumes.len().max(1);
    let share = (useful * 100 / volumes) as i64;
    let best_format = facts
        .release
        .formats
        .iter()
        .filter_map(|format| FORMATS.iter().position(|known| known == format))
        .min();
    let format = best_format.map_or(0, |place| (FORMATS.len() - place) as i64);
    // Unknown stands between "someone has it" and "no one has it": unknown is not zero.
    let availability = match facts.offer.seeders {
        Some(0) => 0,
        None => 1,
        Some(1 | 2) => 2,
        Some(_) => 3,
    };
    Rank(vec![
        title,
        share,
        format,
        availability,
        facts.offer.seeders.map_or(0, i64::from),
        facts.offer.published_at.unwrap_or(0),
    ])
}
