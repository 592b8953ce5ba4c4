//! What a person answers about what came and is in doubt.

use std::sync::Arc;

use crate::{
    app::App,
    domain::{grab::GrabState, volume::VolumeSet},
    pipeline::{self, sending},
    store::{
        self, StoreError, Tx,
        grab::Grab,
        grab_volume::{Became, GrabVolume},
        offer::StoredOffer,
        review::Review,
    },
};

/// The grabs that a question is about, with their volumes that are in doubt. The caller holds the series.
async fn asked_about(
    tx: &mut Tx,
    known: &[Grab],
) -> Result<Vec<(Grab, Vec<GrabVolume>)>, StoreError> {
    let mut grabs = Vec::new();
    for grab in known {
        let Some(grab) = store::grab::get_in(tx, grab.id).await? else {
            continue;
        };
        let mut volumes = store::grab_volume::of_grab_in(tx, grab.id).await?;
        volumes.retain(|volume| volume.live && volume.state == "review");
        let waits = matches!(grab.state, GrabState::Done | GrabState::Verified);
        if waits && !volumes.is_empty() {
            grabs.push((grab, volumes));
        }
    }
    Ok(grabs)
}

/// Those of its candidates that were sent, and the offers behind them.
async fn candidates(
    app: &App,
    review: &Review,
) -> Result<(Vec<Grab>, Vec<StoredOffer>), StoreError> {
    let mut grabs = store::grab::arriving::live_of_series(&app.db, review.series_id).await?;
    grabs.retain(|grab| review.candidates.contains(&grab.offer_id));
    let offers = store::offer::of_ids(&app.db, &review.candidates).await?;
    Ok((grabs, offers))
}

/// It is good enough: its faults count no more, and it is looked into again. The first of the grabs; none when none waits any more, or the
/// question is over. Then nothing is changed.
///
/// # Errors
/// When the database fails.
pub async fn accept(app: &Arc<App>, review: &Review) -> Result<Option<Grab>, StoreError> {
    let (known, _) = candidates(app, review).await?;
    let mut tx = app.db.begin().await?;
    store::series::get_in(&mut tx, review.series_id).await?;
    let grabs = asked_about(&mut tx, &known).await?;
    for (grab, volumes) in &grabs {
        let mut accepted = grab.accepted.clone();
        accepted.extend(volumes.iter().filter_map(|volume| volume.code.clone()));
        accepted.sort_unstable();
        accepted.dedup();
        store::grab::arriving::accept(&mut tx, grab.id, &accepted).await?;
    }
    let ended = store::review::end(&mut tx, review.id, "approved", app.clock.now()).await?;
    let Some((first, _)) = grabs.into_iter().next().filter(|_| ended) else {
        return Ok(None);
    };
    tx.commit().await?;
    app.arrival_wake.notify_one();
    Ok(Some(first))
}

/// It is not: what is in doubt of it is blocked and free again, and the next candidate is sent. What is right of it stays. False when the
/// question was over.
///
/// # Errors
/// When the database fails.
pub async fn refuse(app: &Arc<App>, review: &Review) -> Result<bool, StoreError> {
    let now = app.clock.now();
    let (known, offers) = candidates(app, review).await?;
    let mut tx = app.db.begin().await?;
    store::series::get_in(&mut tx, review.series_id).await?;
    for (grab, volumes) in asked_about(&mut tx, &known).await? {
        for volume in &volumes {
            let became = Became {
                state: "wrong",
                code: volume.code.as_deref(),
                reason: volume.reason.as_deref(),
                live: false,
            };
            store::grab_volume::became(&mut tx, grab.id, volume.volume, became).await?;
        }
        let wrong: VolumeSet = volumes.iter().map(|volume| volume.volume).collect();
        store::want::free(&mut tx, grab.series_id, &wrong).await?;
        let offer = offers.iter().find(|offer| offer.id == grab.offer_id);
        sending::block(&mut tx, &grab, offer.cloned(), "you rejected it", now).await?;
        // Of one of which nothing is left, it is found out at once that it is over.
        store::grab::arriving::accept(&mut tx, grab.id, &grab.accepted).await?;
    }
    if !store::review::end(&mut tx, review.id, "rejected", now).await? {
        return Ok(false);
    }
    tx.commit().await?;
    app.arrival_wake.notify_one();
    pipeline::next_candidate(app, review.series_id).await?;
    Ok(true)
}
