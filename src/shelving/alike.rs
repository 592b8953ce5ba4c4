//! Which series may be one, and which are two because the user says so.

use crate::{
    app::App,
    domain::{
        merge::NotOne,
        suggestion::{self, Candidate, Suggestion},
    },
    store::{self, Db, StoreError},
};

use super::MergeError;

/// Every series, and the pairs among them that may be one.
///
/// # Errors
/// When the database fails.
pub async fn suggestions(db: &Db) -> Result<(Vec<Candidate>, Vec<Suggestion>), StoreError> {
    let candidates = store::suggestion::candidates(db).await?;
    let files = store::suggestion::files(db).await?;
    let apart = store::suggestion::apart(db).await?;
    let found = tokio::task::spawn_blocking(move || {
        let found = suggestion::suggestions(&candidates, &files, &apart);
        (candidates, found)
    });
    Ok(found.await.expect("comparing titles does not panic"))
}

/// The user says that these are two.
///
/// # Errors
/// When they are the same one, or the database fails.
pub async fn are_two(app: &App, one: i64, other: i64) -> Result<(), MergeError> {
    if one == other {
        return Err(NotOne::Itself.into());
    }
    let mut tx = app.db.begin().await?;
    store::suggestion::put_apart(&mut tx, one, other, app.clock.now()).await?;
    Ok(tx.commit().await?)
}
