//! Wakes the workers at their times. A job only wakes: what is due is decided by the time since the last look, so nothing is left out or
//! done twice, and a change of DST or of a schedule is right from the next run on.

use std::{sync::Arc, time::Duration};

use tokio::sync::Notify;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

use super::{check, scan};
use crate::{app::App, clock::next_run, settings::Settings};

/// Runs both schedules until the program stops.
///
/// # Errors
/// When the scheduler cannot be started.
pub async fn run(app: Arc<App>) -> Result<(), JobSchedulerError> {
    let scheduler = JobScheduler::new().await?;
    scheduler.start().await?;
    let mut looked_at = app.clock.now();
    while !app.stop.is_cancelled() {
        let settings = settings(&app).await;
        let next = |schedule: &str| next_run(schedule, settings.time_zone, looked_at);
        let (scan, check) = (
            next(&settings.scan_schedule),
            next(&settings.check_schedule),
        );
        sleep_until(&app, &scheduler, scan.into_iter().chain(check).min()).await?;
        let now = app.clock.now();
        let is_due = |at: Option<i64>| at.is_some_and(|at| at <= now) && !app.stop.is_cancelled();
        if is_due(scan) {
            scan_now(&app).await;
        }
        if is_due(check) {
            check_now(&app).await;
        }
        looked_at = now;
    }
    Ok(())
}

async fn settings(app: &App) -> Settings {
    app.settings().await.unwrap_or_else(|error| {
        tracing::error!(%error, "the schedules cannot be read; the defaults are used");
        Settings::default()
    })
}

/// Until a job wakes it, the schedules are changed, or the program stops. Not at all when it is time already.
async fn sleep_until(
    app: &App,
    scheduler: &JobScheduler,
    at: Option<i64>,
) -> Result<(), JobSchedulerError> {
    let woken = Arc::new(Notify::new());
    let now = app.clock.now();
    if at.is_some_and(|at| at <= now) {
        return Ok(());
    }
    let job = match at {
        Some(at) => {
            let woken = woken.clone();
            let wait = Duration::from_millis((at - now).unsigned_abs());
            let job = Job::new_one_shot_async(wait, move |_, _| {
                let woken = woken.clone();
                Box::pin(async move { woken.notify_one() })
            })?;
            Some(scheduler.add(job).await?)
        }
        None => None,
    };
    tokio::select! {
        () = woken.notified() => {}
        () = app.schedule_changed.notified() => {}
        () = app.stop.cancelled() => {}
    }
    if let Some(job) = job {
        // A job that has just run is not there any more; that is no fault.
        drop(scheduler.remove(&job).await);
    }
    Ok(())
}

async fn scan_now(app: &Arc<App>) {
    match app.settings().await {
        Ok(settings) if !settings.enabled => {}
        Ok(_) => {
            if let Err(error) = scan::scheduled(app).await {
                tracing::error!(%error, "the scheduled scan failed");
            }
        }
        Err(error) => tracing::error!(%error, "the scheduled scan failed"),
    }
}

async fn check_now(app: &Arc<App>) {
    match check::request_scheduled(app).await {
        Ok(Some(id)) => tracing::info!(check = id, "the scheduled check was asked for"),
        Ok(None) => tracing::info!("nothing to check, or the last scheduled check is still open"),
        Err(error) => tracing::error!(%error, "the scheduled check failed"),
    }
}
