//! Some picks and what they weigh; a good cover without a search. Pure.

use std::{cmp::Reverse, collections::BinaryHeap};

use smallvec::SmallVec;

use super::problem::{Problem, Weight};

/// A cover of all wants: what it weighs, then its candidates in ascending order, so that the lesser of two is the better.
pub(super) type Found = (Weight, Vec<usize>);

/// Some picks, and at each want what they hold of it.
pub(super) struct Cover<'a> {
    problem: &'a Problem,
    /// In the order of rank.
    picks: Vec<usize>,
    /// For each want the weight of every copy, ascending.
    copies: Vec<SmallVec<[Weight; 2]>>,
    uncovered: usize,
    /// What the picks weigh.
    pub weight: Weight,
    /// Wants and picks looked at so far: the work, counted the same on every machine.
    pub work: usize,
}

/// By what a greedy cover goes: the weight that a pick would add, and the open wants that it would cover; the least comes first.
type Greed = fn(Weight, usize) -> Weight;

/// Least weight per want first.
fn thrifty(weight: Weight, covers: usize) -> Weight {
    weight / covers as Weight
}

/// Most wants first.
fn hungry(_: Weight, covers: usize) -> Weight {
    Weight::MAX - covers as Weight
}

impl<'a> Cover<'a> {
    pub fn new(problem: &'a Problem) -> Self {
        Self {
            problem,
            picks: Vec::new(),
            copies: vec![SmallVec::new(); problem.holders.len()],
            uncovered: problem.holders.len(),
            weight: 0,
            work: 0,
        }
    }

    /// In the order of rank.
    pub fn picks(&self) -> &[usize] {
        &self.picks
    }

    pub fn contains(&self, id: usize) -> bool {
        self.picks.binary_search(&id).is_ok()
    }

    pub fn is_open(&self, want: usize) -> bool {
        self.copies[want].is_empty()
    }

    pub fn is_complete(&self) -> bool {
        self.uncovered == 0
    }

    pub fn found(&self) -> Found {
        (self.weight, self.picks.clone())
    }

    /// Whether it covers everything, and better.
    pub fn beats(&self, best: &Found) -> bool {
        self.is_complete() && (self.weight, &self.picks) < (best.0, &best.1)
    }

    /// What picking it would add to the weight, and how many open wants it would cover. The first never falls and the second
    /// never rises when other picks are added: what [`Cover::fill`] and the bound of the search stand on.
    pub fn adds(&mut self, id: usize) -> (Weight, usize) {
        let candidate = &self.problem.candidates[id];
        self.work += candidate.wants.len();
        let mut weight = candidate.alone;
        let mut covers = 0;
        for &want in &candidate.wants {
            match self.copies[want].last() {
                Some(&largest) => weight += candidate.copy.min(largest),
                None => covers += 1,
            }
        }
        (weight, covers)
    }

    pub fn add(&mut self, id: usize) {
        let (weight, covers) = self.adds(id);
        self.weight += weight;
        self.uncovered -= covers;
        let rank = self.picks.partition_point(|&pick| pick < id);
        self.picks.insert(rank, id);
        let candidate = &self.problem.candidates[id];
        for &want in &candidate.wants {
            let copies = &mut self.copies[want];
            let place = copies.partition_point(|copy| *copy < candidate.copy);
            copies.insert(place, candidate.copy);
        }
    }

    pub fn remove(&mut self, id: usize) {
        let candidate = &self.problem.candidates[id];
        for &want in &candidate.wants {
            let copies = &mut self.copies[want];
            copies.remove(copies.partition_point(|copy| *copy < candidate.copy));
        }
        self.picks.retain(|&pick| pick != id);
        let (weight, covers) = self.adds(id);
        self.weight -= weight;
        self.uncovered += covers;
    }

    /// Picks these and no others.
    fn become_like(&mut self, picks: &[usize]) {
        self.work += self.picks.len() + picks.len();
        for id in self.picks.clone() {
            if picks.binary_search(&id).is_err() {
                self.remove(id);
            }
        }
        for &id in picks {
            if !self.contains(id) {
                self.add(id);
            }
        }
    }

    /// Covers what is open, one pick after the other, without the candidate `but`. False when it is needed.
    fn fill(&mut self, greed: Greed, but: Option<usize>) -> bool {
        let mut seen = vec![false; self.problem.candidates.len()];
        let mut heap = BinaryHeap::new();
        for want in 0..self.copies.len() {
            if !self.is_open(want) {
                continue;
            }
            for &id in &self.problem.holders[want] {
                if Some(id) != but && !std::mem::replace(&mut seen[id], true) {
                    let (weight, covers) = self.adds(id);
                    heap.push(Reverse((greed(weight, covers), id)));
                }
            }
        }
        while !self.is_complete() {
            let Some(Reverse((known, id))) = heap.pop() else {
                return false;
            };
            let (weight, covers) = self.adds(id);
            if covers == 0 {
                continue;
            }
            // What was best may have fallen behind since it was weighed; nothing else can have become better.
            let now = greed(weight, covers);
            if now == known {
                self.add(id);
            } else {
                heap.push(Reverse((now, id)));
            }
        }
        true
    }

    /// Drops every pick whose wants are all held by others, except `keep`; the most wasteful first, then the worst ranked.
    fn prune(&mut self, keep: Option<usize>) {
        self.work += self.picks.len();
        let mut picks = self.picks.clone();
        picks.retain(|&id| Some(id) != keep && self.is_needless(id));
        picks.sort_by_key(|&id| Reverse((self.problem.candidates[id].alone, id)));
        for id in picks {
            if self.is_needless(id) {
                self.remove(id);
            }
        }
    }

    fn is_needless(&self, id: usize) -> bool {
        let wants = &self.problem.candidates[id].wants;
        wants.iter().all(|&want| self.copies[want].len() > 1)
    }
}

/// The better of two greedy covers, without needless picks.
pub(super) fn greedy(problem: &Problem) -> Found {
    let best = [hungry as Greed, thrifty].map(|greed| {
        let mut cover = Cover::new(problem);
        let complete = cover.fill(greed, None);
        debug_assert!(complete, "every want has a holder");
        cover.prune(None);
        cover.found()
    });
    let [hungry, thrifty] = best;
    hungry.min(thrifty)
}

/// Changes one thing at a time as long as that makes the cover better and there is work left: a candidate in and what it
/// makes needless out, or a pick out and what takes its place in. Takes the work from `left`.
pub(super) fn improve(problem: &Problem, start: Found, left: &mut usize) -> Found {
    let mut best = start;
    let mut cover = Cover::new(problem);
    cover.become_like(&best.1);
    let mut better = true;
    while better {
        better = false;
        for id in 0..problem.candidates.len() {
            if cover.work > *left {
                break;
            }
            if cover.contains(id) {
                cover.remove(id);
                cover.fill(thrifty, Some(id));
                cover.prune(None);
            } else {
                cover.add(id);
                cover.prune(Some(id));
            }
            if cover.beats(&best) {
                best = cover.found();
                better = true;
            } else {
                cover.become_like(&best.1);
            }
        }
    }
    *left = left.saturating_sub(cover.work);
    best
}
