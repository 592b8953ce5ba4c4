//! What a person asks of a catalogue: a search, or to read a page that the browser saved.

use super::{ChoiceError, chosen, failed, take};
use crate::{
    app::{App, ConnectionError},
    connection::Settings,
    domain::{
        catalogue::{Entry, Sought},
        release::Kind,
        units::DAY,
    },
    health,
    ports::PortError,
    store::{self, StoreError, catalogue::link::ChosenBy, connection::Connection},
};

/// Why a catalogue did not answer a person.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// It is off.
    #[error("this catalogue is switched off; enable it first")]
    Off,
    /// It wants to be left alone.
    #[error("this catalogue is left alone for now: {0}. Test it once that is mended")]
    Resting(String),
    /// It cannot be used.
    #[error(transparent)]
    Unusable(#[from] ConnectionError),
    /// It did not answer.
    #[error(transparent)]
    Port(#[from] PortError),
    /// It has no pages.
    #[error("this catalogue answers programs by itself; no page of it is read")]
    NoPages,
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
    if !row.enabled {
        return Err(AskError::Off);
    }
    if health::is_resting(row, app.clock.now()) {
        let why = row.error.clone().unwrap_or_else(|| "it failed".into());
        return Err(AskError::Resting(why));
    }
    let found = app.catalogue(row)?.search(&sought(query)).await;
    match &found {
        Ok(_) => health::worked_if_failed(app, row).await?,
        Err(error) => failed(app, row.id, error).await?,
    }
    Ok(found?)
}

/// Thirteen digits are an ISBN; ten are not taken for one, since a title may be a number.
fn sought(query: &str) -> Sought {
    let digits: String = query.chars().filter(char::is_ascii_digit).collect();
    let is_isbn = digits.len() == 13
        && (digits.starts_with("978") || digits.starts_with("979"))
        && query
            .chars()
            .all(|letter| letter.is_ascii_digit() || matches!(letter, '-' | ' '));
    Sought {
        title: query.trim().to_owned(),
        language: "fr".into(),
        kind: Kind::Auto,
        isbn: is_isbn.then_some(digits),
        ..Sought::default()
    }
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
    let is_known = known
        .iter()
        .any(|link| link.catalogue == which && link.external_id.as_ref() == Some(&entry.id));
    if !is_known {
        let (id, by) = (Some(entry.id.as_str()), ChosenBy::User);
        chosen(app, series, which, id, by, Some(&entry)).await?;
    }
    take(app, series, which, &entry).await?;
    let (now, key) = (app.clock.now(), (series, which));
    let mut tx = app.db.begin_unsynced().await?;
    let id = Some(entry.id.as_str());
    let due = now + 7 * DAY;
    store::catalogue::link::asked(&mut tx, key, id, (now, due), None).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirteen_digits_are_an_isbn() {
        for (query, isbn) in [
            ("978-2-8116-4571-3", Some("9782811645713")),
            ("9782811645713", Some("9782811645713")),
            ("1984", None),
            ("978 Naruto 2811645713", None),
            ("1234567890123", None),
        ] {
            assert_eq!(sought(query).isbn.as_deref(), isbn, "{query}");
        }
    }
}
