//! Where the title ends: at a bracket, a word that says something else, or the tags before the number. Pure.

use super::{Class, Gap, Reading, Role};
use crate::domain::{
    release::{
        class::Mark,
        token::{Token, begins_with},
    },
    volume::VolumeNumber,
};

/// No number in a title is longer; an ISBN is.
const ISBN: u8 = 10;

/// `du T01 au T15`, `les 12 tomes`: what leads to the numbers of a pack.
fn leads_to_numbers(word: &str) -> bool {
    [
        "du", "de", "from", "dal", "del", "vom", "von", "les", "die", "los", "gli",
    ]
    .iter()
    .any(|known| word.eq_ignore_ascii_case(known))
}

impl Reading<'_> {
    /// The first token that cannot be part of the title any more.
    pub(super) fn cut(&self, end: usize) -> usize {
        let first = self.title_start;
        let tail = self.tail(end);
        let mut at = first;
        while at < end {
            if self.is_bracket(at) {
                let behind = self.group_end(at).min(end);
                if !self.is_article(at, behind) && self.ends_at_bracket(at, behind, end) {
                    return at;
                }
                at = behind;
                continue;
            }
            if at > first
                && self.tokens[at].role != Role::Series
                && (at >= tail || self.cuts(at, end))
            {
                return self.without_article(at);
            }
            at += 1;
        }
        end
    }

    /// Where the tags begin that directly precede `end`.
    fn tail(&self, end: usize) -> usize {
        let mut at = end;
        while at > self.title_start + 1 && self.is_tail(at - 1, end) {
            at -= 1;
        }
        // A phrase that began before is no tail.
        while at < end && matches!(self.tokens[at].class, Class::Continued) {
            at += 1;
        }
        at
    }

    /// A tag, or a year in front of one, that no title ends in.
    fn is_tail(&self, at: usize, end: usize) -> bool {
        let token = &self.tokens[at];
        if token.group > 0 {
            return false;
        }
        let is_tag = match token.class {
            Class::LooseNoise | Class::EditionWord => false,
            Class::Continued => !token.is_number(),
            Class::Language(_) | Class::LooseLanguage(_) => token.capitals || token.length() > 3,
            Class::LooseEdition(_) => {
                token.gap.has(Gap::DASH)
                    || at + 1 < end && matches!(self.class(at + 1), Class::EditionWord)
                    || matches!(self.class(at.wrapping_sub(1)), Class::EditionWord)
            }
            Class::Medium => !begins_with(token.text(self.name), "comic"),
            class => class.is_loose_tag(),
        };
        is_tag || self.is_year(at) && self.class(at + 1).is_tag()
    }

    /// A bracket after which nothing of the title comes.
    fn ends_at_bracket(&self, at: usize, behind: usize, end: usize) -> bool {
        let is_special = |token: &Token| {
            matches!(
                token.class,
                Class::Special(_) | Class::Edition(_) | Class::Integrale
            )
        };
        let is_title_word = |token: &Token| {
            token.group == 0
                && !token.class.is_loose_tag()
                && !matches!(token.class, Class::Continued)
                && !token.is_number()
        };
        let has_number = end < self.tokens.len();
        let goes_on = has_number
            || self
                .tokens
                .get(behind)
                .is_some_and(|token| token.gap.has(Gap::DASH.or(Gap::DOT)));
        !goes_on
            || self.tokens[at..behind].iter().any(is_special)
            || !self.tokens[behind..end].iter().any(is_title_word)
    }

    /// A word that ends the title wherever it stands, but not as its first word.
    fn cuts(&self, at: usize, end: usize) -> bool {
        let token = &self.tokens[at];
        let next = || self.tokens.get(self.behind_phrase(at));
        let next_is = |wanted: fn(Class) -> bool| next().is_some_and(|next| wanted(next.class));
        let closes = || self.closes(at, end);
        let is_dotted = !self.spaced;
        let has_dash = token.gap.has(Gap::DASH);
        match token.class {
            Class::Plain => self.cuts_as_number(at, end),
            Class::Edition(_) | Class::NotABook(_) => true,
            Class::EditionWord => {
                let is_small = token.text(self.name).starts_with(char::is_lowercase);
                closes()
                    || next().is_some() && !is_small
                    || next_is(|class| matches!(class, Class::LooseEdition(_)))
            }
            Class::LooseEdition(_) => {
                closes() && (has_dash || next_is(|class| matches!(class, Class::EditionWord)))
            }
            Class::Integrale => self.is_integrale(at),
            Class::Complete => closes() || has_dash && next().is_some_and(Token::is_number),
            Class::Special(_) => {
                token.length() > 2
                    || token.capitals
                    || matches!(self.class(at + 1), Class::Continued)
                    || closes()
            }
            Class::LooseSpecial(_) => {
                let is_last = self.behind_phrase(at) >= end && end == self.tokens.len();
                closes() && (has_dash || is_last)
                    || next_is(|class| matches!(class, Class::Special(_)))
            }
            Class::LooseOrigin(_) => {
                next_is(|class| matches!(class, Class::Special(_) | Class::LooseSpecial(_)))
            }
            Class::Language(_) => {
                let is_long = is_dotted && token.capitals && token.length() > 3;
                is_long || (is_dotted || token.capitals) && closes()
            }
            Class::Origin(_) | Class::Format(_) => is_dotted || closes(),
            Class::Digital | Class::Proper | Class::Noise | Class::Collected => {
                (is_dotted || has_dash) && closes()
            }
            Class::Box => {
                let is_numbered = || self.class(self.behind_phrase(at)) == Class::PartNumber;
                (is_dotted || has_dash) && closes() || token.role == Role::Noise || is_numbered()
            }
            Class::Novel => self.is_novel(at) && (has_dash || closes()),
            Class::Season => token.length() == 1,
            // `La trilogie Nikopol - Enki Bilal - t2`.
            Class::Author => has_dash && token.gap.has(Gap::SOFT) && closes(),
            _ => self.cuts_as_number(at, end),
        }
    }

    /// Nothing of the title follows the phrase directly.
    fn closes(&self, at: usize, end: usize) -> bool {
        let behind = self.behind_phrase(at);
        let parts = Gap::BRACKET.or(Gap::DASH).or(Gap::PIPE).or(Gap::COLON);
        behind >= end
            || self
                .tokens
                .get(behind)
                .is_none_or(|next| next.gap.has(parts) || next.class.is_loose_tag())
    }

    /// An ISBN, the year of the release, and what stands behind the dash of `04 - Asterix - La grande traversée`.
    fn cuts_as_number(&self, at: usize, end: usize) -> bool {
        let token = &self.tokens[at];
        token.digits >= ISBN
            || self.leads && token.gap.has_dash_apart()
            || !self.spaced && self.is_year(at) && self.dates_the_release(at, end)
    }

    /// A year in a dotted name with no number behind it, and only a word or two between it and the tags.
    fn dates_the_release(&self, at: usize, end: usize) -> bool {
        let words = self.tokens[at + 1..]
            .iter()
            .take(3)
            .position(|token| token.class.is_tag());
        let most = if end == self.tokens.len() { 2 } else { 0 };
        words.is_some_and(|words| words <= most)
    }

    /// `de` in front of `couleur`, `L'` in front of `intégrale`: the token there, or the one before.
    fn without_article(&self, at: usize) -> usize {
        let before = at - 1;
        let (last, token) = (&self.tokens[before], &self.tokens[at]);
        if before == self.title_start || last.group != token.group {
            return at;
        }
        let belongs_to_tag = match last.class {
            Class::Article => {
                token.gap.has(Gap::APOSTROPHE)
                    || matches!(token.class, Class::Edition(_) | Class::Complete)
            }
            Class::ListWord => !last.is_number(),
            Class::LooseEdition(_) => matches!(token.class, Class::EditionWord),
            _ => false,
        };
        let names_edition = matches!(token.class, Class::EditionWord)
            && last.gap.has(Gap::DASH)
            && last.gap.has(Gap::SOFT);
        if belongs_to_tag || names_edition {
            before
        } else {
            at
        }
    }

    /// Without what only led to the number: `du T01 au T15`, `031 - CH. 31`, `Volume v01`.
    pub(super) fn without_dangling(&self, mut end: usize) -> usize {
        while end > self.title_start + 1 && self.dangles(end - 1) {
            end -= 1;
        }
        end
    }

    fn dangles(&self, at: usize) -> bool {
        let release = &self.release;
        let is_before_special = matches!(self.class(at + 1), Class::Special(_));
        let has_number = !release.volumes.is_empty()
            || !release.chapters.is_empty()
            || release.special.is_some();
        if !has_number && !is_before_special {
            return false;
        }
        let token = &self.tokens[at];
        match token.class {
            Class::Volume(Mark::Word | Mark::Plural)
            | Class::Chapter(Mark::Word | Mark::Plural) => {
                return true;
            }
            Class::Volume(_) if is_before_special => return true,
            _ => {}
        }
        // `Volume 2004`.
        let is_marked_year =
            || self.is_year(at) && matches!(self.class(at.wrapping_sub(1)), Class::Volume(_));
        if token.is_number() {
            return self.repeats_chapter(token) || is_marked_year();
        }
        let text = token.text(self.name);
        // `- Pack T01-T08`; a title may end in the word.
        let is_pack_word = token.gap.has_dash_apart() && text.eq_ignore_ascii_case("pack");
        token.group == 0 && release.is_pack() && (is_pack_word || leads_to_numbers(text))
    }

    /// `031 - CH. 31`.
    fn repeats_chapter(&self, token: &Token) -> bool {
        let chapter = self
            .release
            .chapters
            .first()
            .and_then(VolumeNumber::as_whole);
        token.role == Role::Unread && token.value.is_some() && token.value == chapter
    }
}
