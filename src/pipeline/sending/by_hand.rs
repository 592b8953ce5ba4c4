//! An offer that a person sends: no rule and no arming stands in the way, but nothing is sent twice.

use std::{sync::Arc, time::Duration};

use super::{Ready, SendError, What, clients::Clients, hand_over, resolving::resolve, write_grab};
use crate::{
    app::App,
    domain::{event::Event, grab::GrabState, link::Payload, volume::VolumeSet},
    health,
    lease::Lease,
    pipeline::lease_name,
    shelving,
    store::{self, grab::Grab, offer::StoredOffer, series::Stored},
};

/// Sends a stored offer for these volumes; without any, for those of its volumes that are missing and not on their way.
///
/// # Errors
/// When it cannot be had, or one of the volumes is on its way.
pub async fn grab_by_hand(
    app: &Arc<App>,
    offer_id: i64,
    volumes: Option<VolumeSet>,
) -> Result<Grab, SendError> {
    let offer = store::offer::get(&app.db, offer_id)
        .await?
        .ok_or(SendError::UnknownOffer(offer_id))?;
    grab(app, offer, volumes, None).await
}

/// Sends an offer, as this payload when its link is already known.
pub(super) async fn grab(
    app: &Arc<App>,
    offer: StoredOffer,
    volumes: Option<VolumeSet>,
    known: Option<Payload>,
) -> Result<Grab, SendError> {
    let lease = Lease::take(app, &lease_name(offer.series_id), Duration::from_secs(10))
        .await?
        .ok_or(SendError::Busy)?;
    // A task of its own: a caller that hangs up must not leave the send half done.
    let task = app.clone();
    let grabbed = app.tasks.spawn(async move {
        let grabbed = grab_alone(&task, &offer, volumes, known).await;
        lease.release().await;
        grabbed
    });
    grabbed
        .await
        .map_err(|_| SendError::Failed("sending ended unexpectedly; the log says why".into()))?
}

async fn grab_alone(
    app: &Arc<App>,
    offer: &StoredOffer,
    volumes: Option<VolumeSet>,
    known: Option<Payload>,
) -> Result<Grab, SendError> {
    super::settle_doubts(app, offer.series_id).await?;
    let stored = store::series::get(&app.db, offer.series_id)
        .await?
        .ok_or(SendError::UnknownSeries)?;
    let reserves = reserves(&stored, offer, volumes)?;
    let clients = Clients::of(app).await?;
    if clients.is_empty() {
        return Err(SendError::NoClient);
    }
    let payload = match known {
        Some(payload) => payload,
        None => resolve(app, offer.series_id, &offer.offer)
            .await?
            .map_err(|unresolved| match unresolved.gone {
                true => SendError::Gone(unresolved.cause),
                false => SendError::Failed(unresolved.cause),
            })?,
    };
    let content = payload.id();
    let no_client = || SendError::NoClientOf(content.network());
    let used = clients.on(content.network()).ok_or_else(no_client)?;
    let (client_row, client) = (used.row.clone(), used.client.clone());
    let is_there = match client.find(&content).await {
        Ok(found) => found.is_some(),
        Err(error) => {
            health::failed(app, client_row.id, &error).await?;
            return Err(SendError::Failed(format!("{}: {error}", client_row.name)));
        }
    };
    let ready = Ready {
        fetched: None,
        choice: 0,
        reserves,
        payload,
        is_there,
        client,
        client_row,
    };
    let id = write_down(app, &stored, offer, &ready).await?;
    let (added, state) = hand_over(app, id, &ready).await?;
    if let Err(error) = &added {
        if !error.concerns_release() {
            health::failed(app, ready.client_row.id, error).await?;
        }
        if state != GrabState::Sending {
            return Err(SendError::Failed(format!(
                "{}: {error}",
                ready.client_row.name
            )));
        }
    }
    store::grab::get(&app.db, id)
        .await?
        .ok_or(SendError::UnknownSeries)
}

fn reserves(
    stored: &Stored,
    offer: &StoredOffer,
    volumes: Option<VolumeSet>,
) -> Result<VolumeSet, SendError> {
    let asked = match volumes {
        Some(volumes) => volumes,
        None if offer.is_of_other_edition() => {
            let free = stored.free_volumes();
            return Err(match free.is_empty() {
                true => SendError::NoVolumes(
                    "it is of another edition, and nothing is missing that is not on its way",
                ),
                false => SendError::OtherEdition(free),
            });
        }
        None => {
            let held = stored.missing_volumes().common_with(&offer.volumes);
            // What is damaged, or may be there, comes when it is what was asked about, not along with something else.
            let held = match held.without(&stored.shelf.unsettled()) {
                sound if sound.is_empty() => held,
                sound => sound,
            };
            let on_its_way = held.common_with(&stored.on_its_way);
            let free = held.without(&on_its_way);
            match (free.is_empty(), on_its_way.is_empty()) {
                (true, false) => return Err(SendError::OnItsWay(on_its_way)),
                (true, true) if !offer.volumes.is_empty() => {
                    return Err(SendError::NoVolumes("nothing that it holds is missing"));
                }
                _ => free,
            }
        }
    };
    if asked.is_empty() {
        return Err(SendError::NoVolumes(
            "no volume could be read in the offer's name",
        ));
    }
    if !offer.volumes.is_empty() && asked.iter().any(|volume| !offer.volumes.contains(volume)) {
        return Err(SendError::NotInIt(offer.volumes.clone()));
    }
    let taken = asked.common_with(&stored.on_its_way);
    if taken.is_empty() {
        Ok(asked)
    } else {
        Err(SendError::OnItsWay(taken))
    }
}

async fn write_down(
    app: &App,
    stored: &Stored,
    offer: &StoredOffer,
    ready: &Ready,
) -> Result<i64, SendError> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let written = write_grab(
        &mut tx,
        stored.series.id,
        offer.id,
        What {
            offer: &offer.offer,
            carries: &offer.volumes,
            by_hand: true,
            alias: None,
        },
        ready,
        now,
    )
    .await;
    let id = match written {
        Err(error) if error.is_conflict() => {
            return Err(SendError::OnItsWay(ready.reserves.clone()));
        }
        other => other?,
    };
    let found = Event::VolumeFound {
        series: stored.series.named(),
        volumes: ready.reserves.clone(),
        release: offer.offer.title.clone(),
        source: offer.offer.source.clone(),
        indexer: offer.offer.indexer.clone(),
        relevance: offer.relevance.total(),
        refused: 0,
        grab: Some(id),
        bytes: offer.offer.size,
    };
    let refreshed = shelving::refresh(&mut tx, stored.series.id, now).await?;
    let mut events = vec![found];
    events.extend(refreshed.into_iter().flat_map(|refreshed| refreshed.events));
    store::event::append(&mut tx, &events, now).await?;
    tx.commit().await?;
    Ok(id)
}
