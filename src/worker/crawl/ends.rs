//! How a crawl ends: well, or with what is written down and told.

use super::{Crawled, Turn, sample};
use crate::{
    app::{App, ConnectionError},
    domain::{
        backoff,
        units::{DAY, HOUR, MINUTE},
    },
    health,
    ports::PortError,
    search::ebdz::ForumError,
    store::{self, StoreError, connection::Connection, crawl::Crawl},
};

/// A link that left its thread is forgotten after that.
const KEEP_GONE: i64 = 30 * DAY;
/// Steps of [`backoff::pause`] that are left out, so that the first pause is 15 minutes; after a ban or a change of layout, 3 hours.
const FIRST_PAUSE: u32 = 3;
const FIRST_LONG_PAUSE: u32 = 6;

/// It came to its end.
pub(super) async fn end(turn: &Turn<'_>, now_row: &Connection) -> Result<Crawled, StoreError> {
    let (app, now) = (turn.app, turn.app.clock.now());
    let mut tx = app.db.begin_unsynced().await?;
    store::crawl::end(&mut tx, turn.row.id, now).await?;
    store::forum::forget_gone(&mut tx, now - KEEP_GONE).await?;
    tx.commit().await?;
    health::worked_if_failed(app, now_row).await?;
    let Crawl {
        pages,
        threads,
        links,
        ..
    } = turn.crawl;
    tracing::info!(
        source = turn.row.name,
        pages,
        threads,
        links,
        "a crawl is over"
    );
    Ok(Crawled::Done)
}

/// Written down and told; nothing more is asked until it is time again, or, where we were not let in, until a person changes something.
pub(super) async fn failed(turn: &Turn<'_>, error: ForumError) -> Result<Crawled, StoreError> {
    let (app, now) = (turn.app, turn.app.clock.now());
    if let ForumError::Refused { why, .. } = &error {
        let until = why.hold().map(|hold| now + hold);
        store::crawl::refuse(&app.db, turn.row.id, turn.row.updated_at, until).await?;
        let error = error.into_port();
        health::failed(app, turn.row.id, &error).await?;
        return Ok(Crawled::Failed(error.to_string()));
    }
    let kept = sample::kept(app, &error);
    let first = match error.is_grave() {
        true => FIRST_LONG_PAUSE,
        false => FIRST_PAUSE,
    };
    let mut error = error.into_port();
    if let PortError::BadAnswer { detail, .. } = &mut error {
        detail.push_str(&kept);
    }
    let failures = u32::try_from(turn.crawl.failures)
        .unwrap_or(u32::MAX)
        .saturating_add(1);
    let pause = backoff::pause(failures.saturating_add(first), error.retry_after());
    let pause = i64::try_from(pause.as_millis()).unwrap_or(DAY).max(MINUTE);
    let mut tx = app.db.begin_unsynced().await?;
    store::crawl::rest(&mut tx, turn.row.id, now + pause).await?;
    tx.commit().await?;
    health::failed(app, turn.row.id, &error).await?;
    Ok(Crawled::Failed(error.to_string()))
}

/// Its secrets are locked, or its settings cannot be read: health says so.
pub(super) async fn unusable(
    app: &App,
    row: &Connection,
    error: &ConnectionError,
) -> Result<Crawled, StoreError> {
    let mut tx = app.db.begin_unsynced().await?;
    store::crawl::rest(&mut tx, row.id, app.clock.now() + HOUR).await?;
    tx.commit().await?;
    Ok(Crawled::Failed(error.to_string()))
}
