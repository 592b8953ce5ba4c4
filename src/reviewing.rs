//! Questions that a human answers: approving sends, rejecting blocks, and an answer can teach what holds always or never.

mod bulk;
mod learning;
mod links;

use std::sync::Arc;

use crate::{
    app::App,
    arrival,
    domain::{decide::SETTLED_BY_TRUST, volume::VolumeSet},
    pipeline::sending::{self, SendError},
    secret::SecretError,
    store::{
        self, StoreError,
        grab::Grab,
        offer::StoredOffer,
        review::{APPROVAL, ARRIVED, Review, UPGRADE},
    },
    taste::profiles::ProfileError,
};
pub use bulk::{Answer, Answered, Done, MOST, Which, answer, answer_all, no_such_cause};
pub use learning::Lesson;
use learning::{Learning, Way};
pub use links::{LinkError, LinkedAnswer, Links, Preview, links, preview, read as read_link};

/// Why a question was not answered.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// There is none.
    #[error("there is no review with the number {0}")]
    Unknown(i64),
    /// It was answered, or closed itself.
    #[error("this review is {0} already")]
    Over(String),
    /// The offer is none of its candidates.
    #[error("the offer {0} is no candidate of this review")]
    NoCandidate(i64),
    /// All its candidates are gone from the database.
    #[error("it has no candidate any more; the next check looks again")]
    NoCandidates,
    /// The name says nothing that could be learnt.
    #[error("the release's {0} cannot be read in its name")]
    NothingToLearn(&'static str),
    /// Trust settles other doubts than this one.
    #[error("to trust a group or an indexer settles {list}; this review is about {0}: leave always or never out", list = SETTLED_BY_TRUST.join(", "))]
    TrustIsNoAnswer(String),
    /// The title that would never be it is its own.
    #[error(
        "'{0}' is the title of this series or one of its aliases; take it out of the aliases first"
    )]
    OwnTitle(String),
    /// The key for signing.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// Sending.
    #[error(transparent)]
    Send(#[from] SendError),
    /// Profiles.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An approval.
#[derive(Clone, Debug, Default)]
pub struct Approval {
    /// Which candidate; none for the best.
    pub offer: Option<i64>,
    /// For which volumes; none for those that are missing.
    pub volumes: Option<VolumeSet>,
    /// What holds from now on.
    pub always: Option<Lesson>,
}

/// Sends a candidate, as if a person had chosen it among the offers; the first one that was sent. What only waited for a yes was
/// chosen already, so all of it goes. The question stays open for the volumes that another candidate holds.
///
/// # Errors
/// When it is over, what it holds is on its way by now, it cannot be had, or there is nothing to learn; then nothing is changed.
pub async fn approve(app: &Arc<App>, id: i64, approval: Approval) -> Result<Grab, ReviewError> {
    let all = approval.offer.is_none() && approval.volumes.is_none();
    let first = approve_one(app, id, approval).await?;
    loop {
        let review = find(app, id).await?;
        if !all || review.cause != APPROVAL || review.state != "open" {
            return Ok(first);
        }
        if let Err(error) = approve_one(app, id, Approval::default()).await {
            // The question stays open for the rest.
            tracing::warn!(review = id, %error, "of what was approved, not all was sent");
            return Ok(first);
        }
    }
}

async fn approve_one(app: &Arc<App>, id: i64, approval: Approval) -> Result<Grab, ReviewError> {
    let review = open(app, id).await?;
    if review.cause == ARRIVED {
        if approval.always.is_some() {
            return Err(ReviewError::TrustIsNoAnswer(review.cause));
        }
        let accepted = arrival::accept(app, &review).await?;
        return accepted.ok_or(ReviewError::NoCandidates);
    }
    let offer = candidate(app, &review, approval.offer, approval.volumes.as_ref()).await?;
    let volumes = match approval.volumes {
        None if review.cause == UPGRADE => Some(offer.volumes.clone()),
        volumes => volumes,
    };
    let learning = match approval.always {
        Some(lesson) => Some(Learning::of(app, &review, &offer, (Way::Always, lesson)).await?),
        None => None,
    };
    let grab = sending::grab_by_hand(app, offer.id, volumes).await?;
    if let Some(learning) = learning {
        learning.write(app, Some(grab.id)).await?;
    }
    end_or_ask_on(app, review, grab.offer_id).await?;
    Ok(grab)
}

/// An approved candidate may hold just some of the volumes: the others, of which candidates are left, are still asked about.
async fn end_or_ask_on(app: &App, review: Review, sent: i64) -> Result<(), StoreError> {
    let now = app.clock.now();
    let mut others = Vec::new();
    for id in review.candidates.iter().filter(|id| **id != sent) {
        others.extend(store::offer::get(&app.db, *id).await?);
    }
    let mut tx = app.db.begin().await?;
    let stored = store::series::get_in(&mut tx, review.series_id).await?;
    let free = stored.map_or_else(VolumeSet::default, |stored| stored.free_volumes());
    let free = free.common_with(&review.volumes);
    let (mut left, mut candidates) = (VolumeSet::default(), Vec::new());
    for offer in others {
        let holds = offer.volumes.common_with(&free);
        if !holds.is_empty() {
            left.extend_with(&holds);
            candidates.push(offer.id);
        }
    }
    if review.cause == UPGRADE || candidates.is_empty() {
        store::review::end(&mut tx, review.id, "approved", now).await?;
    } else {
        store::review::ask_on(&mut tx, review.id, &left, &candidates, now).await?;
    }
    store::want::no_question(&mut tx, review.series_id, &unasked(&review, &left)).await?;
    tx.commit().await
}

/// The volumes of a question that are asked about no more.
fn unasked(review: &Review, left: &VolumeSet) -> VolumeSet {
    let volumes = review.volumes.iter();
    volumes.filter(|volume| !left.contains(*volume)).collect()
}

/// Blocks every candidate, and perhaps whoever made them.
///
/// # Errors
/// When it is over, or there is nothing to learn.
pub async fn reject(app: &Arc<App>, id: i64, never: Option<Lesson>) -> Result<Review, ReviewError> {
    let review = open(app, id).await?;
    if review.cause == ARRIVED && never.is_some() {
        return Err(ReviewError::TrustIsNoAnswer(review.cause));
    }
    if let Some(lesson) = never {
        let best = candidate(app, &review, None, None).await?;
        let learning = Learning::of(app, &review, &best, (Way::Never, lesson)).await?;
        learning.write(app, None).await?;
    }
    if review.cause == ARRIVED {
        arrival::refuse(app, &review).await?;
        return find(app, id).await;
    }
    let now = app.clock.now();
    let mut offers = Vec::new();
    for candidate in &review.candidates {
        offers.extend(store::offer::get(&app.db, *candidate).await?);
    }
    let mut tx = app.db.begin().await?;
    for stored in offers {
        let reason = "you rejected it";
        store::blocked::put(&mut tx, stored.series_id, &stored.offer, reason, now).await?;
    }
    store::review::end(&mut tx, review.id, "rejected", now).await?;
    store::want::no_question(&mut tx, review.series_id, &review.volumes).await?;
    tx.commit().await?;
    find(app, id).await
}

async fn find(app: &App, id: i64) -> Result<Review, ReviewError> {
    let review = store::review::get(&app.db, id).await?;
    review.ok_or(ReviewError::Unknown(id))
}

async fn open(app: &App, id: i64) -> Result<Review, ReviewError> {
    let review = find(app, id).await?;
    match review.state.as_str() {
        "open" => Ok(review),
        state => Err(ReviewError::Over(state.to_owned())),
    }
}

/// The chosen one, else the best that holds all of these volumes, else the best.
async fn candidate(
    app: &App,
    review: &Review,
    chosen: Option<i64>,
    volumes: Option<&VolumeSet>,
) -> Result<StoredOffer, ReviewError> {
    if let Some(chosen) = chosen.filter(|chosen| !review.candidates.contains(chosen)) {
        return Err(ReviewError::NoCandidate(chosen));
    }
    let wanted = chosen.map_or_else(|| review.candidates.clone(), |chosen| vec![chosen]);
    let mut best = None;
    for id in wanted {
        let Some(offer) = store::offer::get(&app.db, id).await? else {
            continue;
        };
        let holds =
            |volumes: &VolumeSet| volumes.iter().all(|volume| offer.volumes.contains(volume));
        if volumes.is_none_or(holds) {
            return Ok(offer);
        }
        best = best.or(Some(offer));
    }
    best.ok_or(ReviewError::NoCandidates)
}
