//! Splits a name into tokens. Pure.

use smallvec::SmallVec;

use super::{
    Gap, Key, Role, Token,
    key::{PACKED, Packing, key_of},
    letter::{digit, is_letter, is_mark, kanji_digit, stands_alone},
};
use crate::domain::release::{class::Class, lexicon::Lexicon};

/// A longer number has no value: it is an ISBN, a date or noise.
const MOST_DIGITS: u8 = 6;

/// A name as tokens.
pub struct Split {
    /// Each with what the lexicon knows of it.
    pub tokens: Vec<Token>,
    /// The token behind each outermost bracket.
    pub groups: SmallVec<[u32; 8]>,
    /// Every kind of character between the tokens.
    pub gaps: Gap,
}

/// Splits a name into tokens.
pub fn split(name: &str, lexicon: &Lexicon) -> Split {
    let mut scanner = Scanner {
        name,
        lexicon,
        at: 0,
        gap: Gap::default(),
        depth: 0,
        split: Split {
            tokens: Vec::with_capacity(name.len().min(4096) / 4 + 4),
            groups: SmallVec::new(),
            gaps: Gap::default(),
        },
    };
    scanner.run();
    scanner.split
}

struct Scanner<'a> {
    name: &'a str,
    lexicon: &'a Lexicon,
    at: usize,
    /// What stands before the next token, as far as it is read.
    gap: Gap,
    /// In how many brackets.
    depth: u16,
    split: Split,
}

impl Scanner<'_> {
    fn run(&mut self) {
        while let Some(byte) = self.name.as_bytes().get(self.at).copied() {
            // Nearly every letter is ASCII, and decoding costs more than all the rest.
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' => self.ascii_word(),
                b'0'..=b'9' => self.number(),
                0..=0x7f => {
                    self.at += 1;
                    self.part(Gap::of_byte(byte));
                }
                _ => self.any(),
            }
        }
    }

    /// What begins with a letter that is not ASCII.
    fn any(&mut self) {
        let Some(letter) = self.peek() else {
            return;
        };
        if digit(letter).is_some() {
            self.number();
        } else if is_letter(letter) {
            self.word();
        } else {
            self.at += letter.len_utf8();
            self.part(Gap::of(letter));
        }
    }

    fn peek(&self) -> Option<char> {
        match self.name.as_bytes().get(self.at) {
            Some(byte) if byte.is_ascii() => Some(char::from(*byte)),
            Some(_) => self.name[self.at..].chars().next(),
            None => None,
        }
    }

    fn part(&mut self, gap: Gap) {
        self.gap = self.gap.or(gap);
        if gap == Gap::OPEN {
            self.depth = self.depth.saturating_add(1);
            if self.depth == 1 {
                self.split.groups.push(self.split.tokens.len() as u32);
            }
        } else if gap == Gap::CLOSE {
            self.depth = self.depth.saturating_sub(1);
        }
    }

    fn number(&mut self) {
        let start = self.at;
        let (mut packing, mut value, mut digits) = (Packing::default(), Some(0u32), 0u8);
        while let Some((letter, figure)) = self
            .peek()
            .and_then(|letter| Some((letter, digit(letter)?)))
        {
            packing.push(b'0' + figure as u8);
            digits = digits.saturating_add(1);
            value = value
                .filter(|_| digits <= MOST_DIGITS)
                .map(|value| value * 10 + figure);
            self.at += letter.len_utf8();
        }
        self.push_number(start, packing.key(), value, digits);
    }

    /// A word of ASCII letters, the whole of it looked at at once; what goes on with other letters is read letter by letter.
    fn ascii_word(&mut self) {
        let rest = &self.name.as_bytes()[self.at..];
        let length = rest
            .iter()
            .position(|byte| !byte.is_ascii_alphabetic())
            .unwrap_or(rest.len());
        let goes_on = rest.get(length).is_some_and(|byte| !byte.is_ascii());
        if goes_on || length > PACKED || may_end_in_marker(&rest[..length]) {
            return self.word();
        }
        let (key, capitals) = Key::of_letters(rest, length);
        let start = self.at;
        self.at += length;
        self.push_word(start, key, capitals);
    }

    fn word(&mut self) {
        let start = self.at;
        let (mut packing, mut capitals) = (Packing::default(), true);
        while let Some(letter) = self.peek() {
            if letter.is_ascii_alphabetic() {
                packing.push(letter.to_ascii_lowercase() as u8);
                capitals &= letter.is_ascii_uppercase();
                self.at += 1;
                continue;
            }
            if !goes_on_with(letter) {
                break;
            }
            if stands_alone(letter) && self.is_beside_number(start, letter) {
                if self.at == start {
                    return self.lone_sign(letter);
                }
                break;
            }
            capitals &= letter.is_uppercase();
            packing.push_letter(letter);
            self.at += letter.len_utf8();
        }
        if !self.split_marker(start) {
            self.push_word(start, packing.key(), capitals);
        }
    }

    /// `HellsingT01àT10`, `THORGALtome17`: a marker between letters and a figure.
    fn split_marker(&mut self, start: usize) -> bool {
        let word = &self.name[start..self.at];
        let mut letters = word.chars().rev();
        let is_letter = matches!(letters.next(), Some('T' | 'V'))
            && letters.next().is_some_and(char::is_lowercase);
        let is_tome = word.len() > TOME.len() && word.ends_with(TOME);
        if !(is_letter || is_tome) || self.peek().is_none_or(|next| digit(next).is_none()) {
            return false;
        }
        let end = self.at;
        let split = end - if is_letter { 1 } else { TOME.len() };
        self.at = split;
        self.push_word(start, key_of(&self.name[start..split]), false);
        self.at = end;
        self.push_word(split, key_of(&self.name[split..end]), is_letter);
        true
    }

    /// A number directly before or behind, in figures or, behind 第, in kanji.
    fn is_beside_number(&self, start: usize, letter: char) -> bool {
        let behind = self.name[self.at + letter.len_utf8()..].chars().next();
        let is_number =
            |next: char| digit(next).is_some() || letter == '第' && kanji_digit(next).is_some();
        let is_behind_number = self.at == start
            && self.gap.is_none()
            && self.split.tokens.last().is_some_and(Token::is_number);
        is_behind_number || behind.is_some_and(is_number)
    }

    /// A sign beside a number: a word of its own.
    fn lone_sign(&mut self, letter: char) {
        let start = self.at;
        let mut packing = Packing::default();
        packing.push_letter(letter);
        self.at += letter.len_utf8();
        let kanji = kanji_number(&self.name[self.at..]).filter(|_| letter == '第');
        self.push_word(start, packing.key(), kanji.is_none());
        if let Some((value, length)) = kanji {
            let start = self.at;
            self.at += length;
            self.push_number(start, Key::default(), Some(value), 2);
        }
    }

    fn push_word(&mut self, start: usize, key: Key, capitals: bool) {
        self.push(start, key, None, 0, capitals);
    }

    fn push_number(&mut self, start: usize, key: Key, value: Option<u32>, digits: u8) {
        self.push(start, key, value, digits, false);
    }

    /// The token that ends here.
    fn push(&mut self, start: usize, key: Key, value: Option<u32>, digits: u8, capitals: bool) {
        let word = self.lexicon.word(key);
        let (class, group) = (
            if digits == 0 {
                word.class
            } else {
                Class::Plain
            },
            if self.depth == 0 {
                0
            } else {
                self.split.groups.len() as u16
            },
        );
        let gap = std::mem::take(&mut self.gap);
        self.split.gaps = self.split.gaps.or(gap);
        self.split.tokens.push(Token {
            start: start as u32,
            end: self.at as u32,
            key,
            gap,
            group,
            class,
            phrases: word.phrases,
            titles: word.titles,
            role: Role::Unread,
            loose: false,
            value,
            digits,
            capitals,
        });
        if self.depth > 0
            && let Some(end) = self.split.groups.last_mut()
        {
            *end = self.split.tokens.len() as u32;
        }
    }
}

/// A marker that may stand between letters and a figure.
const TOME: &str = "tome";

/// A `T` or `V`, or `tome`, behind other letters.
fn may_end_in_marker(word: &[u8]) -> bool {
    word.len() > 1 && matches!(word[word.len() - 1], b'T' | b'V')
        || word.len() > TOME.len() && word.ends_with(TOME.as_bytes())
}

/// A letter, not of ASCII, that belongs to the word before it.
fn goes_on_with(letter: char) -> bool {
    !letter.is_ascii() && (is_letter(letter) || is_mark(letter)) && digit(letter).is_none()
}

/// `十二` of `第十二巻`, up to 99; and its bytes.
fn kanji_number(text: &str) -> Option<(u32, usize)> {
    let (mut ones, mut tens, mut length) = (0, 0, 0);
    for letter in text.chars().take(4) {
        match kanji_digit(letter) {
            Some(10) => (tens, ones) = (ones.max(1) * 10, 0),
            Some(figure) => ones = figure,
            None => break,
        }
        length += letter.len_utf8();
    }
    (length > 0).then_some((tens + ones, length))
}
