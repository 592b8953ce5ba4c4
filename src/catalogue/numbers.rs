//! What a line of a page says: counts, volumes, days, years and ISBNs. Pure.

use std::sync::LazyLock;

use regex::Regex;

use crate::domain::{catalogue::Day, title::fold_word, volume::VolumeNumber};

/// The most volumes that a series has; more is no number of volumes.
const MOST_VOLUMES: u32 = 3_000;

const MONTHS: [&str; 12] = [
    "janvier",
    "fevrier",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
];

static DAY: LazyLock<Regex> = LazyLock::new(|| {
    let months = MONTHS.join("|");
    Regex::new(&format!(
        r"\b(?:(?:(\d{{1,2}})/)?(\d{{1,2}})/(\d{{4}})|(?:(\d{{1,2}})(?:er)?\s+)?({months})\s+(\d{{4}}))\b"
    ))
    .expect("a pattern")
});
static YEAR: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b(?:1[89]|20)\d\d\b").expect("a pattern"));
static VOLUME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(?:vol(?:ume)?|tome)\b\.?\s*(\d{1,4}(?:[.,]\d{1,2})?)\b(\s*(?:a|&|et|-)\s*\d)?")
        .expect("a pattern")
});

/// The number that a text begins with, when it may be one of volumes.
pub(super) fn count(text: &str) -> Option<u32> {
    let digits = text.trim_start();
    let digits = &digits[..digits.bytes().take_while(u8::is_ascii_digit).count()];
    let count = digits.parse().ok()?;
    (1..=MOST_VOLUMES).contains(&count).then_some(count)
}

/// The number behind "Vol." or "Tome"; none of a box that holds several.
pub(super) fn volume(text: &str) -> Option<VolumeNumber> {
    let plain = fold_word(text);
    let found = VOLUME.captures(&plain)?;
    match found.get(2) {
        Some(_) => None,
        None => number(&found[1]),
    }
}

/// A volume's number as French writes it, with a comma.
pub(super) fn number(text: &str) -> Option<VolumeNumber> {
    text.trim().replace(',', ".").parse().ok()
}

/// The most exact day that a text names: `15/05/2026`, `05/2026`, `12 mai 2026`, `mai 2026`; of several as exact ones the first.
pub(super) fn day(text: &str) -> Option<Day> {
    let plain = fold_word(text);
    let read = |found: regex::Captures<'_>| {
        let number = |group: usize| found.get(group)?.as_str().parse::<u32>().ok();
        let (day, month, year) = match found.get(5) {
            Some(name) => {
                let at = MONTHS.iter().position(|month| *month == name.as_str())?;
                (number(4), u32::try_from(at + 1).ok()?, number(6)?)
            }
            None => (number(1), number(2)?, number(3)?),
        };
        Day::new(i32::try_from(year).ok()?, Some(month), day)
    };
    let mut found = DAY.captures_iter(&plain).filter_map(read);
    let first = found.next()?;
    if first.is_exact() {
        return Some(first);
    }
    Some(found.find(|day| day.is_exact()).unwrap_or(first))
}

/// The first year that a text names.
pub(super) fn year(text: &str) -> Option<i32> {
    YEAR.find(text)?.as_str().parse().ok()
}

/// Thirteen digits, from thirteen or ten, when the last one fits the others.
pub fn isbn(text: &str) -> Option<String> {
    let kept: String = text
        .chars()
        .filter(|letter| !matches!(letter, ' ' | '-' | '\u{a0}' | '‐' | '–'))
        .collect();
    let digits: Vec<u32> = kept
        .chars()
        .map(|letter| match letter {
            'X' | 'x' => Some(10),
            _ => letter.to_digit(10),
        })
        .collect::<Option<_>>()?;
    let sum_of_13 = |digits: &[u32]| -> u32 {
        let weighted = digits.iter().zip([1, 3].into_iter().cycle());
        weighted.map(|(digit, weight)| digit * weight).sum()
    };
    let plain = |digits: &[u32]| digits.iter().all(|digit| *digit < 10);
    match digits.len() {
        13 if plain(&digits) && sum_of_13(&digits).is_multiple_of(10) => {
            (kept.starts_with("978") || kept.starts_with("979")).then_some(kept)
        }
        10 if plain(&digits[..9]) => {
            let weighted = digits.iter().zip((1..=10).rev());
            let sum: u32 = weighted.map(|(digit, weight)| digit * weight).sum();
            let mut whole = vec![9, 7, 8];
            whole.extend(&digits[..9]);
            whole.push((10 - sum_of_13(&whole) % 10) % 10);
            let text = whole
                .iter()
                .filter_map(|digit| char::from_digit(*digit, 10));
            sum.is_multiple_of(11).then(|| text.collect())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_as_exactly_as_it_stands_there() {
        for (text, day_) in [
            ("15/05/2026", Some("2026-05-15")),
            ("Sortie le 1/7/2026 en librairie", Some("2026-07-01")),
            ("06/2019", Some("2019-06")),
            ("(DL 06/2019)", Some("2019-06")),
            ("07/2012 (Parution le 05/07/2012)", Some("2012-07-05")),
            ("1er août 2026", Some("2026-08-01")),
            ("12\u{a0}mai 2026", Some("2026-05-12")),
            ("décembre 2026", Some("2026-12")),
            ("31/02/2026", None),
            ("13/2019", None),
            ("2026", None),
            ("-", None),
            ("", None),
        ] {
            let read = day(text).map(|day| day.to_string());
            assert_eq!(read.as_deref(), day_, "{text}");
        }
    }

    #[test]
    fn a_volume_is_the_number_behind_its_word() {
        for (text, volume_) in [
            ("Vol. 6", Some("6")),
            ("Smoking Behind Vol.\u{a0}12", Some("12")),
            ("Vol 10,5", Some("10.5")),
            ("volume 0", Some("0")),
            ("Tome 3", Some("3")),
            ("Vol. 1 à 3", None),
            ("Vol. 1 & 2", None),
            ("Coffret", None),
            ("Kaiju N°8", None),
            ("Vol. 99999", None),
        ] {
            let read = volume(text).map(|volume| volume.to_string());
            assert_eq!(read.as_deref(), volume_, "{text}");
        }
    }

    #[test]
    fn counts_stay_plausible() {
        for (text, count_) in [
            ("113 (En cours)", Some(113)),
            ("\u{a0}5", Some(5)),
            ("0", None),
            ("3001", None),
            ("99999999999999", None),
            ("?", None),
            ("", None),
        ] {
            assert_eq!(count(text), count_, "{text}");
        }
    }

    #[test]
    fn an_isbn_has_thirteen_digits_that_fit() {
        for (text, isbn_) in [
            ("978-2-7234-8852-5", Some("9782723488525")),
            ("2-01-210001-5", Some("9782012100015")),
            ("2-7234-0000-0", None),
            ("080442957X", Some("9780804429573")),
            ("978-2-7234-8852-6", None),
            ("1234567890128", None),
            ("", None),
            ("é", None),
        ] {
            assert_eq!(isbn(text).as_deref(), isbn_, "{text}");
        }
    }
}
