//! Wakes the workers at their times. A job only wakes; the next run is computed anew each time, so a change of DST or of
//! the schedule is right from the next run on.

use std::{sync::Arc, time::Duration};

use tokio::sync::Notify;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

use super::{check, scan};
use crate::{app::App, clock::next_run};

/// Runs both schedules until the program stops.
///
/// # Errors
/// When the scheduler cannot be started.
pub async fn run(app: Arc<App>) -> Result<(), JobSchedulerError> {
    let scheduler = JobScheduler::new().await?;
    scheduler.start().await?;
    let (scan_due, check_due) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    while !app.stop.is_cancelled() {
        let jobs = plan(&app, &scheduler, &scan_due, &check_due).await?;
        tokio::select! {
            () = scan_due.notified() => scan_now(&app).await,
            () = check_due.notified() => check_now(&app).await,
            () = app.schedule_changed.notified() => {}
            () = app.stop.cancelled() => {}
        }
        for job in jobs {
            // A job that has just run is not there any more; that is no fault.
            drop(scheduler.remove(&job).await);
        }
    }
    Ok(())
}

type JobId = tokio_cron_scheduler::job::JobId;

async fn plan(
    app: &App,
    scheduler: &JobScheduler,
    scan_due: &Arc<Notify>,
    check_due: &Arc<Notify>,
) -> Result<Vec<JobId>, JobSchedulerError> {
    let settings = match app.settings().await {
        Ok(settings) => settings,
        Err(error) => {
            tracing::error!(%error, "the schedules cannot be read; the defaults are used");
            crate::settings::Settings::default()
        }
    };
    let now = app.clock.now();
    let mut jobs = Vec::new();
    for (schedule, due) in [
        (&settings.scan_schedule, scan_due),
        (&settings.check_schedule, check_due),
    ] {
        let Some(at) = next_run(schedule, settings.time_zone, now) else {
            continue;
        };
        let wait = Duration::from_millis((at - now).unsigned_abs());
        let due = due.clone();
        let job = Job::new_one_shot_async(wait, move |_, _| {
            let due = due.clone();
            Box::pin(async move { due.notify_one() })
        })?;
        jobs.push(scheduler.add(job).await?);
    }
    Ok(jobs)
}

async fn scan_now(app: &Arc<App>) {
    match app.settings().await {
        Ok(settings) if !settings.enabled => {}
        Ok(_) => {
            if let Err(error) = scan::step(app).await {
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
