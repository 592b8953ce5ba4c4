//! Runs checks: those that were asked for, and series that became due.

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt, stream};

use crate::{
    app::App,
    domain::{event::Event, report::SeriesReport},
    lease::Lease,
    pipeline::{self, CheckError, Options, sending},
    store::{self, Db, StoreError, check::CheckRun},
};

/// How often another replica's requests and due series are looked for.
const POLL: Duration = Duration::from_secs(5);
/// Due series taken at once.
const MOST_DUE: i64 = 200;

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It ran this check.
    Ran(i64),
    /// There was nothing to do.
    Idle,
}

/// The series of a check: those that were named, or every monitored one. The inner error is a number that no series has.
///
/// # Errors
/// When the database fails.
pub async fn scope(db: &Db, named: Option<Vec<i64>>) -> Result<Result<Vec<i64>, i64>, StoreError> {
    let Some(mut named) = named else {
        return Ok(Ok(store::series::ids(db, true).await?));
    };
    named.sort_unstable();
    named.dedup();
    for id in &named {
        if store::series::get(db, *id).await?.is_none() {
            return Ok(Err(*id));
        }
    }
    Ok(Ok(named))
}

/// Asks for a check; it runs as soon as a worker is free.
///
/// # Errors
/// When the database fails.
pub async fn request(
    app: &App,
    cause: &str,
    dry_run: bool,
    series: &[i64],
) -> Result<i64, StoreError> {
    let mut tx = app.db.begin().await?;
    let id = store::check::insert(&mut tx, cause, dry_run, series, app.clock.now()).await?;
    tx.commit().await?;
    app.check_wake.notify_one();
    Ok(id)
}

/// Waits until a check is over, at most `patience` long; the check as it stands then.
///
/// # Errors
/// When the database fails.
pub async fn wait(app: &App, id: i64, patience: Duration) -> Result<Option<CheckRun>, StoreError> {
    let deadline = tokio::time::Instant::now() + patience;
    let mut changes = app.check_progress.subscribe();
    loop {
        changes.mark_unchanged();
        let check = store::check::get(&app.db, id).await?;
        let waits = check.as_ref().is_some_and(|check| !check.is_over());
        if !waits || app.stop.is_cancelled() || tokio::time::Instant::now() >= deadline {
            return Ok(check);
        }
        tokio::select! {
            _ = changes.changed() => {}
            // Another replica may be running it.
            () = tokio::time::sleep(Duration::from_secs(3)) => {}
            () = tokio::time::sleep_until(deadline) => {}
            () = app.stop.cancelled() => {}
        }
    }
}

/// Asks for the scheduled check: monitored series with gaps, the longest unchecked first. None while one is still open.
///
/// # Errors
/// When the database fails.
pub async fn request_scheduled(app: &App) -> Result<Option<i64>, StoreError> {
    let settings = app.settings().await?;
    if !settings.enabled || store::check::open_of(&app.db, "schedule").await? > 0 {
        return Ok(None);
    }
    let now = app.clock.now();
    let series = store::series::ids_with_gaps(&app.db, now, settings.series_per_night).await?;
    if series.is_empty() {
        return Ok(None);
    }
    request_once(app, "schedule", &series).await
}

/// None when another replica was faster.
async fn request_once(app: &App, cause: &str, series: &[i64]) -> Result<Option<i64>, StoreError> {
    match request(app, cause, false, series).await {
        Ok(id) => Ok(Some(id)),
        Err(error) if error.is_conflict() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Works until the program stops. Several run beside each other, so that a check that someone asked for does not wait
/// behind a scheduled one of an hour.
pub async fn run(app: Arc<App>) {
    while !app.stop.is_cancelled() {
        let pause = match step(&app).await {
            Ok(Step::Ran(_)) => continue,
            Ok(Step::Idle) => POLL,
            Err(error) => {
                tracing::error!(%error, "checking failed; it is tried again");
                POLL
            }
        };
        tokio::select! {
            () = app.check_wake.notified() => {}
            () = tokio::time::sleep(pause) => {}
            () = app.stop.cancelled() => {}
        }
    }
}

/// Settles what a crash left in doubt, then runs the oldest open check, else one of the series that are due.
///
/// # Errors
/// When the database fails; the check stays open and is gone on with.
pub async fn step(app: &Arc<App>) -> Result<Step, StoreError> {
    settle(app).await?;
    for check in store::check::open(&app.db).await? {
        let Some(lease) = Lease::try_take(app, &format!("check:{}", check.id)).await? else {
            continue;
        };
        let ran = run_check(app, &check).await;
        lease.release().await;
        ran?;
        return Ok(Step::Ran(check.id));
    }
    let due = match app.settings().await?.enabled {
        true => store::series::due(&app.db, app.clock.now(), MOST_DUE).await?,
        false => Vec::new(),
    };
    if due.is_empty() || store::check::open_of(&app.db, "library").await? > 0 {
        return Ok(Step::Idle);
    }
    Ok(request_once(app, "library", &due)
        .await?
        .map_or(Step::Idle, Step::Ran))
}

/// Grabs in doubt, each under the lease of its series.
async fn settle(app: &Arc<App>) -> Result<(), StoreError> {
    let mut series: Vec<i64> = store::grab::in_doubt(&app.db, None)
        .await?
        .into_iter()
        .map(|grab| grab.series_id)
        .collect();
    series.dedup();
    for id in series {
        if let Some(lease) = Lease::try_take(app, &pipeline::lease_name(id)).await? {
            let settled = sending::settle_doubts(app, Some(id)).await;
            lease.release().await;
            settled?;
        }
    }
    Ok(())
}

async fn run_check(app: &Arc<App>, check: &CheckRun) -> Result<(), StoreError> {
    if !store::check::start(&app.db, check.id, app.clock.now()).await? {
        return Ok(());
    }
    app.check_advanced();
    let options = Options {
        dry_run: check.dry_run,
        by_hand: matches!(check.cause.as_str(), "api" | "cli"),
    };
    let series = store::check::queued(&app.db, check.id).await?;
    let mut checks = stream::iter(series)
        .map(|id| check_one(app, check.id, id, options))
        .buffer_unordered(app.config.parallel_checks);
    let (mut complete, mut fault) = (true, None);
    while let Some(done) = checks.next().await {
        match done {
            Ok(done) => complete &= done,
            // The others are in the middle of their work: they end it before the fault is passed on.
            Err(error) => fault = Some(error),
        }
    }
    if let Some(error) = fault {
        return Err(error);
    }
    if complete && !app.stop.is_cancelled() {
        finish(app, check.id).await?;
    }
    Ok(())
}

/// Checks one series and writes its report. False when the program or the check was stopped before.
async fn check_one(
    app: &Arc<App>,
    check: i64,
    series: i64,
    options: Options,
) -> Result<bool, StoreError> {
    let stopped = store::check::get(&app.db, check)
        .await?
        .is_none_or(|check| check.state == "stopped");
    if stopped || app.stop.is_cancelled() {
        return Ok(false);
    }
    let report = match pipeline::check_series(app, series, options).await {
        Ok(report) => report,
        Err(CheckError::Unknown) => return Ok(true),
        // A row that cannot be read stays so: it must not keep the other series from being checked.
        Err(CheckError::Store(error)) if !matches!(error, StoreError::Unreadable { .. }) => {
            return Err(error);
        }
        Err(error) => {
            tracing::warn!(series, %error, "a series was not checked");
            let stored = store::series::get(&app.db, series).await.ok().flatten();
            let title = stored.map(|stored| stored.series.title).unwrap_or_default();
            SeriesReport {
                series_id: series,
                title,
                notes: vec![error.to_string()],
                ..SeriesReport::default()
            }
        }
    };
    let mut tx = app.db.begin().await?;
    store::check::report(&mut tx, check, &report).await?;
    tx.commit().await?;
    app.check_advanced();
    Ok(true)
}

async fn finish(app: &App, id: i64) -> Result<(), StoreError> {
    let now = app.clock.now();
    let Some(check) = store::check::get(&app.db, id).await? else {
        return Ok(());
    };
    let mut tx = app.db.begin().await?;
    if !store::check::finish(&mut tx, id, now).await? {
        return Ok(());
    }
    let stats = check.stats;
    tracing::info!(
        check = id,
        series = check.done,
        missing = stats.missing,
        offers = stats.offers,
        sent = stats.sent,
        failed = stats.failed,
        "check finished"
    );
    let event = Event::CheckFinished {
        check: id,
        trigger: check.cause,
        series: check.done.unsigned_abs(),
        missing: stats.missing,
        sent: stats.sent,
        failed: stats.failed,
        errors: stats.errors,
    };
    store::event::append(&mut tx, &[event], now).await?;
    tx.commit().await?;
    app.check_advanced();
    Ok(())
}
