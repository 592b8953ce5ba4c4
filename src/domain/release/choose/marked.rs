//! Volumes behind a marker, what a plus adds to them, and what is missing from them. Pure.

use super::{Class, Expression, Gap, Reading, Role, What};

/// The words for a volume that beat every other.
fn is_tome(word: &str) -> bool {
    matches!(word, "t" | "T" | "Tome" | "tome" | "TOME")
}

impl Reading<'_> {
    /// The first marked volume, or a later `T03` after a `Vol. 2`; and what is added to it with a plus.
    pub(super) fn marked(&mut self, expressions: &[Expression], first: usize) {
        let at = self.later_tome(expressions, first).unwrap_or(first);
        let found = &expressions[at];
        self.release.marked = true;
        self.release.volumes = self.set(found);
        self.out_of(found);
        self.take(found, Role::Volumes);
        for added in &expressions[at + 1..] {
            if added.what == What::Volume && self.is_added(found, added) {
                let set = self.set(added);
                self.release.volumes.extend_with(&set);
                self.give(added.first..added.end, Role::Volumes);
            }
        }
        self.after_plus(expressions, at);
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
        let Some(at) = self
            .tokens
            .iter()
            .position(|token| matches!(token.class, Class::Without))
            .filter(|at| self.tokens[*at].role == Role::Unread)
        else {
            return;
        };
        let near = self.tokens.len().min(at + 4);
        let Some(number) = (at + 1..near).find(|at| self.tokens[*at].is_number()) else {
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
