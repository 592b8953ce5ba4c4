//! What stands in front of the title: `[CBZ] [FR]`, `Manga -`, `VIZ.Media-`, `HAJIME ISAYAMA :`, `04 -`. Pure.

use std::ops::Range;

use super::{
    Origin, Place, Reading, Role,
    class::Class,
    numbers::What,
    token::{Gap, Token, begins_with, is_opening},
};

/// No title has more in front of it.
const MOST_PREFIXES: usize = 12;

/// No release is dated by an earlier year: such a one is a title.
const FIRST_DATED: u32 = 1990;

/// What parts a prefix from the title.
const PARTS: Gap = Gap::DASH.or(Gap::COLON).or(Gap::PIPE);

impl Reading<'_> {
    /// Finds the first token of the title, and whether a number at the front is the volume.
    pub fn find_start(&mut self) {
        let is_known = self
            .tokens
            .get(self.title_start)
            .is_some_and(|token| token.role == Role::Series);
        if is_known && !self.hints.titles.is_empty() {
            return;
        }
        let mut at = 0;
        for _ in 0..MOST_PREFIXES {
            let next = self.past_prefix(at);
            if next == at {
                break;
            }
            at = next;
        }
        self.title_start = at;
    }

    fn past_prefix(&mut self, at: usize) -> usize {
        let Some(token) = self.tokens.get(at) else {
            return at;
        };
        if token.role != Role::Unread {
            return at;
        }
        let next = if token.group > 0 {
            self.past_bracket(at)
        } else {
            None.or_else(|| self.past_site(at))
                .or_else(|| self.past_date(at))
                .or_else(|| self.past_tags(at))
                .or_else(|| self.past_whole(at))
                .or_else(|| self.past_publisher(at))
                .or_else(|| self.past_author(at))
        };
        next.filter(|next| self.has_title(*next))
            .or_else(|| self.past_number(at))
            .unwrap_or(at)
    }

    /// A word that can be a title stands outside brackets before the first marked number, or in the next bracket.
    fn has_title(&self, from: usize) -> bool {
        let marked = self.expressions.iter().find(|found| {
            found.first >= from && !matches!(found.what, What::Bare | What::Bracketed)
        });
        let end = marked.map_or(self.tokens.len(), |found| found.first);
        // `7 - Shakespeares T03`: a number in front may be the title.
        let leads = |at: usize, token: &Token| at == 0 && token.group == 0 && marked.is_some();
        // Behind nothing but tags, a bracket may be the title.
        let is_behind_tags = self.tokens[..from]
            .iter()
            .all(|token| says_only_a_tag(token.class));
        let rest = self.tokens.get(from..end).unwrap_or_default();
        rest.iter().enumerate().any(|(at, token)| {
            if token.role == Role::Series {
                return true;
            }
            if token.is_number() {
                return leads(at, token);
            }
            may_be_title(token.class) && (token.group == 0 || is_behind_tags)
        })
    }

    /// `www.example.com - `, `www.example.com_`.
    fn past_site(&self, at: usize) -> Option<usize> {
        if !self.tokens[at].text(self.name).eq_ignore_ascii_case("www") {
            return None;
        }
        let dotted = self.tokens[at + 1..]
            .iter()
            .take(4)
            .take_while(|token| token.gap == Gap::DOT)
            .count();
        (dotted > 0).then_some(at + 1 + dotted)
    }

    /// `2022-04 - Title`, `2019 - Title`.
    fn past_date(&self, at: usize) -> Option<usize> {
        if !self.is_year(at) || self.tokens[at].value < Some(FIRST_DATED) {
            return None;
        }
        let has_month = self
            .tokens
            .get(at + 1)
            .is_some_and(|month| month.digits == 2 && month.gap == Gap::DASH);
        let end = at + 1 + usize::from(has_month);
        let behind = self.tokens.get(end)?;
        (behind.gap.has_dash_apart() && !behind.is_number()).then_some(end)
    }

    /// `Intégrale Kid Paddle 15 tomes`, `scan Kingdom 745`.
    fn past_whole(&self, at: usize) -> Option<usize> {
        let token = &self.tokens[at];
        let is_whole = match token.class {
            Class::Integrale => token.length() > 3,
            Class::LooseOrigin(_) => begins_with(token.text(self.name), "scan"),
            Class::Box => true,
            _ => false,
        };
        if !is_whole {
            return None;
        }
        let end = self.behind_phrase(at);
        let behind = self.tokens.get(end)?;
        let is_word = !behind.is_number()
            && matches!(behind.class, Class::Plain | Class::Article | Class::Author);
        (is_word && behind.is_beside()).then_some(end)
    }

    /// `[CBZ]`, `[Team]`, `(Auteur)`; a bracket with nothing behind it is the title.
    fn past_bracket(&mut self, at: usize) -> Option<usize> {
        let end = self.group_end(at);
        let behind = self.tokens.get(end)?;
        // `(03) Chick Bill`.
        let is_number = self.tokens[at..end].iter().all(Token::is_number);
        if is_number && behind.group == 0 && self.has_title(end) {
            return Some(end);
        }
        if self.holds_a_number(at, end) || !self.is_in_front_of_title(end) {
            return None;
        }
        let is_team = self.tokens[at..end].iter().any(|token| {
            !token.is_number()
                && matches!(token.class, Class::Plain | Class::Group | Class::Team(_))
        });
        if is_team {
            self.team_in_front(at..end);
        }
        Some(end)
    }

    /// Volumes or chapters, not only those of a note.
    fn holds_a_number(&self, at: usize, end: usize) -> bool {
        let holds_some = self
            .expressions
            .iter()
            .any(|found| found.what != What::Bare && (at..end).contains(&found.first));
        holds_some && !self.is_release_note(at, end)
    }

    /// Words follow the bracket that ends there, or another bracket that may be the title.
    fn is_in_front_of_title(&self, end: usize) -> bool {
        let behind = &self.tokens[end];
        let number = self
            .expressions
            .iter()
            .find(|found| found.first >= end)
            .map_or(self.tokens.len(), |found| found.first);
        let has_words = self.tokens[end..number]
            .iter()
            .take_while(|token| token.group == 0)
            .any(|token| !token.is_number() && !says_only_a_tag(token.class));
        let is_joined = behind.gap.has(Gap::APOSTROPHE) || is_glued_after(self.name, behind);
        has_words && !is_joined || behind.group > 0 && self.has_title(end)
    }

    /// A group, or the author of an East Asian title; a team may say where its copies come from.
    fn team_in_front(&mut self, bracket: Range<usize>) {
        let origin = self.tokens[bracket.clone()]
            .iter()
            .find_map(|token| match token.class {
                Class::Team(origin) => Some(origin),
                _ => None,
            });
        if self.release.origin == Origin::Unknown {
            self.release.origin = origin.unwrap_or_default();
        }
        let role = if self.is_east_asian(bracket.start, bracket.end) {
            Role::Authors
        } else {
            Role::Group
        };
        self.give(bracket, role);
    }

    /// `[MAJ T18]`: a note about the release, whose number is no volume of it.
    fn is_release_note(&self, at: usize, end: usize) -> bool {
        self.tokens[at..end]
            .iter()
            .any(|token| names_a_note(token.text(self.name)))
    }

    /// `Manga -`, `BD.FR.-.`, `FR - `.
    fn past_tags(&self, at: usize) -> Option<usize> {
        let length = self.tokens[at..]
            .iter()
            .take_while(|token| token.group == 0 && says_only_a_tag(token.class))
            .count();
        let is_medium = matches!(self.tokens[at].class, Class::Medium);
        (at + 1..=at + length).find(|end| {
            self.tokens.get(*end).is_some_and(|behind| {
                behind.gap.has(PARTS) && !self.is_inner_dash(*end)
                    || is_medium && behind.gap.has(Gap::OPEN) && self.has_title(*end)
            })
        })
    }

    /// A dash between words without spaces, in a name with spaces: `Manga-ka`.
    fn is_inner_dash(&self, at: usize) -> bool {
        self.tokens[at].gap == Gap::DASH
            && self.spaced
            && !self.name[..self.tokens[at].start as usize].contains(' ')
            && self.tokens[at]
                .text(self.name)
                .starts_with(char::is_lowercase)
    }

    /// `VIZ.Media-`, `DC.Comics-`, `Marvel - `, `Seven.Seas.Entertainment.`.
    fn past_publisher(&mut self, at: usize) -> Option<usize> {
        if !matches!(self.tokens[at].class, Class::Publisher) {
            return None;
        }
        let end = self.behind_phrase(at);
        let behind = self.tokens.get(end)?;
        let dotted = end > at + 1 && behind.gap == Gap::DOT;
        if !behind.gap.has(Gap::DASH.or(Gap::COLON)) && !dotted || !self.has_title(end) {
            return None;
        }
        self.give(at..end, Role::Publisher);
        Some(end)
    }

    /// `HAJIME ISAYAMA :`, `URASAWA NAOKI -`, and `YUKIMURA Makoto :` by how it is written.
    fn past_author(&mut self, at: usize) -> Option<usize> {
        let end = if matches!(self.tokens[at].class, Class::Author) {
            self.behind_phrase(at)
        } else {
            self.past_written_author(at)?
        };
        let behind = self.tokens.get(end)?;
        if !behind.gap.has(PARTS) || !self.has_title(end) {
            return None;
        }
        self.give(at..end, Role::Authors);
        Some(end)
    }

    /// Two words before a colon or dash of which just one is in capitals (`YUKIMURA Makoto`), or both are and the title is not.
    fn past_written_author(&self, at: usize) -> Option<usize> {
        let [first, second, behind, ..] = self.tokens.get(at..)? else {
            return None;
        };
        let is_apart = behind.gap.has(Gap::COLON.or(Gap::DASH))
            && behind.gap.has(Gap::SPACE)
            && self.name[..behind.start as usize].ends_with(' ');
        let title_is_small =
            !behind.is_number() && !behind.capitals && matches!(behind.class, Class::Plain);
        if !is_apart || !title_is_small || !self.are_two_names(first, second) {
            return None;
        }
        let is_one_in_capitals = first.capitals != second.capitals;
        let are_both = first.capitals && second.capitals && behind.gap.has(Gap::COLON);
        (is_one_in_capitals || are_both).then_some(at + 2)
    }

    /// Words of three letters at least, outside brackets, of which the second is no roman numeral.
    fn are_two_names(&self, first: &Token, second: &Token) -> bool {
        let is_name = |token: &Token| !token.is_number() && token.length() >= 3;
        is_name(first)
            && is_name(second)
            && first.group == 0
            && second.gap == Gap::SPACE
            && !second
                .text(self.name)
                .bytes()
                .all(|letter| matches!(letter, b'I' | b'V' | b'X'))
    }

    /// `04 - Asterix`, `03. Title`, `03b. Title`, `03 Title`: the volume when nothing better is there, and never part of the title.
    fn past_number(&mut self, at: usize) -> Option<usize> {
        if self.hints.place == Place::Folder || self.tokens[at].group > 0 {
            return None;
        }
        let found = *self.expressions.iter().find(|found| found.first == at)?;
        let (token, behind) = (&self.tokens[at], self.tokens.get(found.end)?);
        let may_lead = match found.what {
            What::Issue => true,
            What::Bare => token.digits <= 3,
            _ => false,
        };
        if !may_lead {
            return None;
        }
        let is_padded = self.is_padded(token);
        let is_parted = behind.gap.has(Gap::DASH.or(Gap::COLON)) && behind.gap.has(Gap::SOFT)
            || behind.gap == Gap::DOT.or(Gap::SPACE)
            || behind.gap.has(Gap::CLOSE);
        let is_number_like = found.what == What::Issue
            || is_padded && token.digits <= 3 && behind.gap.only(Gap::SOFT.or(Gap::DASH));
        let has_better = self.has_better_number(at);
        // `100 - T05` and `7 - Shakespeares T03`: a number without padding may be the title.
        let may_be_title = has_better && !is_padded && !is_parted;
        if !(is_parted || is_number_like)
            || may_be_title
            || self.hints.place == Place::Alone && !self.has_title(found.end)
        {
            return None;
        }
        self.leads = !has_better || self.hints.place == Place::InSeries;
        Some(found.end)
    }

    /// Behind the number at the front stands one with a marker.
    fn has_better_number(&self, at: usize) -> bool {
        self.expressions.iter().any(|other| {
            other.first > at
                && !matches!(
                    other.what,
                    What::Bare | What::Issue | What::Weak | What::Specials
                )
        })
    }
}

/// A word of a tag, also the rest of a phrase.
fn says_only_a_tag(class: Class) -> bool {
    class.is_loose_tag() || matches!(class, Class::Continued)
}

fn may_be_title(class: Class) -> bool {
    !says_only_a_tag(class) && !matches!(class, Class::Author | Class::Publisher)
}

/// Of the release: updated, or a pack.
fn names_a_note(word: &str) -> bool {
    ["maj", "pack"]
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known))
}

/// No space between a bracket and the word behind it: `[Oshi]no Ko`.
fn is_glued_after(name: &str, token: &Token) -> bool {
    name[..token.start as usize]
        .chars()
        .next_back()
        .is_some_and(|before| !before.is_whitespace() && is_opening(before))
}
