//! A page of a site that has no interface for programs: its tree within bounds, and what a line of it says: text, numbers and days. Pure.

use std::sync::LazyLock;

use regex::Regex;
use scraper::{ElementRef, Html, Selector};

use crate::{
    domain::{
        catalogue::{Day, Release},
        identity::{Catalogue, Identity},
        title::fold_word,
        volume::VolumeNumber,
    },
    markup::{self, selectors},
};

/// The longest text that is kept; characters.
const LONGEST: usize = 300;
/// Bytes of the text of one element that are looked at.
const MOST_TEXT: usize = 4_000;
/// Releases of a series that are kept.
pub(super) const MOST_RELEASES: usize = 3_000;
/// Other titles of a series that are kept.
pub(super) const MOST_TITLES: usize = 100;
/// Authors of a series that are kept.
pub(super) const MOST_AUTHORS: usize = 20;
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

selectors! {
    CANONICAL = r#"link[rel="canonical"][href]"#;
    SHARED = r#"meta[property="og:url"][content]"#;
}

static SAVED_FROM: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"<!--\s*saved from url=\(\d+\)(\S{1,2000})\s*-->").expect("a pattern")
});
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

/// Why a page is not what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// Something that is always there is not; what that is.
    Changed(&'static str),
    /// It says that more is found than it shows.
    TooMany,
}

/// A page.
pub(super) struct Page(Html);

impl Page {
    /// Reads it; damaged as it may be.
    ///
    /// # Errors
    /// When it is too large to be one.
    pub fn read(html: &str) -> Result<Self, Obstacle> {
        match markup::are_kept(html) {
            true => Ok(Self(Html::parse_document(html))),
            false => Err(Obstacle::Changed("a page has fewer parts")),
        }
    }

    /// Everything that fits, in its order.
    pub fn all<'a>(&'a self, selector: &'a Selector) -> impl Iterator<Item = ElementRef<'a>> {
        self.0.select(selector)
    }

    /// The first that fits.
    pub fn first<'a>(&'a self, selector: &'a Selector) -> Option<ElementRef<'a>> {
        self.0.select(selector).next()
    }

    /// Which series of a catalogue it shows, by the addresses that it gives itself, as a browser saves them too.
    pub fn id(&self, html: &str, catalogue: Catalogue) -> Option<String> {
        let attribute =
            |element: Option<ElementRef<'_>>, name: &str| Some(element?.attr(name)?.to_owned());
        let saved = SAVED_FROM.captures(&html[..html.floor_char_boundary(MOST_TEXT)]);
        let addresses = [
            saved.map(|found| found[1].to_owned()),
            attribute(self.first(&CANONICAL), "href"),
            attribute(self.first(&SHARED), "content"),
        ];
        let addresses = addresses.into_iter().flatten();
        addresses.filter_map(|url| id_of(&url, catalogue)).next()
    }
}

/// Which series of a catalogue an address means; one without a host is the catalogue's own.
pub(super) fn id_of(address: &str, catalogue: Catalogue) -> Option<String> {
    let home = match catalogue {
        Catalogue::Nautiljon => "https://www.nautiljon.com/",
        Catalogue::Bedetheque => "https://www.bedetheque.com/",
        _ => return None,
    };
    let url = url::Url::parse(home).ok()?.join(address).ok()?;
    let identity = Identity::from_url(url.as_str())?;
    (identity.catalogue == catalogue).then_some(identity.id)
}

/// The text of an element on one line, as far as it is kept.
pub(super) fn text(element: ElementRef<'_>) -> String {
    let mut whole = String::new();
    for part in element.text() {
        whole.push_str(part);
        if whole.len() > MOST_TEXT {
            break;
        }
    }
    clean(&whole)
}

/// The same with a bar between the texts of its elements, which may stand in lines of their own: `Vol. 2 | juin 2026`.
pub(super) fn parted(element: ElementRef<'_>) -> String {
    let mut parts = Vec::new();
    let mut length = 0;
    for part in element.text() {
        length += part.len();
        if length > MOST_TEXT {
            break;
        }
        parts.push(clean(part));
    }
    parts.retain(|part| !part.is_empty());
    clean(&parts.join(" | "))
}

/// One line without control characters, as far as it is kept.
pub(super) fn clean(text: &str) -> String {
    let words = text.split(|letter: char| letter.is_whitespace() || letter.is_control());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(LONGEST).collect()
}

/// A list of titles or names without repeats, as far as they are kept.
pub(super) fn each_once(
    found: impl IntoIterator<Item = String>,
    but: &str,
    most: usize,
) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for text in found {
        if !text.is_empty() && text != but && !kept.contains(&text) {
            kept.push(text);
        }
        if kept.len() >= most {
            break;
        }
    }
    kept
}

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
pub(super) fn isbn(text: &str) -> Option<String> {
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

/// Adds a release; of one that is known already the earlier day stays, and the more exact one of the same time.
pub(super) fn add(releases: &mut Vec<Release>, release: Release) {
    let at = releases.binary_search_by_key(&release.volume, |known| known.volume);
    match at {
        Ok(at) => {
            let known = &mut releases[at];
            known.day = earlier(known.day, release.day);
            known.isbn = known.isbn.take().or(release.isbn);
        }
        Err(at) if releases.len() < MOST_RELEASES => releases.insert(at, release),
        Err(_) => {}
    }
}

fn earlier(known: Option<Day>, other: Option<Day>) -> Option<Day> {
    let (Some(one), Some(two)) = (known, other) else {
        return known.or(other);
    };
    let is_within = |day: Day, other: Day| {
        day.is_exact()
            && !other.is_exact()
            && other.first() <= day.first()
            && day.first() <= other.last()
    };
    Some(match two.first() < one.first() {
        _ if is_within(one, two) => one,
        _ if is_within(two, one) => two,
        true => two,
        false => one,
    })
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

    #[test]
    fn a_text_is_one_short_line() {
        assert_eq!(clean(" a\u{a0}b\n\tc\u{7}d "), "a b c d");
        assert_eq!(clean(&"é".repeat(1000)).chars().count(), LONGEST);
    }

    #[test]
    fn of_two_days_the_earlier_one_stays() {
        for (one, two, stays) in [
            ("1961-10", "1999-01-05", "1961-10"),
            ("2020-06", "2020-06-17", "2020-06-17"),
            ("2020-06-17", "2020-06", "2020-06-17"),
            ("2020-06-17", "2020-05", "2020-05"),
        ] {
            let read = |text: &str| text.parse::<Day>().ok();
            assert_eq!(earlier(read(one), read(two)), read(stays), "{one} {two}");
        }
    }
}
