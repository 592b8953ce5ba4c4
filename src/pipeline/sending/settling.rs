//! What became of a grab: how its add ended, what a crash left in doubt, and what a person gives up.

use std::{sync::Arc, time::Duration};

use super::{SendError, choose_files, take_out_now};
use crate::{
    app::App,
    domain::{
        event::Event,
        grab::{GrabState, Observation},
        offer::Offer,
        selection::Choosing,
    },
    health,
    lease::Lease,
    pipeline::lease_name,
    ports::{Added, PortError},
    store::{self, StoreError, Tx, grab::Grab, offer::StoredOffer},
};

/// What a grab is after its add: sent, failed, or still in doubt when no one can say.
pub(super) async fn settle_add(
    app: &App,
    id: i64,
    added: &Result<Added, PortError>,
) -> Result<GrabState, StoreError> {
    let observation = match added {
        Ok(_) => Observation::ClientHasIt,
        Err(error) if error.is_uncertain() => {
            let mut tx = app.db.begin().await?;
            store::grab::doubted(&mut tx, id, app.clock.now()).await?;
            tx.commit().await?;
            return Ok(GrabState::Sending);
        }
        Err(_) => Observation::ClientRefused,
    };
    let Some(grab) = store::grab::get(&app.db, id).await? else {
        return Ok(GrabState::Failed);
    };
    if let Ok(added) = added {
        settle_choosing(app, &grab, *added).await?;
    }
    let why = added
        .as_ref()
        .err()
        .map(ToString::to_string)
        .unwrap_or_default();
    let what = Became {
        observation,
        why: &why,
        // What was put there from here, given up, and is taken again is ours still.
        ours: match added {
            Ok(Added::New) => true,
            Ok(Added::AlreadyThere) => store::grab::was_ours(&app.db, &grab).await?,
            Err(_) => false,
        },
    };
    advance(app, &grab, what).await
}

/// Somebody may have put the torrent there, or taken it out, since the client was asked. Written before the grab counts as sent.
async fn settle_choosing(app: &App, grab: &Grab, added: Added) -> Result<(), StoreError> {
    let mut tx = app.db.begin().await?;
    let before =
        store::grab::choosing::chosen_before(&mut tx, grab.client_id, &grab.content, Some(grab.id))
            .await?;
    let is_there = added == Added::AlreadyThere;
    let choosing = Choosing::of_new(grab.choosing.is_open(), is_there, before);
    if choosing != grab.choosing {
        store::grab::choosing::chooses(&mut tx, grab.id, choosing).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// What became known of a grab.
#[derive(Clone, Copy)]
struct Became<'a> {
    observation: Observation,
    /// In a sentence, when it ends.
    why: &'a str,
    /// It was added to the client from here.
    ours: bool,
}

impl<'a> Became<'a> {
    fn known(observation: Observation, why: &'a str) -> Self {
        Self {
            observation,
            why,
            ours: false,
        }
    }
}

/// Moves a grab by what became known, with its event, in one transaction. What came of nobody is blocked.
async fn advance(app: &App, grab: &Grab, became: Became<'_>) -> Result<GrabState, StoreError> {
    let Became {
        observation, why, ..
    } = became;
    let now = app.clock.now();
    let (release, client) = (grab.title.clone(), grab.client.clone());
    let offer = store::offer::get(&app.db, grab.offer_id).await?;
    let mut tx = app.db.begin().await?;
    // The series first, as every other writer does; then the grab as it stands now, which a scan or a merge may have moved.
    let as_known = store::series::get_in(&mut tx, grab.series_id).await?;
    let Some(current) = store::grab::get_in(&mut tx, grab.id).await? else {
        return Ok(GrabState::Failed);
    };
    let stored = match current.series_id == grab.series_id {
        true => as_known,
        false => store::series::get_in(&mut tx, current.series_id).await?,
    };
    let Some(stored) = stored else {
        return Ok(GrabState::Failed);
    };
    let series = stored.series.named();
    let Some(state) = current.state.after(observation) else {
        return Ok(current.state);
    };
    let reserved = store::grab_volume::live_of(&mut tx, grab.id).await?;
    if state.is_live() && state != GrabState::Queued {
        store::grab::got_on(&mut tx, grab.id, state, now).await?;
    } else if !state.is_live() {
        store::grab::failed(&mut tx, grab.id, state, why, now).await?;
        if current.ours && current.state.leaves_after(observation) {
            store::grab::leaving::leaves(&mut tx, grab.id).await?;
        }
        store::want::free(&mut tx, current.series_id, &reserved).await?;
        if let Some(now_is) = store::series::get_in(&mut tx, current.series_id).await? {
            let state = (&now_is.free_volumes(), &now_is.on_its_way);
            store::review::settle(&mut tx, current.series_id, state, now).await?;
        }
    }
    let volumes = match state {
        // Also what is on the shelf already.
        GrabState::Rejected => grab.reserves.clone(),
        _ => reserved,
    };
    if matches!(
        state,
        GrabState::Stalled | GrabState::Lost | GrabState::Removed | GrabState::Rejected
    ) {
        block(&mut tx, &current, offer, why, now).await?;
    }
    let reason = why.to_owned();
    let event = match state {
        GrabState::Queued => {
            store::grab::sent(&mut tx, grab.id, became.ours, now).await?;
            Some(Event::GrabSent {
                series,
                grab: grab.id,
                volumes,
                release,
                client,
                network: grab.content.network(),
                hash: grab.content.as_hex(),
            })
        }
        GrabState::Done => Some(Event::GrabCompleted {
            series,
            grab: grab.id,
            volumes,
            release,
            client,
        }),
        GrabState::Stalled => Some(Event::GrabStalled {
            series,
            grab: grab.id,
            volumes,
            release,
            client,
            reason,
        }),
        GrabState::Failed | GrabState::Lost | GrabState::Removed => Some(Event::GrabFailed {
            series,
            grab: grab.id,
            volumes,
            release,
            client,
            reason,
        }),
        GrabState::Placed => Some(Event::GrabPlaced {
            series,
            grab: grab.id,
            volumes,
            release,
        }),
        GrabState::Rejected => Some(Event::GrabRejected {
            series,
            grab: grab.id,
            volumes,
            release,
            reason,
        }),
        GrabState::Sending | GrabState::Downloading | GrabState::Verified | GrabState::OnShelf => {
            None
        }
    };
    store::event::append(&mut tx, event.as_slice(), now).await?;
    tx.commit().await?;
    Ok(state)
}

/// What was sent is not sent for its series again, under whatever name, and the series has its turn, whatever comes of the next candidate.
pub async fn block(
    tx: &mut Tx,
    grab: &Grab,
    offer: Option<StoredOffer>,
    why: &str,
    now: i64,
) -> Result<(), StoreError> {
    if let Some(stored) = offer {
        let offer = Offer {
            content: Some(grab.content.clone()),
            ..stored.offer
        };
        store::blocked::put(tx, grab.series_id, &offer, why, now).await?;
    }
    store::series::search_now(tx, grab.series_id).await
}

/// A person does not wait for a grab any more: its volumes are free again, and what its client still downloads of it is taken out of that.
///
/// # Errors
/// When there is none, it is over, or its series is being worked on.
pub async fn give_up(app: &Arc<App>, id: i64) -> Result<Grab, SendError> {
    let grab = store::grab::get(&app.db, id)
        .await?
        .ok_or(SendError::UnknownGrab(id))?;
    let lease = Lease::take(app, &lease_name(grab.series_id), Duration::from_secs(10))
        .await?
        .ok_or(SendError::Busy)?;
    let given_up = give_up_alone(app, id).await;
    lease.release().await;
    take_out_now(app, &grab).await?;
    given_up
}

async fn give_up_alone(app: &Arc<App>, id: i64) -> Result<Grab, SendError> {
    let grab = store::grab::get(&app.db, id)
        .await?
        .ok_or(SendError::UnknownGrab(id))?;
    if !grab.state.is_live() {
        return Err(SendError::Over);
    }
    let given_up = Became::known(Observation::GivenUp, "given up by hand");
    advance(app, &grab, given_up).await?;
    store::grab::get(&app.db, id)
        .await?
        .ok_or(SendError::UnknownGrab(id))
}

/// Grabs that were written down while no one knows whether the client has them: the client's own list is asked. The
/// caller holds the lease of the series. While the client cannot be asked, they stay reserved.
pub async fn settle_doubts(app: &Arc<App>, series: i64) -> Result<(), StoreError> {
    for grab in store::grab::in_doubt(&app.db, Some(series)).await? {
        let Some(row) = store::connection::get(&app.db, grab.client_id).await? else {
            advance(
                app,
                &grab,
                Became::known(Observation::ClientLacksIt, "its client was removed"),
            )
            .await?;
            continue;
        };
        if health::is_resting(&row, app.clock.now()) {
            continue;
        }
        let client = match app.client(&row) {
            Ok(client) => client,
            Err(error) => {
                tracing::warn!(grab = grab.id, client = row.name, %error, "a grab stays in doubt");
                continue;
            }
        };
        let state = match client.find(&grab.content).await {
            Ok(Some(_)) => {
                let became = Became {
                    ours: grab.ours,
                    ..Became::known(Observation::ClientHasIt, "")
                };
                advance(app, &grab, became).await?
            }
            // An add that was under way can still reach the client; only after a while is its list the truth.
            Ok(None)
                if app.clock.now()
                    < grab.updated_at + i64::from(app.config.doubt_seconds) * 1000 =>
            {
                continue;
            }
            Ok(None) => {
                advance(
                    app,
                    &grab,
                    Became::known(
                        Observation::ClientLacksIt,
                        "the client did not list it in time; the volume is searched again",
                    ),
                )
                .await?
            }
            Err(error) => {
                health::failed(app, row.id, &error).await?;
                continue;
            }
        };
        tracing::info!(
            grab = grab.id,
            series = grab.series_id,
            state = state.word(),
            "a grab in doubt is settled"
        );
        if state.is_live() && grab.choosing == Choosing::Pending {
            choose_files(app, &*client, &grab).await?;
        }
        health::worked_if_failed(app, &row).await?;
    }
    Ok(())
}

/// [`advance`] by what a client shows of a grab.
///
/// # Errors
/// When the database fails.
pub async fn advance_known(
    app: &App,
    grab: &Grab,
    observation: Observation,
    why: &str,
) -> Result<GrabState, StoreError> {
    advance(app, grab, Became::known(observation, why)).await
}

/// Where a grab stands, in a sentence.
pub fn status(grab: &Grab) -> String {
    let client = &grab.client;
    match grab.state {
        GrabState::Sending => format!(
            "handed to {client}, which has not confirmed it; it is asked again before anything else is sent"
        ),
        GrabState::Queued => format!("sent to {client}"),
        GrabState::Downloading => format!("{client} downloads it"),
        GrabState::Done => match &grab.problem {
            Some(problem) => format!("{client} has downloaded it; {problem}"),
            None => format!("{client} has downloaded it; the library does not show it yet"),
        },
        GrabState::Verified => match &grab.problem {
            Some(problem) => format!("what came is right, and is not placed yet: {problem}"),
            None => "what came is right; it is brought to the shelf".into(),
        },
        GrabState::Placed => "put into the library, which does not show it yet".into(),
        GrabState::OnShelf => "on the shelf".into(),
        GrabState::Stalled
        | GrabState::Failed
        | GrabState::Lost
        | GrabState::Removed
        | GrabState::Rejected => grab.message.clone().unwrap_or_else(|| "it failed".into()),
    }
}
