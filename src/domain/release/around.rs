//! What every pass asks about a token and those around it. Pure.

use std::ops::Range;

use super::{
    Reading,
    class::Class,
    token::{Gap, Role, Token},
};

impl Reading<'_> {
    pub fn class(&self, at: usize) -> Class {
        self.tokens
            .get(at)
            .map_or(Class::Plain, |token| token.class)
    }

    /// Tells the tokens that are still unread what they were read as.
    pub fn give(&mut self, tokens: Range<usize>, role: Role) {
        let end = tokens.end.min(self.tokens.len());
        for token in &mut self.tokens[tokens.start.min(end)..end] {
            if token.role == Role::Unread {
                token.role = role;
            }
        }
    }

    /// The token behind the bracket in which this one is; the next one outside brackets.
    pub fn group_end(&self, at: usize) -> usize {
        let group = usize::from(self.tokens[at].group);
        group
            .checked_sub(1)
            .map_or(at + 1, |group| self.groups[group] as usize)
    }

    /// The token behind this one and the rest of its phrase.
    pub fn behind_phrase(&self, at: usize) -> usize {
        let mut next = at + 1;
        while matches!(self.class(next), Class::Continued) {
            next += 1;
        }
        next
    }

    /// Byte offsets of the text of these tokens.
    pub fn bytes(&self, tokens: Range<usize>) -> (usize, usize) {
        let (first, last) = (&self.tokens[tokens.start], &self.tokens[tokens.end - 1]);
        (first.start as usize, last.end as usize)
    }

    /// The word in front of this token, or the first one of its phrase.
    pub fn phrase_before(&self, at: usize) -> Class {
        let before = self.tokens[..at].iter().rev();
        before
            .map(|token| token.class)
            .find(|class| !matches!(class, Class::Continued))
            .unwrap_or(Class::Plain)
    }

    /// `v2` behind a number.
    pub fn is_version(&self, at: usize) -> bool {
        let [letter, number, ..] = self.tokens.get(at..).unwrap_or_default() else {
            return false;
        };
        letter.is_letter(self.name, b'v') && number.is_number() && number.is_glued()
    }

    /// Four digits that are a year of publication.
    pub fn is_year(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        token.digits == 4
            && token
                .value
                .is_some_and(|year| (1900..=2099).contains(&year))
    }

    /// Written with a zero in front.
    pub fn is_padded(&self, token: &Token) -> bool {
        self.name[token.start as usize..].starts_with(['0', '０'])
    }

    /// Written with a zero of any width in front, and more behind it.
    pub fn is_padded_widely(&self, token: &Token) -> bool {
        token.digits >= 2 && self.is_padded(token)
    }

    /// A word of the title or subtitle, not a tag, directly behind.
    pub fn is_plain_word(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| {
            let is_directly_behind = token
                .gap
                .only(Gap::SOFT.or(Gap::DEGREE).or(Gap::APOSTROPHE).or(Gap::COMMA));
            let says_something = token.class.is_loose_tag()
                || matches!(
                    token.class,
                    Class::ListWord
                        | Class::RangeWord
                        | Class::Author
                        | Class::Volume(_)
                        | Class::Chapter(_)
                        | Class::Special(_)
                );
            !token.is_number() && is_directly_behind && !says_something
        })
    }
}
