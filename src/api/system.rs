//! Resources `system`, `health` and `ping`.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};

use super::{
    Tag,
    error::{Failure, QUERY},
    guard::Key,
    json::Json,
    problem::{Problem, ProblemJson},
};
use crate::{app::App, clock::utc, health, schedules};

/// The program itself.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct SystemStatus {
    /// Always `Lacunarr`.
    app_name: String,
    /// Its version.
    version: String,
    /// This process, among those that share the database.
    instance: String,
    /// `sqlite` or `postgres`.
    database: String,
    /// The data directory.
    data_directory: String,
    /// Path under which it is served; empty for none.
    url_base: String,
    /// When it started.
    started_at: DateTime<Utc>,
    /// The scheduled check of monitored series with gaps. When there is nothing to search, it does not run.
    scheduled_check: Schedule,
    /// The scheduled scan of the libraries; the last one counts whoever asked for it.
    scheduled_scan: Schedule,
}

/// What happens by itself at its time.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct Schedule {
    /// When, as the setting says.
    schedule: String,
    /// When it last ran.
    last_run_at: Option<DateTime<Utc>>,
    /// When it runs next; left out while the setting `enabled` is off.
    next_run_at: Option<DateTime<Utc>>,
}

impl From<schedules::Schedule> for Schedule {
    fn from(schedule: schedules::Schedule) -> Self {
        Self {
            schedule: schedule.schedule,
            last_run_at: schedule.last_run_at.map(utc),
            next_run_at: schedule.next_run_at.map(utc),
        }
    }
}

/// How everything is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
enum HealthState {
    /// Everything works.
    Ok,
    /// Something does not.
    Degraded,
}

/// Something that does not work.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct HealthProblem {
    /// Stable, for example `source:prowlarr`.
    subject: String,
    /// What is wrong, and what to do.
    message: String,
    /// Since when.
    since: Option<DateTime<Utc>>,
}

/// How everything is.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct Health {
    /// In a word.
    state: HealthState,
    /// What does not work.
    problems: Vec<HealthProblem>,
}

/// It is alive.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct Pong {
    /// Always `OK`.
    status: String,
}

/// Whether it is alive.
#[derive(ApiResponse)]
enum PingAnswer {
    /// It is, and its database answers.
    #[oai(status = 200)]
    Alive(Json<Pong>),
    /// Its database does not answer.
    #[oai(status = 503)]
    Dead(ProblemJson),
}

pub struct SystemApi;

#[OpenApi(tag = "Tag::System")]
impl SystemApi {
    /// Ask whether it is alive
    ///
    /// Needs no key.
    #[oai(path = "/ping", method = "get", operation_id = "ping")]
    async fn ping(&self, app: Data<&Arc<App>>) -> PingAnswer {
        match app.db.ping().await {
            Ok(()) => PingAnswer::Alive(Json(Pong {
                status: "OK".into(),
            })),
            Err(error) => {
                tracing::error!(%error, "the database does not answer");
                PingAnswer::Dead(ProblemJson(Problem::unavailable(
                    "the database does not answer; the log says why",
                )))
            }
        }
    }

    /// Get what runs here
    ///
    /// Version, database, since when it runs, and when it checks and scans next.
    #[oai(
        path = "/api/v1/system/status",
        method = "get",
        operation_id = "get_system_status"
    )]
    async fn status(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
    ) -> Result<Json<SystemStatus>, Failure<QUERY>> {
        let settings = app.settings().await?;
        Ok(Json(SystemStatus {
            scheduled_check: schedules::check(&app, &settings).await?.into(),
            scheduled_scan: schedules::scan(&app, &settings).await?.into(),
            app_name: "Lacunarr".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            instance: app.instance.clone(),
            database: app.db.kind().into(),
            data_directory: app.config.data.display().to_string(),
            url_base: app.config.url_base.clone(),
            started_at: utc(app.started_at),
        }))
    }

    /// Get what does not work
    ///
    /// Connections that failed, downloads that stand still, counts that are held back; empty when all is well.
    #[oai(path = "/api/v1/health", method = "get", operation_id = "get_health")]
    async fn health(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
    ) -> Result<Json<Health>, Failure<QUERY>> {
        let problems = health::problems(&app).await?;
        let problem = |problem: health::Problem| HealthProblem {
            subject: problem.subject,
            message: problem.message,
            since: problem.since.map(utc),
        };
        let state = if problems.is_empty() {
            HealthState::Ok
        } else {
            HealthState::Degraded
        };
        Ok(Json(Health {
            state,
            problems: problems.into_iter().map(problem).collect(),
        }))
    }
}
