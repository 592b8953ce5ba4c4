//! From a good cover to the best one: branch and bound, over a fixed amount of work. Pure.

use std::cmp::Reverse;

use super::{
    cover::{Cover, Found, greedy, improve},
    problem::{Problem, Weight},
};

/// How much work a plan may take, in wants looked at: some 20 ms of one core. Random sets of 24 choices took a third of it
/// at most to be proven the best, of 32 choices it all at times.
const WORK: usize = 2_000_000;

/// One in this many parts of the work that is left may go into improving a first cover; the search gets the rest.
const SHARE: usize = 2;

/// Deeper than this the search does not follow: it calls itself, and the stack of a worker is small.
const DEPTH: usize = 400;

/// The choices of the best cover that is found, ascending.
pub(super) fn solve(problem: Problem) -> Vec<usize> {
    let mut left = WORK;
    let mut picked = Vec::new();
    let all = vec![true; problem.candidates.len()];
    let mut parts: Vec<(Problem, Option<Found>)> = split(problem, &all, None);
    while let Some((part, start)) = parts.pop() {
        let start = start.unwrap_or_else(|| {
            let mut share = left / SHARE;
            left -= share;
            let start = improve(&part, greedy(&part), &mut share);
            left += share;
            start
        });
        let mut search = Search::new(&part, start);
        let able = search.able();
        left = left.saturating_sub(search.cover.work);
        if left > 0 && able.contains(&false) {
            let start = search.best;
            parts.extend(split(part, &able, Some(&start)));
            continue;
        }
        // While others wait, one takes no more than half.
        search.cover.work = 0;
        search.limit = if parts.is_empty() { left } else { left / 2 };
        search.visit(0);
        left = left.saturating_sub(search.cover.work);
        let choice = |&id: &usize| part.candidates[id].choice;
        picked.extend(search.best.1.iter().map(choice));
    }
    picked.sort_unstable();
    picked
}

/// The parts of a problem, each with its part of the cover. The smallest is last and so taken first: small ones take little
/// work, and large ones cannot take it from them.
fn split(problem: Problem, keep: &[bool], start: Option<&Found>) -> Vec<(Problem, Option<Found>)> {
    let start: Option<Vec<usize>> = start.map(|(_, picks)| {
        let choice = |&id: &usize| problem.candidates[id].choice;
        picks.iter().map(choice).collect()
    });
    let mut parts: Vec<(Problem, Option<Found>)> = problem
        .split(keep)
        .into_iter()
        .map(|part| {
            let found = start.as_ref().map(|picks| {
                let mut cover = Cover::new(&part);
                for (id, candidate) in part.candidates.iter().enumerate() {
                    if picks.binary_search(&candidate.choice).is_ok() {
                        cover.add(id);
                    }
                }
                cover.found()
            });
            (part, found)
        })
        .collect();
    parts.sort_by_key(|(part, _)| Reverse(part.size()));
    parts
}

/// What every completion of a cover weighs at least.
struct Bound {
    /// The weight that is at least added.
    weight: Weight,
    /// For each candidate how much more is added at least when it is picked.
    slack: Vec<Weight>,
}

struct Search<'a> {
    problem: &'a Problem,
    cover: Cover<'a>,
    /// Candidates that are not to be picked below: their covers were searched before.
    banned: Vec<bool>,
    best: Found,
    limit: usize,
}

impl<'a> Search<'a> {
    fn new(problem: &'a Problem, start: Found) -> Self {
        Self {
            problem,
            cover: Cover::new(problem),
            banned: vec![false; problem.candidates.len()],
            best: start,
            limit: 0,
        }
    }

    /// The candidates that a cover may have which is as good as the best one so far: all others are never part of the answer.
    fn able(&mut self) -> Vec<bool> {
        let Some(bound) = self.bound() else {
            return vec![true; self.problem.candidates.len()];
        };
        let able = |slack: &Weight| bound.weight + slack <= self.best.0;
        bound.slack.iter().map(able).collect()
    }

    /// Every open want in turn takes as much of the weight of its holders as is left of all of them. No candidate gives more
    /// than it would add, so no completion adds less than what was taken. For runs of volumes that share nothing this is exact.
    /// Nothing when a want cannot be covered.
    fn bound(&mut self) -> Option<Bound> {
        let mut slack = vec![0; self.problem.candidates.len()];
        for (id, slack) in slack.iter_mut().enumerate() {
            if !self.banned[id] && !self.cover.contains(id) {
                *slack = self.cover.adds(id).0;
            }
        }
        let mut weight = 0;
        for (want, holders) in self.problem.holders.iter().enumerate() {
            if !self.cover.is_open(want) {
                continue;
            }
            self.cover.work += holders.len();
            let able = || holders.iter().copied().filter(|&id| !self.banned[id]);
            let taken = able().map(|id| slack[id]).min()?;
            if taken > 0 {
                weight += taken;
                able().for_each(|id| slack[id] -= taken);
            }
        }
        Some(Bound { weight, slack })
    }

    /// Searches all covers that have the present picks and none that is banned.
    fn visit(&mut self, depth: usize) {
        if self.cover.is_complete() {
            if self.cover.beats(&self.best) {
                self.best = self.cover.found();
            }
            return;
        }
        if depth > DEPTH || self.cover.work > self.limit {
            return;
        }
        let Some(bound) = self.bound() else {
            return;
        };
        let floor = self.cover.weight + bound.weight;
        if floor > self.best.0 || floor == self.best.0 && !self.may_rank_better(&bound) {
            return;
        }
        let options = self.options(&bound, floor);
        for &id in &options {
            // The best may have become better since.
            if floor + bound.slack[id] <= self.best.0 {
                self.cover.add(id);
                self.visit(depth + 1);
                self.cover.remove(id);
            }
            self.banned[id] = true;
        }
        for id in options {
            self.banned[id] = false;
        }
    }

    /// The candidates for the open want that has the fewest: the most promising first, then the best ranked.
    fn options(&mut self, bound: &Bound, floor: Weight) -> Vec<usize> {
        let mut fewest: Option<Vec<usize>> = None;
        for (want, holders) in self.problem.holders.iter().enumerate() {
            if !self.cover.is_open(want) {
                continue;
            }
            self.cover.work += holders.len();
            let able = |id: &usize| !self.banned[*id] && floor + bound.slack[*id] <= self.best.0;
            let most = fewest.as_ref().map_or(usize::MAX, Vec::len);
            if holders.iter().filter(|id| able(id)).take(most).count() < most {
                fewest = Some(holders.iter().copied().filter(able).collect());
            }
        }
        let mut options = fewest.unwrap_or_default();
        options.sort_by_key(|&id| (bound.slack[id], id));
        options
    }

    /// Whether a completion that weighs no more than the best cover can come before it by rank: it has just as many picks,
    /// and all that it adds is without slack.
    fn may_rank_better(&self, bound: &Bound) -> bool {
        let best = &self.best.1;
        let mut missing = best.len().saturating_sub(self.cover.picks().len());
        let mut ranks = (0..self.problem.candidates.len()).filter(|&id| {
            if self.cover.contains(id) {
                return true;
            }
            let able = missing > 0 && !self.banned[id] && bound.slack[id] == 0 && self.covers(id);
            missing -= usize::from(able);
            able
        });
        let ahead = best.iter().find_map(|&rank| match ranks.next() {
            Some(other) if other == rank => None,
            other => Some(other.is_some_and(|other| other < rank)),
        });
        ahead.unwrap_or(false)
    }

    fn covers(&self, id: usize) -> bool {
        let wants = &self.problem.candidates[id].wants;
        wants.iter().any(|&want| self.cover.is_open(want))
    }
}
