//! Volumes behind a marker, what a plus adds to them, and what is missing from them. Pure.

use super::{Class, Expression, Gap, Reading, Role, Token, What};

/// The words for a volume that beat every other.
fn is_tome(word: &str) -> bool {
    word.eq_ignore_ascii_case("t") || word.eq_ignore_ascii_case("tome")
}

impl Reading<'_> {
    /// The first marked volume, or a later `T03` after a `Vol. 2`; and what is added to it with a plus.
    pub(super) fn marked(&mut self, expressions: &[Expression], first: usize) {
        let held = self.held_range(expressions, first);
        if held.is_some() {
            self.holds = true;
            self.take(&expressions[first], Role::Edition);
        }
        let later = held.or_else(|| self.later_tome(expressions, first));
        let at = later.unwrap_or(first);
        let found = &expressions[at];
        self.release.marked = true;
        self.release.volumes = self.set(found);
        self.release.count = found.of;
        self.take(found, Role::Volumes);
        let mut end = found.end;
        for added in &expressions[at + 1..] {
            let is_another = self.is_added(found, added) || self.is_said_again(found, added, end);
            let is_alike = added.what == What::Volume || added.what == found.what;
            if is_alike && is_another {
                let set = self.set(added);
                self.release.volumes.extend_with(&set);
                self.give(added.first..added.end, Role::Volumes);
                end = added.end;
            }
        }
        self.after_plus(expressions, at);
    }

    /// `Intégrale T02 (T04 à T06)`, `T01 [T01 à T38]`: behind a single volume, the range of those that it holds.
    fn held_range(&self, expressions: &[Expression], first: usize) -> Option<usize> {
        let found = &expressions[first];
        if found.several || found.of.is_some() || found.broken {
            return None;
        }
        (first + 1..expressions.len()).find(|at| {
            let later = &expressions[*at];
            later.what == What::Volume
                && later.several
                && !later.broken
                && !self.is_added(found, later)
        })
    }

    /// `T01 (2003) T02 (2004)`, `T01-T05 - T07-T10`: the same marker, with nothing but brackets or a dash between.
    fn is_said_again(&self, found: &Expression, added: &Expression, end: usize) -> bool {
        let between = &self.tokens[end.min(added.first)..added.first];
        let marker = &self.tokens[added.first];
        let is_next_range = found.several && added.several && marker.gap.has_dash_apart();
        (is_next_range || !between.is_empty())
            && between.iter().all(|token| token.group > 0)
            && marker.group == 0
            && matches!(marker.class, Class::Volume(_))
            && marker.key == self.tokens[found.first].key
    }

    fn later_tome(&self, expressions: &[Expression], first: usize) -> Option<usize> {
        let is_t = |found: &Expression| is_tome(self.tokens[found.first].text(self.name));
        let found = &expressions[first];
        if found.several || found.what != What::Version && is_t(found) {
            return None;
        }
        (first + 1..expressions.len()).find(|at| {
            let later = &expressions[*at];
            later.what == What::Volume && is_t(later)
        })
    }

    /// `T01 & T02`, `T01-T05 + (bonus) T07`.
    fn is_added(&self, found: &Expression, added: &Expression) -> bool {
        let gap = self.tokens[added.first].gap;
        gap.has(Gap::PLUS.or(Gap::AMPERSAND)) || self.has_plus_between(found.end, added.first)
    }

    fn has_plus_between(&self, from: usize, to: usize) -> bool {
        self.gaps.has(Gap::PLUS)
            && self.tokens[from.min(to)..to]
                .iter()
                .any(|token| token.gap.has(Gap::PLUS))
    }

    /// `v001-111 + 1134-1176`: what follows with a plus, and is far above, are chapters.
    pub(super) fn after_plus(&mut self, expressions: &[Expression], at: usize) {
        let next = expressions.get(at + 1).filter(|next| {
            matches!(next.what, What::Bare | What::Bracketed)
                && self.tokens[next.first].gap.has(Gap::PLUS)
                // The plus of `(18+)` is its own.
                && !self.tokens[next.first].gap.has(Gap::CLOSE)
        });
        let Some(next) = next else {
            return;
        };
        let set = self.set(next);
        if set.first() > self.release.volumes.last() {
            self.release.chapters.extend_with(&set);
            self.give(next.first..next.end, Role::Chapters);
        }
    }

    /// `T00 à T23 (manque le 11)`.
    pub(super) fn without(&mut self) {
        if !self.release.is_pack() {
            return;
        }
        let is_read = |token: &Token| matches!(token.role, Role::Volumes | Role::Count);
        let behind = self.tokens.iter().rposition(is_read).unwrap_or(0);
        let is_without =
            |token: &Token| matches!(token.class, Class::Without) && token.role == Role::Unread;
        let Some(at) = self.tokens[behind..]
            .iter()
            .position(is_without)
            .map(|at| behind + at)
        else {
            return;
        };
        let near = self.tokens.len().min(at + 4);
        let leads = |token: &Token| {
            matches!(
                token.class,
                Class::Article | Class::Volume(_) | Class::NumberSign
            )
        };
        let number = (at + 1..near).find(|at| !leads(&self.tokens[*at]));
        let Some(number) = number.filter(|at| self.tokens[*at].is_number()) else {
            return;
        };
        let gone = self.set(&Expression {
            what: What::Volume,
            first: number,
            number,
            end: number,
            plural: true,
            several: false,
            of: None,
            broken: false,
        });
        self.release.volumes = self
            .release
            .volumes
            .iter()
            .filter(|volume| !gone.contains(*volume))
            .collect();
        self.give(at..number + 1, Role::Volumes);
    }
}
