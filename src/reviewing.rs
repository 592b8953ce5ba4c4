//! Questions that a human answers: approving sends, rejecting blocks, and an answer can teach what holds always or never.

mod bulk;
mod learning;
mod links;

use std::sync::Arc;

use crate::{
    app::App,
    domain::{decide::SETTLED_BY_TRUST, volume::VolumeSet},
    pipeline::sending::{self, SendError},
    secret::SecretError,
    store::{
        self, StoreError,
        grab::Grab,
        offer::StoredOffer,
        profile::Blocked,
        review::{Review, UPGRADE},
    },
    taste::written::ProfileError,
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
    #[error("to trust a group or an indexer settles {list}; this review is about {0}: leave always out", list = SETTLED_BY_TRUST.join(", "))]
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

/// Sends a candidate, as if a person had chosen it among the offers.
///
/// # Errors
/// When it is over, what it holds is on its way by now, it cannot be had, or there is nothing to learn; then nothing is changed.
pub async fn approve(app: &Arc<App>, id: i64, approval: Approval) -> Result<Grab, ReviewError> {
    let review = open(app, id).await?;
    let offer = candidate(app, &review, approval.offer).await?;
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
    end(app, &review, "approved").await?;
    Ok(grab)
}

/// Blocks every candidate, and perhaps whoever made them.
///
/// # Errors
/// When it is over, or there is nothing to learn.
pub async fn reject(app: &App, id: i64, never: Option<Lesson>) -> Result<Review, ReviewError> {
    let review = open(app, id).await?;
    if let Some(lesson) = never {
        let best = candidate(app, &review, None).await?;
        let learning = Learning::of(app, &review, &best, (Way::Never, lesson)).await?;
        learning.write(app, None).await?;
    }
    let now = app.clock.now();
    let mut offers = Vec::new();
    for candidate in &review.candidates {
        offers.extend(store::offer::get(&app.db, *candidate).await?);
    }
    let mut tx = app.db.begin().await?;
    for stored in offers {
        let blocked = Blocked {
            id: 0,
            series_id: stored.series_id,
            fingerprint: stored.offer.fingerprint,
            infohash: stored
                .offer
                .torrent
                .as_ref()
                .map(|torrent| torrent.as_hex()),
            title: stored.offer.title,
            reason: "you rejected it".into(),
            created_at: now,
        };
        store::profile::block(&mut tx, &blocked, now).await?;
    }
    store::review::end(&mut tx, review.id, "rejected", now).await?;
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

async fn end(app: &App, review: &Review, state: &str) -> Result<(), StoreError> {
    let mut tx = app.db.begin().await?;
    store::review::end(&mut tx, review.id, state, app.clock.now()).await?;
    tx.commit().await
}

async fn candidate(
    app: &App,
    review: &Review,
    chosen: Option<i64>,
) -> Result<StoredOffer, ReviewError> {
    if let Some(chosen) = chosen.filter(|chosen| !review.candidates.contains(chosen)) {
        return Err(ReviewError::NoCandidate(chosen));
    }
    let wanted = chosen.map_or_else(|| review.candidates.clone(), |chosen| vec![chosen]);
    for id in wanted {
        if let Some(offer) = store::offer::get(&app.db, id).await? {
            return Ok(offer);
        }
    }
    Err(ReviewError::NoCandidates)
}
