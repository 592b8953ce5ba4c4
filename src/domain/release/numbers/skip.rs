//! Numbers that are none of ours: checksums, dates, parts, seasons, and the `3 in 1` of an omnibus. Pure.

use super::{Class, Family, Gap, Reading, Role, TO_NUMBER, Token};
use crate::domain::{edition::Edition, release::NotABook};

/// The longest checksum, in letters.
const CHECKSUM: usize = 8;

/// `3 in 1`, `2 en 1`, `2 em 1`.
fn joins_to_one(word: &str) -> bool {
    ["in", "en", "em"]
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known))
}

impl Reading<'_> {
    /// `[A1B2C3D4]`, a checksum, and `2024.05.15` or `15.05.2024`, a date: the token behind it.
    pub(super) fn past_code(&mut self, at: usize) -> Option<usize> {
        let token = &self.tokens[at];
        let (opens, digits) = (token.gap.has(Gap::OPEN), token.digits);
        if opens && let Some(end) = self.checksum_end(at) {
            self.give(at..end, Role::Noise);
            return Some(end);
        }
        // A date begins with the day or with the year.
        let parts = match digits {
            2 if self.is_date_from_day(at) => at..at + 2,
            4 if self.is_date_from_year(at) => at + 1..at + 3,
            _ => return None,
        };
        for part in &mut self.tokens[parts] {
            part.class = Class::PartNumber;
        }
        Some(at + 3)
    }

    /// The token behind eight hexadecimal figures, of which some are letters.
    fn checksum_end(&self, at: usize) -> Option<usize> {
        let more = self.tokens[at + 1..]
            .iter()
            .take(CHECKSUM)
            .take_while(|more| more.is_glued())
            .count();
        let end = at + 1 + more;
        let text = &self.name[self.tokens[at].start as usize..self.tokens[end - 1].end as usize];
        let is_checksum = more > 0
            && text.len() == CHECKSUM
            && text.bytes().all(|letter| letter.is_ascii_hexdigit());
        is_checksum.then_some(end)
    }

    /// `15.05.2024`, `15/05/2024`.
    fn is_date_from_day(&self, at: usize) -> bool {
        let [day, month, year, ..] = &self.tokens[at..] else {
            return false;
        };
        let is_up_to =
            |part: &Token, most: u32| part.value.is_some_and(|value| (1..=most).contains(&value));
        month.digits == 2
            && is_up_to(day, 31)
            && is_up_to(month, 12)
            && month.gap.has(Gap::SLASH.or(Gap::DOT).or(Gap::DASH))
            && !month.gap.has(Gap::SPACE)
            && year.gap == month.gap
            && self.is_year(at + 2)
    }

    /// `2024.05.15`, `2024-05-15`.
    fn is_date_from_year(&self, at: usize) -> bool {
        let [month, day, ..] = &self.tokens[at + 1..] else {
            return false;
        };
        let is_part = |part: &Token, most: u32| {
            part.digits == 2
                && (part.gap == Gap::DOT || part.gap == Gap::DASH)
                && part.value.is_some_and(|value| (1..=most).contains(&value))
        };
        self.is_year(at) && is_part(month, 12) && is_part(day, 31)
    }

    /// `Part 2`, `Saison 01`, `Cycle II`: the number is taken and means nothing.
    pub(super) fn skip_part(&mut self, at: usize) {
        let next = self.behind_phrase(at);
        if let Some(number) = self
            .tokens
            .get_mut(next)
            .filter(|number| number.is_number() && number.is_beside())
        {
            number.class = Class::PartNumber;
        }
    }

    /// `Coffret 2`, `Box Set T01`: what is in the second box is not known, so its number is taken. Not of `Coffret 3 tomes`.
    pub(super) fn skip_box(&mut self, at: usize) {
        let mut number = self.behind_phrase(at);
        let is_marker = matches!(self.class(number), Class::Volume(_))
            && self.tokens[number].group == self.tokens[at].group;
        number += usize::from(is_marker);
        let is_near = self
            .tokens
            .get(number)
            .is_some_and(|token| token.is_number() && token.gap.only(TO_NUMBER));
        if !is_near {
            return;
        }
        let Some(run) = self.run(number, Family::Volume, false, &mut |_| {}) else {
            return;
        };
        let is_counted =
            matches!(self.class(run.end), Class::Volume(_)) && !self.is_number_of(run.end + 1);
        if run.several || is_counted {
            return;
        }
        for token in &mut self.tokens[number..run.end] {
            token.class = Class::PartNumber;
        }
        self.give(at..run.end, Role::Noise);
    }

    /// `S01`: a season, and with `E12` an episode of a film.
    pub(super) fn skip_season(&mut self, at: usize) {
        let token = &self.tokens[at];
        let begins = at == 0 || !token.is_glued();
        if !begins || !token.is_letter(self.name, b's') || !self.is_short_glued_number(at + 1) {
            return;
        }
        let is_episode = self
            .tokens
            .get(at + 2)
            .is_some_and(|token| token.is_glued() && token.is_letter(self.name, b'e'));
        self.tokens[at].class = if is_episode {
            Class::NotABook(NotABook::Video)
        } else {
            Class::Season
        };
        self.tokens[at + 1].class = Class::PartNumber;
        if is_episode && self.tokens.get(at + 3).is_some_and(Token::is_number) {
            self.tokens[at + 2].class = Class::Continued;
            self.tokens[at + 3].class = Class::PartNumber;
        }
    }

    fn is_short_glued_number(&self, at: usize) -> bool {
        self.tokens
            .get(at)
            .is_some_and(|token| token.is_number() && token.is_glued() && token.digits <= 2)
    }

    /// `3 in 1`, `2 en 1`: an omnibus of so many volumes.
    pub(super) fn find_n_in_one(&mut self) {
        for at in 2..self.tokens.len() {
            let is_one = self.tokens[at].digits == 1 && self.tokens[at].value == Some(1);
            if is_one && let Some(volumes) = self.volumes_in_one(at - 2) {
                self.tokens[at - 2].class = Class::Edition(Edition::Omnibus(Some(volumes)));
                self.tokens[at - 1].class = Class::Continued;
                self.tokens[at].class = Class::Continued;
            }
        }
    }

    /// The number there, when words that say `in one` are behind it.
    fn volumes_in_one(&self, at: usize) -> Option<u8> {
        let (word, one) = (&self.tokens[at + 1], &self.tokens[at + 2]);
        let is_beside = |token: &Token| token.gap.only(Gap::SOFT.or(Gap::DASH));
        let is_joined = is_beside(word) && is_beside(one) && joins_to_one(word.text(self.name));
        match self.tokens[at].value {
            Some(volumes @ 2..=9) if is_joined => Some(volumes as u8),
            _ => None,
        }
    }
}
