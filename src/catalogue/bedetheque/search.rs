//! The search: what it is asked with, and what it finds. Pure.

use scraper::ElementRef;

use super::{
    super::page::{Obstacle, Page, id_of, text},
    WHICH,
};
use crate::{
    domain::{catalogue::Entry, title::fold_word},
    markup::selectors,
};

/// Series that are kept of what it finds.
const MOST: usize = 10;

selectors! {
    TOKEN = r#"input[name="csrf_token_bel"][value]"#;
    LIST = "ul.bdt-liste, ul.nav-liste";
    SERIES = r#"ul.bdt-liste a[href*="serie-"], ul.nav-liste a[href*="serie-"]"#;
    NAME = ".bdt-liste-libelle, .libelle";
    HEADING = "h1, h2, h3, p, .bdt-vide";
}

/// What a search is asked with, from any page; none when the page has no such field.
///
/// # Errors
/// When it is no page.
pub(super) fn token(html: &str) -> Result<Option<String>, Obstacle> {
    if html.trim().is_empty() || super::super::blocked::has_empty_title(html) {
        return Err(Obstacle::Changed("its first page has a title"));
    }
    let page = Page::read(html)?;
    let token = page.all(&TOKEN).find_map(|field| field.attr("value"));
    Ok(token.filter(|token| is_token(token)).map(str::to_owned))
}

/// It may be one.
pub(super) fn is_token(token: &str) -> bool {
    let is_plain = |letter: u8| letter.is_ascii_alphanumeric() || b"-_=+/%".contains(&letter);
    (1..=200).contains(&token.len()) && token.bytes().all(is_plain)
}

/// Reads what was found.
///
/// # Errors
/// What stands there instead.
pub(super) fn read(html: &str) -> Result<Vec<Entry>, Obstacle> {
    let page = Page::read(html)?;
    let mut found: Vec<Entry> = Vec::new();
    for entry in page.all(&SERIES).filter_map(entry) {
        if found.len() < MOST && found.iter().all(|known| known.id != entry.id) {
            found.push(entry);
        }
    }
    if !found.is_empty() {
        return Ok(found);
    }
    let said: Vec<String> = page
        .all(&HEADING)
        .take(200)
        .map(|heading| fold_word(&text(heading)))
        .collect();
    let says = |words: &[&str]| {
        said.iter()
            .any(|said| words.iter().all(|word| said.contains(word)))
    };
    if says(&["renvoie plus de"]) {
        return Err(Obstacle::TooMany);
    }
    let is_nothing = says(&["aucun", "resultat"])
        || says(&["aucune serie"])
        || said.iter().any(|said| said.starts_with("0 serie"));
    // It may have found authors alone.
    match is_nothing || page.first(&LIST).is_some() {
        true => Ok(found),
        false => Err(Obstacle::Changed("a search has a list of what it found")),
    }
}

fn entry(link: ElementRef<'_>) -> Option<Entry> {
    let id = id_of(link.attr("href")?, WHICH)?;
    let name = link.select(&NAME).next().unwrap_or(link);
    let title = text(name);
    (!title.is_empty()).then(|| Entry {
        id,
        title,
        ..Entry::default()
    })
}
