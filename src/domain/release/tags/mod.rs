//! Languages, formats, origin, edition, years and what else single words say, where they may say it. Pure.
//!
//! What a number among them says is in [`figures`]; what they say together in [`certainty`].

mod certainty;
mod edition;
mod figures;
mod special;

use std::ops::Range;

use super::{
    NotABook, Origin, Reading, Role, SpecialKind,
    class::{Class, Format},
    token::{Gap, Token, begins_with},
};
use crate::domain::{
    language::Code,
    volume::{VolumeNumber, VolumeSet},
};

const FRENCH: Code = Code::of("fr");

/// What parts a name into pieces, each with tags at its end.
const PIECES: Gap = Gap::BRACKET.or(Gap::PIPE).or(Gap::COLON).or(Gap::PLUS);

impl Reading<'_> {
    /// Reads every word that is not part of the title.
    pub fn read_tags(&mut self) {
        self.find_loose();
        let mut at = 0;
        while at < self.tokens.len() {
            let token = &self.tokens[at];
            let is_unread = token.role == Role::Unread;
            if token.is_number() {
                if is_unread {
                    self.read_number(at);
                }
                at += 1;
                continue;
            }
            let next = self.behind_phrase(at);
            if is_unread {
                self.read_word(at..next);
            }
            at = next;
        }
        self.read_special_title();
        self.read_all_of_all();
        self.read_extras();
        self.settle_edition();
        self.settle_book();
    }

    /// Which tokens outside brackets stand where nothing but tags is: behind the last other word of their part of the name.
    fn find_loose(&mut self) {
        let mut tags = true;
        for at in (0..self.tokens.len()).rev() {
            let token = &self.tokens[at];
            // Without short cuts: a branch that nothing foretells costs more than all these questions.
            let unread = token.role == Role::Unread;
            let says = token.class.is_loose_tag()
                | matches!(
                    token.class,
                    Class::Continued
                        | Class::ListWord
                        | Class::Group
                        | Class::LooseSpecial(_)
                        | Class::Special(_)
                )
                | (token.is_number() & unread);
            tags &= says | !(unread | (token.role == Role::Series));
            if token.group > 0 {
                tags = true;
                continue;
            }
            let loose = tags && says;
            let dash = token.gap.has(Gap::DASH)
                && (token.gap.has(Gap::SOFT) || at > 0 && self.tokens[at - 1].class.is_tag());
            if token.gap.has(PIECES) || dash {
                tags = true;
            }
            self.tokens[at].loose = loose;
        }
    }

    /// Words that a title may hold too say something only where nothing but tags is; the others wherever they stand.
    fn read_word(&mut self, words: Range<usize>) {
        let at = words.start;
        let token = &self.tokens[at];
        let is_loose = token.loose || token.group > 0;
        let is_outside = token.group > 0 || !(self.title_start..self.title_end).contains(&at);
        let is_last = || !self.is_plain_word(words.end);
        let is_firm = || is_loose || is_outside && (token.capitals || is_last());
        match token.class {
            Class::Plain => self.revision(at),
            Class::Language(language) if is_firm() => self.language(words, language),
            Class::LooseLanguage(language) if is_loose && self.is_language(at) => {
                self.language(words, language);
            }
            Class::Format(format) if is_loose || is_outside => self.format(words, format),
            Class::Origin(origin) if is_firm() => self.origin(words, origin),
            Class::LooseOrigin(origin) if is_loose => self.origin(words, origin),
            Class::Digital if is_loose || self.resolution_at(words.end).is_some() => {
                self.origin(words, Origin::Official);
            }
            Class::Edition(edition) => self.edition(words, edition),
            Class::LooseEdition(edition) if self.is_loose_edition(&words) => {
                self.edition(words, edition);
            }
            Class::EditionWord if is_outside => self.some_edition(words),
            Class::Integrale if self.is_integrale(at) => self.integrale(words),
            Class::Complete if is_loose || at >= self.title_end && is_last() => {
                self.complete(words);
            }
            Class::Novel if (is_loose || is_outside) && self.is_novel(at) => {
                self.special_without_number(SpecialKind::Novel);
                self.give(words, Role::Special);
            }
            Class::Special(kind) => self.special_word(words, kind),
            Class::LooseSpecial(kind) if is_loose && self.is_loose_special(at) => {
                self.special_word(words, kind);
            }
            Class::Team(origin) => self.team(words, origin),
            Class::NotABook(kind) => self.not_a_book(words, kind),
            Class::Proper if is_loose => {
                self.release.revision = self.release.revision.or(VolumeNumber::whole(2));
                self.give(words, Role::Revision);
            }
            Class::Noise | Class::Box | Class::Collected if is_loose || is_outside => {
                self.give(words, Role::Noise)
            }
            Class::Medium | Class::LooseNoise | Class::Pixels if is_loose => {
                self.give(words, Role::Noise);
            }
            _ => self.revision(at),
        }
    }

    /// Two small letters are words of every language; `en` and `it` begin many titles.
    fn is_language(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        token.capitals
            || token.length() > 2
            || token.gap.has(Gap::DASH.or(Gap::PIPE))
            || self.class(at.wrapping_sub(1)).is_tag()
            || token.group > 0 && (self.class(at + 1).is_tag() || self.is_alone_in_bracket(at))
    }

    fn language(&mut self, words: Range<usize>, language: Code) {
        let language = language.as_str();
        if !self.release.languages.contains(&language) {
            self.release.languages.push(language);
        }
        self.give(words, Role::Language);
    }

    fn format(&mut self, words: Range<usize>, format: Format) {
        let format = format.word();
        if !self.release.formats.contains(&format) {
            self.release.formats.push(format);
        }
        self.give(words, Role::Format);
    }

    /// The first that is named, and the resolution behind it.
    fn origin(&mut self, words: Range<usize>, origin: Origin) {
        let (first, behind) = (words.start, words.end);
        // `Ebook non officiel`: the denial is written behind.
        let is_denied = || {
            origin == Origin::Fan
                && self.release.origin == Origin::Official
                && self.tokens[first]
                    .text(self.name)
                    .eq_ignore_ascii_case("non")
        };
        if self.release.origin == Origin::Unknown || is_denied() {
            self.release.origin = origin;
        }
        self.give(words, Role::Origin);
        self.resolution_behind(first, behind);
    }

    /// A group whose name says where its copies come from; `[Scanlation]` by itself is no group.
    fn team(&mut self, words: Range<usize>, origin: Origin) {
        if self.release.origin == Origin::Unknown {
            self.release.origin = origin;
        }
        let token = &self.tokens[words.start];
        let is_alone = token.group > 0
            && token.gap.has(Gap::OPEN)
            && self.group_end(words.start) == words.start + 1;
        if is_alone && begins_with(token.text(self.name), "scanlation") {
            self.give(words, Role::Origin);
        }
    }

    fn not_a_book(&mut self, words: Range<usize>, kind: NotABook) {
        self.release.not_a_book.get_or_insert(kind);
        let text = self.tokens[words.start].text(self.name);
        if text.eq_ignore_ascii_case("vostfr") || text.eq_ignore_ascii_case("subfrench") {
            self.language(words.clone(), FRENCH);
        }
        self.give(words, Role::NotABook);
    }
}
