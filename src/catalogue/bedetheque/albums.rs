//! The albums of a page: which are volumes of the series, and when they came out. Pure.
//!
//! An album is written `1 . Astérix le Gaulois`. What has letters in front of its dot is no volume: `INT1 . Intégrale 1`, `HS2019 . …`,
//! `Cof . …`; letters behind the number mark another printing of it (`1a1975 . …`), but for `13 Bis`.

use std::sync::LazyLock;

use regex::Regex;
use scraper::ElementRef;

use super::super::{
    numbers::{day, isbn, number, year},
    page::{MOST_AUTHORS, MOST_RELEASES, Page, clean, text},
};
use crate::{
    domain::{catalogue::Day, title::fold_word, volume::VolumeNumber},
    markup::selectors,
};

selectors! {
    ALBUM = r#"ul.liste-albums > li, article.bdt-edition"#;
    OLD_ALBUM = ".album-main";
    NAME = r#"[itemprop="name"], a.titre, .titre"#;
    PRINTING = ".numa, .bdt-numa";
    LINE = "ul.infos li";
    TERM = "dl.bdt-sheet dt";
    PERSON = r#"[itemprop="author"], [itemprop="illustrator"], a"#;
    ISBN = r#"[itemprop="isbn"]"#;
    PUBLISHED = r#"meta[itemprop="datePublished"][content]"#;
    OUT = ".parution";
}

static NUMBERED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(\d{1,4})\s*([^.]{0,20}?)\s*\.(?:\s|$)").expect("a pattern"));
static CODE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:int|hs|cof|tt|tl|pub|best ?of|compil)[^.]{0,20}\.(?:\s|$)").expect("a pattern")
});

/// An album, or one of its printings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Album {
    /// Which volume of the series it is; none when it is none, or has no number.
    pub volume: Option<VolumeNumber>,
    /// It is an intégrale, a hors-série, a box.
    pub is_special: bool,
    pub day: Option<Day>,
    pub isbn: Option<String>,
    pub authors: Vec<String>,
}

/// In the order of the page.
pub(super) fn read(page: &Page) -> Vec<Album> {
    let albums: Vec<Album> = page
        .all(&ALBUM)
        .filter_map(album)
        .take(MOST_RELEASES)
        .collect();
    match albums.is_empty() {
        true => page
            .all(&OLD_ALBUM)
            .filter_map(album)
            .take(MOST_RELEASES)
            .collect(),
        false => albums,
    }
}

fn album(element: ElementRef<'_>) -> Option<Album> {
    let name = element.select(&NAME).find(|name| !text(*name).is_empty())?;
    let shown = text(name);
    let printing = name.select(&PRINTING).next().map(text).unwrap_or_default();
    let lines = lines(element);
    let value = |labels: &[&str]| {
        let known = lines.iter().find(|(label, _)| labels.contains(&&**label));
        known.map(|(_, value)| *value)
    };
    let published = [
        value(&["depot legal", "dl", "parution"]),
        element.select(&OUT).next(),
    ];
    let said = published.into_iter().flatten().map(text);
    let stated = element.select(&ISBN).next();
    let stated = stated.or(value(&["isbn", "ean/isbn", "ean"])).map(text);
    Some(Album {
        volume: volume(&shown, &printing),
        is_special: is_special(&shown),
        day: exact(said).or_else(|| element.select(&PUBLISHED).find_map(published_day)),
        isbn: stated.and_then(|stated| isbn(stated.rsplit(':').next().unwrap_or_default())),
        authors: authors(&lines),
    })
}

/// What is known of an album, by labels in small letters and without accents.
fn lines(element: ElementRef<'_>) -> Vec<(String, ElementRef<'_>)> {
    let of_list = element.select(&LINE).filter_map(|line| {
        let whole = text(line);
        let (label, _) = whole.split_once(':')?;
        Some((fold_word(label.trim()), line))
    });
    let of_terms = element.select(&TERM).filter_map(|term| {
        let value = term.next_siblings().find_map(ElementRef::wrap)?;
        let label = text(term);
        let is_value = value.value().name() == "dd";
        is_value.then(|| (fold_word(label.trim_end_matches([' ', ':'])), value))
    });
    of_list.chain(of_terms).collect()
}

pub(super) fn volume(shown: &str, printing: &str) -> Option<VolumeNumber> {
    let found = NUMBERED.captures(shown)?;
    let behind = &found[2];
    let is_another = ["bis", "ter", "quater"].contains(&&*fold_word(behind));
    (behind == printing && !is_another).then(|| number(&found[1]))?
}

fn is_special(shown: &str) -> bool {
    let plain = fold_word(shown);
    CODE.is_match(&plain) || plain.starts_with("integrale")
}

/// The most exact day of what is said of it: `06/2019`, `07/2012 (Parution le 05/07/2012)`, `1961`.
fn exact(said: impl Iterator<Item = String>) -> Option<Day> {
    let said: Vec<String> = said.collect();
    let days: Vec<Day> = said.iter().filter_map(|said| day(said)).collect();
    let exact = days.iter().find(|day| day.is_exact()).or(days.first());
    let only_year = || {
        said.iter()
            .find_map(|said| Day::new(year(said)?, None, None))
    };
    exact.copied().or_else(only_year)
}

/// Of a month without a day it says the first.
fn published_day(meta: ElementRef<'_>) -> Option<Day> {
    let day: Day = meta.attr("content")?.trim().parse().ok()?;
    match day.to_string().strip_suffix("-01") {
        Some(month) if day.is_exact() => month.parse().ok(),
        _ => Some(day),
    }
}

fn authors(lines: &[(String, ElementRef<'_>)]) -> Vec<String> {
    let known = lines
        .iter()
        .filter(|(label, _)| ["scenario", "dessin"].contains(&&**label));
    let names = known.flat_map(|(_, value)| {
        let linked: Vec<String> = value.select(&PERSON).map(text).collect();
        match linked.is_empty() {
            true => {
                let whole = text(*value);
                let name = whole.rsplit(':').next().unwrap_or_default();
                vec![clean(name)]
            }
            false => linked,
        }
    });
    let is_known = |name: &String| !name.is_empty() && !fold_word(name).contains("indetermine");
    names.filter(is_known).take(MOST_AUTHORS).collect()
}
