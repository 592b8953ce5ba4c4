//! Numbers without a marker in front: counted by the word behind them, alone in brackets, or bare. Pure.

use super::{Class, Expression, Gap, Mark, Reading, TO_NUMBER, Token, What};

/// `2e`, `1er`, `3ème`, `5-й`: what makes a number an ordinal.
fn is_ordinal_ending(text: &str) -> bool {
    matches!(text, "e" | "er" | "ème" | "eme" | "è" | "й" | "я")
}

/// Units of what is no volume.
fn is_measure(text: &str) -> bool {
    text.len() <= 5
        && [
            "pages", "page", "p", "pp", "pgs", "ans", "mo", "go", "mb", "gb", "ko",
        ]
        .iter()
        .any(|known| text.eq_ignore_ascii_case(known))
}

/// `vol`, and other spellings of it.
fn ends_in_ol(word: &str) -> bool {
    let bytes = word.as_bytes();
    bytes.len() >= 2 && bytes[bytes.len() - 2..].eq_ignore_ascii_case(b"ol")
}

/// The ages in years that ratings name.
const RATED_AGES: std::ops::RangeInclusive<u32> = 12..=18;

impl Reading<'_> {
    pub(super) fn at_number(&self, at: usize) -> Option<Expression> {
        let token = &self.tokens[at];
        if !matches!(token.class, Class::Plain) {
            return None;
        }
        if token.gap.has(Gap::HASH) {
            return self.built(What::Issue, at, at, false);
        }
        let built = self.built(What::Bare, at, at, false)?;
        if let Some(counted) = self.counted(&built) {
            return Some(counted);
        }
        if token.group > 0 {
            return self.is_alone_in_brackets(&built).then_some(Expression {
                what: What::Bracketed,
                ..built
            });
        }
        self.can_be_bare(&built).then_some(built)
    }

    /// A word behind the number says what it is: `9 tomes`, `12권`, `3 HS`, `58 chapitres`, `201st Volume`.
    fn counted(&self, built: &Expression) -> Option<Expression> {
        let at = self.past_ordinal_ending(built.end);
        let word = self.tokens.get(at)?;
        let what = match word.class {
            Class::Special(_) | Class::LooseSpecial(_) => What::Specials,
            Class::Volume(Mark::Behind | Mark::Word) => What::Volume,
            Class::Volume(Mark::Plural) if built.several => What::Volume,
            Class::Volume(Mark::Plural) => What::Count,
            Class::Chapter(Mark::Plural) if !built.several => What::ChapterCount,
            Class::Chapter(Mark::Behind | Mark::Plural | Mark::Word) => What::Chapter,
            _ => return None,
        };
        if !word.gap.only(Gap::SOFT.or(Gap::DASH)) || word.gap.has_dash_apart() {
            return None;
        }
        if let Class::Volume(Mark::Behind) | Class::Chapter(Mark::Behind) = word.class {
            // `1巻・2巻`: with its word each number goes on.
            return self.built(what, built.first, built.number, false);
        }
        let end = self.behind_phrase(at);
        if self.is_number_of(end) {
            return None;
        }
        Some(Expression {
            what: if self.is_short_count(built, word) {
                What::Count
            } else {
                what
            },
            end,
            ..*built
        })
    }

    /// `201st Volume`, `2e tome`.
    fn past_ordinal_ending(&self, at: usize) -> usize {
        let is_ending = self.tokens.get(at).is_some_and(|token| {
            (token.is_glued() || token.gap == Gap::DASH) && is_ordinal_ending(token.text(self.name))
        });
        at + usize::from(is_ending)
    }

    /// The word in front has a number behind it that is its own.
    pub(super) fn is_number_of(&self, at: usize) -> bool {
        self.tokens
            .get(at)
            .is_some_and(|token| token.is_number() && token.gap.only(TO_NUMBER))
    }

    /// `12 vol`: the short word is also the plural.
    fn is_short_count(&self, built: &Expression, word: &Token) -> bool {
        matches!(word.class, Class::Volume(Mark::Word))
            && self.tokens[built.number].value > Some(1)
            && ends_in_ol(word.text(self.name))
    }

    /// Nothing else is in its brackets, but for specials that come with it: `(01-100+3HS)`.
    fn is_alone_in_brackets(&self, built: &Expression) -> bool {
        let group = self.tokens[built.first].group;
        let opens = built.first == 0 || self.tokens[built.first - 1].group != group;
        let is_special = |token: &Token| {
            matches!(
                token.class,
                Class::Special(_) | Class::LooseSpecial(_) | Class::Continued
            ) || token.is_number() && token.gap.has(Gap::PLUS)
        };
        opens
            && !self.is_age_rating(built)
            && !self.is_year(built.number)
            && self.tokens[built.end..]
                .iter()
                .take_while(|token| token.group == group)
                .all(is_special)
    }

    /// `(18+)`, `[12+]`.
    fn is_age_rating(&self, built: &Expression) -> bool {
        let token = &self.tokens[built.number];
        !built.several
            && token.value.is_some_and(|age| RATED_AGES.contains(&age))
            && self.name[token.end as usize..].starts_with('+')
    }

    /// Outside brackets, no measure, and not glued to letters as in `20th` and `Love2Much`.
    fn can_be_bare(&self, built: &Expression) -> bool {
        !(self.is_glued_to_letters_behind(built)
            || self.is_glued_to_letters_before(built)
            || self.is_of_thousands(built)
            || self.is_hyphenated(built)
            || self.is_measured(built)
            || self.is_denominator(built)
            || self.is_whole_decimal(built))
    }

    /// `20th`; not `03v2`.
    fn is_glued_to_letters_behind(&self, built: &Expression) -> bool {
        self.tokens.get(built.end).is_some_and(|behind| {
            behind.is_glued() && !behind.is_number() && !self.is_version(built.end)
        })
    }

    /// `Love2Much`; not `Naruto03 [CBZ]`.
    fn is_glued_to_letters_before(&self, built: &Expression) -> bool {
        let token = &self.tokens[built.number];
        if built.number == 0 || !token.is_glued() {
            return false;
        }
        let before = &self.tokens[built.number - 1];
        let is_behind_word = !before.is_number() && before.length() >= 3;
        let closes = self
            .tokens
            .get(built.end)
            .is_none_or(|behind| behind.gap.has(Gap::BRACKET) || behind.class.is_tag());
        !(closes && is_behind_word && token.digits >= 2)
    }

    /// `1,000`, and the zeros of it.
    fn is_of_thousands(&self, built: &Expression) -> bool {
        let are_thousands = |token: &Token| token.digits == 3 && token.gap == Gap::COMMA;
        self.tokens.get(built.end).is_some_and(are_thousands)
            || built.number > 0 && are_thousands(&self.tokens[built.number])
    }

    /// `3-Gatsu`, `0-Day`, in a name with spaces.
    fn is_hyphenated(&self, built: &Expression) -> bool {
        let tight = self
            .tokens
            .get(built.end)
            .is_some_and(|behind| behind.gap == Gap::DASH && !behind.is_number());
        tight && self.spaced && !self.tokens[built.number].gap.has(Gap::DASH)
    }

    /// `200 pages`, `12 ans`, `50%`.
    fn is_measured(&self, built: &Expression) -> bool {
        let has_unit = self.tokens.get(built.end).is_some_and(|behind| {
            behind.gap.only(Gap::SPACE) && is_measure(behind.text(self.name))
        });
        has_unit
            || self
                .name
                .as_bytes()
                .get(self.tokens[built.end - 1].end as usize)
                == Some(&b'%')
    }

    /// The `12` of `3/12`.
    fn is_denominator(&self, built: &Expression) -> bool {
        self.tokens[built.number].gap == Gap::SLASH
            && built.number > 0
            && self.tokens[built.number - 1].is_number()
    }

    /// `2.0`: a revision of the file.
    fn is_whole_decimal(&self, built: &Expression) -> bool {
        let last = &self.tokens[built.end - 1];
        built.end - built.number == 2 && last.gap == Gap::DOT && last.value == Some(0)
    }
}
