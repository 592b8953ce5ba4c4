//! A name as tokens: runs of letters and runs of digits, what stands between them, and the brackets around them. Pure.

use smallvec::SmallVec;

use super::lexicon::{Class, Lexicon};

/// What stands before a token: a set of the kinds of characters between it and the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gap(u32);

impl Gap {
    pub const SPACE: Self = Self(1);
    pub const UNDERSCORE: Self = Self(1 << 1);
    pub const DOT: Self = Self(1 << 2);
    pub const DASH: Self = Self(1 << 3);
    pub const TILDE: Self = Self(1 << 4);
    pub const ARROW: Self = Self(1 << 5);
    pub const COMMA: Self = Self(1 << 6);
    pub const PLUS: Self = Self(1 << 7);
    pub const AMPERSAND: Self = Self(1 << 8);
    pub const SLASH: Self = Self(1 << 9);
    pub const PIPE: Self = Self(1 << 10);
    pub const COLON: Self = Self(1 << 11);
    /// `#`, `№`.
    pub const HASH: Self = Self(1 << 12);
    /// `°`, `º`.
    pub const DEGREE: Self = Self(1 << 13);
    pub const APOSTROPHE: Self = Self(1 << 14);
    pub const OPEN: Self = Self(1 << 15);
    pub const CLOSE: Self = Self(1 << 16);
    pub const OTHER: Self = Self(1 << 17);
    /// What only parts words.
    pub const SOFT: Self = Self(0b111);
    /// What makes two numbers a range.
    pub const RANGE: Self = Self(0b111_000);
    pub const BRACKET: Self = Self(0b11 << 15);

    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub const fn has(self, any: Self) -> bool {
        self.0 & any.0 != 0
    }

    /// Nothing but these.
    pub const fn only(self, these: Self) -> bool {
        self.0 & !these.0 == 0
    }

    pub const fn is_none(self) -> bool {
        self.0 == 0
    }

    /// ` - ` and the like, which part what a dash between words joins.
    pub const fn has_dash_apart(self) -> bool {
        self.has(Self::DASH) && self.has(Self::SPACE)
    }

    const fn of_ascii(letter: u8) -> Self {
        match letter {
            b' ' | 0x09..=0x0d => Self::SPACE,
            b'_' => Self::UNDERSCORE,
            b'.' => Self::DOT,
            b'-' => Self::DASH,
            b'~' => Self::TILDE,
            b'>' => Self::ARROW,
            b',' | b';' => Self::COMMA,
            b'+' => Self::PLUS,
            b'&' => Self::AMPERSAND,
            b'/' => Self::SLASH,
            b'|' => Self::PIPE,
            b':' => Self::COLON,
            b'#' => Self::HASH,
            b'\'' | b'`' => Self::APOSTROPHE,
            b'(' | b'[' | b'{' => Self::OPEN,
            b')' | b']' | b'}' => Self::CLOSE,
            _ => Self::OTHER,
        }
    }

    fn of(letter: char) -> Self {
        match letter {
            letter if letter.is_ascii() => Self::of_ascii(letter as u8),
            '．' | '·' | '・' => Self::DOT,
            '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '－' => Self::DASH,
            '～' | '〜' | '∼' => Self::TILDE,
            '→' | '»' | '＞' => Self::ARROW,
            '、' | '，' => Self::COMMA,
            '＋' => Self::PLUS,
            '＆' => Self::AMPERSAND,
            '／' | '⁄' => Self::SLASH,
            '｜' => Self::PIPE,
            '：' => Self::COLON,
            '＃' | '№' => Self::HASH,
            '°' | 'º' | 'ª' => Self::DEGREE,
            '’' | '‘' | 'ʼ' | '´' => Self::APOSTROPHE,
            letter if is_opening(letter) => Self::OPEN,
            letter if is_closing(letter) => Self::CLOSE,
            letter if letter.is_whitespace() => Self::SPACE,
            _ => Self::OTHER,
        }
    }
}

pub fn is_opening(letter: char) -> bool {
    matches!(letter, '(' | '[' | '{' | '（' | '［' | '【')
}

pub fn is_closing(letter: char) -> bool {
    matches!(letter, ')' | ']' | '}' | '）' | '］' | '】')
}

/// A word or number without case, accents and width, packed so that comparing is one instruction. What is longer than 16 bytes is
/// mixed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Key(u128);

/// What a token was read as; the explanation shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// Nothing was read from it.
    #[default]
    Unread,
    Series,
    OtherTitle,
    Volumes,
    Chapters,
    Count,
    Complete,
    Special,
    Year,
    Language,
    Edition,
    Origin,
    Format,
    Group,
    Publisher,
    Authors,
    Revision,
    Resolution,
    NotABook,
    /// Known, and says nothing that is kept: `HYBRiD`, `Manga`.
    Noise,
}

/// A run of letters or of digits.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// Byte offset of its first letter.
    pub start: u32,
    /// Byte offset behind its last letter.
    pub end: u32,
    pub key: Key,
    /// What is between it and the token before.
    pub gap: Gap,
    /// 0 outside brackets, else the number of the outermost bracket around it.
    pub group: u16,
    /// What the word may mean.
    pub class: Class,
    /// As [`super::lexicon::Word::phrases`].
    pub phrases: u16,
    /// As [`super::lexicon::Word::titles`].
    pub titles: u16,
    pub role: Role,
    /// Stands where nothing but tags is.
    pub loose: bool,
    /// The value of a number of at most six digits.
    pub value: Option<u32>,
    /// Digits of a number as written, 0 for a word.
    pub digits: u8,
    /// True when all its letters are capitals.
    pub capitals: bool,
}

impl Token {
    pub fn is_number(&self) -> bool {
        self.digits > 0
    }

    /// Directly behind the token before, as the digits of `T03`.
    pub fn is_glued(&self) -> bool {
        self.gap.is_none()
    }

    /// Nothing but space, or what stands for it, parts it from the token before.
    pub fn is_beside(&self) -> bool {
        self.gap.only(Gap::SOFT)
    }

    /// In bytes.
    pub fn length(&self) -> usize {
        (self.end - self.start) as usize
    }

    /// This ASCII letter by itself, small or capital.
    pub fn is_letter(&self, name: &str, letter: u8) -> bool {
        self.length() == 1 && name.as_bytes()[self.start as usize].eq_ignore_ascii_case(&letter)
    }

    pub fn text<'a>(&self, name: &'a str) -> &'a str {
        &name[self.start as usize..self.end as usize]
    }
}

/// The text begins with these ASCII letters, small or capital.
pub fn begins_with(text: &str, letters: &str) -> bool {
    text.get(..letters.len())
        .is_some_and(|front| front.eq_ignore_ascii_case(letters))
}

/// What makes ASCII letters small ones, for sixteen of them.
const CASE_BITS: u128 = u128::from_le_bytes([0x20; 16]);

/// [`Gap::of`] for ASCII.
static ASCII_GAPS: [u32; 128] = {
    let mut gaps = [0; 128];
    let mut at = 0;
    while at < 128 {
        gaps[at as usize] = Gap::of_ascii(at).0;
        at += 1;
    }
    gaps
};

/// Characters that are a word of their own next to a number: `第3巻`, `全11巻`, `제1권`.
fn stands_alone(letter: char) -> bool {
    matches!(
        letter,
        '第' | '全'
            | '巻'
            | '卷'
            | '冊'
            | '册'
            | '話'
            | '话'
            | '回'
            | '章'
            | '集'
            | '期'
            | '季'
            | '部'
            | '제'
            | '권'
            | '화'
            | '회'
            | '장'
            | '편'
            | '전'
            | '부'
    )
}

fn kanji_digit(letter: char) -> Option<u32> {
    Some(match letter {
        '〇' => 0,
        '一' => 1,
        '二' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        '十' => 10,
        _ => return None,
    })
}

fn digit(letter: char) -> Option<u32> {
    match letter {
        '0'..='9' => Some(letter as u32 - '0' as u32),
        '０'..='９' => Some(letter as u32 - '０' as u32),
        _ => None,
    }
}

/// Folds one letter to at most two bytes of ASCII, or to its own bytes.
fn fold(letter: char, into: &mut impl FnMut(u8)) {
    let plain: &[u8] = match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'À' | 'Á' | 'Â' | 'Ã' | 'Ä' | 'Å' | 'ā' => {
            b"a"
        }
        'è' | 'é' | 'ê' | 'ë' | 'È' | 'É' | 'Ê' | 'Ë' | 'ē' => b"e",
        'ì' | 'í' | 'î' | 'ï' | 'Ì' | 'Í' | 'Î' | 'Ï' => b"i",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ö' | 'Ø' | 'ō' | 'Ō' => {
            b"o"
        }
        'ù' | 'ú' | 'û' | 'ü' | 'Ù' | 'Ú' | 'Û' | 'Ü' | 'ū' => b"u",
        'ç' | 'Ç' => b"c",
        'ñ' | 'Ñ' => b"n",
        'œ' | 'Œ' => b"oe",
        'æ' | 'Æ' => b"ae",
        'ß' => b"ss",
        '\u{300}'..='\u{36f}' => b"",
        // Kana, ideographs and hangul have no case; asking Unicode's tables is dear.
        '\u{3040}'..='\u{d7ff}' => {
            letter.encode_utf8(&mut [0; 4]).bytes().for_each(into);
            return;
        }
        _ => {
            for small in letter.to_lowercase() {
                small.encode_utf8(&mut [0; 4]).bytes().for_each(&mut *into);
            }
            return;
        }
    };
    plain.iter().copied().for_each(into);
}

/// The packed key while a token is read.
#[derive(Default)]
struct Packing {
    key: u128,
    length: u8,
}

impl Packing {
    fn push(&mut self, byte: u8) {
        if self.length < 16 {
            self.key |= u128::from(byte) << (8 * self.length);
            self.length += 1;
        } else {
            self.key = self.key.rotate_left(11) ^ u128::from(byte);
        }
    }

    fn key(&self) -> Key {
        Key(self.key)
    }
}

/// Folds a whole word, as the words in the lexicon are.
pub fn key_of(word: &str) -> Key {
    let mut packing = Packing::default();
    for letter in word.chars() {
        fold(letter, &mut |byte| packing.push(byte));
    }
    packing.key()
}

/// Splits a name into tokens, each with what the lexicon knows of it; and says behind which token each outermost bracket ends.
pub fn tokens(name: &str, lexicon: &Lexicon) -> (Vec<Token>, SmallVec<[u32; 8]>) {
    let mut scanner = Scanner {
        name,
        at: 0,
        gap: Gap::default(),
        depth: 0,
        groups: SmallVec::new(),
        tokens: Vec::with_capacity(name.len().min(4096) / 4 + 4),
    };
    scanner.run(lexicon);
    (scanner.tokens, scanner.groups)
}

struct Scanner<'a> {
    name: &'a str,
    at: usize,
    gap: Gap,
    depth: u16,
    /// The number of tokens up to its last one, for each outermost bracket.
    groups: SmallVec<[u32; 8]>,
    tokens: Vec<Token>,
}

impl Scanner<'_> {
    fn run(&mut self, lexicon: &Lexicon) {
        while let Some(byte) = self.name.as_bytes().get(self.at).copied() {
            // Nearly every letter is ASCII, and decoding costs more than all the rest.
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' => self.ascii_word(lexicon),
                b'0'..=b'9' => self.number(lexicon),
                0..=0x7f => {
                    self.at += 1;
                    self.part(Gap(ASCII_GAPS[usize::from(byte)]));
                }
                _ => self.any(lexicon),
            }
        }
    }

    fn any(&mut self, lexicon: &Lexicon) {
        if let Some(letter) = self.peek() {
            if digit(letter).is_some() {
                self.number(lexicon);
            } else if is_letter(letter) {
                self.word(lexicon);
            } else {
                self.separator(letter);
            }
        }
    }

    fn peek(&self) -> Option<char> {
        // Nearly every letter is ASCII, and decoding costs more than all the rest.
        match self.name.as_bytes().get(self.at) {
            Some(byte) if byte.is_ascii() => Some(char::from(*byte)),
            Some(_) => self.name[self.at..].chars().next(),
            None => None,
        }
    }

    fn separator(&mut self, letter: char) {
        self.at += letter.len_utf8();
        self.part(Gap::of(letter));
    }

    fn part(&mut self, gap: Gap) {
        self.gap = self.gap.or(gap);
        if gap == Gap::OPEN {
            self.depth = self.depth.saturating_add(1);
            if self.depth == 1 {
                self.groups.push(self.tokens.len() as u32);
            }
        } else if gap == Gap::CLOSE {
            self.depth = self.depth.saturating_sub(1);
        }
    }

    /// A word of ASCII letters, the whole of it looked at at once; what goes on with other letters is read letter by letter.
    fn ascii_word(&mut self, lexicon: &Lexicon) {
        let rest = &self.name.as_bytes()[self.at..];
        let length = rest
            .iter()
            .position(|byte| !byte.is_ascii_alphabetic())
            .unwrap_or(rest.len());
        let goes_on = rest.get(length).is_some_and(|byte| !byte.is_ascii());
        let marker = length > 1
            && (matches!(rest[length - 1], b'T' | b'V')
                || length > 4 && rest[..length].ends_with(b"tome"));
        if length > 16 || goes_on || marker {
            return self.word(lexicon);
        }
        let letters = match rest.first_chunk::<16>() {
            Some(chunk) => u128::from_le_bytes(*chunk) & (u128::MAX >> (8 * (16 - length))),
            None => {
                let mut letters = [0u8; 16];
                letters[..length].copy_from_slice(&rest[..length]);
                u128::from_le_bytes(letters)
            }
        };
        let bits = CASE_BITS >> (8 * (16 - length));
        let start = self.at;
        self.at += length;
        self.push(
            start,
            Key(letters | bits),
            lexicon,
            None,
            0,
            letters & bits == 0,
        );
    }

    fn number(&mut self, lexicon: &Lexicon) {
        let start = self.at;
        let (mut packing, mut value, mut digits) = (Packing::default(), Some(0u32), 0u8);
        while let Some((letter, figure)) = self
            .peek()
            .and_then(|letter| Some((letter, digit(letter)?)))
        {
            packing.push(b'0' + figure as u8);
            digits = digits.saturating_add(1);
            value = value
                .filter(|_| digits <= 6)
                .map(|value| value * 10 + figure);
            self.at += letter.len_utf8();
        }
        self.push(start, packing.key(), lexicon, value, digits, false);
    }

    fn word(&mut self, lexicon: &Lexicon) {
        let start = self.at;
        let (mut packing, mut capitals) = (Packing::default(), true);
        while let Some(letter) = self.peek() {
            if letter.is_ascii_alphabetic() {
                packing.push(letter.to_ascii_lowercase() as u8);
                capitals &= letter.is_ascii_uppercase();
                self.at += 1;
                continue;
            }
            if letter.is_ascii()
                || !(is_letter(letter) || is_mark(letter))
                || digit(letter).is_some()
            {
                break;
            }
            if stands_alone(letter) && self.beside_a_number(start, letter) {
                if self.at > start {
                    break;
                }
                self.at += letter.len_utf8();
                fold(letter, &mut |byte| packing.push(byte));
                if self.kanji_number(lexicon, start, packing.key(), letter) {
                    return;
                }
                break;
            }
            capitals &= letter.is_uppercase();
            fold(letter, &mut |byte| packing.push(byte));
            self.at += letter.len_utf8();
        }
        if self.split_marker(start, lexicon) {
            return;
        }
        self.push(start, packing.key(), lexicon, None, 0, capitals);
    }

    /// `HellsingT01àT10`, `THORGALtome17`: a marker between letters and a figure.
    fn split_marker(&mut self, start: usize, lexicon: &Lexicon) -> bool {
        let word = &self.name[start..self.at];
        let mut letters = word.chars().rev();
        let letter = matches!(letters.next(), Some('T' | 'V'))
            && letters.next().is_some_and(char::is_lowercase);
        let tome = word.len() > 4 && word.ends_with("tome");
        if !(letter || tome) || self.peek().is_none_or(|next| digit(next).is_none()) {
            return false;
        }
        let end = self.at;
        self.at = if letter { end - 1 } else { end - 4 };
        let split = self.at;
        let front = &self.name[start..self.at];
        self.push(start, key_of(front), lexicon, None, 0, false);
        let marker = key_of(&self.name[self.at..end]);
        self.at = end;
        self.push(split, marker, lexicon, None, 0, letter);
        true
    }

    /// A number directly before or behind, in figures or, behind 第, in kanji.
    fn beside_a_number(&self, start: usize, letter: char) -> bool {
        let behind = self.name[self.at + letter.len_utf8()..].chars().next();
        let is_number =
            |next: char| digit(next).is_some() || letter == '第' && kanji_digit(next).is_some();
        let after_number = self.at == start
            && self.gap.is_none()
            && self.tokens.last().is_some_and(Token::is_number);
        behind.is_some_and(is_number) || after_number
    }

    /// `第十二巻`: the kanji behind 第 up to 99.
    fn kanji_number(&mut self, lexicon: &Lexicon, start: usize, key: Key, letter: char) -> bool {
        let figures: Vec<(usize, u32)> = self.name[self.at..]
            .chars()
            .take(4)
            .map_while(|figure| Some((figure.len_utf8(), kanji_digit(figure)?)))
            .collect();
        if letter != '第' || figures.is_empty() {
            return false;
        }
        let (mut value, mut tens) = (0, 0);
        for &(_, figure) in &figures {
            match figure {
                10 => (tens, value) = (value.max(1) * 10, 0),
                figure => value = figure,
            }
        }
        self.push(start, key, lexicon, None, 0, false);
        let start = self.at;
        self.at += figures.iter().map(|figure| figure.0).sum::<usize>();
        self.push(start, Key::default(), lexicon, Some(tens + value), 2, false);
        true
    }

    fn push(
        &mut self,
        start: usize,
        key: Key,
        lexicon: &Lexicon,
        value: Option<u32>,
        digits: u8,
        capitals: bool,
    ) {
        let word = lexicon.word(key);
        self.tokens.push(Token {
            start: start as u32,
            end: self.at as u32,
            key,
            gap: std::mem::take(&mut self.gap),
            group: if self.depth == 0 {
                0
            } else {
                self.groups.len() as u16
            },
            class: if digits == 0 {
                word.class
            } else {
                Class::Plain
            },
            phrases: word.phrases,
            titles: word.titles,
            role: Role::Unread,
            loose: false,
            value,
            digits,
            capitals,
        });
        if self.depth > 0
            && let Some(end) = self.groups.last_mut()
        {
            *end = self.tokens.len() as u32;
        }
    }
}

/// A letter of any script; the small letters of `nº 5` and `5ª` are signs here.
fn is_letter(letter: char) -> bool {
    match letter {
        // The usual ones first: asking Unicode's tables is dear.
        'À'..='Ö'
        | 'Ø'..='ö'
        | 'ø'..='ɏ'
        | 'а'..='я'
        | 'А'..='Я'
        | 'ぁ'..='ゖ'
        | 'ァ'..='ヺ'
        | 'ー'
        | '\u{4e00}'..='\u{9fff}'
        | '가'..='힣' => true,
        'º' | 'ª' => false,
        _ => letter.is_alphabetic(),
    }
}

/// Combining marks and the like belong to the letter before.
fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{3099}' | '\u{309a}')
}
