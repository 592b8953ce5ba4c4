//! What became wanted by an act of the user is looked for: of much, as many series at once as a night would search.

use crate::{
    app::App,
    store::{self, StoreError, Tx},
};

/// How many series are searched at once. Asked before a transaction begins: one that holds much must not wait for a second connection.
pub async fn most(app: &App) -> Result<usize, StoreError> {
    let most = app.settings().await?.series_per_night;
    Ok(usize::try_from(most).unwrap_or(0))
}

/// Marks the first of these due, and answers how many. The others wait for their turn in the nights, which is the next one.
pub async fn mark(tx: &mut Tx, series: &[i64], most: usize, now: i64) -> Result<u64, StoreError> {
    let first = &series[..series.len().min(most)];
    for id in first {
        store::series::mark_due(tx, *id, now).await?;
    }
    Ok(first.len() as u64)
}
