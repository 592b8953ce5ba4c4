//! What a person does with the bodies of a hook: one is read again, or tried without anything coming of it.

use super::{Meaning, hint, meaning, outcome, read, wake};
use crate::{
    app::App,
    connection::HookSettings,
    domain::hook::{Body, Reading},
    store::{self, StoreError, connection::Connection, hook::HookBody},
};

/// Why a body cannot be read again.
#[derive(Debug, thiserror::Error)]
pub enum AgainError {
    /// There is none.
    #[error("this hook keeps no body with the number {0}; its last 20 are kept")]
    Unknown(i64),
    /// Not all of it is there.
    #[error("only a part of this body is kept; have it sent again")]
    NotWhole,
    /// Nothing of it is.
    #[error(
        "this body was neither JSON nor a form, so nothing of it is kept; have it sent again as one of these"
    )]
    NotKept,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reads a kept body by what the hook's settings are now, and does what comes of it, however often it came before.
///
/// # Errors
/// When it is not kept, or not as a whole.
pub async fn rerun(
    app: &App,
    row: &Connection,
    settings: &HookSettings,
    id: i64,
) -> Result<HookBody, AgainError> {
    let kept = store::hook::get(&app.db, row.id, id).await?;
    let kept = kept.ok_or(AgainError::Unknown(id))?;
    if kept.cut {
        return Err(AgainError::NotWhole);
    }
    let body = Body::read(kept.body.as_deref().ok_or(AgainError::NotKept)?.as_bytes());
    // It is kept without our secrets.
    let reading = read(app, settings, &body, &[]);
    let meaning = meaning::of(app, settings, &reading).await?;
    let outcome = outcome(row, &meaning);
    let mut tx = app.db.begin_unsynced().await?;
    let read_again = (
        reading.event.as_str(),
        reading.effect.word(),
        outcome.as_str(),
    );
    store::hook::read_again(&mut tx, id, read_again).await?;
    if row.enabled {
        hint(&mut tx, &meaning, app.clock.now()).await?;
    }
    tx.commit().await?;
    if row.enabled {
        wake(app, &meaning);
    }
    Ok(HookBody {
        event: reading.event,
        effect: reading.effect.word().to_owned(),
        outcome,
        ..kept
    })
}

/// What would come of a body.
///
/// # Errors
/// When the database fails.
pub async fn try_out(
    app: &App,
    settings: &HookSettings,
    text: &str,
) -> Result<(Reading, Meaning), StoreError> {
    let reading = read(app, settings, &Body::read(text.as_bytes()), &[]);
    let meaning = meaning::of(app, settings, &reading).await?;
    Ok((reading, meaning))
}
