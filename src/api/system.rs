//! Resources `system`, `health` and `ping`.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};

use super::{
    Tag,
    error::{Failure, NOTHING},
    guard::Key,
    json::Json,
    problem::{Problem, ProblemJson},
};
use crate::{app::App, clock::utc, health};

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
    #[oai(
        path = "/api/v1/system/status",
        method = "get",
        operation_id = "get_system_status"
    )]
    async fn status(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
    ) -> Result<Json<SystemStatus>, Failure<NOTHING>> {
        Ok(Json(SystemStatus {
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
    #[oai(path = "/api/v1/health", method = "get", operation_id = "get_health")]
    async fn health(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
    ) -> Result<Json<Health>, Failure<NOTHING>> {
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
