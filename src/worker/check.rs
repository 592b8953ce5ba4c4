//! Runs checks: those that were asked for, and series that became due.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::{StreamExt, stream};
use tokio::sync::mpsc;

use crate::{
    app::App,
    budget, clock,
    domain::{
        event::Event,
        report::SeriesReport,
        units::{HOUR, MINUTE},
    },
    lease::Lease,
    pipeline::{self, CheckError, Checked, Options, sending},
    settings::Settings,
    store::{self, Db, StoreError, Tx, check::CheckRun},
};

/// How often another replica's requests and due series are looked for.
const POLL: Duration = Duration::from_secs(5);
/// Reports that wait to be written.
const MOST_UNWRITTEN: usize = 64;
/// Due series taken at once.
const MOST_DUE: i64 = 200;

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It ran this check.
    Ran(i64),
    /// It asked for this check of series that are due.
    Asked(i64),
    /// It looked again at picks that had waited for room.
    LetGo,
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

/// Runs a check in this process to its end, for who has no workers. One that a service beside it was faster to take is left to that, and
/// taken over when it dies.
///
/// # Errors
/// When the database fails.
pub async fn see_through(app: &Arc<App>, id: i64) -> Result<(), StoreError> {
    while let Some(check) = store::check::get(&app.db, id).await? {
        if check.is_over() || app.stop.is_cancelled() {
            break;
        }
        if let Some(lease) = Lease::try_take(app, &lease_name(id)).await? {
            let ran = run_check(app, &check).await;
            lease.release().await;
            ran?;
        } else {
            wait(app, id, POLL).await?;
        }
    }
    Ok(())
}

/// Waits for what comes of one series of a check; none when the check ended without it.
///
/// # Errors
/// When the database fails.
pub async fn report(app: &App, id: i64, series: i64) -> Result<Option<SeriesReport>, StoreError> {
    const LOOK_AGAIN: Duration = Duration::from_secs(1);
    let mut changes = app.check_progress.subscribe();
    loop {
        changes.mark_unchanged();
        // In this order: the end comes after the last report.
        let check = store::check::get(&app.db, id).await?;
        let report = store::check::report_of(&app.db, id, series).await?;
        let ended = check.is_none_or(|check| check.is_over()) || app.stop.is_cancelled();
        if report.is_some() || ended {
            return Ok(report);
        }
        tokio::select! {
            _ = changes.changed() => {}
            () = tokio::time::sleep(LOOK_AGAIN) => {}
            () = app.stop.cancelled() => {}
        }
    }
}

fn lease_name(check: i64) -> String {
    format!("check:{check}")
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
            Ok(Step::Ran(_) | Step::Asked(_) | Step::LetGo) => continue,
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

/// Settles what a crash left in doubt, then runs the first open check ([`store::check::open`]); without one, asks for a check of the series that are due.
///
/// # Errors
/// When the database fails; the check stays open and is gone on with.
pub async fn step(app: &Arc<App>) -> Result<Step, StoreError> {
    settle(app).await?;
    if let_go(app).await? > 0 {
        return Ok(Step::LetGo);
    }
    for check in store::check::open(&app.db).await? {
        let Some(lease) = Lease::try_take(app, &lease_name(check.id)).await? else {
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
        .map_or(Step::Idle, Step::Asked))
}

/// Picks that wait for room in the budget are looked at again as long as there is some, without a search, the longest waiting
/// first. How many series that concerned.
async fn let_go(app: &Arc<App>) -> Result<usize, StoreError> {
    let settings = app.settings().await?;
    if !settings.enabled || !settings.search_enabled {
        return Ok(0);
    }
    let pushed = look_at_pushed(app).await?;
    let waiting = store::series::waiting(&app.db, app.clock.now(), MOST_DUE).await?;
    for (at, id) in waiting.iter().enumerate() {
        if let Some(until) = budget::no_room_until(app, &settings).await? {
            store::series::wait_longer(&app.db, app.clock.now(), until).await?;
            return Ok(pushed + at);
        }
        match pipeline::reconsider(app, *id).await {
            // It is being checked, or was removed.
            Ok(_) | Err(CheckError::Busy | CheckError::Unknown) => {}
            Err(CheckError::Store(error)) => return Err(error),
        }
    }
    Ok(pushed + waiting.len())
}

/// What was pushed and could not be sent yet is judged again. How many series that concerned.
async fn look_at_pushed(app: &Arc<App>) -> Result<usize, StoreError> {
    let due = app.pushes.due(app.clock.now());
    for id in &due {
        let now = app.clock.now();
        match pipeline::consider(app, *id, &[], now, Duration::ZERO).await {
            Ok(_) => app.pushes.put_off(*id, now, now + HOUR),
            Err(CheckError::Busy) => app.pushes.put_off(*id, now, now + MINUTE),
            Err(CheckError::Unknown) => app.pushes.close(*id),
            Err(CheckError::Store(error)) => return Err(error),
        }
    }
    Ok(due.len())
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
            let settled = sending::settle_doubts(app, id).await;
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
    let by_hand = matches!(check.cause.as_str(), "api" | "cli");
    let options = Options {
        dry_run: check.dry_run,
        by_hand,
        run_began: match by_hand {
            true => None,
            false => check.started_at.or(Some(app.clock.now())),
        },
    };
    let run = Arc::new(Run {
        check: check.id,
        options,
        ends_at: ends_at(&app.settings().await?, check),
        stopped: AtomicBool::new(false),
    });
    let series = store::check::queued(&app.db, check.id).await?;
    let mut checks = stream::iter(series)
        // A task each, so that every core has something to do.
        .map(|id| app.tasks.spawn(check_one(app.clone(), run.clone(), id)))
        .buffer_unordered(app.config.parallel_checks);
    let (send, receive) = mpsc::channel(MOST_UNWRITTEN);
    let beginning = run.clone();
    let checking = async move {
        let (mut complete, mut fault) = (true, None);
        while let Some(done) = checks.next().await {
            match done.unwrap_or_else(|ended| std::panic::resume_unwind(ended.into_panic())) {
                // A receiver that is gone has failed, and says so itself.
                Ok(Came::Done(done)) => drop(send.send(done).await),
                Ok(Came::Stopped) => complete = false,
                Ok(Came::Nothing) => {}
                // Those that are in the middle of their work end it before the fault is passed on; no other is begun.
                Err(error) => {
                    beginning.stopped.store(true, Ordering::Relaxed);
                    fault = Some(error);
                }
            }
        }
        (complete, fault)
    };
    let ((complete, fault), written) = tokio::join!(checking, run.write(app, receive));
    written?;
    if let Some(error) = fault {
        return Err(error);
    }
    if complete && !app.stop.is_cancelled() {
        finish(app, check.id).await?;
    }
    Ok(())
}

/// A check that is being run.
struct Run {
    check: i64,
    options: Options,
    /// No series is begun from then on; the next scheduled check goes on with those that are left.
    ends_at: Option<i64>,
    /// As the last reports found it.
    stopped: AtomicBool,
}

impl Run {
    /// Writes down what is reported, together what came meanwhile. What a crash keeps from being written is checked again.
    async fn write(&self, app: &App, mut receive: mpsc::Receiver<Done>) -> Result<(), StoreError> {
        let mut done = Vec::new();
        while receive.recv_many(&mut done, MOST_UNWRITTEN).await > 0 {
            let (mut reports, mut checked) = (Vec::new(), Vec::new());
            for done in done.drain(..) {
                match done {
                    Done::Checked(mut series) => {
                        reports.push(std::mem::take(&mut series.report));
                        checked.push(*series);
                    }
                    Done::Failed(report) => reports.push(*report),
                }
            }
            let put = async |tx: &mut Tx| store::check::put_reports(tx, self.check, &reports).await;
            let written = pipeline::write_checked(app, checked, put).await;
            let goes_on = written.as_ref().is_ok_and(|goes_on| *goes_on);
            self.stopped.fetch_or(!goes_on, Ordering::Relaxed);
            written?;
            app.check_advanced();
        }
        Ok(())
    }
}

/// What is to be written down of a series.
enum Done {
    Checked(Box<Checked>),
    /// The report says why.
    Failed(Box<SeriesReport>),
}

/// What came of one series.
enum Came {
    /// To be written down.
    Done(Done),
    /// It is not there any more, or its turn is in the next night.
    Nothing,
    /// The program or the check was stopped before.
    Stopped,
}

fn ends_at(settings: &Settings, check: &CheckRun) -> Option<i64> {
    let until = settings.check_until.filter(|_| check.cause == "schedule")?;
    Some(clock::next_time(
        check.created_at,
        until,
        settings.time_zone,
    ))
}

async fn check_one(app: Arc<App>, run: Arc<Run>, series: i64) -> Result<Came, StoreError> {
    if run.ends_at.is_some_and(|end| end <= app.clock.now()) {
        return Ok(Came::Nothing);
    }
    if run.stopped.load(Ordering::Relaxed) || app.stop.is_cancelled() {
        return Ok(Came::Stopped);
    }
    match pipeline::check_series(&app, series, run.options).await {
        Ok(checked) => Ok(Came::Done(Done::Checked(Box::new(checked)))),
        Err(CheckError::Unknown) => Ok(Came::Nothing),
        // A row that cannot be read stays so: it must not keep the other series from being checked.
        Err(CheckError::Store(error)) if !matches!(error, StoreError::Unreadable { .. }) => {
            Err(error)
        }
        Err(error) => {
            tracing::warn!(series, %error, "a series was not checked");
            let stored = store::series::get(&app.db, series).await.ok().flatten();
            let title = stored.map(|stored| stored.series.title).unwrap_or_default();
            Ok(Came::Done(Done::Failed(Box::new(SeriesReport {
                series_id: series,
                title,
                notes: vec![error.to_string()],
                failure: Some(error.to_string()),
                ..SeriesReport::default()
            }))))
        }
    }
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
    let mut stats = check.stats;
    if check.done < check.total {
        let left = check.total - check.done;
        stats.errors.push(format!(
            "it ended with {left} series left for the next one (checkUntil)"
        ));
    }
    tracing::info!(
        check = id,
        series = check.done,
        missing = stats.missing,
        offers = stats.offers,
        sent = stats.sent,
        failed = stats.failed,
        "check finished"
    );
    let digest = match check.started_at {
        Some(began) => pipeline::digest(&mut tx, began).await?,
        None => None,
    };
    let event = Event::CheckFinished {
        check: id,
        trigger: check.cause,
        series: check.done.unsigned_abs(),
        missing: stats.missing,
        sent: stats.sent,
        failed: stats.failed,
        errors: stats.errors,
    };
    let events: Vec<Event> = digest.into_iter().chain([event]).collect();
    store::event::append(&mut tx, &events, now).await?;
    tx.commit().await?;
    app.check_advanced();
    Ok(())
}
