//! Questions that a human answers: approving sends, rejecting blocks, and an answer can teach an alias or never again.

use std::sync::Arc;

use crate::{
    app::App,
    domain::{
        release::{Hints, parse},
        title::fold,
        volume::VolumeSet,
    },
    pipeline::sending::{self, SendError},
    store::{
        self, StoreError,
        grab::Grab,
        offer::StoredOffer,
        profile::Blocked,
        review::{Review, UPGRADE},
    },
    taste::{
        self,
        written::{self, ProfileError},
    },
};

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

/// Who is never taken from again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Never {
    /// The release group of the best candidate.
    Group,
    /// Its indexer.
    Indexer,
}

/// An approval.
#[derive(Clone, Debug, Default)]
pub struct Approval {
    /// Which candidate; none for the best.
    pub offer: Option<i64>,
    /// For which volumes; none for those that are missing.
    pub volumes: Option<VolumeSet>,
    /// The title that its name reads becomes an alias of the series.
    pub learn_alias: bool,
}

/// Sends a candidate, as if a person had chosen it among the offers.
///
/// # Errors
/// When it is over, what it holds is on its way by now, or it cannot be had.
pub async fn approve(app: &Arc<App>, id: i64, approval: Approval) -> Result<Grab, ReviewError> {
    let review = open(app, id).await?;
    let offer = candidate(app, &review, approval.offer).await?;
    let volumes = match approval.volumes {
        None if review.cause == UPGRADE => Some(offer.volumes.clone()),
        volumes => volumes,
    };
    let grab = sending::grab_by_hand(app, offer.id, volumes).await?;
    if approval.learn_alias {
        learn_alias(app, &offer).await?;
    }
    end(app, &review, "approved").await?;
    Ok(grab)
}

/// Blocks every candidate, and perhaps whoever made them.
///
/// # Errors
/// When it is over.
pub async fn reject(app: &App, id: i64, never: Option<Never>) -> Result<Review, ReviewError> {
    let review = open(app, id).await?;
    if let Some(never) = never {
        let best = candidate(app, &review, None).await?;
        refuse(app, &best, never).await?;
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

async fn learn_alias(app: &App, offer: &StoredOffer) -> Result<(), ReviewError> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let Some(stored) = store::series::get_in(&mut tx, offer.series_id).await? else {
        return Ok(());
    };
    let mut series = stored.series;
    let hints = Hints {
        lexicon: app.lexicon,
        ..Hints::from(series.kind)
    };
    let release = parse(&offer.offer.title, hints);
    let read = release.series.ok_or(ReviewError::NothingToLearn("title"))?;
    let known = std::iter::once(&series.title).chain(&series.aliases);
    let is_new =
        !fold(&read).is_empty() && known.map(|name| fold(name)).all(|name| name != fold(&read));
    if is_new {
        series.aliases.push(read.into_owned());
        store::series::update(&mut tx, &series, now).await?;
    }
    Ok(tx.commit().await?)
}

/// Into the profile that is in force for the series.
async fn refuse(app: &App, offer: &StoredOffer, never: Never) -> Result<(), ReviewError> {
    let Some(stored) = store::series::get(&app.db, offer.series_id).await? else {
        return Ok(());
    };
    let (name, mut profile) = taste::profile_of(app, &stored).await?;
    let hints = Hints {
        lexicon: app.lexicon,
        ..Hints::from(stored.series.kind)
    };
    let (list, refused) = match never {
        Never::Group => {
            let group = parse(&offer.offer.title, hints).group;
            let group = group.ok_or(ReviewError::NothingToLearn("group"))?;
            (&mut profile.refused_groups, group.to_owned())
        }
        Never::Indexer => (&mut profile.refused_indexers, offer.offer.indexer.clone()),
    };
    if !list.contains(&refused) {
        list.push(refused);
    }
    Ok(written::write(app, &name, &profile).await?)
}
