//! Numbers without a marker: `Livre 2`, `n°5`, and which of several bare ones is meant. Pure.

use super::{Class, Expression, Gap, Reading, Role, Token, What};
use crate::domain::release::{Special, SpecialKind};

impl Reading<'_> {
    /// `Livre 2`, `n°5`, and bare numbers.
    pub(super) fn unmarked(&mut self, expressions: &[Expression]) {
        let bare = self.best_bare(expressions);
        if let Some(bare) = bare
            && let Some((at, kind)) = self.special_before(bare)
        {
            let numbers = self.set(bare);
            self.release.special = Some(Special { kind, numbers });
            self.give(bare.first..bare.end, Role::Special);
            self.title_end = self.title_end.min(at.max(self.title_start + 1));
            return;
        }
        let weak = expressions
            .iter()
            .find(|found| found.what == What::Weak && found.first > self.title_start);
        let issue = expressions.iter().rfind(|found| {
            let is_behind_title = found.first > self.title_start || self.title_start == 0;
            found.what == What::Issue && is_behind_title
        });
        let is_last = |found: &Expression| bare.is_none_or(|bare| bare.first < found.first);
        match (issue, weak, bare) {
            (Some(issue), ..) if is_last(issue) => {
                self.release.marked = true;
                self.number(issue);
            }
            (_, Some(weak), bare) if is_last(weak) || bare.is_some_and(|bare| !bare.several) => {
                self.number(weak);
            }
            (_, _, Some(bare)) => self.number(bare),
            _ => {}
        }
    }

    /// `Artbooks 1 à 6`, `Anthology - Layer 01`: the number is the special's.
    fn special_before(&self, bare: &Expression) -> Option<(usize, SpecialKind)> {
        (self.title_start + 1..bare.first)
            .rev()
            .find_map(|at| match self.tokens[at].class {
                Class::Special(kind) => Some((at, kind)),
                _ => None,
            })
    }

    /// The most plausible of the bare numbers; the last one of equals.
    pub(super) fn best_bare<'e>(&self, expressions: &'e [Expression]) -> Option<&'e Expression> {
        if !expressions.iter().any(|found| found.what == What::Bare) {
            return None;
        }
        let end = self.first_tagged_bracket();
        expressions
            .iter()
            .filter(|found| {
                found.what == What::Bare
                    && (self.title_start..end).contains(&found.first)
                    && (found.first > self.title_start
                        || self.has_only_numbers(expressions)
                        || self.is_behind_known_title(found))
            })
            .map(|found| (self.plausible(found), found))
            .filter(|(plausible, _)| *plausible > 0)
            .max_by_key(|(plausible, _)| *plausible)
            .map(|(_, found)| found)
    }

    /// The first token in a bracket behind the title that says something and needs no number.
    fn first_tagged_bracket(&self) -> usize {
        let is_tagged = |token: &Token| {
            token.group > 0
                && token.group != self.tokens[self.title_start].group
                && !may_be_numbered(token.class)
                && says_something(token)
        };
        self.tokens[self.title_start..]
            .iter()
            .position(is_tagged)
            .map_or(self.tokens.len(), |at| self.title_start + at)
    }

    /// No word is left for the title: the name is nothing but numbers and tags.
    fn has_only_numbers(&self, expressions: &[Expression]) -> bool {
        let is_numbered = |at: usize| {
            expressions
                .iter()
                .any(|found| (found.first..found.end).contains(&at))
        };
        self.tokens.iter().enumerate().all(|(at, token)| {
            token.is_number()
                || token.class.is_loose_tag()
                || token.role != Role::Unread
                || token.group > 0
                || is_numbered(at)
        })
    }

    fn is_behind_known_title(&self, found: &Expression) -> bool {
        self.tokens[..found.first]
            .iter()
            .any(|token| token.role == Role::Series)
    }

    /// How likely a bare number is the volume; nothing above 0 is left when it is not.
    fn plausible(&self, found: &Expression) -> i32 {
        let token = &self.tokens[found.number];
        let is_padded = self.is_padded_widely(token);
        let closes = self.is_last_of_title(found);
        let has_dash_behind = self.has_dash_behind(found);
        let has_dash_before = token.gap.has(Gap::DASH) && token.gap.has(Gap::SOFT);
        let is_glued = token.is_glued() && found.number > 0;
        let is_long = token.digits == 4 && !is_padded && !closes && !has_dash_behind;
        let counts_what_follows = !is_padded && self.counts_what_follows(found);
        1 + 8 * i32::from(found.several)
            + 3 * i32::from(is_padded)
            + 3 * i32::from(closes)
            + 3 * i32::from(has_dash_behind)
            + i32::from(has_dash_before)
            - 3 * i32::from(counts_what_follows)
            - 2 * i32::from(is_glued)
            - 5 * i32::from(is_long)
    }

    /// Nothing of the title comes behind it.
    fn is_last_of_title(&self, found: &Expression) -> bool {
        self.tokens.get(found.end).is_none_or(|behind| {
            behind.gap.has(Gap::BRACKET.or(Gap::PIPE))
                || behind.class.is_loose_tag()
                || self.is_version(found.end)
                || matches!(
                    behind.class,
                    Class::Special(_) | Class::LooseSpecial(_) | Class::Author
                )
        })
    }

    /// `Naruto 3 - Le pont`, `Naruto -3- Le pont`.
    fn has_dash_behind(&self, found: &Expression) -> bool {
        let token = &self.tokens[found.number];
        self.tokens.get(found.end).is_some_and(|behind| {
            behind.gap.has(Gap::DASH.or(Gap::COLON).or(Gap::TILDE))
                && (behind.gap.has(Gap::SOFT) || token.gap.has(Gap::DASH))
        })
    }

    /// `Les 3 Mousquetaires`, `100 demons`; not `Bételgeuse 3 L'expédition`.
    fn counts_what_follows(&self, found: &Expression) -> bool {
        let Some(behind) = self.tokens.get(found.end) else {
            return false;
        };
        let is_one_digit = self.tokens[found.number].digits < 2;
        self.is_plain_word(found.end)
            && (!behind.is_beside()
                || is_one_digit && !self.follows_a_name(found)
                || !behind.text(self.name).starts_with(char::is_uppercase))
    }

    /// `Bételgeuse 3 L'expédition`; in `Les 3 Mousquetaires` the number counts what follows.
    fn follows_a_name(&self, found: &Expression) -> bool {
        let Some(before) = found.number.checked_sub(1).map(|at| &self.tokens[at]) else {
            return false;
        };
        before.length() > 3
            && (found.number == self.title_start + 1 || before.gap.has(Gap::CLOSE))
            && before.text(self.name).starts_with(char::is_uppercase)
    }
}

/// What may stand in a bracket in front of the number: `(Intégrale) 3`.
fn may_be_numbered(class: Class) -> bool {
    matches!(
        class,
        Class::Integrale
            | Class::Edition(_)
            | Class::EditionWord
            | Class::LooseEdition(_)
            | Class::Medium
            | Class::Article
            | Class::Special(_)
            | Class::Continued
    )
}

fn says_something(token: &Token) -> bool {
    token.is_number()
        || token.class.is_loose_tag()
        || matches!(token.class, Class::Team(_) | Class::Group)
}
