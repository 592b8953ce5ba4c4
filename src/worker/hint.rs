//! Looks at the libraries of which someone outside said that something changed there; then the series of which it was said are due.

use std::{sync::Arc, time::Duration};

use crate::{
    app::App,
    lease::Lease,
    store::{self, StoreError, hint::Hint},
    worker::scan::{self, Tried},
};

/// Between two looks for what another replica heard.
const POLL: Duration = Duration::from_secs(60);
/// After a look: what is said meanwhile, of ten volumes that came together, is one look more.
const PAUSE: Duration = Duration::from_secs(5);

/// What a step did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heeded {
    /// Libraries that were looked at.
    pub libraries: usize,
    /// Series that are due now.
    pub series: usize,
    /// Libraries that someone else is scanning: they are looked at when that is over.
    pub busy: usize,
}

/// Works until the program stops.
pub async fn run(app: Arc<App>) {
    while !app.stop.is_cancelled() {
        match step(&app).await {
            Ok(heeded) if heeded == Heeded::default() => {}
            Ok(_) => {
                tokio::select! {
                    () = tokio::time::sleep(PAUSE) => {}
                    () = app.stop.cancelled() => {}
                }
                continue;
            }
            Err(error) => {
                tracing::error!(%error, "what was hinted at was not looked at; it is tried again")
            }
        }
        tokio::select! {
            () = app.hint_wake.notified() => {}
            () = tokio::time::sleep(POLL) => {}
            () = app.stop.cancelled() => {}
        }
    }
}

/// Looks at every library that was hinted at, once, and makes the series due that were. Of several replicas one does. Nothing while the
/// program is switched off: the hints wait.
///
/// # Errors
/// When the database fails.
pub async fn step(app: &Arc<App>) -> Result<Heeded, StoreError> {
    if !app.settings().await?.enabled {
        return Ok(Heeded::default());
    }
    let Some(lease) = Lease::try_take(app, "hint").await? else {
        return Ok(Heeded::default());
    };
    let heeded = step_alone(app).await;
    lease.release().await;
    heeded
}

async fn step_alone(app: &Arc<App>) -> Result<Heeded, StoreError> {
    // In this order: of a series that is hinted at meanwhile, the library is looked at before it is due.
    let series = store::hint::all_series(&app.db).await?;
    let libraries = store::hint::libraries(&app.db).await?;
    let (mut heeded, mut looked) = (Heeded::default(), Vec::new());
    for hint in libraries {
        if app.stop.is_cancelled() {
            return Ok(heeded);
        }
        let row = store::connection::get(&app.db, hint.0).await?;
        let tried = match row.filter(|row| row.enabled) {
            Some(row) => Some(scan::try_one(app, &row).await),
            None => None,
        };
        match tried {
            // Nothing is known of it anew, and nothing is held: it has its turn later.
            Some(Tried::Busy | Tried::Broke) => heeded.busy += 1,
            tried => {
                looked.push(hint);
                heeded.libraries += usize::from(tried.is_some());
            }
        }
    }
    // Due before its shelf is known anew, it would be sent what it has just got.
    let ready = if heeded.busy == 0 { series } else { Vec::new() };
    heeded.series = settle(app, &looked, &ready).await?;
    Ok(heeded)
}

/// How many series are due now: those that are monitored.
async fn settle(app: &App, looked: &[Hint], ready: &[Hint]) -> Result<usize, StoreError> {
    let (now, mut due) = (app.clock.now(), 0);
    let mut tx = app.db.begin_unsynced().await?;
    for hint in in_order(looked) {
        store::hint::looked(&mut tx, hint).await?;
    }
    tx.commit().await?;
    // One after the other: a scan takes series in another order, and each would wait for the other.
    for hint in in_order(ready) {
        let mut tx = app.db.begin_unsynced().await?;
        let stored = store::series::get_in(&mut tx, hint.0).await?;
        if stored.is_some_and(|stored| stored.series.monitored) {
            store::series::mark_due(&mut tx, hint.0, now).await?;
            due += 1;
        }
        store::hint::done(&mut tx, hint).await?;
        tx.commit().await?;
    }
    if due > 0 {
        app.check_wake.notify_one();
    }
    Ok(due)
}

/// By their numbers, as they are marked: so two transactions do not wait for each other.
fn in_order(hints: &[Hint]) -> Vec<Hint> {
    let mut hints = hints.to_vec();
    hints.sort_unstable();
    hints
}
