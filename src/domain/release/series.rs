//! The series title: what stands before the number and the tags, without what is not part of it. Pure.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::{
    Place, Reading, Role,
    lexicon::{Class, Mark},
    token::{Gap, is_closing, is_opening},
};
use crate::domain::volume::VolumeNumber;

/// Between two titles of one series.
const TITLES: Gap = Gap::PIPE.or(Gap::SLASH);

impl<'a> Reading<'a> {
    /// Fills in the series and the other title.
    pub fn read_series(&mut self) {
        if self.title_start >= self.tokens.len() {
            return;
        }
        let known = self.known_end();
        if known.is_none() && self.hints.place == Place::InSeries && self.leads {
            // Inside a series, what follows a number at the front is the title of the volume.
            return;
        }
        let end = known.unwrap_or_else(|| self.without_dangling(self.cut(self.title_end)));
        if end <= self.title_start {
            return;
        }
        self.number_start = self.title_end;
        let (pieces, article) = self.pieces(end);
        self.release.series = self.joined(&pieces, article);
        self.title_end = self.title_end.min(end.max(self.title_start));
    }

    /// Where a title ends that was known before.
    fn known_end(&self) -> Option<usize> {
        let is_series = |at: usize| {
            self.tokens
                .get(at)
                .is_some_and(|token| token.role == Role::Series)
        };
        (self.hints.place == Place::InSeries && is_series(self.title_start)).then_some(())?;
        (self.title_start..=self.tokens.len()).find(|at| !is_series(*at))
    }

    /// The first token that cannot be part of the title any more.
    fn cut(&self, end: usize) -> usize {
        let first = self.title_start;
        let tail = self.tail(end);
        let has_number = end < self.tokens.len();
        let mut at = first;
        while at < end {
            if self.is_bracket(at) {
                let behind = self.group_end(at).min(end);
                if !self.is_article(at, behind) && self.ends_at_bracket(at, behind, end, has_number)
                {
                    return at;
                }
                at = behind;
                continue;
            }
            if at > first
                && self.tokens[at].role != Role::Series
                && (at >= tail || self.cuts(at, end))
            {
                return self.without_article(at);
            }
            at += 1;
        }
        end
    }

    /// In a bracket that is not the title itself, and not a part of a word as in `Uchronie(s)`.
    fn is_bracket(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        let within_word = token.gap == Gap::OPEN
            && token.end - token.start <= 2
            && !token.is_number()
            && self.group_end(at) == at + 1;
        token.group > 0 && token.group != self.tokens[self.title_start].group && !within_word
    }

    /// Without what only led to the number: `du T01 au T15`, `031 - CH. 31`, `Volume v01`.
    fn without_dangling(&self, mut end: usize) -> usize {
        let number = self
            .release
            .chapters
            .first()
            .or(self.release.volumes.first())
            .and_then(VolumeNumber::as_whole);
        while end > self.title_start + 1 {
            let last = &self.tokens[end - 1];
            let leads = matches!(
                last.text(self.name),
                "du" | "de"
                    | "from"
                    | "dal"
                    | "del"
                    | "vom"
                    | "von"
                    | "les"
                    | "die"
                    | "los"
                    | "gli"
            ) && self.release.is_pack()
                && last.group == 0;
            let marker = matches!(
                last.class,
                Class::Volume(Mark::Word | Mark::Plural)
                    | Class::Chapter(Mark::Word | Mark::Plural)
            );
            let same = last.value.is_some()
                && last.value == number
                && last.role == Role::Unread
                && !self.release.chapters.is_empty();
            let special = matches!(self.class(end), Class::Special(_));
            let marker = marker || special && matches!(last.class, Class::Volume(_));
            let year = self.is_year(end - 1)
                && end >= 2
                && matches!(self.class(end - 2), Class::Volume(_));
            let numbered = special
                || !(self.release.volumes.is_empty()
                    && self.release.chapters.is_empty()
                    && self.release.special.is_none());
            if !(leads || marker || same || year) || !numbered {
                break;
            }
            end -= 1;
        }
        end
    }

    /// `de` in front of `couleur`, `L'` in front of `intégrale`.
    fn without_article(&self, at: usize) -> usize {
        let before = at - 1;
        let drop = before > self.title_start
            && self.tokens[before].group == self.tokens[at].group
            && (matches!(self.tokens[before].class, Class::Article)
                && self.tokens[at].gap.has(Gap::APOSTROPHE)
                || matches!(self.class(before), Class::Article)
                    && matches!(self.tokens[at].class, Class::Edition(_) | Class::Complete)
                || matches!(self.tokens[at].class, Class::EditionWord)
                    && self.tokens[before].gap.has(Gap::DASH)
                    && self.tokens[before].gap.has(Gap::SOFT)
                || matches!(self.class(before), Class::ListWord)
                    && !self.tokens[before].is_number()
                || matches!(self.tokens[at].class, Class::EditionWord)
                    && matches!(self.class(before), Class::LooseEdition(_)));
        if drop { before } else { at }
    }

    /// Where the tags begin that directly precede `end`.
    fn tail(&self, end: usize) -> usize {
        let mut at = end;
        while at > self.title_start + 1 {
            let token = &self.tokens[at - 1];
            let tag = token.class.is_loose_tag()
                && !matches!(token.class, Class::LooseNoise | Class::EditionWord)
                || matches!(token.class, Class::Continued) && !token.is_number();
            let capitals = !matches!(token.class, Class::LooseLanguage(_) | Class::Language(_))
                || token.capitals
                || token.end - token.start > 3;
            let beside = matches!(self.class(at), Class::EditionWord) && at < end
                || at >= 2 && matches!(self.class(at - 2), Class::EditionWord);
            let text = token.text(self.name);
            let apart = matches!(token.class, Class::LooseEdition(_))
                && !token.gap.has(Gap::DASH)
                && !beside
                || matches!(token.class, Class::Medium)
                    && text.to_ascii_lowercase().starts_with("comic");
            let year = self.is_year(at - 1)
                && at < self.tokens.len()
                && self.tokens[at].class.is_tag()
                && token.group == 0;
            if token.group > 0 || !(tag && capitals && !apart || year) {
                break;
            }
            at -= 1;
        }
        // A phrase that began before is no tail.
        while at < end && matches!(self.tokens[at].class, Class::Continued) {
            at += 1;
        }
        at
    }

    /// A bracket after which nothing of the title comes.
    fn ends_at_bracket(&self, at: usize, behind: usize, end: usize, has_number: bool) -> bool {
        let special = self.tokens[at..behind].iter().any(|token| {
            matches!(
                token.class,
                Class::Special(_) | Class::Edition(_) | Class::Integrale
            )
        });
        let words_follow = self.tokens[behind..end].iter().any(|token| {
            token.group == 0
                && !token.class.is_loose_tag()
                && !matches!(token.class, Class::Continued)
                && !token.is_number()
        });
        let article = self.is_article(at, behind);
        let dashed = self
            .tokens
            .get(behind)
            .is_some_and(|token| token.gap.has(Gap::DASH) || token.gap.has(Gap::DOT));
        special || !words_follow || !has_number && !article && !dashed
    }

    /// A word that ends the title wherever it stands, but not as its first word.
    fn cuts(&self, at: usize, end: usize) -> bool {
        let token = &self.tokens[at];
        let next = self.tokens.get(self.behind_phrase(at));
        let closes = self.behind_phrase(at) >= end
            || next.is_none_or(|next| {
                next.gap
                    .has(Gap::BRACKET.or(Gap::DASH).or(Gap::PIPE).or(Gap::COLON))
                    || next.class.is_loose_tag()
            });
        let dotted = !self.spaced;
        match token.class {
            Class::Edition(_) | Class::NotABook(_) => true,
            Class::EditionWord => {
                closes
                    || next.is_some_and(|next| {
                        matches!(next.class, Class::LooseEdition(_))
                            || !token.text(self.name).starts_with(char::is_lowercase)
                    })
            }
            Class::LooseEdition(_) => {
                closes
                    && (token.gap.has(Gap::DASH)
                        || next.is_some_and(|next| matches!(next.class, Class::EditionWord)))
            }
            Class::Integrale => {
                token.end - token.start > 3
                    || token.capitals
                    || next.is_some_and(|next| matches!(next.class, Class::Integrale))
            }
            Class::Complete => {
                closes || token.gap.has(Gap::DASH) && next.is_some_and(|next| next.is_number())
            }
            Class::Special(_) => {
                token.end - token.start > 2
                    || token.capitals
                    || matches!(self.class(at + 1), Class::Continued)
                    || closes
            }
            Class::LooseSpecial(_) => {
                closes
                    && (token.gap.has(Gap::DASH)
                        || self.behind_phrase(at) >= end && end == self.tokens.len())
                    || next.is_some_and(|next| matches!(next.class, Class::Special(_)))
            }
            Class::LooseOrigin(_) => next.is_some_and(|next| {
                matches!(next.class, Class::Special(_) | Class::LooseSpecial(_))
            }),
            Class::Language(_) => {
                token.capitals && (closes || dotted && token.end - token.start > 3)
                    || dotted && closes
            }
            Class::Origin(_) | Class::Format(_) => closes || dotted,
            Class::Digital | Class::Proper | Class::Noise => {
                closes && (dotted || token.gap.has(Gap::DASH))
            }
            Class::Season => token.end - token.start == 1,
            // `La trilogie Nikopol - Enki Bilal - t2`; an ISBN.
            Class::Author => token.gap.has(Gap::DASH) && token.gap.has(Gap::SOFT) && closes,
            _ if token.digits >= 10 => true,
            // `04 - Asterix - La grande traversée`.
            _ if self.leads && token.gap.has(Gap::DASH) && token.gap.has(Gap::SPACE) => true,
            _ if self.is_year(at) => dotted && self.dates_the_release(at, end),
            _ => false,
        }
    }

    /// A year in a dotted name with no number behind it, and only a word or two between it and the tags.
    fn dates_the_release(&self, at: usize, end: usize) -> bool {
        let tag = self.tokens[at + 1..]
            .iter()
            .take(3)
            .position(|token| token.class.is_tag());
        end == self.tokens.len() && tag.is_some_and(|words| words <= 2) || tag == Some(0)
    }

    /// `(L')`, `[Le]`.
    fn is_article(&self, at: usize, behind: usize) -> bool {
        behind - at <= 2
            && self.tokens[at..behind].iter().all(|token| {
                matches!(token.class, Class::Article) || matches!(token.text(self.name), "A" | "a")
            })
    }

    /// The parts of the title as byte ranges, and an article that was put behind it.
    fn pieces(&mut self, end: usize) -> (SmallVec<[(usize, usize); 2]>, Option<&'a str>) {
        let (mut pieces, mut article) = (SmallVec::new(), None);
        let first = self.title_start;
        let mut piece: Option<(usize, usize)> = None;
        let mut at = first;
        while at < end {
            let token = self.tokens[at];
            if self.is_bracket(at) {
                let behind = self.group_end(at).min(end);
                if self.is_article(at, behind) {
                    article = Some(self.with_apostrophe(at, behind));
                    self.give(at..behind, Role::Series);
                } else {
                    self.other_title(at, behind);
                }
                pieces.extend(piece.take());
                at = behind;
                continue;
            }
            let spaced = token.gap.has(Gap::SPACE.or(Gap::DOT));
            if at > first && token.gap.has(TITLES) && spaced && self.parts_titles(at) {
                pieces.extend(piece.take());
                self.second_title(at, end);
                break;
            }
            // `Grand vide, Le`.
            if at > first
                && at + 1 == end
                && matches!(token.class, Class::Article)
                && token.gap.has(Gap::COMMA)
            {
                article = Some(self.with_apostrophe(at, at + 1));
                break;
            }
            let start = piece.map_or(token.start as usize, |piece| piece.0);
            piece = Some((start, token.end as usize));
            self.give(at..at + 1, Role::Series);
            at += 1;
        }
        pieces.extend(piece);
        (pieces, article)
    }

    /// ` / ` and ` | `, not `1/2` or `Fate/Zero`.
    fn parts_titles(&self, at: usize) -> bool {
        let before = self.tokens[at - 1].end as usize;
        let between = &self.name[before..self.tokens[at].start as usize];
        between.contains('|')
            || between.contains('｜')
            || between.trim() == "/" && between.len() > 2
    }

    fn with_apostrophe(&self, at: usize, behind: usize) -> &'a str {
        let name: &'a str = self.name;
        let (start, end) = (
            self.tokens[at].start as usize,
            self.tokens[behind - 1].end as usize,
        );
        let rest = &name[end..];
        let apostrophe = rest
            .chars()
            .next()
            .filter(|next| matches!(next, '\'' | '’'));
        &name[start..end + apostrophe.map_or(0, char::len_utf8)]
    }

    fn second_title(&mut self, at: usize, end: usize) {
        let stop = (at..end)
            .find(|stop| *stop > at && self.tokens[*stop].gap.has(Gap::BRACKET.or(Gap::PIPE)))
            .unwrap_or(end);
        let pieces = [(
            self.tokens[at].start as usize,
            self.tokens[stop - 1].end as usize,
        )];
        self.release.other_title = self.joined(&pieces, None);
        self.give(at..stop, Role::OtherTitle);
    }

    /// Text in brackets behind the title, before the number.
    fn other_title(&mut self, at: usize, behind: usize) {
        let plain = self.tokens[at..behind]
            .iter()
            .filter(|token| !token.is_number());
        let says = plain.clone().any(|token| {
            token.class.is_tag()
                || matches!(
                    token.class,
                    Class::Author
                        | Class::Group
                        | Class::Publisher
                        | Class::Medium
                        | Class::Digital
                        | Class::Part
                        | Class::Season
                )
        });
        let words = plain.count();
        let unread = self.tokens[at..behind]
            .iter()
            .all(|token| token.role == Role::Unread);
        if says
            || words < 2
            || !unread
            || self.release.other_title.is_some()
            || self.is_people(at, behind)
        {
            return;
        }
        let pieces = [(
            self.tokens[at].start as usize,
            self.tokens[behind - 1].end as usize,
        )];
        self.release.other_title = self.joined(&pieces, None);
        self.give(at..behind, Role::OtherTitle);
    }

    /// The text of the pieces, borrowed when it can be.
    pub fn joined(&self, pieces: &[(usize, usize)], article: Option<&str>) -> Option<Cow<'a, str>> {
        let (first, last) = (pieces.first()?, pieces.last()?);
        let start = self.widened_start(first.0);
        let end = self.widened_end(last.1);
        let name: &'a str = self.name;
        let text = &name[start..end];
        let (mut spaced, mut dotted, mut scored, mut doubled, mut before) =
            (false, false, false, false, b'x');
        for byte in text.bytes() {
            spaced |= byte == b' ';
            dotted |= byte == b'.';
            scored |= byte == b'_';
            doubled |= byte == b' ' && before == b' ';
            before = byte;
        }
        if pieces.len() == 1 && article.is_none() {
            let cleaned = scored || doubled || dotted && !spaced;
            return Some(if cleaned {
                Cow::Owned(self.spaced(text, spaced))
            } else {
                Cow::Borrowed(text)
            });
        }
        let mut title = String::with_capacity(end - start + 4);
        if let Some(article) = article {
            title.push_str(article);
            title.push_str(if article.ends_with(['\'', '’']) {
                ""
            } else {
                " "
            });
        }
        for (at, piece) in pieces.iter().enumerate() {
            if at > 0 {
                let between = &name[pieces[at - 1].1..piece.0];
                let outside = between.rsplit(is_closing).next().unwrap_or_default();
                let dashed = outside.contains(['-', '–', '—', ':']);
                title.push_str(if dashed { " - " } else { " " });
            }
            let to = if at + 1 == pieces.len() { end } else { piece.1 };
            let from = if at == 0 { start } else { piece.0 };
            title.push_str(&self.spaced(&name[from..to], spaced));
        }
        Some(Cow::Owned(title))
    }

    /// With spaces where dots and underscores stand for them.
    fn spaced(&self, text: &str, has_spaces: bool) -> String {
        let mut out = String::with_capacity(text.len());
        for (at, letter) in text.char_indices() {
            let is_space = match letter {
                '_' => true,
                // `D.Gray-man` in a name with spaces, and the dots of `M.A.S.H`.
                '.' => !has_spaces && !self.is_initial_dot(text, at),
                letter => letter.is_whitespace(),
            };
            if !is_space {
                out.push(letter);
            } else if !out.ends_with(' ') {
                out.push(' ');
            }
        }
        out
    }

    /// The dots of `W.E.S.T` and `D.Gray-man`, in a name with spaces elsewhere.
    fn is_initial_dot(&self, text: &str, at: usize) -> bool {
        let before = text[..at].rsplit('.').next().unwrap_or_default();
        let behind = text[at + 1..].split('.').next().unwrap_or_default();
        let short = |part: &str| part.chars().count() <= 1;
        behind.is_empty() || self.spaced && (short(before) || short(behind))
    }

    /// A bracket, or signs, that belong to the title in front of its first letter: `[Oshi no Ko]`, `.hack`.
    fn widened_start(&self, start: usize) -> usize {
        let before = &self.name[..start];
        match before.chars().next_back() {
            Some(letter)
                if is_opening(letter)
                    && self.tokens[self.title_start].group > 0
                    && self.tokens[self.title_start].start as usize == start =>
            {
                start - letter.len_utf8()
            }
            Some('.') if before.len() == 1 => start - 1,
            Some('.') if before.ends_with("...") => start - 3,
            Some('+') => start - 1,
            Some(letter @ ('¿' | '¡' | '#' | '@' | '$' | '«' | '“' | '"' | '「' | '『' | '○')) => {
                start - letter.len_utf8()
            }
            _ => start,
        }
    }

    /// Signs that belong to the title behind its last letter: `!`, `?`, `%`, `…`, the dot of `Co. Ltd.`.
    fn widened_end(&self, end: usize) -> usize {
        let rest = &self.name[end..];
        let mut length = 0;
        for (at, letter) in rest.char_indices() {
            let behind = &rest[at + letter.len_utf8()..];
            let belongs = match letter {
                ' ' => length == 0 && behind.starts_with(['?', '!', '½', '%']),
                '&' => behind.starts_with('!'),
                '!' | '?' | '%' | '…' | '☆' | '★' | '♥' | '♡' | '！' | '？' | '°' | '」' | '』'
                | '”' | '"' | '½' | '²' | '³' | '†' | '∞' | '♪' | '○' | '△' | '□' | '×' | '$' => {
                    true
                }
                '.' => self.is_abbreviation(end, length),
                '+' => length == 0 && !rest[1..].starts_with(' '),
                letter if is_closing(letter) => {
                    length == 0 && self.tokens[self.title_start].group > 0 && self.closes_title(end)
                }
                _ => false,
            };
            if !belongs {
                break;
            }
            length += letter.len_utf8();
        }
        end + length
    }

    fn closes_title(&self, end: usize) -> bool {
        self.tokens.iter().any(|token| {
            token.end as usize == end && token.group == self.tokens[self.title_start].group
        })
    }

    /// A dot behind `Ltd`, or behind `S.O.S`.
    fn is_abbreviation(&self, end: usize, length: usize) -> bool {
        let title = &self.name[..end];
        let word = title.rsplit([' ', '_']).next().unwrap_or_default();
        let initials = word.contains('.') && word.split('.').all(|part| part.chars().count() == 1);
        let short = title.contains(' ')
            && matches!(
                word,
                "Ltd" | "Co" | "Jr" | "Dr" | "St" | "vs" | "Inc" | "Mr" | "Bros" | "etc"
            );
        let dots = self.name[end..].starts_with("...");
        // `Lady S. - T03`; a dot that parts words has none of them behind it.
        let spaced = self.name[end..].starts_with(". ") && title.contains(' ')
            || self.name[end..].starts_with(". v");
        (length == 0 || self.name[..end + length].ends_with('$')) && (initials || short || spaced)
            || dots
    }
}
