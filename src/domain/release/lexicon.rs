//! What single words and short phrases may mean in a release name. Pure.
//!
//! The tables are in [`super::words`]; a word only *may* mean this: where it stands decides.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    sync::LazyLock,
};

use super::{
    NotABook, Origin, SpecialKind,
    token::{Key, Token, key_of},
    words,
};
use crate::domain::{edition::Edition, language::Code};

/// A file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Cbz,
    Cbr,
    Cb7,
    Cbt,
    Pdf,
    Epub,
    Mobi,
    Azw3,
    Jpg,
    Png,
    Webp,
    Rar,
    SevenZ,
    Zip,
}

impl Format {
    /// As shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Cbz => "cbz",
            Self::Cbr => "cbr",
            Self::Cb7 => "cb7",
            Self::Cbt => "cbt",
            Self::Pdf => "pdf",
            Self::Epub => "epub",
            Self::Mobi => "mobi",
            Self::Azw3 => "azw3",
            Self::Jpg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Rar => "rar",
            Self::SevenZ => "7z",
            Self::Zip => "zip",
        }
    }
}

/// How a marker of a volume or chapter is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// `T`, `V`, `C`: only with digits directly behind.
    Letter,
    /// `Tome`.
    Word,
    /// `Tomes`: a number in front of it is a count.
    Plural,
    /// `巻`: behind the number.
    Behind,
}

/// What a word may mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Plain,
    /// Belongs to the phrase that began before.
    Continued,
    Volume(Mark),
    /// `Livre`, `Book`: a volume when nothing better is there.
    WeakVolume,
    Chapter(Mark),
    /// `Part`, `Cycle`: its number is neither volume nor chapter.
    Part,
    /// Of a part, season or episode.
    PartNumber,
    /// `Saison`: like a part, and no part of the title.
    Season,
    /// `n`, `no`, `numero`: the sign in front of a number.
    NumberSign,
    /// `第`, `제`.
    Ordinal,
    /// `全`, `전`: all of so many.
    All,
    /// `premier`, `deux`, `three`: a number only behind or before a marker.
    NumberWord(u8),
    /// `manque`: the numbers behind it are not there.
    Without,
    /// `à`, `to`.
    RangeWord,
    /// `et`, `and`.
    ListWord,
    /// `in` in `3 in 1`.
    InOne,
    /// `sur`, `of`.
    Of,
    Language(Code),
    /// A language that is also a word of titles or a name: `it`, `es`, `raw`.
    LooseLanguage(Code),
    Format(Format),
    /// `Digital`: official, and the number behind it is a resolution.
    Digital,
    Origin(Origin),
    /// `fan`, `scan`: an origin, and also a word of titles.
    LooseOrigin(Origin),
    /// `Édition`, `Version`.
    EditionWord,
    Edition(Edition),
    /// An edition only beside the word edition, or where nothing but tags is.
    LooseEdition(Edition),
    Integrale,
    Complete,
    Special(SpecialKind),
    /// A special only beside another word of its kind, or in brackets.
    LooseSpecial(SpecialKind),
    /// `Manga`, `BD`.
    Medium,
    NotABook(NotABook),
    /// `Repack`.
    Proper,
    /// `px`.
    Pixels,
    Noise,
    /// Noise only where nothing but tags is.
    LooseNoise,
    Group,
    /// A group whose name says where its copies come from.
    Team(Origin),
    Publisher,
    Author,
    Article,
}

impl Class {
    /// Says something whatever stands around it.
    pub fn is_tag(self) -> bool {
        matches!(
            self,
            Self::Language(_) | Self::Format(_) | Self::Origin(_) | Self::NotABook(_) | Self::Noise
        )
    }

    /// Says something in brackets, or where nothing but tags is.
    pub fn is_loose_tag(self) -> bool {
        self.is_tag()
            | matches!(
                self,
                Self::LooseLanguage(_)
                    | Self::LooseOrigin(_)
                    | Self::LooseEdition(_)
                    | Self::Edition(_)
                    | Self::EditionWord
                    | Self::Integrale
                    | Self::Complete
                    | Self::Digital
                    | Self::Medium
                    | Self::Proper
                    | Self::Pixels
                    | Self::LooseNoise
            )
    }
}

/// Words are few bytes and packed already: mixing them once is enough.
#[derive(Default)]
pub struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
    }

    fn write_u128(&mut self, key: u128) {
        let mixed =
            (key as u64 ^ ((key >> 64) as u64).rotate_left(29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }
}

type Table<T> = HashMap<Key, T, BuildHasherDefault<KeyHasher>>;

struct Phrase {
    /// Behind the first word.
    rest: Vec<Key>,
    class: Class,
}

/// What is known of a word.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// What it may mean by itself.
    pub class: Class,
    /// Which phrases begin with it, one more than their place; 0 for none.
    pub phrases: u16,
    /// Which titles begin with it, one more than their place; 0 for none.
    pub titles: u16,
}

impl Word {
    /// Not known.
    const PLAIN: Self = Self {
        class: Class::Plain,
        phrases: 0,
        titles: 0,
    };
}

/// The words and phrases that are known.
pub struct Lexicon {
    words: Table<Word>,
    /// By their first word.
    phrases: Vec<Vec<Phrase>>,
    /// Titles that hold a number, by their first word.
    titles: Vec<Vec<Vec<Key>>>,
}

/// The words that a user adds; all without regard to case and accents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExtraWords {
    /// Release groups.
    pub groups: Vec<String>,
    /// A phrase and the edition that it names.
    pub editions: Vec<(String, Edition)>,
    /// A phrase and the language that it stands for.
    pub languages: Vec<(String, Code)>,
}

static KNOWN: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::with(&ExtraWords::default()));

impl Lexicon {
    /// The words that we know ourselves.
    pub fn known() -> &'static Self {
        &KNOWN
    }

    /// The words that we know, and the user's; the user's win.
    pub fn with(extra: &ExtraWords) -> Self {
        let mut lexicon = Self {
            words: Table::default(),
            phrases: Vec::new(),
            titles: Vec::new(),
        };
        for (class, phrases) in words::TABLE {
            for phrase in phrases.split(',') {
                lexicon.add(phrase, *class);
            }
        }
        for person in words::AUTHORS.split(',') {
            lexicon.add(person, Class::Author);
            let turned = person
                .trim()
                .split_once(' ')
                .map(|(given, family)| format!("{family} {given}"));
            turned
                .iter()
                .for_each(|person| lexicon.add(person, Class::Author));
        }
        for title in words::TITLES_WITH_NUMBERS.split(',') {
            let keys = keys(title);
            if let Some(first) = keys.first() {
                let word = lexicon.words.entry(*first).or_insert(Word::PLAIN);
                if word.titles == 0 {
                    lexicon.titles.push(Vec::new());
                    word.titles = lexicon.titles.len() as u16;
                }
                lexicon.titles[usize::from(word.titles) - 1].push(keys);
            }
        }
        for group in &extra.groups {
            lexicon.add(group, Class::Group);
        }
        for (phrase, edition) in &extra.editions {
            lexicon.add(phrase, Class::Edition(*edition));
        }
        for (phrase, language) in &extra.languages {
            lexicon.add(phrase, Class::Language(*language));
        }
        lexicon
    }

    fn add(&mut self, phrase: &str, class: Class) {
        let keys = keys(phrase);
        match keys.as_slice() {
            [] => {}
            [word] => self.words.entry(*word).or_insert(Word::PLAIN).class = class,
            [first, rest @ ..] => {
                let word = self.words.entry(*first).or_insert(Word::PLAIN);
                if word.phrases == 0 {
                    self.phrases.push(Vec::new());
                    word.phrases = self.phrases.len() as u16;
                }
                let phrases = &mut self.phrases[usize::from(word.phrases) - 1];
                phrases.retain(|known| known.rest != rest);
                phrases.push(Phrase {
                    rest: rest.to_vec(),
                    class,
                });
                // The longest is tried first.
                phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.rest.len()));
            }
        }
    }

    /// What is known of a word or number.
    pub fn word(&self, key: Key) -> Word {
        self.words.get(&key).copied().unwrap_or(Word::PLAIN)
    }

    /// Gives the words of phrases what the phrase means.
    pub fn mark_phrases(&self, tokens: &mut [Token]) {
        for at in 0..tokens.len() {
            let phrases = usize::from(tokens[at].phrases);
            if phrases == 0 || matches!(tokens[at].class, Class::Continued) {
                continue;
            }
            let phrases = &self.phrases[phrases - 1];
            let is_here = |phrase: &&Phrase| {
                let behind = tokens.get(at + 1..at + 1 + phrase.rest.len());
                behind.is_some_and(|behind| {
                    behind.iter().zip(&phrase.rest).all(|(token, key)| {
                        token.key == *key
                            && !token
                                .gap
                                .has(super::token::Gap::BRACKET.or(super::token::Gap::PIPE))
                    })
                })
            };
            if let Some((length, class)) = phrases
                .iter()
                .find(is_here)
                .map(|phrase| (phrase.rest.len(), phrase.class))
            {
                tokens[at].class = class;
                for token in &mut tokens[at + 1..=at + length] {
                    token.class = Class::Continued;
                }
            }
        }
    }

    /// How many of these tokens are a well-known title with a number in it.
    pub fn known_title(&self, tokens: &[Token]) -> usize {
        let Some(place) = tokens
            .first()
            .and_then(|first| usize::from(first.titles).checked_sub(1))
        else {
            return 0;
        };
        let titles = &self.titles[place];
        let is_here = |title: &&Vec<Key>| {
            tokens.len() >= title.len()
                && title
                    .iter()
                    .zip(tokens)
                    .enumerate()
                    .all(|(at, (key, token))| {
                        token.key == *key && (at == 0 || !token.gap.has(super::token::Gap::BRACKET))
                    })
        };
        titles
            .iter()
            .filter(is_here)
            .map(Vec::len)
            .max()
            .unwrap_or(0)
    }
}

/// The keys of a phrase, split as names are: `t0me` is three.
fn keys(phrase: &str) -> Vec<Key> {
    let mut words: Vec<String> = vec![String::new()];
    let mut was_digit = None;
    for letter in phrase.chars() {
        let is_digit = letter.is_ascii_digit();
        if !letter.is_alphanumeric() {
            words.push(String::new());
            was_digit = None;
            continue;
        }
        if was_digit.is_some_and(|was| was != is_digit) {
            words.push(String::new());
        }
        was_digit = Some(is_digit);
        if let Some(word) = words.last_mut() {
            word.push(letter);
        }
    }
    words
        .iter()
        .filter(|word| !word.is_empty())
        .map(|word| key_of(word))
        .collect()
}
