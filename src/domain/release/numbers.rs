//! Numbers with what makes them volumes or chapters: `T03`, `Tome 1 à 12`, `v01-38`, `(01-42+)`, `全11巻`, `n°5`. Pure.

use super::{
    Reading, Role,
    lexicon::{Class, Mark},
    token::{Gap, Token},
};
use crate::domain::{
    edition::Edition,
    volume::{MAX_SET, MAX_VOLUME, VolumeNumber, VolumeSet},
};

/// No name has more; what is behind them is not read as numbers.
pub const MOST_EXPRESSIONS: usize = u128::BITS as usize;

/// What a number with its surroundings may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// `T03`, `Tome 3`.
    Volume,
    /// `v03`: also a revision.
    Version,
    /// `Livre 3`.
    Weak,
    /// `#3`, `n°3`.
    Issue,
    /// `Ch. 3`.
    Chapter,
    /// `HS 3`.
    Special,
    /// `3 HS`.
    Specials,
    /// `9 tomes`.
    Count,
    /// `58 chapitres`.
    ChapterCount,
    /// `(01-42)`: alone in brackets.
    Bracketed,
    /// A number outside brackets.
    Bare,
}

/// A number, range or list with its marker.
#[derive(Clone, Copy, Debug)]
pub struct Expression {
    pub what: What,
    /// The first token, marker included.
    pub first: usize,
    /// The token of the first number.
    pub number: usize,
    /// The token behind the last one.
    pub end: usize,
    pub plural: bool,
    /// More than one number.
    pub several: bool,
    /// `3/12`, `3 sur 12`.
    pub of: Option<u32>,
}

/// Which markers may be repeated within an expression.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Volume,
    Chapter,
    None,
}

/// A part of an expression.
enum Part {
    One(VolumeNumber),
    Range(u32, u32),
}

/// Where a run of numbers ends.
struct Run {
    end: usize,
    several: bool,
    of: Option<u32>,
}

enum Link {
    Range,
    List,
    Slash,
    Of,
    /// Nothing but space between them.
    Beside,
}

impl Reading<'_> {
    /// Finds every expression of the name, from left to right.
    pub fn find_expressions(&mut self) {
        for at in 0..self.tokens.len() {
            self.find_n_in_one(at);
        }
        let mut at = 0;
        while at < self.tokens.len() {
            if let Some(end) = self.past_code(at) {
                at = end;
                continue;
            }
            match self.expression_at(at) {
                Some(_) if self.expressions.len() == MOST_EXPRESSIONS => return,
                Some(found) => {
                    at = found.end.max(at + 1);
                    self.expressions.push(found);
                }
                None => at += 1,
            }
        }
    }

    /// `[A1B2C3D4]`, a checksum, and `2024.05.15`, a date: their numbers are none of ours.
    fn past_code(&mut self, at: usize) -> Option<usize> {
        let token = self.tokens[at];
        if !token.gap.has(Gap::OPEN) && token.digits != 4 && token.digits != 2 {
            return None;
        }
        let opens = token.gap.has(Gap::OPEN);
        let glued = |more: &&Token| more.is_glued();
        let end = at
            + 1
            + self.tokens[at + 1..]
                .iter()
                .take(8)
                .take_while(glued)
                .count();
        let text = &self.name[token.start as usize..self.tokens[end - 1].end as usize];
        let checksum = opens
            && text.len() == 8
            && end > at + 1
            && text.bytes().all(|letter| letter.is_ascii_hexdigit());
        if checksum {
            self.give(at..end, Role::Noise);
            return Some(end);
        }
        let part = |at: usize, most: u32| {
            let part = self.tokens.get(at)?;
            let apart = part.gap == Gap::DOT || part.gap == Gap::DASH;
            part.value
                .filter(|value| apart && part.digits == 2 && (1..=most).contains(value))
        };
        let written = |at: usize| {
            self.tokens.get(at).is_some_and(|part| {
                part.digits == 2
                    && part.gap.has(Gap::SLASH.or(Gap::DOT).or(Gap::DASH))
                    && !part.gap.has(Gap::SPACE)
            })
        };
        if token.digits == 2
            && written(at + 1)
            && self
                .tokens
                .get(at + 2)
                .is_some_and(|year| year.gap == self.tokens[at + 1].gap)
            && at + 2 < self.tokens.len()
            && self.is_year(at + 2)
        {
            for part in &mut self.tokens[at..at + 2] {
                part.class = Class::PartNumber;
            }
            return Some(at + 3);
        }
        let dated = self.is_year(at) && part(at + 1, 12).is_some() && part(at + 2, 31).is_some();
        dated.then(|| {
            self.tokens[at + 1].class = Class::PartNumber;
            self.tokens[at + 2].class = Class::PartNumber;
            at + 3
        })
    }

    /// The volumes or chapters of an expression.
    pub fn set(&self, expression: &Expression) -> VolumeSet {
        let mut set = VolumeSet::default();
        let family = match expression.what {
            What::Chapter => Family::Chapter,
            What::Bare | What::Bracketed => Family::None,
            _ => Family::Volume,
        };
        self.run(
            expression.number,
            family,
            expression.plural,
            &mut |part| match part {
                Part::One(number) => set.insert(number),
                Part::Range(first, last) => set.insert_range(first, last),
            },
        );
        set
    }

    fn expression_at(&mut self, at: usize) -> Option<Expression> {
        let token = self.tokens[at];
        if token.role != Role::Unread {
            return None;
        }
        if token.is_number() {
            return self.at_number(at);
        }
        match token.class {
            Class::Volume(Mark::Letter) => self.letter(at, Family::Volume),
            Class::Chapter(Mark::Letter) => self.letter(at, Family::Chapter),
            Class::Volume(mark @ (Mark::Word | Mark::Plural)) => {
                self.word(at, What::Volume, mark == Mark::Plural)
            }
            Class::Chapter(mark @ (Mark::Word | Mark::Plural)) => {
                self.word(at, What::Chapter, mark == Mark::Plural)
            }
            Class::WeakVolume => self.word(at, What::Weak, false),
            Class::Special(_) | Class::LooseSpecial(_) => self.special(at),
            Class::NumberWord(_) => self.before_marker(at),
            Class::Medium if self.is_band(at) => self.word(at, What::Volume, false),
            Class::Ordinal => self.ordinal(at),
            Class::All => self.all_of(at),
            Class::NumberSign => self.number_sign(at),
            Class::Volume(Mark::Behind) => self.before_number(at),
            Class::Part | Class::Season => {
                self.skip_part(at);
                None
            }
            _ => {
                self.skip_season(at);
                None
            }
        }
    }

    fn built(&self, what: What, first: usize, number: usize, plural: bool) -> Option<Expression> {
        self.number_at(number)?;
        let family = match what {
            What::Chapter => Family::Chapter,
            What::Bare | What::Bracketed => Family::None,
            _ => Family::Volume,
        };
        let run = self.run(number, family, plural, &mut |_| {});
        Some(Expression {
            what,
            first,
            number,
            end: run.end,
            plural,
            several: run.several,
            of: run.of,
        })
    }

    /// `T03`, `v03`, `c012`; `T.03`, `T 03` and `Ch 12` too.
    fn letter(&self, at: usize, family: Family) -> Option<Expression> {
        let token = &self.tokens[at];
        let number = self.tokens.get(at + 1)?;
        // `T. IX`.
        let roman = number.gap.has(Gap::DOT) && self.roman(at + 1).is_some();
        if !number.is_number() && !roman {
            return None;
        }
        let is_t = matches!(token.text(self.name), "t" | "T" | "т" | "Т");
        let one_letter = is_t || token.end - token.start == 1;
        let loose = match (family, one_letter, is_t) {
            (_, true, true) | (_, false, _) => {
                Gap::SPACE.or(Gap::DOT).or(Gap::UNDERSCORE).or(Gap::DEGREE)
            }
            _ => Gap::DOT,
        };
        let reaches = number.is_glued() || number.gap.only(loose.or(Gap::HASH));
        // `don't 3`, and the `t` of `3t`, are no markers; `v14c053` and `T01T02` are.
        let glued = at > 0 && token.is_glued();
        let behind_number =
            glued && self.tokens[at - 1].is_number() && at > 1 && !number.gap.has(Gap::SPACE);
        // `HellsingT01`, split where the small letters end.
        let split = glued
            && token.capitals
            && !self.tokens[at - 1].is_number()
            && number.is_glued()
            && self.name[..token.start as usize].ends_with(char::is_lowercase);
        if !reaches || token.gap == Gap::APOSTROPHE || glued && !behind_number && !split {
            return None;
        }
        let is_v = matches!(token.text(self.name), "v" | "V");
        let what = match family {
            Family::Chapter => What::Chapter,
            _ if is_v => What::Version,
            _ => What::Volume,
        };
        self.built(what, at, at + 1, false)
    }

    /// `Tome 3`, `Tome n°3`, `Volume-1`, `Tomes (1-5)`, `Tome IV`.
    fn word(&self, at: usize, what: What, plural: bool) -> Option<Expression> {
        let next = self.past_from(self.behind_phrase(at));
        let number = self.past_number_sign(next);
        let reach = Gap::SOFT
            .or(Gap::HASH)
            .or(Gap::DEGREE)
            .or(Gap::COLON)
            .or(Gap::DASH)
            .or(Gap::OPEN);
        let token = self.tokens.get(number)?;
        let weak = what == What::Weak;
        if weak && !token.gap.only(Gap::SOFT.or(Gap::HASH).or(Gap::DEGREE))
            || !token.gap.only(reach)
        {
            return None;
        }
        // `Tome - 12 ans`: a dash apart is a dash between title and subtitle.
        if token.gap.has(Gap::DASH) && token.gap.has(Gap::SPACE) {
            return None;
        }
        self.built(what, at, number, plural)
    }

    /// `deuxième tome`.
    fn before_marker(&self, at: usize) -> Option<Expression> {
        let marker = self.tokens.get(at + 1)?;
        let marks = matches!(marker.class, Class::Volume(Mark::Word)) && marker.gap.only(Gap::SOFT);
        let numbered = self.tokens.get(at + 2).is_some_and(Token::is_number);
        let ordinal = self.tokens[at].end - self.tokens[at].start > 4;
        (marks && ordinal && !numbered).then_some(Expression {
            what: What::Volume,
            first: at,
            number: at,
            end: at + 2,
            plural: false,
            several: false,
            of: None,
        })
    }

    fn number_word(&self, at: usize) -> Option<u32> {
        match self.class(at) {
            Class::NumberWord(number) => Some(number.into()),
            _ => None,
        }
    }

    /// `HS2`, `Hors-série n°26`, `THS01`.
    fn special(&mut self, at: usize) -> Option<Expression> {
        let next = self.behind_phrase(at);
        let number = self.past_number_sign(next);
        let token = self.tokens.get(number)?;
        let reach = Gap::SOFT.or(Gap::HASH).or(Gap::DEGREE);
        if !token.gap.only(reach) || !token.is_number() {
            return None;
        }
        self.built(What::Special, at, number, false)
    }

    /// `Bd. 3` is a volume in German; `BD` alone is what is collected.
    fn is_band(&self, at: usize) -> bool {
        let number = self
            .tokens
            .get(at + 1)
            .is_some_and(|number| number.is_number() && number.gap.only(Gap::SOFT));
        number && self.tokens[at].text(self.name).eq_ignore_ascii_case("bd")
    }

    /// `第5巻`, `第01-34巻`, `제1~5권`; without a word behind it is a volume.
    fn ordinal(&self, at: usize) -> Option<Expression> {
        let built = self.built(What::Volume, at, at + 1, false)?;
        let chapters = matches!(self.class(built.end), Class::Chapter(_));
        if chapters {
            return self.closed(self.built(What::Chapter, at, at + 1, false)?);
        }
        self.closed(built)
    }

    /// With the word behind it.
    fn closed(&self, mut expression: Expression) -> Option<Expression> {
        if matches!(
            self.class(expression.end),
            Class::Volume(Mark::Behind) | Class::Chapter(Mark::Behind)
        ) {
            expression.end += 1;
        }
        Some(expression)
    }

    /// `全11巻`.
    fn all_of(&self, at: usize) -> Option<Expression> {
        let number = at + 1;
        let built = self.built(What::Count, at, number, false)?;
        let chapters = matches!(self.class(number + 1), Class::Chapter(_));
        self.closed(Expression {
            what: if chapters {
                What::ChapterCount
            } else {
                What::Count
            },
            end: number + 1,
            ..built
        })
    }

    /// `n°5`, `No. 5`; the words alone are no sign.
    fn number_sign(&self, at: usize) -> Option<Expression> {
        let number = self
            .tokens
            .get(at + 1)
            .filter(|number| number.is_number())?;
        let text = self.tokens[at].text(self.name);
        // `no5`, and `No 4321`, which no title ends in.
        let plain = text.eq_ignore_ascii_case("no")
            && (number.is_glued() || number.digits >= 3 && number.gap.only(Gap::SOFT));
        let signed = plain
            || number.gap.has(Gap::DEGREE.or(Gap::HASH))
            || number.gap.has(Gap::DOT) && self.tokens[at].end - self.tokens[at].start <= 3
            || !self.tokens[at].text(self.name).eq_ignore_ascii_case("no")
                && self.tokens[at].end - self.tokens[at].start >= 2;
        (signed && !number.gap.has(Gap::BRACKET)).then_some(())?;
        self.built(What::Issue, at, at + 1, false)
    }

    /// `卷5`.
    fn before_number(&self, at: usize) -> Option<Expression> {
        let glued = self
            .tokens
            .get(at + 1)
            .is_some_and(|number| number.is_number() && number.is_glued());
        (glued && (at == 0 || !self.tokens[at].is_glued())).then_some(())?;
        self.built(What::Volume, at, at + 1, false)
    }

    /// `Part 2`, `Saison 01`, `Cycle II`: the number is taken and means nothing.
    fn skip_part(&mut self, at: usize) {
        let next = self.behind_phrase(at);
        if let Some(number) = self
            .tokens
            .get_mut(next)
            .filter(|number| number.is_number() && number.gap.only(Gap::SOFT))
        {
            number.class = Class::PartNumber;
        }
    }

    /// `S01`: a season, and with `E12` an episode of a film.
    fn skip_season(&mut self, at: usize) {
        let token = &self.tokens[at];
        if token.end - token.start != 1 {
            return;
        }
        let text = token.text(self.name);
        let starts = at == 0 || !token.is_glued();
        let glued = |at: usize| {
            self.tokens
                .get(at)
                .is_some_and(|token| token.is_number() && token.is_glued() && token.digits <= 2)
        };
        if !starts || !matches!(text, "s" | "S") || !glued(at + 1) {
            return;
        }
        let episode = self
            .tokens
            .get(at + 2)
            .is_some_and(|token| token.is_glued() && matches!(token.text(self.name), "e" | "E"));
        self.tokens[at].class = if episode {
            Class::NotABook(super::NotABook::Video)
        } else {
            Class::Season
        };
        self.tokens[at + 1].class = Class::PartNumber;
        if episode && self.tokens.get(at + 3).is_some_and(Token::is_number) {
            self.tokens[at + 2].class = Class::Continued;
            self.tokens[at + 3].class = Class::PartNumber;
        }
    }

    fn at_number(&mut self, at: usize) -> Option<Expression> {
        if !matches!(self.tokens[at].class, Class::Plain) {
            return None;
        }
        if self.tokens[at].gap.has(Gap::HASH) {
            return self.built(What::Issue, at, at, false);
        }
        let built = self.built(What::Bare, at, at, false)?;
        if let Some(counted) = self.counted(&built) {
            return Some(counted);
        }
        if self.tokens[at].group > 0 {
            return self.is_alone_in_brackets(&built).then_some(Expression {
                what: What::Bracketed,
                ..built
            });
        }
        self.can_be_bare(&built).then_some(built)
    }

    /// `3 in 1`, `2 en 1`.
    fn find_n_in_one(&mut self, at: usize) {
        let number = match self.tokens[at].value {
            Some(number @ 2..=9) => number,
            _ => return,
        };
        let [word, one, ..] = &self.tokens[at + 1..] else {
            return;
        };
        let beside = |token: &Token| token.gap.only(Gap::SOFT.or(Gap::DASH));
        let joined = matches!(
            word.text(self.name),
            "in" | "en" | "In" | "EN" | "IN" | "em"
        );
        if !joined || !beside(word) || !beside(one) || one.value != Some(1) || one.digits != 1 {
            return;
        }
        self.tokens[at].class = Class::Edition(Edition::Omnibus(Some(number as u8)));
        self.tokens[at + 1].class = Class::Continued;
        self.tokens[at + 2].class = Class::Continued;
    }

    /// A word behind the number says what it is: `9 tomes`, `12권`, `3 HS`, `58 chapitres`, `201st Volume`.
    fn counted(&self, built: &Expression) -> Option<Expression> {
        let mut next = built.end;
        let ordinal = |token: &Token| {
            (token.is_glued() || token.gap == Gap::DASH)
                && matches!(
                    token.text(self.name),
                    "e" | "er" | "ème" | "eme" | "è" | "й" | "я"
                )
        };
        if self.tokens.get(next).is_some_and(ordinal) {
            next += 1;
        }
        let word = self.tokens.get(next)?;
        if !word.gap.only(Gap::SOFT.or(Gap::DASH))
            || word.gap.has(Gap::DASH) && word.gap.has(Gap::SPACE)
        {
            return None;
        }
        let behind = self.behind_phrase(next);
        let opens_its_own = self.tokens.get(behind).is_some_and(|token| {
            token.is_number() && token.gap.only(Gap::SOFT.or(Gap::HASH).or(Gap::DEGREE))
        });
        let what = match word.class {
            Class::Special(_) | Class::LooseSpecial(_) if !opens_its_own => What::Specials,
            Class::Volume(Mark::Behind) => What::Volume,
            Class::Chapter(Mark::Behind) => What::Chapter,
            Class::Volume(Mark::Plural) if !opens_its_own && built.several => What::Volume,
            Class::Volume(Mark::Plural) if !opens_its_own => What::Count,
            Class::Volume(Mark::Word)
                if !opens_its_own
                    && self.tokens[built.number]
                        .value
                        .is_some_and(|number| number > 1)
                    && word.text(self.name).ends_with("ol") =>
            {
                What::Count
            }
            Class::Volume(Mark::Word) if !opens_its_own => What::Volume,
            Class::Chapter(Mark::Plural) if !opens_its_own && !built.several => What::ChapterCount,
            Class::Chapter(Mark::Plural | Mark::Word) if !opens_its_own => What::Chapter,
            _ => return None,
        };
        if matches!(what, What::Volume | What::Chapter)
            && matches!(
                word.class,
                Class::Volume(Mark::Behind) | Class::Chapter(Mark::Behind)
            )
        {
            // `1巻・2巻`: with its word each number goes on.
            return self.built(what, built.first, built.number, false);
        }
        Some(Expression {
            what,
            end: behind,
            ..*built
        })
    }

    /// Nothing else is in its brackets, but for specials that come with it: `(01-100+3HS)`.
    fn is_alone_in_brackets(&self, built: &Expression) -> bool {
        let group = self.tokens[built.first].group;
        let opens = built.first == 0 || self.tokens[built.first - 1].group != group;
        let rest = self.tokens[built.end..]
            .iter()
            .take_while(|token| token.group == group);
        let only_specials = rest.clone().all(|token| {
            matches!(
                token.class,
                Class::Special(_) | Class::LooseSpecial(_) | Class::Continued
            ) || token.is_number() && token.gap.has(Gap::PLUS)
        });
        opens && only_specials && !self.is_year(built.number)
    }

    /// Outside brackets, no year, and not glued to letters as in `20th` and `Love2Much`.
    fn can_be_bare(&self, built: &Expression) -> bool {
        let token = &self.tokens[built.number];
        let behind = self.tokens.get(built.end);
        let glued_behind = behind.is_some_and(|behind| {
            behind.is_glued() && !behind.is_number() && !self.is_version(built.end)
        });
        let thousands = |at: usize| {
            self.tokens
                .get(at)
                .is_some_and(|part| part.digits == 3 && part.gap == Gap::COMMA)
        };
        if thousands(built.end)
            || thousands(built.number) && built.number > 0
            || self.is_hyphenated(built)
        {
            return false;
        }
        let measured = behind.is_some_and(|behind| {
            behind.gap.only(Gap::SPACE)
                && matches!(
                    behind.text(self.name),
                    "pages"
                        | "page"
                        | "p"
                        | "pp"
                        | "Mo"
                        | "Go"
                        | "MB"
                        | "GB"
                        | "ko"
                        | "mo"
                        | "go"
                        | "ans"
                        | "pgs"
                )
        });
        let whole = self.tokens[built.end - 1].gap == Gap::DOT
            && self.tokens[built.end - 1].value == Some(0)
            && built.end - built.number == 2;
        if measured || whole {
            return false;
        }
        let percent = self.name[self.tokens[built.end - 1].end as usize..].starts_with('%');
        let glued_before = built.number > 0 && token.is_glued();
        let closes =
            behind.is_none_or(|behind| behind.gap.has(Gap::BRACKET) || behind.class.is_tag());
        let word_before = built.number > 0 && {
            let before = &self.tokens[built.number - 1];
            !before.is_number() && before.end - before.start >= 3
        };
        !glued_behind && !percent && (!glued_before || closes && word_before && token.digits >= 2)
    }

    /// `3-Gatsu`, `0-Day`, in a name with spaces.
    fn is_hyphenated(&self, built: &Expression) -> bool {
        let tight = self
            .tokens
            .get(built.end)
            .is_some_and(|behind| behind.gap == Gap::DASH && !behind.is_number());
        tight && self.spaced && !self.tokens[built.number].gap.has(Gap::DASH)
    }

    /// `v2` behind a number.
    pub fn is_version(&self, at: usize) -> bool {
        self.tokens
            .get(at)
            .is_some_and(|token| matches!(token.text(self.name), "v" | "V"))
            && self
                .tokens
                .get(at + 1)
                .is_some_and(|number| number.is_number() && number.is_glued())
    }

    /// Four digits that are a year of publication.
    pub fn is_year(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        token.digits == 4
            && token
                .value
                .is_some_and(|year| (1900..=2099).contains(&year))
    }

    /// The token behind this one and the rest of its phrase.
    pub fn behind_phrase(&self, at: usize) -> usize {
        let mut next = at + 1;
        while matches!(self.class(next), Class::Continued) {
            next += 1;
        }
        next
    }

    /// `Volumi da 1 a 21`, `Tomes de 1 à 5`.
    fn past_from(&self, at: usize) -> usize {
        let from = self.tokens.get(at).is_some_and(|token| {
            token.gap.only(Gap::SOFT)
                && matches!(
                    token.text(self.name),
                    "da" | "de" | "du" | "von" | "from" | "dal"
                )
        });
        at + usize::from(from && self.tokens.get(at + 1).is_some_and(Token::is_number))
    }

    fn past_number_sign(&self, at: usize) -> usize {
        let sign =
            matches!(self.class(at), Class::NumberSign) && self.tokens[at].gap.only(Gap::SOFT);
        at + usize::from(sign && self.tokens.get(at + 1).is_some_and(Token::is_number))
    }

    /// A number of at most four digits that is no year, with `.5` behind it when that follows directly.
    fn number_at(&self, at: usize) -> Option<(VolumeNumber, usize)> {
        let token = self.tokens.get(at)?;
        if let Some(roman) = self.roman(at).or_else(|| self.number_word(at)) {
            return Some((VolumeNumber::whole(roman)?, at + 1));
        }
        let value = token
            .value
            .filter(|value| *value <= MAX_VOLUME && token.digits <= 4)?;
        if self.is_year(at)
            || matches!(
                token.class,
                Class::Continued | Class::PartNumber | Class::Edition(_)
            )
        {
            return None;
        }
        match self.decimal(at) {
            Some(tenths) => Some((
                VolumeNumber::from_hundredths(i64::from(value * 100 + tenths * 10))?,
                at + 2,
            )),
            None => Some((VolumeNumber::whole(value)?, at + 1)),
        }
    }

    /// The `5` of `10.5` and of `10,5`; not of `1.2.3` or `1,2`.
    fn decimal(&self, at: usize) -> Option<u32> {
        let (token, part) = (&self.tokens[at], self.tokens.get(at + 1)?);
        let tight = part.start == token.end + 1 && part.digits == 1;
        let goes_on = self.tokens.get(at + 2).is_some_and(|next| {
            next.is_number() && next.gap.has(Gap::DOT.or(Gap::COMMA)) && !next.gap.has(Gap::SPACE)
        });
        if !tight || goes_on {
            return None;
        }
        let letters_follow = self.tokens.get(at + 2).is_some_and(|next| {
            next.is_glued()
                && !self.is_version(at + 2)
                && !matches!(next.class, Class::Volume(Mark::Behind) | Class::Chapter(_))
        });
        if part.gap == Gap::DOT && !letters_follow {
            return part.value;
        }
        let descends = part.value < token.value && part.value == Some(5);
        (part.gap == Gap::COMMA && descends)
            .then_some(part.value)
            .flatten()
    }

    /// Canonical roman numerals up to 39, in capitals.
    fn roman(&self, at: usize) -> Option<u32> {
        let token = self.tokens.get(at)?;
        let text = token.text(self.name);
        if token.is_number()
            || text.is_empty()
            || text.len() > 7
            || !text
                .bytes()
                .all(|letter| matches!(letter, b'I' | b'V' | b'X'))
        {
            return None;
        }
        let value = |letter: u8| match letter {
            b'I' => 1,
            b'V' => 5,
            _ => 10,
        };
        let bytes = text.as_bytes();
        let total: u32 = (0..bytes.len()).fold(0, |total, at| {
            let (here, next) = (
                value(bytes[at]),
                bytes.get(at + 1).map_or(0, |next| value(*next)),
            );
            if here < next {
                total.wrapping_sub(here)
            } else {
                total.wrapping_add(here)
            }
        });
        (1..40).contains(&total).then_some(())?;
        let tens = "X".repeat((total / 10) as usize);
        let ones =
            ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"][(total % 10) as usize];
        (format!("{tens}{ones}") == text).then_some(total)
    }

    /// Reads a range or list that begins with the number at `at`.
    fn run(&self, at: usize, family: Family, plural: bool, sink: &mut impl FnMut(Part)) -> Run {
        let mut run = Run {
            end: at,
            several: false,
            of: None,
        };
        let Some((mut last, next)) = self.number_at(at) else {
            return run;
        };
        run.end = self.past_behind(next, family);
        let mut open = Some(last);
        let mut numbers = 1;
        // Without a marker a long list is no list of volumes, and every number of it is tried as the first.
        let most = if family == Family::None { 64 } else { MAX_SET };
        while numbers < most && run.of.is_none() {
            let Some(step) = self.step(at, run.end, last, family, plural, numbers == 1) else {
                break;
            };
            match step.link {
                Link::Range => match (
                    open.take().unwrap_or(last).as_whole(),
                    step.number.as_whole(),
                ) {
                    (Some(first), Some(end)) if ((end - first) as usize) < MAX_SET => {
                        sink(Part::Range(first, end));
                        last = step.number;
                    }
                    _ => {
                        sink(Part::One(last));
                        open = Some(last);
                        break;
                    }
                },
                Link::Slash | Link::Of => run.of = step.number.as_whole(),
                Link::List | Link::Beside => {
                    open.replace(step.number)
                        .into_iter()
                        .for_each(|one| sink(Part::One(one)));
                    last = step.number;
                }
            }
            run.several |= run.of.is_none();
            run.end = self.past_behind(step.end, family);
            numbers += 1;
        }
        open.into_iter().for_each(|one| sink(Part::One(one)));
        run
    }

    fn past_behind(&self, at: usize, family: Family) -> usize {
        let behind = match self.class(at) {
            Class::Volume(Mark::Behind) => family != Family::Chapter && family != Family::None,
            Class::Chapter(Mark::Behind) => family == Family::Chapter,
            _ => false,
        };
        at + usize::from(behind && self.tokens[at].gap.only(Gap::SOFT))
    }

    /// The next number of a run, if it goes on.
    fn step(
        &self,
        start: usize,
        at: usize,
        last: VolumeNumber,
        family: Family,
        plural: bool,
        first: bool,
    ) -> Option<Step> {
        let token = self.tokens.get(at)?;
        // `[T01]-[T24]`.
        let across = token.gap.has(Gap::DASH)
            && token.gap.only(Gap::BRACKET.or(Gap::DASH).or(Gap::SPACE))
            && !token.is_number();
        if token.gap.has(Gap::BRACKET) && !across {
            return None;
        }
        let (link, mut next) = self.link(at)?;
        let marker = next;
        next = self.past_marker(next, family);
        let marked = next > marker;
        let apart = if marked {
            Gap::SOFT.or(Gap::DEGREE)
        } else {
            Gap::SOFT.or(Gap::DEGREE).or(Gap::HASH)
        };
        let number = self.tokens.get(next)?;
        let roman =
            !number.is_number() && self.roman(next).is_some() && self.roman(start).is_some();
        if next > at && !number.gap.only(apart)
            || !(number.is_number() || roman)
            || token.gap.has(Gap::BRACKET) && !marked
        {
            return None;
        }
        let (value, end) = self.number_at(next)?;
        let step = |link| {
            Some(Step {
                link,
                number: value,
                end,
            })
        };
        let ascends = value > last;
        let plain_behind = self.is_plain_word(end);
        match link {
            Link::Range if ascends => {
                let spaced = token.gap.has(Gap::SPACE) && token.gap.has(Gap::RANGE);
                let closed = marked || !spaced || !plain_behind;
                let alone =
                    family != Family::None || !spaced || self.reads_as_bare_range(start, next);
                (closed && alone).then(|| step(Link::Range)).flatten()
            }
            Link::List if ascends || marked => {
                let beside = self
                    .tokens
                    .get(end)
                    .is_some_and(|behind| behind.gap.only(Gap::SOFT));
                let special = beside
                    && matches!(
                        self.class(end),
                        Class::Special(_)
                            | Class::LooseSpecial(_)
                            | Class::LooseOrigin(_)
                            | Class::LooseNoise
                    );
                let chapters = matches!(self.class(marker), Class::Ordinal)
                    && self.class(end) != Class::Volume(Mark::Behind)
                    && token.gap.has(Gap::PLUS);
                let counted =
                    matches!(self.class(end), Class::Volume(_) | Class::Chapter(_)) && !marked;
                let far = token.gap.has(Gap::PLUS)
                    && !marked
                    && value.hundredths() > 4 * last.hundredths() + 2_000;
                let closed = marked || !plain_behind;
                (!special && !chapters && !counted && !far && closed)
                    .then(|| step(Link::List))
                    .flatten()
            }
            Link::Beside if ascends => {
                let same_marker =
                    marked && self.tokens[at].key == self.tokens[start.saturating_sub(1)].key;
                let third = self.past_marker(end, family) > end;
                if same_marker {
                    let far = value.hundredths() > last.hundredths() + 100;
                    let dotted = token.gap.has(Gap::DOT) || token.group > 0;
                    return step(if dotted && far && !third && first {
                        Link::Range
                    } else {
                        Link::List
                    });
                }
                let chained =
                    number.gap == Gap::DOT && value.hundredths() == last.hundredths() + 100;
                let counted = matches!(self.class(end), Class::Volume(Mark::Behind))
                    && number.gap.has(Gap::DOT.or(Gap::COMMA));
                let alike = (number.digits >= 2 || chained)
                    && number.digits == self.tokens[start].digits
                    && family != Family::None
                    && !plain_behind;
                (!marked && (plural || alike || counted))
                    .then(|| step(Link::Beside))
                    .flatten()
            }
            Link::Slash if (marked || plural) && ascends => step(Link::List),
            Link::Slash | Link::Of
                if value >= last && (family != Family::None || self.says_of(start, at))
                    || matches!(link, Link::Slash) && value == last =>
            {
                step(link)
            }
            _ => None,
        }
    }

    /// `3 sur 10`, `- 3/4 -`, `(2 de 5)`.
    fn says_of(&self, start: usize, at: usize) -> bool {
        let word = matches!(self.tokens[at].text(self.name), "sur" | "of");
        word || self.tokens[start].group > 0
            || self.tokens[at].is_number() && self.tokens[start].gap.has(Gap::DASH)
    }

    /// What joins the next number, and the token from which to look for it.
    fn link(&self, at: usize) -> Option<(Link, usize)> {
        let token = &self.tokens[at];
        let gap = token.gap;
        match token.class {
            Class::RangeWord if gap.only(Gap::SOFT) => {
                return Some((Link::Range, self.behind_phrase(at)));
            }
            Class::ListWord if gap.only(Gap::SOFT.or(Gap::COMMA)) => {
                return Some((Link::List, at + 1));
            }
            Class::Of if gap.only(Gap::SOFT) => return Some((Link::Of, at + 1)),
            _ => {}
        }
        let list = Gap::AMPERSAND.or(Gap::PLUS).or(Gap::COMMA);
        match gap {
            gap if gap.has(Gap::RANGE) && gap.only(Gap::SOFT.or(Gap::RANGE).or(Gap::BRACKET)) => {
                Some((Link::Range, at))
            }
            gap if gap.has(list) && gap.only(Gap::SOFT.or(list)) => Some((Link::List, at)),
            gap if gap.has(Gap::SLASH) && gap.only(Gap::SOFT.or(Gap::SLASH)) => {
                Some((Link::Slash, at))
            }
            gap if gap.only(Gap::SOFT) && !gap.is_none() => Some((Link::Beside, at)),
            gap if gap.is_none() && matches!(token.class, Class::Volume(Mark::Letter)) => {
                Some((Link::Beside, at))
            }
            _ => None,
        }
    }

    /// A marker that is said again: the `T` of `- T39`, the `第` of `-第34巻`.
    fn past_marker(&self, at: usize, family: Family) -> usize {
        let token = match self.tokens.get(at) {
            Some(token) if self.tokens.get(at + 1).is_some_and(Token::is_number) => token,
            _ => return at,
        };
        let letter = |mark: Mark| mark != Mark::Letter || self.tokens[at + 1].gap.only(Gap::DOT);
        let same = match token.class {
            Class::Volume(mark) => family == Family::Volume && mark != Mark::Behind && letter(mark),
            Class::Chapter(mark) => {
                family == Family::Chapter && mark != Mark::Behind && letter(mark)
            }
            Class::Ordinal => family != Family::None,
            Class::NumberSign => {
                family == Family::Volume && self.tokens[at + 1].gap.has(Gap::DEGREE.or(Gap::DOT))
            }
            Class::Medium => family == Family::Volume && self.is_band(at),
            _ => false,
        };
        at + usize::from(same)
    }

    /// A word of the title or subtitle, not a tag, directly behind.
    pub fn is_plain_word(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| {
            !token.is_number()
                && token
                    .gap
                    .only(Gap::SOFT.or(Gap::DEGREE).or(Gap::APOSTROPHE).or(Gap::COMMA))
                && !token.class.is_loose_tag()
                && !matches!(
                    token.class,
                    Class::ListWord
                        | Class::RangeWord
                        | Class::Author
                        | Class::Volume(_)
                        | Class::Chapter(_)
                        | Class::Special(_)
                )
        })
    }

    /// `Naruto 01 - 12`, not `12 - 24 heures`: bare numbers around a dash with spaces are written alike.
    fn reads_as_bare_range(&self, start: usize, next: usize) -> bool {
        let (first, last) = (&self.tokens[start], &self.tokens[next]);
        let padded = self.name.as_bytes()[first.start as usize] == b'0';
        first.digits == last.digits || first.value == Some(1) || padded
    }
}

struct Step {
    link: Link,
    number: VolumeNumber,
    end: usize,
}
