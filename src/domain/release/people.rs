//! Authors, publisher and release group: names in brackets, behind a dash, or at the end. Pure.

use smallvec::SmallVec;

use super::{
    Reading, Role,
    lexicon::Class,
    token::{Gap, Token, is_closing, is_opening},
};

/// No name has more that are not read yet.
const MOST_BRACKETS: usize = 32;

impl<'a> Reading<'a> {
    /// Reads what is left over.
    pub fn read_people(&mut self) {
        self.people_in_front();
        self.scene_group();
        let groups = self.unread_brackets();
        self.brackets(&groups);
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
            let length = self.tokens[first..]
                .iter()
                .take_while(|token| token.role == role && token.group == self.tokens[first].group)
                .count();
            let (from, to) = (
                self.tokens[first].start as usize,
                self.tokens[first + length - 1].end as usize,
            );
            match role {
                Role::Authors => self.release.authors = self.joined(&[(from, to)], None),
                Role::Publisher => self.release.publisher = self.joined(&[(from, to)], None),
                _ => self.release.group = Some(self.bracketed(from, to)),
            }
        }
    }

    /// The text of a bracket, with the signs around its words.
    fn bracketed(&self, from: usize, to: usize) -> &'a str {
        let name: &'a str = self.name;
        let start = name[..from].rfind(is_opening).map_or(from, |at| {
            at + name[at..].chars().next().map_or(1, char::len_utf8)
        });
        let end = name[to..].find(is_closing).map_or(name.len(), |at| to + at);
        let outside = name[start..from].contains(char::is_alphanumeric);
        name[if outside { from } else { start }..end].trim()
    }

    /// `eBook-TONER`, `FR-NOTAG`: behind the last dash of a name without spaces.
    fn scene_group(&mut self) {
        let last = self.tokens.iter().rposition(|token| {
            !(matches!(token.role, Role::Format | Role::NotABook)
                && token.gap == Gap::DOT
                && token.end as usize == self.name.len())
        });
        let Some(last) = last.filter(|last| self.tokens[*last].group == 0) else {
            return;
        };
        let start = (0..=last).rev().find(|at| {
            self.tokens[*at]
                .gap
                .has(Gap::DASH.or(Gap::BRACKET).or(Gap::SPACE))
        });
        let Some(mut start) = start.filter(|start| *start > self.title_start) else {
            return;
        };
        let follows_tag = |at: usize| {
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
        };
        // `eBook-NEO.RIP-Club`: the dash behind the last tag is the first of the name.
        while start > 1
            && !follows_tag(start)
            && self.tokens[start - 1].role == Role::Unread
            && start > self.title_start
        {
            start -= 1;
        }
        let dash = self.tokens[start].gap.has(Gap::DASH);
        let spaced = self.tokens[start].gap.has(Gap::SPACE);
        let known = |token: &Token| {
            matches!(token.role, Role::Unread | Role::Noise | Role::NotABook)
                && !matches!(token.class, Class::Continued)
        };
        let unread = self.tokens[start..=last].iter().all(known);
        let short = !spaced
            || last == start
                && (self.tokens[start].capitals
                    || matches!(self.tokens[start].class, Class::Group | Class::Noise));
        if dash && unread && follows_tag(start) && short {
            let (from, to) = (
                self.tokens[start].start as usize,
                self.tokens[last].end as usize,
            );
            self.release.group = Some(self.with_plus(from, to));
            for token in &mut self.tokens[start..=last] {
                token.role = Role::Group;
            }
        }
    }

    fn with_plus(&self, from: usize, to: usize) -> &'a str {
        let name: &'a str = self.name;
        let plus = name[to..]
            .bytes()
            .take_while(|letter| *letter == b'+')
            .count();
        name[from..to + plus].trim()
    }

    /// The brackets of which nothing was read, each as a range of tokens.
    fn unread_brackets(&self) -> SmallVec<[std::ops::Range<usize>; 4]> {
        let mut groups = SmallVec::new();
        let mut at = 0;
        while at < self.tokens.len() && groups.len() < MOST_BRACKETS {
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
            let words = self.tokens[from..end]
                .iter()
                .any(|token| !token.is_number());
            let part = matches!(self.class(from), Class::Part | Class::Season)
                || self.tokens[from..end]
                    .iter()
                    .all(|token| matches!(token.class, Class::Article));
            if words
                && !part
                && self.tokens[from..end]
                    .iter()
                    .all(|token| token.role == Role::Unread)
            {
                groups.push(from..end);
            }
            at = end;
        }
        groups
    }

    /// `(Miura) (2004) [Digital-1920] (PapriKa+)`: authors stand before the year and the tags, the group behind them.
    fn brackets(&mut self, groups: &[std::ops::Range<usize>]) {
        for (place, group) in groups.iter().enumerate() {
            let (from, to) = (
                self.tokens[group.start].start as usize,
                self.tokens[group.end - 1].end as usize,
            );
            let class = self.class(group.start);
            let last = place + 1 == groups.len();
            let tags_before = self.tokens[..group.start].iter().any(|token| {
                let tag = matches!(
                    token.role,
                    Role::Year | Role::Origin | Role::Format | Role::Language | Role::Publisher
                );
                token.group > 0 && tag && token.start >= self.tokens[self.title_start].start
            });
            let has_class = |wanted: fn(Class) -> bool| {
                self.tokens[group.clone()]
                    .iter()
                    .any(|token| wanted(token.class))
            };
            let team = has_class(|class| matches!(class, Class::Group | Class::Team(_)))
                || self.tokens[group.start]
                    .text(self.name)
                    .eq_ignore_ascii_case("team");
            let before_number =
                group.end <= self.number_start && self.number_start < self.tokens.len();
            let scanlated = self.name[..from].ends_with('[') && !self.release.chapters.is_empty();
            if matches!(class, Class::Publisher) && self.behind_phrase(group.start) == group.end {
                let publisher = self.joined(&[(from, to)], None);
                self.release.publisher = self.release.publisher.take().or(publisher);
                self.give(group.clone(), Role::Publisher);
            } else if has_class(|class| matches!(class, Class::Author)) && !team {
                self.authors(group.clone());
            } else if (team || (tags_before || scanlated) && last) && self.release.group.is_none() {
                self.release.group = Some(self.bracketed(from, to));
                self.give(group.clone(), Role::Group);
            } else if before_number && group.len() >= 2 && !self.is_hyphenated_pair(group) {
                if self.release.other_title.is_none() {
                    self.release.other_title = self.joined(&[(from, to)], None);
                    self.give(group.clone(), Role::OtherTitle);
                }
            } else if self.release.authors.is_none()
                && self.release.not_a_book.is_none()
                && (!tags_before || !last)
                && self.looks_like_people(group)
            {
                self.authors(group.clone());
            }
        }
    }

    /// `(Arleston-Tota)`.
    fn is_hyphenated_pair(&self, group: &std::ops::Range<usize>) -> bool {
        let joined = self.tokens[group.start + 1..group.end]
            .iter()
            .all(|token| token.gap == Gap::DASH);
        joined
            && self.tokens[group.clone()]
                .iter()
                .all(|token| token.text(self.name).starts_with(char::is_uppercase))
    }

    /// Whether the bracket from `at` to `end` names people or a group rather than a title.
    pub fn is_people(&self, at: usize, end: usize) -> bool {
        self.tokens[at..end]
            .iter()
            .any(|token| matches!(token.class, Class::Author | Class::Group))
    }

    /// A bracket in front of such a title names its author.
    pub fn is_east_asian(&self, at: usize, end: usize) -> bool {
        let (from, to) = (
            self.tokens[at].start as usize,
            self.tokens[end - 1].end as usize,
        );
        self.name[from..to]
            .chars()
            .any(|letter| letter >= '\u{3040}')
    }

    /// At most six words and no digits, behind the title.
    fn looks_like_people(&self, group: &std::ops::Range<usize>) -> bool {
        let words = self.tokens[group.clone()]
            .iter()
            .all(|token| !token.is_number() && !token.class.is_tag());
        let capital = self.tokens[group.start]
            .text(self.name)
            .starts_with(|letter: char| !letter.is_lowercase());
        words && group.len() <= 6 && capital && group.start >= self.title_end
    }

    fn authors(&mut self, group: std::ops::Range<usize>) {
        let pieces = [(
            self.tokens[group.start].start as usize,
            self.tokens[group.end - 1].end as usize,
        )];
        let authors = self.joined(&pieces, None);
        self.release.authors = self.release.authors.take().or(authors);
        self.give(group, Role::Authors);
    }

    /// `T110 - Eiichiro Oda [CBR]`, `T41 Kentaro Miura [MOBI]`: people that are known.
    fn named_outside(&mut self) {
        self.title_behind_number();
        let named = |token: &Token| {
            matches!(
                token.class,
                Class::Author | Class::Group | Class::Team(_) | Class::Publisher
            )
        };
        if !self.tokens[self.title_end..].iter().any(named) {
            return;
        }
        let known = |token: &Token, class: Class| {
            token.class == class && token.role == Role::Unread && token.group == 0
        };
        let author =
            (self.title_end..self.tokens.len()).find(|at| known(&self.tokens[*at], Class::Author));
        if let Some(at) = author.filter(|_| self.release.authors.is_none()) {
            let mut end = self.behind_phrase(at);
            while known_author(self.tokens.get(end)) {
                end = self.behind_phrase(end);
            }
            self.authors(at..end);
        }
        let group = (self.title_end..self.tokens.len()).rev().find(|at| {
            known(&self.tokens[*at], Class::Group)
                || matches!(self.class(*at), Class::Team(_)) && self.tokens[*at].group == 0
        });
        if let Some(at) = group.filter(|_| self.release.group.is_none()) {
            let end = self.behind_phrase(at);
            self.release.group = Some(self.with_plus(
                self.tokens[at].start as usize,
                self.tokens[end - 1].end as usize,
            ));
            self.give(at..end, Role::Group);
        }
        let publisher = (self.title_end..self.tokens.len()).find(|at| {
            known(&self.tokens[*at], Class::Publisher) && self.tokens[*at].gap.has(Gap::DASH)
        });
        if let Some(at) = publisher.filter(|_| self.release.publisher.is_none()) {
            let end = self.behind_phrase(at);
            let closes = self.tokens.get(end).is_none_or(|next| {
                next.gap.has(Gap::DASH.or(Gap::BRACKET)) || next.class.is_loose_tag()
            });
            if closes {
                let pieces = [(
                    self.tokens[at].start as usize,
                    self.tokens[end - 1].end as usize,
                )];
                self.release.publisher = self.joined(&pieces, None);
                self.give(at..end, Role::Publisher);
            }
        }
    }

    /// `L'ATTAQUE DES TITANS T34 / SHINGEKI NO KYOJIN`.
    fn title_behind_number(&mut self) {
        if !self.gaps.has(Gap::SLASH) {
            return;
        }
        let slash = (self.number_start..self.tokens.len()).find(|at| {
            let token = &self.tokens[*at];
            token.gap.has(Gap::SLASH)
                && token.gap.has(Gap::SPACE)
                && token.group == 0
                && token.role == Role::Unread
                && !token.is_number()
        });
        let Some(at) = slash.filter(|_| self.release.other_title.is_none()) else {
            return;
        };
        let length = self.tokens[at..]
            .iter()
            .take_while(|token| token.group == 0 && token.role == Role::Unread)
            .count();
        let pieces = [(
            self.tokens[at].start as usize,
            self.tokens[at + length - 1].end as usize,
        )];
        self.release.other_title = self.joined(&pieces, None);
        self.give(at..at + length, Role::OtherTitle);
    }
}

/// One more behind a comma or `&`.
fn known_author(token: Option<&Token>) -> bool {
    token.is_some_and(|token| {
        matches!(token.class, Class::Author)
            && token.group == 0
            && token.gap.has(Gap::COMMA.or(Gap::AMPERSAND))
    })
}
