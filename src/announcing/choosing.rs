//! Which series of a catalogue one is: chosen by a person, or by its name when that is certain.

use super::Reckoning;
use crate::{
    app::App,
    domain::{
        event::Event,
        identity::{Catalogue, Identity, LONGEST_ID},
    },
    store::{self, StoreError, Tx, catalogue::link::ChosenBy},
};

/// Why it was not chosen.
#[derive(Debug, thiserror::Error)]
pub enum ChoiceError {
    /// No such series.
    #[error("there is no series with the number {0}")]
    UnknownSeries(i64),
    /// Not an id.
    #[error("'{0}' is no id of {1}: give the id, or the address of the series' page there")]
    NoId(String, &'static str),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The user says which one it is: by its id there or the address of its page; or that the catalogue does not have it. What the catalogue said
/// of another one is forgotten.
///
/// # Errors
/// When there is no such series, or the text is no id.
pub async fn choose(
    app: &App,
    series: i64,
    catalogue: Catalogue,
    text: Option<&str>,
) -> Result<(), ChoiceError> {
    let id = text.map(|text| id_of(catalogue, text)).transpose()?;
    let by = match id {
        Some(_) => ChosenBy::User,
        None => ChosenBy::Nobody,
    };
    chosen(app, series, catalogue, id.as_deref(), by).await?;
    app.sync_wake.notify_one();
    Ok(())
}

/// The id in a text: itself, or of the address of a page.
///
/// # Errors
/// When it is none of this catalogue.
pub fn id_of(catalogue: Catalogue, text: &str) -> Result<String, ChoiceError> {
    let text = text.trim();
    let shown = || text.chars().take(80).collect::<String>();
    if let Some(identity) = Identity::from_url(text) {
        return match identity.catalogue == catalogue {
            true => Ok(identity.id),
            false => Err(ChoiceError::NoId(shown(), catalogue.word())),
        };
    }
    let is_id = !text.is_empty()
        && text.len() <= LONGEST_ID
        && !text.contains("://")
        && !text.chars().any(|letter| letter.is_control());
    match is_id {
        true => Ok(text.to_lowercase()),
        false => Err(ChoiceError::NoId(shown(), catalogue.word())),
    }
}

/// It is this one: whoever said so. False when it was found, and a person has said something else meanwhile.
///
/// # Errors
/// When there is no such series, or the database fails.
pub async fn chosen(
    app: &App,
    series: i64,
    catalogue: Catalogue,
    id: Option<&str>,
    by: ChosenBy,
) -> Result<bool, ChoiceError> {
    let reckoning = Reckoning::now(app).await?;
    let mut tx = app.db.begin().await?;
    let key = (series, catalogue);
    let Some(events) = chosen_in(&mut tx, &reckoning, key, id, by).await? else {
        return Ok(false);
    };
    store::event::append(&mut tx, &events, reckoning.now).await?;
    tx.commit().await?;
    Ok(true)
}

/// [`chosen`], inside a transaction: what is to be told of it. None in place of false.
///
/// # Errors
/// As [`chosen`].
pub async fn chosen_in(
    tx: &mut Tx,
    reckoning: &Reckoning,
    (series, catalogue): (i64, Catalogue),
    id: Option<&str>,
    by: ChosenBy,
) -> Result<Option<Vec<Event>>, ChoiceError> {
    if store::series::get_in(tx, series).await?.is_none() {
        return Err(ChoiceError::UnknownSeries(series));
    }
    // What it said of this one stands: only who says so is new, and it is asked again.
    if let (Some(id), ChosenBy::User) = (id, by)
        && store::catalogue::link::confirm(tx, (series, catalogue), id, by, 0).await?
    {
        return Ok(Some(Vec::new()));
    }
    // Before everything that waits.
    if !store::catalogue::link::choose(tx, (series, catalogue), id, by, 0).await? {
        return Ok(None);
    }
    store::catalogue::said::forget(tx, series, catalogue).await?;
    let counted = super::recount(tx, reckoning, series).await?;
    Ok(Some(counted.map(|(_, events)| events).unwrap_or_default()))
}

/// All catalogues are asked of a series soon.
///
/// # Errors
/// When the database fails.
pub async fn refresh(app: &App, series: i64) -> Result<(), StoreError> {
    let mut tx = app.db.begin_unsynced().await?;
    store::catalogue::link::due_now(&mut tx, series).await?;
    tx.commit().await?;
    app.sync_wake.notify_one();
    Ok(())
}
