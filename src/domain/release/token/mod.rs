//! A name as tokens: runs of letters and runs of digits, what stands between them, and the brackets around them. Pure.
//!
//! [`scan`] splits the name; what stands between tokens is a [`Gap`], and a word is compared by its [`Key`].

mod gap;
mod key;
mod letter;
mod scan;

use super::class::Class;
pub use gap::Gap;
pub use key::{Key, key_of};
pub use letter::{is_closing, is_opening};
pub use scan::{Split, split};

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
