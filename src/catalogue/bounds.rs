//! What is taken over from a catalogue, within bounds: whatever stands there may be wrong, endless or made to harm. Pure.

use std::borrow::Cow;

use serde_json::Value;

use crate::domain::volume::MAX_SET;

/// Entries of one answer at most.
pub const MOST_ENTRIES: usize = 10;

/// Releases of one series at most.
pub const MOST_RELEASES: usize = MAX_SET;

/// Other titles of one series at most.
const MOST_TITLES: usize = 100;

/// Authors of one series at most.
const MOST_AUTHORS: usize = 20;

/// The longest title that is kept, in characters.
pub const LONGEST_TITLE: usize = 300;

/// No series has more volumes.
const MOST_VOLUMES: i64 = 3_000;

/// A title or a name on one line, without signs that are not seen, cut; none when nothing is left.
pub fn line(text: &str) -> Option<String> {
    let seen = |letter: &char| !is_unseen(*letter) || letter.is_whitespace();
    let seen: String = text.chars().filter(seen).take(10 * LONGEST_TITLE).collect();
    let words: Vec<&str> = seen.split_whitespace().collect();
    let line: String = words.join(" ").chars().take(LONGEST_TITLE).collect();
    let line = line.trim_end();
    (!line.is_empty()).then(|| line.to_owned())
}

/// Controls, and what changes the direction of the text or has no width.
fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Titles besides the first one, each once.
pub fn other_titles<'a>(
    first: &str,
    titles: impl IntoIterator<Item = impl Into<Cow<'a, str>>>,
) -> Vec<String> {
    distinct(titles, MOST_TITLES, Some(first))
}

/// Names of authors, each once.
pub fn authors<'a>(names: impl IntoIterator<Item = impl Into<Cow<'a, str>>>) -> Vec<String> {
    distinct(names, MOST_AUTHORS, None)
}

fn distinct<'a>(
    lines: impl IntoIterator<Item = impl Into<Cow<'a, str>>>,
    most: usize,
    without: Option<&str>,
) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    let lines = lines.into_iter().filter_map(|text| line(&text.into()));
    // What repeats itself for ever is not read for ever.
    for line in lines.take(10 * most) {
        if kept.len() == most {
            break;
        }
        if without != Some(line.as_str()) && !kept.contains(&line) {
            kept.push(line);
        }
    }
    kept
}

/// A number of volumes that can be true; 0 is how catalogues say that they do not know.
pub fn count(number: i64) -> Option<u32> {
    let fits = (1..=MOST_VOLUMES).contains(&number);
    fits.then(|| u32::try_from(number).expect("it is small"))
}

/// A year in which a series can have begun.
pub fn year(number: i64) -> Option<i32> {
    let fits = (1800..=2200).contains(&number);
    fits.then(|| i32::try_from(number).expect("it is small"))
}

/// A whole number that stands there as one or as text.
pub fn number(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => text.trim().parse().ok(),
        value => value.as_i64(),
    }
}

/// An id that is a number above 0, as text.
pub fn id(value: &Value) -> Option<String> {
    let number = number(value).filter(|number| *number > 0)?;
    Some(number.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_title_is_one_line_of_what_is_seen() {
        for (text, expected) in [
            (" One\n  Piece\t", Some("One Piece")),
            ("\u{98}L'\u{9c}attaque", Some("L'attaque")),
            ("abc\u{202e}def\0", Some("abcdef")),
            ("\u{200b}\r\n", None),
            ("", None),
        ] {
            assert_eq!(line(text).as_deref(), expected, "{text:?}");
        }
        let long = line(&"é ".repeat(1_000)).expect("a title");
        assert!(long.chars().count() <= LONGEST_TITLE);
        assert!(!long.ends_with(' '));
    }

    #[test]
    fn titles_are_bounded_and_each_stands_once() {
        let titles = other_titles("A", ["A", "B", "B", "", "C"]);
        assert_eq!(titles, ["B", "C"]);
        let many = (0..1_000).map(|number| number.to_string());
        assert_eq!(other_titles("A", many).len(), MOST_TITLES);
    }

    #[test]
    fn absurd_numbers_are_none() {
        for (number, expected) in [
            (0, None),
            (-1, None),
            (1, Some(1)),
            (3_000, Some(3_000)),
            (3_001, None),
            (i64::MAX, None),
        ] {
            assert_eq!(count(number), expected);
        }
        assert_eq!(
            (year(0), year(1997), year(99_999)),
            (None, Some(1997), None)
        );
        for (value, expected) in [
            (json!(13), Some("13")),
            (json!("13"), Some("13")),
            (json!(0), None),
            (json!(-3), None),
            (json!(1.5), None),
            (json!(null), None),
            (json!({}), None),
        ] {
            assert_eq!(id(&value).as_deref(), expected, "{value}");
        }
    }
}
