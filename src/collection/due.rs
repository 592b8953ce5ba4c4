//! What became wanted by an act of the user is looked for: of much, as many series at once as a night would search.

use crate::{
    app::App,
    store::{self, StoreError, Tx},
};

/// Marks the first of these due; how many. The others wait for their turn in the nights, which is the next one.
pub async fn mark(app: &App, tx: &mut Tx, series: &[i64]) -> Result<u64, StoreError> {
    let most = usize::try_from(app.settings().await?.series_per_night).unwrap_or(0);
    let now = app.clock.now();
    let first = &series[..series.len().min(most)];
    for id in first {
        store::series::mark_due(tx, *id, now).await?;
    }
    Ok(first.len() as u64)
}
