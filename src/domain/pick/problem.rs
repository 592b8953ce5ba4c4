//! The wants as small numbers, and the choices that can matter. Pure.

use super::Choice;
use crate::domain::volume::{VolumeNumber, VolumeSet};

/// What some picks cost as one number, which is compared as wasted bytes first, number of picks second.
pub(super) type Weight = u128;

/// One pick. More than 1 so that a share of it is still a number: ten wants in one pick weigh less each than nine.
pub(super) const PICK: Weight = 1 << 12;

/// One wasted byte weighs more than a million picks. 2^64 bytes of 2^20 picks still fit.
pub(super) const BYTE: Weight = 1 << 32;

/// A choice that holds a want. Candidates stand in the order of rank.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// Index of the choice.
    pub choice: usize,
    /// Numbers of the wants that it holds, ascending; at least one.
    pub wants: Vec<usize>,
    /// The weight of picking it when it shares no want with another pick.
    pub alone: Weight,
    /// The weight of a want of it that another pick holds as well.
    pub copy: Weight,
}

/// Wants that can be covered, numbered from 0 in the order of their volumes, and the candidates to cover them.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    /// In the order of rank.
    pub candidates: Vec<Candidate>,
    /// For each want the candidates that hold it, in the order of rank; at least one.
    pub holders: Vec<Vec<usize>>,
}

impl Problem {
    pub fn new(wanted: &VolumeSet, choices: &[Choice]) -> Self {
        let wanted: Vec<VolumeNumber> = wanted.iter().collect();
        let candidates = choices.iter().enumerate().map(|(index, choice)| Candidate {
            choice: index,
            wants: places(&wanted, &choice.useful),
            alone: Weight::from(choice.useless_bytes) * BYTE + PICK,
            copy: Weight::from(choice.average_bytes()) * BYTE,
        });
        let candidates = candidates
            .filter(|candidate| !candidate.wants.is_empty())
            .collect();
        Self::of(without_dominated(candidates))
    }

    /// Numbers the wants of these candidates anew.
    fn of(mut candidates: Vec<Candidate>) -> Self {
        let held = || candidates.iter().flat_map(|candidate| &candidate.wants);
        let mut numbers = vec![None; held().max().map_or(0, |last| last + 1)];
        for &want in held() {
            numbers[want] = Some(0);
        }
        let mut wants = 0;
        for number in numbers.iter_mut().flatten() {
            *number = wants;
            wants += 1;
        }
        let mut holders = vec![Vec::new(); wants];
        for (id, candidate) in candidates.iter_mut().enumerate() {
            for want in &mut candidate.wants {
                *want = numbers[*want].expect("it was numbered above");
                holders[*want].push(id);
            }
        }
        Self {
            candidates,
            holders,
        }
    }

    /// How often a candidate holds a want: the size of the problem.
    pub fn size(&self) -> usize {
        self.holders.iter().map(Vec::len).sum()
    }

    /// Problems that share neither wants nor candidates, so that the best covers of all make the best cover. `keep` says
    /// which candidates are left; they must cover every want.
    pub fn split(self, keep: &[bool]) -> Vec<Self> {
        let mut group: Vec<Option<usize>> = vec![None; self.candidates.len()];
        let mut groups = 0;
        for start in 0..self.candidates.len() {
            if keep[start] && group[start].is_none() {
                self.spread(start, groups, keep, &mut group);
                groups += 1;
            }
        }
        let mut parts: Vec<Vec<Candidate>> = vec![Vec::new(); groups];
        for (candidate, group) in self.candidates.into_iter().zip(group) {
            if let Some(group) = group {
                parts[group].push(candidate);
            }
        }
        parts.into_iter().map(Self::of).collect()
    }

    /// Puts into the group everything that is linked to `start` by shared wants.
    fn spread(&self, start: usize, number: usize, keep: &[bool], group: &mut [Option<usize>]) {
        let mut seen = vec![false; self.holders.len()];
        let mut next = vec![start];
        group[start] = Some(number);
        while let Some(id) = next.pop() {
            for &want in &self.candidates[id].wants {
                if std::mem::replace(&mut seen[want], true) {
                    continue;
                }
                for &holder in &self.holders[want] {
                    if keep[holder] && group[holder].is_none() {
                        group[holder] = Some(number);
                        next.push(holder);
                    }
                }
            }
        }
    }
}

/// The places of the volumes in `wanted`, which is ascending as they are.
fn places(wanted: &[VolumeNumber], volumes: &VolumeSet) -> Vec<usize> {
    let mut from = 0;
    let mut places = Vec::new();
    for volume in volumes.iter() {
        // The next volume is mostly the next want.
        if wanted.get(from).is_some_and(|want| *want < volume) {
            from += wanted[from..].partition_point(|want| *want < volume);
        }
        if wanted.get(from) == Some(&volume) {
            places.push(from);
            from += 1;
        }
    }
    places
}

/// Without the candidates that a better ranked one replaces in every plan: it holds the same wants and wastes no more, alone
/// or shared. One that holds more does not replace one that holds less: the rest of it may be there already.
fn without_dominated(candidates: Vec<Candidate>) -> Vec<Candidate> {
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    order.sort_by(|&a, &b| candidates[a].wants.cmp(&candidates[b].wants));
    let mut keep = vec![false; candidates.len()];
    for alike in order.chunk_by(|&a, &b| candidates[a].wants == candidates[b].wants) {
        let mut best: Vec<&Candidate> = Vec::new();
        for &id in alike {
            let candidate = &candidates[id];
            // With a single want it shares nothing: another pick that holds it would make this one needless.
            let single = candidate.wants.len() == 1;
            let replaces = |better: &&Candidate| {
                better.alone <= candidate.alone && (single || better.copy <= candidate.copy)
            };
            if !best.iter().any(replaces) {
                best.push(candidate);
                keep[id] = true;
            }
        }
    }
    let mut keep = keep.into_iter();
    candidates
        .into_iter()
        .filter(|_| keep.next().unwrap_or(false))
        .collect()
}
