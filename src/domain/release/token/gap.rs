//! What stands between tokens, as a set of kinds of characters. Pure.

use super::letter::{is_closing, is_opening};

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

    /// Of a byte below 128.
    pub(super) fn of_byte(byte: u8) -> Self {
        ASCII_GAPS[usize::from(byte)]
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

    pub(super) fn of(letter: char) -> Self {
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

/// [`Gap::of`] for ASCII.
static ASCII_GAPS: [Gap; 128] = {
    let mut gaps = [Gap(0); 128];
    let mut at = 0;
    while at < 128 {
        gaps[at as usize] = Gap::of_ascii(at);
        at += 1;
    }
    gaps
};
