//! Looks at the libraries of which someone outside said that something changed there; then the series of which it was said are due.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use crate::{
    app::App,
    connection::Settings,
    lease::Lease,
    store::{self, StoreError, connection::Connection, hint::Hint},
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

/// Looks at every library that was hinted at, once, and makes the series due that were; of a server that shows these it asks for just
/// them. Of several replicas one does. Nothing while the program is switched off: the hints wait.
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
    let mut looks: BTreeMap<i64, Look> = keys_of(app, &series).await?;
    for hint in libraries {
        looks.insert(hint.0, Look::Whole(Some(hint)));
    }
    for (library, look) in looks {
        if app.stop.is_cancelled() {
            return Ok(heeded);
        }
        let row = store::connection::get(&app.db, library).await?;
        let tried = match row.filter(|row| row.enabled) {
            Some(row) => look.go(app, &row).await,
            None => None,
        };
        match tried {
            // Nothing is known of it anew, and nothing is held: it has its turn later.
            Some(Tried::Busy | Tried::Broke) => heeded.busy += 1,
            tried => {
                looked.extend(look.hint());
                heeded.libraries += usize::from(tried.is_some());
            }
        }
    }
    // Due before its shelf is known anew, it would be sent what it has just got.
    let ready = if heeded.busy == 0 { series } else { Vec::new() };
    heeded.series = settle(app, &looked, &ready).await?;
    Ok(heeded)
}

/// What is to be looked at in a library.
#[derive(Debug, PartialEq, Eq)]
enum Look {
    /// All of it, because of this hint, if not of a series that it does not show yet.
    Whole(Option<Hint>),
    /// The series with these keys of a server.
    Keys(Vec<String>),
}

impl Look {
    fn hint(&self) -> Option<Hint> {
        match self {
            Self::Whole(hint) => *hint,
            Self::Keys(_) => None,
        }
    }

    /// None when there is nothing to be looked at: what a folder shows is looked at because of the folder's own hint.
    async fn go(&self, app: &Arc<App>, row: &Connection) -> Option<Tried> {
        let settings = Settings::from_json(&row.kind, &row.config);
        match self {
            Self::Whole(Some(_)) => Some(scan::try_one(app, row).await),
            _ if !matches!(settings, Some(Settings::Server(..))) => None,
            Self::Whole(None) => Some(scan::try_one(app, row).await),
            Self::Keys(keys) => Some(scan::try_some(app, row, keys).await),
        }
    }
}

/// What libraries show of series, by the numbers of the libraries.
async fn keys_of(app: &App, series: &[Hint]) -> Result<BTreeMap<i64, Look>, StoreError> {
    let mut looks = BTreeMap::new();
    for hint in series {
        for link in store::link::of_series_on(&app.db, hint.0).await? {
            let look = looks
                .entry(link.library_id)
                .or_insert(Look::Keys(Vec::new()));
            match look {
                // It may be there by now, under a key that is not known.
                _ if link.is_wanted() => *look = Look::Whole(None),
                Look::Keys(keys) => keys.push(link.key),
                Look::Whole(_) => {}
            }
        }
    }
    Ok(looks)
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
