//! The numbers of specials: `HS 2`, `3 HS`. Pure.

use super::{Class, Expression, Reading, Role, What};
use crate::domain::release::{Special, SpecialKind};

impl Reading<'_> {
    pub(super) fn specials(&mut self, expressions: &[Expression]) {
        let all = |what: What| expressions.iter().filter(move |found| found.what == what);
        all(What::Special).for_each(|found| self.numbered_special(found));
        all(What::Specials).for_each(|found| self.counted_specials(found));
    }

    /// `HS 2`: behind volumes it comes with them.
    fn numbered_special(&mut self, found: &Expression) {
        let has_numbers = !self.release.volumes.is_empty() || !self.release.chapters.is_empty();
        if has_numbers && found.first >= self.title_end {
            return;
        }
        let kind = self.kind_at(found.first).unwrap_or(SpecialKind::Extra);
        let numbers = self.set(found);
        self.release
            .special
            .get_or_insert(Special { kind, numbers });
        self.take(found, Role::Special);
    }

    /// `3 HS`: beside volumes they come with them.
    fn counted_specials(&mut self, found: &Expression) {
        let kind = match self.phrase_before(found.end) {
            Class::Special(kind) | Class::LooseSpecial(kind) => kind,
            _ => SpecialKind::HorsSerie,
        };
        if self.release.volumes.is_empty() && self.release.chapters.is_empty() {
            self.special_without_number(kind);
        } else {
            self.release.extras = true;
        }
        self.take(found, Role::Special);
    }

    fn kind_at(&self, at: usize) -> Option<SpecialKind> {
        match self.class(at) {
            Class::Special(kind) | Class::LooseSpecial(kind) => Some(kind),
            _ => None,
        }
    }
}
