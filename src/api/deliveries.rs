//! Resource `deliveries`: what was told to whom, and how that went.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::{
    Enum, Object, OpenApi,
    param::{Path, Query},
};

use super::{
    Tag,
    connection::TestResult,
    error::{ApiError, CONFLICT, Failure, ONE, QUERY},
    event_type::EventType,
    guard::Key,
    json::Json,
    page::{Asked, Page},
    targets,
};
use crate::{
    app::App,
    clock::utc,
    store::{
        self,
        delivery::{attempt, list::Filter},
    },
    telling::{
        self,
        by_hand::{self, RedeliverError},
    },
};

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
enum DeliveryState {
    /// It waits for its turn, or for its next attempt.
    Due,
    /// It waits within a summary, and is told by that.
    Gathered,
    /// It was taken.
    Told,
    /// It was given up: refused, or tried for too long. It can be redelivered.
    Dead,
}

impl DeliveryState {
    fn word(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Gathered => "gathered",
            Self::Told => "told",
            Self::Dead => "dead",
        }
    }

    fn from_word(word: &str) -> Self {
        let all = [Self::Due, Self::Gathered, Self::Told];
        all.into_iter()
            .find(|state| state.word() == word)
            .unwrap_or(Self::Dead)
    }
}

/// An event for a target.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct Delivery {
    /// Its number.
    id: i64,
    /// Whom it is for.
    target_id: i64,
    /// The event's id: the same in every attempt and at every target.
    event_id: String,
    /// The event's type; `summary` tells of several at once.
    #[oai(rename = "type")]
    kind: String,
    /// The series that it is about.
    series_id: Option<i64>,
    /// When the event became true.
    timestamp: DateTime<Utc>,
    /// Where it stands.
    state: DeliveryState,
    /// How often it was tried.
    attempts: i64,
    /// When it is tried next, if nothing holds it; only while it is due.
    due_at: Option<DateTime<Utc>>,
    /// The summary by which it is told.
    summary_id: Option<i64>,
    /// When it was taken, or given up.
    ended_at: Option<DateTime<Utc>>,
    /// When the target said that it acted on it.
    acknowledged_at: Option<DateTime<Utc>>,
}

impl From<store::delivery::Delivery> for Delivery {
    fn from(row: store::delivery::Delivery) -> Self {
        let state = DeliveryState::from_word(&row.state);
        Self {
            id: row.id,
            target_id: row.target_id,
            event_id: row.event_id,
            kind: row.kind,
            series_id: row.series_id,
            timestamp: utc(row.created_at),
            state,
            attempts: row.attempts,
            due_at: (state == DeliveryState::Due).then(|| utc(row.due_at)),
            summary_id: row.summary_id,
            ended_at: row.ended_at.map(utc),
            acknowledged_at: row.acknowledged_at.map(utc),
        }
    }
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
enum AttemptOutcome {
    /// It is on its way, or the program ended in its midst.
    UnderWay,
    /// It was taken.
    Told,
    /// It was not.
    Failed,
}

/// One attempt.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct Attempt {
    /// Which one, from 1.
    number: i64,
    /// When it began.
    began_at: DateTime<Utc>,
    /// How it ended.
    outcome: AttemptOutcome,
    /// HTTP status, or the code of the mail server.
    status: Option<i64>,
    /// How long it took, in milliseconds.
    duration_ms: Option<i64>,
    /// First characters of the answer.
    answer: Option<String>,
    /// Why it failed.
    error: Option<String>,
}

impl From<attempt::Attempt> for Attempt {
    fn from(row: attempt::Attempt) -> Self {
        Self {
            number: row.number,
            began_at: utc(row.began_at),
            outcome: match row.outcome.as_str() {
                "told" => AttemptOutcome::Told,
                "failed" => AttemptOutcome::Failed,
                _ => AttemptOutcome::UnderWay,
            },
            status: row.status,
            duration_ms: row.millis,
            answer: Some(row.answer).filter(|answer| !answer.is_empty()),
            error: row.error,
        }
    }
}

/// A delivery with everything that is known of it.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct DeliveryDetails {
    /// The delivery.
    delivery: Delivery,
    /// What is sent to a webhook, as text: `type`, `timestamp`, `data`. Links are in it from the first attempt on.
    body: String,
    /// Every attempt, in order.
    attempts: Vec<Attempt>,
}

impl From<RedeliverError> for ApiError {
    fn from(error: RedeliverError) -> Self {
        match error {
            RedeliverError::Unknown(id) => Self::unknown("delivery", id),
            RedeliverError::Store(error) => error.into(),
            error => Self::conflict(error.to_string()),
        }
    }
}

pub struct DeliveriesApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Targets")]
impl DeliveriesApi {
    /// List deliveries
    ///
    /// Newest first.
    #[oai(path = "/deliveries", method = "get", operation_id = "list_deliveries")]
    #[expect(
        clippy::too_many_arguments,
        reason = "an argument is a parameter of the query"
    )]
    async fn list(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Just those that stand there.
        state: Query<Option<DeliveryState>>,
        /// Just those of a target, by its number.
        #[oai(validator(minimum(value = "1")))]
        target: Query<Option<i64>>,
        /// Just events of this type, for example `grab.sent`.
        #[oai(name = "type")]
        kind: Query<Option<EventType>>,
        /// From 1.
        #[oai(validator(minimum(value = "1"), maximum(value = "1000000")))]
        page: Query<Option<u32>>,
        /// 1 to 200.
        #[oai(
            name = "pageSize",
            validator(minimum(value = "1"), maximum(value = "200"))
        )]
        page_size: Query<Option<u32>>,
    ) -> Result<Json<Page<Delivery>>, Failure<QUERY>> {
        let filter = filter(state.0, target.0, kind.0);
        let asked = Asked::new(page.0, page_size.0);
        let rows = store::delivery::list::page(&app.db, &filter, asked.window()).await?;
        Ok(Json(asked.of(rows, Delivery::from)))
    }

    /// List deliveries of a target
    ///
    /// Newest first.
    #[oai(
        path = "/targets/:id/deliveries",
        method = "get",
        operation_id = "list_target_deliveries"
    )]
    #[expect(
        clippy::too_many_arguments,
        reason = "an argument is a parameter of the query"
    )]
    async fn of_target(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// The target's number.
        id: Path<i64>,
        /// Just those that stand there.
        state: Query<Option<DeliveryState>>,
        /// Just events of this type, for example `grab.sent`.
        #[oai(name = "type")]
        kind: Query<Option<EventType>>,
        /// From 1.
        #[oai(validator(minimum(value = "1"), maximum(value = "1000000")))]
        page: Query<Option<u32>>,
        /// 1 to 200.
        #[oai(
            name = "pageSize",
            validator(minimum(value = "1"), maximum(value = "200"))
        )]
        page_size: Query<Option<u32>>,
    ) -> Result<Json<Page<Delivery>>, Failure<ONE>> {
        let row = targets::find(&app, id.0).await?;
        let filter = filter(state.0, Some(row.id), kind.0);
        let asked = Asked::new(page.0, page_size.0);
        let rows = store::delivery::list::page(&app.db, &filter, asked.window()).await?;
        Ok(Json(asked.of(rows, Delivery::from)))
    }

    /// Get a delivery
    ///
    /// With its body and every attempt.
    #[oai(
        path = "/deliveries/:id",
        method = "get",
        operation_id = "get_delivery"
    )]
    async fn get(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<DeliveryDetails>, Failure<ONE>> {
        let row = store::delivery::get(&app.db, id.0).await?;
        let row = row.ok_or(RedeliverError::Unknown(id.0))?;
        let attempts = attempt::of(&app.db, row.id).await?;
        Ok(Json(DeliveryDetails {
            body: telling::body_of(&app, &row),
            delivery: row.into(),
            attempts: attempts.into_iter().map(Attempt::from).collect(),
        }))
    }

    /// Tell it once more
    ///
    /// At once and out of order, with the same event id, whatever came of it before. Says what came of it.
    #[oai(
        path = "/deliveries/:id/redeliver",
        method = "post",
        operation_id = "redeliver_delivery"
    )]
    async fn redeliver(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<TestResult>, Failure<{ ONE | CONFLICT }>> {
        let said = by_hand::redeliver(&app, id.0).await?;
        Ok(Json(TestResult {
            success: said.is_ok(),
            message: said.unwrap_or_else(|why| why),
            warnings: Vec::new(),
        }))
    }

    /// Acknowledge a delivery
    ///
    /// For a target that says that it acted on it, for example an automation of Home Assistant. Noted in the log, and nothing else.
    #[oai(
        path = "/deliveries/:id/ack",
        method = "post",
        operation_id = "acknowledge_delivery"
    )]
    async fn acknowledge(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<Delivery>, Failure<ONE>> {
        Ok(Json(by_hand::acknowledge(&app, id.0).await?.into()))
    }
}

fn filter(state: Option<DeliveryState>, target: Option<i64>, kind: Option<EventType>) -> Filter {
    Filter {
        state: state
            .map(DeliveryState::word)
            .unwrap_or_default()
            .to_owned(),
        target,
        kind: EventType::word(kind),
    }
}
