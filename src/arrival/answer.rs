//! What a person answers about what came and is in doubt.

use std::sync::Arc;

use crate::{
    app::App,
    domain::volume::VolumeSet,
    pipeline::{self, sending},
    store::{
        self, StoreError,
        grab::Grab,
        grab_volume::{Became, GrabVolume},
        review::Review,
    },
};

/// The grabs that a question about what came is about, with their volumes that are in doubt.
async fn asked_about(
    app: &App,
    review: &Review,
) -> Result<Vec<(Grab, Vec<GrabVolume>)>, StoreError> {
    let mut grabs = Vec::new();
    for grab in store::grab::live_of_series(&app.db, review.series_id).await? {
        if review.candidates.contains(&grab.offer_id) {
            let mut volumes = store::grab_volume::of_grab(&app.db, grab.id).await?;
            volumes.retain(|volume| volume.live && volume.state == "review");
            grabs.push((grab, volumes));
        }
    }
    Ok(grabs)
}

/// It is good enough: its faults count no more, and it is looked into again. The first of the grabs; none when none waits any more.
///
/// # Errors
/// When the database fails.
pub async fn accept(app: &Arc<App>, review: &Review) -> Result<Option<Grab>, StoreError> {
    let now = app.clock.now();
    let grabs = asked_about(app, review).await?;
    let mut tx = app.db.begin().await?;
    for (grab, volumes) in &grabs {
        let mut accepted = grab.accepted.clone();
        accepted.extend(volumes.iter().filter_map(|volume| volume.code.clone()));
        accepted.sort_unstable();
        accepted.dedup();
        store::grab::accept(&mut tx, grab.id, &accepted).await?;
    }
    store::review::end(&mut tx, review.id, "approved", now).await?;
    tx.commit().await?;
    app.arrival_wake.notify_one();
    Ok(grabs.into_iter().map(|(grab, _)| grab).next())
}

/// It is not: what is in doubt of it is blocked and free again, and the next candidate is sent. What is right of it stays.
///
/// # Errors
/// When the database fails.
pub async fn refuse(app: &Arc<App>, review: &Review) -> Result<(), StoreError> {
    let now = app.clock.now();
    let mut offers = Vec::new();
    let grabs = asked_about(app, review).await?;
    for (grab, _) in &grabs {
        offers.push(store::offer::get(&app.db, grab.offer_id).await?);
    }
    let mut tx = app.db.begin().await?;
    store::series::get_in(&mut tx, review.series_id).await?;
    for ((grab, volumes), offer) in grabs.iter().zip(offers) {
        for volume in volumes {
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
        sending::block(&mut tx, grab, offer, "you rejected it", now).await?;
        // One of which nothing is left ends when it is looked into again.
        store::grab::accept(&mut tx, grab.id, &grab.accepted).await?;
    }
    store::review::end(&mut tx, review.id, "rejected", now).await?;
    tx.commit().await?;
    app.arrival_wake.notify_one();
    pipeline::next_candidate(app, review.series_id).await
}
