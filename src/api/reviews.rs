//! Resource `reviews`: what a human has to look at.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::{
    ApiResponse, Enum, Object, OpenApi,
    param::{Path, Query},
};

use super::{
    Tag,
    error::{ApiError, BODY, CONFLICT, Failure, ONE, QUERY, UPSTREAM},
    grabs::Grab,
    guard::Key,
    json::Json,
    offers::{Offer, best_first},
    page::{Asked, Page},
    series::volumes,
};
use crate::{
    app::App,
    clock::utc,
    reviewing::{self, Approval, ReviewError},
    store,
};

/// Where a review stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
enum ReviewState {
    /// It waits for an answer.
    Open,
    /// A candidate was sent.
    Approved,
    /// Its candidates are blocked.
    Rejected,
    /// Its volumes arrived, are on their way, or are not wanted any more.
    Closed,
}

impl ReviewState {
    fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Closed => "closed",
        }
    }

    fn from_word(word: &str) -> Self {
        let all = [Self::Open, Self::Approved, Self::Rejected];
        all.into_iter()
            .find(|state| state.word() == word)
            .unwrap_or(Self::Closed)
    }
}

/// One question about a series.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct Review {
    /// Its number.
    id: i64,
    /// Of this series.
    series_id: i64,
    /// The code of the reason that has to be looked at, for example `weak_title`; `approval` where nothing is sent by itself.
    cause: String,
    /// The question, in a sentence.
    message: String,
    /// Where it stands.
    state: ReviewState,
    /// The missing volumes that its candidates hold.
    volumes: String,
    /// Numbers of the offers, best first; at most 20.
    candidates: Vec<i64>,
    /// When it was asked.
    created_at: DateTime<Utc>,
    /// When a candidate was last added.
    updated_at: DateTime<Utc>,
    /// When it was answered or closed itself.
    ended_at: Option<DateTime<Utc>>,
}

impl From<store::review::Review> for Review {
    fn from(row: store::review::Review) -> Self {
        Self {
            id: row.id,
            series_id: row.series_id,
            cause: row.cause,
            message: row.message,
            state: ReviewState::from_word(&row.state),
            volumes: row.volumes.to_string(),
            candidates: row.candidates,
            created_at: utc(row.created_at),
            updated_at: utc(row.updated_at),
            ended_at: row.ended_at.map(utc),
        }
    }
}

/// A review with its candidates.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct ReviewDetails {
    /// The question.
    review: Review,
    /// Its candidates that are still known, best first, each with all its reasons.
    offers: Vec<Offer>,
}

/// What is approved.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct ApproveRequest {
    /// One of the candidates; left out for the best.
    offer_id: Option<i64>,
    /// For these volumes; left out for those that are missing. Has to be given where the offer's volumes are not known, as in
    /// `other_edition`.
    #[oai(validator(
        pattern = "^ *([0-9]{1,4}([.][0-9]{1,2})?|[0-9]{1,4} *- *[0-9]{1,4}) *(, *([0-9]{1,4}([.][0-9]{1,2})?|[0-9]{1,4} *- *[0-9]{1,4}) *)*$"
    ))]
    volumes: Option<String>,
    /// What is to pass from now on. `alias`: the title becomes an alias of the series. `group`, `indexer`: it is trusted by the profile
    /// of the series (`trustedGroups`, `trustedIndexers`), where this review is about a doubt that trust settles.
    always: Option<Lesson>,
}

/// What an answer teaches, read from the best candidate or the one that is approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub enum Lesson {
    /// Its release group.
    Group,
    /// Its indexer.
    Indexer,
    /// The title that its name reads.
    Alias,
}

impl From<Lesson> for reviewing::Lesson {
    fn from(lesson: Lesson) -> Self {
        match lesson {
            Lesson::Group => Self::Group,
            Lesson::Indexer => Self::Indexer,
            Lesson::Alias => Self::Alias,
        }
    }
}

/// What is rejected.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct RejectRequest {
    /// What is to be refused from now on. `group`, `indexer`: by the profile of the series (`refusedGroups`, `refusedIndexers`).
    /// `alias`: the title is another series' (`notAliases` of the series).
    never: Option<Lesson>,
}

/// It was sent.
#[derive(ApiResponse)]
enum Approved {
    /// The grab.
    #[oai(status = 201)]
    Created(Json<Grab>),
}

impl From<ReviewError> for ApiError {
    fn from(error: ReviewError) -> Self {
        match error {
            ReviewError::Unknown(id) => Self::unknown("review", id),
            ReviewError::NoCandidate(_) => Self::field("offerId", error.to_string()),
            ReviewError::NothingToLearn(_)
            | ReviewError::TrustIsNoAnswer(_)
            | ReviewError::OwnTitle(_)
            | ReviewError::Over(_)
            | ReviewError::NoCandidates => Self::conflict(error.to_string()),
            ReviewError::Secret(error) => error.into(),
            ReviewError::Send(error) => error.into(),
            ReviewError::Profile(error) => error.into(),
            ReviewError::Store(error) => error.into(),
        }
    }
}

pub struct ReviewsApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Reviews")]
impl ReviewsApi {
    /// List reviews
    ///
    /// One for each series and cause. It closes itself when its volumes arrive.
    #[oai(path = "/reviews", method = "get", operation_id = "list_reviews")]
    async fn list(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Just those that stand there.
        state: Query<Option<ReviewState>>,
        /// Just those of a series.
        #[oai(name = "seriesId", validator(minimum(value = "1")))]
        series_id: Query<Option<i64>>,
        /// From 1.
        #[oai(validator(minimum(value = "1"), maximum(value = "1000000")))]
        page: Query<Option<u32>>,
        /// 1 to 200.
        #[oai(
            name = "pageSize",
            validator(minimum(value = "1"), maximum(value = "200"))
        )]
        page_size: Query<Option<u32>>,
    ) -> Result<Json<Page<Review>>, Failure<QUERY>> {
        let asked = Asked::new(page.0, page_size.0);
        let state = state.0.map_or("", ReviewState::word);
        let page = store::review::list(&app.db, state, series_id.0, asked.window()).await?;
        Ok(Json(asked.of(page, Review::from)))
    }

    /// Get a review with its candidates
    ///
    /// The question, and what may answer it, best first.
    #[oai(path = "/reviews/:id", method = "get", operation_id = "get_review")]
    async fn get(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<ReviewDetails>, Failure<ONE>> {
        let review = store::review::get(&app.db, id.0).await?;
        let review = review.ok_or(ReviewError::Unknown(id.0))?;
        let offers = store::offer::of_ids(&app.db, &review.candidates).await?;
        Ok(Json(ReviewDetails {
            review: review.into(),
            offers: best_first(offers),
        }))
    }

    /// Approve
    ///
    /// Sends a candidate. What is on its way by now answers 409; a link that left the memory is asked for again.
    #[oai(
        path = "/reviews/:id/approve",
        method = "post",
        operation_id = "approve_review"
    )]
    async fn approve(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
        body: Json<ApproveRequest>,
    ) -> Result<Approved, Failure<{ ONE | BODY | CONFLICT | UPSTREAM }>> {
        let body = body.0;
        let approval = Approval {
            offer: body.offer_id,
            volumes: body
                .volumes
                .map(|text| volumes("volumes", &text))
                .transpose()?,
            always: body.always.map(Into::into),
        };
        let grab = reviewing::approve(&app, id.0, approval).await?;
        Ok(Approved::Created(Json(grab.into())))
    }

    /// Reject
    ///
    /// Its candidates are blocked for this series.
    #[oai(
        path = "/reviews/:id/reject",
        method = "post",
        operation_id = "reject_review"
    )]
    async fn reject(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
        body: Json<RejectRequest>,
    ) -> Result<Json<Review>, Failure<{ ONE | BODY | CONFLICT }>> {
        let never = body.0.never.map(Into::into);
        Ok(Json(reviewing::reject(&app, id.0, never).await?.into()))
    }
}
