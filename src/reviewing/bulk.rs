//! One answer to many reviews: what comes of each is told, and one that fails stops no other.

use std::sync::Arc;

use super::{Approval, Lesson, ReviewError, approve, reject};
use crate::{
    app::App,
    domain::decide::reason::IN_DOUBT,
    store::{
        self, StoreError,
        grab::Grab,
        review::{APPROVAL, ARRIVED, Review},
    },
};

/// Reviews that are answered at once.
pub const MOST: usize = 200;

/// Which reviews.
#[derive(Clone, Debug)]
pub enum Which {
    /// These.
    Ids(Vec<i64>),
    /// The open ones of a cause, of a series, or of both; the oldest first.
    Like {
        /// Empty for every cause.
        cause: String,
        /// None for every series.
        series: Option<i64>,
    },
}

/// What is wrong with answering the reviews of this cause, if anything: there is no such cause.
pub fn no_such_cause(cause: &str) -> Option<String> {
    let mut causes = IN_DOUBT.into_iter().chain([APPROVAL, ARRIVED]);
    if causes.any(|known| known == cause) {
        return None;
    }
    let known = IN_DOUBT.join(", ");
    Some(format!(
        "'{cause}' is none of: {known}, {APPROVAL}, {ARRIVED}"
    ))
}

/// What is said to each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Send the best candidate.
    Approve {
        /// What holds from now on.
        always: Option<Lesson>,
    },
    /// Block the candidates.
    Reject {
        /// What holds from now on.
        never: Option<Lesson>,
    },
}

/// What came of one.
#[derive(Clone, Debug)]
pub enum Done {
    /// A candidate was sent.
    Sent(Box<Grab>),
    /// The candidates are blocked.
    Blocked(Box<Review>),
}

/// What came of all.
#[derive(Debug)]
pub struct Answered {
    /// Number and outcome of each.
    pub each: Vec<(i64, Result<Done, ReviewError>)>,
    /// Open reviews that were meant too, beyond [`MOST`].
    pub left: i64,
}

/// Answers one.
///
/// # Errors
/// As [`approve`] and [`reject`].
pub async fn answer(
    app: &Arc<App>,
    id: i64,
    answer: Answer,
    offer: Option<i64>,
) -> Result<Done, ReviewError> {
    match answer {
        Answer::Approve { always } => {
            let approval = Approval {
                offer,
                volumes: None,
                always,
            };
            let grab = approve(app, id, approval).await?;
            Ok(Done::Sent(Box::new(grab)))
        }
        Answer::Reject { never } => Ok(Done::Blocked(Box::new(reject(app, id, never).await?))),
    }
}

/// Answers many, one after the other.
///
/// # Errors
/// When the database fails before the first.
pub async fn answer_all(
    app: &Arc<App>,
    which: Which,
    with: Answer,
) -> Result<Answered, StoreError> {
    let (ids, left) = match which {
        Which::Ids(mut ids) => {
            let all = ids.clone();
            let mut at = 0;
            ids.retain(|id| {
                at += 1;
                !all[..at - 1].contains(id)
            });
            (ids, 0)
        }
        Which::Like { cause, series } => {
            let found = store::review::open_like(&app.db, &cause, series, MOST as i64).await?;
            let left = found.total - found.records.len() as i64;
            (found.records, left)
        }
    };
    let mut each = Vec::with_capacity(ids.len());
    for id in ids {
        each.push((id, answer(app, id, with, None).await));
    }
    Ok(Answered { each, left })
}
