//! Scans libraries, one after the other.

use std::sync::Arc;

use crate::{
    app::App,
    shelving::{self, Outcome, ScanError},
    store::{self, StoreError, connection::Connection},
};

/// Scans a library in the background.
pub fn begin(app: &Arc<App>, row: &Connection) {
    let (app, row) = (app.clone(), row.clone());
    app.tasks
        .clone()
        .spawn(async move { one(&app, &row).await });
}

/// Scans every enabled library.
///
/// # Errors
/// When the database fails; a library that cannot be read is written down and told.
pub async fn step(app: &Arc<App>) -> Result<Vec<(String, Outcome)>, StoreError> {
    let mut outcomes = Vec::new();
    for row in store::connection::list(&app.db, "library")
        .await?
        .into_iter()
        .filter(|row| row.enabled)
    {
        if app.stop.is_cancelled() {
            break;
        }
        if let Some(outcome) = one(app, &row).await {
            outcomes.push((row.name, outcome));
        }
    }
    Ok(outcomes)
}

/// Scans a library now; none when it could not be read, or is being scanned by someone else.
pub async fn one(app: &Arc<App>, row: &Connection) -> Option<Outcome> {
    match shelving::scan(app, row).await {
        Ok(outcome) => {
            let Outcome {
                series,
                volumes,
                missing,
                arrived,
                vanished,
                problems,
                ..
            } = outcome;
            tracing::info!(
                library = row.name,
                series,
                volumes,
                missing,
                arrived,
                vanished,
                problems,
                "scanned"
            );
            app.check_wake.notify_one();
            Some(outcome)
        }
        // Written down and told where it was found.
        Err(ScanError::Port(_) | ScanError::Busy) => None,
        Err(error) => {
            tracing::error!(library = row.name, %error, "a library was not scanned");
            None
        }
    }
}
