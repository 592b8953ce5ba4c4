//! Editions: `Perfect Edition`, `Édition Hokage`, and whether an intégrale is the whole series. Pure.

use std::ops::Range;

use super::{Class, Gap, Reading, Role, begins_with};
use crate::domain::edition::Edition;

/// Of two editions in a name the lighter one is kept.
fn weight(edition: Edition) -> u8 {
    match edition {
        Edition::Omnibus(Some(_)) => 0,
        Edition::Omnibus(None) => 1,
        Edition::Double => 2,
        Edition::Colossal => 3,
        Edition::Perfect => 4,
        Edition::Deluxe => 5,
        Edition::Kanzenban => 6,
        Edition::Collector => 7,
        Edition::Integrale => 8,
        Edition::Colour => 9,
        Edition::Ultimate => 10,
        Edition::Original => 11,
        Edition::New => 12,
        Edition::Star => 13,
        Edition::Other => 14,
        Edition::Standard => 99,
    }
}

impl Reading<'_> {
    /// The edition that counts most is kept.
    pub(super) fn edition(&mut self, words: Range<usize>, edition: Edition) {
        if weight(edition) < weight(self.release.edition) {
            self.release.edition = edition;
        }
        self.give(words, Role::Edition);
    }

    /// `Perfect` in brackets, among tags, or beside the word edition.
    pub(super) fn is_loose_edition(&self, words: &Range<usize>) -> bool {
        let token = &self.tokens[words.start];
        let before = self.class(words.start.wrapping_sub(1));
        token.group > 0
            || token.loose && (token.gap.has(Gap::DASH) || before.is_loose_tag())
            || matches!(before, Class::EditionWord)
            || matches!(self.class(words.end), Class::EditionWord)
    }

    /// `Édition Hokage`: one without a name of its own.
    pub(super) fn some_edition(&mut self, words: Range<usize>) {
        let text = self.tokens[words.start].text(self.name);
        let is_version = begins_with(text, "version") || text.len() <= 2;
        let is_named = || {
            self.tokens.get(words.end).is_some_and(|word| {
                !word.is_number() && word.is_beside() && matches!(word.class, Class::Plain)
            })
        };
        if self.release.edition == Edition::Standard
            && !is_version
            && (words.start > 0 || text.starts_with(char::is_uppercase) || is_named())
        {
            self.release.edition = Edition::Other;
        }
        self.give(words, Role::Edition);
    }

    /// `Intégrale`, `INT`; not the `int` of a title.
    pub fn is_integrale(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        token.length() > 3
            || token.capitals
            || matches!(self.class(self.behind_phrase(at)), Class::Integrale)
    }

    /// `Intégrale 5` is the fifth intégrale; with a range, a count or nothing it says that the series is whole.
    pub(super) fn integrale(&mut self, words: Range<usize>) {
        let is_single = self.release.volumes.single().is_some() && self.release.count.is_none();
        if !is_single {
            self.release.complete = true;
        } else if self.release.edition == Edition::Standard {
            self.release.edition = Edition::Integrale;
        }
        self.give(words, Role::Complete);
    }

    /// `(11/11)` behind a range.
    pub(super) fn read_all_of_all(&mut self) {
        if !self.gaps.has(Gap::SLASH) {
            return;
        }
        let all = self.tokens.windows(2).position(|pair| {
            let [number, of] = pair else {
                return false;
            };
            number.group > 0
                && number.role == Role::Unread
                && number.is_number()
                && of.is_number()
                && of.gap == Gap::SLASH
                && number.value == of.value
        });
        if let Some(at) = all {
            self.release.complete = true;
            self.give(at..at + 2, Role::Complete);
        }
    }
}
