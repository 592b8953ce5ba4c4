//! The page of a series, in the layout of October 2026 (`bdt-*`) and in the one before. Pure.

use super::{
    super::{
        numbers::{count, year},
        page::{MOST_AUTHORS, Obstacle, Page, add, each_once, id_of, text},
    },
    WHICH,
    albums::{self, Album},
};
use crate::{
    domain::{
        catalogue::{Entry, Market, Release, Statement},
        release::Kind,
        series::Status,
        title::fold_word,
        volume::VolumeNumber,
    },
    markup::selectors,
};

selectors! {
    TITLE = ".bdt-ah--serie h1, .bandeau-info.serie h1";
    OWN_LINK = ".bdt-ah--serie h1 a[href], .bandeau-info.serie h1 a[href]";
    FACT = "ul.serie-info li";
    PILL = ".bdt-ah--serie .bdt-ah-pastilles li[title]";
    STATUS = ".bdt-ah--serie .bdt-sh-parution, .bandeau-info.serie h3 span";
    YEARS = ".bdt-ah--serie .bdt-ah-by, .bandeau-info.serie h3";
    BOOKS = ".bandeau-info.serie h3 span";
    BOOKS_ICON = "i.icon-book";
}

/// What the head of the page says.
#[derive(Default)]
struct Head {
    status: Option<String>,
    count: Option<u32>,
    origin: Option<String>,
    language: Option<String>,
}

/// Reads it; a page that a browser saved says itself of which series it is.
///
/// # Errors
/// What stands there instead.
pub(super) fn read(html: &str, id: Option<&str>) -> Result<Entry, Obstacle> {
    let page = Page::read(html)?;
    let title = page
        .first(&TITLE)
        .map(text)
        .filter(|title| !title.is_empty());
    let title = title.ok_or(Obstacle::Changed("a series has a heading"))?;
    let albums = albums::read(&page);
    if albums.is_empty() {
        return Err(Obstacle::Changed("a series has a list of albums"));
    }
    let id = match id {
        Some(id) => id.to_owned(),
        None => own_id(&page, html).ok_or(Obstacle::Changed("a saved page says its address"))?,
    };
    let head = head(&page);
    let years = page.all(&YEARS).map(text).find_map(|years| year(&years));
    let first = albums
        .iter()
        .filter_map(|album| album.day)
        .map(|day| day.first());
    let first = first.min().map(|day| chrono::Datelike::year(&day));
    let authors = albums.iter().flat_map(|album| album.authors.clone());
    Ok(Entry {
        id,
        title,
        authors: each_once(authors, "", MOST_AUTHORS),
        year: years.or(first),
        kind: head.origin.as_deref().and_then(kind),
        statements: statement(&head, &albums).into_iter().collect(),
        ..Entry::default()
    })
}

fn own_id(page: &Page, html: &str) -> Option<String> {
    let mut addresses = page.addresses(html);
    let link = page.first(&OWN_LINK).and_then(|link| link.attr("href"));
    addresses.extend(link.map(str::to_owned));
    addresses.iter().filter_map(|url| id_of(url, WHICH)).next()
}

fn head(page: &Page) -> Head {
    let mut head = Head::default();
    for line in page.all(&FACT) {
        let line = text(line);
        if let Some((label, value)) = line.split_once(':') {
            head.take(&fold_word(label.trim()), value.trim());
        }
    }
    for pill in page.all(&PILL) {
        head.take(
            &fold_word(pill.attr("title").unwrap_or_default()),
            &text(pill),
        );
    }
    for said in page.all(&STATUS).map(text) {
        if status(&said).is_some() && head.status.is_none() {
            head.status = Some(said);
        }
    }
    let books = page
        .all(&BOOKS)
        .filter(|span| span.select(&BOOKS_ICON).next().is_some());
    head.count = head
        .count
        .or_else(|| books.map(text).find_map(|books| count(&books)));
    head
}

impl Head {
    /// A line of it, in whichever layout.
    fn take(&mut self, label: &str, value: &str) {
        let said = || Some(value.to_owned());
        match label {
            "parution" => self.status = said(),
            "tomes" => self.count = count(value),
            _ if label.contains("nombre de tomes") => self.count = first_count(value),
            _ if label.contains("origine") => self.origin = said(),
            _ if label.contains("langue") => self.language = said(),
            _ => {}
        }
    }
}

fn first_count(text: &str) -> Option<u32> {
    count(text.trim_start_matches(|letter: char| !letter.is_ascii_digit()))
}

fn status(said: &str) -> Option<Status> {
    let plain = fold_word(said);
    let known = [
        ("en cours", Status::Ongoing),
        ("finie", Status::Ended),
        ("one shot", Status::Ended),
        ("one-shot", Status::Ended),
        ("abandon", Status::Abandoned),
        ("suspendue", Status::Hiatus),
    ];
    let known = known.into_iter().find(|(word, _)| plain.contains(word));
    known.map(|(_, status)| status)
}

fn is_one_shot(head: &Head) -> bool {
    let said = fold_word(head.status.as_deref().unwrap_or_default());
    said.contains("one shot") || said.contains("one-shot")
}

fn kind(origin: &str) -> Option<Kind> {
    let plain = fold_word(origin);
    let known = [
        ("europe", Kind::Bd),
        ("asie", Kind::Manga),
        ("usa", Kind::Comics),
        ("etats-unis", Kind::Comics),
    ];
    let known = known.into_iter().find(|(word, _)| plain.contains(word));
    known.map(|(_, kind)| kind)
}

/// None of a series in another language: it comes out elsewhere.
fn statement(head: &Head, albums: &[Album]) -> Option<Statement> {
    let language = head.language.as_deref().map(fold_word);
    if language.is_some_and(|language| !language.contains("francais")) {
        return None;
    }
    let mut releases = Vec::new();
    for album in albums {
        if let Some(volume) = album.volume {
            add(&mut releases, album.release(volume));
        }
    }
    let mut statement = Statement {
        count: head.count,
        status: head.status.as_deref().and_then(status),
        ..Statement::of(Market::France, Some("fr"))
    };
    if releases.is_empty() && is_one_shot(head) {
        let only = albums.iter().filter(|album| !album.is_special);
        only.for_each(|album| add(&mut releases, album.release(VolumeNumber::ONE)));
        statement.count = Some(1);
    }
    statement.releases = releases;
    (!statement.is_empty()).then_some(statement)
}

impl Album {
    fn release(&self, volume: VolumeNumber) -> Release {
        Release {
            volume,
            day: self.day,
            isbn: self.isbn.clone(),
        }
    }
}
