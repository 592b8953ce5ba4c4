//! `run-check` and `run-check-new-volumes`: a check is asked for and waited for.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use poem::http::StatusCode;
use serde_json::{Value, json};

use super::{Answer, Refusal, body::Body};
use crate::{
    app::App,
    store::{self, Window, check::CheckRun},
    worker,
};

/// How long an answer is held back for the end of its check.
const PATIENCE: Duration = Duration::from_secs(120);
/// Reports read at once.
const PAGE: i64 = 200;

/// Checks every monitored series that misses volumes. Nothing is sent unless `auto_download` says so.
pub async fn run(app: &Arc<App>, body: &Body) -> Result<Answer, Refusal> {
    let search = body.flag("search_enabled")?.unwrap_or(true);
    let send = body.flag("auto_download")?.unwrap_or(false);
    let series = store::series::ids_with_gaps(&app.db, i64::MAX, i64::MAX).await?;
    if !search || series.is_empty() {
        let (_, _, missing) = store::series::counts(&app.db).await?;
        let stats = stats("missing_volumes", series.len() as i64, missing as u64);
        return Ok(json!({"success": true, "stats": stats}).into());
    }
    checked(app, "missing_volumes", &series, send).await
}

/// Checks the monitored series that miss volumes behind the last one on the shelf.
pub async fn run_new(app: &Arc<App>, body: &Body) -> Result<Answer, Refusal> {
    let send = body.flag("auto_download")?.unwrap_or(false);
    let all = Window {
        limit: i64::MAX,
        offset: 0,
    };
    let wants = store::want::list(&app.db, <_>::default(), all)
        .await?
        .records;
    let new: Vec<i64> = wants
        .iter()
        .filter(|want| want.cause == "tail")
        .map(|want| want.series_id)
        .collect();
    let series: Vec<i64> = BTreeSet::from_iter(new.iter().copied())
        .into_iter()
        .collect();
    let mut answer = match series.is_empty() {
        true => json!({"success": true, "stats": stats("new_volumes", 0, 0)}).into(),
        false => checked(app, "new_volumes", &series, send).await?,
    };
    answer.1["stats"]["nautiljon_checks"] = json!(0);
    answer.1["stats"]["new_volumes_found"] = json!(new.len());
    Ok(answer)
}

async fn checked(
    app: &Arc<App>,
    kind: &str,
    series: &[i64],
    send: bool,
) -> Result<Answer, Refusal> {
    let id = worker::check::request(app, "api", !send, series).await?;
    let Some(check) = worker::check::wait(app, id, PATIENCE).await? else {
        return Err(Refusal::new(StatusCode::NOT_FOUND, "the check is gone"));
    };
    let stats = stats_of(app, kind, &check).await?;
    let finished = check.is_over();
    let mut answer = json!({"success": true, "stats": stats, "check_id": id, "finished": finished});
    if finished {
        return Ok(answer.into());
    }
    let message = format!("the check goes on; GET /api/v1/checks/{id} shows how far it is");
    answer["message"] = message.into();
    Ok(Answer(StatusCode::ACCEPTED, answer))
}

fn stats(kind: &str, series: i64, missing: u64) -> Value {
    json!({
        "check_type": kind,
        "total_series": series,
        "total_missing": missing,
        "searches_performed": 0,
        "results_found": 0,
        "downloads_sent": 0,
        "errors": [],
        "duration_seconds": 0.0,
        "cache_stats": {},
    })
}

async fn stats_of(app: &App, kind: &str, check: &CheckRun) -> Result<Value, Refusal> {
    let (mut searches, mut offset) = (0, 0);
    loop {
        let window = Window {
            limit: PAGE,
            offset,
        };
        let reports = store::check::reports(&app.db, check.id, window).await?;
        let asked = reports.records.iter().flat_map(|report| &report.asked);
        searches += asked.map(|asked| asked.terms.len()).sum::<usize>();
        offset += PAGE;
        if offset >= reports.total {
            break;
        }
    }
    let sums = &check.stats;
    let ended = check.finished_at.unwrap_or_else(|| app.clock.now());
    let millis = ended - check.started_at.unwrap_or(check.created_at);
    let mut stats = stats(kind, check.total, sums.missing);
    stats["searches_performed"] = json!(searches);
    stats["results_found"] = json!(sums.offers);
    stats["downloads_sent"] = json!(sums.sent);
    stats["errors"] = json!(sums.errors);
    stats["duration_seconds"] = json!(millis as f64 / 1000.0);
    Ok(stats)
}
