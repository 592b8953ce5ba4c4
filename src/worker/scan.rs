//! Scans libraries, one after the other.

use std::sync::Arc;

use crate::{
    app::App,
    connection::Settings,
    domain::units::HOUR,
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

/// A library whose server tells what changes is read as a whole only when that was so long ago; milliseconds.
const SELDOM: i64 = 6 * HOUR;

/// Scans the libraries whose turn it is: those that nobody listens to, and once in a while the others.
///
/// # Errors
/// As [`step`].
pub async fn scheduled(app: &Arc<App>) -> Result<Vec<(String, Outcome)>, StoreError> {
    let now = app.clock.now();
    let mut due = Vec::new();
    for row in enabled(app).await? {
        let state = store::library::state(&app.db, row.id).await?;
        let is_heard = state.heard_at.is_some_and(|at| now - at <= HOUR);
        let is_new = state.scanned_at.is_some_and(|at| now - at <= SELDOM);
        if !is_heard || !is_new || state.held.is_some() {
            due.push(row);
        }
    }
    these(app, due).await
}

/// Scans every enabled library.
///
/// # Errors
/// When the database fails; a library that cannot be read is written down and told.
pub async fn step(app: &Arc<App>) -> Result<Vec<(String, Outcome)>, StoreError> {
    these(app, enabled(app).await?).await
}

async fn enabled(app: &App) -> Result<Vec<Connection>, StoreError> {
    let rows = store::connection::list(&app.db, "library").await?;
    Ok(rows.into_iter().filter(|row| row.enabled).collect())
}

async fn these(
    app: &Arc<App>,
    rows: Vec<Connection>,
) -> Result<Vec<(String, Outcome)>, StoreError> {
    let mut outcomes = Vec::new();
    for row in rows {
        if app.stop.is_cancelled() {
            break;
        }
        if let Some(outcome) = one(app, &row).await {
            outcomes.push((row.name, outcome));
        }
    }
    Ok(outcomes)
}

/// What was read of a library, for the log; and what it made due is looked at.
pub fn tell(app: &App, row: &Connection, outcome: &Outcome) {
    tracing::info!(
        library = row.name,
        series = outcome.series,
        volumes = outcome.volumes,
        missing = outcome.missing,
        arrived = outcome.arrived,
        vanished = outcome.vanished,
        problems = outcome.problems,
        "scanned"
    );
    app.check_wake.notify_one();
}

/// Has the servers that show a series look at their disks again: something was put there.
///
/// # Errors
/// When the database fails; a server that does not do it finds it by itself, later.
pub async fn rescan_servers(app: &App, series: i64) -> Result<(), StoreError> {
    let links = store::link::of_series_on(&app.db, series).await?;
    for row in enabled(app).await? {
        if !matches!(
            Settings::from_json(&row.kind, &row.config),
            Some(Settings::Server(..))
        ) {
            continue;
        }
        let keys = links.iter().filter(|link| link.library_id == row.id);
        let keys: Vec<String> = keys.map(|link| link.key.clone()).collect();
        let asked = match app.library(&row) {
            Ok(library) => library
                .rescan(&keys)
                .await
                .map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        if let Err(error) = asked {
            tracing::warn!(
                library = row.name,
                error,
                "the server was not made to look at its disk"
            );
        }
    }
    Ok(())
}

/// Scans a library now; none when it could not be read, or is being scanned by someone else.
pub async fn one(app: &Arc<App>, row: &Connection) -> Option<Outcome> {
    match try_one(app, row).await {
        Tried::Scanned(outcome) => Some(outcome),
        Tried::Failed | Tried::Busy | Tried::Broke => None,
    }
}

/// What became of a scan.
pub enum Tried {
    /// It was scanned.
    Scanned(Outcome),
    /// It could not be read; that is written down and told.
    Failed,
    /// Someone else is scanning it.
    Busy,
    /// The database failed, or its settings cannot be read: nothing is known of it.
    Broke,
}

/// Scans a library now, unless someone else is at it.
pub async fn try_one(app: &Arc<App>, row: &Connection) -> Tried {
    tried(app, row, shelving::scan(app, row).await)
}

/// Looks at some series of a library now, by its own keys.
pub async fn try_some(app: &Arc<App>, row: &Connection, keys: &[String]) -> Tried {
    tried(app, row, shelving::look(app, row, keys).await)
}

fn tried(app: &App, row: &Connection, outcome: Result<Outcome, ScanError>) -> Tried {
    match outcome {
        Ok(outcome) => {
            tell(app, row, &outcome);
            Tried::Scanned(outcome)
        }
        Err(ScanError::Busy) => Tried::Busy,
        // Written down and told where it was found.
        Err(ScanError::Port(_)) => Tried::Failed,
        Err(error) => {
            tracing::error!(library = row.name, %error, "a library was not scanned");
            Tried::Broke
        }
    }
}
