//! Numbers with what makes them volumes or chapters: `T03`, `Tome 1 à 12`, `v01-38`, `(01-42+)`, `全11巻`, `n°5`. Pure.
//!
//! Those behind a marker are in [`marked`], those without one in [`bare`]; how a number goes on as a range or list is in [`run`], what a
//! single number may be in [`value`], and the numbers that are none of ours in [`skip`].

mod bare;
mod marked;
mod run;
mod skip;
mod value;

use super::{
    Reading, Role,
    class::{Class, Mark},
    token::{Gap, Token},
};
use crate::domain::volume::VolumeSet;
use run::Part;

/// No name has more; what is behind them is not read as numbers.
const MOST_EXPRESSIONS: usize = 128;

/// Between a word and its number: `Tome n°3`, `HS #2`.
const TO_NUMBER: Gap = Gap::SOFT.or(Gap::HASH).or(Gap::DEGREE);

/// What a number with its surroundings may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// `T03`, `Tome 3`.
    Volume,
    /// `v03`: also a revision.
    Version,
    /// `v2`: a version that turned out to be a revision.
    Revision,
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
    /// `T01-T99999`: which volumes are meant is not known.
    pub broken: bool,
}

/// Which markers may be repeated within an expression.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Volume,
    Chapter,
    None,
}

impl Family {
    fn of(what: What) -> Self {
        match what {
            What::Chapter => Self::Chapter,
            What::Bare | What::Bracketed => Self::None,
            _ => Self::Volume,
        }
    }
}

impl Reading<'_> {
    /// Finds every expression of the name, from left to right.
    pub fn find_expressions(&mut self) {
        self.find_n_in_one();
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

    fn expression_at(&mut self, at: usize) -> Option<Expression> {
        let token = &self.tokens[at];
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
            Class::Collected => self.collected(at),
            Class::Half(_) => self.built(What::Volume, at, at, false),
            Class::Box => {
                self.skip_box(at);
                None
            }
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
        let run = self.run(number, Family::of(what), plural, &mut |_| {})?;
        Some(Expression {
            what,
            first,
            number,
            end: run.end,
            plural,
            several: run.several,
            of: run.of,
            broken: run.broken,
        })
    }

    /// The volumes or chapters of an expression.
    pub fn set(&self, expression: &Expression) -> VolumeSet {
        let mut set = VolumeSet::default();
        if expression.broken {
            return set;
        }
        if self.class(expression.number) == Class::Half(0) {
            return VolumeSet::range(1, 2);
        }
        let family = Family::of(expression.what);
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
}
