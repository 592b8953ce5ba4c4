//! A series that is not owned, added from a catalogue in one step: as it is called there, chosen there, and counted by what is said there.

use super::adding::{AddError, NewSeries, finish, insert};
use crate::{
    announcing::{self, AskError, ChoiceError, Question, Reckoning, Taken},
    app::{App, ConnectionError},
    catalogue,
    connection::Settings,
    domain::{
        catalogue::Entry,
        edition::Edition,
        identity::{self, Identity},
        release::Kind,
    },
    store::{self, StoreError, catalogue::link::ChosenBy, connection::Connection, series::Stored},
};

/// Series that are named at most where several fit.
const MOST_NAMED: usize = 10;

/// A series to be added from a catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Which one.
    pub which: Which,
    /// Its title; none for the one there.
    pub title: Option<String>,
    /// ISO 639-1; none for the library's.
    pub language: Option<String>,
    /// What a bare number means; none for what it is there.
    pub kind: Option<Kind>,
    /// The edition that is collected.
    pub edition: Edition,
    /// Its missing volumes are looked for.
    pub monitored: bool,
}

/// What says which series of a catalogue it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// Its id there, or the address of its page.
    Id(String),
    /// The ISBN of one of its volumes.
    Isbn(String),
}

/// Why a series was not added from a catalogue.
#[derive(Debug, thiserror::Error)]
pub enum FoundError {
    /// The catalogue.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// The series.
    #[error(transparent)]
    Add(#[from] AddError),
    /// No id.
    #[error(transparent)]
    Id(ChoiceError),
    /// No ISBN.
    #[error(
        "it is no ISBN of thirteen digits whose last one fits the others; is it typed as it stands on the book?"
    )]
    NoIsbn,
    /// It has no such series.
    #[error(
        "{catalogue} has no series '{id}': look for it with GET /api/v1/catalogues/{catalogue}/search"
    )]
    NotThere { catalogue: String, id: String },
    /// It knows no such volume.
    #[error(
        "{catalogue} knows no series with a volume of the ISBN {isbn}: look for its title with GET /api/v1/catalogues/search"
    )]
    NoVolume { catalogue: String, isbn: String },
    /// The ISBN is of several.
    #[error(
        "several series of {catalogue} have a volume of this ISBN: {}. Give the id of one",
        named(entries)
    )]
    Several {
        catalogue: String,
        entries: Vec<Entry>,
    },
    /// What a number means is not known.
    #[error(
        "'{0}' is no manga, BD or comics there, but a novel or something else; if you collect it, say as what"
    )]
    NoKind(String),
    /// Another series is chosen there.
    #[error(
        "'{title}', series {id}, is this series of {catalogue} already: change that one with PATCH /api/v1/series/{id}"
    )]
    Chosen {
        id: i64,
        title: String,
        catalogue: String,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn named(entries: &[Entry]) -> String {
    let named = entries
        .iter()
        .take(MOST_NAMED)
        .map(|entry| format!("'{}' (id {})", entry.title, entry.id));
    named.collect::<Vec<_>>().join(", ")
}

/// Asks a catalogue once, and adds the series that it answers to a library that is to hold it.
///
/// # Errors
/// When the catalogue does not answer with one series, or that is known or has mistakes; then nothing is changed.
pub async fn add_found(
    app: &App,
    library: &Connection,
    row: &Connection,
    wanted: Wanted,
) -> Result<Stored, FoundError> {
    let Some(Settings::Catalogue(catalogue, _)) = Settings::from_json(&row.kind, &row.config)
    else {
        return Err(AskError::from(ConnectionError::Unreadable).into());
    };
    let entry = match &wanted.which {
        Which::Id(text) => by_id(app, row, catalogue, text).await?,
        Which::Isbn(isbn) => by_isbn(app, row, isbn).await?,
    };
    let kind = wanted.kind.or(entry.kind);
    let new = NewSeries {
        title: wanted.title.unwrap_or_else(|| entry.title.clone()),
        aliases: Vec::new(),
        total: None,
        language: wanted.language,
        kind: Some(kind.ok_or_else(|| FoundError::NoKind(entry.title.clone()))?),
        edition: wanted.edition,
        monitored: wanted.monitored,
    };
    put(app, library, new, catalogue, &entry).await
}

async fn by_id(
    app: &App,
    row: &Connection,
    catalogue: identity::Catalogue,
    text: &str,
) -> Result<Entry, FoundError> {
    let id = announcing::id_of(catalogue, text).map_err(FoundError::Id)?;
    let ids = [id];
    let entries = announcing::ask(app, row, Question::Series(&ids)).await?;
    let [id] = ids;
    let found = entries.into_iter().find(|entry| entry.id == id);
    found.ok_or_else(|| FoundError::NotThere {
        catalogue: row.name.clone(),
        id,
    })
}

async fn by_isbn(app: &App, row: &Connection, isbn: &str) -> Result<Entry, FoundError> {
    let isbn = catalogue::isbn(isbn).ok_or(FoundError::NoIsbn)?;
    let mut entries = announcing::search(app, row, &isbn).await?;
    entries.retain(|entry| entry.has_isbn);
    let catalogue = row.name.clone();
    match (entries.pop(), entries.is_empty()) {
        (None, _) => Err(FoundError::NoVolume { catalogue, isbn }),
        (Some(entry), true) => Ok(entry),
        (Some(last), false) => {
            entries.push(last);
            Err(FoundError::Several { catalogue, entries })
        }
    }
}

/// All in one transaction: the first count of it is told with the series.
async fn put(
    app: &App,
    library: &Connection,
    new: NewSeries,
    catalogue: identity::Catalogue,
    entry: &Entry,
) -> Result<Stored, FoundError> {
    let reckoning = Reckoning::now(app).await?;
    let identity = Identity {
        catalogue,
        id: entry.id.clone(),
    };
    let mut tx = app.db.begin().await?;
    let series = insert(&mut tx, library, new, &[identity], reckoning.now).await?;
    if let Some((id, title)) =
        store::catalogue::link::other(&mut tx, &series, catalogue, &entry.id).await?
    {
        return Err(FoundError::Chosen {
            id,
            title,
            catalogue: catalogue.word().into(),
        });
    }
    let (key, id) = ((series.id, catalogue), Some(entry.id.as_str()));
    store::catalogue::link::choose(&mut tx, key, id, ChosenBy::User, 0).await?;
    if let Some(Taken { said, .. }) = announcing::take_in(&mut tx, &reckoning, key, entry).await? {
        store::event::append(&mut tx, &said, reckoning.now).await?;
    }
    let stored = finish(&mut tx, library, &series, reckoning.now).await?;
    tx.commit().await?;
    app.check_wake.notify_one();
    app.sync_wake.notify_one();
    Ok(stored)
}
