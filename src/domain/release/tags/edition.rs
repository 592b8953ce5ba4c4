//! Editions: `Perfect Edition`, `Édition Hokage`, and whether an intégrale is the whole series. Pure.

use std::ops::Range;

use super::{Class, Gap, Reading, Role, VolumeNumber, begins_with};
use crate::domain::edition::Edition;

const ONE: Option<VolumeNumber> = Some(VolumeNumber::ONE);

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

    /// `Intégrale 5` is the fifth intégrale, and so is each of `Intégrales 1 et 2`; with a range from the first volume on, a count or
    /// nothing it says that the series is whole. A later range is what one intégrale holds.
    pub(super) fn integrale(&mut self, words: Range<usize>) {
        let behind = words.end;
        if self.is_number_in_edition(behind) {
            self.holds = true;
            self.give(behind..behind + 1, Role::Edition);
        }
        let volumes = &self.release.volumes;
        let is_counted = self
            .release
            .count
            .is_some_and(|count| volumes.len() as u32 == count);
        let is_single = volumes.single().is_some() && (!is_counted || volumes.first() > ONE);
        let is_late = volumes.first() > ONE;
        if self.holds {
            // What it holds is said.
        } else if is_single && self.release.count.is_none_or(|count| count > 1)
            || !is_counted && self.numbers_integrales(&words)
        {
            if self.release.edition == Edition::Standard {
                self.release.edition = Edition::Integrale;
            }
        } else if !is_late {
            self.release.complete = true;
        }
        self.give(words, Role::Complete);
    }

    /// `Intégrale 1 (Tomes 1 à 3)`: a number beside it that is no volume, where volumes are named.
    fn is_number_in_edition(&self, at: usize) -> bool {
        !self.release.volumes.is_empty()
            && self.tokens.get(at).is_some_and(|token| {
                token.role == Role::Unread
                    && token.is_beside()
                    && (1..=2).contains(&token.digits)
                    && !matches!(token.class, Class::Edition(_))
            })
    }

    /// `Intégrales 1 à 3`, `Intégrale 1 et 2`, `Intégrale 2-3`: the numbers directly behind are those of intégrales.
    fn numbers_integrales(&self, words: &Range<usize>) -> bool {
        let is_read = |at: usize| {
            self.tokens
                .get(at)
                .is_some_and(|token| token.role == Role::Volumes)
        };
        if !is_read(words.end) {
            return false;
        }
        let word = self.tokens[words.end - 1].text(self.name);
        let is_bare = self.tokens[words.end].is_number();
        let is_list = || {
            self.tokens[words.end + 1..]
                .iter()
                .take_while(|token| token.role == Role::Volumes)
                .any(|token| {
                    matches!(token.class, Class::ListWord) || token.gap.has(Gap::AMPERSAND)
                })
        };
        word.ends_with(['s', 'S']) || is_bare && (self.release.volumes.first() > ONE || is_list())
    }

    /// `Complet`, `完`; behind a later volume alone it says that this is the last one.
    pub(super) fn complete(&mut self, words: Range<usize>) {
        let is_last = self.release.count.is_none() && self.release.volumes.single() > ONE;
        self.release.complete |= !is_last;
        self.give(words, Role::Complete);
    }

    /// Volumes that are those of the series, and not of the edition, are of no edition that was cut anew.
    pub(super) fn settle_edition(&mut self) {
        if self.holds && self.release.edition.is_cut_anew() {
            self.release.edition = Edition::Standard;
        }
    }

    /// `(11/11)` behind a range.
    pub(super) fn read_all_of_all(&mut self) {
        if !self.gaps.has(Gap::SLASH) || !self.release.is_pack() {
            return;
        }
        let last = self.release.volumes.last().and_then(VolumeNumber::as_whole);
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
                && number.value == last
        });
        if let Some(at) = all {
            self.release.complete = true;
            self.give(at..at + 2, Role::Complete);
        }
    }
}
