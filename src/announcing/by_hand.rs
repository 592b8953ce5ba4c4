//! What a person asks of a catalogue: a search, or to read a page that the browser saved.

use std::sync::Arc;

use futures_util::future::join_all;

use super::{ChoiceError, choose, chosen, failed, id_of, take};
use crate::{
    app::{App, ConnectionError},
    catalogue,
    connection::{Role, Settings, catalogue::offered},
    domain::{
        catalogue::{Entry, Sought},
        identity,
        release::Kind,
    },
    health, pace,
    ports::{Catalogue, PortError},
    store::{self, StoreError, catalogue::link::ChosenBy, connection::Connection},
};

/// What a catalogue answered when all were asked.
pub struct Searched {
    /// Its name.
    pub catalogue: String,
    /// What it found, or why it could not be asked.
    pub found: Result<Vec<Entry>, AskError>,
}

/// What a person asks.
#[derive(Clone, Copy, Debug)]
pub enum Question<'a> {
    /// Series that may be meant.
    Search(&'a Sought),
    /// Series of these ids.
    Series(&'a [String]),
}

/// Why a catalogue did not answer a person.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// It is off.
    #[error("this catalogue is switched off; enable it first")]
    Off,
    /// It wants to be left alone.
    #[error("this catalogue is left alone for now: {0}. Test it once that is mended")]
    Resting(String),
    /// Its turns are taken.
    #[error("{}", pace::BUSY)]
    Busy,
    /// A digit is wrong.
    #[error(
        "it is no ISBN whose last digit fits the others; is it typed as it stands on the book?"
    )]
    WrongIsbn,
    /// It finds titles only.
    #[error("this catalogue finds nothing by an ISBN; bnf and opentome do")]
    NoIsbns,
    /// It cannot be used.
    #[error(transparent)]
    Unusable(#[from] ConnectionError),
    /// It did not answer.
    #[error(transparent)]
    Port(#[from] PortError),
    /// It has no pages.
    #[error("this catalogue answers programs by itself; no page of it is read")]
    NoPages,
    /// It has no such series.
    #[error(
        "this catalogue has no series with the id '{0}'; look for it with GET /api/v1/catalogues/{{name}}/search"
    )]
    NotThere(String),
    /// The page is of another one.
    #[error(
        "the page is of '{title}' ({id}), which is not known to be this series: choose it first with PUT /api/v1/series/{{id}}/catalogues/{{name}}"
    )]
    OfAnother {
        /// Its title there.
        title: String,
        /// Its id there.
        id: String,
    },
    /// The choice.
    #[error(transparent)]
    Choice(#[from] ChoiceError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Looks for a title or an ISBN, now.
///
/// # Errors
/// When the catalogue is off, is left alone, or does not answer.
pub async fn search(app: &App, row: &Connection, query: &str) -> Result<Vec<Entry>, AskError> {
    let sought = sought(query)?;
    if sought.isbn.is_some() && !knows_isbns(row) {
        return Err(AskError::NoIsbns);
    }
    ask(app, row, Question::Search(&sought)).await
}

/// The same in every catalogue that is switched on, in all of them at once. Each is one question.
///
/// # Errors
/// When the database fails.
pub async fn search_all(app: &App, query: &str) -> Result<Vec<Searched>, StoreError> {
    let rows = store::connection::list(&app.db, Role::Catalogue.word()).await?;
    let rows = rows.into_iter().filter(|row| row.enabled);
    let asked = rows.map(|row| searched(app, row, query));
    join_all(asked).await.into_iter().collect()
}

async fn searched(app: &App, row: Connection, query: &str) -> Result<Searched, StoreError> {
    match search(app, &row, query).await {
        Err(AskError::Store(error)) => Err(error),
        found => Ok(Searched {
            catalogue: row.name,
            found,
        }),
    }
}

/// A person says which of its series one is. Where the catalogue answers now it has to have that one, and what it says is taken at once; else it is
/// asked later.
///
/// # Errors
/// When the text is no id, or the catalogue has no such series.
pub async fn choose_there(
    app: &App,
    row: &Connection,
    series: i64,
    which: identity::Catalogue,
    text: &str,
) -> Result<(), AskError> {
    let ids = [id_of(which, text)?];
    let entry = match ask(app, row, Question::Series(&ids)).await {
        Ok(entries) => {
            let mut entries = entries.into_iter();
            Some(entries.find(|entry| entry.id == ids[0]))
        }
        Err(AskError::Port(error)) if error.is_of_one() => Some(None),
        Err(AskError::Off | AskError::Resting(_) | AskError::Busy | AskError::Port(_)) => None,
        Err(error) => return Err(error),
    };
    let [id] = ids;
    match entry {
        Some(None) => Err(AskError::NotThere(id)),
        Some(Some(entry)) => {
            chosen(app, series, which, Some(&id), ChosenBy::User).await?;
            Ok(take(app, series, which, &entry).await?)
        }
        None => Ok(choose(app, series, which, Some(text)).await?),
    }
}

/// One question to a catalogue, in its turn. What is wrong with it is written down, unless it is the question.
///
/// # Errors
/// When the catalogue is off, is left alone, or does not answer.
pub async fn ask(
    app: &App,
    row: &Connection,
    question: Question<'_>,
) -> Result<Vec<Entry>, AskError> {
    is_in_use(app, row)?;
    let Some(pass) = app.paces.pass_soon(row).await else {
        return Err(AskError::Busy);
    };
    let (row, catalogue) = match still_in_use(app, row.id).await {
        Ok(both) => both,
        Err(error) => {
            pass.unused();
            return Err(error);
        }
    };
    let answer = match question {
        Question::Search(sought) => catalogue.search(sought).await,
        Question::Series(ids) => catalogue.series(ids).await,
    };
    drop(pass);
    match &answer {
        Ok(_) => health::worked_if_failed(app, &row).await?,
        Err(error) if error.is_of_one() => {}
        Err(error) => failed(app, row.id, error).await?,
    }
    Ok(answer?)
}

/// It may have failed, or been changed, while its turn was waited for.
async fn still_in_use(app: &App, id: i64) -> Result<(Connection, Arc<dyn Catalogue>), AskError> {
    let row = store::connection::get(&app.db, id).await?;
    let row = row.ok_or(AskError::Off)?;
    is_in_use(app, &row)?;
    let catalogue = app.catalogue(&row)?;
    Ok((row, catalogue))
}

/// It is on, and is not left alone.
///
/// # Errors
/// [`AskError::Off`], [`AskError::Resting`].
pub fn is_in_use(app: &App, row: &Connection) -> Result<(), AskError> {
    if !row.enabled {
        return Err(AskError::Off);
    }
    if health::is_resting(row, app.clock.now()) {
        let why = row.error.clone().unwrap_or_else(|| "it failed".into());
        return Err(AskError::Resting(why));
    }
    Ok(())
}

fn knows_isbns(row: &Connection) -> bool {
    match Settings::from_json(&row.kind, &row.config) {
        Some(Settings::Catalogue(which, _)) => {
            offered(which).is_some_and(|offered| offered.knows_isbns)
        }
        _ => false,
    }
}

/// Thirteen digits are an ISBN, and what says so itself; ten alone are not taken for one, since a title may be a number.
fn sought(query: &str) -> Result<Sought, AskError> {
    let query = query.trim();
    let said = query
        .get(..4)
        .filter(|start| start.eq_ignore_ascii_case("isbn"));
    let rest = said.map_or(query, |_| query[4..].trim_start_matches([':', ' ']));
    let digits = rest.chars().filter(char::is_ascii_digit).count();
    let is_plain = rest
        .chars()
        .all(|letter| letter.is_ascii_digit() || matches!(letter, '-' | ' '));
    let is_long = digits == 13 && is_plain && (rest.starts_with("978") || rest.starts_with("979"));
    let isbn = match said.is_some() || is_long {
        true => Some(catalogue::isbn(rest).ok_or(AskError::WrongIsbn)?),
        false => None,
    };
    Ok(Sought {
        title: query.to_owned(),
        language: "fr".into(),
        kind: Kind::Auto,
        isbn,
        ..Sought::default()
    })
}

/// Takes what a saved page says of a series, and that it is this one.
///
/// # Errors
/// When the page is of no series of this catalogue.
pub async fn read_page(
    app: &App,
    row: &Connection,
    series: i64,
    page: &str,
) -> Result<(), AskError> {
    let Some(Settings::Catalogue(which, _)) = Settings::from_json(&row.kind, &row.config) else {
        return Err(ConnectionError::Unreadable.into());
    };
    let entry = app
        .catalogue(row)?
        .read_page(page)
        .ok_or(AskError::NoPages)??;
    let known = store::catalogue::link::of_series(&app.db, series).await?;
    let known = known.into_iter().find(|link| link.catalogue == which);
    let id = known.and_then(|link| link.external_id);
    if !is_of(app, series, id.as_deref(), &entry).await? {
        return Err(AskError::OfAnother {
            title: entry.title,
            id: entry.id,
        });
    }
    if id.as_ref() != Some(&entry.id) {
        chosen(app, series, which, Some(&entry.id), ChosenBy::User).await?;
    }
    Ok(take(app, series, which, &entry).await?)
}

/// The page is of the series that was chosen there; where none was, it has one of its names.
async fn is_of(
    app: &App,
    series: i64,
    id: Option<&str>,
    entry: &Entry,
) -> Result<bool, StoreError> {
    if let Some(id) = id {
        return Ok(id == entry.id);
    }
    let stored = store::series::get(&app.db, series).await?;
    let mut names = std::iter::once(&entry.title).chain(&entry.titles);
    Ok(stored.is_some_and(|stored| names.any(|name| stored.series.is_named(name))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirteen_digits_are_an_isbn() {
        let read = |query: &str| match sought(query) {
            Ok(sought) => sought.isbn.unwrap_or_default(),
            Err(error) => error.to_string().chars().take(13).collect(),
        };
        for (query, isbn) in [
            ("978-2-8116-4571-7", "9782811645717"),
            ("9782811645717", "9782811645717"),
            ("ISBN 978-2-8116-4571-7", "9782811645717"),
            ("isbn: 2-7234-3332-3", "9782723433327"),
            ("978-2-8116-4571-3", "it is no ISBN"),
            ("ISBN 12", "it is no ISBN"),
            ("2-7234-3332-3", ""),
            ("1984", ""),
            ("978 Naruto 2811645713", ""),
            ("1234567890123", ""),
            ("é", ""),
        ] {
            assert_eq!(read(query), isbn, "{query}");
        }
    }
}
