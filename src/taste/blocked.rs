//! Releases that the user never wants again.

use crate::{
    app::App,
    store::{self, StoreError, blocked::Blocked},
};

/// Why a release was not blocked, or not unblocked.
#[derive(Debug, thiserror::Error)]
pub enum BlockError {
    /// There is no such offer.
    #[error("there is no offer with the number {0}")]
    NoOffer(i64),
    /// It is not blocked.
    #[error("no release is blocked under the number {0}")]
    Unknown(i64),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Never sends an offer for its series again.
///
/// # Errors
/// When there is no such offer.
pub async fn block(app: &App, offer: i64, reason: &str) -> Result<Blocked, BlockError> {
    let stored = store::offer::get(&app.db, offer).await?;
    let stored = stored.ok_or(BlockError::NoOffer(offer))?;
    let mut tx = app.db.begin().await?;
    let (series, now) = (stored.series_id, app.clock.now());
    let blocked = store::blocked::put(&mut tx, series, &stored.offer, reason, now).await?;
    tx.commit().await?;
    Ok(blocked)
}

/// The release may be sent again.
///
/// # Errors
/// When none is blocked under this number.
pub async fn unblock(app: &App, id: i64) -> Result<(), BlockError> {
    let mut tx = app.db.begin().await?;
    if !store::blocked::remove(&mut tx, id).await? {
        return Err(BlockError::Unknown(id));
    }
    Ok(tx.commit().await?)
}
