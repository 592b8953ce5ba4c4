//! Where the title is: in the name of a folder, and in front of a file's number. Pure.

use super::marker::{glued, marked_word, word_starts};
use crate::domain::title::fold;

/// The title in the name of a folder. A folder is mostly called just like its series, so only brackets behind it and a volume
/// marker with a number are taken off: `Naruto (2002) [FR]`, `Naruto T01-T72`; `Mob Psycho 100` stays whole.
pub fn folder_title(name: &str) -> &str {
    let title = without_brackets(name.trim());
    let marker = word_starts(title).find(|at| closes_a_title(&title[*at..]));
    let title = marker.map_or(title, |at| &title[..at]);
    let title = title
        .trim_end_matches(|letter: char| letter.is_whitespace() || "-–_.,:|([{".contains(letter));
    if title.is_empty() { name } else { title }
}

/// `Terminator T2` is a title, `Naruto T01` and `Naruto T1-T72` are not: one letter needs two digits or a range.
fn closes_a_title(text: &str) -> bool {
    let one_letter = |marker| {
        glued(text, marker).is_some_and(|(digits, rest)| {
            let rest = rest.trim_start();
            digits.len() > 1
                || ["-", "–", "à", ">"]
                    .iter()
                    .any(|range| rest.starts_with(range))
        })
    };
    marked_word(text) || one_letter('t') || one_letter('v')
}

fn without_brackets(mut name: &str) -> &str {
    loop {
        let opening = match name.chars().next_back() {
            Some(')') => '(',
            Some(']') => '[',
            Some('}') => '{',
            _ => return name,
        };
        let Some(before) = name.rfind(opening).map(|at| name[..at].trim_end()) else {
            return name;
        };
        // `[Oshi no Ko]` is all of the title, and `Attaque des Titans (L')` has its article there.
        if before.is_empty() || fold(before) == fold(name) {
            return name;
        }
        name = before;
    }
}

/// Splits a name behind the title in front of it, if it has one of these. `[Team]` in front of that is dropped, unless the title
/// stands in those brackets.
pub fn split_title<'a>(mut stem: &'a str, titles: &[String]) -> (Option<&'a str>, &'a str) {
    loop {
        if let Some(end) = end_of_title(stem, titles) {
            return (Some(&stem[..end]), &stem[end..]);
        }
        let team = stem.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        match team.map(|(_, rest)| rest.trim_start()) {
            Some(rest) if !rest.is_empty() => stem = rest,
            _ => return (None, stem),
        }
    }
}

/// Where the longest of these titles ends that stands at the front of the name, however it is spelt.
fn end_of_title(stem: &str, titles: &[String]) -> Option<usize> {
    let longest = titles.iter().map(String::len).max()?;
    let shortest = titles.iter().map(String::len).min()?;
    // Folding is dear: a front is not looked at before it can be long enough, nor after it is too long.
    word_ends(stem)
        .skip_while(|end| 2 * end < shortest)
        .map(|end| (end, fold(&stem[..end])))
        .take_while(|(_, front)| front.len() <= longest)
        .filter(|(_, front)| !front.is_empty() && titles.contains(front))
        .map(|(end, _)| end)
        .last()
}

/// Byte offsets where such a run ends, or its letters give way to digits (`Naruto01`).
fn word_ends(text: &str) -> impl Iterator<Item = usize> {
    let letters = text.char_indices().map(|(at, letter)| (at, Some(letter)));
    let mut before = ' ';
    letters
        .chain([(text.len(), None)])
        .filter_map(move |(at, letter)| {
            let last = std::mem::replace(&mut before, letter.unwrap_or(' '));
            let ends = last.is_alphanumeric() && !before.is_alphanumeric();
            (ends || last.is_alphabetic() && before.is_ascii_digit()).then_some(at)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_keeps_its_title_and_loses_its_tags() {
        for (name, title) in [
            ("Naruto", "Naruto"),
            ("Naruto (2002) [FR]", "Naruto"),
            ("Berserk (01-41) (Miura) (2004) [Digital-1699]", "Berserk"),
            ("Naruto T01-T72", "Naruto"),
            ("Naruto - Tomes 1 à 72 [CBZ]", "Naruto"),
            ("Berserk v01-38", "Berserk"),
            ("20th Century Boys", "20th Century Boys"),
            ("XIII", "XIII"),
            ("Area 51", "Area 51"),
            ("Mob Psycho 100", "Mob Psycho 100"),
            ("Kaiju n°8", "Kaiju n°8"),
            ("Terminator T2", "Terminator T2"),
            ("[Oshi no Ko]", "[Oshi no Ko]"),
            ("[Oshi no Ko] (2021)", "[Oshi no Ko]"),
            ("Attaque des Titans (L')", "Attaque des Titans (L')"),
            ("T01-T10", "T01-T10"),
            ("7 Shakespeares", "7 Shakespeares"),
            ("1984", "1984"),
            ("(2002)", "(2002)"),
            ("Dr. Stone", "Dr. Stone"),
            ("Oh My Goddess!", "Oh My Goddess!"),
        ] {
            assert_eq!(folder_title(name), title, "{name}");
        }
    }

    #[test]
    fn a_title_is_found_however_it_is_spelt() {
        let titles = [
            fold("L'Attaque des Titans"),
            fold("Area 51"),
            fold("[Oshi no Ko]"),
        ];
        for (name, expected) in [
            (
                "L'attaque des titans T05",
                (Some("L'attaque des titans"), " T05"),
            ),
            ("Attaque.des.Titans.05", (Some("Attaque.des.Titans"), ".05")),
            ("[Team] [FR] Area 51 - 02", (Some("Area 51"), " - 02")),
            ("[Oshi no Ko] T02", (Some("[Oshi no Ko"), "] T02")),
            ("Area 512", (None, "Area 512")),
            ("[Team]", (None, "[Team]")),
        ] {
            assert_eq!(split_title(name, &titles), expected);
        }
    }
}
