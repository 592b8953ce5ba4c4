//! Open questions of two series that become one, and two again: of each cause one is asked.

use crate::store::{
    self, StoreError, Tx,
    merge::{Asked, Joined, Kept, Questions, kept::Twin},
    review::Review,
};

/// The questions of one series that the other asks too become a part of those, and are closed. All speak of the offers that stay.
pub(super) async fn join(
    tx: &mut Tx,
    (from, into): (i64, i64),
    twins: &[Twin],
    now: i64,
) -> Result<Questions, StoreError> {
    let stays = |offer: &i64| {
        let twin = twins.iter().find(|twin| twin.id == *offer);
        twin.map_or(*offer, |twin| twin.twin)
    };
    let (own, others) = (
        store::review::open_of(tx, from).await?,
        store::review::open_of(tx, into).await?,
    );
    let mut joined = Vec::new();
    for review in &own {
        let candidates: Vec<i64> = review.candidates.iter().map(stays).collect();
        let Some(other) = others.iter().find(|other| other.cause == review.cause) else {
            if candidates != review.candidates {
                store::review::ask_on(tx, review.id, &review.volumes, &candidates, now).await?;
            }
            continue;
        };
        let is_new = |offer: &&i64| !other.candidates.contains(offer);
        let new = Joined {
            into: other.id,
            volumes: review.volumes.without(&other.volumes),
            candidates: candidates.iter().filter(is_new).copied().collect(),
        };
        let (mut volumes, mut all) = (other.volumes.clone(), other.candidates.clone());
        volumes.extend_with(&new.volumes);
        all.extend(&new.candidates);
        all.truncate(store::review::MOST_CANDIDATES);
        joined.push(new);
        store::review::ask_on(tx, other.id, &volumes, &all, now).await?;
        store::review::end(tx, review.id, "closed", now).await?;
    }
    Ok(Questions {
        own: own.into_iter().map(asked).collect(),
        into: others.into_iter().map(asked).collect(),
        joined,
    })
}

fn asked(review: Review) -> Asked {
    Asked {
        review: review.id,
        cause: review.cause,
        volumes: review.volumes,
        candidates: review.candidates,
    }
}

/// What was asked is asked again, unless it was answered meanwhile. What closed itself because it was not missing any more closes itself
/// again when that is still so.
pub(super) async fn part(tx: &mut Tx, into: i64, kept: &Kept, now: i64) -> Result<(), StoreError> {
    for asked in &kept.questions.own {
        store::review::ask_on(tx, asked.review, &asked.volumes, &asked.candidates, now).await?;
    }
    let open = store::review::open_of(tx, into).await?;
    for review in &open {
        part_one(tx, review, kept, now).await?;
    }
    for asked in &kept.questions.into {
        if !open.iter().any(|review| review.cause == asked.cause) {
            store::review::ask_on(tx, asked.review, &asked.volumes, &asked.candidates, now).await?;
        }
    }
    Ok(())
}

/// A question of the other series speaks no more of what is not its own.
async fn part_one(tx: &mut Tx, review: &Review, kept: &Kept, now: i64) -> Result<(), StoreError> {
    let mut joined = kept.questions.joined.iter();
    let joined = joined.find(|joined| joined.into == review.id);
    let is_own = |offer: &&i64| {
        !kept.moved.has_offer(**offer)
            && joined.is_none_or(|joined| !joined.candidates.contains(offer))
    };
    let candidates: Vec<i64> = review.candidates.iter().filter(is_own).copied().collect();
    let volumes = match joined {
        Some(joined) => review.volumes.without(&joined.volumes),
        None => review.volumes.clone(),
    };
    if candidates.is_empty() || volumes.is_empty() {
        store::review::end(tx, review.id, "closed", now).await?;
    } else if (&volumes, &candidates) != (&review.volumes, &review.candidates) {
        store::review::ask_on(tx, review.id, &volumes, &candidates, now).await?;
    }
    Ok(())
}
