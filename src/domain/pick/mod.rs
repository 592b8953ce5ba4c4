//! Stage 6: the offers that cover the wants at the least cost. Pure, and the same answer every time.
//!
//! A weighted set cover. Read [`cost`] for what "least" means, then the stages of [`pick`]:
//! `problem` makes volumes into small numbers and drops what cannot matter, `cover` holds some picks and what they weigh and
//! finds a good cover quickly, `search` makes it the best one or stops after a fixed amount of work.

mod cover;
mod problem;
mod search;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use super::volume::{VolumeNumber, VolumeSet};
use problem::Problem;

/// What the planner has to know of an accepted offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The wanted volumes that it holds. What is in it and not wanted counts for nothing: it belongs to `useless_bytes`.
    pub useful: VolumeSet,
    /// Bytes of it that are not wanted: volumes that are owned, on their way, or that nobody asked for. 0 when it holds
    /// nothing else; an estimate when its size is unknown.
    pub useless_bytes: u64,
    /// Bytes of all of it; an estimate when its size is unknown.
    pub bytes: u64,
    /// How many volumes it holds, wanted or not; at least those of `useful`.
    pub carries: usize,
}

impl Choice {
    /// Bytes of one of its volumes, on average.
    fn average_bytes(&self) -> u64 {
        let carries = self.carries.max(self.useful.len()).max(1);
        self.bytes / carries as u64
    }
}

/// An offer to be sent, and what it is sent for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    /// Index of the choice.
    pub choice: usize,
    /// The wants that it reserves; no two picks share one. A want that two picks hold is reserved by the better ranked one.
    pub reserves: VolumeSet,
}

/// What a plan costs. Plans are compared part by part in this order: a later part counts only between equals in all before it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cost {
    /// Wants that no pick holds.
    pub uncovered: usize,
    /// Bytes that are fetched in vain.
    pub wasted_bytes: u128,
    /// Number of picks.
    pub picks: usize,
    /// The indices of the picks, ascending: of two plans, the one with the better ranked offer at the first difference is better.
    pub ranks: Vec<usize>,
}

/// What the plan costs that sends `picks`, the indices of distinct choices.
///
/// Wasted are the useless bytes of every pick and, for each want that several picks hold, all copies but the largest, each
/// copy taken as the average volume of its pick. The largest and not the best ranked is left out, so that the waste does not
/// depend on ranks and a plan never gets cheaper when one of its picks gets larger.
///
/// It follows that no plan of least cost has a pick without a want that only this pick holds: without it nothing is lost,
/// nothing more is wasted, and a pick is saved.
pub fn cost(wanted: &VolumeSet, choices: &[Choice], picks: &[usize]) -> Cost {
    let mut cost = Cost {
        uncovered: 0,
        wasted_bytes: 0,
        picks: picks.len(),
        ranks: picks.to_vec(),
    };
    cost.ranks.sort_unstable();
    for &index in picks {
        cost.wasted_bytes += u128::from(choices[index].useless_bytes);
    }
    for want in wanted.iter() {
        let copies = picks
            .iter()
            .map(|&index| &choices[index])
            .filter(|choice| choice.useful.contains(want))
            .map(Choice::average_bytes);
        match copies.clone().max() {
            None => cost.uncovered += 1,
            Some(largest) => {
                cost.wasted_bytes += copies.map(u128::from).sum::<u128>() - u128::from(largest);
            }
        }
    }
    cost
}

/// The plan of least [`cost`], in the order of rank. `choices` come in the order of their rank, best first.
///
/// Everything that can be covered is covered, and no plan costs more than the two greedy ones (most wants first; least cost
/// per want first). It is the cheapest of all plans unless the search ends at its fixed amount of work; a few dozen choices
/// that compete with each other, and far more when they are runs of volumes, stay below that.
pub fn pick(wanted: &VolumeSet, choices: &[Choice]) -> Vec<Pick> {
    let problem = Problem::new(wanted, choices);
    let picked = search::solve(problem);
    let mut open: BTreeSet<VolumeNumber> = wanted.iter().collect();
    picked
        .into_iter()
        .map(|choice| Pick {
            choice,
            reserves: choices[choice]
                .useful
                .iter()
                .filter(|want| open.remove(want))
                .collect(),
        })
        .collect()
}
