//! Which of the numbers count: a marker beats brackets, brackets beat a bare number, and a revision is no volume. Pure.

use super::{
    Kind, NotABook, Origin, Place, Reading, Role, Special, SpecialKind,
    lexicon::{Class, Format},
    numbers::{Expression, What},
    token::Gap,
};
use crate::domain::{
    edition::Edition,
    language::Code,
    volume::{MAX_SET, VolumeNumber, VolumeSet},
};

const FRENCH: Code = Code::of("fr");

impl Reading<'_> {
    /// Fills in volumes, chapters, count and the numbers of specials, and where the title ends.
    pub fn choose(&mut self) {
        let mut expressions = std::mem::take(&mut self.expressions);
        expressions.retain(|found| {
            self.tokens[found.first].role == Role::Unread
                && !self.is_in_note(found)
                && !self.names_the_folder(found)
        });
        let versions = self.revisions(&expressions);
        self.chapters(&expressions);
        self.volumes(&expressions, versions);
        self.without();
        self.specials(&expressions);
        self.bound();
        self.expressions = expressions;
    }

    /// `Terminator T2` is a title, `Naruto T01` and `Naruto T1-T72` are not; neither is a name that is nothing but a number.
    fn names_the_folder(&self, found: &Expression) -> bool {
        let one_letter = !self.tokens[found.first].is_number()
            && self.tokens[found.first].end - self.tokens[found.first].start == 1;
        let short = one_letter && self.tokens[found.number].digits < 2 && !found.several;
        self.hints.place == Place::Folder && (short || found.first <= self.title_start)
    }

    /// No release holds more; such numbers are noise.
    fn bound(&mut self) {
        let specials = self
            .release
            .special
            .as_mut()
            .map(|special| &mut special.numbers);
        for set in [&mut self.release.volumes, &mut self.release.chapters]
            .into_iter()
            .chain(specials)
        {
            if set.len() > MAX_SET {
                *set = VolumeSet::default();
            }
        }
    }

    /// `T00 à T23 (manque le 11)`.
    fn without(&mut self) {
        let Some(at) = self
            .tokens
            .iter()
            .position(|token| matches!(token.class, Class::Without))
        else {
            return;
        };
        let number =
            (at + 1..self.tokens.len().min(at + 4)).find(|at| self.tokens[*at].is_number());
        if let Some(number) =
            number.filter(|_| self.release.is_pack() && self.tokens[at].role == Role::Unread)
        {
            let gone = self.set(&Expression {
                what: What::Volume,
                first: number,
                number,
                end: number,
                plural: true,
                several: false,
                of: None,
            });
            self.release.volumes = self
                .release
                .volumes
                .iter()
                .filter(|volume| !gone.contains(*volume))
                .collect();
            self.give(at..number + 1, Role::Volumes);
        }
    }

    /// In a bracket in front of the title.
    fn is_in_note(&self, found: &Expression) -> bool {
        found.first < self.title_start
            && self.tokens[found.first].group > 0
            && self.tokens[self.title_start..]
                .iter()
                .any(|token| token.group == 0)
    }

    /// `v2` behind a number, `(v2)` beside a chapter: which of the versions are revisions, a bit for each expression.
    fn revisions(&mut self, expressions: &[Expression]) -> u128 {
        let mut revisions = 0;
        for (at, found) in expressions.iter().enumerate() {
            if found.what != What::Version || found.several {
                continue;
            }
            let number = &self.tokens[found.number];
            let small = number.value.is_some_and(|value| value <= 9);
            let padded = number.digits > 1;
            let before = at
                .checked_sub(1)
                .map(|before| expressions[before])
                .filter(|before| before.end == found.first);
            let others = |what: &[What]| expressions.iter().any(|other| what.contains(&other.what));
            let is_revision = match before.map(|before| before.what) {
                Some(What::Bare) => {
                    let glued = self.tokens[found.first].is_glued();
                    small && glued
                        || number.value <= Some(2) && self.is_numbered_apart(&expressions[at - 1])
                }
                Some(What::Count | What::Specials) => false,
                Some(_) if !self.tokens[found.first].gap.has(Gap::BRACKET) => small,
                _ => {
                    small
                        && (others(&[What::Volume])
                            || !padded && others(&[What::Chapter, What::Bracketed, What::Issue]))
                        || small && !padded && self.in_pack_note(found)
                }
            };
            if is_revision {
                revisions |= 1 << at;
                let revision = self.set(found).first();
                self.release.revision =
                    revision.filter(|revision| Some(*revision) > VolumeNumber::whole(1));
                self.give(found.first..found.end, Role::Revision);
            }
        }
        revisions
    }

    fn in_pack_note(&self, found: &Expression) -> bool {
        let group = self.tokens[found.first].group;
        let start = self.tokens[..found.first]
            .iter()
            .rposition(|token| token.group != group)
            .map_or(0, |at| at + 1);
        group > 0 && start < found.first
    }

    /// A bare number before `v01` is a chapter or volume when it is padded or has four digits; else it belongs to the title.
    fn is_numbered_apart(&self, bare: &Expression) -> bool {
        let token = &self.tokens[bare.number];
        token.digits >= 4
            || token.digits >= 2 && self.name[token.start as usize..].starts_with(['0', '０'])
    }

    fn chapters(&mut self, expressions: &[Expression]) {
        let no_book = self.is_no_book();
        for found in expressions {
            match found.what {
                What::Chapter | What::ChapterCount if no_book => {}
                What::Chapter => {
                    let set = self.set(found);
                    self.release.chapters.extend_with(&set);
                }
                What::ChapterCount => {
                    let count = self.tokens[found.number].value.unwrap_or(0);
                    self.release.chapters.insert_range(1, count);
                }
                _ => continue,
            }
            self.take(found, Role::Chapters);
        }
    }

    /// The expression ends the title.
    fn take(&mut self, found: &Expression, role: Role) {
        self.give(found.first..found.end, role);
        if found.first >= self.title_start {
            self.title_end = self.title_end.min(found.first);
        }
    }

    fn volumes(&mut self, expressions: &[Expression], revisions: u128) {
        let counts = |at: usize| revisions >> at & 1 == 0;
        let find = |what: &[What]| {
            (0..expressions.len()).find(|at| what.contains(&expressions[*at].what) && counts(*at))
        };
        if self.leads
            && let Some(lead) = expressions.iter().find(|found| {
                found.first < self.title_start && matches!(found.what, What::Bare | What::Issue)
            })
            && !self.has_glued_marker(expressions)
        {
            self.release.marked = lead.what == What::Issue;
            self.number(lead);
            return;
        }
        if let Some(at) = find(&[What::Volume, What::Version]) {
            self.marked(expressions, revisions, at);
            return;
        }
        if let Some(at) = find(&[What::Bracketed])
            .filter(|at| self.is_bracketed_volume(&expressions[*at], expressions))
        {
            self.release.marked = expressions[at].several;
            self.number(&expressions[at]);
            self.after_plus(expressions, at);
            return;
        }
        if let Some(at) = find(&[What::Count]) {
            self.count(&expressions[at]);
            return;
        }
        if self.is_no_book() {
            // The number of an episode ends the title and is nothing else.
            let video = self
                .tokens
                .iter()
                .any(|token| token.class == Class::NotABook(NotABook::Video));
            let bare = self.best_bare(expressions).copied().filter(|_| video);
            bare.iter().for_each(|bare| self.take(bare, Role::NotABook));
        } else if self.release.chapters.is_empty() && self.hints.place != Place::Folder {
            self.unmarked(expressions);
        }
    }

    /// Films and games are numbered too.
    fn is_no_book(&self) -> bool {
        let says = |class: fn(Class) -> bool| self.tokens.iter().any(|token| class(token.class));
        says(|class| matches!(class, Class::NotABook(_)))
            && !says(|class| matches!(class, Class::Format(Format::Cbz | Format::Cbr)))
    }

    /// `100 Bullets T03` means the marker, also where a number in front is the volume otherwise.
    fn has_glued_marker(&self, expressions: &[Expression]) -> bool {
        expressions.iter().any(|found| {
            found.what == What::Volume
                && self.tokens[found.number].is_glued()
                && self.tokens[found.first].end - self.tokens[found.first].start == 1
                || found.what == What::Volume && self.hints.place == Place::Alone
        })
    }

    /// The first marked volume, or a later `T03` after a `Vol. 2`; and what is added to it with a plus.
    fn marked(&mut self, expressions: &[Expression], revisions: u128, first: usize) {
        let is_t = |found: &Expression| {
            matches!(
                self.tokens[found.first].text(self.name),
                "t" | "T" | "Tome" | "tome" | "TOME"
            )
        };
        let later = (first + 1..expressions.len()).find(|at| {
            expressions[*at].what == What::Volume
                && revisions >> *at & 1 == 0
                && is_t(&expressions[*at])
        });
        let versioned = expressions[first].what == What::Version || !is_t(&expressions[first]);
        let at = later
            .filter(|_| versioned && !expressions[first].several)
            .unwrap_or(first);
        let found = expressions[at];
        self.release.marked = true;
        self.release.volumes = self.set(&found);
        self.out_of(&found);
        self.take(&found, Role::Volumes);
        for (other, added) in expressions.iter().enumerate().skip(at + 1) {
            let before = &self.tokens[added.first];
            let joined = before.gap.has(Gap::PLUS.or(Gap::AMPERSAND))
                || self.plus_between(found.end, added.first);
            if added.what == What::Volume && revisions >> other & 1 == 0 && joined {
                let set = self.set(added);
                self.release.volumes.extend_with(&set);
                self.give(added.first..added.end, Role::Volumes);
            }
        }
        self.after_plus(expressions, at);
    }

    fn plus_between(&self, from: usize, to: usize) -> bool {
        self.gaps.has(Gap::PLUS)
            && self.tokens[from.min(to)..to]
                .iter()
                .any(|token| token.gap.has(Gap::PLUS))
    }

    /// `v001-111 + 1134-1176`: what follows with a plus, and is far above, are chapters.
    fn after_plus(&mut self, expressions: &[Expression], at: usize) {
        let last = self.release.volumes.last();
        let next = expressions
            .get(at + 1)
            .filter(|next| matches!(next.what, What::Bare | What::Bracketed));
        if let Some(next) = next.filter(|next| self.tokens[next.first].gap.has(Gap::PLUS)) {
            let set = self.set(next);
            if set.first() > last {
                self.release.chapters.extend_with(&set);
                self.give(next.first..next.end, Role::Chapters);
            }
        }
    }

    /// `3/12`: the twelve. `(11/11)`: all of them.
    fn out_of(&mut self, found: &Expression) {
        if let Some(of) = found.of {
            self.release.count = Some(of);
            self.release.complete |= self.tokens[found.number].value == Some(of);
        }
    }

    /// `(1)` at the end is a second download, and `(01)` behind a marked number too.
    fn is_bracketed_volume(&self, found: &Expression, expressions: &[Expression]) -> bool {
        let token = &self.tokens[found.number];
        let alone = !found.several && found.of.is_none();
        let copy = alone && token.digits == 1 && found.end >= self.tokens.len().saturating_sub(1);
        let bare_range = expressions
            .iter()
            .any(|other| other.what == What::Bare && other.several);
        let resolution = alone && token.digits >= 4;
        !copy
            && !resolution
            && (found.several || !bare_range)
            && (!alone || self.release.chapters.is_empty())
    }

    fn count(&mut self, found: &Expression) {
        let Some(count) = self.tokens[found.number]
            .value
            .filter(|count| (1..=3000).contains(count))
        else {
            return;
        };
        self.release.count = Some(count);
        self.release.complete = true;
        self.release.marked = true;
        self.release.volumes.insert_range(1, count);
        self.take(found, Role::Count);
    }

    /// `Livre 2`, `n°5`, and bare numbers.
    fn unmarked(&mut self, expressions: &[Expression]) {
        let bare = self.best_bare(expressions);
        let weak = expressions
            .iter()
            .find(|found| found.what == What::Weak && found.first > self.title_start);
        let issue = expressions.iter().rfind(|found| {
            found.what == What::Issue && (found.first > self.title_start || self.title_start == 0)
        });
        let behind = |found: &Expression, bare: Option<&Expression>| {
            bare.is_none_or(|bare| bare.first < found.first)
        };
        // `Artbooks 1 à 6`, `Anthology - Layer 01`: the number is the special's.
        let special = bare.and_then(|bare| {
            let before = self.tokens[self.title_start..bare.first]
                .iter()
                .enumerate()
                .skip(1);
            before
                .filter_map(|(at, token)| Some((self.title_start + at, special_kind(token.class)?)))
                .next_back()
        });
        if let (Some((at, kind)), Some(bare)) = (special, bare) {
            let numbers = self.set(bare);
            self.release.special = Some(Special { kind, numbers });
            self.give(bare.first..bare.end, Role::Special);
            self.title_end = self.title_end.min(at.max(self.title_start + 1));
            return;
        }
        match (issue, weak, bare) {
            (Some(issue), _, bare) if behind(issue, bare) => {
                self.release.marked = true;
                self.number(issue);
            }
            (_, Some(weak), bare)
                if behind(weak, bare) || bare.is_some_and(|bare| !bare.several) =>
            {
                self.number(weak)
            }
            (_, _, Some(bare)) => self.number(bare),
            (Some(issue), ..) => self.number(issue),
            _ => {}
        }
    }

    /// The most plausible of the bare numbers; the last one of equals.
    fn best_bare<'e>(&self, expressions: &'e [Expression]) -> Option<&'e Expression> {
        let tagged = self.tokens[self.title_start..].iter().position(|token| {
            let open = matches!(
                token.class,
                Class::Integrale
                    | Class::Edition(_)
                    | Class::EditionWord
                    | Class::LooseEdition(_)
                    | Class::Medium
                    | Class::Article
                    | Class::Special(_)
                    | Class::Continued
            );
            let says = token.class.is_loose_tag()
                || token.is_number()
                || matches!(token.class, Class::Team(_) | Class::Group);
            token.group > 0 && self.is_behind_title(token.group) && !open && says
        });
        let end = tagged.map_or(self.tokens.len(), |at| self.title_start + at);
        let only_number = self
            .tokens
            .iter()
            .enumerate()
            .filter(|(at, token)| {
                let numbered = expressions
                    .iter()
                    .any(|found| (found.first..found.end).contains(at));
                token.role == Role::Unread && token.group == 0 && !numbered
            })
            .all(|(_, token)| token.is_number() || token.class.is_loose_tag());
        let candidates = expressions.iter().filter(|found| {
            let in_reach = (self.title_start..end).contains(&found.first);
            let known = self.tokens[..found.first]
                .iter()
                .any(|token| token.role == Role::Series);
            found.what == What::Bare
                && in_reach
                && (found.first > self.title_start || only_number || known)
        });
        candidates
            .map(|found| (self.plausible(found), found))
            .filter(|(plausible, _)| *plausible > 0)
            .max_by_key(|(plausible, _)| *plausible)
            .map(|(_, found)| found)
    }

    /// A bracket that is not the title itself.
    fn is_behind_title(&self, group: u16) -> bool {
        self.tokens[self.title_start].group != group
    }

    fn plausible(&self, found: &Expression) -> i32 {
        let token = &self.tokens[found.number];
        let behind = self.tokens.get(found.end);
        let padded =
            self.name[token.start as usize..].starts_with(['0', '０']) && token.digits >= 2;
        let closes = behind.is_none_or(|behind| {
            behind.gap.has(Gap::BRACKET.or(Gap::PIPE))
                || behind.class.is_loose_tag()
                || self.is_version(found.end)
                || matches!(
                    behind.class,
                    Class::Special(_) | Class::LooseSpecial(_) | Class::Author
                )
        });
        let dashed = behind.is_some_and(|behind| {
            behind.gap.has(Gap::DASH.or(Gap::COLON).or(Gap::TILDE))
                && (behind.gap.has(Gap::SOFT) || token.gap.has(Gap::DASH))
        });
        let spaced_before = token.gap.has(Gap::DASH) && token.gap.has(Gap::SOFT);
        let plain = self.is_plain_word(found.end)
            && behind.is_some_and(|behind| {
                !behind.gap.only(Gap::SOFT)
                    || token.digits < 2 && !self.follows_a_name(found)
                    || !behind.text(self.name).starts_with(char::is_uppercase)
            });
        let long = token.digits == 4 && !padded && !closes && !dashed;
        1 + 8 * i32::from(found.several)
            + 3 * i32::from(padded)
            + 3 * i32::from(closes)
            + 3 * i32::from(dashed)
            + i32::from(spaced_before)
            - 3 * i32::from(plain && !padded)
            - 2 * i32::from(token.is_glued() && found.number > 0)
            - 5 * i32::from(long)
    }

    /// `Bételgeuse 3 L'expédition`; in `Les 3 Mousquetaires` the number counts what follows.
    fn follows_a_name(&self, found: &Expression) -> bool {
        let Some(before) = found.number.checked_sub(1).map(|at| &self.tokens[at]) else {
            return false;
        };
        let name =
            before.text(self.name).starts_with(char::is_uppercase) && before.end - before.start > 3;
        name && before.gap.has(Gap::CLOSE) | (found.number == self.title_start + 1)
    }

    /// Takes a number whose kind the word beside it does not say.
    fn number(&mut self, found: &Expression) {
        let set = self.set(found);
        self.out_of(found);
        if self.are_issues(found, &set) {
            self.release.chapters.extend_with(&set);
            self.take(found, Role::Chapters);
        } else if found.of.is_some() && self.release.complete {
            self.release.volumes.insert_range(1, found.of.unwrap_or(0));
            self.take(found, Role::Count);
        } else {
            self.release.volumes = set;
            self.take(found, Role::Volumes);
        }
    }

    /// Issues of US comics and chapters: by the library's kind, by four digits, or three with year and `(Digital)` behind.
    fn are_issues(&self, found: &Expression, set: &VolumeSet) -> bool {
        if found.what == What::Weak {
            return false;
        }
        match self.hints.kind {
            Kind::Comics => return found.what != What::Bracketed || !found.several,
            Kind::Chapters => return true,
            Kind::Manga | Kind::Bd => {
                let token = &self.tokens[found.number];
                let padded = self.name[token.start as usize..].starts_with('0');
                let chapter = token.digits == 3 && self.is_dated_digital() && !self.is_french();
                return token.digits >= 4 && !padded || chapter;
            }
            Kind::Auto => {}
        }
        let digits = self.tokens[found.number].digits;
        let large = VolumeNumber::whole(1000);
        if digits >= 4 || set.last() >= large {
            return true;
        }
        if found.what == What::Issue {
            return self.is_us_comic() && !self.is_french();
        }
        digits == 3 && !self.is_french() && (self.is_dated_digital() || self.is_us_comic())
    }

    fn is_french(&self) -> bool {
        self.tokens
            .iter()
            .any(|token| token.class == Class::Language(FRENCH))
    }

    /// `(2018) (Digital)`, `[1992] [digital]`, `(2015) (c2c)`.
    fn is_dated_digital(&self) -> bool {
        let year = (0..self.tokens.len()).any(|at| self.tokens[at].group > 0 && self.is_year(at));
        let digital = self.tokens.iter().enumerate().any(|(at, token)| {
            let said = matches!(token.class, Class::Digital)
                || token.text(self.name).eq_ignore_ascii_case("webrip")
                || matches!(token.class, Class::Origin(Origin::Official | Origin::Scan))
                    && !token.is_number();
            let resolution = self
                .tokens
                .get(at + 1)
                .is_some_and(|next| next.value >= Some(500) && next.group == token.group);
            token.group > 0 && said && !resolution
        });
        year && digital
    }

    fn is_us_comic(&self) -> bool {
        let publisher = self.tokens.iter().any(|token| {
            matches!(token.class, Class::Publisher)
                && matches!(
                    token.text(self.name).to_ascii_lowercase().as_str(),
                    "dc" | "marvel"
                        | "image"
                        | "idw"
                        | "vertigo"
                        | "valiant"
                        | "dynamite"
                        | "boom"
                        | "rebellion"
                )
        });
        let comic = self
            .tokens
            .iter()
            .any(|token| matches!(token.text(self.name), "COMIC" | "Comic"));
        publisher || comic
    }

    /// `HS 2`, `3 HS`, and edition `intégrale` for a single volume of one.
    fn specials(&mut self, expressions: &[Expression]) {
        for found in expressions
            .iter()
            .filter(|found| found.what == What::Special)
        {
            let numbers = self.set(found);
            let kind = match self.class(found.first) {
                Class::Special(kind) | Class::LooseSpecial(kind) => kind,
                _ => SpecialKind::Extra,
            };
            if self.release.volumes.is_empty() || found.first < self.title_end {
                self.release
                    .special
                    .get_or_insert(Special { kind, numbers });
                self.take(found, Role::Special);
            }
        }
        for found in expressions
            .iter()
            .filter(|found| found.what == What::Specials)
        {
            let kind = match self.class(found.end - 1) {
                Class::Special(kind) | Class::LooseSpecial(kind) => kind,
                _ => SpecialKind::HorsSerie,
            };
            if self.release.volumes.is_empty() && self.release.chapters.is_empty() {
                self.release.special.get_or_insert(Special {
                    kind,
                    numbers: VolumeSet::default(),
                });
            } else {
                self.release.extras = true;
            }
            self.take(found, Role::Special);
        }
    }

    /// `Intégrale 5` is the fifth intégrale; with a range, a count or nothing it says that the series is whole.
    pub fn whole_series(&mut self) {
        let single = self.release.volumes.single().is_some() && self.release.count.is_none();
        if !single {
            self.release.complete = true;
        } else if self.release.edition == Edition::Standard {
            self.release.edition = Edition::Integrale;
        }
    }
}

fn special_kind(class: Class) -> Option<SpecialKind> {
    match class {
        Class::Special(kind) => Some(kind),
        _ => None,
    }
}
