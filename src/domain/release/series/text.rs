//! The text of a title: which signs around it belong to it, and with spaces where dots and underscores stand for them. Pure.

use std::{borrow::Cow, ops::Range};

use super::Reading;
use crate::domain::release::token::{is_closing, is_opening};

/// Words that a dot behind them shortens.
fn is_short_form(word: &str) -> bool {
    matches!(
        word,
        "Ltd" | "Co" | "Jr" | "Dr" | "St" | "vs" | "Inc" | "Mr" | "Bros" | "etc"
    )
}

/// Signs in front of a title that belong to it.
fn is_sign_in_front(letter: char) -> bool {
    matches!(
        letter,
        '¿' | '¡' | '#' | '@' | '$' | '«' | '“' | '"' | '「' | '『' | '○'
    )
}

/// Signs behind a title that belong to it.
fn is_sign_behind(letter: char) -> bool {
    matches!(
        letter,
        '!' | '?' | '%' | '…' | '☆' | '★' | '♥' | '♡' | '！' | '？' | '°' | '」' | '』' | '”'
    ) || matches!(
        letter,
        '"' | '½' | '²' | '³' | '†' | '∞' | '♪' | '○' | '△' | '□' | '×' | '$'
    )
}

/// What of a text may have to be cleaned.
#[derive(Default)]
struct Signs {
    spaced: bool,
    dotted: bool,
    scored: bool,
    doubled: bool,
}

impl Signs {
    fn of(text: &str) -> Self {
        let mut signs = Self::default();
        let mut before = b'x';
        for byte in text.bytes() {
            signs.spaced |= byte == b' ';
            signs.dotted |= byte == b'.';
            signs.scored |= byte == b'_';
            signs.doubled |= byte == b' ' && before == b' ';
            before = byte;
        }
        signs
    }

    fn are_clean(&self) -> bool {
        !self.scored && !self.doubled && (self.spaced || !self.dotted)
    }
}

impl<'a> Reading<'a> {
    /// The text of these tokens, with the signs that belong to it.
    pub fn text_of(&self, tokens: Range<usize>) -> Option<Cow<'a, str>> {
        self.joined(&[self.bytes(tokens)], None)
    }

    /// The text of the pieces, borrowed when it can be.
    pub fn joined(&self, pieces: &[(usize, usize)], article: Option<&str>) -> Option<Cow<'a, str>> {
        let (first, last) = (pieces.first()?, pieces.last()?);
        let start = self.widened_start(first.0);
        let end = self.widened_end(last.1);
        let name: &'a str = self.name;
        let text = &name[start..end];
        let signs = Signs::of(text);
        if pieces.len() == 1 && article.is_none() {
            return Some(if signs.are_clean() {
                Cow::Borrowed(text)
            } else {
                Cow::Owned(self.spaced(text, signs.spaced))
            });
        }
        let mut title = String::with_capacity(end - start + 4);
        if let Some(article) = article {
            title.push_str(article);
            let is_elided = article.ends_with(['\'', '’']);
            title.push_str(if is_elided { "" } else { " " });
        }
        for (at, piece) in pieces.iter().enumerate() {
            if at > 0 {
                title.push_str(between(&name[pieces[at - 1].1..piece.0]));
            }
            let from = if at == 0 { start } else { piece.0 };
            let to = if at + 1 == pieces.len() { end } else { piece.1 };
            title.push_str(&self.spaced(&name[from..to], signs.spaced));
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
        let is_short = |part: &str| part.chars().count() <= 1;
        behind.is_empty() || self.spaced && (is_short(before) || is_short(behind))
    }

    /// A bracket, or signs, that belong to the title in front of its first letter: `[Oshi no Ko]`, `.hack`.
    fn widened_start(&self, start: usize) -> usize {
        let before = &self.name[..start];
        let Some(letter) = before.chars().next_back() else {
            return start;
        };
        let belongs = match letter {
            '.' if before.ends_with("...") => return start - "...".len(),
            '.' => before == ".",
            '+' => true,
            letter if is_opening(letter) => self.opens_title(start),
            letter => is_sign_in_front(letter),
        };
        if belongs {
            start - letter.len_utf8()
        } else {
            start
        }
    }

    /// The title is in brackets and begins there.
    fn opens_title(&self, start: usize) -> bool {
        let first = &self.tokens[self.title_start];
        first.group > 0 && first.start as usize == start
    }

    /// Signs that belong to the title behind its last letter: `!`, `?`, `%`, `…`, the dot of `Co. Ltd.`.
    fn widened_end(&self, end: usize) -> usize {
        let rest = &self.name[end..];
        let mut length = 0;
        for (at, letter) in rest.char_indices() {
            let is_first = length == 0;
            let behind = &rest[at + letter.len_utf8()..];
            let belongs = match letter {
                ' ' => is_first && behind.starts_with(['?', '!', '½', '%']),
                '&' => behind.starts_with('!'),
                '.' => self.is_abbreviation(end, length),
                '+' => is_first && !rest[1..].starts_with(' '),
                letter if is_closing(letter) => is_first && self.closes_title(end),
                letter => is_sign_behind(letter),
            };
            if !belongs {
                break;
            }
            length += letter.len_utf8();
        }
        end + length
    }

    /// The title is in brackets and ends there.
    fn closes_title(&self, end: usize) -> bool {
        let group = self.tokens[self.title_start].group;
        group > 0
            && self
                .tokens
                .iter()
                .any(|token| token.end as usize == end && token.group == group)
    }

    /// A dot behind `Ltd`, or behind `S.O.S`.
    fn is_abbreviation(&self, end: usize, length: usize) -> bool {
        let (title, rest) = self.name.split_at(end);
        if rest.starts_with("...") {
            return true;
        }
        if length > 0 && !rest[..length].ends_with('$') {
            return false;
        }
        // `Lady S. - T03`; a dot that parts words has none of them behind it.
        let has_spaces = title.contains(' ');
        if rest.starts_with(". ") && has_spaces || rest.starts_with(". v") {
            return true;
        }
        let word = title.rsplit([' ', '_']).next().unwrap_or_default();
        let is_initial = |part: &str| part.chars().count() == 1;
        let are_initials = word.contains('.') && word.split('.').all(is_initial);
        are_initials || has_spaces && is_short_form(word)
    }
}

/// What joins two pieces of a title, by the signs between them that are outside brackets.
fn between(text: &str) -> &'static str {
    let outside = text.rsplit(is_closing).next().unwrap_or_default();
    if outside.contains(['-', '–', '—', ':']) {
        " - "
    } else {
        " "
    }
}
