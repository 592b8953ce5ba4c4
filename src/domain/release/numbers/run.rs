//! How a number goes on: `1-12`, `01 à 12`, `[T01]-[T24]`, `T1+T2`, `1, 2 et 4`, `3/12`, `3 sur 10`. Pure.

use super::{Class, Family, Gap, Mark, Reading, TO_NUMBER, Token};
use crate::domain::volume::{MAX_SET, VolumeNumber};

/// Without a marker a longer list is no list of volumes, and every number of it is tried as the first.
const MOST_UNMARKED: usize = 64;

/// Signs between the numbers of a list.
const LIST: Gap = Gap::AMPERSAND.or(Gap::PLUS).or(Gap::COMMA);

/// A part of an expression.
pub(super) enum Part {
    One(VolumeNumber),
    Range(u32, u32),
}

/// Numbers that belong together, as far as they are read.
pub(super) struct Run {
    /// The token of the first number.
    start: usize,
    family: Family,
    plural: bool,
    /// How many numbers are read.
    numbers: usize,
    last: VolumeNumber,
    /// The token behind the last one.
    pub end: usize,
    /// More than one number.
    pub several: bool,
    /// `3/12`.
    pub of: Option<u32>,
    /// The last link was that of a range.
    ranged: bool,
    /// A range without an end that can be read: `T01-T99999`, `T10-T01`.
    pub broken: bool,
}

/// Read, and not told yet: what follows may make more of it.
#[derive(Clone, Copy)]
enum Open {
    One(VolumeNumber),
    Range(VolumeNumber, VolumeNumber),
    /// A number of `01-02-03`, which is a list.
    Chained(VolumeNumber),
}

impl Open {
    fn part(self) -> Option<Part> {
        match self {
            Self::One(one) | Self::Chained(one) => Some(Part::One(one)),
            Self::Range(first, last) => range(first, last),
        }
    }
}

/// What joins two numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Link {
    Range,
    List,
    Slash,
    Of,
    /// Nothing but space between them.
    Beside,
}

/// The number that follows, which may belong to the run.
struct Next {
    link: Link,
    value: VolumeNumber,
    /// The first token behind the run: the link, the marker or the number.
    at: usize,
    /// The token of the marker that is said again, or of the number.
    marker: usize,
    /// The token of the number.
    number: usize,
    /// The token behind it.
    end: usize,
}

impl Next {
    /// It has a marker of its own: the `T` of `- T39`.
    fn is_marked(&self) -> bool {
        self.number > self.marker
    }
}

impl Reading<'_> {
    /// Reads a range or list that begins with the number at `start`.
    pub(super) fn run(
        &self,
        start: usize,
        family: Family,
        plural: bool,
        sink: &mut impl FnMut(Part),
    ) -> Option<Run> {
        let (first, behind) = self.number_at(start)?;
        let mut run = Run {
            start,
            family,
            plural,
            numbers: 1,
            last: first,
            end: self.past_behind(behind, family),
            several: false,
            of: None,
            ranged: false,
            broken: false,
        };
        let most = match family {
            Family::None => MOST_UNMARKED,
            _ => MAX_SET,
        };
        let mut open = Open::One(first);
        while run.numbers < most && run.of.is_none() {
            let Some((link, next)) = self.step(&run) else {
                break;
            };
            let value = next.value;
            let before = match (link, open) {
                (Link::Slash | Link::Of, _) => {
                    run.of = value.as_whole();
                    None
                }
                (Link::Range, Open::One(first)) => {
                    if range(first, value).is_none() {
                        break;
                    }
                    open = Open::Range(first, value);
                    None
                }
                (Link::Range, Open::Range(first, second)) => {
                    sink(Part::One(first));
                    open = Open::Chained(value);
                    Some(Open::One(second))
                }
                (Link::Range, chained @ Open::Chained(_)) => {
                    open = Open::Chained(value);
                    Some(chained)
                }
                (Link::List | Link::Beside, before) => {
                    open = Open::One(value);
                    Some(before)
                }
            };
            if let Some(part) = before.and_then(Open::part) {
                sink(part);
            }
            run.ranged = link == Link::Range;
            if run.of.is_none() {
                run.last = value;
                run.several = true;
            }
            run.end = self.past_behind(next.end, family);
            run.numbers += 1;
        }
        run.broken = self.breaks_off(&run);
        if let Some(part) = open.part() {
            sink(part);
        }
        Some(run)
    }

    /// `T01-T99999`, `T10-T01`: a range is meant, and its end makes none.
    fn breaks_off(&self, run: &Run) -> bool {
        let Some(token) = self.tokens.get(run.end) else {
            return false;
        };
        let may_go_on = token.gap.has(Gap::RANGE) || matches!(token.class, Class::RangeWord);
        if !may_go_on || run.family == Family::None || token.gap.has(Gap::BRACKET) {
            return false;
        }
        let Some((Link::Range, marker)) = self.link(run.end, run) else {
            return false;
        };
        let number = self.past_marker(marker, run.family);
        let is_marked = number > marker;
        let is_short = |token: &Token| token.digits > 0 && token.gap.only(TO_NUMBER);
        if !is_marked || !self.tokens.get(number).is_some_and(is_short) {
            return false;
        }
        self.number_at(number)
            .is_none_or(|(value, _)| value < run.last)
    }

    /// The next number of a run, if it goes on, and how.
    fn step(&self, run: &Run) -> Option<(Link, Next)> {
        let next = self.next_number(run)?;
        let ascends = next.value > run.last;
        let link = match next.link {
            Link::Range
                if ascends && self.is_range(run, &next) && !self.begins_another(run, &next) =>
            {
                Link::Range
            }
            Link::List if (ascends || next.is_marked()) && self.is_list(run, &next) => Link::List,
            Link::Beside if ascends => self.beside(run, &next)?,
            Link::Slash if ascends && (next.is_marked() || run.plural) => Link::List,
            Link::Slash if next.value == run.last => Link::Slash,
            Link::Slash | Link::Of if next.value >= run.last && self.says_of(run, &next) => {
                next.link
            }
            _ => return None,
        };
        Some((link, next))
    }

    /// The number behind a run, whether it goes on or not.
    fn next_number(&self, run: &Run) -> Option<Next> {
        let at = run.end;
        let token = self.tokens.get(at)?;
        let brackets = token.gap.has(Gap::BRACKET);
        if brackets && !leads_across_brackets(token) {
            return None;
        }
        let (link, marker) = self.link(at, run)?;
        let number = self.past_marker(marker, run.family);
        let is_marked = number > marker;
        let reach = if is_marked {
            Gap::SOFT.or(Gap::DEGREE)
        } else {
            TO_NUMBER
        };
        let is_near = number == at || self.tokens.get(number)?.gap.only(reach);
        // `Tomes 1 à dix`.
        let is_word = run.plural && link == Link::Range && marker > at;
        if !is_near
            || brackets && !is_marked
            || !is_word && !self.is_numeral_like(run.start, number)
        {
            return None;
        }
        let (value, end) = self.number_at(number)?;
        Some(Next {
            link,
            value,
            at,
            marker,
            number,
            end,
        })
    }

    /// Figures, or a roman numeral when the first number was one.
    fn is_numeral_like(&self, first: usize, at: usize) -> bool {
        self.tokens[at].is_number() || self.roman(first).is_some() && self.roman(at).is_some()
    }

    /// `1-12`, `T01 à T12`; not the dash between title and subtitle of `3 - 12 ans`.
    fn is_range(&self, run: &Run, next: &Next) -> bool {
        let gap = self.tokens[next.at].gap;
        let is_apart = gap.has(Gap::SPACE) && gap.has(Gap::RANGE);
        if !is_apart {
            return true;
        }
        // `T01-03 - 45 jours`.
        if run.ranged && !next.is_marked() {
            return false;
        }
        // `T03 - 59° latitude nord`.
        let is_degree = self
            .tokens
            .get(next.end)
            .is_some_and(|behind| behind.gap.has(Gap::DEGREE));
        (next.is_marked() || !is_degree && !self.is_plain_word(next.end))
            && (run.family != Family::None || self.reads_as_bare_range(run.start, next.number))
    }

    /// `Intégrale tome 2 - Tomes 4 à 6`: what is behind the dash is a range of its own, joined more closely.
    fn begins_another(&self, run: &Run, next: &Next) -> bool {
        let gap = self.tokens[next.at].gap;
        if !next.is_marked() || !gap.has(Gap::DASH) || !gap.has(Gap::SOFT) {
            return false;
        }
        let behind = self.past_behind(next.end, run.family);
        let Some(token) = self.tokens.get(behind) else {
            return false;
        };
        let has_number = |at: usize| {
            let number = self.past_marker(at, run.family);
            self.tokens.get(number).is_some_and(Token::is_number)
        };
        match token.class {
            Class::RangeWord => token.gap.only(Gap::SOFT) && has_number(self.behind_phrase(behind)),
            _ => token.gap == Gap::DASH && has_number(behind),
        }
    }

    /// `T1+T2`, `1, 2 et 4`; not `T01-T05 + 2 HS`, `01, 12 tomes` or `001-111 + 1134`.
    fn is_list(&self, run: &Run, next: &Next) -> bool {
        let behind = self.class(next.end);
        let joined_by_plus = self.tokens[next.at].gap.has(Gap::PLUS);
        let counts_chapters = joined_by_plus
            && matches!(self.class(next.marker), Class::Ordinal)
            && behind != Class::Volume(Mark::Behind);
        if counts_chapters || self.counts_extras(next.end) {
            return false;
        }
        let is_counted = matches!(behind, Class::Volume(_) | Class::Chapter(_));
        let is_far = joined_by_plus && next.value.hundredths() > 4 * run.last.hundredths() + 2_000;
        next.is_marked() || !is_counted && !is_far && !self.is_plain_word(next.end)
    }

    /// `2 HS`, `3 scans`: the word beside a number says that it is no volume.
    fn counts_extras(&self, word: usize) -> bool {
        matches!(
            self.class(word),
            Class::Special(_) | Class::LooseSpecial(_) | Class::LooseOrigin(_) | Class::LooseNoise
        ) && self.tokens[word].is_beside()
    }

    /// `[T01] [T24]` is a range; `T01 T02`, `Tomes 1 2 3` and `01.02.03` are lists.
    fn beside(&self, run: &Run, next: &Next) -> Option<Link> {
        let token = &self.tokens[next.at];
        let (last, value) = (run.last.hundredths(), next.value.hundredths());
        let marker = &self.tokens[run.start.saturating_sub(1)];
        if next.is_marked() {
            if token.key != marker.key {
                return None;
            }
            let is_apart = token.gap.has(Gap::DOT) || token.group > 0;
            let is_pair = run.numbers == 1 && self.past_marker(next.end, run.family) == next.end;
            let leaves_some_out = value > last + 100;
            return Some(if is_apart && is_pair && leaves_some_out {
                Link::Range
            } else {
                Link::List
            });
        }
        let number = &self.tokens[next.number];
        let follows = number.gap == Gap::DOT && value == last + 100;
        let is_alike = run.family != Family::None
            && number.digits == self.tokens[run.start].digits
            && (number.digits >= 2 || follows)
            && !self.is_plain_word(next.end);
        let is_counted = matches!(self.class(next.end), Class::Volume(Mark::Behind))
            && number.gap.has(Gap::DOT.or(Gap::COMMA));
        (run.plural || is_alike || is_counted).then_some(Link::Beside)
    }

    /// `T03/12`, `3 sur 10`, `- 3/4 -`, `(2 de 5)`.
    fn says_of(&self, run: &Run, next: &Next) -> bool {
        let (first, link) = (&self.tokens[run.start], &self.tokens[next.at]);
        run.family != Family::None
            || first.group > 0
            || link.is_number() && first.gap.has(Gap::DASH)
            || matches!(link.class, Class::Of)
                && ["sur", "of"]
                    .iter()
                    .any(|known| link.text(self.name).eq_ignore_ascii_case(known))
            || matches!(self.phrase_before(run.start), Class::Integrale)
    }

    /// What joins the next number, and the token from which to look for it.
    fn link(&self, at: usize, run: &Run) -> Option<(Link, usize)> {
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
        let only = |signs: Gap| gap.has(signs) && gap.only(Gap::SOFT.or(signs));
        let may_be_beside = !gap.is_none() || matches!(token.class, Class::Volume(Mark::Letter));
        let link = if gap.has(Gap::RANGE) && gap.only(Gap::SOFT.or(Gap::RANGE).or(Gap::BRACKET)) {
            Link::Range
        } else if gap.has(Gap::HASH.or(Gap::COLON).or(Gap::PIPE)) {
            return self.odd_link(at, run);
        } else if only(LIST) {
            Link::List
        } else if only(Gap::SLASH) {
            Link::Slash
        } else if gap.only(Gap::SOFT) && may_be_beside {
            Link::Beside
        } else {
            return None;
        };
        Some((link, at))
    }

    /// `#1 - #4`, `T1:T4`, `T01|T04`: with the sign or letter in front of both numbers.
    fn odd_link(&self, at: usize, run: &Run) -> Option<(Link, usize)> {
        let token = &self.tokens[at];
        let only = |signs: Gap| token.gap.has(signs) && token.gap.only(Gap::SOFT.or(signs));
        if token.gap.has(Gap::HASH) {
            let is_signed = token.is_number() && self.tokens[run.start].gap.has(Gap::HASH);
            let range = Gap::RANGE.or(Gap::HASH);
            let is_range = token.gap.has(Gap::RANGE) && only(range);
            let is_list = token.gap.has(LIST) && only(LIST.or(Gap::HASH));
            return match (is_signed, is_range, is_list) {
                (true, true, _) => Some((Link::Range, at)),
                (true, _, true) => Some((Link::List, at)),
                _ => None,
            };
        }
        let is_same = run.start > 0
            && matches!(token.class, Class::Volume(Mark::Letter))
            && token.key == self.tokens[run.start - 1].key;
        match is_same {
            true if only(Gap::COLON) => Some((Link::Range, at)),
            true if only(Gap::PIPE) => Some((Link::List, at)),
            _ => None,
        }
    }

    /// A marker that is said again: the `T` of `- T39`, the `第` of `-第34巻`.
    fn past_marker(&self, at: usize, family: Family) -> usize {
        let (token, number) = match (self.tokens.get(at), self.tokens.get(at + 1)) {
            (Some(token), Some(number)) if number.is_number() => (token, number),
            _ => return at,
        };
        let is_in_front = |mark: Mark| match mark {
            Mark::Letter => number.gap.only(Gap::DOT),
            Mark::Word | Mark::Plural => true,
            Mark::Behind => false,
        };
        let is_same = match token.class {
            Class::Volume(mark) => family == Family::Volume && is_in_front(mark),
            Class::Chapter(mark) => family == Family::Chapter && is_in_front(mark),
            Class::Ordinal => family != Family::None,
            Class::NumberSign => {
                family == Family::Volume && number.gap.has(Gap::DEGREE.or(Gap::DOT))
            }
            Class::Medium => family == Family::Volume && self.is_band(at),
            _ => false,
        };
        at + usize::from(is_same)
    }

    /// The `巻` behind a number.
    fn past_behind(&self, at: usize, family: Family) -> usize {
        let is_behind = match self.class(at) {
            Class::Volume(Mark::Behind) => family == Family::Volume,
            Class::Chapter(Mark::Behind) => family == Family::Chapter,
            _ => false,
        };
        at + usize::from(is_behind && self.tokens[at].is_beside())
    }

    /// `Naruto 01 - 12`, not `12 - 24 heures`: bare numbers around a dash with spaces are written alike.
    fn reads_as_bare_range(&self, start: usize, next: usize) -> bool {
        let (first, last) = (&self.tokens[start], &self.tokens[next]);
        first.digits == last.digits || first.value == Some(1) || self.is_padded(first)
    }
}

/// `[T01]-[T24]`.
fn leads_across_brackets(token: &Token) -> bool {
    let dash = Gap::BRACKET.or(Gap::DASH).or(Gap::SPACE);
    token.gap.has(Gap::DASH) && token.gap.only(dash) && !token.is_number()
}

/// Whole volumes, and not more than a set may hold.
fn range(first: VolumeNumber, last: VolumeNumber) -> Option<Part> {
    let (first, last) = (first.as_whole()?, last.as_whole()?);
    (((last - first) as usize) < MAX_SET).then_some(Part::Range(first, last))
}
