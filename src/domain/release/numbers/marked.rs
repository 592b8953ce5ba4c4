//! Numbers with a marker in front: `T03`, `Tome IV`, `deuxième tome`, `HS2`, `第5巻`, `n°5`. Pure.

use super::{Class, Expression, Family, Gap, Mark, Reading, TO_NUMBER, Token, What};

/// `Tomes da 1 a 21`: what may lead from a marker to its number.
fn leads_to_number(word: &str) -> bool {
    ["da", "de", "du", "von", "from", "dal"]
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known))
}

/// The sign for a volume, in Latin and Cyrillic letters.
fn is_t(word: &str) -> bool {
    matches!(word, "t" | "T" | "т" | "Т")
}

impl Reading<'_> {
    /// `T03`, `v03`, `c012`; `T.03`, `T 03` and `Ch 12` too.
    pub(super) fn letter(&self, at: usize, family: Family) -> Option<Expression> {
        let number = self.tokens.get(at + 1)?;
        // `T. IX`.
        let is_roman = || number.gap.has(Gap::DOT) && self.roman(at + 1).is_some();
        if !number.is_number() && !is_roman() || !self.letter_reaches(at) || !self.letter_begins(at)
        {
            return None;
        }
        let what = match family {
            Family::Chapter => What::Chapter,
            _ if self.tokens[at].is_letter(self.name, b'v') => What::Version,
            _ => What::Volume,
        };
        self.built(what, at, at + 1, false)
    }

    /// The number is near enough: a `v` or `c` with a space behind it is a word.
    fn letter_reaches(&self, at: usize) -> bool {
        let (token, number) = (&self.tokens[at], &self.tokens[at + 1]);
        let loose = if token.length() > 1 || is_t(token.text(self.name)) {
            TO_NUMBER
        } else {
            Gap::DOT.or(Gap::HASH)
        };
        number.gap.only(loose)
    }

    /// `don't 3`, and the `t` of `3t`, are no markers; `v14c053`, `T01T02` and `HellsingT01` have some.
    fn letter_begins(&self, at: usize) -> bool {
        let (token, number) = (&self.tokens[at], &self.tokens[at + 1]);
        if at == 0 || !token.is_glued() {
            return token.gap != Gap::APOSTROPHE;
        }
        if self.tokens[at - 1].is_number() {
            return at > 1 && !number.gap.has(Gap::SPACE);
        }
        // Split where the small letters end.
        token.capitals
            && number.is_glued()
            && self.name[..token.start as usize].ends_with(char::is_lowercase)
    }

    /// `Tome 3`, `Tome n°3`, `Volume-1`, `Tomes (1-5)`, `Tome IV`.
    pub(super) fn word(&self, at: usize, what: What, plural: bool) -> Option<Expression> {
        let number = self.past_number_sign(self.past_from(self.behind_phrase(at)));
        let gap = self.tokens.get(number)?.gap;
        let reach = match what {
            What::Weak => TO_NUMBER,
            _ => TO_NUMBER.or(Gap::COLON).or(Gap::DASH).or(Gap::OPEN),
        };
        // `Tome - 12 ans`: a dash apart is a dash between title and subtitle.
        if !gap.only(reach) || gap.has_dash_apart() {
            return None;
        }
        self.built(what, at, number, plural)
    }

    /// `Volumi da 1 a 21`, `Tomes de 1 à 5`.
    fn past_from(&self, at: usize) -> usize {
        let from = self
            .tokens
            .get(at)
            .is_some_and(|token| token.is_beside() && leads_to_number(token.text(self.name)));
        at + usize::from(from && self.tokens.get(at + 1).is_some_and(Token::is_number))
    }

    fn past_number_sign(&self, at: usize) -> usize {
        let sign = matches!(self.class(at), Class::NumberSign) && self.tokens[at].is_beside();
        at + usize::from(sign && self.tokens.get(at + 1).is_some_and(Token::is_number))
    }

    /// `deuxième tome`.
    pub(super) fn before_marker(&self, at: usize) -> Option<Expression> {
        let marker = self.tokens.get(at + 1)?;
        let marks = matches!(marker.class, Class::Volume(Mark::Word)) && marker.is_beside();
        let numbered = self.tokens.get(at + 2).is_some_and(Token::is_number);
        let is_ordinal = self.tokens[at].length() > 4;
        (marks && is_ordinal && !numbered).then_some(Expression {
            what: What::Volume,
            first: at,
            number: at,
            end: at + 2,
            plural: false,
            several: false,
            of: None,
            broken: false,
        })
    }

    /// `HS2`, `Hors-série n°26`, `THS01`.
    pub(super) fn special(&self, at: usize) -> Option<Expression> {
        let number = self.past_number_sign(self.behind_phrase(at));
        let token = self.tokens.get(number)?;
        (token.is_number() && token.gap.only(TO_NUMBER)).then_some(())?;
        self.built(What::Special, at, number, false)
    }

    /// `TPB 3`, `HC 02`: a collected edition.
    pub(super) fn collected(&self, at: usize) -> Option<Expression> {
        let number = self.past_number_sign(self.behind_phrase(at));
        let token = self.tokens.get(number)?;
        (token.is_number() && token.digits <= 3 && token.gap.only(TO_NUMBER)).then_some(())?;
        self.built(What::Volume, at, number, false)
    }

    /// `Bd. 3` is a volume in German; `BD` alone is what is collected.
    pub(super) fn is_band(&self, at: usize) -> bool {
        let numbered = self
            .tokens
            .get(at + 1)
            .is_some_and(|number| number.is_number() && number.is_beside());
        numbered && self.tokens[at].text(self.name).eq_ignore_ascii_case("bd")
    }

    /// `第5巻`, `第01-34巻`, `제1~5권`; without a word behind it is a volume.
    pub(super) fn ordinal(&self, at: usize) -> Option<Expression> {
        let volumes = self.built(What::Volume, at, at + 1, false)?;
        if matches!(self.class(volumes.end), Class::Chapter(_)) {
            let chapters = self.built(What::Chapter, at, at + 1, false)?;
            return Some(self.closed(chapters));
        }
        Some(self.closed(volumes))
    }

    /// `全11巻`.
    pub(super) fn all_of(&self, at: usize) -> Option<Expression> {
        let number = at + 1;
        let built = self.built(What::Count, at, number, false)?;
        let what = match self.class(number + 1) {
            Class::Chapter(_) => What::ChapterCount,
            _ => What::Count,
        };
        Some(self.closed(Expression {
            what,
            end: number + 1,
            ..built
        }))
    }

    /// With the word behind it.
    fn closed(&self, mut expression: Expression) -> Expression {
        let closes = matches!(
            self.class(expression.end),
            Class::Volume(Mark::Behind) | Class::Chapter(Mark::Behind)
        );
        expression.end += usize::from(closes);
        expression
    }

    /// `n°5`, `No. 5`; the words alone are no sign.
    pub(super) fn number_sign(&self, at: usize) -> Option<Expression> {
        let sign = &self.tokens[at];
        let number = self
            .tokens
            .get(at + 1)
            .filter(|number| number.is_number() && !number.gap.has(Gap::BRACKET))?;
        let is_no = sign.text(self.name).eq_ignore_ascii_case("no");
        // `no5`, and `No 4321`, which no title ends in.
        let no_is_a_sign = is_no && (number.is_glued() || number.digits >= 3 && number.is_beside());
        let abbreviated = number.gap.has(Gap::DOT) && sign.length() <= 3;
        let written_out = !is_no && sign.length() >= 2;
        let signed =
            no_is_a_sign || abbreviated || written_out || number.gap.has(Gap::DEGREE.or(Gap::HASH));
        signed.then_some(())?;
        self.built(What::Issue, at, at + 1, false)
    }

    /// `卷5`.
    pub(super) fn before_number(&self, at: usize) -> Option<Expression> {
        let glued = self
            .tokens
            .get(at + 1)
            .is_some_and(|number| number.is_number() && number.is_glued());
        let begins = at == 0 || !self.tokens[at].is_glued();
        (glued && begins).then_some(())?;
        self.built(What::Volume, at, at + 1, false)
    }
}
