//! The search: what it is asked with, and what it finds. Pure.

use scraper::ElementRef;

use super::super::{
    numbers::{count, year},
    page::{MOST_TITLES, Obstacle, Page, clean, each_once, id_of, parted, text},
};
use crate::{
    domain::{
        catalogue::{Entry, Market, Statement},
        identity::Catalogue,
        release::Kind,
        title::fold_word,
    },
    markup::selectors,
};

/// Series that are kept of what it finds.
const MOST: usize = 10;

selectors! {
    TOKEN = r#"input[name="st"][value]"#;
    ERRORS = "div#errors, #errors";
    TABLE = "table.search";
    ROW = "tbody tr, tr";
    HEAD = "thead th";
    CELL = "td";
    TITLE = r#"a.eTitre[href], a[href*="/mangas/"][href$=".html"]"#;
    OTHER = "span.infos_small";
    CONTENT = "#content, body";
}

/// What a search comes to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// In its order.
    Series(Vec<Entry>),
    /// It wants another token.
    Expired,
}

/// What a search is asked with, from the page of the search.
///
/// # Errors
/// What stands there instead.
pub(super) fn token(html: &str) -> Result<String, Obstacle> {
    let page = Page::read(html)?;
    let token = page.all(&TOKEN).find_map(|field| field.attr("value"));
    let token = token.filter(|token| (1..=200).contains(&token.len()));
    let token = token.ok_or(Obstacle::Changed("its search has a field 'st'"))?;
    Ok(token.to_owned())
}

/// Reads what was found.
///
/// # Errors
/// What stands there instead.
pub(super) fn read(html: &str) -> Result<Found, Obstacle> {
    let page = Page::read(html)?;
    let table = page.first(&TABLE);
    let mut found: Vec<Entry> = Vec::new();
    if let Some(table) = table {
        let heads: Vec<String> = table
            .select(&HEAD)
            .map(|head| fold_word(&text(head)))
            .collect();
        let entries = table.select(&ROW).filter_map(|row| entry(row, &heads));
        for entry in entries {
            if found.len() < MOST && found.iter().all(|known| known.id != entry.id) {
                found.push(entry);
            }
        }
    }
    if !found.is_empty() {
        return Ok(Found::Series(found));
    }
    let said = page.first(&ERRORS).or_else(|| page.first(&CONTENT));
    let said = said
        .map(|element| fold_word(&parted(element)))
        .unwrap_or_default();
    if said.contains("session de recherche a expire") {
        return Ok(Found::Expired);
    }
    let is_nothing = said.contains("aucun resultat") || said.contains("aucun manga");
    match is_nothing {
        true => Ok(Found::Series(found)),
        false => Err(Obstacle::Changed("a search has a table of what it found")),
    }
}

/// A row has nine cells: picture, title, type, volumes VO, volumes VF, age, day VF, day VO, note.
fn entry(row: ElementRef<'_>, heads: &[String]) -> Option<Entry> {
    let mut links = row.select(&TITLE).filter(|link| !text(*link).is_empty());
    let link = links.next()?;
    let id = id_of(link.attr("href")?, Catalogue::Nautiljon)?;
    let title = text(link);
    let cells: Vec<String> = row.select(&CELL).map(parted).collect();
    let cell = |names: &[&str], at: usize| {
        let named = heads.iter().position(|head| names.contains(&&**head));
        let at = named.filter(|_| heads.len() == cells.len()).unwrap_or(at);
        cells.get(at).filter(|_| cells.len() >= 9)
    };
    let counted = |market, language, cell: Option<&String>| Statement {
        count: cell.and_then(|cell| count(cell)),
        ..Statement::of(market, language)
    };
    let statements = [
        counted(
            Market::France,
            Some("fr"),
            cell(&["vol. vf", "vol vf", "nb vol. vf"], 4),
        ),
        counted(
            Market::Home,
            None,
            cell(&["vol. vo", "vol vo", "nb vol. vo"], 3),
        ),
    ];
    let other = row.select(&OTHER).map(|other| {
        let shown = text(other);
        let inner = shown
            .strip_prefix('(')
            .and_then(|inner| inner.strip_suffix(')'));
        clean(inner.unwrap_or(&shown))
    });
    let kind = cell(&["type"], 2).is_none_or(|kind| !fold_word(kind).contains("roman"));
    Some(Entry {
        id,
        titles: each_once(other, &title, MOST_TITLES),
        title,
        year: cell(&["date vo", "sortie vo"], 7).and_then(|cell| year(cell)),
        kind: kind.then_some(Kind::Manga),
        statements: statements
            .into_iter()
            .filter(|said| !said.is_empty())
            .collect(),
        ..Entry::default()
    })
}
