//! What other programs tell us through hooks. A body is read, kept without its secrets, and leaves hints behind: a library to be looked at, a
//! series that is due after that, a grab that is looked at now. It carries nothing else into the line, so one that is lost costs time.

mod again;
mod caller;
mod meaning;

use std::{collections::BTreeSet, time::Duration};

use sha2::{Digest, Sha256};

use crate::{
    app::App,
    connection::HookSettings,
    domain::{
        hook::{self, Body, Reading},
        units::MINUTE,
    },
    store::{self, StoreError, Tx, connection::Connection, hook::NewBody},
};
pub use again::{AgainError, rerun, try_out};
pub use caller::{Caller, caller};
pub use meaning::{Meaning, Named};

/// A body that comes again sooner is the same one: senders repeat what they got no answer for.
pub const REPLAY: i64 = 10 * MINUTE;
/// Bytes of a body that are kept.
pub const KEPT_BYTES: usize = 64 * 1024;
/// How long a sender is kept waiting for the database; it waits for no first import.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why a body was not taken. It is to be sent again.
#[derive(Debug, thiserror::Error)]
pub enum HearError {
    /// Something else writes for long.
    #[error("the database is busy with a large scan; send it again in a minute")]
    Busy,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes what came to a hook. Whether anything comes of it.
///
/// # Errors
/// When the database fails, or is busy for long; then nothing was taken.
pub async fn hear(
    app: &App,
    caller: &Caller,
    content_type: &str,
    bytes: &[u8],
) -> Result<bool, HearError> {
    let row = &caller.row;
    let body = Body::read(bytes);
    let secrets = [caller.token.expose()];
    let reading = read(app, &caller.settings, &body, &secrets);
    let meaning = meaning::of(app, &caller.settings, &reading).await?;
    let outcome = outcome(row, &meaning);
    let (text, cut) = kept(hook::redacted(&body, &secrets));
    let fingerprint = hex::encode(Sha256::digest(bytes));
    let new = NewBody {
        hook_id: row.id,
        fingerprint: &fingerprint,
        content_type: &hook::shown(&hook::redacted_text(content_type, &secrets)),
        size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        body: text.as_deref(),
        cut,
        event: &reading.event,
        effect: reading.effect.word(),
        outcome: &outcome,
    };
    let written = tokio::time::timeout(PATIENCE, write(app, row, &new, &meaning)).await;
    if !written.map_err(|_| HearError::Busy)?? {
        tracing::debug!(hook = row.name, "a webhook came again");
        return Ok(false);
    }
    tracing::info!(
        hook = row.name,
        event = reading.event,
        effect = reading.effect.word(),
        outcome,
        "a webhook came"
    );
    let acts = row.enabled && meaning.is_something();
    if acts {
        wake(app, &meaning);
    }
    Ok(acts)
}

fn read(app: &App, settings: &HookSettings, body: &Body, own: &[&str]) -> Reading {
    hook::read(settings.kind, &settings.mapping, app.lexicon, body, own)
}

fn outcome(row: &Connection, meaning: &Meaning) -> String {
    match row.enabled {
        true => meaning.sentence.clone(),
        false => format!("the hook is switched off; else: {}", meaning.sentence),
    }
}

/// At most [`KEPT_BYTES`] of it, and whether that is less than all.
fn kept(text: Option<String>) -> (Option<String>, bool) {
    let Some(mut text) = text else {
        return (None, false);
    };
    let cut = text.len() > KEPT_BYTES;
    text.truncate(text.floor_char_boundary(KEPT_BYTES));
    (Some(text), cut)
}

/// Keeps a body and leaves its marks, in one transaction; false when it came a moment ago. Those that come to one hook have it one after
/// the other.
async fn write(
    app: &App,
    row: &Connection,
    new: &NewBody<'_>,
    meaning: &Meaning,
) -> Result<bool, StoreError> {
    let mut tx = app.db.begin_unsynced().await?;
    if store::connection::get_in(&mut tx, row.id).await?.is_none() {
        return Ok(false);
    }
    let now = app.clock.now();
    let is_new = store::hook::is_new(&mut tx, row.id, new.fingerprint, (now, now - REPLAY)).await?;
    match is_new {
        false => store::hook::came_again(&mut tx, row.id, new.fingerprint).await?,
        true => store::hook::keep(&mut tx, new, now).await?,
    }
    if is_new && row.enabled {
        hint(&mut tx, meaning, now).await?;
    }
    tx.commit().await?;
    Ok(is_new)
}

/// Leaves the marks of what was said; in the order of their numbers, so that two do not wait for each other. Of a server that is asked for
/// some series the marks of these say it.
async fn hint(tx: &mut Tx, meaning: &Meaning, now: i64) -> Result<(), StoreError> {
    let whole = in_order(&meaning.libraries).into_iter();
    for library in whole.filter(|library| !meaning.in_part.contains(library)) {
        store::hint::library(tx, library, now).await?;
    }
    for series in in_order(&meaning.series) {
        store::hint::series(tx, series, now).await?;
    }
    Ok(())
}

fn in_order(named: &[Named]) -> BTreeSet<i64> {
    named.iter().map(|one| one.id).collect()
}

/// What the marks are for is done at once, when nothing else keeps its worker.
fn wake(app: &App, meaning: &Meaning) {
    if !meaning.grabs.is_empty() {
        app.track_wake.notify_one();
    }
    if !meaning.libraries.is_empty() || !meaning.series.is_empty() {
        app.hint_wake.notify_one();
    }
}
