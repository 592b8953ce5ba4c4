//! Authors, publisher and release group: names in brackets, behind a dash, or at the end. Pure.

use std::ops::Range;

use smallvec::SmallVec;

use super::{
    Reading, Role,
    class::Class,
    token::{Gap, Token, is_closing, is_opening},
};

/// No name has more that are not read yet.
const MOST_BRACKETS: usize = 32;

/// From the kana on: kanji and hangul come behind them.
const FIRST_KANA: char = '\u{3040}';

impl<'a> Reading<'a> {
    /// Reads what is left over.
    pub fn read_people(&mut self) {
        self.people_in_front();
        self.scene_group();
        let brackets = self.unread_brackets();
        for (place, bracket) in brackets.iter().enumerate() {
            let is_last = place + 1 == brackets.len();
            self.bracket(bracket.clone(), is_last);
        }
        self.title_behind_number();
        self.named_outside();
    }

    /// Prefixes that were taken off the title, and a team in brackets there.
    fn people_in_front(&mut self) {
        if self.title_start == 0 {
            return;
        }
        for role in [Role::Authors, Role::Publisher, Role::Group] {
            let first = self.tokens.iter().position(|token| token.role == role);
            let Some(first) = first else { continue };
            let group = self.tokens[first].group;
            let length = self.tokens[first..]
                .iter()
                .take_while(|token| token.role == role && token.group == group)
                .count();
            let tokens = first..first + length;
            match role {
                Role::Authors => self.release.authors = self.text_of(tokens),
                Role::Publisher => self.release.publisher = self.text_of(tokens),
                _ => self.release.group = Some(self.bracketed(tokens)),
            }
        }
    }

    /// The text of a bracket, with the signs around its words.
    fn bracketed(&self, tokens: Range<usize>) -> &'a str {
        let name: &'a str = self.name;
        let (from, to) = self.bytes(tokens);
        let start = name[..from].rfind(is_opening).map_or(from, |at| {
            at + name[at..].chars().next().map_or(1, char::len_utf8)
        });
        let end = name[to..].find(is_closing).map_or(name.len(), |at| to + at);
        let outside = name[start..from].contains(char::is_alphanumeric);
        name[if outside { from } else { start }..end].trim()
    }

    /// `eBook-TONER`, `FR-NOTAG`: behind the last dash of a name without spaces.
    fn scene_group(&mut self) {
        let last = self
            .tokens
            .iter()
            .rposition(|token| !self.is_file_ending(token))
            .filter(|last| self.tokens[*last].group == 0);
        let Some(last) = last else {
            return;
        };
        let parts = Gap::DASH.or(Gap::BRACKET).or(Gap::SPACE);
        let start = (0..=last)
            .rev()
            .find(|at| self.tokens[*at].gap.has(parts))
            .filter(|start| *start > self.title_start);
        let Some(mut start) = start else {
            return;
        };
        // `eBook-NEO.RIP-Club`: the dash behind the last tag is the first of the name.
        while start > self.title_start.max(1)
            && !self.follows_tag(start)
            && self.tokens[start - 1].role == Role::Unread
        {
            start -= 1;
        }
        if self.tokens[start].gap.has(Gap::DASH)
            && self.follows_tag(start)
            && self.may_be_scene_group(start, last)
        {
            self.release.group = Some(self.with_plus(start..last + 1));
            for token in &mut self.tokens[start..=last] {
                token.role = Role::Group;
            }
        }
    }

    /// The `cbz` of `Naruto.T01-TONER.cbz`.
    fn is_file_ending(&self, token: &Token) -> bool {
        matches!(token.role, Role::Format | Role::NotABook)
            && token.gap == Gap::DOT
            && token.end as usize == self.name.len()
    }

    fn follows_tag(&self, at: usize) -> bool {
        at > 0
            && matches!(
                self.tokens[at - 1].role,
                Role::Format
                    | Role::Origin
                    | Role::Language
                    | Role::Noise
                    | Role::Edition
                    | Role::NotABook
            )
    }

    /// Nothing else was read from it; behind a space it is one word that looks like a group.
    fn may_be_scene_group(&self, start: usize, last: usize) -> bool {
        let first = &self.tokens[start];
        let is_group_like = || {
            start == last && (first.capitals || matches!(first.class, Class::Group | Class::Noise))
        };
        let is_free = |token: &Token| {
            matches!(token.role, Role::Unread | Role::Noise | Role::NotABook)
                && !matches!(token.class, Class::Continued)
        };
        (!first.gap.has(Gap::SPACE) || is_group_like())
            && self.tokens[start..=last].iter().all(is_free)
    }

    /// `PapriKa+`.
    fn with_plus(&self, tokens: Range<usize>) -> &'a str {
        let name: &'a str = self.name;
        let (from, to) = self.bytes(tokens);
        let plus = name[to..]
            .bytes()
            .take_while(|letter| *letter == b'+')
            .count();
        name[from..to + plus].trim()
    }

    /// The brackets of which nothing was read, each as a range of tokens.
    fn unread_brackets(&self) -> SmallVec<[Range<usize>; 4]> {
        let mut brackets = SmallVec::new();
        let mut at = 0;
        while at < self.tokens.len() && brackets.len() < MOST_BRACKETS {
            if self.tokens[at].group == 0 {
                at += 1;
                continue;
            }
            let end = self.group_end(at);
            // `[c2c Aquila]`: the scanner behind what it is.
            let from = at
                + self.tokens[at..end]
                    .iter()
                    .take_while(|token| token.role == Role::Origin)
                    .count();
            if may_be_people(&self.tokens[from..end]) {
                brackets.push(from..end);
            }
            at = end;
        }
        brackets
    }

    /// `(Miura) (2004) [Digital-1920] (PapriKa+)`: authors stand before the year and the tags, the group behind them.
    fn bracket(&mut self, bracket: Range<usize>, is_last: bool) {
        let has = |wanted: fn(Class) -> bool| {
            self.tokens[bracket.clone()]
                .iter()
                .any(|token| wanted(token.class))
        };
        let first = bracket.start;
        let is_publisher = matches!(self.class(first), Class::Publisher)
            && self.behind_phrase(first) == bracket.end;
        if is_publisher {
            let publisher = self.text_of(bracket.clone());
            self.release.publisher = self.release.publisher.take().or(publisher);
            self.give(bracket, Role::Publisher);
            return;
        }
        let is_team = has(|class| matches!(class, Class::Group | Class::Team(_)))
            || self.tokens[first]
                .text(self.name)
                .eq_ignore_ascii_case("team");
        if !is_team && has(|class| matches!(class, Class::Author)) {
            self.authors(bracket);
            return;
        }
        let is_behind_tags = self.is_behind_tags(first);
        let is_group = is_team || is_last && (is_behind_tags || self.is_scanlator(first));
        let is_before_number =
            bracket.end <= self.number_start && self.number_start < self.tokens.len();
        if is_group && self.release.group.is_none() {
            self.release.group = Some(self.bracketed(bracket.clone()));
            self.give(bracket, Role::Group);
        } else if is_before_number && bracket.len() >= 2 && !self.is_hyphenated_pair(&bracket) {
            if self.release.other_title.is_none() {
                self.release.other_title = self.text_of(bracket.clone());
                self.give(bracket, Role::OtherTitle);
            }
        } else if self.release.authors.is_none()
            && self.release.not_a_book.is_none()
            && !(is_last && is_behind_tags)
            && self.looks_like_people(&bracket)
        {
            self.authors(bracket);
        }
    }

    /// Behind the title and a bracket with tags.
    fn is_behind_tags(&self, at: usize) -> bool {
        let title = self.tokens[self.title_start].start;
        self.tokens[..at].iter().any(|token| {
            let is_tag = matches!(
                token.role,
                Role::Year | Role::Origin | Role::Format | Role::Language | Role::Publisher
            );
            token.group > 0 && is_tag && token.start >= title
        })
    }

    /// `Title Ch. 12 [Team]`.
    fn is_scanlator(&self, at: usize) -> bool {
        let before = &self.name[..self.tokens[at].start as usize];
        before.ends_with('[') && !self.release.chapters.is_empty()
    }

    /// `(Arleston-Tota)`.
    fn is_hyphenated_pair(&self, bracket: &Range<usize>) -> bool {
        let is_name = |token: &Token| token.text(self.name).starts_with(char::is_uppercase);
        self.tokens[bracket.start + 1..bracket.end]
            .iter()
            .all(|token| token.gap == Gap::DASH)
            && self.tokens[bracket.clone()].iter().all(is_name)
    }

    /// Whether the bracket from `at` to `end` names people or a group rather than a title.
    pub fn is_people(&self, at: usize, end: usize) -> bool {
        self.tokens[at..end]
            .iter()
            .any(|token| matches!(token.class, Class::Author | Class::Group))
    }

    /// A bracket in front of such a title names its author.
    pub fn is_east_asian(&self, at: usize, end: usize) -> bool {
        let (from, to) = self.bytes(at..end);
        self.name[from..to]
            .chars()
            .any(|letter| letter >= FIRST_KANA)
    }

    /// At most six words and no digits, behind the title.
    fn looks_like_people(&self, bracket: &Range<usize>) -> bool {
        let has_capital = self.tokens[bracket.start]
            .text(self.name)
            .starts_with(|letter: char| !letter.is_lowercase());
        has_capital
            && bracket.start >= self.title_end
            && bracket.len() <= 6
            && self.tokens[bracket.clone()]
                .iter()
                .all(|token| !token.is_number() && !token.class.is_tag())
    }

    fn authors(&mut self, tokens: Range<usize>) {
        let authors = self.text_of(tokens.clone());
        self.release.authors = self.release.authors.take().or(authors);
        self.give(tokens, Role::Authors);
    }

    /// `L'ATTAQUE DES TITANS T34 / SHINGEKI NO KYOJIN`.
    fn title_behind_number(&mut self) {
        if !self.gaps.has(Gap::SLASH) || self.release.other_title.is_some() {
            return;
        }
        let is_unread = |token: &Token| token.group == 0 && token.role == Role::Unread;
        let slash = (self.number_start..self.tokens.len()).find(|at| {
            let token = &self.tokens[*at];
            let is_apart = token.gap.has(Gap::SLASH) && token.gap.has(Gap::SPACE);
            is_apart && is_unread(token) && !token.is_number()
        });
        let Some(at) = slash else {
            return;
        };
        let length = self.tokens[at..]
            .iter()
            .take_while(|token| is_unread(token))
            .count();
        self.release.other_title = self.text_of(at..at + length);
        self.give(at..at + length, Role::OtherTitle);
    }

    /// `T110 - Eiichiro Oda [CBR]`, `T41 Kentaro Miura [MOBI]`: people that are known.
    fn named_outside(&mut self) {
        let is_named = |token: &Token| {
            matches!(
                token.class,
                Class::Author | Class::Group | Class::Team(_) | Class::Publisher
            )
        };
        if !self.tokens[self.title_end..].iter().any(is_named) {
            return;
        }
        self.author_outside();
        self.group_outside();
        self.publisher_outside();
    }

    fn author_outside(&mut self) {
        let author = (self.title_end..self.tokens.len())
            .find(|at| self.is_free(*at, Class::Author))
            .filter(|_| self.release.authors.is_none());
        let Some(at) = author else {
            return;
        };
        let mut end = self.behind_phrase(at);
        while self.tokens.get(end).is_some_and(is_another_author) {
            end = self.behind_phrase(end);
        }
        self.authors(at..end);
    }

    fn group_outside(&mut self) {
        let group = (self.title_end..self.tokens.len())
            .rev()
            .find(|at| {
                let token = &self.tokens[*at];
                self.is_free(*at, Class::Group)
                    || matches!(token.class, Class::Team(_)) && token.group == 0
            })
            .filter(|_| self.release.group.is_none());
        if let Some(at) = group {
            let end = self.behind_phrase(at);
            self.release.group = Some(self.with_plus(at..end));
            self.give(at..end, Role::Group);
        }
    }

    fn publisher_outside(&mut self) {
        let publisher = (self.title_end..self.tokens.len())
            .find(|at| self.is_free(*at, Class::Publisher) && self.tokens[*at].gap.has(Gap::DASH))
            .filter(|_| self.release.publisher.is_none());
        let Some(at) = publisher else {
            return;
        };
        let end = self.behind_phrase(at);
        let closes = self.tokens.get(end).is_none_or(|next| {
            next.gap.has(Gap::DASH.or(Gap::BRACKET)) || next.class.is_loose_tag()
        });
        if closes {
            self.release.publisher = self.text_of(at..end);
            self.give(at..end, Role::Publisher);
        }
    }

    /// Outside brackets, and nothing was read from it.
    fn is_free(&self, at: usize, class: Class) -> bool {
        let token = &self.tokens[at];
        token.class == class && token.role == Role::Unread && token.group == 0
    }
}

/// Words, of which nothing was read, and that are neither a part nor an article.
fn may_be_people(tokens: &[Token]) -> bool {
    let Some(first) = tokens.first() else {
        return false;
    };
    let is_article = |token: &Token| matches!(token.class, Class::Article);
    tokens.iter().all(|token| token.role == Role::Unread)
        && !matches!(first.class, Class::Part | Class::Season)
        && !tokens.iter().all(Token::is_number)
        && !tokens.iter().all(is_article)
}

/// One more behind a comma or `&`.
fn is_another_author(token: &Token) -> bool {
    matches!(token.class, Class::Author)
        && token.group == 0
        && token.gap.has(Gap::COMMA.or(Gap::AMPERSAND))
}
