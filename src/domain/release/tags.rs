//! Languages, formats, origin, edition, years and what else single words say, where they may say it. Pure.

use super::{
    NotABook, Origin, Reading, Role, Special, SpecialKind,
    lexicon::Class,
    token::{Gap, Token},
};
use crate::domain::{
    edition::Edition,
    language::Code,
    volume::{VolumeNumber, VolumeSet},
};

const FRENCH: Code = Code::of("fr");

/// Resolutions that look like years.
const LIKE_YEARS: [u32; 4] = [1920, 1921, 2048, 2000];

impl Reading<'_> {
    /// Reads every word that is not part of the title.
    pub fn read_tags(&mut self) {
        self.find_loose();
        let mut at = 0;
        while at < self.tokens.len() {
            let token = self.tokens[at];
            let next = if token.is_number() {
                at + 1
            } else {
                self.behind_phrase(at)
            };
            if token.role == Role::Unread {
                if token.is_number() {
                    self.read_number(at);
                } else {
                    self.read_word(at, next, token.group > 0 || token.loose);
                }
            }
            at = next;
        }
        self.read_special_title();
        self.read_edition_of_the_whole();
        self.read_extras();
        self.settle_book();
    }

    /// `Artbooks`, `Hors-série`: a title that is nothing but such words, as folders of specials have.
    fn read_special_title(&mut self) {
        let first = self.class(self.title_start);
        let behind = self.behind_phrase(self.title_start);
        let alone = behind >= self.title_end
            || self
                .tokens
                .get(behind)
                .is_none_or(|token| token.role != Role::Series);
        if let (Class::Special(kind), true) = (first, alone && self.title_start < self.tokens.len())
        {
            self.release.special.get_or_insert(Special {
                kind,
                numbers: VolumeSet::default(),
            });
        }
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
            let parts = Gap::BRACKET.or(Gap::PIPE).or(Gap::COLON).or(Gap::PLUS);
            let dash = token.gap.has(Gap::DASH)
                && (token.gap.has(Gap::SOFT) || at > 0 && self.tokens[at - 1].class.is_tag());
            if token.gap.has(parts) || dash {
                tags = true;
            }
            self.tokens[at].loose = loose;
        }
    }

    fn read_word(&mut self, at: usize, next: usize, loose: bool) {
        let token = self.tokens[at];
        let text_is_plain = self.is_plain_word(next);
        let in_title = at >= self.title_start && at < self.title_end && token.group == 0;
        let firm = loose || token.group > 0 || (!in_title && (token.capitals || !text_is_plain));
        match token.class {
            Class::Language(language) if firm => self.language(at..next, language),
            Class::LooseLanguage(language) if loose && self.is_language(at) => {
                self.language(at..next, language)
            }
            Class::Format(format) if firm || !in_title => {
                let format = format.word();
                if !self.release.formats.contains(&format) {
                    self.release.formats.push(format);
                }
                self.give(at..next, Role::Format);
            }
            Class::Origin(origin) if firm => {
                self.origin(at..next, origin);
                self.resolution(next, at);
            }
            Class::LooseOrigin(origin) if loose => {
                self.origin(at..next, origin);
                self.resolution(next, at);
            }
            Class::Digital if loose || self.resolution_at(next).is_some() => {
                self.origin(at..next, Origin::Official);
                self.resolution(next, at);
            }
            Class::Edition(edition) => self.edition(at..next, edition),
            Class::LooseEdition(edition)
                if token.group > 0
                    || loose
                        && (token.gap.has(Gap::DASH)
                            || at > 0 && self.class(at - 1).is_loose_tag())
                    || matches!(self.class(next), Class::EditionWord)
                    || at > 0 && matches!(self.class(at - 1), Class::EditionWord) =>
            {
                self.edition(at..next, edition);
            }
            Class::EditionWord if !in_title => self.some_edition(at, next),
            Class::Integrale
                if token.end - token.start > 3
                    || token.capitals
                    || matches!(self.class(next), Class::Integrale) =>
            {
                self.whole_series();
                self.give(at..next, Role::Complete);
            }
            Class::Complete if loose || at >= self.title_end && !text_is_plain => {
                self.release.complete = true;
                self.give(at..next, Role::Complete);
            }
            Class::Special(kind) => self.special_word(at..next, kind),
            Class::LooseSpecial(kind)
                if loose
                    && (token.gap.has(Gap::PLUS)
                        || self.release.volumes.is_empty()
                        || token.group == 0) =>
            {
                self.special_word(at..next, kind);
            }
            Class::Team(origin) => {
                if self.release.origin == Origin::Unknown {
                    self.release.origin = origin;
                }
                let alone =
                    token.group > 0 && token.gap.has(Gap::OPEN) && self.group_end(at) == at + 1;
                if alone
                    && token
                        .text(self.name)
                        .to_ascii_lowercase()
                        .starts_with("scanlation")
                {
                    self.give(at..next, Role::Origin);
                }
            }
            Class::NotABook(kind) => {
                self.release.not_a_book.get_or_insert(kind);
                if matches!(
                    token.text(self.name).to_ascii_lowercase().as_str(),
                    "vostfr" | "subfrench"
                ) {
                    self.language(at..next, FRENCH);
                }
                self.give(at..next, Role::NotABook);
            }
            Class::Proper if loose || token.group > 0 => {
                self.release.revision = self.release.revision.or(VolumeNumber::whole(2));
                self.give(at..next, Role::Revision);
            }
            Class::Medium | Class::Noise | Class::LooseNoise | Class::Pixels
                if loose || !in_title && matches!(token.class, Class::Noise) =>
            {
                self.give(at..next, Role::Noise);
            }
            _ => self.revision(at),
        }
    }

    /// Two small letters are words of every language; `en` and `it` begin many titles.
    fn is_language(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        let alone = token.group > 0
            && self.group_end(at) == at + 1
            && (at == 0 || self.tokens[at - 1].group != token.group);
        token.capitals
            || token.end - token.start > 2
            || alone
            || token.gap.has(Gap::DASH.or(Gap::PIPE))
            || self.class(at.wrapping_sub(1)).is_tag()
            || self.class(at + 1).is_tag() && token.group > 0
    }

    fn language(&mut self, at: std::ops::Range<usize>, language: Code) {
        let language = language.as_str();
        if !self.release.languages.contains(&language) {
            self.release.languages.push(language);
        }
        self.give(at, Role::Language);
    }

    fn origin(&mut self, at: std::ops::Range<usize>, origin: Origin) {
        // `Ebook non officiel`: the denial is written behind.
        let denied = origin == Origin::Fan
            && self.release.origin == Origin::Official
            && self.tokens[at.start]
                .text(self.name)
                .eq_ignore_ascii_case("non");
        if self.release.origin == Origin::Unknown || denied {
            self.release.origin = origin;
        }
        self.give(at, Role::Origin);
    }

    /// The number behind `Digital-` or `eBook officiel`.
    fn resolution(&mut self, at: usize, word: usize) {
        let Some(pixels) = self
            .resolution_at(at)
            .filter(|_| self.tokens[at].group == self.tokens[word].group)
        else {
            return;
        };
        self.release.resolution.get_or_insert(pixels);
        self.give(at..at + 1, Role::Resolution);
        let mut next = at + 1;
        while self.tokens.get(next).is_some_and(|more| {
            more.is_number() && more.gap.only(Gap::DASH)
                || matches!(more.class, Class::Pixels) && more.is_glued()
        }) {
            self.give(next..next + 1, Role::Noise);
            next += 1;
        }
    }

    fn resolution_at(&self, at: usize) -> Option<u32> {
        let token = self
            .tokens
            .get(at)
            .filter(|token| token.gap.only(Gap::SOFT.or(Gap::DASH)))?;
        token
            .value
            .filter(|pixels| (500..=9_999).contains(pixels) && token.digits >= 3)
    }

    /// The edition that counts most is kept.
    fn edition(&mut self, at: std::ops::Range<usize>, edition: Edition) {
        let weight = |edition: Edition| match edition {
            Edition::Standard => 99,
            Edition::Omnibus(Some(_)) => 0,
            Edition::Omnibus(None) => 1,
            Edition::Double => 2,
            Edition::Colossal => 3,
            Edition::Perfect => 4,
            Edition::Deluxe => 5,
            Edition::Kanzenban => 6,
            Edition::Collector => 7,
            Edition::Integrale => 8,
            Edition::Colour => 9,
            Edition::Ultimate => 10,
            Edition::Original => 11,
            Edition::New => 12,
            Edition::Star => 13,
            Edition::Other => 14,
        };
        if weight(edition) < weight(self.release.edition) {
            self.release.edition = edition;
        }
        self.give(at, Role::Edition);
    }

    /// `Édition Hokage`: one without a name of its own.
    fn some_edition(&mut self, at: usize, next: usize) {
        let capital = self.tokens[at]
            .text(self.name)
            .starts_with(char::is_uppercase);
        let named = self.tokens.get(next).is_some_and(|word| {
            !word.is_number() && word.gap.only(Gap::SOFT) && matches!(word.class, Class::Plain)
        });
        let known = self.release.edition != Edition::Standard;
        let is_version = self.tokens[at]
            .text(self.name)
            .to_lowercase()
            .starts_with("version")
            || self.tokens[at].text(self.name).len() <= 2;
        if !known && !is_version && (named || capital || at > 0) {
            self.release.edition = Edition::Other;
        }
        self.give(at..next, Role::Edition);
    }

    /// `Intégrale 5` is the fifth intégrale; with a range, a count or nothing it says that the series is whole.
    fn whole_series(&mut self) {
        let single = self.release.volumes.single().is_some() && self.release.count.is_none();
        if !single {
            self.release.complete = true;
        } else if self.release.edition == Edition::Standard {
            self.release.edition = Edition::Integrale;
        }
    }

    /// A special when it stands alone; beside volumes of the main line it comes with them.
    fn special_word(&mut self, at: std::ops::Range<usize>, kind: SpecialKind) {
        let token = self.tokens[at.start];
        let short = token.end - token.start <= 2 && at.len() == 1;
        if short && !token.capitals && !token.gap.has(Gap::PLUS) && token.group == 0 {
            return;
        }
        let beside = token.gap.has(Gap::PLUS.or(Gap::AMPERSAND))
            || matches!(self.class(at.start.wrapping_sub(1)), Class::ListWord);
        let before_number = at.start <= self.title_end || self.release.volumes.is_empty();
        if beside && !(self.release.volumes.is_empty() && self.release.chapters.is_empty()) {
            self.release.extras = true;
        } else if before_number
            || matches!(kind, SpecialKind::Extra | SpecialKind::HorsSerie) && token.group == 0
        {
            self.release.special.get_or_insert(Special {
                kind,
                numbers: VolumeSet::default(),
            });
        }
        self.give(at, Role::Special);
    }

    /// `{r2}`, `2.0` at the end, `v2` that is left.
    fn revision(&mut self, at: usize) {
        let token = self.tokens[at];
        let letter = token.text(self.name);
        let number = self
            .tokens
            .get(at + 1)
            .filter(|number| number.is_number() && number.is_glued() && number.digits <= 2);
        let starts = at == 0 || !token.is_glued() || self.tokens[at - 1].is_number();
        let r =
            matches!(letter, "r" | "R") && token.gap.has(Gap::OPEN) && self.group_end(at) == at + 2;
        let v = matches!(letter, "v" | "V");
        let (Some(number), true, true) = (number, starts, r || v) else {
            return;
        };
        let tenths = self
            .tokens
            .get(at + 2)
            .filter(|part| v && part.is_number() && part.gap == Gap::DOT && part.digits == 1);
        let hundredths =
            number.value.unwrap_or(0) * 100 + tenths.and_then(|part| part.value).unwrap_or(0) * 10;
        self.release.revision = self
            .release
            .revision
            .or(VolumeNumber::from_hundredths(i64::from(hundredths)));
        let end = at + 2 + usize::from(tenths.is_some());
        self.give(at..end, Role::Revision);
    }

    fn read_number(&mut self, at: usize) {
        let token = self.tokens[at];
        if matches!(token.class, Class::Continued) {
            return;
        }
        if matches!(token.class, Class::Edition(_)) {
            if let Class::Edition(edition) = token.class {
                self.edition(at..at + 3, edition);
            }
            return;
        }
        if self.sized(at) || self.pixels(at) {
            return;
        }
        let alone = token.group > 0
            && (at == 0 || self.tokens[at - 1].group != token.group)
            && self
                .tokens
                .get(at + 1)
                .is_none_or(|next| next.group != token.group);
        let like_year = alone && token.value.is_some_and(|value| LIKE_YEARS.contains(&value));
        if like_year && token.value != Some(2000) {
            self.release.resolution = self.release.resolution.or(token.value);
            self.give(at..at + 1, Role::Resolution);
        } else if self.is_year(at) && (token.group > 0 || self.is_dated(at)) {
            self.year(at);
        } else if at + 2 == self.tokens.len() || at + 3 == self.tokens.len() {
            self.closing_revision(at);
        }
    }

    /// A year among the tags of a dotted name, or at its end.
    fn is_dated(&self, at: usize) -> bool {
        if at < self.title_end {
            return false;
        }
        let tag = |at: usize| {
            self.tokens.get(at).is_none_or(|next| {
                next.class.is_loose_tag() || next.gap.has(Gap::DASH.or(Gap::BRACKET))
            })
        };
        tag(at + 1)
            && (!self.spaced
                || tag(at)
                || self.class(at.wrapping_sub(1)).is_loose_tag()
                || self.tokens[at].gap.has(Gap::DASH))
    }

    fn year(&mut self, at: usize) {
        let year = self.tokens[at].value.unwrap_or(0);
        let last = self.tokens.get(at + 1).filter(|next| {
            next.is_number() && next.gap.only(Gap::DASH.or(Gap::SPACE)) && next.gap.has(Gap::DASH)
        });
        let last = last
            .filter(|_| self.is_year(at + 1))
            .and_then(|next| next.value)
            .filter(|last| *last >= year);
        let better = self.release.years.is_none()
            && self.tokens[at].group == 0
            && (at + 1..self.tokens.len())
                .any(|later| self.tokens[later].group > 0 && self.is_year(later));
        if self.release.years.is_none() && !better {
            self.release.years = Some((year, last.unwrap_or(year)));
        }
        self.give(at..at + 1 + usize::from(last.is_some()), Role::Year);
    }

    /// `1600x2500`.
    fn sized(&mut self, at: usize) -> bool {
        let [width, x, height, ..] = self.tokens.get(at..).unwrap_or_default() else {
            return false;
        };
        let by = matches!(x.text(self.name), "x" | "X")
            && x.is_glued()
            && height.is_number()
            && height.is_glued();
        let (Some(width), Some(height), true) = (width.value, height.value, by) else {
            return false;
        };
        if width < 300 || height < 300 {
            return false;
        }
        self.release.resolution = self.release.resolution.or(Some(width.max(height)));
        self.give(at..at + 3, Role::Resolution);
        true
    }

    /// `1920px`, `1920u`, `4400h`.
    fn pixels(&mut self, at: usize) -> bool {
        let token = self.tokens[at];
        let unit = self.tokens.get(at + 1).is_some_and(|unit| {
            unit.is_glued()
                && (matches!(unit.class, Class::Pixels)
                    || matches!(unit.text(self.name), "h" | "H" | "p"))
                || matches!(unit.class, Class::Pixels) && unit.text(self.name).len() == 2
        });
        if !unit
            || !token
                .value
                .is_some_and(|value| (300..=9_999).contains(&value))
        {
            return false;
        }
        self.release.resolution = self.release.resolution.or(token.value);
        self.give(at..at + 2, Role::Resolution);
        true
    }

    /// `1.0` and `2.0` at the end of a scanned comic's name.
    fn closing_revision(&mut self, at: usize) {
        let [whole, part, ..] = self.tokens.get(at..).unwrap_or_default() else {
            return;
        };
        let tight = part.is_number()
            && part.gap == Gap::DOT
            && part.digits == 1
            && part.start == whole.end + 1;
        let last = self
            .tokens
            .get(at + 2)
            .is_none_or(|next| next.class.is_tag());
        if tight && last && whole.digits == 1 && whole.gap.has(Gap::CLOSE) {
            let hundredths = whole.value.unwrap_or(0) * 100 + part.value.unwrap_or(0) * 10;
            let revision =
                VolumeNumber::from_hundredths(i64::from(hundredths)).filter(|_| hundredths > 100);
            self.release.revision = self.release.revision.or(revision);
            self.give(at..at + 2, Role::Revision);
        }
    }

    /// `(11/11)` behind a range, and an intégrale in the title's place.
    fn read_edition_of_the_whole(&mut self) {
        if !self.gaps.has(Gap::SLASH) {
            return;
        }
        let all = self.tokens.windows(2).enumerate().find_map(|(at, pair)| {
            let of = pair[0].is_number()
                && pair[1].is_number()
                && pair[1].gap == Gap::SLASH
                && pair[0].value == pair[1].value;
            (of && pair[0].group > 0 && pair[0].role == Role::Unread).then_some(at)
        });
        if let Some(at) = all {
            self.release.complete = true;
            self.give(at..at + 2, Role::Complete);
        }
    }

    /// `+ Gaiden`, `+ 2 One Shot`: words behind a plus.
    fn read_extras(&mut self) {
        if !self.gaps.has(Gap::PLUS) || self.release.volumes.is_empty() || self.release.extras {
            return;
        }
        let said = |at: usize| {
            matches!(
                self.class(at),
                Class::Plain
                    | Class::LooseNoise
                    | Class::Noise
                    | Class::LooseSpecial(_)
                    | Class::Special(_)
            )
        };
        let plus = (self.number_start..self.tokens.len()).find(|at| {
            let token = &self.tokens[*at];
            let word = !token.is_number() && said(*at) && token.end - token.start > 2;
            let counted = token.is_number()
                && token.role == Role::Unread
                && !matches!(self.class(at + 1), Class::Plain)
                && said(at + 1);
            token.group == 0
                && token.gap.has(Gap::PLUS)
                && (word && !self.class(at.wrapping_sub(1)).is_tag() || counted)
        });
        if let Some(at) = plus {
            self.release.extras = true;
            self.give(at..at + 1, Role::Special);
        }
    }

    /// A comic format says that it is a book, and film words and a game's publisher do not.
    fn settle_book(&mut self) {
        let comic = self
            .release
            .formats
            .iter()
            .any(|format| matches!(*format, "cbz" | "cbr" | "cb7" | "cbt"));
        let book = comic
            || self
                .release
                .formats
                .iter()
                .any(|format| matches!(*format, "epub" | "pdf" | "mobi" | "azw3"));
        let loose = self.release.not_a_book == Some(NotABook::Game)
            || self.release.not_a_book == Some(NotABook::Video);
        if comic || book && loose {
            self.release.not_a_book = None;
        }
        if self.release.not_a_book.is_some() {
            self.release.revision = None;
            self.release.resolution = None;
        }
    }

    /// How sure the reading is, from what it rests on.
    pub fn weigh(&mut self) {
        let release = &self.release;
        let mut doubt = 0;
        doubt += if release.series.is_none() { 30 } else { 0 };
        doubt += match (
            release.volumes.is_empty() && release.chapters.is_empty(),
            release.marked,
        ) {
            (true, _) if release.complete => 25,
            (true, _) => 40,
            (false, true) => 0,
            (false, false) if !release.chapters.is_empty() && release.volumes.is_empty() => 15,
            (false, false) => 25,
        };
        let plain = self
            .tokens
            .iter()
            .filter(|token| token.role == Role::Unread && token.group == 0)
            .count();
        doubt += (plain as u8).min(10);
        self.release.confidence = 100u8.saturating_sub(doubt);
    }

    /// Whether the bracket from `at` to `end` names people or a group rather than a title.
    pub fn is_people(&self, at: usize, end: usize) -> bool {
        self.tokens[at..end]
            .iter()
            .any(|token: &Token| matches!(token.class, Class::Author | Class::Group))
    }
}
