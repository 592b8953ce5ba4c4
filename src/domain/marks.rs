//! What a library said has changed, until it is looked at: a burst of changes is looked at once. Pure.

use std::collections::BTreeSet;

/// More series than these are not looked at one by one: the whole library is.
const MOST_SERIES: usize = 500;

/// A library that goes on changing is looked at after so many times the wait for quiet.
const PATIENCE: i64 = 10;

/// What is to be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    Whole,
    /// The series with these keys.
    Series(Vec<String>),
}

/// What has changed. Times are milliseconds since the epoch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    keys: BTreeSet<String>,
    is_whole: bool,
    /// The oldest of it happened then.
    since: i64,
    first_at: i64,
    last_at: i64,
    is_done: bool,
}

impl Marks {
    /// Nothing has.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && !self.is_whole
    }

    /// A series changed.
    pub fn series(&mut self, key: String, now: i64) {
        self.mark(now);
        if !self.is_whole {
            self.keys.insert(key);
        }
        self.is_whole |= self.keys.len() > MOST_SERIES;
    }

    /// No one knows what changed.
    pub fn whole(&mut self, now: i64) {
        self.mark(now);
        self.is_whole = true;
    }

    fn mark(&mut self, now: i64) {
        if self.is_empty() {
            (self.since, self.first_at) = (now, now);
        }
        (self.last_at, self.is_done) = (now, false);
    }

    /// The library says that its own work is done: nothing more is waited for.
    pub fn done(&mut self) {
        self.is_done = true;
    }

    /// When the first of it happened.
    pub fn since(&self) -> Option<i64> {
        (!self.is_empty()).then_some(self.since)
    }

    /// When it is to be looked at: after `settle` milliseconds without a change, or when the library is done.
    pub fn due_at(&self, settle: i64) -> Option<i64> {
        let quiet = self.last_at + settle;
        let at = quiet.min(self.first_at + PATIENCE * settle);
        let at = if self.is_done { self.last_at } else { at };
        (!self.is_empty()).then_some(at)
    }

    /// What is to be looked at; nothing waits any more.
    pub fn take(&mut self) -> Extent {
        let Self { keys, is_whole, .. } = std::mem::take(self);
        match is_whole {
            true => Extent::Whole,
            false => Extent::Series(keys.into_iter().collect()),
        }
    }

    /// It could not be looked at: it waits as before, and for as long again. The first of it happened at `since`.
    pub fn give_back(&mut self, extent: Extent, since: i64, now: i64) {
        match extent {
            Extent::Whole => self.whole(now),
            Extent::Series(keys) => keys.into_iter().for_each(|key| self.series(key, now)),
        }
        self.since = self.since.min(since);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(keys: &[&str]) -> Extent {
        Extent::Series(keys.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_burst_is_looked_at_once_it_is_quiet() {
        let mut marks = Marks::default();
        assert_eq!((marks.due_at(30), marks.since()), (None, None));
        marks.series("b".into(), 100);
        marks.series("a".into(), 120);
        marks.series("b".into(), 125);
        assert_eq!((marks.due_at(30), marks.since()), (Some(155), Some(100)));
        assert_eq!(marks.take(), series(&["a", "b"]));
        assert!(marks.is_empty());
    }

    #[test]
    fn a_library_that_is_done_is_looked_at_now_and_one_that_never_is_in_the_end() {
        let mut marks = Marks::default();
        marks.done();
        assert_eq!(
            marks.due_at(30),
            None,
            "with nothing there is nothing to do"
        );
        marks.series("a".into(), 100);
        marks.done();
        assert_eq!(marks.due_at(30), Some(100));
        marks.series("b".into(), 110);
        assert_eq!(marks.due_at(30), Some(140), "there is something new");
        for now in (110..2_000).step_by(10) {
            marks.series("b".into(), now);
        }
        assert_eq!(marks.due_at(30), Some(100 + 300));
    }

    #[test]
    fn very_many_series_are_the_whole_library() {
        let mut marks = Marks::default();
        for number in 0..=MOST_SERIES {
            marks.series(number.to_string(), 1);
        }
        assert_eq!(marks.take(), Extent::Whole);
        marks.series("a".into(), 1);
        marks.whole(2);
        assert_eq!(marks.take(), Extent::Whole);
    }

    #[test]
    fn what_could_not_be_looked_at_waits_once_more() {
        let mut marks = Marks::default();
        marks.series("a".into(), 1);
        let taken = marks.take();
        marks.series("b".into(), 5);
        marks.give_back(taken, 1, 9);
        assert_eq!((marks.since(), marks.due_at(30)), (Some(1), Some(39)));
        assert_eq!(marks.take(), series(&["a", "b"]));
    }
}
