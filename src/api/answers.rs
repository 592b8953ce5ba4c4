//! Resource `reviews`, answered in other ways: many at once, and by links in a message.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::{Enum, Object, OpenApi, param::Path};

use super::{
    Tag,
    error::{ApiError, BODY, CONFLICT, Failure, ONE},
    guard::Key,
    json::Json,
    reviews::Lesson,
};
use crate::{
    app::App,
    clock::utc,
    reviewing::{self, Done, ReviewError, Which},
};

/// Links that answer a review without a key, for a message.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct ReviewLinks {
    /// Sends the best candidate. A path that begins with the URL base: put scheme and host before it, as you reach Lacunarr.
    approve: String,
    /// Blocks the candidates.
    reject: String,
    /// Until then both work, if nobody answers before.
    expires_at: DateTime<Utc>,
}

/// What is said to each review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
enum Answer {
    /// Send the best candidate.
    Approve,
    /// Block the candidates.
    Reject,
}

/// Open reviews of a kind; at least one field is needed.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct ReviewFilter {
    /// Those of this cause, for example `weak_title`; an unknown one is refused with the list of all.
    #[oai(validator(max_length = 40, pattern = "^[a-z_]+$"))]
    cause: Option<String>,
    /// Those of this series.
    #[oai(validator(minimum(value = "1")))]
    series_id: Option<i64>,
}

/// One answer to many reviews.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct AnswerRequest {
    /// Numbers of reviews; these or `filter`.
    #[oai(validator(min_items = 1, max_items = 200))]
    ids: Option<Vec<i64>>,
    /// The open reviews of a kind, the oldest 200; this or `ids`.
    filter: Option<ReviewFilter>,
    /// What is said to each.
    answer: Answer,
    /// With `approve`: what is to pass from now on. As in an approval.
    always: Option<Lesson>,
    /// With `reject`: what is to be refused from now on. As in a rejection.
    never: Option<Lesson>,
}

/// What came of a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
enum Outcome {
    /// A candidate was sent.
    Approved,
    /// Its candidates are blocked.
    Rejected,
    /// It was not answered; the message says why.
    Failed,
}

/// One review with what came of it.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct AnsweredReview {
    /// Its number.
    id: i64,
    /// What came of it.
    outcome: Outcome,
    /// In a sentence.
    message: String,
    /// Number of the grab that was sent.
    grab_id: Option<i64>,
}

/// What came of each review.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct AnsweredReviews {
    /// In the order in which they were answered.
    reviews: Vec<AnsweredReview>,
    /// Reviews that the filter means beyond the first 200; ask again for these.
    left: i64,
}

pub struct AnswersApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Reviews")]
impl AnswersApi {
    /// Get links that answer a review
    ///
    /// For messages: whoever has a link can answer this one review, without a key, until it is over. Opening a link shows what it
    /// would do and does nothing; the button on that page does it.
    #[oai(
        path = "/reviews/:id/links",
        method = "get",
        operation_id = "get_review_links"
    )]
    async fn links(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<ReviewLinks>, Failure<{ ONE | CONFLICT }>> {
        let links = reviewing::links(&app, id.0).await?;
        Ok(Json(ReviewLinks {
            approve: links.approve,
            reject: links.reject,
            expires_at: utc(links.expires_at),
        }))
    }

    /// Answer many reviews
    ///
    /// One after the other; one that fails stops no other, and its message says why.
    #[oai(
        path = "/reviews/answer",
        method = "post",
        operation_id = "answer_reviews"
    )]
    async fn answer(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        body: Json<AnswerRequest>,
    ) -> Result<Json<AnsweredReviews>, Failure<BODY>> {
        let (which, answer) = asked(body.0)?;
        let answered = reviewing::answer_all(&app, which, answer).await?;
        Ok(Json(AnsweredReviews {
            reviews: answered.each.into_iter().map(told).collect(),
            left: answered.left,
        }))
    }
}

fn asked(body: AnswerRequest) -> Result<(Which, reviewing::Answer), ApiError> {
    let cause = body
        .filter
        .as_ref()
        .and_then(|filter| filter.cause.as_deref());
    if let Some(problem) = cause.and_then(reviewing::no_such_cause) {
        return Err(ApiError::field("filter.cause", problem));
    }
    let which = match (body.ids, body.filter) {
        (Some(ids), None) => Which::Ids(ids),
        (None, Some(filter)) if filter.cause.is_some() || filter.series_id.is_some() => {
            Which::Like {
                cause: filter.cause.unwrap_or_default(),
                series: filter.series_id,
            }
        }
        (None, Some(_)) => {
            let problem = "it must name a cause or a seriesId; give ids to answer single ones";
            return Err(ApiError::field("filter", problem));
        }
        (Some(_), Some(_)) => {
            let problem = "give either this or ids, not both";
            return Err(ApiError::field("filter", problem));
        }
        (None, None) => {
            let problem = "it is missing; give the numbers of reviews, or a filter";
            return Err(ApiError::field("ids", problem));
        }
    };
    match (body.answer, body.always, body.never) {
        (Answer::Approve, always, None) => {
            let always = always.map(Into::into);
            Ok((which, reviewing::Answer::Approve { always }))
        }
        (Answer::Reject, None, never) => {
            let never = never.map(Into::into);
            Ok((which, reviewing::Answer::Reject { never }))
        }
        (Answer::Approve, _, Some(_)) => Err(ApiError::field(
            "never",
            "it goes with reject; say always, or leave it out",
        )),
        (Answer::Reject, Some(_), _) => Err(ApiError::field(
            "always",
            "it goes with approve; say never, or leave it out",
        )),
    }
}

fn told((id, result): (i64, Result<Done, ReviewError>)) -> AnsweredReview {
    let (outcome, message, grab_id) = match result {
        Ok(Done::Sent(grab)) => {
            let message = format!("{} was sent for {}", grab.title, grab.reserves);
            (Outcome::Approved, message, Some(grab.id))
        }
        Ok(Done::Blocked(review)) => {
            let count = review.candidates.len();
            let message = format!("its candidates are blocked for this series: {count}");
            (Outcome::Rejected, message, None)
        }
        Err(error) => {
            let problem = ApiError::from(error).into_problem();
            (Outcome::Failed, problem.detail, None)
        }
    };
    AnsweredReview {
        id,
        outcome,
        message,
        grab_id,
    }
}
