//! The series title: what stands before the number and the tags, without what is not part of it. Pure.
//!
//! Where it ends is in [`end`]; how its text is cleaned in [`text`].

mod end;
mod text;

use smallvec::SmallVec;

use super::{
    Place, Reading, Role,
    class::Class,
    token::{Gap, Token},
};

/// Between two titles of one series.
const TITLES: Gap = Gap::PIPE.or(Gap::SLASH);

/// Byte offsets of parts of a name.
type Pieces = SmallVec<[(usize, usize); 2]>;

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
        self.title_end = self.title_end.min(end);
    }

    /// Where a title ends that was known before.
    fn known_end(&self) -> Option<usize> {
        if self.hints.place != Place::InSeries {
            return None;
        }
        let length = self.tokens[self.title_start..]
            .iter()
            .take_while(|token| token.role == Role::Series)
            .count();
        (length > 0).then_some(self.title_start + length)
    }

    /// In a bracket that is not the title itself, and not a part of a word as in `Uchronie(s)`.
    fn is_bracket(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        if token.group == 0 || token.group == self.tokens[self.title_start].group {
            return false;
        }
        let is_within_word = token.gap == Gap::OPEN
            && token.length() <= 2
            && !token.is_number()
            && self.group_end(at) == at + 1;
        !is_within_word
    }

    /// `(L')`, `[Le]`.
    fn is_article(&self, at: usize, behind: usize) -> bool {
        let is_article = |token: &Token| {
            matches!(token.class, Class::Article) || token.is_letter(self.name, b'a')
        };
        behind - at <= 2 && self.tokens[at..behind].iter().all(is_article)
    }

    /// The parts of the title, and an article that was put behind it.
    fn pieces(&mut self, end: usize) -> (Pieces, Option<&'a str>) {
        let (mut pieces, mut article) = (Pieces::new(), None);
        let mut piece: Option<(usize, usize)> = None;
        let mut at = self.title_start;
        while at < end {
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
            if self.parts_titles(at) {
                self.second_title(at, end);
                break;
            }
            if at + 1 == end && self.is_article_behind(at) {
                article = Some(self.with_apostrophe(at, end));
                break;
            }
            let (start, behind) = self.bytes(at..at + 1);
            piece = Some((piece.map_or(start, |piece| piece.0), behind));
            self.give(at..at + 1, Role::Series);
            at += 1;
        }
        pieces.extend(piece);
        (pieces, article)
    }

    /// `Grand vide, Le`.
    fn is_article_behind(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        at > self.title_start && matches!(token.class, Class::Article) && token.gap.has(Gap::COMMA)
    }

    /// ` / ` and ` | `, not `1/2` or `Fate/Zero`.
    fn parts_titles(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        let is_apart = token.gap.has(TITLES) && token.gap.has(Gap::SPACE.or(Gap::DOT));
        if !is_apart || at == self.title_start {
            return false;
        }
        let before = self.tokens[at - 1].end as usize;
        let between = &self.name[before..token.start as usize];
        between.contains(['|', '｜']) || between.trim() == "/" && between.len() > 2
    }

    /// With the apostrophe behind it: `L'`.
    fn with_apostrophe(&self, at: usize, behind: usize) -> &'a str {
        let name: &'a str = self.name;
        let (start, end) = self.bytes(at..behind);
        let apostrophe = name[end..]
            .chars()
            .next()
            .filter(|next| matches!(next, '\'' | '’'));
        &name[start..end + apostrophe.map_or(0, char::len_utf8)]
    }

    fn second_title(&mut self, at: usize, end: usize) {
        let stop = (at + 1..end)
            .find(|stop| self.tokens[*stop].gap.has(Gap::BRACKET.or(Gap::PIPE)))
            .unwrap_or(end);
        self.release.other_title = self.text_of(at..stop);
        self.give(at..stop, Role::OtherTitle);
    }

    /// Text in brackets behind the title, before the number.
    fn other_title(&mut self, at: usize, behind: usize) {
        let tokens = &self.tokens[at..behind];
        let words = tokens.iter().filter(|token| !token.is_number());
        let is_title = words.clone().count() >= 2
            && !words.clone().any(|token| is_no_title(token.class))
            && tokens.iter().all(|token| token.role == Role::Unread)
            && !self.is_people(at, behind);
        if is_title && self.release.other_title.is_none() {
            self.release.other_title = self.text_of(at..behind);
            self.give(at..behind, Role::OtherTitle);
        }
    }
}

/// Its bracket holds something else.
fn is_no_title(class: Class) -> bool {
    class.is_tag()
        || matches!(
            class,
            Class::Author
                | Class::Group
                | Class::Publisher
                | Class::Medium
                | Class::Novel
                | Class::Digital
                | Class::Part
                | Class::Season
        )
}
