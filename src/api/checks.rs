//! Resource `checks`.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::{
    ApiResponse, Enum, Object, OpenApi,
    param::{Path, Query},
};

use super::{
    Tag,
    error::{ApiError, BODY, CONFLICT, Failure, ONE, QUERY},
    follow::{Followed, Progress},
    guard::Key,
    json::Json,
    page::{Asked, Page},
    report::SeriesCheck,
};
use crate::{
    app::App,
    clock::utc,
    store::{self, check::CheckRun},
};

/// Who asked for a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum CheckCause {
    /// This API.
    Api,
    /// The command line.
    Cli,
    /// The schedule.
    Schedule,
    /// A library changed.
    Library,
}

/// How far a check is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum CheckState {
    /// It waits.
    Queued,
    /// It runs.
    Running,
    /// It is over.
    Finished,
    /// It was stopped.
    Stopped,
}

/// Sums over the series of a check.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct CheckStats {
    /// Missing volumes.
    missing: u64,
    /// Offers that were judged.
    offers: u64,
    /// Of these, accepted.
    accepted: u64,
    /// Of these, for a human.
    review: u64,
    /// Of these, refused.
    refused: u64,
    /// Releases sent.
    sent: u64,
    /// Releases that would have been sent (dry run).
    would_send: u64,
    /// Releases that wait for room in the budget.
    waits: u64,
    /// Releases that could not be sent.
    failed: u64,
    /// What went wrong, each sentence once, at most 20.
    errors: Vec<String>,
}

/// A check.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct Check {
    /// Its number.
    id: i64,
    /// Who asked for it.
    cause: CheckCause,
    /// It sends nothing, it only says what would be sent.
    dry_run: bool,
    /// How far it is.
    state: CheckState,
    /// Series to check.
    series_total: i64,
    /// Series checked.
    series_done: i64,
    /// Sums over these.
    stats: CheckStats,
    /// When it was asked for.
    created_at: DateTime<Utc>,
    /// When it began.
    started_at: Option<DateTime<Utc>>,
    /// When it was over.
    finished_at: Option<DateTime<Utc>>,
}

impl From<CheckRun> for Check {
    fn from(run: CheckRun) -> Self {
        let stats = run.stats;
        Self {
            id: run.id,
            cause: match run.cause.as_str() {
                "cli" => CheckCause::Cli,
                "schedule" => CheckCause::Schedule,
                "library" => CheckCause::Library,
                _ => CheckCause::Api,
            },
            dry_run: run.dry_run,
            state: match run.state.as_str() {
                "queued" => CheckState::Queued,
                "running" => CheckState::Running,
                "stopped" => CheckState::Stopped,
                _ => CheckState::Finished,
            },
            series_total: run.total,
            series_done: run.done,
            stats: CheckStats {
                missing: stats.missing,
                offers: stats.offers,
                accepted: stats.accepted,
                review: stats.review,
                refused: stats.refused,
                sent: stats.sent,
                would_send: stats.would_send,
                waits: stats.waits,
                failed: stats.failed,
                errors: stats.errors,
            },
            created_at: utc(run.created_at),
            started_at: run.started_at.map(utc),
            finished_at: run.finished_at.map(utc),
        }
    }
}

/// A check to be made.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct CheckRequest {
    /// Numbers of the series; left out, every monitored one.
    #[oai(validator(min_items = 1, max_items = 10000))]
    series_ids: Option<Vec<i64>>,
    /// Say what would be sent, and send nothing.
    #[oai(default)]
    dry_run: bool,
}

/// The check was asked for.
#[derive(ApiResponse)]
enum CheckAccepted {
    /// It begins in a moment; `GET /checks/{id}/events` shows its progress.
    #[oai(status = 202)]
    Accepted(Json<Check>),
}

pub struct ChecksApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Checks")]
impl ChecksApi {
    /// Ask for a check
    ///
    /// Of some series or of all that are monitored. It runs in the background: follow it by its number, or by its events.
    #[oai(path = "/checks", method = "post", operation_id = "start_check")]
    async fn start(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        body: Json<CheckRequest>,
    ) -> Result<CheckAccepted, Failure<{ ONE | BODY }>> {
        let series = crate::worker::check::scope(&app.db, body.0.series_ids).await?;
        let series = series.map_err(|id| ApiError::unknown("series", id))?;
        let id = crate::worker::check::request(&app, "api", body.0.dry_run, &series).await?;
        Ok(CheckAccepted::Accepted(Json(find(&app, id).await?.into())))
    }

    /// List checks
    ///
    /// Newest first.
    #[oai(path = "/checks", method = "get", operation_id = "list_checks")]
    async fn list(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// From 1.
        #[oai(validator(minimum(value = "1"), maximum(value = "1000000")))]
        page: Query<Option<u32>>,
        /// 1 to 200.
        #[oai(
            name = "pageSize",
            validator(minimum(value = "1"), maximum(value = "200"))
        )]
        page_size: Query<Option<u32>>,
    ) -> Result<Json<Page<Check>>, Failure<QUERY>> {
        let asked = Asked::new(page.0, page_size.0);
        Ok(Json(asked.of(
            store::check::list(&app.db, asked.window()).await?,
            Check::from,
        )))
    }

    /// Get a check
    ///
    /// How far it is, and its sums.
    #[oai(path = "/checks/:id", method = "get", operation_id = "get_check")]
    async fn get(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<Check>, Failure<ONE>> {
        Ok(Json(find(&app, id.0).await?.into()))
    }

    /// List what came of each series of a check
    ///
    /// What was missing, what was asked, found and picked, and what failed, series by series.
    #[oai(
        path = "/checks/:id/series",
        method = "get",
        operation_id = "list_check_series"
    )]
    async fn series(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// The check's number.
        id: Path<i64>,
        /// From 1.
        #[oai(validator(minimum(value = "1"), maximum(value = "1000000")))]
        page: Query<Option<u32>>,
        /// 1 to 200.
        #[oai(
            name = "pageSize",
            validator(minimum(value = "1"), maximum(value = "200"))
        )]
        page_size: Query<Option<u32>>,
    ) -> Result<Json<Page<SeriesCheck>>, Failure<ONE>> {
        let asked = Asked::new(page.0, page_size.0);
        find(&app, id.0).await?;
        Ok(Json(asked.of(
            store::check::reports(&app.db, id.0, asked.window()).await?,
            SeriesCheck::from,
        )))
    }

    /// Stop a check
    ///
    /// The series that are being checked are finished, no other is begun.
    #[oai(
        path = "/checks/:id/stop",
        method = "post",
        operation_id = "stop_check"
    )]
    async fn stop(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<Check>, Failure<{ ONE | CONFLICT }>> {
        find(&app, id.0).await?;
        if !store::check::stop(&app.db, id.0, app.clock.now()).await? {
            return Err(ApiError::conflict("this check is already over").into());
        }
        app.check_advanced();
        Ok(Json(find(&app, id.0).await?.into()))
    }

    /// Follow a check
    ///
    /// Server-sent events named `check`, each with the check as it stands; the stream ends with the check.
    #[oai(
        path = "/checks/:id/events",
        method = "get",
        operation_id = "follow_check"
    )]
    async fn follow(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Followed, Failure<ONE>> {
        find(&app, id.0).await?;
        Ok(Followed::Events(Progress::of(app.0.clone(), id.0)))
    }
}

async fn find(app: &App, id: i64) -> Result<CheckRun, ApiError> {
    store::check::get(&app.db, id)
        .await?
        .ok_or_else(|| ApiError::unknown("check", id))
}
