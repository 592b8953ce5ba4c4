//! The planning: everything that comes out in France in a month. Pure.

use scraper::ElementRef;

use super::{
    super::{
        numbers::{day, volume},
        page::{MOST_RELEASES, Obstacle, Page, clean, id_of, text},
    },
    editions::{is_other, number_in},
};
use crate::{
    domain::{
        catalogue::{Planned, Release},
        edition::Edition,
        identity::Catalogue,
        release::{Hints, Kind, parse},
        title::{fold, fold_word},
    },
    markup::selectors,
};

selectors! {
    TABLE = "table#planning";
    ROW = "tbody tr";
    CELL = "td";
    LINK = r#"a[href*="/mangas/"]"#;
}

/// Reads a month; boxes, special editions and what has no number are left out.
///
/// # Errors
/// What stands there instead.
pub(super) fn read(html: &str) -> Result<Vec<Planned>, Obstacle> {
    let page = Page::read(html)?;
    let table = page.first(&TABLE);
    let table = table.ok_or(Obstacle::Changed("a month has a table of what comes out"))?;
    let (mut planned, mut has_rows, mut has_others) = (Vec::new(), false, false);
    for row in table.select(&ROW).take(2 * MOST_RELEASES) {
        has_rows |= row.select(&LINK).next().is_some();
        match release(row) {
            Some(Row::Release(release)) if planned.len() < MOST_RELEASES => planned.push(release),
            Some(_) => has_others = true,
            None => {}
        }
    }
    match planned.is_empty() && has_rows && !has_others {
        true => Err(Obstacle::Changed("a row is a day and a volume")),
        false => Ok(planned),
    }
}

enum Row {
    Release(Planned),
    /// It is no volume of a series.
    Other,
}

fn release(row: ElementRef<'_>) -> Option<Row> {
    let first = row.select(&CELL).next()?;
    let day = day(&text(first))?;
    // The picture is a link too, and has no text.
    let links = || row.select(&LINK);
    let link = links()
        .find(|link| !text(*link).is_empty())
        .or(links().next())?;
    let address = link.attr("href")?;
    let shown = text(link);
    let name = match shown.is_empty() {
        true => clean(link.attr("title")?),
        false => shown,
    };
    let Some(id) = series_of(address) else {
        return Some(Row::Other);
    };
    let number = volume(&name).or_else(|| number_in(address));
    let Some(volume) = number.filter(|_| is_of_series(&name, &id)) else {
        return Some(Row::Other);
    };
    let release = Release {
        volume,
        day: Some(day),
        isbn: None,
    };
    let title = series_title(&name);
    Some(Row::Release(Planned { id, title, release }))
}

/// The series of `/mangas/one+piece/volume-7,123.html`.
fn series_of(address: &str) -> Option<String> {
    let series = match address.find("/volume-") {
        Some(end) => format!("{}.html", &address[..end]),
        None => address.to_owned(),
    };
    id_of(&series, Catalogue::Nautiljon)
}

/// It is of the standard edition: no word of its name, but of the series' title, is that of another.
fn is_of_series(name: &str, id: &str) -> bool {
    let title = fold(&id.replace('+', " "));
    let titles = [title];
    let hints = Hints {
        titles: &titles,
        ..Hints::from(Kind::Manga)
    };
    let read = parse(name, hints);
    let behind = fold_word(name);
    let behind = behind.rsplit_once("vol").map_or("", |(_, behind)| behind);
    read.edition == Edition::Standard && !is_other(behind)
}

/// `One Piece Vol. 7` without its number.
fn series_title(name: &str) -> String {
    let lower = name.to_lowercase();
    let end = lower.rfind(" vol").filter(|_| lower.len() == name.len());
    clean(end.map_or(name, |end| &name[..end]))
}
