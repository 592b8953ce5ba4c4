//! The words that a release is found by, and those of a query. A volume is found by its number, however either writes it. Pure.

use crate::domain::{title::fold, volume::VolumeSet};

/// Volumes of a release that it is found by; packs of more are found by their words.
const MOST_VOLUMES: usize = 400;
/// Words that count of a query.
const MOST_TERMS: usize = 20;

/// What stands in front of a number and says that it is one of a volume.
const MARKS: [&str; 12] = [
    "t", "v", "vol", "vols", "volume", "volumes", "tome", "tomes", "no", "n", "issue", "num",
];

/// Every word of a release's name, of its series' title, and the volumes that it holds; and the year that the name states.
pub fn of_name(name: &str, volumes: &VolumeSet, series: &str) -> (Vec<String>, Option<u16>) {
    let (name, series) = (fold(name), fold(series));
    let year = name.split(' ').find_map(year);
    let words = name.split(' ').chain(series.split(' '));
    let words = words.filter(|word| !word.is_empty()).map(str::to_owned);
    let numbers = volumes.iter().take(MOST_VOLUMES);
    let numbers = numbers.map(|volume| numbered(&volume.to_string()));
    (words.chain(numbers).collect(), year)
}

/// What has to stand in a name, each in one of some forms: `104`, `T104` and `vol. 104` are a word, or a volume.
pub fn of_query(query: &str) -> Vec<Vec<String>> {
    let folded = fold(query);
    let words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    let mut terms = Vec::with_capacity(words.len());
    for (at, word) in words.iter().enumerate().take(MOST_TERMS) {
        let next = words.get(at + 1).and_then(|next| number(next));
        if MARKS.contains(word) && next.is_some() {
            continue;
        }
        terms.push(match number(word) {
            Some(number) => vec![(*word).to_owned(), numbered(&number)],
            None => vec![(*word).to_owned()],
        });
    }
    terms
}

/// Parts of names of which one form of each term surely has some: for a database that knows no words.
pub fn surely_there(terms: &[Vec<String>]) -> Vec<String> {
    let mut parts: Vec<String> = terms
        .iter()
        .filter_map(|forms| match forms.as_slice() {
            [word] => Some(word.clone()),
            // The pack that holds it says another number.
            _ => None,
        })
        .collect();
    parts.dedup();
    parts
}

fn numbered(volume: &str) -> String {
    format!("#{volume}")
}

/// The number that a word is, without the mark and the zeros in front of it.
fn number(word: &str) -> Option<String> {
    let digits = word.trim_start_matches(|letter: char| letter.is_ascii_lowercase());
    let mark = &word[..word.len() - digits.len()];
    let fits = (mark.is_empty() || MARKS.contains(&mark))
        && (1..=6).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| match digits.trim_start_matches('0') {
        "" => "0".to_owned(),
        number => number.to_owned(),
    })
}

fn year(word: &str) -> Option<u16> {
    let year: u16 = (word.len() == 4).then(|| word.parse().ok())??;
    (1900..=2100).contains(&year).then_some(year)
}
