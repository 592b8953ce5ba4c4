//! Series titles: how they are folded for comparison; how alike two are is said in `likeness`. Pure.

mod blocks;
mod letters;
mod likeness;

use std::{fmt::Write, ops::Range};

pub use blocks::{MOST_OTHER_LETTERS, blocks, letters};
pub use likeness::{AlsoSays, TitleMatch, one_shot, same_series};

/// What two spellings of one title have in common; the key by which titles are stored and found.
///
/// Gone are case, accents, width, punctuation and one article, in front (`Le Grand vide`) or behind (`Grand vide, Le`; `(L')`).
/// Words are parted by one space. The ways to write "and" are one, so are `Final Fantasy VII` and `7`, `Q.E.D.` and `QED`, `½` and
/// `1/2`, `n°8` and `No. 8`. Kana keep their marks, and hiragana and katakana stay apart.
///
/// Empty when there is neither letter nor digit: such a title names nothing, and nothing is the same series as it.
/// No answer holds `%`, `_` or another sign, so it may stand in a pattern of SQL's LIKE.
pub fn fold(title: &str) -> String {
    let plain = letters::plain(title);
    if !plain.bytes().any(in_word) {
        return String::new();
    }
    let mut words = Vec::with_capacity(12);
    match article_behind(&plain) {
        Some(article) => {
            read_words(&plain[..article.start], &mut words);
            read_words(&plain[article.end..], &mut words);
            join(&words)
        }
        None => {
            read_words(&plain, &mut words);
            // Only one article goes, so that `Le Die Hard` and `Die Hard (Le)` stay the same.
            join(&words[usize::from(begins_with_article(&words))..])
        }
    }
}

/// What two spellings of a word that is no title have in common: gone are case, accents and width. One of nothing but signs is as it is.
pub fn fold_word(word: &str) -> String {
    match letters::plain(word).trim() {
        "" => word.to_owned(),
        plain => plain.to_owned(),
    }
}

/// A word as it stands in the plain text.
#[derive(Clone, Copy)]
struct Word<'a> {
    text: &'a str,
    /// An apostrophe follows: the `L` of `L'Attaque`.
    elided: bool,
    /// The end of an English word behind its apostrophe: the `s` of `JoJo's`, which many write `JoJos`.
    ending: bool,
}

impl Word<'_> {
    fn is_letter(&self) -> bool {
        matches!(self.text.as_bytes(), [b'a'..=b'z'])
    }

    /// Longer than a letter, and not a number.
    fn is_spelt(&self) -> bool {
        self.text.len() > 1 && !self.text.as_bytes()[0].is_ascii_digit()
    }
}

/// Plain text has no character beyond ASCII that is not part of a word.
fn in_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii()
}

fn read_words<'a>(plain: &'a str, words: &mut Vec<Word<'a>>) {
    let bytes = plain.as_bytes();
    let word_at = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(|b| in_word(*b));
    let quote_at =
        |at: Option<usize>| matches!(at.and_then(|at| bytes.get(at)), Some(b'\'' | b'`'));
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        while at < bytes.len() && in_word(bytes[at]) {
            at += 1;
        }
        let (before, after) = (word_at(start.checked_sub(1)), word_at(Some(at + 1)));
        let digit_before = plain[..start].ends_with(|letter: char| letter.is_ascii_digit());
        let text = match bytes.get(at) {
            _ if at > start => &plain[start..at],
            Some(b'&') => "et",
            // A plus on one side of a word belongs to the title (`+Anima`); between two it parts them (`Rosario+Vampire`), and behind
            // a number it says that there is more (`1-14+`).
            Some(b'+') if before != after && !digit_before => "plus",
            // `C#` is not `C`; in front of a word it is a hashtag or a number's sign.
            Some(b'#') if before && !after => "sharp",
            _ => "",
        };
        if !text.is_empty() {
            let behind_quote = quote_at(start.checked_sub(1)) && word_at(start.checked_sub(2));
            words.push(Word {
                text,
                elided: at > start && quote_at(Some(at)),
                ending: behind_quote && is_english_ending(text),
            });
        }
        at += usize::from(at == start);
    }
}

fn is_english_ending(text: &str) -> bool {
    matches!(text, "s" | "t" | "re" | "ve" | "ll" | "m" | "d")
}

/// Articles of French, English, German, Italian, Spanish, Portuguese and Dutch, without accents. `i` is none of them: it would
/// make `I, Vampire` the same as `Vampire`.
const ARTICLES: [&str; 32] = [
    "le", "la", "les", "l", "un", "une", "des", "the", "a", "an", "der", "die", "das", "ein",
    "eine", "il", "lo", "gli", "una", "el", "los", "las", "unos", "unas", "o", "os", "as", "um",
    "uma", "de", "het", "een",
];

/// French and Italian cut their article to `l'` only in front of these; so `L-DK` keeps its L.
fn takes_elision(word: &str) -> bool {
    word.starts_with(['a', 'e', 'i', 'o', 'u', 'y', 'h'])
}

fn begins_with_article(words: &[Word<'_>]) -> bool {
    let [first, second, ..] = words else {
        return false;
    };
    match first.text {
        _ if second.ending => false,
        "l" => takes_elision(second.text) && (first.elided || second.text.len() > 1),
        // `A.I.` and `O'Neill` have no article.
        "a" | "o" => second.text.len() > 1 && !first.elided,
        word => ARTICLES.contains(&word),
    }
}

/// Where an article stands behind its title: in brackets of its own, or after a comma at the end of the title or of its first part.
fn article_behind(plain: &str) -> Option<Range<usize>> {
    let begin = plain.find(|letter: char| !letter.is_ascii() || letter.is_alphanumeric())?;
    plain[begin..]
        .match_indices(['(', '[', '{', ','])
        .find_map(|(at, mark)| {
            let start = begin + at + 1;
            let inside = &plain[start..];
            let length = inside
                .find(|letter: char| !letter.is_ascii_lowercase() && !" '`".contains(letter))
                .unwrap_or(inside.len());
            let article = inside[..length].trim_matches([' ', '\'', '`']);
            let spaced = inside[..length].ends_with(' ');
            let closed = match (mark, inside.as_bytes().get(length)) {
                // A name can be cut in the middle of the brackets.
                (_, None) | ("(", Some(b')')) | ("[", Some(b']')) | ("{", Some(b'}')) => true,
                (",", Some(b'-')) => spaced,
                (",", Some(b':')) => true,
                _ => false,
            };
            let fits = article != "l" || takes_elision(&plain[begin..]);
            (closed && fits && ARTICLES.contains(&article)).then(|| start - 1..start + length)
        })
}

fn join(words: &[Word<'_>]) -> String {
    let mut folded = String::with_capacity(words.iter().map(|word| word.text.len() + 2).sum());
    // Behind `JoJo's` no row of letters begins.
    let mut after_ending = false;
    for (at, word) in words.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| &words[at]);
        let after = words.get(at + 1);
        let spelt = before.is_some_and(Word::is_spelt) && after.is_some_and(Word::is_spelt);
        // File names may not hold an apostrophe: `JoJo s Bizarre Adventure`. An `s` at the end may be a title's own.
        let lost_quote = matches!(word.text, "s" | "t")
            && after.is_some()
            && before.is_some_and(|before| before.is_spelt() && before.text.len() > 2);
        let ending = word.ending || lost_quote;
        // `Q.E.D.`, `Q E D` and `QED`; but `À l'encre`, and `A l encre`, are no row of letters.
        let lost_elision = word.text == "l"
            && after.is_some_and(|after| after.text.len() > 1 && takes_elision(after.text));
        let in_row = word.is_letter()
            && before.is_some_and(|before| before.is_letter() && !before.elided)
            && !(word.elided || lost_elision || after_ending);
        if at > 0 && !ending && !in_row {
            folded.push(' ');
        }
        match word.text {
            "and" | "und" => folded.push_str("et"),
            "y" | "e" if spelt => folded.push_str("et"),
            text => match roman(text).filter(|_| at > 0 && !ending) {
                Some(number) => write!(folded, "{number}").expect("a string takes any text"),
                None => folded.push_str(text),
            },
        }
        after_ending = ending;
    }
    folded
}

/// A Roman numeral from II to XXXIX, of more than one letter: `V for Vendetta`, `MIX`, `CD` and `DC` are words. So is `XXX`, which
/// mostly stands for what is not said.
fn roman(word: &str) -> Option<usize> {
    const UNITS: [&str; 10] = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];
    if word.len() < 2 || !word.starts_with(['i', 'v', 'x']) || word == "xxx" {
        return None;
    }
    let units = word.trim_start_matches('x');
    let tens = word.len() - units.len();
    let units = UNITS.iter().position(|known| *known == units)?;
    (tens <= 3).then_some(tens * 10 + units)
}

#[cfg(test)]
mod tests;
