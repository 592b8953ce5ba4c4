//! Which titles are worth comparing: two that are alike ([`super::same_series`]) have a block in common, and most others have none.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
};

/// The most letters of a title of which slips are looked for.
const MOST_LETTERS: usize = 200;
/// The most letters of a title of one word of which two slips are looked for: their pairs are many.
const MOST_IN_PAIRS: usize = 30;
/// With fewer letters no slip is forgiven, see `likeness`.
const ONE_SLIP: usize = 8;
/// With fewer letters one is.
const TWO_SLIPS: usize = 14;

/// The blocks of a folded title, each once: titles with the same letters differently spaced have one in common, and so have those that
/// differ by plurals and the slips that are forgiven.
pub fn blocks(folded: &str) -> HashSet<u64> {
    let mut blocks = HashSet::new();
    let letters: String = folded.chars().filter(|letter| *letter != ' ').collect();
    if letters.is_empty() {
        return blocks;
    }
    blocks.insert(hash(("letters", &letters)));
    let count = letters.chars().count();
    // A plural is no slip; so that `boss` and `bosses` do not matter, every `s` goes.
    let words: Vec<&str> = folded
        .split(' ')
        .map(|word| word.trim_end_matches('s'))
        .collect();
    blocks.insert(hash(("plural", &words)));
    if (ONE_SLIP..=MOST_LETTERS).contains(&count) {
        let fixed = folded
            .split(' ')
            .map(|word| Some(word).filter(|word| is_fixed(word)));
        let fixed = hash(fixed.collect::<Vec<_>>());
        for block in with_slips(&words, count) {
            blocks.insert(hash((fixed, block)));
        }
    }
    blocks
}

/// No slip is forgiven in it, so that titles that are alike share it.
fn is_fixed(word: &str) -> bool {
    word.len() < 3 || !word.chars().all(char::is_alphabetic)
}

fn with_slips(words: &[&str], count: usize) -> Vec<u64> {
    let mut blocks = Vec::new();
    match words {
        [word] => {
            let once = without_one(word);
            if (TWO_SLIPS..=MOST_IN_PAIRS).contains(&count) {
                for shorter in &once {
                    blocks.extend(without_one(shorter).iter().map(|left| hash(("one", left))));
                }
            }
            blocks.extend(once.iter().map(|left| hash(("one", left))));
        }
        // One of them is the same, or each has one slip.
        [first, second] => {
            blocks.extend([hash(("first", first)), hash(("second", second))]);
            blocks.extend(without_one(first).iter().map(|left| hash(("two", left))));
        }
        // Two slips leave one of three parts alone.
        words => {
            for part in 0..3 {
                let of_part = |at: &usize| at * 3 / words.len() == part;
                let same: Vec<&str> = (0..words.len())
                    .filter(of_part)
                    .map(|at| words[at])
                    .collect();
                blocks.push(hash((part, words.len(), same)));
            }
        }
    }
    blocks
}

/// The letters of a folded title, as bits; no plural changes them. Of titles that are alike at most [`MOST_OTHER_LETTERS`] differ.
pub fn letters(folded: &str) -> u64 {
    let counted = folded.chars().filter(|letter| !matches!(letter, ' ' | 's'));
    counted.fold(0, |bits, letter| bits | 1 << (u32::from(letter) % 64))
}

/// A slip is one letter for another, and there are two.
pub const MOST_OTHER_LETTERS: u32 = 4;

/// The word, and what is left of it without each of its letters.
fn without_one(word: &str) -> Vec<String> {
    let without = |(at, letter): (usize, char)| {
        let mut left = String::with_capacity(word.len());
        left.push_str(&word[..at]);
        left.push_str(&word[at + letter.len_utf8()..]);
        left
    };
    let shorter = word.char_indices().map(without);
    std::iter::once(word.to_owned()).chain(shorter).collect()
}

fn hash(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::{
        super::{TitleMatch, fold, same_series},
        *,
    };

    fn share(a: &str, b: &str) -> bool {
        !blocks(&fold(a)).is_disjoint(&blocks(&fold(b)))
    }

    #[test]
    fn titles_that_are_alike_share_a_block() {
        for (title, name) in [
            ("Oshi no Ko", "Oshinoko"),
            ("L'Attaque des Titans", "Attaques des titans"),
            ("Monster", "Monsters"),
            ("Fullmetal Alchemist", "Fulmetal Alchimist"),
            ("Fullmetal Alchemist", "Full Metal Alchemist"),
            ("Fairy Tail", "Fairy Tial"),
            ("Berserker", "Bersereker"),
            ("Hunter x Hunter", "HunterxHunter"),
            ("Невозможный", "Невозможнй"),
            ("Neon Genesis Evangelion", "Neom Genesis Evangelon"),
            ("Les Misérables de Paris", "Les Miserable de Pari"),
        ] {
            let near = same_series(&fold(title), &[], &fold(name));
            assert_eq!(near, TitleMatch::Near, "{title} / {name}");
            assert!(share(title, name), "{title} / {name}");
            let other = letters(&fold(title)) ^ letters(&fold(name));
            assert!(other.count_ones() <= MOST_OTHER_LETTERS, "{title} / {name}");
        }
    }

    #[test]
    fn most_others_share_none() {
        for (title, name) in [
            ("Naruto", "Boruto"),
            ("One Piece", "One Punch Man"),
            ("Akira", ""),
            ("", ""),
        ] {
            assert!(!share(title, name), "{title} / {name}");
        }
    }

    #[test]
    fn a_title_has_few_blocks() {
        let long = "a".repeat(500);
        let words = "mot ".repeat(100);
        for title in [
            "Neon Genesis Evangelion",
            "Supercalifragilisticexpialidocious",
            "Supercalifragilisticexpialid",
            &long,
            &words,
        ] {
            let count = blocks(&fold(title)).len();
            assert!(count <= 500, "{title}: {count}");
        }
    }
}
