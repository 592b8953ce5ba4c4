//! What happens by itself at its time: when it last did, and when it will.

use crate::{
    app::App,
    clock::next_run,
    settings::Settings,
    store::{self, StoreError},
};

/// A schedule and its runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// As the setting says.
    pub schedule: String,
    /// When it last ran; milliseconds since the epoch.
    pub last_run_at: Option<i64>,
    /// When it runs next; none while it is switched off.
    pub next_run_at: Option<i64>,
}

/// The check of series with gaps. When there was nothing to search, it did not run.
///
/// # Errors
/// When the database fails.
pub async fn check(app: &App, settings: &Settings) -> Result<Schedule, StoreError> {
    let last = store::check::last_of(&app.db, "schedule").await?;
    Ok(schedule(app, settings, &settings.check_schedule, last))
}

/// The scan of libraries; one that was asked for counts as well.
///
/// # Errors
/// When the database fails.
pub async fn scan(app: &App, settings: &Settings) -> Result<Schedule, StoreError> {
    let last = store::library::last_scanned(&app.db).await?;
    Ok(schedule(app, settings, &settings.scan_schedule, last))
}

fn schedule(app: &App, settings: &Settings, text: &str, last_run_at: Option<i64>) -> Schedule {
    let next = next_run(text, settings.time_zone, app.clock.now());
    Schedule {
        schedule: text.to_owned(),
        last_run_at,
        next_run_at: next.filter(|_| settings.enabled),
    }
}
