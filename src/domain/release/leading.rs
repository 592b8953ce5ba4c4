//! What stands in front of the title: `[CBZ] [FR]`, `Manga -`, `VIZ.Media-`, `HAJIME ISAYAMA :`, `04 -`. Pure.

use super::{
    Place, Reading, Role,
    lexicon::Class,
    numbers::What,
    token::{Gap, Token, is_opening},
};

/// No title has more in front of it.
const MOST_PREFIXES: usize = 12;

/// What parts a prefix from the title.
const PARTS: Gap = Gap::DASH.or(Gap::COLON).or(Gap::PIPE);

impl Reading<'_> {
    /// Finds the first token of the title, and whether a number at the front is the volume.
    pub fn find_start(&mut self) {
        if self
            .tokens
            .get(self.title_start)
            .is_some_and(|token| token.role == Role::Series)
            && !self.hints.titles.is_empty()
        {
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
        let first = self.expressions.iter().find(|found| {
            found.first >= from && found.what != What::Bare && found.what != What::Bracketed
        });
        let end = first.map_or(self.tokens.len(), |found| found.first);
        // Behind nothing but tags, a bracket may be the title.
        let tags_before = self.tokens[..from]
            .iter()
            .all(|token| token.class.is_loose_tag() || matches!(token.class, Class::Continued));
        self.tokens
            .get(from..end)
            .unwrap_or_default()
            .iter()
            .any(|token| {
                let word = !token.is_number()
                    && !token.class.is_loose_tag()
                    && !matches!(
                        token.class,
                        Class::Continued | Class::Author | Class::Publisher
                    );
                word && (token.group == 0 || tags_before)
                    || token.role == Role::Series
                    || token.is_number()
                        && token.group == 0
                        && token.start == self.tokens[from].start
                        && first.is_some()
            })
    }

    /// `www.example.com - `, `www.example.com_`.
    fn past_site(&self, at: usize) -> Option<usize> {
        let www = self.tokens[at].text(self.name).eq_ignore_ascii_case("www");
        let dotted = self.tokens[at + 1..]
            .iter()
            .take(4)
            .take_while(|token| token.gap == Gap::DOT)
            .count();
        (www && dotted > 0).then_some(at + 1 + dotted)
    }

    /// `2022-04 - Title`, `2019 - Title`.
    fn past_date(&self, at: usize) -> Option<usize> {
        let recent = self.is_year(at) && self.tokens[at].value >= Some(1990);
        let month = self
            .tokens
            .get(at + 1)
            .is_some_and(|month| month.digits == 2 && month.gap == Gap::DASH);
        let end = at + 1 + usize::from(month);
        let apart = self.tokens.get(end).is_some_and(|behind| {
            behind.gap.has(Gap::DASH) && behind.gap.has(Gap::SPACE) && !behind.is_number()
        });
        (recent && apart).then_some(end)
    }

    /// `Intégrale Kid Paddle 15 tomes`, `scan Kingdom 745`.
    fn past_whole(&self, at: usize) -> Option<usize> {
        let token = &self.tokens[at];
        let whole = match token.class {
            Class::Integrale => token.end - token.start > 3,
            Class::LooseOrigin(_) => token.text(self.name).to_lowercase().starts_with("scan"),
            Class::Noise => token.text(self.name).eq_ignore_ascii_case("coffret"),
            _ => false,
        };
        let end = self.behind_phrase(at);
        let word = self.tokens.get(end).is_some_and(|next| {
            next.gap.only(Gap::SOFT)
                && !next.is_number()
                && matches!(next.class, Class::Plain | Class::Article | Class::Author)
        });
        (whole && word).then_some(end)
    }

    /// `[CBZ]`, `[Team]`, `(Auteur)`; a bracket with nothing behind it is the title.
    fn past_bracket(&mut self, at: usize) -> Option<usize> {
        let end = self.group_end(at);
        // `(03) Chick Bill`.
        if end < self.tokens.len()
            && self.tokens[end].group == 0
            && self.tokens[at..end].iter().all(Token::is_number)
            && self.has_title(end)
        {
            return Some(end);
        }
        if end >= self.tokens.len()
            || self.expressions.iter().any(|found| {
                found.what != What::Bare
                    && (at..end).contains(&found.first)
                    && !self.is_release_note(at, end)
            })
        {
            return None;
        }
        let number = self
            .expressions
            .iter()
            .find(|found| found.first >= end)
            .map_or(self.tokens.len(), |found| found.first);
        let has_words = self.tokens[end..number]
            .iter()
            .take_while(|token| token.group == 0)
            .any(|token| {
                !token.is_number()
                    && !token.class.is_loose_tag()
                    && !matches!(token.class, Class::Continued)
            });
        let group_follows = self.tokens[end].group > 0;
        let directly = self.tokens[end].gap.has(Gap::APOSTROPHE)
            || is_glued_after(self.name, &self.tokens[end]);
        let skipped = has_words && !directly || group_follows && self.has_title(end);
        let team = self.tokens[at..end].iter().any(|token| {
            !token.is_number()
                && matches!(token.class, Class::Plain | Class::Group | Class::Team(_))
        });
        if skipped && team {
            let people = if self.is_east_asian(at, end) {
                Role::Authors
            } else {
                Role::Group
            };
            self.give(at..end, people);
            let origin = self.tokens[at..end]
                .iter()
                .find_map(|token| match token.class {
                    Class::Team(origin) => Some(origin),
                    _ => None,
                });
            self.release.origin = origin.unwrap_or_default();
        }
        skipped.then_some(end)
    }

    /// `[MAJ T18]`: a note about the release, whose number is no volume of it.
    fn is_release_note(&self, at: usize, end: usize) -> bool {
        self.tokens[at..end].iter().any(|token| {
            matches!(
                token.text(self.name),
                "MAJ" | "maj" | "Maj" | "PACK" | "Pack"
            )
        })
    }

    /// `Manga -`, `BD.FR.-.`, `FR - `.
    fn past_tags(&self, at: usize) -> Option<usize> {
        let length = self.tokens[at..]
            .iter()
            .take_while(|token| {
                token.group == 0
                    && (token.class.is_loose_tag() || matches!(token.class, Class::Continued))
            })
            .count();
        (1..=length).map(|length| at + length).find(|end| {
            self.tokens.get(*end).is_some_and(|behind| {
                behind.gap.has(PARTS) && !self.is_inner_dash(*end)
                    || behind.gap.has(Gap::OPEN)
                        && self.has_title(*end)
                        && matches!(self.tokens[at].class, Class::Medium)
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
        let roman = second
            .text(self.name)
            .bytes()
            .all(|letter| matches!(letter, b'I' | b'V' | b'X'));
        let words = !roman
            && !first.is_number()
            && !second.is_number()
            && second.gap == Gap::SPACE
            && first.group == 0;
        let apart = behind.gap.has(Gap::COLON.or(Gap::DASH))
            && behind.gap.has(Gap::SPACE)
            && self.name[..behind.start as usize].ends_with(' ');
        let long = |token: &Token| token.end - token.start >= 3;
        let one = first.capitals != second.capitals
            && long(if first.capitals { first } else { second })
            && long(first)
            && long(second);
        let title_is_not =
            !behind.is_number() && !behind.capitals && matches!(behind.class, Class::Plain);
        let both = first.capitals
            && second.capitals
            && behind.gap.has(Gap::COLON)
            && title_is_not
            && long(first)
            && long(second);
        (words && apart && (one && title_is_not || both)).then_some(at + 2)
    }

    /// `04 - Asterix`, `03. Title`, `03b. Title`, `03 Title`: the volume when nothing better is there, and never part of the title.
    fn past_number(&mut self, at: usize) -> Option<usize> {
        let found = *self.expressions.iter().find(|found| found.first == at)?;
        let token = &self.tokens[at];
        if token.group > 0
            || self.hints.place == Place::Folder
            || !matches!(found.what, What::Bare | What::Issue)
            || token.digits > 3 && found.what == What::Bare
        {
            return None;
        }
        let behind = self.tokens.get(found.end)?;
        let padded = self.name[token.start as usize..].starts_with('0');
        let spaced_dash = behind.gap.has(Gap::DASH.or(Gap::COLON)) && behind.gap.has(Gap::SOFT);
        let dot = behind.gap == Gap::DOT.or(Gap::SPACE) || behind.gap.has(Gap::CLOSE);
        let closed = spaced_dash
            || dot
            || found.what == What::Issue
            || padded && token.digits <= 3 && behind.gap.only(Gap::SOFT.or(Gap::DASH));
        let better = self.expressions.iter().any(|other| {
            other.first > at
                && !matches!(
                    other.what,
                    What::Bare | What::Issue | What::Weak | What::Specials
                )
        });
        // `100 - T05` and `7 - Shakespeares T03`: a number without padding may be the title.
        if !closed
            || better && !padded && !spaced_dash && !dot
            || !self.has_title(found.end) && self.hints.place == Place::Alone
        {
            return None;
        }
        self.leads = !better || self.hints.place == Place::InSeries;
        Some(found.end)
    }
}

/// No space between a bracket and the word behind it: `[Oshi]no Ko`.
fn is_glued_after(name: &str, token: &Token) -> bool {
    name[..token.start as usize]
        .chars()
        .next_back()
        .is_some_and(|before| !before.is_whitespace() && is_opening(before))
}
