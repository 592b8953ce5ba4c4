//! The words and short phrases that are known, and what they may mean in a release name. Pure.
//!
//! The tables are in [`super::words`]; a word only *may* mean this: where it stands decides.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    sync::LazyLock,
};

use super::{
    class::Class,
    token::{Gap, Key, Token, key_of},
    words,
};
use crate::domain::{edition::Edition, language::Code};

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

impl Phrase {
    /// Its rest is what these tokens begin with.
    fn begins(&self, behind: &[Token]) -> bool {
        begin_with(behind, &self.rest, Gap::BRACKET.or(Gap::PIPE))
    }
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

impl ExtraWords {
    /// Phrases that stand for two editions, or for two languages, however they are spelt.
    pub fn ambiguous(&self) -> Vec<&str> {
        let mut found = of_two_meanings(&self.editions);
        found.extend(of_two_meanings(&self.languages));
        found
    }
}

fn of_two_meanings<T: PartialEq>(phrases: &[(String, T)]) -> Vec<&str> {
    let mut meant: HashMap<Vec<Key>, &T> = HashMap::new();
    let mut is_ambiguous =
        |phrase: &str, meaning| *meant.entry(keys(phrase)).or_insert(meaning) != meaning;
    phrases
        .iter()
        .filter(|(phrase, meaning)| is_ambiguous(phrase, meaning))
        .map(|(phrase, _)| phrase.as_str())
        .collect()
}

static KNOWN: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::with(&ExtraWords::default()));

impl Lexicon {
    /// The words that we know ourselves.
    pub fn known() -> &'static Self {
        &KNOWN
    }

    /// The words that we know, and the user's; the user's win, but for those that mark volumes and chapters: a group `T` would make
    /// all volumes unreadable.
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
            if let Some((given, family)) = person.trim().split_once(' ') {
                lexicon.add(&format!("{family} {given}"), Class::Author);
            }
        }
        for title in words::TITLES_WITH_NUMBERS.split(',') {
            lexicon.add_title(title);
        }
        for group in &extra.groups {
            lexicon.add_extra(group, Class::Group);
        }
        for (phrase, edition) in &extra.editions {
            lexicon.add_extra(phrase, Class::Edition(*edition));
        }
        for (phrase, language) in &extra.languages {
            lexicon.add_extra(phrase, Class::Language(*language));
        }
        lexicon
    }

    /// A phrase of the user's, unless it is what stands in front of a number: `Tome`, `T 3`.
    fn add_extra(&mut self, phrase: &str, class: Class) {
        let keys = keys(phrase);
        let has_only_numbers_behind = || {
            phrase
                .trim_start_matches(char::is_alphabetic)
                .chars()
                .all(|letter| !letter.is_alphabetic())
        };
        let is_marker = |first: &Key| self.word(*first).class.marks_numbers();
        if !keys.first().is_some_and(is_marker) || keys.len() > 1 && !has_only_numbers_behind() {
            self.add(phrase, class);
        }
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

    fn add_title(&mut self, title: &str) {
        let keys = keys(title);
        let Some(first) = keys.first() else {
            return;
        };
        let word = self.words.entry(*first).or_insert(Word::PLAIN);
        if word.titles == 0 {
            self.titles.push(Vec::new());
            word.titles = self.titles.len() as u16;
        }
        self.titles[usize::from(word.titles) - 1].push(keys);
    }

    /// What is known of a word or number.
    pub fn word(&self, key: Key) -> Word {
        self.words.get(&key).copied().unwrap_or(Word::PLAIN)
    }

    /// Gives the words of phrases what the phrase means.
    pub fn mark_phrases(&self, tokens: &mut [Token]) {
        for at in 0..tokens.len() {
            let token = &tokens[at];
            if token.phrases == 0 || matches!(token.class, Class::Continued) {
                continue;
            }
            let phrases = &self.phrases[usize::from(token.phrases) - 1];
            let behind = &tokens[at + 1..];
            let Some(phrase) = phrases.iter().find(|phrase| phrase.begins(behind)) else {
                continue;
            };
            let end = at + 1 + phrase.rest.len();
            tokens[at].class = phrase.class;
            for token in &mut tokens[at + 1..end] {
                token.class = Class::Continued;
            }
        }
    }

    /// How many of these tokens are a well-known title with a number in it.
    pub fn known_title(&self, tokens: &[Token]) -> usize {
        let Some((first, behind)) = tokens.split_first().filter(|(first, _)| first.titles != 0)
        else {
            return 0;
        };
        self.titles[usize::from(first.titles) - 1]
            .iter()
            .filter(|title| begin_with(behind, &title[1..], Gap::BRACKET))
            .map(Vec::len)
            .max()
            .unwrap_or(0)
    }
}

/// The tokens begin with these words, none of them behind such a sign.
fn begin_with(tokens: &[Token], words: &[Key], parted: Gap) -> bool {
    tokens.len() >= words.len()
        && tokens
            .iter()
            .zip(words)
            .all(|(token, word)| token.key == *word && !token.gap.has(parted))
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
