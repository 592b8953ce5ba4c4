//! What a person or program sends for one volume: an offer that was found, or a link from elsewhere. Nothing is sent twice.

use std::sync::Arc;

use super::{SendError, by_hand};
use crate::{
    app::App,
    domain::{
        link::Payload,
        offer::{Offer, fingerprint},
        volume::{VolumeNumber, VolumeSet},
    },
    pipeline::{self, Excluded, Judged, Open},
    store::{self, grab::Grab, offer::StoredOffer, series::Stored},
    taste,
};

/// Characters of a link's name that are kept.
const LONGEST_NAME: usize = 300;

/// Sends a stored offer for a volume.
///
/// # Errors
/// When it cannot be had, does not hold the volume, or the volume is on its way or on the shelf.
pub async fn grab_offer_for(
    app: &Arc<App>,
    offer_id: i64,
    volume: VolumeNumber,
) -> Result<Grab, SendError> {
    let offer = store::offer::get(&app.db, offer_id)
        .await?
        .ok_or(SendError::UnknownOffer(offer_id))?;
    let volumes = reserves(app, &offer, volume).await?;
    by_hand::grab(app, offer, Some(volumes), None).await
}

/// Sends what a link names for a volume of a series. It is stored as an offer first, so that it has a verdict as any other; the link is not.
///
/// # Errors
/// When there is no such series, or the volume is on its way or on the shelf.
pub async fn grab_link_for(
    app: &Arc<App>,
    series: i64,
    payload: Payload,
    volume: VolumeNumber,
) -> Result<Grab, SendError> {
    let offer = write_offer(app, series, &payload, volume).await?;
    let volumes = reserves(app, &offer, volume).await?;
    by_hand::grab(app, offer, Some(volumes), Some(payload)).await
}

/// The volume, and what else is missing and free of what the offer holds: it will arrive with it, so no one is to send it again.
async fn reserves(
    app: &Arc<App>,
    offer: &StoredOffer,
    volume: VolumeNumber,
) -> Result<VolumeSet, SendError> {
    let stored = store::series::get(&app.db, offer.series_id)
        .await?
        .ok_or(SendError::UnknownSeries)?;
    let open = pipeline::Open::of(&stored);
    needed(&stored, &open, volume)?;
    let also = open
        .free
        .iter()
        .filter(|free| offer.volumes.contains(*free));
    Ok(std::iter::once(volume).chain(also).collect())
}

/// What is there or on its way is not sent for again.
fn needed(stored: &Stored, open: &Open, volume: VolumeNumber) -> Result<(), SendError> {
    let asked = || std::iter::once(volume).collect();
    if stored.shelf.present.contains(volume) {
        return Err(SendError::OnShelf(asked()));
    }
    if open.on_its_way.contains(volume) {
        return Err(SendError::OnItsWay(asked()));
    }
    Ok(())
}

async fn write_offer(
    app: &Arc<App>,
    series: i64,
    payload: &Payload,
    volume: VolumeNumber,
) -> Result<StoredOffer, SendError> {
    let now = app.clock.now();
    let known = store::series::get(&app.db, series)
        .await?
        .ok_or(SendError::UnknownSeries)?;
    let taste = taste::of(app, &known).await?;
    let mut tx = app.db.begin().await?;
    let stored = store::series::get_in(&mut tx, series)
        .await?
        .ok_or(SendError::UnknownSeries)?;
    let open = pipeline::Open::of(&stored);
    needed(&stored, &open, volume)?;
    let offer = offer(&stored, payload, volume, now);
    let (judged, _) = pipeline::plan(app, &stored, &open, &taste, &[offer], &Excluded::new());
    let verdicts = judged.iter().map(Judged::parts);
    let id = store::offer::put(&mut tx, series, verdicts).await?[0];
    tx.commit().await?;
    store::offer::get(&app.db, id)
        .await?
        .ok_or(SendError::UnknownOffer(id))
}

/// Identity and name; the link itself may carry a tracker's passkey.
fn offer(stored: &Stored, payload: &Payload, volume: VolumeNumber, now: i64) -> Offer {
    let content = payload.id();
    let named: String = payload
        .name()
        .chars()
        .filter(|letter| !letter.is_control())
        .take(LONGEST_NAME)
        .collect();
    let title = match named.trim() {
        "" => format!("{} T{volume}", stored.series.title),
        named => named.to_owned(),
    };
    Offer {
        // No connection has the number 0.
        fingerprint: fingerprint(0, 0, &content.as_text()),
        source_id: 0,
        source: "by hand".into(),
        indexer_id: 0,
        indexer: "link".into(),
        language: None,
        categories: Vec::new(),
        title,
        size: content.ed2k().map(|file| file.size),
        seeders: None,
        published_at: None,
        network: Some(content.network()),
        content: Some(content),
        term: String::new(),
        seen_at: now,
    }
}
