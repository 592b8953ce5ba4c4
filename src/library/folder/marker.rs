//! Words and letters that make the number behind them a volume: `Tome 3`, `T03`. Pure.

/// Words that make the number behind them a volume or a chapter.
const MARKERS: [&str; 12] = [
    "tome",
    "tomes",
    "vol",
    "vols",
    "volume",
    "volumes",
    "chapitre",
    "chapitres",
    "chapter",
    "chapters",
    "chap",
    "ch",
];

/// True when a marker with a number stands anywhere: `T03`, `Tome 3`, `vol. 3`, `Chapitre 12`. A lone `v2` is as often a revision.
pub fn has_volume_marker(text: &str) -> bool {
    has_glued_marker(text) || has_marked_word(text)
}

/// `T03` anywhere.
pub fn has_glued_marker(text: &str) -> bool {
    word_starts(text).any(|at| glued(&text[at..], 't').is_some())
}

/// `Tome 3` anywhere.
pub fn has_marked_word(text: &str) -> bool {
    word_starts(text).any(|at| marked_word(&text[at..]))
}

/// True when the text begins with `Tome 3`, `Vol.3`, `ch012`.
pub fn marked_word(text: &str) -> bool {
    let letters = text
        .find(|letter: char| !letter.is_alphabetic())
        .unwrap_or(text.len());
    let (word, rest) = text.split_at(letters);
    MARKERS
        .iter()
        .any(|marker| word.eq_ignore_ascii_case(marker))
        && rest
            .trim_start_matches([' ', '.', '_', '°', '#'])
            .starts_with(|letter: char| letter.is_ascii_digit())
}

/// The digits of `T03` and what is behind them.
pub fn glued(text: &str, marker: char) -> Option<(&str, &str)> {
    let digits = text.strip_prefix([marker, marker.to_ascii_uppercase()])?;
    let (digits, rest) = split_digits(digits);
    (!digits.is_empty() && !rest.starts_with(char::is_alphabetic)).then_some((digits, rest))
}

/// Byte offsets where a run of letters and digits begins.
pub fn word_starts(text: &str) -> impl Iterator<Item = usize> {
    let mut inside = false;
    text.char_indices().filter_map(move |(at, letter)| {
        let before = std::mem::replace(&mut inside, letter.is_alphanumeric());
        (inside && !before).then_some(at)
    })
}

/// The ASCII digits in front, and the rest.
pub fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(
        text.find(|letter: char| !letter.is_ascii_digit())
            .unwrap_or(text.len()),
    )
}
