//! A page of a site that has no interface for programs: its tree within bounds, its text, and what is kept of it. Pure.

use std::sync::LazyLock;

use regex::Regex;
use scraper::{ElementRef, Html, Selector};

use crate::{
    domain::{
        catalogue::{Day, Release},
        identity::{Catalogue, Identity},
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
selectors! {
    CANONICAL = r#"link[rel="canonical"][href]"#;
    SHARED = r#"meta[property="og:url"][content]"#;
}

static SAVED_FROM: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"<!--\s*saved from url=\(\d+\)(\S{1,2000})\s*-->").expect("a pattern")
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

    /// The addresses that it gives itself, and that a browser wrote into it.
    pub fn addresses(&self, html: &str) -> Vec<String> {
        let attribute =
            |element: Option<ElementRef<'_>>, name: &str| Some(element?.attr(name)?.to_owned());
        let saved = SAVED_FROM.captures(&html[..html.floor_char_boundary(MOST_TEXT)]);
        let addresses = [
            saved.map(|found| found[1].to_owned()),
            attribute(self.first(&CANONICAL), "href"),
            attribute(self.first(&SHARED), "content"),
        ];
        addresses.into_iter().flatten().collect()
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
